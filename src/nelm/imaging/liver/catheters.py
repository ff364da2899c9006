"""Which catheter positions reach lesions with the least healthy liver: a small set cover, solved exactly (HiGHS)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from nelm.errors import ConvergenceError
from nelm.imaging.liver.territory_map import ROUNDING, Territory, TerritoryMap
from nelm.quantities import Estimate


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """Positions that together reach lesions.

    Parameters
    ----------
    territories : The positions, the largest first; none where no lesion can be reached.
    cells : All that they reach.
    healthy_ml : Tumour-free liver in them [mL].
    shares : Share of every lesion of the map in them [1].
    missed : Wanted lesions that no choice of the allowed positions covers.
    """

    territories: tuple[Territory, ...]
    cells: frozenset[int]
    healthy_ml: float
    shares: dict[str, Estimate]
    missed: tuple[str, ...]


def cover_of(
    liver: TerritoryMap,
    wanted: Collection[str],
    allowed: Sequence[Territory],
    *,
    position_worth_ml: float,
) -> Cover:
    """The positions that cover lesions with the least healthy liver.

    Minimises ``healthy liver reached + position_worth_ml * number of positions`` subject to: every wanted lesion has
    at least the share `rules.covered_from` in cells that are reached. Lesions that all allowed positions together
    do not cover are left out and named.

    Parameters
    ----------
    wanted : Names of lesions.
    allowed : Positions to choose from.
    position_worth_ml : Healthy liver that a further position has to spare to be worth it [mL].

    Raises
    ------
    ConvergenceError : The solver did not prove the optimum.
    """
    reach = frozenset[int]().union(*(item.cells for item in allowed))
    least = liver.rules.covered_from - ROUNDING
    possible = {name: sum(p for c, p in liver.shares[name].items() if c in reach) for name in sorted(wanted)}
    missed = tuple(name for name, share in possible.items() if share < least)
    aims = [name for name in possible if name not in missed]
    chosen = _chosen(liver, aims, allowed, position_worth_ml) if aims else []
    cells = frozenset[int]().union(*(item.cells for item in chosen))
    return Cover(
        territories=tuple(sorted(chosen, key=lambda item: -item.liver_ml.value)),
        cells=cells,
        healthy_ml=liver.healthy_in(cells),
        shares={name: liver.share(name, cells) for name in liver.shares},
        missed=missed,
    )


def _chosen(
    liver: TerritoryMap, aims: list[str], allowed: Sequence[Territory], position_worth_ml: float
) -> list[Territory]:
    """Solve for the binary choice x of positions and the reached cells y (0 or 1 by the constraints)."""
    cells = sorted({cell for item in allowed for cell in item.cells})
    place = {cell: row for row, cell in enumerate(cells)}
    n, m = len(allowed), len(cells)
    holds = np.zeros((m, n))
    for column, item in enumerate(allowed):
        holds[[place[cell] for cell in item.cells], column] = 1
    cost = np.concatenate(
        [np.full(n, position_worth_ml), [liver.healthy_ml.get(cell, 0.0) for cell in cells]]
    )
    rows, lows = _constraints(holds, _aimed(liver, aims, place), liver.rules.covered_from)
    values = exact_minimum(
        cost,
        np.arange(n + m) < n,
        [LinearConstraint(rows, lows, np.inf)],
        what="choice of catheter positions",
    )
    return [item for item, value in zip(allowed, values[:n], strict=True) if value > 0.5]


def exact_minimum(
    cost: NDArray[np.float64], whole: NDArray[np.bool_], limits: Sequence[LinearConstraint], *, what: str
) -> NDArray[np.float64]:
    """Values between 0 and 1, some of them whole, of least cost within linear limits: proven, or refused.

    Raises
    ------
    ConvergenceError : The solver (HiGHS) did not prove the optimum; `what` names what was looked for.
    """
    found = milp(
        cost,
        integrality=whole.astype(np.int8),
        bounds=Bounds(0, 1),
        constraints=limits,
        options={"mip_rel_gap": 0.0},
    )
    values = cast("NDArray[np.float64] | None", found.x)
    if found.status != 0 or values is None:
        raise ConvergenceError(
            f"no proven {what}: {found.message}",
            expected="a solved integer programme",
            remedy="Ask for fewer lesions, or allow more liver in a session.",
        )
    return values


def _aimed(liver: TerritoryMap, aims: list[str], place: dict[int, int]) -> NDArray[np.float64]:
    """Share of each lesion in each cell."""
    shares = np.zeros((len(aims), len(place)))
    for row, name in enumerate(aims):
        for cell, share in liver.shares[name].items():
            if cell in place:
                shares[row, place[cell]] = share
    return shares


def _constraints(
    holds: NDArray[np.float64], aimed: NDArray[np.float64], covered_from: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows and lower limits over (x, y): a chosen position reaches its cells, no cell is reached by none, lesions."""
    m, n = holds.shape
    cell, position = np.nonzero(holds)
    reached = np.zeros((len(cell), n + m))
    reached[np.arange(len(cell)), position] = -1
    reached[np.arange(len(cell)), n + cell] = 1
    by_one = np.hstack([holds, -np.eye(m)])
    lesions = np.hstack([np.zeros((len(aimed), n)), aimed])
    lows = np.concatenate([np.zeros(len(cell) + m), np.full(len(aimed), covered_from - ROUNDING)])
    return np.vstack([reached, by_one, lesions]), lows
