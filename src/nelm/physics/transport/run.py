"""Many histories in batches: the energy in each voxel per decay, with its statistical error."""

# Functions compiled by numba carry no annotations.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nelm.physics.interaction import Material
from nelm.physics.transport.batches import Device, Settings, run_batches
from nelm.physics.transport.histories import voxel_batches
from nelm.physics.transport.media import Media, energies_mev, media_of
from nelm.physics.transport.spectra import Spectrum
from nelm.physics.transport.steps import ELECTRON, PHOTON

Field = NDArray[np.float64]
NOTHING_G_CM3 = 1e-9
"""Density of a voxel without mass: flights need a number to divide by."""
SOURCE_POWER = 0.85
"""Histories start in voxels in proportion to activity to this power, and are weighted back."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Energy in voxels.

    Parameters
    ----------
    mean_mev, sd_mev : (voxels,) per decay, and the standard deviation of the mean.
    escaped_mev : Energy per decay that left the voxels.
    """

    mean_mev: Field
    sd_mev: Field
    escaped_mev: float


def tables_of(media: Media) -> tuple[object, ...]:
    """The tables in the order in which compiled code takes them."""
    energies = energies_mev()
    first, step = float(np.log(energies[0])), float(np.log(energies[1] / energies[0]))
    return (
        media.electrons, media.angles, media.angle_scale, media.brems_energy, media.photons, media.coherent,
        media.incoherent, first, step,
    )  # fmt: skip


def scored(
    activity: Field,
    maps: tuple[NDArray[np.uint8], Field, tuple[Material, ...], tuple[float, float, float]],
    spectra: tuple[Spectrum | None, Spectrum | None],
    settings: Settings,
    *,
    progress: Callable[[float], None] | None = None,
) -> Scored:
    """Follow the electrons and the photons of an activity map.

    Parameters
    ----------
    activity : (z, y, x) any unit.
    maps : Material (z, y, x), density (z, y, x) [g/cm3], materials, edges along (z, y, x) [mm].
    spectra : Of electrons and photons.
    progress : Told the share that is done.
    """
    material, density, materials, spacing_mm = maps
    media = media_of(materials, step_share=settings.step_share, with_spin=settings.with_spin)
    z, y, x = material.shape
    size = np.array(spacing_mm[::-1]) / 10
    flat_density = np.maximum(np.ascontiguousarray(density, dtype=np.float64).ravel(), NOTHING_G_CM3)
    flat_material = np.ascontiguousarray(material, dtype=np.uint8).ravel()
    grid = (flat_material, flat_density, np.array([x, y, z]), size, False, np.ones(3))
    majorant = _majorant(media, flat_material, flat_density)
    source = _source(activity.ravel())
    total, squares, escaped = np.zeros(activity.size), np.zeros(activity.size), 0.0
    counts = (settings.electrons, settings.photons)
    tables = tables_of(media)
    jobs = [(one, kind, n) for one, kind, n in zip(spectra, (ELECTRON, PHOTON), counts, strict=True) if one]
    for number, (spectrum, kind, count) in enumerate(jobs):
        fixed = (tables, grid, majorant, source, spectrum.bins, kind, 2 * settings.seed + number)
        done = run_batches(
            _on(settings.device, fixed),
            activity.size,
            settings,
            count=count,
            progress=None if progress is None else _part(progress, number, len(jobs)),
        )
        total += done.mean
        squares += done.sd**2
        escaped += done.escaped
    return Scored(total, np.sqrt(squares), escaped)


def _on(device: Device, fixed: tuple[object, ...]) -> Callable[[int, int, Field, Field], None]:
    """Batches from voxels on a device, the arguments that stay the same bound."""
    if device is Device.CPU:
        return partial(voxel_batches, *fixed)
    from nelm.physics.transport.gpu import voxel_batches_on_gpu

    return voxel_batches_on_gpu(fixed)


def _part(progress: Callable[[float], None], number: int, jobs: int) -> Callable[[float], None]:
    """Progress of one job among several."""
    return lambda share: progress((number + share) / jobs)


def _majorant(media: Media, material: NDArray[np.uint8], density: Field) -> Field:
    """Largest attenuation of any voxel at each energy [1/cm]."""
    densest = [float(density[material == m].max(initial=0.0)) for m in range(len(media.materials))]
    return np.max(media.photons[:, :, 0] * np.array(densest)[:, None], axis=0)


def _source(activity: Field) -> tuple[Field, Field]:
    """Share of the histories of each voxel, and what each history stands for."""
    share = activity / activity.sum()
    chance = np.where(share > 0, share**SOURCE_POWER, 0.0)
    chance /= chance.sum()
    return chance, np.divide(share, chance, out=np.zeros_like(share), where=chance > 0)
