"""What the report of a plan says of the course before it: the lanes of its timeline and a short summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from nelm.knowledge import Source, Status
from nelm.report.course import wording
from nelm.report.course.records import Lane

RECORD = "course-record"
"""Anchor of the table that holds everything in the timeline."""


@dataclass(frozen=True, slots=True)
class Told:
    """Words and where they lead.

    Parameters
    ----------
    text : The words.
    sources : Keys of the sources that say so; without any, the words lead to `to`.
    status : How far those were checked.
    to : Anchor within the report.
    """

    text: str
    sources: tuple[str, ...] = ()
    status: Status = Status.VERIFIED
    to: str = RECORD


Cell = tuple[Told, ...]
"""What stands in one place of a table, one or several."""


@dataclass(frozen=True, slots=True)
class Part:
    """A titled part of the summary.

    Parameters
    ----------
    title : Its heading.
    head, rows : A table, its first cell naming the row; no head where it needs none.
    said : Sentences below it.
    is_wide : Whether it takes the whole width; others stand two beside each other.
    """

    title: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    said: tuple[Told, ...] = ()
    is_wide: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class CourseSoFar:
    """The course up to the day of a plan.

    Parameters
    ----------
    course_id : As the course is named.
    day : Of the plan.
    status : How the disease moves, and by what.
    lanes : Of the timeline, from top to bottom.
    parts : The summary; those without content are left out.
    sources : What the summary cites, by key.
    """

    course_id: str
    day: date
    status: str
    lanes: tuple[Lane, ...]
    parts: tuple[Part, ...]
    sources: Mapping[str, Source]

    @property
    def lead(self) -> str:
        """Which course, since when, how the disease moves and what goes on, in a line."""
        since, going_on = wording.since(self.lanes), wording.going_on(self.lanes, self.day)
        told = " ".join(one for one in (since, f"to {self.day}") if one)
        return f"{self.course_id}, {told}. Disease: {self.status}{f'; {going_on}' if going_on else ''}."
