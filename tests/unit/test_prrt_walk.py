"""The machine of 177Lu-DOTATATE walked over all its states: by brute force in parts, and as a whole by joins.

An instruction depends on the six toxicities only through what they say together: whether one came back after a reduced
cycle, whether one holds the cycle, whether something is not known, whether one is pending and whether one was had. The
walk of the whole takes every level under every such join. Each join is put to `next_cycle` by many different states and
assessments that say it, and their answers have to agree.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pytest
from tests.unit.test_prrt_modification import DAY, GOOD, KNOWN, LOW_PLATELETS, after, decide

from nelm.errors import InputError
from nelm.quantities import Interval
from nelm.therapies.prrt.modification import (
    Action,
    CourseState,
    Instruction,
    Level,
    Reason,
    cycle_given,
    next_cycle,
)
from nelm.therapies.prrt.toxicity import Assessment, Toxicity, present, resolved

exact = Interval.exact


def graded(names: Iterable[str]) -> list[dict[str, Any]]:
    """Every combination of grades 0 to 4 and of not knowing; grade 5 is death."""
    grades = [None, *(exact(grade) for grade in range(5))]
    names = tuple(names)
    blank = {"platelets": None, "haemoglobin_g_l": None, "neutrophils": None}
    return [{**blank, **dict(zip(names, row, strict=True))} for row in product(grades, repeat=len(names))]


ORGANS: list[dict[str, Any]] = [
    {"creatinine_rise_percent": rise, "kidney_at_baseline": home, "bilirubin_times_upper_limit": bilirubin,
     "liver_at_baseline": liver, "other_grade": other}
    for rise, home, bilirubin, liver, other in product(
        (exact(50), exact(0), None), (True, False, None), (exact(4), exact(1), None), (True, None),
        (exact(3), exact(2), None))
]  # fmt: skip
DELAYS = [{"delay_weeks": weeks} for weeks in (exact(0), exact(16), None)]


def answers(seen: Assessment) -> tuple[set[Toxicity], set[Toxicity]]:
    """Toxicities that are there, and those of which that is not known."""
    found = {toxicity: present(toxicity, seen, KNOWN) for toxicity in Toxicity}
    return {one for one in found if found[one]}, {one for one in found if found[one] is None}


def check(
    state: CourseState, seen: Assessment, found: Instruction, bad: set[Toxicity], open_: set[Toxicity]
) -> None:
    """What holds of every instruction in every state."""
    assert found.reasons
    assert (found.activity_gbq is not None) is (found.action is Action.GIVE)
    assert (found.activity_if_clear_gbq is not None) is (found.action is Action.FIND_OUT)
    assert (found.action is Action.STOP) is (found.state.level is Level.STOPPED)
    if state.level is Level.STOPPED:
        assert found.action is Action.STOP and found.state == state
    if bad or open_:
        assert found.action is not Action.GIVE
    if found.action is Action.GIVE:
        assert not found.unknown
        assert found.activity_gbq == (3.7 if found.state.level is Level.REDUCED else 7.4)
        assert found.activity_gbq == 7.4 or state.pending
    if found.action is Action.FIND_OUT:
        assert found.unknown and not bad and found.state == state
    if found.action is Action.HOLD:
        assert found.state.level is Level.ON_HOLD and bad <= found.state.pending
    if bad & state.had or (seen.delay_weeks is not None and seen.delay_weeks.low >= 16):
        assert found.action is Action.STOP
    if found.state.level is Level.RESTORED and state.level is not Level.RESTORED:
        assert state.level is Level.REDUCED and not state.pending


def walk(rows: list[dict[str, Any]]) -> set[CourseState]:
    """Every state that assessments and given cycles reach; each instruction on the way is checked."""
    made = [replace(GOOD, **row, **delay) for row in rows for delay in DELAYS]
    assessments = [(one, *answers(one)) for one in made]
    seen, queue = {CourseState()}, deque([CourseState()])
    while queue:
        state = queue.popleft()
        for assessment, bad, open_ in assessments:
            found = next_cycle(state, assessment, day=DAY, known=KNOWN)
            check(state, assessment, found, bad, open_)
            following = {found.state}
            if found.action is Action.GIVE:
                following.add(cycle_given(found.state))
            fresh = following - seen
            seen |= fresh
            queue.extend(fresh)
    return seen


def test_walk_over_all_grades_of_the_blood() -> None:
    """All combinations of grades 0 to 4 and unknown of platelets, haemoglobin and neutrophils, in all states."""
    reached = walk(graded(("platelets_grade", "anaemia_grade", "neutropenia_grade")))
    assert {state.level for state in reached} == set(Level)
    stops = {state for state in reached if state.level is Level.STOPPED}
    assert stops and all(state.stopped_for is not None for state in stops)
    had = {state.had for state in reached}
    assert len(had) == 8


def test_walk_over_kidney_liver_and_others() -> None:
    """The same for kidney, liver and other reactions, above, below and unknown, at baseline or not."""
    reached = walk(ORGANS)
    assert {state.level for state in reached} == set(Level)


def test_every_walk_ends_in_stop_only_through_a_reason() -> None:
    """No path leads out of a stop, whatever comes after it."""
    stopped = decide(after(LOW_PLATELETS), delay_weeks=exact(17)).state
    for row in graded(("platelets_grade", "anaemia_grade", "neutropenia_grade")):
        assert decide(stopped, **row).action is Action.STOP
    with pytest.raises(InputError):
        cycle_given(stopped)


# ------------------------------------------------------------------------------- the whole, by joins
GRADES = (*(exact(grade) for grade in range(5)), None)
BLOOD = {
    Toxicity.PLATELETS: ("platelets", "platelets_grade"),
    Toxicity.ANAEMIA: ("haemoglobin_g_l", "anaemia_grade"),
    Toxicity.NEUTROPHILS: ("neutrophils", "neutropenia_grade"),
}
BASELINE = (True, False, None)
LETTERS: dict[Toxicity, list[dict[str, Any]]] = {
    **{one: [{number: None, grade: value} for value in GRADES] for one, (number, grade) in BLOOD.items()},
    Toxicity.OTHER: [{"other_grade": value} for value in GRADES],
    Toxicity.KIDNEY: [
        {"creatinine_rise_percent": rise, "kidney_at_baseline": home}
        for rise, home in product((exact(50), exact(0), None), BASELINE)
    ],
    Toxicity.LIVER: [
        {"bilirubin_times_upper_limit": bilirubin, "liver_at_baseline": home}
        for bilirubin, home in product((exact(4), exact(1), None), BASELINE)
    ],
}
REMEMBERED = tuple(product((False, True), repeat=2))
WITNESSES = 24


@dataclass(frozen=True, slots=True)
class Together:
    """What some toxicities say together."""

    returned: bool = False
    holds: bool = False
    unknown: bool = False
    pending: bool = False
    had: bool = False

    def __or__(self, other: Together) -> Together:
        return Together(
            self.returned or other.returned,
            self.holds or other.holds,
            self.unknown or other.unknown,
            self.pending or other.pending,
            self.had or other.had,
        )


@dataclass(frozen=True, slots=True)
class Witness:
    """A memory and an assessment that say it."""

    pending: frozenset[Toxicity] = frozenset()
    had: frozenset[Toxicity] = frozenset()
    seen: tuple[tuple[str, Any], ...] = ()

    def __or__(self, other: Witness) -> Witness:
        return Witness(self.pending | other.pending, self.had | other.had, (*self.seen, *other.seen))


def said_by(toxicity: Toxicity) -> Iterator[tuple[Together, Witness]]:
    """Everything that one toxicity can say, read from its own answers."""
    for (pending, had), letter in product(REMEMBERED, LETTERS[toxicity]):
        seen = replace(GOOD, **letter)
        there, gone = present(toxicity, seen, KNOWN), resolved(toxicity, seen, KNOWN)
        said = Together(
            returned=had and there is True,
            holds=there is True or (pending and gone is False),
            unknown=there is None or (pending and gone is None),
            pending=pending,
            had=had,
        )
        only = frozenset({toxicity})
        yield (
            said,
            Witness(only if pending else frozenset(), only if had else frozenset(), tuple(letter.items())),
        )


def all_together() -> dict[Together, list[Witness]]:
    """Every join of what the six toxicities can say, each with up to `WITNESSES` different ways to say it."""
    found: dict[Together, list[Witness]] = {Together(): [Witness()]}
    for toxicity in Toxicity:
        joined: dict[Together, list[Witness]] = defaultdict(list)
        own = list(said_by(toxicity))
        for (said, ways), (other, way) in product(found.items(), own):
            joined[said | other] += [one | way for one in ways]
        # from the whole list evenly, so that few and many toxicities are among them
        found = {said: ways[:: max(1, len(ways) // WITNESSES)][:WITNESSES] for said, ways in joined.items()}
    return found


@dataclass(frozen=True, slots=True)
class At:
    """Where a course stands, its toxicities by name left aside."""

    level: Level
    pending: bool
    had: bool


def at(state: CourseState) -> At:
    return At(state.level, bool(state.pending), bool(state.had))


def states(where: At, said: Together, way: Witness) -> list[CourseState]:
    """The state that stands there and is remembered so; none where the two do not fit."""
    if where.level is Level.STOPPED:
        return [CourseState(Level.STOPPED, had=way.had, stopped_for=Reason("stopped", KNOWN.stop_recurrence))]
    if (where.pending, where.had) != (said.pending, said.had):
        return []
    return [CourseState(where.level, way.pending, way.had)]


def test_walk_over_the_whole_machine() -> None:
    joins = all_together()
    reached, queue, decisions, actions = {at(CourseState())}, deque([at(CourseState())]), 0, set[Action]()
    while queue:
        where = queue.popleft()
        for (said, ways), delay in product(joins.items(), DELAYS):
            outcomes: set[tuple[Action, At]] = set()
            for way in ways:
                seen = replace(GOOD, **dict(way.seen), **delay)
                for state in states(where, said, way):
                    found = next_cycle(state, seen, day=DAY, known=KNOWN)
                    check(state, seen, found, *answers(seen))
                    decisions += 1
                    outcomes.add((found.action, at(found.state)))
                    following = {at(found.state)}
                    if found.action is Action.GIVE:
                        following.add(at(cycle_given(found.state)))
                    queue.extend(following - reached)
                    reached |= following
            assert len({action for action, _ in outcomes}) <= 1, (where, said, outcomes)
            assert len({after.level for _, after in outcomes}) <= 1
            actions |= {action for action, _ in outcomes}
    assert {where.level for where in reached} == set(Level)
    assert actions == set(Action)
    assert decisions > 5_000
