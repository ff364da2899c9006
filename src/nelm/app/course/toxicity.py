"""Toxicity of a course: CTCAE grades of its values, toxicities that are there on a day, and the watch of the marrow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from nelm.app.course.lines import family, is_of_the_tumour
from nelm.case import Lab
from nelm.case.course_document import CourseDocument
from nelm.case.course_records import CourseLab, CourseTreatment, DatedToxicity
from nelm.case.vocabulary import LabTest
from nelm.followup.toxicity.ctcae import (
    CtcaeVersion,
    Grade,
    LabReading,
    graded,
    hypertension_grade,
    proteinuria_grade,
)
from nelm.followup.toxicity.knowledge import CtcaeKnowledge, MarrowKnowledge
from nelm.followup.toxicity.marrow_watch import Agent, BloodCount, Exposure, MarrowWatch, marrow_watch
from nelm.knowledge import Knowledge
from nelm.quantities import Interval, Measured
from nelm.quantities.answers import above

AGENTS = {
    "chemo.captem": Agent.TEMOZOLOMIDE,
    "chemo.temozolomide": Agent.TEMOZOLOMIDE,
    "chemo.stz_5fu": Agent.STREPTOZOCIN,
}


@dataclass(frozen=True, slots=True)
class GradedValue:
    """A value with the grades that it can be.

    Parameters
    ----------
    day, test : Which value: a laboratory test, or the blood pressure.
    written : The value as entered.
    grades : By CTCAE 5.
    """

    day: date
    test: str
    written: str
    grades: tuple[Grade, ...]


def comparable_labs(labs: Iterable[Lab], test: LabTest) -> list[Lab]:
    """Dated numbers of a test on its canonical scale, in order of days."""
    found = [one for one in labs if one.test is test and one.is_comparable and one.date and one.date.is_exact]
    return sorted(found, key=lambda one: one.date.first if one.date else date.min)


def value_on(labs: Iterable[Lab], test: LabTest, day: date, *, since: date | None = None) -> Interval | None:
    """The last value of a test up to a day, and not before another; None where there is none."""
    found = [
        one.value.interval
        for one in comparable_labs(labs, test)
        if one.date is not None
        and isinstance(one.value, Measured)
        and one.date.first <= day
        and (since is None or one.date.first >= since)
    ]
    return found[-1] if found else None


def graded_values(
    course: CourseDocument, labs: tuple[Lab, ...], knowledge: Knowledge
) -> tuple[GradedValue, ...]:
    """Every value of the course that CTCAE 5 grades; the value before treatment is the last one before its first line.

    Parameters
    ----------
    labs : Values of case and course.
    """
    known = knowledge.record(CtcaeKnowledge, "ctcae")
    begun = min((one.start for one in course.treatments if is_of_the_tumour(one)), default=None)
    found: list[GradedValue] = []
    for one in course.labs:
        if not isinstance(one.value, Measured) or not one.is_comparable:
            continue
        day = one.day.first
        baseline = None
        if begun is not None and day > begun:
            baseline = value_on(labs, one.test, begun)
        if one.test is LabTest.PROTEIN_URINE_24H:
            grades = (protein_grade(one, known),)
        else:
            grades = graded(one.test, _reading(one, baseline, labs), version=CtcaeVersion.FIVE, known=known)
        if grades:
            unit = f" {one.unit.as_written}" if one.unit else ""
            found.append(GradedValue(day, one.test, f"{one.value.as_written}{unit}", grades))
    return tuple(sorted((*found, *_pressures(course, known)), key=lambda item: (item.day, item.test)))


def _pressures(course: CourseDocument, known: CtcaeKnowledge) -> list[GradedValue]:
    """Every blood pressure with its grade by the numbers."""
    return [
        GradedValue(
            day=one.date,
            test="blood_pressure",
            written=f"{one.systolic_mmhg.as_written}/{one.diastolic_mmhg.as_written} mm[Hg]",
            grades=(hypertension_grade(one.systolic_mmhg.interval, one.diastolic_mmhg.interval, known),),
        )
        for one in course.blood_pressure
    ]


def protein_grade(one: Lab, known: CtcaeKnowledge) -> Grade:
    """Grade of protein in 24 hours of urine; little of it needs the limit of the laboratory to be graded."""
    assert isinstance(one.value, Measured)
    value, upper = one.value.interval, one.upper_limit
    raised = None if upper is None else above(Interval(value.low - upper.high, value.high - upper.low), 0.0)
    return proteinuria_grade(value, is_raised=raised, known=known)


def _reading(one: CourseLab, baseline: Interval | None, labs: tuple[Lab, ...]) -> LabReading:
    assert isinstance(one.value, Measured)
    day = one.day.first
    albumin = value_on(labs, LabTest.ALBUMIN, day, since=day) if one.test is LabTest.CALCIUM else None
    return LabReading(
        value=one.value.interval,
        lower_limit=None if one.lower_limit is None else one.lower_limit.interval,
        upper_limit=None if one.upper_limit is None else one.upper_limit.interval,
        baseline=baseline,
        albumin_g_l=albumin,
    )


def present_on(course: CourseDocument, day: date, *, since: date) -> list[DatedToxicity]:
    """Toxicities that are there on a day and began on or after another."""
    return [
        one
        for one in course.toxicities
        if since <= one.date <= day and (one.resolved_on is None or one.resolved_on > day)
    ]


def watch_of_marrow(
    course: CourseDocument, labs: tuple[Lab, ...], day: date, knowledge: Knowledge
) -> MarrowWatch:
    """The watch of the marrow on a day; a review since the counts are low says whether something else explains them."""
    exposures = tuple(one for one in map(_exposure, course.treatments) if one is not None)
    known = knowledge.record(MarrowKnowledge, "marrow_watch")
    grades = knowledge.record(CtcaeKnowledge, "ctcae")
    counts = _counts(labs)
    open_watch = marrow_watch(exposures, counts, day=day, explained=None, known=known, grades=grades)
    explained = explained_since(course, open_watch.since, day)
    if explained is None:
        return open_watch
    return marrow_watch(exposures, counts, day=day, explained=explained, known=known, grades=grades)


def explained_since(course: CourseDocument, since: date | None, day: date) -> bool | None:
    """The last word of a review, since counts are low, on whether something else explains them; None without one."""
    if since is None:
        return None
    said = [
        one for one in course.reviews if since <= one.date <= day and one.low_counts_explained is not None
    ]
    return max(said, key=lambda one: one.date).low_counts_explained if said else None


def _exposure(one: CourseTreatment) -> Exposure | None:
    """What a treatment does to the marrow in the long run; None for those that are not watched."""
    is_radioligand = family(one) == "prrt"
    agent = Agent.RADIOLIGAND if is_radioligand else AGENTS.get(one.option or "")
    if agent is None:
        return None
    given = [cycle.activity_gbq for cycle in one.cycles] if is_radioligand else []
    known = [
        activity.estimate for activity in given if activity is not None and activity.estimate is not None
    ]
    amount = sum(known) if known and len(known) == len(given) else None
    last = one.cycles[-1].date if one.cycles else one.end or one.start
    return Exposure(agent, one.start, last, amount)


def _counts(labs: tuple[Lab, ...]) -> tuple[BloodCount, ...]:
    """Blood counts day by day."""
    tests = (LabTest.NEUTROPHILS, LabTest.PLATELETS, LabTest.HAEMOGLOBIN)
    days = sorted({one.date.first for test in tests for one in comparable_labs(labs, test) if one.date})
    return tuple(BloodCount(day, *(value_on(labs, test, day, since=day) for test in tests)) for day in days)
