"""RECIST 1.1 over a course: the response at every examination, nominal and within the error of measurement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from nelm.followup.answers import Answer, Criteria, Reason, Word, answered, undecided
from nelm.followup.examinations import Certainty, Examination, checked_course
from nelm.followup.margins import Reached, both, percent_change, weighted_sum
from nelm.followup.recist_table import every_word, non_target_words, seen_again, target_words
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.followup.target_sums import NO, TargetSum, target_sum
from nelm.followup.targets import Targets
from nelm.knowledge import Entry
from nelm.quantities import Estimate


@dataclass(frozen=True, slots=True)
class RecistExamination:
    """RECIST 1.1 at one examination after baseline.

    Parameters
    ----------
    day : Day of the images.
    targets : The sum, with what is missing.
    nadir_mm : Smallest complete sum before it, baseline included.
    change_percent : Of the sum from baseline; None where it is not defined.
    rise_percent, rise_mm : Of the sum from the nadir.
    target, non_target : What they say nominally; None where there are none.
    has_new_lesion : Whether a lesion is new since baseline; None is not known or equivocal.
    says_new_lesions : Whether anything is said of new lesions.
    answer : The response.
    """

    day: date
    targets: TargetSum
    nadir_mm: Estimate | None
    change_percent: Estimate | None
    rise_percent: Estimate | None
    rise_mm: Estimate | None
    target: Word | None
    non_target: Word | None
    has_new_lesion: bool | None
    says_new_lesions: bool
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Newness:
    """Whether a lesion is new since baseline: what is possible, nominal first, and whether anything was said of it."""

    possible: tuple[bool, ...]
    is_stated: bool = True


@dataclass(frozen=True, slots=True)
class _Before:
    """What earlier examinations leave: baseline and smallest sum, and whether everything was gone once."""

    baseline_mm: Estimate | None
    nadir_mm: Estimate | None
    complete: Reached = NO


def recist_examinations(
    examinations: tuple[Examination, ...], targets: Targets, *, known: ResponseKnowledge
) -> tuple[RecistExamination, ...]:
    """RECIST 1.1 at every examination after the baseline, which is the first.

    Examinations after progression are answered by the same rules; best response and dates stop at it.

    Raises
    ------
    InputError : There is no examination, they are not in order, or a lesion comes from nowhere.
    """
    baseline, *later = checked_course(examinations)
    start = target_sum(baseline, targets.targets, known=known).total_mm
    before = _Before(start, start)
    found: list[RecistExamination] = []
    for examination, new in zip(later, _newness(later), strict=True):
        one = _examine(examination, targets, before, new=new, known=known)
        found.append(one)
        nadir = _smaller(before.nadir_mm, one.targets.total_mm)
        before = _Before(start, nadir, _complete(before.complete, one.answer))
    return tuple(found)


def _examine(
    examination: Examination, targets: Targets, before: _Before, *, new: _Newness, known: ResponseKnowledge
) -> RecistExamination:
    now = target_sum(examination, targets.targets, known=known)
    start, nadir, total = before.baseline_mm, before.nadir_mm, now.total_mm
    words = target_words(now, baseline_mm=start, nadir_mm=nadir, known=known) if targets.targets else ()
    others = non_target_words(examination, targets.non_targets, known=known)
    again = both(before.complete, seen_again(examination, now, targets.non_targets, known))
    possible = every_word(words, others, again, new.possible)
    one = RecistExamination(
        day=examination.day,
        targets=now,
        nadir_mm=nadir,
        change_percent=percent_change(total, start) if total and start else None,
        rise_percent=percent_change(total, nadir) if total and nadir else None,
        rise_mm=weighted_sum((1.0, total), (-1.0, nadir)) if total and nadir else None,
        target=words[0] if words else None,
        non_target=others[0] if others else None,
        has_new_lesion=new.possible[0] if len(new.possible) == 1 else None,
        says_new_lesions=new.is_stated,
        answer=answered(Criteria.RECIST, possible[0], possible, ()),
    )
    reasons = (*_reasons(one, known), *_further_reasons(examination, again, new, known))
    by_best_values = every_word(words[:1], others[:1], Reached(again.nominal), new.possible)
    if new.is_stated or len(by_best_values) == 1:
        return replace(one, answer=answered(Criteria.RECIST, possible[0], possible, reasons))
    return replace(one, answer=undecided(Criteria.RECIST, possible, reasons))


def with_other_progression(answer: Answer, recist: RecistExamination, *, known: ResponseKnowledge) -> Answer:
    """Another set's answer of its targets, with the new lesions and non-targets of RECIST 1.1."""
    if answer.word is Word.REFUSED:
        return answer
    if recist.has_new_lesion or recist.non_target is Word.PD:
        reason = Reason("A new lesion or progression of the non-targets.", known.new_lesion)
        return answered(answer.criteria, Word.PD, (), (*answer.reasons, reason))
    if recist.has_new_lesion is None and answer.word is not Word.PD:
        said = "A lesion is equivocally new." if recist.says_new_lesions else "New lesions are not spoken of."
        reasons = (*answer.reasons, Reason(said, known.new_lesion))
        possible = (*answer.possible, Word.PD)
        if recist.says_new_lesions and answer.word is not Word.UNKNOWN:
            return answered(answer.criteria, answer.word, possible, reasons)
        return undecided(answer.criteria, possible, reasons)
    return answer


def _newness(later: list[Examination]) -> list[_Newness]:
    """Whether each examination shows a lesion that is new since baseline.

    An equivocal one counts from the examination that first showed it once a later one is sure of it. What only a
    receptor PET shows is equivocal. A lesion once new stays new. An examination that speaks of no lesion at all, as a
    PET for its volume alone, says nothing of new ones either: it is not evaluable.
    """
    sure = {
        one.lesion
        for examination in later
        for one in examination.new_lesions or ()
        if one.certainty is Certainty.UNEQUIVOCAL and not one.only_on_receptor_pet
    }
    found: list[_Newness] = []
    for examination in later:
        listed = examination.new_lesions
        if (found and found[-1].possible == (True,)) or any(one.lesion in sure for one in listed or ()):
            found.append(_Newness((True,)))
        elif listed is None and examination.lesions:
            found.append(_Newness((False, True), is_stated=False))
        else:
            found.append(_Newness((False, True) if listed else (False,)))  # nothing looked at: not evaluable
    return found


def _smaller(first: Estimate | None, second: Estimate | None) -> Estimate | None:
    """The smaller of two sums by best value; that which is known if one is not."""
    known = [one for one in (first, second) if one is not None]
    return min(known, key=lambda one: one.value, default=None)


def _complete(earlier: Reached, answer: Answer) -> Reached:
    """Whether everything was gone at some examination so far."""
    now = Reached(answer.word is Word.CR, answer.is_certain or Word.CR not in answer.possible)
    if (earlier.nominal and earlier.is_certain) or (now.nominal and now.is_certain):
        return Reached(True)
    return Reached(earlier.nominal or now.nominal, earlier.is_certain and now.is_certain)


def _reasons(one: RecistExamination, known: ResponseKnowledge) -> tuple[Reason, ...]:
    """What the targets and non-targets show, in sentences."""
    found: list[Reason] = []
    now = one.targets
    if now.missing:
        text = f"Not evaluated: {', '.join(now.missing)}."
        found.append(Reason(text, known.missing_target))
    elif one.target is not None and now.total_mm is not None:
        found.append(Reason(_sum_words(one), _deciding_limit(one.target, known)))
    found += now.reasons
    if one.non_target is not None:
        entry = known.unequivocal_non_target if one.non_target is Word.PD else known.table_of_responses
        found.append(Reason(f"Non-targets: {one.non_target}.", entry))
    if one.target is None and one.non_target is None:
        found.append(Reason("There was nothing to follow at baseline.", known.table_of_responses))
    return tuple(found)


def _further_reasons(
    examination: Examination, again: Reached, new: _Newness, known: ResponseKnowledge
) -> tuple[Reason, ...]:
    """New lesions, reappearance and markers, in sentences."""
    found: list[Reason] = []
    names = ", ".join(one.lesion for one in examination.new_lesions or ())
    if new.possible == (True,):
        text = f"New: {names}." if names else "A lesion was new at an earlier examination."
        found.append(Reason(text, known.new_lesion))
    elif not new.is_stated:
        found.append(Reason("Whether there are new lesions is not stated.", known.new_lesion))
    elif names:
        pet = any(one.only_on_receptor_pet for one in examination.new_lesions or ())
        entry = known.new_on_pet_only if pet else known.new_lesion
        found.append(Reason(f"Equivocally new, to be watched: {names}.", entry))
    if again.nominal:
        found.append(Reason("A lesion is seen again after a complete response.", known.reappearance))
        if any(one.is_node for one in examination.lesions):
            found.append(Reason(known.node_reappears.statement, known.node_reappears))
    if examination.markers_normal is False:
        found.append(Reason("Tumour markers are above normal.", known.markers_normal))
    return tuple(found)


def _sum_words(one: RecistExamination) -> str:
    """The sum and its changes."""
    total = one.targets.total_mm
    assert total is not None
    text = f"Sum of diameters {total.value:.1f} mm"
    if one.change_percent is not None:
        text += f", {one.change_percent.value:+.1f} % from baseline"
    if one.rise_mm is not None:
        share = f" ({one.rise_percent.value:+.1f} %)" if one.rise_percent is not None else ""
        text += f", {one.rise_mm.value:+.1f} mm{share} from the smallest sum"
    return text + "."


def _deciding_limit(word: Word, known: ResponseKnowledge) -> Entry:
    """The limit that a word of the targets hangs on."""
    match word:
        case Word.CR:
            return known.node_normal_below
        case Word.PD:
            return known.progression_rise
        case _:
            return known.partial_decrease
