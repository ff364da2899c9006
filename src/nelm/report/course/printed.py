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
from nelm.report.course.so_far import Cell, CourseSoFar, Part, Told
from nelm.report.course.timeline import caption_of
from nelm.report.course.written import written_lanes
from nelm.report.dosimetry.records import Section
from nelm.report.typeset import typeset
from nelm.report.wording import READ_WORDS, STATUS_WORDS, plain

Data = dict[str, Any]
NARROW, WIDEST = 24, 60
"""Letters of a column that is as wide as they are, and most that others are weighed by."""


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
        "sheets": [asdict(one) for one in timeline_sheets(lanes, day=day, name="course")],
        "caption": caption_of(tuple(lanes), day),
        "written": written,
    }


def _part(part: Part) -> Data:
    return {
        "title": _told(Told(part.title)),
        "head": list(part.head),
        "columns": column_widths([[_measured(cell) for cell in row] for row in part.rows], part.head),
        "wide": part.is_wide,
        "rows": [[[_told(told) for told in cell] for cell in row] for row in part.rows],
        "said": [_told(told) for told in part.said],
    }


def _measured(cell: Cell) -> str:
    """Words with room for the numbers of their sources."""
    return ", ".join(told.text + "00" * len(told.sources) for told in cell)


def _told(told: Told) -> Data:
    return {
        "text": told.text,
        "keys": list(told.sources),
        "doubt": STATUS_WORDS[told.status],
        "to": told.to,
    }


def column_widths(rows: Sequence[Sequence[str]], head: Sequence[str]) -> list[int]:
    """Shares of the width of a table that its columns take; 0 is the width of the words.

    >>> column_widths([["CT", "every 6 to 12 months once stable"]], ["Examination", "Why"])
    [0, 32]
    """
    lines = [head, *rows] if head else rows
    longest = [max(len(text) for text in column) for column in zip(*lines, strict=True)]
    return [0 if length <= NARROW else min(length, WIDEST) for length in longest]
