"""From a case to its facts: what is stated, what follows, what stays unknown."""

from __future__ import annotations

import math
from typing import Any

import pytest

from nelm.case import parse_case
from nelm.guideline.row import row_of
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval

HEAD = {"schema": "nelm.case/1", "id": "row", "as_of": "2026-05-01"}


def facts(**groups: Any) -> dict[str, Any]:
    return row_of(parse_case({**HEAD, **groups}, origin="row"), load_knowledge()).values


def test_an_empty_case_knows_nothing() -> None:
    assert facts() == {}


def test_listed_comorbidities_are_present_and_others_unknown_until_said() -> None:
    some = facts(patient={"comorbidities": ["diabetes"]})
    assert some["patient.comorbidities.diabetes"] is True
    assert "patient.comorbidities.dialysis" not in some
    closed = facts(patient={"comorbidities": ["diabetes"], "no_other_comorbidities": True})
    assert closed["patient.comorbidities.dialysis"] is False


def test_pregnancy_is_settled_by_sex_or_age_only() -> None:
    assert facts(patient={"sex": "male"})["patient.pregnant"] is False
    assert facts(patient={"sex": "female", "age_years": 61})["patient.pregnant"] is False
    assert "patient.pregnant" not in facts(patient={"sex": "female", "age_years": 40})


def test_the_highest_specimen_governs_and_the_worst_differentiation() -> None:
    specimens = [
        {"differentiation": "well", "ki67_percent": 4},
        {"differentiation": "poor", "ki67_percent": "<60", "mitoses_per_2mm2": 3},
    ]
    found = facts(tumour={"specimens": specimens})
    assert found["tumour.differentiation"] == "poor"
    assert found["tumour.ki67_percent"] == Interval(4.0, math.nextafter(60.0, 0.0))
    assert found["tumour.mitoses_per_2mm2"] == Interval.exact(3.0)


@pytest.mark.parametrize(
    ("poor", "well", "stated", "differentiation"),
    [
        ("2015-06", "2023-05-20", None, None),
        ("2015-06", "2023-05-20", "NEC", "poor"),
        ("2015-06", "2023-05-20", "G2", "well"),
        ("2023-05", "2023-05-20", None, "poor"),
        ("2023-06-01", "2023-05-20", None, "poor"),
        ("2015-06", None, None, "poor"),
    ],
)
def test_a_tumour_does_not_gain_differentiation(
    poor: str, well: str | None, stated: str | None, differentiation: str | None
) -> None:
    """An earlier carcinoma and a later NET contradict each other; days that overlap or are missing do not tell."""
    specimens = [{"date": poor, "differentiation": "poor"}, {"date": well, "differentiation": "well"}]
    found = facts(tumour={"specimens": specimens, "stated_grade": stated})
    assert found.get("tumour.differentiation") == differentiation


def test_at_least_so_many_lesions_is_open_above() -> None:
    found = facts(liver={"lesion_count": 2, "lesion_count_is_minimum": True})
    assert found["liver.lesion_count"] == Interval(2.0, math.inf)


def test_lesions_give_size_and_lobes_only_when_the_list_is_complete() -> None:
    lesions = [{"segments": [6], "diameter_mm": 20}, {"segments": [7], "diameter_mm": 31}]
    complete = facts(liver={"lesions": lesions, "lesion_count": 2})
    assert complete["liver.largest_mm"] == Interval.exact(31.0)
    assert complete["liver.lobes"] == "one" and complete["liver.two_adjacent_segments"] is True
    partial = facts(liver={"lesions": lesions})
    assert partial["liver.largest_mm"] == Interval(31.0, math.inf) and "liver.lobes" not in partial


def test_the_latest_laboratory_value_counts_and_words_bound_the_ratio() -> None:
    labs = [
        {"test": "platelets", "value": 60, "unit": "10*9/L", "date": "2026-01-01"},
        {"test": "platelets", "value": 150, "unit": "10*9/L", "date": "2026-04-01"},
        {"test": "bilirubin", "value": "normal"},
        {"test": "alt", "value": "raised"},
        {"test": "creatinine", "value": 1.0, "unit": "mg/dL", "upper_limit": 1.25},
    ]
    found = facts(labs=labs)
    assert found["labs.platelets"] == Interval.exact(150.0)
    assert found["labs.bilirubin.times_upper_limit"] == Interval(0.0, 1.0) and "labs.bilirubin" not in found
    assert found["labs.alt.times_upper_limit"].low > 1.0
    assert found["labs.creatinine"] == Interval.exact(88.4)
    assert math.isclose(found["labs.creatinine.times_upper_limit"].low, 0.8)


def test_a_class_of_treatment_leaves_its_members_unknown() -> None:
    found = facts(treatments=[{"option": "chemo.*", "progressed_on": True}], no_other_treatments=True)
    assert found["treatments.chemo.received"] is True and found["treatments.chemo.progressed_on"] is True
    assert "treatments.chemo.captem" not in found
    assert found["treatments.prrt.received"] is False


def test_earlier_treatment_is_unknown_unless_the_list_is_closed() -> None:
    assert "treatments.prrt.received" not in facts(treatments=[])


def test_extent_of_receptors_settles_the_mismatch_unless_imaging_says_otherwise() -> None:
    name = "receptor_imaging.fdg.positive_sstr_negative_lesions"
    every = {"sstr": {"uptake": "above_liver", "extent": "all"}}
    assert facts(receptor_imaging=every)[name] is False
    assert facts(receptor_imaging={**every, "fdg": {"positive_sstr_negative_lesions": 2}})[name] is True
    assert name not in facts(receptor_imaging={"sstr": {"uptake": "above_liver"}})


def test_a_symptom_of_grade_0_is_absent_and_a_range_from_0_is_open() -> None:
    graded = {"flushing": 0, "diarrhoea": 2, "wheeze": "0..1"}
    found = facts(symptoms=[{"name": name, "ctcae_grade": grade} for name, grade in graded.items()])
    assert found["symptoms.flushing"] is False and found["symptoms.diarrhoea"] is True
    assert "symptoms.wheeze" not in found
    assert facts(symptoms=[{"name": "flushing"}])["symptoms.flushing"] is True
