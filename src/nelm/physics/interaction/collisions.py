"""Collisions of electrons with electrons above a cut (Moller), and the stopping power that is left below it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.physics.interaction.materials import Material
from nelm.physics.interaction.stopping import (
    COLLISION_FACTOR,
    ELECTRON_MASS_MEV,
    collision_stopping_power,
    density_effect,
)


def restricted_collision_stopping_power(
    material: Material, energies_mev: NDArray[np.float64], *, cut_mev: float
) -> NDArray[np.float64]:
    """Mass collision stopping power of electrons by losses up to a cut [MeV cm2/g].

    L = 0.1535 (Z/A) / beta^2 [ln(2 (tau + 2) / (I / m c^2)^2) + G - delta], with h = cut / T and
    G = -1 - beta^2 + ln(4 (1 - h) h) + 1 / (1 - h) + (1 - beta^2) [tau^2 h^2 / 2 + (2 tau + 1) ln(1 - h)]
    + ln(tau^2 / 4); for T up to twice the cut it is the unrestricted stopping power.

    Parameters
    ----------
    material : The material.
    energies_mev : array (n,)  Kinetic energies T [MeV].
    cut_mev : Largest loss that is counted [MeV].

    Source
    ------
    ICRU Report 37 (1984), eq. 2.17.
    """
    tau, beta2 = _kinematics(energies_mev)
    share = np.minimum(_checked(cut_mev) / energies_mev, 0.5)
    square = tau**2 * share**2 / 2.0 + (2.0 * tau + 1.0) * np.log1p(-share)
    g = -1.0 - beta2 + np.log(4.0 * (1.0 - share) * share) + 1.0 / (1.0 - share) + (1.0 - beta2) * square
    excitation = material.mean_excitation_ev * 1e-6 / ELECTRON_MASS_MEV
    bracket = np.log(2.0 * (tau + 2.0) / excitation**2) + 2.0 * np.log(tau / 2.0) + g
    bracket = bracket - density_effect(material, energies_mev)
    limited = COLLISION_FACTOR * material.z_over_a / beta2 * bracket
    return np.where(share < 0.5, limited, collision_stopping_power(material, energies_mev))


def moller_cross_section(
    material: Material, energies_mev: NDArray[np.float64], *, cut_mev: float
) -> NDArray[np.float64]:
    """Cross section of collisions in which an electron above a cut is set free [cm2/g].

    sigma = 0.1535 (Z/A) / (beta^2 T) [(tau / (tau + 1))^2 (1/2 - h) + 1 / h - 1 / (1 - h)
    - (2 tau + 1) / (tau + 1)^2 ln((1 - h) / h)], h = cut / T; 0 for T up to twice the cut.

    Parameters
    ----------
    material : The material.
    energies_mev : array (n,)  Kinetic energies T [MeV].
    cut_mev : Smallest kinetic energy of the slower of the two electrons [MeV].

    Source
    ------
    Moller, Ann. Phys. 406, 531 (1932), free electrons at rest.
    """
    tau, beta2 = _kinematics(energies_mev)
    share = np.minimum(_checked(cut_mev) / energies_mev, 0.5)
    spin = (tau / (tau + 1.0)) ** 2
    mixed = (2.0 * tau + 1.0) / (tau + 1.0) ** 2
    bracket = spin * (0.5 - share) + 1.0 / share - 1.0 / (1.0 - share) - mixed * np.log((1.0 - share) / share)
    return COLLISION_FACTOR * material.z_over_a / (beta2 * energies_mev) * np.maximum(bracket, 0.0)


def _kinematics(energies_mev: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """T / m c^2 and beta^2."""
    tau = energies_mev / ELECTRON_MASS_MEV
    return tau, tau * (tau + 2.0) / (tau + 1.0) ** 2


def _checked(cut_mev: float) -> float:
    """A cut that can be used."""
    if not (np.isfinite(cut_mev) and cut_mev > 0.0):
        raise problem(cut_mev, "an energy in MeV, above 0", path="cut_mev")
    return cut_mev
