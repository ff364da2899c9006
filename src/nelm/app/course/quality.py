"""Quality of life over a course: scores of every questionnaire, and what changed between the first and the last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nelm.followup.knowledge import QualityOfLifeKnowledge
from nelm.followup.quality_of_life import (
    ScaleScore,
    ScoreChange,
    Summary,
    change_cautions,
    score_cautions,
    score_changes,
    scores,
    summary_score,
)
from nelm.followup.questionnaires import Answers, Questionnaire
from nelm.knowledge import Entry, Knowledge


@dataclass(frozen=True, slots=True)
class DayScores:
    """Scores of one questionnaire on one day; a summary of the QLQ-C30 only."""

    day: date
    scores: tuple[ScaleScore, ...]
    summary: Summary | None


@dataclass(frozen=True, slots=True)
class QualityCourse:
    """One questionnaire over a course.

    Parameters
    ----------
    questionnaire : Which.
    days : Its scores, in order.
    since_first, since_last : Changes of the last day against the first and against the one before; empty with one day.
    cautions : What is said beside scores and changes.
    """

    questionnaire: Questionnaire
    days: tuple[DayScores, ...]
    since_first: tuple[ScoreChange, ...]
    since_last: tuple[ScoreChange, ...]
    cautions: tuple[Entry, ...]


def quality_courses(answers: tuple[Answers, ...], knowledge: Knowledge) -> tuple[QualityCourse, ...]:
    """Every questionnaire that was answered."""
    known = knowledge.record(QualityOfLifeKnowledge, "quality_of_life")
    found: list[QualityCourse] = []
    for which in Questionnaire:
        days = tuple(_day(one, known) for one in answers if one.questionnaire is which)
        if not days:
            continue
        several = len(days) > 1
        cautions = score_cautions(which, known)
        found.append(
            QualityCourse(
                questionnaire=which,
                days=days,
                since_first=score_changes(days[0].scores, days[-1].scores, known) if several else (),
                since_last=score_changes(days[-2].scores, days[-1].scores, known) if several else (),
                cautions=(*cautions, *change_cautions(known)) if several else cautions,
            )
        )
    return tuple(found)


def _day(one: Answers, known: QualityOfLifeKnowledge) -> DayScores:
    found = scores(one, known)
    summary = summary_score(found, known) if one.questionnaire is Questionnaire.QLQ_C30 else None
    return DayScores(one.answered_on, found, summary)
