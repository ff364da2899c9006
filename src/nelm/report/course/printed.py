"""The course as the data that a PDF is set from, no markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from nelm.report.course.paper import timeline_sheets
from nelm.report.course.records import Lane
from nelm.report.course.so_far import CourseSoFar, Part, Told
from nelm.report.course.timeline import caption_of
from nelm.report.course.written import written_lanes
from nelm.report.wording import STATUS_WORDS, plain

Data = dict[str, Any]
NARROWEST, WIDEST = 8, 40
"""Letters for which a column has room at least and at most."""
MOST_IN_HALF = 4
"""Columns of a table that goes beside another."""


def printed_course(course: CourseSoFar) -> Data:
    """What the section of a report shows."""
    return {
        "lead": course.lead,
        "parts": [_part(one) for one in course.parts],
        **printed_timeline(course.lanes, course.day),
    }


def printed_timeline(lanes: Sequence[Lane], day: date) -> Data:
    """The drawings, what is said below them, and the same in words."""
    written = [asdict(lane) for lane in written_lanes(lanes)]
    for lane in written:
        lane["rows"] = [[day, plain(kind), words] for day, kind, words in lane["rows"]]
    return {
        "sheets": list(timeline_sheets(lanes, day=day, name="course")),
        "caption": caption_of(tuple(lanes), day),
        "written": written,
    }


def _part(part: Part) -> Data:
    return {
        "title": _told(Told(part.title)),
        "head": list(part.head),
        "columns": column_widths([[told.text for told in row] for row in part.rows], part.head),
        "wide": len(part.head) > MOST_IN_HALF,
        "rows": [[_told(told) for told in row] for row in part.rows],
        "said": [_told(told) for told in part.said],
    }


def _told(told: Told) -> Data:
    return {
        "text": told.text,
        "keys": list(told.sources),
        "doubt": STATUS_WORDS[told.status],
        "to": told.to,
    }


def column_widths(rows: Sequence[Sequence[str]], head: Sequence[str]) -> list[int]:
    """Shares of the width of a table: as its longest words ask for, within limits."""
    columns = zip(*(head,) if head else (), *rows, strict=True)
    return [min(max(NARROWEST, *(len(text) for text in column)), WIDEST) for column in columns]
