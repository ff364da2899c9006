"""What was done so far, and what the patient does not want."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Self, cast

from pydantic import model_validator

from nelm.case.checks import contradiction, raise_all
from nelm.case.fields import (
    TEXT_SCHEMA,
    Activity,
    Count,
    Dated,
    Flag,
    Grade,
    Leaf,
    Listing,
    Months,
    Record,
    Schema,
    Text,
)
from nelm.case.vocabulary import OPTION_CLASSES, OPTION_IDS, Response, StoppedFor
from nelm.errors import Problem, problem

OTHER = re.compile(r'other:\s*"?(.*?)"?\s*')
EXPECTED_OPTION = 'an option identifier such as "prrt.lu177_dotatate" or a class such as "chemo.*"'
NAMES = (*OPTION_IDS, *OPTION_CLASSES)


def read_option(raw: object) -> str:
    """An option identifier or a class of options."""
    if isinstance(raw, str) and raw in NAMES:
        return str(raw)
    near = difflib.get_close_matches(raw[:100].strip().lower(), NAMES, n=1) if isinstance(raw, str) else []
    hint = f'Did you mean "{near[0]}"?' if near else 'Use an identifier of the list, or other: "text".'
    raise problem(raw, EXPECTED_OPTION, hint)


OPTION_SCHEMA: Schema = {"type": "string", "enum": list(NAMES)}
TREATMENT_OPTION_SCHEMA: Schema = {
    "anyOf": [
        OPTION_SCHEMA,
        {"type": "string", "pattern": r"^other:[ \t]*\S"},
        {"type": "object", "properties": {"other": TEXT_SCHEMA}, "required": ["other"],
         "additionalProperties": False},
    ]
}  # fmt: skip

Option = Annotated[str, Leaf(read_option, OPTION_SCHEMA)]
TreatmentOption = Annotated[str, Leaf(read_option, TREATMENT_OPTION_SCHEMA)]


class Toxicity(Record):
    """An adverse effect of a treatment, by the term of the record."""

    term: Text
    ctcae_grade: Grade | None = None


class Treatment(Record):
    """A treatment given or under way: `option` names it, or `other` where no identifier fits.

    ``option: {other: "text"}`` and ``option: 'other: text'`` are read as ``other: text``.
    """

    option: TreatmentOption | None = None
    other: Text | None = None
    start: Dated | None = None
    end: Dated | None = None
    ongoing: Flag | None = None
    cycles: Count | None = None
    activity_gbq: Activity | None = None
    best_response: Response | None = None
    progressed_on: Flag | None = None
    progression_free_months: Months | None = None
    stopped_for: StoppedFor | None = None
    toxicities: Listing[Toxicity] = ()

    @model_validator(mode="before")
    @classmethod
    def _other_in_option(cls, raw: object) -> object:
        return with_other(raw)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        raise_all([*named_once(self.option, self.other), *_dates(self), *_ending(self)])
        return self


class Preferences(Record):
    """What the patient declined (identifiers or classes), and the aims in the patient's words."""

    declined: Listing[Option] = ()
    goals: Listing[Text] = ()


def _other_text(option: object) -> object:
    """The free text of a treatment without identifier; None if `option` holds no such text."""
    if isinstance(option, Mapping):
        group = cast("Mapping[object, object]", option)
        return group["other"] if set(group) == {"other"} else None
    if isinstance(option, str) and (found := OTHER.fullmatch(option)):
        return found[1]
    return None


def with_other(raw: object) -> object:
    """A treatment as written, the free text that `option` may hold moved to `other`."""
    if not isinstance(raw, Mapping):
        return raw
    given = cast("Mapping[object, object]", raw)
    text = _other_text(given.get("option"))
    if text is None or given.get("other") is not None:
        return cast(object, raw)
    return {**given, "option": None, "other": text}


def named_once(option: str | None, other: str | None) -> list[Problem]:
    """A treatment with no name or two."""
    if (option is None) == (other is None):
        value = "" if option is None else option
        remedy = 'Write option: with an identifier, or other: "text".'
        return [Problem("option", value, "either option or other, and one of them", remedy)]
    return []


def _dates(treatment: Treatment) -> list[Problem]:
    """An end before the start."""
    start, end = treatment.start, treatment.end
    if start is not None and end is not None and end.is_before(start.first):
        return [contradiction("end", end, "start", start)]
    return []


def _ending(treatment: Treatment) -> list[Problem]:
    """A reason for stopping that the other facts exclude."""
    problems: list[Problem] = []
    if treatment.stopped_for is not None and treatment.ongoing:
        problems.append(contradiction("stopped_for", treatment.stopped_for, "ongoing", "true"))
    if treatment.stopped_for is StoppedFor.PROGRESSION and treatment.progressed_on is False:
        problems.append(contradiction("stopped_for", "progression", "progressed_on", "false"))
    return problems
