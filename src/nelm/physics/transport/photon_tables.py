"""Photon tables of a material for the transport: attenuation, shares of the processes, scattering functions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nelm.physics.interaction import Material, photon_table, scattering_factors
from nelm.physics.transport.elastic import QUANTILES

Array = NDArray[np.float64]
HIGHEST_TRANSFER = 100.0
"""Momentum transfer up to which the scattering function is tabulated; beyond, electrons are free [1/angstrom]."""
INCOHERENT_STEPS = 512


def photon_columns(material: Material, energies_mev: Array) -> Array:
    """(n, 4): total [cm2/g], then the cumulative shares of photoelectric, incoherent and coherent events."""
    table = photon_table(material, energies_mev)
    photo = table.photoelectric / table.total
    incoherent = photo + table.incoherent / table.total
    return np.stack([table.total, photo, incoherent, incoherent + table.coherent / table.total], axis=1)


def scattering_functions(material: Material) -> tuple[Array, Array]:
    """Squared transfers at even steps of the integral of F2 [1/A2]; S / Z at even steps of the root of the transfer."""
    factors = scattering_factors(material)
    share = factors.coherent_integral / factors.coherent_integral[-1]
    coherent = np.interp(np.linspace(0, 1, QUANTILES), share, factors.x_per_angstrom**2)
    transfers = HIGHEST_TRANSFER * np.linspace(0, 1, INCOHERENT_STEPS) ** 2
    bound = np.interp(transfers, factors.x_per_angstrom, factors.incoherent) / material.z_over_a
    return coherent, np.minimum(bound, 1.0)
