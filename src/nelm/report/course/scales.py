"""The axis of time that all lanes share, and the small axis of values that each has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from matplotlib.ticker import MaxNLocator

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STEPS_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)
SHORTEST = timedelta(days=62)
"""Shortest stretch of time shown: it holds the first day of a month."""
LOGARITHMIC_FROM = 50.0
"""Ratio of the highest to the lowest value from which an axis is logarithmic."""
FROM_ZERO = 0.6
"""Share of the highest value below which the lowest has to lie for an axis to begin at zero."""
DECADES_WITH_STEPS = 1.5


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Days laid out from left to right.

    Parameters
    ----------
    first, last : Days at the ends.
    left, right : Places of the ends [px].
    """

    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        """Place of a day [px]."""
        share = (day - self.first).days / (self.last - self.first).days
        return self.left + share * (self.right - self.left)

    def ticks(self, room_px: float) -> list[tuple[float, str]]:
        """Places and words of the first days of months or years, at least `room_px` apart.

        A January has the number of its year, another month its name; the first has both where it is no January.
        """
        month_px = (self.right - self.left) * 30.4 / (self.last - self.first).days
        step = next((one for one in STEPS_MONTHS if one * month_px >= room_px), STEPS_MONTHS[-1])
        months = range(12 * self.first.year + self.first.month - 1, 12 * self.last.year + self.last.month)
        days = [date(month // 12, month % 12 + 1, 1) for month in months if month % step == 0]
        shown = [day for day in days if self.first <= day <= self.last]
        return [(self.x(day), _month(day, named=place == 0)) for place, day in enumerate(shown)]


def time_axis(days: Sequence[date], *, left: float, right: float) -> TimeAxis:
    """An axis that holds all days, of two months at least."""
    last = max(days)
    return TimeAxis(min(*days, last - SHORTEST), last, left, right)


def _month(day: date, *, named: bool) -> str:
    if day.month == 1:
        return str(day.year)
    return f"{MONTHS[day.month - 1]} {day.year}" if named else MONTHS[day.month - 1]


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """Values laid out from the bottom of a plot to its top.

    Parameters
    ----------
    low, high : Values at the ends.
    ticks : Values with a number beside them.
    logarithmic : Whether equal ratios have equal lengths.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False

    def y(self, value: float, height: float) -> float:
        """Distance of a value from the top; values beyond the ends lie on them [px]."""
        if self.logarithmic:
            held = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            held = (value - self.low) / (self.high - self.low)
        return height * (1 - min(max(held, 0.0), 1.0))


def value_axis(values: Sequence[float]) -> ValueAxis:
    """An axis that holds all values; logarithmic where they differ by large factors."""
    low, high = min(values), max(values)
    if low > 0 and high / low >= LOGARITHMIC_FROM:
        return _logarithmic(low, high)
    if 0 <= low <= FROM_ZERO * high:
        low = 0.0
    if low == high:
        low, high = (low - 1, high + 1) if low else (0.0, 1.0)
    found = MaxNLocator(nbins=3, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ticks = tuple(round(float(one), 12) for one in found)
    return ValueAxis(ticks[0], ticks[-1], ticks)


def _logarithmic(low: float, high: float) -> ValueAxis:
    """Whole powers of ten, or steps of 1, 2 and 5 to them where the powers are few."""
    few = math.log10(high / low) < DECADES_WITH_STEPS
    factors = (1.0, 2.0, 5.0) if few else (1.0,)
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    steps = [factor * 10.0**power for power in powers for factor in (1.0, 2.0, 5.0)]
    bottom = max(step for step in steps if step <= low)
    top = min(step for step in steps if step >= high)
    marked = [factor * 10.0**power for power in powers for factor in factors]
    return ValueAxis(bottom, top, tuple(one for one in marked if bottom <= one <= top), logarithmic=True)
