"""Photon coefficients: parts, edges, form factors, refusals."""

import numpy as np
import pytest

from nelm.errors import InputError
from nelm.physics.interaction import (
    Material,
    absorption_edges_mev,
    material,
    photon_table,
    scattering_factors,
)
from nelm.physics.interaction.form_factors import momentum_transfer_per_angstrom

THOMSON_CM2 = 2.8179403205e-13**2
AVOGADRO = 6.02214076e23
ELECTRON_MASS_MEV = 0.51099895


def test_parts_add_to_the_total_and_pairs_need_their_mass() -> None:
    table = photon_table(material("cortical_bone"), np.geomspace(1e-3, 3.0, 200))
    parts = table.photoelectric + table.incoherent + table.coherent + table.pair
    np.testing.assert_allclose(table.total, parts, rtol=1e-12)
    assert np.all(table.pair[table.energies_mev < 1.0219] == 0.0)
    assert np.all(table.energy_absorption <= table.total)


def test_attenuation_jumps_at_the_edge_of_iodine_and_at_no_edge_of_water() -> None:
    iodine = Material.of("iodine", 4.93, {"I": 1.0})
    assert absorption_edges_mev(iodine)[-1] == pytest.approx(0.0331694)
    below, above = photon_table(iodine, np.array([0.03316, 0.03318])).total
    assert above / below == pytest.approx(35.82 / 6.553, rel=5e-3)
    assert absorption_edges_mev(material("water")) == ()


def test_a_mixture_is_the_sum_of_its_parts() -> None:
    energies = np.geomspace(2e-3, 3.0, 50)
    hydrogen = photon_table(Material.of("h", 1.0, {"H": 1.0}), energies).total
    oxygen = photon_table(Material.of("o", 1.0, {"O": 1.0}), energies).total
    water = photon_table(material("water"), energies).total
    np.testing.assert_allclose(water, 0.111894 * hydrogen + 0.888106 * oxygen, rtol=1e-9)


@pytest.mark.parametrize("energy_mev", [0.03, 0.1, 0.3, 0.6])
def test_form_factors_give_the_cross_sections_of_the_table(energy_mev: float) -> None:
    """Angular laws integrate to the same totals, within the spread of two sets of atomic data and the
    linear reading of the form factors: 2 % of coherent, 1 % of incoherent scattering."""
    water = material("water")
    factors = scattering_factors(water)
    cosine = 1.0 - np.concatenate([[0.0], np.geomspace(1e-9, 2.0, 40_001)])
    x = momentum_transfer_per_angstrom(energy_mev, cosine)
    coherent = np.interp(x, factors.x_per_angstrom, factors.coherent)
    incoherent = np.interp(x, factors.x_per_angstrom, factors.incoherent)
    left = 1.0 / (1.0 + energy_mev / ELECTRON_MASS_MEV * (1.0 - cosine))
    thomson = np.pi * THOMSON_CM2 * AVOGADRO * (1.0 + cosine**2)
    klein = np.pi * THOMSON_CM2 * AVOGADRO * left**2 * (left + 1.0 / left - 1.0 + cosine**2)
    table = photon_table(water, np.array([energy_mev]))
    assert -np.trapezoid(thomson * coherent, cosine) == pytest.approx(table.coherent[0], rel=0.02)
    assert -np.trapezoid(klein * incoherent, cosine) == pytest.approx(table.incoherent[0], rel=0.01)


def test_form_factors_have_their_limits() -> None:
    water = material("water")
    factors = scattering_factors(water)
    assert factors.incoherent[0] == 0.0
    assert factors.incoherent[-1] == pytest.approx(water.z_over_a, rel=1e-3)
    assert np.all(np.diff(factors.coherent) <= 0.0)
    assert np.all(np.diff(factors.coherent_integral) > 0.0)


@pytest.mark.parametrize("energy", [0.0, 5e-4, 25.0, np.nan])
def test_an_energy_outside_the_table_is_refused(energy: float) -> None:
    with pytest.raises(InputError, match="energies_mev"):
        photon_table(material("water"), np.array([energy]))
