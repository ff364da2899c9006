"""What fits on one page: who, what tumour, the liver, what is open."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.planner.plan import Finding, KnownFact, Plan
from nelm.report.wording import finding_words, unit_words

HEADINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Patient", ("patient.sex", "patient.age_years", "patient.ecog", "renal.creatinine_clearance",
                 "liver.child_pugh_class")),
    ("Tumour", ("tumour.primary_site", "tumour.grade", "tumour.ki67_percent", "staging.m", "tumour.functioning",
                "receptor_imaging.sstr.uptake", "receptor_imaging.sstr.extent", "course.status")),
    ("Liver", ("liver.lesion_count", "liver.largest_mm", "liver.lobes", "liver.burden_percent", "liver.resectable",
               "body.standardised_remnant_percent", "extrahepatic.any")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the summary: label, value, the anchor that it links to; value None is not known."""

    label: str
    value: str | None
    anchor: str


def _fact_line(item: KnownFact) -> Line:
    bare = item.unit if item.unit and item.unit not in item.written else None
    words = item.written.replace("_", " ")
    return Line(item.meaning, f"{words} {unit_words(bare)}".strip(), f"fact-{item.name}")


def _finding_line(item: Finding) -> Line:
    return Line(item.label, finding_words(item), f"finding-{item.id}")


def glance(plan: Plan) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """The blocks of the first page with their lines; syndromes are joined to the tumour."""
    facts = {item.name: item for item in plan.facts}
    findings = {item.id: item for item in plan.findings}
    blocks: list[tuple[str, tuple[Line, ...]]] = []
    for heading, names in HEADINGS:
        lines = [
            _finding_line(findings[name]) if name in findings else _fact_line(facts[name])
            for name in names
            if name in findings or name in facts
        ]
        blocks.append((heading, tuple(lines)))
    return tuple(blocks)
