"""The watch over the heart in carcinoid syndrome: who needs an echocardiogram now, and what is due when.

The sources disagree on how far NT-proBNP can be trusted (`d11_heart_disease_screening`): 260 ng/L found 92 % of the
heart disease in one cohort and 46 % in a later one. So a marker that is raised asks for an echocardiogram and one that
is normal spares none: the answer "no" needs every marker, and says only that nothing asks for one before the date of
the schedule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from nelm.followup.due import Due, Examination, next_due, span_after
from nelm.followup.knowledge import SymptomCourseKnowledge
from nelm.followup.reasons import Reason, because
from nelm.guideline.findings.syndromes import SyndromeKnowledge
from nelm.knowledge import Entry, Knowledge
from nelm.quantities import Interval
from nelm.quantities.answers import above, at_least, some

SYNDROME = "whether there is a carcinoid syndrome"


class Procedure(StrEnum):
    """What can load the heart or set off a crisis."""

    HEPATECTOMY = "major hepatectomy"
    TRANSPLANTATION = "transplantation"
    OTHER_OPERATION = "another operation or anaesthesia"
    ABLATION = "ablation"
    EMBOLISATION = "embolisation"
    RADIOEMBOLISATION = "radioembolisation"
    RADIOLIGAND = "radioligand treatment"


ECHO_FIRST = frozenset(Procedure) - {Procedure.OTHER_OPERATION, Procedure.ABLATION}
"""Procedures that `heart_echo_before` names."""


@dataclass(frozen=True, slots=True)
class HeartSigns:
    """What is known of the heart and of what harms it; None is not known.

    Parameters
    ----------
    carcinoid_syndrome : Whether the syndrome is there.
    heart_disease : Whether carcinoid heart disease is known.
    nt_probnp_ng_l : NT-proBNP [ng/L].
    hiaa_plasma_nmol_l : Plasma 5-HIAA [nmol/L].
    hiaa_urine_umol_24h : Urinary 5-HIAA [umol/24 h].
    hiaa_times_upper_limit : 5-HIAA of either kind as a multiple of its upper limit [1]; read where neither
        concentration is known.
    flushes_per_day : Flushes a day, as the mean of a diary.
    measured_on : Day of the latest of these.
    """

    carcinoid_syndrome: bool | None = None
    heart_disease: bool | None = None
    nt_probnp_ng_l: Interval | None = None
    hiaa_plasma_nmol_l: Interval | None = None
    hiaa_urine_umol_24h: Interval | None = None
    hiaa_times_upper_limit: Interval | None = None
    flushes_per_day: Interval | None = None
    measured_on: date | None = None


@dataclass(frozen=True, slots=True)
class EchoPrompt:
    """Whether something asks for an echocardiogram before the date of the schedule.

    Parameters
    ----------
    asked : Yes, no, or None where something that is not known decides.
    reasons : What asks for it, or what is said beside another answer.
    unknown : What would settle it.
    """

    asked: bool | None
    reasons: tuple[Reason, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeartKnowledge:
    """The two records that the watch rests on."""

    course: SymptomCourseKnowledge
    syndromes: SyndromeKnowledge


def heart_knowledge(knowledge: Knowledge) -> HeartKnowledge:
    """The records from the knowledge."""
    return HeartKnowledge(
        knowledge.record(SymptomCourseKnowledge, "symptom_course"),
        knowledge.record(SyndromeKnowledge, "syndromes"),
    )


def echo_prompt(signs: HeartSigns, known: HeartKnowledge) -> EchoPrompt:
    """Whether an echocardiogram is asked for now: in carcinoid syndrome by any marker that is raised.

    A normal NT-proBNP answers for no other marker: with 5-HIAA raised the answer is yes whatever it is, and with 5-HIAA
    not known it is never no.
    """
    if signs.carcinoid_syndrome is False:
        return EchoPrompt(False, (), ())
    answers = _markers(signs, known.syndromes)
    raised = tuple(Reason(f"{name} is raised. {e.statement}", e) for name, e, answer in answers if answer)
    if signs.carcinoid_syndrome is None:
        return EchoPrompt(None, raised, (SYNDROME,))
    if raised:
        return EchoPrompt(True, raised, ())
    spares_none = (because(known.syndromes.normal_probnp_does_not_settle),)
    unknown = tuple(name for name, _, answer in answers if answer is None)
    return EchoPrompt(None if unknown else False, spares_none, unknown)


def _markers(signs: HeartSigns, known: SyndromeKnowledge) -> tuple[tuple[str, Entry, bool | None], ...]:
    """Every marker with its limit, and whether it is raised."""
    hiaa_entry, hiaa = _hiaa(signs, known)
    return (
        ("5-HIAA", hiaa_entry, hiaa),
        (
            "NT-proBNP",
            known.heart_probnp_from,
            at_least(signs.nt_probnp_ng_l, known.heart_probnp_from.number),
        ),
        (
            "flushing",
            known.heart_flushes_from,
            at_least(signs.flushes_per_day, known.heart_flushes_from.number),
        ),
    )


def _hiaa(signs: HeartSigns, known: SyndromeKnowledge) -> tuple[Entry, bool | None]:
    """Whether 5-HIAA is raised, by the limits of the cohorts, and by the laboratory's where only that is known."""
    plasma = at_least(signs.hiaa_plasma_nmol_l, known.heart_plasma_hiaa_from.number)
    urine = at_least(signs.hiaa_urine_umol_24h, known.heart_urine_hiaa_from.number)
    if plasma:
        return known.heart_plasma_hiaa_from, True
    if urine:
        return known.heart_urine_hiaa_from, True
    if signs.hiaa_plasma_nmol_l is None and signs.hiaa_urine_umol_24h is None:
        limit = known.above_upper_limit.number
        return known.carcinoid_hormone, above(signs.hiaa_times_upper_limit, limit)
    measured = ((signs.hiaa_plasma_nmol_l, plasma), (signs.hiaa_urine_umol_24h, urine))
    return known.heart_markers, some(answer for value, answer in measured if value is not None)


def progression_risk(hiaa_urine_umol_24h: Interval | None, known: HeartKnowledge) -> tuple[Entry, ...] | None:
    """The bands of risk by urinary 5-HIAA that the value allows; none below 300 umol a day, None when not known."""
    if hiaa_urine_umol_24h is None:
        return None
    bands = (
        (known.syndromes.heart_urine_hiaa_from, known.course.heart_risk_first),
        (known.course.heart_risk_second_from, known.course.heart_risk_second),
        (known.course.heart_risk_third_from, known.course.heart_risk_third),
    )
    reached = [at_least(hiaa_urine_umol_24h, start.number) for start, _ in bands]
    followed = [*reached[1:], False]
    return tuple(
        risk
        for (_, risk), here, beyond in zip(bands, reached, followed, strict=True)
        if here is not False and beyond is not True
    )


def heart_schedule(
    signs: HeartSigns, last: Mapping[Examination, date], *, day: date, known: HeartKnowledge
) -> tuple[Due, ...]:
    """NT-proBNP, 5-HIAA and echocardiography as they are due; nothing without a syndrome or known heart disease.

    Parameters
    ----------
    last : Day of the last examination of each kind, where known.
    day : Day of the calendar.
    """
    if not signs.carcinoid_syndrome and not signs.heart_disease:
        return ()
    interval = known.course.heart_markers_interval
    markers = tuple(
        next_due(item, last.get(item), day=day, reason=interval.statement, entries=(interval,))
        for item in (Examination.NT_PROBNP, Examination.HIAA)
    )
    return (*markers, _echo(signs, last.get(Examination.ECHOCARDIOGRAPHY), day=day, known=known))


def _echo(signs: HeartSigns, last: date | None, *, day: date, known: HeartKnowledge) -> Due:
    """The next echocardiogram: at once where a marker asks for it and none was made since, else by the interval."""
    course, item = known.course, Examination.ECHOCARDIOGRAPHY
    prompt = echo_prompt(signs, known)
    answered = last is not None and signs.measured_on is not None and last >= signs.measured_on
    if prompt.asked and not answered:
        since = signs.measured_on or day
        reason = " ".join(reason.text for reason in prompt.reasons)
        return Due(item, day, day, min(since, day), reason, tuple(reason.entry for reason in prompt.reasons))
    if signs.heart_disease:
        entries = (course.heart_echo_known_interval,)
    else:
        entries = (course.heart_echo_interval, course.heart_echo_baseline)
    reason = entries[-1 if last is None else 0].statement
    return next_due(item, last, day=day, reason=reason, entries=entries)


def echo_before(
    procedure: Procedure, signs: HeartSigns, last: date | None, *, on: date, day: date, known: HeartKnowledge
) -> Due | None:
    """The echocardiogram before a procedure in carcinoid syndrome; None where none is asked for or one is recent.

    Recent is within the year before the procedure, or within the longest interval of known heart disease.

    Parameters
    ----------
    last : The last echocardiogram.
    on : Day of the procedure.
    day : Day of the calendar.
    """
    if procedure not in ECHO_FIRST or not (signs.carcinoid_syndrome or signs.heart_disease):
        return None
    course = known.course
    interval = course.heart_echo_known_interval if signs.heart_disease else course.heart_echo_interval
    if last is not None and span_after(last, interval)[1] >= on:
        return None
    reason = f"Before {procedure} on {on.isoformat()}. {course.heart_echo_before.statement}"
    entries = (course.heart_echo_before, interval)
    return Due(Examination.ECHOCARDIOGRAPHY, min(day, on), on, last or day, reason, entries)
