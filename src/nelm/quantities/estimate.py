"""A number that was measured: the best value and the limits that it is believed to lie between."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nelm.quantities.interval import Interval
from nelm.quantities.measured import COVERAGE_FACTOR


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured number with its limits, in the unit of the quantity that it stands for.

    Parameters
    ----------
    value : The best value.
    low, high : What the number is believed to lie between (95 %), `low <= value <= high`.
    """

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and self.low <= self.value <= self.high):
            raise ValueError(f"an estimate lies between its limits: {self.low}, {self.value}, {self.high}")

    @property
    def interval(self) -> Interval:
        """The limits as an interval."""
        return Interval(self.low, self.high)

    @property
    def sd(self) -> float:
        """The standard deviation whose 95 % range reaches the farther limit."""
        return max(self.high - self.value, self.value - self.low) / COVERAGE_FACTOR

    def scaled(self, factor: float) -> Estimate:
        """The same number in another unit, or a multiple of it (`factor` not negative)."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)
