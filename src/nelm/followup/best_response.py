"""Best response of a course by RECIST 1.1, with and without confirmation, and its dates [recist_summary]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from nelm.followup.answers import Reason, Word
from nelm.followup.recist import RecistExamination
from nelm.followup.response_knowledge import ResponseKnowledge

RESPONSES = (Word.CR, Word.PR)
STABLE = (Word.SD, Word.NON_CR_NON_PD)


@dataclass(frozen=True, slots=True)
class BestResponse:
    """The best response up to progression, and when things happened, all by the nominal words.

    Parameters
    ----------
    best : Best word at any examination, without confirmation.
    confirmed : Best word where a response has to be seen again.
    first_response : Day of the first partial or complete response; None without one.
    progression : Day of the first progression; None without one.
    progression_possible : Day of the first examination at which the error or an unknown fact allows progression.
    last : Day of the last examination that counts: progression, or the last one.
    response_days : From the first response to progression or, censored, to the last evaluable examination [d].
    control_days : From baseline to progression or, censored, to the last evaluable examination [d].
    is_censored : Whether no progression was seen.
    reasons : What should be known of it.
    """

    best: Word
    confirmed: Word
    first_response: date | None
    progression: date | None
    progression_possible: date | None
    last: date
    response_days: int | None
    control_days: int
    is_censored: bool
    reasons: tuple[Reason, ...]


def best_response(
    baseline: date, examinations: Sequence[RecistExamination], *, known: ResponseKnowledge
) -> BestResponse:
    """Best response over the examinations after `baseline`, in order."""
    counted = _until_progression(examinations)
    words = [one.answer.word for one in counted]
    progression = counted[-1].day if words and words[-1] is Word.PD else None
    evaluable = [one.day for one in counted if one.answer.word not in (Word.NE, Word.UNKNOWN)]
    end = progression or max(evaluable, default=baseline)
    first = next((one.day for one in counted if one.answer.word in RESPONSES), None)
    possible = next((one.day for one in examinations if Word.PD in one.answer.possible), None)
    return BestResponse(
        best=_best(baseline, counted, known, confirm=False),
        confirmed=_best(baseline, counted, known, confirm=True),
        first_response=first,
        progression=progression,
        progression_possible=possible,
        last=end,
        response_days=(end - first).days if first else None,
        control_days=(end - baseline).days,
        is_censored=progression is None,
        reasons=_reasons(counted, known),
    )


def continues_response(
    examinations: Sequence[RecistExamination], index: int, *, known: ResponseKnowledge
) -> bool:
    """Whether an examination that says SD continues a partial response that was confirmed before it."""
    earlier = _until_progression(examinations[:index])
    if len(earlier) < index or examinations[index].answer.word is not Word.SD:
        return False
    return any(_confirmed(earlier, number, RESPONSES, known) for number in range(len(earlier)))


def _until_progression(examinations: Sequence[RecistExamination]) -> list[RecistExamination]:
    """The examinations up to and with the first progression."""
    found: list[RecistExamination] = []
    for one in examinations:
        found.append(one)
        if one.answer.word is Word.PD:
            break
    return found


def _best(
    baseline: date, counted: Sequence[RecistExamination], known: ResponseKnowledge, *, confirm: bool
) -> Word:
    """The best word: complete, partial, stable from the time at which it counts, progression, not evaluable."""
    for word, kept_by in ((Word.CR, (Word.CR,)), (Word.PR, RESPONSES)):
        for number, one in enumerate(counted):
            if one.answer.word in kept_by and (not confirm or _confirmed(counted, number, kept_by, known)):
                return word
    since = timedelta(weeks=known.stable_from.number)
    lasting = [one.answer.word for one in counted if one.day - baseline >= since]
    for word in lasting:
        if word in RESPONSES or word is Word.SD:
            return Word.SD
        if word is Word.NON_CR_NON_PD:
            return word
    words = [one.answer.word for one in counted]
    if Word.PD in words:
        return Word.PD
    return Word.UNKNOWN if Word.UNKNOWN in words else Word.NE


def _confirmed(
    counted: Sequence[RecistExamination], number: int, kept_by: tuple[Word, ...], known: ResponseKnowledge
) -> bool:
    """Whether a response is seen again after the interval, with nothing worse but gaps in between."""
    first = counted[number]
    if first.answer.word not in kept_by:
        return False
    interval = timedelta(weeks=known.confirmation_interval.number)
    for later in counted[number + 1 :]:
        if later.answer.word in (Word.NE, Word.UNKNOWN):
            continue
        if later.answer.word not in kept_by:
            return False
        if later.day - first.day >= interval:
            return True
    return False


def _reasons(counted: Sequence[RecistExamination], known: ResponseKnowledge) -> tuple[Reason, ...]:
    """How the response went on, and what limits what it says."""
    found: list[Reason] = []
    for number, one in enumerate(counted):
        if continues_response(counted, number, known=known):
            text = f"{one.day.isoformat()}: no longer PR by the limits; a confirmed PR is taken to go on until PD."
            found.append(Reason(text, known.continuing_response))
    found.append(Reason(known.confirmation_interval.statement, known.confirmation_interval))
    found.append(Reason(known.stable_from.statement, known.stable_from))
    return tuple(found)
