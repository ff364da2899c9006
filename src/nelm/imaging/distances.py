"""Distances from regions, in millimetres, on grids whose voxels need not be cubes."""

# SimpleITK has no type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from nelm.volume import Mask


def distance_to(mask: Mask) -> NDArray[np.float32]:
    """Distance from each voxel centre to the nearest voxel centre inside the region; 0 inside [mm].

    Exact Euclidean distances (Maurer); the axes of the grid must be orthogonal. Raises ValueError when empty.
    """
    if mask.is_empty:
        raise ValueError("no distance to an empty mask")
    image = SimpleITK.GetImageFromArray(mask.array.astype(np.uint8))
    dz, dy, dx = mask.grid.spacing_mm
    image.SetSpacing((dx, dy, dz))
    distances = SimpleITK.SignedMaurerDistanceMap(
        image, insideIsPositive=False, squaredDistance=False, useImageSpacing=True
    )
    return np.maximum(SimpleITK.GetArrayFromImage(distances), 0).astype(np.float32, copy=False)
