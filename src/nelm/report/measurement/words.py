"""Numbers and names of measurements as people read them."""

from __future__ import annotations

from nelm.imaging.measured import MeasuredLesion
from nelm.quantities import Estimate

UNKNOWN = "not known"
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII")


def with_limits(estimate: Estimate | None, unit: str, *, digits: int = 0) -> str:
    """A number with its limits: ``31 mm (29 to 33)``."""
    if estimate is None:
        return UNKNOWN
    value, low, high = (f"{item:.{digits}f}" for item in (estimate.value, estimate.low, estimate.high))
    return f"{value} {unit} ({low} to {high})"


def digits_for(value: float) -> int:
    """Decimals that a number of this size is worth."""
    return 0 if value >= 100 else 1 if value >= 1 else 2


def sized(estimate: Estimate | None, unit: str) -> str:
    """A number with its limits, with as many decimals as it is worth."""
    return UNKNOWN if estimate is None else with_limits(estimate, unit, digits=digits_for(estimate.value))


def segments_words(item: MeasuredLesion) -> str:
    """Couinaud segments with how sure they are."""
    if item.location is None:
        return UNKNOWN
    named = ", ".join(ROMAN[number] for number in item.location.segments)
    return f"{named} ({item.location.confidence:.0%})"


def yes_no(value: bool | None) -> str:
    """A truth value in words."""
    return UNKNOWN if value is None else "yes" if value else "no"


def plain(text: str) -> str:
    """An identifier as words."""
    return text.replace("_", " ")
