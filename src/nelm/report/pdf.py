"""The report as PDF, set with Typst: the same sentences as the HTML page, on A4."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nelm.planner.plan import Plan
from nelm.report.printed import printed
from nelm.report.typeset import typeset

if TYPE_CHECKING:
    from nelm.report.course.so_far import CourseSoFar


def pdf_bytes(plan: Plan, course: CourseSoFar | None = None) -> bytes:
    """The report as PDF, with the course so far where there is one; the same plan gives the same bytes."""
    if course is None:
        return typeset("report.typ", printed(plan), day=plan.as_of)
    from nelm.report.course.paper import font_folder
    from nelm.report.course.printed import printed_course

    shown = replace(plan, sources={**plan.sources, **course.sources})
    data = {**printed(shown), "course": printed_course(course)}
    return typeset("report.typ", data, day=plan.as_of, fonts=(font_folder(),))
