"""What lies around a lesion: the liver within reach by distance, the large vessels, and the margin that a cut leaves.

Distances are from the surface of the lesion on the grid of its image to the centres of the voxels of the working grid.
A cut runs between a voxel that is taken out and one that stays, so half a voxel is taken off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from nelm.imaging.lesions import Lesion
from nelm.imaging.liver.served import Region, ServedLiver, Territories
from nelm.imaging.liver.vessel_names import TreeNames
from nelm.quantities import Estimate
from nelm.volume import mask_on


@dataclass(frozen=True, slots=True)
class NearVessel:
    """A large vessel within reach of a lesion.

    Parameters
    ----------
    name : "right hepatic vein of 8 mm".
    tree : "portal" or "veins"; "other" for what no resection takes (the cava).
    branch : Place in the tree; -1 for "other".
    distance_mm : From the surface of the lesion to its wall.
    """

    name: str
    tree: str
    branch: int
    distance_mm: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class LesionReach:
    """A lesion on the working grid with its neighbourhood.

    Parameters
    ----------
    name : Of the lesion.
    own : Flat indices of its voxels in the liver, at least one.
    near : Flat indices of the other voxels of the liver within reach, the nearest first.
    distance_mm : (n,) their distances from its surface [mm].
    reach_mm : How far was looked.
    error_mm : By how much a margin may be off: the border of the lesion and half a voxel of the working grid [mm].
    half_mm : Half a voxel of the working grid [mm].
    vessels : Large vessels within reach, the nearest first.
    """

    name: str
    own: NDArray[np.intp]
    near: NDArray[np.intp]
    distance_mm: NDArray[np.float64]
    reach_mm: float
    error_mm: float
    half_mm: float
    vessels: tuple[NearVessel, ...]

    def taken(self, resected: Region) -> float:
        """Share of the lesion that a resection takes, 0 to 1."""
        return int(np.count_nonzero(resected.ravel()[self.own])) / len(self.own)

    def within(self, margin_mm: float) -> NDArray[np.intp]:
        """Flat indices of the lesion and of the liver that has to go for a margin of `margin_mm`."""
        count = int(np.searchsorted(self.distance_mm, margin_mm + self.half_mm, side="right"))
        return np.concatenate([self.own, self.near[:count]])

    def margin_mm(self, resected: Region) -> Estimate | None:
        """Distance from the surface of the lesion to the liver that stays; None where none stays within reach."""
        stays = np.flatnonzero(~resected.ravel()[self.near])
        if not len(stays):
            return None
        value = max(0.0, float(self.distance_mm[stays[0]]) - self.half_mm)
        return Estimate(value, max(0.0, value - self.error_mm), value + self.error_mm)


def lesion_reach(
    lesion: Lesion,
    served: ServedLiver,
    *,
    reach_mm: float,
    names: Sequence[TreeNames],
    named_from_mm: float,
    fixed: Mapping[str, cKDTree] = MappingProxyType({}),
) -> LesionReach:
    """The neighbourhood of a lesion of the liver.

    Parameters
    ----------
    names : Names of the branches of the trees of `served`.
    named_from_mm : Diameter from which a vessel is large [mm].
    fixed : Centres of the voxels of what no resection takes, by name ("vena cava").
    """
    border, half = _border(lesion)
    own = _own(lesion, served)
    near = _box_voxels(border, served, reach_mm)
    near = near[~np.isin(near, own)]
    points = served.grid.points_of(np.stack(np.unravel_index(near, served.grid.shape), axis=1))
    apart = np.maximum(0.0, border.query(points, distance_upper_bound=reach_mm + half)[0] - half)
    inside = np.flatnonzero(apart <= reach_mm)
    order = inside[np.argsort(apart[inside], kind="stable")]
    width = 2 * half
    edge = float(np.mean(served.grid.spacing_mm))
    vessels = [
        vessel
        for tree in names
        if (laid_out := served.portal if tree.kind == "portal" else served.veins) is not None
        for vessel in _near_vessels(border, half, laid_out, tree, reach_mm=reach_mm, from_mm=named_from_mm)
    ]
    vessels += _near_fixed(border, half, fixed, reach_mm=reach_mm)
    return LesionReach(
        name=lesion.name,
        own=own,
        near=near[order],
        distance_mm=apart[order],
        reach_mm=reach_mm,
        error_mm=max(width, served.error_mm) + edge / 2,
        half_mm=edge / 2,
        vessels=tuple(sorted(vessels, key=lambda vessel: vessel.distance_mm.value)),
    )


def _border(lesion: Lesion) -> tuple[cKDTree, float]:
    """Centres of the outermost voxels of a lesion, and half the width of a voxel of its image [mm]."""
    padded = np.pad(lesion.mask.array, 1)
    shell = (padded & ~np.asarray(ndimage.binary_erosion(padded)))[1:-1, 1:-1, 1:-1]
    grid = lesion.mask.grid
    return cKDTree(grid.points_of(np.argwhere(shell))), float(np.mean(grid.spacing_mm)) / 2


def _own(lesion: Lesion, served: ServedLiver) -> NDArray[np.intp]:
    """Voxels of a lesion in the liver on the working grid; the nearest ones for a lesion smaller than a voxel."""
    own = np.flatnonzero(mask_on(lesion.mask, served.grid).array & served.liver.array)
    if len(own):
        return own
    inside = np.argwhere(served.liver.array)
    centre = lesion.mask.grid.points_of(np.argwhere(lesion.mask.array)).mean(axis=0)
    apart = np.linalg.norm(served.grid.points_of(inside) - centre, axis=1)
    return np.asarray([np.ravel_multi_index(tuple(inside[int(apart.argmin())]), served.grid.shape)])


def _box_voxels(border: cKDTree, served: ServedLiver, reach_mm: float) -> NDArray[np.intp]:
    """Flat indices of the liver in the box around a lesion that the reach needs."""
    ends = served.grid.indices_of(np.stack([border.mins - reach_mm, border.maxes + reach_mm]))
    low, high = np.floor(ends.min(axis=0)).astype(int), np.ceil(ends.max(axis=0)).astype(int) + 1
    box = tuple(slice(max(0, a), max(0, b)) for a, b in zip(low, high, strict=True))
    found = np.argwhere(served.liver.array[box]) + [part.start for part in box]
    return np.asarray(np.ravel_multi_index(tuple(found.T), served.grid.shape), dtype=np.intp)


def _near_vessels(
    border: cKDTree, half: float, laid_out: Territories, names: TreeNames, *, reach_mm: float, from_mm: float
) -> list[NearVessel]:
    """Large branches whose wall lies within reach."""
    found: list[NearVessel] = []
    for place, branch in enumerate(laid_out.tree.branches):
        if branch.diameter_mm < from_mm:
            continue
        apart = border.query(branch.points_mm)[0] - half - branch.radii_mm
        value = max(0.0, float(apart.min()))
        if value <= reach_mm:
            distance = Estimate(value, max(0.0, value - 2 * half), value + 2 * half)
            found.append(NearVessel(names.name(place), names.kind, place, distance))
    return found


def _near_fixed(
    border: cKDTree, half: float, fixed: Mapping[str, cKDTree], *, reach_mm: float
) -> list[NearVessel]:
    """What no resection takes and whose surface lies within reach."""
    found: list[NearVessel] = []
    for name, tree in fixed.items():
        value = max(0.0, float(np.min(tree.query(border.data)[0])) - half)
        if value <= reach_mm:
            distance = Estimate(value, max(0.0, value - 2 * half), value + 2 * half)
            found.append(NearVessel(name, "other", -1, distance))
    return found
