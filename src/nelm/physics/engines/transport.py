"""Monte Carlo: electrons and photons followed through the materials of the body."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nelm.physics.emissions import Emissions, electron_sampling_table, photon_sampling_table
from nelm.physics.emissions.records import JOULE_PER_MEV
from nelm.physics.engines.body import (
    DECAYS_PER_MBQ_H,
    Body,
    DoseMap,
    checked_activity,
    emitted_mev,
    gray,
)
from nelm.physics.transport.batches import Settings
from nelm.physics.transport.electrons import CUT_MEV
from nelm.physics.transport.photons import PHOTON_CUT_MEV
from nelm.physics.transport.run import scored
from nelm.physics.transport.spectra import spectrum_of


def transport_dose(
    time_integrated_activity_mbq_h: NDArray[np.floating],
    body: Body,
    emissions: Emissions,
    settings: Settings | None = None,
    *,
    progress: Callable[[float], None] | None = None,
) -> DoseMap:
    """Absorbed dose by coupled electron-photon transport, with its statistical error.

    Alpha particles, recoiling nuclei and electrons below 10 keV stay in their voxel; annihilation photons start where
    the decay was. The equations are in docs/theory.md.

    Parameters
    ----------
    time_integrated_activity_mbq_h : (z, y, x) per voxel [MBq h].
    body : Materials and densities on the same grid.
    emissions : Of the nuclide, with the daughters that decay at the same place.
    settings : How many histories.
    progress : Told the share that is done.

    Raises
    ------
    GeometryError, InputError : See `checked_activity`.
    MissingExtraError : When a GPU is asked for and none can be used.
    """
    activity = checked_activity(time_integrated_activity_mbq_h, body)
    chosen = settings or Settings()
    electrons = electron_sampling_table(emissions, cut_mev=CUT_MEV)
    photons = photon_sampling_table(emissions, cut_mev=PHOTON_CUT_MEV)
    found = scored(
        activity,
        (body.material, body.density_g_cm3, body.materials, body.spacing_mm),
        (spectrum_of(electrons), spectrum_of(photons)),
        chosen,
        progress=progress,
    )
    local = electrons.local_energy_mev + photons.local_energy_mev + emissions.alpha_energy_mev
    decays = float(activity.sum()) * DECAYS_PER_MBQ_H
    mean = found.mean_mev.reshape(body.shape) * decays + activity * DECAYS_PER_MBQ_H * local
    return DoseMap(
        dose_gy=gray(mean, body),
        statistical_sd_gy=gray(found.sd_mev.reshape(body.shape) * decays, body),
        emitted_j=decays * emitted_mev(emissions) * JOULE_PER_MEV,
        deposited_j=float(mean.sum()) * JOULE_PER_MEV,
        engine=(
            f"transport of {chosen.electrons:g} electrons and {chosen.photons:g} photons in {chosen.batches} batches, "
            f"seed {chosen.seed}; {emissions.provenance.source}"
        ),
        remarks=(f"{100 * found.escaped_mev / emitted_mev(emissions):.2f} % of the energy left the voxels",),
    )
