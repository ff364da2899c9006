"""The liver lost, as few rows as it can be said with.

Cells that the same choices lose are one. A choice that loses all that another loses stands above it, so that only the
lowest of the choices that hold a cell need a row, and a cell with one lowest holder needs no column of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.planner.joint.counting import cell_units
from nelm.planner.joint.problem import AblationChoice, JointProblem, ResectionChoice


@dataclass(frozen=True, slots=True, eq=False)
class LossStructure:
    """Which choices lose which liver.

    Parameters
    ----------
    choices : Resections, then ablations, in the order of the axes below.
    holders : (cell, choice) what loses each cell; different rows.
    units : (cell,) volume [hundredths of a mL].
    above : (choice, choice) whether the second loses all that the first does, next above it only.
    lowest : (cell, choice) the holders with no other holder below them.
    """

    choices: tuple[ResectionChoice | AblationChoice, ...]
    holders: NDArray[np.bool_]
    units: NDArray[np.int64]
    above: NDArray[np.bool_]
    lowest: NDArray[np.bool_]


def loss_structure(
    problem: JointProblem, choices: Sequence[ResectionChoice | AblationChoice]
) -> LossStructure:
    """The structure of some of the choices of a problem; time grows with cells times choices squared."""
    held = np.zeros((problem.cells.volume_ml.size, len(choices)), dtype=bool)
    for place, one in enumerate(choices):
        held[sorted(one.lost), place] = True
    units = cell_units(problem)
    some = held.any(axis=1)
    if not some.any():
        none = np.zeros((0, len(choices)), dtype=bool)
        return LossStructure(
            tuple(choices), none, np.zeros(0, dtype=np.int64), np.zeros((len(choices),) * 2, dtype=bool), none
        )
    rows, label = np.unique(held[some], axis=0, return_inverse=True)
    joined = np.zeros(rows.shape[0], dtype=np.int64)
    np.add.at(joined, label.ravel(), units[some])
    included = _included(held)
    beyond = (included.astype(np.float32) @ included.astype(np.float32)) > 0
    over_other = (rows.astype(np.float32) @ included.astype(np.float32)) > 0
    return LossStructure(tuple(choices), rows, joined, included & ~beyond, rows & ~over_other)


def _included(held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(choice, choice) whether the second loses all that the first does; of equals, the earlier is above."""
    counts = held.astype(np.float32)
    shared = counts.T @ counts
    within = shared >= np.diag(shared)[:, None]
    equal = within & within.T
    earlier = np.tri(held.shape[1], k=-1, dtype=bool)
    return (within & ~equal) | (equal & earlier)
