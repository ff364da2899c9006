"""What the record of a case says of the next cycle, of the calendar of a running course, and of eligibility."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.vignettes.board import MIDGUT, option, plan

from nelm.guideline.row.radioligand_course import kind_of
from nelm.guideline.therapy import PatientView
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval
from nelm.therapies.prrt.eligibility import eligibility, gauges
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.modification import Level
from nelm.therapies.prrt.running_course import possible_states
from nelm.therapies.prrt.toxicity import Toxicity

DOTATATE = "prrt.lu177_dotatate"
KNOWN = load_knowledge().record(PrrtKnowledge, "prrt")
CREATININE = {"test": "creatinine", "unit": "umol/L", "upper_limit": 90}
LABS = [lab for lab in MIDGUT["labs"] if lab["test"] != "creatinine"]
FATIGUE = {"term": "fatigue", "ctcae_grade": 1}
PLATELETS = {"term": "Platelet count decreased", "ctcae_grade": 3}


def running(platelets: float = 220, creatinine: float = 72, **treatment: Any) -> dict[str, Any]:
    """Regimen of the midgut patient after two full cycles; platelets [10*9/L], creatinine [umol/L]."""
    course = {"option": DOTATATE, "start": "2026-01-05", "ongoing": True, "cycles": 2, "activity_gbq": 14.8,
              "toxicities": [FATIGUE]}  # fmt: skip
    labs = [
        *(lab for lab in LABS if lab["test"] != "platelets"),
        {"test": "platelets", "value": platelets, "unit": "10*9/L", "date": "2026-04-28"},
        {**CREATININE, "value": 70, "date": "2026-01-02"},
        {**CREATININE, "value": creatinine, "date": "2026-04-28"},
    ]
    document = plan(treatments=[*MIDGUT["treatments"], {**course, **treatment}], labs=labs)
    return option(document, DOTATATE)["regimen"]


def text(**changed: Any) -> str:
    """The line on the next cycle."""
    return running(**changed)["next cycle"]["text"]


def test_there_is_no_line_before_a_course() -> None:
    assert "next cycle" not in option(plan(), DOTATATE)["regimen"]


def test_a_course_without_toxicity_goes_on() -> None:
    line = running()["next cycle"]
    assert (line["value"], line["unit"]) == (7.4, "GBq")
    assert line["text"].startswith("Give 7.4 GBq.")


def test_low_platelets_hold_the_next_cycle() -> None:
    """PRT-9: the first time, since all cycles so far were full."""
    line = running(platelets=60, toxicities=[PLATELETS, FATIGUE])["next cycle"]
    assert line["text"].startswith("Hold. Thrombocytopenia (platelets in 10*9/L 60).")
    assert (line["value"], line["sources"][0], line["status"]) == (None, "ajr2023_prrt", "verified")


def test_a_recorded_grade_stands_where_no_value_is_given() -> None:
    """`treatments[].toxicities` alone."""
    labs = [lab for lab in LABS if lab["test"] != "platelets"]
    course = {
        "option": DOTATATE,
        "ongoing": True,
        "cycles": 1,
        "activity_gbq": 7.4,
        "toxicities": [PLATELETS],
    }
    document = plan(treatments=[course], labs=labs)
    assert "Hold. Thrombocytopenia (grade 3)." in option(document, DOTATATE)["regimen"]["next cycle"]["text"]


def test_recovered_platelets_resume_at_half() -> None:
    """14.8 GBq in 2 cycles: none was reduced yet; weeks since the start bound the delay."""
    line = running(toxicities=[PLATELETS, FATIGUE])["next cycle"]
    assert (line["value"], line["unit"]) == (3.7, "GBq")
    assert "amino acids are never reduced" in line["text"]


def test_recovery_after_a_long_time_asks_for_the_delay() -> None:
    """Started 60 weeks ago, two cycles: the delay may have reached 16 weeks."""
    found = text(start="2025-03-01", toxicities=[PLATELETS, FATIGUE])
    assert found.startswith("Find out first:") and "16 or more end the course" in found


def test_low_platelets_after_a_reduced_cycle_stop_for_good() -> None:
    """7.4 and 3.7 GBq: one cycle was reduced."""
    found = text(platelets=60, activity_gbq=11.1, toxicities=[PLATELETS, FATIGUE])
    assert found.startswith("Stop for good.")


def test_without_the_activity_both_histories_are_shown() -> None:
    """On hold or already reduced: hold in one history, stop in the other."""
    found = text(platelets=60, activity_gbq=None, toxicities=[PLATELETS, FATIGUE])
    assert found.startswith("Find out first which toxicity has held a cycle before")
    assert "Hold." in found and "Stop for good." in found


def test_a_reduced_cycle_without_a_recorded_reason() -> None:
    """Any toxicity may have been the reason: low platelets are a return or are new."""
    assert text(activity_gbq=11.1).startswith("Give 7.4 GBq.")
    assert "Stop for good." in text(platelets=60, activity_gbq=11.1)


def test_creatinine_risen_by_40_percent_holds() -> None:
    """PRT-3: against the last creatinine before the first cycle, 70 umol/L."""
    assert text(creatinine=98).startswith("Hold. Kidney toxicity")
    assert text(creatinine=97).startswith("Give")


def test_lymphopenia_alone_never_counts() -> None:
    """Trap 10: named, and nothing changes."""
    found = running(toxicities=[{"term": "lymphocyte count decreased", "ctcae_grade": 4}, FATIGUE])[
        "next cycle"
    ]
    assert found["value"] == 7.4
    assert "never change" in found["text"]


def test_silence_about_other_reactions_is_asked_for() -> None:
    found = text(toxicities=[])
    assert found.startswith("Find out first: whether another adverse reaction")
    assert "If that is in order, 7.4 GBq" in found


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        ("platelets", "platelets"),
        ("Thrombocytopenia", "platelets"),
        ("anemia", "haemoglobin"),
        ("neutrophil count decreased", "neutrophils"),
        ("lymphopenia", "lymphocytes"),
        ("white blood cell decreased", ""),
        ("creatinine increased", "kidney"),
        ("blood bilirubin increased", "liver"),
        ("nausea", "other"),
    ],
)
def test_terms_of_toxicities(term: str, kind: str) -> None:
    assert kind_of(term) == kind


def test_a_recorded_kidney_toxicity_may_have_held_a_cycle() -> None:
    """Its rule asks for values and not for a grade, so both histories are possible."""
    view = PatientView("case", date(2026, 5, 1), {"treatments.prrt.toxicity.kidney": Interval.exact(2)})
    states = possible_states(view, KNOWN)
    assert {state.level for state in states} == {Level.FULL, Level.ON_HOLD, Level.REDUCED}
    assert {toxicity for state in states for toxicity in state.pending | state.had} == {Toxicity.KIDNEY}


def test_the_calendar_of_a_running_course_goes_on_with_the_third_cycle() -> None:
    regimen = running()
    assert [name for name in regimen if name.startswith("cycle ")] == ["cycle 3", "cycle 4"]
    assert "whose day is not a fact" in regimen["cycle 3"]["text"]
    assert "until 2027-07-05" in regimen["analogue goes on"]["text"]
    finished = running(cycles=4, activity_gbq=29.6)
    assert not [name for name in finished if name.startswith(("cycle ", "analogue after cycle"))]


def test_given_cycles_count_in_the_projection() -> None:
    course = {"option": DOTATATE, "ongoing": True, "cycles": 3, "activity_gbq": 22.2}
    shown = option(plan(treatments=[course]), DOTATATE)["quantities"]
    assert "7.4 GBq and the 22.2 GBq given" in shown["kidney dose"]["text"]
    assert shown["kidney dose"]["value"] == pytest.approx(29.6 * 0.38, rel=0.003)
    assert "further cycle" in shown["cycles within the limits"]["text"]
    unknown = option(plan(treatments=[{**course, "activity_gbq": None}]), DOTATATE)["quantities"]
    assert "not counted" in unknown["kidney dose"]["text"]
    done = option(plan(treatments=[{**course, "cycles": 4, "activity_gbq": 29.6}]), DOTATATE)["quantities"]
    assert "no further one" in done["projection"]["text"]


# ---------------------------------------------------------------------------------------- eligibility
def lines(**values: Any) -> dict[str, Any]:
    """The eligibility lines of a patient by their short label."""
    view = PatientView("case", date(2026, 5, 1), values)
    return {line.label.removeprefix("eligibility: "): line for line in eligibility(view, KNOWN)}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Interval.exact(90), "90 10*9/L: within the limit of 75 10*9/L by 15 10*9/L"),
        (Interval.exact(60), "60 10*9/L: beyond the limit of 75 10*9/L by 15 10*9/L"),
        (Interval(70, 80), "70 to 80 10*9/L: the limit of 75 10*9/L lies inside what is known"),
        (None, "Not known; to find out. Limit: at least 75 10*9/L"),
    ],
)
def test_distance_from_a_floor(value: Interval | None, words: str) -> None:
    """PRT-4."""
    line = lines(**({} if value is None else {"labs.platelets": value}))["platelets"]
    assert line.text.startswith(words)
    assert line.facts == ("labs.platelets",)


def test_distance_from_a_ceiling() -> None:
    """PRT-5: bilirubin and burden must not exceed."""
    found = lines(
        **{
            "labs.bilirubin.times_upper_limit": Interval.exact(3.5),
            "liver.burden_percent": Interval.exact(30),
        }
    )
    assert "beyond the limit of 3 by 0.5" in found["bilirubin, multiple of the upper limit"].text
    assert "within the limit of 75 % by 45 %" in found["share of the liver replaced"].text


def test_every_number_and_the_receptors_have_a_line() -> None:
    found = lines()
    assert len(found) == len(gauges(KNOWN)) + 1 == 8
    assert all("to find out" in line.text for line in found.values())
    seen = lines(**{"receptor_imaging.sstr.uptake": "above_liver", "receptors.at_least_liver": True})[
        "receptors"
    ]
    assert "above liver (reaches the liver)" in seen.text
