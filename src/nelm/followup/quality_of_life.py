"""Scores of quality of life, 0 to 100, and what a change of them means.

A scale has a score where at least half of its items were answered; the missing ones count like the mean of those that
were [qscorer]. With the raw score RS, the mean of the answered items, and its range R (3, or 6 for items 29 and 30)::

    functional scale                 S = (1 - (RS - 1) / R) * 100
    symptom, item, global health     S = (RS - 1) / R * 100

[proscorer; qolr]. High is good for functional scales and global health, bad for everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from nelm.followup.knowledge import QualityOfLifeKnowledge
from nelm.followup.questionnaires import (
    FINANCIAL,
    GLOBAL_HEALTH,
    Answers,
    Questionnaire,
    Scale,
    checked,
    scales,
)
from nelm.knowledge import Entry
from nelm.quantities import Interval

HUNDRED = 100.0
DIGITS = 9
"""Digits after which two changes of scores, computed by division, count as equal."""


@dataclass(frozen=True, slots=True)
class ScaleScore:
    """The score of one scale.

    Parameters
    ----------
    scale : Which one.
    value : Score, 0 to 100; None where too few items were answered.
    answered : Items of the scale that were answered.
    possible : Scores that the items not answered still allow.
    reason : Why there is no score; None where there is one.
    """

    scale: Scale
    value: float | None
    answered: int
    possible: Interval
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary score of the QLQ-C30, 0 to 100, high is good; None with the reason where a scale has no score."""

    value: float | None
    entry: Entry
    reason: str | None = None


class Direction(StrEnum):
    """What a change of a score means to the patient."""

    IMPROVED = "improved"
    WORSE = "worse"
    NO_CHANGE = "no change beyond the difference"
    BETWEEN = "between the estimates of what matters"
    UNKNOWN = "unknown"


class Extent(StrEnum):
    """How much of a change patients spoke of when a score had moved so far."""

    NONE = "none"
    LITTLE = "a little"
    MODERATE = "moderate"
    MUCH = "very much"


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """The change of one scale between two days.

    Parameters
    ----------
    scale : Which one.
    points : Later score minus earlier one; None where one of them is missing.
    direction : Better or worse for the patient, if the change reaches the difference.
    extent : In the words of patients; None where the change is not known.
    difference : The difference that was asked for.
    reason : Why it is not known; None where it is.
    """

    scale: Scale
    points: float | None
    direction: Direction
    extent: Extent | None
    difference: Entry
    reason: str | None = None


def scores(answers: Answers, known: QualityOfLifeKnowledge) -> tuple[ScaleScore, ...]:
    """Every scale of the questionnaire, in the order of its manual.

    Raises
    ------
    InputError : An item does not belong to the questionnaire, or an answer is not possible.
    """
    of = scales(answers.questionnaire, known)
    found = checked(answers, of)
    return tuple(scale_score(scale, found, known) for scale in of)


def scale_score(scale: Scale, answers: Answers, known: QualityOfLifeKnowledge) -> ScaleScore:
    """The score of one scale from checked answers."""
    given = [answers.items[item] for item in scale.items if item in answers.items]
    missing = len(scale.items) - len(given)
    total = sum(given)
    ends = [
        transformed(scale, (total + missing * end) / len(scale.items))
        for end in (scale.lowest, scale.highest)
    ]
    possible = Interval(min(ends), max(ends))
    if not given or len(given) < known.answered_share.number * len(scale.items):
        reason = f"{len(given)} of {len(scale.items)} items answered, fewer than half"
        return ScaleScore(scale, None, len(given), possible, reason)
    return ScaleScore(scale, transformed(scale, total / len(given)), len(given), possible)


def transformed(scale: Scale, raw: float) -> float:
    """The score, 0 to 100, of a raw score, which is the mean of the items."""
    share = (raw - scale.lowest) / scale.range
    return HUNDRED * (1.0 - share if scale.is_inverted else share)


def summary_score(of: Sequence[ScaleScore], known: QualityOfLifeKnowledge) -> Summary:
    """The summary score from the scores of a QLQ-C30: 13 scales, symptoms turned round [giesinger2016; proscorer]."""
    used = [item for item in of if item.scale.name not in (GLOBAL_HEALTH, FINANCIAL)]
    if len(used) != int(known.summary.number):
        return Summary(None, known.summary, f"a summary score is one of the {Questionnaire.QLQ_C30}")
    values: list[float] = []
    for item in used:
        if item.value is None:
            return Summary(None, known.summary, f"no score of {item.scale.name}: {item.reason}")
        values.append(item.value if item.scale.high_is_good else HUNDRED - item.value)
    return Summary(fmean(values), known.summary)


def score_changes(
    before: Sequence[ScaleScore], after: Sequence[ScaleScore], known: QualityOfLifeKnowledge
) -> tuple[ScoreChange, ...]:
    """The change of every scale that both hold, against the difference of the scale, else the one for all."""
    later = {item.scale: item for item in after}
    return tuple(
        score_change(
            item, later[item.scale], known=known, difference=difference(item, later[item.scale], known)
        )
        for item in before
        if item.scale in later
    )


def difference(before: ScaleScore, after: ScaleScore, known: QualityOfLifeKnowledge) -> Entry:
    """The difference that a change is judged by: of its scale and direction where one was read."""
    ends = by_scale(known).get(before.scale.entry.id)
    if ends is None or before.value is None or after.value is None:
        return known.important_difference
    rises = after.value > before.value
    return ends[0] if rises is before.scale.high_is_good else ends[1]


def by_scale(known: QualityOfLifeKnowledge) -> Mapping[str, tuple[Entry, Entry]]:
    """Differences for the better and for the worse by the entry of the scale."""
    return {
        known.c30_global_health.id: (known.better_global_health, known.worse_global_health),
        known.c30_physical.id: (known.better_physical, known.worse_physical),
        known.c30_role.id: (known.better_role, known.worse_role),
        known.c30_social.id: (known.better_social, known.worse_social),
        known.c30_fatigue.id: (known.better_fatigue, known.worse_fatigue),
        known.c30_pain.id: (known.better_pain, known.worse_pain),
    }


def score_change(
    before: ScaleScore, after: ScaleScore, *, known: QualityOfLifeKnowledge, difference: Entry
) -> ScoreChange:
    """The change of one scale against a difference, which counts from the moment it is reached.

    Where the difference is a range of estimates, a change within it may matter or not. Differences were found in groups
    as well as in patients: `change_cautions` go with every statement of one.
    """
    scale = before.scale
    if before.value is None or after.value is None:
        reason = "; ".join(
            f"{when}: {item.reason}"
            for when, item in (("earlier", before), ("later", after))
            if item.value is None
        )
        return ScoreChange(scale, None, Direction.UNKNOWN, None, difference, reason)
    points = round(after.value - before.value, DIGITS)
    gain = points if scale.high_is_good else -points
    least, surely = _ends(difference)
    if abs(gain) < least:
        direction = Direction.NO_CHANGE
    elif abs(gain) < surely:
        direction = Direction.BETWEEN
    else:
        direction = Direction.IMPROVED if gain > 0 else Direction.WORSE
    return ScoreChange(scale, points, direction, _extent(abs(points), known), difference)


def _ends(difference: Entry) -> tuple[float, float]:
    """The least and the largest estimate of a difference."""
    if difference.low is not None and difference.high is not None:
        return difference.low, difference.high
    return difference.number, difference.number


def _extent(points: float, known: QualityOfLifeKnowledge) -> Extent:
    if points < known.change_little.number:
        return Extent.NONE
    if points < known.important_difference.number:
        return Extent.LITTLE
    return Extent.MODERATE if points <= known.change_much.number else Extent.MUCH


def change_cautions(known: QualityOfLifeKnowledge) -> tuple[Entry, ...]:
    """What is said beside every change."""
    return known.change_of_groups, known.change_range, known.change_by_scale


def score_cautions(questionnaire: Questionnaire, known: QualityOfLifeKnowledge) -> tuple[Entry, ...]:
    """What is said beside the scores of a questionnaire: that its direction is recalled, where it is."""
    return (known.gi_direction,) if questionnaire is Questionnaire.QLQ_GINET21 else ()
