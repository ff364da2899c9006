"""Walking a dose-modification machine: the tables, the alphabet of a table, and what holds of every decision."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import date
from itertools import combinations, product

from nelm.case.vocabulary import Dpyd
from nelm.followup.toxicity.dose_machine import (
    Decision,
    DoseState,
    dose_given,
    next_dose,
    started,
    stop_confirmed,
    stop_rejected,
)
from nelm.followup.toxicity.dose_standing import Rise, Standing
from nelm.followup.toxicity.dose_step import Action, Level
from nelm.followup.toxicity.dose_table import DoseTable, Response, Seen, Toxicity
from nelm.knowledge import Status, load_knowledge
from nelm.quantities import Interval
from nelm.quantities.answers import at_most
from nelm.therapies.chemotherapy.knowledge import ChemotherapyKnowledge, ChemotherapyModification
from nelm.therapies.chemotherapy.modification import capecitabine, streptozocin, temozolomide
from nelm.therapies.targeted.knowledge import TargetedKnowledge, TargetedModification
from nelm.therapies.targeted.modification import cabozantinib, sunitinib
from nelm.therapies.targeted.modification_everolimus import LiverImpairment, everolimus

KNOWLEDGE = load_knowledge()
TARGETED = KNOWLEDGE.record(TargetedKnowledge, "targeted")
TARGETED_RULES = KNOWLEDGE.record(TargetedModification, "targeted_modification")
CHEMOTHERAPY = KNOWLEDGE.record(ChemotherapyKnowledge, "chemotherapy")
CHEMOTHERAPY_RULES = KNOWLEDGE.record(ChemotherapyModification, "chemotherapy_modification")

EVEROLIMUS = everolimus(TARGETED, TARGETED_RULES, liver=LiverImpairment.NONE)
SUNITINIB = sunitinib(TARGETED, TARGETED_RULES)
CABOZANTINIB = cabozantinib(TARGETED, TARGETED_RULES, child_pugh_b=False)
CAPECITABINE = capecitabine(CHEMOTHERAPY, CHEMOTHERAPY_RULES, dpyd=Dpyd.NORMAL)
CAPTEM = temozolomide(CHEMOTHERAPY, CHEMOTHERAPY_RULES, with_capecitabine=True)
TEMOZOLOMIDE = temozolomide(CHEMOTHERAPY, CHEMOTHERAPY_RULES, with_capecitabine=False)
STREPTOZOCIN = streptozocin(CHEMOTHERAPY, CHEMOTHERAPY_RULES)
TABLES = {
    "everolimus": EVEROLIMUS,
    "sunitinib": SUNITINIB,
    "cabozantinib": CABOZANTINIB,
    "capecitabine": CAPECITABINE,
    "temozolomide in CAPTEM": CAPTEM,
    "temozolomide alone": TEMOZOLOMIDE,
    "streptozocin": STREPTOZOCIN,
}
DAY, MUCH_LATER = date(2026, 5, 1), date(2027, 5, 1)
CAP = 50_000
"""More states than any walk here may reach; a machine that does not end would pass it."""


def letters(toxicity: Toxicity) -> tuple[Seen, ...]:
    """Everything that can be said of a toxicity by whole grades: each grade, tolerated or not, and not known."""
    known = [
        Seen(Interval.exact(float(grade)), tolerable)
        for grade in range(toxicity.top + 1)
        for tolerable in ((True, False, None) if toxicity.bearable_matters and grade == 2 else (None,))
    ]
    return (*known, Seen())


def telling(toxicity: Toxicity, table: DoseTable) -> tuple[Seen, ...]:
    """One letter for every way in which the rules of a table can answer; the others give the same answers."""
    rules = [rule for rule in table.rules if rule.toxicity == toxicity.id]
    kept: dict[tuple[bool | None, ...], Seen] = {}
    for letter in letters(toxicity):
        answers = [answer for rule in rules for answer in (rule.holds_for(letter), rule.recovered(letter))]
        answers.append(at_most(letter.severity, toxicity.rise_at_most) if table.rise else None)
        kept.setdefault(tuple(answers), letter)
    return tuple(kept.values())


def alphabet(table: DoseTable) -> list[dict[str, Seen]]:
    """Every assessment of a table that its rules can tell apart."""
    names = [toxicity.id for toxicity in table.toxicities]
    rows = product(*(telling(item, table) for item in table.toxicities))
    return [dict(zip(names, row, strict=True)) for row in rows]


def shape(toxicity: Toxicity, table: DoseTable) -> tuple[object, ...]:
    """All that the machine reads of a toxicity but its name; two of one shape are walked alike."""
    return tuple(
        (rule.low, rule.high, rule.responses, rule.recovery, rule.unbearable_only, rule.entry.status,
         rule.longest_hold is None)
        for rule in table.rules if rule.toxicity == toxicity.id
    )  # fmt: skip


def pairs(table: DoseTable) -> Iterator[DoseTable]:
    """The table with the rules of two of its toxicities: every two shapes, one with itself where it occurs twice."""
    seen: set[frozenset[tuple[object, ...]]] = set()
    for first, second in combinations(table.toxicities, 2):
        shapes = frozenset((shape(first, table), shape(second, table)))
        if shapes not in seen:
            seen.add(shapes)
            yield table.of(first.id, second.id)


def grades_of(seen: Seen) -> range | None:
    """The grades that a toxicity may have."""
    return None if seen.severity is None else range(int(seen.severity.low), int(seen.severity.high) + 1)


def check(state: DoseState, seen: dict[str, Seen], found: Decision, table: DoseTable) -> None:
    """What holds of every decision in every state; read from the assessment, not from the machine."""
    step, after = found.step, found.state
    assert step.instruction and step.reasons and step.drug == table.drug and step.level is after.level
    assert (step.dose is not None) is (step.action is Action.GIVE)
    assert (step.dose_if_clear is not None) is (step.action is Action.FIND_OUT)
    assert (step.action is Action.STOP) is (after.level is Level.STOPPED)
    assert (step.action is Action.CONFIRM) is (after.level is Level.STOP_TO_CONFIRM)
    assert (step.action is Action.FIND_OUT) <= bool(step.find_out)
    assert after.standing.cleared is (step.action is Action.GIVE)
    if state.level is Level.STOPPED:
        assert step.action is Action.STOP and after == state
        return
    _the_rungs(state.standing, found, table)
    _nothing_bad_or_unknown_with_a_dose(seen, found, table)
    _a_read_stop_stops(seen, found, table)
    if after.level is Level.STOPPED:
        assert after.stop is not None and after.stop.entry.status is Status.VERIFIED


def _the_rungs(before: Standing, found: Decision, table: DoseTable) -> None:
    """The next dose falls, or rises once by the rule of its table, and the instruction gives that very dose."""
    step, after = found.step, found.state.standing
    assert after.level is Level.STOPPED or after.resume >= before.resume or before.rise is Rise.NOW
    if step.action is not Action.GIVE and after.rung == after.resume == before.resume:
        assert after.rise is before.rise or after.level is Level.STOP_TO_CONFIRM
    if step.action is not Action.GIVE:
        return
    assert step.dose == table.ladder[after.resume] and not step.find_out
    raised = after.resume < before.resume
    assert not raised or (before.resume == before.rung == table.start and after.resume == table.start - 1)
    assert not raised or (table.rise is not None and after.rise is Rise.CLOSED)
    assert (after.level is Level.FULL) is (after.resume <= table.start)
    assert all(reason.text for reason in step.reasons)


def _nothing_bad_or_unknown_with_a_dose(seen: dict[str, Seen], found: Decision, table: DoseTable) -> None:
    if found.step.action is not Action.GIVE:
        return
    assert not table.open_questions and table.refusal is None
    for rule in table.rules:
        one = seen.get(rule.toxicity, Seen())
        grades = grades_of(one)
        assert grades is not None
        met = any(rule.low <= grade <= rule.high for grade in grades)
        if met and set(rule.responses) - {Response.LOWER, Response.GO_ON}:
            assert rule.unbearable_only and one.tolerable is True


def _a_read_stop_stops(seen: dict[str, Seen], found: Decision, table: DoseTable) -> None:
    if found.step.action is Action.STOP:
        return
    for rule in table.rules:
        if rule.responses != (Response.STOP,):
            continue
        grades = grades_of(seen[rule.toxicity])
        if grades is None or not all(rule.low <= grade <= rule.high for grade in grades):
            continue
        wanted = {Action.STOP} if rule.entry.status is Status.VERIFIED else {Action.STOP, Action.CONFIRM}
        # a stop that people rejected holds until the toxicity has gone
        rejected = rule.id in found.state.memory.pending and found.step.action is Action.HOLD
        assert found.step.action in wanted or (rejected and rule.entry.status is not Status.VERIFIED)


def following(found: Decision, table: DoseTable) -> set[DoseState]:
    """The states that can come after a decision."""
    states = {found.state}
    if found.step.action is Action.GIVE:
        states.add(dose_given(found.state, table))
    if found.step.action is Action.CONFIRM:
        states |= {stop_confirmed(found.state), stop_rejected(found.state)}
    return states


def walk(table: DoseTable, inputs: list[dict[str, Seen]] | None = None) -> tuple[set[DoseState], int]:
    """Every reachable state under every assessment, or under `inputs`; each decision is checked, and counted.

    A day counts only by its distance from the begin of a hold: every hold begins on one day, and what is on hold is
    looked at on that day and much later.
    """
    reached, queue, decisions = {started(table)}, deque([started(table)]), 0
    inputs = alphabet(table) if inputs is None else inputs
    while queue:
        state = queue.popleft()
        days = (DAY, MUCH_LATER) if state.level is Level.ON_HOLD else (DAY,)
        for row, day in product(inputs, days):
            found = next_dose(state, row, day=day, table=table)
            check(state, row, found, table)
            decisions += 1
            fresh = following(found, table) - reached
            reached |= fresh
            queue.extend(fresh)
        assert len(reached) < CAP
    return reached, decisions
