"""From one region to single lesions: pieces that do not touch, and touching ones parted at their necks.

Two bulges of one region are two lesions when the neck between them is clearly narrower than the smaller of them: the
largest ball that fits through the neck has less than `neck_ratio` of the radius of the largest ball that fits into
the smaller bulge. For two equal balls that means centres farther apart than some 1.4 radii
(1.5 for balls of a few voxels). Every parting is said, with
its ratio, so that people can undo it; a lobulated lesion with shallow notches stays one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.measure import label
from skimage.segmentation import watershed

from nelm.imaging.lesions.lesion import Lesion
from nelm.volume import Mask

# skimage has no type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false


@dataclass(frozen=True, slots=True)
class SeparationRule:
    """When a region is parted.

    Parameters
    ----------
    neck_ratio : Radius of the neck over radius of the smaller bulge, below which they are two lesions.
    smallest_radius_voxels : Bulges with a smaller ball inside are roughness of the border [largest voxel edge].
    speck_voxels : Pieces of fewer voxels are flagged as specks.
    """

    neck_ratio: float = 0.75
    smallest_radius_voxels: float = 1.5
    speck_voxels: int = 4


DEFAULT_RULE = SeparationRule()


@dataclass(frozen=True, slots=True)
class Parting:
    """Two lesions that were one region.

    Parameters
    ----------
    first, second : Their places in the list of lesions.
    neck_ratio : How narrow the neck is.
    """

    first: int
    second: int
    neck_ratio: float


@dataclass(frozen=True, slots=True)
class Separation:
    """The lesions of a region, largest first, and where touching ones were parted."""

    lesions: tuple[Lesion, ...]
    partings: tuple[Parting, ...]


def separated(mask: Mask, *, rule: SeparationRule = DEFAULT_RULE, prefix: str = "L") -> Separation:
    """The single lesions of a region, named by size (``L1`` is the largest).

    Pieces that touch by a face or an edge (18 neighbours) belong together; contact at a corner alone is no contact.
    Everything happens in the boxes of the pieces.
    """
    pieces, _ = ndimage.label(mask.array, structure=ndimage.generate_binary_structure(3, 2))
    found: list[Lesion] = []
    necks: list[tuple[int, int, float]] = []
    for number, box in enumerate(ndimage.find_objects(pieces), start=1):
        parts, between = _parted(np.pad(pieces[box] == number, 1), mask.grid.spacing_mm, rule)
        start = len(found) - 1
        for part in range(1, int(parts.max()) + 1):
            region = Mask(parts[1:-1, 1:-1, 1:-1] == part, mask.grid.cropped((box[0], box[1], box[2])))
            found.append(_lesion(region, box, mask.grid.shape))
        necks += [(start + first, start + second, ratio) for first, second, ratio in between]
    order = sorted(range(len(found)), key=lambda place: (-found[place].volume_ml, place))
    rank = {place: position for position, place in enumerate(order)}
    partings = [Parting(min(rank[a], rank[b]), max(rank[a], rank[b]), ratio) for a, b, ratio in necks]
    lesions = [found[place].named(f"{prefix}{rank[place] + 1}") for place in order]
    return Separation(tuple(_told(lesions, partings, rule)), tuple(partings))


def _lesion(region: Mask, box: tuple[slice, ...], shape: tuple[int, int, int]) -> Lesion:
    """A lesion from a region on the grid of a box, with one voxel around it where the image reaches as far."""
    inner = region.box()
    outer = tuple(
        slice(max(0, part.start + own.start - 1), min(length, part.start + own.stop + 1))
        for part, own, length in zip(box, inner, shape, strict=True)
    )
    more = [
        (part.start + own.start - wide.start, wide.stop - part.start - own.stop)
        for part, own, wide in zip(box, inner, outer, strict=True)
    ]
    offset = tuple(
        slice(wide.start - part.start, wide.stop - part.start) for part, wide in zip(box, outer, strict=True)
    )
    grid = region.grid.cropped((offset[0], offset[1], offset[2]))
    return Lesion("", Mask(np.pad(region.array[inner], more), grid), (outer[0], outer[1], outer[2]))


def _told(lesions: list[Lesion], partings: list[Parting], rule: SeparationRule) -> list[Lesion]:
    """The lesions, with what happened to them."""
    told = list(lesions)
    for parting in partings:
        for own, other in ((parting.first, parting.second), (parting.second, parting.first)):
            text = f"touches {lesions[other].name}: parted at a neck of {parting.neck_ratio:.0%} of the smaller radius"
            told[own] = told[own].with_remarks([text])
    return [
        lesion.with_remarks([f"fewer than {rule.speck_voxels} voxels: a speck, to be looked at"])
        if np.count_nonzero(lesion.mask.array) < rule.speck_voxels
        else lesion
        for lesion in told
    ]


Neck = tuple[int, int, float]


def _parted(
    region: NDArray[np.bool_], spacing_mm: tuple[float, ...], rule: SeparationRule
) -> tuple[NDArray[np.intp], list[Neck]]:
    """Labels from 1 of the parts of one piece, and the necks between those that touch."""
    solid = ndimage.binary_fill_holes(region)
    depth = np.asarray(ndimage.distance_transform_edt(solid, sampling=spacing_mm))
    basins, peaks = _basins(depth, region)
    necks = _necks(basins, depth)
    owner = list(range(len(peaks) + 1))
    smallest = rule.smallest_radius_voxels * max(spacing_mm)

    def root(place: int) -> int:
        while owner[place] != place:
            place = owner[place]
        return place

    # Merge across the widest neck first: what is one lesion grows before it is compared with its neighbours.
    for (first, second), width in sorted(necks.items(), key=lambda item: -item[1]):
        a, b = root(first), root(second)
        smaller = min(peaks[a - 1], peaks[b - 1])
        if a != b and (width >= rule.neck_ratio * smaller or smaller < smallest):
            keep, lose = (a, b) if peaks[a - 1] >= peaks[b - 1] else (b, a)
            owner[lose] = keep
    roots = sorted({root(place) for place in range(1, len(peaks) + 1)})
    number = np.zeros(len(peaks) + 1, dtype=np.intp)
    for place in range(1, len(peaks) + 1):
        number[place] = roots.index(root(place)) + 1
    widest: dict[tuple[int, int], float] = {}
    for (first, second), width in necks.items():
        a, b = sorted((int(number[first]), int(number[second])))
        if a != b:
            widest[a, b] = max(width, widest.get((a, b), 0.0))
    between = [
        (a, b, width / min(peaks[roots[a - 1] - 1], peaks[roots[b - 1] - 1]))
        for (a, b), width in widest.items()
    ]
    return number[basins], between


def _basins(depth: NDArray[np.float64], region: NDArray[np.bool_]) -> tuple[NDArray[np.intp], list[float]]:
    """Watershed basins of the depth, numbered from 1, and the radius of the largest ball in each [mm]."""
    highest = ndimage.maximum_filter(depth, size=3)
    markers = np.asarray(label((depth == highest) & region, connectivity=3))
    basins = np.asarray(watershed(-depth, markers, mask=region, connectivity=3), dtype=np.intp)
    peaks = ndimage.maximum(depth, basins, index=np.arange(1, int(markers.max()) + 1))
    return basins, [float(peak) for peak in np.atleast_1d(peaks)]


def _necks(basins: NDArray[np.intp], depth: NDArray[np.float64]) -> dict[tuple[int, int], float]:
    """For basins that touch, the radius of the largest ball that fits through between them [mm]."""
    found: dict[tuple[int, int], float] = {}
    for axis in range(3):
        low = tuple(slice(None, -1) if other == axis else slice(None) for other in range(3))
        high = tuple(slice(1, None) if other == axis else slice(None) for other in range(3))
        first, second = basins[low], basins[high]
        touching = (first != second) & (first > 0) & (second > 0)
        width = np.minimum(depth[low], depth[high])[touching]
        for a, b, through in zip(first[touching], second[touching], width, strict=True):
            pair = (int(min(a, b)), int(max(a, b)))
            found[pair] = max(float(through), found.get(pair, 0.0))
    return found
