"""A plan counted exactly, in whole hundredths of a millilitre: what the solver minimises and what brute force checks.

Liver lost is rounded up cell by cell and what may be lost is rounded down, so that counting never overstates the
remnant; lesions are rounded to the nearest unit and weigh at least one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from nelm.planner.joint.problem import Action, JointProblem
from nelm.quantities import Estimate

UNIT_ML = 0.01
_SLACK = 1e-6
"""Of one unit: what the last digits of binary fractions may add."""


class Objective(StrEnum):
    """What a plan is judged by; less is better of each."""

    RESIDUAL = "tumour neither resected nor ablated"
    UNTREATED = "tumour left without any treatment"
    LOST = "healthy liver lost"
    REMOVAL_BURDEN = "burden of resection and ablation"
    ARTERIAL_BURDEN = "burden of embolisation"


@dataclass(frozen=True, slots=True)
class Tally:
    """A plan in whole numbers: volumes in hundredths of a millilitre, burdens in points."""

    residual: int
    untreated: int
    lost: int
    removal_burden: int
    arterial_burden: int

    def of(self, objective: Objective) -> int:
        """The number of one objective."""
        return {
            Objective.RESIDUAL: self.residual,
            Objective.UNTREATED: self.untreated,
            Objective.LOST: self.lost,
            Objective.REMOVAL_BURDEN: self.removal_burden,
            Objective.ARTERIAL_BURDEN: self.arterial_burden,
        }[objective]


@dataclass(frozen=True, slots=True)
class Correction:
    """Liver that a set of resections was found to cost, beyond what its cells say.

    Parameters
    ----------
    resections : Names of the resections taken together.
    lost : What they cost [hundredths of a mL].
    remnant_ml : The remnant that was found [mL].
    """

    resections: frozenset[str]
    lost: int
    remnant_ml: Estimate


def lesion_units(problem: JointProblem) -> NDArray[np.int64]:
    """Volume of every lesion, at least 1."""
    values = [max(1, round(one.volume_ml.value / UNIT_ML)) for one in problem.lesions]
    return np.array(values, dtype=np.int64)


def cell_units(problem: JointProblem) -> NDArray[np.int64]:
    """Volume of every cell of liver, rounded up."""
    return np.ceil(problem.cells.volume_ml / UNIT_ML - _SLACK).astype(np.int64)


def units_up(volume_ml: float) -> int:
    """A volume of liver lost, rounded up."""
    return math.ceil(volume_ml / UNIT_ML - _SLACK)


def allowed_loss(problem: JointProblem) -> int | None:
    """How much liver may be lost, rounded down; 0 where the liver is too small already; None without a limit."""
    limit = problem.limits.remnant_ml
    if limit is None:
        return None
    spare = problem.cells.total_ml.value - limit.value
    return max(0, math.floor(spare / UNIT_ML + _SLACK))


def actions(problem: JointProblem, taken: frozenset[str]) -> dict[str, Action]:
    """What a set of choices does to every lesion."""
    found = {one.name: Action.LEAVE for one in problem.lesions}
    found |= {
        name: Action.EMBOLISE for one in problem.embolisations if one.name in taken for name in one.lesions
    }
    found |= {one.lesion: Action.ABLATE for one in problem.ablations if one.name in taken}
    found |= {name: Action.RESECT for one in problem.resections if one.name in taken for name in one.lesions}
    return found


def tally(problem: JointProblem, taken: frozenset[str], corrections: Iterable[Correction] = ()) -> Tally:
    """A set of choices counted.

    Parameters
    ----------
    taken : Names of the choices.
    corrections : What was found of sets of resections.
    """
    doing = actions(problem, taken)
    units = dict(zip(doing, lesion_units(problem).tolist(), strict=True))
    left = sum(units[name] for name, action in doing.items() if action is Action.LEAVE)
    embolised = sum(units[name] for name, action in doing.items() if action is Action.EMBOLISE)
    removing = [one for one in (*problem.resections, *problem.ablations) if one.name in taken]
    arterial = [one for one in problem.embolisations if one.name in taken]
    sessions = len({one.session for one in arterial})
    return Tally(
        residual=left + embolised,
        untreated=left,
        lost=_lost(problem, taken, corrections),
        removal_burden=sum(one.burden for one in removing),
        arterial_burden=sum(one.burden for one in arterial) + problem.session_burden * sessions,
    )


def _lost(problem: JointProblem, taken: frozenset[str], corrections: Iterable[Correction]) -> int:
    """Liver lost: by the resections, no less than what was found of any part of them; then by the ablations."""
    units = cell_units(problem)
    resected = cells_lost(problem, taken, resections_only=True)
    every = cells_lost(problem, taken, resections_only=False)
    by_resection = int(units[resected].sum())
    found = [one.lost for one in corrections if one.resections <= taken]
    return max([by_resection, *found]) + int(units[every & ~resected].sum())


def cells_lost(problem: JointProblem, taken: frozenset[str], *, resections_only: bool) -> NDArray[np.bool_]:
    """(n,) whether a cell is lost by what is taken."""
    lost = np.zeros(problem.cells.volume_ml.size, dtype=bool)
    for one in problem.resections if resections_only else (*problem.resections, *problem.ablations):
        if one.name in taken:
            lost[list(one.lost)] = True
    return lost
