"""The surveillance calendar: what is due, by grade, treatment and syndrome, counted from what was done.

Two kinds of rule: an interval after the last examination, of which the next one is given, and a plan of fixed months
after an event (a resection, the last cycle of a radioligand), of which all that are still to be kept within the horizon
are given. An examination that was never recorded is due at once, not overdue: that it is not known when it was done is
not the same as never. A fact that decides between intervals and is not known is asked for, and the shorter interval
holds meanwhile. Chromogranin A is not in it: AJCC Version 9 advises against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

from nelm.errors import problem
from nelm.followup.due import Due, Examination, next_due, span_after
from nelm.followup.heart import SYNDROME, HeartKnowledge, HeartSigns, heart_knowledge, heart_schedule
from nelm.followup.knowledge import SymptomCourseKnowledge
from nelm.followup.reasons import Reason, because
from nelm.knowledge import Entry, Knowledge
from nelm.quantities import Interval, months_after
from nelm.quantities.answers import at_least

HORIZON_MONTHS = 24
PERCENT = 100.0
HIGH_GRADES = ("G3", "NEC", "MiNEN")
CARCINOMA = ("NEC", "MiNEN")
GRADES = ("G1", "G2", *HIGH_GRADES)


@dataclass(frozen=True, slots=True)
class Radioligand:
    """A radioligand course: day of its last cycle so far, and whether further cycles are to come (None: not known)."""

    last_cycle: date
    goes_on: bool | None


@dataclass(frozen=True, slots=True)
class Situation:
    """What the calendar is made from; None is not known.

    Parameters
    ----------
    day : Day of the calendar.
    grade : G1, G2, G3, NEC or MiNEN.
    ki67_percent : Ki-67 index [%].
    watched_since : Diagnosis, or the event since which the present watch runs.
    is_stable : Whether the disease is stable or responding.
    resected_on : Day of a resection thought to have removed everything, with nothing found since.
    resection_in_doubt : What would settle whether a resection removed everything; empty where nothing is open.
    analogue : Whether a somatostatin analogue is given.
    radioligand : The last radioligand course; None where there was none.
    heart : What is known of the heart and its markers, the carcinoid syndrome among it.
    last : Day of the last examination of each kind, where known.
    """

    day: date
    grade: str | None = None
    ki67_percent: Interval | None = None
    watched_since: date | None = None
    is_stable: bool | None = None
    resected_on: date | None = None
    resection_in_doubt: str = ""
    analogue: bool | None = None
    radioligand: Radioligand | None = None
    heart: HeartSigns = field(default_factory=HeartSigns)
    last: Mapping[Examination, date] = field(default_factory=dict[Examination, date])

    def __post_init__(self) -> None:
        if self.grade is not None and self.grade not in GRADES:
            raise problem(self.grade, f"one of {', '.join(GRADES)}", path="grade")
        dated = {**self.last, "watched since": self.watched_since, "resection": self.resected_on}
        for name, day in dated.items():
            if day is not None and day > self.day:
                raise problem(
                    day.isoformat(), f"a day up to {self.day}", "Only what was done counts", path=str(name)
                )


@dataclass(frozen=True, slots=True)
class SurveillanceCalendar:
    """The calendar of a patient.

    Parameters
    ----------
    day : Day that it was made for.
    due : What is due, by the end of its window.
    unknown : What is not known and would settle or change it.
    remarks : What is said beside it.
    """

    day: date
    due: tuple[Due, ...]
    unknown: tuple[str, ...]
    remarks: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class CalendarKnowledge:
    """The entries that the calendar rests on; those of imaging are the ones of the option of surveillance."""

    heart: HeartKnowledge
    course: SymptomCourseKnowledge
    imaging: Mapping[str, Entry]
    radioligand: Mapping[str, Entry]


def calendar_knowledge(knowledge: Knowledge) -> CalendarKnowledge:
    """The entries from the knowledge."""
    return CalendarKnowledge(
        heart=heart_knowledge(knowledge),
        course=knowledge.record(SymptomCourseKnowledge, "symptom_course"),
        imaging=knowledge.entries("surveillance"),
        radioligand=knowledge.entries("prrt"),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """What one rule contributes."""

    due: tuple[Due, ...] = ()
    unknown: tuple[str, ...] = ()
    remarks: tuple[Reason, ...] = ()


def surveillance_calendar(
    situation: Situation, known: CalendarKnowledge, *, horizon_months: int = HORIZON_MONTHS
) -> SurveillanceCalendar:
    """The calendar of a patient.

    Parameters
    ----------
    horizon_months : How far plans of fixed dates are written out [mo]; what is overdue or next is given in any case.
    """
    until = months_after(situation.day, horizon_months)
    resected = situation.resected_on is not None
    parts = (
        _after_resection(situation, known, until=until) if resected else _imaging(situation, known),
        _heart(situation, known),
        _analogue(situation, known),
        _radioligand(situation, known, until=until),
    )
    due = sorted(
        (item for part in parts for item in part.due), key=lambda item: (item.latest, item.examination)
    )
    return SurveillanceCalendar(
        day=situation.day,
        due=tuple(due),
        unknown=tuple(dict.fromkeys(text for part in parts for text in part.unknown)),
        remarks=tuple(dict.fromkeys(remark for part in parts for remark in part.remarks)),
    )


# -------------------------------------------------------------------------------------------- imaging
def _imaging(situation: Situation, known: CalendarKnowledge) -> Part:
    """The next CT or MRI of disease that is there."""
    entry, unknown = _interval(situation, known)
    unknown = (*unknown, *((situation.resection_in_doubt,) if situation.resection_in_doubt else ()))
    if entry is None:
        return Part(unknown=unknown)
    last = situation.last.get(Examination.IMAGING)
    due = next_due(Examination.IMAGING, last, day=situation.day, reason=entry.statement, entries=(entry,))
    return Part((due,), unknown, _swelling(situation, known))


def _interval(situation: Situation, known: CalendarKnowledge) -> tuple[Entry | None, tuple[str, ...]]:
    """The interval of imaging and what is not known about it; the shorter one where two are possible."""
    imaging, grade = known.imaging, situation.grade
    if grade is None:
        return None, ("the grade, without which there is no interval of imaging",)
    if grade in HIGH_GRADES:
        return imaging["imaging_g3"], ()
    high = False if grade == "G1" else at_least(situation.ki67_percent, imaging["low_g2_below"].number)
    if high:
        return imaging["imaging_high_g2"], ()
    unknown = () if high is False else ("the Ki-67 index, which tells a high G2 from a low one",)
    settled, open_question = _settled(situation, known)
    if high is False and settled:
        return imaging["imaging_later"], ()
    return imaging["imaging_first_year"], (*unknown, *open_question)


def _settled(situation: Situation, known: CalendarKnowledge) -> tuple[bool, tuple[str, ...]]:
    """Whether the first year is over and the disease stable, and what is not known about it."""
    if situation.is_stable is False:
        return False, ()
    since = situation.watched_since
    if since is not None and situation.day < months_after(since, int(known.course.first_year.number)):
        return False, ()
    questions = (
        () if since is not None else ("since when the disease is watched",),
        () if situation.is_stable else ("whether the disease is stable",),
    )
    unknown = tuple(text for group in questions for text in group)
    return not unknown, unknown


def _swelling(situation: Situation, known: CalendarKnowledge) -> tuple[Reason, ...]:
    """That growth on images soon after a radioligand need not be progression."""
    return () if situation.radioligand is None else (because(known.imaging["pseudoprogression"]),)


def _after_resection(situation: Situation, known: CalendarKnowledge, *, until: date) -> Part:
    """Imaging after a radical resection: the plan that was read, beside the interval that is recalled."""
    resected = cast("date", situation.resected_on)
    course = known.course
    plan = course.resected_nec_months if situation.grade in CARCINOMA else course.resected_net_months
    unknown = (
        () if situation.grade else ("the grade: a carcinoma is followed more often and for a shorter time",)
    )
    points = [months_after(resected, month) for month in _months(plan)]
    due = _planned(
        Examination.IMAGING,
        points,
        situation=situation,
        start=resected,
        until=until,
        entries=(plan,),
        course=course,
    )
    return Part(due, unknown, (because(known.imaging["imaging_after_resection"]),))


def _months(plan: Entry) -> tuple[int, ...]:
    return cast("tuple[int, ...]", plan.value)


def _planned(
    examination: Examination,
    points: Iterable[date],
    *,
    situation: Situation,
    start: date,
    until: date,
    entries: tuple[Entry, ...],
    course: SymptomCourseKnowledge,
) -> tuple[Due, ...]:
    """The dates of a plan that the last examination has not kept, each with its leeway.

    Of the dates that have passed only the latest is asked for: one examination now keeps them all.
    """
    last = situation.last.get(examination)
    reached = start if last is None else max(start, last)
    reason, rests_on = entries[0].statement, (*entries, course.date_leeway, course.date_leeway_share)
    windows = (_window(point, start, course) for point in points)
    planned = [
        Due(examination, earliest, latest, start, reason, rests_on, place)
        for place, (earliest, latest) in enumerate(windows, start=1)
        if earliest > reached
    ]
    passed = [item for item in planned if item.latest < situation.day]
    coming = [item for item in planned if item.latest >= situation.day]
    return (*passed[-1:], *([item for item in coming if item.earliest <= until] or coming[:1]))


def _window(point: date, start: date, course: SymptomCourseKnowledge) -> tuple[date, date]:
    """Days that count as one date of a plan: the leeway either side, less for dates soon after the event."""
    most = int((point - start).days * course.date_leeway_share.number / PERCENT)
    leeway = timedelta(days=min(int(course.date_leeway.number), most))
    return point - leeway, point + leeway


# -------------------------------------------------------------------------------------------- syndrome
def _heart(situation: Situation, known: CalendarKnowledge) -> Part:
    """The watch over the heart."""
    due = heart_schedule(situation.heart, situation.last, day=situation.day, known=known.heart)
    unknown = (SYNDROME,) if situation.heart.carcinoid_syndrome is None else ()
    remarks = (because(known.heart.syndromes.normal_probnp_does_not_settle),) if due else ()
    return Part(due, unknown, remarks)


# ------------------------------------------------------------------------------------------- treatment
def _analogue(situation: Situation, known: CalendarKnowledge) -> Part:
    """What a somatostatin analogue asks for."""
    if situation.analogue is None:
        return Part(unknown=("whether a somatostatin analogue is given",))
    if not situation.analogue:
        return Part()
    course = known.course
    wanted = (
        (Examination.GALL_BLADDER, course.gall_bladder_interval),
        (Examination.GLUCOSE, course.glucose_interval),
        (Examination.THYROID, course.thyroid_interval),
        (Examination.VITAMIN_B12, course.vitamin_b12_interval),
    )
    return Part(
        tuple(
            next_due(
                item, situation.last.get(item), day=situation.day, reason=entry.statement, entries=(entry,)
            )
            for item, entry in wanted
        )
    )


def _radioligand(situation: Situation, known: CalendarKnowledge, *, until: date) -> Part:
    """Blood counts and kidney function during and after a radioligand course; years later for myelodysplasia."""
    course = situation.radioligand
    if course is None:
        return Part()
    if course.goes_on:
        return _between_cycles(course.last_cycle, situation, known)
    unknown = () if course.goes_on is False else ("whether further cycles of the radioligand are to come",)
    part = _after_radioligand(course.last_cycle, situation, known, until=until)
    late = because(known.radioligand["late_myelodysplasia"])
    return Part(part, unknown, (late,))


def _between_cycles(last_cycle: date, situation: Situation, known: CalendarKnowledge) -> Part:
    """The blood tests after the last cycle so far, unless they were made within their window."""
    entry = known.course.radioligand_between
    earliest, latest = span_after(last_cycle, entry)
    entries = {
        Examination.BLOOD_COUNT: (entry,),
        Examination.KIDNEY: (entry, known.course.radioligand_kidney),
    }
    return Part(
        tuple(
            Due(item, earliest, latest, last_cycle, entry.statement, rests_on)
            for item, rests_on in entries.items()
            if (done := situation.last.get(item)) is None or done < earliest
        )
    )


def _after_radioligand(
    last_cycle: date, situation: Situation, known: CalendarKnowledge, *, until: date
) -> tuple[Due, ...]:
    """The plan of months after the last cycle, then a test every year, for blood and kidney."""
    course = known.course
    plan, yearly = course.radioligand_after, course.radioligand_yearly
    points = [months_after(last_cycle, month) for month in _months(plan)]
    found: list[Due] = []
    for item, also in ((Examination.BLOOD_COUNT, ()), (Examination.KIDNEY, (course.radioligand_kidney,))):
        fixed = _planned(
            item,
            points,
            situation=situation,
            start=last_cycle,
            until=until,
            entries=(plan, *also),
            course=course,
        )
        last = situation.last.get(item)
        if last is not None and not fixed:
            fixed = (
                next_due(item, last, day=situation.day, reason=yearly.statement, entries=(yearly, *also)),
            )
        found += fixed
    return tuple(found)
