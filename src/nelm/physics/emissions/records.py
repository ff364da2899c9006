"""What a radionuclide emits: spectra, lines, half-life and where the numbers come from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

JOULE_PER_MEV = 1.602176634e-13
"""Energy of 1 MeV in joules, exact by the definition of the SI since 2019."""

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Particles of discrete energies.

    Parameters
    ----------
    energies_mev : array (n,)  Energy of each line [MeV], ascending.
    yields : array (n,)  Particles per decay of the nuclide that the record is of.
    """

    energies_mev: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    yields: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    @property
    def particles_per_decay(self) -> float:
        """Number of particles per decay."""
        return float(self.yields.sum())

    @property
    def energy_mev(self) -> float:
        """Energy per decay [MeV]."""
        return float(self.energies_mev @ self.yields)


@dataclass(frozen=True, slots=True, eq=False)
class BetaSpectrum:
    """The continuous spectrum of beta particles (both signs together) of one nuclide.

    The density is linear between the energies, which lie close enough that nothing is lost by it.

    Parameters
    ----------
    nuclide : The emitter, parent or daughter.
    energies_mev : array (n,)  Kinetic energies [MeV], ascending from 0 to the end point.
    density_per_mev : array (n,)  Particles per decay (of the nuclide that the whole record is of) and MeV.
    positron_fraction : Share of the particles that are positrons.
    number_correction : Particles of the lines over the integral of the published spectrum, which was applied.
    energy_correction : Energy of the lines over that of the published spectrum, which was applied.
    """

    nuclide: str
    energies_mev: NDArray[np.float64]
    density_per_mev: NDArray[np.float64]
    positron_fraction: float
    number_correction: float
    energy_correction: float

    @property
    def particles_per_decay(self) -> float:
        """Number of particles per decay, exact for the linear density."""
        return float(np.trapezoid(self.density_per_mev, self.energies_mev))

    @property
    def energy_mev(self) -> float:
        """Energy per decay [MeV], exact for the linear density."""
        return first_moment(self.energies_mev, self.density_per_mev)


@dataclass(frozen=True, slots=True)
class Member:
    """One nuclide of a decay chain.

    Parameters
    ----------
    nuclide : Its name, as ICRP-107 writes it.
    half_life_h : Physical half-life [h].
    decays_per_parent_decay : Decays of it that follow one decay of the parent, all of the chain's branches together.
    """

    nuclide: str
    half_life_h: float
    decays_per_parent_decay: float


@dataclass(frozen=True, slots=True)
class DoseConstants:
    """Energy released by the complete decay of 1 GBq, which is dose times mass where it stays [J/GBq].

    Parameters
    ----------
    electrons_j_per_gbq : Beta particles of both signs, conversion and Auger electrons.
    charged_j_per_gbq : The same with alpha particles and recoiling nuclei.
    with_photons_j_per_gbq : The same with every photon, an upper limit that no organ reaches.
    """

    electrons_j_per_gbq: float
    charged_j_per_gbq: float
    with_photons_j_per_gbq: float


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where emissions come from.

    Parameters
    ----------
    source : The publication.
    packages : Name and version of the packages that carried the numbers.
    notes : What was done to them, and what a user has to know.
    """

    source: str
    packages: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Emissions:
    """What is emitted per decay of a nuclide, and of its short-lived daughters where they are included.

    Parameters
    ----------
    nuclide : Name of the parent, as ICRP-107 writes it (``Lu-177``, ``Tc-99m``).
    half_life_h : Physical half-life of the parent [h].
    betas : One spectrum for each nuclide of `members` that emits beta particles.
    conversion_electrons, auger_electrons : Electrons of discrete energy.
    gammas, x_rays, annihilation : Photons; two annihilation photons stand as one line of twice the yield.
    alphas, alpha_recoils : Alpha particles and the nuclei that recoil from them.
    members : The parent, then each daughter that is included, with its decays per decay of the parent.
    left_out : Radioactive progeny that lives longer than the parent and is therefore not included.
    provenance : Source, versions and remarks.
    """

    nuclide: str
    half_life_h: float
    betas: tuple[BetaSpectrum, ...]
    conversion_electrons: Lines
    auger_electrons: Lines
    gammas: Lines
    x_rays: Lines
    annihilation: Lines
    alphas: Lines
    alpha_recoils: Lines
    members: tuple[Member, ...]
    left_out: tuple[Member, ...]
    provenance: Provenance

    @property
    def decay_constant_per_h(self) -> float:
        """Physical decay constant of the parent, ln 2 / half-life [1/h]."""
        return math.log(2.0) / self.half_life_h

    @property
    def beta_energy_mev(self) -> float:
        """Energy of beta particles per decay [MeV]."""
        return sum(beta.energy_mev for beta in self.betas)

    @property
    def electron_energy_mev(self) -> float:
        """Energy of beta particles, conversion and Auger electrons per decay [MeV]."""
        discrete = self.conversion_electrons.energy_mev + self.auger_electrons.energy_mev
        return self.beta_energy_mev + discrete

    @property
    def photon_energy_mev(self) -> float:
        """Energy of gamma, X and annihilation photons per decay [MeV]."""
        return self.gammas.energy_mev + self.x_rays.energy_mev + self.annihilation.energy_mev

    @property
    def alpha_energy_mev(self) -> float:
        """Energy of alpha particles and recoiling nuclei per decay [MeV]."""
        return self.alphas.energy_mev + self.alpha_recoils.energy_mev

    @property
    def dose_constants(self) -> DoseConstants:
        """Energy of the complete decay of 1 GBq of the parent, by what is counted [J/GBq].

        E per decay times the number of decays, A / lambda, with A = 1e9 per second.
        """
        decays = 1e9 * SECONDS_PER_HOUR / self.decay_constant_per_h
        joule = JOULE_PER_MEV * decays
        charged = self.electron_energy_mev + self.alpha_energy_mev
        return DoseConstants(
            electrons_j_per_gbq=joule * self.electron_energy_mev,
            charged_j_per_gbq=joule * charged,
            with_photons_j_per_gbq=joule * (charged + self.photon_energy_mev),
        )


def first_moment(x: NDArray[np.float64], density: NDArray[np.float64]) -> float:
    """Integral of x times a density that is linear between the points, exact."""
    width = np.diff(x)
    left, right = density[:-1], density[1:]
    low, high = x[:-1], x[1:]
    return float(np.sum(width / 6.0 * (left * (2.0 * low + high) + right * (low + 2.0 * high))))
