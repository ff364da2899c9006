"""Every machine of dose modification walked over all its states; what holds of a decision: `tests.dose_walks.check`.

`tests.whole_walks` says why the walk of a whole table is exhaustive. Beside it, one whole table and the pairs of three
others are walked by brute force, over the product of their toxicities: what is reached there lies within the former.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests import whole_walks
from tests.dose_walks import CHEMOTHERAPY, CHEMOTHERAPY_RULES, TABLES, TARGETED, TARGETED_RULES, pairs, walk
from tests.whole_walks import never_milder, whole_walk

from nelm.case.vocabulary import Dpyd
from nelm.followup.toxicity import dose_machine
from nelm.followup.toxicity.dose_standing import Rungs, Said, Standing, Verdict, Weight, decide
from nelm.followup.toxicity.dose_step import Action, Level
from nelm.followup.toxicity.dose_table import DoseTable
from nelm.therapies.chemotherapy.modification import capecitabine
from nelm.therapies.targeted.modification import cabozantinib
from nelm.therapies.targeted.modification_everolimus import LiverImpairment, everolimus

OTHERS = {
    **{
        f"everolimus, liver {liver}": everolimus(TARGETED, TARGETED_RULES, liver=liver)
        for liver in (LiverImpairment.A, LiverImpairment.B, LiverImpairment.C, None)
    },
    **{
        f"cabozantinib, Child-Pugh B {child_pugh_b}": cabozantinib(
            TARGETED, TARGETED_RULES, child_pugh_b=child_pugh_b
        )
        for child_pugh_b in (True, None)
    },
    **{
        f"capecitabine, DPYD {dpyd}": capecitabine(CHEMOTHERAPY, CHEMOTHERAPY_RULES, dpyd=dpyd)
        for dpyd in (Dpyd.PARTIAL, Dpyd.COMPLETE, None)
    },
}
EVERY = TABLES | OTHERS


@pytest.mark.parametrize("name", EVERY)
def test_walk_over_the_whole_table(name: str) -> None:
    """Every standing, every assessment, every length of a hold: always an instruction, and no way out of a stop."""
    table = EVERY[name]
    walked = whole_walk(table)
    levels = {standing.level for standing in walked.standings}
    if table.refusal is not None:
        assert levels == {Level.STOPPED}
    elif table.open_questions:
        assert Level.REDUCED not in levels and Level.ON_HOLD in levels
    else:
        only_one = {Level.REDUCED} if table.start == len(table.ladder) - 1 else set[Level]()
        assert levels == set(Level) - only_one
    assert never_milder(table, walked.standings)


@pytest.mark.parametrize("name", ["sunitinib", "cabozantinib", "temozolomide in CAPTEM"])
def test_walk_over_the_product_of_every_two_toxicities(name: str) -> None:
    whole = whole_walk(TABLES[name]).standings
    levels: set[Level] = set()
    for table in pairs(TABLES[name]):
        reached, _ = walk(table)
        assert {state.standing for state in reached} <= whole
        levels |= {state.level for state in reached}
    assert levels == set(Level)


def test_walk_over_the_product_of_all_toxicities() -> None:
    """Temozolomide alone: more than 100 000 decisions, and no standing that the walk by joins has missed."""
    table = TABLES["temozolomide alone"]
    reached, decisions = walk(table)
    standings = {state.standing for state in reached}
    assert decisions > 100_000
    assert {standing.level for standing in standings} == set(Level)
    assert standings <= whole_walk(table).standings


# ------------------------------------------------------------------------------- what the walk would notice
def _gives_what_is_unknown(at: Standing, said: Said, rungs: Rungs) -> Verdict:
    return decide(at, replace(said, unknown=False), rungs)


def _does_not_wait(at: Standing, said: Said, rungs: Rungs) -> Verdict:
    return decide(at, replace(said, waits=False), rungs)


def _never_stops(at: Standing, said: Said, rungs: Rungs) -> Verdict:
    return decide(at, replace(said, stop=min(said.stop, Weight.TO_CONFIRM)), rungs)


def _begins_again(at: Standing, said: Said, rungs: Rungs) -> Verdict:
    alive = Standing(Level.FULL, at.rung, at.resume) if at.level is Level.STOPPED else at
    return decide(alive, said, rungs)


def _rises_at_any_time(at: Standing, said: Said, rungs: Rungs) -> Verdict:
    found = decide(at, said, rungs)
    if found.action is not Action.GIVE or found.standing.resume == 0:
        return found
    return replace(found, standing=replace(found.standing, resume=found.standing.resume - 1))


@pytest.mark.parametrize(
    "broken", [_gives_what_is_unknown, _does_not_wait, _never_stops, _begins_again, _rises_at_any_time]
)
def test_a_broken_machine_does_not_pass(
    broken: Callable[[Standing, Said, Rungs], Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    table: DoseTable = TABLES["cabozantinib"]
    for module in (dose_machine, whole_walks):
        monkeypatch.setattr(module, "decide", broken)
    with pytest.raises(AssertionError):
        whole_walk(table)
