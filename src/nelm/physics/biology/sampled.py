"""Incomplete repair for a dose rate that is known at times only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nelm.errors import problem
from nelm.physics.biology.refusals import Array, array_not_negative, finite_array, positive

SERIES_BELOW = 1.0
"""Below this mu h the coefficients of an interval come from their power series, above it in closed form."""
SERIES_TERMS = 22


@dataclass(frozen=True, slots=True, eq=False)
class SampledProtraction:
    """Dose and quadratic part of a sampled dose rate.

    Parameters
    ----------
    absorbed_dose_gy : array (...)  Dose [Gy].
    quadratic_gy2 : array (...)  ``G D^2`` [Gy^2].
    """

    absorbed_dose_gy: Array
    quadratic_gy2: Array

    @property
    def lea_catcheside(self) -> Array:
        """The factor G [1]; refused where a dose is zero."""
        if not bool((self.absorbed_dose_gy > 0).all()):
            raise problem(
                float(self.absorbed_dose_gy.min()), "a dose above zero", "G is not defined without dose"
            )
        return np.asarray(self.quadratic_gy2 / self.absorbed_dose_gy**2, dtype=np.float64)

    def biologically_effective_dose(self, *, alpha_beta_gy: float) -> Array:
        """``BED = D + G D^2 / (alpha/beta)`` [Gy]."""
        ratio = positive(alpha_beta_gy, "alpha_beta_gy")
        return np.asarray(self.absorbed_dose_gy + self.quadratic_gy2 / ratio, dtype=np.float64)


def sampled_protraction(
    times_h: ArrayLike,
    dose_rates_gy_h: ArrayLike,
    *,
    repair_half_time_h: float,
    tail_half_life_h: float | None = None,
) -> SampledProtraction:
    """Dose and G D^2 of a dose rate that runs straight from sample to sample.

    The unrepaired damage follows ``M' = R - mu M`` and ``G D^2 = 2 integral R M dt``; on each interval both are
    integrated exactly for the straight line, so that the only error is that of the line itself.

    Parameters
    ----------
    times_h : array (times,)  Rising times [h]. Before the first one the dose rate is zero.
    dose_rates_gy_h : array (times, ...)  Dose rates [Gy/h]; further axes are voxels.
    repair_half_time_h : Half-time of repair [h].
    tail_half_life_h : Half-life of the exponential that follows the last sample [h]; None where the irradiation ends
        with the last sample.

    Raises
    ------
    InputError
        Times out of order, negative dose rates, fewer than two samples, or a dose rate that is still above zero at
        the last sample without a tail.

    Notes
    -----
    Cost: linear in times x voxels; memory of three voxel arrays beside the input. Derived here.
    """
    times, rates = _samples(times_h, dose_rates_gy_h)
    mu = math.log(2) / positive(repair_half_time_h, "repair_half_time_h")
    dose, half, memory = (np.zeros(rates.shape[1:]) for _ in range(3))
    for step, first, last in zip(np.diff(times).tolist(), rates[:-1], rates[1:], strict=True):
        rise = last - first
        c = _coefficients(mu * step)
        half += memory * step * (first * c.phi1 + rise * c.psi)
        half += step**2 * (first**2 * c.phi2 + first * rise * (c.phi3 + c.chi) + rise**2 * c.omega)
        memory = memory * math.exp(-mu * step) + step * (first * c.phi1 + rise * c.phi2)
        dose += step * (first + last) / 2
    if tail_half_life_h is not None:
        rate = math.log(2) / positive(tail_half_life_h, "tail_half_life_h")
        half += memory * rates[-1] / (rate + mu) + rates[-1] ** 2 / (2 * rate * (rate + mu))
        dose += rates[-1] / rate
    elif bool((rates[-1] > 0).any()):
        raise problem(
            float(rates[-1].max()),
            "a dose rate of zero at the last sample, or a tail",
            "Give tail_half_life_h, at most the physical half-life, or sample until the end",
            path="dose_rates_gy_h",
        )
    return SampledProtraction(dose, 2 * half)


@dataclass(frozen=True, slots=True)
class _Coefficients:
    """Integrals over a unit interval with repair x = mu h, see `_coefficients`."""

    phi1: float
    phi2: float
    phi3: float
    psi: float
    chi: float
    omega: float


def _coefficients(x: float) -> _Coefficients:
    """``phi_n = integral_0^1 exp(-x (1 - u)) u^(n-1) / (n-1)! du``, ``psi = integral_0^1 u exp(-x u) du``,
    ``chi = (1/2 - psi) / x`` and ``omega = (1/3 - chi) / x``.
    """
    if x < SERIES_BELOW:
        powers = [(-x) ** n for n in range(SERIES_TERMS)]
        phi1, phi2, phi3 = (
            sum(power / math.factorial(n + m) for n, power in enumerate(powers)) for m in (1, 2, 3)
        )
        psi, chi, omega = (
            sum(power / (math.factorial(n + m) * (n + m + 2)) for n, power in enumerate(powers))
            for m in (0, 1, 2)
        )
        return _Coefficients(phi1, phi2, phi3, psi, chi, omega)
    phi1 = -math.expm1(-x) / x
    phi2 = (1 - phi1) / x
    phi3 = (0.5 - phi2) / x
    psi = (phi1 - math.exp(-x)) / x
    chi = (0.5 - psi) / x
    return _Coefficients(phi1, phi2, phi3, psi, chi, (1 / 3 - chi) / x)


def _samples(times_h: ArrayLike, dose_rates_gy_h: ArrayLike) -> tuple[Array, Array]:
    """Times and dose rates as arrays, refused where they do not fit."""
    times = finite_array(times_h, "times_h")
    rates = array_not_negative(dose_rates_gy_h, "dose_rates_gy_h")
    if times.ndim != 1 or times.size < 2 or rates.shape[:1] != times.shape:
        raise problem(
            f"times of shape {times.shape}, dose rates of shape {rates.shape}",
            "two times or more, and a dose rate for each",
            "The first axis of the dose rates is time",
            path="dose_rates_gy_h",
        )
    if not bool((np.diff(times) > 0).all()):
        raise problem(
            "times out of order", "rising times", "Sort the samples and remove doubles", path="times_h"
        )
    return times, rates
