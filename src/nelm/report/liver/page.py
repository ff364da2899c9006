"""The liver page as one HTML file that stands alone: plans, front, feasibility, needles, vessels, sessions, why."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import Template

from nelm import __version__
from nelm.guideline.feasibility import Feasibility, Modality
from nelm.imaging.measured import StudyMeasurement
from nelm.knowledge import KNOWLEDGE_VERSION, Entry, Source, sources_of
from nelm.planner.liver.ledger import LiverLedger, PlannedResection
from nelm.planner.plan import DISCLAIMER
from nelm.report import wording
from nelm.report.liver import words
from nelm.report.liver.front import front_chart, lettered
from nelm.report.liver.matrix import MARKS, SHORT, feasibility_chart
from nelm.report.liver.pictures import LedgerPictures
from nelm.report.measurement.words import sized, with_limits
from nelm.report.templates import template_of
from nelm.therapies.ablation.needle_words import certainty_words, coverage_words, search_words, unknown_words

MOST_CANDIDATES = 40


@lru_cache(maxsize=1)
def _template() -> Template:
    return template_of(
        "liver.html.j2",
        sized=sized,
        with_limits=with_limits,
        words=words,
        wording=wording,
        marks=MARKS,
        short=SHORT,
        modalities=list(Modality),
        search_words=search_words,
        coverage_words=coverage_words,
        certainty_words=certainty_words,
        unknown_words=unknown_words,
    )


def ledger_page(
    measurement: StudyMeasurement,
    ledger: LiverLedger,
    sources: Mapping[str, Source],
    pictures: LedgerPictures,
    *,
    case: str | None,
) -> str:
    """The whole page; the same ledger gives the same text.

    Parameters
    ----------
    sources : Of the knowledge.
    case : Name of the case; None where none was given.
    """
    limit = ledger.problem.limits.remnant_ml
    named = ledger.proposals.plans
    cited = _cited(ledger)
    return _template().render(
        ledger=ledger,
        origin=f"{measurement.origin.modality} {measurement.origin.date or 'date not known'}",
        case=case,
        version=__version__,
        knowledge=KNOWLEDGE_VERSION,
        disclaimer=DISCLAIMER,
        plans=lettered(named),
        front=front_chart(ledger.front, named, limit_ml=None if limit is None else limit.value, name="front"),
        matrix=feasibility_chart(ledger.feasibility, name="matrix"),
        rows=[(item, _of(ledger, item.lesion.name)) for item in ledger.measurement.lesions],
        explained={one.assignment.lesion: one for one in ledger.explanations},
        candidates=_shown(ledger),
        pictures=pictures,
        sources={key: sources[key] for key in cited if key in sources},
        stable=ledger.sensitivity.stable,
    )


def _of(ledger: LiverLedger, lesion: str) -> list[Feasibility]:
    return [one for one in ledger.feasibility if one.lesion == lesion]


def _shown(ledger: LiverLedger) -> list[PlannedResection]:
    """The candidates that any named plan takes, then the anatomical ones, then the others."""
    taken = {name for _, plan in ledger.proposals.plans for name in plan.taken}

    def order(one: PlannedResection) -> tuple[bool, bool]:
        return one.candidate.name not in taken, one.candidate.modality is Modality.WEDGE

    return sorted(ledger.resections, key=order)[:MOST_CANDIDATES]


def _cited(ledger: LiverLedger) -> list[str]:
    """Keys of the sources behind what is shown."""
    entries: list[Entry] = [
        reason.limit for one in ledger.feasibility for reason in one.reasons if reason.limit
    ]
    entries += list(ledger.problem.limits.sources.values())
    entries += [entry for one in ledger.staged for entry in one.notes]
    entries += [entry for one in ledger.resections for entry, _ in one.remnant.answers]
    return list(sources_of(entries))
