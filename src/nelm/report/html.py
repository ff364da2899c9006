"""The report as one HTML file that stands alone."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from jinja2 import Template
from markupsafe import Markup

from nelm.guideline.criteria import Intent, Kind, State, Verdict
from nelm.planner.plan import DISCLAIMER, Plan
from nelm.report import figures, glance, wording
from nelm.report.reasons import reason_of
from nelm.report.references import References
from nelm.report.templates import template_of

if TYPE_CHECKING:
    from nelm.report.course.so_far import CourseSoFar


@lru_cache(maxsize=1)
def _template() -> Template:
    return template_of(
        "report.html.j2",
        filters={"plain": wording.plain},
        words=wording,
        glance=glance,
        reason_of=reason_of,
        Verdict=Verdict,
        State=State,
        Kind=Kind,
        intents=list(Intent),
    )


def _figures(plan: Plan) -> dict[str, Markup | None]:
    drawn = {
        "burden": figures.burden_figure(plan),
        "lesions": figures.lesion_figure(plan),
        "timeline": figures.timeline_figure(plan),
    }
    return {name: Markup(drawing) if drawing else None for name, drawing in drawn.items()}


def html_page(plan: Plan, course: CourseSoFar | None = None) -> str:
    """The whole report, with the course so far where there is one; the same plan gives the same text."""
    shown = plan if course is None else replace(plan, sources={**plan.sources, **course.sources})
    stated, ruled_out = glance.split_facts(plan.facts)
    refs = References(shown)
    return _template().render(
        plan=shown,
        refs=refs,
        names={item.id: item.name for item in plan.options},
        svg=_figures(plan),
        stated=stated,
        ruled_out=ruled_out,
        disclaimer=DISCLAIMER,
        **_course(course, refs),
    )


def _course(course: CourseSoFar | None, refs: References) -> dict[str, Any]:
    """What the section of the course is made from."""
    if course is None:
        return {"course": None}
    from nelm.report.course.so_far import RECORD
    from nelm.report.course.timeline import timeline_chart
    from nelm.report.course.written import written_lanes

    return {
        "course": course,
        "chart": timeline_chart(course.lanes, day=course.day, name="course") if course.lanes else None,
        "written": written_lanes(course.lanes),
        "anchor": RECORD,
        "led": partial(refs.to, anchor=RECORD),
        "plain_words": wording.plain,
    }
