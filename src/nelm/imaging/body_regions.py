"""Body, lungs, bones and gas from the attenuation of a CT, where nobody segmented them.

Thresholds and connectedness, nothing learned. What is found is where a needle cannot go, not an organ with its wall:
a bowel without gas, a gallbladder and a vessel are not seen. Slices are those of the first axis of the grid, which has
to run along the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.volume import Grid, Mask, Volume

Region = NDArray[np.bool_]
IN_PLANE = np.array([[[0, 0, 0]] * 3, [[0, 1, 0], [1, 1, 1], [0, 1, 0]], [[0, 0, 0]] * 3], dtype=bool)
"""Neighbours within a slice."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Attenuations that part air, tissue and bone, and sizes below which a piece does not count.

    Parameters
    ----------
    tissue_above_hu : Body against air and against the padding of the table.
    air_below_hu : Lung and gas against tissue.
    gas_below_hu : Pure air against lung.
    bone_above_hu : Bone against soft tissue with contrast medium.
    dense_bone_above_hu : A piece of bone has some voxels above this; a vessel with contrast medium has none.
    table_mm : Thickness of what is cut off the body: couch, blankets, tubes.
    lung_min_ml : Air that reaches the upper end of the image is lung from this size.
    closed_lung_min_ml : Air that does not reach it is lung from this size.
    bone_min_ml, dense_bone_min_ml, gas_min_ml : Smallest piece; of a piece of bone, smallest part that is dense.
    """

    tissue_above_hu: float
    air_below_hu: float
    gas_below_hu: float
    bone_above_hu: float
    dense_bone_above_hu: float
    table_mm: float
    lung_min_ml: float
    closed_lung_min_ml: float
    bone_min_ml: float
    dense_bone_min_ml: float
    gas_min_ml: float


@dataclass(frozen=True, slots=True, eq=False)
class Air:
    """The air in a body: lungs, and gas in stomach and bowel."""

    lung: Mask
    gas: Mask


def filled_slices(region: Mask, *, up_to_mm2: float | None = None) -> Mask:
    """The region with its holes filled, slice by slice: what no path within the slice joins to the edge of the image.

    Parameters
    ----------
    up_to_mm2 : Area of the largest hole that is filled; None fills all.
    """
    labels, count = ndimage.label(~region.array, structure=IN_PLANE)
    kept = np.zeros(int(count) + 1, dtype=bool)
    for edge in (labels[:, 0], labels[:, -1], labels[:, :, 0], labels[:, :, -1]):
        kept[np.unique(edge)] = True
    if up_to_mm2 is not None:
        pixel = region.grid.spacing_mm[1] * region.grid.spacing_mm[2]
        kept |= np.bincount(labels.ravel(), minlength=len(kept)) * pixel > up_to_mm2
    kept[0] = False
    return Mask(np.asarray(~kept[labels], dtype=bool), region.grid)


def body_of(image: Volume, limits: BodyLimits) -> Mask:
    """The body: the largest piece of what tissue encloses in each slice, thin parts (a couch) cut off.

    Cost: some passes over the image.
    """
    tissue = Mask(np.asarray(_hu(image) > limits.tissue_above_hu, dtype=bool), image.grid)
    solid = filled_slices(tissue).array
    rows, columns = _stride(image.grid, limits.table_mm)
    coarse = solid[:, ::rows, ::columns]
    edge = max(rows * image.grid.spacing_mm[1], columns * image.grid.spacing_mm[2])
    steps = max(1, round(limits.table_mm / (2 * edge)))
    opened = ndimage.binary_erosion(coarse, IN_PLANE, iterations=steps, border_value=1)
    core = _largest(np.asarray(opened, dtype=bool))
    wide = np.asarray(ndimage.binary_dilation(core, IN_PLANE, iterations=steps + 1), dtype=bool)
    near = np.repeat(np.repeat(wide, rows, axis=1), columns, axis=2)
    _, y, x = image.grid.shape
    return filled_slices(Mask(solid & near[:, :y, :x], image.grid))


def air_in(image: Volume, body: Mask, limits: BodyLimits) -> Air:
    """Lungs and gas: air within the body, parted by attenuation, by size, and by whether it reaches the upper end.

    Bubbles of pure air are gas, even where a thin diaphragm joins them to a lung in the image. Of the rest, a piece
    that reaches the upper slices of the image is lung from `lung_min_ml`, since lungs run on above it; a piece that
    ends below is lung only from `closed_lung_min_ml`, which no bubble in stomach or bowel has.
    """
    air = np.asarray((_hu(image) < limits.air_below_hu) & body.array, dtype=bool)
    bubbles = _bubbles(image, air, limits)
    labels, sizes = _pieces(air & ~bubbles)
    ml = sizes * image.grid.voxel_ml
    at_top = np.zeros(len(sizes), dtype=bool)
    at_top[np.unique(labels[_upper_end(image.grid)])] = True
    lung = (ml >= limits.closed_lung_min_ml) | (at_top & (ml >= limits.lung_min_ml))
    gas = ~lung & (ml >= limits.gas_min_ml)
    lung[0] = gas[0] = False
    lungs = filled_slices(Mask(lung[labels], image.grid), up_to_mm2=LUNG_VESSEL_MM2)
    return Air(lungs, Mask((gas[labels] | bubbles) & ~lungs.array, image.grid))


def _bubbles(image: Volume, air: Region, limits: BodyLimits) -> Region:
    """Pieces of pure air that are too small to be a lung with emphysema, grown back to their wall."""
    steps = max(1, round(BUBBLE_WALL_MM / float(np.prod(image.grid.spacing_mm)) ** (1 / 3)))
    pure = np.asarray(air & (_hu(image) < limits.gas_below_hu), dtype=bool)
    labels, sizes = _pieces(np.asarray(ndimage.binary_erosion(pure, iterations=steps), dtype=bool))
    ml = sizes * image.grid.voxel_ml
    kept = (ml >= limits.gas_min_ml) & (ml < limits.closed_lung_min_ml)
    kept[0] = False
    return np.asarray(ndimage.binary_dilation(kept[labels], iterations=steps + 2) & air, dtype=bool)


BUBBLE_WALL_MM = 3.0
"""How far inside its border gas is pure: noise makes single voxels of a lung as light."""

LUNG_VESSEL_MM2 = 400.0
"""Cross section of the largest vessel in the lungs that is counted as lung."""


def bone_of(image: Volume, body: Mask, limits: BodyLimits, *, without: Sequence[Mask] = ()) -> Mask:
    """Bone: dense pieces of a size, with their marrow (filled slice by slice).

    Parameters
    ----------
    without : Regions that are dense and no bone: vessels and kidneys with contrast medium, the liver with lesions that
        hold calcium or lipiodol. They are left out with a voxel around them.
    """
    dense = np.asarray(_hu(image) > limits.bone_above_hu, dtype=bool) & body.array
    for mask in without:
        if not mask.is_empty:
            box = mask.box(margin_mm=2 * max(image.grid.spacing_mm))
            dense[box] &= ~np.asarray(ndimage.binary_dilation(mask.array[box]), dtype=bool)
    labels, sizes = _pieces(dense)
    very = np.asarray(_hu(image) > limits.dense_bone_above_hu, dtype=bool) & dense
    hard = np.bincount(labels[very], minlength=len(sizes))
    ml = image.grid.voxel_ml
    kept = (sizes * ml >= limits.bone_min_ml) & (hard * ml >= limits.dense_bone_min_ml)
    kept[0] = False
    filled = filled_slices(Mask(kept[labels], image.grid)).array & body.array
    for mask in without:
        filled = filled & ~mask.array
    return Mask(np.asarray(filled & (_hu(image) > limits.air_below_hu), dtype=bool), image.grid)


def _stride(grid: Grid, detail_mm: float) -> tuple[int, int]:
    """Every how many rows and columns of a slice are looked at so that a detail still has three of them."""
    _, rows, columns = (max(1, int(detail_mm / (3 * step))) for step in grid.spacing_mm)
    return rows, columns


def _hu(image: Volume) -> NDArray[np.float64]:
    """The attenuations as they are stored; whole numbers compare as well."""
    return cast("NDArray[np.float64]", image.array)


def _pieces(region: Region) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Connected pieces by number from 1, and the voxels of each number."""
    labels, count = cast("tuple[NDArray[np.intp], int]", ndimage.label(region))
    return labels, np.bincount(labels.ravel(), minlength=int(count) + 1)


def _largest(region: Region) -> Region:
    labels, sizes = _pieces(region)
    sizes[0] = 0
    return np.asarray(labels == int(sizes.argmax()), dtype=bool) if sizes.any() else region


UPPER_SLICES = 2


def _upper_end(grid: Grid) -> slice:
    """The slices nearest to the head."""
    rises = grid.points_of([[1, 0, 0]])[0, 2] > grid.points_of([[0, 0, 0]])[0, 2]
    return slice(-UPPER_SLICES, None) if rises else slice(0, UPPER_SLICES)
