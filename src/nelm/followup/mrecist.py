"""mRECIST: the viable, arterially enhancing diameter of embolised hypervascular lesions [mrecist_pmc9747269]."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from nelm.followup.answers import Answer, Criteria, Reason, Word, answered, refused
from nelm.followup.examinations import ZERO, Examination, LesionFinding, LesionState, Phase
from nelm.followup.margins import Reached, exactly, reaches_zero, weighted_sum
from nelm.followup.recist import RecistExamination, with_other_progression
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.quantities import Estimate


def mrecist(
    examinations: Sequence[Examination], recist: Sequence[RecistExamination], *, known: ResponseKnowledge
) -> tuple[Answer, ...]:
    """Answers at every examination after the baseline, which is the first.

    New lesions and non-targets are those of RECIST 1.1; a rise needs no absolute length, as none is printed. The
    smallest earlier sum is that of the same lesions, in the arterial phase.
    """
    return tuple(
        with_other_progression(_examine(examinations[: number + 2], known), one, known=known)
        for number, one in enumerate(recist)
    )


def viable_targets(
    baseline: Examination, embolised: frozenset[str], *, known: ResponseKnowledge
) -> tuple[str, ...]:
    """The largest enhancing lesions that were embolised, within RECIST's limits of number in all and an organ."""
    fit = [one for one in baseline.lesions if one.lesion in embolised and _enhances(one, known)]
    fit.sort(key=lambda one: (-one.viable_mm.value if one.viable_mm else 0.0, one.lesion))
    chosen: list[LesionFinding] = []
    for one in fit:
        in_organ = sum(other.organ_counted == one.organ_counted for other in chosen)
        if in_organ < known.targets_per_organ_max.number and len(chosen) < known.targets_max.number:
            chosen.append(one)
    return tuple(one.lesion for one in chosen)


def _enhances(one: LesionFinding, known: ResponseKnowledge) -> bool:
    """Whether a lesion enhances over the length that a target needs."""
    if one.is_hypervascular is False or one.viable_mm is None or one.is_node:
        return False
    return reaches_zero((1.0, one.viable_mm), (-1.0, exactly(known.viable_target_from.number))).nominal


def _embolised(examinations: Sequence[Examination]) -> frozenset[str]:
    """Lesions that some examination so far says were embolised."""
    return frozenset(one.lesion for each in examinations for one in each.lesions if one.is_embolised)


def _examine(examinations: Sequence[Examination], known: ResponseKnowledge) -> Answer:
    """The answer of the targets at the last of the examinations."""
    baseline, examination = examinations[0], examinations[-1]
    for each, name in ((baseline, "the baseline"), (examination, "this examination")):
        if each.phase is not Phase.ARTERIAL:
            text = f"The phase of {name} is {each.phase or 'not known'}; viable tumour shows in the arterial phase."
            return refused(Criteria.MRECIST, text, known.viable_only_embolised)
    targets = viable_targets(baseline, _embolised(examinations), known=known)
    if not targets:
        least = f"{known.viable_target_from.number:g} mm of arterial enhancement"
        text = f"No lesion with {least} is known to have been embolised."
        return refused(Criteria.MRECIST, text, known.viable_only_embolised)
    sums = [_sum(each, targets) for each in examinations if each.phase is Phase.ARTERIAL]
    start, total = sums[0], sums[-1]
    if total is None or start is None:
        reason = Reason("The enhancing diameter of a target was not measured.", known.missing_target)
        return answered(Criteria.MRECIST, Word.NE, (), (reason,))
    nadir = min((one for one in sums[:-1] if one is not None), key=lambda one: one.value)
    words = _words(total, start, nadir, known)
    text = (
        f"Enhancing diameters {total.value:.1f} mm of {', '.join(targets)}; {start.value:.1f} mm at baseline."
    )
    practice = Reason(known.viable_only_embolised.statement, known.viable_only_embolised)
    return answered(
        Criteria.MRECIST, words[0], words, (Reason(text, known.viable_partial_decrease), practice)
    )


def _sum(examination: Examination, targets: Sequence[str]) -> Estimate | None:
    """Sum of the enhancing diameters; None if one is missing."""
    parts = [_viable(examination.finding(name)) for name in targets]
    known = [part for part in parts if part is not None]
    return weighted_sum(*((1.0, part) for part in known)) if len(known) == len(parts) else None


def _viable(one: LesionFinding | None) -> Estimate | None:
    if one is None or one.state is LesionState.NOT_EVALUABLE:
        return None
    return ZERO if one.state is LesionState.ABSENT else one.viable_mm


def _words(total: Estimate, start: Estimate, nadir: Estimate, known: ResponseKnowledge) -> tuple[Word, ...]:
    """Every word that the error allows, the nominal one first."""
    gone = Reached(total.value == 0, total.value == 0 or total.low > 0)
    grew = reaches_zero((1.0, total), (-(1 + known.viable_progression_rise.number / 100), nadir))
    fell = reaches_zero((1 - known.viable_partial_decrease.number / 100, start), (-1.0, total))
    return tuple(
        Word.CR if none_left else Word.PD if rise else Word.PR if fall else Word.SD
        for none_left, rise, fall in product(gone.possible, grew.possible, fell.possible)
    )
