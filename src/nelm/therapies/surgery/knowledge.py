"""Entries of `surgery.toml` and of `resection.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class SurgeryKnowledge:
    """Limits, statements, practice and positions of the operations."""

    liver_metastases: Entry
    well_differentiated: Entry
    completely_resectable: Entry
    extrahepatic_removable: Entry
    fit_for_major_surgery: Entry
    primary_controlled: Entry
    remnant_cirrhosis_upper: Entry
    remnant_too_small: Entry
    remnant_debated: Entry
    remnant_cirrhosis_debated: Entry
    remnant_after_embolisation_min: Entry
    hypertrophy_min: Entry
    growth_rate_min: Entry
    growth_rate_decays: Entry
    right_heart: Entry
    heart_check: Entry
    carcinoid_crisis: Entry
    previous_hepatectomy: Entry
    grade_3: Entry
    low_grade: Entry
    simple_pattern: Entry
    single_metastasis: Entry
    complete_in_stages: Entry
    both_lobes: Entry
    debulking_feasible: Entry
    debulking_threshold: Entry
    debulking_threshold_classic: Entry
    debulking_below_90: Entry
    hormone_symptoms: Entry
    no_hormone_symptoms: Entry
    extensive_elsewhere: Entry
    debulking_evidence: Entry
    debulking_parenchyma: Entry
    debulking_not_up_front: Entry
    primary_in_situ: Entry
    primary_resectable: Entry
    primary_symptomatic: Entry
    small_intestinal_primary: Entry
    primary_with_metastases: Entry
    pancreatic_primary_selective: Entry
    primary_evidence: Entry
    extrahepatic_present: Entry
    extrahepatic_resectable: Entry
    before_transplantation: Entry
    transplant_unresectable: Entry
    transplant_criteria_met: Entry
    transplant_bone_or_lung: Entry
    transplant_restaging: Entry
    transplant_against_resection: Entry
    embolisation_needed: Entry
    portal_trunk_closed: Entry
    cirrhosis_slows_growth: Entry
    clear_remnant_first: Entry
    embolisation_results: Entry
    embolisation_wait: Entry
    two_stage_dropout: Entry
    two_stage_techniques: Entry
    anatomy_and_margin: Entry
    expected_mortality: Entry
    expected_morbidity: Entry
    cholecystectomy: Entry
    gallstones: Entry
    volumetry: Entry
    imaging_after: Entry
    position_pdq_resection: Entry
    position_sweden_resection: Entry
    position_nanets_synchronous: Entry
    position_nccn_synchronous: Entry
    position_enets_synchronous: Entry
    position_enets_resection: Entry
    position_norway_carcinoma: Entry
    position_asco_debulking: Entry
    position_pdq_debulking: Entry
    position_norway_debulking: Entry
    position_enets_debulking: Entry
    position_sweden_transplant: Entry
    position_milan_transplant: Entry
    position_optn_transplant: Entry
    position_cirse_embolisation: Entry
    position_enets_primary: Entry
    position_asco_not_read: Entry
    position_enets_not_read: Entry
    position_esmo_not_read: Entry
    position_nanets_not_read: Entry
    position_nccn_not_read: Entry


@dataclass(frozen=True, slots=True)
class ResectionKnowledge:
    """Margins, wedges, classes of resection and growth of the remnant (`resection.toml`)."""

    margin_min: Entry
    margin_planned: Entry
    margin_wide: Entry
    wedge_opening: Entry
    wedge_cover_max: Entry
    wedge_guarded: Entry
    cluster_within: Entry
    cluster_most: Entry
    large_vessel_from: Entry
    major_segments_min: Entry
    segment_taken_from: Entry
    complexity_low: Entry
    complexity_intermediate: Entry
    complexity_high: Entry
    anterolateral_segments: Entry
    posterosuperior_segments: Entry
    growth_first_week: Entry
    growth_first_week_spread: Entry
    growth_later: Entry
    growth_later_spread: Entry
    segment_4_embolised: Entry
