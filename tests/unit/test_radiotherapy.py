"""External radiotherapy: for painful bone and for brain metastases."""

from __future__ import annotations

from datetime import date

import pytest
from tests.rows import evaluate_option

from nelm.guideline.therapy import PatientView
from nelm.knowledge import load_knowledge
from nelm.therapies.radiotherapy.planning import proposal

MAN = {"patient.sex": "male"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "undetermined"),
        ({**MAN, "extrahepatic.bone": True, "extrahepatic.bone.symptomatic": True}, "recommended"),
        ({**MAN, "extrahepatic.brain": True}, "recommended"),
        ({**MAN, "extrahepatic.bone": False, "extrahepatic.brain": False}, "not_indicated"),
    ],
)
def test_verdict_by_site(facts: dict[str, object], expected: str) -> None:
    assert evaluate_option("radiotherapy.external", facts)["verdict"] == expected


def test_regimen_follows_the_site() -> None:
    patient = PatientView("case-1", date(2026, 5, 1), {"extrahepatic.brain": False})
    labels = [line.label for line in proposal("radiotherapy.external", patient, load_knowledge()).regimen]
    assert labels == ["one fraction", "several fractions"]
