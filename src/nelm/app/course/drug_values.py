"""Severities that follow from values: grades of counts, clearance, ejection fraction, by the rows of a dose table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from nelm.app.course.toxicity import (
    comparable_labs,
    explained_since,
    protein_grade,
    value_on,
    watch_of_marrow,
)
from nelm.case.course_document import CourseDocument
from nelm.case.course_records import CourseTreatment
from nelm.case.vocabulary import LabTest
from nelm.followup.toxicity.ctcae import CtcaeVersion, LabReading, graded, hypertension_grade
from nelm.followup.toxicity.dose_table import ABSENT, PRESENT, DoseTable, Seen
from nelm.followup.toxicity.knowledge import CtcaeKnowledge
from nelm.followup.toxicity.marrow_watch import Verdict
from nelm.quantities import Interval, Measured
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
from nelm.therapies.targeted.modification import (
    cabozantinib_pressure,
    sunitinib_ejection_fraction,
    sunitinib_protein,
)

if TYPE_CHECKING:
    from nelm.app.course.drugs import Patient

CLEARANCE = "renal.creatinine_clearance"
PERCENT = 100.0
COUNTED = (LabTest.NEUTROPHILS, LabTest.PLATELETS, LabTest.HAEMOGLOBIN)
EITHER = Interval(0.0, 1.0)
WORST_BY_NUMBERS = 3
"""Grade of hypertension beyond which its consequences decide."""


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
    found |= _protein(table.drug, patient, since=since, day=day)
    found |= _pressure(table.drug, course, patient, since=since, day=day)
    match table.drug:
        case "sunitinib":
            found |= _ejection_fraction(course, patient, treatment.start, day)
        case "capecitabine" | "temozolomide" | "streptozocin":
            found |= _chemotherapy(table.drug, values, patient, since=_last_dose(treatment, day), day=day)
            found |= _unexplained(values, patient, day)
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


def _protein(drug: str, patient: Patient, *, since: date, day: date) -> dict[str, Seen]:
    """Protein in 24 hours of urine: by the limit of sunitinib, for other drugs by its grade."""
    labs = [
        one for one in comparable_labs(patient.case.labs, LabTest.PROTEIN_URINE_24H)
        if one.date is not None and since <= one.date.first <= day
    ]  # fmt: skip
    if not labs or not isinstance(labs[-1].value, Measured):
        return {}
    if drug == "sunitinib":
        rules = patient.knowledge.record(TargetedModification, "targeted_modification")
        value = labs[-1].value.interval
        return {"protein": _open(sunitinib_protein(value, rules), value)}
    known = patient.knowledge.record(CtcaeKnowledge, "ctcae")
    return {"protein": Seen(protein_grade(labs[-1], known).interval)}


def _pressure(
    drug: str, course: CourseDocument, patient: Patient, *, since: date, day: date
) -> dict[str, Seen]:
    """The last blood pressure: by its grade for sunitinib, by what it says of control for cabozantinib.

    Numbers alone are no crisis; one is a toxicity of grade 4 in the record.
    """
    taken = [one for one in course.blood_pressure if since <= one.date <= day]
    if not taken:
        return {}
    last = max(taken, key=lambda one: one.date)
    known = patient.knowledge.record(CtcaeKnowledge, "ctcae")
    found = hypertension_grade(last.systolic_mmhg.interval, last.diastolic_mmhg.interval, known)
    grade = Interval(float(found.low), float(min(found.high, WORST_BY_NUMBERS)))
    if drug == "sunitinib":
        return {"hypertension": Seen(grade)}
    rules = patient.knowledge.record(TargetedModification, "targeted_modification")
    return {"pressure": cabozantinib_pressure(grade, rules)}


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
            "counts": _open(capecitabine_counts(neutrophils, platelets, doses), neutrophils, platelets),
            "kidney": _open(capecitabine_kidney(number, doses), number),
        }
    if drug == "streptozocin":
        leukocytes = values[LabTest.LEUKOCYTES]
        return {
            "clearance": _open(streptozocin_clearance(number, rules), number),
            "counts": _open(streptozocin_counts(leukocytes, platelets, rules), leukocytes, platelets),
        }
    lowest = {test: _lowest(patient, test, since, day) for test in (LabTest.NEUTROPHILS, LabTest.PLATELETS)}
    return {
        "counts": _open(temozolomide_counts(neutrophils, platelets, doses), neutrophils, platelets),
        "nadir": temozolomide_nadir(lowest[LabTest.NEUTROPHILS], lowest[LabTest.PLATELETS], doses, rules),
    }


def _open(seen: Seen, *values: Interval | None) -> Seen:
    """What values that are there do not settle stays open, whatever a review says of toxicities."""
    return Seen(EITHER) if seen.severity is None and all(value is not None for value in values) else seen


def _unexplained(values: dict[LabTest, Interval | None], patient: Patient, day: date) -> dict[str, Seen]:
    """Whether counts are low without explanation: not where new ones are not low, or something else explains them.

    Counts that have been low for longer than expected and are not explained are there; while nothing is said of an
    explanation they may be, whatever a review says of toxicities. Soon after treatment the row stays as it was.
    """
    watch = watch_of_marrow(patient.course, patient.case.labs, day, patient.knowledge)
    if watch.verdict is Verdict.NONE:
        fresh = all(values[test] is not None for test in COUNTED)
        return {"unexplained_cytopenia": Seen(ABSENT)} if fresh else {}
    if watch.verdict not in (Verdict.LASTING, Verdict.PERSISTENT, Verdict.EXPLAINED):
        return {}
    explained = explained_since(patient.course, watch.since, day)
    if explained is None:
        return {"unexplained_cytopenia": Seen(EITHER)}
    return {"unexplained_cytopenia": Seen(ABSENT if explained else PRESENT)}


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
