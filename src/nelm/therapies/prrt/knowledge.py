"""Entries of `prrt.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class PrrtKnowledge:
    """Limits, statements, doses, positions and trial limits of radioligand therapy."""

    # Who it is for
    receptor_expression: Entry
    well_differentiated: Entry
    advanced_disease: Entry
    no_previous_course: Entry
    not_failed_before: Entry
    earlier_course: Entry
    retreatment_interval_min: Entry
    long_benefit: Entry
    progression_after_course: Entry

    # Contraindications
    mixed_receptor_expression: Entry
    receptor_mismatch: Entry
    creatinine_clearance_min: Entry
    renal_reserve: Entry
    creatinine_clearance_contraindication: Entry
    renal_failure: Entry
    haemoglobin_min: Entry
    anaemia: Entry
    platelets_min: Entry
    thrombocytopenia: Entry
    leukocytes_min: Entry
    leukopenia: Entry
    bilirubin_max: Entry
    hyperbilirubinaemia: Entry
    pregnancy: Entry
    breastfeeding: Entry
    heart_failure: Entry
    urinary_obstruction: Entry

    # Cautions: receptors, tumour, extent
    high_fdg_lesions: Entry
    uptake_only_equal: Entry
    ki67_trial_max: Entry
    ki67_beyond_trials: Entry
    grade_3_outside_eu_label: Entry
    outside_label_primary: Entry
    resectable_disease: Entry
    stable_disease: Entry
    burden_high: Entry
    liver_replacement: Entry
    bowel_or_mesentery: Entry
    bulky_bone: Entry
    biliary_or_cirrhosis: Entry

    # Cautions: kidneys, blood, liver, heart, earlier treatment
    trial_filtration_min: Entry
    renal_below_trials: Entry
    platelets_trial_min: Entry
    platelets_below_trial: Entry
    haemoglobin_trial_min: Entry
    haemoglobin_below_trial: Entry
    leukocytes_trial_min: Entry
    leukocytes_below_trial: Entry
    bilirubin_trial_max: Entry
    bilirubin_above_trial: Entry
    albumin_min: Entry
    hypoalbuminaemia: Entry
    transaminases_max: Entry
    raised_transaminases: Entry
    kidney_risk_verified: Entry
    kidney_risk_age: Entry
    kidney_risk_recalled: Entry
    earlier_marrow_exposure: Entry
    earlier_alkylator: Entry
    earlier_radioembolisation: Entry
    known_myelodysplasia: Entry
    carcinoid_heart: Entry
    carcinoid_needs_echo: Entry
    hormonal_crisis_risk: Entry
    performance_max: Entry
    poor_performance: Entry
    y90_kidney: Entry

    # What speaks for it
    uptake_above_liver: Entry
    netpet_suitable: Entry
    syndrome_uncontrolled: Entry
    extrahepatic_disease: Entry
    shrinkage_wanted: Entry
    controlled_by_first_course: Entry

    # Positions
    us_label_age_min: Entry
    eu_label_age_min: Entry
    position_not_tolerated: Entry
    position_fda: Entry
    position_fda_stable: Entry
    position_ema: Entry
    position_netter_2: Entry
    position_netter_1: Entry
    position_asco_gi_second_line: Entry
    position_asco_pancreas_second_line: Entry
    position_asco_g3: Entry
    position_enets_2016: Entry
    position_norway: Entry
    position_sweden: Entry
    position_unknown_primary: Entry
    position_syndrome: Entry
    position_vipoma: Entry
    position_edotreotide_status: Entry
    position_compete: Entry
    position_y90: Entry
    position_retreatment: Entry
    position_salvage: Entry
    position_esmo_not_read: Entry
    position_enets_not_read: Entry
    position_nanets_not_read: Entry
    position_society_2024_not_read: Entry
    position_nccn_not_read: Entry

    # 177Lu-DOTATATE: course
    dotatate_activity: Entry
    dotatate_interval: Entry
    dotatate_cycles: Entry
    not_interchangeable: Entry
    amino_acids: Entry
    amino_acids_mixed: Entry
    amino_acids_not_reduced: Entry
    antiemetic: Entry
    long_acting_stop: Entry
    short_acting_stop: Entry
    long_acting_after: Entry
    long_acting_every: Entry
    long_acting_until: Entry
    glucocorticoids: Entry
    imaging_on_analogue: Entry
    observation: Entry

    # Dose modification
    modified_activity: Entry
    hold_platelets: Entry
    hold_blood: Entry
    hold_renal: Entry
    hold_renal_clearance: Entry
    hold_renal_change: Entry
    hold_hepatic: Entry
    lymphopenia_ignored: Entry
    stop_delay: Entry
    stop_recurrence: Entry
    ctcae_version: Entry
    hold_platelets_grade: Entry
    hold_blood_grade: Entry
    hold_bilirubin: Entry
    hold_albumin: Entry
    hold_prothrombin: Entry
    hold_other: Entry
    hold_other_grade: Entry
    restore_activity: Entry
    ctcae5_platelets_grade_2: Entry
    ctcae5_haemoglobin_grade_3: Entry
    ctcae5_neutrophils_grade_3: Entry
    ctcae6_neutrophils_grade_3: Entry
    platelets_later_cycles: Entry

    # Monitoring and advice
    blood_counts: Entry
    platelet_nadir: Entry
    late_myelodysplasia: Entry
    renal_function_matters: Entry
    response_imaging: Entry
    personal_dosimetry: Entry
    dosimetry_guided: Entry
    contraception_eu: Entry
    contraception_us: Entry
    weaning_us: Entry
    crisis_readiness: Entry
    volume_load: Entry
    ssa_if_functional: Entry
    after_everolimus_or_embolisation: Entry

    # Absorbed doses: shown, never a veto
    kidney_dotatate: Entry
    kidney_edotreotide: Entry
    kidney_other_centre: Entry
    kidney_small_series: Entry
    kidney_planar_series: Entry
    kidney_label: Entry
    kidney_cycle_spread: Entry
    kidney_edotreotide_spread: Entry
    liver_per_activity: Entry
    spleen_per_activity: Entry
    liver_td5: Entry
    planning_confidence: Entry
    kidney_td5: Entry
    kidney_td50: Entry
    kidney_bed_plain: Entry
    kidney_bed_risk: Entry
    kidney_y90_threshold: Entry
    alpha_beta: Entry
    repair_half_time: Entry
    effective_half_time: Entry
    marrow_per_activity: Entry
    marrow_limit: Entry
    marrow_antagonist: Entry

    # Other courses
    edotreotide_activity: Entry
    edotreotide_interval: Entry
    edotreotide_cycles: Entry
    edotreotide_gut_response: Entry
    edotreotide_analogue: Entry
    retreatment_cycles: Entry
    retreatment_cumulative: Entry
    salvage_kidney_dose: Entry
    retreatment_kidney_bed: Entry
    tumour_dose_falls: Entry
    prrt_after_radioembolisation_not_read: Entry
    actinium_after_lutetium: Entry
    y90_activity: Entry
    y90_cycles: Entry
    y90_interval: Entry
    y90_kidney_limit: Entry
    y90_marrow_limit: Entry
    y90_by_surface: Entry

    # Entry criteria of trials
    trial_netter_1_midgut: Entry
    trial_netter_1_grade: Entry
    trial_netter_1_on_octreotide: Entry
    trial_netter_1_progressing: Entry
    trial_netter_1_creatinine_max: Entry
    trial_netter_1_creatinine: Entry
    trial_netter_1_clearance_min: Entry
    trial_netter_1_clearance: Entry
    trial_netter_1_haemoglobin_min: Entry
    trial_netter_1_haemoglobin: Entry
    trial_netter_1_leukocytes_min: Entry
    trial_netter_1_leukocytes: Entry
    trial_netter_1_platelets_min: Entry
    trial_netter_1_platelets: Entry
    trial_netter_1_bilirubin_max: Entry
    trial_netter_1_bilirubin: Entry
    trial_netter_1_albumin_min: Entry
    trial_netter_1_inr_normal: Entry
    trial_netter_1_albumin: Entry
    trial_netter_2_grade: Entry
    trial_netter_2_first_line: Entry
    trial_netter_2_all_targets: Entry
    trial_netter_2_no_liver_directed: Entry
    trial_netter_3_grade: Entry
    trial_netter_3_lesion_mm: Entry
    trial_netter_3_several_mm: Entry
    trial_netter_3_alp: Entry
    trial_netter_3_burden: Entry
    trial_netter_3_all_targets: Entry
    trial_oclurandom_pancreas: Entry
    trial_oclurandom_progressing: Entry
    trial_oclurandom_pretreated: Entry
    trial_oclurandom_receptors: Entry
    trial_netter_r_pancreas: Entry
    trial_control_nets_site: Entry
    trial_compete_grade: Entry
    trial_compete_progressing: Entry
    trial_compete_site: Entry
    trial_compete_lines: Entry
    trial_compose_grade: Entry
    trial_rotterdam_progressing: Entry
    trial_munich_treated_before: Entry
    trial_action_1_grade: Entry
    trial_action_1_progressing: Entry
