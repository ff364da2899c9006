"""From the limits of the inputs to the limits of a result: the formula is run over draws of its inputs.

Row 0 of every array of draws is the best values; the other rows are spread by a fixed sequence of low discrepancy
(Roberts 2018), so that the same inputs give the same limits and nothing has to be linear. Inputs are taken as
independent of each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from nelm.errors import problem
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR

Array = NDArray[np.float64]

DRAWS = 4096
PERCENTILES = (2.5, 97.5)


class Range(Enum):
    """What values an input can have at all."""

    POSITIVE = auto()
    """Above zero: masses and ratios; spread on a logarithmic scale."""
    SHARE = auto()
    """From 0 to below 1: fractions; spread on a linear scale and cut off at its ends."""


@dataclass(frozen=True, slots=True)
class Input:
    """An uncertain input of a formula: its estimate, what it can be, and its name for messages."""

    estimate: Estimate
    range: Range
    name: str


def exact(value: float) -> Estimate:
    """A number without error."""
    return Estimate(value, value, value)


def draws(inputs: Sequence[Input]) -> Array:
    """(inputs, 1 + DRAWS) values of each input, the best one first.

    Either limit is 1.96 standard deviations away on its own side, so that limits need not be symmetric.

    Raises
    ------
    InputError : A mass or ratio that is not above zero, a fraction outside 0 to 1.
    """
    for one in inputs:
        _check(one)
    root = _root_of_sequence(len(inputs))
    steps = np.arange(1, DRAWS + 1, dtype=np.float64)
    found = np.empty((len(inputs), DRAWS + 1))
    for place, one in enumerate(inputs):
        uniform = np.clip((0.5 + steps * root ** -(place + 1)) % 1.0, 1e-9, 1.0 - 1e-9)
        found[place, 0] = one.estimate.value
        found[place, 1:] = _spread(one, np.asarray(ndtri(uniform), dtype=np.float64))
    return found


def estimate_of(values: Array) -> Estimate:
    """The best value and the central 95 % of a result; the upper end may be infinite."""
    best = float(values[0])
    low, high = (float(part) for part in np.percentile(values[1:], PERCENTILES, method="nearest"))
    return Estimate(best, min(low, best), max(high, best))


def probability_above(values: Array, limit: float) -> float:
    """Share of the draws in which a result exceeds a limit [1]."""
    return float(np.mean(values[1:] > limit))


def _check(one: Input) -> None:
    value = one.estimate.value
    if one.range is Range.POSITIVE and value <= 0:
        raise problem(value, "a number above zero", "Check the region and its unit", path=one.name)
    if one.range is Range.SHARE and not 0 <= value < 1:
        raise problem(value, "a fraction from 0 to below 1", "5 % is written 0.05", path=one.name)


def _root_of_sequence(dimensions: int) -> float:
    """The g > 1 with g^(d + 1) = g + 1 [roberts2018]."""
    root = 2.0
    for _ in range(64):
        root = (1.0 + root) ** (1.0 / (dimensions + 1))
    return root


def _spread(one: Input, normal: Array) -> Array:
    value, low, high = one.estimate.value, one.estimate.low, one.estimate.high
    if one.range is Range.SHARE:
        side = np.where(normal > 0, high - value, value - low) / COVERAGE_FACTOR
        return np.clip(value + normal * side, 0.0, np.nextafter(1.0, 0.0))
    up = math.log(high / value)
    down = math.log(value / low) if low > 0 else up
    return value * np.exp(normal * np.where(normal > 0, up, down) / COVERAGE_FACTOR)
