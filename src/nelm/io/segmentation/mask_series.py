"""Masks that come as an image series of two values, one folder a structure (as in 3D-IRCADb)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nelm.io.segmentation.names import structure_named
from nelm.volume import Mask, Segment, Structure, Volume


def segment_of_mask_volume(
    volume: Volume, *, overrides: Mapping[str, Structure] | None = None
) -> Segment | None:
    """The region of an image that has two values at most, 0 and one other; None for a real image.

    The series description names it where that is understood, else the folder. An image of zeros alone is an empty mask
    where it is named as a structure: what was looked for is not there.
    """
    array = volume.array
    folder = Path(volume.origin.path).name
    names = [name for name in (folder, volume.origin.description) if name]
    known = [name for name in names if structure_named(name, overrides=overrides) is not Structure.OTHER]
    highest = array.max()
    if array.min() != 0 or (highest == 0 and not known):
        return None
    few = array[:: max(1, len(array) // FEW_PLANES)]
    if not _has_two_values(few, highest) or not _has_two_values(array, highest):
        return None
    name = known[0] if known else names[0] if names else "mask"
    region = (array == highest) & (array != 0)
    return Segment(name, structure_named(name, overrides=overrides), Mask(region, volume.grid))


FEW_PLANES = 8
"""Planes that are looked at first: a real image shows itself there."""


def _has_two_values(array: NDArray[np.generic], highest: np.generic | int) -> bool:
    return bool(np.all((array == 0) | (array == highest)))
