"""Images and regions on another grid."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.volume.grid import Grid
from nelm.volume.images import Mask, Volume

HALF = 0.5
Order = Literal[0, 1, 2, 3, 4, 5]


def volume_on(volume: Volume, grid: Grid, *, outside: float = 0.0, order: Order = 1) -> Volume:
    """The volume interpolated on another grid, float32.

    Parameters
    ----------
    outside : Value where the volume does not reach.
    order : Of the spline: 0 nearest, 1 linear, 3 cubic.
    """
    if grid.same_as(volume.grid):
        return replace(volume, grid=grid)
    array = _interpolated(
        volume.array.astype(np.float32, copy=False), volume.grid, grid, order=order, outside=outside
    )
    return replace(volume, array=array, grid=grid)


def mask_on(mask: Mask, grid: Grid) -> Mask:
    """The region on another grid: inside where the linear interpolation is at least one half."""
    if grid.same_as(mask.grid):
        return Mask(mask.array, grid)
    inside = _interpolated(mask.array.astype(np.float32), mask.grid, grid, order=1, outside=0.0)
    return Mask(inside >= HALF, grid)


def _interpolated(
    array: NDArray[np.float32], source: Grid, target: Grid, *, order: Order, outside: float
) -> NDArray[np.float32]:
    """Values of `array` at the voxel centres of `target`."""
    way = np.linalg.inv(source.matrix) @ target.matrix
    found = np.empty(target.shape, dtype=np.float32)
    ndimage.affine_transform(
        array,
        way[:3, :3],
        offset=way[:3, 3],
        output=found,
        output_shape=target.shape,
        order=order,
        cval=outside,
    )
    return found
