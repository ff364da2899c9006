"""Dose modification of a drug by toxicity, as a state machine over the rules of its label.

::

    full or reduced ──toxicity──► on hold ──gone──► the same dose or a lower one
          │                          │
          ├──a rule that stops───────┼──► stopped, where the rule was read in its source
          │                          └──► stop to be confirmed, where it was not, or where the label leaves a choice:
          │                                    confirmed ──► stopped          rejected ──► on hold
          └──a step below the lowest, or a hold that is too long ──► the same two

`next_dose` says what to do, `dose_given` records that it was done, `stop_confirmed` and `stop_rejected` record what
people decided about a stop. Nothing leads out of stopped. A value that is not known never leads to a dose: the answer
is then what to find out. A toxicity counts once from its appearance until a dose is given again. Two reductions for two
toxicities of one pause are one step. The dose rises only where the table says so, once, and never after a reduction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from nelm.errors import problem
from nelm.followup.toxicity.answers import at_least
from nelm.followup.toxicity.dose_step import Action, DoseStep, Level
from nelm.followup.toxicity.dose_table import (
    HOLDS,
    STEPS_DOWN,
    STOPS,
    UNKNOWN,
    Assessment,
    DoseTable,
    Reason,
    Response,
    Rule,
)
from nelm.guideline.row.cells import interval_words
from nelm.knowledge import Status

DAYS_PER_WEEK = 7
NO_RULES: frozenset[str] = frozenset()
HELD_SINCE = "since when the drug is on hold"
NOT_CHECKED = "not yet checked against its source"
WHY_NOT_FINAL = {
    Status.VERIFIED: "the rule leaves the choice to you",
    Status.COMPUTED: "the rule is this project's own",
    Status.SECONDARY: "the rule comes from a secondary source",
    Status.RECALLED: f"the rule was {NOT_CHECKED}",
}


class Rise(StrEnum):
    """Whether the one rise that a table may allow is still to come."""

    AFTER_FIRST = "after the first dose"
    NOW = "at the next dose"
    CLOSED = "no more"


@dataclass(frozen=True, slots=True)
class DoseState:
    """Where the treatment of a patient stands.

    Parameters
    ----------
    level : Full, reduced, on hold, stop to be confirmed, or stopped.
    rung : Rung of the last dose given, or of the first one.
    resume : Rung of the next dose, if there is one.
    pending : Rules met since the last dose.
    counts : How often the rules whose answer depends on it were met, as pairs in order of their names.
    held_since : First day on hold; None when not held or not known.
    last_chance : Whether the lowest dose is being tried once more.
    rise : Whether the one rise is still to come.
    hold_accepted : Whether people decided against a stop of this hold.
    cleared : Whether the next dose may be given.
    stop : Why the drug is stopped, or would be.
    """

    level: Level
    rung: int
    resume: int
    pending: frozenset[str] = NO_RULES
    counts: tuple[tuple[str, int], ...] = ()
    held_since: date | None = None
    last_chance: bool = False
    rise: Rise = Rise.CLOSED
    hold_accepted: bool = False
    cleared: bool = False
    stop: Reason | None = None

    def __post_init__(self) -> None:
        stopping = self.level in (Level.STOP_TO_CONFIRM, Level.STOPPED)
        if stopping is (self.stop is None) or (self.level is Level.ON_HOLD and not self.pending):
            raise problem(
                self.level,
                "a reason when stopped, a toxicity when on hold",
                "Start from started(table) and let next_dose, dose_given, stop_confirmed and stop_rejected change it",
                path="level",
            )


@dataclass(frozen=True, slots=True)
class Decision:
    """One step, and the state that follows it."""

    step: DoseStep
    state: DoseState


def started(table: DoseTable) -> DoseState:
    """The state before the first dose; stopped where the drug is not given at all."""
    rise = Rise.CLOSED if table.rise is None else Rise.AFTER_FIRST
    if table.refusal is not None:
        return DoseState(Level.STOPPED, table.start, table.start, stop=table.refusal)
    return DoseState(Level.FULL, table.start, table.start, rise=rise)


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
    if state.level is Level.STOPPED:
        return _stopped(state, table)
    if state.cleared:
        state = replace(state, cleared=False)
    answers = [(rule, rule.holds_for(seen.get(rule.toxicity, UNKNOWN))) for rule in table.rules]
    met = tuple(rule for rule, answer in answers if answer and rule.id not in state.pending)
    after, stop = _met(state, met, table)
    if stop is not None and (stop.is_final or state.level is not Level.STOP_TO_CONFIRM):
        return _ending(after, stop, day, table)
    if state.level is Level.STOP_TO_CONFIRM:
        return _to_confirm(after, table)
    waiting = [(rule, rule.recovered(seen.get(rule.toxicity, UNKNOWN))) for rule in _holding(after, table)]
    holding = tuple(rule for rule, gone in waiting if gone is False)
    unknown = _unknown(answers, waiting, seen, table)
    if holding:
        return _hold(after, holding, (seen, unknown), day=day, table=table)
    if unknown:
        return _find_out(after, unknown, table)
    return _give(after, seen, table)


def dose_given(state: DoseState, table: DoseTable) -> DoseState:
    """The state after the dose was given as instructed."""
    if not state.cleared:
        raise problem(
            state.level,
            "a treatment whose next dose was cleared",
            "Record a dose only after next_dose said to give it",
            path="level",
        )
    rise = state.rise
    if rise is Rise.AFTER_FIRST:
        rise = Rise.NOW if state.resume == table.start else Rise.CLOSED
    return replace(
        state,
        rung=state.resume,
        pending=NO_RULES,
        held_since=None,
        hold_accepted=False,
        cleared=False,
        rise=rise,
    )


def stop_confirmed(state: DoseState) -> DoseState:
    """The state after people confirmed a stop."""
    _needs_confirmation(state)
    assert state.stop is not None
    return _final(state, state.stop)


def stop_rejected(state: DoseState) -> DoseState:
    """The state after people decided against a stop: on hold until what led to it has gone, then at the lower dose."""
    _needs_confirmation(state)
    return replace(state, level=Level.ON_HOLD, stop=None, hold_accepted=True, rise=Rise.CLOSED)


def _needs_confirmation(state: DoseState) -> None:
    if state.level is not Level.STOP_TO_CONFIRM:
        raise problem(
            state.level,
            "a stop that waits for confirmation",
            "Confirm or reject a stop only after next_dose asked for it",
            path="level",
        )


def _checked(seen: Assessment, table: DoseTable) -> None:
    for name, one in seen.items():
        toxicity = table.by_id.get(name)
        if toxicity is None:
            known = ", ".join(table.by_id)
            raise problem(name, f"a toxicity of the table of {table.drug}: {known}", path=name)
        severity = one.severity
        if severity is not None and not 0 <= severity.low <= severity.high <= toxicity.top:
            raise problem(interval_words(severity), f"a severity from 0 to {toxicity.top}", path=name)


# ------------------------------------------------------------------------------------ rules that are met
@dataclass(frozen=True, slots=True)
class _Stop:
    """A stop, whether the machine makes it itself, and where the dose goes if people decide against it."""

    reason: Reason
    is_final: bool
    resume: int


def _met(state: DoseState, met: tuple[Rule, ...], table: DoseTable) -> tuple[DoseState, _Stop | None]:
    """The state with the rules that are newly met counted, and the stop that they ask for, a final one first."""
    if not met:
        return state, None
    counts, lowest = dict(state.counts), len(table.ladder) - 1
    resume, last_chance = state.resume, state.last_chance
    stops: list[_Stop] = []
    for rule in met:
        earlier = counts.get(rule.id, 0)
        response = rule.response(earlier)
        if len(rule.responses) > 1:
            counts[rule.id] = min(earlier + 1, len(rule.responses) - 1)
        if response in STOPS:
            stops.append(_asked_stop(rule, response, state, lowest))
        if response in STEPS_DOWN and response not in STOPS:
            if state.rung < lowest:
                resume = max(resume, state.rung + 1)
            elif table.lowest_again and not state.last_chance:
                last_chance = True
            else:
                stops.append(_below_lowest(rule, table, lowest))
    after = replace(
        state,
        resume=resume,
        last_chance=last_chance,
        counts=tuple(sorted(counts.items())),
        pending=state.pending | {rule.id for rule in met},
        rise=Rise.CLOSED if resume > state.rung else state.rise,
    )
    return after, next(iter(sorted(stops, key=lambda stop: not stop.is_final)), None)


def _asked_stop(rule: Rule, response: Response, state: DoseState, lowest: int) -> _Stop:
    """A stop that a rule asks for: final where the rule leaves no choice and was read in its source."""
    is_final = response is Response.STOP and rule.entry.status is Status.VERIFIED
    resume = lowest if response is Response.STOP_OR_LOWEST else min(state.rung + 1, lowest)
    return _Stop(_reason(rule), is_final, resume)


def _below_lowest(rule: Rule, table: DoseTable, lowest: int) -> _Stop:
    """The stop where a lower dose is asked for than the lowest."""
    end = table.ladder_end
    text = f"{_name(rule, table)} asks for a lower dose than the lowest. {end.statement}"
    return _Stop(Reason(_marked(text, end.status), end), end.status is Status.VERIFIED, lowest)


def _holding(state: DoseState, table: DoseTable) -> tuple[Rule, ...]:
    """Rules met since the last dose that ask to wait."""
    return tuple(rule for rule in table.rules if rule.id in state.pending and HOLDS & set(rule.responses))


def _unknown(
    answers: list[tuple[Rule, bool | None]],
    waiting: list[tuple[Rule, bool | None]],
    seen: Assessment,
    table: DoseTable,
) -> tuple[str, ...]:
    """Everything that has to be found out before a dose."""
    questions = [_question(rule, seen, table) for rule, answer in (*answers, *waiting) if answer is None]
    return tuple(dict.fromkeys((*table.open_questions, *questions)))


def _question(rule: Rule, seen: Assessment, table: DoseTable) -> str:
    """What would settle a rule: whether the toxicity is tolerated, where only this is unknown."""
    toxicity, one = table.by_id[rule.toxicity], seen.get(rule.toxicity, UNKNOWN)
    if rule.unbearable_only and at_least(one.severity, rule.low) and one.tolerable is None:
        return f"whether {toxicity.name} is tolerated"
    return toxicity.question


# ---------------------------------------------------------------------------------------------- answers
def _ending(after: DoseState, stop: _Stop, day: date, table: DoseTable) -> Decision:
    """Stopped, or on hold until people confirm it."""
    if stop.is_final:
        return _stopped(_final(after, stop.reason), table)
    state = replace(
        after,
        level=Level.STOP_TO_CONFIRM,
        stop=stop.reason,
        resume=max(after.resume, stop.resume),
        held_since=after.held_since or day,
        rise=Rise.CLOSED,
    )
    return _to_confirm(state, table)


def _final(state: DoseState, reason: Reason) -> DoseState:
    """Stopped for good: what led to it is the reason, and nothing else is carried on."""
    return DoseState(Level.STOPPED, state.rung, state.rung, stop=reason)


def _stopped(state: DoseState, table: DoseTable) -> Decision:
    reasons = () if state.stop is None else (state.stop,)
    words = f"Stop {table.drug} for good."
    return _decision(Action.STOP, state, words, reasons, table=table)


def _to_confirm(state: DoseState, table: DoseTable) -> Decision:
    stop = state.stop
    reasons = () if stop is None else (stop,)
    why = WHY_NOT_FINAL[Status.VERIFIED if stop is None else stop.entry.status]
    words = f"Hold {table.drug}. It would be stopped for good, but {why}: confirm the stop or reject it."
    question = ("whether the stop is confirmed or rejected",)
    return _decision(Action.CONFIRM, state, words, reasons, find_out=question, table=table)


def _hold(
    after: DoseState,
    holding: tuple[Rule, ...],
    known: tuple[Assessment, tuple[str, ...]],
    *,
    day: date,
    table: DoseTable,
) -> Decision:
    """On hold, unless the hold has become too long."""
    seen, unknown = known
    was_held = after.level is Level.ON_HOLD
    since = after.held_since if was_held else day
    state = replace(after, level=Level.ON_HOLD, held_since=since)
    too_long = _too_long(state, holding, day, table)
    if too_long is not None and (too_long.is_final or not state.hold_accepted):
        return _ending(state, too_long, day, table)
    questions = (*unknown, HELD_SINCE) if since is None else unknown
    names = " and ".join(dict.fromkeys(table.by_id[rule.toxicity].name for rule in holding))
    dose = table.ladder[state.resume]
    words = f"Hold {table.drug} until {names} has recovered; then {dose.words}."
    reasons = tuple(_reason(rule, _sighting(rule, seen, table)) for rule in holding)
    return _decision(Action.HOLD, state, words, reasons, find_out=questions, table=table)


def _too_long(state: DoseState, holding: tuple[Rule, ...], day: date, table: DoseTable) -> _Stop | None:
    """The stop of a hold that has lasted longer than the shortest of the longest holds."""
    if state.held_since is None:
        return None
    weeks = (day - state.held_since).days / DAYS_PER_WEEK
    limits = [(rule.longest_hold or table.longest_hold, rule) for rule in holding]
    passed = [limit for limit, _ in limits if weeks > limit.number]
    if not passed:
        return None
    entry = min(passed, key=lambda limit: limit.number)
    text = f"On hold for {weeks:.0f} weeks without recovery. {entry.statement}"
    return _Stop(Reason(_marked(text, entry.status), entry), entry.status is Status.VERIFIED, state.resume)


def _find_out(after: DoseState, unknown: tuple[str, ...], table: DoseTable) -> Decision:
    """No dose yet."""
    dose = table.ladder[after.resume]
    words = f"Find out first: {'; '.join(unknown)}. If nothing speaks against it: {dose.words}."
    reasons = tuple(Reason(entry.statement, entry) for entry in dose.entries)
    return _decision(Action.FIND_OUT, after, words, reasons, find_out=unknown, table=table)


def _give(after: DoseState, seen: Assessment, table: DoseTable) -> Decision:
    """The dose, raised once where the table allows it and everything is well."""
    resume, rise, extra = after.resume, after.rise, ()
    if after.rise is Rise.NOW:
        rise = Rise.CLOSED
        well = all(
            one.severity is not None and one.severity.high <= table.by_id[name].rise_at_most
            for name, one in seen.items()
        )
        if table.rise is not None and well and not after.pending and set(seen) == set(table.by_id):
            resume, extra = table.start - 1, (Reason(table.rise.statement, table.rise),)
    level = Level.REDUCED if resume > table.start else Level.FULL
    state = replace(after, level=level, resume=resume, rise=rise, cleared=True)
    dose = table.ladder[resume]
    reasons = [*extra, *(Reason(entry.statement, entry) for entry in dose.entries)]
    if level is Level.REDUCED:
        reasons.append(Reason(table.never_raised.statement, table.never_raised))
    words = f"Give {table.drug}: {dose.words}."
    return _decision(Action.GIVE, state, words, tuple(reasons), table=table)


def _decision(
    action: Action,
    state: DoseState,
    words: str,
    reasons: tuple[Reason, ...],
    *,
    table: DoseTable,
    find_out: tuple[str, ...] = (),
) -> Decision:
    dose = table.ladder[state.resume]
    step = DoseStep(
        drug=table.drug,
        action=action,
        level=state.level,
        steps_down=max(0, state.resume - table.start),
        dose=dose if action is Action.GIVE else None,
        dose_if_clear=dose if action is Action.FIND_OUT else None,
        instruction=words,
        reasons=reasons,
        find_out=find_out,
    )
    return Decision(step, state)


# ------------------------------------------------------------------------------------------------ words
def _name(rule: Rule, table: DoseTable) -> str:
    name = table.by_id[rule.toxicity].name
    return name[:1].upper() + name[1:]


def _sighting(rule: Rule, seen: Assessment, table: DoseTable) -> str:
    """What was seen of a toxicity."""
    severity = seen.get(rule.toxicity, UNKNOWN).severity
    if severity is None or table.by_id[rule.toxicity].top == 1:
        return f"{_name(rule, table)}. "
    return f"{_name(rule, table)}, grade {interval_words(severity)}. "


def _reason(rule: Rule, sighting: str = "") -> Reason:
    """A rule as a reason, marked where it was not read in its source."""
    return Reason(_marked(f"{sighting}{rule.entry.statement}", rule.entry.status), rule.entry)


def _marked(text: str, status: Status) -> str:
    """The text, with what is recalled or secondary said to be so."""
    marks = {Status.RECALLED: f" ({NOT_CHECKED})", Status.SECONDARY: " (from a secondary source)"}
    return f"{text}{marks.get(status, '')}"
