"""Emissions, chains and sampling tables hold what they promise."""

import math

import numpy as np
import pytest

from nelm.errors import InputError
from nelm.physics.emissions import (
    chain_activities,
    electron_sampling_table,
    emissions_of,
    photon_sampling_table,
    sampled_energies,
)

NUCLIDES = ("Lu-177", "Y-90", "Ho-166", "Tb-161", "I-131", "Tc-99m", "Ga-68", "Ac-225", "Pb-212")


@pytest.mark.parametrize("nuclide", NUCLIDES)
def test_spectra_are_densities_that_end_at_zero(nuclide: str) -> None:
    for beta in emissions_of(nuclide).betas:
        assert np.all(np.diff(beta.energies_mev) > 0.0)
        assert np.all(beta.density_per_mev >= 0.0)
        assert beta.density_per_mev[-1] == 0.0
        assert abs(beta.number_correction - 1.0) < 1e-3
        assert abs(beta.energy_correction - 1.0) < 2e-3


@pytest.mark.parametrize("nuclide", NUCLIDES)
def test_drawn_electrons_carry_the_energy_of_the_record(nuclide: str) -> None:
    emissions = emissions_of(nuclide)
    table = electron_sampling_table(emissions)
    uniform = (np.arange(2_000_000) + 0.5) / 2_000_000
    drawn = sampled_energies(table, uniform).mean() * table.particles_per_decay
    assert table.energy_mev == pytest.approx(emissions.electron_energy_mev, rel=1e-12)
    assert drawn == pytest.approx(emissions.electron_energy_mev, rel=5e-5)  # a line's share falls on a step


def test_drawn_beta_particles_follow_the_spectrum() -> None:
    beta = emissions_of("Y-90").betas[0]
    table = electron_sampling_table(emissions_of("Y-90"))
    drawn = sampled_energies(table, np.linspace(0.0, table.continuum_probability, 200_001)[:-1] + 1e-9)
    for limit_mev in (0.1, 0.5, 1.0, 2.0):
        below = beta.energies_mev <= limit_mev
        share = np.trapezoid(beta.density_per_mev[below], beta.energies_mev[below])
        assert (drawn <= limit_mev).mean() == pytest.approx(share / beta.particles_per_decay, abs=5e-4)


def test_a_cut_moves_energy_to_the_place_of_the_decay_and_loses_none() -> None:
    emissions = emissions_of("Tb-161")
    table = electron_sampling_table(emissions, cut_mev=0.01)
    assert table.line_energies_mev.min() >= 0.01
    assert table.local_energy_mev > 0.0
    assert table.energy_mev + table.local_energy_mev == pytest.approx(
        emissions.electron_energy_mev, rel=1e-12
    )
    photons = photon_sampling_table(emissions, cut_mev=0.001)
    assert photons.energy_mev + photons.local_energy_mev == pytest.approx(
        emissions.photon_energy_mev, rel=1e-12
    )


def test_a_nuclide_without_photons_gives_an_empty_table() -> None:
    table = photon_sampling_table(emissions_of("P-32"), cut_mev=10.0)
    assert table.particles_per_decay == 0.0
    assert table.line_energies_mev.size == 0


def test_daughters_are_included_only_while_they_live_shorter() -> None:
    assert [one.nuclide for one in emissions_of("I-131").left_out] == ["Xe-131m"]
    assert [one.nuclide for one in emissions_of("Tc-99m").left_out] == ["Tc-99"]
    assert [one.nuclide for one in emissions_of("Pb-212").members] == ["Pb-212", "Bi-212", "Po-212", "Tl-208"]
    alone = emissions_of("Pb-212", with_daughters=False)
    assert [one.nuclide for one in alone.members] == ["Pb-212"]
    assert alone.alphas.energies_mev.size == 0


def test_a_chain_is_the_sum_of_its_members() -> None:
    whole = emissions_of("Ac-225")
    parts = [
        (emissions_of(one.nuclide, with_daughters=False), one.decays_per_parent_decay)
        for one in whole.members
    ]
    for kind in ("electron_energy_mev", "photon_energy_mev", "alpha_energy_mev"):
        total = sum(getattr(part, kind) * decays for part, decays in parts)
        assert getattr(whole, kind) == pytest.approx(total, rel=1e-12)


def test_provenance_names_source_packages_and_what_to_beware_of() -> None:
    provenance = emissions_of("Ac-225").provenance
    assert "107" in provenance.source
    assert any(package.startswith("icrp107-database ") for package in provenance.packages)
    assert any("may leave" in note for note in provenance.notes)


def test_activities_follow_bateman_for_two_members() -> None:
    hours = np.array([0.0, 1.0, 5.0, 30.0])
    chain = chain_activities("Pb-212", hours, initial_activity_mbq=100.0)
    slow, fast = math.log(2) / 10.64, math.log(2) / (60.55 / 60.0)
    parent = 100.0 * np.exp(-slow * hours)
    daughter = 100.0 * fast / (fast - slow) * (np.exp(-slow * hours) - np.exp(-fast * hours))
    assert chain.nuclides[:2] == ("Pb-212", "Bi-212")
    np.testing.assert_allclose(chain.activities_mbq[0], parent, rtol=1e-9)
    np.testing.assert_allclose(chain.activities_mbq[1], daughter, rtol=1e-9, atol=1e-12)


def test_the_integral_of_activity_is_the_decays_of_the_complete_decay() -> None:
    hours = np.linspace(0.0, 400.0, 20_001)
    chain = chain_activities("Pb-212", hours[::20], initial_activity_mbq=1.0)
    integral = np.trapezoid(chain.activities_mbq, chain.times_h, axis=1) * math.log(2) / 10.64
    for member, decays in zip(emissions_of("Pb-212").members, integral, strict=True):
        assert decays == pytest.approx(member.decays_per_parent_decay, rel=5e-3)


@pytest.mark.parametrize("nuclide", ["Lu177", "Lu-175", "", "nothing"])
def test_a_nuclide_without_data_is_refused_with_a_remedy(nuclide: str) -> None:
    with pytest.raises(InputError, match="ICRP-107"):
        emissions_of(nuclide)
    with pytest.raises(InputError, match="ICRP-107"):
        chain_activities(nuclide, [1.0])


def test_times_and_activities_that_mean_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="times_h"):
        chain_activities("Lu-177", [-1.0])
    with pytest.raises(InputError, match="times_h"):
        chain_activities("Lu-177", [math.nan])
    with pytest.raises(InputError, match="initial_activity_mbq"):
        chain_activities("Lu-177", [1.0], initial_activity_mbq=-1.0)
    with pytest.raises(InputError, match="cut_mev"):
        electron_sampling_table(emissions_of("Lu-177"), cut_mev=math.nan)
