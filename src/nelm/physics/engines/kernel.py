"""Convolution with point kernels: energy spread as in one endless medium, then divided by the mass of the voxel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from nelm.errors import problem
from nelm.physics.emissions import Emissions
from nelm.physics.emissions.records import JOULE_PER_MEV
from nelm.physics.engines.body import (
    DECAYS_PER_MBQ_H,
    Body,
    DoseMap,
    Field,
    checked_activity,
    emitted_mev,
)
from nelm.physics.engines.voxel_s import voxel_energies
from nelm.physics.kernels import kernel_of
from nelm.physics.transport.point import PointKernel

COARSE = 4
"""Fine voxels on an edge of a coarse one, on which what reaches far is spread."""
NEAR_COARSE = 2.0
"""What stays within so many coarse edges is spread on the fine grid."""
FARTHEST_CM = 45.0
THIN_G_CM3 = 0.05
"""Voxels of less density get the dose that the medium of the kernel would get: air has no mass to divide by."""


def kernel_dose(
    time_integrated_activity_mbq_h: NDArray[np.floating],
    body: Body,
    emissions: Emissions,
    *,
    medium: str = "soft_tissue",
) -> DoseMap:
    """Absorbed dose by convolution with a point kernel, scaled by density.

    What comes to a voxel from nearby (electrons, and photons that are absorbed close to their source) is taken as
    energy, the same as in the medium, and divided by the voxel's own mass; what photons bring from far away is taken
    as dose, the same as in the medium. Borders between tissues are not seen: use `transport_dose` where lung or bone
    lie next to activity.

    Parameters
    ----------
    time_integrated_activity_mbq_h : (z, y, x) per voxel [MBq h].
    body : Densities on the same grid; its materials are not looked at.
    emissions : Of the nuclide with its short-lived daughters, as the kernels are.
    medium : Material of the kernel.

    Raises
    ------
    GeometryError, InputError : See `checked_activity`; daughters left out.
    """
    activity = checked_activity(time_integrated_activity_mbq_h, body)
    kernel = kernel_of(emissions.nuclide, medium=medium)
    if abs(kernel.total_mev / emitted_mev(emissions) - 1) > 1e-3:
        raise problem(
            emissions.nuclide,
            "emissions of the nuclide with its short-lived daughters",
            "take emissions_of(nuclide), or transport_dose for the nuclide alone",
            path="emissions",
        )
    near, far = _split(kernel, NEAR_COARSE * COARSE * max(body.spacing_mm) / 10)
    close = _near(activity, near, body.spacing_mm)
    distant = _far(activity, far, body.spacing_mm)
    reference_g = kernel.density_g_cm3 * body.voxel_cm3
    masses = np.where(body.density_g_cm3 >= THIN_G_CM3, body.mass_g, reference_g)
    unit = DECAYS_PER_MBQ_H * JOULE_PER_MEV * 1000
    dose = np.where(body.density_g_cm3 > 0, (close / masses + distant / reference_g) * unit, 0.0)
    decays = float(activity.sum()) * DECAYS_PER_MBQ_H
    return DoseMap(
        dose_gy=dose,
        statistical_sd_gy=None,
        emitted_j=decays * emitted_mev(emissions) * JOULE_PER_MEV,
        deposited_j=float((dose * body.mass_g).sum()) / 1000,
        engine=f"convolution with the kernel of {kernel.nuclide} in {medium} ({kernel.origin}), scaled by density",
        remarks=("borders between tissues are not seen",),
    )


def _split(kernel: PointKernel, radius_cm: float) -> tuple[PointKernel, PointKernel]:
    """The shells up to a radius, and the others."""
    inside = kernel.edges_cm[1:] <= max(radius_cm, float(kernel.edges_cm[1]))
    inside |= kernel.electron_mev > kernel.photon_mev + np.abs(kernel.electron_mev[-1])
    inside[: int(np.flatnonzero(inside).max()) + 1] = True
    near = replace(kernel, electron_mev=kernel.electron_mev * inside, photon_mev=kernel.photon_mev * inside)
    reached = kernel.edges_cm[1:] <= FARTHEST_CM
    rest = ~inside & reached
    far = replace(
        kernel, electron_mev=kernel.electron_mev * rest, photon_mev=kernel.photon_mev * rest, local_mev=0.0
    )
    return near, far


def _reach(kernel: PointKernel, spacing_mm: tuple[float, float, float], shape: tuple[int, ...]) -> list[int]:
    """Voxels that a kernel reaches along each axis, at most the length of the grid."""
    used = np.flatnonzero(kernel.electron_mev + kernel.photon_mev)
    radius = float(kernel.edges_cm[used.max() + 1]) if used.size else 0.0
    return [
        min(int(np.ceil(radius * 10 / step)) + 1, max(n - 1, 0))
        for step, n in zip(spacing_mm, shape, strict=True)
    ]


def _near(activity: Field, kernel: PointKernel, spacing_mm: tuple[float, float, float]) -> Field:
    """Energy per unit of activity on the grid of the activity."""
    z, y, x = _reach(kernel, spacing_mm, activity.shape)
    return _convolved(activity, voxel_energies(kernel, spacing_mm, (z, y, x)))


def _far(activity: Field, kernel: PointKernel, spacing_mm: tuple[float, float, float]) -> Field:
    """The same for what reaches far: on a coarse grid, drawn out linearly."""
    if not (kernel.electron_mev + kernel.photon_mev).any():
        return np.zeros_like(activity)
    padded = [-n % COARSE for n in activity.shape]
    wide = np.pad(activity, [(0, n) for n in padded])
    blocks = [part for n in wide.shape for part in (n // COARSE, COARSE)]
    coarse = wide.reshape(blocks).sum(axis=(1, 3, 5))
    sz, sy, sx = (step * COARSE for step in spacing_mm)
    z, y, x = _reach(kernel, (sz, sy, sx), coarse.shape)
    spread = _convolved(coarse, voxel_energies(kernel, (sz, sy, sx), (z, y, x))) / COARSE**3
    drawn = spread
    for axis, n in enumerate(wide.shape):
        drawn = _drawn_out(drawn, axis, n)
    return drawn[tuple(slice(0, n) for n in activity.shape)]


def _drawn_out(array: Field, axis: int, length: int) -> Field:
    """Linear interpolation from the middles of coarse voxels to those of fine ones along an axis."""
    place = (np.arange(length) + 0.5) / COARSE - 0.5
    low = np.clip(np.floor(place).astype(int), 0, array.shape[axis] - 1)
    high = np.clip(low + 1, 0, array.shape[axis] - 1)
    part = np.clip(place - low, 0, 1).astype(np.float32)
    shape = [1, 1, 1]
    shape[axis] = length
    part = part.reshape(shape)
    return np.take(array, low, axis) * (1 - part) + np.take(array, high, axis) * part


def _convolved(array: Field, kernel: Field) -> Field:
    """Linear convolution of the same size, kernel in the middle; rounding below 0 is cut off."""
    length = [
        fft.next_fast_len(n + k // 2, real=True) for n, k in zip(array.shape, kernel.shape, strict=True)
    ]
    image = fft.rfftn(array.astype(np.float32), length, workers=-1)
    centred = np.zeros(length, dtype=np.float32)
    centred[tuple(slice(0, min(k, n)) for k, n in zip(kernel.shape, length, strict=True))] = kernel
    centred = np.roll(centred, [-(k // 2) for k in kernel.shape], axis=(0, 1, 2))
    image *= fft.rfftn(centred, length, workers=-1)
    found = fft.irfftn(image, length, workers=-1)
    return np.maximum(found[tuple(slice(0, n) for n in array.shape)], 0.0).astype(np.float64)
