"""The next cycle of a running course of radioligand therapy, its machine walked over the cycles of the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from nelm.app.course.drug_tables import FindingOn
from nelm.app.course.drugs import DrugStep, Patient
from nelm.app.course.lines import family, name_of
from nelm.app.course.toxicity import comparable_labs, present_on, value_on
from nelm.case.course_records import CourseTreatment
from nelm.case.vocabulary import LabTest
from nelm.followup.toxicity.ctcae import CtcaeVersion
from nelm.followup.toxicity.dose_step import DoseStep
from nelm.knowledge import Entry
from nelm.quantities import DAYS_PER_WEEK, Interval
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.modification import CourseState, Instruction, Level, cycle_given, next_cycle
from nelm.therapies.prrt.modification_reading import cycle_step
from nelm.therapies.prrt.toxicity import Assessment

CLEARANCE = "renal.creatinine_clearance"
READ_FROM_VALUES = ("platelet", "thrombocytop", "haemoglobin", "hemoglobin", "anaemia", "anemia", "neutro",
                    "lympho", "leuko", "leuco", "white blood", "creatinin", "kidney", "renal", "bilirubin",
                    "albumin", "liver", "hepat")  # fmt: skip
"""Words of toxicities that are read from values, or that no rule asks for."""
PERCENT = 100.0


def radioligand_steps(patient: Patient, day: date) -> tuple[DrugStep, ...]:
    """The instruction for the next cycle of every radioligand course that is running on a day."""
    known = patient.knowledge.record(PrrtKnowledge, "prrt")
    return tuple(
        _walk(one, patient, day, known)
        for one in patient.course.treatments
        if family(one) == "prrt" and one.end is None and one.start <= day
    )


def _walk(treatment: CourseTreatment, patient: Patient, day: date, known: PrrtKnowledge) -> DrugStep:
    """The machine over the cycles given, then the instruction of the day."""
    state = CourseState()
    walked: list[tuple[date, DoseStep]] = []
    remarks: list[str] = []
    given = [one.date for one in treatment.cycles if treatment.start < one.date < day]
    reviews = [one.date for one in patient.course.reviews if treatment.start < one.date < day]
    toxic = [one.date for one in patient.course.toxicities if treatment.start < one.date < day]
    days = sorted({*given, *reviews, *toxic})
    for today in days:
        instruction = next_cycle(
            state, _seen(treatment, patient, state=state, day=today, known=known), day=today, known=known
        )
        state = instruction.state
        walked.append((today, cycle_step(instruction, known)))
        if today in given:
            state, remark = _after_cycle(state, instruction, today)
            remarks += remark
    last = next_cycle(
        state, _seen(treatment, patient, state=state, day=day, known=known), day=day, known=known
    )
    return DrugStep(
        name_of(treatment), treatment.start, day, cycle_step(last, known), tuple(walked), tuple(remarks)
    )


def _seen(
    treatment: CourseTreatment, patient: Patient, *, state: CourseState, day: date, known: PrrtKnowledge
) -> Assessment:
    """What is known on a day, with the delay where a toxicity holds the cycle."""
    seen = assessment(treatment, patient, day)
    return replace(seen, delay_weeks=_delay(treatment, state, day, known)) if state.pending else seen


def _delay(
    treatment: CourseTreatment, state: CourseState, day: date, known: PrrtKnowledge
) -> Interval | None:
    """Weeks by which toxicity has put off the cycle: since it was due, at least since it was held after that.

    None without the day of a cycle before it. The shortest and the longest interval that a protocol allows both count.
    """
    given = [one.date for one in treatment.cycles if one.date < day]
    if not given:
        return None
    interval = _intervals(known).get(name_of(treatment), known.dotatate_interval)
    shortest, longest = (
        max(given) + timedelta(weeks=weeks)
        for weeks in (interval.low or interval.number, interval.high or interval.number)
    )
    held = max(longest, state.held_since) if state.held_since is not None else day
    return Interval(_weeks(held, day), _weeks(shortest, day))


def _intervals(known: PrrtKnowledge) -> dict[str, Entry]:
    return {"prrt.lu177_edotreotide": known.edotreotide_interval, "prrt.y90": known.y90_interval}


def _weeks(first: date, last: date) -> float:
    """Weeks between two days, none where the second comes before."""
    return max((last - first).days, 0) / DAYS_PER_WEEK


def _after_cycle(state: CourseState, instruction: Instruction, day: date) -> tuple[CourseState, list[str]]:
    """The state after a cycle of the record, and that the table did not clear it where it did not."""
    if state.level in (Level.ON_HOLD, Level.STOPPED):
        return state, [f"{day}: a cycle was given although the table says: {instruction.action}."]
    if instruction.unknown:
        unknown = "; ".join(instruction.unknown)
        return cycle_given(state), [f"{day}: a cycle was given; the record does not say {unknown}."]
    return cycle_given(state), []


def assessment(treatment: CourseTreatment, patient: Patient, day: date) -> Assessment:
    """What is known on a day that decides about the next cycle."""
    since = max((one.date for one in treatment.cycles if one.date < day), default=treatment.start)
    values = {test: value_on(patient.case.labs, test, day, since=since) for test in LabTest}
    clearance, fall = _clearance(patient.found, treatment, values, day)
    return Assessment(
        platelets=values[LabTest.PLATELETS],
        haemoglobin_g_l=values[LabTest.HAEMOGLOBIN],
        neutrophils=values[LabTest.NEUTROPHILS],
        ctcae=CtcaeVersion.FIVE,
        creatinine_clearance_ml_min=clearance,
        creatinine_rise_percent=_rise(patient, treatment, values),
        clearance_fall_percent=fall,
        bilirubin_times_upper_limit=_times_upper_limit(patient, day, since),
        albumin_g_l=values[LabTest.ALBUMIN],
        other_grade=_other(treatment, patient, day),
    )


def _clearance(
    found: FindingOn, treatment: CourseTreatment, values: dict[LabTest, Interval | None], day: date
) -> tuple[Interval | None, Interval | None]:
    """Creatinine clearance of the day and its fall since the first cycle [%]; None without a new creatinine."""
    if values[LabTest.CREATININE] is None:
        return None, None
    now, before = found(day, CLEARANCE), found(treatment.start, CLEARANCE)
    clearance = now if isinstance(now, Interval) else None
    if clearance is None or not isinstance(before, Interval) or before.low <= 0:
        return clearance, None
    ends = PERCENT * (1 - clearance.high / before.low), PERCENT * (1 - clearance.low / before.high)
    return clearance, Interval(min(ends), max(ends))


def _rise(
    patient: Patient, treatment: CourseTreatment, values: dict[LabTest, Interval | None]
) -> Interval | None:
    """Rise of creatinine since before the first cycle [%]."""
    now = values[LabTest.CREATININE]
    before = value_on(patient.case.labs, LabTest.CREATININE, treatment.start)
    if now is None or before is None or before.low <= 0:
        return None
    return Interval(PERCENT * (now.low / before.high - 1), PERCENT * (now.high / before.low - 1))


def _times_upper_limit(patient: Patient, day: date, since: date) -> Interval | None:
    """The last bilirubin as a multiple of its upper limit."""
    labs = [
        one for one in comparable_labs(patient.case.labs, LabTest.BILIRUBIN)
        if one.date is not None and since <= one.date.first <= day
    ]  # fmt: skip
    if not labs or labs[-1].upper_limit is None or labs[-1].upper_limit.low <= 0:
        return None
    value = value_on(labs[-1:], LabTest.BILIRUBIN, day)
    upper = labs[-1].upper_limit
    return None if value is None else Interval(value.low / upper.high, value.high / upper.low)


def _other(treatment: CourseTreatment, patient: Patient, day: date) -> Interval | None:
    """The worst of all other reactions; none on the day of a review that lists none."""
    grades = [
        one.grade.interval if one.grade is not None else Interval(1.0, 4.0)
        for one in present_on(patient.course, day, since=treatment.start)
        if one.treatment in (None, name_of(treatment))
        and not any(part in one.term.lower() for part in READ_FROM_VALUES)
    ]
    if grades:
        return Interval(max(one.low for one in grades), max(one.high for one in grades))
    reviewed = any(one.date == day and one.no_other_toxicities for one in patient.course.reviews)
    return Interval.exact(0.0) if reviewed else None
