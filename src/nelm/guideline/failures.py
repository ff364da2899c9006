"""Treatments that failed before: what the record says of each option that could be given again.

Unless the record says that the tumour progressed on an option, or that it was stopped for toxicity, it is taken that it
did not and was not, as options that are not listed as declined are taken as not declined.
"""

from __future__ import annotations

from nelm.guideline.facts import FAILED, NOT_TOLERATED, boolean
from nelm.guideline.logic import Boolean, some


def failed(*options: str) -> Boolean:
    """The tumour progressed on one of these options."""
    return some(*(boolean(f"treatments.{item}{FAILED}") for item in options))


def not_tolerated(*options: str) -> Boolean:
    """One of these options was stopped for toxicity."""
    return some(*(boolean(f"treatments.{item}{NOT_TOLERATED}") for item in options))
