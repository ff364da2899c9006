"""Many histories in batches: the energy in each voxel per decay, with its statistical error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.physics.interaction import Material
from nelm.physics.transport.histories import voxel_batches
from nelm.physics.transport.media import Media, energies_mev, media_of
from nelm.physics.transport.spectra import Spectrum
from nelm.physics.transport.steps import ELECTRON, PHOTON

Field = NDArray[np.float64]
SOURCE_POWER = 0.8
"""Histories start in voxels in proportion to activity to this power, and are weighted back."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is computed.

    Parameters
    ----------
    electrons, photons : Histories of emitted electrons and photons.
    batches : Independent parts from whose scatter the statistical error comes; at least 4.
    seed : Same seed, same dose, whatever the number of threads.
    threads : Cores; None for all.
    """

    electrons: int = 2_000_000
    photons: int = 1_000_000
    batches: int = 16
    seed: int = 1
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.batches < 4:
            raise problem(self.batches, "at least 4 batches", path="batches")
        if min(self.electrons, self.photons) < self.batches:
            raise problem(self.electrons, "at least one history per batch", path="histories")


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
    media = media_of(materials)
    z, y, x = material.shape
    size = np.array(spacing_mm[::-1]) / 10
    flat_density = np.ascontiguousarray(density, dtype=np.float64).ravel()
    flat_material = np.ascontiguousarray(material, dtype=np.uint8).ravel()
    grid = (flat_material, flat_density, np.array([x, y, z]), size, False, np.ones(3))
    majorant = _majorant(media, flat_material, flat_density)
    source = _source(activity.ravel())
    total, squares, escaped = np.zeros(activity.size), np.zeros(activity.size), 0.0
    counts = (settings.electrons, settings.photons)
    jobs = [(one, kind, n) for one, kind, n in zip(spectra, (ELECTRON, PHOTON), counts, strict=True) if one]
    for number, (spectrum, kind, count) in enumerate(jobs):
        sums = np.zeros(activity.size), np.zeros(activity.size)
        escaped += _batches(
            (tables_of(media), grid, majorant, source, spectrum, kind, settings.seed + number),
            count // settings.batches,
            settings,
            sums,
            progress=None if progress is None else _part(progress, number, len(jobs)),
        )
        total += sums[0] / settings.batches
        mean = sums[0] / settings.batches
        squares += np.maximum(sums[1] / settings.batches - mean**2, 0) / (settings.batches - 1)
    return Scored(total, np.sqrt(squares), escaped)


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


def _batches(
    what: tuple[object, ...],
    count: int,
    settings: Settings,
    sums: tuple[Field, Field],
    *,
    progress: Callable[[float], None] | None,
) -> float:
    """Run batches, as many at a time as there are threads; adds them in their order, gives the energy that escaped."""
    tables, grid, majorant, source, spectrum, kind, seed = what
    assert isinstance(spectrum, Spectrum)
    bins = (spectrum.cumulative, spectrum.low_mev, spectrum.high_mev, spectrum.weight)
    threads = min(settings.threads or numba.config.NUMBA_NUM_THREADS, settings.batches)
    before = numba.get_num_threads()
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    escaped = 0.0
    try:
        for first in range(0, settings.batches, threads):
            rows = min(threads, settings.batches - first)
            tallies, lost = np.zeros((rows, sums[0].size)), np.zeros((rows, 3))
            voxel_batches(tables, grid, majorant, source, bins, kind, seed, first, count, tallies, lost)
            for row in range(rows):
                one = tallies[row] / max(lost[row, 2], 1.0)
                sums[0][:] += one
                sums[1][:] += one**2
                escaped += float(lost[row, :2].sum() / max(lost[row, 2], 1.0)) / settings.batches
            if progress is not None:
                progress((first + rows) / settings.batches)
    finally:
        numba.set_num_threads(before)
    return escaped
