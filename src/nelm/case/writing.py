"""A case as a document again: only what is known, numbers and units as they were entered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import cast

from pydantic import BaseModel

from nelm.case.document import Case
from nelm.quantities import Measured, PartialDate, Unit, document_value


def case_to_document(case: Case) -> dict[str, object]:
    """The case document of a case, ready for JSON or YAML; reading it gives an equal case.

    Facts that were ignored because they are later than ``as_of`` are not in it.
    """
    return _group(case)


def _group(record: BaseModel) -> dict[str, object]:
    """The known keys of a record."""
    fields = type(record).model_fields
    written = {field.alias or name: _value(getattr(record, name)) for name, field in fields.items()}
    return {key: value for key, value in written.items() if value is not None and value not in ({}, [])}


def _value(value: object) -> object:
    """A fact as the document holds it."""
    if isinstance(value, BaseModel):
        return _group(value)
    if isinstance(value, Measured):
        return document_value(value)
    if isinstance(value, PartialDate | Unit):
        return value.as_written
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_value(item) for item in cast("tuple[object, ...]", value)]
    if isinstance(value, Mapping):
        return {key: _value(item) for key, item in cast("Mapping[str, object]", value).items()}
    return value
