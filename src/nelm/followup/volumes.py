"""Volume of all lesions together, with limits extrapolated from diameters [ajnr_volume_criteria]."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from nelm.followup.answers import Answer, Criteria, Reason, Word, answered
from nelm.followup.examinations import ZERO, Examination, LesionState
from nelm.followup.margins import Reached, reaches_zero, weighted_sum
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.quantities import Estimate

DIMENSIONS = 3


def tumour_volume_ml(examination: Examination) -> Estimate | None:
    """Volume of all lesions [mL]: as given, else the sum over lesions; None if one that is there has none."""
    if examination.tumour_volume_ml is not None:
        return examination.tumour_volume_ml
    if not examination.lesions:
        return None
    parts: list[Estimate] = []
    for one in examination.lesions:
        volume = ZERO if one.state is LesionState.ABSENT else one.volume_ml
        if volume is None:
            return None
        parts.append(volume)
    return weighted_sum(*((1.0, part) for part in parts))


def volume_answers(examinations: Sequence[Examination], *, known: ResponseKnowledge) -> tuple[Answer, ...]:
    """What the volume says at every examination after the baseline, which is the first.

    A new lesion counts by its volume only. The limits are the cubes of RECIST's, without an absolute rise.
    """
    baseline, *later = examinations
    start = tumour_volume_ml(baseline)
    smallest = start
    found: list[Answer] = []
    for examination in later:
        now = tumour_volume_ml(examination)
        if now is None or start is None or smallest is None:
            reason = Reason("The volume of all lesions is not known at both examinations.", known.few_targets)
            found.append(answered(Criteria.VOLUME, Word.NE, (), (reason,)))
            continue
        found.append(_answer(start, smallest, now, known))
        smallest = min(smallest, now, key=lambda one: one.value)
    return tuple(found)


def _answer(start: Estimate, smallest: Estimate, now: Estimate, known: ResponseKnowledge) -> Answer:
    fall = (1 - known.partial_decrease.number / 100) ** DIMENSIONS
    rise = (1 + known.progression_rise.number / 100) ** DIMENSIONS
    gone = Reached(now.value == 0, now.value == 0 or now.low > 0)
    grew = reaches_zero((1.0, now), (-rise, smallest))
    fell = reaches_zero((fall, start), (-1.0, now))
    words = tuple(
        Word.CR if none_left else Word.PD if larger else Word.PR if smaller else Word.SD
        for none_left, larger, smaller in product(gone.possible, grew.possible, fell.possible)
    )
    change = f" ({100 * (now.value / start.value - 1):+.0f} %)" if start.value > 0 else ""
    text = f"All lesions {now.value:.0f} mL{change}; {start.value:.0f} mL at baseline."
    reasons = (Reason(text, known.volume_limits), Reason(known.volume_limits.statement, known.volume_limits))
    return answered(Criteria.VOLUME, words[0], words, reasons)
