"""Resections that need not be considered, since another does all that they do at no greater cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from nelm.planner.joint.demands import AssignmentDemand, ChoiceDemand, Demand
from nelm.planner.joint.problem import JointProblem, ResectionChoice


def dominated(
    problem: JointProblem, demands: Sequence[Demand], *, counted: Literal["by cells", "exactly"]
) -> frozenset[str]:
    """Names of the resections that an optimal plan can do without.

    One resection stands in for another when it removes as much, cuts through nothing else, loses no other liver, is no
    more complex, and is excluded by nothing else. Whatever plan takes the other is then no better than the plan with
    the one, in every objective and under every limit. Demands on a lesion that only one of them removes, and demands on
    either choice, set this aside.

    Parameters
    ----------
    counted : "by cells", or "exactly" where the remnant of a set of resections is asked for: that depends on all that
        is cut out together, so one resection then also has to lie within the other.
    """
    asked = {one.lesion for one in demands if isinstance(one, AssignmentDemand)}
    named = {one.choice for one in demands if isinstance(one, ChoiceDemand)}
    excluded = _excluded(problem)
    nothing = frozenset[str]()

    def stands_in(one: ResectionChoice, other: ResectionChoice) -> bool:
        free = not asked & (one.lesions - other.lesions) and one.name not in named
        fits = excluded.get(one.name, nothing) <= excluded.get(other.name, nothing)
        within = counted == "by cells" or _lies_within(one, other)
        return one is not other and free and fits and within and _as_good(one, other)

    dropped: set[str] = set()
    for other in problem.resections:
        if other.name not in named and any(
            one.name not in dropped and stands_in(one, other) for one in problem.resections
        ):
            dropped.add(other.name)
    return frozenset(dropped)


def _as_good(one: ResectionChoice, other: ResectionChoice) -> bool:
    return (
        one.burden <= other.burden
        and one.is_major <= other.is_major
        and one.lesions >= other.lesions
        and one.cuts <= other.cuts
        and one.lost <= other.lost
    )


def _lies_within(one: ResectionChoice, other: ResectionChoice) -> bool:
    return one.removed is not None and other.removed is not None and one.removed <= other.removed


def _excluded(problem: JointProblem) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for pair in problem.incompatible:
        for name, other in ((pair.first, pair.second), (pair.second, pair.first)):
            found[name] = found.get(name, frozenset()) | {other}
    return found
