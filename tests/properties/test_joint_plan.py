"""The joint plan against enumeration of every plan, on small problems drawn at random."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from nelm.errors import InputError
from nelm.guideline.feasibility import Feasible
from nelm.planner.joint.cells import cells_of
from nelm.planner.joint.counting import Objective, actions
from nelm.planner.joint.demands import JointPlanRequest
from nelm.planner.joint.front import Resolution, pareto_front
from nelm.planner.joint.problem import JointProblem
from nelm.planner.joint.sensitivity import Shift, achievable, shifted
from nelm.planner.joint.solving import Bound, ProofStatus, optimum, search_of
from nelm.quantities import Estimate
from tests.joint_problems import (
    COLUMNS,
    STRENGTH,
    Enumerated,
    enumerate_plans,
    exactly,
    hundredths,
    random_demands,
    random_problem,
)

NAMES = dict(zip(Objective, COLUMNS, strict=True))
LIMIT_S = 60.0
CASES, BLOCKS = 500, 5


def least(
    found: Enumerated, order: list[Objective], extra: NDArray[np.bool_] | None = None
) -> list[int] | None:
    allowed = found.allowed if extra is None else found.allowed & extra
    rows = np.stack([found.numbers[NAMES[one]] for one in order], axis=1)[allowed]
    return min(rows.tolist()) if len(rows) else None


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_optimum_equals_enumeration(block: int) -> None:
    rng = np.random.default_rng(block)
    impossible = 0
    for _ in range(CASES // BLOCKS):
        problem = random_problem(rng)
        demands = random_demands(rng, problem)
        order = [list(Objective)[n] for n in rng.permutation(5)]
        plans = enumerate_plans(problem, demands)
        bounds, within = [], np.ones(len(plans.takes), dtype=bool)
        if rng.random() < 0.5:
            objective = list(Objective)[rng.integers(5)]
            values = plans.numbers[NAMES[objective]]
            bound = int(rng.choice(values))
            bounds, within = [Bound(objective, bound)], values <= bound
        wanted = least(plans, order, within)
        search = search_of(problem, demands, verify=None, time_limit_s=LIMIT_S)
        answer, _ = optimum(search, order, bounds)
        if wanted is None:
            assert answer is None
            impossible += 1
            continue
        assert answer is not None
        assert [answer.tally.of(one) for one in order] == wanted
        assert answer.proof.status is ProofStatus.OPTIMAL and answer.proof.gap == 0
        row = int(sum(2**n for n, one in enumerate(problem.choices) if one.name in answer.taken))
        assert plans.allowed[row]
        doing = actions(problem, answer.taken)
        assert [doing[one.name] for one in problem.lesions] == [STRENGTH[n] for n in plans.action[row]]
    assert 0 < impossible < CASES // BLOCKS


def hidden_losses(rng: np.random.Generator, problem: JointProblem) -> dict[frozenset[str], int]:
    names = [one.name for one in problem.resections]
    if len(names) < 2:
        return {}
    sets = [frozenset(rng.choice(names, rng.integers(1, 3), replace=False).tolist()) for _ in range(6)]
    return {one: int(rng.integers(1, 15_000)) for one in sets}


def test_with_an_exact_remnant_every_optimum_equals_enumeration() -> None:
    rng = np.random.default_rng(11)
    corrected = 0
    for case in range(160):
        problem = random_problem(rng)
        demands = random_demands(rng, problem) if case % 2 else ()
        hidden = hidden_losses(rng, problem)
        plans = enumerate_plans(problem, demands, hidden)

        def remnant(
            taken: frozenset[str], problem: JointProblem = problem, hidden: dict = hidden
        ) -> Estimate:
            cells = {cell for one in problem.resections if one.name in taken for cell in one.lost}
            kept = float(np.delete(problem.cells.volume_ml, sorted(cells)).sum())
            return exactly(round(kept - sum(v for names, v in hidden.items() if names <= taken) / 100, 2))

        rest = [list(Objective)[n] for n in 1 + rng.permutation(4)]
        order = [Objective.RESIDUAL, *rest] if case % 4 else [*rest, Objective.RESIDUAL]
        answer, search = optimum(search_of(problem, demands, verify=remnant, time_limit_s=LIMIT_S), order)
        wanted = least(plans, order)
        assert (None if answer is None else [answer.tally.of(one) for one in order]) == wanted
        corrected += len(search.model.corrections)
    assert corrected >= 5  # the remnant of some sets was found to be smaller than their cells say


def test_an_exact_remnant_of_what_is_cut_out_spares_resections_and_changes_no_optimum() -> None:
    rng = np.random.default_rng(12)
    spared = corrected = 0
    for case in range(100):
        problem = random_problem(rng)
        resections = []
        for one in problem.resections:
            lost = frozenset(one.lost | rng.choice([frozenset(), *(o.lost for o in problem.resections)]))
            cut = frozenset(cell for cell in lost if rng.random() < 0.8)
            resections.append(
                replace(
                    one,
                    lost=lost,
                    removed=cut,
                    lesions=one.lesions | problem.resections[0].lesions,
                    cuts=frozenset(),
                )
            )
        problem = replace(problem, resections=tuple(resections))
        demands = random_demands(rng, problem) if case % 2 else ()
        count = problem.cells.volume_ml.size
        starved = {
            frozenset(rng.integers(0, count, 2).tolist()): int(rng.integers(1, 9000)) for _ in range(9)
        }
        plans = enumerate_plans(problem, demands, starved=starved)

        def remnant(
            taken: frozenset[str], problem: JointProblem = problem, starved: dict = starved
        ) -> Estimate:
            chosen = [one for one in problem.resections if one.name in taken]
            cells = {cell for one in chosen for cell in one.lost}
            cut = {cell for one in chosen for cell in one.removed or ()}
            kept = float(np.delete(problem.cells.volume_ml, sorted(cells)).sum())
            return exactly(round(kept - sum(v for some, v in starved.items() if some <= cut) / 100, 2))

        order = [Objective.RESIDUAL, *(list(Objective)[n] for n in 1 + rng.permutation(4))]
        answer, search = optimum(search_of(problem, demands, verify=remnant, time_limit_s=LIMIT_S), order)
        assert (None if answer is None else [answer.tally.of(one) for one in order]) == least(plans, order)
        corrected += len(search.model.corrections)
        spared += len(problem.choices) - len(search.model.offered)
    assert corrected > 20 and spared > 20


def nondominated(points: NDArray[np.int64]) -> set[tuple[int, ...]]:
    unique = np.unique(points, axis=0)
    better = (unique[:, None] <= unique[None]).all(axis=2) & (unique[:, None] != unique[None]).any(axis=2)
    return {tuple(row) for row in unique[~better.any(axis=0)].tolist()}


def test_the_front_is_every_plan_that_nothing_betters() -> None:
    rng = np.random.default_rng(3)
    sizes, refused = [], 0
    for _ in range(60):
        problem = random_problem(rng)
        demands = random_demands(rng, problem)
        plans = enumerate_plans(problem, demands)
        request = JointPlanRequest(problem, demands)
        whole = Resolution(0.0, 0.0, 1, 10_000)
        if not plans.allowed.any():
            with pytest.raises(InputError):
                pareto_front(request, whole, verify=None, time_limit_s=LIMIT_S)
            refused += 1
            continue
        front = pareto_front(request, whole, verify=None, time_limit_s=LIMIT_S)
        table = plans.table()[plans.allowed]
        axes = table[:, [0, 2, 3]]
        got = [(one.tally.residual, one.tally.lost, one.tally.removal_burden) for one in front.plans]
        assert len(set(got)) == len(got) and set(got) == nondominated(axes)
        for one in front.plans:
            ties = table[(axes == got[front.plans.index(one)]).all(axis=1)]
            assert [one.tally.untreated, one.tally.arterial_burden] == min(ties[:, [1, 4]].tolist())
        assert not front.is_cut
        sizes.append(len(got))
    assert max(sizes) >= 8 and refused


def test_a_coarse_front_misses_nothing_by_more_than_its_resolution() -> None:
    rng = np.random.default_rng(4)
    fewer = 0
    for _ in range(25):
        problem = random_problem(rng)
        plans = enumerate_plans(problem)
        coarse = Resolution(10.0, 8.0, 2, 10_000)
        front = pareto_front(JointPlanRequest(problem), coarse, verify=None, time_limit_s=LIMIT_S)
        whole = nondominated(plans.table()[plans.allowed][:, [0, 2, 3]])
        got = np.array(
            [(one.tally.residual, one.tally.lost, one.tally.removal_burden) for one in front.plans]
        )
        assert {tuple(row) for row in got.tolist()} <= whole
        tumour = sum(hundredths(one.volume_ml.value) for one in problem.lesions)
        liver = sum(hundredths(v) for v in problem.cells.volume_ml.tolist())
        tolerance = np.array([0.10 * tumour, 0.08 * liver, 1])
        for point in whole:
            assert (got <= np.array(point) + tolerance).all(axis=1).any()
        fewer += len(got) < len(whole)
    assert fewer


def test_what_can_be_achieved_equals_enumeration_at_the_limits() -> None:
    rng = np.random.default_rng(8)
    seen = dict.fromkeys(Feasible, 0)
    for _ in range(60):
        problem = random_problem(rng, error=0.15)
        demands = random_demands(rng, problem)
        states = achievable(
            JointPlanRequest(problem, demands), (100, 90, 70), verify=None, time_limit_s=LIMIT_S
        )
        low = np.array([hundredths(one.volume_ml.low) for one in problem.lesions]).clip(1)
        high = np.array([hundredths(one.volume_ml.high) for one in problem.lesions]).clip(1)
        worst = enumerate_plans(shifted(problem, Shift("", 0, -1, 1)), demands)
        best = enumerate_plans(shifted(problem, Shift("", 0, 1, -1)), demands)
        safe = worst.allowed & (worst.numbers["lost"] == 0 if problem.is_unlimited else True)
        for one in states:
            p = one.goal_percent

            def reached(
                plans: Enumerated, stays: NDArray, removed: NDArray, p: float = p
            ) -> NDArray[np.bool_]:
                kept = plans.action >= 2
                return (100 - p) * (~kept @ removed) >= p * (kept @ stays)

            yes = (reached(worst, high, low) & safe).any()
            possible = (reached(best, low, high) & best.allowed).any()
            wanted = Feasible.YES if yes else Feasible.UNKNOWN if possible else Feasible.NO
            assert one.state is wanted
            seen[wanted] += 1
    assert all(seen.values())


def random_regions(rng: np.random.Generator) -> tuple[list[NDArray[np.bool_]], NDArray[np.bool_]]:
    shape = (9, 10, 11)
    grid = np.stack(np.indices(shape), axis=-1)
    regions = []
    for _ in range(rng.integers(1, 7)):
        centre = rng.uniform(0, 10, 3)
        regions.append(((grid - centre) ** 2).sum(axis=-1) < rng.uniform(2, 7) ** 2)
    return regions, rng.random(shape) < 0.8


@pytest.mark.parametrize("seed", range(10))
def test_cells_give_the_volume_of_every_union(seed: int) -> None:
    rng = np.random.default_rng(seed)
    regions, healthy = random_regions(rng)
    spacing = (2.0, 1.5, 3.0)
    exact = cells_of(regions, healthy, spacing_mm=spacing, error_mm=1.0, smallest_ml=0.0)
    joined = cells_of(regions, healthy, spacing_mm=spacing, error_mm=1.0, smallest_ml=0.3)
    assert joined.cells.volume_ml.size < exact.cells.volume_ml.size and exact.overstated_ml == 0
    assert joined.cells.total_ml.value == pytest.approx(healthy.sum() * 0.009)
    for _ in range(20):
        some = np.flatnonzero(rng.random(len(regions)) < 0.5)
        voxels = np.any([regions[n] & healthy for n in some], axis=0).sum() * 0.009 if some.size else 0.0
        for split, slack in ((exact, 0.0), (joined, None)):
            cells = sorted(frozenset().union(*(split.held[n] for n in some)))
            volume = split.cells.volume_ml[cells].sum()
            assert volume >= voxels - 1e-9
            if slack is not None:
                assert volume == pytest.approx(voxels)
    for n, region in enumerate(regions):
        over = joined.cells.volume_ml[sorted(joined.held[n])].sum() - (region & healthy).sum() * 0.009
        assert over <= joined.overstated_ml + 1e-9
