"""Along many straight lines at once: what each meets on its way from the tip to the skin.

Compiled by numba; `tests/unit/test_ablation_needles.py` holds the same in plain NumPy.
"""

# Functions compiled by numba carry no annotations.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nelm.therapies.ablation.needle_obstacles import BODY, CUBE_MM, LIVER, Obstacles

STEP_MM = CUBE_MM / 2
"""Way between two looks at the cubes."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """What was met along n straight lines; all arrays (n,).

    Parameters
    ----------
    length_mm : To the skin; NaN where the image ends or the way is too long before the skin is reached.
    spare_mm : Smallest distance to a structure less its clearance.
    nearest : Place of that structure.
    spare_at_mm : How far from the tip that is.
    close : Bits of the structures that come closer than their clearance.
    capsule_mm : Where the line leaves the liver for the last time.
    lesion_mm : Where it leaves its own lesion for the last time.
    liver_mm : Way through liver between its lesion and the capsule.
    other_lesion : Whether it passes another lesion.
    left_image : Whether the image ends before the skin.
    """

    length_mm: NDArray[np.float64]
    spare_mm: NDArray[np.float32]
    nearest: NDArray[np.uint8]
    spare_at_mm: NDArray[np.float64]
    close: NDArray[np.uint32]
    capsule_mm: NDArray[np.float64]
    lesion_mm: NDArray[np.float64]
    liver_mm: NDArray[np.float64]
    other_lesion: NDArray[np.bool_]
    left_image: NDArray[np.bool_]


def lines_through(
    obstacles: Obstacles, tips_mm: NDArray[np.float64], outward: NDArray[np.float64], *, own: int = 0
) -> Lines:
    """What lies along lines.

    Parameters
    ----------
    tips_mm : (n, 3) or (1, 3) where they begin.
    outward : (n, 3) or (1, 3) unit directions from the tip to the skin.
    own : Number of the lesion that is aimed at.
    """
    tips, ways = np.broadcast_arrays(tips_mm, outward)
    start = obstacles.grid.indices_of(tips)
    step = obstacles.grid.indices_of(tips + STEP_MM * ways) - start
    count = int(np.ceil(obstacles.rules.length_max_mm / STEP_MM))
    whole = np.empty((len(start), 5), dtype=np.int64)
    spare = np.empty(len(start), dtype=np.float32)
    nearest = np.empty(len(start), dtype=np.uint8)
    close = np.empty(len(start), dtype=np.uint32)
    other = np.empty(len(start), dtype=np.bool_)
    left = np.empty(len(start), dtype=np.bool_)
    march(start, step, count, np.int16(own), obstacles.spare_mm, obstacles.nearest, obstacles.close, obstacles.tissue,
          obstacles.lesion_at, whole, spare, nearest, close, other, left)  # fmt: skip
    out, worst, capsule, lesion, liver = STEP_MM * whole.T.astype(np.float64)
    length = np.where(whole[:, 0] < 0, np.nan, out)
    return Lines(length, spare, nearest, worst, close, capsule, lesion, liver, other, left)


@njit
def march(
    start, step, count, own, spare_mm, nearest_of, close_of, tissue, lesion_at,
    whole, spare, nearest, close, other, left,
):  # fmt: skip
    """Follow every line: `whole` gets the steps to skin (-1: not reached), worst place, capsule, lesion, in liver."""
    depth, height, width = tissue.shape
    for i in range(start.shape[0]):
        out, worst_at, capsule, lesion, in_liver = -1, 0, 0, 0, 0
        worst, worst_of = np.float32(np.inf), np.uint8(0)
        bits = np.uint32(0)
        seen_other, off = False, False
        for s in range(count + 1):
            z = int(np.floor(start[i, 0] + s * step[i, 0] + 0.5))
            y = int(np.floor(start[i, 1] + s * step[i, 1] + 0.5))
            x = int(np.floor(start[i, 2] + s * step[i, 2] + 0.5))
            if z < 0 or y < 0 or x < 0 or z >= depth or y >= height or x >= width:
                off = True
                break
            what = tissue[z, y, x]
            if not what & BODY:
                out = s
                break
            if spare_mm[z, y, x] < worst:
                worst, worst_of, worst_at = spare_mm[z, y, x], nearest_of[z, y, x], s
            bits |= close_of[z, y, x]
            number = lesion_at[z, y, x]
            if number > 0 and number == own:
                lesion, in_liver = s, 0
            elif what & LIVER:
                in_liver += 1
            if number > 0 and number != own:
                seen_other = True
            if what & LIVER:
                capsule = s
        whole[i, 0], whole[i, 1], whole[i, 2], whole[i, 3], whole[i, 4] = (
            out,
            worst_at,
            capsule,
            lesion,
            in_liver,
        )
        spare[i], nearest[i], close[i], other[i], left[i] = worst, worst_of, bits, seen_other, off


def even_directions(step_deg: float) -> NDArray[np.float64]:
    """Unit vectors (n, 3) spread evenly over the sphere (Fibonacci), neighbours some `step_deg` apart."""
    count = int(np.ceil(4 * np.pi / np.radians(step_deg) ** 2))
    golden = np.pi * (3 - np.sqrt(5))
    place = np.arange(count)
    height = 1 - (2 * place + 1) / count
    ring = np.sqrt(1 - height**2)
    return np.stack([ring * np.cos(golden * place), ring * np.sin(golden * place), height], axis=1)
