"""How far a lesion is from what must not be hurt: vessels, the capsule, the central bile duct."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nelm.imaging.distances import distance_to
from nelm.imaging.lesions.lesion import Lesion
from nelm.imaging.lesions.size import voxel_width_mm
from nelm.quantities import Estimate
from nelm.volume import Grid, Mask
from nelm.volume.grid import Box

FIRST_REACH_MM = 30.0
ROUNDING_MM = 1e-3
"""Distance maps are single precision."""


def distance_to_structure(lesion: Lesion, structure: Mask, *, box: Box | None = None) -> Estimate | None:
    """Shortest distance between the surfaces of a lesion and of a structure [mm].

    Parameters
    ----------
    structure : On the grid of the image.
    box : Of the structure, when the caller knows it.

    Returns
    -------
    The distance between the nearest voxel centres less half a voxel; 0 when they overlap. The limits are one voxel
    to either side, so that 0 is possible when they touch. None when the structure is empty.

    Notes
    -----
    Searched in a box around the lesion that grows until the answer lies inside it.
    """
    if structure.is_empty:
        return None
    reach = FIRST_REACH_MM
    whole = structure.grid.shape
    while True:
        around = _widened(lesion, structure, reach)
        near = structure.array[around]
        covers = all(
            part.start == 0 and part.stop == length for part, length in zip(around, whole, strict=True)
        )
        found = _nearest(lesion, near, around, structure) if near.any() else None
        if found is not None and (found[0] <= reach or covers):
            return _between_surfaces(*found)
        if covers:
            return None
        reach *= 3


def distance_to_capsule(lesion: Lesion, liver: Mask) -> Estimate | None:
    """Shortest distance from the surface of a lesion to the surface of the liver, measured inside it [mm].

    `liver` includes its lesions. 0 when the lesion reaches the surface; None when it lies outside.
    """
    box = _widened(lesion, liver, max(liver.grid.spacing_mm) * 2)
    if not (liver.array[lesion.box] & lesion.mask.array).any():
        return None
    reach = FIRST_REACH_MM
    while True:
        box = _widened(lesion, liver, reach)
        outside = Mask(~np.pad(liver.array[box], 1), _padded_grid(liver, box))
        own = np.pad(_inside(lesion, box), 1)
        found = distance_to(outside)[own]
        centres = float(found.min())
        covers = all(
            part.start == 0 and part.stop == n for part, n in zip(box, liver.grid.shape, strict=True)
        )
        if centres <= reach or covers:
            return _between_surfaces(centres, float(np.mean(liver.grid.spacing_mm)))
        reach *= 3


def _between_surfaces(centres_mm: float, width_mm: float) -> Estimate:
    """From the distance of the nearest centres to that of the surfaces, one voxel to either side as limits.

    Each centre lies half a voxel inside its surface on average, the nearest ones less: half a voxel is taken off
    for both (tests/published/test_lesion_sizes.py gives the bias that is left).
    """
    value = centres_mm - width_mm / 2
    value = value if value > ROUNDING_MM else 0.0
    return Estimate(value, max(0.0, value - width_mm), value + width_mm)


def _nearest(lesion: Lesion, near: NDArray[np.bool_], around: Box, structure: Mask) -> tuple[float, float]:
    """Distance between the nearest centres and width of a voxel along it [mm]."""
    grid = structure.grid.cropped(around)
    own = Mask(_inside(lesion, around), grid)
    distances = distance_to(own)
    there = np.argwhere(near)
    values = distances[near]
    place = int(values.argmin())
    target = there[place]
    spacing = np.array(grid.spacing_mm)
    inside = np.argwhere(own.array)
    spans = (inside - target) * spacing
    span = spans[int(np.einsum("ij,ij->i", spans, spans).argmin())]
    length = float(np.linalg.norm(span))
    direction = span / length if length else np.array([0.0, 0.0, 1.0])
    return float(values[place]), voxel_width_mm(direction, grid.spacing_mm)


def _inside(lesion: Lesion, box: Box) -> NDArray[np.bool_]:
    """The lesion in another box of the image that holds its own."""
    found = np.zeros([part.stop - part.start for part in box], dtype=bool)
    places = tuple(
        slice(own.start - part.start, own.stop - part.start)
        for own, part in zip(lesion.box, box, strict=True)
    )
    found[places] = lesion.mask.array
    return found


def _widened(lesion: Lesion, image: Mask, reach_mm: float) -> Box:
    """The box of a lesion, wider by a distance, within the image."""
    parts = [
        slice(
            max(0, part.start - int(np.ceil(reach_mm / step))),
            min(n, part.stop + int(np.ceil(reach_mm / step))),
        )
        for part, step, n in zip(lesion.box, image.grid.spacing_mm, image.grid.shape, strict=True)
    ]
    return parts[0], parts[1], parts[2]


def _padded_grid(image: Mask, box: Box) -> Grid:
    """The grid of a box with one voxel more at every side."""
    wider = tuple(slice(part.start - 1, part.stop + 1) for part in box)
    return image.grid.cropped((wider[0], wider[1], wider[2]))
