"""Local deposition: all charged particles stop in the voxel where they start, all photons leave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nelm.physics.emissions import Emissions
from nelm.physics.emissions.records import JOULE_PER_MEV
from nelm.physics.engines.body import (
    DECAYS_PER_MBQ_H,
    Body,
    DoseMap,
    checked_activity,
    emitted_mev,
    gray,
)


def local_dose(
    time_integrated_activity_mbq_h: NDArray[np.floating], body: Body, emissions: Emissions
) -> DoseMap:
    """Absorbed dose by local deposition, ``D = A E_charged / m``.

    For voxels that are large against the range of the particles, and for emission images that are blurred by more
    than that range. Photons are left out.

    Parameters
    ----------
    time_integrated_activity_mbq_h : (z, y, x) per voxel [MBq h].
    body : Materials and densities on the same grid.
    emissions : Of the nuclide, with the daughters that decay at the same place.

    Raises
    ------
    GeometryError, InputError : See `checked_activity`.
    """
    activity = checked_activity(time_integrated_activity_mbq_h, body)
    charged = emissions.electron_energy_mev + emissions.alpha_energy_mev
    energy = activity * DECAYS_PER_MBQ_H * charged
    decays = float(activity.sum()) * DECAYS_PER_MBQ_H
    return DoseMap(
        dose_gy=gray(energy, body),
        statistical_sd_gy=None,
        emitted_j=decays * emitted_mev(emissions) * JOULE_PER_MEV,
        deposited_j=float(energy.sum()) * JOULE_PER_MEV,
        engine=f"local deposition of {charged * 1000:.2f} keV per decay",
        remarks=("photons are left out",),
    )
