"""Images and regions on another grid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nelm.volume.grid import Box, Grid, corner_indices
from nelm.volume.images import Mask, Volume

HALF = 0.5
LATTICE_MM = 0.02
"""Voxels of two grids that lie this near to each other are the same voxels."""

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
    """The region on another grid: inside where the linear interpolation is at least one half.

    On a grid of the same lattice nothing is interpolated. Only the part of the grid that the region can reach is
    looked at.
    """
    found = np.zeros(grid.shape, dtype=bool)
    if mask.is_empty:
        return Mask(found, grid)
    if grid.same_as(mask.grid):
        return Mask(mask.array, grid)
    cut = mask.cropped(mask.box(margin_mm=max(mask.grid.spacing_mm)))
    target = _reach(cut.grid, grid)
    if any(part.stop <= part.start for part in target):
        return Mask(found, grid)
    part = grid.cropped(target)
    offset = _same_lattice(cut.grid, part)
    if offset is not None:
        found[target] = _shifted(cut.array, offset, part.shape)
    else:
        padded = np.pad(cut.array, 1).astype(np.float32)
        wider = cut.grid.cropped(tuple_of(slice(-1, n + 1) for n in cut.grid.shape))
        found[target] = _interpolated(padded, wider, part, order=1, outside=0.0) >= HALF
    return Mask(found, grid)


def tuple_of(parts: Iterable[slice]) -> Box:
    """Three slices as a box."""
    z, y, x = parts
    return z, y, x


def _reach(source: Grid, target: Grid) -> Box:
    """The box of the target that the voxels of the source can touch."""
    corners = corner_indices([(-1, n) for n in source.shape])
    there = target.indices_of(source.points_of(corners))
    low, high = np.floor(there.min(axis=0)), np.ceil(there.max(axis=0)) + 1
    return tuple_of(
        slice(max(0, int(a)), min(n, int(b))) for a, b, n in zip(low, high, target.shape, strict=True)
    )


def _same_lattice(source: Grid, target: Grid) -> tuple[int, int, int] | None:
    """Index in the source of the first voxel of the target where both lie on one lattice; else None."""
    if np.abs(source.matrix[:3, :3] - target.matrix[:3, :3]).max() * max(target.shape) > LATTICE_MM:
        return None
    first = source.indices_of(target.points_of([[0, 0, 0]]))[0]
    whole = np.asarray(np.round(first), dtype=np.float64)
    if np.abs((first - whole) * np.array(source.spacing_mm)).max() > LATTICE_MM:
        return None
    return int(whole[0]), int(whole[1]), int(whole[2])


def _shifted(
    array: NDArray[np.bool_], offset: tuple[int, int, int], shape: tuple[int, int, int]
) -> NDArray[np.bool_]:
    """The part of an array that begins at `offset`, with nothing where it does not reach."""
    found = np.zeros(shape, dtype=bool)
    ours = [slice(max(0, -o), min(n, m - o)) for o, n, m in zip(offset, shape, array.shape, strict=True)]
    theirs = [slice(part.start + o, part.stop + o) for part, o in zip(ours, offset, strict=True)]
    if all(part.stop > part.start for part in ours):
        found[tuple(ours)] = array[tuple(theirs)]
    return found


def _interpolated(
    array: NDArray[np.float32], source: Grid, target: Grid, *, order: Order, outside: float
) -> NDArray[np.float32]:
    """Values of `array` at the voxel centres of `target`."""
    from scipy import ndimage  # late: it takes a fifth of a second, and plans do without

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
