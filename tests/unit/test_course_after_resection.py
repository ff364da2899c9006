"""Who is followed as one after a complete resection: only where it is said, and nothing was found since."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nelm.app.course import Followed, follow
from nelm.errors import InputError
from nelm.followup.due import Examination
from nelm.followup.knowledge import QualityOfLifeKnowledge
from nelm.io.course_files import course_of
from nelm.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()
KNOWN = KNOWLEDGE.record(QualityOfLifeKnowledge, "quality_of_life")
Document = dict[str, Any]
DONE = "2026-02-01"
LATER = "2026-08-01"
RADICAL = "resected_net_months"


def followed(operation: Document, *, case: Document | None = None, **lists: Any) -> Followed:
    """A tumour of the jejunum whose primary is out, with three liver metastases, and an operation."""
    document: Document = {
        "schema": "nelm.case/1", "id": "after", "as_of": "2026-01-01",
        "tumour": {"primary_site": "jejunum_ileum", "primary_in_situ": False, "diagnosed_on": "2025-11-01",
                   "specimens": [{"differentiation": "well", "ki67_percent": 2, "mitoses_per_2mm2": 1}]},
        "liver": {"lesion_count": 3}, "no_other_extrahepatic": True, "no_other_treatments": True,
    }  # fmt: skip
    for key, value in (case or {}).items():
        document[key] = {**document.get(key, {}), **value} if isinstance(value, dict) else value
    treatments = [{"start": DONE, **operation}, *lists.pop("treatments", [])]
    course = {"schema": "nelm.course/1", "id": "after", "case": document, "treatments": treatments} | lists
    return follow(course_of(course, Path(), KNOWN), on=date(2026, 9, 1), knowledge=KNOWLEDGE)


def follows_resection(found: Followed) -> bool:
    return any(
        RADICAL in entry.id
        for due in found.watch.calendar.due
        if due.examination is Examination.IMAGING
        for entry in due.entries
    )


def questions(found: Followed) -> str:
    return "; ".join(text for text in found.watch.calendar.unknown if "resection" in text)


COMPLETE = {"option": "resection.liver", "residual_tumour": "none"}


def images(day: str = LATER, **said: Any) -> list[Document]:
    return [{"date": day, "modality": "ct", **said}]


@pytest.mark.parametrize(
    ("operation", "lists"),
    [
        (COMPLETE, {}),
        (COMPLETE, {"imaging": images(new_lesions=[])}),
        ({"option": "resection.liver", "end": DONE, "best_response": "CR"}, {}),
        ({"option": "resection.liver"}, {"imaging": images(stated={"response": "CR"})}),
        ({"option": "transplant.liver", "residual_tumour": "none"}, {}),
        ({"option": "resection.two_stage", "residual_tumour": "none", "end": "2026-04-01"}, {}),
        (COMPLETE, {"treatments": [{"option": "ssa.lanreotide", "start": "2026-03-01"}]}),
    ],
)
def test_a_complete_resection_is_followed_as_one(operation: Document, lists: Document) -> None:
    found = followed(operation, **lists)
    assert follows_resection(found)
    assert questions(found) == ""


def test_the_dates_are_counted_from_the_last_stage() -> None:
    found = followed({"option": "resection.two_stage", "residual_tumour": "none", "end": "2026-04-01"})
    assert {
        due.counted_from for due in found.watch.calendar.due if due.examination is Examination.IMAGING
    } == {date(2026, 4, 1)}


@pytest.mark.parametrize(
    ("operation", "lists"),
    [
        ({"option": "resection.liver", "residual_tumour": "macroscopic"}, {}),
        ({"option": "resection.liver", "residual_tumour": "microscopic"}, {}),
        ({"option": "resection.liver", "end": DONE, "best_response": "PR"}, {}),
        ({"option": "resection.debulking"}, {}),
        ({"option": "resection.debulking", "residual_tumour": "macroscopic"}, {}),
        ({"option": "resection.primary"}, {}),
        ({"option": "embolisation.bland", "end": DONE, "best_response": "CR"}, {}),
        (COMPLETE, {"imaging": images(stated={"response": "PD"})}),
        (COMPLETE, {"imaging": images(lesions=[{"id": "L1", "organ": "liver", "longest_mm": 12}])}),
        (COMPLETE, {"imaging": [*images("2026-01-10"), *images(
            new_lesions=[{"id": "N", "organ": "bone", "certainty": "unequivocal"}])]}),
        (COMPLETE, {"reports": [{"date": LATER, "facts": {"extrahepatic": [{"site": "bone"}]}}]}),
        (COMPLETE, {"reports": [{"date": LATER, "facts": {"course": {"status": "progressing"}}}]}),
        (COMPLETE, {"reports": [{"date": LATER, "facts": {"liver": {"lesion_count": 1}}}]}),
        (COMPLETE, {"treatments": [{"option": "ablation.thermal", "start": LATER}]}),
        (COMPLETE, {"treatments": [{"option": "resection.debulking", "start": LATER}]}),
    ],
)  # fmt: skip
def test_tumour_that_is_known_to_be_there_is_followed_as_disease(
    operation: Document, lists: Document
) -> None:
    found = followed(operation, **lists)
    assert not follows_resection(found)
    assert questions(found) == ""


@pytest.mark.parametrize(
    ("operation", "asked", "more"),
    [
        ({"option": "resection.liver"}, "removed everything", {}),
        ({"option": "resection.two_stage", "residual_tumour": "none"}, "second stage", {}),
        (COMPLETE, "primary in place", {"case": {"tumour": {"primary_in_situ": True}}}),
        (COMPLETE, "outside the liver", {"case": {"extrahepatic": [{"site": "peritoneum"}]}}),
        (COMPLETE, "called SD", {"imaging": images(stated={"response": "SD"})}),
        (COMPLETE, "is tumour", {"imaging": [*images("2026-01-10"), *images(
            new_lesions=[{"id": "N", "organ": "liver", "certainty": "equivocal"}])]}),
        (COMPLETE, "is given against", {"treatments": [{"option": "chemo.captem", "start": LATER}]}),
    ],
)  # fmt: skip
def test_what_is_not_said_stays_open_and_is_asked_for(
    operation: Document, asked: str, more: Document
) -> None:
    found = followed(operation, **more)
    assert not follows_resection(found)
    assert asked in questions(found)


def test_an_operation_after_the_day_does_not_count() -> None:
    assert not follows_resection(followed(COMPLETE | {"start": "2027-01-01"}))
    staged = followed(COMPLETE | {"option": "resection.two_stage", "end": "2027-01-01"})
    assert not follows_resection(staged)
    assert "second stage" in questions(staged)


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ({"option": "resection.debulking", "residual_tumour": "none"}, "debulking"),
        ({"option": "ssa.lanreotide", "residual_tumour": "none"}, "an operation"),
    ],
)
def test_remains_that_cannot_be_are_refused(operation: Document, message: str) -> None:
    with pytest.raises(InputError, match=message):
        followed(operation)
