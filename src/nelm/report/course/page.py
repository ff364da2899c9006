"""The course as one HTML file that stands alone: the timeline, the same as a table, and sections."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Template

from nelm import __version__
from nelm.planner.plan import DISCLAIMER
from nelm.report import wording as report_wording
from nelm.report.course import wording
from nelm.report.course.records import CourseView, Lane
from nelm.report.course.timeline import timeline_chart
from nelm.report.templates import template_of


@lru_cache(maxsize=1)
def _template() -> Template:
    return template_of("course.html.j2", wording=report_wording)


def course_page(view: CourseView) -> str:
    """The whole page; the same course gives the same text."""
    return _template().render(
        view=view,
        chart=timeline_chart(view.lanes, day=view.day, name="timeline") if view.lanes else None,
        headline=_headline(view),
        written=[(lane, _rows(lane), _limits(lane)) for lane in view.lanes],
        sections=[one for one in view.sections if one.paragraphs or one.tables],
        version=__version__,
        disclaimer=DISCLAIMER,
    )


def _headline(view: CourseView) -> str:
    """Since when, and what goes on."""
    days = wording.days_of(view.lanes)
    ongoing = [
        one.label for lane in view.lanes for one in lane.spans if one.last is None and one.first <= view.day
    ]
    since = f", from {min(days)}" if days else ""
    going = f"; going on: {', '.join(ongoing)}" if ongoing else ""
    return f"{view.case_id} on {view.day}{since}{going}"


def _rows(lane: Lane) -> list[tuple[str, str, str]]:
    """Day, what and value of everything in a lane, in order of time."""
    found = [(one.day, str(one.day), "", wording.point_value(one, lane.unit)) for one in lane.points]
    found += [(one.first, wording.span_days(one), one.kind, one.label) for one in lane.spans]
    found += [(one.day, str(one.day), one.kind, one.text) for one in lane.events]
    return [row[1:] for row in sorted(found, key=lambda row: row[0])]


def _limits(lane: Lane) -> str:
    """The limits of a lane in words."""
    unit = f" {lane.unit}" if lane.unit else ""
    return "; ".join(f"{name}: {wording.number(value)}{unit}" for name, value in lane.limits)
