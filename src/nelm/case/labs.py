"""Laboratory results, held in one canonical unit per test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic_core import CoreSchema, core_schema

from nelm.case.fields import (
    TEXT_SCHEMA,
    Dated,
    Record,
    Schema,
    closest,
    number_schema,
    own_text,
    plain_number,
    read_text,
)
from nelm.case.vocabulary import LabLevel, LabTest
from nelm.errors import InputError, Problem, problem
from nelm.quantities import (
    LAB_UNITS,
    PURE_NUMBERS,
    Domain,
    Measured,
    Unit,
    accepted_units,
    measured,
    resolve_unit,
    unit_domain,
)
from nelm.quantities.measured import FORMS

LEVELS = tuple(str(level) for level in LabLevel)


@dataclass(frozen=True, eq=False)
class UnitLeaf:
    """How a fact is read whose meaning depends on the test and the unit read before it."""

    read: Callable[[object, ValidationInfo], object]
    schema: Schema

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> Schema:
        return dict(self.schema)


def read_unit(raw: object, info: ValidationInfo) -> Unit:
    """The unit, if the test is ever reported in it."""
    test = info.data.get("test")
    written = read_text(raw)
    return resolve_unit(test, written) if test is not None else Unit(written, written)


def read_value(raw: object, info: ValidationInfo) -> Measured | LabLevel:
    """A value in the canonical unit, or the side of the normal range on which it lies."""
    if isinstance(raw, str) and raw in LEVELS:
        return LabLevel(str(raw))
    if isinstance(raw, str) and raw[:1].isalpha():
        hint = closest(raw, LEVELS) or "Use one of these forms."
        raise problem(raw, f"{FORMS}, or one of {', '.join(LEVELS)}", hint)
    return read_limit(raw, info)


def read_limit(raw: object, info: ValidationInfo) -> Measured:
    """A number in the canonical unit of the test; as it stands where test or unit are not known."""
    test, unit = info.data.get("test"), info.data.get("unit")
    if test in PURE_NUMBERS and unit is None:
        unit = resolve_unit(test, LAB_UNITS[test])
    if test is None or unit is None:
        return measured(plain_number(raw), Domain(), as_written=own_text(raw))
    return measured(plain_number(raw), unit_domain(test, unit), unit.scale, as_written=own_text(raw))


LIMIT_SCHEMA = number_schema(Domain())
VALUE_SCHEMA: Schema = {"anyOf": [{"type": "string", "enum": list(LEVELS)}, *LIMIT_SCHEMA["anyOf"]]}


class Lab(Record):
    """A laboratory result.

    `value` and `upper_limit` are held in the canonical unit `unit.code`, whatever unit was entered;
    `value.as_written` and `unit.as_written` keep the entry. `value` may be normal, raised or low only.
    """

    test: LabTest
    unit: Annotated[Unit, UnitLeaf(read_unit, TEXT_SCHEMA)] | None = None
    value: Annotated[Measured | LabLevel, UnitLeaf(read_value, VALUE_SCHEMA)] | None = None
    date: Dated | None = None
    upper_limit: Annotated[Measured, UnitLeaf(read_limit, LIMIT_SCHEMA)] | None = None

    @property
    def is_comparable(self) -> bool:
        """Whether the value is on the canonical scale of the test, so that limits apply to it."""
        return isinstance(self.value, Measured) and (
            self.unit.code == LAB_UNITS[self.test] if self.unit else self.test in PURE_NUMBERS
        )

    @model_validator(mode="after")
    def _unit_given(self) -> Self:
        numbers = isinstance(self.value, Measured) or self.upper_limit is not None
        if numbers and self.unit is None and self.test not in PURE_NUMBERS:
            accepted = ", ".join(accepted_units(self.test))
            problem_of_unit = Problem("unit", "", f"the unit of {self.test}: {accepted}", "Add the key unit.")
            raise InputError([problem_of_unit])
        return self
