"""Course files: JSON or YAML, read as strictly as case files, with the files that they name."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import cast

from nelm.case import CASE_SCHEMA, Case, parse_case
from nelm.case.course_document import COURSE_SCHEMA, CourseDocument, parse_course
from nelm.case.course_records import Answered, Report
from nelm.case.course_vocabulary import Instrument
from nelm.errors import InputError, problem
from nelm.followup.knowledge import QualityOfLifeKnowledge
from nelm.followup.questionnaires import Answers, Questionnaire, checked, scales
from nelm.io.case_files import file_bytes, read_document, read_input
from nelm.io.fhir_questionnaire import read_answers

Document = dict[str, object]
QUESTIONNAIRES = {
    Instrument.QLQ_C30: Questionnaire.QLQ_C30,
    Instrument.QLQ_GINET21: Questionnaire.QLQ_GINET21,
}


@dataclass(frozen=True, slots=True)
class CourseFile:
    """A course with everything that it names.

    Parameters
    ----------
    course : The document.
    case : Its case as a document, as it stood at first; valid.
    first_day : Day of that case.
    answers : Answers to questionnaires, in order of days.
    remarks : What was noticed on reading.
    """

    course: CourseDocument
    case: Document
    first_day: date
    answers: tuple[Answers, ...]
    remarks: tuple[str, ...]

    def until(self, day: date) -> CourseFile:
        """The course as it was known on a day."""
        answers = tuple(one for one in self.answers if one.answered_on <= day)
        return replace(self, course=self.course.until(day), answers=answers)

    def case_on(self, day: date) -> Document:
        """The case with the reports up to a day, a document of its own."""
        found = copy.deepcopy(self.case)
        for one in sorted(self.course.reports, key=lambda report: report.date):
            if one.date <= day:
                merge(found, one.facts)
        found["as_of"] = max(day, self.first_day).isoformat()
        return found


def read_course(path_or_dash: str | Path, known: QualityOfLifeKnowledge) -> CourseFile:
    """The course in a file; ``-`` is standard input, and files that it names then lie in the working folder.

    Raises
    ------
    InputError : The file, or one that it names, cannot be read or has problems; all of them are listed.
    """
    name = str(path_or_dash)
    try:
        content = read_input(name)
        document = read_document(content, suffix=Path(name).suffix.lower(), schema=COURSE_SCHEMA)
        return course_of(document, Path(name).parent, known)
    except InputError as error:
        raise error.in_file(error.file or name) from None


def course_of(document: Mapping[str, object], folder: Path, known: QualityOfLifeKnowledge) -> CourseFile:
    """The course that a document describes; files that it names are sought in `folder`."""
    course = parse_course(document)
    case_document, case = _case(course, folder)
    read = [_answers(one, place, folder, known) for place, one in enumerate(course.questionnaires)]
    answers = sorted((one for one, _ in read), key=lambda one: (one.answered_on, one.questionnaire))
    remarks = tuple(remark for _, remarks in read for remark in remarks)
    found = CourseFile(course, case_document, case.as_of, tuple(answers), (*case.warnings, *remarks))
    _check_days(found)
    _check_reports(found)
    return found


def merge(holder: Document, facts: Mapping[str, object]) -> None:
    """Put facts into a document, in place: a group key by key, everything else as a whole."""
    for key, value in facts.items():
        before = holder.get(key)
        if isinstance(value, Mapping) and isinstance(before, dict) and "value" not in value:
            merge(cast("Document", before), cast("Mapping[str, object]", value))
        else:
            holder[key] = copy.deepcopy(value)


def _case(course: CourseDocument, folder: Path) -> tuple[Document, Case]:
    """The case of the course, written in it or in a file beside it."""
    if isinstance(course.case, str):
        path = folder / course.case
        try:
            document = read_document(file_bytes(path), suffix=path.suffix.lower(), schema=CASE_SCHEMA)
            return document, parse_case(document)
        except InputError as error:
            raise error.in_file(str(path)) from None
    document = cast("Document", copy.deepcopy(dict(course.case)))
    try:
        return document, parse_case(document)
    except InputError as error:
        raise InputError([one.under("case") for one in error.problems]) from None


def _answers(
    one: Answered, place: int, folder: Path, known: QualityOfLifeKnowledge
) -> tuple[Answers, tuple[str, ...]]:
    """The answers of one questionnaire, checked against its structure."""
    if one.fhir is not None:
        path = folder / one.fhir
        try:
            return read_answers(_json(file_bytes(path)), known)
        except InputError as error:
            raise error.in_file(str(path)) from None
    assert one.instrument is not None and one.date is not None and one.answers is not None
    which = QUESTIONNAIRES[one.instrument]
    try:
        return checked(Answers(which, one.date, one.answers), scales(which, known)), ()
    except InputError as error:
        raise InputError([found.under(f"questionnaires[{place}]") for found in error.problems]) from None


def _json(content: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise problem("no JSON", "a FHIR QuestionnaireResponse in JSON") from None
    if not isinstance(document, dict):
        raise problem("no object", "a FHIR QuestionnaireResponse in JSON")
    return cast("Mapping[str, object]", document)


def _check_days(found: CourseFile) -> None:
    """Images in order, and every report not before the case that it changes."""
    days = [one.date for one in found.course.imaging]
    for place, (earlier, later) in enumerate(pairwise(days), start=1):
        if later <= earlier:
            expected = "a day after that of the examination before"
            remedy = "Give them in order; join two examinations of one day into one."
            raise problem(later.isoformat(), expected, remedy, path=f"imaging[{place}].date")
    for place, one in enumerate(found.course.reports):
        if one.date < found.first_day:
            expected = f"a day not before as_of of the case ({found.first_day})"
            raise problem(
                one.date.isoformat(), expected, "Put it into the case.", path=f"reports[{place}].date"
            )


def _check_reports(found: CourseFile) -> None:
    """The case stays valid with every report; each is blamed for what it brings."""
    places = {id(one): place for place, one in enumerate(found.course.reports)}
    ordered: list[Report] = sorted(found.course.reports, key=lambda report: report.date)
    for one in ordered:
        try:
            parse_case(found.case_on(one.date))
        except InputError as error:
            path = f"reports[{places[id(one)]}].facts"
            raise InputError([item.under(path) for item in error.problems]) from None
