"""Chemotherapy: who gets which regimen, and the doses with what is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.rows import evaluate_option

from nelm.guideline.therapy import Item, PatientView, Value
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval
from nelm.therapies.chemotherapy.planning import proposal

CARCINOMA = {
    "tumour.primary_site": "pancreas",
    "tumour.differentiation": "poor",
    "tumour.mixed": False,
    "patient.sex": "male",
    "patient.age_years": 60,
    "patient.weight_kg": 70,
    "labs.creatinine": 80,
    "patient.comorbidities.uncontrolled_infection": False,
    "treatments.chemo.received": False,
}
PANCREATIC = {
    **CARCINOMA,
    "tumour.differentiation": "well",
    "tumour.ki67_percent": 12,
    "course.status": "progressing",
    "treatments.ssa.progressed_on": True,
    "tumour.dpyd": "normal",
    "labs.neutrophils": 4,
    "labs.platelets": 220,
    "labs.bilirubin": 10,
    "labs.albumin": 42,
    "labs.inr": 1.0,
    "liver.ascites": "none",
    "liver.encephalopathy": "none",
}


def verdict(option: str, facts: dict[str, Any]) -> str:
    return evaluate_option(option, facts)["verdict"]


def without(facts: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in names}


def test_untreated_carcinoma_is_recommended_platinum_and_etoposide() -> None:
    assert verdict("chemo.platinum_etoposide", CARCINOMA) == "recommended"
    assert verdict("chemo.folfiri", CARCINOMA) == "not_indicated"


def test_mixed_neoplasm_goes_by_its_carcinoma() -> None:
    assert verdict("chemo.platinum_etoposide", {**CARCINOMA, "tumour.mixed": True}) == "recommended"


def test_net_g3_is_not_given_platinum_by_default() -> None:
    g3 = {**PANCREATIC, "tumour.ki67_percent": 40}
    assert verdict("chemo.platinum_etoposide", g3) == "not_indicated"
    assert verdict("chemo.captem", g3) == "recommended"


def test_second_line_carcinoma_is_recommended_folfiri() -> None:
    later = {
        **CARCINOMA,
        "treatments.chemo.received": True,
        "treatments.chemo.platinum_etoposide": True,
        "treatments.chemo.progressed_on": True,
        "course.status": "progressing",
        "tumour.dpyd": "normal",
        "labs.bilirubin": 10,
        "labs.albumin": 40,
        "labs.inr": 1.0,
        "labs.bilirubin.times_upper_limit": 0.5,
        "liver.ascites": "none",
        "liver.encephalopathy": "none",
        "patient.ecog": 1,
        "symptoms.bowel_obstruction": False,
    }
    assert verdict("chemo.folfiri", later) == "recommended"
    assert verdict("chemo.platinum_etoposide", later) == "option"


@pytest.mark.parametrize("option", ["chemo.captem", "chemo.stz_5fu", "chemo.folfox", "chemo.capox"])
def test_unknown_dpyd_holds_every_fluoropyrimidine(option: str) -> None:
    assert verdict(option, PANCREATIC) in {"recommended", "option"}
    assert verdict(option, without(PANCREATIC, "tumour.dpyd")) == "undetermined"
    assert verdict(option, {**PANCREATIC, "tumour.dpyd": "complete"}) == "contraindicated"


def test_temozolomide_alone_does_not_wait_for_dpyd() -> None:
    facts = {**PANCREATIC, "tumour.dpyd": "complete"}
    found = evaluate_option("chemo.temozolomide", facts)
    assert found["verdict"] == "option"
    assert found["states"]["chemotherapy.fluoropyrimidine_impossible"] == "met"


def test_evidence_of_practice_alone_is_never_a_recommendation() -> None:
    assert verdict("chemo.folfox", PANCREATIC) == "option"
    assert verdict("chemo.capox", PANCREATIC) == "option"


def test_streptozocin_waits_where_the_kidney_is_weak() -> None:
    assert verdict("chemo.stz_5fu", PANCREATIC) == "recommended"
    assert verdict("chemo.stz_5fu", {**PANCREATIC, "labs.creatinine": 150}) == "undetermined"


def test_nothing_known_settles_nothing() -> None:
    for option in ("chemo.captem", "chemo.platinum_etoposide", "chemo.folfiri", "chemo.temozolomide"):
        assert verdict(option, {}) == "undetermined"


def lines(option: str, values: dict[str, Value]) -> dict[str, Item]:
    patient = PatientView("case-1", date(2026, 5, 1), values)
    return {line.label: line for line in proposal(option, patient, load_knowledge()).regimen}


SURFACE: dict[str, Value] = {"body.bsa": Interval.exact(1.82)}


def test_capecitabine_by_surface_is_shown_as_a_computation() -> None:
    values = {**SURFACE, "renal.creatinine_clearance": Interval.exact(80), "tumour.dpyd": "normal"}
    line = lines("chemo.captem", values)["capecitabine"]
    assert line.value == pytest.approx(1365)
    assert line.unit == "mg"
    assert line.text.startswith("750 mg/m² x 1.82 m² = 1365 mg. By mouth twice daily on days 1 to 14")


def test_kidney_and_enzyme_reduce_capecitabine() -> None:
    values = {**SURFACE, "renal.creatinine_clearance": Interval.exact(42), "tumour.dpyd": "partial"}
    line = lines("chemo.captem", values)["capecitabine"]
    assert line.value == pytest.approx(1365 * 0.75 * 0.5)
    assert "75 % (creatinine clearance 42 mL/min)" in line.text
    assert "50 % (partial DPD deficiency)" in line.text


def test_what_is_not_known_widens_the_dose_and_is_named() -> None:
    line = lines("chemo.captem", SURFACE)["capecitabine"]
    assert line.value is None
    assert (line.low, line.high) == (pytest.approx(1365 * 0.375), pytest.approx(1365))
    assert "creatinine clearance" in line.text.partition("Still needed:")[2]
    assert "DPYD" in line.text.partition("Still needed:")[2]


def test_without_height_and_weight_the_dose_stays_per_square_metre() -> None:
    line = lines("chemo.captem", {})["temozolomide"]
    assert (line.value, line.unit) == (200, "mg/m2")
    assert "height and weight" in line.text


def test_temozolomide_runs_on_days_10_to_14_only() -> None:
    assert "days 10 to 14 only" in lines("chemo.captem", SURFACE)["temozolomide"].text


@pytest.mark.parametrize(("clearance", "share"), [(61, 1.0), (60, 0.75), (50, 0.75), (45, 0.5), (30, 0.5)])
def test_cisplatin_bands(clearance: float, share: float) -> None:
    values: dict[str, Value] = {**SURFACE, "renal.creatinine_clearance": Interval.exact(clearance)}
    line = lines("chemo.platinum_etoposide", values)["cisplatin instead"]
    assert line.value == pytest.approx(80 * 1.82 * share)


def test_streptozocin_is_halved_only_below_the_lower_band() -> None:
    for clearance, share in ((51, 1.0), (50, 0.75), (10, 0.75), (9.9, 0.5)):
        values: dict[str, Value] = {**SURFACE, "renal.creatinine_clearance": Interval.exact(clearance)}
        assert lines("chemo.stz_5fu", values)["streptozocin"].value == pytest.approx(500 * 1.82 * share)


def test_carboplatin_is_capped_and_follows_the_interval() -> None:
    values: dict[str, Value] = {"renal.creatinine_clearance": Interval(100, 140)}
    line = lines("chemo.platinum_etoposide", values)["carboplatin"]
    assert (line.low, line.high) == (625, 750)
    assert "capped at 125" in line.text


def test_carboplatin_prefers_a_measured_filtration_rate() -> None:
    values: dict[str, Value] = {
        "renal.creatinine_clearance": Interval.exact(140),
        "labs.gfr_measured": Interval.exact(70),
    }
    assert lines("chemo.platinum_etoposide", values)["carboplatin"].value == 475


def test_carboplatin_without_kidney_function_gives_no_milligrams() -> None:
    line = lines("chemo.platinum_etoposide", {})["carboplatin"]
    assert line.unit == "mg.min/mL"
    assert "Still needed: creatinine" in line.text


def test_survival_is_never_claimed() -> None:
    patient = PatientView("case-1", date(2026, 5, 1), {})
    for option in ("chemo.captem", "chemo.stz_5fu", "chemo.platinum_etoposide", "chemo.folfiri"):
        cautions = proposal(option, patient, load_knowledge()).cautions
        assert any(line.label == "survival" for line in cautions)
