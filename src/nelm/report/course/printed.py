"""The course on paper: the data that a PDF is set from, and the page of a course as PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from nelm import __version__
from nelm.planner.plan import DISCLAIMER
from nelm.report.course import wording
from nelm.report.course.paper import font_folder, timeline_sheets
from nelm.report.course.records import CourseView, Lane
from nelm.report.course.so_far import CourseSoFar, Part, Told
from nelm.report.course.timeline import caption_of
from nelm.report.course.written import written_lanes
from nelm.report.dosimetry.records import Section
from nelm.report.typeset import typeset
from nelm.report.wording import READ_WORDS, STATUS_WORDS, plain

Data = dict[str, Any]
NARROWEST, WIDEST = 11, 44
"""Letters for which a column has room at least and at most."""
MOST_IN_HALF = 4
"""Columns of a table that goes beside another."""


def course_pdf(view: CourseView) -> bytes:
    """The page of a course as PDF; the same course gives the same bytes."""
    data = {
        "title": view.title,
        "case": view.case_id,
        "meta": f"nelm {__version__}",
        "headline": wording.headline(view),
        "disclaimer": DISCLAIMER,
        "sections": [_section(one) for one in view.sections if one.paragraphs or one.tables],
        "sources": [
            {
                "key": key,
                "citation": one.citation,
                "doi": one.doi or "",
                "read": READ_WORDS.get(one.read, plain(one.read)),
            }
            for key, one in view.sources.items()
        ],
        **printed_timeline(view.lanes, view.day),
    }
    return typeset("course_page.typ", data, day=view.day, fonts=(font_folder(),))


def _section(section: Section) -> Data:
    tables = [
        {
            "head": list(table.head),
            "columns": column_widths(table.rows, table.head),
            "rows": [list(row) for row in table.rows],
            "notes": list(table.notes),
        }
        for table in section.tables
    ]
    return {"title": section.title, "paragraphs": list(section.paragraphs), "tables": tables}


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
