"""Whole tables under long random courses, and grades given as ranges: what holds of every decision on the way."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nelm.followup.toxicity.dose_machine import (
    DoseState,
    dose_given,
    next_dose,
    started,
    stop_confirmed,
    stop_rejected,
)
from nelm.followup.toxicity.dose_standing import Rise
from nelm.followup.toxicity.dose_step import Action, Level
from nelm.followup.toxicity.dose_table import DoseTable, Seen
from nelm.quantities import Interval
from tests.dose_walks import DAY, TABLES, check, letters


def assessment(table: DoseTable, rng: np.random.Generator) -> dict[str, Seen]:
    """Mostly nothing, sometimes one or several toxicities of any grade, or not known."""
    seen = table.nothing_seen()
    for toxicity in table.toxicities:
        if rng.random() < 0.12:
            choice = letters(toxicity)
            seen[toxicity.id] = choice[rng.integers(len(choice))]
    return seen


@pytest.mark.parametrize("name", TABLES)
def test_random_courses_of_the_whole_table(name: str) -> None:
    """60 courses of 60 decisions: every one is checked, doses never rise but once by rule, and stops stay."""
    table, rng = TABLES[name], np.random.default_rng(20261126)
    ends: list[Level] = []
    for _ in range(60):
        state, day, given_rungs = started(table), DAY, [table.start]
        for _ in range(60):
            day += timedelta(int(rng.integers(3, 40)))
            seen = assessment(table, rng)
            found = next_dose(state, seen, day=day, table=table)
            check(state, seen, found, table)
            state = found.state
            if found.step.action is Action.GIVE:
                given_rungs.append(state.standing.resume)
                state = dose_given(state, table)
            elif found.step.action is Action.CONFIRM:
                state = stop_confirmed(state) if rng.random() < 0.3 else stop_rejected(state)
        rises = [later for first, later in pairwise(given_rungs) if later < first]
        assert len(rises) <= (table.rise is not None)
        assert sum(later > first for first, later in pairwise(given_rungs)) < len(table.ladder)
        ends.append(state.level)
    assert Level.STOPPED in ends


@st.composite
def ranges(draw: st.DrawFn, top: int) -> Seen:
    low, high = sorted(draw(st.tuples(st.integers(0, top), st.integers(0, top))))
    return Seen(Interval(float(low), float(high)), draw(st.sampled_from([True, False, None])))


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_dose_under_a_range_is_a_dose_under_each_of_its_grades(data: st.DataObject) -> None:
    """What is vague never allows more than the worst and the best of what it can be."""
    table = TABLES[data.draw(st.sampled_from(sorted(TABLES)))]
    toxicity = data.draw(st.sampled_from(table.toxicities))
    vague = data.draw(ranges(toxicity.top))
    before: DoseState = started(table)
    for earlier in data.draw(st.lists(ranges(toxicity.top), max_size=3)):
        found = next_dose(before, {**table.nothing_seen(), toxicity.id: earlier}, day=DAY, table=table)
        before = dose_given(found.state, table) if found.step.action is Action.GIVE else found.state
    seen = {**table.nothing_seen(), toxicity.id: vague}
    found = next_dose(before, seen, day=DAY, table=table).step
    if found.action is not Action.GIVE:
        return
    assert vague.severity is not None and found.dose is not None
    for grade in range(int(vague.severity.low), int(vague.severity.high) + 1):
        exact = Seen(Interval.exact(float(grade)), vague.tolerable)
        one = next_dose(before, {**seen, toxicity.id: exact}, day=DAY, table=table).step
        assert one.action is Action.GIVE and one.dose is not None
        assert found.dose.amount <= one.dose.amount


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_worst_of_many_decides(data: st.DataObject) -> None:
    """Another toxicity never turns a hold or a stop into a dose, and never gives a higher dose."""
    table = TABLES[data.draw(st.sampled_from(sorted(TABLES)))]
    one, other = data.draw(st.sampled_from(table.toxicities)), data.draw(st.sampled_from(table.toxicities))
    alone = {**table.nothing_seen(), one.id: data.draw(st.sampled_from(letters(one)))}
    both = {**alone, other.id: data.draw(st.sampled_from(letters(other)))} if other is not one else alone
    first = next_dose(started(table), alone, day=DAY, table=table).step
    second = next_dose(started(table), both, day=DAY, table=table).step
    if second.dose is not None:
        assert first.dose is not None and second.dose.amount <= first.dose.amount


def test_the_one_rise_is_open_only_between_the_first_two_doses() -> None:
    table = TABLES["temozolomide alone"]
    state = started(table)
    assert state.standing.rise is Rise.AFTER_FIRST
    for wanted in (Rise.NOW, Rise.CLOSED, Rise.CLOSED):
        state = dose_given(next_dose(state, table.nothing_seen(), day=DAY, table=table).state, table)
        assert state.standing.rise is wanted
