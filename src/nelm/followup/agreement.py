"""All criteria at every examination of a course, and in words where they disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from nelm.followup.answers import DECIDED, Answer, Criteria, Reason, Word
from nelm.followup.best_response import BestResponse, best_response, continues_response
from nelm.followup.cautions import comparison_cautions, progression_cautions
from nelm.followup.choi import choi
from nelm.followup.examinations import Examination, TreatmentPeriod, checked_course
from nelm.followup.growth_rate import (
    Against,
    GrowthRate,
    GrowthReading,
    Period,
    growth_from_diameters,
    growth_from_volumes,
    read_growth,
)
from nelm.followup.mrecist import mrecist
from nelm.followup.receptor_volume import Direction, ReceptorChange, receptor_changes
from nelm.followup.recist import RecistExamination, recist_examinations
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.followup.target_sums import target_sum
from nelm.followup.targets import Targets, choose_targets, given_targets
from nelm.followup.volumes import tumour_volume_ml, volume_answers
from nelm.guideline.findings.growth import GrowthKnowledge
from nelm.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Growth:
    """One growth rate of an examination: since when, of what, and against its limit."""

    since: date
    rate: GrowthRate
    reading: GrowthReading


@dataclass(frozen=True, slots=True)
class ExaminationResponse:
    """Everything that one examination answers.

    Parameters
    ----------
    day : Day of the images.
    recist : RECIST 1.1 with sums and changes.
    answers : Every set of criteria, RECIST 1.1 first.
    continues_response : Whether it says SD and continues a confirmed partial response.
    growth : Growth rates since baseline and since the examination before, of diameters and of volumes.
    receptors : Change of the receptor volume since the first examination that has one.
    disagreement : Which criteria disagree and why they may; empty where none do.
    cautions : What may make it look like progression, and what keeps it from being compared.
    """

    day: date
    recist: RecistExamination
    answers: tuple[Answer, ...]
    continues_response: bool
    growth: tuple[Growth, ...]
    receptors: tuple[ReceptorChange, ...]
    disagreement: tuple[Reason, ...]
    cautions: tuple[Reason, ...]

    def answer(self, criteria: Criteria) -> Answer:
        """The answer of one set."""
        return next(one for one in self.answers if one.criteria is criteria)


@dataclass(frozen=True, slots=True)
class CourseResponse:
    """Response over a course.

    Parameters
    ----------
    baseline : Day of the baseline.
    targets : Targets and non-targets, with what is wrong with them.
    growth_before : Growth before treatment, where an earlier examination was given.
    examinations : Every examination after baseline.
    best : Best response and dates by RECIST 1.1.
    reasons : What holds for the whole course.
    """

    baseline: date
    targets: Targets
    growth_before: Growth | None
    examinations: tuple[ExaminationResponse, ...]
    best: BestResponse
    reasons: tuple[Reason, ...]


def course_response(
    examinations: tuple[Examination, ...],
    *,
    knowledge: Knowledge,
    targets: tuple[str, ...] | None = None,
    treatments: tuple[TreatmentPeriod, ...] = (),
    earlier: Examination | None = None,
) -> CourseResponse:
    """All criteria over a course of examinations, the first of which is the baseline.

    Parameters
    ----------
    targets : Names of the target lesions; None lets them be chosen.
    treatments : Treatments that change how images are read.
    earlier : An examination before the baseline, for the growth before treatment.

    Raises
    ------
    InputError : The examinations are not in order, or a lesion or target is none of the baseline and not called new.
    """
    known = knowledge.record(ResponseKnowledge, "response")
    growth = knowledge.record(GrowthKnowledge, "growth")
    baseline = checked_course(examinations)[0]
    chosen = (
        choose_targets(baseline, known=known)
        if targets is None
        else given_targets(baseline, targets, known=known)
    )
    course = _Course(examinations, recist_examinations(examinations, chosen, known=known), chosen, treatments)
    sets = _all_sets(course, known)
    found = tuple(_one(course, number, answers, known, growth=growth) for number, answers in enumerate(sets))
    before = None
    if earlier is not None:
        period = Period.BEFORE_TREATMENT
        before = _growth_of_sums(earlier, baseline, chosen, period, known=known, growth=growth)
    reasons = tuple(Reason(entry.statement, entry) for entry in (known.few_targets, known.version_1_0))
    best = best_response(baseline.day, course.recist, known=known)
    return CourseResponse(baseline.day, chosen, before, found, best, reasons)


@dataclass(frozen=True, slots=True)
class _Course:
    """What every examination is judged with."""

    examinations: tuple[Examination, ...]
    recist: tuple[RecistExamination, ...]
    targets: Targets
    treatments: tuple[TreatmentPeriod, ...]


def _all_sets(course: _Course, known: ResponseKnowledge) -> list[tuple[Answer, ...]]:
    """Every set of criteria at every examination after baseline."""
    examinations, recist, names = course.examinations, course.recist, course.targets.targets
    return list(
        zip(
            (one.answer for one in recist),
            mrecist(examinations, recist, known=known),
            choi(examinations, recist, names, known=known),
            choi(examinations, recist, names, known=known, modified=True),
            volume_answers(examinations, known=known),
            strict=True,
        )
    )


def _one(
    course: _Course,
    number: int,
    answers: tuple[Answer, ...],
    known: ResponseKnowledge,
    *,
    growth: GrowthKnowledge,
) -> ExaminationResponse:
    """Everything of the examination with this number after baseline."""
    so_far = course.examinations[: number + 2]
    rates = _growth(so_far, course.targets, known, growth)
    receptors = _receptors(so_far, known)
    recist = course.recist[number]
    return ExaminationResponse(
        day=so_far[-1].day,
        recist=recist,
        answers=answers,
        continues_response=continues_response(course.recist, number, known=known),
        growth=rates,
        receptors=receptors,
        disagreement=_disagreement(answers, rates, receptors, known),
        cautions=(
            *comparison_cautions(so_far[0], so_far[-1], known=known),
            *progression_cautions(so_far, course.treatments, answers, known=known),
        ),
    )


def _growth(
    so_far: tuple[Examination, ...], targets: Targets, known: ResponseKnowledge, growth: GrowthKnowledge
) -> tuple[Growth, ...]:
    """Growth since baseline and, if it is another, since the examination before."""
    baseline, now = so_far[0], so_far[-1]
    first = Period.FIRST_MONTHS if len(so_far) == 2 else Period.LATER
    pairs = [(baseline, first)] if len(so_far) == 2 else [(baseline, first), (so_far[-2], Period.LATER)]
    found: list[Growth | None] = []
    for since, period in pairs:
        found.append(_growth_of_sums(since, now, targets, period, known=known, growth=growth))
        found.append(_growth_of_volumes(since, now, period, known=known, growth=growth))
    return tuple(one for one in found if one is not None)


def _growth_of_sums(
    since: Examination,
    now: Examination,
    targets: Targets,
    period: Period,
    *,
    known: ResponseKnowledge,
    growth: GrowthKnowledge,
) -> Growth | None:
    """Growth of the sum of diameters; None where a target was not measured or a sum reaches 0."""
    sums = [target_sum(one, targets.targets, known=known).total_mm for one in (since, now)]
    before, after = sums
    if before is None or after is None:
        return None
    rate = growth_from_diameters((since.day, before), (now.day, after), growth=growth)
    return Growth(since.day, rate, read_growth(rate, period, growth=growth, known=known)) if rate else None


def _growth_of_volumes(
    since: Examination,
    now: Examination,
    period: Period,
    *,
    known: ResponseKnowledge,
    growth: GrowthKnowledge,
) -> Growth | None:
    """Growth of the volume of all lesions; None where it is not known."""
    before, after = tumour_volume_ml(since), tumour_volume_ml(now)
    if before is None or after is None:
        return None
    rate = growth_from_volumes((since.day, before), (now.day, after))
    return Growth(since.day, rate, read_growth(rate, period, growth=growth, known=known)) if rate else None


def _receptors(so_far: tuple[Examination, ...], known: ResponseKnowledge) -> tuple[ReceptorChange, ...]:
    """Change of the receptor volume since the first examination that has one."""
    first = next((one for one in so_far[:-1] if one.receptor_volumes_ml), None)
    if first is None or not so_far[-1].receptor_volumes_ml:
        return ()
    return receptor_changes(first, so_far[-1], known=known)


def _disagreement(
    answers: Sequence[Answer],
    growth: Sequence[Growth],
    receptors: Sequence[ReceptorChange],
    known: ResponseKnowledge,
) -> tuple[Reason, ...]:
    """Which criteria disagree, in one sentence, and then why they may."""
    decided = [one for one in answers if one.word in DECIDED]
    words = {one.word for one in decided}
    found: list[Reason] = []
    if len(words) > 1:
        found.append(Reason("; ".join(f"{one.criteria} says {one.in_words}" for one in decided) + "."))
        found += _why(decided, known)
    recist = answers[0].word
    if recist in (Word.CR, Word.PR, Word.SD):
        found += [_growing(recist, one) for one in growth if one.reading.against is Against.AT_OR_ABOVE]
    found += [
        Reason(
            f"{recist} by RECIST 1.1, while the receptor volume by {one.method} is {one.direction}.", entry
        )
        for one in receptors
        if (entry := known.receptor_no_limit) and _opposed(recist, one.direction)
    ]
    return tuple(found)


def _growing(recist: Word, one: Growth) -> Reason:
    """Growth above its limit that RECIST does not call progression."""
    rate = one.rate.tumour_growth_rate_percent_month
    of = "diameters" if one.rate.from_diameters else "volume"
    text = f"{recist} by RECIST 1.1, while {of} grow by {rate.value:.1f} % a month since {one.since.isoformat()}."
    return Reason(text, next((reason.entry for reason in one.reading.reasons if reason.entry), None))


def _opposed(word: Word, direction: Direction) -> bool:
    """Whether a response and the receptor volume point in opposite directions."""
    if direction is Direction.LARGER:
        return word in (Word.CR, Word.PR)
    return direction is Direction.SMALLER and word is Word.PD


def _why(decided: Sequence[Answer], known: ResponseKnowledge) -> list[Reason]:
    """Why criteria that disagree with RECIST 1.1 may do so."""
    recist = decided[0].word if decided[0].criteria is Criteria.RECIST else None
    whys = {
        Criteria.MRECIST: (
            "It measures what still enhances: dead tumour need not shrink.",
            known.viable_only_embolised,
        ),
        Criteria.CHOI: (
            f"It takes a fall by {known.choi_size_decrease.number:g} %, or of the attenuation by "
            f"{known.choi_attenuation_decrease.number:g} %, as response, and a rise by "
            f"{known.choi_size_increase.number:g} % as progression; RECIST asks for "
            f"{known.partial_decrease.number:g} % and {known.progression_rise.number:g} %.",
            known.choi_reference,
        ),
        Criteria.MODIFIED_CHOI: ("It asks for both falls, of size and of attenuation.", known.modified_choi),
        Criteria.VOLUME: (
            "It holds all lesions and counts a new one by its volume only; RECIST measures the targets.",
            known.few_targets,
        ),
    }
    return [
        Reason(f"{one.criteria}: {text}", entry)
        for one in decided
        if one.criteria in whys and one.word is not recist
        for text, entry in (whys[one.criteria],)
    ]
