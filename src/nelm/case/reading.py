"""A case document becomes a `Case`, or every problem that it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from pydantic import BaseModel, ValidationError

from nelm.case.document import Case
from nelm.case.fields import closest, read_day
from nelm.case.later import without_later
from nelm.case.paths import is_place, keys_at, path_text
from nelm.errors import InputError, Problem, shown

GROUP_ERRORS = frozenset({"model_type", "model_attributes_type", "dict_type", "mapping_type"})
DEEPEST = 40
"""Levels of nesting that a document may have; the format needs 5."""


def parse_case(document: Mapping[str, object], *, origin: str = "") -> Case:
    """The case that a document describes.

    Parameters
    ----------
    document : The document as plain mappings, lists, numbers and texts.
    origin : The file it came from, for messages.

    Raises
    ------
    InputError : With every problem found, each with its path, value, what was expected and the remedy.
    """
    try:
        return _parsed(document)
    except InputError as error:
        raise error.in_file(origin) from None


def _parsed(document: object) -> Case:
    """The case without its later facts."""
    whole = plain_document(document)
    case = _validated(whole)
    pruned = without_later(whole, case)
    if pruned is None:
        return case
    kept = _validated(pruned[0], check_evidence=False)
    return kept.with_set_aside(pruned[1])


def plain_document(document: object) -> dict[str, object]:
    """A document as plain dicts and lists."""
    if not isinstance(document, Mapping):
        raise InputError([Problem("document", shown(document), "a document with keys", "Begin with schema:")])
    return cast("dict[str, object]", _plain(cast("Mapping[str, object]", document)))


def _validated(document: dict[str, object], *, check_evidence: bool = True) -> Case:
    """The document as a case; all problems at once."""
    try:
        case = Case.model_validate(document, context={"as_of": _as_of(document)})
    except ValidationError as error:
        raise InputError(problems_of(error)) from None
    if check_evidence and (lost := _lost_evidence(case, document)):
        raise InputError(lost)
    return case


def _lost_evidence(case: Case, document: Mapping[str, object]) -> list[Problem]:
    """Evidence for a place that the document does not have."""
    expected = "the path of a fact of this document, such as tumour.specimens[0].ki67_percent"
    remedy = "Correct the path; list items are numbered from 0."
    return [
        Problem(path_text(("evidence", path)), shown(path), expected, remedy)
        for path in case.evidence
        if not is_place(path, document)
    ]


def _plain(node: object, depth: int = 0) -> object:
    """Mappings as dicts and sequences as lists, so that one strict reading serves every source."""
    if depth > DEEPEST:
        raise InputError([Problem("document", "", f"at most {DEEPEST} levels", "Take the nesting apart.")])
    if isinstance(node, Mapping):
        items = cast("Mapping[object, object]", node).items()
        return {str(key): _plain(value, depth + 1) for key, value in items}
    if isinstance(node, list | tuple):
        return [_plain(item, depth + 1) for item in cast("Iterable[object]", node)]
    return node


def _as_of(document: Mapping[str, object]) -> date | None:
    """The day of the board, if it can be read; its own problem is reported elsewhere."""
    try:
        return read_day(document.get("as_of"))
    except InputError:
        return None


def problems_of(error: ValidationError, document: type[BaseModel] = Case) -> list[Problem]:
    """Every problem of a validation, with its path in the document of a format."""
    found: list[Problem] = []
    for detail in error.errors(include_url=False):
        path, kind = path_text(detail["loc"]), detail["type"]
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, InputError):
            found += [problem.under(path) for problem in cause.problems]
        elif kind == "missing":
            found.append(Problem(path, "", "this key with a value", f"Add {detail['loc'][-1]}:"))
        elif kind == "extra_forbidden":
            found.append(_unknown_key(path, detail["loc"], document))
        elif kind in GROUP_ERRORS:
            keys = ", ".join(keys_at(detail["loc"], document))
            expected = f"a group of keys: {keys}" if keys else "a group of keys"
            found.append(Problem(path, shown(detail["input"]), expected, "Write key: value pairs below it."))
        else:
            found.append(
                Problem(path, shown(detail["input"]), detail["msg"], "See the format of the document.")
            )
    return found


def _unknown_key(path: str, place: tuple[int | str, ...], document: type[BaseModel]) -> Problem:
    """A key that a format does not have, with the nearest that it has."""
    known = keys_at(place[:-1], document)
    hint = closest(str(place[-1]), known) or "Remove it, or use a known key."
    return Problem(
        path, f'the unknown key "{shown(str(place[-1])).strip(chr(34))}"', f"one of {', '.join(known)}", hint
    )
