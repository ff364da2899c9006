"""True concentrations of regions from blurred images: the geometric transfer matrix on the emission grid.

Each region holds one concentration c_s. Its image is c_s (o_s * h), with o_s the share of each voxel inside the region
and h the Gaussian point spread function; the mean that is measured in region r is ``m_r = sum_s T_rs c_s`` with
``T_rs = sum_x o_r (o_s * h) / sum_x o_r`` (1). What no region holds is a region of its own, the rest.

Sources
-------
Rousset and others, J Nucl Med 1998 (the matrix; cited from memory). With shares of voxels in place of whole ones the
matrix holds the size of the voxels, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from nelm.dosimetry.occupancy import Occupancy, blurred
from nelm.errors import ConvergenceError
from nelm.volume import Grid
from nelm.volume.grid import Box

Array = NDArray[np.float64]
WORST_CONDITION = 1e4
"""Condition number of the matrix beyond which regions cannot be told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Spill:
    """How activity of regions shows in an emission image.

    Parameters
    ----------
    matrix : array (n + 1, n + 1)  T of eq. 1; the last row and column are the rest of the body.
    images : Box and image of each region for a concentration of one, the rest as the last.
    rest : What is body and no region.
    """

    matrix: Array
    images: tuple[tuple[Box, Array], ...]
    rest: Occupancy

    def recovery(self, index: int) -> float:
        """Part of a region's own concentration that its mean shows [1]."""
        return float(self.matrix[index, index])

    def modelled(self, concentrations: Array, grid: Grid) -> Array:
        """Image (z, y, x) of regions with these concentrations, as the scanner sees it."""
        found = np.zeros(grid.shape)
        for value, (box, image) in zip(concentrations.tolist(), self.images, strict=True):
            found[box] += value * image
        return found


def spill(parts: Sequence[Occupancy], body: NDArray[np.bool_], grid: Grid, *, fwhm_mm: float) -> Spill:
    """The transfer matrix of regions and of the rest of the body.

    Parameters
    ----------
    parts : The regions on the emission grid; they do not overlap.
    body : (z, y, x) where there is a body.
    grid : Of the emission image.
    fwhm_mm : Resolution of the image; 0 for voxels alone [mm].
    """
    rest = _rest(parts, body, grid)
    members = [*parts, rest]
    images = tuple(blurred(member, grid, fwhm_mm) for member in members)
    matrix = np.array([[_overlap(target, box, image) for box, image in images] for target in members])
    return Spill(matrix, images, rest)


def without_spill(measured: Array, matrix: Array) -> tuple[Array, tuple[int, ...]]:
    """True concentrations from measured means, and the places of those that came out negative and were set to zero.

    Raises
    ------
    ConvergenceError : Regions that cannot be told apart at this resolution.
    """
    if float(np.linalg.cond(matrix)) > WORST_CONDITION:
        raise ConvergenceError(
            "the regions cannot be told apart at the resolution of the image",
            expected="regions that are not much smaller than the resolution and do not lie in each other",
            remedy="Join small lesions, or go without correction for partial volume (--resolution 0)",
        )
    found = np.linalg.solve(matrix, measured)
    negative = tuple(int(place) for place in np.flatnonzero(found < 0))
    if negative:
        found = optimize.nnls(matrix, measured)[0]
    return np.asarray(found, dtype=np.float64), negative


def _rest(parts: Sequence[Occupancy], body: NDArray[np.bool_], grid: Grid) -> Occupancy:
    """Share of each voxel in the body and in no region."""
    taken = np.zeros(grid.shape)
    for part in parts:
        taken[part.box] += part.share
    share = np.clip(body - taken, 0.0, 1.0)
    whole = (slice(0, grid.shape[0]), slice(0, grid.shape[1]), slice(0, grid.shape[2]))
    return Occupancy(whole, share, float(share.sum()) * grid.voxel_ml, 0.0)


def _overlap(target: Occupancy, box: Box, image: Array) -> float:
    """Mean of an image, known within a box and zero outside, over a region."""
    ours: list[slice] = []
    theirs: list[slice] = []
    for own, other in zip(target.box, box, strict=True):
        start, stop = max(own.start, other.start), min(own.stop, other.stop)
        if stop <= start:
            return 0.0
        ours.append(slice(start - own.start, stop - own.start))
        theirs.append(slice(start - other.start, stop - other.start))
    common = target.share[ours[0], ours[1], ours[2]] * image[theirs[0], theirs[1], theirs[2]]
    total = float(target.share.sum())
    return float(common.sum()) / total if total > 0 else 0.0
