"""One examination that is due: its window of days, why, and where it stands on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from nelm.errors import problem
from nelm.knowledge import Entry, Status, sources_of, weakest
from nelm.quantities import months_after


class Examination(StrEnum):
    """What a calendar of surveillance can ask for."""

    IMAGING = "CT or MRI"
    ECHOCARDIOGRAPHY = "echocardiography"
    NT_PROBNP = "NT-proBNP"
    HIAA = "5-HIAA"
    BLOOD_COUNT = "blood count"
    KIDNEY = "creatinine and its clearance"
    GLUCOSE = "glucose"
    THYROID = "TSH"
    VITAMIN_B12 = "vitamin B12"
    GALL_BLADDER = "ultrasound of the gall bladder"


class Standing(StrEnum):
    """Where an examination stands on a day."""

    TO_COME = "to come"
    DUE = "due"
    OVERDUE = "overdue"
    NOT_KNOWN = "due, since it is not known when it was last done"


@dataclass(frozen=True, slots=True)
class Due:
    """An examination and its window.

    Parameters
    ----------
    examination : What.
    earliest, latest : First and last day of the window, both included.
    counted_from : Day that the window was counted from: the last examination, an operation, a last cycle; None where
        it is not known, the window then being the day of the calendar alone.
    reason : Why, in a sentence.
    entries : Knowledge that says so.
    place : Place among the dates of a plan; 0 for what is counted from the last examination.
    """

    examination: Examination
    earliest: date
    latest: date
    counted_from: date | None
    reason: str
    entries: tuple[Entry, ...]
    place: int = 0

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise problem(self.latest.isoformat(), f"a day not before {self.earliest}", path="latest")

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the sources, each once."""
        return sources_of(self.entries)

    @property
    def status(self) -> Status:
        """How far the least certain of the entries was checked."""
        return weakest(tuple(entry.status for entry in self.entries))

    def standing(self, day: date) -> Standing:
        """Where it stands on a day."""
        if self.counted_from is None:
            return Standing.NOT_KNOWN
        if day > self.latest:
            return Standing.OVERDUE
        return Standing.TO_COME if day < self.earliest else Standing.DUE


def span_after(day: date, entry: Entry) -> tuple[date, date]:
    """First and last day of an interval in months or weeks, counted from a day.

    An interval of one number is its latest day, and its earliest too.
    """
    low = entry.number if entry.low is None else entry.low
    high = entry.number if entry.high is None else entry.high
    if entry.unit == "wk":
        return day + timedelta(weeks=low), day + timedelta(weeks=high)
    if entry.unit != "mo":
        raise TypeError(f"knowledge entry {entry.id} is no interval in months or weeks")
    return months_after(day, int(low)), months_after(day, int(high))


def next_due(
    examination: Examination, last: date | None, *, day: date, reason: str, entries: tuple[Entry, ...]
) -> Due:
    """The next examination by the interval of the first entry after the last one; due at once where none is known.

    Parameters
    ----------
    last : When it was last done; None where that is not known, which is not the same as never.
    day : Day of the calendar.
    entries : The interval, and what else the sentence rests on.
    """
    if last is None:
        return Due(examination, day, day, None, f"{reason} When it was last done is not known.", entries)
    earliest, latest = span_after(last, entries[0])
    return Due(examination, earliest, latest, last, reason, entries)
