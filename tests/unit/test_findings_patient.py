"""Syndromes, receptors, growth, performance, transplantation and the list of findings."""

from __future__ import annotations

from typing import Any

import pytest
from tests.rows import evaluate_node

from nelm.case import parse_case
from nelm.guideline.findings.all import derived_facts
from nelm.guideline.findings.listing import reported
from nelm.guideline.specimens import specimen_grades
from nelm.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()
FACTS = derived_facts(KNOWLEDGE)
SYNDROMES, RECEPTORS, GROWTH = FACTS.syndromes, FACTS.receptors, FACTS.growth


@pytest.mark.parametrize(
    ("given", "functioning"),
    [
        ({}, None),
        ({"tumour.functioning": "functioning"}, True),
        ({"tumour.functioning": "non_functioning"}, False),
        ({"tumour.syndromes.insulinoma": True}, True),
        ({"labs.gastrin.times_upper_limit": 30}, None),
    ],
)
def test_functioning_is_a_syndrome_and_never_a_hormone(
    given: dict[str, Any], functioning: bool | None
) -> None:
    assert evaluate_node(SYNDROMES.functioning, given) is functioning


def test_uncontrolled_carcinoid_syndrome() -> None:
    carcinoid = {"tumour.syndromes.carcinoid": True}
    assert evaluate_node(
        SYNDROMES.carcinoid_uncontrolled, {**carcinoid, "symptoms.flushing.refractory_to_ssa": True}
    )
    assert evaluate_node(SYNDROMES.carcinoid_uncontrolled, carcinoid) is None
    none_left = {f"symptoms.{item}.refractory_to_ssa": False for item in ("diarrhoea", "flushing", "wheeze")}
    assert evaluate_node(SYNDROMES.carcinoid_uncontrolled, {**carcinoid, **none_left}) is False
    assert evaluate_node(SYNDROMES.carcinoid_uncontrolled, {"tumour.syndromes.carcinoid": False}) is False


FAST = {"labs.glucose": 3.0, "labs.insulin": 3, "labs.c_peptide": 0.2, "labs.proinsulin": 5}


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("insulinoma_hormone", FAST, True),
        ("insulinoma_hormone", {**FAST, "labs.glucose": 3.1}, False),
        ("insulinoma_hormone", {"labs.glucose": 2.5}, None),
        ("gastrinoma_hormone", {"labs.gastrin.times_upper_limit": 10.1}, True),
        ("gastrinoma_hormone", {"labs.gastrin.times_upper_limit": 10}, False),
        ("vipoma_hormone", {"labs.vip": 201 / 3.326}, True),
        ("vipoma_hormone", {"labs.vip": 200 / 3.326 - 0.01}, False),
        ("glucagonoma_hormone", {"labs.glucagon": 501 / 3.483}, True),
        ("glucagonoma_hormone", {"labs.glucagon": 100}, False),
        ("carcinoid_hormone", {"labs.hiaa_urine_24h.times_upper_limit": 1.1}, True),
        ("carcinoid_hormone", {"labs.hiaa_urine_24h.times_upper_limit": 1}, None),
    ],
)
def test_biochemistry_that_supports(name: str, given: dict[str, Any], expected: bool | None) -> None:
    assert evaluate_node(getattr(SYNDROMES, name), given) is expected


def test_a_normal_nt_probnp_spares_no_echocardiogram() -> None:
    carcinoid = {"tumour.syndromes.carcinoid": True}
    assert evaluate_node(SYNDROMES.heart_markers_raised, {**carcinoid, "labs.nt_probnp": 260}) is True
    assert evaluate_node(SYNDROMES.heart_markers_raised, {**carcinoid, "labs.nt_probnp": 50}) is None
    high = {**carcinoid, "labs.nt_probnp": 50, "labs.hiaa_urine_24h": 300}
    assert evaluate_node(SYNDROMES.heart_markers_raised, high) is True


SSTR, FDG = "receptor_imaging.sstr.uptake", "receptor_imaging.fdg.uptake"


@pytest.mark.parametrize(
    ("given", "grade"),
    [
        ({SSTR: "none", FDG: "none"}, "P0"),
        ({SSTR: "above_liver", FDG: "none"}, "P1"),
        ({SSTR: "none", FDG: "high"}, "P5"),
        ({SSTR: "above_liver", FDG: "high"}, None),
        ({SSTR: "above_liver", FDG: "high", "receptor_imaging.netpet": "P4a"}, "P4a"),
        ({"receptor_imaging.netpet": "P2"}, "P2"),
        ({SSTR: "below_liver", FDG: "none"}, None),
        ({SSTR: "below_liver", "receptor_imaging.sstr.positive": True, FDG: "none"}, "P1"),
    ],
)
def test_netpet_is_stated_or_follows_from_both_images(given: dict[str, Any], grade: str | None) -> None:
    assert evaluate_node(RECEPTORS.netpet, given) == grade


def test_receptors_by_uptake_or_by_the_word_of_the_report() -> None:
    assert evaluate_node(RECEPTORS.positive, {SSTR: "above_liver"}) is True
    assert evaluate_node(RECEPTORS.positive, {SSTR: "none"}) is False
    assert evaluate_node(RECEPTORS.positive, {"receptor_imaging.sstr.positive": True}) is True
    assert evaluate_node(RECEPTORS.at_least_liver, {SSTR: "below_liver"}) is False
    assert evaluate_node(RECEPTORS.at_least_liver, {"receptor_imaging.sstr.extent": "some"}) is True
    assert evaluate_node(RECEPTORS.at_least_liver, {"receptor_imaging.sstr.positive": True}) is None


def test_growth_carries_the_uncertainty_of_the_measurement() -> None:
    exact = {"course.interval_months": 3, "course.diameter_change_percent": 10}
    lowest, highest = evaluate_node(GROWTH.tumour_growth_rate, exact)
    assert lowest == pytest.approx(highest) == pytest.approx(10.0)
    inexact = {**exact, "course.diameter_change_percent": (-5, 5)}
    assert evaluate_node(GROWTH.fast_under_observation, inexact) is None
    assert evaluate_node(GROWTH.fast_under_observation, exact) is True
    assert (
        evaluate_node(GROWTH.fast_before_treatment, {**exact, "course.diameter_change_percent": 2}) is False
    )


@pytest.mark.parametrize("change", [-100, 0, 20])
def test_an_interval_of_no_length_gives_no_rate(change: float) -> None:
    given = {"course.interval_months": 0, "course.diameter_change_percent": change}
    assert evaluate_node(GROWTH.fast_under_observation, given) is None
    assert evaluate_node(GROWTH.fast_before_treatment, given) is None


def test_karnofsky_of_an_inexact_status() -> None:
    assert evaluate_node(FACTS.performance.karnofsky, {"patient.ecog": (0, 1)}) == (70, 100)
    assert evaluate_node(FACTS.performance.ecog, {"patient.ecog": 2}) == "2"
    assert evaluate_node(FACTS.performance.ecog, {"patient.ecog": (1, 2)}) is None


CANDIDATE = {
    "tumour.differentiation": "well", "tumour.mixed": False, "tumour.ki67_percent": 5, "tumour.mitoses_per_2mm2": 1,
    "tumour.primary_site": "jejunum_ileum", "tumour.primary_in_situ": False, "extrahepatic.any": False,
    "extrahepatic.bone": False, "extrahepatic.lung": False, "liver.burden_percent": 40, "course.status": "stable",
    "course.interval_months": 8, "patient.age_years": 50, "liver.lobes": "both", "liver.resectable": "no",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "milan", "later", "optn"),
    [
        ({}, True, True, True),
        ({"patient.age_years": 58}, False, True, True),
        ({"patient.age_years": 64}, False, False, True),
        ({"tumour.ki67_percent": 15}, True, False, True),
        ({"tumour.ki67_percent": 20}, True, False, False),
        ({"liver.burden_percent": 51}, False, False, False),
        ({"liver.burden_percent": 50}, True, True, True),
        ({"course.interval_months": 5}, False, False, False),
        ({"course.status": "progressing"}, False, False, False),
        ({"tumour.primary_in_situ": True}, False, False, False),
        ({"tumour.primary_site": "lung"}, False, False, False),
        ({"tumour.primary_site": "rectum"}, False, False, None),
        ({"tumour.primary_site": "stomach"}, None, None, None),
        ({"liver.resectable": "complete"}, True, True, False),
        ({"patient.age_years": None}, None, None, True),
    ],
)
def test_transplant_lists(
    change: dict[str, Any], milan: bool | None, later: bool | None, optn: bool | None
) -> None:
    lists, given = FACTS.transplant_criteria, {**CANDIDATE, **change}
    found = [evaluate_node(node, given) for node in (lists.milan_net, lists.milan_net_later, lists.optn)]
    assert found == [milan, later, optn]


def test_findings_have_unique_ids_sources_and_facts() -> None:
    findings = reported(FACTS, KNOWLEDGE)
    assert len({item.id for item in findings}) == len(findings)
    assert [item.id for item in findings if not item.sources or not item.facts] == []
    KNOWLEDGE.cite(key for item in findings for key in item.sources)


def test_the_grade_of_each_specimen_and_how_it_changed() -> None:
    specimens = [
        {"site": "other", "differentiation": "well", "ki67_percent": 30},
        {"date": "2025-06-01", "site": "liver", "differentiation": "well", "ki67_percent": 12},
        {
            "date": "2023",
            "site": "primary",
            "differentiation": "well",
            "ki67_percent": 2,
            "mitoses_per_2mm2": 1,
        },
        {"date": "2024-01", "site": "lymph_node", "ki67_percent": 2},
        {"date": "2026-01", "site": "liver", "differentiation": "poor"},
    ]
    tumour = {"primary_site": "pancreas", "specimens": specimens}
    case = parse_case({"schema": "nelm.case/1", "id": "a", "as_of": "2026-05-01", "tumour": tumour})
    found = [(item.place[-2], item.grade, item.change) for item in specimen_grades(case, KNOWLEDGE)]
    assert found == [
        ("2", "G1", None),
        ("3", None, None),
        ("1", "G2", "risen"),
        ("4", "NEC", "risen"),
        ("0", "G3", None),
    ]
    empty = parse_case({"schema": "nelm.case/1", "id": "a", "as_of": "2026-05-01"})
    assert specimen_grades(empty, KNOWLEDGE) == ()
