"""What happened in the latest course of radioligand therapy, as cells: time, creatinine before it, toxicities."""

from __future__ import annotations

from nelm.case import Case, Treatment
from nelm.case import vocabulary as words
from nelm.guideline.row.cells import Cells, highest
from nelm.quantities import DAYS_PER_WEEK, Interval, Measured

TERMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("platelets", ("platelet", "thrombocytop", "thrombopen")),
    ("haemoglobin", ("haemoglobin", "hemoglobin", "anaemia", "anemia")),
    ("neutrophils", ("neutro",)),
    ("lymphocytes", ("lympho",)),
    ("", ("leuko", "leuco", "white blood", "wbc")),
    ("kidney", ("creatinin", "kidney", "renal", "nephro")),
    ("liver", ("bilirubin", "liver", "hepat", "albumin")),
)
"""Words in the term of a toxicity and what they speak of; a term without any is another adverse reaction.

Low leukocytes are left out: they are neutropenia, which is asked for itself, or lymphopenia, which never counts.
"""


def fill_course_of_prrt(cells: Cells, case: Case, given: list[tuple[int, Treatment]]) -> None:
    """Cells of the latest course; nothing is assumed where the record says nothing.

    Parameters
    ----------
    cells : Filled in place.
    case : The record.
    given : Radioligand therapies with their places among the treatments.
    """
    if not given:
        return
    index, latest = given[-1]
    _fill_time(cells, case, index, latest)
    _fill_creatinine(cells, case, latest)
    _fill_toxicities(cells, index, latest)


def _fill_time(cells: Cells, case: Case, index: int, latest: Treatment) -> None:
    if latest.start is None:
        return
    shortest, longest = (case.as_of - latest.start.last).days, (case.as_of - latest.start.first).days
    weeks = Interval(max(shortest, 0) / DAYS_PER_WEEK, max(longest, 0) / DAYS_PER_WEEK)
    cells.put("treatments.prrt.weeks_since_start", weeks, f"treatments[{index}].start")


def _fill_creatinine(cells: Cells, case: Case, latest: Treatment) -> None:
    """The last creatinine that is sure to be no later than the first cycle."""
    if latest.start is None:
        return
    before = [
        (lab.date.last, place, lab.value)
        for place, lab in enumerate(case.labs)
        if lab.test == words.LabTest.CREATININE
        and isinstance(lab.value, Measured)
        and lab.is_comparable
        and lab.date is not None
        and lab.date.last <= latest.start.first
    ]
    if before:
        _, place, value = max(before, key=lambda one: one[:2])
        cells.put("treatments.prrt.creatinine_before", value, f"labs[{place}]")


def _fill_toxicities(cells: Cells, index: int, latest: Treatment) -> None:
    grades: dict[str, list[Measured]] = {}
    paths: dict[str, list[str]] = {}
    for place, toxicity in enumerate(latest.toxicities):
        kind = kind_of(toxicity.term)
        if kind and toxicity.ctcae_grade is not None:
            grades.setdefault(kind, []).append(toxicity.ctcae_grade)
            paths.setdefault(kind, []).append(f"treatments[{index}].toxicities[{place}]")
    for kind, found in grades.items():
        cells.put(f"treatments.prrt.toxicity.{kind}", highest(found), *paths[kind])


def kind_of(term: str) -> str:
    """What the term of a toxicity speaks of; empty for one that no rule asks for.

    >>> kind_of("Platelet count decreased"), kind_of("fatigue"), kind_of("leukopenia")
    ('platelets', 'other', '')
    """
    words_of_term = term.lower()
    for kind, parts in TERMS:
        if any(part in words_of_term for part in parts):
            return kind
    return "other"
