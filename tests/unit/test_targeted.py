"""Targeted drugs: windows of each label, doses by liver function, and trials with their caveats."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.rows import evaluate_option

from nelm.guideline.therapy import Item, PatientView, Value
from nelm.knowledge import load_knowledge
from nelm.planner.evaluation import current_guideline
from nelm.quantities import Interval
from nelm.therapies.targeted.knowledge import TargetedKnowledge
from nelm.therapies.targeted.planning import bevacizumab_dose, cabozantinib_dose, everolimus_dose, proposal

PANCREATIC = {
    "tumour.primary_site": "pancreas",
    "tumour.differentiation": "well",
    "tumour.mixed": False,
    "tumour.ki67_percent": 6,
    "course.status": "progressing",
    "patient.sex": "male",
    "tumour.syndromes.carcinoid": False,
    "tumour.functioning": "non_functioning",
    "treatments.ssa.progressed_on": True,
    "patient.comorbidities.heart_failure_nyha_3_4": False,
}
GUT = {**PANCREATIC, "tumour.primary_site": "jejunum_ileum"}
NO_BLEED = {"patient.comorbidities.recent_gi_bleed": False}
HEALTHY_LIVER = {
    "labs.bilirubin": 10,
    "labs.albumin": 42,
    "labs.inr": 1.0,
    "liver.ascites": "none",
    "liver.encephalopathy": "none",
}


def verdict(option: str, facts: dict[str, Any]) -> str:
    return evaluate_option(option, facts)["verdict"]


def test_everolimus_in_progressing_pancreatic_and_silent_gut_tumours() -> None:
    assert verdict("targeted.everolimus", PANCREATIC) == "recommended"
    assert verdict("targeted.everolimus", GUT) == "recommended"


def test_everolimus_not_in_the_carcinoid_syndrome() -> None:
    facts = {**GUT, "tumour.functioning": "functioning", "tumour.syndromes.carcinoid": True}
    assert verdict("targeted.everolimus", facts) == "not_indicated"


def test_everolimus_for_insulinoma_with_hypoglycaemia() -> None:
    facts = {
        "tumour.primary_site": "pancreas",
        "tumour.syndromes.insulinoma": True,
        "tumour.syndromes.carcinoid": False,
        "symptoms.hypoglycaemia": True,
        "patient.sex": "male",
    }
    assert verdict("targeted.everolimus", facts) == "recommended"


def test_sunitinib_in_the_pancreas_only() -> None:
    assert verdict("targeted.sunitinib", PANCREATIC) == "recommended"
    assert verdict("targeted.sunitinib", GUT) == "not_indicated"


def test_cabozantinib_needs_more_than_an_analogue_before() -> None:
    nothing_else = {
        f"treatments.{name}.received": False for name in ("prrt", "chemo", "targeted", "biotherapy")
    }
    facts = {**PANCREATIC, **HEALTHY_LIVER, **NO_BLEED, "treatments.ssa.received": True}
    only_analogue = {**facts, **nothing_else, "treatments.immunotherapy.received": False}
    assert verdict("targeted.cabozantinib", only_analogue) == "not_indicated"
    assert verdict("targeted.cabozantinib", {**facts, "treatments.targeted.received": True}) == "recommended"


def test_bevacizumab_and_surufatinib_are_never_recommended() -> None:
    assert verdict("targeted.bevacizumab", PANCREATIC) == "option"
    assert verdict("targeted.surufatinib", PANCREATIC) == "option"


KNOWN = load_knowledge().record(TargetedKnowledge, "targeted")


def patient(values: dict[str, Value]) -> PatientView:
    return PatientView("case-1", date(2026, 5, 1), values)


def span(line: Item) -> tuple[Any, Any, Any]:
    return line.value, line.low, line.high


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, (None, 2.5, 10)),
        ({"liver.child_pugh_class": "C"}, (2.5, None, None)),
        ({"liver.child_pugh_class": "B"}, (None, 2.5, 5)),
        ({"liver.child_pugh_class": "A"}, (None, 7.5, 10)),
        ({"liver.child_pugh_class": "A", "patient.comorbidities.cirrhosis": True}, (7.5, None, None)),
        (
            {
                "liver.child_pugh_class": "A",
                "liver.child_pugh_score": Interval.exact(5),
                "patient.comorbidities.cirrhosis": False,
            },
            (10, None, None),
        ),
    ],
)
def test_everolimus_by_liver_function(values: dict[str, Value], expected: tuple[Any, Any, Any]) -> None:
    assert span(everolimus_dose(patient(values), KNOWN)) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [(None, (None, 40, 60)), ("A", (60, None, None)), ("B", (40, None, None)), ("C", (None, None, None))],
)
def test_cabozantinib_by_liver_function(word: str | None, expected: tuple[Any, Any, Any]) -> None:
    assert span(cabozantinib_dose(patient({"liver.child_pugh_class": word}), KNOWN)) == expected


def test_bevacizumab_by_weight() -> None:
    weighed = bevacizumab_dose(patient({"patient.weight_kg": Interval(60, 80)}), KNOWN)
    assert span(weighed) == (None, 900, 1200)
    assert "weight" in bevacizumab_dose(patient({}), KNOWN).text


def test_sunitinib_runs_without_a_break() -> None:
    dose = proposal("targeted.sunitinib", patient({}), load_knowledge()).regimen[0]
    assert dose.value == 37.5
    assert "not the 50 mg" in dose.text


def test_trials_carry_the_figures_that_supersede() -> None:
    trials = load_knowledge().trials
    survival = [item for item in trials["sun1111"].outcomes if item.endpoint == "overall_survival"]
    ratios = [item.value for item in survival if item.measure == "hazard_ratio"]
    assert ratios == [0.73]
    offered = current_guideline(load_knowledge()).outlook["targeted.everolimus"]
    assert {match.trial.id for match in offered} >= {
        "radiant_2",
        "radiant_3",
        "radiant_4",
        "compete",
        "seqtor",
    }
