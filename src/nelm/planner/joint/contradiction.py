"""Which demands and limits cannot be met together: a set of which none can be spared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nelm.errors import InputError, Problem
from nelm.planner.joint.demands import AssignmentDemand, Demand
from nelm.planner.joint.model import NamedLimit
from nelm.planner.joint.problem import JointProblem, LimitKind
from nelm.planner.joint.solving import Bound, Search, is_possible


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What stands against each other.

    Parameters
    ----------
    demands : Those of the clinician that are part of it.
    limits : Those of the problem that are part of it, the goal of a proposal included.
    """

    demands: tuple[Demand, ...]
    limits: tuple[NamedLimit, ...]

    def __str__(self) -> str:
        return "; ".join([*map(str, self.demands), *(one.text for one in self.limits)])


def contradiction(search: Search, bounds: Sequence[tuple[Bound, NamedLimit]] = ()) -> Contradiction:
    """A minimal set of demands, limits and bounds that no plan meets, for a search that has no plan.

    Each is left out in turn and stays out where the rest is still impossible. With an exact remnant asked for, "still
    impossible" is as far as is known, so that the set is one that cannot be met, and may hold one too many.

    Parameters
    ----------
    bounds : Bounds on objectives, each with what it stands for.
    """
    demands, kept_bounds, spared = list(search.demands), list(bounds), list[NamedLimit]()

    def impossible() -> bool:
        rest = replace(search, demands=tuple(demands))
        return not is_possible(rest, [bound for bound, _ in kept_bounds], without=spared)

    pairs = [limit for limit in search.model.limits if limit.kind is LimitKind.PAIR]
    spared += pairs
    candidates = [limit for limit in search.model.limits if limit.kind is not LimitKind.PAIR]
    if not impossible():
        spared.clear()
        candidates += pairs
    for limit in candidates:
        spared.append(limit)
        if not impossible():
            spared.pop()
    for place in reversed(range(len(kept_bounds))):
        bound = kept_bounds.pop(place)
        if not impossible():
            kept_bounds.insert(place, bound)
    for place in reversed(range(len(demands))):
        demand = demands.pop(place)
        if not impossible():
            demands.insert(place, demand)
    limits = [limit for limit in search.model.limits if limit not in spared]
    return Contradiction(tuple(demands), (*limits, *(limit for _, limit in kept_bounds)))


def refusal(problem: JointProblem, found: Contradiction) -> InputError:
    """The error that names what stands against each other, with the obstacles of the lesions that it is about."""
    against = [one.text for one in found.limits]
    asked = {one.lesion for one in found.demands if isinstance(one, AssignmentDemand)}
    against += [
        f"{obstacle.lesion}, {obstacle.action}: {reason.text}"
        for obstacle in problem.obstacles
        for reason in obstacle.reasons
        if obstacle.lesion in asked
    ]
    expected = "demands that some plan can meet"
    if against:
        expected += f"; against them: {'; '.join(against)}"
    remedy = "Take one of them back, or change the limit."
    texts = [str(one) for one in found.demands] or ["the limits alone"]
    return InputError([Problem("demands", text, expected, remedy) for text in texts])
