"""Mean absorbed dose of organs from time-integrated activities, after MIRD: ``D = sum over sources of A S``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nelm.errors import problem
from nelm.physics.biology.refusals import not_negative, positive
from nelm.physics.organs.s_values import GY_PER_MGY_MBQ_S_IN_MBQ_H, OrganS
from nelm.physics.organs.table import OrganSTable

LIVER_WITH_LESIONS = "liver with lesions"
LIVER_WITHOUT_LESIONS = "liver without lesions"


@dataclass(frozen=True, slots=True)
class OrganDose:
    """Mean absorbed dose of one target.

    Parameters
    ----------
    target : The region that the dose is the mean of.
    target_mass_g : Its mass [g].
    contributions_gy : Dose from each source [Gy].
    """

    target: str
    target_mass_g: float
    contributions_gy: Mapping[str, float]

    @property
    def absorbed_dose_gy(self) -> float:
        """Dose from all sources [Gy]."""
        return sum(self.contributions_gy.values())

    @property
    def absorbed_energy_j(self) -> float:
        """Energy in the target [J]."""
        return self.absorbed_dose_gy * self.target_mass_g / 1000


def organ_absorbed_dose(
    target: str,
    *,
    time_integrated_activities_mbq_h: Mapping[str, float],
    table: OrganSTable,
    target_mass_g: float | None = None,
) -> OrganDose:
    """Mean absorbed dose of a target from every source.

    ``D(t) = sum_s A(s) S(t <- s)``, S at the mass of the patient's organ [bolch2009, eq. 4].

    Parameters
    ----------
    target : A target of the table.
    time_integrated_activities_mbq_h : Time-integrated activity of each source, by the table's name [MBq h].
    table : S values of the nuclide.
    target_mass_g : Mass of the patient's organ [g]; None for that of the phantom.
    """
    if not time_integrated_activities_mbq_h:
        raise problem("no source", "the time-integrated activity of a source or more", path=target)
    found: dict[str, float] = {}
    mass = 0.0
    for source, activity in time_integrated_activities_mbq_h.items():
        value = table.s(target, source)
        mass = value.target_mass_g if target_mass_g is None else positive(target_mass_g, f"{target}: mass")
        found[source] = not_negative(activity, f"{source}: time_integrated_activity_mbq_h") * (
            value.at_mass(mass).gy_per_mbq_h
        )
    return OrganDose(target, mass, found)


@dataclass(frozen=True, slots=True)
class LiverDoses:
    """Mean dose of the liver as two targets, which differ by a third and more where lesions are many.

    Parameters
    ----------
    with_lesions : All that is within the outline of the liver, lesions included.
    without_lesions : Normal liver alone.
    """

    with_lesions: OrganDose
    without_lesions: OrganDose


def liver_absorbed_doses(
    liver: OrganS,
    *,
    normal_liver_mass_g: float,
    lesion_mass_g: float,
    normal_liver_time_integrated_activity_mbq_h: float,
    lesion_time_integrated_activity_mbq_h: float,
    cross_dose_gy: float = 0.0,
) -> LiverDoses:
    """Mean dose of the liver with its lesions, and of the liver without them.

    ``with: D = (A_n + A_l) S(m_n + m_l)``;
    ``without: D = A_n S_e(m_n) + (A_n + A_l) S_ph(m_n + m_l)``

    Electrons stay in the part that they start in; photons from anywhere in the liver reach all of it alike. The energy
    in normal liver and in lesions then adds up to that in the whole.

    Parameters
    ----------
    liver : Self S value of the liver, parted into electrons and photons.
    normal_liver_mass_g, lesion_mass_g : Masses of the patient's normal liver and of all lesions in it [g].
    normal_liver_time_integrated_activity_mbq_h, lesion_time_integrated_activity_mbq_h : In these [MBq h].
    cross_dose_gy : Dose from sources outside of the liver, the same to both targets [Gy].

    Notes
    -----
    Derived here. Crossfire of electrons between lesions and liver is left out: at most 3 % of the lesions' electron
    energy for Lu-177 in lesions of 1 g or more, but 7 to 31 % for Y-90 in lesions of 100 g to 1 g, where a voxel engine
    serves. The dose of a lesion is that of the sphere model or of a voxel engine.
    """
    if not liver.is_self:
        raise problem(f"{liver.target} <- {liver.source}", "the self S value of the liver", path="liver")
    normal, lesion = (
        positive(normal_liver_mass_g, "normal_liver_mass_g"),
        not_negative(lesion_mass_g, "lesion_mass_g"),
    )
    a_normal = not_negative(
        normal_liver_time_integrated_activity_mbq_h, "normal_liver_time_integrated_activity_mbq_h"
    )
    a_lesion = not_negative(lesion_time_integrated_activity_mbq_h, "lesion_time_integrated_activity_mbq_h")
    outside = not_negative(cross_dose_gy, "cross_dose_gy")
    if lesion == 0 and a_lesion > 0:
        raise problem(a_lesion, "no activity in lesions without mass", path="lesion_mass_g")
    whole = liver.at_mass(normal + lesion)
    photon = whole.photon_mgy_per_mbq_s * GY_PER_MGY_MBQ_S_IN_MBQ_H
    electron = liver.at_mass(normal).electron_mgy_per_mbq_s * GY_PER_MGY_MBQ_S_IN_MBQ_H
    return LiverDoses(
        with_lesions=OrganDose(
            LIVER_WITH_LESIONS,
            normal + lesion,
            {
                "normal liver": a_normal * whole.gy_per_mbq_h,
                "lesions": a_lesion * whole.gy_per_mbq_h,
                "outside the liver": outside,
            },
        ),
        without_lesions=OrganDose(
            LIVER_WITHOUT_LESIONS,
            normal,
            {
                "normal liver": a_normal * (electron + photon),
                "lesions": a_lesion * photon,
                "outside the liver": outside,
            },
        ),
    )
