"""How large a lesion is: volume and diameters, with the limits that a shift of its border by one voxel gives.

The border of a segmentation is uncertain by about a voxel, whoever draws it. So every size comes with two limits: the
border moved inward by one voxel and moved outward by one voxel, all around. Volumes are those of the eroded and the
dilated region; a diameter loses or gains the width of a voxel at each end.

The farthest centres of the voxels of a region lie on average a quarter of a voxel inside its ends, so half the width
of a voxel along the diameter is added to their distance. Against ellipsoids at random places on random grids this
leaves a bias below 0.4 mm (tests/published/test_lesion_sizes.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import cdist

from nelm.quantities import Estimate
from nelm.volume import Mask

MOST_PAIRS = 2500
"""Points of a hull up to which all pairs are compared."""


@dataclass(frozen=True, slots=True)
class Diameter:
    """A measured diameter.

    Parameters
    ----------
    mm : Its length [mm].
    first_mm, second_mm : Its ends (x, y, z) [mm].
    """

    mm: Estimate
    first_mm: tuple[float, float, float]
    second_mm: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Size:
    """The sizes of a lesion.

    Parameters
    ----------
    volume_ml : Volume.
    longest : Longest diameter in any direction.
    axial : Longest diameter within one slice, as RECIST 1.1 measures.
    axial_short : Longest diameter perpendicular to it within the same slice.
    axial_slice : Index of that slice along z, in the grid of the mask.
    effective_mm : Diameter of the sphere of the same volume.
    """

    volume_ml: Estimate
    longest: Diameter
    axial: Diameter
    axial_short: Diameter
    axial_slice: int
    effective_mm: Estimate


def size_of(mask: Mask) -> Size:
    """The sizes of a region that is not empty.

    "Axial" is within the slices of the grid, which is what a reader measures on. Cost: the convex hull of the
    border voxels, and all pairs of its corners.
    """
    if mask.is_empty:
        raise ValueError("an empty region has no size")
    inside = np.argwhere(_border(mask.array))
    volume = volume_of(mask)
    axial, place = _axial(mask, inside)
    return Size(
        volume_ml=volume,
        longest=_diameter(mask, *_farthest(inside, mask.grid.spacing_mm)),
        axial=axial,
        axial_short=_perpendicular(mask, axial, place),
        axial_slice=place,
        effective_mm=Estimate(
            *(sphere_diameter_mm(part) for part in (volume.value, volume.low, volume.high))
        ),
    )


def volume_of(mask: Mask) -> Estimate:
    """Volume [mL]; limits by the region eroded and dilated by one voxel (6 neighbours)."""
    padded = np.pad(mask.array, 1)
    ml = mask.grid.voxel_ml
    low, high = ndimage.binary_erosion(padded), ndimage.binary_dilation(padded)
    counts = (int(np.count_nonzero(part)) * ml for part in (padded, low, high))
    return Estimate(*counts)


def sphere_diameter_mm(volume_ml: float) -> float:
    """Diameter of a sphere of a volume [mm]: (6 V / pi)^(1/3)."""
    return float(np.cbrt(6000 * volume_ml / np.pi))


def voxel_width_mm(direction: NDArray[np.float64], spacing_mm: tuple[float, ...]) -> float:
    """Width of a voxel along a direction (in index axes, unit length) [mm]: that of its inscribed ellipsoid."""
    return float(1 / np.sqrt(np.sum((direction / np.array(spacing_mm)) ** 2)))


def _border(array: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Voxels of the region with a neighbour outside it."""
    padded = np.pad(array, 1)
    inner: NDArray[np.bool_] = ndimage.binary_erosion(padded)
    return (padded & ~inner)[1:-1, 1:-1, 1:-1]


def _farthest(
    indices: NDArray[np.intp], spacing_mm: tuple[float, ...]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The two of these voxels that lie farthest apart."""
    points = indices * np.array(spacing_mm, dtype=np.float64)
    corners = _hull(points)
    if len(corners) > MOST_PAIRS:  # a hull of so many corners is round: opposite corners are the farthest
        order = np.linalg.norm(points[corners] - points[corners].mean(axis=0), axis=1).argsort()[::-1]
        corners = corners[order[:MOST_PAIRS]]
    apart = cdist(points[corners], points[corners])
    first, second = np.unravel_index(int(apart.argmax()), apart.shape)
    return indices[corners[first]], indices[corners[second]]


def _hull(points: NDArray[np.float64]) -> NDArray[np.intp]:
    """Places of the corners of the convex hull; of all points where they lie in a plane or a line."""
    if len(points) <= points.shape[1] + 1:
        return np.arange(len(points))
    try:
        return np.asarray(ConvexHull(points).vertices, dtype=np.intp)
    except QhullError:
        return np.arange(len(points))


def _diameter(mask: Mask, first: NDArray[np.intp], second: NDArray[np.intp]) -> Diameter:
    """The diameter between two voxels, with its limits."""
    span = (second - first) * np.array(mask.grid.spacing_mm)
    length = float(np.linalg.norm(span))
    direction = span / length if length else np.array([0.0, 0.0, 1.0])
    width = voxel_width_mm(direction, mask.grid.spacing_mm)
    value = length + width / 2
    ends = mask.grid.points_of(np.stack([first, second]))
    a, b = (tuple(float(item) for item in end) for end in ends)
    return Diameter(
        Estimate(value, max(0.0, value - 2 * width), value + 2 * width),
        (a[0], a[1], a[2]),
        (b[0], b[1], b[2]),
    )


def _axial(mask: Mask, inside: NDArray[np.intp]) -> tuple[Diameter, int]:
    """The longest diameter within a slice and the slice."""
    best: tuple[float, NDArray[np.intp], NDArray[np.intp]] | None = None
    spacing = mask.grid.spacing_mm
    for place in np.unique(inside[:, 0]):
        plane = inside[inside[:, 0] == place]
        first, second = _farthest(plane[:, 1:], spacing[1:])
        length = float(np.linalg.norm((first - second) * np.array(spacing[1:])))
        if best is None or length > best[0]:
            best = (length, np.append(place, first), np.append(place, second))
    assert best is not None
    return _diameter(mask, best[1], best[2]), int(best[1][0])


def _perpendicular(mask: Mask, axial: Diameter, place: int) -> Diameter:
    """The longest diameter at a right angle to the axial one, in its slice."""
    spacing = np.array(mask.grid.spacing_mm[1:])
    plane = np.argwhere(mask.array[place])
    ends = mask.grid.indices_of([axial.first_mm, axial.second_mm])[:, 1:] * spacing
    along = ends[1] - ends[0]
    length = np.linalg.norm(along)
    along = along / length if length else np.array([0.0, 1.0])
    across = np.array([-along[1], along[0]])
    points = plane * spacing
    column = np.asarray(np.round(points @ along / spacing.min()), dtype=np.intp)
    best = (plane[0], plane[0], -1.0)
    for at in np.unique(column):
        rows = np.flatnonzero(column == at)
        height = points[rows] @ across
        low, high = rows[int(height.argmin())], rows[int(height.argmax())]
        span = float(height.max() - height.min())
        if span > best[2]:
            best = (plane[low], plane[high], span)
    return _diameter(mask, np.append(place, best[0]), np.append(place, best[1]))
