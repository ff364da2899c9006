"""The report as one HTML file that stands alone."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Template
from markupsafe import Markup

from nelm.guideline.criteria import Intent, Kind, State, Verdict
from nelm.planner.plan import DISCLAIMER, Plan
from nelm.report import figures, glance, wording
from nelm.report.reasons import reason_of
from nelm.report.references import References
from nelm.report.templates import template_of


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


def html_page(plan: Plan) -> str:
    """The whole report; the same plan gives the same text."""
    stated, ruled_out = glance.split_facts(plan.facts)
    return _template().render(
        plan=plan,
        refs=References(plan),
        names={item.id: item.name for item in plan.options},
        svg=_figures(plan),
        stated=stated,
        ruled_out=ruled_out,
        disclaimer=DISCLAIMER,
    )
