"""Collision stopping power of electrons and positrons: Berger and Seltzer, with the density effect of Sternheimer."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from nelm.errors import problem
from nelm.physics.interaction.materials import Material
from nelm.physics.interaction.tables import rows_of

ELECTRON_MASS_MEV = 0.51099895069
ELECTRON_RADIUS_CM = 2.8179403205e-13
FINE_STRUCTURE = 7.2973525643e-3
COLLISION_FACTOR = 0.153537450
"""2 pi r_e^2 m c^2 N_A [MeV cm2/mol]."""

LEAST_LOG_NU = -5.0
"""Logarithm of the factor of the oscillators below which they are free."""

PLASMA_EV = 28.81593
"""Plasma energy of a density of 1 g/cm3 with Z/A = 1 [eV]."""


def collision_stopping_power(
    material: Material, energies_mev: NDArray[np.float64], *, charge: int = -1
) -> NDArray[np.float64]:
    """Mass collision stopping power [MeV cm2/g] of electrons, or of positrons.

    S/rho = 0.1535 (Z/A) / beta^2 [ln(T / I)^2 + ln(1 + tau / 2) + F(tau) - delta], with tau = T / m c^2 and

    - electrons: F = (1 - beta^2) [1 + tau^2 / 8 - (2 tau + 1) ln 2],
    - positrons: F = 2 ln 2 - beta^2 / 12 [23 + 14 / (tau + 2) + 10 / (tau + 2)^2 + 4 / (tau + 2)^3].

    No shell correction: below 10 keV the formula is an extrapolation, some 10 % too large at 1 keV in tissue.

    Parameters
    ----------
    material : The material.
    energies_mev : array (n,)  Kinetic energies T [MeV].
    charge : -1 for electrons, 1 for positrons.

    Source
    ------
    Berger and Seltzer, NBSIR 82-2550 (1982); ICRU Report 37 (1984), eq. 3.7 to 3.9.
    """
    tau = energies_mev / ELECTRON_MASS_MEV
    beta2 = tau * (tau + 2.0) / (tau + 1.0) ** 2
    if charge < 0:
        f = (1.0 - beta2) * (1.0 + tau**2 / 8.0 - (2.0 * tau + 1.0) * math.log(2.0))
    else:
        t = tau + 2.0
        f = 2.0 * math.log(2.0) - beta2 / 12.0 * (23.0 + 14.0 / t + 10.0 / t**2 + 4.0 / t**3)
    logarithm = 2.0 * np.log(energies_mev * 1e6 / material.mean_excitation_ev) + np.log1p(tau / 2.0)
    bracket = logarithm + f - density_effect(material, energies_mev)
    return COLLISION_FACTOR * material.z_over_a / beta2 * bracket


def density_effect(material: Material, energies_mev: NDArray[np.float64]) -> NDArray[np.float64]:
    """Density-effect correction delta, by Sternheimer's model of oscillators.

    Each shell i with share f_i of the electrons and binding energy E_i is an oscillator whose energy is scaled by
    one factor nu such that the mean excitation energy comes out as I:
    ln I = sum f_i ln sqrt((nu E_i)^2 + 2/3 f_i E_p^2). Then
    delta = sum f_i ln(1 + L^2 / l_i^2) - L^2 (1 - beta^2), l_i^2 = (nu E_i / E_p)^2 + 2/3 f_i,
    with L the root of 1 / beta^2 - 1 = sum f_i / ((nu E_i / E_p)^2 + L^2); 0 where there is none.

    Raises
    ------
    InputError : So dense that even free oscillators (nu = 0) have a higher mean excitation energy, as hydrogen at ten
        times the density of the liquid.

    Source
    ------
    Sternheimer, Berger and Seltzer, At. Data Nucl. Data Tables 30, 261 (1984); ICRU Report 37 (1984), section 3.4.
    """
    share, binding_ev = _oscillators(material)
    plasma_ev = PLASMA_EV * math.sqrt(material.density_g_cm3 * material.z_over_a)
    reduced = binding_ev / plasma_ev
    target = math.log(material.mean_excitation_ev / plasma_ev)

    def excess(log_nu: float) -> float:
        """How far ln(I / E_p) comes out too high with a factor nu."""
        scaled = (math.exp(log_nu) * reduced) ** 2 + 2.0 / 3.0 * share
        return float(0.5 * np.sum(share * np.log(scaled))) - target

    if excess(LEAST_LOG_NU) > 0:
        raise problem(
            material.density_g_cm3,
            f"a density in g/cm3 at which a mean excitation energy of {material.mean_excitation_ev:.4g} eV can be",
            "Give the density of the material as it is; electrons that are this close have a higher one.",
            path=f"{material.name}.density_g_cm3",
        )
    energies2 = (math.exp(float(brentq(excess, LEAST_LOG_NU, -LEAST_LOG_NU, xtol=1e-12))) * reduced) ** 2
    lorentz = energies2 + 2.0 / 3.0 * share
    tau = energies_mev / ELECTRON_MASS_MEV
    inverse = 1.0 / (tau * (tau + 2.0))  # 1 / beta^2 - 1
    found = np.zeros(energies_mev.size)
    for i, value in enumerate(inverse.tolist()):
        if value < float(np.sum(share / energies2)):
            root2 = _root(value, share, energies2)
            polarised = float(np.sum(share * np.log1p(root2 / lorentz)))
            found[i] = max(polarised - root2 * value / (1.0 + value), 0.0)
    return found


def _root(value: float, share: NDArray[np.float64], energies2: NDArray[np.float64]) -> float:
    """L^2 such that sum f / (e + L^2) is a given value."""

    def excess(root2: float) -> float:
        """How far the sum comes out too high with L^2."""
        return float(np.sum(share / (energies2 + root2))) - value

    return float(brentq(excess, 0.0, 1.0 / value + 1.0, xtol=1e-12, rtol=1e-12))


def _oscillators(material: Material) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share of the electrons and binding energy [eV] of each shell of each element."""
    shares: list[float] = []
    binding: list[float] = []
    per_mol = material.mass_fractions / material.atomic_weights / material.z_over_a
    for z, atoms in zip(material.atomic_numbers, per_mol.tolist(), strict=True):
        for electrons, energy_ev in rows_of("shells", z).tolist():
            shares.append(atoms * electrons)
            binding.append(energy_ev)
    return np.array(shares) / sum(shares), np.array(binding)
