"""Numbers that a formula of dosimetry accepts: finite, positive, not negative; everything else is refused by name."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nelm.errors import problem

Array = NDArray[np.float64]


def positive(value: float, name: str) -> float:
    """The number, refused unless it is finite and above zero."""
    if not (math.isfinite(value) and value > 0):
        raise problem(value, "a finite number above zero", f"Check {name} and its unit", path=name)
    return float(value)


def not_negative(value: float, name: str) -> float:
    """The number, refused unless it is finite and not negative."""
    if not (math.isfinite(value) and value >= 0):
        raise problem(value, "a finite number, zero or more", f"Check {name} and its unit", path=name)
    return float(value)


def within(value: float, name: str, low: float, high: float) -> float:
    """The number, refused unless it lies between the limits, both of them included."""
    if not low <= value <= high:
        raise problem(value, f"a number from {low:g} to {high:g}", f"Check {name} and its unit", path=name)
    return float(value)


def finite_array(values: ArrayLike, name: str) -> Array:
    """The numbers as float64, refused where one is not finite."""
    array = np.asarray(values, dtype=np.float64)
    if not bool(np.isfinite(array).all()):
        bad = int(np.count_nonzero(~np.isfinite(array)))
        raise problem(
            f"{bad} of {array.size} not finite", "finite numbers", f"Look where {name} became NaN", path=name
        )
    return array


def array_not_negative(values: ArrayLike, name: str) -> Array:
    """The numbers as float64, refused where one is negative or not finite."""
    array = finite_array(values, name)
    if array.size and float(array.min()) < 0:
        raise problem(
            float(array.min()),
            "numbers of zero or more",
            f"Find what made {name} negative; set to 0 only where it is known to be rounding",
            path=name,
        )
    return array


def array_positive(values: ArrayLike, name: str) -> Array:
    """The numbers as float64, refused where one is zero, negative or not finite."""
    array = finite_array(values, name)
    if array.size and float(array.min()) <= 0:
        raise problem(float(array.min()), "numbers above zero", f"Check {name} and its unit", path=name)
    return array
