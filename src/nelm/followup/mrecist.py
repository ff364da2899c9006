"""mRECIST: the viable, arterially enhancing diameter of embolised hypervascular lesions [mrecist_pmc9747269]."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from nelm.followup.answers import Answer, Criteria, Reason, Word, answered, refused, undecided
from nelm.followup.examinations import ZERO, Examination, LesionFinding, LesionState, Phase
from nelm.followup.margins import Reached, exactly, reaches_zero, weighted_sum
from nelm.followup.recist import RecistExamination
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.quantities import Estimate


def mrecist(
    examinations: Sequence[Examination], recist: Sequence[RecistExamination], *, known: ResponseKnowledge
) -> tuple[Answer, ...]:
    """mRECIST at every examination after the baseline, which is the first.

    New lesions and non-targets are those of RECIST 1.1; a rise needs no absolute length, as none is printed.
    """
    baseline, *later = examinations
    found: list[Answer] = []
    sums: list[Estimate] = []
    for number, examination in enumerate(later):
        embolised = _embolised(examinations[: number + 2])
        answer, total = _examine(baseline, examination, embolised, sums, known)
        if total is not None:
            sums.append(total)
        found.append(_with_others(answer, recist[number]))
    return tuple(found)


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


def _examine(
    baseline: Examination,
    examination: Examination,
    embolised: frozenset[str],
    sums: Sequence[Estimate],
    known: ResponseKnowledge,
) -> tuple[Answer, Estimate | None]:
    """The answer of the targets, and their sum where it is complete."""
    for each, name in ((baseline, "the baseline"), (examination, "this examination")):
        if each.phase is not Phase.ARTERIAL:
            text = f"The phase of {name} is {each.phase or 'not known'}; viable tumour shows in the arterial phase."
            return refused(Criteria.MRECIST, text, known.viable_only_embolised), None
    targets = viable_targets(baseline, embolised, known=known)
    if not targets:
        text = (
            f"No lesion with {known.viable_target_from.number:g} mm of arterial enhancement is known to have been "
            "embolised."
        )
        return refused(Criteria.MRECIST, text, known.viable_only_embolised), None
    start = _sum(baseline, targets)
    total = _sum(examination, targets)
    if total is None or start is None:
        reason = Reason("The enhancing diameter of a target was not measured.", known.missing_target)
        return answered(Criteria.MRECIST, Word.NE, (), (reason,)), None
    nadir = min((start, *sums), key=lambda one: one.value)
    words = _words(total, start, nadir, known)
    text = (
        f"Enhancing diameters {total.value:.1f} mm of {', '.join(targets)}; {start.value:.1f} mm at baseline."
    )
    practice = Reason(known.viable_only_embolised.statement, known.viable_only_embolised)
    reasons = (Reason(text, known.viable_partial_decrease), practice)
    return answered(Criteria.MRECIST, words[0], words, reasons), total


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


def _with_others(answer: Answer, recist: RecistExamination) -> Answer:
    """The answer with new lesions and non-targets, which are those of RECIST 1.1."""
    if answer.word is Word.REFUSED:
        return answer
    if recist.has_new_lesion or recist.non_target is Word.PD:
        reason = Reason("A new lesion or progression of the non-targets, as by RECIST 1.1.")
        return answered(answer.criteria, Word.PD, (), (*answer.reasons, reason))
    if recist.has_new_lesion is None and answer.word is not Word.PD:
        reason = Reason("Whether there are new lesions is not settled.")
        return undecided(answer.criteria, (*answer.possible, Word.PD), (*answer.reasons, reason))
    return answer
