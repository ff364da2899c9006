"""Solving a joint plan exactly: one programme per objective, in order, each keeping the values found before.

All coefficients are whole numbers, so a plan is proven optimal once the solver's bound lies less than one unit below
its value. The plan is read from its choices alone and counted anew; what the solver says of volumes is not used.

The exact remnant of a set of resections may be smaller than its cells say (vessels cut by one that another needs). Then
the set, and every set that holds it, is said to cost at least what was found, and the programme is solved again. Each
programme is thus a relaxation of the true one (liver lost never shrinks when more is resected), and its optimum, once
the true remnant of that plan agrees with it, is the true optimum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from nelm.errors import ConvergenceError
from nelm.planner.joint.counting import (
    Correction,
    Objective,
    Tally,
    actions,
    allowed_loss,
    cell_units,
    tally,
    units_up,
)
from nelm.planner.joint.demands import Demand
from nelm.planner.joint.dominance import dominated
from nelm.planner.joint.exact import least_sum, solver_name
from nelm.planner.joint.model import Model, NamedLimit, Rows, demand_rows, model_of, objective_terms
from nelm.planner.joint.problem import Action, JointProblem
from nelm.quantities import Estimate

Verify = Callable[[frozenset[str]], Estimate]
"""The liver that stays and works after these resections (by name) [mL]."""

_INTEGRAL = 1e-3
"""Of one unit: by how much the solver's bound may lie off for its rounding."""


class ProofStatus(StrEnum):
    """How far an answer is proven."""

    OPTIMAL = "proven optimal"
    GAP = "best found within the time limit"


@dataclass(frozen=True, slots=True)
class Stage:
    """One objective as it was solved: the value reached and the solver's bound, in the units of `Tally`."""

    objective: Objective
    value: int
    bound: float


@dataclass(frozen=True, slots=True)
class Proof:
    """Why an answer can be believed.

    Parameters
    ----------
    solver : Name and version.
    stages : The objectives in the order in which they were minimised.
    programmes : How many were solved, those before a correction included.
    verified : Sets of resections whose exact remnant was asked for.
    corrected : Those that cost more liver than their cells say.
    """

    solver: str
    stages: tuple[Stage, ...]
    programmes: int
    verified: int
    corrected: int

    @property
    def status(self) -> ProofStatus:
        """Optimal where every stage is."""
        met = all(stage.bound > stage.value - 1 + _INTEGRAL for stage in self.stages)
        return ProofStatus.OPTIMAL if met else ProofStatus.GAP

    @property
    def gap(self) -> float:
        """The largest relative gap of a stage; 0 where all are optimal."""
        if self.status is ProofStatus.OPTIMAL:
            return 0.0
        return max((stage.value - stage.bound) / max(1, stage.value) for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Bound:
    """An objective that must not exceed a value."""

    objective: Objective
    at_most: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An optimal set of choices.

    Parameters
    ----------
    taken : Names of the choices.
    tally : What they come to.
    proof : Why they are optimal.
    """

    taken: frozenset[str]
    tally: Tally
    proof: Proof


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """A problem as far as it is known: the programme, and what was verified of its sets of resections.

    Parameters
    ----------
    model : With the corrections found so far.
    demands : Of the clinician.
    verify : Gives the exact remnant; None where the cells are all that is known.
    time_limit_s : For one programme.
    remnants : Exact remnants by set of resections.
    """

    model: Model
    demands: tuple[Demand, ...]
    verify: Verify | None
    time_limit_s: float
    remnants: tuple[tuple[frozenset[str], Estimate], ...] = ()

    @property
    def problem(self) -> JointProblem:
        """What is solved."""
        return self.model.problem

    def remnant_of(self, taken: frozenset[str]) -> Estimate | None:
        """The exact remnant of the resections among these choices; None where it was not asked for."""
        resections = taken & {one.name for one in self.problem.resections}
        return next((found for names, found in self.remnants if names == resections), None)


def search_of(
    problem: JointProblem, demands: Sequence[Demand] = (), *, verify: Verify | None, time_limit_s: float
) -> Search:
    """The start of a search."""
    needless = _needless(problem, demands, verify)
    return Search(model_of(problem, without=needless), tuple(demands), verify, time_limit_s)


def optimum(
    search: Search,
    order: Sequence[Objective],
    bounds: Sequence[Bound] = (),
    *,
    known: Sequence[Answer] = (),
) -> tuple[Answer | None, Search]:
    """The plan that is least in the first objective, among those in the second, and so on.

    Parameters
    ----------
    known : Plans of the same search, found under other bounds; one that fits spares work, and changes nothing.

    Returns
    -------
    The answer, None where no plan meets the limits, demands and bounds; and the search with what was learnt.
    """
    programmes = 0
    while True:
        answer = _in_order(search, order, bounds, known=known)
        if answer is None:
            return None, search
        programmes += answer.proof.programmes
        learnt = _verified(search, answer.taken)
        if learnt.model is search.model:
            counts = {"verified": len(learnt.remnants), "corrected": len(learnt.model.corrections)}
            return replace(answer, proof=replace(answer.proof, programmes=programmes, **counts)), learnt
        search = learnt


def with_demands(search: Search, demands: Sequence[Demand]) -> Search:
    """The search under other demands, with what was verified so far."""
    model = model_of(
        search.problem,
        search.model.corrections,
        without=_needless(search.problem, demands, search.verify),
    )
    return replace(search, model=model, demands=tuple(demands))


def _needless(problem: JointProblem, demands: Sequence[Demand], verify: Verify | None) -> frozenset[str]:
    return dominated(problem, demands, counted="by cells" if verify is None else "exactly")


def is_possible(search: Search, bounds: Sequence[Bound] = (), *, without: Sequence[NamedLimit] = ()) -> bool:
    """Whether any plan meets the demands, the bounds and the limits but some; as far as the model knows."""
    rows = _rows(search, bounds)
    found = _solved(search, {}, rows, without=frozenset(without))
    if found is not None and found[0] is None:
        raise _out_of_time(search)
    return found is not None


def can_keep(search: Search, weights: NDArray[np.int64], at_most: int) -> bool | None:
    """Whether the weights of the lesions that are neither resected nor ablated can sum to no more than a number.

    Parameters
    ----------
    weights : (lesion,) whole numbers.

    Returns
    -------
    False also where no plan meets the limits and demands; None where the time limit left it open.
    """
    names = [one.name for one in search.problem.lesions]
    while True:
        terms = {search.model.columns.stays[name]: float(w) for name, w in zip(names, weights, strict=True)}
        solved = _solved(search, terms, _rows(search, ()))
        if solved is None or solved[1] > at_most + _INTEGRAL:
            return False
        taken, _ = solved
        if taken is None:
            return None
        learnt = _verified(search, taken)
        if learnt.model is search.model:
            doing = actions(search.problem, taken)
            stays = [doing[name] in (Action.EMBOLISE, Action.LEAVE) for name in names]
            return True if int(weights[stays].sum()) <= at_most else None
        search = learnt


def _rows(search: Search, bounds: Sequence[Bound]) -> Rows:
    rows = Rows()
    for demand in search.demands:
        rows.extend(demand_rows(search.model, demand))
    for bound in bounds:
        rows.add(objective_terms(search.model, bound.objective), high=bound.at_most)
    return rows


def _in_order(
    search: Search, order: Sequence[Objective], bounds: Sequence[Bound], *, known: Sequence[Answer]
) -> Answer | None:
    """One round of objectives, with the corrections known so far; no stage looks for worse than is in hand."""
    rows = _rows(search, bounds)
    stages: list[Stage] = []
    taken = _best_known(search, order, bounds, known=known)
    programmes = 0
    for objective in order:
        terms = objective_terms(search.model, objective)
        count = None if taken is None else tally(search.problem, taken, search.model.corrections)
        bound = 0.0
        if count is None or count.of(objective) > 0:
            programmes += 1
            no_worse = Rows()
            no_worse.extend(rows)
            if count is not None:
                no_worse.add(terms, high=count.of(objective))
            solved = _solved(search, terms, no_worse)
            if solved is None and taken is None:
                return None
            if solved is None:
                raise ConvergenceError("the solver lost a plan that it had found", where=str(objective))
            better, bound = solved
            taken = taken if better is None else better
            if taken is None:
                raise _out_of_time(search)
            count = tally(search.problem, taken, search.model.corrections)
        stages.append(Stage(objective, count.of(objective), bound))
        rows.add(terms, high=count.of(objective))
    if taken is None:
        raise ValueError("name at least one objective")
    count = tally(search.problem, taken, search.model.corrections)
    _check(search, bounds, stages=stages, count=count)
    return Answer(taken, count, Proof(solver_name(), tuple(stages), programmes, 0, 0))


def _best_known(
    search: Search, order: Sequence[Objective], bounds: Sequence[Bound], *, known: Sequence[Answer]
) -> frozenset[str] | None:
    """The best of some plans that fit the bounds, liver lost counted by what is known now."""
    spare = allowed_loss(search.problem)
    fitting: list[tuple[list[int], frozenset[str]]] = []
    for one in known:
        count = tally(search.problem, one.taken, search.model.corrections)
        fits = all(count.of(bound.objective) <= bound.at_most for bound in bounds)
        if fits and (spare is None or count.lost <= spare):
            fitting.append(([count.of(objective) for objective in order], one.taken))
    return min(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _check(search: Search, bounds: Sequence[Bound], *, stages: Sequence[Stage], count: Tally) -> None:
    """Count what the solver gave against what it was told."""
    spare = allowed_loss(search.problem)
    over = [bound.objective for bound in bounds if count.of(bound.objective) > bound.at_most]
    over += [stage.objective for stage in stages if count.of(stage.objective) > stage.value]
    if spare is not None and count.lost > spare:
        over.append(Objective.LOST)
    if over:
        raise ConvergenceError("the solver's plan exceeds its bounds when counted", where=str(over[0]))


def _solved(
    search: Search, terms: dict[int, float], rows: Rows, *, without: frozenset[NamedLimit] = frozenset()
) -> tuple[frozenset[str] | None, float] | None:
    """One programme: the choices taken, None where time ran out, and the bound; None where nothing is feasible."""
    model = search.model
    if not model.problem.lesions:
        return frozenset(), 0.0
    kept = Rows()
    for limit, limiting in model.limits.items():
        if limit not in without:
            kept.extend(limiting)
    kept.extend(rows)
    found = _values(model, terms, kept, time_limit_s=search.time_limit_s)
    if found is None:
        return None
    values, bound = found
    if values is None:
        return None, bound
    return frozenset(name for name, place in model.columns.choice.items() if values[place] > 0.5), bound


def _values(
    model: Model, terms: dict[int, float], rows: Rows, *, time_limit_s: float
) -> tuple[NDArray[np.int64] | None, float] | None:
    """The columns of one programme at its optimum, and the proven bound."""
    highest = np.ones(model.width, dtype=np.int64)
    known = [one.lost for one in model.corrections]
    highest[model.columns.lost] = int(cell_units(model.problem).sum()) + max(known, default=0)
    return least_sum(terms, (model.always, rows), highest, time_limit_s=time_limit_s)


def _out_of_time(search: Search) -> ConvergenceError:
    return ConvergenceError(
        f"no plan found within {search.time_limit_s:g} s",
        where="joint plan",
        remedy="Allow more time, or offer fewer choices.",
    )


def _verified(search: Search, taken: frozenset[str]) -> Search:
    """The search with the exact remnant of a plan; with a new model where it is smaller than its cells say."""
    resections = taken & {one.name for one in search.problem.resections}
    if search.verify is None or not resections or search.remnant_of(taken) is not None:
        return search
    remnant = search.verify(resections)
    learnt = replace(search, remnants=(*search.remnants, (resections, remnant)))
    exact = units_up(search.problem.cells.total_ml.value - remnant.value)
    if exact <= tally(search.problem, resections, search.model.corrections).lost:
        return learnt
    corrections = (*search.model.corrections, Correction(resections, exact, remnant))
    without = _needless(search.problem, search.demands, search.verify)
    return replace(learnt, model=model_of(search.problem, corrections, without=without))
