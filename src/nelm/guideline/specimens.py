"""Grade of every specimen by itself, and how the grade changed from one to the next [who2019_table].

The grade of the patient comes from the highest counts; here the same expressions are evaluated over one row
per specimen, so that a rise between primary and metastasis, or over time, can be shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from nelm.case import Case, Specimen
from nelm.guideline.compiling import Layers, evaluate, word
from nelm.guideline.findings.grading import grading
from nelm.guideline.frames import Row, frame_of
from nelm.knowledge import Knowledge

ORDER = ("G1", "G2", "G3", "NEC")
"""Grades in order of aggressiveness; a mixed neoplasm and other schemes have no place in it."""


@dataclass(frozen=True, slots=True)
class SpecimenGrade:
    """The grade of one specimen.

    `place` is its path in the case, `date` as the case gives it, `grade` the word or None when unknown, and
    `change` risen, fallen or same against the last earlier specimen with a grade (None for the first).
    """

    place: str
    date: str | None
    site: str | None
    grade: str | None
    change: str | None


def _row(specimen: Specimen, site: str | None) -> Row:
    ki67, mitoses, differentiation = (
        specimen.ki67_percent,
        specimen.mitoses_per_2mm2,
        specimen.differentiation,
    )
    return {
        "tumour.ki67_percent": ki67.interval if ki67 else None,
        "tumour.mitoses_per_2mm2": mitoses.interval if mitoses else None,
        "tumour.differentiation": str(differentiation) if differentiation else None,
        "tumour.mixed": False if differentiation else None,
        "tumour.primary_site": site,
    }


def _words(case: Case, knowledge: Knowledge) -> list[str | None]:
    """The grade of each specimen, in the order of the case."""
    site = case.tumour.primary_site
    rows = [_row(specimen, str(site) if site else None) for specimen in case.tumour.specimens]
    grade, layers = grading(knowledge).grade, Layers()
    layers.add(grade)
    lines = evaluate(frame_of(rows), layers, {}).iter_rows(named=True)
    return [next((name for name in grade.values if line[word(grade.name, name)]), None) for line in lines]


def _change(before: str | None, now: str | None) -> str | None:
    if before not in ORDER or now not in ORDER:
        return None
    steps = ORDER.index(now) - ORDER.index(before)
    return "risen" if steps > 0 else "fallen" if steps < 0 else "same"


def specimen_grades(case: Case, knowledge: Knowledge) -> tuple[SpecimenGrade, ...]:
    """Grade of every specimen, earliest first, undated ones last, with the change since the one before."""
    specimens = case.tumour.specimens
    if not specimens:
        return ()
    grades = _words(case, knowledge)
    undated = [place for place, item in enumerate(specimens) if item.date is None]
    dated = [(item.date.first, place) for place, item in enumerate(specimens) if item.date is not None]
    found: list[SpecimenGrade] = []
    before: str | None = None
    for place in (*(place for _, place in sorted(dated)), *undated):
        item, grade = specimens[place], grades[place]
        change = _change(before, grade) if item.date is not None else None
        day = item.date.as_written if item.date is not None else None
        site = str(item.site) if item.site is not None else None
        found.append(SpecimenGrade(f"tumour.specimens[{place}]", day, site, grade, change))
        before = grade if item.date is not None and grade in ORDER else before
    return tuple(found)
