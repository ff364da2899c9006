"""Radioligand therapy: verdicts at the limits, labels that differ, the calendar and doses that never veto."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.rows import evaluate_option

from nelm.guideline.therapy import Item, PatientView, Proposal
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval
from nelm.therapies.prrt import THERAPY

DOTATATE, EDOTREOTIDE = "prrt.lu177_dotatate", "prrt.lu177_edotreotide"
RETREATMENT, YTTRIUM = "prrt.retreatment", "prrt.y90"
AS_OF = date(2026, 5, 1)

NO_CONTRAINDICATION: dict[str, Any] = {
    "labs.haemoglobin": 125,
    "labs.platelets": 210,
    "labs.leukocytes": 5.5,
    "labs.bilirubin.times_upper_limit": 0.6,
    "labs.creatinine": 78,
    "patient.sex": "female",
    "patient.age_years": 61,
    "patient.weight_kg": 64,
    "patient.pregnant": False,
    "patient.breastfeeding": False,
    "patient.comorbidities.heart_failure_nyha_3_4": False,
    "patient.comorbidities.urinary_obstruction": False,
    "receptor_imaging.sstr.uptake": "above_liver",
    "receptor_imaging.sstr.extent": "all",
    "receptor_imaging.sstr.positive": True,
    "receptor_imaging.fdg.uptake": "none",
    "receptor_imaging.fdg.positive_sstr_negative_lesions": False,
}
MIDGUT: dict[str, Any] = {
    **NO_CONTRAINDICATION,
    "tumour.primary_site": "jejunum_ileum",
    "tumour.differentiation": "well",
    "tumour.mixed": False,
    "tumour.ki67_percent": 4,
    "liver.lesion_count": 3,
    "course.status": "progressing",
    "treatments.prrt.received": False,
    "treatments.ssa.received": True,
    "treatments.ssa.progressed_on": True,
}
AGAIN: dict[str, Any] = {
    **MIDGUT,
    "treatments.prrt.received": True,
    "treatments.prrt.ongoing": False,
    "treatments.prrt.progression_free_months": 20,
}


def _verdict(option: str, facts: dict[str, Any], **changed: Any) -> str:
    return evaluate_option(option, {**facts, **changed})["verdict"]


def _proposal(option: str, **values: Any) -> Proposal:
    return THERAPY.proposal(option, PatientView("case", AS_OF, values), load_knowledge())


def _named(items: tuple[Item, ...], label: str) -> Item:
    return next(line for line in items if line.label == label)


def test_midgut_tumour_after_an_analogue_is_recommended() -> None:
    """PRT-1, PRT-2, T-16, ASCO."""
    assert _verdict(DOTATATE, MIDGUT) == "recommended"


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("labs.platelets", 74),
        ("labs.haemoglobin", 79),
        ("labs.leukocytes", 1.9),
        ("labs.bilirubin.times_upper_limit", 3.5),
        ("receptor_imaging.sstr.extent", "some"),
        ("receptor_imaging.fdg.positive_sstr_negative_lesions", True),
        ("patient.pregnant", True),
        ("labs.creatinine", 190),
    ],
)
def test_checked_contraindications(fact: str, value: Any) -> None:
    """PRT-3, PRT-4, PRT-5, PRT-10, IMG-7: one is enough, whatever the hottest lesion shows (traps 8, 10)."""
    assert _verdict(DOTATATE, {**MIDGUT, fact: value}) == "contraindicated"


@pytest.mark.parametrize("name", ["heart_failure_nyha_3_4", "urinary_obstruction"])
def test_recalled_contraindications_hold_the_option(name: str) -> None:
    """PRT-10: neither asserted nor ignored."""
    assert _verdict(DOTATATE, {**MIDGUT, f"patient.comorbidities.{name}": True}) == "undetermined"


def test_clearance_and_not_the_estimated_rate_decides() -> None:
    """Trap 9: woman of 78 years, 48 kg, 0.9 mg/dL: clearance 39 fails although CKD-EPI is 65."""
    small = {"patient.age_years": 78, "patient.weight_kg": 48, "labs.creatinine": 0.9 * 88.4}
    found = evaluate_option(DOTATATE, {**MIDGUT, **small})
    assert found["verdict"] == "contraindicated"
    assert found["states"]["prrt.renal_reserve"] == "met"
    assert found["states"]["prrt.renal_failure"] == "not_met"


def test_low_lymphocytes_never_count() -> None:
    """Trap 10."""
    assert _verdict(DOTATATE, {**MIDGUT, "labs.lymphocytes": 0.2}) == "recommended"


@pytest.mark.parametrize("fact", ["labs.platelets", "labs.creatinine", "receptor_imaging.sstr.extent"])
def test_missing_facts_leave_it_undetermined(fact: str) -> None:
    """Unknown is never no."""
    facts = {name: value for name, value in MIDGUT.items() if name != fact}
    assert _verdict(DOTATATE, facts) == "undetermined"


def test_platelets_measured_across_the_limit() -> None:
    """A limit inside the interval leaves the criterion unknown."""
    assert _verdict(DOTATATE, {**MIDGUT, "labs.platelets": (70, 80)}) == "undetermined"


def test_stable_disease_is_an_option_by_the_american_label_only() -> None:
    """D1: licence without progression; the EU label and ASCO ask for it."""
    stable = {
        "course.status": "stable",
        "treatments.ssa.progressed_on": False,
        "treatments.ssa.ongoing": True,
    }
    assert _verdict(DOTATATE, {**MIDGUT, **stable}) == "option"


def test_first_line_g3_is_recommended_by_netter_2() -> None:
    """T-17."""
    first = {
        "tumour.ki67_percent": 30,
        "course.status": "new",
        "tumour.months_since_diagnosis": 2,
        **{f"treatments.{name}.received": False for name in ("ssa", "chemo", "targeted", "biotherapy")},
        "treatments.immunotherapy.received": False,
        "treatments.ssa.progressed_on": False,
        "treatments.ssa.ongoing": False,
    }
    assert _verdict(DOTATATE, {**MIDGUT, **first}) == "recommended"


def test_carcinoma_is_not_indicated() -> None:
    """PRT-10."""
    assert _verdict(DOTATATE, {**MIDGUT, "tumour.differentiation": "poor"}) == "not_indicated"


def test_lung_primary_has_no_label() -> None:
    """PRT-1: no position supports it."""
    assert _verdict(DOTATATE, {**MIDGUT, "tumour.primary_site": "lung"}) == "option"


@pytest.mark.parametrize("option", [EDOTREOTIDE, YTTRIUM])
def test_investigational_and_historic_agents_are_never_recommended(option: str) -> None:
    """T-18b and the agent card of 90Y-DOTATOC."""
    assert _verdict(option, MIDGUT) == "option"


def test_retreatment_needs_eighteen_months() -> None:
    """T-24; a finished course takes the first-course options away."""
    assert _verdict(RETREATMENT, AGAIN) == "option"
    assert _verdict(RETREATMENT, {**AGAIN, "treatments.prrt.progression_free_months": 12}) == "not_indicated"
    assert _verdict(DOTATATE, AGAIN) == "not_indicated"
    assert _verdict(RETREATMENT, MIDGUT) == "not_indicated"


def test_activity_and_interval_are_not_interchangeable() -> None:
    """Trap 12."""
    dotatate, edotreotide = _proposal(DOTATATE).regimen, _proposal(EDOTREOTIDE).regimen
    assert (_named(dotatate, "activity per cycle").value, _named(dotatate, "interval").value) == (7.4, 8)
    assert (_named(edotreotide, "activity per cycle").value, _named(edotreotide, "interval").value) == (
        7.5,
        12,
    )


def test_calendar_without_an_analogue_starts_on_the_day_of_the_board() -> None:
    """PRT-7: every 8 weeks."""
    regimen = _proposal(DOTATATE, **{"treatments.ssa.ongoing": False}).regimen
    days = [_named(regimen, f"cycle {number}").value for number in (1, 2, 3, 4)]
    assert days == ["2026-05-01", "2026-06-26", "2026-08-21", "2026-10-16"]


@pytest.mark.parametrize("ongoing", [True, None])
def test_calendar_on_an_analogue_waits_four_weeks(ongoing: bool | None) -> None:
    """PRT-6, trap 11: the day of the last injection is not a fact, and that is said."""
    regimen = _proposal(DOTATATE, **{"treatments.ssa.ongoing": ongoing}).regimen
    first = _named(regimen, "cycle 1")
    assert first.value == "2026-05-29"
    assert "not known" in first.text


def test_one_injection_between_two_cycles() -> None:
    """Trap 11: within 24 h after the cycle, none in the 4 weeks before the next, every 4 weeks only at the end."""
    regimen = _proposal(DOTATATE, **{"treatments.ssa.ongoing": False}).regimen
    after_first = _named(regimen, "analogue after cycle 1")
    assert after_first.value == "2026-05-02"
    assert "none after 2026-05-29" in after_first.text
    assert _named(regimen, "analogue goes on").value == "2026-11-14"


def test_kidney_and_marrow_dose_of_the_course_are_shown() -> None:
    """K-22, K-25, traps 46 and 47: 13.9 Gy at the published mean, marrow 1.98 Gy, no criterion of either kind."""
    quantities = _proposal(DOTATATE).quantities
    assert _named(quantities, "kidney dose, published mean").high == pytest.approx(13.9, abs=0.05)
    assert _named(quantities, "marrow dose").value == pytest.approx(1.98, abs=0.005)
    assert not [name for name in evaluate_option(DOTATATE, MIDGUT)["states"] if "marrow_dose" in name]


@pytest.mark.parametrize(("option", "mean_gy"), [(DOTATATE, 29.6 * 0.38), (EDOTREOTIDE, 30 * 0.37)])
def test_kidney_dose_is_a_projection_with_its_spread(option: str, mean_gy: float) -> None:
    """K-22: the mean of the population, the interval of 95 of 100 patients, and that it forbids nothing."""
    line = _named(_proposal(option).quantities, "kidney dose")
    assert line.value == pytest.approx(mean_gy, rel=0.003)
    assert line.low is not None and line.high is not None
    assert line.low < 5 and line.high > 23
    assert "not a measurement of this patient; it forbids nothing" in line.text


def test_limits_come_with_the_probability_of_exceeding_them() -> None:
    """The question turned round: cycles and activity that keep the limits, as a projection and no veto."""
    quantities = _proposal(DOTATATE).quantities
    external = _named(quantities, "kidney limit, external 5 %")
    assert (external.value, external.unit) == (23, "Gy")
    assert "exceeded with a probability of 3.6 %" in external.text
    assert (
        "restricts nothing" in external.text
        and "restricts nothing" in _named(quantities, "marrow limit").text
    )
    cycles, activity = (_named(quantities, f"{what} within the limits") for what in ("cycles", "activity"))
    assert cycles.value == 4
    assert activity.value == pytest.approx(8.6, abs=0.1)
    assert all("no dose to give" in line.text for line in (cycles, activity))
    assert all(line.status == "recalled" for line in (cycles, activity))


def test_the_answer_depends_on_the_population_that_is_believed() -> None:
    """Four populations side by side, the recalled one of the label among them."""
    line = _named(_proposal(DOTATATE).quantities, "kidney dose, other populations")
    for mean in ("0.38", "0.43", "0.57", "0.654"):
        assert f"{mean} Gy/GBq" in line.text
    assert line.status == "recalled"


@pytest.mark.parametrize(
    ("risk", "labels"),
    [
        (True, {"kidney BED limit, risk factors"}),
        (False, {"kidney BED limit, no risk factors"}),
        (None, {"kidney BED limit, risk factors", "kidney BED limit, no risk factors"}),
    ],
)
def test_kidney_limit_by_risk_factor(risk: bool | None, labels: set[str]) -> None:
    """K-23, K-26: both limits while the risk factors are unknown."""
    names = ("hypertension", "uncontrolled_hypertension", "diabetes")
    quantities = _proposal(DOTATATE, **{f"patient.comorbidities.{name}": risk for name in names}).quantities
    assert {line.label for line in quantities if "BED limit" in line.label} == labels


def test_cumulative_activity_of_a_retreatment() -> None:
    """T-24: 29.6 and 14.8 GBq are 44.4; an unknown earlier activity is named."""
    known = {"treatments.prrt.activity_gbq": Interval.exact(29.6)}
    assert _named(_proposal(RETREATMENT, **known).quantities, "cumulative activity").value == 44.4
    unknown = _named(_proposal(RETREATMENT).quantities, "cumulative activity")
    assert unknown.value is None
    assert "not known" in unknown.text


def test_readiness_names_what_is_missing() -> None:
    """PRT-4, PRT-12."""
    line = _named(_proposal(DOTATATE, **{"labs.platelets": Interval.exact(200)}).regimen, "before cycle 1")
    assert "platelets" not in line.text
    assert "creatinine clearance" in line.text


def test_long_delay_is_a_stop_and_amino_acids_stay() -> None:
    """Traps 44 and 48."""
    proposal = _proposal(DOTATATE)
    assert _named(proposal.cautions, "permanent stop, delay").value == 16
    assert "never reduced" in _named(proposal.regimen, "amino acids, never reduced").text


def test_yttrium_by_surface() -> None:
    """The agent card of 90Y-DOTATOC; without height and weight the text says so."""
    line = _named(_proposal(YTTRIUM, **{"body.bsa": Interval.exact(2.0)}).regimen, "activity by body surface")
    assert (line.low, line.high, line.unit) == (3.7, 7.4, "GBq")
    assert "not known" in _named(_proposal(YTTRIUM).regimen, "activity by body surface").text
