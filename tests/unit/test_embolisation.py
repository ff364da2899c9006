"""Embolisation: the limits of RETNET, what must be asked, and the closed arm."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.rows import evaluate_option

from nelm.guideline.findings.all import derived_facts
from nelm.guideline.therapy import PatientView
from nelm.knowledge import load_knowledge
from nelm.therapies.embolisation import THERAPY
from nelm.therapies.embolisation.planning import proposal

Facts = dict[str, Any]
COMORBID = "patient.comorbidities"
KINDS = ("embolisation.bland", "embolisation.chemo", "embolisation.drug_eluting")
SUITABLE: Facts = {
    "tumour.mixed": False,
    "tumour.differentiation": "well",
    "tumour.primary_site": "jejunum_ileum",
    "tumour.ki67_percent": 2.0,
    "tumour.mitoses_per_2mm2": 1.0,
    "liver.lesion_count": 12.0,
    "liver.largest_mm": 40.0,
    "liver.resectable": "no",
    "liver.burden_percent": 40.0,
    "liver.lobes": "both",
    "liver.portal_vein_thrombosis": "none",
    "liver.ascites": "none",
    "liver.encephalopathy": "none",
    "liver.biliary_obstruction": False,
    "liver.bilioenteric_anastomosis": False,
    f"{COMORBID}.previous_pancreatoduodenectomy": False,
    f"{COMORBID}.uncontrolled_infection": False,
    f"{COMORBID}.hepatic_artery_occlusion": False,
    "extrahepatic.any": False,
    "course.status": "stable",
    "patient.ecog": 1.0,
    "labs.creatinine": 80.0,
    "labs.bilirubin": 12.0,
    "labs.albumin": 40.0,
    "labs.platelets": 220.0,
    "labs.inr": 1.0,
}
NO_SYMPTOMS: Facts = {
    f"symptoms.{name}.refractory_to_ssa": False
    for name in ("diarrhoea", "flushing", "wheeze", "hypoglycaemia", "abdominal_pain", "bulk")
}


@pytest.mark.parametrize("option", KINDS)
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "option"),
        ({"labs.bilirubin": 34.3}, "contraindicated"),
        ({"labs.albumin": 29.0}, "contraindicated"),
        ({"labs.platelets": 50.0}, "contraindicated"),
        ({"labs.inr": 1.6}, "contraindicated"),
        ({"liver.burden_percent": 75.0}, "contraindicated"),
        ({"labs.creatinine": 180.0}, "contraindicated"),
        ({"liver.burden_percent": 20.0, **NO_SYMPTOMS}, "not_indicated"),
        ({"liver.burden_percent": 20.0, "course.status": "progressing"}, "option"),
        ({"liver.resectable": "complete"}, "not_indicated"),
        ({"liver.portal_vein_thrombosis": "main"}, "undetermined"),
        ({"labs.inr": None}, "undetermined"),
    ],
)
def test_trap_25_limits_of_the_trial(option: str, change: Facts, expected: str) -> None:
    assert evaluate_option(option, {**SUITABLE, **change})["verdict"] == expected


@pytest.mark.parametrize("answer", [True, None])
def test_trap_24_earlier_pancreatoduodenectomy_must_be_asked(answer: bool | None) -> None:
    facts = {**SUITABLE, f"{COMORBID}.previous_pancreatoduodenectomy": answer}
    assert evaluate_option("embolisation.bland", facts)["verdict"] == "undetermined"


def patient(**words: str) -> PatientView:
    """A patient with some facts."""
    return PatientView(
        "case-1", date(2026, 5, 1), {name.replace("__", "."): value for name, value in words.items()}
    )


def test_trap_24_the_drug_eluting_arm_was_closed_and_no_dose_is_given() -> None:
    plan = proposal("embolisation.drug_eluting", patient(), load_knowledge())
    assert plan.cautions[0].label == "drug-eluting beads"
    assert plan.regimen[0].value is None


def test_the_closed_arm_is_a_position_against() -> None:
    rules = {rule.id: rule for rule in THERAPY.options(derived_facts(load_knowledge()), load_knowledge())}
    closed = "embolisation.position_retnet_drug_eluting"
    assert closed in {item.entry.id for item in rules["embolisation.drug_eluting"].positions if item.opposes}
    assert closed not in {item.entry.id for item in rules["embolisation.bland"].positions}


def test_no_winner_is_stated() -> None:
    for option in KINDS:
        labels = [line.label for line in proposal(option, patient(), load_knowledge()).cautions]
        assert "no winner" in labels


def test_sessions_are_staged_unless_one_lobe_is_ill() -> None:
    both = proposal("embolisation.bland", patient(liver__lobes="both"), load_knowledge())
    one = proposal("embolisation.bland", patient(liver__lobes="one"), load_knowledge())
    assert any("interval" in line.label for line in both.regimen)
    assert not any("interval" in line.label for line in one.regimen)
