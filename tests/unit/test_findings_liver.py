"""Liver function, body, burden and pattern as derived facts, with unknown and inexact facts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.rows import evaluate_node

from nelm.guideline.findings.all import derived_facts
from nelm.knowledge import load_knowledge

FACTS = derived_facts(load_knowledge())
LIVER, BODY, BURDEN = FACTS.liver_function, FACTS.body, FACTS.burden
NORMAL = {"labs.albumin": 42, "labs.bilirubin": 10, "labs.inr": 1.0, "liver.ascites": "none"}


def test_child_pugh_of_unknown_parts_is_the_range_that_is_still_possible() -> None:
    assert evaluate_node(LIVER.child_pugh_score, {}) == (5, 15)
    assert evaluate_node(LIVER.child_pugh_score, NORMAL) == (5, 7)
    assert evaluate_node(LIVER.child_pugh, NORMAL) is None
    assert evaluate_node(LIVER.child_pugh.is_in("A", "B"), NORMAL) is True
    assert evaluate_node(LIVER.child_pugh.is_("C"), NORMAL) is False


def test_child_pugh_of_an_inexact_value() -> None:
    given = {**NORMAL, "liver.encephalopathy": "none", "labs.albumin": (27, 36)}
    assert evaluate_node(LIVER.child_pugh_score, given) == (5, 7)
    given["labs.albumin"] = (29, 34)
    assert evaluate_node(LIVER.child_pugh_score, given) == (6, 6)
    assert evaluate_node(LIVER.child_pugh_score_alternative, given) == (6, 7)


def test_albi_needs_both_values_and_carries_their_ranges() -> None:
    assert evaluate_node(LIVER.albi_grade, {"labs.albumin": 42}) is None
    assert evaluate_node(LIVER.albi_grade, {"labs.albumin": (41, 45), "labs.bilirubin": (5, 10)}) == "1"
    assert evaluate_node(LIVER.albi_grade, {"labs.albumin": (35, 45), "labs.bilirubin": 10}) is None


def test_meld_without_sex_is_a_range() -> None:
    given = {"labs.albumin": 25, "labs.creatinine": 1.9 * 88.4, "labs.bilirubin": 71.82, "labs.inr": 1.8,
             "labs.sodium": 129}  # fmt: skip
    lowest, highest = evaluate_node(LIVER.meld, given)
    assert highest - lowest == pytest.approx(1.33)


@pytest.mark.parametrize(
    ("percent", "word"),
    [(0, "none"), (0.5, "below_10"), (9.9, "below_10"), (10, "10_25"), (25, "10_25"), (25.1, "25_50"),
     (50, "25_50"), (51, "50_75"), (75, "50_75"), (76, "above_75"), ((20, 30), None)],
)  # fmt: skip
def test_burden_bins(percent: Any, word: str | None) -> None:
    assert evaluate_node(BURDEN.burden_class, {"liver.burden_percent": percent}) == word


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"liver.lesion_count": 0}, None),
        ({"liver.lesion_count": 0, "liver.lobes": "one"}, "none"),
        ({"liver.lesion_count": 1, "liver.lobes": "one"}, "I"),
        ({"liver.lobes": "both"}, "II_or_III"),
        ({"liver.lesion_count": 4, "liver.lobes": "one"}, "several_in_one_lobe"),
        ({"liver.lesion_count": (3, float("inf"))}, None),
    ],
)
def test_frilling(given: dict[str, Any], word: str | None) -> None:
    assert evaluate_node(BURDEN.frilling, given) == word


APART = {"liver.lobes": "both", "liver.two_adjacent_segments": False}


@pytest.mark.parametrize(
    ("given", "pattern", "debulking"),
    [
        ({"liver.lobes": "one"}, "simple", None),
        ({"liver.lobes": "both", "liver.two_adjacent_segments": True}, "simple", None),
        (
            {**APART, "liver.resectable": "complete"},
            "complex",
            "1",
        ),
        (
            {**APART, "liver.resectable": "debulking_70"},
            "diffuse",
            "2",
        ),
        (
            {**APART, "liver.resectable": "no"},
            "diffuse",
            "3",
        ),
        ({"liver.lobes": "both"}, None, None),
    ],
)
def test_patterns_that_rest_on_the_surgeons_word(
    given: dict[str, Any], pattern: str | None, debulking: str | None
) -> None:
    assert evaluate_node(BURDEN.enets_pattern, given) == pattern
    assert evaluate_node(BURDEN.debulking_type, given) == debulking


def test_high_burden_is_shown_ruled_out_or_open() -> None:
    volume, hormonal = ("bulk", "abdominal_pain", "bowel_obstruction"), ("diarrhoea", "flushing", "wheeze")
    nothing = {
        "labs.alp.times_upper_limit": 1,
        "extrahepatic.bone": False,
        "extrahepatic.peritoneum": False,
        **{f"symptoms.{item}": False for item in volume},
        **{f"symptoms.{item}.refractory_to_ssa": False for item in hormonal},
    }
    assert evaluate_node(BURDEN.high, {"liver.largest_mm": 41}) is True
    assert evaluate_node(BURDEN.high, {**nothing, "liver.largest_mm": 20, "liver.lesion_count": 9}) is False
    assert evaluate_node(BURDEN.high, {**nothing, "liver.largest_mm": 30, "liver.lesion_count": 1}) is False
    assert evaluate_node(BURDEN.high, {**nothing, "liver.largest_mm": 30, "liver.lesion_count": 9}) is None


SIZE = {"patient.height_cm": 170, "patient.weight_kg": 70}


@pytest.mark.parametrize(
    ("remnant_ml", "parenchyma", "least", "cautious"),
    [(330, "normal", True, False), (400, "normal", True, True), (400, "chemotherapy", False, False),
     (500, "chemotherapy", True, True), (500, "cirrhosis", False, False), (650, "cirrhosis", True, True),
     (400, "steatosis", None, None), (650, "steatosis", True, True), (650, None, True, True),
     (250, None, False, False), (400, None, None, None)],
)  # fmt: skip
def test_the_remnant_is_judged_by_the_parenchyma(
    remnant_ml: float, parenchyma: str | None, least: bool | None, cautious: bool | None
) -> None:
    given = {**SIZE, "liver.future_liver_remnant_ml": remnant_ml, "liver.parenchyma": parenchyma}
    assert evaluate_node(BODY.remnant_sufficient, given) is least
    assert evaluate_node(BODY.remnant_sufficient_cautious, given) is cautious


def test_a_small_child_has_no_formula_volume_to_divide_by() -> None:
    given = {"patient.height_cm": 60, "patient.weight_kg": 6, "liver.future_liver_remnant_ml": 100}
    assert evaluate_node(BODY.remnant_sufficient, given | {"liver.parenchyma": "normal"}) is None
