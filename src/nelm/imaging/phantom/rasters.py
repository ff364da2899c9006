"""From shapes to voxels: coordinates of a grid, boxes of indices, occupancies, masks."""

from __future__ import annotations

import itertools

import numpy as np

from nelm.imaging.phantom.shapes import Floats, Points, Shape
from nelm.volume import Grid
from nelm.volume.grid import Box

HALF = 0.5


def points_of(grid: Grid) -> Points:
    """Centres of the voxels; arrays that broadcast where the axes of the grid run along the patient's, float32."""
    k, j, i = np.ogrid[tuple(slice(0, n) for n in grid.shape)]
    rows = [
        sum(
            (step * index for step, index in zip(row[:3], (k, j, i), strict=True) if step),
            start=np.full((1, 1, 1), row[3]),
        )
        for row in grid.matrix[:3].tolist()
    ]
    x, y, z = (np.asarray(row, dtype=np.float32) for row in rows)
    return Points(x, y, z)


def box_of(shape: Shape, grid: Grid, *, margin_mm: float = 0.0) -> Box | None:
    """Indices that hold the box of a shape, widened by a margin; None when it lies outside the grid."""
    sides = [(low - margin_mm, high + margin_mm) for low, high in zip(shape.low, shape.high, strict=True)]
    corners = grid.indices_of(np.array(list(itertools.product(*sides))))
    first = np.floor(corners.min(axis=0)).astype(int).tolist()
    last = np.ceil(corners.max(axis=0)).astype(int).tolist()
    slices = [slice(max(0, a), min(n, b + 1)) for a, b, n in zip(first, last, grid.shape, strict=True)]
    if any(part.stop <= part.start for part in slices):
        return None
    return slices[0], slices[1], slices[2]


def occupancy(distance: Floats, width_mm: float) -> Floats:
    """Share of a voxel that lies inside: linear over a width across the surface."""
    return np.clip(HALF - distance / width_mm, 0, 1)


def width_of(grid: Grid) -> float:
    """Side of a cube of the volume of a voxel [mm]."""
    return float((grid.voxel_ml * 1000) ** (1 / 3))
