"""The values that a quantity can have at all."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that a quantity can have at all, in its canonical unit.

    These limits refuse slips of the pen and of the unit; they are not clinical limits.

    Parameters
    ----------
    low, high : Smallest and largest possible value.
    whole : Whether only whole numbers are possible (counts and grades).
    unit : Canonical unit (UCUM) for messages; empty where the name of the fact carries it.
    """

    low: float = 0.0
    high: float = math.inf
    whole: bool = False
    unit: str = ""

    @property
    def words(self) -> str:
        """The domain in plain words."""
        kind = "a whole number" if self.whole else "a number"
        unit = f" {self.unit}" if self.unit else ""
        if math.isinf(self.high):
            return f"{kind} of {self.low:g}{unit} or more"
        return f"{kind} from {self.low:g} to {self.high:g}{unit}"

    def holds(self, value: float) -> bool:
        """Whether `value` is possible."""
        return self.low <= value <= self.high and (not self.whole or value == math.floor(value))
