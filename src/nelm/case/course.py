"""How the disease moved, and what the patient feels."""

from __future__ import annotations

from nelm.case.fields import Amount, Change, Flag, Grade, Months, Record
from nelm.case.vocabulary import CourseBasis, CourseStatus, Symptom


class Course(Record):
    """Change since the comparison."""

    status: CourseStatus | None = None
    basis: CourseBasis | None = None
    interval_months: Months | None = None
    diameter_change_percent: Change | None = None
    rapid: Flag | None = None


class SymptomReport(Record):
    """A symptom that is present; symptoms that are not listed are unknown."""

    name: Symptom
    per_day: Amount | None = None
    ctcae_grade: Grade | None = None
    refractory_to_ssa: Flag | None = None
