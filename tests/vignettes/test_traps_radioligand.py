"""Traps of a naive implementation, by number: radioligand therapy, in whole plans."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from tests.vignettes.board import MIDGUT, conflict, evidence, option, outcomes, plan, states, verdict

DOTATATE, EDOTREOTIDE = "prrt.lu177_dotatate", "prrt.lu177_edotreotide"


def caution(label: str) -> dict:
    """One caution of the DOTATATE option in the plan of the midgut case."""
    return next(item for item in option(plan(), DOTATATE)["cautions"] if item["label"] == label)


@pytest.mark.parametrize(
    ("platelets", "expected", "start", "below_trial"),
    [
        (60, "contraindicated", "met", "met"),
        (80, "recommended", "not_met", "met"),
        (100, "recommended", "not_met", "not_met"),
    ],
)
def test_trap_10_the_platelet_floor_differs_by_cycle(
    platelets: int, expected: str, start: str, below_trial: str
) -> None:
    """Below 75 no start; 75 to 100 is below what LUTIA asked of cycle 1 and enough for cycles 2 to 4."""
    document = plan(labs__platelets={"value": platelets, "unit": "10*9/L"})
    assert verdict(document, DOTATATE) == expected
    answers = states(document, DOTATATE)
    assert (answers["prrt.thrombocytopenia"], answers["prrt.platelets_below_trial"]) == (start, below_trial)
    later = next(
        i for i in option(document, DOTATATE)["monitoring"] if i["label"] == "platelets before cycles 2 to 4"
    )
    assert (later["value"], later["unit"]) == (75, "10*9/L")


def test_trap_10_lymphopenia_never_modifies() -> None:
    """Lymphocytes of 0.2 change neither the verdict nor one criterion of the option."""
    low = plan(labs__lymphocytes={"value": 0.2, "unit": "10*9/L"})
    assert (verdict(low, DOTATATE), states(low, DOTATATE)) == ("recommended", states(plan(), DOTATATE))
    assert "never change" in caution("lymphocytes")["text"]


def test_trap_11_one_long_acting_injection_between_two_cycles() -> None:
    """The analogue stops 4 weeks before and comes 4 to 24 h after: every 8 weeks in the course, then every 4."""
    regimen = option(plan(), DOTATATE)["regimen"]
    assert regimen["long-acting analogue before"]["value"] == 4
    assert (regimen["analogue after each cycle"]["low"], regimen["analogue after each cycle"]["high"]) == (
        4,
        24,
    )
    cycles = [date.fromisoformat(regimen[f"cycle {n}"]["value"]) for n in (2, 3, 4)]
    injections = [date.fromisoformat(regimen[f"analogue after cycle {n}"]["value"]) for n in (1, 2, 3)]
    for injection, following in zip(injections, cycles, strict=True):
        assert (following - injection).days >= 28
    assert {(b - a).days for a, b in pairwise(injections)} == {56}
    assert regimen["analogue after the last cycle"]["value"] == 4


def test_trap_12_the_two_radioligands_are_not_interchangeable() -> None:
    """Edotreotide is 7.5 GBq every 12 weeks, dotatate 7.4 GBq every 8 weeks."""
    document = plan()
    given = {
        name: tuple(
            option(document, name)["regimen"][item]["value"] for item in ("activity per cycle", "interval")
        )
        for name in (DOTATATE, EDOTREOTIDE)
    }
    assert given == {DOTATATE: (7.4, 8), EDOTREOTIDE: (7.5, 12)}
    first, second = (option(document, name)["regimen"] for name in (DOTATATE, EDOTREOTIDE))
    assert "must not be exchanged" in first["not interchangeable"]["text"]
    assert "LAR" not in second["analogue"]["text"]


def test_trap_12_compete_survival_is_not_significant_and_gut_response_does_not_differ() -> None:
    """COMPETE: survival 0.78 (0.53 to 1.15), response in gastroenteric tumours 6.0 against 5.0 %."""
    study = evidence(plan(), EDOTREOTIDE, "compete")
    (survival,) = outcomes(study, "overall_survival", "hazard_ratio")
    assert (survival["value"], survival["low"], survival["high"]) == (0.78, 0.53, 1.15)
    assert "not significant" in survival["note"]
    (response,) = outcomes(study, "objective_response_gastroenteric", "proportion")
    assert (response["value"], response["comparator_value"]) == (6.0, 5.0)


def test_trap_13_netter_1_survival_did_not_differ_significantly() -> None:
    """48.0 against 36.3 months is p 0.30 and is never shown without saying so."""
    study = evidence(plan(), DOTATATE, "netter_1")
    (median,) = outcomes(study, "overall_survival", "median")
    (p_value,) = outcomes(study, "overall_survival", "p_value")
    assert (median["value"], median["comparator_value"], p_value["value"]) == (48.0, 36.3, 0.30)
    results = [item for item in study["outcomes"] if item["endpoint"] == "overall_survival"]
    assert results and all("not significant" in item["note"] for item in results)
    assert "did not differ significantly" in study["caveat"]


def test_trap_42_treatments_before_and_after_interact() -> None:
    """Everolimus or chemotherapy before PRRT, and radioembolisation after it (fatal liver disease in 2 %)."""
    earlier = [
        *MIDGUT["treatments"],
        {"option": "chemo.captem", "start": "2024-01-01", "ongoing": False},
        {"option": "radioembolisation.y90_resin", "start": "2024-09-01", "ongoing": False},
    ]
    after = plan(treatments=earlier)
    for name in ("earlier_marrow_exposure", "earlier_alkylator", "earlier_radioembolisation"):
        assert states(after, DOTATATE)[f"prrt.{name}"] == "met"
        assert states(plan(), DOTATATE)[f"prrt.{name}"] == "not_met"
    sequence = [item["statement"] for item in option(plan(), DOTATATE)["sequence"]]
    assert any("fatal radioembolisation-induced liver disease in 2 %" in text for text in sequence)
    treated = plan(
        treatments=[*MIDGUT["treatments"], {"option": DOTATATE, "start": "2024-01-01", "cycles": 4}]
    )
    for name in ("radioembolisation.y90_resin", "radioembolisation.y90_glass"):
        assert states(treated, name)["radioembolisation.after_prrt"] == "met"
    pancreatic = plan(
        tumour__primary_site="pancreas",
        treatments=[*MIDGUT["treatments"], {"option": DOTATATE, "start": "2024-01-01", "cycles": 4}],
    )
    assert states(pancreatic, "chemo.captem")["chemotherapy.marrow_after_prrt"] == "met"


def test_trap_44_a_delay_of_16_weeks_is_a_stop_and_not_a_hold() -> None:
    """A toxicity delay of 16 weeks ends the treatment for good."""
    stop = caution("permanent stop, delay")
    assert (stop["value"], stop["unit"]) == (16, "wk")
    assert "ends the treatment" in stop["text"] and "not a hold" in stop["text"]


def test_trap_45_a_toxicity_grade_names_its_version() -> None:
    """CTCAE 6 moves the neutrophil bands by one grade: the plan asks for the version and shows both."""
    assert "version 6 moves the neutrophil bands" in caution("grading")["text"]
    running = plan(
        treatments=[*MIDGUT["treatments"], {"option": DOTATATE, "start": "2026-03-01", "ongoing": True}]
    )
    views = conflict(running, "d22_ctcae_neutrophils")
    assert "grade 3" in views["CTCAE 5"] and "grade 2" in views["CTCAE 6"]


def test_trap_47_the_marrow_dose_is_shown_and_vetoes_nothing() -> None:
    """Four standard cycles give a mean of 1.98 Gy and reach 2 Gy in part: the option stays recommended."""
    document = plan()
    shown = option(document, DOTATATE)["quantities"]
    assert shown["marrow dose"]["value"] == pytest.approx(1.98, abs=0.005)
    assert shown["marrow dose"]["high"] > shown["marrow limit"]["value"] == 2
    assert verdict(document, DOTATATE) == "recommended"
    vetoes = [c for c in option(document, DOTATATE)["criteria"] if c["kind"] in ("excludes", "caution")]
    assert not [c["id"] for c in vetoes if "marrow_dose" in c["id"] or "Gy" in c["statement"]]
    assert "not valid" in conflict(document, "d23_marrow_dose")["177Lu cohort"]


def test_trap_48_amino_acids_are_not_scaled_down() -> None:
    """With half the activity the amino acids stay at 25 g and 25 g."""
    assert caution("reduced activity")["value"] == pytest.approx(7.4 / 2)
    regimen = option(plan(), DOTATATE)["regimen"]
    assert "never reduced" in regimen["amino acids, never reduced"]["text"]
    assert regimen["amino acids"]["value"] == 25
    light = plan(patient__weight_kg=45, patient__height_cm=150)
    assert option(light, DOTATATE)["regimen"]["amino acids"] == regimen["amino acids"]
