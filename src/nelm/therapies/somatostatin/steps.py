"""Dose steps of a somatostatin analogue by its effect, as a state machine.

::

    starting dose ──► standard dose ──► above the label ──► something added ──► the board
         (octreotide 20 mg)                  │
              lanreotide for the tumour, symptoms: ────────► something added
    any ──complication of gallstones──────────────────────► on hold ──gone──► the step before
    any ──hypoglycaemia deepened, insulinoma not excluded─► on hold ──excluded──► the step before
    any ──insulinoma: hypoglycaemia deepened, or test dose not tolerated──► stopped

`next_step` says what to do, and its `state` is what holds if that is done. A step up needs that the present one failed
for as long as `step_review` says, and that an insulinoma is excluded or a test dose was tolerated; what is not known
never leads to a higher dose. Nothing leads out of stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from nelm.errors import problem
from nelm.followup.knowledge import SymptomCourseKnowledge
from nelm.followup.reasons import Reason, because
from nelm.knowledge import Entry
from nelm.quantities import months_after
from nelm.therapies.somatostatin.knowledge import SomatostatinKnowledge

ADDITIONS = ("symptom.ssc_octreotide", "symptom.telotristat", "biotherapy.interferon")
"""Options beside the analogue; telotristat is for diarrhoea of carcinoid syndrome alone."""


class Analogue(StrEnum):
    """The long-acting analogues."""

    OCTREOTIDE = "octreotide LAR"
    LANREOTIDE = "lanreotide"


class Step(StrEnum):
    """Where the dose of an analogue stands."""

    STARTING = "starting dose"
    STANDARD = "standard dose"
    ABOVE_LABEL = "above the label"
    ADDED = "something added"
    ON_HOLD = "on hold"
    STOPPED = "stopped"


class Target(StrEnum):
    """What the analogue is given against, and what decides whether a step failed."""

    SYMPTOMS = "symptoms"
    TUMOUR = "growth of the tumour"


class Hold(StrEnum):
    """Why a treatment is on hold."""

    GALLSTONES = "complication of gallstones"
    HYPOGLYCAEMIA = "hypoglycaemia with insulinoma not excluded"


class Advice(StrEnum):
    """What to do about the dose."""

    CONTINUE = "continue"
    RAISE = "go to the next dose"
    ADD = "add or change treatment"
    BOARD = "take to the board"
    TEST_DOSE = "test dose under glucose monitoring first"
    HOLD = "hold"
    STOP = "stop for good"
    FIND_OUT = "find out first"


@dataclass(frozen=True, slots=True)
class AnalogueState:
    """Where the treatment of a patient stands.

    Parameters
    ----------
    analogue : Which one.
    step : Its step; octreotide alone has a starting dose below the standard one.
    since : First day of the step.
    resumes, held_for : Step that follows a hold, and its cause; None when not on hold.
    """

    analogue: Analogue
    step: Step
    since: date
    resumes: Step | None = None
    held_for: Hold | None = None

    def __post_init__(self) -> None:
        starting = Step.STARTING in (self.step, self.resumes) and self.analogue is Analogue.LANREOTIDE
        held = self.step is Step.ON_HOLD
        if starting or held is (self.resumes is None) or held is (self.held_for is None):
            raise problem(
                self.step,
                "a starting dose of octreotide only, and a step to resume on hold only",
                "Let next_step change the state",
                path="step",
            )
        if self.resumes in (Step.ON_HOLD, Step.STOPPED):
            raise problem(self.resumes, "a step with a dose", path="resumes")


@dataclass(frozen=True, slots=True)
class Effect:
    """What is known on the day that decides about the dose; None is not known.

    Parameters
    ----------
    symptoms_controlled : Whether the symptoms are controlled, as by the response of a diary.
    tumour_controlled : Whether the tumour does not grow.
    for_tumour : Whether the analogue is given for the tumour as well as for a syndrome.
    insulinoma : Whether there is an insulinoma.
    test_dose_tolerated : Whether a test dose, or the doses so far, were tolerated under glucose monitoring.
    hypoglycaemia_worse : Whether hypoglycaemias became more or deeper since the analogue was started or raised.
    gallstone_complication : Whether gallstones have led to pain, inflammation, jaundice or pancreatitis.
    gallstones : Whether there are gallstones.
    diabetes : Whether there is diabetes.
    """

    symptoms_controlled: bool | None = None
    tumour_controlled: bool | None = None
    for_tumour: bool | None = None
    insulinoma: bool | None = None
    test_dose_tolerated: bool | None = None
    hypoglycaemia_worse: bool | None = None
    gallstone_complication: bool | None = None
    gallstones: bool | None = None
    diabetes: bool | None = None


@dataclass(frozen=True, slots=True)
class StepAdvice:
    """What to do about the dose, and why.

    Parameters
    ----------
    advice : What to do.
    doses : Entries of the doses to choose from where the dose is to be raised.
    options : Identifiers of options to weigh where something is to be added.
    reasons : Sentences with their entries.
    cautions : What to watch in this patient.
    unknown : What is not known and would settle the matter.
    review_on : Day of the next review, where the step is continued.
    state : The state that follows if the advice is taken; the same while something has to be found out.
    """

    advice: Advice
    doses: tuple[Entry, ...]
    options: tuple[str, ...]
    reasons: tuple[Reason, ...]
    cautions: tuple[Reason, ...]
    unknown: tuple[str, ...]
    review_on: date | None
    state: AnalogueState


@dataclass(frozen=True, slots=True)
class StepKnowledge:
    """The two records that the steps rest on."""

    analogues: SomatostatinKnowledge
    course: SymptomCourseKnowledge


def next_step(
    state: AnalogueState, seen: Effect, target: Target, *, day: date, known: StepKnowledge
) -> StepAdvice:
    """The advice about the dose of an analogue on a day.

    Parameters
    ----------
    target : What decides: symptoms or the tumour.
    """
    harm = _harm(state, seen, day=day, known=known)
    if harm is not None:
        return harm
    if state.step is Step.ON_HOLD:
        return _on_hold(state, seen, day=day, known=known)
    controlled = seen.symptoms_controlled if target is Target.SYMPTOMS else seen.tumour_controlled
    cautions = _cautions(seen, known)
    if controlled is None:
        return _ask(state, (f"whether control of the {target} holds",), cautions)
    review = months_after(state.since, int(known.course.step_review.number))
    if controlled:
        reason = Reason(f"Controlled on this step: the {target}.", known.analogues.syndrome_control)
        return _stay(state, (reason,), cautions, review_on=None)
    if day < review:
        reason = Reason(
            f"On this step since {state.since}; it is judged from {review}.", known.course.step_review
        )
        return _stay(
            state, (reason, because(known.analogues.octreotide_exacerbation)), cautions, review_on=review
        )
    return _up(state, seen, target, day=day, known=known)


def _harm(state: AnalogueState, seen: Effect, *, day: date, known: StepKnowledge) -> StepAdvice | None:
    """What ends or holds the treatment before its effect is asked for."""
    if state.step is Step.STOPPED:
        reason = Reason("The analogue was stopped for good.", known.analogues.insulinoma)
        return StepAdvice(Advice.STOP, (), (), (reason,), (), (), None, state)
    if seen.insulinoma and (seen.hypoglycaemia_worse or seen.test_dose_tolerated is False):
        stopped = AnalogueState(state.analogue, Step.STOPPED, day)
        what = (
            "Hypoglycaemia deepened under the analogue."
            if seen.hypoglycaemia_worse
            else "The test dose was not tolerated."
        )
        insulinoma = known.analogues.insulinoma
        reason = Reason(f"{what} {insulinoma.statement}", insulinoma)
        return StepAdvice(Advice.STOP, (), (), (reason,), (), (), None, stopped)
    if state.step is Step.ON_HOLD:
        return None
    if seen.gallstone_complication:
        return _hold(state, Hold.GALLSTONES, day=day, known=known)
    if seen.hypoglycaemia_worse and seen.insulinoma is None:
        return _hold(state, Hold.HYPOGLYCAEMIA, day=day, known=known)
    if seen.insulinoma and seen.test_dose_tolerated is None:
        unknown = ("whether a test dose is tolerated",)
        reasons = (because(known.analogues.insulinoma),)
        return StepAdvice(Advice.TEST_DOSE, (), (), reasons, (), unknown, None, state)
    return None


def _hold(state: AnalogueState, cause: Hold, *, day: date, known: StepKnowledge) -> StepAdvice:
    """The treatment put on hold, or kept there."""
    held = state
    if state.step is not Step.ON_HOLD:
        held = AnalogueState(state.analogue, Step.ON_HOLD, day, resumes=state.step, held_for=cause)
    if cause is Hold.GALLSTONES:
        reason, unknown = because(known.course.gallstone_complication), ()
    else:
        reason, unknown = because(known.analogues.hypoglycaemia), ("whether there is an insulinoma",)
    return StepAdvice(Advice.HOLD, (), (), (reason,), (), unknown, None, held)


def _on_hold(state: AnalogueState, seen: Effect, *, day: date, known: StepKnowledge) -> StepAdvice:
    """Back to the step before once every cause of a hold is known to be gone."""
    if seen.gallstone_complication:
        return _hold(state, Hold.GALLSTONES, day=day, known=known)
    if seen.gallstone_complication is None and state.held_for is Hold.GALLSTONES:
        return _ask(state, ("whether the complication of the gallstones is gone",), ())
    if seen.insulinoma is None and (seen.hypoglycaemia_worse or state.held_for is Hold.HYPOGLYCAEMIA):
        return _hold(state, Hold.HYPOGLYCAEMIA, day=day, known=known)
    if seen.insulinoma and seen.test_dose_tolerated is None:
        return _ask(state, ("whether a test dose is tolerated",), ())
    resumed = AnalogueState(state.analogue, state.resumes or Step.STANDARD, day)
    gallstones = state.held_for is Hold.GALLSTONES
    entry = known.course.gallstone_complication if gallstones else known.analogues.hypoglycaemia
    reason = Reason("The cause of the hold is gone: back to the step before.", entry)
    return _stay(resumed, (reason,), _cautions(seen, known), review_on=None)


def _up(state: AnalogueState, seen: Effect, target: Target, *, day: date, known: StepKnowledge) -> StepAdvice:
    """The step above one that failed."""
    cautions = _cautions(seen, known)
    failed = because(known.analogues.standard_dose_fails)
    if state.step is Step.ADDED:
        reason = Reason("An analogue with an addition fails: no step of it is left.", failed.entry)
        return StepAdvice(Advice.BOARD, (), (), (reason,), cautions, (), None, state)
    if state.step is Step.ABOVE_LABEL:
        return _add(state, (failed,), target, day=day, cautions=cautions)
    if state.analogue is Analogue.LANREOTIDE and target is Target.SYMPTOMS:
        if seen.for_tumour is None:
            return _ask(state, ("whether lanreotide is given for the tumour",), cautions)
        if seen.for_tumour:
            reasons = (failed, because(known.analogues.lanreotide_not_doubled))
            return _add(state, reasons, target, day=day, cautions=cautions)
    unknown = _before_raising(seen)
    if unknown:
        return _ask(state, unknown, cautions)
    step, doses = _doses(state, known)
    gain = (because(known.analogues.modest_gain),) if target is Target.TUMOUR else ()
    raised = replace(state, step=step, since=day)
    return StepAdvice(
        advice=Advice.RAISE,
        doses=doses,
        options=(),
        reasons=(failed, *gain),
        cautions=(*cautions, because(known.course.step_glucose)),
        unknown=(),
        review_on=months_after(day, int(known.course.step_review.number)),
        state=raised,
    )


def _before_raising(seen: Effect) -> tuple[str, ...]:
    """What has to be known before a dose is raised."""
    asked = (
        (seen.insulinoma is None, "whether there is an insulinoma"),
        (bool(seen.insulinoma) and seen.hypoglycaemia_worse is None, "whether hypoglycaemia deepened"),
        (seen.gallstone_complication is None, "whether gallstones made trouble"),
    )
    return tuple(question for is_open, question in asked if is_open)


def _doses(state: AnalogueState, known: StepKnowledge) -> tuple[Step, tuple[Entry, ...]]:
    """The step above, and the entries of its doses."""
    analogues = known.analogues
    if state.step is Step.STARTING:
        return Step.STANDARD, (analogues.octreotide_tumour_dose,)
    if state.analogue is Analogue.LANREOTIDE:
        return Step.ABOVE_LABEL, (analogues.intensified_lanreotide,)
    return Step.ABOVE_LABEL, (analogues.intensified_octreotide, analogues.intensified_octreotide_dose)


def _add(
    state: AnalogueState,
    reasons: tuple[Reason, ...],
    target: Target,
    *,
    day: date,
    cautions: tuple[Reason, ...],
) -> StepAdvice:
    """Something beside the analogue against symptoms; against growth another treatment, which is the board's."""
    if target is Target.TUMOUR:
        return StepAdvice(Advice.BOARD, (), (), reasons, cautions, (), None, state)
    added = replace(state, step=Step.ADDED, since=day)
    return StepAdvice(Advice.ADD, (), ADDITIONS, reasons, cautions, (), None, added)


def _stay(
    state: AnalogueState,
    reasons: tuple[Reason, ...],
    cautions: tuple[Reason, ...],
    *,
    review_on: date | None,
) -> StepAdvice:
    return StepAdvice(Advice.CONTINUE, (), (), reasons, cautions, (), review_on, state)


def _ask(state: AnalogueState, unknown: tuple[str, ...], cautions: tuple[Reason, ...]) -> StepAdvice:
    return StepAdvice(Advice.FIND_OUT, (), (), (), cautions, unknown, None, state)


def _cautions(seen: Effect, known: StepKnowledge) -> tuple[Reason, ...]:
    """What to watch in this patient."""
    found: list[Entry] = []
    if seen.diabetes:
        found.append(known.analogues.diabetes)
    if seen.gallstones and not seen.gallstone_complication:
        found.append(known.course.gallstone_silent)
    if seen.hypoglycaemia_worse:
        found.append(known.analogues.hypoglycaemia)
    return tuple(because(entry) for entry in found)
