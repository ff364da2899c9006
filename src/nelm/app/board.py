"""What a tumour board is shown: the plan of a case, or of a course as it stood on a day, with the course so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from nelm.app.planning import case_plan
from nelm.case import parse_case
from nelm.case.course_document import COURSE_SCHEMA
from nelm.errors import InputError
from nelm.io.case_files import read_document, read_input
from nelm.planner.plan import Plan

if TYPE_CHECKING:
    from nelm.io.course_files import CourseFile
    from nelm.report.course.so_far import CourseSoFar


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """A plan, and the course that it belongs to.

    Parameters
    ----------
    plan : Of the case; that of a course as it stood on the day of the plan.
    course : None where the plan is of a case alone.
    """

    plan: Plan
    course: CourseFile | None = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was noticed on reading the course and does not stand in the plan."""
        said = self.course.remarks if self.course is not None else ()
        return tuple(text for text in said if text not in self.plan.warnings)


def read_board(path: str, on: date | None = None) -> Board:
    """The plan of a case or of a course in a file (`-` for standard input).

    Parameters
    ----------
    path : A nelm.case/1 or a nelm.course/1 document.
    on : Day of a course; None is that of its last entry. A case has none.

    Raises
    ------
    InputError : The document is not valid; nothing is written.
    """
    try:
        document = read_document(read_input(path), suffix=Path(path).suffix.lower())
        if document.get("schema") == COURSE_SCHEMA:
            return _board_of_course(document, Path(path).parent, on)
        case = parse_case(document, origin=path)
    except InputError as error:
        raise error.in_file(error.file or path) from None
    return Board(case_plan(case))


def _board_of_course(document: Mapping[str, object], folder: Path, on: date | None) -> Board:
    """The plan of a course on a day."""
    from nelm.app.course.case_on_day import case_on
    from nelm.app.course.followed import day_asked
    from nelm.followup.knowledge import QualityOfLifeKnowledge
    from nelm.io.course_files import course_of
    from nelm.knowledge import load_knowledge

    knowledge = load_knowledge()
    file = course_of(document, folder, knowledge.record(QualityOfLifeKnowledge, "quality_of_life"))
    return Board(case_plan(case_on(file, day_asked(file, on), knowledge)), file)


def rendered(board: Board, kinds: Iterable[str]) -> dict[str, bytes]:
    """The plan as `json`, and the report as `html` and `pdf`, with the course so far where there is one."""
    wanted = tuple(dict.fromkeys(kinds))
    so_far = _so_far(board) if {"html", "pdf"} & set(wanted) else None
    return {kind: _rendered(board.plan, kind, so_far) for kind in wanted}


def _rendered(plan: Plan, kind: str, so_far: CourseSoFar | None) -> bytes:
    if kind == "json":
        from nelm.io.plan_json import plan_bytes

        return plan_bytes(plan)
    from nelm.report import html_page, pdf_bytes

    return html_page(plan, so_far).encode() if kind == "html" else pdf_bytes(plan, so_far)


def _so_far(board: Board) -> CourseSoFar | None:
    """The course up to the day of the plan; None for a case alone."""
    if board.course is None:
        return None
    from nelm.app.course.followed import follow
    from nelm.app.course.summary import course_so_far
    from nelm.knowledge import load_knowledge

    return course_so_far(follow(board.course, on=board.plan.as_of, knowledge=load_knowledge()))
