"""Uptake of one lesion: SUVmax, SUVpeak, SUVmean, total uptake, and how far its size makes them too low."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.errors import InputError, Problem
from nelm.imaging.lesions import Lesion
from nelm.volume import Mask, Quantity, Volume, mask_on

PEAK_RADIUS_MM = float(np.cbrt(3 * 1000 / (4 * np.pi)))
"""Radius of a sphere of 1 mL, 6.2 mm."""

SUB_VOXELS = 5
"""Along each axis a voxel is parted so often to find how much of it lies in the sphere."""

SMALL_RESOLUTIONS = 3.0
"""Lesions smaller than so many times the resolution of the scanner look less intense than they are."""


@dataclass(frozen=True, slots=True)
class Uptake:
    """Uptake of a lesion, in the unit of the image.

    Parameters
    ----------
    maximum, mean : Over the voxels of the lesion.
    peak : Highest mean over a sphere of 1 mL whose middle lies in the lesion.
    total : Mean times volume [unit x mL].
    volume_ml : Of the lesion on the grid of the image.
    is_small : Whether partial volume makes all of them too low; None where the resolution is not known.
    """

    maximum: float
    mean: float
    peak: float
    total: float
    volume_ml: float
    is_small: bool | None


def lesion_on(image: Volume, lesion: Lesion) -> tuple[Volume, Mask]:
    """The image around a lesion, and the lesion on its grid.

    A lesion drawn on finer voxels (CT) is one on the image's where half of a voxel is in it; where none is, the voxel
    that holds its middle stands for it.
    """
    inside = lesion.mask.grid.points_of(np.argwhere(lesion.mask.array))
    indices = image.grid.indices_of(inside)
    margin = np.ceil(2 * PEAK_RADIUS_MM / np.array(image.grid.spacing_mm)) + 1
    low = np.floor(indices.min(axis=0) - margin).astype(int)
    high = np.ceil(indices.max(axis=0) + margin).astype(int) + 1
    box = tuple(slice(max(0, a), min(n, b)) for a, b, n in zip(low, high, image.grid.shape, strict=True))
    if any(part.stop <= part.start for part in box):
        raise InputError(
            [
                Problem(
                    lesion.name,
                    "outside the image",
                    "a lesion within the field of view",
                    "Register the images.",
                )
            ]
        )
    cut = image.cropped((box[0], box[1], box[2]))
    mask = mask_on(lesion.mask, cut.grid)
    if mask.is_empty:
        middle = np.asarray(np.round(cut.grid.indices_of([inside.mean(axis=0)])[0]), dtype=np.intp)
        array = np.zeros(cut.grid.shape, dtype=bool)
        array[tuple(np.clip(middle, 0, np.array(array.shape) - 1))] = True
        mask = Mask(array, cut.grid)
    return cut, mask


def uptake_of(image: Volume, lesion: Lesion, *, resolution_mm: float | None = None) -> Uptake:
    """Uptake of a lesion.

    Parameters
    ----------
    image : SUV, or activity concentration; counts are refused where an SUV is meant by the caller.
    resolution_mm : Full width at half maximum of the reconstructed image.

    Raises
    ------
    InputError : The lesion lies outside the image, or the image holds numbers that are none.
    """
    cut, mask = lesion_on(image, lesion)
    values = np.asarray(cut.array, dtype=np.float64)
    own = values[mask.array]
    if not np.isfinite(own).all():
        raise InputError(
            [Problem(lesion.name, "values that are no numbers", "a finite image", "Reconstruct again.")]
        )
    volume, mean = mask.volume_ml, float(own.mean())
    diameter = float(np.cbrt(6000 * lesion.volume_ml / np.pi))
    return Uptake(
        maximum=float(own.max()),
        mean=mean,
        peak=_peak(values, mask),
        total=mean * volume,
        volume_ml=volume,
        is_small=None if resolution_mm is None else diameter < SMALL_RESOLUTIONS * resolution_mm,
    )


def _peak(values: NDArray[np.float64], mask: Mask) -> float:
    """Highest mean over a sphere of 1 mL around a voxel of the lesion."""
    kernel = sphere_kernel(mask.grid.spacing_mm)
    means = np.asarray(ndimage.convolve(np.nan_to_num(values), kernel, mode="nearest"))
    return float(means[mask.array].max())


def sphere_kernel(spacing_mm: tuple[float, float, float]) -> NDArray[np.float64]:
    """The share of each voxel in a sphere of 1 mL around the middle one, adding up to 1 (z, y, x)."""
    reach = [int(np.ceil(PEAK_RADIUS_MM / step + 0.5)) for step in spacing_mm]
    steps = (np.arange(SUB_VOXELS) + 0.5) / SUB_VOXELS - 0.5
    axes = [
        ((np.arange(-n, n + 1)[:, None] + steps).ravel() * step) ** 2
        for n, step in zip(reach, spacing_mm, strict=True)
    ]
    inside = axes[0][:, None, None] + axes[1][None, :, None] + axes[2][None, None, :] <= PEAK_RADIUS_MM**2
    shape = [part for n in reach for part in (2 * n + 1, SUB_VOXELS)]
    share = inside.reshape(shape).mean(axis=(1, 3, 5))
    return np.asarray(share / share.sum())


def require_suv(image: Volume) -> None:
    """Refuse an image that is no SUV.

    Raises
    ------
    InputError : With what it is.
    """
    if image.quantity is not Quantity.SUV_BODY_WEIGHT:
        raise InputError(
            [Problem("receptor image", str(image.quantity), "an SUV image (g/mL)",
                     "Give the DICOM series with injected activity, weight and times, or a volume in SUV.")]
        )  # fmt: skip
