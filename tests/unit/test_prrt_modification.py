"""The dose modification of 177Lu-DOTATATE: every rule by name, and what is refused. Its walk: `test_prrt_walk`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest

from nelm.errors import InputError
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.modification import (
    Action,
    CourseState,
    Instruction,
    Level,
    cycle_given,
    next_cycle,
)
from nelm.therapies.prrt.toxicity import Assessment, CtcaeVersion, Toxicity, present

KNOWN = load_knowledge().record(PrrtKnowledge, "prrt")
DAY = date(2026, 5, 1)
exact = Interval.exact
GOOD = Assessment(
    platelets=exact(180),
    haemoglobin_g_l=exact(120),
    neutrophils=exact(3.5),
    creatinine_clearance_ml_min=exact(80),
    creatinine_rise_percent=exact(5),
    clearance_fall_percent=exact(4),
    kidney_at_baseline=True,
    bilirubin_times_upper_limit=exact(0.6),
    albumin_g_l=exact(40),
    liver_at_baseline=True,
    other_grade=exact(1),
    delay_weeks=exact(0),
)
"""Nothing speaks against a cycle and nothing is unknown."""


def decide(state: CourseState, **seen: Any) -> Instruction:
    """The instruction for a patient who is well but for what is given."""
    return next_cycle(state, replace(GOOD, **seen), day=DAY, known=KNOWN)


def after(*steps: dict[str, Any]) -> CourseState:
    """The state after assessments; a cycle is given wherever one is cleared."""
    state = CourseState()
    for seen in steps:
        found = decide(state, **seen)
        state = cycle_given(found.state) if found.action is Action.GIVE else found.state
    return state


LOW_PLATELETS = {"platelets": exact(60)}


def test_full_activity_when_nothing_is_wrong() -> None:
    found = decide(CourseState())
    assert (found.action, found.activity_gbq, found.state) == (Action.GIVE, 7.4, CourseState())


@pytest.mark.parametrize(
    ("grade", "action"), [(0, Action.GIVE), (1, Action.GIVE), (2, Action.HOLD), (4, Action.HOLD)]
)
def test_thrombocytopenia_holds_from_grade_2(grade: int, action: Action) -> None:
    """PRT-9."""
    assert decide(CourseState(), platelets_grade=exact(grade)).action is action


@pytest.mark.parametrize("name", ["anaemia_grade", "neutropenia_grade", "other_grade"])
def test_anaemia_neutropenia_and_others_hold_from_grade_3(name: str) -> None:
    """PRT-9; the last row of Table 1 of PMC10133840."""
    assert decide(CourseState(), **{name: exact(2)}).action is Action.GIVE
    held = decide(CourseState(), **{name: exact(3)})
    assert held.action is Action.HOLD
    assert held.reasons[0].entry.status.value == "verified"


@pytest.mark.parametrize(
    "seen",
    [
        {"creatinine_clearance_ml_min": exact(39.9)},
        {"creatinine_rise_percent": exact(40)},
        {"clearance_fall_percent": exact(40)},
        {"bilirubin_times_upper_limit": exact(3.1)},
        {"albumin_g_l": exact(29), "prothrombin_ratio_percent": exact(69)},
    ],
)
def test_kidney_and_liver_rules_hold(seen: dict[str, Any]) -> None:
    """PRT-3, PRT-9."""
    assert decide(CourseState(), **seen).action is Action.HOLD


@pytest.mark.parametrize(
    "seen",
    [
        {"creatinine_clearance_ml_min": exact(40)},
        {"creatinine_rise_percent": exact(39)},
        {"bilirubin_times_upper_limit": exact(3)},
        {"albumin_g_l": exact(29), "prothrombin_ratio_percent": exact(70)},
        {"albumin_g_l": exact(30), "prothrombin_ratio_percent": exact(50)},
    ],
)
def test_kidney_and_liver_at_the_limit_do_not_hold(seen: dict[str, Any]) -> None:
    assert decide(CourseState(), **seen).action is Action.GIVE


def test_low_albumin_without_the_prothrombin_ratio_asks_for_it() -> None:
    found = decide(CourseState(), albumin_g_l=exact(28))
    assert found.action is Action.FIND_OUT
    assert "prothrombin" in found.unknown[0]


@pytest.mark.parametrize("grade", range(6))
def test_lymphopenia_alone_never_changes_anything(grade: int) -> None:
    """Trap 10: whatever the state, low lymphocytes change neither action, activity nor the state that follows."""
    states = [CourseState(), after(LOW_PLATELETS), after(LOW_PLATELETS, {}), after(LOW_PLATELETS, {}, {})]
    assert [state.level for state in states] == [Level.FULL, Level.ON_HOLD, Level.REDUCED, Level.RESTORED]
    for state, seen in product(states, ({}, LOW_PLATELETS)):
        without, low = decide(state, **seen), decide(state, lymphopenia_grade=exact(grade), **seen)
        assert replace(low, reasons=()) == replace(without, reasons=())
    if grade:
        assert "never change" in decide(CourseState(), lymphopenia_grade=exact(grade)).reasons[-1].text


def test_hold_reduce_and_restore() -> None:
    """PRT-9: hold, half the activity once the platelets are back, full activity once that is tolerated."""
    held = decide(CourseState(), platelets_grade=exact(3))
    assert (held.action, held.state.held_since) == (Action.HOLD, DAY)
    still = next_cycle(held.state, replace(GOOD, platelets_grade=exact(2)), day=date(2026, 6, 1), known=KNOWN)
    assert (still.action, still.state.held_since) == (Action.HOLD, DAY)
    half = decide(still.state, platelets_grade=exact(1), delay_weeks=exact(5))
    assert (half.action, half.activity_gbq) == (Action.GIVE, pytest.approx(7.4 / 2))
    assert any("never reduced" in reason.text for reason in half.reasons)
    full = decide(cycle_given(half.state))
    assert (full.action, full.activity_gbq, full.state.level) == (Action.GIVE, 7.4, Level.RESTORED)


def test_kidney_resumes_at_baseline_only() -> None:
    """PRT-9: below the limit is not yet gone; the baseline has to be reached, and somebody has to say so."""
    held = decide(CourseState(), creatinine_rise_percent=exact(60), kidney_at_baseline=False)
    better = {"creatinine_rise_percent": exact(20), "delay_weeks": exact(4)}
    assert decide(held.state, kidney_at_baseline=False, **better).action is Action.HOLD
    assert decide(held.state, kidney_at_baseline=None, **better).action is Action.FIND_OUT
    assert decide(held.state, kidney_at_baseline=True, **better).activity_gbq == 3.7


@pytest.mark.parametrize(("weeks", "action"), [(15.9, Action.GIVE), (16, Action.STOP), (20, Action.STOP)])
def test_a_delay_of_16_weeks_is_a_stop(weeks: float, action: Action) -> None:
    """Trap 44: also when the toxicity has gone in the meantime."""
    held = after(LOW_PLATELETS)
    assert decide(held, delay_weeks=exact(weeks)).action is action
    persistent = decide(held, delay_weeks=exact(weeks), **LOW_PLATELETS).action
    assert persistent is (Action.STOP if weeks >= 16 else Action.HOLD)


def test_an_unknown_delay_is_asked_for_before_resuming() -> None:
    held = after(LOW_PLATELETS)
    found = decide(held, delay_weeks=None)
    assert (found.action, found.activity_gbq, found.activity_if_clear_gbq) == (Action.FIND_OUT, None, 3.7)
    assert "16 or more end the course" in found.unknown[0]
    assert decide(held, delay_weeks=Interval(10, 20)).action is Action.FIND_OUT


def test_recurrence_after_the_reduction_is_a_stop() -> None:
    """PRT-9: at half activity and after full activity was restored."""
    for steps in ((LOW_PLATELETS, {}), (LOW_PLATELETS, {}, {})):
        found = decide(after(*steps), **LOW_PLATELETS)
        assert (found.action, found.state.level) == (Action.STOP, Level.STOPPED)
        assert "came back" in found.reasons[0].text


def test_a_new_toxicity_after_the_reduction_is_a_hold() -> None:
    reduced = after(LOW_PLATELETS, {})
    found = decide(reduced, anaemia_grade=exact(3))
    assert found.action is Action.HOLD
    again = after(LOW_PLATELETS, {}, {"anaemia_grade": exact(3)}, {})
    assert again.had == {Toxicity.PLATELETS, Toxicity.ANAEMIA}
    assert decide(again, **LOW_PLATELETS).action is Action.STOP


def test_worse_again_before_the_reduced_cycle_is_no_recurrence() -> None:
    """Nothing was restarted yet: the hold goes on, and so does its clock."""
    held = after(LOW_PLATELETS)
    cleared = decide(held, delay_weeks=exact(3)).state
    assert (cleared.level, cleared.held_since) == (Level.REDUCED, DAY)
    back = next_cycle(cleared, replace(GOOD, platelets=exact(70)), day=date(2026, 6, 9), known=KNOWN)
    assert (back.action, back.state.held_since) == (Action.HOLD, DAY)


@pytest.mark.parametrize(
    ("count", "version", "answer"),
    [
        (0.8, CtcaeVersion.FIVE, True),
        (0.8, CtcaeVersion.SIX, False),
        (0.8, None, None),
        (0.4, None, True),
        (1.2, None, False),
    ],
)
def test_neutrophils_need_the_edition_where_it_matters(
    count: float, version: CtcaeVersion | None, answer: bool | None
) -> None:
    """D22, RSP-19b: 0.8 is grade 3 in version 5 and grade 2 in version 6."""
    seen = replace(GOOD, neutrophils=exact(count), ctcae=version)
    assert present(Toxicity.NEUTROPHILS, seen, KNOWN) is answer


def test_a_grade_wins_over_the_number() -> None:
    assert decide(CourseState(), neutrophils=exact(0.8), neutropenia_grade=exact(2)).action is Action.GIVE


def test_a_limit_inside_the_interval_is_unknown() -> None:
    found = decide(CourseState(), platelets=Interval(70, 80))
    assert (found.action, found.unknown) == (Action.FIND_OUT, ("platelets",))


ASKED = {
    "platelets": "platelets",
    "haemoglobin_g_l": "haemoglobin",
    "neutrophils": "neutrophils",
    "creatinine_clearance_ml_min": "creatinine",
    "creatinine_rise_percent": "creatinine",
    "clearance_fall_percent": "creatinine",
    "bilirubin_times_upper_limit": "bilirubin",
    "albumin_g_l": "albumin",
    "other_grade": "another adverse reaction",
}


@pytest.mark.parametrize("name", ASKED)
def test_a_missing_value_is_never_a_cycle(name: str) -> None:
    found = decide(CourseState(), **{name: None})
    assert (found.action, found.activity_gbq, found.activity_if_clear_gbq) == (Action.FIND_OUT, None, 7.4)
    assert ASKED[name] in " ".join(found.unknown)
    assert found.state == CourseState()


def test_nothing_known_asks_for_everything() -> None:
    found = next_cycle(CourseState(), Assessment(), day=DAY, known=KNOWN)
    assert (found.action, len(found.unknown)) == (Action.FIND_OUT, len(Toxicity))


def test_changed_knowledge_changes_the_answer() -> None:
    """The limits are data."""
    stricter = replace(KNOWN, hold_platelets_grade=replace(KNOWN.hold_platelets_grade, value=1))
    seen = replace(GOOD, platelets_grade=exact(1))
    assert next_cycle(CourseState(), seen, day=DAY, known=stricter).action is Action.HOLD


def test_impossible_states_and_grades_are_refused() -> None:
    for state in (
        {"level": Level.ON_HOLD},
        {"level": Level.STOPPED},
        {"level": Level.RESTORED},
        {"pending": frozenset({Toxicity.PLATELETS})},
    ):
        with pytest.raises(InputError):
            CourseState(**state)
    with pytest.raises(InputError, match="0 to 5"):
        Assessment(platelets_grade=exact(6))
    with pytest.raises(InputError, match="cleared"):
        cycle_given(after(LOW_PLATELETS))
