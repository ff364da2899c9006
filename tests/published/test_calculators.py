"""The test vectors of the published calculators, to their last printed digit, through the graph.

Every expected value is printed with so many digits; the computed one, rounded to as many, must equal it.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.rows import evaluate_node

from nelm.guideline.findings.all import derived_facts
from nelm.guideline.findings.liver_function import LiverFunctionKnowledge
from nelm.guideline.findings.meld import meld_na_2016
from nelm.knowledge import load_knowledge
from nelm.therapies.surgery.remnant import degree_of_hypertrophy, kinetic_growth_rate

KNOWLEDGE = load_knowledge()
FACTS = derived_facts(KNOWLEDGE)
LIVER, BODY, RENAL = FACTS.liver_function, FACTS.body, FACTS.renal


def exact(node: Any, given: dict[str, Any]) -> float:
    """The value of a number of exactly known facts."""
    found = evaluate_node(node, given)
    assert found is not None
    assert found[0] == pytest.approx(found[1], rel=1e-12)
    return float(found[0])


@pytest.mark.parametrize(
    ("bilirubin", "albumin", "score", "grade"),
    [(17, 40, -2.588, "2"), (10, 42, -2.910, "1"), (50, 28, -1.259, "3"), (17, 4.2, 0.455, "3")],
)
def test_k1_albi(bilirubin: float, albumin: float, score: float, grade: str) -> None:
    given = {"labs.bilirubin": bilirubin, "labs.albumin": albumin}
    assert round(exact(LIVER.albi, given), 3) == score
    assert evaluate_node(LIVER.albi_grade, given) == grade


CHILD_PUGH = {
    "liver.ascites": "none",
    "liver.encephalopathy": "none",
    "labs.inr": 1.0,
    "labs.bilirubin": 17.1,
}


def test_k2_child_pugh_albumin_29_changes_the_score_by_one() -> None:
    given = {**CHILD_PUGH, "labs.albumin": 29}
    assert exact(LIVER.child_pugh_score, given) == 6
    assert exact(LIVER.child_pugh_score_alternative, given) == 7
    assert evaluate_node(LIVER.child_pugh, given) == "A"
    assert evaluate_node(LIVER.child_pugh_alternative, given) == "B"


@pytest.mark.parametrize(
    ("given", "score", "word"),
    [
        ({"labs.albumin": 40}, 5, "A"),
        ({"labs.albumin": 35}, 6, "A"),
        ({"labs.albumin": 28}, 6, "A"),
        ({"labs.albumin": 27.9}, 7, "B"),
        ({"labs.albumin": 40, "labs.bilirubin": 2 * 17.1}, 6, "A"),
        ({"labs.albumin": 40, "labs.bilirubin": 3 * 17.1}, 6, "A"),
        ({"labs.albumin": 40, "labs.bilirubin": 52}, 7, "B"),
        ({"labs.albumin": 40, "labs.inr": 1.7}, 6, "A"),
        ({"labs.albumin": 40, "labs.inr": 2.3}, 6, "A"),
        ({"labs.albumin": 40, "labs.inr": 2.4}, 7, "B"),
        ({"labs.albumin": 20, "labs.inr": 3, "liver.ascites": "mild"}, 10, "C"),
        ({"labs.albumin": 20, "labs.inr": 3, "liver.ascites": "moderate_severe", "labs.bilirubin": 100,
          "liver.encephalopathy": "grade_3_4"}, 15, "C"),
    ],
)  # fmt: skip
def test_k2_child_pugh_points_and_classes(given: dict[str, Any], score: float, word: str) -> None:
    facts = {**CHILD_PUGH, **given}
    assert exact(LIVER.child_pugh_score, facts) == score
    assert evaluate_node(LIVER.child_pugh, facts) == word


def test_k3_meld_na_2016() -> None:
    known = KNOWLEDGE.record(LiverFunctionKnowledge, "liver_function")
    score = meld_na_2016(known, creatinine_mg_dl=1.9, bilirubin_mg_dl=4.2, inr=1.8, sodium_mmol_l=129)
    assert round(score, 2) == 28.96
    assert round(score) == 29


def test_k4_meld_3() -> None:
    given = {"patient.sex": "female", "labs.albumin": 25, "labs.creatinine": 1.9 * 88.4,
             "labs.bilirubin": 4.2 * 17.1, "labs.inr": 1.8, "labs.sodium": 129}  # fmt: skip
    score = exact(LIVER.meld, given)
    assert round(score, 2) == 30.85
    assert round(score) == 31


@pytest.mark.parametrize(
    ("sex", "age", "weight", "creatinine_mg_dl", "clearance"),
    [("female", 65, 60, 1.0, 53.1), ("female", 78, 48, 0.9, 39.0)],
)
def test_k5_cockcroft_gault(
    sex: str, age: float, weight: float, creatinine_mg_dl: float, clearance: float
) -> None:
    given = {"patient.sex": sex, "patient.age_years": age, "patient.weight_kg": weight,
             "labs.creatinine": creatinine_mg_dl * 88.4}  # fmt: skip
    assert round(exact(RENAL.creatinine_clearance, given), 1) == clearance


@pytest.mark.parametrize(
    ("sex", "age", "creatinine_mg_dl", "rate"),
    [("female", 65, 1.0, 62.5), ("male", 70, 1.5, 49.8), ("female", 78, 0.9, 65.4)],
)
def test_k6_ckd_epi_2021(sex: str, age: float, creatinine_mg_dl: float, rate: float) -> None:
    given = {"patient.sex": sex, "patient.age_years": age, "labs.creatinine": creatinine_mg_dl * 88.4}
    assert round(exact(RENAL.filtration_rate, given), 1) == rate


def test_k7_body_surface() -> None:
    given = {"patient.height_cm": 170, "patient.weight_kg": 70}
    assert round(exact(BODY.bsa, given), 3) == 1.818
    assert round(exact(BODY.bsa_dubois, given), 3) == 1.810


def test_k9_liver_volume() -> None:
    given = {"patient.height_cm": 170, "patient.weight_kg": 70}
    assert round(exact(BODY.total_liver_volume, given), 1) == 1509.7


def test_k10_remnant_and_its_growth() -> None:
    given = {"patient.height_cm": 170, "patient.weight_kg": 70}
    before, after = (
        exact(BODY.standardised_remnant_percent, {**given, "liver.future_liver_remnant_ml": volume})
        for volume in (380, 500)
    )
    assert (round(before, 1), round(after, 1)) == (25.2, 33.1)
    assert round(degree_of_hypertrophy(before_percent=before, after_percent=after), 2) == 7.95
    assert round(kinetic_growth_rate(before_percent=before, after_percent=after, weeks=4), 3) == 1.987


@pytest.mark.parametrize(
    ("ecog", "low", "high"), [(0, 90, 100), (1, 70, 80), (2, 50, 60), (3, 30, 40), (4, 10, 20)]
)
def test_k11_karnofsky(ecog: int, low: float, high: float) -> None:
    assert evaluate_node(FACTS.performance.karnofsky, {"patient.ecog": ecog}) == (low, high)
