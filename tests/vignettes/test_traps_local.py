"""Traps of a naive implementation, by number: treatment of the liver, in whole plans."""

from __future__ import annotations

import pytest
from tests.vignettes.board import MIDGUT, conflict, evidence, option, outcomes, plan, states, texts, verdict

EMBOLISATIONS = ("embolisation.bland", "embolisation.chemo", "embolisation.drug_eluting")
SYMPTOMS = ("diarrhoea", "flushing", "wheeze", "hypoglycaemia", "abdominal_pain", "bulk")
SPHERES = ("radioembolisation.y90_resin", "radioembolisation.y90_glass", "radioembolisation.ho166")


def test_trap_24_the_drug_eluting_arm_was_stopped() -> None:
    """Beads carry the closed RETNET arm with them, no dose, and no evidence borrowed from liver cancer."""
    document = plan()
    beads = option(document, "embolisation.drug_eluting")
    assert any("closed by its safety board" in item["text"] for item in beads["cautions"])
    assert not [item for item in beads["regimen"].values() if item["unit"] == "mg"]
    assert "closed" in conflict(document, "d14_drug_eluting_beads")["RETNET"]


@pytest.mark.parametrize("name", [*EMBOLISATIONS, "ablation.thermal"])
def test_trap_24_the_bile_ducts_must_be_asked_about(name: str) -> None:
    """Not knowing of a Whipple operation or a stent leaves arterial and thermal treatment open."""
    reachable = {
        "liver__lesion_count": 2,
        "liver__largest_mm": 20,
        "liver__lobes": "one",
        "liver__burden_percent": 30,
    }
    assert verdict(plan(**reachable), name) in ("recommended", "option")
    unknown = plan(**reachable, liver__bilioenteric_anastomosis=None, patient__no_other_comorbidities=None)
    assert verdict(unknown, name) == "undetermined"
    asked = {need["fact"] for need in option(unknown, name)["needs"]}
    assert asked & {"liver.bilioenteric_anastomosis", "patient.comorbidities.previous_pancreatoduodenectomy"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"liver__burden_percent": 26}, "option"),
        ({"liver__burden_percent": 20}, "not_indicated"),
        ({"liver__burden_percent": 71}, "contraindicated"),
        ({"labs__bilirubin": {"value": 36, "unit": "umol/L"}}, "contraindicated"),
        ({"labs__albumin": {"value": 29, "unit": "g/L"}}, "contraindicated"),
        ({"labs__platelets": {"value": 50, "unit": "10*9/L"}}, "contraindicated"),
        ({"labs__inr": {"value": 1.6}}, "contraindicated"),
    ],
)
def test_trap_25_stable_disease_is_embolised_above_a_quarter_of_the_liver(
    change: dict, expected: str
) -> None:
    """RETNET took stable disease with a burden above 25 %, and had organ limits."""
    quiet = [{"name": name, "refractory_to_ssa": False} for name in SYMPTOMS]
    stable = plan(course__status="stable", course__diameter_change_percent=0, symptoms=quiet, **change)
    assert verdict(stable, "embolisation.bland") == expected


@pytest.mark.parametrize("name", SPHERES)
def test_trap_26_late_toxicity_of_whole_liver_treatment_is_shown(name: str) -> None:
    """Long survivors: cirrhosis-like change in 56.4 % after the whole liver, 26.7 % after one lobe."""
    both, one = plan(), plan(liver__lobes="one")
    assert (states(both, name)["radioembolisation.whole_liver"]) == "met"
    assert (states(one, name)["radioembolisation.whole_liver"]) == "not_met"
    warned = next(c for c in option(both, name)["criteria"] if c["id"] == "radioembolisation.whole_liver")
    assert "56.4 %" in warned["statement"]
    assert "26.7 %" in " ".join(conflict(both, "d13_radioembolisation").values())


def test_trap_27_the_activity_is_divided_by_one_minus_the_shunt() -> None:
    """A larger lung shunt asks for more glass activity per gray, by exactly 1/(1 - shunt)."""
    asked = {
        shunt: option(plan(liver__lung_shunt_fraction=shunt), "radioembolisation.y90_glass")["quantities"]
        | option(plan(liver__lung_shunt_fraction=shunt), "radioembolisation.y90_glass")["regimen"]
        for shunt in (0.02, 0.10)
    }
    per_gray = {shunt: items["activity per gray, whole liver"]["value"] for shunt, items in asked.items()}
    assert per_gray[0.10] / per_gray[0.02] == pytest.approx(0.98 / 0.90)
    assert per_gray[0.10] > 1.6 / 50


def test_trap_28_the_two_ratios_of_two_partition_models_are_told_apart() -> None:
    """Concentration ratio and lung shunt fraction are not Kao's activity ratio and tumour-to-lung shunt."""
    warned = next(
        i for i in option(plan(), "radioembolisation.y90_resin")["cautions"] if i["label"] == "models"
    )
    assert "activity ratio" in warned["text"] and "not the concentration ratio" in warned["text"]


def test_trap_29_the_lung_limit_counts_what_was_given_before() -> None:
    """30 Gy a session and 50 Gy in all: 35 Gy before leaves half, 50 Gy before leave nothing."""

    def largest(so_far: float) -> float:
        resin = option(plan(liver__lung_dose_so_far_gy=so_far), "radioembolisation.y90_resin")
        return {**resin["regimen"], **resin["quantities"]}["largest activity by lung dose"]["value"]

    assert largest(35) == pytest.approx(largest(0) / 2)
    assert largest(0) == pytest.approx(30 / 49.67 / 0.05, rel=1e-4)
    earlier = {"option": "radioembolisation.y90_resin", "start": "2024-09-01", "ongoing": False}
    for so_far, expected in ((49, "option"), (50, "contraindicated")):
        document = plan(treatments=[*MIDGUT["treatments"], earlier], liver__lung_dose_so_far_gy=so_far)
        assert verdict(document, "radioembolisation.y90_resin") == expected


def test_trap_29_glass_and_resin_doses_do_not_compare() -> None:
    """No resin dose target stands in the glass plan, and both say that the spheres differ."""
    document = plan()
    glass = option(document, "radioembolisation.y90_glass")
    assert not [
        item
        for item in (*glass["regimen"], *glass["quantities"])
        if item.startswith(("tumour dose", "normal"))
    ]
    for name in ("radioembolisation.y90_resin", "radioembolisation.y90_glass"):
        assert any("do not compare" in text for text in texts(option(document, name)["cautions"]))


def test_trap_42_radioembolisation_after_prrt_shows_its_own_study() -> None:
    """44 patients treated after PRRT: fatal radiation-induced liver disease in 2 %."""
    study = evidence(plan(), "radioembolisation.y90_resin", "tare_after_prrt")
    assert any(item["value"] == 2 for item in study["outcomes"])
    assert outcomes(study, "objective_response", "proportion")[0]["value"] == 16
