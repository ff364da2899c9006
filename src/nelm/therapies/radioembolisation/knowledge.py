"""Entries of `radioembolisation.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class RadioembolisationKnowledge:
    """Limits, statements, numbers, practice and positions of radioembolisation."""

    liver_dominant: Entry
    well_differentiated: Entry
    unresectable: Entry
    reason_to_treat: Entry
    burden_min_if_stable: Entry
    bilirubin_max: Entry
    bilirubin: Entry
    burden_max: Entry
    burden: Entry
    liver_failure: Entry
    neutrophils_min: Entry
    neutrophils: Entry
    lung_shunt_max: Entry
    lung_shunt: Entry
    lung_dose_single_max: Entry
    lung_dose_total_max: Entry
    lung_dose_spent: Entry
    ecog_max: Entry
    performance: Entry
    pregnancy: Entry
    artery_closed: Entry
    shunt_uncorrectable: Entry
    ho166_bilirubin_max: Entry
    ho166_bilirubin: Entry
    ho166_filtration_min: Entry
    ho166_filtration: Entry
    ho166_enzymes_max: Entry
    ho166_enzymes: Entry
    ho166_leukocytes_min: Entry
    ho166_platelets_min: Entry
    ho166_blood_counts: Entry
    ho166_after_prrt: Entry
    whole_liver: Entry
    after_prrt: Entry
    repeated: Entry
    after_chemotherapy: Entry
    earlier_external_beam: Entry
    capecitabine: Entry
    portal_vein_resin: Entry
    portal_vein_glass: Entry
    portal_vein_holmium: Entry
    mild_ascites: Entry
    biliary_entry: Entry
    small_liver_below: Entry
    small_liver: Entry
    glass_burden_above: Entry
    glass_albumin_below: Entry
    glass_burden_albumin: Entry
    glass_enzymes_above: Entry
    glass_enzymes: Entry
    lung_shunt_caution: Entry
    raised_lung_shunt: Entry
    carcinoid_crisis: Entry
    heart: Entry
    contrast_allergy: Entry
    bleeding_disorder: Entry
    prrt_first: Entry
    one_lobe: Entry
    branch_thrombosis: Entry
    y90_dose_constant: Entry
    glass_dose_constant: Entry
    lung_mass: Entry
    liver_density: Entry
    bsa_subtrahend: Entry
    lung_factor_first: Entry
    lung_factor_second: Entry
    lung_band_first: Entry
    lung_band_second: Entry
    glass_lung_activity_max: Entry
    ho166_activity_per_mass: Entry
    ho166_dose: Entry
    resin_tumour_dose: Entry
    resin_normal_liver_max: Entry
    resin_normal_liver_pretreated_max: Entry
    normal_liver_observed: Entry
    dose_tables_without_net: Entry
    spheres_differ: Entry
    residual_resin: Entry
    residual_glass: Entry
    shunt_overestimated: Entry
    shunt_geometric_mean: Entry
    kao_variant: Entry
    wrong_formula_seen: Entry
    mapping: Entry
    resin_practice: Entry
    glass_practice: Entry
    ho166_practice: Entry
    one_lobe_at_a_time: Entry
    reild_watch: Entry
    late_watch: Entry
    after_treatment_imaging: Entry
    lung_history: Entry
    trial_neuroendocrine: Entry
    trial_prrt: Entry
    trial_biliary: Entry
    position_sweden: Entry
    position_nccn: Entry
    position_concern: Entry
    position_resin_label: Entry
    position_glass_label: Entry
    position_hepar_plus: Entry
    position_asco_not_read: Entry
    position_enets_not_read: Entry
    position_esmo_not_read: Entry
    position_eanm_not_read: Entry
