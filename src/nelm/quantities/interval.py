"""What is known of a number: the closed interval that it lies in."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.errors import problem


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval of real numbers, in the unit of the quantity it stands for.

    A strict bound is held through the neighbouring float: "less than 3" is ``[0, nextafter(3, -inf)]``, so
    that every comparison with the limit 3 is settled without an open end.

    Parameters
    ----------
    low : Smallest value that the number can have; may be -inf.
    high : Largest value that the number can have; may be inf.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise problem(f"{self.low}..{self.high}", "two numbers, the smaller one first")

    @classmethod
    def exact(cls, value: float) -> Interval:
        """The interval of a number known exactly."""
        return cls(value, value)

    @property
    def is_exact(self) -> bool:
        """Whether one value only is possible."""
        return self.low == self.high

    def contains(self, value: float) -> bool:
        """Whether the number can be `value`."""
        return self.low <= value <= self.high

    def meets(self, other: Interval) -> bool:
        """Whether both intervals have a value in common."""
        return self.low <= other.high and other.low <= self.high

    def within(self, low: float, high: float) -> Interval:
        """The part of the interval between `low` and `high`; there must be one."""
        return Interval(max(self.low, low), min(self.high, high))
