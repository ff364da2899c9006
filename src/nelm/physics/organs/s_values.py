"""Absorbed dose to a target for each decay in a source: S values, and how they change with the mass of the target.

Rules of mass scaling, from a reference mass m_ref to a patient's mass m
-------------------------------------------------------------------------
* Self dose, electrons (and alphas): ``S m = const``, so ``S x m_ref / m``. Holds where the electrons stay in the organ:
  their range is small beside its size. For Lu-177 the part that leaves is 0.7 % at 100 g and 3 % at 1 g, for Y-90 7 %
  and 31 % (reference Monte Carlo of spheres by EGSnrc); below some 10 g of Lu-177 or 1 kg of Y-90 use the sphere model.
* Self dose, photons: ``S x (m_ref / m)^(2/3)``: the absorbed fraction of penetrating radiation grows with the mean
  chord, ``m^(1/3)``. Holds while the organ is small beside the mean free path, and keeps its shape.
* Cross dose: not scaled by the mass of the target. The energy in the target grows with its mass, so the dose stays; the
  distance between organs is that of the phantom.

Sources: MIRD Pamphlet 11 (Snyder 1975) and the practice of OLINDA/EXM for the rules (from memory).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nelm.errors import problem
from nelm.physics.biology.refusals import not_negative, positive, within

MGY_G_PER_MBQ_S_KEV = 1.602176634e-4
"""1 keV absorbed for each decay, in mGy g / (MBq s)."""

GY_PER_MGY_MBQ_S_IN_MBQ_H = 3.6
"""1 mGy/(MBq s) in Gy/(MBq h)."""


@dataclass(frozen=True, slots=True)
class OrganS:
    """The S value of one target and one source, for one nuclide.

    Parameters
    ----------
    target, source : Regions as the table names them; equal but for capitals for the self dose.
    nuclide : Such as "Lu-177".
    target_mass_g : Mass of the target that the value holds for [g].
    electron_mgy_per_mbq_s : Part of electrons (and other radiation that stays in the organ) [mGy/(MBq s)].
    photon_mgy_per_mbq_s : Part of photons; a cross dose is all counted here, it is not scaled [mGy/(MBq s)].
    relative_sd : Standard uncertainty, such as the statistical one of the table [1].
    provenance : Phantom, table and version.
    """

    target: str
    source: str
    nuclide: str
    target_mass_g: float
    electron_mgy_per_mbq_s: float
    photon_mgy_per_mbq_s: float
    relative_sd: float = 0.0
    provenance: str = ""

    def __post_init__(self) -> None:
        place = f"{self.target} <- {self.source}"
        positive(self.target_mass_g, f"{place}: target_mass_g")
        not_negative(self.electron_mgy_per_mbq_s, f"{place}: electron_mgy_per_mbq_s")
        not_negative(self.photon_mgy_per_mbq_s, f"{place}: photon_mgy_per_mbq_s")
        not_negative(self.relative_sd, f"{place}: relative_sd")

    @property
    def is_self(self) -> bool:
        """Whether target and source are one region."""
        return self.target.casefold() == self.source.casefold()

    @property
    def mgy_per_mbq_s(self) -> float:
        """The whole S value [mGy/(MBq s)]."""
        return self.electron_mgy_per_mbq_s + self.photon_mgy_per_mbq_s

    @property
    def gy_per_mbq_h(self) -> float:
        """The whole S value [Gy/(MBq h)]."""
        return self.mgy_per_mbq_s * GY_PER_MGY_MBQ_S_IN_MBQ_H

    @property
    def absorbed_energy_kev(self) -> float:
        """Energy that each decay leaves in the target, ``S m`` [keV]."""
        return self.mgy_per_mbq_s * self.target_mass_g / MGY_G_PER_MBQ_S_KEV

    def at_mass(self, mass_g: float) -> OrganS:
        """The S value of a target of another mass, by the rules of this module [mass in g]."""
        ratio = self.target_mass_g / positive(mass_g, f"{self.target}: mass_g")
        if not self.is_self:
            return replace(self, target_mass_g=mass_g)
        return replace(
            self,
            target_mass_g=mass_g,
            electron_mgy_per_mbq_s=self.electron_mgy_per_mbq_s * ratio,
            photon_mgy_per_mbq_s=self.photon_mgy_per_mbq_s * ratio ** (2 / 3),
        )

    def mass_exponent(self) -> float:
        """``-d ln S / d ln m`` at this mass: 1 for electrons alone, 2/3 for photons alone, 0 for a cross dose [1]."""
        if not self.is_self or self.mgy_per_mbq_s == 0:
            return 0.0
        return (self.electron_mgy_per_mbq_s + 2 / 3 * self.photon_mgy_per_mbq_s) / self.mgy_per_mbq_s


def self_s_of_total(
    total_mgy_per_mbq_s: float,
    *,
    organ: str,
    nuclide: str,
    mass_g: float,
    electron_energy_kev: float,
    electron_absorbed_fraction: float = 1.0,
    relative_sd: float = 0.0,
    provenance: str = "",
) -> OrganS:
    """A self S value parted into electrons and photons by the energy of the electrons.

    ``S_e = E_e phi_e / m``, ``S_ph = S - S_e``

    Parameters
    ----------
    total_mgy_per_mbq_s : S value of all radiation [mGy/(MBq s)].
    organ, nuclide : Region and nuclide.
    mass_g : Mass of the organ in the phantom [g].
    electron_energy_kev : Mean energy of beta particles, conversion and Auger electrons for each decay [keV].
    electron_absorbed_fraction : phi_e; 1 says that no electron leaves the organ.
    relative_sd, provenance : As in `OrganS`.

    Raises
    ------
    InputError
        The electrons alone carry more than the whole S value holds.
    """
    fraction = within(electron_absorbed_fraction, "electron_absorbed_fraction", 0, 1)
    energy = not_negative(electron_energy_kev, "electron_energy_kev") * fraction
    electron = energy * MGY_G_PER_MBQ_S_KEV / positive(mass_g, "mass_g")
    if electron > positive(total_mgy_per_mbq_s, "total_mgy_per_mbq_s"):
        raise problem(
            f"{energy:.4g} keV of electrons",
            f"at most the {total_mgy_per_mbq_s * mass_g / MGY_G_PER_MBQ_S_KEV:.4g} keV that S times m holds",
            "Give the part of the electron energy that stays in the organ, and check mass and unit of S",
            path=f"{nuclide}, {organ}",
        )
    return OrganS(
        target=organ,
        source=organ,
        nuclide=nuclide,
        target_mass_g=mass_g,
        electron_mgy_per_mbq_s=electron,
        photon_mgy_per_mbq_s=total_mgy_per_mbq_s - electron,
        relative_sd=relative_sd,
        provenance=provenance,
    )
