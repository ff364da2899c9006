"""What one piece of knowledge is: a value or a statement, with its unit, source, place, status and dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """How far a number was checked against its source, best first."""

    VERIFIED = "verified"
    COMPUTED = "computed"
    SECONDARY = "secondary"
    RECALLED = "recalled"


_ORDER = tuple(Status)


def weakest(statuses: tuple[Status, ...]) -> Status:
    """The least certain of several statuses; `verified` when there are none."""
    return max(statuses, key=_ORDER.index, default=Status.VERIFIED)


@dataclass(frozen=True, slots=True)
class Source:
    """A work that the knowledge rests on, and how much of it was read.

    Attributes: `key` the name used by entries, `citation` as printed, `read` what of it was opened.
    """

    key: str
    citation: str
    kind: str
    read: str
    checked_on: date
    doi: str | None = None
    year: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated statement of the knowledge, with its value, source and status.

    Attributes
    ----------
    id : dotted name, file and entry.
    statement : the meaning, in own words.
    sources : keys of `sources.toml`.
    place : where in the source.
    status : how far it was checked.
    rows : rows of the research notes that it came from.
    valid_from, checked_on : when it became current, when it was last looked at.
    value, low, high : number, word or list; a range has `low` and `high`.
    unit : UCUM code of the number.
    body, position : for a guideline's position, who says it and what they say.
    """

    id: str
    statement: str
    sources: tuple[str, ...]
    place: str
    status: Status
    rows: tuple[str, ...]
    valid_from: date
    checked_on: date
    value: float | int | str | bool | tuple[str | float | int, ...] | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    body: str | None = None
    position: str | None = None

    @property
    def number(self) -> float:
        """The value as a number; an entry without one is an error of the code that asks."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise TypeError(f"knowledge entry {self.id} has no numeric value")
        return float(self.value)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One result of a trial: endpoint, measure, value with its interval, unit and arm."""

    endpoint: str
    measure: str
    value: float | str | None
    unit: str
    status: Status
    sources: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    arm: str | None = None
    comparator_value: float | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of a trial and the number of patients in it."""

    name: str
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A study: who was in it, what was compared, what was found."""

    id: str
    name: str
    year: int
    design: str
    population: str
    arms: tuple[Arm, ...]
    outcomes: tuple[Outcome, ...]
    sources: tuple[str, ...]
    place: str
    status: Status
    rows: tuple[str, ...]
    valid_from: date
    checked_on: date
    limits: dict[str, Entry] = field(default_factory=dict[str, Entry])
    caveat: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One side of a disagreement."""

    body: str
    says: str
    source: str
    status: Status


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A topic on which guidelines, labels or studies differ; shown, never resolved."""

    id: str
    topic: str
    views: tuple[View, ...]
    rows: tuple[str, ...]


def sources_of(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Keys of the sources of several entries, each once."""
    return tuple(dict.fromkeys(key for entry in entries for key in entry.sources))
