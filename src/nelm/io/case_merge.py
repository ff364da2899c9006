"""Measured facts put into a case file.

The order and spelling of a YAML file and its comments stay (those inside brackets excepted), what is replaced is
said, nothing invalid is written, and the earlier file stays beside the new one.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

from nelm.case import case_to_document, parse_case
from nelm.errors import InputError, Problem, shown
from nelm.io.case_files import read_case, read_document

Document = dict[str, object]
NEVER_BROKEN = 100_000
"""Width of a line of YAML [characters]."""

BACKUP_SUFFIX = "~"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A fact of the case that a measured one took the place of.

    Parameters
    ----------
    path : Place in the document.
    before, after : Both values as short text.
    """

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A case file with measured facts in it, not written yet.

    Parameters
    ----------
    path : The file that it is for.
    text : Its new content.
    replaced : What took the place of what.
    """

    path: Path
    text: str
    replaced: tuple[Replacement, ...]


def merged_case(path: Path, facts: Mapping[str, object]) -> Merged:
    """A case file with facts put into it.

    Parameters
    ----------
    path : A valid case file, JSON or YAML.
    facts : Part of a case document (`liver`, `receptor_imaging`, `evidence`). A group is merged key by key; a
        list (`liver.lesions`) replaces the earlier list as a whole.

    Raises
    ------
    InputError : The file is no valid case, or the facts contradict it; nothing is written.
    """
    read_case(path)
    content = path.read_bytes()
    is_json = path.suffix.lower() == ".json" or content.lstrip().startswith(b"{")
    replaced: list[Replacement] = []
    if is_json:
        document = read_document(content, suffix=".json")
        _merge(document, facts, "", replaced)
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    else:
        text = _merged_yaml(content.decode("utf-8"), facts, replaced)
    _check(text, path, facts)
    return Merged(path, text, tuple(replaced))


def write_merged(merged: Merged) -> Path:
    """Write the file; its earlier content stays beside it, with a `~` after the name. Gives the earlier one's path."""
    backup = merged.path.with_name(merged.path.name + BACKUP_SUFFIX)
    shutil.copy2(merged.path, backup)
    fresh = merged.path.with_name(f".{merged.path.name}.new")
    fresh.write_text(merged.text, encoding="utf-8")
    shutil.copymode(merged.path, fresh)
    os.replace(fresh, merged.path)
    return backup


def _merged_yaml(text: str, facts: Mapping[str, object], replaced: list[Replacement]) -> str:
    """YAML with its comments, quotes and order kept."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = NEVER_BROKEN
    yaml.default_flow_style = None
    cast("Any", yaml).representer.add_representer(type(None), _null)
    document = cast("Any", yaml).load(text)
    _merge(cast("Document", document), facts, "", replaced)
    stream = io.StringIO()
    cast("Any", yaml).dump(document, stream)
    return stream.getvalue()


def _null(representer: Any, _: None) -> Any:
    """Not known is written out, as the files of the project do."""
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def _merge(holder: Document, facts: Mapping[str, object], place: str, replaced: list[Replacement]) -> None:
    """Put facts into a document, in place; note what they replace."""
    for key, value in facts.items():
        path, before = f"{place}.{key}" if place else key, holder.get(key)
        if isinstance(value, Mapping) and isinstance(before, dict) and "value" not in value:
            inner = cast("Mapping[str, object]", value)
            if place == "evidence":
                holder[key] = dict(inner)
            else:
                _merge(cast("Document", before), inner, path, replaced)
            continue
        if before is not None and not _same(before, value) and not path.startswith("evidence"):
            replaced.append(Replacement(path, _words(before), _words(value)))
        holder[key] = value


def _same(first: object, second: object) -> bool:
    return json.dumps(first, sort_keys=True, default=str) == json.dumps(second, sort_keys=True, default=str)


def _words(value: object) -> str:
    """A value in a few words."""
    if value is None:
        return "not known"
    if isinstance(value, dict) and "value" in value:
        measured = cast("Document", value)
        return f"{measured['value']} (sd {measured.get('sd')})"
    return (
        f"{len(cast('list[object]', value))} entries"
        if isinstance(value, list)
        else shown(str(value)).strip('"')
    )


def _check(text: str, path: Path, facts: Mapping[str, object]) -> None:
    """The new text is a valid case that holds the facts."""
    try:
        case = parse_case(read_document(text.encode("utf-8"), suffix=path.suffix.lower()), origin=str(path))
    except InputError as error:
        raise error.in_file(str(path)) from None
    written = case_to_document(case)
    missing = [key for key, value in facts.items() if key not in written and value != []]
    if missing:
        raise InputError(
            [
                Problem(key, "", "a fact that is not later than as_of", "Correct as_of or the date.")
                for key in missing
            ],
            file=str(path),
        )
