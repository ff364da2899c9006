"""Point kernels: the energy in spherical shells around a point source in one medium, by transport."""

# Functions compiled by numba carry no annotations.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.physics.emissions import Emissions, electron_sampling_table, photon_sampling_table
from nelm.physics.interaction import Material, electron_table
from nelm.physics.transport.batches import Device, Settings, run_batches
from nelm.physics.transport.electrons import CUT_MEV
from nelm.physics.transport.histories import point_batches
from nelm.physics.transport.media import media_of
from nelm.physics.transport.photons import PHOTON_CUT_MEV
from nelm.physics.transport.run import tables_of
from nelm.physics.transport.spectra import Spectrum, spectrum_of
from nelm.physics.transport.steps import ELECTRON, PHOTON

Array = NDArray[np.float64]
FINE_SHELLS, FINE_PER_RANGE = 220, 200
"""Even shells, so many per range of the fastest electron."""
GROWING_SHELLS, OUTER_CM = 130, 60.0
"""Shells beyond, each wider than the last by the same factor."""
KERNEL_SETTINGS = Settings(electrons=1_500_000, photons=1_500_000, step_share=0.025)


@dataclass(frozen=True, slots=True, eq=False)
class PointKernel:
    """Energy around one decay at a point in an endless medium.

    Parameters
    ----------
    nuclide : With its short-lived daughters.
    medium : Name of the material.
    density_g_cm3 : Its density.
    edges_cm : (n + 1,) radii of the shells.
    electron_mev, photon_mev : (n,) energy per decay in each shell that emitted electrons and photons set free, with
        their bremsstrahlung and secondary electrons.
    electron_sd_mev, photon_sd_mev : (n,) standard deviations of these.
    local_mev : Energy per decay of alpha particles, recoils and the electrons and photons below the cuts, at the point.
    beyond_mev : Energy per decay outside the last shell.
    origin : Histories, seed and source of the emissions.
    """

    nuclide: str
    medium: str
    density_g_cm3: float
    edges_cm: Array
    electron_mev: Array
    electron_sd_mev: Array
    photon_mev: Array
    photon_sd_mev: Array
    local_mev: float
    beyond_mev: float
    origin: str

    @property
    def total_mev(self) -> float:
        """Energy per decay inside and outside the shells."""
        return float(self.electron_mev.sum() + self.photon_mev.sum()) + self.local_mev + self.beyond_mev


def point_kernel(emissions: Emissions, medium: Material, settings: Settings | None = None) -> PointKernel:
    """The kernel of a nuclide in a medium, by transport; some 20 s for a million electrons of 90Y on 2 cores.

    Raises
    ------
    InputError : For another device than the CPU.
    """
    chosen = settings or KERNEL_SETTINGS
    if chosen.device is not Device.CPU:
        raise problem(chosen.device, "the device cpu", "only voxels are computed on a GPU", path="device")
    tables = (
        electron_sampling_table(emissions, cut_mev=CUT_MEV),
        photon_sampling_table(emissions, cut_mev=PHOTON_CUT_MEV),
    )
    fine = _farthest_cm(tables[0].quantile_energies_mev, tables[0].line_energies_mev, medium) / FINE_PER_RANGE
    inner = fine * FINE_SHELLS
    growing = np.asarray(np.geomspace(inner, OUTER_CM, GROWING_SHELLS + 1), dtype=np.float64)
    edges = np.asarray(np.concatenate([fine * np.arange(FINE_SHELLS), growing]), dtype=np.float64)
    shells = np.array([fine, FINE_SHELLS, np.log(OUTER_CM / inner) / GROWING_SHELLS])
    found = [
        _shells(spectrum_of(table), kind, medium, shells, settings=chosen, count=count)
        for table, kind, count in zip(
            tables, (ELECTRON, PHOTON), (chosen.electrons, chosen.photons), strict=True
        )
    ]
    local = tables[0].local_energy_mev + tables[1].local_energy_mev + emissions.alpha_energy_mev
    return PointKernel(
        nuclide=emissions.nuclide,
        medium=medium.name,
        density_g_cm3=medium.density_g_cm3,
        edges_cm=edges,
        electron_mev=found[0][0][:-1],
        electron_sd_mev=found[0][1][:-1],
        photon_mev=found[1][0][:-1],
        photon_sd_mev=found[1][1][:-1],
        local_mev=local,
        beyond_mev=sum(float(one[0][-1]) + one[2] for one in found),
        origin=(
            f"transport of {chosen.electrons} electrons and {chosen.photons} photons, steps of {chosen.step_share:g}, "
            f"seed {chosen.seed}; {emissions.provenance.source}"
        ),
    )


def _farthest_cm(quantiles: Array, lines: Array, medium: Material) -> float:
    """Range of the electrons of the highest energy [cm]."""
    highest = max(float(quantiles.max(initial=0.0)), float(lines.max(initial=0.0)), 2 * CUT_MEV)
    table = electron_table(medium, np.geomspace(1e-3, highest, 200))
    return float(table.csda_range_g_cm2[-1]) / medium.density_g_cm3


def _shells(
    spectrum: Spectrum | None, kind: float, medium: Material, shells: Array, *, settings: Settings, count: int
) -> tuple[Array, Array, float]:
    """Energy per decay in each shell and beyond, its standard deviation, and what is lost outside everything."""
    n = FINE_SHELLS + GROWING_SHELLS + 1
    if spectrum is None:
        return np.zeros(n), np.zeros(n), 0.0
    media = media_of([medium], step_share=settings.step_share, with_spin=settings.with_spin)
    grid = (
        np.zeros(1, dtype=np.uint8), np.array([medium.density_g_cm3]), np.ones(3, dtype=np.int64),
        np.full(3, 2 * OUTER_CM), True, shells,
    )  # fmt: skip
    majorant = media.photons[0, :, 0] * medium.density_g_cm3
    seed = 2 * settings.seed + int(kind == PHOTON)

    fixed = (tables_of(media), grid, majorant, spectrum.bins, kind, seed)
    done = run_batches(partial(point_batches, *fixed), n, settings, count=count)
    return done.mean, done.sd, done.escaped
