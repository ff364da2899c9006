"""Stopping power, range and radiation yield of electrons in a material."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.physics.interaction.bremsstrahlung import radiative_stopping_power
from nelm.physics.interaction.materials import Material
from nelm.physics.interaction.photons import checked_energies
from nelm.physics.interaction.stopping import collision_stopping_power, density_effect

LOWEST_MEV, HIGHEST_MEV = 1e-3, 6.0
POINTS_PER_DECADE = 100


@dataclass(frozen=True, slots=True, eq=False)
class ElectronTable:
    """Slowing down of electrons in one material, each an array (n,).

    Parameters
    ----------
    material : The material.
    energies_mev : Kinetic energies [MeV].
    collision : Mass collision stopping power of electrons [MeV cm2/g].
    positron_collision : The same of positrons [MeV cm2/g].
    radiative : Mass radiative stopping power of electrons [MeV cm2/g].
    csda_range_g_cm2 : Range in the continuous slowing-down approximation [g/cm2].
    radiation_yield : Share of the energy that goes into bremsstrahlung until the electron is at rest.
    density_effect : Density-effect correction delta that `collision` holds.
    """

    material: Material
    energies_mev: NDArray[np.float64]
    collision: NDArray[np.float64]
    positron_collision: NDArray[np.float64]
    radiative: NDArray[np.float64]
    csda_range_g_cm2: NDArray[np.float64]
    radiation_yield: NDArray[np.float64]
    density_effect: NDArray[np.float64]


def electron_energies_mev(
    *, low_mev: float = LOWEST_MEV, high_mev: float = 3.5, points_per_decade: int = 50
) -> NDArray[np.float64]:
    """A logarithmic grid of kinetic energies [MeV]."""
    count = int(np.ceil(points_per_decade * np.log10(high_mev / low_mev))) + 1
    return np.geomspace(low_mev, high_mev, count)


def electron_table(material: Material, energies_mev: NDArray[np.float64]) -> ElectronTable:
    """Stopping powers, range and radiation yield of a material at given energies.

    Collision by Berger and Seltzer with Sternheimer's density effect, radiative by Seltzer and Berger's spectra;
    range and yield integrate their sum from 1 keV; below, both integrands are taken to grow in proportion to energy,
    which is what ESTAR's ranges hold (at 10 keV this part is 1.7 % of the range in water).

    Parameters
    ----------
    material : The material.
    energies_mev : array (n,)  Kinetic energies [MeV], 0.001 to 6; below 0.01 the collision part is an extrapolation.

    Raises
    ------
    InputError
        When an energy is outside 0.001 to 6 MeV.
    """
    energies = checked_energies(energies_mev, low=LOWEST_MEV, high=HIGHEST_MEV)
    fine = electron_energies_mev(high_mev=HIGHEST_MEV, points_per_decade=POINTS_PER_DECADE)
    fine = np.unique(np.concatenate([fine, np.clip(energies, LOWEST_MEV, HIGHEST_MEV)]))
    collision = collision_stopping_power(material, fine)
    radiative = radiative_stopping_power(material, fine)
    range_g_cm2 = _integral_from_rest(fine, 1.0 / (collision + radiative))
    radiated_mev = _integral_from_rest(fine, radiative / (collision + radiative))
    at = np.searchsorted(fine, np.clip(energies, LOWEST_MEV, HIGHEST_MEV))
    return ElectronTable(
        material=material,
        energies_mev=energies,
        collision=collision[at],
        positron_collision=collision_stopping_power(material, energies, charge=1),
        radiative=radiative[at],
        csda_range_g_cm2=range_g_cm2[at],
        radiation_yield=radiated_mev[at] / fine[at],
        density_effect=density_effect(material, energies),
    )


def _integral_from_rest(
    energies_mev: NDArray[np.float64], integrand: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Integral over energy from 0, by steps in ln E; the integrand is proportional to energy below the first."""
    weighted = energies_mev * integrand
    steps = np.diff(np.log(energies_mev)) * (weighted[1:] + weighted[:-1]) / 2.0
    return energies_mev[0] * integrand[0] / 2.0 + np.concatenate([[0.0], np.cumsum(steps)])
