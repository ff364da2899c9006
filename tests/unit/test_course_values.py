"""Values of a course that decide about a dose: protein in urine, low counts with an explanation, a delayed cycle."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.unit.test_following_course import (
    DATA,
    KNOWLEDGE,
    KNOWN,
    PRRT,
    chemistry,
    counts,
    course,
    followed,
    reviews,
    step,
)

from nelm.app.course import follow
from nelm.app.course.toxicity import explained_since
from nelm.errors import InputError
from nelm.followup.toxicity.dose_step import Action, Level
from nelm.followup.toxicity.marrow_watch import Verdict
from nelm.io.course_files import course_of

DAY = "2026-03-01"
BEGUN = "2026-02-01"
Document = dict[str, Any]


def given(option: str, amount: float | None = None) -> list[Document]:
    doses = [] if amount is None else [{"date": BEGUN, "amount": amount, "unit": "mg"}]
    return [{"option": option, "start": BEGUN, "doses": doses}]


def protein(value: object, unit: str = "g/(24.h)", day: str = DAY, upper: float | None = None) -> Document:
    found = {"test": "protein_urine_24h", "value": value, "unit": unit, "date": day}
    return found if upper is None else found | {"upper_limit": upper}


# ------------------------------------------------------------------------------------------- protein
@pytest.mark.parametrize(
    ("value", "unit", "action"),
    [(3.5, "g/(24.h)", Action.HOLD), (3500, "mg/d", Action.HOLD), (2.9, "g/(24.h)", Action.FIND_OUT)],
)
def test_three_grams_of_protein_hold_sunitinib(value: float, unit: str, action: Action) -> None:
    found = followed(DAY, treatments=given("targeted.sunitinib", 37.5), labs=[protein(value, unit)])
    made = step(found, "sunitinib").step
    assert made.action is action
    assert "protein in urine, over 24 hours where it is found" not in made.find_out


def test_a_protein_that_straddles_the_limit_is_asked_for() -> None:
    labs = [protein({"value": 3.0, "sd": 0.2})]
    found = followed(
        DAY, treatments=given("targeted.sunitinib", 37.5), labs=labs, reviews=reviews(DAY)
    )  # fmt: skip
    made = step(found, "sunitinib").step
    assert made.action is Action.FIND_OUT
    assert made.find_out == ("protein in urine, over 24 hours where it is found",)


def test_an_old_protein_does_not_speak_for_the_next_dose() -> None:
    labs = [protein(5.0, day="2026-02-10")]
    found = followed(
        DAY, treatments=given("targeted.sunitinib", 37.5), labs=labs, reviews=reviews("2026-02-20", DAY)
    )
    assert step(found, "sunitinib").step.action is Action.GIVE


def test_protein_of_grade_two_is_a_row_of_cabozantinib() -> None:
    treatments = given("targeted.cabozantinib", 60)
    high = step(followed(DAY, treatments=treatments, labs=[protein(1.5)]), "cabozantinib").step
    assert high.action in (Action.HOLD, Action.CONFIRM)
    low = step(followed(DAY, treatments=treatments, labs=[protein(0.9)]), "cabozantinib").step
    assert low.action is Action.FIND_OUT
    assert "the grade of protein in urine" not in low.find_out


@pytest.mark.parametrize(
    ("upper", "action"), [(0.15, Action.GIVE), (None, Action.FIND_OUT), (0.6, Action.GIVE)]
)
def test_mild_protein_lowers_streptozocin_once_the_limit_of_the_laboratory_is_known(
    upper: float | None, action: Action
) -> None:
    labs = [
        *counts(DAY), *chemistry(DAY), protein(0.5, upper=upper),
        {"test": "leukocytes", "value": 6, "unit": "10*9/L", "date": DAY},
    ]  # fmt: skip
    found = followed(DAY, treatments=given("chemo.stz_5fu"), labs=labs, reviews=reviews(DAY))
    made = step(found, "streptozocin").step
    assert made.action is action
    if upper == 0.15:
        assert made.dose is not None
        assert made.dose.amount == 375


def test_protein_is_graded_by_ctcae() -> None:
    found = followed(DAY, labs=[protein(0.1, upper=0.15), protein(4.0, day="2026-03-02")])
    found = followed("2026-03-02", labs=[protein(0.1, upper=0.15), protein(4.0, day="2026-03-02")])
    grades = [(one.grades[0].low, one.grades[0].high) for one in found.grades if "protein" in one.test]
    assert grades == [(0, 0), (3, 3)]


# -------------------------------------------------------------------------------------------- marrow
ENDED = [PRRT[0] | {"end": BEGUN}]
LOW = [*counts("2026-08-01", platelets=60), *counts("2027-06-01", platelets=50)]


def test_an_explained_low_count_asks_for_no_marrow() -> None:
    said = [{"date": "2027-06-10", "low_counts_explained": True}]
    assert followed("2027-06-20", treatments=ENDED, labs=LOW).marrow.verdict is Verdict.PERSISTENT
    found = followed("2027-06-20", treatments=ENDED, labs=LOW, reviews=said)
    assert found.marrow.verdict is Verdict.EXPLAINED
    assert found.marrow.options == ()


def test_an_explanation_from_before_the_counts_fell_does_not_count() -> None:
    said = [{"date": "2026-07-01", "low_counts_explained": True}]
    found = followed("2027-06-20", treatments=ENDED, labs=LOW, reviews=said)
    assert found.marrow.verdict is Verdict.PERSISTENT
    assert explained_since(found.course, None, date(2027, 6, 20)) is None


@pytest.mark.parametrize(
    ("explained", "action", "asked"),
    [(True, Action.GIVE, False), (False, Action.HOLD, False), (None, Action.FIND_OUT, True)],
)
def test_lasting_low_counts_hold_an_alkylator_until_they_are_explained(
    explained: bool | None, action: Action, asked: bool
) -> None:
    """Haemoglobin has been low since a radioligand course, and temozolomide was given a single time long ago."""
    treatments = [
        *ENDED,
        {"option": "chemo.temozolomide", "start": "2026-06-01", "cycles": [{"date": "2026-06-01"}]},
    ]
    low = [item for day in ("2026-08-01", "2027-06-01") for item in counts(day, haemoglobin=85)]
    review: Document = {"date": "2027-06-01", "no_other_toxicities": True}
    if explained is not None:
        review["low_counts_explained"] = explained
    found = followed("2027-06-01", treatments=treatments, labs=low, reviews=[review])
    made = step(found, "temozolomide").step
    assert made.action is action
    assert ("whether a low count lasts without explanation" in made.find_out) is asked


def test_new_counts_that_are_not_low_answer_for_the_marrow() -> None:
    treatments = [{"option": "chemo.temozolomide", "start": BEGUN, "cycles": [{"date": BEGUN}]}]
    found = step(followed(DAY, treatments=treatments, labs=counts(DAY)), "temozolomide").step
    assert "whether a low count lasts without explanation" not in found.find_out


# --------------------------------------------------------------------------------------------- delay
def held_and_recovered(on: date) -> Any:
    """Low platelets at the day on which the second cycle was due, recovered on another day."""
    recovered = on.isoformat()
    labs = [*chemistry("2026-01-20"), *counts("2026-03-28", platelets=60), *chemistry("2026-03-28"),
            *counts(recovered), *chemistry(recovered)]  # fmt: skip
    found = followed(recovered, treatments=PRRT, labs=labs, reviews=reviews("2026-03-30", recovered))
    return step(found, "177Lu-DOTATATE").step


DUE = date(2026, 2, 1) + timedelta(weeks=9)


def test_a_short_delay_is_counted_and_not_asked_for() -> None:
    made = held_and_recovered(date(2026, 4, 30))
    assert (made.action, made.level) == (Action.GIVE, Level.REDUCED)
    assert made.dose.amount == pytest.approx(3.7)


def test_a_delay_of_sixteen_weeks_ends_the_course() -> None:
    assert held_and_recovered(DUE + timedelta(weeks=16)).action is Action.STOP


def test_between_the_shortest_and_the_longest_interval_the_delay_is_asked_for() -> None:
    made = held_and_recovered(DUE + timedelta(weeks=15))
    assert made.action is Action.FIND_OUT
    assert any("delayed the cycle" in text for text in made.find_out)


def test_a_late_cycle_without_toxicity_is_no_delay() -> None:
    late = "2026-08-20"
    labs = [*chemistry("2026-01-20"), *counts(late), *chemistry(late)]
    found = followed(late, treatments=PRRT, labs=labs, reviews=reviews(late))
    assert step(found, "177Lu-DOTATATE").step.action is Action.GIVE


# -------------------------------------------------------------------------------------------- DPYD
CYCLES = ("2026-02-01", "2026-03-01", "2026-03-29")


@pytest.mark.parametrize(("dpyd", "advised", "dose"), [("partial", True, 375), ("normal", False, 750)])
def test_a_tolerated_half_dose_is_advised_to_be_raised_and_never_raised_by_itself(
    dpyd: str, advised: bool, dose: float
) -> None:
    """DPD-3: two cycles without any toxicity, before the third."""
    document = course(
        treatments=[{"option": "chemo.captem", "start": CYCLES[0], "cycles": [{"date": day} for day in CYCLES[:2]]}],
        labs=[item for day in CYCLES for item in (*counts(day), *chemistry(day))],
        reviews=reviews(*CYCLES),
    )  # fmt: skip
    document["case"]["tumour"]["dpyd"] = dpyd
    found = follow(course_of(document, DATA, KNOWN), on=date.fromisoformat(CYCLES[2]), knowledge=KNOWLEDGE)
    made = step(found, "capecitabine").step
    assert (made.action, made.dose.amount if made.dose else None) == (Action.GIVE, dose)
    told = [one for one in made.reasons if one.entry.id == "chemotherapy.fluoropyrimidine_titration"]
    assert bool(told) is advised
    assert all(one.is_checked for one in told)


# -------------------------------------------------------------------------------------- blood pressure
def pressed(drug: str, systolic: object, diastolic: object, **lists: Any) -> Any:
    option, amount = f"targeted.{drug}", {"sunitinib": 37.5, "cabozantinib": 60}[drug]
    taken = [{"date": DAY, "systolic_mmhg": systolic, "diastolic_mmhg": diastolic}]
    found = followed(
        DAY, treatments=given(option, amount), blood_pressure=taken, reviews=reviews(DAY), **lists
    )
    return step(found, drug).step


@pytest.mark.parametrize(
    ("systolic", "diastolic", "sunitinib", "cabozantinib"),
    [
        (118, 76, Action.GIVE, Action.GIVE),
        (139, 89, Action.GIVE, Action.GIVE),
        (140, 80, Action.GIVE, Action.FIND_OUT),
        (130, 99, Action.GIVE, Action.FIND_OUT),
        (160, 80, Action.HOLD, Action.HOLD),
        (130, 100, Action.HOLD, Action.HOLD),
        ({"value": 159, "sd": 3}, 80, Action.FIND_OUT, Action.FIND_OUT),
    ],
)
def test_a_measured_pressure_is_read_by_its_grade(
    systolic: object, diastolic: float, sunitinib: Action, cabozantinib: Action
) -> None:
    """From 160/100 on neither drug is given."""
    assert pressed("sunitinib", systolic, diastolic).action is sunitinib
    assert pressed("cabozantinib", systolic, diastolic).action is cabozantinib


@pytest.mark.parametrize(
    ("grade", "action"),
    [(1, Action.GIVE), (2, Action.FIND_OUT), (3, Action.HOLD), (4, Action.STOP), (None, Action.FIND_OUT)],
)
def test_hypertension_on_cabozantinib_is_read_by_its_grade(grade: int | None, action: Action) -> None:
    toxicity = {"date": DAY, "term": "Hypertension", "treatment": "targeted.cabozantinib"}
    toxicities = [toxicity | ({} if grade is None else {"grade": grade})]
    found = followed(
        DAY, treatments=given("targeted.cabozantinib", 60), toxicities=toxicities, reviews=reviews(DAY)
    )
    assert step(found, "cabozantinib").step.action is action


def test_a_pressure_that_is_upside_down_is_refused() -> None:
    with pytest.raises(InputError, match="diastolic"):
        pressed("sunitinib", 80, 120)


def test_a_blood_pressure_is_graded_by_its_numbers() -> None:
    taken = [{"date": DAY, "systolic_mmhg": 165, "diastolic_mmhg": 85}]
    (found,) = [one for one in followed(DAY, blood_pressure=taken).grades if one.day.isoformat() == DAY]
    assert (found.test, found.written) == ("blood_pressure", "165/85 mm[Hg]")
    assert (found.grades[0].low, found.grades[0].high) == (3, 4)
    assert {entry.status for entry in found.grades[0].entries} == {"verified"}
