"""Sum of the diameters of the targets at one examination, and whether they are gone [recist_summary]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from nelm.followup.answers import Reason
from nelm.followup.examinations import ZERO, Examination, LesionFinding, LesionState
from nelm.followup.margins import Reached, both, exactly, reaches_zero, weighted_sum
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.quantities import Estimate

YES, NO = Reached(True), Reached(False)


@dataclass(frozen=True, slots=True)
class TargetSum:
    """The targets at one examination.

    Parameters
    ----------
    total_mm : Sum of diameters, the short axes of nodes; None unless every target was evaluated.
    seen_mm : Sum of those evaluated; never more than the whole.
    missing : Targets not evaluated.
    gone : Whether every evaluated target is gone: absent, a node below the limit.
    reasons : Conventions that the sum rests on.
    """

    total_mm: Estimate | None
    seen_mm: Estimate
    missing: tuple[str, ...]
    gone: Reached
    reasons: tuple[Reason, ...]


def target_sum(examination: Examination, targets: Sequence[str], *, known: ResponseKnowledge) -> TargetSum:
    """The sum of diameters of the targets, with what is missing."""
    parts = {name: contribution_mm(examination, name, targets, known=known) for name in targets}
    missing = tuple(name for name, part in parts.items() if part is None)
    seen = weighted_sum(*((1.0, part) for part in parts.values() if part is not None))
    found = [examination.finding(name) for name in targets if name not in missing]
    gone = all_of([is_gone(one, known) for one in found if one is not None])
    reasons = tuple(reason for one in found if one is not None for reason in _conventions(one, known))
    return TargetSum(None if missing else seen, seen, missing, gone, reasons)


def contribution_mm(
    examination: Examination, lesion: str, targets: Sequence[str], *, known: ResponseKnowledge
) -> Estimate | None:
    """What a target adds to the sum; None when it was not evaluated.

    A lesion too small to measure adds the default without an error of its own: it is a convention, no measurement.
    """
    one = examination.finding(lesion)
    if one is None:
        return None
    if one.merged_into is not None:
        return _merged(examination, one.merged_into, lesion, targets)
    if one.state is LesionState.ABSENT:
        return ZERO
    if one.state is LesionState.TOO_SMALL:
        return exactly(known.too_small_default.number)
    if one.fragments_mm and one.state in (LesionState.MEASURED, None):
        return weighted_sum(*((1.0, part) for part in one.fragments_mm))
    return one.measured_mm


def _merged(examination: Examination, partner: str, lesion: str, targets: Sequence[str]) -> Estimate | None:
    """What is left to add of a lesion that merged into `partner`: the whole counts once."""
    whole = examination.finding(partner)
    if whole is None or whole.measured_mm is None:
        return None
    findings = [examination.finding(name) for name in targets]
    merged = [one.lesion for one in findings if one is not None and one.merged_into == partner]
    return ZERO if partner in targets or merged[0] != lesion else whole.measured_mm


def is_gone(one: LesionFinding, known: ResponseKnowledge) -> Reached:
    """Whether a lesion is gone: absent, without diameter, or a node whose short axis is normal."""
    if one.merged_into is not None or one.fragments_mm:
        return NO
    if one.state is LesionState.ABSENT:
        return YES
    if one.is_node and one.state is LesionState.TOO_SMALL:
        return YES
    size = one.measured_mm
    if size is None:
        return NO
    if not one.is_node:
        return Reached(size.value == 0)
    abnormal = reaches_zero((1.0, size), (-1.0, exactly(known.node_normal_below.number)))
    return Reached(not abnormal.nominal, abnormal.is_certain)


def all_of(answers: Sequence[Reached]) -> Reached:
    """Whether all are reached; yes of none."""
    return reduce(both, answers, YES)


def _conventions(one: LesionFinding, known: ResponseKnowledge) -> tuple[Reason, ...]:
    """The conventions used for a lesion."""
    if one.state is LesionState.TOO_SMALL:
        text = f"{one.lesion} is too small to measure and counts {known.too_small_default.number:g} mm."
        return (Reason(text, known.too_small_default),)
    if one.merged_into is not None:
        text = f"{one.lesion} has merged into {one.merged_into} and counts with it."
        return (Reason(text, known.split_and_merged),)
    if one.fragments_mm:
        text = f"{one.lesion} fell into {len(one.fragments_mm)} parts, which are added."
        return (Reason(text, known.split_and_merged),)
    return ()
