"""Places in a case document: ``tumour.specimens[0].ki67_percent``."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable
from functools import cache
from typing import cast

from pydantic import BaseModel

from nelm.case.document import Case
from nelm.errors import shown

Step = str | int
PATH = re.compile(r"[a-z0-9_]+(\[[0-9]{1,6}\])?(\.[a-z0-9_]+(\[[0-9]{1,6}\])?)*")


def steps(path: str) -> tuple[Step, ...]:
    """A path taken apart: ``labs[2].value`` gives labs, 2, value."""
    parts = re.findall(r"[^.\[\]]+", path)
    return tuple(int(part) if part.isdecimal() else part for part in parts)


def path_text(place: Iterable[Step]) -> str:
    """A place as text; keys that are no plain names stand in brackets."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        elif not re.fullmatch(r"[A-Za-z0-9_]+", step):
            text += f"[{shown(step)}]"
        else:
            text += f".{step}" if text else step
    return text or "document"


def child(holder: object, step: Step) -> object:
    """What lies one step further in a document; None if nothing does."""
    if isinstance(holder, dict):
        return cast("dict[Step, object]", holder).get(step)
    if isinstance(holder, list) and isinstance(step, int) and step < len(cast("list[object]", holder)):
        return cast("list[object]", holder)[step]
    return None


def keys_at(place: Iterable[Step], document: type[BaseModel] = Case) -> tuple[str, ...]:
    """The keys that a format has at a place; none if it holds no group."""
    model: type[BaseModel] | None = document
    for step in place:
        if isinstance(step, str):
            model = _groups(model).get(step) if model is not None else None
    return tuple(_groups(model)) if model is not None else ()


def is_place(path: str, document: object) -> bool:
    """Whether a path is a place of the format, and its list items are there in the document."""
    way = steps(path)
    if not way or not PATH.fullmatch(path):
        return False
    holder = document
    for place, step in enumerate(way):
        if isinstance(step, str) and step not in keys_at(way[:place]):
            return False
        holder = child(holder, step)
        if isinstance(step, int) and holder is None:
            return False
    return True


@cache
def _groups(model: type[BaseModel]) -> dict[str, type[BaseModel] | None]:
    """The keys of a group, each with the group below it if there is one."""
    return {field.alias or name: _group_in(field.annotation) for name, field in model.model_fields.items()}


def _group_in(annotation: object) -> type[BaseModel] | None:
    """The group that a field's type holds, inside unions, lists and annotations."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inside = (_group_in(part) for part in typing.get_args(annotation))
    return next((group for group in inside if group is not None), None)
