"""Where voxels lie: the shape of an array and the way from an index to a point of the patient."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

Row = tuple[float, float, float, float]
Affine = tuple[Row, Row, Row, Row]
Triple = tuple[float, float, float]
Box = tuple[slice, slice, slice]

SHORTEST_AXIS_MM = 1e-6


@dataclass(frozen=True, slots=True)
class Grid:
    """A regular grid of voxels in the patient.

    Parameters
    ----------
    shape : Number of voxels along (z, y, x).
    affine : 4 x 4, rows first: ``(x, y, z, 1) = affine @ (k, j, i, 1)`` for the centre of voxel (k, j, i), in
        millimetres of DICOM patient space (LPS).
    """

    shape: tuple[int, int, int]
    affine: Affine

    def __post_init__(self) -> None:
        if len(self.shape) != 3 or min(self.shape) < 1:
            raise ValueError(f"a grid has three axes of at least one voxel, not {self.shape}")
        matrix = self.matrix
        if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
            raise ValueError("an affine is 4 x 4 and finite")
        if (
            min(self.spacing_mm) < SHORTEST_AXIS_MM
            or abs(np.linalg.det(matrix[:3, :3])) < SHORTEST_AXIS_MM**3
        ):
            raise ValueError("the axes of a grid have a length and do not lie in one plane")

    @classmethod
    def of(cls, shape: Sequence[int], affine: ArrayLike) -> Grid:
        """A grid from any 4 x 4 array."""
        rows = np.asarray(affine, dtype=np.float64).tolist()
        z, y, x = (int(length) for length in shape)
        return cls((z, y, x), cast("Affine", tuple(tuple(row) for row in rows)))

    @classmethod
    def axial(
        cls, shape: Sequence[int], spacing_mm: Sequence[float], first_mm: Sequence[float] = (0, 0, 0)
    ) -> Grid:
        """A grid along the axes of the patient.

        Parameters
        ----------
        shape, spacing_mm : Along (z, y, x).
        first_mm : Point (x, y, z) of the centre of the first voxel.
        """
        dz, dy, dx = spacing_mm
        x, y, z = first_mm
        return cls.of(shape, [[0, 0, dx, x], [0, dy, 0, y], [dz, 0, 0, z], [0, 0, 0, 1]])

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The affine as an array (4, 4)."""
        return np.array(self.affine, dtype=np.float64)

    @property
    def spacing_mm(self) -> Triple:
        """Distance between neighbouring voxels along (z, y, x) [mm]."""
        dz, dy, dx = np.linalg.norm(self.matrix[:3, :3], axis=0).tolist()
        return dz, dy, dx

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel [mL]."""
        return abs(float(np.linalg.det(self.matrix[:3, :3]))) / 1000

    @property
    def voxels(self) -> int:
        """Number of voxels."""
        return math.prod(self.shape)

    @property
    def is_axial(self) -> bool:
        """Whether z runs along the body axis and rows and columns along the other two, in either sense."""
        unit = self.matrix[:3, :3] / np.array(self.spacing_mm)
        wanted = np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0]])
        return bool(np.allclose(np.abs(unit), wanted, atol=1e-3))

    def points_of(self, indices: ArrayLike) -> NDArray[np.float64]:
        """Points (n, 3) as (x, y, z) [mm] of indices (n, 3) as (z, y, x)."""
        matrix = self.matrix
        return np.asarray(indices, dtype=np.float64) @ matrix[:3, :3].T + matrix[:3, 3]

    def indices_of(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """Fractional indices (n, 3) as (z, y, x) of points (n, 3) as (x, y, z) [mm]."""
        inverse = np.linalg.inv(self.matrix)
        return np.asarray(points_mm, dtype=np.float64) @ inverse[:3, :3].T + inverse[:3, 3]

    def cropped(self, box: Box) -> Grid:
        """The grid of `array[box]`; the slices have a start and a stop, and no step."""
        start = [part.start for part in box]
        shape = [part.stop - part.start for part in box]
        matrix = self.matrix
        matrix[:3, 3] = self.points_of([start])[0]
        return Grid.of(shape, matrix)

    @property
    def corners(self) -> NDArray[np.float64]:
        """Centres of the eight voxels at the corners [mm], shape (8, 3)."""
        return self.points_of(corner_indices([(0, length - 1) for length in self.shape]))

    def farthest_apart_mm(self, other: Grid) -> float:
        """Largest distance between equal corners of two grids; infinite where the shapes differ [mm]."""
        if self.shape != other.shape:
            return math.inf
        apart = self.corners - other.corners
        return float(np.linalg.norm(apart, axis=1).max())

    def same_as(self, other: Grid, tolerance_mm: float = 0.01) -> bool:
        """Whether voxels of equal index lie at one point, within a tolerance [mm]."""
        return self.farthest_apart_mm(other) <= tolerance_mm


def corner_indices(ends: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """The eight corners (k, j, i) of a box from its first and last index along (z, y, x), shape (8, 3)."""
    return np.array(list(product(*ends)))
