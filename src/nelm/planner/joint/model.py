"""The mixed-integer programme of a joint plan, as rows over columns.

Columns: one 0/1 per choice; per arterial session whether it is held; per lesion whether it stays (neither resected nor
ablated) and whether it is left without any treatment; the liver lost, with what it is made of. Only the choices need to
be integers: the least of the rest follows from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nelm.knowledge import Entry
from nelm.planner.joint.counting import (
    Correction,
    Objective,
    allowed_loss,
    lesion_units,
)
from nelm.planner.joint.demands import AssignmentDemand, Demand
from nelm.planner.joint.liver_rows import LossStructure, loss_structure
from nelm.planner.joint.problem import (
    AblationChoice,
    Action,
    Choice,
    EmbolisationChoice,
    JointProblem,
    LimitKind,
    ResectionChoice,
    action_of,
)


@dataclass(frozen=True, slots=True)
class NamedLimit:
    """One limit as a plan can fail it.

    Parameters
    ----------
    kind : Which.
    text : In words, with its number.
    source : Where it comes from.
    """

    kind: LimitKind
    text: str
    source: Entry | None = None


@dataclass(slots=True)
class Rows:
    """Rows of a programme: `low <= sum of weight times column <= high`; weights by column."""

    terms: list[Mapping[int, float]] = field(default_factory=list[Mapping[int, float]])
    low: list[float] = field(default_factory=list[float])
    high: list[float] = field(default_factory=list[float])

    def add(self, terms: Mapping[int, float], *, low: float = -np.inf, high: float = np.inf) -> None:
        """One row."""
        self.terms.append(dict(terms))
        self.low.append(low)
        self.high.append(high)

    def extend(self, other: Rows) -> None:
        """The rows of another."""
        self.terms += other.terms
        self.low += other.low
        self.high += other.high


@dataclass(frozen=True, slots=True)
class Columns:
    """Where every column stands; the liver lost is made of pieces from `first_piece` on."""

    choice: Mapping[str, int]
    session: Mapping[str, int]
    stays: Mapping[str, int]
    untreated: Mapping[str, int]
    lost: int
    first_piece: int


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A programme without its objective.

    Parameters
    ----------
    problem : What it stands for.
    offered : The choices that it considers.
    columns : Where its columns stand.
    width : How many columns there are.
    always : Rows that follow from what the choices are.
    limits : Rows of every limit.
    corrections : What was found of sets of resections; part of `always`.
    """

    problem: JointProblem
    offered: tuple[Choice, ...]
    columns: Columns
    width: int
    always: Rows
    limits: Mapping[NamedLimit, Rows]
    corrections: tuple[Correction, ...]


def model_of(
    problem: JointProblem, corrections: Sequence[Correction] = (), *, without: frozenset[str] = frozenset()
) -> Model:
    """The programme of a problem, some choices left out."""
    offered = tuple(one for one in problem.choices if one.name not in without)
    columns = _columns(problem, offered)
    rows = Rows()
    _lesion_rows(problem, offered, columns, into=rows)
    removing = [one for one in offered if not isinstance(one, EmbolisationChoice)]
    structure = loss_structure(problem, removing)
    width = _liver_rows(structure, columns, into=rows)
    width = _correction_rows(structure, columns, corrections, width=width, into=rows)
    limits = _limit_rows(problem, offered, columns)
    return Model(problem, offered, columns, width, rows, limits, tuple(corrections))


def objective_terms(model: Model, objective: Objective) -> dict[int, float]:
    """The columns that an objective sums, with their weights."""
    columns, problem = model.columns, model.problem
    if objective is Objective.LOST:
        return {columns.lost: 1.0}
    if objective in (Objective.RESIDUAL, Objective.UNTREATED):
        places = columns.stays if objective is Objective.RESIDUAL else columns.untreated
        return dict(zip(places.values(), lesion_units(problem).astype(float).tolist(), strict=True))
    arterial = objective is Objective.ARTERIAL_BURDEN
    terms = {
        columns.choice[one.name]: float(one.burden)
        for one in model.offered
        if isinstance(one, EmbolisationChoice) is arterial
    }
    if arterial:
        terms |= dict.fromkeys(columns.session.values(), float(problem.session_burden))
    return terms


def demand_rows(model: Model, demand: Demand) -> Rows:
    """The rows of one demand."""
    rows = Rows()
    if isinstance(demand, AssignmentDemand):
        _assignment_rows(model, demand, into=rows)
    else:
        rows.add({model.columns.choice[demand.choice]: 1.0}, low=demand.wanted, high=demand.wanted)
    return rows


def _assignment_rows(model: Model, demand: AssignmentDemand, *, into: Rows) -> None:
    """A pinned action has a choice that does it, and no choice of a stronger action."""
    doing = {action: dict[int, float]() for action in Action}
    for one in model.offered:
        if demand.lesion in one.treats:
            doing[action_of(one)][model.columns.choice[one.name]] = 1.0
    order = tuple(Action)
    stronger: dict[int, float] = {}
    for action in order[: order.index(demand.action)]:
        stronger |= doing[action]
    own = doing[demand.action]
    if demand.action is Action.LEAVE:
        into.add(stronger, **({"high": 0.0} if demand.wanted else {"low": 1.0}))
    elif demand.wanted:
        into.add(own, low=1)
        into.add(stronger, high=0)
    else:
        for place in own:
            into.add(stronger | {place: -1.0}, low=0)


def _columns(problem: JointProblem, offered: Sequence[Choice]) -> Columns:
    names = [one.name for one in problem.lesions]
    sessions = list(dict.fromkeys(one.session for one in offered if isinstance(one, EmbolisationChoice)))
    groups: list[dict[str, int]] = []
    start = 0
    for group in ([one.name for one in offered], sessions, names, names):
        groups.append({name: start + place for place, name in enumerate(group)})
        start += len(group)
    return Columns(*groups, lost=start, first_piece=start + 1)


def _lesion_rows(problem: JointProblem, offered: Sequence[Choice], columns: Columns, *, into: Rows) -> None:
    """What no choice reaches stays; what would be cut through is removed by another resection."""
    removing: dict[str, dict[int, float]] = {one.name: {} for one in problem.lesions}
    feeding: dict[str, dict[int, float]] = {one.name: {} for one in problem.lesions}
    resecting: dict[str, dict[int, float]] = {one.name: {} for one in problem.lesions}
    for one in offered:
        place = columns.choice[one.name]
        for name in one.treats:
            (feeding if isinstance(one, EmbolisationChoice) else removing)[name][place] = 1.0
            if isinstance(one, ResectionChoice):
                resecting[name][place] = 1.0
    for name, places in removing.items():
        into.add({columns.stays[name]: 1.0} | places, low=1)
        into.add({columns.untreated[name]: 1.0} | places | feeding[name], low=1)
    for one in offered:
        place = columns.choice[one.name]
        if isinstance(one, ResectionChoice):
            for name in sorted(one.cuts):
                into.add(resecting[name] | {place: -1.0}, low=0)
        elif isinstance(one, EmbolisationChoice):
            into.add({columns.session[one.session]: 1.0, place: -1.0}, low=0)


def _liver_rows(structure: LossStructure, columns: Columns, *, into: Rows) -> int:
    """A piece is lost where any choice that holds it is taken; the liver lost is their sum. Gives the width."""
    width = columns.first_piece
    own = [columns.choice[one.name] for one in structure.choices]
    lost_with = list(own)
    for place in np.flatnonzero(structure.above.any(axis=1)).tolist():
        lost_with[place], width = width, width + 1
        into.add({lost_with[place]: 1.0, own[place]: -1.0}, low=0)
    for low, high in np.argwhere(structure.above).tolist():
        into.add({lost_with[low]: 1.0, lost_with[high]: -1.0}, low=0)
    volumes: dict[int, float] = {columns.lost: 1.0}
    for holders, units in zip(structure.lowest, structure.units.tolist(), strict=True):
        places = [lost_with[place] for place in np.flatnonzero(holders).tolist()]
        piece = places[0]
        if len(places) > 1:
            piece, width = width, width + 1
            for place in places:
                into.add({piece: 1.0, place: -1.0}, low=0)
        volumes[piece] = volumes.get(piece, 0.0) - units
    into.add(volumes, low=0)
    return width


def _correction_rows(
    structure: LossStructure, columns: Columns, corrections: Sequence[Correction], *, width: int, into: Rows
) -> int:
    """Taking these resections, or more, costs at least what was found, and what is ablated besides."""
    if not corrections:
        return width
    resecting = np.array([isinstance(one, ResectionChoice) for one in structure.choices])
    besides: dict[int, float] = {}
    for cell in np.flatnonzero((structure.holders & ~resecting).any(axis=1)).tolist():
        holders = np.flatnonzero(structure.holders[cell]).tolist()
        places = {place: columns.choice[structure.choices[place].name] for place in holders}
        kept = {width: 1.0} | {places[place]: 1.0 for place in holders if resecting[place]}
        for place in holders:
            if not resecting[place]:
                into.add(kept | {places[place]: -1.0}, low=0)
        besides[width] = -float(structure.units[cell])
        width += 1
    for one in corrections:
        if not columns.choice.keys() >= one.resections:
            continue  # it holds a resection that this model does without
        taken = {columns.choice[name]: -float(one.lost) for name in sorted(one.resections)}
        into.add({columns.lost: 1.0} | taken | besides, low=float(one.lost * (1 - len(one.resections))))
    return width


def _limit_rows(
    problem: JointProblem, offered: Sequence[Choice], columns: Columns
) -> Mapping[NamedLimit, Rows]:
    """The rows of every limit that is set."""
    limits, found = problem.limits, dict[NamedLimit, Rows]()

    def limit(kind: LimitKind, text: str, *, terms: dict[int, float], high: float) -> None:
        rows = Rows()
        rows.add(terms, high=high)
        found[NamedLimit(kind, text, limits.sources.get(kind))] = rows

    spare = allowed_loss(problem)
    if spare is not None and limits.remnant_ml is not None:
        text = f"at least {limits.remnant_ml.value:.0f} mL of {problem.cells.total_ml.value:.0f} mL must stay"
        limit(LimitKind.REMNANT, text, terms={columns.lost: 1.0}, high=spare)
    place = columns.choice
    resections = [one for one in offered if isinstance(one, ResectionChoice)]
    ablations = [one for one in offered if isinstance(one, AblationChoice)]
    counted: list[tuple[LimitKind, int | None, dict[int, float]]] = [
        (LimitKind.AREAS, limits.areas, {place[one.name]: 1.0 for one in resections}),
        (LimitKind.MAJOR, limits.major, {place[one.name]: 1.0 for one in resections if one.is_major}),
        (LimitKind.COMPLEXITY, limits.complexity, {place[one.name]: float(one.burden) for one in resections}),
        (LimitKind.ABLATIONS, limits.ablations, {place[one.name]: 1.0 for one in ablations}),
        (LimitKind.SESSIONS, limits.sessions, dict.fromkeys(columns.session.values(), 1.0)),
    ]
    for kind, most, terms in counted:
        if most is not None and terms:
            limit(kind, f"{kind} at most {most}", terms=terms, high=most)
    for pair in problem.incompatible:
        if pair.first in place and pair.second in place:
            rows = Rows()
            rows.add({place[pair.first]: 1.0, place[pair.second]: 1.0}, high=1)
            text = f"{pair.first} and {pair.second} not together: {pair.reason}"
            found[NamedLimit(LimitKind.PAIR, text, pair.source)] = rows
    return found
