"""Whether a resection of the course removed everything and nothing was found since, so that a patient is followed as
one after a resection and not as one with disease.

It has to be said: by what the record says the operation left, else by a complete response afterwards. A debulking never
counts, nor does an operation with microscopic remains, which the plan of controls that was read does not speak of.
What is not said, or is said against what the case still lists, stays open and is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from nelm.app.course.lines import CourseLines, DayResponse, family, is_of_the_tumour, name_of
from nelm.case import Case
from nelm.case.course_document import CourseDocument
from nelm.case.course_records import CourseTreatment
from nelm.case.course_vocabulary import ResidualTumour
from nelm.case.vocabulary import CourseStatus, Response
from nelm.followup import Certainty, Examination, LesionState, Word

OPERATIONS = ("resection", "transplant")
DEBULKING = "resection.debulking"
TWO_STAGE = "resection.two_stage"
OF_THE_LIVER = ("resection.liver", TWO_STAGE, "transplant.liver", "resection.*", "transplant.*")
LOCAL = ("ablation", "embolisation", "radioembolisation", "radiotherapy")
SEEN = (LesionState.MEASURED, LesionState.PRESENT, LesionState.PROGRESSED, LesionState.TOO_SMALL)


@dataclass(frozen=True, slots=True)
class Resected:
    """What is known of a resection of everything.

    Parameters
    ----------
    day : Day of the last operation that removed everything; None where none did or it is not known.
    in_doubt : What would settle it; empty where it is settled.
    """

    day: date | None = None
    in_doubt: str = ""


def resected(course: CourseDocument, lines: CourseLines, case: Case, day: date) -> Resected:
    """Whether everything was resected and nothing was found since.

    Parameters
    ----------
    course, lines : As known on the day.
    case : The case of the day.
    """
    operations = [
        one
        for one in course.treatments
        if family(one) in OPERATIONS and one.option != DEBULKING and _done_on(one) <= day
    ]
    if not operations:
        return Resected()
    last = max(operations, key=_done_on)
    done = _done_on(last)
    complete = _complete(last, [one for one in lines.days if one.day > done])
    if complete is False or _found_since(course, lines, done):
        return Resected()
    if last.option == TWO_STAGE and last.end is None:
        return Resected(in_doubt=f"whether the second stage of the resection of {done} was done, and when")
    if complete is None and not any(one.option in OF_THE_LIVER for one in operations):
        return Resected()
    doubts = (
        "" if complete else "whether it removed everything",
        _still_listed(case, operations),
        _unclear_since(course, lines, done),
    )
    found = "; ".join(text for text in doubts if text)
    return Resected(in_doubt=f"of the resection of {done}: {found}") if found else Resected(day=done)


def _done_on(one: CourseTreatment) -> date:
    return one.end or one.start


def _complete(last: CourseTreatment, later: list[DayResponse]) -> bool | None:
    """By the record of the operation, else by a complete response after it."""
    if last.residual_tumour is not None:
        return last.residual_tumour is ResidualTumour.NONE
    words = [one.word for one in later if one.word is not None]
    if words:
        return words[-1] is Word.CR
    if last.best_response is not None:
        return last.best_response is Response.CR
    return None


def _found_since(course: CourseDocument, lines: CourseLines, done: date) -> bool:
    """Whether images, a report or a treatment after the operation tell of tumour."""
    if any(one.day > done and one.word is Word.PD for one in lines.days):
        return True
    if any(one.day > done and _shows_tumour(one) for one in lines.examinations):
        return True
    if any(_treats_tumour(one, done) for one in course.treatments):
        return True
    return any(_tells_of_tumour(one.facts) for one in course.reports if one.date > done)


def _shows_tumour(one: Examination) -> bool:
    """Whether a lesion that is no lymph node, or an unequivocal new one, is on the images."""
    lesions = any(
        item.state in SEEN or (item.state is None and item.measured_mm is not None)
        for item in one.lesions
        if not item.is_node
    )
    return lesions or any(item.certainty is Certainty.UNEQUIVOCAL for item in one.new_lesions or ())


def _treats_tumour(one: CourseTreatment, done: date) -> bool:
    """Whether a treatment after the operation has a target, or the tumour progressed on it."""
    progressed = one.progressed_on is not None and one.progressed_on > done
    return progressed or (one.start > done and (one.option == DEBULKING or family(one) in LOCAL))


def _unclear_since(course: CourseDocument, lines: CourseLines, done: date) -> str:
    """What after the operation may be tumour; empty where nothing may."""
    said = [one for one in lines.days if one.day > done and one.word is not None]
    if said and said[-1].word is not Word.CR:
        return f"whether the images of {said[-1].day} show tumour, which are called {said[-1].word}"
    for one in lines.examinations:
        nodes = [item for item in one.lesions if item.is_node and item.state is not LesionState.ABSENT]
        if one.day > done and (one.new_lesions or (nodes and not said)):
            return f"whether what the images of {one.day} show is tumour"
    begun = [one for one in course.treatments if one.start > done and is_of_the_tumour(one)]
    other = [one for one in begun if family(one) not in ("ssa", *OPERATIONS)]
    return f"what {name_of(other[0])} of {other[0].start} is given against" if other else ""


def _tells_of_tumour(facts: object) -> bool:
    """Whether a report lists sites, liver lesions or progression."""
    told = cast("dict[str, object]", facts)
    liver, course = (cast("dict[str, object]", told.get(name) or {}) for name in ("liver", "course"))
    counted = bool(liver.get("lesions")) or str(liver.get("lesion_count", 0)) not in ("0", "None")
    return counted or bool(told.get("extrahepatic")) or course.get("status") == CourseStatus.PROGRESSING


def _still_listed(case: Case, operations: list[CourseTreatment]) -> str:
    """Tumour of the case that none of the operations is on record to have removed; empty where there is none."""
    options = {one.option for one in operations}
    found: list[str] = []
    if case.tumour.primary_in_situ and "resection.primary" not in options:
        found.append("the primary in place")
    if not options & set(OF_THE_LIVER) and _in_the_liver(case):
        found.append("liver metastases")
    if case.extrahepatic and "resection.extrahepatic" not in options:
        found.append("tumour outside the liver")
    return f"whether what the case still lists was removed ({', '.join(found)})" if found else ""


def _in_the_liver(case: Case) -> bool:
    count = case.liver.lesion_count_interval
    return bool(case.liver.lesions) or (count is not None and count.low > 0)
