"""Absorbed dose per activity of an organ: what a population tells before the first cycle, what the patient tells after.

The dose per activity d_c of cycle c is log-normal, ``ln d_c = m + b + w_c``: m from the population, b ~ N(0, s_b^2)
the patient's own and the same in all cycles, w_c ~ N(0, s_w^2) new in every cycle. The published spread of single
cycles holds both, ``s^2 = s_b^2 + s_w^2``. A measurement of cycle c is ``y_c = ln d_c + e_c + f`` with an error
e_c ~ N(0, u_c^2) of its own and one, f ~ N(0, v^2), that all measurements of the patient share (calibration, dose
factor).

All of this is normal in the logarithm, so that what is known of every cycle, given ones and future ones, after
measurements y is normal again::

    K = s_b^2 J + s_w^2 I,   S = K_mm + diag(u^2) + v^2 J
    mean = m + K_.m S^-1 (y - m),   covariance = K - K_.m S^-1 K_m.                                       (1)

J is the matrix of ones, I the identity, m the measured cycles. For n measurements of equal error and v = 0 the
patient's own level becomes ``E b = n s_b^2 / (n s_b^2 + s_w^2 + u^2) (mean of y - m)``: shrunk towards the population,
and the less so the more was measured. Future cycles share b and not w: their doses are correlated, and after the
measurements the correlation is ``var b / (var b + s_w^2)``.

Notes
-----
Equation (1) is the conditional normal distribution; derived here, checked in the tests by weighted sampling. No trend
over cycles: where tumours shrink, kidneys may receive more per activity in later cycles, and this model does not say
so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from nelm.errors import problem
from nelm.knowledge import Entry

Array = NDArray[np.float64]

POINTS, GENERATOR = 8191, 2488
"""Korobov's lattice rule: a prime number of points, probabilities to some 0.002. The generator was searched for: among
700, least worst-case error in 16 dimensions of falling weight, with correlations below 0.01 between any two."""
NEGLIGIBLE = 1e-12
"""Part of the largest variance below which a direction is left out as rounding."""


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A log-normal distribution; a geometric standard deviation of 1 is a number without spread.

    Parameters
    ----------
    geometric_mean : Median, in the unit of the quantity.
    geometric_sd : exp of the standard deviation of the logarithm, 1 or more.
    """

    geometric_mean: float
    geometric_sd: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.geometric_mean) and self.geometric_mean > 0):
            raise problem(self.geometric_mean, "a finite number above zero", path="geometric_mean")
        if not (math.isfinite(self.geometric_sd) and self.geometric_sd >= 1):
            raise problem(
                self.geometric_sd,
                "a geometric standard deviation of 1 or more",
                "Give exp of the standard deviation of the logarithm: 1.3 for a spread of some 30 %",
                path="geometric_sd",
            )

    @classmethod
    def from_mean_and_sd(cls, *, mean: float, sd: float) -> LogNormal:
        """The log-normal distribution with this arithmetic mean and standard deviation.

        >>> LogNormal.from_mean_and_sd(mean=0.38, sd=0.19).geometric_mean
        0.339...
        """
        if not mean > 0 or not (math.isfinite(sd) and sd >= 0):
            raise problem(
                f"{mean:g} and {sd:g}", "a mean above zero and a standard deviation of zero or more"
            )
        variance = math.log1p((sd / mean) ** 2)
        return cls(mean * math.exp(-variance / 2), math.exp(math.sqrt(variance)))

    @property
    def log_mean(self) -> float:
        """Mean of the logarithm."""
        return math.log(self.geometric_mean)

    @property
    def log_sd(self) -> float:
        """Standard deviation of the logarithm."""
        return math.log(self.geometric_sd)

    def quantile(self, probability: float) -> float:
        """Value below which the quantity lies with this probability."""
        return math.exp(self.log_mean + self.log_sd * float(ndtri(probability)))


@dataclass(frozen=True, slots=True)
class MeasuredDose:
    """Dose per activity of an organ, measured in one cycle of this patient.

    Parameters
    ----------
    cycle : Which cycle, from 1.
    gy_per_gbq : Absorbed dose per activity [Gy/GBq].
    relative_sd : Standard uncertainty that this measurement shares with no other [1].
    """

    cycle: int
    gy_per_gbq: float
    relative_sd: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.gy_per_gbq) and self.gy_per_gbq > 0):
            raise problem(self.gy_per_gbq, "a dose per activity above zero", path="gy_per_gbq")
        _not_negative(self.relative_sd, "relative_sd")


@dataclass(frozen=True, slots=True)
class Tissue:
    """How an organ turns absorbed dose into biological effect; the same in all cycles of a patient.

    Parameters
    ----------
    alpha_beta_gy : alpha/beta [Gy].
    repair_half_time_h : Half-time of repair [h].
    effective_half_life_h : Effective half-life of the activity in the organ [h].
    """

    alpha_beta_gy: LogNormal
    repair_half_time_h: LogNormal
    effective_half_life_h: LogNormal


@dataclass(frozen=True, slots=True)
class Organ:
    """An organ, what a population tells of its dose per activity, and what was measured in this patient.

    Parameters
    ----------
    name : Such as "kidneys".
    population : Dose per activity of one cycle of a patient not yet measured, spread between patients and between
        cycles together [Gy/GBq].
    cycle_log_sd : Standard deviation of the logarithm between the cycles of one patient, a part of that spread [1].
        0 makes all cycles alike, the cautious choice where nothing is known: the spread of the sum is then largest.
    tissue : For the biologically effective dose; None where only the absorbed dose is asked for.
    measured : Measurements of this patient.
    shared_relative_sd : Standard uncertainty that all measurements share [1].
    entries : Where the numbers come from; empty if the caller gave them.
    """

    name: str
    population: LogNormal
    cycle_log_sd: float = 0.0
    tissue: Tissue | None = None
    measured: tuple[MeasuredDose, ...] = ()
    shared_relative_sd: float = 0.0
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        _not_negative(self.cycle_log_sd, f"{self.name}: cycle_log_sd")
        _not_negative(self.shared_relative_sd, f"{self.name}: shared_relative_sd")
        if self.cycle_log_sd > self.population.log_sd:
            raise problem(
                self.cycle_log_sd,
                f"at most the spread of the population, {self.population.log_sd:.3g}, of which it is a part",
                "Give the population of single cycles, not that of means over cycles",
                path=f"{self.name}: cycle_log_sd",
            )
        cycles = [one.cycle for one in self.measured]
        if len(set(cycles)) != len(cycles) or any(cycle < 1 for cycle in cycles):
            raise problem(
                ", ".join(map(str, cycles)), "one measurement a cycle, counted from 1", path=self.name
            )

    @property
    def patient_log_sd(self) -> float:
        """Standard deviation of the logarithm between patients [1]."""
        return math.sqrt(max(self.population.log_sd**2 - self.cycle_log_sd**2, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class CyclesKnown:
    """What is known of the dose per activity of all cycles of a patient: normal in the logarithm.

    Parameters
    ----------
    log_mean : array (cycles,)  Mean of ln of the dose per activity in Gy/GBq.
    log_covariance : array (cycles, cycles)  Its covariance.
    own_weight : Part of the variance between patients that the measurements have explained, 0 to 1.
    """

    log_mean: Array
    log_covariance: Array
    own_weight: float

    def cycle(self, index: int) -> LogNormal:
        """Distribution of one cycle, counted from 0 [Gy/GBq]."""
        return LogNormal(
            math.exp(self.log_mean[index]),
            math.exp(math.sqrt(max(float(self.log_covariance[index, index]), 0.0))),
        )


@dataclass(frozen=True, slots=True, eq=False)
class SampledCycles:
    """The joint distribution of all cycles of an organ as equally likely points.

    Parameters
    ----------
    gy_per_gbq : array (points, cycles)  Dose per activity, given cycles first [Gy/GBq].
    quadratic_per_gy : array (points,)  ``G / (alpha/beta)`` of ``BED = D + G D^2 / (alpha/beta)`` [1/Gy]; 0 without
        tissue.
    """

    gy_per_gbq: Array
    quadratic_per_gy: Array


def cycles_known(organ: Organ, *, cycles: int) -> CyclesKnown:
    """What is known of each cycle after the measurements, equation (1).

    Parameters
    ----------
    organ : With its population and measurements.
    cycles : Number of cycles, given ones and future ones.
    """
    between, within = organ.patient_log_sd**2, organ.cycle_log_sd**2
    prior = between * np.ones((cycles, cycles)) + within * np.eye(cycles)
    mean = np.full(cycles, organ.population.log_mean)
    if not organ.measured:
        return CyclesKnown(mean, prior, 0.0)
    rows = [one.cycle - 1 for one in organ.measured]
    errors = np.diag([_log_variance(one.relative_sd) for one in organ.measured])
    seen = prior[np.ix_(rows, rows)] + errors + _log_variance(organ.shared_relative_sd)
    inverse = np.linalg.pinv(seen, hermitian=True)
    gain = prior[:, rows] @ inverse
    offset = np.log([one.gy_per_gbq for one in organ.measured]) - organ.population.log_mean
    return CyclesKnown(
        mean + gain @ offset,
        prior - gain @ prior[rows, :],
        float(between * inverse.sum()) if between else 0.0,
    )


@lru_cache(maxsize=64)
def sampled_cycles(organ: Organ, *, cycles: int) -> SampledCycles:
    """Points of the joint distribution of all cycles and of the tissue; the same points at every call.

    Doses and tissue are taken as independent. A longer half-life gives more dose and less effect per dose, so that
    this overstates the spread of the biologically effective dose a little.

    Parameters
    ----------
    organ : With its population and measurements.
    cycles : Number of cycles, given ones and future ones.
    """
    known = cycles_known(organ, cycles=cycles)
    values, vectors = np.linalg.eigh(known.log_covariance)
    kept = np.flatnonzero(values > NEGLIGIBLE * max(float(values.max(initial=0.0)), 1.0))[::-1]
    parts = () if organ.tissue is None else _parts(organ.tissue)
    spread = [part for part in parts if part.log_sd > 0]
    normal = normal_points(len(kept) + len(spread))
    root = vectors[:, kept] * np.sqrt(values[kept])
    doses = np.exp(known.log_mean + normal[:, : len(kept)] @ root.T)
    columns = iter(normal[:, len(kept) :].T)
    drawn = [
        part.geometric_mean * (np.exp(part.log_sd * next(columns)) if part.log_sd > 0 else np.ones(POINTS))
        for part in parts
    ]
    if not drawn:
        return SampledCycles(doses, np.zeros(POINTS))
    alpha_beta, repair, half_life = drawn
    return SampledCycles(doses, repair / (repair + half_life) / alpha_beta)


def normal_points(dimensions: int) -> Array:
    """Fixed standard normal points, array (points, dimensions); each column is a permutation of the same quantiles.

    ``u_ij = (i a^j mod n + 1/2) / n`` for n = `POINTS` and a = `GENERATOR`, mapped by the inverse of the normal
    distribution.
    """
    residues = np.empty((POINTS, dimensions), dtype=np.int64)
    column = np.arange(POINTS)
    for index in range(dimensions):
        residues[:, index] = column
        column = column * GENERATOR % POINTS
    return np.asarray(ndtri((residues + 0.5) / POINTS), dtype=np.float64)


def _parts(tissue: Tissue) -> tuple[LogNormal, LogNormal, LogNormal]:
    return tissue.alpha_beta_gy, tissue.repair_half_time_h, tissue.effective_half_life_h


def _log_variance(relative_sd: float) -> float:
    """Variance of the logarithm of a log-normal quantity from its relative standard deviation."""
    return math.log1p(relative_sd**2)


def _not_negative(value: float, path: str) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise problem(value, "a finite number, zero or more", path=path)
