"""The report as one HTML file that stands alone."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from nelm.guideline.criteria import Intent, State, Verdict
from nelm.knowledge import Status
from nelm.planner.plan import DISCLAIMER, Plan
from nelm.report import figures, wording
from nelm.report.glance import glance


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("nelm.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = lambda text: str(text).replace("_", " ")
    return environment.get_template("report.html.j2")


def _sourced(text: str, keys: tuple[str, ...], status: Status = Status.VERIFIED) -> Markup:
    """A sentence that links to its first source, with the others behind it and its status."""
    if not keys:
        return escape(text)
    parts = [Markup('<a class="said" href="#source-{}">{}</a>').format(keys[0], text)]
    parts += [Markup('<a class="more" href="#source-{}" title="{}">+</a>').format(key, key) for key in keys[1:]]
    doubt = wording.STATUS_WORDS[status]
    if doubt:
        parts.append(Markup(' <span class="doubt">{}</span>').format(doubt))
    return Markup("").join(parts)


def html_page(plan: Plan) -> str:
    """The whole report; the same plan gives the same text."""
    svg = {
        name: Markup(drawing) if drawing else ""
        for name, drawing in (
            ("lesions", figures.lesion_figure(plan)),
            ("burden", figures.burden_figure(plan)),
            ("timeline", figures.timeline_figure(plan)),
        )
    }
    return _template().render(
        plan=plan,
        blocks=glance(plan),
        intents=list(Intent),
        Verdict=Verdict,
        State=State,
        words=wording,
        sourced=_sourced,
        svg=svg,
        disclaimer=DISCLAIMER,
    )
