"""Symptoms over a course: what is said of each on a day, and what a diary counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from nelm.case.course_document import CourseDocument
from nelm.case.vocabulary import Symptom
from nelm.errors import problem
from nelm.followup.diary import (
    DailyMean,
    DiaryDay,
    DurableResponse,
    Period,
    SymptomChange,
    daily_mean,
    durable_response,
    symptom_change,
)
from nelm.followup.knowledge import SymptomCourseKnowledge
from nelm.quantities import document_value

DIGITS = 2


@dataclass(frozen=True, slots=True)
class SymptomOnDay:
    """A symptom on a day: whether it is there, and what the case document says of it."""

    name: Symptom
    is_present: bool
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DiaryCourse:
    """What the diary says of one symptom.

    Parameters
    ----------
    symptom : Which.
    change : From the first two weeks written to the last two.
    durable : Whether the fall lasts over the last stretch of days written without a gap; None where that is the first.
    """

    symptom: Symptom
    change: SymptomChange
    durable: DurableResponse | None


def diary_days(course: CourseDocument) -> tuple[DiaryDay, ...]:
    """The diary day by day, in order.

    Raises
    ------
    InputError : A symptom is written twice for one day.
    """
    found: dict[date, dict[Symptom, int]] = {}
    for place, entry in enumerate(course.diary):
        for symptom, counts in entry.counts.items():
            for number, count in enumerate(counts):
                if count is None:
                    continue
                day = entry.date + timedelta(days=number)
                if symptom in found.setdefault(day, {}):
                    path = f"diary[{place}].counts.{symptom}"
                    raise problem(day.isoformat(), "each day once", "Join the entries of the day.", path=path)
                found[day][symptom] = count
    return tuple(DiaryDay(day, found[day]) for day in sorted(found))


def recent_mean(
    days: tuple[DiaryDay, ...], symptom: Symptom, day: date, known: SymptomCourseKnowledge
) -> DailyMean | None:
    """Mean a day over the two weeks that end with the last day written up to `day`; None without a diary of it."""
    written = [one.day for one in days if symptom in one.counts and one.day <= day]
    if not written:
        return None
    length = timedelta(days=known.sustained_length.number - 1)
    return daily_mean(days, symptom, Period(written[-1] - length, written[-1]), known)


def symptoms_on(course: CourseDocument, day: date, known: SymptomCourseKnowledge) -> tuple[SymptomOnDay, ...]:
    """Every symptom that the course speaks of up to a day."""
    days = diary_days(course)
    found: dict[Symptom, SymptomOnDay] = {}
    for one in sorted(course.symptoms, key=lambda item: item.date):
        if one.date > day:
            continue
        facts: dict[str, Any] = {"name": str(one.name)}
        for key in ("per_day", "ctcae_grade"):
            number = getattr(one, key)
            if number is not None:
                facts[key] = document_value(number)
        if one.refractory_to_ssa is not None:
            facts["refractory_to_ssa"] = one.refractory_to_ssa
        over = one.resolved_on is not None and one.resolved_on <= day
        found[one.name] = SymptomOnDay(one.name, not over, facts)
    for symptom in {name for one in days for name in one.counts}:
        mean = recent_mean(days, symptom, day, known)
        if mean is None or mean.mean is None:
            continue
        before = found.get(symptom)
        facts = dict(before.facts) if before else {"name": str(symptom)}
        facts["per_day"] = round(mean.mean.value, DIGITS)
        found[symptom] = SymptomOnDay(symptom, mean.mean.value > 0, facts)
    return tuple(found[name] for name in Symptom if name in found)


def diary_courses(
    course: CourseDocument, day: date, known: SymptomCourseKnowledge
) -> tuple[DiaryCourse, ...]:
    """Change of every symptom of the diary, from its first two weeks to its last two."""
    days = tuple(one for one in diary_days(course) if one.day <= day)
    length = timedelta(days=known.sustained_length.number - 1)
    found: list[DiaryCourse] = []
    for symptom in Symptom:
        written = [one.day for one in days if symptom in one.counts]
        if not written:
            continue
        first = Period(written[0], written[0] + length)
        last = Period(max(written[-1] - length, written[0]), written[-1])
        baseline = daily_mean(days, symptom, first, known)
        current = daily_mean(days, symptom, last, known)
        durable = None
        if last.first > first.last:
            stretch = Period(max(_stretch(written), first.last + timedelta(days=1)), written[-1])
            durable = durable_response(days, baseline, stretch, known)
        found.append(DiaryCourse(symptom, symptom_change(baseline, current, known), durable))
    return tuple(found)


def _stretch(written: list[date]) -> date:
    """First of the last days that follow each other without a gap."""
    first = written[-1]
    for day in reversed(written[:-1]):
        if first - day > timedelta(days=1):
            break
        first = day
    return first
