"""Work-up: what is not known asks for a test, and a normal marker never spares an echocardiogram."""

from __future__ import annotations

from datetime import date

import pytest
from tests.rows import evaluate_option
from tests.unit.criterion_examples.workup import G1, NOTHING_OPEN

from nelm.guideline.therapy import PatientView
from nelm.knowledge import load_knowledge
from nelm.therapies.workup.planning import PLANS, proposal

LESIONS = {"liver.lesion_count": (2.0, float("inf"))}


def verdict(option: str, facts: dict[str, object]) -> str:
    """The verdict of a test."""
    return str(evaluate_option(f"workup.{option}", facts)["verdict"])


def test_biopsy_when_histology_is_missing() -> None:
    assert verdict("rebiopsy", LESIONS) == "recommended"


def test_biopsy_when_two_origins_are_possible() -> None:
    two = {**LESIONS, "tumour.primary_site": "rectum", "patient.comorbidities.second_malignancy": True}
    assert verdict("rebiopsy", two) == "recommended"
    graded = {**two, **G1, "tumour.metastasis_biopsied": False}
    assert verdict("rebiopsy", graded) == "recommended"


def test_biopsy_when_behaviour_and_grade_disagree() -> None:
    assert verdict("rebiopsy", {**NOTHING_OPEN, **LESIONS}) == "not_indicated"
    assert verdict("rebiopsy", {**NOTHING_OPEN, **LESIONS, "course.rapid": True}) == "recommended"
    assert verdict("rebiopsy", {**NOTHING_OPEN, **LESIONS, "course.status": "progressing"}) == "recommended"


def test_biopsy_of_a_single_late_metastasis() -> None:
    single = {**NOTHING_OPEN, "liver.lesion_count": 1.0, "tumour.metastasis_biopsied": False}
    assert verdict("rebiopsy", single) == "recommended"


def test_receptor_pet_at_baseline_but_not_twice() -> None:
    assert verdict("sstr_pet", {}) == "recommended"
    done = {"receptor_imaging.sstr.uptake": "above_liver", "receptor_imaging.sstr.extent": "all"}
    assert verdict("sstr_pet", done) == "not_indicated"
    assert verdict("sstr_pet", {"tumour.differentiation": "poor"}) == "option"


def test_fdg_pet_is_shown_as_thinkable() -> None:
    assert verdict("fdg_pet", {"tumour.ki67_percent": 15.0}) == "option"


@pytest.mark.parametrize("marker", [50.0, 5000.0])
def test_probnp_never_decides_on_the_echocardiogram(marker: float) -> None:
    carcinoid = {"tumour.syndromes.carcinoid": True, "labs.nt_probnp": marker}
    assert verdict("echocardiography", carcinoid) == "recommended"


def test_dpyd_before_a_fluoropyrimidine() -> None:
    assert verdict("dpyd", {"tumour.primary_site": "pancreas"}) == "recommended"
    assert verdict("dpyd", {"tumour.primary_site": "pancreas", "tumour.dpyd": "partial"}) == "not_indicated"


def test_mapping_before_radioembolisation() -> None:
    liver = {"liver.lesion_count": 8.0, "extrahepatic.any": False, "course.status": "progressing"}
    assert verdict("mapping_angiography", liver) == "option"
    assert verdict("mapping_angiography", {**liver, "liver.lung_shunt_fraction": 0.05}) == "not_indicated"


def test_marrow_after_prrt() -> None:
    low = {"labs.platelets": 40.0, "treatments.prrt.received": True}
    assert verdict("bone_marrow", low) == "option"


@pytest.mark.parametrize("option", list(PLANS))
def test_a_test_is_never_contraindicated_by_nothing(option: str) -> None:
    assert evaluate_option(option, {})["verdict"] in ("recommended", "undetermined")
    plan = proposal(option, PatientView("t", date(2026, 5, 1), {}), load_knowledge())
    assert plan.regimen or plan.monitoring
