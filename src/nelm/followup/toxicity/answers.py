"""Answers about a number known as an interval: yes, no, or None where what is known does not settle it."""

from __future__ import annotations

from collections.abc import Iterable

from nelm.quantities import Interval


def below(value: Interval | None, limit: float) -> bool | None:
    """Whether a number lies below a limit; None when it is unknown or the limit lies inside its interval."""
    if value is None or value.low < limit <= value.high:
        return None
    return value.high < limit


def above(value: Interval | None, limit: float) -> bool | None:
    """Whether a number lies above a limit; None when it is unknown or the limit lies inside its interval."""
    if value is None or value.low <= limit < value.high:
        return None
    return value.low > limit


def at_least(value: Interval | None, limit: float) -> bool | None:
    """Whether a number reaches a limit; None when it is unknown or the limit lies inside its interval."""
    answer = below(value, limit)
    return None if answer is None else not answer


def at_most(value: Interval | None, limit: float) -> bool | None:
    """Whether a number does not exceed a limit; None when unknown or the limit lies inside its interval."""
    answer = above(value, limit)
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
