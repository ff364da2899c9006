"""What a needle must keep to: lengths, angles and distances, from the knowledge or as a site wants them."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.therapies.ablation.knowledge import NeedleKnowledge


@dataclass(frozen=True, slots=True)
class NeedleRules:
    """Limits of needle paths; the first block refuses a path, the second is a caution, the third ranks.

    Parameters
    ----------
    length_max_mm : Longest way between skin and tip.
    capsule_angle_max_deg : Largest angle to the normal of the liver surface.
    organ_clearance_mm, bone_clearance_mm, vessel_clearance_mm : Least distance to each kind of structure; the last
        is for large vessels and the central bile duct.
    vessel_diameter_min_mm : Vessels from this width on are not crossed.
    needle_spacing_min_mm : Least distance to other needles.
    axial_angle_caution_deg : Angle out of the axial plane from which a CT gantry cannot follow.
    liver_before_lesion_min_mm : Liver to be crossed before the lesion.
    behind_angle_deg : Within this angle of straight from behind the patient has to be turned.
    tip_beyond_centre_mm : How far the tip lies beyond the middle of the zone.
    clearance_enough_mm, clearance_step_mm, length_step_mm, angle_step_deg : Steps of the order of paths.
    """

    length_max_mm: float
    capsule_angle_max_deg: float
    organ_clearance_mm: float
    bone_clearance_mm: float
    vessel_clearance_mm: float
    vessel_diameter_min_mm: float
    needle_spacing_min_mm: float
    axial_angle_caution_deg: float
    liver_before_lesion_min_mm: float
    behind_angle_deg: float
    tip_beyond_centre_mm: float
    clearance_enough_mm: float
    clearance_step_mm: float
    length_step_mm: float
    angle_step_deg: float


def needle_rules(known: NeedleKnowledge) -> NeedleRules:
    """The rules that the knowledge holds."""
    return NeedleRules(
        length_max_mm=known.needle_length_max.number,
        capsule_angle_max_deg=known.capsule_angle_max.number,
        organ_clearance_mm=known.organ_clearance.number,
        bone_clearance_mm=known.bone_clearance.number,
        vessel_clearance_mm=known.vessel_clearance.number,
        vessel_diameter_min_mm=known.crossing_vessel_diameter_min.number,
        needle_spacing_min_mm=known.needle_spacing_min.number,
        axial_angle_caution_deg=known.axial_angle_caution.number,
        liver_before_lesion_min_mm=known.liver_before_lesion_min.number,
        behind_angle_deg=known.behind_angle.number,
        tip_beyond_centre_mm=known.tip_beyond_centre.number,
        clearance_enough_mm=known.rank_clearance_enough.number,
        clearance_step_mm=known.rank_clearance_step.number,
        length_step_mm=known.rank_length_step.number,
        angle_step_deg=known.rank_angle_step.number,
    )
