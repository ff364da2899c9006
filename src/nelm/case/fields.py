"""The kinds of single facts a case document holds: how each is read, and its JSON Schema.

A YAML file keeps the text of a plain (unquoted) scalar as `Plain`; the kind of the field decides what the text
means. So ``id: 1.10`` stays the text ``1.10``, ``resectable: no`` is the word ``no``, and only ``true`` and
``false`` are truth values.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from nelm.errors import problem
from nelm.quantities import Domain, Measured, PartialDate, measured, partial_date
from nelm.quantities.dates import DATE_PATTERN, EXPECTED_DATE, FIRST_YEAR, LAST_YEAR
from nelm.quantities.measured import MEASURED_PATTERN, NUMBER

Schema = dict[str, Any]
LONGEST_TEXT = 500
SHORTEST_PART = 3


class Plain(str):
    """The text of an unquoted YAML scalar, whose type the field decides."""

    __slots__ = ()


class Record(BaseModel):
    """A group of keys of the case document: frozen, strict, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


@dataclass(frozen=True, eq=False)
class Leaf:
    """How one kind of fact is read, and the JSON Schema of what is accepted."""

    read: Callable[[object], object]
    schema: Schema

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> Schema:
        return dict(self.schema)


class Word(StrEnum):
    """A closed vocabulary; each member's value is the word of the document."""

    @classmethod
    def read(cls, raw: object) -> Self:
        """The member that a document's text names."""
        words = [str(member) for member in cls]
        if isinstance(raw, str) and raw in words:
            return cls(str(raw))
        raise problem(raw, f"one of {', '.join(words)}", closest(raw, words) or "Use one of these words.")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.read)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> Schema:
        return {"type": "string", "enum": [str(member) for member in cls], "description": cls.__doc__ or ""}


def closest(raw: object, words: Sequence[str]) -> str:
    """A hint at the word that was probably meant; empty if none is near."""
    if (raw is False or raw == "false") and "no" in words:
        return 'Write "no" in quotes.'
    if not isinstance(raw, str) or len(raw) > LONGEST_TEXT:
        return ""
    folded = {word.lower(): word for word in words}
    sought = re.sub(r"[\s-]+", "_", raw.strip().lower())
    longer = [word for word in folded if len(sought) >= SHORTEST_PART and sought in word]
    near = difflib.get_close_matches(sought, folded, n=1) or longer
    return f'Did you mean "{folded[near[0]]}"?' if near else ""


def read_text(raw: object) -> str:
    """A short printable text."""
    expected = f"a text of 1 to {LONGEST_TEXT} printable characters"
    if not isinstance(raw, str):
        raise problem(raw, expected, "Write it in quotes.")
    if not raw.strip() or len(raw) > LONGEST_TEXT or not raw.isprintable():
        raise problem(raw, expected, "Shorten it, or leave the key out if it is not known.")
    return str(raw).strip()


def read_flag(raw: object) -> bool:
    """A truth value."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, Plain) and raw in ("true", "false"):
        return raw == "true"
    raise problem(
        raw, "true or false", "Write true or false in small letters without quotes, or leave it out."
    )


def read_number(raw: object, domain: Domain) -> Measured:
    """A number, bound, range or measurement without conversion."""
    return measured(plain_number(raw), domain, as_written=own_text(raw))


def plain_number(raw: object) -> object:
    """The document's value with unquoted YAML numbers turned into numbers."""
    if isinstance(raw, Plain) and re.fullmatch(NUMBER, raw):
        return float(raw) if re.search(r"[.eE]", raw) or len(raw) > 15 else int(raw)
    if isinstance(raw, Mapping):
        return {str(key): plain_number(value) for key, value in cast("Mapping[object, object]", raw).items()}
    return raw


def read_partial_date(raw: object) -> PartialDate:
    """A day, month or year; a bare year may be a number."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return partial_date(str(raw) if 0 <= raw <= 9999 else "year")
    if not isinstance(raw, str):
        raise problem(raw, EXPECTED_DATE, 'Write it as text, such as "2026-03-10".')
    return partial_date(str(raw))


def read_day(raw: object) -> date:
    """A day of the calendar."""
    read = read_partial_date(raw)
    if not read.is_exact:
        raise problem(raw, "a full date such as 2026-05-01", "Add the month and the day.")
    return read.first


def read_segment(raw: object) -> int:
    """The number of a Couinaud segment."""
    number = plain_number(raw)
    if isinstance(number, bool) or not isinstance(number, int | float) or number not in range(1, 9):
        raise problem(raw, "a Couinaud segment from 1 to 8", "Write 4a and 4b as 4.")
    return int(number)


def number_schema(domain: Domain) -> Schema:
    """JSON Schema of a number that may be bounded, a range or measured with an error."""
    number: Schema = {"type": "integer" if domain.whole else "number", "minimum": domain.low}
    if domain.high != float("inf"):
        number["maximum"] = domain.high
    forms = [number, {"type": "string", "pattern": MEASURED_PATTERN}]
    if not domain.whole:
        error = {"type": "number", "minimum": 0}
        forms.append({"type": "object", "properties": {"value": number, "sd": error},
                      "required": ["value", "sd"], "additionalProperties": False})  # fmt: skip
    return {"anyOf": forms}


def number_leaf(domain: Domain) -> Leaf:
    """The leaf of a measured number."""
    return Leaf(lambda raw: read_number(raw, domain), number_schema(domain))


def own_text(raw: object) -> str | None:
    """The text of an unquoted YAML number."""
    return str(raw) if isinstance(raw, Plain) and re.fullmatch(NUMBER, raw) else None


def _listed(raw: object) -> object:
    """A list as a tuple; not known as no items."""
    if raw is None:
        return ()
    if isinstance(raw, list | tuple):
        return tuple(cast("list[object]", raw))
    raise problem(
        raw, "a list", "Write the items in square brackets, or each on its own line after a hyphen."
    )


def _given(raw: object) -> object:
    """A group of keys; not known as a group without keys."""
    return {} if raw is None else raw


Item = TypeVar("Item")
Listing = Annotated[tuple[Item, ...], BeforeValidator(_listed)]
Group = Annotated[Item, BeforeValidator(_given)]

TEXT_SCHEMA: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": r"\S"}
DATE_SCHEMA: Schema = {
    "anyOf": [
        {"type": "string", "pattern": DATE_PATTERN},
        {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR},
    ]
}
DAY_SCHEMA: Schema = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
SEGMENT_SCHEMA: Schema = {"type": "integer", "minimum": 1, "maximum": 8}

Text = Annotated[str, Leaf(read_text, TEXT_SCHEMA)]
Flag = Annotated[bool, Leaf(read_flag, {"type": "boolean"})]
Day = Annotated[date, Leaf(read_day, DAY_SCHEMA)]
Dated = Annotated[PartialDate, Leaf(read_partial_date, DATE_SCHEMA)]
Segment = Annotated[int, Leaf(read_segment, SEGMENT_SCHEMA)]

Age = Annotated[Measured, number_leaf(Domain(0, 130))]
Height = Annotated[Measured, number_leaf(Domain(25, 280))]
Weight = Annotated[Measured, number_leaf(Domain(0.2, 700))]
Ecog = Annotated[Measured, number_leaf(Domain(0, 4, whole=True))]
Grade = Annotated[Measured, number_leaf(Domain(0, 5, whole=True))]
Percent = Annotated[Measured, number_leaf(Domain(0, 100))]
Change = Annotated[Measured, number_leaf(Domain(-100, 100000))]
Fraction = Annotated[Measured, number_leaf(Domain(0, 1))]
Count = Annotated[Measured, number_leaf(Domain(0, whole=True))]
Length = Annotated[Measured, number_leaf(Domain(0, 500))]
Volume = Annotated[Measured, number_leaf(Domain(0, 30000))]
Amount = Annotated[Measured, number_leaf(Domain(0))]
Activity = Annotated[Measured, number_leaf(Domain(0, 1000))]
Months = Annotated[Measured, number_leaf(Domain(0, 1200))]
