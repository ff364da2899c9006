"""How far a joint plan rests on where the borders of lesions and liver were drawn.

A shift of -1 moves every border of its kind to its lower limit, +1 to its upper one, all together: an observer who
draws wide draws every lesion wide. What can be achieved is judged apart, with every volume free within its limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from nelm.guideline.feasibility import Feasible
from nelm.planner.joint.counting import UNIT_ML, Objective, actions, allowed_loss, lesion_units, tally
from nelm.planner.joint.demands import JointPlanRequest
from nelm.planner.joint.plan import JointPlan
from nelm.planner.joint.problem import JointProblem, LiverCells
from nelm.planner.joint.proposals import Aim, goal_bounds
from nelm.planner.joint.solving import (
    Answer,
    Bound,
    Proof,
    Search,
    Verify,
    can_keep,
    optimum,
    search_of,
)
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR


@dataclass(frozen=True, slots=True)
class Shift:
    """Borders moved, in parts of their limits: those of the lesions, of the liver, and the smallest remnant."""

    name: str
    lesions: float
    liver: float
    remnant: float


UNFAVOURABLE = Shift("lesions drawn too small, liver too large", 1.0, -1.0, 1.0)
FAVOURABLE = Shift("lesions drawn too large, liver too small", -1.0, 1.0, -1.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One shift solved anew.

    Parameters
    ----------
    shift : Of the borders.
    holds : Whether the plan is still possible.
    stays_best : Whether it is still optimal.
    same : Lesions that the best plan treats as before; none where no plan is possible.
    residual_ml, remnant_ml : Of the best plan; None where no plan is possible [mL].
    """

    shift: Shift
    holds: bool
    stays_best: bool
    same: frozenset[str]
    residual_ml: float | None
    remnant_ml: float | None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A plan under moved borders.

    Parameters
    ----------
    outcomes : One for each shift.
    """

    outcomes: tuple[Outcome, ...]

    @property
    def stable(self) -> frozenset[str]:
        """Lesions whose treatment no shift changes."""
        same = [one.same for one in self.outcomes]
        return frozenset(name for name in frozenset[str]().union(*same) if all(name in one for one in same))

    def share_same(self, lesion: str) -> float:
        """Share of the shifts under which a lesion is treated as before."""
        return sum(lesion in one.same for one in self.outcomes) / len(self.outcomes)

    @property
    def residual_ml(self) -> tuple[float, float] | None:
        """Least and most tumour neither resected nor ablated, over the shifts that leave a plan [mL]."""
        return _range([one.residual_ml for one in self.outcomes])

    @property
    def remnant_ml(self) -> tuple[float, float] | None:
        """Least and most liver that stays [mL]."""
        return _range([one.remnant_ml for one in self.outcomes])


@dataclass(frozen=True, slots=True)
class Achievable:
    """Whether a share of the tumour can be removed.

    Parameters
    ----------
    goal_percent : The share [%]; 100 is complete.
    state : Yes where a plan of certain choices reaches it with every volume at its worst; no where no plan reaches it
        with every volume at its best; else unknown.
    text : Why.
    """

    goal_percent: float
    state: Feasible
    text: str


def random_shifts(count: int, rng: np.random.Generator) -> tuple[Shift, ...]:
    """Shifts drawn from the normal distribution whose 95 % are the limits, and cut there."""
    drawn = np.clip(rng.normal(0.0, 1 / COVERAGE_FACTOR, (count, 3)), -1.0, 1.0)
    return tuple(Shift(f"drawn {n + 1}", *map(float, row)) for n, row in enumerate(drawn))


def sensitivity(
    plan: JointPlan,
    aim: Aim,
    request: JointPlanRequest,
    *,
    shifts: Sequence[Shift],
    verify: Verify | None,
    time_limit_s: float,
) -> Sensitivity:
    """A plan solved anew for the same aim under moved borders.

    Parameters
    ----------
    plan, aim, request : As `proposals` gave them.
    shifts : `UNFAVOURABLE`, `FAVOURABLE`, and as many drawn ones as there is time for.
    """
    found = [
        _outcome(plan, aim, request, shift=one, verify=verify, time_limit_s=time_limit_s) for one in shifts
    ]
    return Sensitivity(tuple(found))


def achievable(
    request: JointPlanRequest, goals_percent: Sequence[float], *, verify: Verify | None, time_limit_s: float
) -> tuple[Achievable, ...]:
    """Whether shares of the tumour can be removed: yes, no or unknown.

    Parameters
    ----------
    goals_percent : Shares of the tumour's volume [%]; 100 asks for every lesion.
    """
    problem = request.problem
    worst = shifted(problem.only_certain(), Shift("", 0.0, -1.0, 1.0))
    best = shifted(problem, Shift("", 0.0, 1.0, -1.0))
    if problem.is_unlimited:
        worst = replace(worst, limits=replace(worst.limits, remnant_ml=worst.cells.total_ml))
    names = {one.name for one in worst.choices}
    spared = tuple(one for one in request.demands if getattr(one, "choice", "") in names | {""})
    unmet = len(spared) < len(request.demands)
    low = search_of(worst, spared, verify=_moved(verify, -1.0), time_limit_s=time_limit_s)
    high = search_of(best, request.demands, verify=_moved(verify, 1.0), time_limit_s=time_limit_s)
    return tuple(_achievable(goal, problem, low=None if unmet else low, high=high) for goal in goals_percent)


def shifted(problem: JointProblem, shift: Shift) -> JointProblem:
    """The problem with its borders moved: lesions, cells and the smallest remnant known exactly."""
    lesions = tuple(
        replace(one, volume_ml=_exact(_at(one.volume_ml, shift.lesions))) for one in problem.lesions
    )
    cells = problem.cells
    other = cells.high_ml if shift.liver > 0 else cells.low_ml
    moved = cells.volume_ml + abs(shift.liver) * (other - cells.volume_ml)
    limit = problem.limits.remnant_ml
    remnant = None if limit is None else _exact(_at(limit, shift.remnant))
    return replace(
        problem,
        lesions=lesions,
        cells=LiverCells(moved, moved, moved, cells.remarks),
        limits=replace(problem.limits, remnant_ml=remnant),
    )


def _achievable(goal: float, problem: JointProblem, *, low: Search | None, high: Search) -> Achievable:
    """One goal: the lesions removed at one limit, those that stay at the other."""
    smallest = lesion_units(shifted(problem, Shift("", -1.0, 0.0, 0.0)))
    largest = lesion_units(shifted(problem, Shift("", 1.0, 0.0, 0.0)))
    if low is not None and _reaches(goal, low, stays=largest, removed=smallest):
        return Achievable(goal, Feasible.YES, "reached with every volume at its worst limit")
    if _reaches(goal, high, stays=smallest, removed=largest) is False:
        return Achievable(goal, Feasible.NO, "out of reach with every volume at its best limit")
    why = "the limits of the measured volumes leave it open"
    if problem.is_unlimited:
        why = "the smallest remnant that is safe is not known"
    return Achievable(goal, Feasible.UNKNOWN, why)


def _reaches(
    goal: float, search: Search, *, stays: NDArray[np.int64], removed: NDArray[np.int64]
) -> bool | None:
    """Whether some plan removes the share; None where the solver left it open."""
    share = Fraction(goal).limit_denominator(1000) / 100
    part, rest = share.numerator, share.denominator - share.numerator
    return can_keep(search, part * stays + rest * removed, rest * int(removed.sum()))


def _outcome(
    plan: JointPlan,
    aim: Aim,
    request: JointPlanRequest,
    *,
    shift: Shift,
    verify: Verify | None,
    time_limit_s: float,
) -> Outcome:
    """One shift: the plan as it was, beside the best plan."""
    problem = shifted(request.problem, shift)
    search = search_of(
        problem, request.demands, verify=_moved(verify, shift.liver), time_limit_s=time_limit_s
    )
    bounds = [bound for bound, _ in goal_bounds(problem, aim)]
    taken = frozenset(plan.taken)
    kept = Answer(taken, tally(problem, taken), Proof("", (), 0, 0, 0))
    answer, search = optimum(search, aim.order, bounds, known=(kept,))
    if answer is None:
        return Outcome(shift, False, False, frozenset(), None, None)
    count = tally(problem, taken, search.model.corrections)
    holds = _holds(search, count_lost=count.lost, residual=count.residual, bounds=bounds)
    best = holds and all(count.of(one) == answer.tally.of(one) for one in aim.order)
    before = {one.lesion: one.action for one in plan.assignments}
    doing = before if best else actions(problem, answer.taken)
    same = frozenset(name for name, action in before.items() if doing[name] is action)
    lost_ml = answer.tally.lost * UNIT_ML
    return Outcome(
        shift, holds, best, same, answer.tally.residual * UNIT_ML, problem.cells.total_ml.value - lost_ml
    )


def _holds(search: Search, *, count_lost: int, residual: int, bounds: Sequence[Bound]) -> bool:
    spare = allowed_loss(search.problem)
    within = all(residual <= one.at_most for one in bounds if one.objective is Objective.RESIDUAL)
    return within and (spare is None or count_lost <= spare)


def _moved(verify: Verify | None, shift: float) -> Verify | None:
    """The exact remnant with the borders of the liver moved."""
    if verify is None:
        return None
    measured = verify
    return lambda resections: _exact(_at(measured(resections), shift))


def _at(estimate: Estimate, shift: float) -> float:
    """A number between its value (0) and its limits (-1, 1)."""
    other = estimate.high if shift > 0 else estimate.low
    return estimate.value + abs(shift) * (other - estimate.value)


def _exact(value: float) -> Estimate:
    return Estimate(value, value, value)


def _range(values: Sequence[float | None]) -> tuple[float, float] | None:
    known = [value for value in values if value is not None]
    return (min(known), max(known)) if known else None
