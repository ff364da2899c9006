"""The course as one HTML file that stands alone: the timeline, the same as a table, and sections."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Template

from nelm import __version__
from nelm.planner.plan import DISCLAIMER
from nelm.report import wording as report_wording
from nelm.report.course import wording
from nelm.report.course.records import CourseView
from nelm.report.course.timeline import timeline_chart
from nelm.report.course.written import written_lanes
from nelm.report.templates import template_of


@lru_cache(maxsize=1)
def _template() -> Template:
    return template_of("course.html.j2", wording=report_wording, plain_words=report_wording.plain, led=str)


def course_page(view: CourseView) -> str:
    """The whole page; the same course gives the same text."""
    return _template().render(
        view=view,
        chart=timeline_chart(view.lanes, day=view.day, name="timeline") if view.lanes else None,
        anchor="",
        headline=wording.headline(view),
        written=written_lanes(view.lanes),
        sections=[one for one in view.sections if one.paragraphs or one.tables],
        version=__version__,
        disclaimer=DISCLAIMER,
    )
