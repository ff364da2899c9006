"""Entries of `ablation.toml` and `ablation_needles.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class AblationKnowledge:
    """Limits, statements, practice and positions of thermal ablation."""

    liver_metastases: Entry
    well_differentiated: Entry
    extrahepatic_removable: Entry
    limited_disease: Entry
    lesion_count_max: Entry
    reachable_size: Entry
    zone_min: Entry
    zone_max: Entry
    biliary_entry: Entry
    inr_max: Entry
    platelets_min: Entry
    coagulation: Entry
    grade_3: Entry
    best_size_max: Entry
    above_best_size: Entry
    radiofrequency_size_max: Entry
    above_radiofrequency_size: Entry
    bile_duct_distance_min: Entry
    near_bile_duct: Entry
    near_vessel: Entry
    resection_possible: Entry
    carcinoid_crisis: Entry
    bleeding_disorder: Entry
    infection: Entry
    best_size: Entry
    few_lesions: Entry
    severe_hormone_symptoms: Entry
    margin: Entry
    technique: Entry
    adherent_bowel: Entry
    abscess: Entry
    imaging_after: Entry
    position_sweden_resectable: Entry
    position_sweden_unresectable: Entry
    position_canada: Entry
    position_norway_resectable: Entry
    position_norway_symptoms: Entry
    position_oligometastatic: Entry
    position_asco_not_read: Entry
    position_enets_not_read: Entry
    position_esmo_not_read: Entry
    position_nccn_not_read: Entry


@dataclass(frozen=True, slots=True)
class NeedleKnowledge:
    """Entries of `ablation_needles.toml`: needle paths, measured zones, overlapping zones, margins."""

    needle_length_max: Entry
    capsule_angle_max: Entry
    axial_angle_caution: Entry
    liver_before_lesion_min: Entry
    behind_angle: Entry
    crossing_vessel_diameter_min: Entry
    organ_clearance: Entry
    bone_clearance: Entry
    vessel_clearance: Entry
    needle_spacing_min: Entry
    tip_beyond_centre: Entry
    rank_clearance_enough: Entry
    rank_clearance_step: Entry
    rank_length_step: Entry
    rank_angle_step: Entry
    zone_microwave_patients: Entry
    zone_radiofrequency_patients: Entry
    zone_microwave_perfusion_pigs: Entry
    zone_radiofrequency_cooled_pigs: Entry
    zone_radiofrequency_short_tip_pigs: Entry
    zone_microwave_perfused_pig_livers: Entry
    zone_radiofrequency_perfused_pig_livers: Entry
    animal_zones: Entry
    positions_max: Entry
    targeting_error_clinical: Entry
    targeting_error_phantom: Entry
    heat_sink_diameter_min: Entry
    heat_sink_distance: Entry
    heat_sink_evidence: Entry
    margin_evidence: Entry
    contraction_radial: Entry
