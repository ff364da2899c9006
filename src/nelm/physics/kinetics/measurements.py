"""What was measured: activities of one region at known times after administration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.errors import InputError, Problem, problem

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TimeActivity:
    """Activity of one region over time, NOT corrected for decay.

    The unit is the caller's (MBq, MBq/mL, a fraction of the administered activity) and is the same for all points;
    a time-integrated activity then has that unit times hours.

    Parameters
    ----------
    times_h : Times after administration [h], strictly increasing, not negative.
    activities : Activity present in the region at those times, physical decay included, not negative.
    activity_sds : Standard uncertainties of the activities, in their unit, positive. They hold what differs from
        one time to the next (counting noise, outlining anew). What is common to all times (calibration, volume,
        recovery) does not belong here: it multiplies the result, and a fit cannot see it.

    Raises
    ------
    InputError : Different lengths, no point, times negative or out of order, activities negative, a number that
        is not finite, an uncertainty that is not positive, or no activity at all.
    """

    times_h: tuple[float, ...]
    activities: tuple[float, ...]
    activity_sds: tuple[float, ...]

    def __post_init__(self) -> None:
        lengths = {len(self.times_h), len(self.activities), len(self.activity_sds)}
        if len(lengths) != 1 or 0 in lengths:
            raise problem(
                f"{len(self.times_h)} times, {len(self.activities)} activities, {len(self.activity_sds)} uncertainties",
                "as many times as activities and as uncertainties, at least one of each",
                "Give one activity and one uncertainty for every time.",
                path="times_h",
            )
        found = [
            *_times_wrong(self.times_h),
            *_activities_wrong(self.activities),
            *_sds_wrong(self.activity_sds),
        ]
        if found:
            raise InputError(found)

    @classmethod
    def of(
        cls, times_h: Sequence[float], activities: Sequence[float], *, relative_uncertainty: float
    ) -> TimeActivity:
        """Measurements whose standard uncertainty is one and the same fraction of each activity.

        Parameters
        ----------
        relative_uncertainty : Standard uncertainty divided by the activity, positive. An activity of zero gets the
            uncertainty of the smallest activity above zero.
        """
        if not (math.isfinite(relative_uncertainty) and relative_uncertainty > 0):
            raise problem(
                relative_uncertainty,
                "a positive fraction",
                "Give the standard uncertainty as a fraction: 0.05 for 5 %.",
                path="relative_uncertainty",
            )
        least = min((a for a in activities if a > 0), default=1.0)
        sds = tuple(relative_uncertainty * max(float(a), least) for a in activities)
        return cls(tuple(map(float, times_h)), tuple(map(float, activities)), sds)

    @property
    def points(self) -> int:
        """Number of measurements."""
        return len(self.times_h)

    @property
    def times(self) -> FloatArray:
        """Times [h] as an array (n,)."""
        return np.array(self.times_h, dtype=np.float64)

    @property
    def values(self) -> FloatArray:
        """Activities as an array (n,)."""
        return np.array(self.activities, dtype=np.float64)

    @property
    def sds(self) -> FloatArray:
        """Standard uncertainties as an array (n,)."""
        return np.array(self.activity_sds, dtype=np.float64)


def decay_constant_per_h(half_life_h: float, *, path: str = "physical_half_life_h") -> float:
    """Decay constant ln 2 / T [1/h] of a half-life T [h]; refuses one that is not positive and finite."""
    if not (math.isfinite(half_life_h) and half_life_h > 0):
        raise problem(half_life_h, "a positive half-life in hours", "Give the half-life in hours.", path=path)
    return math.log(2.0) / half_life_h


def _times_wrong(times_h: Sequence[float]) -> list[Problem]:
    """What is wrong with the times."""
    found: list[Problem] = []
    for index, time in enumerate(times_h):
        place = f"times_h[{index}]"
        if not math.isfinite(time) or time < 0:
            remedy = "Give hours after administration; leave out images from before it."
            found.append(Problem(place, f"{time:.10g}", "a finite time, not negative", remedy))
        elif index and time <= times_h[index - 1]:
            remedy = "Sort the measurements by time and join those of one time into one."
            found.append(
                Problem(place, f"{time:.10g}", f"a time later than {times_h[index - 1]:.10g} h", remedy)
            )
    return found


def _activities_wrong(activities: Sequence[float]) -> list[Problem]:
    """What is wrong with the activities."""
    remedy = "Look at the image and the outline of that time, correct or leave out the point."
    found = [
        Problem(f"activities[{index}]", f"{value:.10g}", "a finite activity, not negative", remedy)
        for index, value in enumerate(activities)
        if not math.isfinite(value) or value < 0
    ]
    if not found and not any(activities):
        remedy = "Check the outline, the registration and the calibration; without activity there is no dose."
        found.append(Problem("activities", "zero at every time", "some activity", remedy))
    return found


def _sds_wrong(sds: Sequence[float]) -> list[Problem]:
    """What is wrong with the uncertainties."""
    remedy = "Give the standard uncertainty of each activity in its unit; no measurement is exact."
    return [
        Problem(f"activity_sds[{index}]", f"{sd:.10g}", "a positive standard uncertainty", remedy)
        for index, sd in enumerate(sds)
        if not math.isfinite(sd) or sd <= 0
    ]
