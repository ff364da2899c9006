"""Treatments that failed before: what the record says of each option that could be given again.

Unless the record says that the tumour progressed on an option, or that it was stopped for toxicity, it is taken that it
did not and was not, as options that are not listed as declined are taken as not declined.
"""

from __future__ import annotations

from nelm.guideline.criteria import Position
from nelm.guideline.facts import FAILED, NOT_TOLERATED, boolean
from nelm.guideline.logic import Boolean, some
from nelm.knowledge import Entry


def failed(*options: str) -> Boolean:
    """The tumour progressed on one of these options."""
    return some(*(boolean(f"treatments.{item}{FAILED}") for item in options))


def not_tolerated(*options: str) -> Boolean:
    """One of these options was stopped for toxicity."""
    return some(*(boolean(f"treatments.{item}{NOT_TOLERATED}") for item in options))


def against_again(option: str, before: Entry, harm: Entry) -> tuple[Position, ...]:
    """What speaks against an option that the tumour progressed on, and against one that was stopped for toxicity."""
    return Position(before, failed(option)), Position(harm, not_tolerated(option))
