"""The dose step of every running drug: its machine walked over what the record shows, from the first dose on.

A toxicity counts from its date on; one without a later date of resolution is still there. What is not listed is absent
only on the day of a review that says so. Where the doses of the record are not those of the table, the record is
followed and the difference said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nelm.app.course.drug_tables import FindingOn, row_of_term, tables_of
from nelm.app.course.drug_values import severities
from nelm.app.course.lines import name_of
from nelm.app.course.toxicity import present_on
from nelm.case import Case
from nelm.case.course_document import CourseDocument
from nelm.case.course_records import CourseTreatment, DatedToxicity
from nelm.followup.toxicity.dose_machine import DoseState, dose_given, lower_dose_taken, next_dose, started
from nelm.followup.toxicity.dose_step import Action, DoseStep
from nelm.followup.toxicity.dose_table import ABSENT, DoseTable, Seen
from nelm.knowledge import Knowledge
from nelm.quantities import Interval
from nelm.therapies.targeted.knowledge import TargetedModification
from nelm.therapies.targeted.modification import cabozantinib_pressure


@dataclass(frozen=True, slots=True)
class DrugStep:
    """The step of one running drug.

    Parameters
    ----------
    option, since : The treatment and its first day.
    day : Day of the step.
    step : What to do about the next dose.
    walked : What the table asked for on every earlier day, with the day.
    remarks : Where the record and the table differ.
    """

    option: str
    since: date
    day: date
    step: DoseStep
    walked: tuple[tuple[date, DoseStep], ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Patient:
    """What the steps are read from.

    Parameters
    ----------
    course : The document.
    case : The case on the day.
    found : Derived facts by day.
    knowledge : The rules.
    """

    course: CourseDocument
    case: Case
    found: FindingOn
    knowledge: Knowledge


def drug_steps(patient: Patient, day: date) -> tuple[DrugStep, ...]:
    """The step of every drug that is running on a day and has a table."""
    steps: list[DrugStep] = []
    for treatment in patient.course.treatments:
        if treatment.end is not None or treatment.start > day:
            continue
        option = name_of(treatment)
        for table in tables_of(option, patient.case, patient.found, patient.knowledge):
            steps.append(_walk(treatment, table, patient, day))
    return tuple(steps)


def _walk(treatment: CourseTreatment, table: DoseTable, patient: Patient, day: date) -> DrugStep:
    """The machine from the first dose to the day."""
    state = _first_dose(table)
    walked: list[tuple[date, DoseStep]] = []
    remarks: list[str] = []
    days = _days(treatment, patient.course, day)
    for place, today in enumerate(days):
        state, remark = _as_given(state, treatment, table, today)
        remarks += remark
        decision = next_dose(state, seen_on(treatment, table, patient, today), day=today, table=table)
        state = decision.state
        walked.append((today, decision.step))
        if place + 1 == len(days):
            break
        goes_on = _goes_on(treatment, today, days[place + 1])
        if state.standing.cleared and goes_on:
            state = dose_given(state, table)
        elif goes_on and decision.step.action in (Action.HOLD, Action.CONFIRM, Action.STOP):
            remarks.append(f"{today}: the table says: {decision.step.instruction} The record shows no pause.")
    last_day, step = walked[-1]
    return DrugStep(
        name_of(treatment), treatment.start, last_day, step, tuple(walked[:-1]), tuple(dict.fromkeys(remarks))
    )


def _first_dose(table: DoseTable) -> DoseState:
    """The state after the first dose, before which nothing that the drug does can have been there."""
    begun = started(table)
    if table.refusal is not None:
        return begun
    cleared = next_dose(begun, table.nothing_seen(), day=date.min, table=table).state
    return dose_given(cleared, table) if cleared.standing.cleared else begun


def _days(treatment: CourseTreatment, course: CourseDocument, day: date) -> list[date]:
    """Days on which something is known that decides, the day itself last."""
    listed = [one.date for one in (*treatment.doses, *treatment.cycles, *course.reviews)]
    listed += [one.date for one in course.toxicities if _is_of(one, treatment)]
    return sorted({item for item in listed if treatment.start < item < day} | {day})


def _is_of(one: DatedToxicity, treatment: CourseTreatment) -> bool:
    """Whether a toxicity is put down to the treatment, or to none."""
    return one.treatment is None or one.treatment == name_of(treatment)


def _goes_on(treatment: CourseTreatment, first: date, last: date) -> bool:
    """Whether the drug was given between two days: no pause in force and none begun."""
    before = [one.amount.high for one in treatment.doses if one.date <= first]
    between = [one.amount.high for one in treatment.doses if first <= one.date <= last]
    return all(between) and (not before or before[-1] > 0 or any(between))


def _as_given(
    state: DoseState, treatment: CourseTreatment, table: DoseTable, day: date
) -> tuple[DoseState, list[str]]:
    """The state by the dose of the record where that is lower than the table's, and the difference in words."""
    given = [one for one in treatment.doses if one.date <= day and one.unit == table.ladder[0].unit]
    if not given or given[-1].amount.high == 0 or state.stop is not None:
        return state, []
    amount = given[-1].amount.estimate
    rungs = [place for place, dose in enumerate(table.ladder) if amount is not None and dose.amount <= amount]
    if not rungs:
        return state, [
            f"The record gives {given[-1].amount} {given[-1].unit}, which is below the lowest dose."
        ]
    rung, remark = rungs[0], []
    if table.ladder[rung].amount != amount:
        remark = [f"{given[-1].amount} {given[-1].unit} is no dose of the table; read as the one below it."]
    if rung < state.standing.rung:
        remark.append(f"The record gives {given[-1].amount} {given[-1].unit}, more than the table allows.")
    return lower_dose_taken(state, rung), remark


def seen_on(treatment: CourseTreatment, table: DoseTable, patient: Patient, day: date) -> dict[str, Seen]:
    """What is known of every row of the table on a day."""
    course = patient.course
    reviewed = any(one.date == day and one.no_other_toxicities for one in course.reviews)
    found: dict[str, Seen] = table.nothing_seen() if reviewed else {}
    own = [one for one in course.toxicities if treatment.start <= one.date <= day and _is_of(one, treatment)]
    for one in own:
        if row_of_term(one.term, table) != "other":
            found.setdefault(row_of_term(one.term, table), Seen(ABSENT, tolerable=True))
    for row, seen in severities(treatment, table, course, patient, day=day).items():
        found[row] = seen
    for one in present_on(course, day, since=treatment.start):
        if _is_of(one, treatment):
            row = row_of_term(one.term, table)
            found[row] = _worse(found.get(row), _seen(one, table, row, patient.knowledge))
    return found


def _seen(one: DatedToxicity, table: DoseTable, row: str, knowledge: Knowledge) -> Seen:
    """A toxicity as its row asks: there, or of a grade; one without a grade can be any."""
    top = table.by_id[row].top if row in table.by_id else 4
    if top == 1:
        return Seen(Interval(1.0, 1.0), one.tolerable)
    if row == "pressure" and one.grade is not None:
        rules = knowledge.record(TargetedModification, "targeted_modification")
        return cabozantinib_pressure(one.grade.interval, rules)
    if row in ("pressure", "ejection_fraction"):
        return Seen(Interval(0.0, float(top)), one.tolerable)
    if one.grade is None:
        return Seen(Interval(1.0, float(top)), one.tolerable)
    return Seen(Interval(min(one.grade.low, top), min(one.grade.high, top)), one.tolerable)


def _worse(first: Seen | None, second: Seen) -> Seen:
    """The worse of two entries of one row."""
    if first is None or first.severity is None or second.severity is None:
        return second
    if first.severity.high == 0:
        return second
    severity = Interval(
        max(first.severity.low, second.severity.low), max(first.severity.high, second.severity.high)
    )
    return Seen(
        severity, second.tolerable if second.severity.high >= first.severity.high else first.tolerable
    )
