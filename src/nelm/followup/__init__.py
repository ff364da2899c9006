"""What happens after the decision: response to treatment over a course, and tumour markers."""

from nelm.followup.agreement import CourseResponse, ExaminationResponse, Growth, course_response
from nelm.followup.answers import Answer, Criteria, Reason, Word
from nelm.followup.examinations import (
    Certainty,
    Examination,
    LesionFinding,
    LesionState,
    Modality,
    NewLesion,
    Phase,
    TreatmentKind,
    TreatmentPeriod,
)
from nelm.followup.marker_values import Marker, MarkerValue, Trend
from nelm.followup.markers import MarkerChange, MarkerCourse, marker_course
from nelm.followup.response import Response, response
from nelm.followup.response_knowledge import MarkerKnowledge, ResponseKnowledge

__all__ = [
    "Answer",
    "Certainty",
    "CourseResponse",
    "Criteria",
    "Examination",
    "ExaminationResponse",
    "Growth",
    "LesionFinding",
    "LesionState",
    "Marker",
    "MarkerChange",
    "MarkerCourse",
    "MarkerKnowledge",
    "MarkerValue",
    "Modality",
    "NewLesion",
    "Phase",
    "Reason",
    "Response",
    "ResponseKnowledge",
    "TreatmentKind",
    "TreatmentPeriod",
    "Trend",
    "Word",
    "course_response",
    "marker_course",
    "response",
]
