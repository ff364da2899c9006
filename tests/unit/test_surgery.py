"""Operations: what the verdict turns on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.rows import evaluate_option

from nelm.guideline.therapy import PatientView, Proposal
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval
from nelm.therapies.surgery.planning import proposal

Facts = dict[str, Any]
COMORBID = "patient.comorbidities"
CLEARABLE: Facts = {
    "tumour.mixed": False,
    "tumour.differentiation": "well",
    "tumour.primary_site": "pancreas",
    "tumour.ki67_percent": 5.0,
    "tumour.mitoses_per_2mm2": 1.0,
    "tumour.primary_in_situ": False,
    "liver.lesion_count": 2.0,
    "liver.lobes": "one",
    "liver.resectable": "complete",
    "liver.parenchyma": "normal",
    "liver.future_liver_remnant_ml": 900.0,
    "patient.height_cm": 170.0,
    "patient.weight_kg": 70.0,
    "patient.fit_for_major_surgery": True,
    f"{COMORBID}.severe_tricuspid_regurgitation": False,
    f"{COMORBID}.right_heart_dysfunction": False,
    "extrahepatic.any": False,
}
SMALL_REMNANT: Facts = {**CLEARABLE, "liver.future_liver_remnant_ml": 200.0}


def verdict(option: str, facts: Facts) -> str:
    """Verdict of an option."""
    return evaluate_option(option, facts)["verdict"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "recommended"),
        ({"liver.resectable": "no"}, "not_indicated"),
        ({"liver.resectable": "debulking_90"}, "not_indicated"),
        ({"liver.resectable": None}, "undetermined"),
        ({"tumour.differentiation": "poor"}, "not_indicated"),
        ({"tumour.ki67_percent": 40.0}, "option"),
        ({"patient.fit_for_major_surgery": False}, "not_indicated"),
        ({"liver.future_liver_remnant_ml": 200.0}, "contraindicated"),
        ({"liver.future_liver_remnant_ml": (280.0, 330.0)}, "undetermined"),
        ({"liver.future_liver_remnant_ml": None}, "undetermined"),
        ({f"{COMORBID}.severe_tricuspid_regurgitation": True}, "undetermined"),
        ({"extrahepatic.any": True, "extrahepatic.all_resectable": False}, "not_indicated"),
        ({"tumour.primary_in_situ": True, "tumour.primary_resectable": False}, "not_indicated"),
    ],
)
def test_complete_resection(change: Facts, expected: str) -> None:
    assert verdict("resection.liver", {**CLEARABLE, **change}) == expected


def test_a_solitary_small_lesion_turns_on_the_surgeon_and_is_never_ruled_out_by_silence() -> None:
    found = evaluate_option(
        "resection.liver",
        {
            "tumour.mixed": False,
            "tumour.differentiation": "well",
            "tumour.stated_grade": "G1",
            "tumour.primary_site": "rectum",
            "tumour.primary_in_situ": False,
            "liver.lesion_count": 1.0,
            "liver.largest_mm": 7.0,
            "liver.lobes": "one",
        },
    )
    assert found["verdict"] == "undetermined"
    assert found["states"]["surgery.completely_resectable"] == "unknown"
    assert found["states"]["surgery.simple_pattern"] == "met"


def test_two_stages_and_portal_vein_embolisation_are_for_small_remnants_in_both_lobes() -> None:
    both = {**SMALL_REMNANT, "liver.lobes": "both", "liver.portal_vein_thrombosis": "none"}
    assert verdict("resection.two_stage", both) == "option"
    assert verdict("resection.two_stage", SMALL_REMNANT) == "not_indicated"
    assert verdict("embolisation.portal_vein", both) == "option"
    assert (
        verdict("embolisation.portal_vein", {**both, "liver.future_liver_remnant_ml": 900.0})
        == "not_indicated"
    )
    assert (
        verdict("embolisation.portal_vein", {**both, "liver.portal_vein_thrombosis": "main"})
        == "undetermined"
    )


@pytest.mark.parametrize(
    ("resectable", "expected"),
    [("debulking_70", "option"), ("debulking_90", "option"), ("no", "not_indicated"), (None, "undetermined")],
)
def test_debulking_needs_the_surgeons_word(resectable: str | None, expected: str) -> None:
    assert verdict("resection.debulking", {**CLEARABLE, "liver.resectable": resectable}) == expected


@pytest.mark.parametrize(
    ("resectable", "expected"), [(True, "recommended"), (False, "not_indicated"), (None, "undetermined")]
)
def test_primary(resectable: bool | None, expected: str) -> None:
    facts = {**CLEARABLE, "tumour.primary_in_situ": True, "tumour.primary_resectable": resectable}
    assert verdict("resection.primary", facts) == expected


MILAN: Facts = {
    **CLEARABLE,
    "liver.resectable": "no",
    "liver.burden_percent": 30.0,
    "course.status": "stable",
    "course.interval_months": 12.0,
    "patient.age_years": 50.0,
    "extrahepatic.bone": False,
    "extrahepatic.lung": False,
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "option"),
        ({"liver.burden_percent": 60.0}, "not_indicated"),
        ({"tumour.primary_site": "lung"}, "not_indicated"),
        ({"liver.resectable": "complete"}, "not_indicated"),
        ({"course.status": "progressing"}, "not_indicated"),
        ({"course.interval_months": None}, "undetermined"),
    ],
)
def test_transplantation(change: Facts, expected: str) -> None:
    assert verdict("transplant.liver", {**MILAN, **change}) == expected


def test_trap_36_the_age_limits_differ() -> None:
    older = evaluate_option("transplant.liver", {**MILAN, "patient.age_years": 58.0})
    assert older["states"]["transplantation.milan_age"] == "not_met"
    assert older["verdict"] != "contraindicated"


def plan(option: str, values: dict[str, Any]) -> Proposal:
    """Proposal of an option for some facts."""
    return proposal(option, PatientView("case-1", date(2026, 5, 1), values), load_knowledge())


def test_volumes_follow_from_the_formula_volume() -> None:
    values = {"liver.formula_volume": Interval.exact(1500.0), "liver.parenchyma": "cirrhosis"}
    lines = {line.label: line for line in plan("resection.liver", values).quantities}
    assert lines["smallest remnant"].value == pytest.approx(600.0)
    assert lines["standardised remnant"].value is None
    assert "missing" in lines["standardised remnant"].text


def test_debulking_says_how_much_tumour_may_stay() -> None:
    values = {"liver.volume_ml": Interval.exact(2000.0), "liver.burden_percent": Interval(30.0, 40.0)}
    first, second = plan("resection.debulking", values).quantities[:2]
    assert (first.low, first.high) == pytest.approx((180.0, 240.0))
    assert (second.low, second.high) == pytest.approx((60.0, 80.0))


def test_no_number_without_its_facts() -> None:
    for option in ("resection.liver", "resection.debulking", "embolisation.portal_vein"):
        computed = [line for line in plan(option, {}).quantities if line.facts]
        assert computed
        assert all(line.value is None and line.low is None for line in computed)
