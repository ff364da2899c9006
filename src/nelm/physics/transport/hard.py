"""Hard collisions of electrons after Moller: how many, and what they take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nelm.physics.transport.elastic import CLASSICAL_RADIUS_CM, ELECTRON_MEV

Array = NDArray[np.float64]
RUTHERFORD_MEV_CM2 = 2 * np.pi * CLASSICAL_RADIUS_CM**2 * ELECTRON_MEV


def moller_cross_section(energies: Array, above_mev: float) -> Array:
    """Cross-section per electron of losses above a limit, up to half the energy [cm2].

    ``dsigma/dW = 2 pi r2 m / beta2 [1/W2 + 1/(E - W)2 + 1/(E + m)2 - m (2 E + m) / (E + m)2 / (W (E - W))]``.
    """
    e = np.maximum(energies, 2 * above_mev * (1 + 1e-12))
    w = above_mev
    total = e + ELECTRON_MEV
    c = ELECTRON_MEV * (2 * e + ELECTRON_MEV) / total**2
    value = 1 / w - 1 / (e - w) + (0.5 * e - w) / total**2 - c / e * np.log((e - w) / w)
    return np.where(energies > 2 * above_mev, RUTHERFORD_MEV_CM2 / _beta2(e) * value, 0.0)


def moller_loss(energies: Array, above_mev: float) -> Array:
    """Stopping power per electron of losses above a limit [MeV cm2]."""
    e = np.maximum(energies, 2 * above_mev * (1 + 1e-12))
    w = above_mev
    total = e + ELECTRON_MEV
    c = ELECTRON_MEV * (2 * e + ELECTRON_MEV) / total**2
    # integrals of W times each term from w to E/2
    first = np.log(e / 2 / w)
    second = 2 - e / (e - w) + np.log(e / 2 / (e - w))
    third = (e**2 / 4 - w**2) / 2 / total**2
    fourth = c * np.log((e - w) / (e / 2))
    return np.where(
        energies > 2 * above_mev, RUTHERFORD_MEV_CM2 / _beta2(e) * (first + second + third - fourth), 0.0
    )


def _beta2(e: Array) -> Array:
    return e * (e + 2 * ELECTRON_MEV) / (e + ELECTRON_MEV) ** 2
