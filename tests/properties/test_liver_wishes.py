"""What a clinician asks of the joint plan, on problems drawn at random: kept to, and never for nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nelm.errors import InputError
from nelm.planner.joint.counting import Objective
from nelm.planner.joint.demands import AssignmentDemand, ChoiceDemand, Demand, JointPlanRequest
from nelm.planner.joint.front import Resolution, pareto_front
from nelm.planner.joint.plan import JointPlan
from nelm.planner.joint.problem import Action, JointProblem, action_of
from nelm.planner.joint.proposals import FEWEST_RESIDUAL, proposals
from nelm.planner.joint.solving import optimum, search_of
from tests.joint_problems import STRENGTH, enumerate_plans, exactly, random_demands, random_problem

LIMIT_S = 60.0
GOALS = (90.0, 70.0)
COARSE = Resolution(5.0, 5.0, 1, 60)


def keeps(plan: JointPlan, demand: Demand) -> bool:
    if isinstance(demand, ChoiceDemand):
        return (demand.choice in plan.taken) is demand.wanted
    return (plan.action_on(demand.lesion) is demand.action) is demand.wanted


def residual(problem: JointProblem, demands: tuple[Demand, ...] = ()) -> int | None:
    """Least tumour left [hundredths of a mL]; None where no plan meets the demands."""
    answer, _ = optimum(search_of(problem, demands, verify=None, time_limit_s=LIMIT_S), [Objective.RESIDUAL])
    return None if answer is None else answer.tally.residual


@pytest.mark.parametrize("seed", range(3))
def test_every_plan_keeps_every_demand_and_does_what_it_says(seed: int) -> None:
    rng = np.random.default_rng([21, seed])
    kept = refused = 0
    for _ in range(25):
        problem = random_problem(rng)
        demands = random_demands(rng, problem)
        request = JointPlanRequest(problem, demands)
        if not enumerate_plans(problem, demands).allowed.any():
            with pytest.raises(InputError) as error:
                proposals(request, GOALS, verify=None, time_limit_s=LIMIT_S)
            said = str(error.value)
            assert any(str(demand) in said for demand in demands) or "the limits alone" in said
            refused += 1
            continue
        found = proposals(request, GOALS, verify=None, time_limit_s=LIMIT_S)
        front = pareto_front(request, COARSE, verify=None, time_limit_s=LIMIT_S)
        by_name = {one.name: one for one in problem.choices}
        for plan in (*(plan for _, plan in found.plans), *front.plans):
            assert all(keeps(plan, demand) for demand in demands)
            for one in plan.assignments:
                assert all(one.lesion in by_name[name].treats for name in one.by)
                assert all(action_of(by_name[name]) is one.action for name in one.by)
                assert bool(one.by) is (one.action is not Action.LEAVE)
        kept += len(demands)
    assert kept > 5 and refused


def test_pinning_and_undoing_gives_the_first_plan_again() -> None:
    rng = np.random.default_rng(22)
    undone = 0
    for _ in range(25):
        problem = random_problem(rng)
        request = JointPlanRequest(problem)
        lesion, action = problem.lesions[0].name, STRENGTH[rng.integers(4)]
        pinned = request.pinned(lesion, action)
        back = pinned.without(pinned.demands[-1])
        plans = [proposals(one, (), verify=None, time_limit_s=LIMIT_S).plans[0][1] for one in (request, back)]
        assert plans[0].taken == plans[1].taken
        pins = [
            one for one in pinned.pinned(lesion, Action.LEAVE).demands if isinstance(one, AssignmentDemand)
        ]
        assert pins == [AssignmentDemand(lesion, Action.LEAVE, True)]
        undone += 1
    assert undone == 25


def test_a_demand_never_improves_what_is_asked_for_first() -> None:
    rng = np.random.default_rng(23)
    worse = same = impossible = 0
    for _ in range(80):
        problem = random_problem(rng)
        free = residual(problem)
        if free is None:
            continue
        lesion = problem.lesions[rng.integers(len(problem.lesions))].name
        action, wanted = STRENGTH[rng.integers(4)], bool(rng.random() < 0.3)
        bound = residual(problem, (AssignmentDemand(lesion, action, wanted),))
        if bound is None:
            impossible += 1
            continue
        assert bound >= free
        worse, same = worse + (bound > free), same + (bound == free)
    assert worse > 5 and same > 5 and impossible


def test_forbidding_what_the_best_plan_does_not_do_changes_nothing() -> None:
    rng = np.random.default_rng(24)
    looked = 0
    for _ in range(30):
        problem = random_problem(rng)
        search = search_of(problem, (), verify=None, time_limit_s=LIMIT_S)
        answer, _ = optimum(search, FEWEST_RESIDUAL)
        if answer is None:
            continue
        unused = tuple(
            ChoiceDemand(one.name, False) for one in problem.choices if one.name not in answer.taken
        )
        again, _ = optimum(search_of(problem, unused, verify=None, time_limit_s=LIMIT_S), FEWEST_RESIDUAL)
        assert again is not None
        assert [again.tally.of(one) for one in FEWEST_RESIDUAL] == [
            answer.tally.of(one) for one in FEWEST_RESIDUAL
        ]
        looked += bool(unused)
    assert looked > 10


def test_asking_for_more_liver_or_less_effort_never_removes_more_tumour() -> None:
    rng = np.random.default_rng(25)
    fell = 0
    for _ in range(40):
        problem = random_problem(rng)
        whole = problem.cells.total_ml.value
        left = [
            residual(
                replace(problem, limits=replace(problem.limits, remnant_ml=exactly(round(share * whole, 2))))
            )
            for share in (0.1, 0.4, 0.7, 0.95, 1.0, 1.3)
        ]
        assert None not in left and left == sorted(left)  # losing nothing is always allowed
        fell += left[0] != left[-1]
        for name in ("ablations", "areas", "sessions"):
            counts = [
                residual(replace(problem, limits=replace(problem.limits, **{name: most})))
                for most in (4, 2, 1, 0)
            ]
            assert None not in counts and counts == sorted(counts)
    assert fell > 10
