"""Healthy liver split into cells: voxels that the same choices would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.planner.joint.problem import LiverCells

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Labels = NDArray[np.intp]

FACES_PER_AREA = 1.5
"""Voxel faces of a surface that looks in every direction, over its area: the mean of |x| + |y| + |z| on a sphere."""


@dataclass(frozen=True, slots=True, eq=False)
class LiverPartition:
    """A liver in cells.

    Parameters
    ----------
    cells : Their volumes.
    held : For each region given, the cells that it holds.
    overstated_ml : By how much, at most, any loss is overstated because small cells were joined [mL].
    """

    cells: LiverCells
    held: tuple[frozenset[int], ...]
    overstated_ml: float


def cells_of(
    regions: Sequence[Flags],
    healthy: Flags,
    *,
    spacing_mm: tuple[float, float, float],
    error_mm: float,
    smallest_ml: float,
) -> LiverPartition:
    """The cells of a liver and those that each region holds.

    Cells below `smallest_ml` are joined to cells that more regions hold, or to each other; the joined cell is lost with
    every region that held a part of it. So joining overstates what a region costs, never what stays.

    Parameters
    ----------
    regions : arrays (z, y, x)  Liver that each choice would cost.
    healthy : array (z, y, x)  Liver without tumour.
    spacing_mm : Of the grid, (z, y, x) [mm].
    error_mm : By how much the border of the healthy liver may be off [mm].
    smallest_ml : Cells below this volume are joined; 0 joins none [mL].

    Notes
    -----
    The limits of a cell are its outer border moved by `error_mm`; planes between cells move nothing. Area is counted in
    voxel faces over 1.5. Time grows with voxels times regions; peak memory is one bit for each.
    """
    inside = np.flatnonzero(healthy.ravel())
    bits = np.zeros((inside.size, len(regions)), dtype=bool)
    for place, region in enumerate(regions):
        bits[:, place] = region.ravel()[inside]
    signatures, label = _signatures(bits)
    count = signatures.shape[0]
    voxel_ml = float(np.prod(spacing_mm)) / 1000
    volume = np.bincount(label, minlength=count).astype(np.float64) * voxel_ml
    area_mm2 = _outer_area_mm2(healthy, spacing_mm)[inside]
    shell = np.bincount(label, area_mm2, minlength=count).astype(np.float64) * error_mm / 1000
    joined = _joined(signatures, volume, smallest_ml)
    return _partition(signatures, volume, shell=shell, joined=joined, smallest_ml=smallest_ml)


def _signatures(bits: Flags) -> tuple[Flags, Labels]:
    """The different rows, and for each row which of them it is."""
    count, regions = bits.shape
    if not count or not regions:
        return bits[:1], np.zeros((count,), dtype=np.intp)
    packed = np.packbits(bits, axis=1)
    rows = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    unique = np.unique(rows, return_index=True, return_inverse=True)
    first, label = np.asarray(unique[1], dtype=np.intp), np.asarray(unique[2], dtype=np.intp)
    return np.take(bits, first, axis=0), label


def _outer_area_mm2(healthy: Flags, spacing_mm: tuple[float, float, float]) -> Numbers:
    """Area of the border of the healthy liver that each voxel bears, raveled."""
    padded = np.pad(healthy, 1)
    area = np.zeros(healthy.shape)
    middle = (slice(1, -1),) * 3
    for axis in range(3):
        face = float(np.prod(spacing_mm)) / spacing_mm[axis]
        for step in (-1, 1):
            area += face * ~np.roll(padded, step, axis=axis)[middle]
    return area.ravel() / FACES_PER_AREA


def _joined(signatures: Flags, volume: Numbers, smallest_ml: float) -> Labels:
    """For each cell the cell that it is joined to, itself where it stays.

    Smallest first: to the cell with the fewest further regions among those that hold all of its own; else to the small
    cell that shares most, and both are then lost with the regions of either.
    """
    held = signatures.astype(np.float32)
    weight = volume.copy()
    target = np.arange(volume.size)
    alive: Flags = np.asarray(signatures.any(axis=1))
    for cell in np.argsort(volume, kind="stable").tolist():
        if not alive[cell] or weight[cell] >= smallest_ml:
            continue
        others = alive.copy()
        others[cell] = False
        shared = held @ held[cell]
        more, missing = held.sum(axis=1) - shared, held[cell].sum() - shared
        wider = np.flatnonzero(others & (missing == 0))
        small = np.flatnonzero(others & (weight < smallest_ml))
        if wider.size:
            other = int(wider[np.argmin(more[wider])])
        elif small.size:
            other = int(small[np.argmin(more[small] + missing[small])])
        else:
            continue
        np.maximum(held[other], held[cell], out=held[other])
        weight[other] += weight[cell]
        alive[cell] = False
        target[cell] = other
    return _followed(target)


def _followed(target: Labels) -> Labels:
    """The end of every chain of targets."""
    while not np.array_equal(further := target[target], target):
        target = further
    return target


def _partition(
    signatures: Flags,
    volume: Numbers,
    *,
    shell: Numbers,
    joined: Labels,
    smallest_ml: float,
) -> LiverPartition:
    """Cells with their joined volumes and signatures."""
    kept, place = np.unique(joined, return_inverse=True)
    count = kept.size
    held = np.zeros((count, signatures.shape[1]), dtype=bool)
    np.logical_or.at(held, place, signatures)
    total = np.bincount(place, volume, minlength=count).astype(np.float64)
    border = np.bincount(place, shell, minlength=count).astype(np.float64)
    overstated = (held[place] & ~signatures).T.astype(np.float64) @ volume
    worst = float(overstated.max(initial=0.0))
    remarks = [f"{count} cells of liver"]
    if count < volume.size:
        remarks.append(
            f"{volume.size - count} cells below {smallest_ml:g} mL were joined to others; the loss of one choice is "
            f"overstated by at most {worst:.1f} mL"
        )
    cells = LiverCells(total, np.maximum(0.0, total - border), total + border, tuple(remarks))
    return LiverPartition(cells, tuple(frozenset(np.flatnonzero(row).tolist()) for row in held.T), worst)
