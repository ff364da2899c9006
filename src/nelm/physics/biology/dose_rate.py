"""Absorbed dose rate of one course as a sum of exponentials in time."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from nelm.errors import problem
from nelm.physics.biology.refusals import Array, array_not_negative, array_positive, finite_array, positive

CHECKED_TIMES = 300
"""Times at which a dose rate with negative terms is looked at for being negative as a whole."""
ROUNDING = 1e-9
"""Part of the sum of amplitudes below which a negative dose rate is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class ExponentialDoseRate:
    """A dose rate that starts at one time and is a sum of exponentials from then on.

    ``R(t) = sum_i a_i exp(-k_i (t - t0))`` for ``t >= t0``, and 0 before. Negative amplitudes describe uptake.

    Parameters
    ----------
    amplitudes_gy_h : array (terms, ...)  Amplitude a_i [Gy/h]; further axes are voxels or regions.
    rates_per_h : array (terms, ...)  Decay constant k_i of the dose rate, physical decay included [1/h].
    start_h : Time t0 of the administration [h], on a clock that all courses of a patient share.

    Raises
    ------
    InputError
        A number that is not finite, a decay constant that is not positive, or a dose rate that is negative.
    """

    amplitudes_gy_h: Array
    rates_per_h: Array
    start_h: float = 0.0

    def __post_init__(self) -> None:
        amplitudes = np.atleast_1d(finite_array(self.amplitudes_gy_h, "amplitudes_gy_h"))
        rates = np.atleast_1d(array_positive(self.rates_per_h, "rates_per_h"))
        if not math.isfinite(self.start_h):
            raise problem(
                self.start_h, "a finite time in hours", "Give the start of the course", path="start_h"
            )
        if amplitudes.shape[0] != rates.shape[0]:
            raise problem(
                f"{amplitudes.shape[0]} amplitudes, {rates.shape[0]} rates",
                "as many amplitudes as rates",
                "Give one decay constant for each amplitude",
                path="rates_per_h",
            )
        if rates.ndim < amplitudes.ndim:
            rates = rates.reshape(rates.shape + (1,) * (amplitudes.ndim - rates.ndim))
        amplitudes, rates = np.broadcast_arrays(amplitudes, rates)
        object.__setattr__(self, "amplitudes_gy_h", amplitudes)
        object.__setattr__(self, "rates_per_h", rates)
        _refuse_negative(self)

    @property
    def terms(self) -> int:
        """Number of exponentials."""
        return self.amplitudes_gy_h.shape[0]

    @property
    def absorbed_dose_gy(self) -> Array:
        """Dose to infinity, ``sum_i a_i / k_i``, one for each voxel [Gy]."""
        return np.asarray((self.amplitudes_gy_h / self.rates_per_h).sum(axis=0), dtype=np.float64)

    def at(self, time_h: float) -> Array:
        """Dose rate at one time, one for each voxel [Gy/h]."""
        if time_h < self.start_h:
            return np.zeros(self.amplitudes_gy_h.shape[1:])
        decayed = np.exp(-self.rates_per_h * (time_h - self.start_h))
        return np.asarray((self.amplitudes_gy_h * decayed).sum(axis=0), dtype=np.float64)

    def started_at(self, start_h: float) -> ExponentialDoseRate:
        """The same course at another time [h]."""
        return replace(self, start_h=start_h)

    def stretched(self, factor: float) -> ExponentialDoseRate:
        """The same dose with every half-life times `factor`."""
        positive(factor, "factor")
        return replace(
            self, amplitudes_gy_h=self.amplitudes_gy_h / factor, rates_per_h=self.rates_per_h / factor
        )

    def with_unit_dose(self) -> ExponentialDoseRate:
        """The same course in time, with a dose of 1 Gy in every voxel."""
        dose = array_positive(self.absorbed_dose_gy, "absorbed_dose_gy")
        return replace(self, amplitudes_gy_h=self.amplitudes_gy_h / dose)


def mono_exponential_dose_rate(
    absorbed_dose_gy: ArrayLike, *, effective_half_life_h: ArrayLike, start_h: float = 0.0
) -> ExponentialDoseRate:
    """A course of instant uptake and one effective half-life.

    A half-life of seconds stands for an acute exposure, such as a fraction of external beam.

    Parameters
    ----------
    absorbed_dose_gy : Dose to infinity [Gy], number or array.
    effective_half_life_h : Effective half-life [h], number or array of the same shape.
    start_h : Start of the course [h].
    """
    dose = array_not_negative(absorbed_dose_gy, "absorbed_dose_gy")
    rate = math.log(2) / array_positive(effective_half_life_h, "effective_half_life_h")
    dose, rate = np.broadcast_arrays(dose, rate)
    return ExponentialDoseRate((dose * rate)[np.newaxis], rate[np.newaxis], start_h)


def uptake_dose_rate(
    absorbed_dose_gy: ArrayLike,
    *,
    uptake_half_time_h: float,
    effective_half_life_h: float,
    start_h: float = 0.0,
) -> ExponentialDoseRate:
    """A course that rises from zero and falls: ``R = a (exp(-k t) - exp(-u t))``.

    Parameters
    ----------
    absorbed_dose_gy : Dose to infinity [Gy], number or array.
    uptake_half_time_h : ln 2 / u, physical decay included [h]; shorter than the effective half-life.
    effective_half_life_h : ln 2 / k [h].
    start_h : Start of the course [h].
    """
    dose = array_not_negative(absorbed_dose_gy, "absorbed_dose_gy")
    uptake = math.log(2) / positive(uptake_half_time_h, "uptake_half_time_h")
    decay = math.log(2) / positive(effective_half_life_h, "effective_half_life_h")
    if not uptake > decay:
        raise problem(
            uptake_half_time_h,
            f"an uptake half-time below the effective half-life of {effective_half_life_h:g} h",
            "Exchange the two, or use one exponential",
            path="uptake_half_time_h",
        )
    amplitude = dose / (1 / decay - 1 / uptake)
    return ExponentialDoseRate(np.stack([amplitude, -amplitude]), np.array([decay, uptake]), start_h)


def _refuse_negative(course: ExponentialDoseRate) -> None:
    """Raise where the dose rate is negative at some time."""
    if not course.amplitudes_gy_h.size or float(course.amplitudes_gy_h.min()) >= 0:
        return
    shortest, longest = 1e-3 / float(course.rates_per_h.max()), 40 / float(course.rates_per_h.min())
    size = np.abs(course.amplitudes_gy_h).sum(axis=0)
    for elapsed in (0.0, *np.geomspace(shortest, longest, CHECKED_TIMES).tolist()):
        rate = course.at(course.start_h + elapsed)
        if bool((rate < -ROUNDING * size).any()):
            raise problem(
                f"{float(rate.min()):.4g} Gy/h at {elapsed:.4g} h",
                "a dose rate that is never negative",
                "Check the signs of the amplitudes and which constant is the uptake",
                path="amplitudes_gy_h",
            )
