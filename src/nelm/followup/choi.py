"""Choi and modified Choi criteria: size and attenuation of the targets on CT [radiopaedia_choi; pmc5658474]."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from nelm.followup.answers import Answer, Criteria, Reason, Word, answered, refused, undecided
from nelm.followup.examinations import Examination, Modality
from nelm.followup.margins import Reached, reaches_zero, weighted_sum
from nelm.followup.recist import RecistExamination, with_other_progression
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.followup.target_sums import target_sum
from nelm.quantities import Estimate


def choi(
    examinations: Sequence[Examination],
    recist: Sequence[RecistExamination],
    targets: Sequence[str],
    *,
    known: ResponseKnowledge,
    modified: bool = False,
) -> tuple[Answer, ...]:
    """Choi criteria at every examination after the baseline, which is the first.

    Parameters
    ----------
    recist : What RECIST 1.1 says of each; size, new lesions and non-targets are taken from it.
    targets : Names of the targets.
    modified : Whether a response needs both falls, of size and of attenuation.
    """
    baseline, *later = examinations
    return tuple(
        _examine(baseline, examination, one, targets, known=known, modified=modified)
        for examination, one in zip(later, recist, strict=True)
    )


def _examine(
    baseline: Examination,
    examination: Examination,
    recist: RecistExamination,
    targets: Sequence[str],
    *,
    known: ResponseKnowledge,
    modified: bool,
) -> Answer:
    criteria = Criteria.MODIFIED_CHOI if modified else Criteria.CHOI
    against = _against(baseline, examination, targets, known)
    if against is not None:
        return refused(criteria, against.text, against.entry)
    return with_other_progression(
        _targets(baseline, examination, recist, targets, known=known, modified=modified), recist, known=known
    )


def _targets(
    baseline: Examination,
    examination: Examination,
    recist: RecistExamination,
    targets: Sequence[str],
    *,
    known: ResponseKnowledge,
    modified: bool,
) -> Answer:
    """The answer of the targets alone."""
    criteria = Criteria.MODIFIED_CHOI if modified else Criteria.CHOI
    nodules = [one.lesion for one in examination.lesions if one.lesion in targets and one.has_new_nodule]
    if nodules:
        text = f"A nodule inside {', '.join(nodules)} is new or has grown."
        return answered(criteria, Word.PD, (), (Reason(text, known.choi_nodule),))
    if not targets or recist.targets.missing or recist.nadir_mm is None:
        return answered(criteria, Word.NE, (), (Reason("A target was not measured.", known.missing_target),))
    if recist.targets.gone.nominal:
        word = Word.CR if recist.non_target in (None, Word.CR) else Word.PR
        return answered(criteria, word, (), (Reason("The targets are gone.", known.table_of_responses),))
    words, reasons, is_known = _measured(
        baseline, examination, recist, targets, known=known, modified=modified
    )
    return answered(criteria, words[0], words, reasons) if is_known else undecided(criteria, words, reasons)


def _against(
    baseline: Examination, examination: Examination, targets: Sequence[str], known: ResponseKnowledge
) -> Reason | None:
    """Why the criteria do not apply, if they do not."""
    for each in (baseline, examination):
        oiled = [one.lesion for one in each.lesions if one.lesion in targets and one.has_lipiodol]
        if oiled:
            text = (
                f"Iodised oil in {', '.join(oiled)} on {each.day.isoformat()}: attenuation tells of the oil."
            )
            return Reason(text, known.choi_lipiodol)
        if each.modality is not Modality.CT:
            text = (
                f"Attenuation is measured on CT; {each.day.isoformat()} is {each.modality or 'not stated'}."
            )
            return Reason(text, known.choi_attenuation_decrease)
    if baseline.phase is not examination.phase:
        text = (
            f"The phase changed from {baseline.phase or 'not stated'} to {examination.phase or 'not stated'}."
        )
        return Reason(text, known.choi_phase)
    if baseline.phase is None:
        return Reason("The phase after contrast is not stated.", known.choi_phase)
    return None


def _measured(
    baseline: Examination,
    examination: Examination,
    recist: RecistExamination,
    targets: Sequence[str],
    *,
    known: ResponseKnowledge,
    modified: bool,
) -> tuple[tuple[Word, ...], tuple[Reason, ...], bool]:
    """Every word that is possible, the nominal one first, with the reasons, and whether attenuation is known."""
    start = target_sum(baseline, targets, known=known).total_mm
    total, nadir = recist.targets.total_mm, recist.nadir_mm
    assert start is not None and total is not None and nadir is not None
    shrank = reaches_zero((1 - known.choi_size_decrease.number / 100, start), (-1.0, total))
    grew = reaches_zero((1.0, total), (-(1 + known.choi_size_increase.number / 100), nadir))
    faded, reasons = _faded(baseline, examination, targets, known)
    words = tuple(
        _word(shrink, rise, fade, modified)
        for fade, shrink, rise in product(
            faded.possible if faded is not None else (True, False), shrank.possible, grew.possible
        )
    )
    text = f"Sum of diameters {100 * (total.value / start.value - 1):+.1f} % from baseline."
    rule = known.modified_choi if modified else known.choi_reference
    found = (Reason(text, known.choi_size_decrease), *reasons, Reason(rule.statement, rule))
    return words, found, faded is not None


def _word(shrank: bool, grew: bool, faded: bool, modified: bool) -> Word:
    """PR, PD or SD from the changes; a fall of attenuation that makes a response outweighs growth."""
    if (shrank and faded) if modified else (shrank or faded):
        return Word.PR
    return Word.PD if grew else Word.SD


def _faded(
    baseline: Examination, examination: Examination, targets: Sequence[str], known: ResponseKnowledge
) -> tuple[Reached | None, tuple[Reason, ...]]:
    """Whether the attenuation fell enough; None where it is not known or a share of it is not defined."""
    limit = known.choi_attenuation_decrease
    pairs = _attenuations(baseline, examination, targets)
    if pairs is None:
        return None, (Reason("The attenuation of a target was not measured at both examinations.", limit),)
    before, after = (weighted_sum(*((1 / len(side), value) for value in side)) for side in pairs)
    if before.low <= 0:
        text = "The attenuation at baseline reaches 0 HU: a change in percent is not defined."
        return None, (Reason(text, limit),)
    fell = reaches_zero((1 - limit.number / 100, before), (-1.0, after))
    change = 100 * (after.value / before.value - 1)
    text = f"Attenuation {before.value:.0f} to {after.value:.0f} HU ({change:+.1f} %)."
    return fell, (Reason(text, limit),)


def _attenuations(
    baseline: Examination, examination: Examination, targets: Sequence[str]
) -> tuple[tuple[Estimate, ...], tuple[Estimate, ...]] | None:
    """Attenuation of every target that is measured now, before and now [HU]; None if one is missing or none is left."""
    before: list[Estimate] = []
    after: list[Estimate] = []
    for name in targets:
        then, now = baseline.finding(name), examination.finding(name)
        if then is None or now is None or now.measured_mm is None:
            continue
        if then.attenuation_hu is None or now.attenuation_hu is None:
            return None
        before.append(then.attenuation_hu)
        after.append(now.attenuation_hu)
    return (tuple(before), tuple(after)) if before else None
