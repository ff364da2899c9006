"""Dose modification of a drug by toxicity, as a state machine over the rules of its label.

::

    full or reduced ──toxicity──► on hold ──gone──► the same dose or a lower one
          │                          │
          ├──a rule that stops───────┼──► stopped, where the rule was read in its source
          │                          └──► stop to be confirmed, where it was not, or where the label leaves a choice:
          │                                    confirmed ──► stopped          rejected ──► on hold
          └──a step below the lowest, or a hold that is too long ──► the same two

`next_dose` says what to do, `dose_given` records that it was done, `lower_dose_taken` that less was taken,
`stop_confirmed` and `stop_rejected` record what people decided about a stop. Nothing leads out of stopped. What is not
known never leads to a dose: the answer is then what to find out. A toxicity counts once from its appearance until a
dose is given again. Two reductions for two toxicities of one pause are one step. The dose rises only where the table
says so, once, and never after a reduction.

A decision is made in three parts: what each rule says by itself (`dose_hearing`), what follows from all of it together
(`dose_standing`), and the words and reasons here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from nelm.errors import problem
from nelm.followup.toxicity.dose_hearing import (
    NOTHING_MET,
    Heard,
    Memory,
    hear,
    longest_hold,
    question,
    remembered,
    rungs_of,
    together,
    weight_of,
)
from nelm.followup.toxicity.dose_standing import (
    Cause,
    Rise,
    Standing,
    Verdict,
    confirmed,
    decide,
    given,
    lowered,
    rejected,
)
from nelm.followup.toxicity.dose_step import Action, DoseStep, Level
from nelm.followup.toxicity.dose_table import UNKNOWN, Assessment, DoseTable, Reason, Rule
from nelm.guideline.row.cells import interval_words
from nelm.knowledge import Status
from nelm.quantities import DAYS_PER_WEEK

HELD_SINCE = "since when the drug is on hold"
WITHOUT_A_DOSE = (Level.ON_HOLD, Level.STOP_TO_CONFIRM)
STOP_QUESTION = "whether the stop is confirmed or rejected"
NOT_CHECKED = "not yet checked against its source"
WHY_NOT_FINAL = {
    Status.VERIFIED: "the rule leaves the choice to you",
    Status.COMPUTED: "the rule is this project's own",
    Status.SECONDARY: "the rule comes from a secondary source",
    Status.RECALLED: f"the rule was {NOT_CHECKED}",
}


@dataclass(frozen=True, slots=True)
class DoseState:
    """Where the treatment of a patient stands.

    Parameters
    ----------
    standing : Level and rungs.
    memory : The rules met so far.
    held_since : First day on hold; None when not held or not known.
    stop : Why the drug is stopped, or would be.
    """

    standing: Standing
    memory: Memory = NOTHING_MET
    held_since: date | None = None
    stop: Reason | None = None

    def __post_init__(self) -> None:
        stopping = self.level in (Level.STOP_TO_CONFIRM, Level.STOPPED)
        if stopping is (self.stop is None) or (self.level is Level.ON_HOLD and not self.memory.pending):
            raise problem(
                self.level,
                "a reason when stopped, a toxicity when on hold",
                "Start from started(table) and let next_dose, dose_given, stop_confirmed and stop_rejected change it",
                path="level",
            )

    @property
    def level(self) -> Level:
        """Full, reduced, on hold, stop to be confirmed, or stopped."""
        return self.standing.level

    def weeks_held(self, day: date) -> float | None:
        """Time on hold up to a day [wk]; 0 when not on hold, None when its begin is not known."""
        if self.level is not Level.ON_HOLD:
            return 0.0
        return None if self.held_since is None else (day - self.held_since).days / DAYS_PER_WEEK


@dataclass(frozen=True, slots=True)
class Decision:
    """One step, and the state that follows it."""

    step: DoseStep
    state: DoseState


@dataclass(frozen=True, slots=True)
class _Known:
    """What a decision was made from."""

    before: DoseState
    heard: tuple[Heard, ...]
    seen: Assessment
    day: date
    table: DoseTable

    @property
    def unknown(self) -> tuple[str, ...]:
        """Everything that has to be found out before a dose."""
        open_rules = [one.rule for one in self.heard if one.answer is None]
        open_rules += [one.rule for one in self.heard if one.gone is None]
        questions = (question(rule, self.seen, self.table) for rule in open_rules)
        return tuple(dict.fromkeys((*self.table.open_questions, *questions)))


def started(table: DoseTable) -> DoseState:
    """The state before the first dose; stopped where the drug is not given at all."""
    if table.refusal is not None:
        return DoseState(Standing(Level.STOPPED, table.start, table.start), stop=table.refusal)
    rise = Rise.CLOSED if table.rise is None else Rise.AFTER_FIRST
    return DoseState(Standing(Level.FULL, table.start, table.start, rise=rise))


def next_dose(state: DoseState, seen: Assessment, *, day: date, table: DoseTable) -> Decision:
    """What to do about the next dose.

    Parameters
    ----------
    state : Where the treatment stands.
    seen : What was seen of each toxicity; one that is left out is not known.
    day : Day of the decision.
    table : The rules; another label is another argument.
    """
    _checked(seen, table)
    heard = hear(seen, state.memory, table, weeks_held=state.weeks_held(day))
    verdict = decide(state.standing, together(heard, seen, table), rungs_of(table))
    known = _Known(state, heard, seen, day, table)
    after = _followed(verdict, known)
    return Decision(_step(verdict, after, known), after)


def dose_given(state: DoseState, table: DoseTable) -> DoseState:
    """The state after the dose was given as instructed: what was met before it is past."""
    memory = replace(state.memory, pending=frozenset())
    return DoseState(given(state.standing, rungs_of(table)), memory)


def lower_dose_taken(state: DoseState, rung: int) -> DoseState:
    """The state where the dose of a rung below the instructed one was taken; the next dose is not above it."""
    return replace(state, standing=lowered(state.standing, rung))


def stop_confirmed(state: DoseState) -> DoseState:
    """The state after people confirmed a stop."""
    return DoseState(confirmed(state.standing), stop=state.stop)


def stop_rejected(state: DoseState) -> DoseState:
    """The state after people decided against a stop: on hold until what led to it has gone, then at the lower dose."""
    return replace(state, standing=rejected(state.standing), stop=None)


def _checked(seen: Assessment, table: DoseTable) -> None:
    for name, one in seen.items():
        toxicity = table.by_id.get(name)
        if toxicity is None:
            known = ", ".join(table.by_id)
            raise problem(name, f"a toxicity of the table of {table.drug}: {known}", path=name)
        severity = one.severity
        if severity is not None and not 0 <= severity.low <= severity.high <= toxicity.top:
            raise problem(interval_words(severity), f"a severity from 0 to {toxicity.top}", path=name)


# ------------------------------------------------------------------------------------ the state that follows
def _followed(verdict: Verdict, known: _Known) -> DoseState:
    """The state with what a verdict leads to; of a stopped drug only the reason is carried on."""
    before = known.before
    if before.level is Level.STOPPED:
        return before
    stop = before.stop if verdict.cause in (None, Cause.EARLIER) else _stop_reason(verdict.cause, known)
    if verdict.action is Action.STOP:
        return DoseState(verdict.standing, stop=stop)
    begins = verdict.action in (Action.HOLD, Action.CONFIRM) and before.level not in WITHOUT_A_DOSE
    since = known.day if begins else before.held_since
    return DoseState(verdict.standing, remembered(before.memory, known.heard), since, stop)


def _stop_reason(cause: Cause | None, known: _Known) -> Reason:
    """Why a drug is stopped, or would be: the weightiest of what asks for it."""
    if cause is Cause.RULE:
        return _reason(max(known.heard, key=lambda one: one.said.stop).rule)
    if cause is Cause.LADDER_END:
        name = _name(next(one.rule for one in known.heard if one.said.lower), known.table)
        end = known.table.ladder_end
        text = f"{name} asks for a lower dose than the lowest. {end.statement}"
        return Reason(_marked(text, end.status), end)
    passed = [longest_hold(one.rule, known.table) for one in known.heard if one.said.too_long]
    entry = min(passed, key=lambda limit: (-weight_of(limit), limit.number))
    weeks = known.before.weeks_held(known.day)
    return Reason(
        _marked(f"On hold for {weeks:.0f} weeks without recovery. {entry.statement}", entry.status), entry
    )


# ------------------------------------------------------------------------------------------------ words
def _step(verdict: Verdict, after: DoseState, known: _Known) -> DoseStep:
    """A verdict as a person reads it."""
    table, standing, action = known.table, verdict.standing, verdict.action
    words, reasons, find_out = _worded(verdict, after, known)
    dose = table.ladder[standing.resume]
    return DoseStep(
        drug=table.drug,
        action=action,
        level=standing.level,
        steps_down=max(0, standing.resume - table.start),
        dose=dose if action is Action.GIVE else None,
        dose_if_clear=dose if action is Action.FIND_OUT else None,
        instruction=words,
        reasons=reasons,
        find_out=find_out,
    )


def _worded(
    verdict: Verdict, after: DoseState, known: _Known
) -> tuple[str, tuple[Reason, ...], tuple[str, ...]]:
    """The instruction, its reasons, and what to find out."""
    table, stop = known.table, after.stop
    dose = table.ladder[verdict.standing.resume]
    why = () if stop is None else (stop,)
    match verdict.action:
        case Action.STOP:
            return f"Stop {table.drug} for good.", why, ()
        case Action.CONFIRM:
            but = WHY_NOT_FINAL[Status.VERIFIED if stop is None else stop.entry.status]
            words = (
                f"Hold {table.drug}. It would be stopped for good, but {but}: confirm the stop or reject it."
            )
            return words, why, (STOP_QUESTION,)
        case Action.HOLD:
            holding = [one.rule for one in known.heard if one.said.waits]
            names = " and ".join(dict.fromkeys(table.by_id[rule.toxicity].name for rule in holding))
            words = f"Hold {table.drug} until {names} has recovered; then {dose.words}."
            reasons = tuple(_reason(rule, _sighting(rule, known)) for rule in holding)
            begin = (HELD_SINCE,) if after.held_since is None else ()
            return words, reasons, (*known.unknown, *begin)
        case Action.FIND_OUT:
            unknown = known.unknown
            words = f"Find out first: {'; '.join(unknown)}. If nothing speaks against it: {dose.words}."
            return words, tuple(Reason(entry.statement, entry) for entry in dose.entries), unknown
        case Action.GIVE:
            return f"Give {table.drug}: {dose.words}.", _why_this_dose(verdict, known), ()


def _why_this_dose(verdict: Verdict, known: _Known) -> tuple[Reason, ...]:
    """What says that the dose is this one: the ladder, the one rise, or that a lowered dose stays."""
    table, standing = known.table, verdict.standing
    reasons = [Reason(entry.statement, entry) for entry in table.ladder[standing.resume].entries]
    if table.rise is not None and standing.resume < known.before.standing.resume:
        reasons.insert(0, Reason(table.rise.statement, table.rise))
    if standing.level is Level.REDUCED:
        reasons.append(Reason(table.never_raised.statement, table.never_raised))
    return tuple(reasons)


def _name(rule: Rule, table: DoseTable) -> str:
    name = table.by_id[rule.toxicity].name
    return name[:1].upper() + name[1:]


def _sighting(rule: Rule, known: _Known) -> str:
    """What was seen of a toxicity."""
    severity = known.seen.get(rule.toxicity, UNKNOWN).severity
    name = _name(rule, known.table)
    if severity is None or known.table.by_id[rule.toxicity].top == 1:
        return f"{name}. "
    return f"{name}, grade {interval_words(severity)}. "


def _reason(rule: Rule, sighting: str = "") -> Reason:
    """A rule as a reason, marked where it was not read in its source."""
    return Reason(_marked(f"{sighting}{rule.entry.statement}", rule.entry.status), rule.entry)


def _marked(text: str, status: Status) -> str:
    """The text, with what is recalled or secondary said to be so."""
    marks = {Status.RECALLED: f" ({NOT_CHECKED})", Status.SECONDARY: " (from a secondary source)"}
    return f"{text}{marks.get(status, '')}"
