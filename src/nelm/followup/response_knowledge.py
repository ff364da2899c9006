"""Entries of `response.toml` and `markers.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class ResponseKnowledge:
    """Limits and statements of the response criteria."""

    partial_decrease: Entry
    progression_rise: Entry
    progression_rise_mm: Entry
    viable_partial_decrease: Entry
    viable_progression_rise: Entry
    measurable_from: Entry
    node_target_from: Entry
    node_normal_below: Entry
    slice_factor: Entry
    targets_max: Entry
    targets_per_organ_max: Entry
    representative: Entry
    nodes_one_organ: Entry
    local_treatment: Entry
    too_small_default: Entry
    split_and_merged: Entry
    missing_target: Entry
    table_of_responses: Entry
    unequivocal_non_target: Entry
    new_lesion: Entry
    markers_normal: Entry
    reappearance: Entry
    node_reappears: Entry
    continuing_response: Entry
    confirmation_interval: Entry
    stable_from: Entry
    few_targets: Entry
    version_1_0: Entry
    viable_target_from: Entry
    viable_only_embolised: Entry
    choi_size_decrease: Entry
    choi_attenuation_decrease: Entry
    choi_size_increase: Entry
    choi_nodule: Entry
    choi_phase: Entry
    choi_reference: Entry
    choi_lipiodol: Entry
    modified_choi: Entry
    volume_limits: Entry
    growth_formula: Entry
    growth_window: Entry
    specific_growth_rate: Entry
    reader_same: Entry
    reader_other: Entry
    phase_changes_size: Entry
    receptor_no_limit: Entry
    receptor_same_method: Entry
    pseudo_after_prrt: Entry
    pseudo_cystic: Entry
    pseudo_tracer: Entry
    new_on_pet_only: Entry


@dataclass(frozen=True, slots=True)
class MarkerKnowledge:
    """Variation of tumour markers and what disturbs them."""

    chromogranin_within: Entry
    chromogranin_reference_change: Entry
    chromogranin_within_other: Entry
    chromogranin_analytical: Entry
    nse_within: Entry
    nse_reference_change: Entry
    nse_within_other: Entry
    nse_analytical: Entry
    hiaa_urine_within: Entry
    hiaa_plasma_analytical: Entry
    pancreastatin_variation: Entry
    variation_is_of_health: Entry
    ratio_form: Entry
    chromogranin_acid_blocker: Entry
    chromogranin_kidney: Entry
    chromogranin_assay: Entry
    chromogranin_advice: Entry
    chromogranin_and_size: Entry
    hiaa_interference: Entry
    hiaa_collection: Entry
    hiaa_kidney: Entry
    nse_haemolysis: Entry
    nse_assay: Entry
    kidney_impaired_below: Entry
    nse_use: Entry
    variation_not_found: Entry
