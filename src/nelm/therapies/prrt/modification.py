"""Dose modification of 177Lu-DOTATATE by toxicity, as a state machine: full, on hold, reduced, restored, stopped.

::

    full ──toxicity──► on hold ──gone──► reduced ──given and tolerated──► restored
                          ▲                 │                                │
                          └── a toxicity that is new ────────────────────────┤
                                            └── one that was there before ───┴──► stopped
    on hold ──16 weeks──► stopped

`next_cycle` says what to do and `cycle_given` records that it was done. Nothing leads out of stopped. A value that is
not known never leads to a cycle: the answer is then what to find out. Low lymphocytes are read by no rule.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from nelm.errors import problem
from nelm.guideline.row.cells import interval_words
from nelm.knowledge import Entry
from nelm.quantities.answers import below
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.toxicity import (
    QUESTIONS,
    RETURNS,
    Assessment,
    Toxicity,
    present,
    resolved,
    rule,
    sighting,
)

NONE: frozenset[Toxicity] = frozenset()
DELAY = "how many weeks toxicity has delayed the cycle"


class Level(StrEnum):
    """Where a course stands."""

    FULL = "full activity"
    ON_HOLD = "on hold"
    REDUCED = "reduced activity"
    RESTORED = "full activity restored"
    STOPPED = "stopped"


class Action(StrEnum):
    """What to do about the next cycle."""

    GIVE = "give"
    HOLD = "hold"
    STOP = "stop for good"
    FIND_OUT = "find out first"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in a sentence, and the entry of knowledge that says so."""

    text: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class CourseState:
    """Where the course of a patient stands.

    Parameters
    ----------
    level : Full, on hold, reduced, restored or stopped.
    pending : Toxicities that hold the course now, or for which a reduced cycle is still to be given.
    had : Toxicities after which a reduced cycle was given; one of them again ends the course.
    held_since : First day on hold, until the next cycle is given; None when not held or not known.
    stopped_for : Why the course was ended.
    """

    level: Level = Level.FULL
    pending: frozenset[Toxicity] = NONE
    had: frozenset[Toxicity] = NONE
    held_since: date | None = None
    stopped_for: Reason | None = None

    def __post_init__(self) -> None:
        holds = {
            Level.FULL: not self.pending and not self.had,
            Level.ON_HOLD: bool(self.pending),
            Level.REDUCED: bool(self.pending or self.had),
            Level.RESTORED: bool(self.had) and not self.pending,
            Level.STOPPED: True,
        }
        if not holds[self.level] or (self.stopped_for is None) is (self.level is Level.STOPPED):
            raise problem(
                self.level,
                "toxicities pending on hold, toxicities had when restored, a reason when stopped",
                "Start from CourseState() and let next_cycle and cycle_given change it",
                path="level",
            )


@dataclass(frozen=True, slots=True)
class Instruction:
    """What to do about the next cycle, and why.

    Parameters
    ----------
    action : Give, hold, stop for good, or find out first.
    activity_gbq : Activity to give [GBq]; None unless `action` is to give.
    activity_if_clear_gbq : Activity to give once all that is unknown has turned out well [GBq]; None unless `action`
        is to find out.
    reasons : Sentences with their entries.
    unknown : What is not known and would settle the matter.
    state : The state that follows; the same one while something has to be found out.
    """

    action: Action
    activity_gbq: float | None
    activity_if_clear_gbq: float | None
    reasons: tuple[Reason, ...]
    unknown: tuple[str, ...]
    state: CourseState


def next_cycle(state: CourseState, seen: Assessment, *, day: date, known: PrrtKnowledge) -> Instruction:
    """The instruction for the next cycle.

    Parameters
    ----------
    state : Where the course stands.
    seen : What is known before the cycle.
    day : Day of the decision.
    known : Limits and statements; another edition is another argument.
    """
    if state.stopped_for is not None:
        return _stop(state, state.stopped_for)
    answers = {toxicity: present(toxicity, seen, known) for toxicity in Toxicity}
    there = frozenset(toxicity for toxicity, answer in answers.items() if answer)
    ending = _ending(state, there, seen, known)
    if ending is not None:
        return _stop(replace(state, level=Level.STOPPED, pending=NONE, stopped_for=ending), ending)
    gone = {toxicity: resolved(toxicity, seen, known) for toxicity in state.pending}
    holding = there | {toxicity for toxicity, answer in gone.items() if answer is False}
    unknown = _unknown(state, answers, gone, _delay_question(state, seen, known))
    aside = _lymphocytes(seen, known)
    if holding:
        reasons = (*_why_held(holding, seen, known), *aside)
        return Instruction(Action.HOLD, None, None, reasons, unknown, _held(state, holding, day))
    cleared, reason = _cleared(state, known)
    activity = known.modified_activity if cleared.level is Level.REDUCED else known.dotatate_activity
    if unknown:
        return Instruction(Action.FIND_OUT, None, activity.number, (reason, *aside), unknown, state)
    reasons = (reason, *_amino_acids(cleared, known), *aside)
    return Instruction(Action.GIVE, activity.number, None, reasons, (), cleared)


def cycle_given(state: CourseState) -> CourseState:
    """The state after a cycle was given as instructed."""
    if state.level in (Level.ON_HOLD, Level.STOPPED):
        raise problem(
            state.level,
            "a course whose next cycle was cleared",
            "Record a cycle only after next_cycle said to give it",
            path="level",
        )
    return replace(state, pending=NONE, had=state.had | state.pending, held_since=None)


def _ending(
    state: CourseState, there: frozenset[Toxicity], seen: Assessment, known: PrrtKnowledge
) -> Reason | None:
    """Why the course ends now, if it does."""
    returned = there & state.had
    if returned:
        return Reason(f"{_names(returned)} came back after a reduced cycle.", known.stop_recurrence)
    if below(seen.delay_weeks, known.stop_delay.number) is False:
        return Reason(
            f"Toxicity has delayed the cycle by {known.stop_delay.number:g} weeks or more.", known.stop_delay
        )
    return None


def _delay_question(state: CourseState, seen: Assessment, known: PrrtKnowledge) -> tuple[str, ...]:
    """The delay, where a toxicity has delayed the cycle and it is not known to be short enough."""
    if not state.pending or below(seen.delay_weeks, known.stop_delay.number):
        return ()
    return (f"{DELAY} ({known.stop_delay.number:g} or more end the course)",)


def _unknown(
    state: CourseState,
    answers: dict[Toxicity, bool | None],
    gone: dict[Toxicity, bool | None],
    delay: tuple[str, ...],
) -> tuple[str, ...]:
    """Everything that has to be found out."""
    open_questions = [QUESTIONS[toxicity] for toxicity, answer in answers.items() if answer is None]
    returns = [
        RETURNS[toxicity]
        for toxicity in Toxicity
        if toxicity in state.pending and toxicity in RETURNS and gone[toxicity] is None
    ]
    return (*open_questions, *returns, *delay)


def _held(state: CourseState, holding: frozenset[Toxicity], day: date) -> CourseState:
    """The course on hold, from today or from when it was put on hold."""
    since = state.held_since if state.pending else day
    return replace(state, level=Level.ON_HOLD, pending=state.pending | holding, held_since=since)


def _why_held(holding: frozenset[Toxicity], seen: Assessment, known: PrrtKnowledge) -> tuple[Reason, ...]:
    """What was seen of each toxicity that holds the cycle, and its rule."""
    reasons: list[Reason] = []
    for toxicity in (one for one in Toxicity if one in holding):
        words = sighting(toxicity, seen)
        shown = f" ({words})" if words else ""
        entry = rule(toxicity, known)
        reasons.append(Reason(f"{_names(frozenset({toxicity}))}{shown}. The rule: {entry.statement}", entry))
    return tuple(reasons)


def _stop(state: CourseState, why: Reason) -> Instruction:
    return Instruction(Action.STOP, None, None, (why,), (), state)


def _cleared(state: CourseState, known: PrrtKnowledge) -> tuple[CourseState, Reason]:
    """The state that follows when nothing speaks against a cycle, and why its activity is what it is."""
    if state.pending:
        resumed = replace(state, level=Level.REDUCED)
        return resumed, Reason(
            f"After {_names(state.pending).lower()} the course resumes at half the activity.",
            known.modified_activity,
        )
    if state.level is Level.REDUCED:
        return replace(state, level=Level.RESTORED), Reason(
            "The reduced cycle was tolerated: back to full activity.", known.restore_activity
        )
    return state, Reason(
        "Nothing of the table of dose modifications holds the cycle.", known.dotatate_activity
    )


def _amino_acids(state: CourseState, known: PrrtKnowledge) -> tuple[Reason, ...]:
    """The reminder that goes with half the activity."""
    if state.level is not Level.REDUCED:
        return ()
    return (Reason(known.amino_acids_not_reduced.statement, known.amino_acids_not_reduced),)


def _lymphocytes(seen: Assessment, known: PrrtKnowledge) -> tuple[Reason, ...]:
    """Says that low lymphocytes were seen and do not count."""
    if seen.lymphopenia_grade is None or seen.lymphopenia_grade.high == 0:
        return ()
    text = f"Lymphopenia of grade {interval_words(seen.lymphopenia_grade)}: {known.lymphopenia_ignored.statement}"
    return (Reason(text, known.lymphopenia_ignored),)


def _names(toxicities: frozenset[Toxicity]) -> str:
    """Toxicities as the beginning of a sentence."""
    words = [str(toxicity) for toxicity in Toxicity if toxicity in toxicities]
    joined = ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else words[0]
    return joined[0].upper() + joined[1:]
