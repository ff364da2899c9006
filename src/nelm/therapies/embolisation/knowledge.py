"""Entries of `embolisation.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class EmbolisationKnowledge:
    """Limits, statements, practice and positions of arterial embolisation."""

    liver_dominant: Entry
    well_differentiated: Entry
    unresectable: Entry
    reason_to_treat: Entry
    burden_min_if_stable: Entry
    lesion_size_min: Entry
    measurable_lesion: Entry
    ecog_max: Entry
    performance: Entry
    creatinine_below: Entry
    renal_function: Entry
    bilirubin_max: Entry
    bilirubin: Entry
    albumin_min: Entry
    albumin: Entry
    platelets_above: Entry
    platelets: Entry
    inr_max: Entry
    coagulation: Entry
    burden_max: Entry
    burden: Entry
    main_portal_vein: Entry
    decompensated_liver: Entry
    biliary_obstruction: Entry
    infection: Entry
    biliary_entry: Entry
    artery_closed: Entry
    burden_caution_above: Entry
    large_burden: Entry
    both_lobes: Entry
    mild_ascites: Entry
    carcinoid_crisis: Entry
    heart: Entry
    contrast_allergy: Entry
    branch_portal_vein: Entry
    prrt_first: Entry
    recent_chemotherapy: Entry
    earlier_arterial_treatment: Entry
    refractory_symptoms: Entry
    receptor_negative: Entry
    bland_regimen: Entry
    chemo_regimen: Entry
    drug_eluting_regimen: Entry
    session_interval: Entry
    session_interval_norway: Entry
    periprocedural_cover: Entry
    after_embolisation: Entry
    response_imaging: Entry
    complications: Entry
    abscess_rate: Entry
    whipple_abscess: Entry
    abscess_drug_eluting: Entry
    no_winner: Entry
    drug_eluting_closed: Entry
    trial_retnet_liver_dominant: Entry
    trial_retnet_unresectable: Entry
    trial_retnet_reason: Entry
    trial_retnet_neuroendocrine: Entry
    position_failed_before: Entry
    position_not_tolerated: Entry
    position_norway: Entry
    position_sweden: Entry
    position_sequence_refractory: Entry
    position_sequence_later: Entry
    position_retnet_chemo: Entry
    position_retnet_drug_eluting: Entry
    position_asco_not_read: Entry
    position_enets_not_read: Entry
    position_esmo_not_read: Entry
    position_nanets_not_read: Entry
    position_nccn_not_read: Entry
