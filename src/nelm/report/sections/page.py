"""Sections as one HTML file that stands alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from jinja2 import Template

from nelm import __version__
from nelm.knowledge import Source
from nelm.planner.plan import DISCLAIMER
from nelm.report import wording
from nelm.report.dosimetry.records import Section
from nelm.report.templates import template_of


@lru_cache(maxsize=1)
def _template() -> Template:
    return template_of("sections.html.j2", wording=wording)


def section_page(
    title: str, headline: str, sections: Sequence[Section], sources: Mapping[str, Source]
) -> str:
    """The whole page; the same sections give the same text.

    Parameters
    ----------
    title : Of the page.
    headline : What it is about, one line.
    sections : Those without content are left out.
    sources : What the sections cite in brackets, by key.
    """
    return _template().render(
        title=title,
        headline=headline,
        sections=[one for one in sections if one.paragraphs or one.tables],
        sources=sources,
        version=__version__,
        disclaimer=DISCLAIMER,
    )
