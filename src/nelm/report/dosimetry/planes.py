"""Planes through a point of the patient as they are looked at, whatever the axes of the images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

import numpy as np
from numpy.typing import NDArray

from nelm.volume import Grid, Mask

Array = NDArray[np.float64]
PIXEL_MM = 1.0


class Direction(StrEnum):
    """Which plane."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"


@dataclass(frozen=True, slots=True)
class _Look:
    """Axis and sense (x, y, z) of columns, of rows and across the plane; letters of the edges."""

    columns: tuple[int, int]
    rows: tuple[int, int]
    across: int
    left: str
    right: str
    top: str


LOOKS = {
    Direction.AXIAL: _Look((0, 1), (1, 1), 2, "R", "L", "A"),
    Direction.CORONAL: _Look((0, 1), (2, -1), 1, "R", "L", "H"),
    Direction.SAGITTAL: _Look((1, 1), (2, -1), 0, "A", "P", "H"),
}
"""The patient's right is on the left of the picture, front or head on top; sagittal with the front on the left."""


@dataclass(frozen=True, slots=True)
class Plane:
    """A plane with square pixels.

    Parameters
    ----------
    direction : Which.
    grid : Of one slice: rows downwards, columns to the right.
    position_mm : Of the plane along its normal, in patient space [mm].
    """

    direction: Direction
    grid: Grid
    position_mm: float

    @property
    def letters(self) -> tuple[str, str, str]:
        """Directions of the patient at the left, the right and the upper edge."""
        look = LOOKS[self.direction]
        return look.left, look.right, look.top

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height [mm]."""
        return self.grid.shape[2] * PIXEL_MM, self.grid.shape[1] * PIXEL_MM

    @property
    def words(self) -> str:
        """The plane and where it lies."""
        axis = "xyz"[LOOKS[self.direction].across]
        return f"{self.direction.value}, {axis} {self.position_mm:.0f} mm".replace("-", "−")


def plane_through(point_mm: Array, direction: Direction, low_mm: Array, high_mm: Array) -> Plane:
    """The plane through a point, cut to a box of patient space.

    Parameters
    ----------
    point_mm, low_mm, high_mm : (3,) as (x, y, z) [mm].
    """
    look = LOOKS[direction]
    matrix = np.zeros((4, 4))
    matrix[3, 3], matrix[look.across, 0] = 1.0, PIXEL_MM
    start, shape = np.array(point_mm, dtype=np.float64), [1]
    for place, (axis, sense) in ((1, look.rows), (2, look.columns)):
        matrix[axis, place] = sense * PIXEL_MM
        start[axis] = low_mm[axis] if sense > 0 else high_mm[axis]
        shape.append(max(2, round((high_mm[axis] - low_mm[axis]) / PIXEL_MM)))
    matrix[:3, 3] = start
    return Plane(direction, Grid.of(shape, matrix), float(point_mm[look.across]))


def box_around(masks: Sequence[Mask], within: Grid, margin_mm: float) -> tuple[Array, Array]:
    """The box of patient space around regions with a margin, inside a grid: its corners (x, y, z) [mm]."""
    reached = np.concatenate([_corners(mask.grid.cropped(mask.box())) for mask in masks])
    whole = _corners(within)
    low = np.maximum(reached.min(axis=0) - margin_mm, whole.min(axis=0))
    return low, np.minimum(reached.max(axis=0) + margin_mm, whole.max(axis=0))


def middle_of(mask: Mask) -> Array:
    """The point (x, y, z) inside a region that lies nearest to its centre [mm]."""
    box = mask.box()
    inside = np.argwhere(mask.array[box]) + np.array([part.start for part in box])
    points = mask.grid.points_of(inside)
    return np.asarray(points[np.argmin(np.linalg.norm(points - points.mean(axis=0), axis=1))])


def _corners(grid: Grid) -> Array:
    """Middles of the eight outermost voxels of a grid (8, 3) [mm]."""
    return grid.points_of(list(product(*[(0, length - 1) for length in grid.shape])))
