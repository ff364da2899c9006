"""Why a plan treats each lesion as it does: what each other treatment would come to, by solving for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nelm.planner.joint.contradiction import Contradiction
from nelm.planner.joint.counting import UNIT_ML, Tally
from nelm.planner.joint.demands import JointPlanRequest
from nelm.planner.joint.plan import Assignment, JointPlan
from nelm.planner.joint.problem import Action, JointProblem, Obstacle, action_of
from nelm.planner.joint.proposals import Aim, solved
from nelm.planner.joint.solving import Search, Verify, search_of, with_demands


@dataclass(frozen=True, slots=True)
class Alternative:
    """What another treatment of one lesion would come to.

    Parameters
    ----------
    action : The treatment.
    text : In words.
    obstacles : Why nothing offers it to this lesion; empty where something does.
    against : What stands against it together with everything else; None where it is possible.
    plan : The best plan with it, for the same aim; None where there is none.
    """

    action: Action
    text: str
    obstacles: tuple[Obstacle, ...] = ()
    against: Contradiction | None = None
    plan: JointPlan | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One lesion of a plan.

    Parameters
    ----------
    assignment : What happens to it.
    reasons : What was looked at for the choices that do it.
    alternatives : Every other treatment.
    """

    assignment: Assignment
    reasons: tuple[str, ...]
    alternatives: tuple[Alternative, ...]


def explained(
    plan: JointPlan,
    aim: Aim,
    request: JointPlanRequest,
    *,
    lesions: Sequence[str],
    verify: Verify | None,
    time_limit_s: float,
) -> tuple[Explanation, ...]:
    """Some lesions of a plan explained: each other treatment is pinned, and the plan solved anew for the same aim.

    Parameters
    ----------
    plan, aim, request : A plan with its aim, as `proposals` gave them, and what it was solved from.
    lesions : Those to explain; up to three plans are solved for each.
    """
    search = search_of(request.problem, request.demands, verify=verify, time_limit_s=time_limit_s)
    found: list[Explanation] = []
    for assignment in plan.assignments:
        if assignment.lesion not in lesions:
            continue
        others: list[Alternative] = []
        for action in Action:
            if action is not assignment.action:
                pinned = request.pinned(assignment.lesion, action)
                one, search = _alternative(plan, aim, search, pinned=pinned)
                others.append(one)
        reasons = tuple(
            reason.text
            for one in request.problem.choices
            if one.name in assignment.by
            for reason in one.reasons
        )
        found.append(Explanation(assignment, reasons, tuple(others)))
    return tuple(found)


def _alternative(
    plan: JointPlan, aim: Aim, search: Search, *, pinned: JointPlanRequest
) -> tuple[Alternative, Search]:
    """The plan with one more pin, the last demand of the request."""
    demand = pinned.demands[-1]
    lesion, action = getattr(demand, "lesion", ""), getattr(demand, "action", Action.LEAVE)
    problem = pinned.problem
    offered = any(action_of(one) is action and lesion in one.treats for one in problem.choices)
    if action is not Action.LEAVE and not offered:
        return _not_offered(problem, lesion, action), search
    other, learnt = solved(aim, with_demands(search, pinned.demands))
    if isinstance(other, Contradiction):
        rest = [str(one) for one in other.demands if one != demand] + [one.text for one in other.limits]
        text = f"not possible: {'; '.join(rest) or 'nothing that is offered can be combined so'}"
        return Alternative(action, text, against=other), learnt
    return Alternative(action, difference(plan.tally, other.tally), plan=other), learnt


def _not_offered(problem: JointProblem, lesion: str, action: Action) -> Alternative:
    obstacles = tuple(one for one in problem.obstacles if (one.lesion, one.action) == (lesion, action))
    reasons = "; ".join(reason.text for one in obstacles for reason in one.reasons)
    return Alternative(action, reasons or "nothing that was offered reaches it", obstacles)


def difference(plan: Tally, other: Tally) -> str:
    """What another plan costs beyond a plan, in words."""
    parts: list[str] = []
    for words, before, after in (
        ("of tumour neither resected nor ablated", plan.residual, other.residual),
        ("of tumour untreated", plan.untreated, other.untreated),
        ("of liver lost", plan.lost, other.lost),
    ):
        if after != before:
            parts.append(f"{(after - before) * UNIT_ML:+.2f} mL {words}")
    for words, before, after in (
        ("of burden of resection and ablation", plan.removal_burden, other.removal_burden),
        ("of burden of embolisation", plan.arterial_burden, other.arterial_burden),
    ):
        if after != before:
            parts.append(f"{after - before:+d} {words}")
    return ", ".join(parts) or "as good: the same tumour, liver and burden"
