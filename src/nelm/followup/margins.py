"""Whether a weighted sum of measured numbers reaches a limit: by its best value, and beyond its error."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nelm.quantities import Estimate

ROUNDING = 1e-9
"""Share of the largest term below which a difference is a rounding error of the computation."""


def exactly(value: float) -> Estimate:
    """A number without error."""
    return Estimate(value, value, value)


def weighted_sum(*terms: tuple[float, Estimate]) -> Estimate:
    """Sum of weight times number, the errors independent: half-widths added in quadrature, each side for itself.

    Exact for independent normal errors, for asymmetric limits an approximation.
    """
    value = math.fsum(weight * number.value for weight, number in terms)
    below = math.fsum(_reach(weight, number, -1) ** 2 for weight, number in terms)
    above = math.fsum(_reach(weight, number, +1) ** 2 for weight, number in terms)
    return Estimate(value, value - math.sqrt(below), value + math.sqrt(above))


def _reach(weight: float, number: Estimate, side: int) -> float:
    """How far a term reaches to one side."""
    upward = (weight >= 0) == (side > 0)
    return abs(weight) * ((number.high - number.value) if upward else (number.value - number.low))


@dataclass(frozen=True, slots=True)
class Reached:
    """Whether a limit is reached.

    Parameters
    ----------
    nominal : By the best values.
    is_certain : Whether the limits of the error give the same answer.
    """

    nominal: bool
    is_certain: bool = True

    @property
    def possible(self) -> tuple[bool, ...]:
        """Every answer that the error allows, the nominal one first."""
        return (self.nominal,) if self.is_certain else (self.nominal, not self.nominal)


def reaches_zero(*terms: tuple[float, Estimate]) -> Reached:
    """Whether the weighted sum is 0 or more; rounding errors count as 0."""
    scale = max((abs(weight * number.value) for weight, number in terms), default=0.0)
    total, allowance = weighted_sum(*terms), ROUNDING * scale
    low, high = total.low >= -allowance, total.high >= -allowance
    return Reached(total.value >= -allowance, low == high)


def both(first: Reached, second: Reached) -> Reached:
    """Whether both are reached."""
    sure = [one for one in (first, second) if one.is_certain]
    if any(not one.nominal for one in sure):
        return Reached(False)
    return Reached(first.nominal and second.nominal, first.is_certain and second.is_certain)


def percent_change(later: Estimate, earlier: Estimate) -> Estimate | None:
    """Change in percent of `earlier`, errors independent and added as logarithms; None where it is not defined.

    Not defined from nothing, or where the limits of the earlier number reach 0.
    """
    if earlier.low <= 0:
        return None
    ratio = later.value / earlier.value
    low, high = _ratio_limits(later, earlier)
    return Estimate(100 * (ratio - 1), 100 * (min(low, ratio) - 1), 100 * (max(high, ratio) - 1))


def log_ratio(later: Estimate, earlier: Estimate) -> Estimate | None:
    """Natural logarithm of later over earlier with its limits; None unless both lie above 0 with their limits."""
    if later.low <= 0 or earlier.low <= 0:
        return None
    value = math.log(later.value / earlier.value)
    down = math.hypot(math.log(later.value / later.low), math.log(earlier.high / earlier.value))
    up = math.hypot(math.log(later.high / later.value), math.log(earlier.value / earlier.low))
    return Estimate(value, value - down, value + up)


def _ratio_limits(later: Estimate, earlier: Estimate) -> tuple[float, float]:
    if later.low > 0:
        logarithm = log_ratio(later, earlier)
        assert logarithm is not None
        return math.exp(logarithm.low), math.exp(logarithm.high)
    return 0.0, later.high / earlier.low
