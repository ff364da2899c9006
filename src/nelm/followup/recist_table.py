"""Words of RECIST 1.1 for targets, non-targets and both together; every word that the errors allow, nominal first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from nelm.followup.answers import Word
from nelm.followup.examinations import Examination, LesionFinding, LesionState
from nelm.followup.margins import Reached, both, exactly, reaches_zero
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.followup.target_sums import TargetSum, all_of, is_gone
from nelm.quantities import Estimate

Words = tuple[Word, ...]


def target_words(
    now: TargetSum, *, baseline_mm: Estimate | None, nadir_mm: Estimate | None, known: ResponseKnowledge
) -> Words:
    """What the targets say. Targets that are all gone are a complete response, whatever small nodes add up to.

    With a target missing the answer is NE, unless those that were measured show progression by themselves.
    """
    if baseline_mm is None or nadir_mm is None:
        return (Word.NE,)
    grew = _grew(now.seen_mm, nadir_mm, known)
    if now.total_mm is None:
        return tuple(Word.PD if rise else Word.NE for rise in grew.possible)
    fraction = 1 - known.partial_decrease.number / 100
    fell = reaches_zero((fraction, baseline_mm), (-1.0, now.total_mm))
    words = [
        _target_word(gone=gone, rise=rise, fall=fall)
        for gone, rise, fall in product(now.gone.possible, grew.possible, fell.possible)
    ]
    return tuple(dict.fromkeys(words))


def _target_word(*, gone: bool, rise: bool, fall: bool) -> Word:
    if gone:
        return Word.CR
    if rise:
        return Word.PD
    return Word.PR if fall else Word.SD


def _grew(sum_mm: Estimate, nadir_mm: Estimate, known: ResponseKnowledge) -> Reached:
    """Whether the sum has risen from the nadir by the share and by the length that progression needs.

    From a nadir of 0 any rise is more than the share: the length alone decides.
    """
    share = reaches_zero((1.0, sum_mm), (-(1 + known.progression_rise.number / 100), nadir_mm))
    length = reaches_zero((1.0, sum_mm), (-1.0, nadir_mm), (-1.0, exactly(known.progression_rise_mm.number)))
    return both(share, length)


def non_target_words(
    examination: Examination, non_targets: Sequence[str], *, known: ResponseKnowledge
) -> Words:
    """What the non-targets say; empty when there are none."""
    if not non_targets:
        return ()
    findings = [examination.finding(name) for name in non_targets]
    if any(one is not None and one.state is LesionState.PROGRESSED for one in findings):
        return (Word.PD,)
    evaluated = [one for one in findings if one is not None and is_evaluated(one)]
    gone = all_of([is_gone(one, known) for one in evaluated])
    complete = len(evaluated) == len(findings)
    words = [_non_target_word(one, complete, examination.markers_normal) for one in gone.possible]
    return tuple(dict.fromkeys(words))


def _non_target_word(gone: bool, complete: bool, markers_normal: bool | None) -> Word:
    if not gone or (complete and markers_normal is False):
        return Word.NON_CR_NON_PD
    return Word.CR if complete else Word.NE


def is_evaluated(one: LesionFinding) -> bool:
    """Whether anything is said of a lesion."""
    if one.state is None:
        return one.measured_mm is not None or bool(one.fragments_mm) or one.merged_into is not None
    return one.state is not LesionState.NOT_EVALUABLE


def seen_again(
    examination: Examination, now: TargetSum, non_targets: Sequence[str], known: ResponseKnowledge
) -> Reached:
    """Whether any lesion of the baseline is seen, a node only from the size at which it is abnormal."""
    others = [examination.finding(name) for name in non_targets]
    gone = [is_gone(one, known) for one in others if one is not None and is_evaluated(one)]
    everything = all_of([now.gone, *gone])
    return Reached(not everything.nominal, everything.is_certain)


def overall(target: Word | None, non_target: Word | None, progressed_otherwise: bool) -> Word:
    """The response at one examination by the tables of RECIST 1.1, with and without targets.

    Parameters
    ----------
    target, non_target : None where there are none.
    progressed_otherwise : A new lesion, or one seen again after a complete response of everything.
    """
    if progressed_otherwise or Word.PD in (target, non_target):
        return Word.PD
    if target is None:
        return Word.NE if non_target is None else non_target
    if target is Word.CR:
        return Word.CR if non_target in (None, Word.CR) else Word.PR
    return target


def every_word(targets: Words, non_targets: Words, reappeared: Reached, new: tuple[bool, ...]) -> Words:
    """Every word that follows from what is possible, the nominal one first."""
    found = [
        overall(target, other, again or fresh)
        for target, other, again, fresh in product(
            targets or (None,), non_targets or (None,), reappeared.possible, new
        )
    ]
    return tuple(dict.fromkeys(found))
