"""Radioembolisation: lungs, liver, late toxicity and the numbers that follow from the facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.rows import evaluate_option

from nelm.guideline.therapy import Item, PatientView
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval
from nelm.therapies.radioembolisation.planning import proposal

Facts = dict[str, Any]
COMORBID = "patient.comorbidities"
RESIN, GLASS, HOLMIUM = (f"radioembolisation.{kind}" for kind in ("y90_resin", "y90_glass", "ho166"))
SUITABLE: Facts = {
    "tumour.mixed": False,
    "tumour.differentiation": "well",
    "liver.lesion_count": 12.0,
    "liver.resectable": "no",
    "liver.burden_percent": 30.0,
    "liver.lobes": "both",
    "liver.ascites": "none",
    "liver.encephalopathy": "none",
    "liver.lung_shunt_fraction": 0.05,
    "extrahepatic.any": False,
    "course.status": "progressing",
    "patient.sex": "male",
    "patient.age_years": 60.0,
    "patient.pregnant": False,
    "patient.ecog": 1.0,
    f"{COMORBID}.hepatic_artery_occlusion": False,
    "treatments.radioembolisation.received": False,
    "labs.bilirubin": 12.0,
    "labs.bilirubin.times_upper_limit": 0.6,
    "labs.neutrophils": 3.0,
    "labs.leukocytes": 5.0,
    "labs.platelets": 200.0,
    "labs.creatinine": 80.0,
    **{f"labs.{test}.times_upper_limit": 1.0 for test in ("alp", "ast", "alt")},
}


@pytest.mark.parametrize(
    ("option", "change", "expected"),
    [
        (RESIN, {}, "option"),
        (GLASS, {}, "option"),
        (HOLMIUM, {}, "option"),
        (RESIN, {"liver.lung_shunt_fraction": 0.25}, "contraindicated"),
        (RESIN, {"liver.lung_shunt_fraction": None}, "undetermined"),
        (GLASS, {"liver.lung_shunt_fraction": 0.25}, "option"),
        (RESIN, {"labs.bilirubin": 40.0}, "contraindicated"),
        (HOLMIUM, {"labs.bilirubin.times_upper_limit": 1.6}, "contraindicated"),
        (GLASS, {"liver.burden_percent": 75.0}, "contraindicated"),
        (GLASS, {"liver.portal_vein_thrombosis": "main"}, "option"),
        (RESIN, {"labs.neutrophils": 1.2}, "contraindicated"),
        (
            RESIN,
            {"treatments.radioembolisation.received": True, "liver.lung_dose_so_far_gy": 55.0},
            "contraindicated",
        ),
        (RESIN, {"treatments.radioembolisation.received": True}, "undetermined"),
    ],
)
def test_verdict(option: str, change: Facts, expected: str) -> None:
    assert evaluate_option(option, {**SUITABLE, **change})["verdict"] == expected


def test_trap_26_whole_liver_is_a_caution() -> None:
    states = evaluate_option(RESIN, SUITABLE)["states"]
    assert states["radioembolisation.whole_liver"] == "met"


def test_trap_42_radioembolisation_after_prrt_is_a_caution() -> None:
    states = evaluate_option(GLASS, {**SUITABLE, "treatments.prrt.received": True})["states"]
    assert states["radioembolisation.after_prrt"] == "met"


def lines(option: str, **values: Any) -> dict[str, Item]:
    """Quantities of an option by label, for facts given with `__` for the dot."""
    facts = {name.replace("__", "."): value for name, value in values.items()}
    plan = proposal(option, PatientView("case-1", date(2026, 5, 1), facts), load_knowledge())
    return {line.label: line for line in plan.quantities}


EXACT = Interval.exact


def test_resin_numbers_of_the_worked_patient() -> None:
    found = lines(
        RESIN,
        body__bsa_dubois=EXACT(1.82),
        liver__burden_percent=EXACT(20.0),
        liver__lung_shunt_fraction=EXACT(0.12),
        treatments__radioembolisation__received=False,
    )
    assert found["activity, whole liver"].value == pytest.approx(1.82)
    assert found["activity after lung shunt"].value == pytest.approx(1.456)
    assert found["lung dose"].value == pytest.approx(49.67 * 1.456 * 0.12)
    assert found["largest activity by lung dose"].value == pytest.approx(30 / (49.67 * 0.12))


def test_an_uncertain_shunt_gives_a_range() -> None:
    found = lines(
        RESIN,
        body__bsa_dubois=EXACT(1.82),
        liver__burden_percent=EXACT(20.0),
        liver__lung_shunt_fraction=Interval(0.08, 0.12),
    )
    kept = found["activity after lung shunt"]
    assert (kept.low, kept.high) == pytest.approx((1.456, 1.82))


def test_earlier_lung_dose_lowers_the_largest_activity() -> None:
    found = lines(
        GLASS,
        liver__lung_shunt_fraction=EXACT(0.1),
        liver__lung_dose_so_far_gy=EXACT(40.0),
        liver__volume_ml=EXACT(1500.0),
    )
    assert found["largest activity by lung dose"].value == pytest.approx(10 / 4.967)
    assert found["largest activity by label"].value == pytest.approx(6.1)
    per_gray = 1.5 / (50 * 0.9 * 0.9939)
    assert found["activity per gray, whole liver"].value == pytest.approx(per_gray)


def test_holmium_activity() -> None:
    assert lines(HOLMIUM, liver__volume_ml=EXACT(1800.0))["activity, whole liver"].value == pytest.approx(
        6804
    )


@pytest.mark.parametrize("option", [RESIN, GLASS, HOLMIUM])
def test_no_number_without_its_facts(option: str) -> None:
    computed = [line for line in lines(option).values() if line.facts]
    assert computed
    assert all(line.value is None and line.low is None for line in computed)
