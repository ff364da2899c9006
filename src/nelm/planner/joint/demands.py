"""What the clinician demands of a plan: an assignment pinned or forbidden, a choice taken or left out.

A request is a value: each change gives a new one, and undoing is keeping the previous one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nelm.errors import InputError, Problem, shown
from nelm.planner.joint.problem import Action, JointProblem


@dataclass(frozen=True, slots=True)
class AssignmentDemand:
    """One lesion must, or must not, be treated in one way."""

    lesion: str
    action: Action
    wanted: bool

    def __str__(self) -> str:
        return f"{self.lesion}: {'' if self.wanted else 'do not '}{self.action}"


@dataclass(frozen=True, slots=True)
class ChoiceDemand:
    """One choice must, or must not, be part of the plan."""

    choice: str
    wanted: bool

    def __str__(self) -> str:
        return f"{self.choice}: {'taken' if self.wanted else 'not taken'}"


Demand = AssignmentDemand | ChoiceDemand


@dataclass(frozen=True, slots=True, eq=False)
class JointPlanRequest:
    """A problem with the demands of the clinician.

    Raises
    ------
    InputError : A demand that names no lesion or no choice of the problem.
    """

    problem: JointProblem
    demands: tuple[Demand, ...] = ()

    def __post_init__(self) -> None:
        if faults := tuple(_faults(self)):
            raise InputError(faults)

    def pinned(self, lesion: str, action: Action) -> JointPlanRequest:
        """The request in which a lesion must be treated so; an earlier pin of the lesion gives way."""
        kept = [
            one
            for one in self.demands
            if not (isinstance(one, AssignmentDemand) and one.lesion == lesion)
            or not (one.wanted or one.action is action)
        ]
        return replace(self, demands=(*kept, AssignmentDemand(lesion, action, True)))

    def forbidden(self, lesion: str, action: Action) -> JointPlanRequest:
        """The request in which a lesion must not be treated so; a pin to the same gives way."""
        return self._with(AssignmentDemand(lesion, action, False))

    def taking(self, choice: str) -> JointPlanRequest:
        """The request in which a choice is part of the plan."""
        return self._with(ChoiceDemand(choice, True))

    def leaving_out(self, choice: str) -> JointPlanRequest:
        """The request in which a choice is no part of the plan."""
        return self._with(ChoiceDemand(choice, False))

    def without(self, demand: Demand) -> JointPlanRequest:
        """The request without one of its demands."""
        return replace(self, demands=tuple(one for one in self.demands if one != demand))

    def _with(self, demand: Demand) -> JointPlanRequest:
        opposite = replace(demand, wanted=not demand.wanted)
        kept = [one for one in self.demands if one not in (demand, opposite)]
        return replace(self, demands=(*kept, demand))


def _faults(request: JointPlanRequest) -> Iterator[Problem]:
    lesions = {one.name for one in request.problem.lesions}
    choices = {one.name for one in request.problem.choices}
    for demand in request.demands:
        if isinstance(demand, AssignmentDemand) and demand.lesion not in lesions:
            yield Problem("demands", shown(demand.lesion), "a lesion of the problem")
        if isinstance(demand, ChoiceDemand) and demand.choice not in choices:
            yield Problem("demands", shown(demand.choice), "a choice of the problem")
