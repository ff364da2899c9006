"""Time-integrated activity of a region by what its measurements allow: a curve, one time point, trapped spheres."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from nelm.errors import ConvergenceError
from nelm.physics.biology import ExponentialDoseRate
from nelm.physics.kinetics import (
    Choice,
    Fit,
    HalfLifePopulation,
    KineticModel,
    TimeActivity,
    choose_model,
    fit,
    population_time_integrated_activity,
)
from nelm.quantities.measured import COVERAGE_FACTOR

Array = NDArray[np.float64]
UNLIKELY = 0.05
"""Probability of so large a chi-square by chance, below which a curve is not taken for the activity's own."""


@dataclass(frozen=True, slots=True, eq=False)
class ActivityIntegral:
    """Activity of a region over time, and its integral to infinity.

    Parameters
    ----------
    data : What was measured [MBq].
    method : How the integral came about, in words.
    time_integrated_activity_mbq_h : [MBq h].
    relative_sd : Standard uncertainty from the measurements and the kinetics [1].
    amplitudes_mbq, rates_per_h : (n,) terms of the curve ``sum a exp(-k t)``, physical decay included.
    covariance : (2 n, 2 n) of amplitudes and rates; None where a population stands for the patient's kinetics.
    effective_half_life_h : Of the slowest term [h].
    effective_half_life_sd_h : Its standard uncertainty [h]; None where it was not measured.
    extrapolated : Part of the integral beyond the last measurement [1].
    fit : The fitted model, where there is one.
    remarks : What should be known.
    """

    data: TimeActivity
    method: str
    time_integrated_activity_mbq_h: float
    relative_sd: float
    amplitudes_mbq: tuple[float, ...]
    rates_per_h: tuple[float, ...]
    covariance: Array | None
    effective_half_life_h: float
    effective_half_life_sd_h: float | None
    extrapolated: float
    fit: Fit | None = None
    remarks: tuple[str, ...] = ()

    def activity_mbq(self, times_h: Array) -> Array:
        """Activity of the curve at times (n,) [MBq]."""
        terms = [a * np.exp(-k * times_h) for a, k in zip(self.amplitudes_mbq, self.rates_per_h, strict=True)]
        return np.asarray(np.sum(terms, axis=0), dtype=np.float64)

    def dose_rate(self, absorbed_dose_gy: float, *, start_h: float = 0.0) -> ExponentialDoseRate:
        """Dose rate that follows the activity and adds up to a dose [Gy/h]."""
        scale = absorbed_dose_gy / self.time_integrated_activity_mbq_h
        amplitudes = np.array(self.amplitudes_mbq) * scale
        return ExponentialDoseRate(amplitudes, np.array(self.rates_per_h), start_h)


def fitted(data: TimeActivity, *, physical_half_life_h: float) -> ActivityIntegral:
    """By a sum of exponentials; two time points or more.

    The model is chosen by AICc. That criterion allows four points nothing but one exponential, which misses the uptake
    of a lesion by 2 to 4 %. So where its chi-square is improbable (5 %), models with as many parameters as points are
    tried, too, and chosen by ``chi^2 + 2 k``: AIC for known uncertainties, which needs no term for small samples
    because no variance is estimated.

    The uncertainty holds the spread between the models that the data support; where the curve chosen still misses the
    points by more than their uncertainty it is widened by ``sqrt(chi^2 / (n - k))`` (Birge's ratio).

    Raises
    ------
    ConvergenceError : The activity rises for ever, or no model fits.
    """
    choice = choose_model(data, physical_half_life_h=physical_half_life_h)
    best = choice.best
    if _is_missed(best):
        best = _richer(data, best, physical_half_life_h=physical_half_life_h)
        choice = choice if best is choice.best else Choice((best,), (1.0,))
    wider = _birge(best)
    mixing = best.model.mixing
    amplitudes = mixing @ np.array(best.curve.amplitudes)
    return ActivityIntegral(
        data=data,
        method=f"{best.model} fit of {data.points} time points",
        time_integrated_activity_mbq_h=best.time_integrated_activity,
        relative_sd=_relative_sd(choice) * wider,
        amplitudes_mbq=tuple(amplitudes.tolist()),
        rates_per_h=tuple(best.curve.effective_rates_per_h),
        covariance=_expanded(best) * wider**2,
        effective_half_life_h=best.effective_half_lives_h[0],
        effective_half_life_sd_h=best.effective_half_life_sds_h[0] * wider,
        extrapolated=best.extrapolated_fraction,
        fit=best,
        remarks=best.remarks,
    )


def from_population(data: TimeActivity, population: HalfLifePopulation) -> ActivityIntegral:
    """From one time point and the half-lives of a population."""
    time, activity = data.times_h[0], data.activities[0]
    found = population_time_integrated_activity(
        activity, time_h=time, population=population, activity_sd=data.activity_sds[0]
    )
    half_life = min(population.geometric_mean_h, population.physical_half_life_h)
    rate = math.log(2.0) / half_life
    amplitude = found.median * rate
    spread = math.log(found.high / found.low) / (2 * COVERAGE_FACTOR)
    return ActivityIntegral(
        data=data,
        method=(
            f"one time point and a population: half-life {half_life:.0f} h, geometric standard deviation "
            f"{population.geometric_sd:.2f}"
        ),
        time_integrated_activity_mbq_h=found.median,
        relative_sd=spread,
        amplitudes_mbq=(amplitude,),
        rates_per_h=(rate,),
        covariance=None,
        effective_half_life_h=half_life,
        effective_half_life_sd_h=None,
        extrapolated=found.median and min(1.0, activity / rate / found.median),
        remarks=found.remarks,
    )


def trapped(data: TimeActivity, *, physical_half_life_h: float) -> ActivityIntegral:
    """Of microspheres that stay where they lodge: physical decay alone, from the mean of all time points."""
    rate = math.log(2.0) / physical_half_life_h
    grown = np.exp(rate * data.times)
    starts, sds = data.values * grown, data.sds * grown
    weights = sds**-2
    start = float((weights * starts).sum() / weights.sum())
    sd = float(weights.sum() ** -0.5)
    return ActivityIntegral(
        data=data,
        method="physical decay of trapped microspheres",
        time_integrated_activity_mbq_h=start / rate,
        relative_sd=sd / start if start > 0 else 0.0,
        amplitudes_mbq=(start,),
        rates_per_h=(rate,),
        covariance=np.array([[sd**2, 0.0], [0.0, 0.0]]),
        effective_half_life_h=physical_half_life_h,
        effective_half_life_sd_h=0.0,
        extrapolated=math.exp(-rate * data.times_h[-1]),
    )


def _is_missed(one: Fit) -> bool:
    """Whether a curve lies farther from the points than their uncertainty makes likely."""
    free = one.degrees_of_freedom
    return free > 0 and float(stats.chi2.sf(one.chi_squared, free)) < UNLIKELY


def _richer(data: TimeActivity, simple: Fit, *, physical_half_life_h: float) -> Fit:
    """The model with the lowest AIC among those with at most as many parameters as points.

    One that knows its integral less well than the simple curve, widened and with the difference of both, does not help.
    """
    found = [simple]
    integral, sd = simple.time_integrated_activity, simple.time_integrated_activity_sd * _birge(simple)
    for model in KineticModel:
        if simple.model.parameters < model.parameters <= data.points:
            try:
                one = fit(data, model, physical_half_life_h=physical_half_life_h)
            except ConvergenceError:
                continue
            if one.time_integrated_activity_sd <= math.hypot(sd, one.time_integrated_activity - integral):
                found.append(one)
    return min(found, key=lambda one: one.chi_squared + 2 * one.model.parameters)


def _birge(best: Fit) -> float:
    """Factor that makes the misfit of a curve no larger than its uncertainty; at least one."""
    free = best.degrees_of_freedom
    return max(1.0, math.sqrt(best.chi_squared / free)) if free > 0 else 1.0


def _relative_sd(choice: Choice) -> float:
    """Of the integral of the best model, with how far the other models lie from it."""
    best = choice.best.time_integrated_activity
    spread = [
        weight * (one.time_integrated_activity_sd**2 + (one.time_integrated_activity - best) ** 2)
        for weight, one in zip(choice.weights, choice.fits, strict=True)
    ]
    return math.sqrt(sum(spread)) / best


def _expanded(best: Fit) -> Array:
    """Covariance of the amplitudes of all terms and of their rates."""
    mixing = best.model.mixing
    terms, free = mixing.shape
    way = np.zeros((2 * terms, free + terms))
    way[:terms, :free] = mixing
    way[terms:, free:] = np.eye(terms)
    return np.asarray(way @ best.parameter_covariance @ way.T, dtype=np.float64)
