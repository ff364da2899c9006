"""One measurement and a population: the distribution of the time-integrated activity.

The effective half-lives of a population are log-normal (shown for Lu-177 DOTATATE and PSMA by the single-time-point
study PMC8882881, abstract read) and none is longer than the physical half-life. With one activity A at time t the
time-integrated activity is a function of the half-life T, A 2^(t/T) T / ln 2, which has its minimum e A t at
T = t ln 2 and grows to both sides; so each value belongs to two half-lives, both known in closed form (Lambert W),
and the distribution follows without sampling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from nelm.errors import problem
from nelm.physics.kinetics.measurements import FloatArray, decay_constant_per_h
from nelm.physics.kinetics.single_time_point import time_integrated_activity_from_half_life

WITHIN_SDS = 4.0
"""Standard deviations of ln T that the population reaches to. A bound is needed: exp(k t) with a log-normal k has no
finite mean. It leaves out 6 in 100 000."""
NARROWER_SDS = 3.0
"""A second bound, to see whether mean and standard deviation depend on the first."""
DEPENDS = 0.02
"""Relative change of the mean between the two bounds that is worth a remark."""
NODES = 400
"""Points of the quadrature over ln T."""
ACTIVITY_NODES = 401
"""Points of the quadrature over the measured activity."""
ACTIVITY_SDS = 6.0
"""Standard deviations of the logarithm of the activity that this quadrature reaches to."""
LONGEST_EXPONENT = 100.0
"""Largest k t of the fastest half-life of the population; beyond it nothing is left to scale."""


@dataclass(frozen=True, slots=True)
class HalfLifePopulation:
    """Log-normal effective half-lives, none longer than the physical one.

    Parameters
    ----------
    geometric_mean_h : Median of the log-normal distribution before it is cut [h].
    geometric_sd : exp of the standard deviation of ln T; above 1.
    physical_half_life_h : Of the nuclide [h]: the distribution ends there.

    Raises
    ------
    InputError : Half-lives that are not positive, a geometric standard deviation of 1 or less, or a population of
        which hardly anything lies below the physical half-life.
    """

    geometric_mean_h: float
    geometric_sd: float
    physical_half_life_h: float

    def __post_init__(self) -> None:
        decay_constant_per_h(self.geometric_mean_h, path="geometric_mean_h")
        decay_constant_per_h(self.physical_half_life_h)
        if not (math.isfinite(self.geometric_sd) and self.geometric_sd > 1):
            raise problem(
                self.geometric_sd,
                "a geometric standard deviation above 1",
                "Give exp of the standard deviation of ln T: 1.3 for a spread of some 30 %.",
                path="geometric_sd",
            )
        if self.cut < -NARROWER_SDS:
            raise problem(
                self.geometric_mean_h,
                f"effective half-lives below the physical one, {self.physical_half_life_h:.4g} h",
                "Check that the population is of this nuclide and that its half-lives are effective, not biological.",
                path="geometric_mean_h",
            )

    @classmethod
    def from_mean_and_sd(
        cls, *, mean_h: float, sd_h: float, physical_half_life_h: float
    ) -> HalfLifePopulation:
        """The log-normal population with this arithmetic mean and standard deviation [h] before it is cut.

        s^2 = ln(1 + (sd/mean)^2) is the variance of ln T, and mean exp(-s^2/2) the median.
        """
        decay_constant_per_h(mean_h, path="mean_h")
        decay_constant_per_h(sd_h, path="sd_h")
        variance = math.log1p((sd_h / mean_h) ** 2)
        return cls(mean_h * math.exp(-variance / 2), math.exp(math.sqrt(variance)), physical_half_life_h)

    @property
    def log_sd(self) -> float:
        """Standard deviation of ln T before the cut."""
        return math.log(self.geometric_sd)

    @property
    def cut(self) -> float:
        """Where the physical half-life lies, in standard deviations of ln T above its mean."""
        return math.log(self.physical_half_life_h / self.geometric_mean_h) / self.log_sd

    @property
    def fraction_beyond_physical(self) -> float:
        """Part of the log-normal distribution that the physical half-life cuts off."""
        return float(special.ndtr(-self.cut))

    def half_life_h(self, deviation: float) -> float:
        """Half-life [h] this many standard deviations of ln T from the geometric mean."""
        return self.geometric_mean_h * math.exp(self.log_sd * deviation)

    def cumulative(self, half_life_h: FloatArray) -> FloatArray:
        """Part of the population, cut at both ends, with shorter half-lives than these [h]."""
        low = special.ndtr(-WITHIN_SDS)
        whole = special.ndtr(min(self.cut, WITHIN_SDS)) - low
        deviations = np.log(half_life_h / self.geometric_mean_h) / self.log_sd
        found = (special.ndtr(deviations) - low) / whole
        return np.clip(np.asarray(found, dtype=np.float64), 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class TimeIntegratedDistribution:
    """What a time-integrated activity may be, given one measurement and a population.

    Parameters
    ----------
    at_geometric_mean : With the geometric mean half-life, the single number of Madsen's method [unit h].
    median, mean, sd : Of the distribution [unit h].
    low, high : Interval that holds `coverage`, with equal tails [unit h].
    coverage : Probability of that interval.
    remarks : What a reader should know.
    """

    at_geometric_mean: float
    median: float
    mean: float
    sd: float
    low: float
    high: float
    coverage: float
    remarks: tuple[str, ...] = ()


def population_time_integrated_activity(
    activity: float,
    *,
    time_h: float,
    population: HalfLifePopulation,
    activity_sd: float = 0.0,
    coverage: float = 0.95,
) -> TimeIntegratedDistribution:
    """Distribution of the time-integrated activity from one activity and a population of half-lives.

    Mean and standard deviation by Gauss-Legendre quadrature over ln T; median and interval from the distribution
    function, P(X < x) = P(T1(x) < T < T2(x)) with the two half-lives T1, T2 that give x. An uncertain activity is
    log-normal with the given mean and standard deviation and independent of the half-life.

    Parameters
    ----------
    activity : At the time of measurement, not corrected for decay, positive.
    time_h : After administration [h], positive.
    population : Effective half-lives.
    activity_sd : Standard uncertainty of the activity, in its unit.
    coverage : Of the interval, between 0 and 1.

    Raises
    ------
    InputError : An activity or time that is not positive, a negative uncertainty, a coverage outside 0 to 1.
    """
    if not activity > 0:
        raise problem(
            activity, "an activity above zero", "Without activity nothing can be scaled.", path="activity"
        )
    if not (math.isfinite(activity_sd) and activity_sd >= 0):
        raise problem(activity_sd, "a standard uncertainty, not negative", path="activity_sd")
    if not 0 < coverage < 1:
        raise problem(coverage, "a probability between 0 and 1", path="coverage")
    _refuse_too_late(time_h, population)
    middle = time_integrated_activity_from_half_life(
        activity,
        time_h=time_h,
        effective_half_life_h=min(population.geometric_mean_h, population.physical_half_life_h),
    )
    mean, square = _moments(time_h, population, WITHIN_SDS)
    narrow, _ = _moments(time_h, population, min(NARROWER_SDS, WITHIN_SDS))
    variance = activity**2 * (square - mean**2) + activity_sd**2 * square
    half = (1 - coverage) / 2
    levels = (half, 0.5, 1 - half)
    low, median, high = _quantiles(levels, activity, activity_sd, (time_h, population))
    return TimeIntegratedDistribution(
        at_geometric_mean=middle,
        median=median,
        mean=activity * mean,
        sd=math.sqrt(max(variance, 0.0)),
        low=low,
        high=high,
        coverage=coverage,
        remarks=_remarks(time_h, population, abs(mean - narrow) / mean),
    )


def _refuse_too_late(time_h: float, population: HalfLifePopulation) -> None:
    """Refuses a time at which the fastest part of the population has nothing left."""
    shortest = population.half_life_h(-WITHIN_SDS)
    if time_h * math.log(2.0) / shortest > LONGEST_EXPONENT:
        raise problem(
            time_h,
            f"a time of few half-lives for all of the population, whose shortest is {shortest:.3g} h",
            "Measure earlier, or give a population with a smaller geometric standard deviation.",
            path="time_h",
        )


def _moments(time_h: float, population: HalfLifePopulation, within: float) -> tuple[float, float]:
    """Mean and mean square of 2^(t/T) T / ln 2 over the population [h, h^2]."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    top = min(population.cut, within)
    deviations = (nodes + 1) / 2 * (top + within) - within
    rates = math.log(2.0) / population.geometric_mean_h * np.exp(-population.log_sd * deviations)
    values = np.exp(rates * time_h) / rates
    density = weights * np.exp(-(deviations**2) / 2)
    density /= density.sum()
    return float(density @ values), float(density @ values**2)


def _quantiles(
    levels: tuple[float, ...], activity: float, activity_sd: float, at: tuple[float, HalfLifePopulation]
) -> list[float]:
    """Values below which the distribution has these probabilities."""
    time_h, population = at
    activities, weights = _activities(activity, activity_sd)
    ends = [population.half_life_h(-WITHIN_SDS), population.half_life_h(min(population.cut, WITHIN_SDS))]
    reached = [
        time_integrated_activity_from_half_life(1.0, time_h=time_h, effective_half_life_h=one) for one in ends
    ]
    lowest = math.log(float(activities.min()) * math.e * time_h) - 1e-9
    highest = math.log(float(activities.max()) * max(reached)) + 1e-9

    def beyond(log_value: float, level: float) -> float:
        return float(weights @ _cumulative(math.exp(log_value) / activities, time_h, population)) - level

    return [
        math.exp(float(optimize.brentq(beyond, lowest, highest, args=(level,), xtol=1e-12)))
        for level in levels
    ]


def _cumulative(values_h: FloatArray, time_h: float, population: HalfLifePopulation) -> FloatArray:
    """Probability that 2^(t/T) T / ln 2 is at most these values [h], array (n,)."""
    found = np.zeros_like(values_h)
    above = values_h > math.e * time_h
    argument = -time_h / values_h[above]
    near, far = (-np.real(special.lambertw(argument, branch)) for branch in (0, -1))
    longest, shortest = (time_h * math.log(2.0) / one for one in (near, far))
    found[above] = population.cumulative(longest) - population.cumulative(shortest)
    return found


def _activities(activity: float, activity_sd: float) -> tuple[FloatArray, FloatArray]:
    """Activities and their weights: a quadrature over a log-normal with this mean and standard deviation."""
    if activity_sd == 0:
        return np.array([activity]), np.array([1.0])
    deviations = np.linspace(-ACTIVITY_SDS, ACTIVITY_SDS, ACTIVITY_NODES)
    weights = np.exp(-(deviations**2) / 2)
    variance = math.log1p((activity_sd / activity) ** 2)
    return activity * np.exp(math.sqrt(variance) * deviations - variance / 2), weights / weights.sum()


def _remarks(time_h: float, population: HalfLifePopulation, change: float) -> tuple[str, ...]:
    """What to say of the population and of the time."""
    found: list[str] = []
    if population.fraction_beyond_physical > DEPENDS:
        found.append(
            f"{population.fraction_beyond_physical:.0%} of the log-normal half-lives exceed the physical one and are "
            "cut off: the population fits this nuclide badly."
        )
    if change > DEPENDS:
        found.append(
            "Mean and standard deviation depend on how far the tail of short half-lives is followed; use the median "
            f"and the interval. {time_h:.4g} h is late for this population."
        )
    return tuple(found)
