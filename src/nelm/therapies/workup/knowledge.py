"""Entries of `workup.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class WorkupKnowledge:
    """Reasons, limits and positions of tests."""

    position_esmo: Entry
    position_nanets: Entry
    position_nccn: Entry
    liver_lesions: Entry
    biopsy_reason: Entry
    biopsy_bleeding: Entry
    biopsy_coagulation: Entry
    biopsy_platelets_below: Entry
    biopsy_inr_above: Entry
    biopsy_crisis: Entry
    biopsy_second_malignancy: Entry
    low_ki67_below: Entry
    biopsy_sample: Entry
    biopsy_site: Entry
    position_asco_histology: Entry
    position_grade_discordant: Entry
    position_enets_biopsy: Entry
    receptors_not_known: Entry
    receptors_unknown_primary: Entry
    receptors_carcinoma: Entry
    receptors_on_analogue: Entry
    receptor_report: Entry
    receptor_tracer: Entry
    receptor_timing_recalled: Entry
    receptor_timing: Entry
    position_asco_pet: Entry
    position_norway_pet: Entry
    fdg_not_known: Entry
    fdg_reason: Entry
    fdg_ki67_from: Entry
    fdg_glucose: Entry
    fdg_report: Entry
    position_norway_fdg: Entry
    liver_picture_incomplete: Entry
    liver_local_treatment: Entry
    mri_contrast_allergy: Entry
    mri_report: Entry
    position_mri: Entry
    heart_at_risk: Entry
    heart_markers: Entry
    heart_known: Entry
    heart_probnp_no_reason: Entry
    heart_no_consensus: Entry
    heart_before_procedures: Entry
    heart_interval: Entry
    heart_risk: Entry
    position_norway_echo: Entry
    position_esc_echo: Entry
    dpyd_not_known: Entry
    dpyd_prospect: Entry
    dpyd_result: Entry
    dpyd_uracil: Entry
    position_ema_dpyd: Entry
    position_fda_dpyd: Entry
    position_norway_dpyd: Entry
    mapping_liver: Entry
    mapping_need: Entry
    mapping_burden_above: Entry
    mapping_not_known: Entry
    mapping_contrast: Entry
    mapping_kidney: Entry
    mapping_report: Entry
    mapping_limits: Entry
    position_mapping: Entry
    marrow_cytopenia: Entry
    marrow_exposure: Entry
    marrow_platelets_below: Entry
    marrow_neutrophils_below: Entry
    marrow_haemoglobin_below: Entry
    marrow_recovering: Entry
    marrow_metastases: Entry
    marrow_report: Entry
    marrow_risk: Entry
    position_marrow: Entry
