"""YAML 1.2 without its surprises: plain scalars keep their text, and nothing is repeated, tagged or merged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from nelm.case import Plain
from nelm.errors import InputError, Problem, shown

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
DEEPEST = 40
"""Levels of nesting that a document may have."""

Events = Iterator[Event]


def read_yaml(text: str) -> object:
    """The one document in a YAML text.

    Mappings, lists and texts; an unquoted scalar is `Plain`, or None if it is a YAML null.

    Raises
    ------
    InputError : With the line and column.
    """
    try:
        return _document(cast("Events", cast("Any", YAML(typ="safe", pure=True)).parse(text)))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place(mark) if mark is not None else "document"
        what = str(error.problem or error.context or "cannot be read")
        raise InputError([Problem(place, f"no YAML ({shown(what)[1:-1]})", "YAML 1.2", QUOTING)]) from None
    except YAMLError as error:
        raise InputError([Problem("document", _first_line(error), "YAML 1.2 text", QUOTING)]) from None
    except RecursionError:
        raise InputError([Problem("document", "", f"at most {DEEPEST} levels", "Take it apart.")]) from None


QUOTING = 'Correct the text at this place; put texts with : # > < { [ & * ! in quotes, such as ">=20".'


def _document(events: Events) -> object:
    """The content of the only document."""
    content: object = None
    seen = False
    for event in events:
        if isinstance(event, DocumentStartEvent):
            if seen:
                raise _refused(event, "a second document", "one document", "Write each case in its own file.")
            if event.version is not None and tuple(event.version) != (1, 2):
                raise _refused(event, "another YAML version", "YAML 1.2", "Remove the %YAML line.")
            seen = True
            content = _node(next(events), events, 0)
    return content


def _node(event: Event, events: Events, depth: int) -> object:
    """A scalar, list or mapping."""
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
        raise _refused(
            event, "an anchor or alias (& or *)", "every fact written out", "Quote it, or write it out."
        )
    if depth > DEEPEST:
        raise _refused(event, "deep nesting", f"at most {DEEPEST} levels", "Take it apart.")
    if _tagged(event):
        raise _refused(event, "a tag (!)", "plain YAML", "Remove the tag, or put the text in quotes.")
    if isinstance(event, ScalarEvent):
        return _scalar(event)
    if isinstance(event, SequenceStartEvent):
        return _items(events, depth)
    return _mapping(events, depth)


def _scalar(event: ScalarEvent) -> str | None:
    """A quoted text, the text of a plain scalar, or null."""
    value = cast(str, event.value)
    if event.style:
        return value
    return None if value in NULLS else Plain(value)


def _items(events: Events, depth: int) -> list[object]:
    """The items of a list."""
    items: list[object] = []
    for event in events:
        if isinstance(event, SequenceEndEvent):
            break
        items.append(_node(event, events, depth + 1))
    return items


def _mapping(events: Events, depth: int) -> dict[str, object]:
    """The keys of a mapping, each once."""
    found: dict[str, object] = {}
    for event in events:
        if isinstance(event, MappingEndEvent):
            break
        key = _key(event, events, depth)
        if key in found:
            raise _refused(event, f"the key {shown(key)} twice", "each key once", "Keep one of them.")
        found[key] = _node(next(events), events, depth + 1)
    return found


def _key(event: Event, events: Events, depth: int) -> str:
    """The text of a key."""
    if not isinstance(event, ScalarEvent):
        raise _refused(
            event, "a key that is no text", "a key", 'Write key: value; quote texts with "{" or "[".'
        )
    text = _node(event, events, depth)
    if text == "<<" and isinstance(text, Plain):
        raise _refused(event, "a merge key (<<)", "every fact written out", "Copy the keys.")
    return cast(str, event.value) if text is None else str(text)


def _tagged(event: Event) -> bool:
    """Whether the author wrote a tag."""
    if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent):
        return cast("Any", event).tag is not None
    return False


def _refused(event: Event, value: str, expected: str, remedy: str) -> InputError:
    """A problem at the place of an event."""
    return InputError([Problem(_place(cast("Any", event).start_mark), value, expected, remedy)])


def _place(mark: Any) -> str:
    """Line and column, counted from 1."""
    return f"line {int(mark.line) + 1}, column {int(mark.column) + 1}"


def _first_line(error: YAMLError) -> str:
    """What a reader without place complains of."""
    return shown(str(error).partition("\n")[0]).strip('"') or "unreadable text"
