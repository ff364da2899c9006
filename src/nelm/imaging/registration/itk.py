"""Volumes and grids as SimpleITK images, and back."""

# SimpleITK has no type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingTypeArgument=false

from __future__ import annotations

from typing import Any

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from nelm.volume import Grid


def image_of(array: NDArray[np.generic], grid: Grid) -> Any:
    """A SimpleITK image in patient space; the grid must be orthogonal."""
    image = SimpleITK.GetImageFromArray(np.asarray(array, dtype=np.float32))
    spacing = np.array(grid.spacing_mm)[::-1]
    direction = (grid.matrix[:3, :3] / np.array(grid.spacing_mm))[:, ::-1]
    image.SetSpacing([float(item) for item in spacing])
    image.SetOrigin([float(item) for item in grid.matrix[:3, 3]])
    image.SetDirection([float(item) for item in direction.ravel()])
    return image


def coarser(array: NDArray[np.generic], grid: Grid, edge_mm: float) -> tuple[NDArray[np.float32], Grid]:
    """The mean over blocks of voxels, so that no edge is much shorter than `edge_mm`."""
    factors = [max(1, round(edge_mm / step)) for step in grid.spacing_mm]
    trimmed = array[tuple(slice(0, n // f * f) for n, f in zip(array.shape, factors, strict=True))]
    blocks = [part for n, f in zip(trimmed.shape, factors, strict=True) for part in (n // f, f)]
    mean = trimmed.reshape(blocks).mean(axis=(1, 3, 5), dtype=np.float32)
    matrix = grid.matrix
    matrix[:3, 3] = grid.points_of([[(f - 1) / 2 for f in factors]])[0]
    matrix[:3, :3] *= np.array(factors)
    return mean, Grid.of(mean.shape, matrix)
