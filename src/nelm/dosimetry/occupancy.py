"""How much of each voxel of an emission image lies in a region that was outlined on another grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.imaging.registration import RigidTransform
from nelm.physics.kinetics.recovery import SIGMA_PER_FWHM
from nelm.volume import Grid, Mask
from nelm.volume.grid import Box, corner_indices

Share = NDArray[np.float64]
FINENESS = 1.5
"""Points along an emission voxel for each voxel of the region that it spans."""
FEWEST, MOST = 3, 8
"""Points along an emission voxel, at least and at most."""
EDGE_POINTS = 4
"""Points along an emission voxel, at most, from which the surface of a region is read."""
STRAIGHT = 1e-3
"""Voxels by which axes of two grids may part over their whole length and still count as parallel."""
REACH_SIGMAS = 4.0
"""Where the Gaussian is cut: it leaves out 6 in 100 000."""


@dataclass(frozen=True, slots=True, eq=False)
class Occupancy:
    """Shares of voxels inside a region, within a box of an emission grid; nothing outside the box.

    Parameters
    ----------
    box : Indices of the emission grid.
    share : Of the box's shape, 0 to 1.
    volume_ml : Of the region as it was outlined [mL].
    outside : Part of the region that the emission image does not reach.
    """

    box: Box
    share: Share
    volume_ml: float
    outside: float

    @property
    def is_seen(self) -> bool:
        """Whether the emission image shows any of it."""
        return bool(self.share.sum() > 0)

    def mean(self, image: NDArray[np.floating]) -> float:
        """Mean of an image over the region."""
        return float((self.share * image[self.box]).sum() / self.share.sum())


def occupancy(mask: Mask, grid: Grid, transform: RigidTransform) -> Occupancy:
    """The shares, by points inside each voxel of the emission image that are looked up in the region.

    Parameters
    ----------
    mask : The region, not empty.
    grid : Of the emission image.
    transform : From the space of the mask to that of the emission image.
    """
    box, outside = _reach(mask, grid, transform)
    if box is None:
        empty = (slice(0, 1), slice(0, 1), slice(0, 1))
        return Occupancy(empty, np.zeros((1, 1, 1)), mask.volume_ml, 1.0)
    points = _points(mask, grid, most=MOST)
    found = _sampled(mask, grid.cropped(box), transform, points)
    return Occupancy(box, _gathered(found, points), mask.volume_ml, outside)


def surface(mask: Mask, grid: Grid, transform: RigidTransform) -> tuple[Box, Share]:
    """Volume that each voxel would win if the region's edge moved outwards [part of the voxel per mm], and its box.

    The length of the gradient of the region, smoothed by one point of the subdivision: its sum is the area of the
    surface (coarea formula) but for the curvature that the smoothing loses.
    """
    box, _ = _reach(mask, grid, transform)
    if box is None:
        return (slice(0, 1), slice(0, 1), slice(0, 1)), np.zeros((1, 1, 1))
    z, y, x = (
        slice(max(0, one.start - 1), min(n, one.stop + 1)) for one, n in zip(box, grid.shape, strict=True)
    )
    part = grid.cropped((z, y, x))
    points = _points(mask, grid, most=EDGE_POINTS)
    found = _sampled(mask, part, transform, points).astype(np.float32)
    steps = [wide / n for wide, n in zip(part.spacing_mm, points, strict=True)]
    squared = np.zeros(found.shape, dtype=np.float32)
    for axis, step in enumerate(steps):
        order = [int(axis == other) for other in range(3)]
        slope = ndimage.gaussian_filter(found, 1.0, order=order, mode="nearest")
        squared += (np.asarray(slope, dtype=np.float32) / np.float32(step)) ** 2
    return (z, y, x), _gathered(np.sqrt(squared), points)


def _points(mask: Mask, grid: Grid, *, most: int) -> list[int]:
    """Points along each edge of an emission voxel."""
    return [
        int(np.clip(np.ceil(FINENESS * wide / min(mask.grid.spacing_mm)), FEWEST, most))
        for wide in grid.spacing_mm
    ]


def _sampled(mask: Mask, part: Grid, transform: RigidTransform, points: Sequence[int]) -> NDArray[np.uint8]:
    """The region looked up at points inside each voxel of a grid."""
    fine = subdivided(part, points)
    way = np.linalg.inv(mask.grid.matrix) @ np.linalg.inv(transform.array) @ fine.matrix
    found = np.empty(fine.shape, dtype=np.uint8)
    # Padded, else the outer halves of the outermost voxels would be lost.
    padded = np.pad(mask.array, 1).astype(np.uint8)
    turned: NDArray[np.float64] = way[:3, :3]
    if np.abs(turned - np.diag(np.diag(turned))).max() * max(fine.shape) < STRAIGHT:
        turned = np.diag(turned)  # the quick way of SciPy
    ndimage.affine_transform(
        padded, turned, offset=way[:3, 3] + 1, output=found, output_shape=fine.shape, order=0
    )
    return found


def _gathered(fine: NDArray[np.generic], points: Sequence[int]) -> Share:
    """Mean over the points of each voxel."""
    k, j, i = points
    z, y, x = (n // m for n, m in zip(fine.shape, points, strict=True))
    return np.asarray(fine.reshape(z, k, y, j, x, i).mean(axis=(1, 3, 5), dtype=np.float64))


def subdivided(grid: Grid, parts: Sequence[int]) -> Grid:
    """The grid with each voxel parted into so many along (z, y, x)."""
    matrix = grid.matrix
    matrix[:3, 3] = grid.points_of([[1 / (2 * part) - 0.5 for part in parts]])[0]
    matrix[:3, :3] = matrix[:3, :3] / np.array(parts)
    return Grid.of([n * part for n, part in zip(grid.shape, parts, strict=True)], matrix)


def _reach(mask: Mask, grid: Grid, transform: RigidTransform) -> tuple[Box | None, float]:
    """The box of the emission grid that a region reaches, and the part of the region that lies outside the grid."""
    shape = np.array(grid.shape)
    ends = [(part.start, part.stop - 1) for part in mask.box()]
    places = _places(corner_indices(ends), mask, grid, transform)
    outside = 0.0
    if not _held(places, shape).all():
        places = _places(np.argwhere(mask.array), mask, grid, transform)
        outside = 1.0 - float(_held(places, shape).mean())
    margin = np.array(mask.grid.spacing_mm).max() / np.array(grid.spacing_mm)
    low = np.clip(np.floor(places.min(axis=0) - margin).astype(int), 0, shape)
    high = np.clip(np.ceil(places.max(axis=0) + margin).astype(int) + 1, 0, shape)
    if (high <= low).any():
        return None, 1.0
    return (
        slice(int(low[0]), int(high[0])),
        slice(int(low[1]), int(high[1])),
        slice(int(low[2]), int(high[2])),
    ), outside


def _places(indices: NDArray[np.int64], mask: Mask, grid: Grid, transform: RigidTransform) -> Share:
    """Where voxels of a mask lie in the emission grid."""
    return grid.indices_of(transform.points(mask.grid.points_of(indices)))


def _held(places: Share, shape: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether places lie on the emission grid."""
    return np.asarray(((places > -0.5) & (places < shape - 0.5)).all(axis=1))


def blurred(part: Occupancy, grid: Grid, fwhm_mm: float) -> tuple[Box, Share]:
    """The region as a scanner sees it, with activity one inside: its box, and the image there.

    Parameters
    ----------
    fwhm_mm : Full width at half maximum of the point spread function, the same along all axes [mm].
    """
    sigmas = [fwhm_mm * SIGMA_PER_FWHM / spacing for spacing in grid.spacing_mm]
    margins = [math.ceil(REACH_SIGMAS * sigma) for sigma in sigmas]
    wide: list[slice] = []
    inner: list[slice] = []
    for place, margin, length in zip(part.box, margins, grid.shape, strict=True):
        start, stop = max(0, place.start - margin), min(length, place.stop + margin)
        wide.append(slice(start, stop))
        inner.append(slice(place.start - start, place.stop - start))
    image = np.zeros([piece.stop - piece.start for piece in wide])
    image[inner[0], inner[1], inner[2]] = part.share
    found = ndimage.gaussian_filter(image, sigmas, mode="constant", truncate=REACH_SIGMAS)
    return (wide[0], wide[1], wide[2]), np.asarray(found, dtype=np.float64)
