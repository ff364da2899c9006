"""Lines of treatment over a course: each with its baseline, its responses and its progression.

A line begins with every treatment of the tumour that begins on a day. Its baseline is the last examination up to that
day, and its responses those of the examinations up to the day on which the next line begins. Where images were
measured, RECIST 1.1 by the best values answers; where they were not, the word of the report does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nelm.app.course.images import as_baseline, examinations, targets_named
from nelm.case.course_document import CourseDocument
from nelm.case.course_records import CourseTreatment, Imaging
from nelm.followup import (
    CourseResponse,
    Examination,
    ExaminationResponse,
    TreatmentKind,
    TreatmentPeriod,
    Word,
    course_response,
)
from nelm.followup.answers import DECIDED
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.knowledge import Knowledge

NOT_OF_THE_TUMOUR = ("symptom", "workup", "surveillance", "supportive", "trial")
"""Families of options that do not begin a line."""
SINGLE = ("resection", "transplant", "ablation", "embolisation", "radioembolisation", "radiotherapy")
"""Families that are over when they are done."""
KINDS = {
    "prrt": TreatmentKind.PRRT,
    "embolisation": TreatmentKind.EMBOLISATION,
    "radioembolisation": TreatmentKind.RADIOEMBOLISATION,
}
KINASE_INHIBITORS = ("targeted.sunitinib", "targeted.cabozantinib", "targeted.surufatinib")
WORDS = {Word.NON_CR_NON_PD: Word.SD}


@dataclass(frozen=True, slots=True)
class DayResponse:
    """What a day of images says of the disease.

    Parameters
    ----------
    day : Day of the images.
    word : CR, PR, SD or PD; None where neither images nor report say.
    is_measured : Whether it was computed from measured images.
    basis : How the word was found, in the words of the case document.
    response : All criteria; None without measured images or a baseline.
    imaging : The examination as written.
    since : Day of the baseline that it was judged against; None without one.
    line : Number of the line, from 0; None before the first.
    remark : That report and images disagree; empty where they do not.
    """

    day: date
    word: Word | None
    is_measured: bool
    basis: str
    response: ExaminationResponse | None
    imaging: Imaging
    since: date | None
    line: int | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of treatment.

    Parameters
    ----------
    start : First day.
    until : Day on which the next line begins; None for the last.
    treatments : What begins with it.
    baseline : Day of the baseline; None without one.
    response : All criteria over its examinations; None without measured images.
    days : Its days of images, in order.
    best : Best word up to progression; None where nothing is known.
    progression : Day of the first progression; None without one.
    """

    start: date
    until: date | None
    treatments: tuple[CourseTreatment, ...]
    baseline: date | None
    response: CourseResponse | None
    days: tuple[DayResponse, ...]
    best: Word | None
    progression: date | None


@dataclass(frozen=True, slots=True)
class CourseLines:
    """The lines of a course, and what every day of images says.

    Parameters
    ----------
    examinations : As response criteria read them.
    before : Response of what was seen before the first line, or without any treatment.
    lines : In order.
    """

    examinations: tuple[Examination, ...]
    before: Line | None
    lines: tuple[Line, ...]

    @property
    def whole(self) -> tuple[Line, ...]:
        """Every line in order, with what was seen before the first one."""
        return (*((self.before,) if self.before else ()), *self.lines)

    @property
    def days(self) -> tuple[DayResponse, ...]:
        """Every day of images that a baseline precedes or a report speaks of, in order."""
        return tuple(day for line in self.whole for day in line.days)

    def day(self, day: date) -> DayResponse | None:
        """What the images of a day say; None where there are none or they are the first."""
        return next((one for one in self.days if one.day == day), None)


def name_of(treatment: CourseTreatment) -> str:
    """Option identifier or free text of a treatment."""
    return treatment.option or treatment.other or ""


def family(treatment: CourseTreatment) -> str:
    """Family of the option; empty for free text."""
    return (treatment.option or "").partition(".")[0]


def is_of_the_tumour(treatment: CourseTreatment) -> bool:
    """Whether a treatment begins a line."""
    return family(treatment) not in NOT_OF_THE_TUMOUR


def course_lines(course: CourseDocument, knowledge: Knowledge) -> CourseLines:
    """The lines of a course.

    Raises
    ------
    InputError : A lesion comes from nowhere.
    """
    known = knowledge.record(ResponseKnowledge, "response")
    seen = examinations(course, known)
    begun = sorted({one.start for one in course.treatments if is_of_the_tumour(one)})
    periods = _periods(course)
    ends = [*begun[1:], None][: len(begun)]
    source = _Source(course, seen, periods, knowledge)
    before = _line(source, None, begun[0] if begun else None, None)
    lines = tuple(
        _line(source, start, until, number)
        for number, (start, until) in enumerate(zip(begun, ends, strict=True))
    )
    return CourseLines(seen, before if before.days else None, lines)


@dataclass(frozen=True, slots=True)
class _Source:
    """What lines are made from."""

    course: CourseDocument
    seen: tuple[Examination, ...]
    periods: tuple[TreatmentPeriod, ...]
    knowledge: Knowledge


def _periods(course: CourseDocument) -> tuple[TreatmentPeriod, ...]:
    """Treatments that change how images are read."""
    found: list[TreatmentPeriod] = []
    for one in course.treatments:
        kind = KINDS.get(family(one))
        if one.option in KINASE_INHIBITORS:
            kind = TreatmentKind.KINASE_INHIBITOR
        if kind is not None and one.option != "embolisation.portal_vein":
            last = one.cycles[-1].date if one.cycles else one.end
            found.append(TreatmentPeriod(kind, one.start, last))
    return tuple(found)


def _line(source: _Source, start: date | None, until: date | None, number: int | None) -> Line:
    """The line that begins on a day; without one, what was seen before the first."""
    seen = source.seen
    first = 0
    if start is not None:
        first = max((place for place, one in enumerate(seen) if one.day <= start), default=-1)
    later = [
        place
        for place, one in enumerate(seen)
        if place > first and (until is None or one.day <= until) and (start is None or one.day > start)
    ]
    baseline = seen[first].day if seen and first >= 0 else None
    response = _response(source, first, later) if baseline and later else None
    days = tuple(_day(source, place, response, baseline=baseline, number=number) for place in later)
    progression = next((one.day for one in days if one.word is Word.PD), None)
    treatments = tuple(
        one for one in source.course.treatments if one.start == start and is_of_the_tumour(one)
    )
    return Line(
        start=start or (seen[0].day if seen else date.min),
        until=until,
        treatments=treatments,
        baseline=baseline,
        response=response,
        days=days,
        best=_best(response, days, treatments),
        progression=progression,
    )


def _response(source: _Source, first: int, later: list[int]) -> CourseResponse | None:
    """All criteria over the examinations of a line; None where no lesion was measured at its baseline."""
    seen = source.seen
    baseline = seen[first] if first == 0 else as_baseline(seen[first], seen[:first])
    if not baseline.lesions:
        return None
    named = targets_named(source.course)
    if named is not None:
        measured = {one.lesion for one in baseline.lesions if one.measured_mm is not None}
        named = tuple(name for name in named if name in measured) if first else named
    return course_response(
        (baseline, *(seen[place] for place in later)),
        knowledge=source.knowledge,
        targets=named or None,
        treatments=source.periods,
        earlier=seen[first - 1] if first > 0 else None,
    )


def _day(
    source: _Source, place: int, response: CourseResponse | None, *, baseline: date | None, number: int | None
) -> DayResponse:
    """What the images of one day say."""
    imaging = source.course.imaging[place]
    found = None
    if response is not None:
        found = next((one for one in response.examinations if one.day == imaging.date), None)
    measured = None
    if found is not None and found.recist.answer.word in DECIDED:
        measured = WORDS.get(found.recist.answer.word, found.recist.answer.word)
    stated = Word(str(imaging.stated.response)) if imaging.stated else None
    basis = "recist_1_1" if measured else "unstated"
    if measured is None and imaging.stated is not None and imaging.stated.basis is not None:
        basis = str(imaging.stated.basis)
    remark = ""
    if measured and stated and measured is not stated:
        remark = (
            f"The report of {imaging.date} says {stated}; RECIST 1.1 by the measured images says {measured}."
        )
    return DayResponse(
        day=imaging.date,
        word=measured or stated,
        is_measured=measured is not None,
        basis=basis,
        response=found,
        imaging=imaging,
        since=baseline if found is not None else None,
        line=number,
        remark=remark,
    )


def _best(
    response: CourseResponse | None, days: tuple[DayResponse, ...], treatments: tuple[CourseTreatment, ...]
) -> Word | None:
    """Best word up to progression: of measured images, else of the reports, else of the record of the treatment."""
    if response is not None and response.best.best in DECIDED:
        return WORDS.get(response.best.best, response.best.best)
    words: list[Word] = []
    for one in days:
        if one.word is not None and not (one.is_measured and response is not None):
            words.append(one.word)
        if one.word is Word.PD:
            break
    if words:
        return min(words, key=DECIDED.index)
    stated = [Word(str(one.best_response)) for one in treatments if one.best_response]
    return min(stated, key=DECIDED.index) if stated else None
