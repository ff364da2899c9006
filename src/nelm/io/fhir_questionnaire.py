"""Answers to the two questionnaires from a FHIR R4 QuestionnaireResponse.

Items are recognised by their linkId: `qlq-c30-q01` to `q30` as in the guide of the German Medical Informatics
Initiative [fhir_mii2026], `EORTCQLQC30_Q01` with or without the suffix of a visit as in the ICHOM guide, and
`qlq-ginet21-q31` to `q51`, which is ours in the manner of the first since no published profile was found. An answer is
an integer, a whole decimal, or a coding: its ordinal value, one of the words of the first guide, or a code that is or
begins with the digit (`4`, `5-very-good`). Texts of items are never read nor kept. Scores that a response carries are
not read either: they are computed here from the items.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, cast

from nelm.errors import InputError, Problem, problem, shown
from nelm.followup.knowledge import QualityOfLifeKnowledge
from nelm.followup.questionnaires import Answers, Questionnaire, Scale, scales

Resource = Mapping[str, Any]

LINKS = {
    Questionnaire.QLQ_C30: re.compile(r"(?:qlq-c30-q|EORTCQLQC30_Q)([0-9]{2})(?:-[0-9]{2})?", re.ASCII),
    Questionnaire.QLQ_GINET21: re.compile(r"qlq-ginet21-q([0-9]{2})", re.ASCII),
}
SCORES = re.compile(r"(?:score|scores)(?:-[a-z0-9-]+)?", re.ASCII | re.IGNORECASE)
"""linkIds of computed scores and of the group that holds them."""
WORDS = {"not-at-all": 1, "a-little": 2, "quite-a-bit": 3, "very-much": 4}
"""Answer codes of the first guide; items 6 and 7 have a code list of their own with the ending `-role`."""
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
WHOLE = ("completed", "amended")
STATUSES = (*WHOLE, "in-progress", "stopped")
DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*)?", re.ASCII)


def read_answers(resource: Resource, known: QualityOfLifeKnowledge) -> tuple[Answers, tuple[str, ...]]:
    """The answers of a response, and what was noticed on reading.

    Raises
    ------
    InputError : Not a QuestionnaireResponse of one of the two questionnaires, without a day, entered in error, with an
        item that is unknown, answered twice or out of its range; every problem is named with its path.
    """
    _is_response(resource)
    status, day = _status(resource), _day(resource)
    answered = list(_answered(resource.get("item", []), "item"))
    which = _questionnaire(answered)
    items, problems = _items(answered, scales(which, known), LINKS[which])
    if problems:
        raise InputError(problems)
    remarks: list[str] = []
    if status not in WHOLE:
        remarks.append(f"The response is {status}: items may be missing that were not refused.")
    if any(SCORES.fullmatch(link) for link, _, _ in answered):
        remarks.append("Scores computed elsewhere were not read.")
    return Answers(which, day, items), tuple(remarks)


def _is_response(resource: Resource) -> None:
    kind = resource.get("resourceType")
    if kind != "QuestionnaireResponse":
        raise problem(
            kind,
            "QuestionnaireResponse",
            "Give the response itself, not a bundle around it",
            path="resourceType",
        )


def _status(resource: Resource) -> str:
    status = resource.get("status")
    if status not in STATUSES:
        raise problem(
            status, f"one of {', '.join(STATUSES)}", "A response in error is not read", path="status"
        )
    return str(status)


def _day(resource: Resource) -> date:
    """The day of the answers; a score without a day has no place in a course."""
    written = resource.get("authored")
    match = DAY.fullmatch(written) if isinstance(written, str) else None
    try:
        return date.fromisoformat(match[1] if match else "")
    except ValueError:
        expected = "the day of the answers, 2026-03-10 or with a time"
        raise problem(written, expected, "Add when it was filled in", path="authored") from None


def _answered(items: object, path: str) -> Iterator[tuple[str, list[Any], str]]:
    """linkId, answers and path of every item with an answer, groups and nested items walked in order."""
    if not isinstance(items, list):
        raise problem(items, "a list of items", path=path)
    for index, found in enumerate(cast("list[Any]", items)):
        place = f"{path}[{index}]"
        if not isinstance(found, Mapping):
            raise problem(found, "an item", path=place)
        item = cast("Resource", found)
        answers = item.get("answer", [])
        if not isinstance(answers, list):
            raise problem(answers, "a list of answers", path=f"{place}.answer")
        if answers:
            yield str(item.get("linkId", "")), cast("list[Any]", answers), place
        yield from _answered(item.get("item", []), f"{place}.item")


def _questionnaire(answered: list[tuple[str, list[Any], str]]) -> Questionnaire:
    """The questionnaire that the linkIds belong to."""
    found = {which for link, _, _ in answered for which, pattern in LINKS.items() if pattern.fullmatch(link)}
    if len(found) == 1:
        return found.pop()
    expected = f"items of one questionnaire: {' or '.join(Questionnaire)}"
    remedy = "linkIds are qlq-c30-q01 to q30, or qlq-ginet21-q31 to q51; give one response for each"
    value = " and ".join(sorted(found)) if found else ""
    raise InputError((Problem("item", value, expected, remedy),))


def _items(
    answered: list[tuple[str, list[Any], str]], of: tuple[Scale, ...], pattern: re.Pattern[str]
) -> tuple[dict[int, int], list[Problem]]:
    """Answer by item, and every problem."""
    allowed = {item: scale for scale in of for item in scale.items}
    items: dict[int, int] = {}
    problems: list[Problem] = []
    for link, answers, path in answered:
        if SCORES.fullmatch(link):
            continue
        match = pattern.fullmatch(link)
        number = int(match[1]) if match else None
        if number is None or number not in allowed:
            expected = f"an item from {min(allowed)} to {max(allowed)} of the questionnaire"
            problems.append(
                Problem(f"{path}.linkId", shown(link), expected, "Correct the linkId or remove it")
            )
        elif number in items or len(answers) > 1:
            problems.append(Problem(path, shown(link), "one answer to each item", "Keep the right one"))
        else:
            _keep(items, number, answers[0], place=f"{path}.answer[0]", scale=allowed[number], to=problems)
    return items, problems


def _keep(
    items: dict[int, int], number: int, answer: object, *, place: str, scale: Scale, to: list[Problem]
) -> None:
    """Take an answer into `items`, or say in `to` what is wrong with it."""
    value = _value(answer)
    if value is None or not scale.lowest <= value <= scale.highest:
        expected = f"a whole number from {scale.lowest} to {scale.highest}, or its code"
        to.append(Problem(place, _written(answer), expected, "Leave out an item that was not answered"))
        return
    items[number] = value


def _value(answer: object) -> int | None:
    """The number of an answer; None where it has none."""
    if not isinstance(answer, Mapping):
        return None
    found = cast("Resource", answer)
    number = found.get("valueInteger", found.get("valueDecimal"))
    if number is not None:
        return _whole(number)
    coding = found.get("valueCoding")
    return _coded(cast("Resource", coding)) if isinstance(coding, Mapping) else None


def _whole(number: object) -> int | None:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return int(number) if math.isfinite(number) and number == int(number) else None


def _coded(coding: Resource) -> int | None:
    """The number of a coding: by its ordinal value, by a word, or by the digit that it begins with."""
    extensions = coding.get("extension", [])
    for found in cast("list[Any]", extensions) if isinstance(extensions, list) else []:
        extension = cast("Resource", found) if isinstance(found, Mapping) else {}
        if extension.get("url") == ORDINAL:
            return _whole(extension.get("valueDecimal"))
    code = str(coding.get("code", ""))
    word = WORDS.get(code.removesuffix("-role"))
    if word is not None:
        return word
    digit = re.fullmatch(r"([0-9])(?:-[a-z-]+)?", code, re.ASCII)
    return int(digit[1]) if digit else None


def _written(answer: object) -> str:
    """What stands in an answer as a message may show it: numbers and codes, never free text."""
    if not isinstance(answer, Mapping):
        return shown(answer)
    found = cast("Resource", answer)
    for key in ("valueInteger", "valueDecimal"):
        if key in found:
            return shown(found[key])
    coding = found.get("valueCoding")
    if isinstance(coding, Mapping):
        return shown(cast("Resource", coding).get("code"))
    return "an answer of another type"
