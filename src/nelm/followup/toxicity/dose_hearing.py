"""What each rule of a dose table says by itself, from what was seen and from how often the rule was met before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from nelm.followup.toxicity.dose_standing import Rungs, Said, Weight
from nelm.followup.toxicity.dose_table import (
    HOLDS,
    STEPS_DOWN,
    STOPS,
    UNKNOWN,
    Assessment,
    DoseTable,
    Response,
    Rule,
    Seen,
)
from nelm.knowledge import Entry, Status
from nelm.quantities.answers import at_least, at_most

NO_RULES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of the rules of a table, each of them for itself.

    Parameters
    ----------
    pending : Names of the rules met since the last dose.
    counts : How often the rules whose answer depends on it were met, as pairs in order of their names.
    """

    pending: frozenset[str] = NO_RULES
    counts: tuple[tuple[str, int], ...] = ()

    def earlier(self, rule: Rule) -> int:
        """How often a rule was met before, as far as its answer depends on it."""
        return dict(self.counts).get(rule.id, 0)


NOTHING_MET = Memory()


@dataclass(frozen=True, slots=True)
class Heard:
    """What one rule says.

    Parameters
    ----------
    rule : The rule.
    said : What it says about the next dose.
    is_new : Whether it is newly met.
    answer : Whether it holds; None where that is not known.
    gone : Whether the toxicity has fallen far enough to go on; None where that is not known.
    """

    rule: Rule
    said: Said
    is_new: bool
    answer: bool | None
    gone: bool | None


def weight_of(entry: Entry) -> Weight:
    """The weight of a stop: final only where its rule was read in its source."""
    return Weight.FINAL if entry.status is Status.VERIFIED else Weight.TO_CONFIRM


def rungs_of(table: DoseTable) -> Rungs:
    """The ladder of a table as far as a decision reads it."""
    return Rungs(
        start=table.start,
        lowest=len(table.ladder) - 1,
        end=weight_of(table.ladder_end),
        lowest_again=table.lowest_again,
        may_rise=table.rise is not None,
    )


def hear(
    seen: Assessment, memory: Memory, table: DoseTable, *, weeks_held: float | None
) -> tuple[Heard, ...]:
    """What every rule of a table says.

    Parameters
    ----------
    seen : What was seen of each toxicity; one that is left out is not known.
    memory : What is remembered of the rules.
    table : The rules.
    weeks_held : Time on hold so far [wk]; 0 when not on hold, None when not known.
    """
    return tuple(
        _heard(rule, seen.get(rule.toxicity, UNKNOWN), memory, table, weeks_held=weeks_held)
        for rule in table.rules
    )


def together(heard: Iterable[Heard], seen: Assessment, table: DoseTable) -> Said:
    """The join of what all rules say, of what a rise asks of each toxicity, and of what has to be known at all."""
    unwell = any(
        not at_most(seen.get(toxicity.id, UNKNOWN).severity, toxicity.rise_at_most)
        for toxicity in table.toxicities
    )
    whole = Said(unknown=bool(table.open_questions), unwell=unwell)
    return reduce(or_, (one.said for one in heard), whole)


def remembered(memory: Memory, heard: Iterable[Heard]) -> Memory:
    """The memory with the rules that are newly met."""
    new = [one.rule for one in heard if one.is_new]
    counts = dict(memory.counts)
    for rule in new:
        if len(rule.responses) > 1:
            counts[rule.id] = min(memory.earlier(rule) + 1, len(rule.responses) - 1)
    return Memory(memory.pending | {rule.id for rule in new}, tuple(sorted(counts.items())))


def longest_hold(rule: Rule, table: DoseTable) -> Entry:
    """The longest hold [wk] for a rule, its own or that of the table."""
    return rule.longest_hold or table.longest_hold


def question(rule: Rule, seen: Assessment, table: DoseTable) -> str:
    """What would settle a rule: whether the toxicity is tolerated, where only this is unknown."""
    toxicity, one = table.by_id[rule.toxicity], seen.get(rule.toxicity, UNKNOWN)
    if rule.unbearable_only and at_least(one.severity, rule.low) and one.tolerable is None:
        return f"whether {toxicity.name} is tolerated"
    return toxicity.question


def _heard(rule: Rule, seen: Seen, memory: Memory, table: DoseTable, *, weeks_held: float | None) -> Heard:
    answer = rule.holds_for(seen)
    is_new = bool(answer) and rule.id not in memory.pending
    counted = is_new or rule.id in memory.pending
    holds = counted and bool(HOLDS & set(rule.responses))
    gone = rule.recovered(seen) if holds else True
    response = rule.response(memory.earlier(rule)) if is_new else None
    is_stop = response in STOPS
    said = Said(
        stop=_stop_of(rule, response),
        to_lowest=response is Response.STOP_OR_LOWEST,
        lower=response in STEPS_DOWN and not is_stop,
        waits=gone is False,
        too_long=_too_long(rule, table, weeks_held) if gone is False else Weight.NONE,
        unknown=answer is None or gone is None,
        counted=counted,
    )
    return Heard(rule, said, is_new=is_new, answer=answer, gone=gone)


def _stop_of(rule: Rule, response: Response | None) -> Weight:
    """The stop that a rule asks for; one that leaves a choice is for people to confirm."""
    if response not in STOPS:
        return Weight.NONE
    return weight_of(rule.entry) if response is Response.STOP else Weight.TO_CONFIRM


def _too_long(rule: Rule, table: DoseTable, weeks_held: float | None) -> Weight:
    """The stop that follows where the hold lasts longer than a rule allows."""
    limit = longest_hold(rule, table)
    return weight_of(limit) if weeks_held is not None and weeks_held > limit.number else Weight.NONE
