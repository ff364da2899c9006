"""Doses of the ledger in a sentence."""

from __future__ import annotations

from nelm.dosimetry.tolerance import LimitUse, Tolerance
from nelm.quantities import Estimate

SMALLEST_PERCENT, LARGEST_PERCENT = 0.5, 99.5


def dose_words(dose: Estimate) -> str:
    """A dose with its limits: ``14.9 Gy (12.1 to 18.3)``."""
    if dose.low == dose.high:
        return f"{dose.value:.3g} Gy"
    return f"{dose.value:.3g} Gy ({dose.low:.3g} to {dose.high:.3g})"


def tolerance_words(found: Tolerance) -> str:
    """A target beside a limit, as one or two sentences."""
    limit = found.limit
    about = f"{limit.quantity.value} beside {limit.limit_gy:g} Gy, {limit.name}"
    if found.used_gy is None or found.probability_exceeded is None or found.left_gy is None:
        return f"{about}: not known ({found.reason})."
    said = "at least " if found.is_lower_bound else ""
    text = f"{found.name}, {about}: {said}{dose_words(found.used_gy)}, {_left(found.left_gy.value)}; "
    text += f"probability of lying above it {_chance(found)}."
    if found.is_lower_bound:
        text += " Administrations without this dose are not counted: less is left."
    return f"{text} Shown, decides nothing." if limit.use is LimitUse.SHOWN else text


def _left(left_gy: float) -> str:
    return f"{left_gy:.3g} Gy left" if left_gy >= 0 else f"{-left_gy:.3g} Gy above it"


def _chance(found: Tolerance) -> str:
    """The probability in whole percent; a lower bound of dose gives a lower bound of it."""
    percent = 100 * (found.probability_exceeded or 0.0)
    least = "at least " if found.is_lower_bound else ""
    if percent < SMALLEST_PERCENT:
        return f"{least}below 1 %" if not least else "at least 0 %"
    return f"{least}{percent:.0f} %" if percent <= LARGEST_PERCENT else "above 99 %"
