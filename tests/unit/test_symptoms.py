"""Symptoms: both telotristat labels, conflicting views on crisis, the referral in carcinoid heart disease."""

from __future__ import annotations

from datetime import date

import pytest
from tests.rows import evaluate_option
from tests.unit.criterion_examples.symptoms import CHILD_PUGH_B, CHILD_PUGH_C, HEALTHY_LIVER, NORMAL_HEART

from nelm.guideline.therapy import PatientView, Value
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval
from nelm.therapies.symptoms import THERAPY
from nelm.therapies.symptoms.planning import PLANS, proposal

DIARRHOEA = {"tumour.syndromes.carcinoid": True, "symptoms.diarrhoea.refractory_to_ssa": True}
HEART = {"patient.comorbidities.carcinoid_heart_disease": True}


def patient(**values: Value) -> PatientView:
    """A patient with the named values; `__` stands for a dot."""
    return PatientView(
        "t", date(2026, 5, 1), {name.replace("__", "."): value for name, value in values.items()}
    )


@pytest.mark.parametrize(
    ("liver", "verdict"),
    [
        (HEALTHY_LIVER, "recommended"),
        (CHILD_PUGH_B, "option"),
        (CHILD_PUGH_C, "contraindicated"),
        ({}, "undetermined"),
    ],
)
def test_telotristat_by_liver_class(liver: dict[str, object], verdict: str) -> None:
    assert evaluate_option("symptom.telotristat", {**DIARRHOEA, **liver})["verdict"] == verdict


def test_telotristat_shows_both_labels_in_class_b_and_neither_dose_in_c() -> None:
    in_b = proposal("symptom.telotristat", patient(liver__child_pugh_class="B"), load_knowledge())
    texts = " ".join(line.text for line in in_b.regimen)
    assert "not recommended" in texts and "once a day" in texts and "30 minutes after" in texts
    in_c = proposal("symptom.telotristat", patient(liver__child_pugh_class="C"), load_knowledge())
    assert not any(line.label.startswith("dose") and line.value is not None for line in in_c.regimen)


def test_telotristat_without_class_names_the_missing_fact() -> None:
    unknown = proposal("symptom.telotristat", patient(), load_knowledge())
    assert any("liver.child_pugh_class" in line.facts for line in unknown.regimen)


def test_valve_referral_when_only_the_disease_is_known() -> None:
    assert evaluate_option("symptom.valve_surgery", HEART)["verdict"] == "recommended"


def test_heart_failure_is_a_caution_and_not_an_exclusion() -> None:
    failing = {**HEART, "patient.comorbidities.heart_failure_nyha_3_4": True}
    found = evaluate_option("symptom.valve_surgery", failing)
    assert found["verdict"] == "recommended"
    assert found["states"]["symptoms.valve_heart_failure"] == "met"
    mild = evaluate_option("symptom.valve_surgery", {**HEART, **NORMAL_HEART})
    assert mild["states"]["symptoms.valve_mild"] == "met"


def test_crisis_prophylaxis_is_never_recommended_nor_dosed() -> None:
    risk = {"tumour.syndromes.carcinoid": True, "liver.lesion_count": 5.0}
    assert evaluate_option("symptom.crisis_prophylaxis", risk)["verdict"] == "option"
    plan = proposal("symptom.crisis_prophylaxis", patient(), load_knowledge())
    assert "local protocol" in plan.regimen[0].text and plan.regimen[0].value is None


def test_analogue_is_not_the_first_answer_to_insulinoma() -> None:
    insulinoma = {"tumour.syndromes.insulinoma": True}
    assert evaluate_option("symptom.diazoxide", insulinoma)["verdict"] == "recommended"
    assert evaluate_option("symptom.hypoglycaemia_rescue", insulinoma)["verdict"] == "recommended"
    states = evaluate_option("symptom.ssc_octreotide", insulinoma)["states"]
    assert states["symptoms.octreotide_insulinoma"] == "met"


def test_diazoxide_dose_by_weight() -> None:
    dose = proposal("symptom.diazoxide", patient(patient__weight_kg=Interval.exact(70)), load_knowledge())
    line = dose.quantities[0]
    assert (line.low, line.high, line.unit) == (210.0, 560.0, "mg/d")
    unknown = proposal("symptom.diazoxide", patient(), load_knowledge()).quantities[0]
    assert unknown.low is None and "not known" in unknown.text


def test_recent_bleed_only_holds_anticoagulation() -> None:
    glucagonoma = {"tumour.syndromes.glucagonoma": True}
    bleed = {**glucagonoma, "patient.comorbidities.recent_gi_bleed": True}
    assert evaluate_option("symptom.anticoagulation", bleed)["verdict"] == "undetermined"
    clear = {**glucagonoma, "patient.comorbidities.recent_gi_bleed": False}
    assert evaluate_option("symptom.anticoagulation", clear)["verdict"] == "option"


@pytest.mark.parametrize("option", list(PLANS))
def test_nothing_known_settles_nothing(option: str) -> None:
    assert evaluate_option(option, {})["verdict"] == "undetermined"
    assert proposal(option, patient(), load_knowledge()).regimen


def test_slice_is_complete() -> None:
    assert THERAPY.name == "symptoms" and len(PLANS) == 12
