"""Masks that come as an image series of two values, one folder a structure (as in 3D-IRCADb)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nelm.io.segmentation.names import structure_named
from nelm.volume import Mask, Segment, Structure, Volume


def segment_of_mask_volume(
    volume: Volume, *, overrides: Mapping[str, Structure] | None = None
) -> Segment | None:
    """The region of an image that has two values at most, 0 and one other; None for a real image.

    The series description names it where that is understood, else the folder.
    """
    array = volume.array
    highest = array.max()
    if (
        array.min() != 0
        or highest == 0
        or not bool(np.isin(array[:: max(1, len(array) // 8)], (0, highest)).all())
    ):
        return None
    if not bool(((array == 0) | (array == highest)).all()):
        return None
    folder = Path(volume.origin.path).name
    names = [name for name in (folder, volume.origin.description) if name]
    known = [name for name in names if structure_named(name, overrides=overrides) is not Structure.OTHER]
    name = known[0] if known else names[0] if names else "mask"
    return Segment(name, structure_named(name, overrides=overrides), Mask(array == highest, volume.grid))
