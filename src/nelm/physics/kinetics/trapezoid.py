"""Time-integrated activity without a model between the points, and a stated one outside them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from nelm.errors import ConvergenceError, problem
from nelm.physics.kinetics.measurements import FloatArray, TimeActivity, decay_constant_per_h


class Start(StrEnum):
    """What the activity is taken to do before the first measurement."""

    FROM_ZERO = "rising in proportion to time from zero"
    CONSTANT = "equal to the first activity"


class Tail(StrEnum):
    """What the activity is taken to do after the last measurement."""

    LAST_TWO = "one exponential through the last two activities, not slower than physical decay"
    PHYSICAL = "physical decay"


@dataclass(frozen=True, slots=True)
class Trapezoid:
    """A time-integrated activity by trapezoids.

    Parameters
    ----------
    time_integrated_activity : From administration to infinity [unit h].
    time_integrated_activity_sd : Standard uncertainty from those of the activities [unit h]; what the assumptions
        between and beyond the points cost is not in it.
    extrapolated_fraction : Part beyond the last measurement.
    tail_half_life_h : Of the decline after the last measurement [h].
    start, tail : The assumptions.
    remarks : What a reader should know.
    """

    time_integrated_activity: float
    time_integrated_activity_sd: float
    extrapolated_fraction: float
    tail_half_life_h: float
    start: Start
    tail: Tail
    remarks: tuple[str, ...] = ()


def trapezoid(
    data: TimeActivity,
    *,
    physical_half_life_h: float,
    tail: Tail = Tail.PHYSICAL,
    start: Start = Start.FROM_ZERO,
) -> Trapezoid:
    """Area under straight lines between the measurements, plus a start and an exponential tail.

    Between points sum (A_i + A_i+1)(t_i+1 - t_i)/2; before the first A_1 t_1/2 or A_1 t_1; after the last
    A_n / l with l = ln(A_n-1 / A_n)/(t_n - t_n-1) or the decay constant, whichever is larger.

    Parameters
    ----------
    data : Measurements, not corrected for decay; two or more for a tail through the last two.
    physical_half_life_h : Of the nuclide [h].
    tail, start : Assumptions after and before the measurements.

    Raises
    ------
    InputError : One point only for a tail through two, or a half-life that is not positive.
    ConvergenceError : A tail through two activities of which the later one is the larger, or zero.

    Notes
    -----
    Straight lines lie above a convex decline: with points one effective half-life apart the area between two
    points is 4 % too large ((1 + 1/2)/2 against (1 - 1/2)/ln 2).
    """
    decay = decay_constant_per_h(physical_half_life_h)
    rate, remarks = (decay, ()) if tail is Tail.PHYSICAL else _last_two(data, decay)
    weights = _area_weights(data.times, start)
    last = data.activities[-1]
    total = float(weights @ data.values) + last / rate
    weights[-1] += 1.0 / rate
    if rate > decay:
        step = data.times_h[-1] - data.times_h[-2]
        by_rate = -last / rate**2
        weights[-2] += by_rate / (step * data.activities[-2])
        weights[-1] -= by_rate / (step * last)
    return Trapezoid(
        time_integrated_activity=total,
        time_integrated_activity_sd=float(np.linalg.norm(weights * data.sds)),
        extrapolated_fraction=last / rate / total,
        tail_half_life_h=math.log(2.0) / rate,
        start=start,
        tail=tail,
        remarks=remarks,
    )


def _last_two(data: TimeActivity, decay: float) -> tuple[float, tuple[str, ...]]:
    """Rate through the last two activities [1/h], at least physical decay, and a remark where that is so."""
    if data.points == 1:
        raise problem(
            "one point",
            "two points for a tail through the last two",
            "Take a tail of physical decay, or a single-time-point method.",
            path="times_h",
        )
    before, last = data.activities[-2:]
    if last <= 0 or last > before:
        raise ConvergenceError(
            "the last two activities do not decline" if last > before else "the last activity is zero",
            where=f"{data.times_h[-2]:.4g} and {data.times_h[-1]:.4g} h",
            expected="a later activity that is smaller than the earlier one and above zero",
            remedy="Check both points, or take a tail of physical decay.",
        )
    rate = math.log(before / last) / (data.times_h[-1] - data.times_h[-2])
    if rate <= decay:
        return decay, ("The tail lies at physical decay, its lower bound.",)
    return rate, ()


def _area_weights(times: FloatArray, start: Start) -> FloatArray:
    """Weight of each activity in the area up to the last point [h], array (n,)."""
    weights = np.zeros_like(times)
    steps = np.diff(times)
    weights[:-1] += steps / 2
    weights[1:] += steps / 2
    weights[0] += times[0] * (0.5 if start is Start.FROM_ZERO else 1.0)
    return weights
