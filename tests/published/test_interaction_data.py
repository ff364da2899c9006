"""Photon and electron tables against numbers of NIST that we did not make.

`NIST_WATER`, `NIST_BONE`: Hubbell and Seltzer, NISTIR 5632, table 4 (liquid water; bone, cortical, ICRU-44), read in
public copies; four digits. `ESTAR`: NIST Standard Reference Database 124, tables "water, liquid", "air, dry",
"bone, cortical (ICRP)" and "tissue, soft (ICRP)", read in a public copy of the downloads; four digits.

Tolerance 0.5 % as the issue asks, 0.1 % where we reach it. Water and bone are what the radiative scale was made from
(`scripts/interaction_data.py`); air, soft tissue and carbon are not, and hold it to account.
"""

import numpy as np
import pytest

from nelm.physics.interaction import (
    Material,
    electron_table,
    material,
    photon_table,
    radiative_stopping_power,
)
from nelm.physics.interaction.materials import bragg_mean_excitation_ev
from nelm.physics.interaction.tables import SYMBOLS, rows_of

# energy MeV, mu/rho, mu_en/rho of liquid water [cm2/g]
NIST_WATER = [
    (0.001, 4078.0, 4065.0),
    (0.0015, 1376.0, 1372.0),
    (0.002, 617.3, 615.2),
    (0.003, 192.9, 191.7),
    (0.004, 82.78, 81.91),
    (0.005, 42.58, 41.88),
    (0.006, 24.64, 24.05),
    (0.008, 10.37, 9.915),
    (0.010, 5.329, 4.944),
    (0.015, 1.673, 1.374),
    (0.020, 0.8096, 0.5503),
    (0.030, 0.3756, 0.1557),
    (0.040, 0.2683, 0.06947),
    (0.050, 0.2269, 0.04223),
    (0.060, 0.2059, 0.03190),
    (0.080, 0.1837, 0.02597),
    (0.100, 0.1707, 0.02546),
    (0.150, 0.1505, 0.02764),
    (0.200, 0.1370, 0.02967),
    (0.300, 0.1186, 0.03192),
    (0.400, 0.1061, 0.03279),
    (0.500, 0.09687, 0.03299),
    (0.600, 0.08956, 0.03284),
    (0.800, 0.07865, 0.03206),
    (1.000, 0.07072, 0.03103),
    (1.250, 0.06323, 0.02965),
    (1.500, 0.05754, 0.02833),
    (2.000, 0.04942, 0.02608),
    (3.000, 0.03969, 0.02281),
]

# energy MeV, mu/rho of cortical bone (ICRU-44) [cm2/g]; the points beside edges are left out
NIST_BONE = [
    (0.001, 3781.0),
    (0.006, 117.1),
    (0.008, 53.23),
    (0.010, 28.51),
    (0.015, 9.032),
    (0.020, 4.001),
    (0.030, 1.331),
    (0.040, 0.6655),
    (0.050, 0.4242),
    (0.060, 0.3148),
    (0.080, 0.2229),
    (0.100, 0.1855),
    (0.150, 0.1480),
    (0.200, 0.1309),
    (0.300, 0.1113),
    (0.400, 0.09908),
    (0.500, 0.09022),
    (0.600, 0.08332),
    (0.800, 0.07308),
    (1.000, 0.06566),
    (1.250, 0.05871),
    (1.500, 0.05346),
    (2.000, 0.04607),
    (3.000, 0.03745),
]

BONE_ICRP = {
    "H": 0.047234,
    "C": 0.144330,
    "N": 0.041990,
    "O": 0.446096,
    "Mg": 0.002200,
    "P": 0.104970,
    "S": 0.003150,
    "Ca": 0.209930,
    "Zn": 0.000100,
}
SOFT_ICRP = {
    "H": 0.104472,
    "C": 0.232190,
    "N": 0.024880,
    "O": 0.630238,
    "Na": 0.001130,
    "Mg": 0.000130,
    "P": 0.001330,
    "S": 0.001990,
    "Cl": 0.001340,
    "K": 0.001990,
    "Ca": 0.000230,
    "Fe": 0.000050,
    "Zn": 0.000030,
}
MEDIA = {
    "water": material("water"),
    "air": material("air"),
    "bone": Material.of("bone_icrp", 1.85, BONE_ICRP, mean_excitation_ev=106.4),
    "soft": Material.of("soft_icrp", 1.00, SOFT_ICRP, mean_excitation_ev=72.3),
}

# energy MeV, collision, radiative [MeV cm2/g], CSDA range [g/cm2], radiation yield, delta
ESTAR = {
    "water": [
        (0.010, 22.56, 3.898e-3, 2.515e-4, 9.408e-5, 0.0),
        (0.020, 13.17, 3.963e-3, 8.566e-4, 1.663e-4, 0.0),
        (0.050, 6.603, 4.031e-3, 4.320e-3, 3.435e-4, 0.0),
        (0.100, 4.115, 4.228e-3, 1.431e-2, 5.842e-4, 0.0),
        (0.200, 2.793, 4.801e-3, 4.488e-2, 9.826e-4, 0.0),
        (0.500, 2.034, 7.257e-3, 1.766e-1, 1.976e-3, 0.0),
        (0.600, 1.963, 8.254e-3, 2.265e-1, 2.292e-3, 2.938e-2),
        (1.000, 1.849, 1.280e-2, 4.367e-1, 3.579e-3, 2.428e-1),
        (1.500, 1.822, 1.942e-2, 7.075e-1, 5.281e-3, 5.437e-1),
        (2.000, 1.824, 2.678e-2, 9.785e-1, 7.085e-3, 8.218e-1),
        (3.000, 1.846, 4.299e-2, 1.514, 1.092e-2, 1.288),
        (3.500, 1.858, 5.164e-2, 1.777, 1.291e-2, 1.484),
    ],
    "air": [
        (0.010, 19.75, 3.897e-3, 2.884e-4, 1.082e-4, 0.0),
        (0.020, 11.57, 3.954e-3, 9.782e-4, 1.898e-4, 0.0),
        (0.050, 5.818, 4.025e-3, 4.913e-3, 3.900e-4, 0.0),
        (0.100, 3.633, 4.222e-3, 1.623e-2, 6.618e-4, 0.0),
        (0.200, 2.469, 4.789e-3, 5.082e-2, 1.111e-3, 0.0),
        (0.500, 1.802, 7.223e-3, 1.995e-1, 2.225e-3, 0.0),
        (1.000, 1.661, 1.271e-2, 4.912e-1, 3.997e-3, 0.0),
        (1.750, 1.671, 2.284e-2, 9.383e-1, 6.784e-3, 0.0),
        (3.000, 1.740, 4.260e-2, 1.658, 1.173e-2, 0.0),
    ],
    "bone": [
        (0.010, 19.72, 5.461e-3, 2.909e-4, 1.468e-4, 0.0),
        (0.050, 5.873, 6.054e-3, 4.884e-3, 5.723e-4, 0.0),
        (0.100, 3.679, 6.356e-3, 1.607e-2, 9.814e-4, 0.0),
        (0.400, 1.932, 9.276e-3, 1.433e-1, 2.730e-3, 3.416e-2),
        (1.000, 1.659, 1.824e-2, 4.857e-1, 5.755e-3, 4.071e-1),
        (2.000, 1.643, 3.755e-2, 1.085, 1.113e-2, 9.535e-1),
        (3.000, 1.670, 5.981e-2, 1.671, 1.689e-2, 1.368),
    ],
    "soft": [
        (0.010, 22.57, 3.680e-3, 2.512e-4, 8.894e-5, 0.0),
        (0.020, 13.17, 3.740e-3, 8.565e-4, 1.571e-4, 0.0),
        (0.050, 6.593, 3.811e-3, 4.324e-3, 3.248e-4, 0.0),
        (0.100, 4.107, 4.002e-3, 1.433e-2, 5.533e-4, 0.0),
        (0.250, 2.522, 4.876e-3, 6.386e-2, 1.102e-3, 0.0),
        (0.600, 1.955, 7.844e-3, 2.271e-1, 2.182e-3, 5.251e-2),
        (1.000, 1.839, 1.218e-2, 4.385e-1, 3.416e-3, 2.908e-1),
        (2.000, 1.812, 2.552e-2, 9.839e-1, 6.784e-3, 8.807e-1),
        (3.000, 1.835, 4.099e-2, 1.523, 1.047e-2, 1.343),
    ],
}


def test_photons_in_water() -> None:
    """0.1 % of mu; 0.2 % of mu_en, whose radiative losses NIST evaluates for the compound."""
    energies, attenuation, absorption = np.array(NIST_WATER).T
    table = photon_table(material("water"), energies)
    np.testing.assert_allclose(table.total, attenuation, rtol=1e-3)
    np.testing.assert_allclose(table.energy_absorption, absorption, rtol=2e-3)


def test_photons_in_cortical_bone() -> None:
    """0.15 %: four digits of the table and three of the composition."""
    energies, attenuation = np.array(NIST_BONE).T
    table = photon_table(material("cortical_bone"), energies)
    np.testing.assert_allclose(table.total, attenuation, rtol=1.5e-3)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_photons_in_elements_at_every_energy_of_nist(symbol: str) -> None:
    """The parts add to NIST's total; both sides of an edge stand in the table and are left out here."""
    rows = rows_of("nist_attenuation", SYMBOLS[symbol])
    once = np.array([np.sum(rows[:, 0] == energy) == 1 for energy in rows[:, 0]])
    table = photon_table(Material.of(symbol, 1.0, {symbol: 1.0}), rows[once, 0])
    np.testing.assert_allclose(table.total, rows[once, 1], rtol=1e-3)
    np.testing.assert_allclose(table.energy_absorption, rows[once, 2], rtol=1e-3)


@pytest.mark.parametrize("medium", ESTAR)
def test_collision_stopping_power(medium: str) -> None:
    energies, collision = np.array(ESTAR[medium])[:, :2].T
    np.testing.assert_allclose(electron_table(MEDIA[medium], energies).collision, collision, rtol=1e-3)


@pytest.mark.parametrize("medium", ESTAR)
def test_radiative_stopping_power(medium: str) -> None:
    """0.1 %; 0.25 % of the yield, which at 10 keV rests on the scale below it, where ESTAR prints nothing."""
    rows = np.array(ESTAR[medium])
    table = electron_table(MEDIA[medium], rows[:, 0])
    np.testing.assert_allclose(table.radiative, rows[:, 2], rtol=1e-3)
    np.testing.assert_allclose(table.radiation_yield, rows[:, 4], rtol=2.5e-3)


def test_radiative_stopping_power_of_carbon() -> None:
    """ESTAR, "carbon": 3.414e-3 at 0.1 and 1.053e-2 MeV cm2/g at 1 MeV; a public copy of the numbers."""
    found = radiative_stopping_power(Material.of("carbon", 2.0, {"C": 1.0}), np.array([0.1, 1.0]))
    np.testing.assert_allclose(found, [3.414e-3, 1.053e-2], rtol=1e-3)


@pytest.mark.parametrize("medium", ESTAR)
def test_range(medium: str) -> None:
    rows = np.array(ESTAR[medium])
    table = electron_table(MEDIA[medium], rows[:, 0])
    np.testing.assert_allclose(table.csda_range_g_cm2, rows[:, 3], rtol=1e-3)


@pytest.mark.parametrize("medium", ESTAR)
def test_density_effect(medium: str) -> None:
    """Four digits; the model is that of ESTAR, the binding energies are close to its own."""
    rows = np.array(ESTAR[medium])
    table = electron_table(MEDIA[medium], rows[:, 0])
    np.testing.assert_allclose(table.density_effect, rows[:, 5], atol=2e-3)


def test_mean_excitation_energies_of_mixtures() -> None:
    """ESTAR's 106.4 eV for cortical bone, 72.3 eV for soft tissue, 74.9 eV for the four components: 0.5 %."""
    assert bragg_mean_excitation_ev(MEDIA["bone"].fractions) == pytest.approx(106.4, rel=5e-3)
    assert bragg_mean_excitation_ev(MEDIA["soft"].fractions) == pytest.approx(72.3, rel=5e-3)
    assert bragg_mean_excitation_ev(material("soft_tissue").fractions) == pytest.approx(74.9, rel=5e-3)
