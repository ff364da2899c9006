"""Choi and modified Choi criteria: size and attenuation of the targets on CT [radiopaedia_choi; pmc5658474]."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from nelm.followup.answers import Answer, Criteria, Reason, Word, answered, refused, undecided
from nelm.followup.examinations import Examination, Modality
from nelm.followup.margins import Reached, reaches_zero, weighted_sum
from nelm.followup.recist import RecistExamination
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
    if recist.has_new_lesion or recist.non_target is Word.PD:
        reason = Reason("A new lesion or progression of the non-targets.", known.new_lesion)
        return answered(criteria, Word.PD, (), (reason,))
    nodules = [one.lesion for one in examination.lesions if one.lesion in targets and one.has_new_nodule]
    if nodules:
        text = f"A nodule inside {', '.join(nodules)} is new or has grown."
        return answered(criteria, Word.PD, (), (Reason(text, known.choi_nodule),))
    if not targets or recist.targets.missing or recist.nadir_mm is None:
        return answered(criteria, Word.NE, (), (Reason("A target was not measured.", known.missing_target),))
    words, reasons = _measured(baseline, examination, recist, targets, known=known, modified=modified)
    if recist.has_new_lesion is None and words[0] is not Word.PD:
        reason = Reason("Whether there are new lesions is not settled.", known.new_lesion)
        return undecided(criteria, (*words, Word.PD), (*reasons, reason))
    if Word.UNKNOWN in words:
        return undecided(criteria, tuple(word for word in words if word is not Word.UNKNOWN), reasons)
    return answered(criteria, words[0], words, reasons)


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
) -> tuple[tuple[Word, ...], tuple[Reason, ...]]:
    """Every word that the errors and a missing attenuation allow, the nominal one first, with its reasons."""
    start = target_sum(baseline, targets, known=known).total_mm
    total, nadir = recist.targets.total_mm, recist.nadir_mm
    assert start is not None and total is not None and nadir is not None
    shrank = reaches_zero((1 - known.choi_size_decrease.number / 100, start), (-1.0, total))
    grew = reaches_zero((1.0, total), (-(1 + known.choi_size_increase.number / 100), nadir))
    before, after = (_attenuation(each, targets) for each in (baseline, examination))
    gone = recist.targets.gone
    if gone.nominal and gone.is_certain and recist.non_target in (None, Word.CR):
        return (Word.CR,), (Reason("All lesions are gone.", known.table_of_responses),)
    faded, reasons = _faded(before, after, known)
    answers = faded.possible if faded is not None else (True, False)
    words = tuple(
        _word(shrink, rise, fade, modified)
        for fade, shrink, rise in product(answers, shrank.possible, grew.possible)
    )
    change = f"{100 * (total.value / start.value - 1):+.1f} %"
    size = Reason(f"Sum of diameters {change} from baseline.", known.choi_size_decrease)
    rule = known.modified_choi if modified else known.choi_reference
    found = (size, *reasons, Reason(rule.statement, rule))
    distinct = tuple(dict.fromkeys(words))
    if faded is None and len(distinct) > 1:
        return (Word.UNKNOWN, *distinct), found
    return distinct, found


def _word(shrank: bool, grew: bool, faded: bool, modified: bool) -> Word:
    """PR, PD or SD from the changes; a fall of attenuation that makes a response outweighs growth."""
    if (shrank and faded) if modified else (shrank or faded):
        return Word.PR
    return Word.PD if grew else Word.SD


def _faded(
    before: Estimate | None, after: Estimate | None, known: ResponseKnowledge
) -> tuple[Reached | None, tuple[Reason, ...]]:
    """Whether the attenuation fell enough; None where it is not known or a share of it is not defined."""
    limit = known.choi_attenuation_decrease
    if before is None or after is None:
        return None, (Reason("The attenuation of a target was not measured.", limit),)
    if before.low <= 0:
        return None, (
            Reason("The attenuation at baseline reaches 0 HU: a change in percent is not defined.", limit),
        )
    fell = reaches_zero((1 - limit.number / 100, before), (-1.0, after))
    change = 100 * (after.value / before.value - 1)
    text = f"Attenuation {before.value:.0f} to {after.value:.0f} HU ({change:+.1f} %)."
    return fell, (Reason(text, limit),)


def _attenuation(examination: Examination, targets: Sequence[str]) -> Estimate | None:
    """Mean attenuation of the targets that are still there [HU]; None if one is missing or none is left."""
    found = [examination.finding(name) for name in targets]
    there = [one for one in found if one is not None and one.measured_mm is not None]
    values = [one.attenuation_hu for one in there if one.attenuation_hu is not None]
    if not values or len(values) < len(there):
        return None
    return weighted_sum(*((1 / len(values), value) for value in values))
