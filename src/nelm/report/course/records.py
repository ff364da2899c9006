"""What the page of a course is made of: lanes on one axis of time, and sections of text and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from nelm.knowledge import Source
from nelm.report.dosimetry.records import Section

SYMPTOMS, TOXICITY = "Symptoms", "Toxicity"
"""Lanes whose bars are present and not given."""


@dataclass(frozen=True, slots=True)
class Point:
    """A measured value on a day; limits where they are known, `text` where the value needs words."""

    day: date
    value: float
    low: float | None = None
    high: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted: a treatment, a pause; `last` is None while it goes on."""

    first: date
    last: date | None
    label: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day: a cycle, a response, a toxicity, a decision."""

    day: date
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane of the timeline.

    Parameters
    ----------
    name, unit : What it shows; no unit for spans and events alone.
    points : In order of time.
    spans : Bars, such as treatments.
    events : Marks with a word.
    limits : Lines across the lane, each with its name.
    """

    name: str
    unit: str = ""
    points: tuple[Point, ...] = ()
    spans: tuple[Span, ...] = ()
    events: tuple[Event, ...] = ()
    limits: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CourseView:
    """Everything that the page of a course shows.

    Parameters
    ----------
    title : Of the page.
    case_id : As the case is named.
    day : The day that it was made for.
    lanes : From top to bottom.
    sections : Below the timeline; those without content are left out.
    sources : What the sections cite, by key.
    """

    title: str
    case_id: str
    day: date
    lanes: tuple[Lane, ...]
    sections: tuple[Section, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])
