"""Entries of `chemotherapy.toml` and `chemotherapy_modification.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class ChemotherapyKnowledge:
    """Settings, limits, doses, positions and trial entry criteria of chemotherapy."""

    # Who it is for
    captem_setting: Entry
    temozolomide_setting: Entry
    streptozocin_setting: Entry
    platinum_setting: Entry
    second_line_carcinoma_setting: Entry
    oxaliplatin_setting: Entry
    not_failed_before: Entry
    high_ki67: Entry
    high_volume: Entry

    # What rules it out
    pregnancy: Entry
    pregnancy_other: Entry
    dpyd_complete: Entry
    capecitabine_clearance_min: Entry
    capecitabine_renal: Entry
    severe_liver_impairment: Entry
    neutrophils_capecitabine_min: Entry
    platelets_capecitabine_min: Entry
    neutrophils_low: Entry
    platelets_low: Entry
    temozolomide_neutrophils_min: Entry
    temozolomide_platelets_min: Entry
    temozolomide_counts_low: Entry
    streptozocin_clearance_floor: Entry
    streptozocin_renal: Entry
    carboplatin_clearance_min: Entry
    platinum_renal: Entry
    irinotecan_bilirubin_max: Entry
    irinotecan_bilirubin: Entry
    irinotecan_performance_max: Entry
    irinotecan_performance: Entry
    irinotecan_obstruction: Entry
    infection_fluorouracil: Entry
    infection: Entry

    # What asks for care
    breastfeeding: Entry
    performance_poor_from: Entry
    performance_poor: Entry
    dpyd_partial: Entry
    capecitabine_clearance_reduced: Entry
    capecitabine_reduction: Entry
    anticoagulant_interaction: Entry
    myelodysplasia: Entry
    marrow_after_prrt: Entry
    viral_hepatitis: Entry
    streptozocin_clearance_reduced: Entry
    streptozocin_reduction: Entry
    streptozocin_kidney_risk: Entry
    streptozocin_diabetes: Entry
    streptozocin_ki67_above: Entry
    streptozocin_high_ki67: Entry
    cisplatin_clearance_min: Entry
    cisplatin_renal: Entry
    cisplatin_volume_load: Entry
    etoposide_clearance_reduced: Entry
    etoposide_renal: Entry
    bilirubin_normal: Entry
    etoposide_bilirubin: Entry
    carboplatin_neutrophils_min: Entry
    carboplatin_platelets_min: Entry
    carboplatin_counts: Entry
    platinum_rechallenge: Entry
    irinotecan_bilirubin_caution_from: Entry
    irinotecan_bilirubin_caution: Entry
    irinotecan_diarrhoea: Entry
    oxaliplatin_clearance_reduced: Entry
    oxaliplatin_renal: Entry
    oxaliplatin_neutrophils_min: Entry
    oxaliplatin_platelets_min: Entry
    oxaliplatin_counts: Entry

    # What speaks for it
    mgmt_deficient: Entry
    shrinkage_wanted: Entry
    fluoropyrimidine_impossible: Entry

    # Who says what
    position_not_tolerated: Entry
    position_platinum_failed: Entry
    position_asco_pancreas_second_line: Entry
    position_asco_receptor_negative: Entry
    position_asco_early: Entry
    position_asco_g3: Entry
    position_enets2017: Entry
    position_enets2016_streptozocin: Entry
    position_enets2016_captem: Entry
    position_esmo2021_lung: Entry
    position_norway_captem: Entry
    position_norway_midgut: Entry
    position_survey_captem: Entry
    position_e2211_combination: Entry
    position_tenec: Entry
    position_zanosar_label: Entry
    position_enets2023_platinum: Entry
    position_enets2016_platinum: Entry
    position_norway_platinum: Entry
    position_nordic_net_g3: Entry
    position_rechallenge: Entry
    position_topic_nec: Entry
    position_enets_irinotecan_platinum: Entry
    position_enets2023_second_line: Entry
    position_folfox_sequence: Entry
    position_capox_evidence: Entry
    position_esmo: Entry
    position_nanets: Entry
    position_nccn: Entry

    # Doses
    captem_capecitabine: Entry
    captem_capecitabine_cap: Entry
    captem_temozolomide: Entry
    captem_cycle: Entry
    captem_older_version: Entry
    capecitabine_renal_share: Entry
    fluoropyrimidine_partial_share: Entry
    fluoropyrimidine_titration: Entry
    temozolomide_alone: Entry
    streptozocin_dose: Entry
    streptozocin_three_weekly: Entry
    streptozocin_fluorouracil: Entry
    streptozocin_share_moderate: Entry
    streptozocin_clearance_severe: Entry
    streptozocin_share_severe: Entry
    carboplatin_target: Entry
    calvert_offset: Entry
    calvert_filtration_cap: Entry
    etoposide_dose: Entry
    etoposide_renal_share: Entry
    cisplatin_with_etoposide: Entry
    cisplatin_mild_limit: Entry
    cisplatin_mild_share: Entry
    cisplatin_moderate_limit: Entry
    cisplatin_moderate_share: Entry
    irinotecan_with_cisplatin: Entry
    cisplatin_with_irinotecan: Entry
    folfiri_irinotecan: Entry
    folinic_acid: Entry
    fluorouracil_bolus: Entry
    fluorouracil_infusion: Entry
    folfox_oxaliplatin: Entry
    folfox_oxaliplatin_reduced: Entry
    capox_capecitabine: Entry
    capox_oxaliplatin: Entry

    # Monitoring and cautions of a regimen
    dpyd_test_first: Entry
    uracil_caveat: Entry
    dpyd_alleles: Entry
    captem_counts: Entry
    temozolomide_reduction: Entry
    pneumocystis: Entry
    alkylator_late: Entry
    capecitabine_interactions: Entry
    resin_conflict: Entry
    no_survival_gain: Entry
    off_label: Entry
    streptozocin_monitoring: Entry
    streptozocin_emesis: Entry
    growth_factor: Entry
    platinum_counts: Entry
    cisplatin_monitoring: Entry
    oral_etoposide: Entry
    carboplatin_etoposide_outcome: Entry
    ki67_55: Entry
    mixed_neoplasm: Entry
    no_growth_rule: Entry
    ugt1a1: Entry
    irinotecan_monitoring: Entry
    second_line_expectation: Entry
    neuropathy: Entry
    capox_little_evidence: Entry
    midgut_low_yield: Entry

    # Whom the trials took in
    trial_e2211_site: Entry
    trial_e2211_grade: Entry
    trial_e2211_progression: Entry
    trial_seqtor_site: Entry
    trial_seqtor_grade: Entry
    trial_seqtor_need: Entry
    trial_historic_streptozocin_site: Entry
    trial_uppsala_site: Entry
    trial_streptozocin_2015_site: Entry
    trial_captem_pooled_neuroendocrine: Entry
    trial_mgmt_tested: Entry
    trial_topic_nec_histology: Entry
    trial_topic_nec_first_line: Entry
    trial_nordic_nec2_histology: Entry
    trial_nordic_nec1_histology: Entry
    trial_carboplatin_cohort_histology: Entry
    trial_folfiri_histology: Entry
    trial_folfiri_after_platinum: Entry
    trial_folfiri_performance: Entry
    trial_folfiri_alp_max: Entry
    trial_folfiri_alp: Entry
    trial_seneca_histology: Entry
    trial_seneca_after_platinum: Entry
    trial_bevanec_histology: Entry
    trial_bevanec_second_line: Entry
    trial_bevanec_performance_max: Entry
    trial_compose_grade: Entry


@dataclass(frozen=True, slots=True)
class ChemotherapyModification:
    """Entries of `chemotherapy_modification.toml`: rules by which toxicity changes the dose of chemotherapy."""

    # For every drug
    chemotherapy_longest_hold: Entry
    alkylator_unexplained_cytopenia: Entry

    # Capecitabine
    capecitabine_share_second: Entry
    capecitabine_share_third: Entry
    capecitabine_grade_2: Entry
    capecitabine_grade_3: Entry
    capecitabine_grade_4: Entry
    capecitabine_never_raised: Entry
    capecitabine_counts: Entry
    capecitabine_kidney_falling: Entry
    capecitabine_ladder_end: Entry

    # Temozolomide
    temozolomide_full: Entry
    temozolomide_middle: Entry
    temozolomide_lowest: Entry
    temozolomide_start_counts: Entry
    temozolomide_nadir: Entry
    temozolomide_nadir_neutrophils: Entry
    temozolomide_nadir_platelets: Entry
    temozolomide_rise: Entry
    temozolomide_never_raised: Entry
    temozolomide_other_3: Entry
    temozolomide_other_4: Entry
    temozolomide_ladder_end: Entry

    # Streptozocin
    streptozocin_clearance_cycle: Entry
    streptozocin_kidney_rule: Entry
    streptozocin_protein_mild: Entry
    streptozocin_protein_more: Entry
    streptozocin_protein_severe: Entry
    streptozocin_creatinine: Entry
    streptozocin_creatinine_severe: Entry
    streptozocin_leukocytes: Entry
    streptozocin_platelets: Entry
    streptozocin_counts: Entry
    streptozocin_other_3: Entry
    streptozocin_other_4: Entry
    streptozocin_never_raised: Entry
    streptozocin_ladder_end: Entry
