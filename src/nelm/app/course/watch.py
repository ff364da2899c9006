"""What is watched over a course: the heart, the dose of an analogue, telotristat, and the surveillance calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from nelm.app.course.drug_tables import FindingOn
from nelm.app.course.lines import CourseLines, family
from nelm.app.course.resected import resected
from nelm.app.course.symptoms import DiaryCourse, diary_days, recent_mean
from nelm.app.course.toxicity import comparable_labs, value_on
from nelm.case import Case
from nelm.case.course_document import CourseDocument
from nelm.case.course_records import CourseTreatment
from nelm.case.course_vocabulary import Checked
from nelm.case.vocabulary import Comorbidity, Functioning, LabTest, Symptom, Syndrome
from nelm.followup import Word
from nelm.followup.due import Examination as Done
from nelm.followup.heart import EchoPrompt, HeartSigns, echo_prompt, heart_knowledge
from nelm.followup.knowledge import SymptomCourseKnowledge
from nelm.followup.surveillance import (
    GRADES,
    Radioligand,
    Situation,
    SurveillanceCalendar,
    calendar_knowledge,
    surveillance_calendar,
)
from nelm.knowledge import Knowledge
from nelm.therapies.somatostatin.knowledge import SomatostatinKnowledge
from nelm.therapies.somatostatin.steps import (
    Analogue,
    AnalogueState,
    Effect,
    Step,
    StepAdvice,
    StepKnowledge,
    Target,
    next_step,
)
from nelm.therapies.symptoms.knowledge import SymptomKnowledge
from nelm.therapies.symptoms.steps import (
    TelotristatInstruction,
    TelotristatLevel,
    TelotristatState,
    TelotristatView,
    next_telotristat,
)

TELOTRISTAT = "symptom.telotristat"
ANALOGUES = {"ssa.octreotide_lar": Analogue.OCTREOTIDE, "ssa.lanreotide": Analogue.LANREOTIDE}
LAB_DONE = {
    Done.NT_PROBNP: (LabTest.NT_PROBNP,),
    Done.HIAA: (LabTest.HIAA_URINE_24H, LabTest.HIAA_PLASMA),
    Done.BLOOD_COUNT: (LabTest.PLATELETS,),
    Done.KIDNEY: (LabTest.CREATININE,),
    Done.GLUCOSE: (LabTest.GLUCOSE, LabTest.HBA1C),
}
CHECKED = {
    Checked.THYROID: Done.THYROID,
    Checked.VITAMIN_B12: Done.VITAMIN_B12,
    Checked.GALL_BLADDER: Done.GALL_BLADDER,
}


@dataclass(frozen=True, slots=True)
class AnalogueStep:
    """The step of a running analogue against one target.

    Parameters
    ----------
    option, target, advice : Which, against what, and what to do.
    is_assumed : Whether its dose is not stated and was taken as the standard one.
    """

    option: str
    target: Target
    advice: StepAdvice
    is_assumed: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """Everything that is watched.

    Parameters
    ----------
    signs, echo : What is known of the heart, and whether it asks for an echocardiogram.
    analogues : Steps of running analogues.
    telotristat : Its instruction; None where nothing in the record speaks of it.
    calendar : What is due.
    """

    signs: HeartSigns
    echo: EchoPrompt
    analogues: tuple[AnalogueStep, ...]
    telotristat: TelotristatInstruction | None
    calendar: SurveillanceCalendar


@dataclass(frozen=True, slots=True)
class Seen:
    """What the watch is made from: document, lines, the case of the day, the diary, derived facts by day."""

    course: CourseDocument
    lines: CourseLines
    case: Case
    diary: tuple[DiaryCourse, ...]
    found: FindingOn


def watched(seen: Seen, day: date, knowledge: Knowledge) -> Watched:
    """Everything that is watched on a day."""
    signs = heart_signs(seen, day, knowledge)
    return Watched(
        signs=signs,
        echo=echo_prompt(signs, heart_knowledge(knowledge)),
        analogues=_analogues(seen, day, knowledge),
        telotristat=_telotristat(seen, day, knowledge),
        calendar=surveillance_calendar(_situation(seen, signs, day), calendar_knowledge(knowledge)),
    )


# ---------------------------------------------------------------------------------------------- heart
def heart_signs(seen: Seen, day: date, knowledge: Knowledge) -> HeartSigns:
    """What is known of the heart and of what harms it."""
    case, labs = seen.case, seen.case.labs
    known = knowledge.record(SymptomCourseKnowledge, "symptom_course")
    flushes = recent_mean(diary_days(seen.course), Symptom.FLUSHING, day, known)
    tests = (LabTest.NT_PROBNP, LabTest.HIAA_PLASMA, LabTest.HIAA_URINE_24H)
    days = [one.date.first for test in tests for one in comparable_labs(labs, test) if one.date]
    return HeartSigns(
        carcinoid_syndrome=has_syndrome(case, Syndrome.CARCINOID),
        heart_disease=_heart_disease(seen),
        nt_probnp_ng_l=value_on(labs, LabTest.NT_PROBNP, day),
        hiaa_plasma_nmol_l=value_on(labs, LabTest.HIAA_PLASMA, day),
        hiaa_urine_umol_24h=value_on(labs, LabTest.HIAA_URINE_24H, day),
        hiaa_times_upper_limit=None,
        flushes_per_day=None if flushes is None or flushes.mean is None else flushes.mean.interval,
        measured_on=max(days, default=None),
    )


def has_syndrome(case: Case, syndrome: Syndrome) -> bool | None:
    """Whether a hormonal syndrome is there; not, where the tumour is said to be without function."""
    if syndrome in case.tumour.syndromes:
        return True
    return False if case.tumour.functioning is Functioning.NON_FUNCTIONING else None


def _heart_disease(seen: Seen) -> bool | None:
    """By the last echocardiogram that says so, else by the comorbidities."""
    echo = [one for one in seen.course.echo if one.carcinoid_heart_disease is not None]
    if echo:
        return max(echo, key=lambda one: one.date).carcinoid_heart_disease
    if Comorbidity.CARCINOID_HEART_DISEASE in seen.case.patient.comorbidities:
        return True
    return False if seen.case.patient.no_other_comorbidities else None


# ------------------------------------------------------------------------------------------- symptoms
def _analogues(seen: Seen, day: date, knowledge: Knowledge) -> tuple[AnalogueStep, ...]:
    """The step of every running analogue: against symptoms where there is a syndrome, against growth in any case."""
    known = StepKnowledge(
        knowledge.record(SomatostatinKnowledge, "somatostatin"),
        knowledge.record(SymptomCourseKnowledge, "symptom_course"),
    )
    effect = _effect(seen)
    functioning = bool(seen.case.tumour.syndromes) or seen.case.tumour.functioning is Functioning.FUNCTIONING
    targets = (Target.SYMPTOMS, Target.TUMOUR) if functioning else (Target.TUMOUR,)
    found: list[AnalogueStep] = []
    for one in seen.course.treatments:
        if one.option not in ANALOGUES or one.end is not None or one.start > day:
            continue
        state, assumed = _analogue_state(one, known)
        for target in targets:
            advice = next_step(state, effect, target, day=day, known=known)
            found.append(AnalogueStep(one.option, target, advice, assumed))
    return tuple(found)


def _analogue_state(one: CourseTreatment, known: StepKnowledge) -> tuple[AnalogueState, bool]:
    """Where the dose stands: by its last change, else taken as the standard dose."""
    assert one.option is not None
    analogue = ANALOGUES[one.option]
    given = [dose for dose in one.doses if dose.amount.estimate]
    if not given:
        return AnalogueState(analogue, Step.STANDARD, one.start), True
    amount = given[-1].amount.estimate or 0.0
    is_octreotide = analogue is Analogue.OCTREOTIDE
    standard = (
        known.analogues.octreotide_tumour_dose if is_octreotide else known.analogues.lanreotide_dose
    ).number
    step = Step.STANDARD
    if amount > standard:
        step = Step.ABOVE_LABEL
    elif amount < standard and is_octreotide:
        step = Step.STARTING
    return AnalogueState(analogue, step, given[-1].date), False


def _effect(seen: Seen) -> Effect:
    """What decides about the dose of an analogue."""
    case = seen.case
    words = [one.word for one in seen.lines.days if one.word is not None]
    listed = case.patient.no_other_comorbidities
    return Effect(
        symptoms_controlled=_controlled(seen),
        tumour_controlled=words[-1] is not Word.PD if words else None,
        for_tumour=True,
        insulinoma=has_syndrome(case, Syndrome.INSULINOMA) or (False if case.tumour.syndromes else None),
        diabetes=True if Comorbidity.DIABETES in case.patient.comorbidities else False if listed else None,
    )


def _controlled(seen: Seen) -> bool | None:
    """Whether symptoms are controlled: by the durable fall of the diary, else by what the record says of them."""
    answers = [
        one.durable.holds
        for one in seen.diary
        if one.durable is not None and one.symptom in (Symptom.DIARRHOEA, Symptom.FLUSHING)
    ]
    if any(answer is not None for answer in answers):
        return all(answers) if None not in answers else None
    said = [one.refractory_to_ssa for one in seen.case.symptoms if one.refractory_to_ssa is not None]
    return not any(said) if said else None


def _telotristat(seen: Seen, day: date, knowledge: Knowledge) -> TelotristatInstruction | None:
    """Telotristat, where it was given or a diarrhoea is not controlled by an analogue."""
    given = [one for one in seen.course.treatments if one.option == TELOTRISTAT and one.start <= day]
    diarrhoea = next((one for one in seen.case.symptoms if one.name is Symptom.DIARRHOEA), None)
    carcinoid = has_syndrome(seen.case, Syndrome.CARCINOID)
    refractory = None if diarrhoea is None else diarrhoea.refractory_to_ssa
    if not given and not (carcinoid and refractory):
        return None
    state = TelotristatState()
    if given:
        running = given[-1].end is None
        state = (
            TelotristatState(TelotristatLevel.GIVEN, given[-1].start)
            if running
            else TelotristatState(TelotristatLevel.STOPPED)
        )
    word = seen.found(seen.case.as_of, "liver.child_pugh_class")
    durable = next((one.durable for one in seen.diary if one.symptom is Symptom.DIARRHOEA), None)
    view = TelotristatView(
        indicated=True if carcinoid and refractory else None,
        durable_response=None if durable is None else durable.holds,
        child_pugh=word if isinstance(word, str) and word in ("A", "B", "C") else None,
        dialysis=True if Comorbidity.DIALYSIS in seen.case.patient.comorbidities else None,
    )
    return next_telotristat(state, view, day=day, known=knowledge.record(SymptomKnowledge, "symptoms"))


# ------------------------------------------------------------------------------------------- calendar
def _situation(seen: Seen, signs: HeartSigns, day: date) -> Situation:
    """What the calendar is made from."""
    case = seen.case
    grade = seen.found(case.as_of, "tumour.grade")
    ki67 = [one.ki67_percent.interval for one in case.tumour.specimens if one.ki67_percent is not None]
    words = [one.word for one in seen.lines.days if one.word is not None]
    running = [one for one in seen.course.treatments if family(one) == "ssa" and one.end is None]
    in_case = [one for one in case.treatments if (one.option or "").startswith("ssa.") and one.ongoing]
    diagnosed = case.tumour.diagnosed_on
    operation = resected(seen.course, seen.lines, case, day)
    return Situation(
        day=day,
        grade=grade if isinstance(grade, str) and grade in GRADES else None,
        ki67_percent=max(ki67, key=lambda one: one.high) if ki67 else None,
        watched_since=diagnosed.first if diagnosed is not None and diagnosed.first <= day else None,
        is_stable=words[-1] is not Word.PD if words else None,
        resected_on=operation.day,
        resection_in_doubt=operation.in_doubt,
        analogue=bool(running or in_case) or (False if case.no_other_treatments else None),
        radioligand=_radioligand(seen.course, day),
        heart=signs,
        last=_last_done(seen, day),
    )


def _radioligand(course: CourseDocument, day: date) -> Radioligand | None:
    """The last course of radioligand therapy."""
    given = [one for one in course.treatments if family(one) == "prrt" and one.start <= day]
    if not given:
        return None
    last = given[-1]
    when = last.cycles[-1].date if last.cycles else last.end or last.start
    return Radioligand(when, last.end is None)


def _last_done(seen: Seen, day: date) -> Mapping[Done, date]:
    """Day of the last examination of each kind."""
    found: dict[Done, date] = {}

    def note(kind: Done, when: date) -> None:
        if when <= day and when > found.get(kind, date.min):
            found[kind] = when

    for one in seen.lines.examinations:
        if one.modality in (None, "CT", "MR"):
            note(Done.IMAGING, one.day)
    for kind, tests in LAB_DONE.items():
        for test in tests:
            for lab in comparable_labs(seen.case.labs, test):
                if lab.date is not None:
                    note(kind, lab.date.first)
    for echo in seen.course.echo:
        note(Done.ECHOCARDIOGRAPHY, echo.date)
    for check in seen.course.checks:
        note(CHECKED[check.examination], check.date)
    return found
