"""The surveillance calendar: intervals and plans by grade, treatment and syndrome, and what has passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nelm.errors import InputError
from nelm.followup.due import Due, Examination, Standing, span_after
from nelm.followup.heart import HeartSigns
from nelm.followup.surveillance import (
    GRADES,
    Radioligand,
    Situation,
    SurveillanceCalendar,
    calendar_knowledge,
    surveillance_calendar,
)
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval, months_after

KNOWN = calendar_knowledge(load_knowledge())
DAY = date(2026, 5, 1)
LAST = date(2026, 3, 31)
IMAGING = Examination.IMAGING
exact = Interval.exact
SETTLED = Situation(
    day=DAY,
    grade="G1",
    watched_since=date(2024, 1, 10),
    is_stable=True,
    analogue=False,
    heart=HeartSigns(carcinoid_syndrome=False),
    last={IMAGING: LAST},
)
"""A stable G1 without syndrome or treatment: imaging alone, nothing unknown."""


def calendar(**changed: object) -> SurveillanceCalendar:
    return surveillance_calendar(replace(SETTLED, **changed), KNOWN)  # type: ignore[arg-type]


def of(found: SurveillanceCalendar, examination: Examination) -> list[Due]:
    return [item for item in found.due if item.examination is examination]


# -------------------------------------------------------------------------------------------- imaging
@pytest.mark.parametrize(
    ("changed", "months", "status"),
    [
        ({}, (6, 12), "verified"),
        ({"watched_since": date(2025, 8, 1)}, (3, 6), "verified"),
        ({"is_stable": False}, (3, 6), "verified"),
        ({"grade": "G2", "ki67_percent": exact(5)}, (6, 12), "verified"),
        ({"grade": "G2", "ki67_percent": exact(10)}, (3, 6), "recalled"),
        ({"grade": "G3"}, (2, 3), "recalled"),
        ({"grade": "NEC"}, (2, 3), "recalled"),
        ({"grade": "MiNEN"}, (2, 3), "recalled"),
    ],
)
def test_the_interval_of_imaging(changed: dict[str, object], months: tuple[int, int], status: str) -> None:
    """RSP-12."""
    found = calendar(**changed)
    (item,) = found.due
    assert (item.earliest, item.latest) == tuple(months_after(LAST, month) for month in months)
    assert (item.examination, item.status.value, found.unknown) == (IMAGING, status, ())


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({"is_stable": None}, "stable"),
        ({"watched_since": None}, "since when"),
        ({"grade": "G2", "ki67_percent": None}, "Ki-67"),
        ({"grade": "G2", "ki67_percent": Interval(8, 12)}, "Ki-67"),
    ],
)
def test_what_is_not_known_gives_the_shorter_interval_and_a_question(
    changed: dict[str, object], asked: str
) -> None:
    found = calendar(**changed)
    assert found.due[0].latest == months_after(LAST, 6)
    assert asked in " ".join(found.unknown)


def test_without_a_grade_there_is_no_interval() -> None:
    found = calendar(grade=None)
    assert found.due == () and "grade" in found.unknown[0]


def test_where_the_last_imaging_is_not_known_it_is_due_and_not_overdue() -> None:
    (item,) = calendar(last={}).due
    assert (item.earliest, item.latest, item.standing(date(2027, 1, 1))) == (DAY, DAY, Standing.NOT_KNOWN)


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2026, 9, 29), Standing.TO_COME),
        (date(2026, 9, 30), Standing.DUE),
        (date(2027, 3, 31), Standing.DUE),
        (date(2027, 4, 1), Standing.OVERDUE),
    ],
)
def test_where_an_examination_stands(day: date, standing: Standing) -> None:
    assert calendar().due[0].standing(day) is standing


# ------------------------------------------------------------------------------------------ resection
def test_ten_years_and_more_after_a_radical_resection() -> None:
    """RSP-12 as recalled beside the plan that was read: 6 months, 1, 2, 3, 4, 5, 7, 9 and 12 years."""
    operated = date(2026, 4, 1)
    found = surveillance_calendar(
        replace(SETTLED, resected_on=operated, last={}), KNOWN, horizon_months=12 * 15
    )
    middles = [item.earliest + (item.latest - item.earliest) / 2 for item in of(found, IMAGING)]
    assert middles == [months_after(operated, m) for m in (6, 12, 24, 36, 48, 60, 84, 108, 144)]
    assert any("10 years or more" in remark.text for remark in found.remarks)
    carcinoma = surveillance_calendar(
        replace(SETTLED, resected_on=operated, grade="NEC", last={}), KNOWN, horizon_months=12 * 15
    )
    assert len(of(carcinoma, IMAGING)) == 9
    assert carcinoma.due[-1].latest < months_after(operated, 62)


def test_of_missed_dates_only_the_latest_is_asked_for() -> None:
    found = calendar(resected_on=date(2023, 1, 1), last={IMAGING: date(2023, 7, 5)})
    overdue = [item for item in found.due if item.standing(DAY) is Standing.OVERDUE]
    assert [item.latest for item in overdue] == [date(2026, 1, 31)]
    kept = calendar(resected_on=date(2023, 1, 1), last={IMAGING: date(2026, 1, 3)})
    assert [item.standing(DAY) for item in kept.due] == [Standing.TO_COME, Standing.TO_COME]


def test_the_next_date_is_given_though_it_lies_beyond_the_horizon() -> None:
    situation = replace(SETTLED, resected_on=date(2018, 5, 1), last={IMAGING: date(2025, 5, 1)})
    (item,) = surveillance_calendar(situation, KNOWN, horizon_months=6).due
    assert item.earliest > months_after(DAY, 6)


def test_after_the_last_date_nothing_is_due() -> None:
    assert calendar(resected_on=date(2010, 1, 1), last={IMAGING: date(2022, 1, 1)}).due == ()


# ------------------------------------------------------------------------------------------ treatment
def test_an_analogue_asks_for_gall_bladder_glucose_thyroid_and_b12() -> None:
    found = calendar(analogue=True)
    asked = {item.examination: item for item in found.due if item.examination is not IMAGING}
    assert set(asked) == {
        Examination.GALL_BLADDER,
        Examination.GLUCOSE,
        Examination.THYROID,
        Examination.VITAMIN_B12,
    }
    done = calendar(analogue=True, last={Examination.GALL_BLADDER: date(2026, 2, 28)})
    assert of(done, Examination.GALL_BLADDER)[0].latest == date(2026, 8, 28)
    assert of(done, Examination.GALL_BLADDER)[0].status.value == "verified"
    assert of(done, Examination.THYROID)[0].status.value == "computed"
    assert "analogue" in calendar(analogue=None).unknown[0]


def test_blood_and_kidney_between_two_cycles() -> None:
    cycle = date(2026, 4, 10)
    found = calendar(radioligand=Radioligand(cycle, goes_on=True))
    for examination in (Examination.BLOOD_COUNT, Examination.KIDNEY):
        (item,) = of(found, examination)
        assert (item.earliest, item.latest) == (cycle + timedelta(weeks=4), cycle + timedelta(weeks=6))
    early = {Examination.BLOOD_COUNT: date(2026, 4, 20)}
    assert of(calendar(radioligand=Radioligand(cycle, goes_on=True), last=early), Examination.BLOOD_COUNT)


def test_blood_and_kidney_after_the_last_cycle() -> None:
    """1, 3, 6 and 12 months, then every year; the first two windows do not meet."""
    cycle = date(2026, 4, 20)
    found = calendar(radioligand=Radioligand(cycle, goes_on=False))
    blood = of(found, Examination.BLOOD_COUNT)
    assert [item.earliest + (item.latest - item.earliest) / 2 for item in blood] == [
        months_after(cycle, month) for month in (1, 3, 6, 12)
    ]
    assert all(one.latest < two.earliest for one, two in pairwise(blood))
    assert blood[0].earliest > cycle
    assert len(of(found, Examination.KIDNEY)) == 4
    assert any("yelodysplasia" in remark.text for remark in found.remarks)


def test_every_year_once_the_plan_is_kept() -> None:
    course = Radioligand(date(2021, 1, 1), goes_on=False)
    tested = date(2025, 6, 1)
    found = calendar(radioligand=course, last={Examination.BLOOD_COUNT: tested})
    (blood,) = of(found, Examination.BLOOD_COUNT)
    assert blood.latest == date(2026, 6, 1)
    (kidney,) = of(found, Examination.KIDNEY)
    assert kidney.standing(DAY) is Standing.OVERDUE


def test_whether_a_course_goes_on_is_asked() -> None:
    found = calendar(radioligand=Radioligand(date(2026, 4, 1), goes_on=None))
    assert any("further cycles" in text for text in found.unknown)
    assert of(found, Examination.BLOOD_COUNT)
    assert any("progression" in remark.text for remark in found.remarks)


# ------------------------------------------------------------------------------------------- syndrome
def test_a_carcinoid_syndrome_adds_the_watch_over_the_heart() -> None:
    found = calendar(heart=HeartSigns(carcinoid_syndrome=True))
    assert {Examination.ECHOCARDIOGRAPHY, Examination.NT_PROBNP, Examination.HIAA} <= {
        item.examination for item in found.due
    }
    assert any("carcinoid" in text for text in calendar(heart=HeartSigns()).unknown)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match="grade"):
        calendar(grade="G4")
    with pytest.raises(InputError, match="resection"):
        calendar(resected_on=date(2026, 5, 2))
    with pytest.raises(InputError, match="CT or MRI"):
        calendar(last={IMAGING: date(2027, 1, 1)})
    with pytest.raises(InputError):
        Due(IMAGING, DAY, DAY - timedelta(days=1), DAY, "", ())
    with pytest.raises(TypeError, match="interval"):
        span_after(DAY, KNOWN.course.durable_fall)


# ----------------------------------------------------------------------------------------- properties
before = st.dates(date(2015, 1, 1), DAY)
situations = st.builds(
    Situation,
    day=st.just(DAY),
    grade=st.sampled_from((*GRADES, None)),
    ki67_percent=st.sampled_from((None, exact(2), exact(15), Interval(5, 30))),
    watched_since=st.none() | before,
    is_stable=st.sampled_from((True, False, None)),
    resected_on=st.none() | before,
    analogue=st.sampled_from((True, False, None)),
    radioligand=st.none() | st.builds(Radioligand, before, st.sampled_from((True, False, None))),
    heart=st.builds(HeartSigns, carcinoid_syndrome=st.sampled_from((True, False, None))),
    last=st.dictionaries(st.sampled_from(list(Examination)), before),
)


@settings(deadline=None, max_examples=150)
@given(situations)
def test_every_calendar_is_in_order_and_cited(situation: Situation) -> None:
    found = surveillance_calendar(situation, KNOWN)
    assert list(found.due) == sorted(found.due, key=lambda item: (item.latest, item.examination))
    assert found == surveillance_calendar(situation, KNOWN)
    for item in found.due:
        assert item.reason and item.sources and item.entries
        assert (item.standing(DAY) is Standing.NOT_KNOWN) is (item.counted_from is None)
    for examination in Examination:
        passed = [item for item in of(found, examination) if item.standing(DAY) is Standing.OVERDUE]
        assert len(passed) <= 1


@settings(deadline=None, max_examples=150)
@given(situations, st.sampled_from(list(Examination)))
def test_an_examination_made_today_is_due_no_longer(situation: Situation, examination: Examination) -> None:
    done = replace(situation, last={**situation.last, examination: DAY})
    found = surveillance_calendar(done, KNOWN)
    assert all(
        item.standing(DAY) in (Standing.TO_COME, Standing.DUE) and item.latest > DAY
        for item in of(found, examination)
    )


@settings(deadline=None, max_examples=100)
@given(situations, st.sampled_from((exact(2), exact(15))), st.sampled_from((True, False)))
def test_knowing_less_never_puts_imaging_off(situation: Situation, ki67: Interval, stable: bool) -> None:
    whole = replace(situation, ki67_percent=ki67, is_stable=stable, resected_on=None)
    less = replace(whole, ki67_percent=None, is_stable=None, watched_since=None)
    one, two = (of(surveillance_calendar(item, KNOWN), IMAGING) for item in (whole, less))
    assert [item.latest for item in two] <= [item.latest for item in one]
