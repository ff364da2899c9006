"""Energies and half-lives of radionuclides against sums and evaluations that we did not write.

`ICRP` are sums over the lines of ICRP-107 that were computed independently of this code for the reference material
(research/dosimetry.md, section 3), given there with two decimals of a keV: so is the tolerance. `DDEP` are half-lives
of the Decay Data Evaluation Project as read there; ICRP-107 is older, 0.2 % covers the change of Y-90.
"""

import pytest

from nelm.physics.emissions import emissions_of

# nuclide, kind, keV per decay
ICRP = [
    ("Lu-177", "beta", 133.27),
    ("Lu-177", "conversion", 13.52),
    ("Lu-177", "auger", 1.13),
    ("Lu-177", "electron", 147.92),
    ("Lu-177", "photon", 35.10),
    ("Y-90", "beta", 932.90),
    ("Y-90", "electron", 933.11),
    ("Ho-166", "beta", 664.99),
    ("Ho-166", "electron", 696.34),
    ("Ho-166", "photon", 30.07),
    ("Tb-161", "electron", 202.49),
    ("I-131", "electron", 191.85),
]

# nuclide, J/GBq of electrons by complete decay
CONSTANTS = [
    ("Y-90", 49.77),
    ("Ho-166", 15.53),
    ("Lu-177", 19.64),
    ("Tb-161", 27.93),
    ("I-131", 30.73),
    ("P-32", 197.9),
]

# nuclide alone, kind, keV per decay
ALONE = [
    ("Ac-225", "alpha", 5787.0 + 105.0),
    ("Fr-221", "alphas", 6304.0),
    ("At-217", "alphas", 7068.0),
    ("Bi-213", "beta", 424.8),
    ("Po-213", "alphas", 8377.0),
    ("Pb-209", "beta", 197.4),
    ("Pb-212", "beta", 101.7),
    ("Bi-212", "beta", 492.9),
    ("Bi-212", "alphas", 2174.0),
    ("Po-212", "alphas", 8785.0),
]

# nuclide, photon energy MeV, photons per decay
PHOTONS = [
    ("Lu-177", 0.113, 0.064),
    ("Lu-177", 0.208, 0.110),
    ("Ho-166", 0.0806, 0.0671),
    ("Ho-166", 1.379, 0.0093),
]


def kev(nuclide: str, kind: str, *, with_daughters: bool = True) -> float:
    """Energy per decay of one kind of particle [keV]."""
    emissions = emissions_of(nuclide, with_daughters=with_daughters)
    energies = {
        "beta": emissions.beta_energy_mev,
        "conversion": emissions.conversion_electrons.energy_mev,
        "auger": emissions.auger_electrons.energy_mev,
        "electron": emissions.electron_energy_mev,
        "photon": emissions.photon_energy_mev,
        "alpha": emissions.alpha_energy_mev,
        "alphas": emissions.alphas.energy_mev,
    }
    return 1000.0 * energies[kind]


@pytest.mark.parametrize(("nuclide", "kind", "expected"), ICRP)
def test_energy_per_decay_is_the_sum_of_the_lines(nuclide: str, kind: str, expected: float) -> None:
    assert kev(nuclide, kind) == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize(("nuclide", "kind", "expected"), ALONE)
def test_energy_of_members_of_the_alpha_chains(nuclide: str, kind: str, expected: float) -> None:
    assert kev(nuclide, kind, with_daughters=False) == pytest.approx(expected, rel=3e-4)


@pytest.mark.parametrize(("nuclide", "expected"), CONSTANTS)
def test_dose_constants(nuclide: str, expected: float) -> None:
    constants = emissions_of(nuclide).dose_constants
    assert constants.electrons_j_per_gbq == pytest.approx(expected, rel=3e-4)  # given with four digits


def test_holmium_with_every_photon_kept() -> None:
    assert emissions_of("Ho-166").dose_constants.with_photons_j_per_gbq == pytest.approx(16.20, abs=0.005)


@pytest.mark.parametrize(("nuclide", "energy_mev", "expected"), PHOTONS)
def test_photons_per_decay(nuclide: str, energy_mev: float, expected: float) -> None:
    gammas = emissions_of(nuclide).gammas
    near = abs(gammas.energies_mev - energy_mev) < 6e-4
    assert gammas.yields[near].sum() == pytest.approx(expected, rel=5e-3)


def test_half_life_of_yttrium_against_the_decay_data_evaluation_project() -> None:
    assert emissions_of("Y-90").half_life_h == pytest.approx(2.6684 * 24.0, rel=2e-3)


def test_bismuth_212_branches() -> None:
    members = {one.nuclide: one.decays_per_parent_decay for one in emissions_of("Pb-212").members}
    assert members["Tl-208"] == pytest.approx(0.3594, abs=1e-4)
    assert members["Po-212"] == pytest.approx(1.0 - 0.3594, abs=1e-4)
