"""Entries of `somatostatin.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class SomatostatinKnowledge:
    """Statements, doses, positions and trial limits of somatostatin analogues and interferon."""

    # Who it is for
    indication: Entry
    on_analogue: Entry
    standard_dose_fails: Entry
    interferon_setting: Entry
    interferon_after_analogue: Entry

    # Contraindications
    insulinoma: Entry
    decompensated_liver: Entry

    # Cautions
    progressed_nonfunctioning: Entry
    progressed_functioning: Entry
    not_failed_before: Entry
    ki67_evidence_below: Entry
    ki67_above_evidence: Entry
    fast_growth: Entry
    diabetes: Entry
    lanreotide_renal: Entry
    lanreotide_hepatic: Entry
    octreotide_reduced_start: Entry
    hypoglycaemia: Entry
    crisis_before_procedures: Entry
    modest_gain: Entry
    ki67_forte: Entry
    interferon_toxicity: Entry
    interferon_platelets: Entry
    interferon_neutrophils: Entry

    # What speaks for it
    syndrome_control: Entry
    slow_low_grade: Entry
    octreotide_low_burden: Entry
    burden_low_to: Entry
    lanreotide_any_burden: Entry
    burden_high_from: Entry
    symptoms_uncontrolled: Entry

    # Positions
    position_not_tolerated: Entry
    position_asco_first: Entry
    position_asco_keep: Entry
    position_asco_g3: Entry
    position_insulinoma: Entry
    position_enets_octreotide: Entry
    position_enets_lanreotide: Entry
    enets_ki67_max: Entry
    position_label_octreotide: Entry
    position_label_lanreotide: Entry
    position_promid: Entry
    position_clarinet: Entry
    position_sweden: Entry
    position_forte: Entry
    position_intensify_syndrome: Entry
    position_interferon_oberg: Entry
    position_interferon_enets: Entry
    position_interferon_s0518: Entry
    position_interferon_late: Entry
    position_esmo_not_read: Entry
    position_enets_not_read: Entry
    position_nanets_not_read: Entry
    position_nccn_not_read: Entry

    # Octreotide
    octreotide_tumour_dose: Entry
    octreotide_symptom_dose: Entry
    octreotide_reduced_dose: Entry
    octreotide_interval: Entry
    octreotide_short_acting: Entry
    short_acting_before: Entry
    short_acting_overlap: Entry
    dose_review: Entry
    octreotide_exacerbation: Entry

    # Lanreotide
    lanreotide_dose: Entry
    lanreotide_interval: Entry
    lanreotide_not_doubled: Entry
    lanreotide_hypersensitivity: Entry
    lanreotide_interactions: Entry

    # Intensified
    intensified_lanreotide: Entry
    intensified_octreotide: Entry
    intensified_octreotide_dose: Entry

    # Interferon
    interferon_dose: Entry
    interferon_peg_dose: Entry
    interferon_with_analogue: Entry
    interferon_effect: Entry
    interferon_withdrawal: Entry
    interferon_monitoring: Entry

    # Monitoring and advice
    analogue_monitoring: Entry
    analogue_long_term: Entry
    analogue_interactions: Entry
    analogue_imaging: Entry
    cholecystectomy: Entry
    glucagonoma_rash: Entry
    vipoma_fluids: Entry

    # Entry criteria of trials
    trial_promid_midgut: Entry
    trial_promid_well: Entry
    trial_promid_naive: Entry
    trial_clarinet_site: Entry
    trial_clarinet_nonfunctioning: Entry
    trial_clarinet_ole_lanreotide: Entry
    trial_forte_on_lanreotide: Entry
    trial_forte_progressed: Entry
    trial_forte_site: Entry
    trial_sorento_net: Entry
    trial_s0518_grade: Entry
    trial_s0518_carcinoid: Entry
