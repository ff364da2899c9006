"""Why something follows in the course of a patient: a sentence with its entry, and answers that may be unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nelm.knowledge import Entry
from nelm.quantities import Interval


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence and the entry of knowledge that says so."""

    text: str
    entry: Entry


def because(entry: Entry) -> Reason:
    """The statement of an entry as a reason."""
    return Reason(entry.statement, entry)


def reaches(value: Interval | None, limit: float) -> bool | None:
    """Whether a number reaches a limit; None when it is unknown or the limit lies inside its interval."""
    if value is None or value.low < limit <= value.high:
        return None
    return value.low >= limit


def exceeds(value: Interval | None, limit: float) -> bool | None:
    """Whether a number exceeds a limit; None when it is unknown or the limit lies inside its interval."""
    if value is None or value.low <= limit < value.high:
        return None
    return value.low > limit


def some(answers: Iterable[bool | None]) -> bool | None:
    """Yes if one is yes, no if all are no, else unknown."""
    found = tuple(answers)
    if True in found:
        return True
    return None if None in found else False
