"""Answers about a number known as an interval: yes, no, or None where what is known does not settle it."""

from __future__ import annotations

from collections.abc import Iterable

from nelm.quantities.estimate import Estimate
from nelm.quantities.interval import Interval

Number = Interval | Estimate | None
"""What is known of a number; None is unknown."""


def below(value: Number, limit: float) -> bool | None:
    """Whether a number lies below a limit; None when it is unknown or the limit lies inside its interval."""
    if value is None or value.low < limit <= value.high:
        return None
    return value.high < limit


def above(value: Number, limit: float) -> bool | None:
    """Whether a number lies above a limit; None when it is unknown or the limit lies inside its interval."""
    if value is None or value.low <= limit < value.high:
        return None
    return value.low > limit


def at_least(value: Number, limit: float) -> bool | None:
    """Whether a number reaches a limit; None when it is unknown or the limit lies inside its interval."""
    return negated(below(value, limit))


def at_most(value: Number, limit: float) -> bool | None:
    """Whether a number does not exceed a limit; None when unknown or the limit lies inside its interval."""
    return negated(above(value, limit))


def exceeds(value: Interval, other: Interval) -> bool | None:
    """Whether one number is larger than another; None when their intervals leave it open."""
    if value.low > other.high:
        return True
    return False if value.high <= other.low else None


def negated(answer: bool | None) -> bool | None:
    """No for yes and yes for no; unknown stays unknown."""
    return None if answer is None else not answer


def every(answers: Iterable[bool | None]) -> bool | None:
    """No if one is no, yes if all are yes, else unknown."""
    found = tuple(answers)
    if False in found:
        return False
    return None if None in found else True


def some(answers: Iterable[bool | None]) -> bool | None:
    """Yes if one is yes, no if all are no, else unknown."""
    found = tuple(answers)
    if True in found:
        return True
    return None if None in found else False
