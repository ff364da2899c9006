"""Files that a followed course is written to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nelm.app.course.case_on_day import derived_facts
from nelm.app.course.document import followup_bytes
from nelm.app.course.documents import Document, group
from nelm.app.course.followed import Followed
from nelm.case import case_to_document
from nelm.case.course import Course
from nelm.io.case_merge import Replacement, merged_case, write_merged
from nelm.io.fhir_calendar import calendar_bundle
from nelm.io.icalendar import calendar_bytes

COURSE_KEYS = tuple(Course.model_fields)


@dataclass(frozen=True, slots=True)
class CourseFiles:
    """Where a followed course goes; None is nowhere.

    Parameters
    ----------
    html, pdf : The page.
    ics, fhir : The calendar as iCalendar, and as a FHIR bundle.
    into : A case file that takes the derived facts up.
    subject : Reference to the patient in the FHIR bundle.
    """

    html: Path | None = None
    pdf: Path | None = None
    ics: Path | None = None
    fhir: Path | None = None
    into: Path | None = None
    subject: str = "Patient/unknown"


def write_course(followed: Followed, files: CourseFiles) -> list[str]:
    """Write what was asked for; gives a line about each file.

    Raises
    ------
    InputError : The case file is none, or contradicts what was derived; no file is written then.
    """
    merged = None
    if files.into is not None:
        merged = merged_case(files.into, _facts_for_case(followed))
    contents = list(_contents(followed, files))
    for path, data, _ in contents:
        path.write_bytes(data)
    lines = [f"{kind}: {path}" for path, _, kind in contents]
    if merged is not None:
        backup = write_merged(merged)
        lines.append(f"case: {merged.path} (the earlier one: {backup})")
        lines += [_replaced(item) for item in merged.replaced]
    return lines


def _facts_for_case(followed: Followed) -> Document:
    """What follows, for another case file; what images made untrue is not known there, what resolved is gone."""
    facts = derived_facts(case_to_document(followed.last.case))
    if any(one.word is not None for one in followed.lines.days):
        found = group(facts, "course")
        facts["course"] = {key: found.get(key) for key in COURSE_KEYS}
    if followed.course.symptoms and "symptoms" not in facts:
        facts["symptoms"] = []
    return facts


def course_json(followed: Followed) -> bytes:
    """The document of a followed course."""
    return followup_bytes(followed)


def course_page(followed: Followed) -> str:
    """The page of a followed course."""
    from nelm.app.course.view import course_view
    from nelm.report.course import course_page as page

    return page(course_view(followed))


def course_pdf(followed: Followed) -> bytes:
    """The same as PDF."""
    from nelm.app.course.view import course_view
    from nelm.report.course.printed import course_pdf as paper

    return paper(course_view(followed))


def _contents(followed: Followed, files: CourseFiles) -> Iterable[tuple[Path, bytes, str]]:
    """Every file with what goes into it."""
    calendar = followed.watch.calendar
    if files.html is not None:
        yield files.html, course_page(followed).encode(), "HTML"
    if files.pdf is not None:
        yield files.pdf, course_pdf(followed), "PDF"
    if files.ics is not None:
        yield files.ics, calendar_bytes(calendar, case=followed.course.id), "iCalendar"
    if files.fhir is not None:
        bundle = calendar_bundle(calendar, case=followed.course.id, subject=files.subject)
        text = json.dumps(bundle, ensure_ascii=False, indent=2, allow_nan=False)
        yield files.fhir, f"{text}\n".encode(), "FHIR"


def _replaced(item: Replacement) -> str:
    return f"replaced {item.path}: {item.before} by {item.after}"
