"""Numbers as documents hold them."""

from __future__ import annotations

from typing import overload


@overload
def significant(value: float, digits: int) -> float: ...
@overload
def significant(value: float | None, digits: int) -> float | None: ...
def significant(value: float | None, digits: int) -> float | None:
    """A number to so many significant digits: more are not measured."""
    return None if value is None else float(f"{value:.{digits}g}")
