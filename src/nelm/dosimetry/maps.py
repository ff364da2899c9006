"""Maps of time-integrated activity: as imaged, and corrected for partial volume on the grid that dose is computed on.

The corrected map keeps what the image shows inside a region and gives the region its own total: with f the map as
imaged, s the map of regions of one concentration each and h the point spread function, ``q = f / (s * h)`` is the
unevenness that the image shows, and a voxel of region r holds ``(A_r / v_r) q``, scaled so that the mean of q over the
region is one. Without a resolution h is the voxel alone.

Sources
-------
Region-based voxel-wise correction: Yang and others 1996, Thomas and others, Eur J Nucl Med Mol Imaging 2011 (cited from
memory; the last step, the scaling, makes totals of regions exact).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.dosimetry.curves import View
from nelm.dosimetry.integrals import ActivityIntegral
from nelm.dosimetry.occupancy import subdivided
from nelm.dosimetry.regions import Region
from nelm.dosimetry.scans import BQ_PER_MBQ, Scan
from nelm.imaging.registration import moved_volume
from nelm.physics.kinetics import voxelwise_kinetics, voxelwise_single_time_point
from nelm.volume import Grid, Quantity, Volume, mask_on, volume_on

Array = NDArray[np.float64]
Map = NDArray[np.float32]
DOSE_VOXEL_MM = 2.5
"""Edge of the voxels that dose is computed on, at most: below the size of the lesions that matter."""
MOST_UNEVEN = 4.0
"""Largest q: beyond, noise over a faint model speaks."""
FAINT = 1e-3
"""Part of the largest concentration below which the model is too faint to be divided by."""
SIGNAL_TO_NOISE = 4.0
"""Amplitude over its standard uncertainty from which a voxel gets kinetics of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class ImagedMaps:
    """What the images show, on the grid of the reference image.

    Parameters
    ----------
    grid : Of the maps.
    time_integrated_mbq_h_per_ml : (z, y, x) [MBq h/mL].
    half_life_h : (z, y, x) effective half-life [h]; 0 where there is none.
    """

    grid: Grid
    time_integrated_mbq_h_per_ml: Map
    half_life_h: Map


def finer(grid: Grid) -> Grid:
    """The grid with each voxel parted so that no edge exceeds `DOSE_VOXEL_MM`."""
    return subdivided(
        grid, [max(1, int(np.ceil(spacing / DOSE_VOXEL_MM - 0.05))) for spacing in grid.spacing_mm]
    )


def labels_on(regions: Sequence[Region], grid: Grid) -> NDArray[np.int16]:
    """(z, y, x) place of each voxel's region, -1 outside of all; a region too small for any voxel gets its nearest."""
    labels = np.full(grid.shape, -1, dtype=np.int16)
    for place, region in reversed(list(enumerate(regions))):
        inside = mask_on(region.mask, grid).array
        labels[inside] = place
    for place, region in enumerate(regions):
        if not (labels == place).any():
            centre = region.mask.grid.points_of([np.argwhere(region.mask.array).mean(axis=0)])
            k, j, i = (round(float(value)) for value in grid.indices_of(centre)[0])
            if all(0 <= value < length for value, length in zip((k, j, i), grid.shape, strict=True)):
                labels[k, j, i] = place
    return labels


def imaged_maps(
    views: Sequence[View],
    labels: NDArray[np.int16],
    integrals: Sequence[ActivityIntegral],
    *,
    physical_half_life_h: float,
) -> ImagedMaps:
    """Voxel-wise time-integrated activity of the images as they stand.

    Parameters
    ----------
    views : In the order of their times; the first lies on the grid of the maps.
    labels : (z, y, x) region of each voxel on that grid; -1 for the rest.
    integrals : Of each region, the rest of the body as the last.
    """
    first = views[0].scan.activity
    images = [np.maximum(_on(view.scan, first.grid), 0.0) for view in views]
    stacked = np.stack(images)
    sds = np.stack([_voxel_sd(view, image) for view, image in zip(views, images, strict=True)])
    integrated = np.zeros(first.grid.shape, dtype=np.float32)
    half_life = np.zeros(first.grid.shape, dtype=np.float32)
    for place, integral in enumerate(integrals):
        mask = labels == (place if place < len(integrals) - 1 else -1)
        if not mask.any():
            continue
        if integral.fit is not None:
            found = voxelwise_kinetics(
                stacked,
                times_h=integral.data.times_h,
                activity_sds=sds,
                organ=integral.fit,
                mask=mask,
                least_signal_to_noise=SIGNAL_TO_NOISE,
            )
        else:
            found = voxelwise_single_time_point(
                images[0],
                time_h=views[0].scan.after_h,
                effective_half_life_h=integral.effective_half_life_h,
                physical_half_life_h=physical_half_life_h,
                mask=mask,
            )
        integrated[mask] = found.time_integrated_activity[mask]
        half_life[mask] = found.effective_half_life_h[mask]
    return ImagedMaps(first.grid, integrated / np.float32(BQ_PER_MBQ), half_life)


def corrected_map(
    imaged: ImagedMaps,
    view: View,
    integrals: Sequence[ActivityIntegral],
    *,
    volumes_ml: Sequence[float],
    labels: NDArray[np.int16],
    grid: Grid,
    body: NDArray[np.bool_],
) -> Array:
    """Time-integrated activity of each voxel of the dose grid, corrected for partial volume [MBq h].

    Parameters
    ----------
    view : Of the first image, whose spill shows how regions look.
    integrals, volumes_ml : Of each region, the rest of the body as the last.
    labels : (z, y, x) region of each voxel on the dose grid; -1 for the rest.
    grid : The dose grid.
    body : (z, y, x) where there is mass: nothing is put outside.
    """
    totals = np.array([one.time_integrated_activity_mbq_h for one in integrals])
    concentrations = totals / np.array(volumes_ml)
    shown = view.spill.modelled(concentrations[list(view.rows)], imaged.grid)
    faint = FAINT * float(concentrations.max())
    uneven = np.where(shown > faint, imaged.time_integrated_mbq_h_per_ml / np.maximum(shown, faint), 0.0)
    uneven = np.clip(uneven, 0.0, MOST_UNEVEN).astype(np.float32)
    fine = np.asarray(volume_on(Volume(uneven, imaged.grid), grid).array, dtype=np.float64)
    found = np.zeros(grid.shape)
    for place, concentration in enumerate(concentrations.tolist()):
        inside = (labels == (place if place < len(integrals) - 1 else -1)) & body
        values = fine[inside]
        mean = float(values.mean()) if values.size else 0.0
        if mean > 0:
            found[inside] = concentration * grid.voxel_ml * values / mean
    return found


def _on(scan: Scan, grid: Grid) -> Map:
    """The image on the grid of the reference image."""
    moved = moved_volume(scan.activity, scan.from_reference, grid)
    return np.asarray(moved.array, dtype=np.float32)


def _voxel_sd(view: View, image: Map) -> Map:
    """Standard deviation of each voxel; a tenth of its value where the noise is not known, and never zero."""
    values = np.asarray(image, dtype=np.float64)
    floor = FAINT * float(values.max())
    sds = view.noise.voxel_sd(values) if view.noise is not None else values / 10
    return np.maximum(sds, floor).astype(np.float32)


def as_volume(array: NDArray[np.floating], grid: Grid, quantity: Quantity) -> Volume:
    """A map as an image."""
    return Volume(np.asarray(array, dtype=np.float32), grid, quantity)
