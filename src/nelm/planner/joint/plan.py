"""A joint plan as it is shown: what happens to every lesion, what it leaves, what it costs, and how it is proven."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.planner.joint.counting import Tally, actions, cells_lost
from nelm.planner.joint.problem import (
    Action,
    Choice,
    EmbolisationChoice,
    JointProblem,
    ResectionChoice,
    action_of,
    is_certain,
)
from nelm.planner.joint.solving import Answer, Proof, Search
from nelm.quantities import Estimate


@dataclass(frozen=True, slots=True)
class Assignment:
    """What happens to one lesion, and by which of the choices taken."""

    lesion: str
    action: Action
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Burden:
    """What a plan asks of the patient, each in its own unit.

    Parameters
    ----------
    resections : How many.
    complexity : Sum of their grades.
    ablations : How many.
    needles : Needle positions of all of them.
    territories : Arterial territories embolised.
    catheters : Sum of their burdens.
    sessions : Arterial sessions.
    """

    resections: int
    complexity: int
    ablations: int
    needles: int
    territories: int
    catheters: int
    sessions: int


@dataclass(frozen=True, slots=True)
class JointPlan:
    """One plan.

    Parameters
    ----------
    name : What it was asked to be.
    assignments : Every lesion.
    taken : Names of the choices, resections first.
    residual_ml, untreated_ml : Tumour neither resected nor ablated, and left without any treatment [mL].
    removed_percent : Of the tumour's volume; 100 where there is none [%].
    remnant_ml : Liver that stays and works [mL].
    burden : What it asks.
    tally : The same numbers as they were minimised.
    proof : Why nothing better exists.
    remarks : What it rests on.
    """

    name: str
    assignments: tuple[Assignment, ...]
    taken: tuple[str, ...]
    residual_ml: Estimate
    untreated_ml: Estimate
    removed_percent: Estimate
    remnant_ml: Estimate
    burden: Burden
    tally: Tally
    proof: Proof
    remarks: tuple[str, ...]

    def action_on(self, lesion: str) -> Action:
        """What happens to a lesion."""
        return next(one.action for one in self.assignments if one.lesion == lesion)


def plan_of(name: str, answer: Answer, search: Search) -> JointPlan:
    """An answer as a plan."""
    problem = search.problem
    doing = actions(problem, answer.taken)
    chosen = [one for one in problem.choices if one.name in answer.taken]
    stays = frozenset(name for name, action in doing.items() if action in (Action.EMBOLISE, Action.LEAVE))
    verified = search.remnant_of(answer.taken)
    return JointPlan(
        name=name,
        assignments=tuple(
            Assignment(lesion, action, _by(chosen, lesion, action)) for lesion, action in doing.items()
        ),
        taken=tuple(one.name for one in chosen),
        residual_ml=_volume(problem, stays),
        untreated_ml=_volume(problem, frozenset(n for n, action in doing.items() if action is Action.LEAVE)),
        removed_percent=removed_percent(problem, stays),
        remnant_ml=_remnant(problem, answer, verified),
        burden=burden_of(chosen),
        tally=answer.tally,
        proof=answer.proof,
        remarks=tuple(_remarks(problem, chosen, verified)),
    )


def burden_of(chosen: list[Choice]) -> Burden:
    """What these choices ask."""
    resections = [one for one in chosen if isinstance(one, ResectionChoice)]
    arterial = [one for one in chosen if isinstance(one, EmbolisationChoice)]
    needles = [one.burden for one in chosen if action_of(one) is Action.ABLATE]
    return Burden(
        resections=len(resections),
        complexity=sum(one.burden for one in resections),
        ablations=len(needles),
        needles=sum(needles),
        territories=len(arterial),
        catheters=sum(one.burden for one in arterial),
        sessions=len({one.session for one in arterial}),
    )


def removed_percent(problem: JointProblem, stays: frozenset[str]) -> Estimate:
    """Share of the tumour removed; the limits take what is removed at one limit and what stays at the other [%]."""
    removed = _volume(problem, frozenset(one.name for one in problem.lesions) - stays)
    left = _volume(problem, stays)
    return Estimate(
        _share(removed.value, left.value), _share(removed.low, left.high), _share(removed.high, left.low)
    )


def _share(removed: float, left: float) -> float:
    whole = removed + left
    return 100 * removed / whole if whole and left else 100.0


def _by(chosen: list[Choice], lesion: str, action: Action) -> tuple[str, ...]:
    return tuple(one.name for one in chosen if action_of(one) is action and lesion in one.treats)


def _volume(problem: JointProblem, names: frozenset[str]) -> Estimate:
    """Of some lesions together, all borders moved the same way."""
    parts = [one.volume_ml for one in problem.lesions if one.name in names]
    return Estimate(sum(p.value for p in parts), sum(p.low for p in parts), sum(p.high for p in parts))


def _remnant(problem: JointProblem, answer: Answer, verified: Estimate | None) -> Estimate:
    """What stays: by cells, or by the exact remnant of the resections less what is ablated, whichever is less."""
    every = cells_lost(problem, answer.taken, resections_only=False)
    by_cells = problem.cells.sum_ml(~every)
    if verified is None:
        return by_cells
    besides = problem.cells.sum_ml(every & ~cells_lost(problem, answer.taken, resections_only=True))
    exact = Estimate(
        max(0.0, verified.value - besides.value),
        max(0.0, verified.low - besides.high),
        max(0.0, verified.high - besides.low),
    )
    return min(by_cells, exact, key=lambda one: one.value)


def _remarks(problem: JointProblem, chosen: list[Choice], verified: Estimate | None) -> list[str]:
    said: list[str] = []
    limit = problem.limits.remnant_ml
    costly = any(isinstance(one, ResectionChoice) for one in chosen)
    if limit is None and costly:
        said.append(
            "the smallest remnant that is safe is not known: no limit protected the liver in this plan"
        )
    elif limit is not None and problem.cells.total_ml.value < limit.value:
        said.append("the liver is smaller than the smallest remnant already: nothing may be lost of it")
    if verified is not None:
        said.append(f"the remnant of these resections together was measured: {verified.value:.0f} mL")
    elif sum(isinstance(one, ResectionChoice) for one in chosen) > 1:
        said.append("the remnant is the sum of what single resections leave; their union was not measured")
    for one in chosen:
        if not is_certain(one):
            reasons = "; ".join(r.text for r in one.reasons if r.state == "unknown")
            said.append(f"{one.name}: whether it can be done is unknown ({reasons})")
        said += [f"{one.name}: {caution}" for caution in one.cautions]
    return said
