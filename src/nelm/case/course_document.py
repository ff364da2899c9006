"""The whole course document, ``nelm.course/1``: a case as it stood at first, and what happened since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self, cast

from pydantic import ConfigDict, Field, ValidationError

from nelm.case.course_records import (
    Answered,
    BloodPressure,
    Check,
    CourseLab,
    CourseTreatment,
    DatedSymptom,
    DatedToxicity,
    DiaryEntry,
    Echo,
    Imaging,
    Report,
    Review,
)
from nelm.case.document import CASE_SCHEMA
from nelm.case.fields import TEXT_SCHEMA, Flag, Leaf, Listing, Record, Text, read_text
from nelm.case.reading import plain_document, problems_of
from nelm.errors import InputError, problem

COURSE_SCHEMA = "nelm.course/1"
DATED = ("imaging", "diary", "reviews", "symptoms", "echo", "blood_pressure", "checks", "reports")
"""Lists of which every entry has one day."""


def _read_schema(raw: object) -> str:
    if isinstance(raw, str) and raw == COURSE_SCHEMA:
        return COURSE_SCHEMA
    raise problem(raw, COURSE_SCHEMA, f"Write schema: {COURSE_SCHEMA}")


def _read_case(raw: object) -> str | Mapping[str, object]:
    """A case document, or the name of a file that holds one."""
    if isinstance(raw, Mapping):
        return cast("Mapping[str, object]", raw)
    if isinstance(raw, str):
        return read_text(raw)
    raise problem(raw, f"a {CASE_SCHEMA} document, or the path of one beside this file")


CASE_OR_PATH: dict[str, Any] = {
    "anyOf": [TEXT_SCHEMA, {"type": "object", "required": ["schema", "id", "as_of"]}]
}


class CourseDocument(Record):
    """A course. Everything is dated; an absent list says nothing about what it does not list.

    `one_reader` says whether all images were measured by the same person.
    """

    model_config = ConfigDict(defer_build=False)

    schema_version: Annotated[str, Leaf(_read_schema, {"const": COURSE_SCHEMA})] = Field(alias="schema")
    id: Text
    case: Annotated[str | Mapping[str, Any], Leaf(_read_case, CASE_OR_PATH)]
    one_reader: Flag | None = None
    imaging: Listing[Imaging] = ()
    labs: Listing[CourseLab] = ()
    diary: Listing[DiaryEntry] = ()
    questionnaires: Listing[Answered] = ()
    treatments: Listing[CourseTreatment] = ()
    toxicities: Listing[DatedToxicity] = ()
    reviews: Listing[Review] = ()
    symptoms: Listing[DatedSymptom] = ()
    echo: Listing[Echo] = ()
    blood_pressure: Listing[BloodPressure] = ()
    checks: Listing[Check] = ()
    reports: Listing[Report] = ()

    @property
    def last_day(self) -> date | None:
        """The latest day that anything is dated; None where nothing is."""
        days = [one.date for one in (*self.imaging, *self.diary, *self.toxicities, *self.reviews)]
        days += [one.date for one in (*self.symptoms, *self.echo, *self.checks, *self.reports)]
        days += [one.date for one in self.blood_pressure]
        days += [one.date for one in self.questionnaires if one.date is not None]
        days += [one.day.first for one in self.labs]
        for one in self.treatments:
            days += [one.start, *([one.end] if one.end else [])]
            days += [item.date for item in (*one.doses, *one.cycles)]
        return max(days, default=None)

    def until(self, day: date) -> Self:
        """The course as it was known on a day: nothing later, no end or resolution that was still to come."""
        return self.model_copy(
            update={
                **{name: tuple(one for one in getattr(self, name) if one.date <= day) for name in DATED},
                "labs": tuple(one for one in self.labs if one.day.first <= day),
                "questionnaires": tuple(
                    one for one in self.questionnaires if one.date is None or one.date <= day
                ),
                "treatments": tuple(one.until(day) for one in self.treatments if one.start <= day),
                "toxicities": tuple(one.until(day) for one in self.toxicities if one.date <= day),
            }
        )


def parse_course(document: Mapping[str, object]) -> CourseDocument:
    """The course that a document describes; its case is not looked into.

    Raises
    ------
    InputError : With every problem found, each with its path, value, what was expected and the remedy.
    """
    plain = plain_document(document)
    try:
        return CourseDocument.model_validate(plain)
    except ValidationError as error:
        raise InputError(problems_of(error, CourseDocument)) from None
