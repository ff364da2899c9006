"""Tumour markers of a course, with what may have disturbed them."""

from __future__ import annotations

from datetime import date

from nelm.case.course_document import CourseDocument
from nelm.case.course_records import CourseLab
from nelm.case.vocabulary import LabTest
from nelm.followup import Marker, MarkerCourse, MarkerKnowledge, MarkerValue, marker_course
from nelm.knowledge import Knowledge
from nelm.quantities import Measured

MARKERS = {
    LabTest.CHROMOGRANIN_A: Marker.CHROMOGRANIN_A,
    LabTest.HIAA_URINE_24H: Marker.HIAA_URINE,
    LabTest.HIAA_PLASMA: Marker.HIAA_PLASMA,
    LabTest.NSE: Marker.NSE,
}
ACID_BLOCKER = "symptom.ppi"


def marker_courses(course: CourseDocument, knowledge: Knowledge) -> tuple[MarkerCourse, ...]:
    """Every marker with a value, in the order of its values; of two values of a day the last one counts."""
    known = knowledge.record(MarkerKnowledge, "markers")
    found: list[MarkerCourse] = []
    for test, marker in MARKERS.items():
        values = {
            one.day.first: _value(one, course)
            for one in course.labs
            if one.test is test and isinstance(one.value, Measured)
        }
        if values:
            found.append(marker_course(marker, [values[day] for day in sorted(values)], known=known))
    return tuple(found)


def _value(one: CourseLab, course: CourseDocument) -> MarkerValue:
    assert isinstance(one.value, Measured)
    day = one.day.first
    return MarkerValue(
        day=day,
        value=one.value.interval,
        unit=one.unit.code if one.unit is not None else "1",
        assay=one.assay,
        specimen=one.specimen,
        upper_limit=None if one.upper_limit is None else one.upper_limit.estimate,
        analytical_cv_percent=None
        if one.analytical_cv_percent is None
        else one.analytical_cv_percent.estimate,
        acid_blocker=True if _on_acid_blocker(course, day) else one.acid_blocker,
        haemolysed=one.haemolysed,
        interference=one.interference,
        collection_complete=one.collection_complete,
    )


def _on_acid_blocker(course: CourseDocument, day: date) -> bool:
    """Whether the course lists a proton-pump inhibitor on the day."""
    return any(
        one.option == ACID_BLOCKER and one.start <= day and (one.end is None or one.end >= day)
        for one in course.treatments
    )
