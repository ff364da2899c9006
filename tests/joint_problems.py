"""Small joint problems drawn at random, and every plan of one enumerated without the solver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.planner.joint.demands import AssignmentDemand, ChoiceDemand, Demand
from nelm.planner.joint.problem import (
    AblationChoice,
    Action,
    Choice,
    EmbolisationChoice,
    Incompatible,
    JointProblem,
    LesionVolume,
    Limits,
    LiverCells,
    ResectionChoice,
)
from nelm.quantities import Estimate

COLUMNS = ("residual", "untreated", "lost", "removal_burden", "arterial_burden")
STRENGTH = (Action.RESECT, Action.ABLATE, Action.EMBOLISE, Action.LEAVE)


def exactly(value: float) -> Estimate:
    return Estimate(value, value, value)


def _some(rng: np.random.Generator, names: Sequence[str], chance: float) -> frozenset[str]:
    return frozenset(name for name in names if rng.random() < chance)


def _limits(rng: np.random.Generator, total: float, error: float) -> Limits:
    def at_times(low: int, high: int) -> int | None:
        return int(rng.integers(low, high)) if rng.random() < 0.4 else None

    least = round(total * float(rng.uniform(0.2, 1.05)), 2)
    return Limits(
        Estimate(least, round(least * (1 - error), 2), round(least * (1 + error), 2))
        if rng.random() < 0.8
        else None,
        areas=at_times(0, 4),
        major=at_times(0, 2),
        complexity=at_times(1, 8),
        ablations=at_times(0, 4),
        sessions=at_times(0, 2),
    )


def random_problem(rng: np.random.Generator, *, error: float = 0.0) -> JointProblem:
    """Up to 8 lesions, 6 resections, 5 ablations and 3 territories; every kind of limit, each present at times."""
    names = [f"L{n + 1}" for n in range(rng.integers(1, 9))]
    count = int(rng.integers(1, 13))
    volumes = rng.integers(1, 30_000, count) / 100
    few = [0.02, 0.5, 1.0, 1.0, 3.0] if rng.random() < 0.3 else None
    lesions = tuple(
        LesionVolume(name, Estimate(v, max(0.0, round(v * (1 - error), 2)), round(v * (1 + error), 2)))
        for name, v in (
            (name, float(rng.choice(few)) if few else rng.integers(1, 9000) / 100) for name in names
        )
    )

    def cells(chance: float) -> frozenset[int]:
        return frozenset(np.flatnonzero(rng.random(count) < chance).tolist())

    resections = []
    for n in range(rng.integers(0, 7)):
        removed = _some(rng, names, 0.35) or frozenset({names[0]})
        cuts = _some(rng, names, 0.15) - removed
        burden = int(rng.integers(1, 4))
        resections.append(
            ResectionChoice(f"R{n + 1}", "wedge", removed, cuts, cells(0.3), burden, burden == 3)
        )
    ablated = [str(rng.choice(names)) for _ in range(rng.integers(0, 6))]
    ablations = [
        AblationChoice(f"A{n + 1}", name, cells(0.15), int(rng.integers(1, 4)))
        for n, name in enumerate(ablated)
    ]
    territories = [
        EmbolisationChoice(
            f"E{n + 1}",
            _some(rng, names, 0.5) or frozenset({names[-1]}),
            str(rng.choice(["left", "right"])),
            int(rng.integers(1, 3)),
        )
        for n in range(rng.integers(0, 4))
    ]
    every = [one.name for one in (*resections, *ablations, *territories)]
    pairs = []
    if len(every) > 1 and rng.random() < 0.5:
        first, second = rng.choice(every, 2, replace=False).tolist()
        pairs.append(Incompatible(first, second, "drawn"))
    liver = LiverCells(volumes, np.round(volumes * (1 - error), 2), np.round(volumes * (1 + error), 2))
    return JointProblem(
        lesions,
        tuple(resections),
        tuple(ablations),
        tuple(territories),
        liver,
        _limits(rng, float(volumes.sum()), error),
        tuple(pairs),
        session_burden=int(rng.integers(0, 3)),
    )


def random_demands(rng: np.random.Generator, problem: JointProblem) -> tuple[Demand, ...]:
    found: list[Demand] = []
    for _ in range(rng.integers(0, 4)):
        if problem.choices and rng.random() < 0.4:
            one = problem.choices[rng.integers(len(problem.choices))]
            found.append(ChoiceDemand(one.name, bool(rng.random() < 0.4)))
        else:
            lesion = problem.lesions[rng.integers(len(problem.lesions))].name
            found.append(AssignmentDemand(lesion, STRENGTH[rng.integers(4)], bool(rng.random() < 0.5)))
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class Enumerated:
    """Every subset of the choices: which it takes, what is done (0 resect .. 3 leave), its numbers, whether allowed."""

    takes: NDArray[np.bool_]
    action: NDArray[np.int64]
    numbers: dict[str, NDArray[np.int64]]
    allowed: NDArray[np.bool_]

    def table(self) -> NDArray[np.int64]:
        return np.stack([self.numbers[name] for name in COLUMNS], axis=1)


def hundredths(value: float) -> int:
    return round(value * 100)


class _Table:
    """What every subset of the choices takes."""

    def __init__(self, problem: JointProblem) -> None:
        count = len(problem.choices)
        self.takes = ((np.arange(2**count)[:, None] >> np.arange(count)) & 1).astype(bool)
        self.index = {one.name: n for n, one in enumerate(problem.choices)}
        self.none = np.zeros(len(self.takes), dtype=int)

    def places(self, some: Sequence[Choice]) -> list[int]:
        return [self.index[one.name] for one in some]

    def any_of(self, some: Sequence[Choice]) -> NDArray[np.bool_]:
        return self.takes[:, self.places(some)].any(axis=1)

    def number_of(self, some: Sequence[Choice]) -> NDArray[np.int64]:
        return self.takes[:, self.places(some)].sum(axis=1)

    def burden_of(self, some: Sequence[Choice]) -> NDArray[np.int64]:
        return self.takes[:, self.places(some)] @ np.array([one.burden for one in some], dtype=int)


def enumerate_plans(
    problem: JointProblem,
    demands: Sequence[Demand] = (),
    hidden: dict[frozenset[str], int] | None = None,
    starved: dict[frozenset[int], int] | None = None,
) -> Enumerated:
    """All plans of a problem whose volumes are whole hundredths.

    hidden : Liver that these resections lose together beyond their cells [hundredths].
    starved : Liver lost besides where all of these cells are cut out [hundredths].
    """
    table = _Table(problem)
    action = np.full((len(table.takes), len(problem.lesions)), 3)
    for level, group in ((2, problem.embolisations), (1, problem.ablations), (0, problem.resections)):
        for n, lesion in enumerate(problem.lesions):
            action[table.any_of([one for one in group if lesion.name in one.treats]), n] = level
    volumes = np.array([hundredths(one.volume_ml.value) for one in problem.lesions])
    numbers = {
        "residual": (action >= 2) @ volumes,
        "untreated": (action == 3) @ volumes,
        "lost": _lost(problem, table, hidden or {}, starved or {}),
        "removal_burden": table.burden_of([*problem.resections, *problem.ablations]),
        "arterial_burden": table.burden_of(problem.embolisations)
        + problem.session_burden * _sessions(problem, table),
    }
    allowed = _within_limits(problem, table, numbers["lost"]) & _as_demanded(problem, table, action, demands)
    return Enumerated(table.takes, action, numbers, allowed)


def _lost(
    problem: JointProblem,
    table: _Table,
    hidden: dict[frozenset[str], int],
    starved: dict[frozenset[int], int],
) -> NDArray[np.int64]:
    lost = table.none.copy()
    for n, volume in enumerate(problem.cells.volume_ml.tolist()):
        resected = table.any_of([one for one in problem.resections if n in one.lost])
        ablated = table.any_of([one for one in problem.ablations if n in one.lost])
        lost += (resected | ablated) * hundredths(volume)
    for names, extra in hidden.items():
        lost += extra * table.takes[:, [table.index[name] for name in sorted(names)]].all(axis=1)
    for cells, extra in starved.items():
        cut = [table.any_of([one for one in problem.resections if n in (one.removed or ())]) for n in cells]
        lost += extra * np.all(cut, axis=0)
    return lost


def _sessions(problem: JointProblem, table: _Table) -> NDArray[np.int64]:
    held = table.none.copy()
    for lobe in {one.session for one in problem.embolisations}:
        held += table.any_of([one for one in problem.embolisations if one.session == lobe])
    return held


def _within_limits(problem: JointProblem, table: _Table, lost: NDArray[np.int64]) -> NDArray[np.bool_]:
    limits, allowed = problem.limits, np.ones(len(table.takes), dtype=bool)
    if limits.remnant_ml is not None:
        whole = sum(hundredths(v) for v in problem.cells.volume_ml.tolist())
        allowed &= (lost == 0) | (whole - lost >= hundredths(limits.remnant_ml.value))
    for most, value in (
        (limits.areas, table.number_of(problem.resections)),
        (limits.major, table.number_of([one for one in problem.resections if one.is_major])),
        (limits.complexity, table.burden_of(problem.resections)),
        (limits.ablations, table.number_of(problem.ablations)),
        (limits.sessions, _sessions(problem, table)),
    ):
        if most is not None:
            allowed &= value <= most
    for pair in problem.incompatible:
        allowed &= ~(table.takes[:, table.index[pair.first]] & table.takes[:, table.index[pair.second]])
    return allowed


def _as_demanded(
    problem: JointProblem, table: _Table, action: NDArray[np.int64], demands: Sequence[Demand]
) -> NDArray[np.bool_]:
    """Demands, and no lesion cut through unless another resection removes it."""
    allowed = np.ones(len(table.takes), dtype=bool)
    names = [one.name for one in problem.lesions]
    for one in problem.resections:
        for name in one.cuts:
            allowed &= ~table.takes[:, table.index[one.name]] | (action[:, names.index(name)] == 0)
    for demand in demands:
        if isinstance(demand, ChoiceDemand):
            allowed &= table.takes[:, table.index[demand.choice]] == demand.wanted
        else:
            is_so = action[:, names.index(demand.lesion)] == STRENGTH.index(demand.action)
            allowed &= is_so == demand.wanted
    return allowed
