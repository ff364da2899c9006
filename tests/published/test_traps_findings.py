"""Traps of a naive implementation, each by its number: those that concern derived facts."""

from __future__ import annotations

import pytest
from tests.rows import evaluate_node

from nelm.guideline.facts import fact_specs
from nelm.guideline.findings.all import derived_facts
from nelm.guideline.findings.body import BodyKnowledge
from nelm.guideline.findings.grading import GradingKnowledge
from nelm.guideline.findings.listing import reported
from nelm.guideline.findings.liver_function import LiverFunctionKnowledge
from nelm.guideline.findings.meld import meld_na_2016
from nelm.guideline.findings.renal import RenalKnowledge
from nelm.guideline.findings.staging import StagingKnowledge
from nelm.guideline.logic import facts_of
from nelm.guideline.staging_tables import GEP_SITES, Depth, gut_t, nodes_n, stage_group
from nelm.knowledge import Status, load_knowledge
from nelm.therapies.surgery.remnant import kinetic_growth_rate

KNOWLEDGE = load_knowledge()
FACTS = derived_facts(KNOWLEDGE)
STAGING = KNOWLEDGE.record(StagingKnowledge, "staging")
WELL = {"tumour.differentiation": "well", "tumour.mixed": False, "tumour.primary_site": "pancreas"}


def grade(**counts: float) -> str | None:
    """Grade of a well-differentiated pancreatic tumour with these counts."""
    return evaluate_node(
        FACTS.grading.grade, {**WELL, **{f"tumour.{name}": value for name, value in counts.items()}}
    )


@pytest.mark.parametrize(
    ("ki67", "word"), [(2, "G1"), (2.5, "G1"), (3, "G2"), (20, "G2"), (20.1, "G3"), (80, "G3")]
)
def test_trap_01_boundaries_of_ki67(ki67: float, word: str) -> None:
    assert grade(ki67_percent=ki67) == word


@pytest.mark.parametrize(("mitoses", "word"), [(1, "G1"), (2, "G2"), (20, "G2"), (21, "G3")])
def test_trap_01_boundaries_of_mitoses(mitoses: float, word: str) -> None:
    assert grade(mitoses_per_2mm2=mitoses) == word


@pytest.mark.parametrize(
    ("ki67", "mitoses", "word"), [(10, 1, "G2"), (1, 10, "G2"), (25, 1, "G3"), (1, 25, "G3")]
)
def test_trap_02_the_higher_count_governs(ki67: float, mitoses: float, word: str) -> None:
    assert grade(ki67_percent=ki67, mitoses_per_2mm2=mitoses) == word


def test_trap_03_ki67_above_20_does_not_mean_carcinoma() -> None:
    assert grade(ki67_percent=70) == "G3"
    assert evaluate_node(FACTS.grading.grade, {"tumour.ki67_percent": 70, "tumour.mixed": False}) is None
    poor = {"tumour.differentiation": "poor", "tumour.mixed": False, "tumour.ki67_percent": 70}
    assert evaluate_node(FACTS.grading.grade, poor) == "NEC"


def test_trap_04_no_limit_of_55_percent_in_the_grade() -> None:
    known = KNOWLEDGE.record(GradingKnowledge, "grading")
    assert all(getattr(known, name).value != 55 for name in known.__dataclass_fields__)
    assert grade(ki67_percent=54) == grade(ki67_percent=56)


@pytest.mark.parametrize("site", GEP_SITES)
def test_trap_05_t1_with_nodes_not_assessed_is_stage_one_where_version_9_says_so(site: str) -> None:
    expected = "I" if site in ("stomach", "duodenum", "appendix", "colon", "rectum") else "not_grouped"
    given = {**WELL, "tumour.primary_site": site, "tumour.ki67_percent": 1, "tumour.tnm.t": "T1",
             "tumour.tnm.n": "NX", "tumour.tnm.m": "M0"}  # fmt: skip
    assert evaluate_node(FACTS.staging.stage, given) == expected
    assert stage_group(site=site, t="T1", n="NX", metastatic=False) == expected


def test_trap_05_chromogranin_a_is_part_of_no_finding() -> None:
    assert all("labs.chromogranin_a" not in finding.facts for finding in reported(FACTS, KNOWLEDGE))


@pytest.mark.parametrize(
    ("depth", "size_mm", "category"),
    [
        (Depth.SUBMUCOSA, 10, "T1"),
        (Depth.SUBMUCOSA, 10.1, "T2"),
        (Depth.MUSCULARIS, 5, "T2"),
        (Depth.SUBSEROSA, 5, "T3"),
        (Depth.SEROSA_OR_ORGANS, 5, "T4"),
    ],
)
def test_trap_06_jejunoileal_t1_needs_depth_and_size(depth: Depth, size_mm: float, category: str) -> None:
    assert gut_t(STAGING, depth=depth, size_mm=size_mm) == category


def test_trap_06_n2_exists_in_jejunum_and_ileum_alone() -> None:
    assert nodes_n(STAGING, site="jejunum_ileum", positive=11) == "N1"
    assert nodes_n(STAGING, site="jejunum_ileum", positive=12) == "N2"
    assert nodes_n(STAGING, site="jejunum_ileum", positive=0, mesenteric_mass_mm=20) == "N1"
    assert nodes_n(STAGING, site="jejunum_ileum", positive=0, mesenteric_mass_mm=20.1) == "N2"
    others = [site for site in GEP_SITES if site != "jejunum_ileum"]
    assert {nodes_n(STAGING, site=site, positive=30, mesenteric_mass_mm=50) for site in others} == {"N1"}
    assert {stage_group(site=site, t="T2", n="N2", metastatic=False) for site in others} == {"not_grouped"}


def test_trap_06_m1b_is_outside_the_liver_alone_and_distant_nodes_count() -> None:
    no_liver = {"liver.lesion_count": 0, "extrahepatic.any": True}
    assert evaluate_node(FACTS.staging.m, {**no_liver, "extrahepatic.bone": True}) == "M1b"
    nodes = {**no_liver, "extrahepatic.lymph_node": True, "tumour.tnm.n": "N0"}
    assert evaluate_node(FACTS.staging.m, nodes) == "M1b"
    with_liver = {"liver.lesion_count": 3, "extrahepatic.any": True, "extrahepatic.bone": True}
    assert evaluate_node(FACTS.staging.m, with_liver) == "M1c"
    assert evaluate_node(FACTS.staging.m, {"liver.lesion_count": 3, "extrahepatic.any": False}) == "M1a"


def test_trap_07_the_relation_to_liver_is_kept_and_no_krenning_digit() -> None:
    assert not [name for name in fact_specs() if "krenning" in name]
    assert not [item.id for item in reported(FACTS, KNOWLEDGE) if "krenning" in item.id]
    equal = {"receptor_imaging.sstr.uptake": "equal_liver"}
    assert evaluate_node(FACTS.receptors.at_least_liver, equal) is True
    assert evaluate_node(FACTS.receptors.above_liver, equal) is False
    hottest_only = {"receptor_imaging.sstr.uptake": "above_spleen"}
    assert evaluate_node(FACTS.receptors.all_lesions, hottest_only) is None


def test_trap_08_one_mismatched_lesion_outweighs_the_hottest() -> None:
    given = {"receptor_imaging.sstr.uptake": "above_spleen",
             "receptor_imaging.fdg.positive_sstr_negative_lesions": True}  # fmt: skip
    assert evaluate_node(FACTS.receptors.mismatch, given) is True
    assert {"P4a", "P4b"} <= set(FACTS.receptors.netpet.values)


def test_trap_09_the_label_asks_for_cockcroft_gault() -> None:
    given = {
        "patient.sex": "female",
        "patient.age_years": 78,
        "patient.weight_kg": 48,
        "labs.creatinine": 0.9 * 88.4,
    }
    clearance = evaluate_node(FACTS.renal.creatinine_clearance, given)
    rate = evaluate_node(FACTS.renal.filtration_rate, given)
    assert clearance[1] < 40 < rate[0]


def test_trap_30_the_remnant_is_divided_by_the_formula_and_passes_size_but_not_growth() -> None:
    given = {"patient.height_cm": 170, "patient.weight_kg": 70, "liver.volume_ml": 3000}
    share = {
        volume: evaluate_node(
            FACTS.body.standardised_remnant_percent, {**given, "liver.future_liver_remnant_ml": volume}
        )[0]
        for volume in (380, 500)
    }
    assert "liver.volume_ml" not in facts_of(FACTS.body.standardised_remnant_percent)
    assert share[500] > 30 and share[500] - share[380] > 7.5
    assert kinetic_growth_rate(before_percent=share[380], after_percent=share[500], weeks=4) < 2.0
    known = KNOWLEDGE.record(BodyKnowledge, "body")
    minima = (
        known.remnant_normal,
        known.remnant_normal_cautious,
        known.remnant_chemotherapy,
        known.remnant_cirrhosis,
    )
    assert [entry.value for entry in minima] == [20, 25, 30, 40]


def test_trap_31_albi_in_micromoles_and_grams_per_litre() -> None:
    given = {"labs.bilirubin": 17, "labs.albumin": 40}
    assert evaluate_node(FACTS.liver_function.albi_grade, given) == "2"
    slip = evaluate_node(FACTS.liver_function.albi, {"labs.bilirubin": 10, "labs.albumin": 4.2})
    assert round(slip[0], 3) == 0.303
    units = {name: fact_specs()[f"labs.{name}"].unit for name in ("bilirubin", "albumin")}
    assert units == {"bilirubin": "umol/L", "albumin": "g/L"}


def test_trap_32_the_two_melds_stop_at_different_creatinine() -> None:
    known = KNOWLEDGE.record(LiverFunctionKnowledge, "liver_function")
    assert (known.meld3_creatinine_cap.value, known.meld_creatinine_cap.value) == (3.0, 4.0)
    assert (known.meld3_female.value, known.meld3_bilirubin.value) == (1.33, 4.56)
    given = {
        "patient.sex": "male",
        "labs.albumin": 30,
        "labs.bilirubin": 60,
        "labs.inr": 1.5,
        "labs.sodium": 135,
    }
    at_cap, beyond = (
        evaluate_node(FACTS.liver_function.meld, {**given, "labs.creatinine": value * 88.4})
        for value in (3.0, 3.9)
    )
    assert at_cap == beyond
    rest = {"bilirubin_mg_dl": 3.5, "inr": 1.5, "sodium_mmol_l": 135}
    assert meld_na_2016(known, creatinine_mg_dl=3.9, **rest) > meld_na_2016(
        known, creatinine_mg_dl=3.0, **rest
    )


def test_trap_32_ckd_epi_exponent_is_that_of_2021() -> None:
    assert KNOWLEDGE.record(RenalKnowledge, "renal").ckd_epi_exponent.value == -1.200


def test_trap_33_the_growth_rate_is_of_volume() -> None:
    monthly = (1.008 ** (3 / 3) - 1) * 100
    given = {"course.interval_months": 3, "course.diameter_change_percent": (1.008 - 1) * 100}
    volume = evaluate_node(FACTS.growth.tumour_growth_rate, given)
    diameter = evaluate_node(FACTS.growth.diameter_growth_rate, given)
    assert volume[0] == pytest.approx(monthly, rel=1e-9)
    assert round(diameter[0], 2) == 0.27
    note = next(item.note for item in reported(FACTS, KNOWLEDGE) if item.id == "course.tumour_growth_rate")
    assert note is not None and "below the error of reading" in note


def test_trap_36_transplant_lists_differ_in_age_and_say_how_far_they_were_checked() -> None:
    lists = FACTS.transplant_criteria
    assert "patient.age_years" in facts_of(lists.milan_net)
    assert "patient.age_years" not in facts_of(lists.optn)
    assert lists.optn_status is Status.RECALLED
    age = next(part for part in lists.milan_parts if part.entry.id.endswith("milan_age"))
    assert [evaluate_node(age.statement, {"patient.age_years": years}) for years in (55, 56, 60)] == [
        True,
        False,
        False,
    ]


def test_trap_39_no_charlson_index_that_counts_the_tumour_itself() -> None:
    assert not [item.id for item in reported(FACTS, KNOWLEDGE) if "charlson" in item.id]
    assert not [name for name in fact_specs() if "charlson" in name]


def test_trap_46_child_pugh_is_given_with_both_albumin_limits() -> None:
    given = {"labs.albumin": 29, "labs.bilirubin": 17, "labs.inr": 1.0, "liver.ascites": "none",
             "liver.encephalopathy": "none"}  # fmt: skip
    one = evaluate_node(FACTS.liver_function.child_pugh_score, given)
    other = evaluate_node(FACTS.liver_function.child_pugh_score_alternative, given)
    assert other[0] - one[0] == 1
    ids = {item.id for item in reported(FACTS, KNOWLEDGE)}
    assert {"liver.child_pugh_class", "liver.child_pugh_class_alternative"} <= ids
