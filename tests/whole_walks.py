"""The machine of a whole table, walked without the product of its toxicities.

A decision reads the toxicities through the join of what each of them says (`nelm.followup.toxicity.dose_standing`).
So three walks cover every reachable state under every assessment:

1. each toxicity by itself: everything that can be remembered of its rules, under everything that can be seen of it
   (every grade, every range of grades, not known; tolerated or not or not known) and every length of a hold;
2. the joins of what all toxicities of the table can say at one time, one of each;
3. every standing that those joins reach. Each pair of a standing and a join is put to `next_dose` as a state and an
   assessment of the whole table that say it, so that the instruction is the real one.

What is walked contains every reachable state, and more: a memory and a standing that never meet are put together too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations_with_replacement, product

from nelm.followup.toxicity.dose_hearing import Memory, hear, longest_hold, remembered, rungs_of, together
from nelm.followup.toxicity.dose_machine import DoseState, next_dose, started
from nelm.followup.toxicity.dose_standing import (
    Said,
    Standing,
    Weight,
    confirmed,
    decide,
    given,
    lowered,
    rejected,
)
from nelm.followup.toxicity.dose_step import Action, Level
from nelm.followup.toxicity.dose_table import HOLDS, STOPS, DoseTable, Reason, Response, Seen, Toxicity
from nelm.quantities import DAYS_PER_WEEK, Interval
from tests.dose_walks import DAY, check

MILDEST_FIRST = (Action.GIVE, Action.FIND_OUT, Action.HOLD, Action.CONFIRM, Action.STOP)
Weeks = float | None


@dataclass(frozen=True, slots=True)
class Voice:
    """Something that can be said at one time, with a memory and an assessment that say it."""

    said: Said
    memory: Memory
    seen: tuple[tuple[str, Seen], ...]

    @property
    def key(self) -> tuple[Said, bool]:
        """What a decision and the check of a state can tell apart."""
        return self.said, bool(self.memory.pending)


def everything_seen(toxicity: Toxicity) -> list[Seen]:
    """Every grade and range of grades of a toxicity, and not known; tolerated, not, and not known where it is asked."""
    grades = combinations_with_replacement(range(toxicity.top + 1), 2)
    known = [Interval(float(low), float(high)) for low, high in grades]
    bearing = (True, False, None) if toxicity.bearable_matters else (None,)
    return [Seen(severity, tolerable) for severity, tolerable in product((*known, None), bearing)]


def hold_lengths(table: DoseTable) -> list[Weeks]:
    """Lengths of a hold [wk] that rules can tell apart: none, up to each limit, beyond it, and not known."""
    limits = sorted({longest_hold(rule, table).number for rule in table.rules})
    return [0.0, None, *(limit + 1 / DAYS_PER_WEEK for limit in limits)]


def memories(table: DoseTable) -> set[Memory]:
    """Everything that can be remembered of a table of one toxicity; a final stop ends it, and nothing is remembered."""
    toxicity = table.toxicities[0]
    reached, queue = {Memory()}, deque([Memory()])
    while queue:
        memory = queue.popleft()
        for seen in everything_seen(toxicity):
            heard = hear({toxicity.id: seen}, memory, table, weeks_held=0.0)
            if any(one.said.stop is Weight.FINAL for one in heard):
                continue
            after = remembered(memory, heard)
            fresh = {after, replace(after, pending=frozenset())} - reached
            reached |= fresh
            queue.extend(fresh)
    return reached


def voices(table: DoseTable, weeks: Weeks) -> Iterator[Voice]:
    """Everything that one toxicity can say at one time; each one is checked against its rules."""
    toxicity = table.toxicities[0]
    for memory, seen in product(memories(table), everything_seen(toxicity)):
        assessment = {toxicity.id: seen}
        said = together(hear(assessment, memory, table, weeks_held=weeks), assessment, table)
        check_voice(said, memory, seen, table, weeks)
        yield Voice(said, memory, ((toxicity.id, seen),))


def check_voice(said: Said, memory: Memory, seen: Seen, table: DoseTable, weeks: Weeks) -> None:
    """What a toxicity must say, read from its rules and not from the machine."""
    counts, severity = dict(memory.counts), seen.severity
    if severity is None:
        assert said.unknown
        return
    for rule in table.rules:
        touched = severity.low <= rule.high and severity.high >= rule.low
        inside = rule.low <= severity.low and severity.high <= rule.high
        bearable = rule.unbearable_only and seen.tolerable is True
        if (
            touched
            and not bearable
            and not (inside and not (rule.unbearable_only and seen.tolerable is None))
        ):
            assert said.unknown
        is_met = inside and not bearable and not (rule.unbearable_only and seen.tolerable is None)
        holds = bool(HOLDS & set(rule.responses))
        if holds and (is_met or rule.id in memory.pending) and severity.low > rule.recovery:
            assert said.waits and said.counted
            assert not (weeks and weeks > longest_hold(rule, table).number) or said.too_long
        if is_met and rule.id not in memory.pending:
            earlier = min(counts.get(rule.id, 0), len(rule.responses) - 1)
            _answers(said, rule.responses[earlier], verified=rule.entry.status.value == "verified")
    if severity.high == 0 and not memory.pending:
        assert said == Said(unknown=bool(table.open_questions))


def _answers(said: Said, response: Response, *, verified: bool) -> None:
    """What is said where a rule with a response is met."""
    if response is Response.STOP:
        assert said.stop is Weight.FINAL if verified else said.stop >= Weight.TO_CONFIRM
    elif response in STOPS:
        assert said.stop >= Weight.TO_CONFIRM
        assert said.to_lowest or response is Response.STOP_OR_LOWER
    elif response in (Response.LOWER, Response.HOLD_LOWER):
        assert said.lower


def chorus(table: DoseTable, weeks: Weeks) -> dict[tuple[Said, bool], Voice]:
    """Everything that all toxicities of a table can say at one time, one of each."""
    silent = Voice(Said(unknown=bool(table.open_questions)), Memory(), ())
    found = {silent.key: silent}
    for toxicity in table.toxicities:
        said = {voice.key: voice for voice in voices(table.of(toxicity.id), weeks)}
        joined: dict[tuple[Said, bool], Voice] = {}
        for one, other in product(found.values(), said.values()):
            both = _joined(one, other)
            joined.setdefault(both.key, both)
        found = joined
    return found


def _joined(one: Voice, other: Voice) -> Voice:
    counts = tuple(sorted((*one.memory.counts, *other.memory.counts)))
    memory = Memory(one.memory.pending | other.memory.pending, counts)
    return Voice(one.said | other.said, memory, (*one.seen, *other.seen))


@dataclass(frozen=True, slots=True)
class Walked:
    """What a whole walk found."""

    standings: frozenset[Standing]
    decisions: int
    instructions: frozenset[str]


def whole_walk(table: DoseTable) -> Walked:
    """Every standing under everything that the table can say; each decision is put to the real machine and checked."""
    said = {weeks: list(chorus(table, weeks).values()) for weeks in hold_lengths(table)}
    begin = started(table).standing
    reached, queue, decisions, words = {begin}, deque([begin]), 0, set[str]()
    while queue:
        at = queue.popleft()
        for weeks in said if at.level is Level.ON_HOLD else (0.0,):
            for voice in said[weeks]:
                state = witness(at, voice, weeks, table)
                if state is None:
                    continue
                found = next_dose(state, dict(voice.seen), day=DAY, table=table)
                verdict = decide(at, voice.said, rungs_of(table))
                assert (found.step.action, found.state.standing) == (verdict.action, verdict.standing)
                check(state, dict(voice.seen), found, table)
                decisions += 1
                words.add(found.step.instruction)
                fresh = following(found.state.standing, table) - reached
                reached |= fresh
                queue.extend(fresh)
    return Walked(frozenset(reached), decisions, frozenset(words))


def witness(at: Standing, voice: Voice, weeks: Weeks, table: DoseTable) -> DoseState | None:
    """A state with a standing and the memory of a voice; None where nothing is pending that such a state needs."""
    held = at.level in (Level.ON_HOLD, Level.STOP_TO_CONFIRM)
    if held and not voice.memory.pending:
        return None
    stopping = at.level in (Level.STOP_TO_CONFIRM, Level.STOPPED)
    verified = next((rule.entry for rule in table.rules if rule.entry.status.value == "verified"), None)
    stop = None
    if stopping:
        entry = table.refusal.entry if table.refusal is not None else verified or table.ladder_end
        stop = Reason("an earlier stop", entry)
    since = None if not held or weeks is None else DAY - timedelta(round(weeks * DAYS_PER_WEEK))
    memory = Memory() if at.level is Level.STOPPED else voice.memory
    return DoseState(at, memory, since, stop)


def following(at: Standing, table: DoseTable) -> set[Standing]:
    """The standings that can come after a decision by what people do and report."""
    rungs, states = rungs_of(table), {at}
    if at.cleared:
        states.add(given(at, rungs))
    if at.level is Level.STOP_TO_CONFIRM:
        states |= {confirmed(at), rejected(at)}
    states |= {lowered(at, rung) for rung in range(len(table.ladder))}
    return states


def never_milder(table: DoseTable, standings: frozenset[Standing]) -> int:
    """That no toxicity makes an answer milder or a dose higher that holds without it; gives the number of checks."""
    longest = hold_lengths(table)[-1]
    joins = {said for said, _ in chorus(table, longest)}
    single = {voice.said for one in table.toxicities for voice in voices(table.of(one.id), longest)}
    rungs, checks = rungs_of(table), 0
    for at, one in product(standings, joins):
        without = decide(at, one, rungs)
        for other in single:
            found = decide(at, one | other, rungs)
            assert MILDEST_FIRST.index(found.action) >= MILDEST_FIRST.index(without.action)
            assert found.action is Action.STOP or found.standing.resume >= without.standing.resume
            checks += 1
    return checks
