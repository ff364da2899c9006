"""Elastic scattering of electrons: screening, Moliere's angles and the first transport cross section."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.physics.interaction.materials import AVOGADRO_PER_MOL, Material
from nelm.physics.interaction.photons import checked_energies
from nelm.physics.interaction.stopping import ELECTRON_MASS_MEV

ELECTRON_RADIUS_CM = 2.8179403205e-13
FINE_STRUCTURE = 7.2973525643e-3
THOMAS_FERMI = 0.885341377
LOWEST_MEV, HIGHEST_MEV = 1e-3, 6.0


@dataclass(frozen=True, slots=True, eq=False)
class ScatteringTable:
    """Elastic scattering of electrons in one material, each an array (n,).

    Parameters
    ----------
    material : The material.
    energies_mev : Kinetic energies [MeV].
    chi_c2_cm2_per_g : Moliere's characteristic angle squared per mass thickness [rad2 cm2/g].
    chi_a2 : Moliere's screening angle squared [rad2], the logarithm averaged over elements by their scattering.
    elastic_cm2_per_g : Cross section of the screened Rutherford law with screening `chi_a2` / 4 [cm2/g].
    transport_cm2_per_g : First transport cross section G1, integral of (1 - cos) [cm2/g], of the same law.
    transport_with_spin_cm2_per_g : The same with the factor of McKinley and Feshbach for the spin.
    """

    material: Material
    energies_mev: NDArray[np.float64]
    chi_c2_cm2_per_g: NDArray[np.float64]
    chi_a2: NDArray[np.float64]
    elastic_cm2_per_g: NDArray[np.float64]
    transport_cm2_per_g: NDArray[np.float64]
    transport_with_spin_cm2_per_g: NDArray[np.float64]


def scattering_table(
    material: Material, energies_mev: NDArray[np.float64], *, electrons_share: float = 1.0
) -> ScatteringTable:
    """Angles and cross sections of elastic scattering.

    Screened Rutherford law, dsigma/dOmega = Z (Z + xi) r_e^2 (m c / (p beta))^2 / (1 - cos + 2 eta)^2 with
    4 eta = chi_a^2 = (h / (2 pi p a))^2 (1.13 + 3.76 (alpha Z / beta)^2), a = 0.885 a_0 Z^(-1/3), so that
    chi_c^2 = 4 pi N_A r_e^2 (m c / (p beta))^2 sum(w Z (Z + xi) / A) per mass thickness.

    Parameters
    ----------
    material : The material.
    energies_mev : array (n,)  Kinetic energies [MeV], 0.001 to 6.
    electrons_share : xi, the scattering by atomic electrons that is counted here: 1 all of it, 0 where collisions
        with electrons are simulated one by one.

    Source
    ------
    Moliere, Z. Naturforsch. 2a, 133 (1947) and 3a, 78 (1948); Bethe, Phys. Rev. 89, 1256 (1953); McKinley and
    Feshbach, Phys. Rev. 74, 1759 (1948).
    """
    energies = checked_energies(energies_mev, low=LOWEST_MEV, high=HIGHEST_MEV)
    tau = energies / ELECTRON_MASS_MEV
    momentum2 = tau * (tau + 2.0)  # (p / m c)^2
    beta2 = momentum2 / (tau + 1.0) ** 2
    rutherford = ELECTRON_RADIUS_CM**2 / (momentum2 * beta2)
    z = np.array(material.atomic_numbers, dtype=np.float64)
    atoms = AVOGADRO_PER_MOL * material.mass_fractions / material.atomic_weights
    strength = atoms * z * (z + electrons_share)
    chi_c2 = 4.0 * np.pi * rutherford * strength.sum()
    log_chi_a2 = np.log([_screening(one, momentum2, beta2) for one in z])
    chi_a2 = np.exp(strength @ log_chi_a2 / strength.sum())
    eta = chi_a2 / 4.0
    area = 2.0 * np.pi * rutherford * strength.sum()
    mean_z = float(strength @ z / strength.sum())
    return ScatteringTable(
        material=material,
        energies_mev=energies,
        chi_c2_cm2_per_g=chi_c2,
        chi_a2=chi_a2,
        elastic_cm2_per_g=area / (2.0 * eta * (1.0 + eta)),
        transport_cm2_per_g=area * (np.log1p(1.0 / eta) - 1.0 / (1.0 + eta)),
        transport_with_spin_cm2_per_g=area * _with_spin(eta, beta2, mean_z),
    )


def _screening(z: float, momentum2: NDArray[np.float64], beta2: NDArray[np.float64]) -> NDArray[np.float64]:
    """Moliere's chi_a^2 of one element."""
    # hbar / (p a) = alpha (m c / p) Z^(1/3) / 0.885, since a_0 = hbar / (alpha m c)
    first = (FINE_STRUCTURE * z ** (1.0 / 3.0) / THOMAS_FERMI) ** 2 / momentum2
    return first * (1.13 + 3.76 * (FINE_STRUCTURE * z) ** 2 / beta2)


def _with_spin(eta: NDArray[np.float64], beta2: NDArray[np.float64], z: float) -> NDArray[np.float64]:
    """Integral of x R / (x + 2 eta)^2 over x = 1 - cos, R = 1 - beta^2 s^2 + pi alpha Z beta s (1 - s), s^2 = x / 2."""
    nodes, weights = np.polynomial.legendre.leggauss(64)
    low, high = np.log(eta * 1e-4), np.log(2.0)
    logs = (low + high)[:, None] / 2.0 + (high - low)[:, None] / 2.0 * nodes
    x = np.exp(logs)
    s = np.sqrt(x / 2.0)
    beta = np.sqrt(beta2)[:, None]
    factor = 1.0 - beta**2 * s**2 + np.pi * FINE_STRUCTURE * z * beta * s * (1.0 - s)
    values = x**2 * factor / (x + 2.0 * eta[:, None]) ** 2
    return (high - low) / 2.0 * np.sum(values * weights, axis=1)
