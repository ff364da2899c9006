"""Telotristat by its response, as a state machine: not begun, given, stopped; and the plan against a crisis.

::

    not begun ──indicated──► given ──no response at 12 weeks──► to be reassessed by the board (given meanwhile)
                               └──severe constipation or pain, Child-Pugh C──► stopped

Nothing leads out of stopped. The response is that of TELESTAR, from a diary.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from nelm.errors import problem
from nelm.followup.heart import Procedure
from nelm.followup.reasons import Reason, because
from nelm.therapies.symptoms.knowledge import SymptomKnowledge

CLASSES = ("A", "B", "C")


class TelotristatLevel(StrEnum):
    """Where the treatment stands."""

    NOT_BEGUN = "not begun"
    GIVEN = "given"
    STOPPED = "stopped"


class TelotristatAdvice(StrEnum):
    """What to do about telotristat."""

    BEGIN = "begin"
    DO_NOT_BEGIN = "do not begin"
    CONTINUE = "continue"
    REASSESS = "reassess whether it is worth going on"
    STOP = "stop for good"
    FIND_OUT = "find out first"


@dataclass(frozen=True, slots=True)
class TelotristatState:
    """Where the treatment of a patient stands; `begun_on` is known while it is given."""

    level: TelotristatLevel = TelotristatLevel.NOT_BEGUN
    begun_on: date | None = None

    def __post_init__(self) -> None:
        if (self.level is TelotristatLevel.GIVEN) is (self.begun_on is None):
            raise problem(
                self.level, "the day of the beginning while it is given, and then only", path="level"
            )


@dataclass(frozen=True, slots=True)
class TelotristatView:
    """What is known on the day; None is not known.

    Parameters
    ----------
    indicated : Carcinoid syndrome with diarrhoea that an analogue does not control.
    durable_response : The response of TELESTAR since the beginning.
    severe_constipation_or_pain : Severe constipation, or severe, persistent or worsening abdominal pain.
    child_pugh : Class A, B or C; `none` for a liver that is not impaired.
    dialysis : Kidney failure on dialysis.
    """

    indicated: bool | None = None
    durable_response: bool | None = None
    severe_constipation_or_pain: bool | None = None
    child_pugh: str | None = None
    dialysis: bool | None = None

    def __post_init__(self) -> None:
        if self.child_pugh not in (None, "none", *CLASSES):
            raise problem(self.child_pugh, "A, B, C or none", path="child_pugh")


@dataclass(frozen=True, slots=True)
class TelotristatInstruction:
    """What to do, why, what is not known, when to review, and the state that follows."""

    advice: TelotristatAdvice
    reasons: tuple[Reason, ...]
    cautions: tuple[Reason, ...]
    unknown: tuple[str, ...]
    review_on: date | None
    state: TelotristatState


def next_telotristat(
    state: TelotristatState, seen: TelotristatView, *, day: date, known: SymptomKnowledge
) -> TelotristatInstruction:
    """The instruction for telotristat on a day."""
    if state.level is TelotristatLevel.STOPPED:
        reason = Reason("Telotristat was stopped for good.", known.telotristat_constipation)
        return _say(TelotristatAdvice.STOP, state, (reason,))
    cautions = _cautions(seen, known)
    if state.begun_on is None:
        return _beginning(state, seen, cautions, day=day, known=known)
    stop = _stopping(seen, known)
    if stop is not None:
        return _say(TelotristatAdvice.STOP, TelotristatState(TelotristatLevel.STOPPED), (stop,))
    review = state.begun_on + timedelta(weeks=known.telotristat_review.number)
    if seen.severe_constipation_or_pain is None:
        unknown = ("whether there is severe constipation or abdominal pain",)
        return _say(TelotristatAdvice.FIND_OUT, state, (), cautions, unknown=unknown)
    if day < review:
        reason = Reason(f"The response is judged from {review}.", known.telotristat_review)
        return _say(TelotristatAdvice.CONTINUE, state, (reason,), cautions, review_on=review)
    if seen.durable_response is None:
        unknown = ("whether bowel movements fell by 30 % on half of the days",)
        return _say(
            TelotristatAdvice.FIND_OUT, state, (because(known.telotristat_review),), cautions, unknown=unknown
        )
    if seen.durable_response:
        reason = Reason("There is a durable response.", known.telotristat_review)
        return _say(TelotristatAdvice.CONTINUE, state, (reason,), cautions)
    reason = Reason(f"No durable response. {known.telotristat_review.statement}", known.telotristat_review)
    return _say(TelotristatAdvice.REASSESS, state, (reason,), cautions)


def _beginning(
    state: TelotristatState,
    seen: TelotristatView,
    cautions: tuple[Reason, ...],
    *,
    day: date,
    known: SymptomKnowledge,
) -> TelotristatInstruction:
    """Whether to begin: indicated, no class C, nothing that would stop it at once."""
    stop = _stopping(seen, known)
    if stop is not None:
        return _say(TelotristatAdvice.DO_NOT_BEGIN, state, (stop,))
    if seen.indicated is False:
        return _say(TelotristatAdvice.DO_NOT_BEGIN, state, (because(known.telotristat_uncontrolled),))
    asked = (
        (seen.indicated, "whether an analogue leaves a carcinoid diarrhoea uncontrolled"),
        (seen.child_pugh, "the Child-Pugh class"),
        (seen.severe_constipation_or_pain, "whether there is severe constipation or abdominal pain"),
    )
    unknown = tuple(question for answer, question in asked if answer is None)
    if unknown:
        return _say(TelotristatAdvice.FIND_OUT, state, (), cautions, unknown=unknown)
    begun = TelotristatState(TelotristatLevel.GIVEN, day)
    review = day + timedelta(weeks=known.telotristat_review.number)
    reasons = (because(known.telotristat_uncontrolled), because(known.telotristat_octreotide))
    return _say(TelotristatAdvice.BEGIN, begun, reasons, cautions, review_on=review)


def _stopping(seen: TelotristatView, known: SymptomKnowledge) -> Reason | None:
    """What forbids telotristat."""
    if seen.child_pugh == "C":
        return because(known.telotristat_child_pugh_c)
    return because(known.telotristat_constipation) if seen.severe_constipation_or_pain else None


def _cautions(seen: TelotristatView, known: SymptomKnowledge) -> tuple[Reason, ...]:
    """What the labels disagree on or did not study."""
    impaired = (known.telotristat_child_pugh_b,) if seen.child_pugh == "B" else ()
    dialysis = (known.telotristat_dialysis,) if seen.dialysis else ()
    return tuple(because(entry) for entry in (*impaired, *dialysis))


def _say(
    advice: TelotristatAdvice,
    state: TelotristatState,
    reasons: tuple[Reason, ...],
    cautions: tuple[Reason, ...] = (),
    *,
    unknown: tuple[str, ...] = (),
    review_on: date | None = None,
) -> TelotristatInstruction:
    return TelotristatInstruction(advice, reasons, cautions, unknown, review_on, state)


@dataclass(frozen=True, slots=True)
class CrisisPlan:
    """What is said of a carcinoid crisis before a procedure: the views side by side and no dose to be given.

    Parameters
    ----------
    applies : Whether the patient is at risk; None when that is not known.
    statement : By the local protocol, since the evidence conflicts.
    views : What is practised and what speaks against it; none is chosen.
    for_patient : What is particular to the patient or the procedure.
    """

    procedure: Procedure
    applies: bool | None
    statement: Reason
    views: tuple[Reason, ...]
    for_patient: tuple[Reason, ...]


def crisis_plan(
    procedure: Procedure,
    *,
    at_risk: bool | None,
    liver_metastases: bool | None,
    heart_disease: bool | None,
    known: SymptomKnowledge,
) -> CrisisPlan | None:
    """The plan against a crisis before a procedure; None where there is no carcinoid syndrome and was no crisis."""
    if at_risk is False:
        return None
    views = (
        known.crisis_practice,
        known.crisis_vasopressor,
        known.crisis_catecholamines,
        known.crisis_monitoring,
    )
    particular = (
        (known.crisis_radioligand, procedure is Procedure.RADIOLIGAND),
        (known.crisis_liver, liver_metastases),
        (known.crisis_heart, heart_disease),
        (known.valve_volume, heart_disease and procedure in VOLUME_LOAD),
    )
    return CrisisPlan(
        procedure=procedure,
        applies=at_risk,
        statement=because(known.crisis_protocol),
        views=tuple(because(entry) for entry in views),
        for_patient=tuple(because(entry) for entry, holds in particular if holds),
    )


VOLUME_LOAD = (Procedure.RADIOLIGAND, Procedure.EMBOLISATION, Procedure.RADIOEMBOLISATION)
