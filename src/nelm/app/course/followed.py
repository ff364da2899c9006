"""A course followed up to a day: everything that is computed of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nelm.app.course.case_on_day import case_on
from nelm.app.course.decisions import Decision, Foreclosed, consequences, decisions, foreclosed
from nelm.app.course.drug_tables import FindingOn
from nelm.app.course.drugs import DrugStep, Patient, drug_steps
from nelm.app.course.lines import CourseLines, course_lines
from nelm.app.course.markers import marker_courses
from nelm.app.course.procedures import Preparation, preparations
from nelm.app.course.quality import QualityCourse, quality_courses
from nelm.app.course.radioligand import radioligand_steps
from nelm.app.course.symptoms import DiaryCourse, diary_courses
from nelm.app.course.toxicity import GradedValue, graded_values, watch_of_marrow
from nelm.app.course.watch import Seen, Watched, watched
from nelm.app.planning import case_plan
from nelm.case.course_document import CourseDocument
from nelm.followup import MarkerCourse
from nelm.followup.knowledge import QualityOfLifeKnowledge, SymptomCourseKnowledge
from nelm.followup.toxicity.marrow_watch import MarrowWatch
from nelm.io.course_files import CourseFile, read_course
from nelm.knowledge import Entry, Knowledge, load_knowledge
from nelm.planner.plan import Finding, Plan
from nelm.quantities import Interval


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Everything that is computed of a course up to a day.

    Parameters
    ----------
    file : The course; what is later than the day was left out.
    on : The day.
    knowledge : What it was judged by.
    lines : Lines of treatment with their responses.
    markers, diary, quality : Markers, symptoms of the diary, questionnaires.
    grades : Values of the course with their CTCAE grades.
    steps : Dose step of every running drug and radioligand course.
    marrow : The watch of the marrow.
    watch : Heart, analogue, telotristat, calendar.
    preparations : What procedures that are open now ask for in a carcinoid syndrome.
    decisions : Plans after every event, the last one of the day.
    foreclosed : Options that are excluded now.
    consequences : What the treatments given mean for what may follow.
    """

    file: CourseFile
    on: date
    knowledge: Knowledge
    lines: CourseLines
    markers: tuple[MarkerCourse, ...]
    diary: tuple[DiaryCourse, ...]
    quality: tuple[QualityCourse, ...]
    grades: tuple[GradedValue, ...]
    steps: tuple[DrugStep, ...]
    marrow: MarrowWatch
    watch: Watched
    preparations: tuple[Preparation, ...]
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
    """A course followed up to a day; None is the day of its last entry. A day before the first is the first."""
    day = day_asked(file, on)
    kept = file.until(day)
    lines = course_lines(kept.course, knowledge)
    symptoms = knowledge.record(SymptomCourseKnowledge, "symptom_course")
    made = decisions(kept, lines, day, knowledge)
    case = made[-1].case
    found = _findings(kept, made, knowledge)
    diary = diary_courses(kept.course, day, symptoms)
    patient = Patient(kept.course, case, found, knowledge)
    watch = watched(Seen(kept.course, lines, case, diary, found), day, knowledge)
    echo = max((one.date for one in kept.course.echo), default=None)
    return Followed(
        file=kept,
        on=day,
        knowledge=knowledge,
        lines=lines,
        markers=marker_courses(kept.course, knowledge),
        diary=diary,
        quality=quality_courses(kept.answers, knowledge),
        grades=graded_values(kept.course, case.labs, knowledge),
        steps=(*radioligand_steps(patient, day), *drug_steps(patient, day)),
        marrow=watch_of_marrow(kept.course, case.labs, day, knowledge),
        watch=watch,
        preparations=preparations(made[-1].plan, case, watch, last_echo=echo, knowledge=knowledge),
        decisions=made,
        foreclosed=foreclosed(made),
        consequences=consequences(made, kept.course, day),
    )


def day_asked(file: CourseFile, on: date | None) -> date:
    """The day that is asked for: None is that of the last entry, and a day before the first is the first."""
    asked = on or file.course.last_day or file.first_day
    later = [one.answered_on for one in file.answers] if on is None else []
    return max(asked, file.first_day, *later)


def _findings(file: CourseFile, made: tuple[Decision, ...], knowledge: Knowledge) -> FindingOn:
    """Derived facts by day: of the plan of that day, made where there is none yet."""
    plans: dict[date, Plan] = {one.day: one.plan for one in made}

    def found(day: date, name: str) -> Interval | str | None:
        if day not in plans:
            plans[day] = case_plan(case_on(file, day, knowledge))
        item = next((one for one in plans[day].findings if one.id == name), None)
        return None if item is None else _value(item)

    return found


def _value(item: Finding) -> Interval | str | None:
    if item.low is not None and item.high is not None:
        return Interval(item.low, item.high)
    return item.value if isinstance(item.value, str) else None
