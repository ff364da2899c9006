"""Electron tables: consistency, positrons, bremsstrahlung above a cut, refusals."""

import numpy as np
import pytest

from nelm.errors import InputError
from nelm.physics.interaction import (
    bremsstrahlung_table,
    collision_stopping_power,
    electron_energies_mev,
    electron_table,
    material,
    moller_cross_section,
    radiative_stopping_power,
    restricted_collision_stopping_power,
)

ELECTRON_MASS_MEV = 0.51099895
ENERGIES = electron_energies_mev(low_mev=0.01, points_per_decade=20)


@pytest.mark.parametrize("name", ["water", "lung", "cortical_bone", "phantom_bone", "adipose"])
def test_range_grows_and_its_slope_is_the_inverse_of_stopping(name: str) -> None:
    table = electron_table(material(name), ENERGIES)
    assert np.all(np.diff(table.csda_range_g_cm2) > 0.0)
    middle = np.sqrt(ENERGIES[1:] * ENERGIES[:-1])
    between = electron_table(material(name), middle)
    slope = np.diff(table.csda_range_g_cm2) / np.diff(ENERGIES)
    np.testing.assert_allclose(slope, 1.0 / (between.collision + between.radiative), rtol=5e-3)


def test_the_electron_of_50_kev_goes_43_micrometres_in_water() -> None:
    """The trap of a published table: 0.295 cm. ESTAR has 0.00432."""
    table = electron_table(material("water"), np.array([0.05]))
    assert table.csda_range_g_cm2[0] == pytest.approx(0.00432, rel=5e-3)


def test_a_denser_material_has_more_density_effect() -> None:
    air = electron_table(material("air"), np.array([3.0]))
    water = electron_table(material("water"), np.array([3.0]))
    assert air.density_effect[0] == 0.0
    assert water.density_effect[0] > 1.0


def test_bremsstrahlung_above_and_below_the_cut_is_all_of_it() -> None:
    water = material("water")
    table = bremsstrahlung_table(water, ENERGIES, cut_mev=0.01)
    shares = table.quantile_shares
    mean_share = np.mean(
        (shares[:, 1:] - shares[:, :-1]) / np.maximum(np.diff(np.log(shares)), 1e-12), axis=1
    )
    above = table.cross_section_cm2_per_g * mean_share * ENERGIES
    total = radiative_stopping_power(water, ENERGIES)
    np.testing.assert_allclose((above + table.restricted_mev_cm2_per_g)[2:], total[2:], rtol=5e-3)
    assert table.cross_section_cm2_per_g[0] == 0.0
    assert table.restricted_mev_cm2_per_g[0] == pytest.approx(total[0], rel=1e-12)


def moller(name: str, energy_mev: float, losses_mev: np.ndarray) -> np.ndarray:
    """Moller's cross section per loss [cm2/g/MeV], written as in the paper, without a share."""
    tau = energy_mev / ELECTRON_MASS_MEV
    beta2 = tau * (tau + 2.0) / (tau + 1.0) ** 2
    rest = energy_mev - losses_mev
    mixed = ELECTRON_MASS_MEV * (2.0 * energy_mev + ELECTRON_MASS_MEV) / (energy_mev + ELECTRON_MASS_MEV) ** 2
    bracket = 1 / losses_mev**2 + 1 / rest**2 + 1 / (energy_mev + ELECTRON_MASS_MEV) ** 2
    return 0.1535375 * material(name).z_over_a / beta2 * (bracket - mixed / (losses_mev * rest))


@pytest.mark.parametrize("energy_mev", [0.05, 0.3, 2.0])
@pytest.mark.parametrize("name", ["water", "cortical_bone"])
def test_losses_above_and_below_the_cut_are_the_stopping_power(name: str, energy_mev: float) -> None:
    at = np.array([energy_mev])
    losses = np.geomspace(0.01, energy_mev / 2.0, 20_001)
    law = moller(name, energy_mev, losses)
    below = restricted_collision_stopping_power(material(name), at, cut_mev=0.01)[0]
    above = np.trapezoid(law * losses, losses)
    assert below + above == pytest.approx(collision_stopping_power(material(name), at)[0], rel=1e-6)
    number = moller_cross_section(material(name), at, cut_mev=0.01)[0]
    assert number == pytest.approx(np.trapezoid(law, losses), rel=1e-6)


def test_below_twice_the_cut_nothing_is_set_free() -> None:
    water = material("water")
    at = np.array([0.015, 0.02])
    assert np.all(moller_cross_section(water, at, cut_mev=0.01) == 0.0)
    np.testing.assert_allclose(
        restricted_collision_stopping_power(water, at, cut_mev=0.01), collision_stopping_power(water, at)
    )


@pytest.mark.parametrize("energy", [0.0, 5e-4, 7.0, np.nan])
def test_an_energy_outside_the_table_is_refused(energy: float) -> None:
    with pytest.raises(InputError, match="energies_mev"):
        electron_table(material("water"), np.array([energy]))


def test_a_cut_that_means_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="cut_mev"):
        bremsstrahlung_table(material("water"), ENERGIES, cut_mev=0.0)
