"""Two questionnaires as structure: QLQ-C30 version 3 and QLQ-GI.NET21, which items make which scale.

The items are copyright of the EORTC; their text is not here and has to come from a licensed copy. The map of the
QLQ-C30 was read in two independent implementations; the numbers of the items of the QLQ-GI.NET21 are recalled, which
every one of its scales says through the status of its entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import cast

from nelm.errors import InputError, Problem, shown
from nelm.followup.knowledge import QualityOfLifeKnowledge
from nelm.knowledge import Entry


class Questionnaire(StrEnum):
    """The questionnaires that can be scored."""

    QLQ_C30 = "QLQ-C30"
    QLQ_GINET21 = "QLQ-GI.NET21"


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale of a questionnaire.

    Parameters
    ----------
    name : In words.
    items : Numbers of its items.
    lowest, highest : Answers that an item can have; their difference is the range of the raw score.
    is_inverted : Whether the scoring turns the raw score round: a functional scale of the QLQ-C30.
    high_is_good : Whether a high score is good: functional scales and global health.
    entry : Knowledge that names the items.
    """

    name: str
    items: tuple[int, ...]
    lowest: int
    highest: int
    is_inverted: bool
    high_is_good: bool
    entry: Entry

    @property
    def range(self) -> int:
        """Difference between the highest and the lowest possible raw score."""
        return self.highest - self.lowest


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to a questionnaire on one day.

    Parameters
    ----------
    questionnaire : Which one.
    answered_on : The day.
    items : Answer by the number of the item, from 1 up as printed; an item that was not answered is absent.
    """

    questionnaire: Questionnaire
    answered_on: date
    items: Mapping[int, int]


FUNCTIONS = ("physical", "role", "emotional", "cognitive", "social")
SYMPTOMS = (
    "fatigue",
    "nausea",
    "pain",
    "dyspnoea",
    "insomnia",
    "appetite",
    "constipation",
    "diarrhoea",
    "financial",
)
GLOBAL_HEALTH, FINANCIAL = "global health", "financial"


def scales(questionnaire: Questionnaire, known: QualityOfLifeKnowledge) -> tuple[Scale, ...]:
    """The scales of a questionnaire in the order of its manual."""
    if questionnaire is Questionnaire.QLQ_GINET21:
        return _ginet21(known)
    functions = (
        known.c30_physical,
        known.c30_role,
        known.c30_emotional,
        known.c30_cognitive,
        known.c30_social,
    )
    symptoms = (
        known.c30_fatigue,
        known.c30_nausea,
        known.c30_pain,
        known.c30_dyspnoea,
        known.c30_insomnia,
        known.c30_appetite,
        known.c30_constipation,
        known.c30_diarrhoea,
        known.c30_financial,
    )
    return (
        _scale(GLOBAL_HEALTH, known.c30_global_health, known, highest=known.answer_highest_global, good=True),
        *(
            _scale(name, entry, known, inverted=True, good=True)
            for name, entry in zip(FUNCTIONS, functions, strict=True)
        ),
        *(_scale(name, entry, known) for name, entry in zip(SYMPTOMS, symptoms, strict=True)),
    )


def _ginet21(known: QualityOfLifeKnowledge) -> tuple[Scale, ...]:
    """All of them scored like symptoms [`gi_direction`]; weight gain stands alone."""
    return (
        _scale("endocrine", known.gi_endocrine, known),
        _scale("gastrointestinal", known.gi_gastrointestinal, known),
        _scale("treatment", known.gi_treatment, known),
        _scale("social function", known.gi_social, known),
        _scale("disease-related worries", known.gi_worries, known),
        _scale("weight gain", known.gi_weight_gain, known),
        _scale("muscle and bone pain", known.gi_pain, known),
        _scale("sexual function", known.gi_sexual, known),
        _scale("information", known.gi_information, known),
        _scale("body image", known.gi_body_image, known),
    )


def _scale(
    name: str,
    entry: Entry,
    known: QualityOfLifeKnowledge,
    *,
    highest: Entry | None = None,
    inverted: bool = False,
    good: bool = False,
) -> Scale:
    return Scale(
        name=name,
        items=cast("tuple[int, ...]", entry.value),
        lowest=int(known.answer_lowest.number),
        highest=int((highest or known.answer_highest).number),
        is_inverted=inverted,
        high_is_good=good,
        entry=entry,
    )


def checked(answers: Answers, of: tuple[Scale, ...]) -> Answers:
    """The same answers, if every item belongs to the questionnaire and every answer is possible.

    Raises
    ------
    InputError : Names every item that is unknown or out of its range.
    """
    allowed = {item: scale for scale in of for item in scale.items}
    numbers = sorted(allowed)
    problems: list[Problem] = []
    for item, answer in answers.items.items():
        path, scale = f"items[{item}]", allowed.get(item)
        if scale is None:
            expected = f"an item of the {answers.questionnaire}, {numbers[0]} to {numbers[-1]}"
            problems.append(Problem(path, shown(item), expected, "Check which questionnaire this is"))
        elif type(answer) is not int or not scale.lowest <= answer <= scale.highest:
            expected = f"a whole number from {scale.lowest} to {scale.highest}"
            problems.append(Problem(path, shown(answer), expected, "Leave out an item that was not answered"))
    if problems:
        raise InputError(problems)
    return answers
