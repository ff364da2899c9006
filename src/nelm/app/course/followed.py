"""A course followed up to a day: everything that is computed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from nelm.app.course.case_on_day import case_document_on
from nelm.app.course.decisions import Decision, Foreclosed, consequences, decisions, foreclosed
from nelm.app.course.lines import CourseLines, course_lines
from nelm.case.course_document import CourseDocument
from nelm.followup.knowledge import QualityOfLifeKnowledge, SymptomCourseKnowledge
from nelm.io.course_files import CourseFile, read_course
from nelm.knowledge import Entry, Knowledge, load_knowledge


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Everything that is computed of a course up to a day.

    Parameters
    ----------
    file : The course.
    on : The day; later entries were left out.
    knowledge : What it was judged by.
    lines : Lines of treatment with their responses.
    case_document : The case as it stands on the day.
    decisions : Plans after every event, the last one of the day.
    foreclosed : Options that are excluded now.
    consequences : What the treatments given mean for what may follow.
    """

    file: CourseFile
    on: date
    knowledge: Knowledge
    lines: CourseLines
    case_document: Mapping[str, object]
    decisions: tuple[Decision, ...]
    foreclosed: tuple[Foreclosed, ...]
    consequences: tuple[tuple[str, Entry], ...]

    @property
    def course(self) -> CourseDocument:
        """The document, without what is later than the day."""
        return self.file.course

    @property
    def last(self) -> Decision:
        """The decision of the day."""
        return self.decisions[-1]


def read_and_follow(path: str, on: date | None = None) -> Followed:
    """The course of a file (`-` for standard input) followed up to a day; None is its last entry.

    Raises
    ------
    InputError : The document is not valid, or contradicts itself on the way.
    """
    knowledge = load_knowledge()
    known = knowledge.record(QualityOfLifeKnowledge, "quality_of_life")
    return follow(read_course(path, known), on=on, knowledge=knowledge)


def follow(file: CourseFile, *, on: date | None = None, knowledge: Knowledge) -> Followed:
    """A course followed up to a day; None is the day of its last entry."""
    day = on or max(file.first_day, file.course.last_day or file.first_day)
    kept = file.until(day)
    lines = course_lines(kept.course, knowledge)
    symptoms = knowledge.record(SymptomCourseKnowledge, "symptom_course")
    made = decisions(kept, lines, day, symptoms)
    return Followed(
        file=kept,
        on=max(day, file.first_day),
        knowledge=knowledge,
        lines=lines,
        case_document=case_document_on(kept, lines, day, symptoms),
        decisions=made,
        foreclosed=foreclosed(made),
        consequences=consequences(made, kept.course, day),
    )
