"""Where a point of one image lies in another: rigid transforms and displacement fields, in patient space."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.volume import Grid, Mask, Volume
from nelm.volume.resampling import Order

HALF = 0.5


@dataclass(frozen=True, slots=True)
class RigidTransform:
    """A rotation and a shift: ``moving point = matrix @ (fixed point, 1)`` [mm, LPS].

    Parameters
    ----------
    matrix : 4 x 4, rows first.
    """

    matrix: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, matrix: NDArray[np.floating]) -> RigidTransform:
        """From an array (4, 4)."""
        return cls(tuple(tuple(float(item) for item in row) for row in matrix))

    @classmethod
    def identity(cls) -> RigidTransform:
        """Nothing moves."""
        return cls.of(np.eye(4))

    @property
    def array(self) -> NDArray[np.float64]:
        """The matrix (4, 4)."""
        return np.array(self.matrix, dtype=np.float64)

    def inverse(self) -> RigidTransform:
        """From the moving image to the fixed one."""
        return RigidTransform.of(np.linalg.inv(self.array))

    def after(self, first: RigidTransform) -> RigidTransform:
        """`first`, then this one."""
        return RigidTransform.of(self.array @ first.array)

    def points(self, points_mm: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points (n, 3) of the fixed image in the moving one."""
        matrix = self.array
        return np.asarray(points_mm, dtype=np.float64) @ matrix[:3, :3].T + matrix[:3, 3]


@dataclass(frozen=True, slots=True, eq=False)
class DeformableTransform:
    """A displacement for every point: ``moving point = fixed point + displacement`` after a rigid part.

    Parameters
    ----------
    rigid : Applied to the displaced point.
    displacement_mm : (z, y, x, 3) displacement (x, y, z) of the points of `grid` [mm].
    grid : Where they are known; 0 outside.
    folding_share : Share of `grid` where space folds over itself (Jacobian not positive).
    """

    rigid: RigidTransform
    displacement_mm: NDArray[np.float32]
    grid: Grid
    folding_share: float

    def points(self, points_mm: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points (n, 3) of the fixed image in the moving one."""
        points = np.asarray(points_mm, dtype=np.float64)
        indices = self.grid.indices_of(points).T
        shift = [
            ndimage.map_coordinates(
                self.displacement_mm[..., axis], indices, order=1, mode="constant", cval=0.0
            )
            for axis in range(3)
        ]
        return self.rigid.points(points + np.stack(shift, axis=1))


Transform = RigidTransform | DeformableTransform


def moved_volume(
    moving: Volume, transform: Transform, grid: Grid, *, outside: float = 0.0, order: Order = 1
) -> Volume:
    """The moving image on the grid of the fixed one, float32."""
    array = _sampled(moving.array.astype(np.float32, copy=False), moving.grid, transform, grid, order=order,
                     outside=outside)  # fmt: skip
    return replace(moving, array=array, grid=grid)


def moved_mask(moving: Mask, transform: Transform, grid: Grid) -> Mask:
    """A region of the moving image on the grid of the fixed one: where the linear interpolation reaches one half."""
    inside = _sampled(moving.array.astype(np.float32), moving.grid, transform, grid, order=1, outside=0.0)
    return Mask(inside >= HALF, grid)


def _sampled(
    array: NDArray[np.float32],
    source: Grid,
    transform: Transform,
    grid: Grid,
    *,
    order: Order,
    outside: float,
) -> NDArray[np.float32]:
    """Values of the moving image where the voxels of `grid` lie in it, slab by slab."""
    if isinstance(transform, RigidTransform):
        way = np.linalg.inv(source.matrix) @ transform.array @ grid.matrix
        found = np.empty(grid.shape, dtype=np.float32)
        ndimage.affine_transform(array, way[:3, :3], offset=way[:3, 3], output=found, output_shape=grid.shape,
                                 order=order, cval=outside)  # fmt: skip
        return found
    found = np.empty(grid.shape, dtype=np.float32)
    plane = np.stack(np.meshgrid(np.arange(grid.shape[1]), np.arange(grid.shape[2]), indexing="ij"), axis=-1)
    for k in range(grid.shape[0]):
        indices = np.concatenate([np.full((*plane.shape[:2], 1), k), plane], axis=-1).reshape(-1, 3)
        there = source.indices_of(transform.points(grid.points_of(indices))).T
        values = ndimage.map_coordinates(array, there, order=order, mode="constant", cval=outside)
        found[k] = np.asarray(values).reshape(grid.shape[1:])
    return found
