"""Thermal ablation: size, number, neighbours and what must be asked first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.rows import evaluate_option

from nelm.guideline.therapy import PatientView
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval
from nelm.therapies.ablation.planning import proposal

Facts = dict[str, Any]
COMORBID = "patient.comorbidities"
FEW: Facts = {
    "tumour.mixed": False,
    "tumour.differentiation": "well",
    "tumour.primary_site": "jejunum_ileum",
    "tumour.ki67_percent": 2.0,
    "tumour.mitoses_per_2mm2": 1.0,
    "liver.lesion_count": 2.0,
    "liver.largest_mm": 18.0,
    "liver.bilioenteric_anastomosis": False,
    f"{COMORBID}.previous_pancreatoduodenectomy": False,
    "labs.inr": 1.0,
    "labs.platelets": 220.0,
    "extrahepatic.any": False,
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"liver.resectable": "no"}, "recommended"),
        ({"liver.resectable": "complete", "patient.fit_for_major_surgery": True}, "option"),
        ({"liver.largest_mm": 40.0, "liver.resectable": "no"}, "option"),
        ({"liver.largest_mm": 60.0}, "not_indicated"),
        ({"liver.lesion_count": 20.0, "liver.resectable": "no"}, "not_indicated"),
        ({"liver.lesion_count": 20.0}, "undetermined"),
        ({"tumour.differentiation": "poor"}, "not_indicated"),
        ({"labs.inr": 1.8}, "undetermined"),
        ({"labs.platelets": None}, "undetermined"),
    ],
)
def test_verdict(change: Facts, expected: str) -> None:
    assert evaluate_option("ablation.thermal", {**FEW, **change})["verdict"] == expected


@pytest.mark.parametrize(
    "fact", ["liver.bilioenteric_anastomosis", f"{COMORBID}.previous_pancreatoduodenectomy"]
)
@pytest.mark.parametrize("answer", [True, None])
def test_trap_24_the_way_into_the_bile_ducts_must_be_asked(fact: str, answer: bool | None) -> None:
    assert evaluate_option("ablation.thermal", {**FEW, fact: answer})["verdict"] == "undetermined"


def test_zone_is_the_lesion_and_twice_the_margin() -> None:
    patient = PatientView("case-1", date(2026, 5, 1), {"liver.largest_mm": Interval.exact(18.0)})
    zone = proposal("ablation.thermal", patient, load_knowledge()).quantities[0]
    assert (zone.low, zone.high, zone.unit) == (28.0, 38.0, "mm")


def test_no_zone_without_a_diameter() -> None:
    patient = PatientView("case-1", date(2026, 5, 1), {})
    zone = proposal("ablation.thermal", patient, load_knowledge()).quantities[0]
    assert zone.low is None
    assert "missing" in zone.text
