"""Findings as a board sees them: governing grade, grade of each specimen, vague reports."""

from __future__ import annotations

from typing import Any

from nelm.app import case_plan
from nelm.case import parse_case
from nelm.io.plan_json import plan_document

HEAD = {"schema": "nelm.case/1", "id": "findings", "as_of": "2026-05-01"}


def findings(**groups: Any) -> dict[str, Any]:
    document = plan_document(case_plan(parse_case({**HEAD, **groups}, origin="findings")))
    return {item["id"]: item for item in document["findings"]}


def test_grade_rises_between_specimens_and_the_highest_governs() -> None:
    specimens = [
        {"date": "2024-01-10", "site": "pancreas", "differentiation": "well", "ki67_percent": 2},
        {"date": "2026-03-10", "site": "liver", "differentiation": "well", "ki67_percent": 22},
    ]
    found = findings(tumour={"primary_site": "pancreas", "specimens": specimens})
    assert found["tumour.grade"]["value"] == "G3"
    assert found["tumour.specimens[0].grade"]["value"] == "G1"
    assert found["tumour.specimens[1].grade"]["value"] == "G3"
    assert "risen" in found["tumour.specimens[1].grade"]["note"]


def test_a_vague_report_leaves_the_grade_open_but_not_what_follows_from_it() -> None:
    specimens = [{"differentiation": "well", "ki67_percent": "<20"}]
    found = findings(tumour={"primary_site": "pancreas", "specimens": specimens})
    assert "tumour.grade" not in found


def test_small_woman_has_two_kidney_functions() -> None:
    patient = {"sex": "female", "age_years": 78, "weight_kg": 48}
    labs = [{"test": "creatinine", "value": 0.9, "unit": "mg/dL"}]
    found = findings(patient=patient, labs=labs)
    assert round(found["renal.creatinine_clearance"]["value"], 1) == 39.0
    assert round(found["renal.filtration_rate"]["value"], 1) == 65.4


def test_an_untested_patient_sees_the_disagreement_about_testing() -> None:
    specimens = [{"differentiation": "well", "ki67_percent": 15}]
    tumour = {"primary_site": "pancreas", "specimens": specimens}
    document = plan_document(case_plan(parse_case({**HEAD, "tumour": tumour}, origin="findings")))
    assert "d16_dpyd" in {item["id"] for item in document["conflicts"]}
    tested = {**HEAD, "tumour": {**tumour, "dpyd": "normal"}}
    document = plan_document(case_plan(parse_case(tested, origin="findings")))
    assert "d16_dpyd" not in {item["id"] for item in document["conflicts"]}


def test_a_spent_lung_dose_counts_even_where_the_treatment_is_not_listed() -> None:
    groups = {"liver": {"lung_dose_so_far_gy": 51}, "no_other_treatments": True}
    document = plan_document(case_plan(parse_case({**HEAD, **groups}, origin="findings")))
    resin = next(item for item in document["options"] if item["id"] == "radioembolisation.y90_resin")
    assert resin["verdict"] == "contraindicated"
