"""Entries of `ablation.toml`."""

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
