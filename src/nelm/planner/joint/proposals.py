"""Plans by name: least residual tumour, least burden or most liver for a share of the tumour, nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nelm.planner.joint.contradiction import Contradiction, contradiction, refusal
from nelm.planner.joint.counting import Objective, lesion_units
from nelm.planner.joint.demands import AssignmentDemand, JointPlanRequest
from nelm.planner.joint.model import NamedLimit
from nelm.planner.joint.plan import JointPlan, plan_of
from nelm.planner.joint.problem import Action, JointProblem, LimitKind
from nelm.planner.joint.solving import Bound, Search, Verify, optimum, search_of, with_demands

LAST = (Objective.UNTREATED, Objective.ARTERIAL_BURDEN)
"""What decides among plans that are equal in tumour left, liver lost and burden of removal: embolise what stays."""

FEWEST_RESIDUAL = (Objective.RESIDUAL, Objective.LOST, Objective.REMOVAL_BURDEN, *LAST)
"""Parenchyma is spared before effort is."""
LEAST_EFFORT = (Objective.RESIDUAL, Objective.REMOVAL_BURDEN, Objective.LOST, *LAST)
FEWEST_BURDEN = (Objective.REMOVAL_BURDEN, Objective.RESIDUAL, Objective.LOST, *LAST)
FEWEST_LOST = (Objective.LOST, Objective.RESIDUAL, Objective.REMOVAL_BURDEN, *LAST)


@dataclass(frozen=True, slots=True)
class Aim:
    """What a plan is asked to be.

    Parameters
    ----------
    name : In words.
    order : The objectives in order.
    goal_percent : Share of the tumour's volume to remove at least; None for no goal [%].
    """

    name: str
    order: tuple[Objective, ...]
    goal_percent: float | None = None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """An aim that no plan meets, and what stands against it."""

    aim: Aim
    against: Contradiction


@dataclass(frozen=True, slots=True)
class Proposals:
    """Plans by name.

    Parameters
    ----------
    plans : Each with its aim.
    unreachable : Aims that no plan meets.
    """

    plans: tuple[tuple[Aim, JointPlan], ...]
    unreachable: tuple[Unreachable, ...]


def aims(goals_percent: Sequence[float]) -> tuple[Aim, ...]:
    """What is asked for: the least tumour, sparing liver or effort, and for each goal the same."""
    wanted = [
        Aim("least residual tumour, most liver kept", FEWEST_RESIDUAL),
        Aim("least residual tumour, least burden", LEAST_EFFORT),
    ]
    for goal in goals_percent:
        wanted.append(Aim(f"least burden that removes {goal:g} %", FEWEST_BURDEN, goal))
        wanted.append(Aim(f"most liver kept while removing {goal:g} %", FEWEST_LOST, goal))
    return tuple(wanted)


def proposals(
    request: JointPlanRequest, goals_percent: Sequence[float], *, verify: Verify | None, time_limit_s: float
) -> Proposals:
    """The named plans of a request; each lies on the Pareto front.

    Parameters
    ----------
    goals_percent : Shares of the tumour's volume to remove [%].
    verify : Gives the exact remnant of a set of resections; None where the cells are all that is known.
    time_limit_s : For one programme of the solver.

    Raises
    ------
    InputError : Demands that no plan meets.
    """
    search = search_of(request.problem, request.demands, verify=verify, time_limit_s=time_limit_s)
    plans: list[tuple[Aim, JointPlan]] = []
    missed: list[Unreachable] = []
    for aim in aims(goals_percent):
        found, search = solved(aim, search)
        if isinstance(found, JointPlan):
            plans.append((aim, found))
        elif aim.goal_percent is None:
            raise refusal(request.problem, found)
        else:
            missed.append(Unreachable(aim, found))
    return Proposals((*plans, *_nothing(search)), tuple(missed))


def solved(aim: Aim, search: Search) -> tuple[JointPlan | Contradiction, Search]:
    """The plan of an aim, or what stands against it; and the search with what was learnt."""
    bounds = goal_bounds(search.problem, aim)
    answer, search = optimum(search, aim.order, [bound for bound, _ in bounds])
    if answer is None:
        return contradiction(search, bounds), search
    return plan_of(aim.name, answer, search), search


def goal_bounds(problem: JointProblem, aim: Aim) -> tuple[tuple[Bound, NamedLimit], ...]:
    """The bound on the tumour left that a goal comes to."""
    if aim.goal_percent is None:
        return ()
    bound = Bound(Objective.RESIDUAL, most_residual(problem, aim.goal_percent))
    return ((bound, NamedLimit(LimitKind.GOAL, f"at least {aim.goal_percent:g} % of the tumour to remove")),)


def most_residual(problem: JointProblem, goal_percent: float) -> int:
    """Tumour that may stay when a share of it is removed [hundredths of a mL]."""
    return math.floor((100 - goal_percent) * int(lesion_units(problem).sum()) / 100 + 1e-9)


def _nothing(search: Search) -> list[tuple[Aim, JointPlan]]:
    """Every lesion left, where the demands allow it."""
    left = tuple(AssignmentDemand(one.name, Action.LEAVE, True) for one in search.problem.lesions)
    aim = Aim("nothing: every lesion left", FEWEST_BURDEN)
    answer, search = optimum(with_demands(search, (*search.demands, *left)), aim.order)
    return [] if answer is None else [(aim, plan_of(aim.name, answer, search))]
