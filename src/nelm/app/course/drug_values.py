"""Severities that follow from values: grades of counts, clearance, ejection fraction, by the rows of a dose table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from nelm.app.course.toxicity import value_on
from nelm.case.course_document import CourseDocument
from nelm.case.course_records import CourseTreatment
from nelm.case.vocabulary import LabTest
from nelm.followup.toxicity.ctcae import CtcaeVersion, LabReading, graded
from nelm.followup.toxicity.dose_table import DoseTable, Seen
from nelm.followup.toxicity.knowledge import CtcaeKnowledge
from nelm.quantities import Interval
from nelm.therapies.chemotherapy.knowledge import ChemotherapyKnowledge, ChemotherapyModification
from nelm.therapies.chemotherapy.modification import (
    capecitabine_counts,
    capecitabine_kidney,
    streptozocin_clearance,
    streptozocin_counts,
    temozolomide_counts,
    temozolomide_nadir,
)
from nelm.therapies.targeted.knowledge import TargetedModification
from nelm.therapies.targeted.modification import sunitinib_ejection_fraction

if TYPE_CHECKING:
    from nelm.app.course.drugs import Patient

CLEARANCE = "renal.creatinine_clearance"
PERCENT = 100.0


def severities(
    treatment: CourseTreatment, table: DoseTable, course: CourseDocument, patient: Patient, *, day: date
) -> dict[str, Seen]:
    """Rows of a table that values answer which are newer than the last review and the last cycle."""
    since = fresh_from(treatment, course, day)
    values = {test: value_on(patient.case.labs, test, day, since=since) for test in LabTest}
    found: dict[str, Seen] = {}
    for row, test in (("platelets", LabTest.PLATELETS), ("neutrophils", LabTest.NEUTROPHILS)):
        if row in table.by_id and values[test] is not None:
            found[row] = Seen(_grade(test, values[test], patient), tolerable=None)
    match table.drug:
        case "sunitinib":
            found |= _ejection_fraction(course, patient, treatment.start, day)
        case "capecitabine" | "temozolomide" | "streptozocin":
            found |= _chemotherapy(table.drug, values, patient, since=_last_dose(treatment, day), day=day)
        case _:
            pass
    return {row: seen for row, seen in found.items() if seen.severity is not None and row in table.by_id}


def fresh_from(treatment: CourseTreatment, course: CourseDocument, day: date) -> date:
    """First day whose values speak for a dose: the first dose, or the day after the last review or cycle before."""
    passed = [one.date for one in (*course.reviews, *treatment.cycles) if treatment.start < one.date < day]
    return max(passed) + timedelta(days=1) if passed else treatment.start


def _grade(test: LabTest, value: Interval | None, patient: Patient) -> Interval | None:
    if value is None:
        return None
    known = patient.knowledge.record(CtcaeKnowledge, "ctcae")
    grades = graded(test, LabReading(value), version=CtcaeVersion.FIVE, known=known)
    return grades[0].interval


def _chemotherapy(
    drug: str, values: dict[LabTest, Interval | None], patient: Patient, *, since: date, day: date
) -> dict[str, Seen]:
    """Counts and clearance by the limits of each drug."""
    doses = patient.knowledge.record(ChemotherapyKnowledge, "chemotherapy")
    rules = patient.knowledge.record(ChemotherapyModification, "chemotherapy_modification")
    neutrophils, platelets = values[LabTest.NEUTROPHILS], values[LabTest.PLATELETS]
    clearance = patient.found(day, CLEARANCE) if values[LabTest.CREATININE] is not None else None
    number = clearance if isinstance(clearance, Interval) else None
    if drug == "capecitabine":
        return {
            "counts": capecitabine_counts(neutrophils, platelets, doses),
            "kidney": capecitabine_kidney(number, doses),
        }
    if drug == "streptozocin":
        return {
            "clearance": streptozocin_clearance(number, rules),
            "counts": streptozocin_counts(values[LabTest.LEUKOCYTES], platelets, rules),
        }
    lowest = {test: _lowest(patient, test, since, day) for test in (LabTest.NEUTROPHILS, LabTest.PLATELETS)}
    return {
        "counts": temozolomide_counts(neutrophils, platelets, doses),
        "nadir": temozolomide_nadir(lowest[LabTest.NEUTROPHILS], lowest[LabTest.PLATELETS], doses, rules),
    }


def _last_dose(treatment: CourseTreatment, day: date) -> date:
    """First day of the last cycle before a day; of the treatment where cycles are not listed."""
    return max((one.date for one in treatment.cycles if one.date < day), default=treatment.start)


def _lowest(patient: Patient, test: LabTest, since: date, day: date) -> Interval | None:
    """The lowest value since a day."""
    found = [
        value
        for one in patient.case.labs
        if one.test is test and one.date is not None and since <= one.date.first <= day
        and (value := value_on((one,), test, day)) is not None
    ]  # fmt: skip
    return min(found, key=lambda value: value.low) if found else None


def _ejection_fraction(course: CourseDocument, patient: Patient, since: date, day: date) -> dict[str, Seen]:
    """The fall of the ejection fraction since the last echocardiogram before the first dose."""
    measured = [
        (one.date, one.ejection_fraction_percent)
        for one in sorted(course.echo, key=lambda item: item.date)
        if one.ejection_fraction_percent is not None and one.date <= day
    ]
    before = [value for when, value in measured if when <= since]
    after = [value for when, value in measured if when > since]
    if not before or not after or before[-1].low <= 0:
        return {}
    low = PERCENT * (1 - after[-1].high / before[-1].low)
    high = PERCENT * (1 - after[-1].low / before[-1].high)
    rules = patient.knowledge.record(TargetedModification, "targeted_modification")
    fall = Interval(min(low, high), max(low, high))
    return {"ejection_fraction": sunitinib_ejection_fraction(fall, rules, below_limit=None)}
