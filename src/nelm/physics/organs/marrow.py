"""Absorbed dose of red marrow, from blood or from images.

After the EANM Dosimetry Committee's guidelines for bone marrow and whole-body dosimetry (Hindorf et al., Eur J Nucl
Med Mol Imaging 2010;37:1238-1250). Read: its abstract, which names the parts (self dose; cross dose from bone, larger
organs and the remainder of the body). The equations below are written from memory of it and of Sgouros, J Nucl Med
1993;34:689-694, and those of the remainder are derived here, where they are exact by the definition of S.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nelm.errors import problem
from nelm.physics.biology.refusals import not_negative, positive, within
from nelm.physics.organs.s_values import OrganS

REMAINDER = "remainder of the body"


@dataclass(frozen=True, slots=True)
class MarrowDose:
    """Mean absorbed dose of red marrow.

    Parameters
    ----------
    self_dose_gy : From activity in the marrow [Gy].
    cross_doses_gy : From each other source, the remainder of the body among them [Gy].
    marrow_time_integrated_activity_mbq_h : In the marrow of the patient [MBq h].
    """

    self_dose_gy: float
    cross_doses_gy: Mapping[str, float]
    marrow_time_integrated_activity_mbq_h: float

    @property
    def absorbed_dose_gy(self) -> float:
        """Dose from all sources [Gy]."""
        return self.self_dose_gy + sum(self.cross_doses_gy.values())


def red_marrow_to_blood_ratio(*, haematocrit: float, extracellular_fluid_fraction: float) -> float:
    """Ratio of the activity concentrations of red marrow and blood, RMBLR [1].

    ``RMBLR = RMECFF / (1 - HCT)``: the pharmaceutical is in the plasma and in the extracellular fluid of the marrow,
    and binds to no cell of either.

    Parameters
    ----------
    haematocrit : HCT [1].
    extracellular_fluid_fraction : RMECFF, part of the marrow that is extracellular fluid [1].

    Notes
    -----
    Not valid where the marrow or its metastases take up the pharmaceutical; then image-based dosimetry serves. For
    small peptides a ratio of 1 is in use and is given to the functions below in place of this one.
    """
    cells = within(haematocrit, "haematocrit", 0, 0.999)
    return within(extracellular_fluid_fraction, "extracellular_fluid_fraction", 0, 1) / (1 - cells)


def marrow_activity_from_blood(
    *,
    blood_time_integrated_activity_mbq_h: float,
    blood_mass_g: float,
    marrow_mass_g: float,
    red_marrow_to_blood_ratio: float,
) -> float:
    """Time-integrated activity of red marrow from that of blood [MBq h].

    ``A_RM = A_blood (m_RM / m_blood) RMBLR``

    Parameters
    ----------
    blood_time_integrated_activity_mbq_h : Of a mass of blood: the whole blood, or one sample [MBq h].
    blood_mass_g : Mass of that blood [g]; of a sample, its volume times the density of blood.
    marrow_mass_g : Mass of the red marrow [g].
    red_marrow_to_blood_ratio : RMBLR [1].
    """
    activity = not_negative(blood_time_integrated_activity_mbq_h, "blood_time_integrated_activity_mbq_h")
    ratio = positive(marrow_mass_g, "marrow_mass_g") / positive(blood_mass_g, "blood_mass_g")
    return activity * ratio * not_negative(red_marrow_to_blood_ratio, "red_marrow_to_blood_ratio")


def marrow_activity_from_image(
    *, region_time_integrated_activity_mbq_h: float, marrow_fraction_in_region: float
) -> float:
    """Time-integrated activity of all red marrow from a region such as lumbar vertebrae [MBq h].

    ``A_RM = A_region / f``

    Parameters
    ----------
    region_time_integrated_activity_mbq_h : Of the region, corrected for partial volume and for blood and fat in it as
        far as known [MBq h].
    marrow_fraction_in_region : Part f of the body's red marrow that lies in the region [1].

    Notes
    -----
    Supposes marrow alike everywhere; not valid with a metastasis in the region.
    """
    activity = not_negative(region_time_integrated_activity_mbq_h, "region_time_integrated_activity_mbq_h")
    fraction = positive(
        within(marrow_fraction_in_region, "marrow_fraction_in_region", 0, 1), "marrow_fraction_in_region"
    )
    return activity / fraction


def remainder_s(
    total_body: OrganS,
    *,
    organs: Sequence[OrganS],
    total_body_mass_g: float,
    organ_masses_g: Mapping[str, float],
) -> OrganS:
    """S value of a target from the remainder of the body.

    ``S(t <- R) = (S(t <- TB) m_TB - sum_h S(t <- h) m_h) / (m_TB - sum_h m_h)``

    Exact where the total body is a uniform source: its S value is the mean of those of its parts, weighted by mass.

    Parameters
    ----------
    total_body : S(t <- TB), of a uniform source in the whole body.
    organs : S(t <- h) of every source that is given by itself, the target itself included where it is one.
    total_body_mass_g : Mass of the body that `total_body` holds for [g].
    organ_masses_g : Mass of each source in it, by the name of the source [g].

    Raises
    ------
    InputError
        S values of different targets, organs heavier than the body, a source without a mass, or a remainder that would
        give a negative dose (S values that do not belong together).
    """
    left, dose_mass = (
        positive(total_body_mass_g, "total_body_mass_g"),
        total_body.mgy_per_mbq_s * total_body_mass_g,
    )
    for organ in organs:
        if organ.target.casefold() != total_body.target.casefold() or organ.nuclide != total_body.nuclide:
            raise problem(
                organ.target, f"S values of {total_body.nuclide} to {total_body.target}", path=organ.source
            )
        if organ.source not in organ_masses_g:
            raise problem(organ.source, "the mass of every source", "Give its mass", path="organ_masses_g")
        mass = positive(organ_masses_g[organ.source], f"organ_masses_g: {organ.source}")
        left -= mass
        dose_mass -= organ.mgy_per_mbq_s * mass
    if left <= 0 or dose_mass < 0:
        raise problem(
            f"{left:.4g} g and {dose_mass:.4g} mGy g/(MBq s) left",
            "a body that is more than its organs, in mass and in dose",
            "Use S values and masses of one phantom",
            path="remainder",
        )
    return OrganS(
        target=total_body.target,
        source=REMAINDER,
        nuclide=total_body.nuclide,
        target_mass_g=total_body.target_mass_g,
        electron_mgy_per_mbq_s=0.0,
        photon_mgy_per_mbq_s=dose_mass / left,
        provenance=total_body.provenance,
    )


def remainder_activity(
    *, total_body_time_integrated_activity_mbq_h: float, organ_activities_mbq_h: Mapping[str, float]
) -> float:
    """Time-integrated activity outside of all sources that are given by themselves [MBq h].

    Parameters
    ----------
    total_body_time_integrated_activity_mbq_h : Of the whole body [MBq h].
    organ_activities_mbq_h : Of each source, the marrow included [MBq h].

    Raises
    ------
    InputError
        More activity in the sources than in the body.
    """
    total = not_negative(
        total_body_time_integrated_activity_mbq_h, "total_body_time_integrated_activity_mbq_h"
    )
    inside = sum(not_negative(each, f"{name}: activity") for name, each in organ_activities_mbq_h.items())
    if inside > total:
        raise problem(
            f"{inside:.4g} MBq h in organs",
            f"at most the {total:.4g} MBq h of the whole body",
            "Check the calibration of the whole-body and the organ measurements against each other",
            path="organ_activities_mbq_h",
        )
    return total - inside


def marrow_absorbed_dose(
    *,
    marrow_time_integrated_activity_mbq_h: float,
    marrow_mass_g: float,
    self_s: OrganS,
    cross: Sequence[tuple[OrganS, float]] = (),
) -> MarrowDose:
    """Absorbed dose of red marrow.

    ``D = A_RM S(RM <- RM) m_ref / m + sum_h A_h S(RM <- h)``

    Parameters
    ----------
    marrow_time_integrated_activity_mbq_h : Of the patient's red marrow, from blood or image [MBq h].
    marrow_mass_g : Mass of the patient's red marrow that this activity is of [g]. From blood, the dose does not depend
        on it but for the small part of photons.
    self_s : S value of the marrow to itself.
    cross : S value to the marrow and time-integrated activity [MBq h] of every other source, `remainder_s` among them.
    """
    if not self_s.is_self:
        raise problem(f"{self_s.target} <- {self_s.source}", "the self S value of the marrow", path="self_s")
    found: dict[str, float] = {}
    for value, activity in cross:
        if value.target.casefold() != self_s.target.casefold() or value.is_self:
            raise problem(
                f"{value.target} <- {value.source}",
                f"an S value from elsewhere to {self_s.target}",
                path="cross",
            )
        part = value.gy_per_mbq_h * not_negative(activity, f"{value.source}: activity")
        found[value.source] = found.get(value.source, 0.0) + part
    activity = not_negative(marrow_time_integrated_activity_mbq_h, "marrow_time_integrated_activity_mbq_h")
    return MarrowDose(activity * self_s.at_mass(marrow_mass_g).gy_per_mbq_h, found, activity)
