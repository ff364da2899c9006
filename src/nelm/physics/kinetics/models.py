"""Sums of exponentials that activity over time is described by, their integrals and derivatives."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from nelm.errors import problem
from nelm.physics.kinetics.measurements import FloatArray


class KineticModel(StrEnum):
    """How the activity of a region changes with time; lambda are effective rates, the slowest first.

    =============  ======================================================================  ==========
    model          A(t)                                                                    parameters
    =============  ======================================================================  ==========
    MONO           a exp(-l1 t)                                                            2
    UPTAKE         a [exp(-l1 t) - exp(-l2 t)]                                             3
    BI             a exp(-l1 t) + b exp(-l2 t)                                             4
    BI_UPTAKE      a exp(-l1 t) + b exp(-l2 t) - (a + b) exp(-l3 t)                        5
    =============  ======================================================================  ==========
    """

    MONO = "mono-exponential"
    UPTAKE = "mono-exponential with uptake"
    BI = "bi-exponential"
    BI_UPTAKE = "bi-exponential with uptake"

    @property
    def mixing(self) -> FloatArray:
        """Coefficients of the exponentials (rows) from the amplitudes (columns)."""
        return np.array(_MIXING[self], dtype=np.float64)

    @property
    def rates(self) -> int:
        """Number of exponentials."""
        return len(_MIXING[self])

    @property
    def amplitudes(self) -> int:
        """Number of free amplitudes."""
        return len(_MIXING[self][0])

    @property
    def parameters(self) -> int:
        """Number of free parameters."""
        return self.rates + self.amplitudes

    @property
    def has_uptake(self) -> bool:
        """Whether the activity begins at zero."""
        return self in (KineticModel.UPTAKE, KineticModel.BI_UPTAKE)


_MIXING: dict[KineticModel, tuple[tuple[float, ...], ...]] = {
    KineticModel.MONO: ((1.0,),),
    KineticModel.UPTAKE: ((1.0,), (-1.0,)),
    KineticModel.BI: ((1.0, 0.0), (0.0, 1.0)),
    KineticModel.BI_UPTAKE: ((1.0, 0.0), (0.0, 1.0), (-1.0, -1.0)),
}


@dataclass(frozen=True, slots=True)
class Curve:
    """Activity over time as a sum of exponentials.

    Parameters
    ----------
    model : Which sum.
    amplitudes : Free amplitudes, in the unit of the activity, not negative.
    effective_rates_per_h : Effective rates (physical plus biological) [1/h], positive, the slowest first.

    Raises
    ------
    InputError : Too many or too few numbers for the model, or numbers outside their range.
    """

    model: KineticModel
    amplitudes: tuple[float, ...]
    effective_rates_per_h: tuple[float, ...]

    def __post_init__(self) -> None:
        rates, amplitudes = self.effective_rates_per_h, self.amplitudes
        if len(rates) != self.model.rates or len(amplitudes) != self.model.amplitudes:
            raise problem(
                f"{len(amplitudes)} amplitudes and {len(rates)} rates",
                f"{self.model.amplitudes} and {self.model.rates} for a {self.model} curve",
                path="amplitudes",
            )
        if not all(math.isfinite(a) and a >= 0 for a in amplitudes):
            raise problem(str(amplitudes), "amplitudes that are finite and not negative", path="amplitudes")
        rising = all(slow <= fast for slow, fast in itertools.pairwise(rates))
        if not (rising and rates[0] > 0 and math.isfinite(rates[-1])):
            raise problem(
                str(rates),
                "positive rates, the slowest first",
                "A rate of zero or below never ends: its integral to infinity does not exist.",
                path="effective_rates_per_h",
            )

    @property
    def coefficients(self) -> FloatArray:
        """Factor of each exponential, array (rates,)."""
        return self.model.mixing @ np.array(self.amplitudes, dtype=np.float64)

    @property
    def rates(self) -> FloatArray:
        """Effective rates [1/h], array (rates,)."""
        return np.array(self.effective_rates_per_h, dtype=np.float64)

    @property
    def effective_half_lives_h(self) -> tuple[float, ...]:
        """Half-lives ln 2 / rate [h], the longest first."""
        return tuple(math.log(2.0) / rate for rate in self.effective_rates_per_h)

    def activity(self, times_h: ArrayLike) -> FloatArray:
        """Activity at times (n,) [h]."""
        return self._exponentials(times_h) @ self.coefficients

    def slope(self, times_h: ArrayLike) -> FloatArray:
        """Derivative of the activity with time at times (n,) [unit/h]."""
        return self._exponentials(times_h) @ (-self.rates * self.coefficients)

    @property
    def time_integrated_activity(self) -> float:
        """Integral of the activity from zero to infinity, sum c_i / l_i [unit h]."""
        return float(np.sum(self.coefficients / self.rates))

    def beyond(self, time_h: float) -> float:
        """Integral of the activity from a time to infinity [unit h]."""
        return float(np.sum(self.coefficients / self.rates * np.exp(-self.rates * time_h)))

    def jacobian(self, times_h: ArrayLike) -> FloatArray:
        """Derivatives of the activity (n, amplitudes + rates) by each amplitude and each effective rate."""
        times = np.atleast_1d(np.asarray(times_h, dtype=np.float64))
        decays = self._exponentials(times)
        return np.hstack([decays @ self.model.mixing, -times[:, None] * decays * self.coefficients])

    def integral_gradient(self) -> FloatArray:
        """Derivatives of the time-integrated activity by each amplitude and each effective rate."""
        rates = self.rates
        return np.concatenate([self.model.mixing.T @ (1.0 / rates), -self.coefficients / rates**2])

    def _exponentials(self, times_h: ArrayLike) -> FloatArray:
        """exp(-l t), array (n, rates)."""
        times = np.atleast_1d(np.asarray(times_h, dtype=np.float64))
        return np.exp(-np.outer(times, self.rates))
