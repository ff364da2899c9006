"""Entries of `targeted.toml` and `targeted_modification.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class TargetedKnowledge:
    """Settings, limits, doses, positions and trial entry criteria of targeted drugs."""

    # Who it is for
    everolimus_setting: Entry
    sunitinib_setting: Entry
    cabozantinib_setting: Entry
    cabozantinib_pretreated: Entry
    surufatinib_setting: Entry
    bevacizumab_setting: Entry
    not_failed_before: Entry

    # What rules it out
    pregnancy: Entry
    pregnancy_recalled: Entry
    functional_carcinoid: Entry
    cabozantinib_child_pugh_c: Entry
    cabozantinib_bleeding: Entry
    sunitinib_heart_failure: Entry

    # What asks for care
    breastfeeding: Entry
    performance_poor_from: Entry
    performance_poor: Entry
    everolimus_liver: Entry
    everolimus_lung: Entry
    everolimus_hepatitis: Entry
    everolimus_sugar: Entry
    everolimus_infection: Entry
    everolimus_kidney: Entry
    hypertension_uncontrolled: Entry
    bleeding: Entry
    bleeding_disorder: Entry
    thromboembolism: Entry
    primary_bleeding_or_obstruction: Entry
    sunitinib_child_pugh_c: Entry
    cabozantinib_child_pugh_b: Entry
    insulinoma_hypoglycaemia: Entry
    kidney_protein: Entry

    # What speaks for it
    receptor_negative: Entry
    insulinoma_control: Entry
    chemotherapy_unsuitable: Entry
    everolimus_after: Entry

    # Who says what
    position_not_tolerated: Entry
    position_fda_everolimus_pancreas: Entry
    position_fda_everolimus_gut_lung: Entry
    position_fda_everolimus_carcinoid: Entry
    position_asco_everolimus_gut: Entry
    position_asco_pancreas: Entry
    position_asco_receptor_negative: Entry
    position_asco_g3: Entry
    position_enets2016_insulinoma: Entry
    position_enets2016_midgut: Entry
    position_compete: Entry
    position_seqtor: Entry
    position_fda_sunitinib: Entry
    position_enets2016_sunitinib: Entry
    position_fda_cabozantinib: Entry
    position_ec_cabozantinib: Entry
    position_asco_before_cabinet: Entry
    position_china_surufatinib: Entry
    position_fda_surufatinib: Entry
    position_s0518: Entry
    position_bevanec: Entry
    position_esmo: Entry
    position_enets: Entry
    position_nanets: Entry
    position_nccn: Entry

    # Doses
    everolimus_dose: Entry
    everolimus_dose_a: Entry
    everolimus_dose_b: Entry
    everolimus_dose_b_older: Entry
    everolimus_dose_c: Entry
    child_pugh_normal: Entry
    everolimus_step: Entry
    everolimus_interactions: Entry
    sunitinib_dose: Entry
    sunitinib_reduction: Entry
    sunitinib_organs: Entry
    sunitinib_hepatotoxicity: Entry
    sunitinib_interactions: Entry
    cabozantinib_dose: Entry
    cabozantinib_dose_b: Entry
    cabozantinib_steps: Entry
    cabozantinib_kidney: Entry
    cabozantinib_interactions: Entry
    cabozantinib_surgery: Entry
    cabozantinib_stop: Entry
    surufatinib_dose: Entry
    surufatinib_china: Entry
    bevacizumab_dose: Entry

    # Monitoring and cautions of a course
    everolimus_monitoring: Entry
    everolimus_mouth: Entry
    everolimus_surgery: Entry
    sunitinib_monitoring: Entry
    sunitinib_surgery: Entry
    cabozantinib_monitoring: Entry
    surufatinib_monitoring: Entry
    bevacizumab_monitoring: Entry
    before_radioembolisation: Entry
    cystic_change: Entry
    no_survival_gain: Entry
    bevacizumab_not_standard: Entry
    sunitinib_oclurandom: Entry

    # Whom the trials took in
    trial_radiant2_syndrome: Entry
    trial_radiant2_grade: Entry
    trial_radiant2_progression: Entry
    trial_radiant3_site: Entry
    trial_radiant3_grade: Entry
    trial_radiant3_progression: Entry
    trial_radiant4_site: Entry
    trial_radiant4_grade: Entry
    trial_radiant4_functioning: Entry
    trial_radiant4_progression: Entry
    trial_compete_site: Entry
    trial_compete_grade: Entry
    trial_compete_progression: Entry
    trial_compete_receptors: Entry
    trial_seqtor_site: Entry
    trial_seqtor_grade: Entry
    trial_seqtor_need: Entry
    trial_sun1111_site: Entry
    trial_sun1111_differentiation: Entry
    trial_sun1111_progression: Entry
    trial_phase4_site: Entry
    trial_oclurandom_site: Entry
    trial_oclurandom_progression: Entry
    trial_oclurandom_pretreated: Entry
    trial_oclurandom_receptors: Entry
    trial_cabinet_pancreas: Entry
    trial_cabinet_elsewhere: Entry
    trial_cabinet_grade: Entry
    trial_cabinet_progression: Entry
    trial_sanet_pancreas: Entry
    trial_sanet_elsewhere: Entry
    trial_sanet_grade: Entry
    trial_s0518_grade: Entry
    trial_s0518_site: Entry
    trial_s0518_prognosis: Entry
    trial_bevanec_histology: Entry
    trial_bevanec_second_line: Entry


@dataclass(frozen=True, slots=True)
class TargetedModification:
    """Entries of `targeted_modification.toml`: rules by which toxicity changes the dose of targeted drugs."""

    # For every drug
    targeted_longest_hold: Entry
    targeted_never_raised: Entry

    # Everolimus
    everolimus_reduced_share: Entry
    everolimus_lowest: Entry
    everolimus_floor_europe: Entry
    everolimus_pneumonitis_2: Entry
    everolimus_pneumonitis_3: Entry
    everolimus_pneumonitis_4: Entry
    everolimus_stomatitis_2: Entry
    everolimus_stomatitis_3: Entry
    everolimus_stomatitis_4: Entry
    everolimus_infection_2: Entry
    everolimus_infection_3: Entry
    everolimus_infection_4: Entry
    everolimus_fungal: Entry
    everolimus_metabolic_3: Entry
    everolimus_metabolic_4: Entry
    everolimus_other_2: Entry
    everolimus_other_3: Entry
    everolimus_other_4: Entry
    everolimus_platelets_2: Entry
    everolimus_platelets_3: Entry
    everolimus_neutrophils_3: Entry
    everolimus_neutrophils_4: Entry
    everolimus_febrile_3: Entry
    everolimus_febrile_4: Entry
    everolimus_ladder_end: Entry

    # Sunitinib
    sunitinib_heart_failure_signs: Entry
    sunitinib_ejection_fraction: Entry
    sunitinib_ejection_fraction_severe: Entry
    sunitinib_hypertension_3: Entry
    sunitinib_hypertension_4: Entry
    sunitinib_bleeding: Entry
    sunitinib_microangiopathy: Entry
    sunitinib_protein: Entry
    sunitinib_nephrotic: Entry
    sunitinib_skin: Entry
    sunitinib_jaw: Entry
    sunitinib_hand_foot_2: Entry
    sunitinib_hand_foot_3: Entry
    sunitinib_other_3: Entry
    sunitinib_ladder_end: Entry

    # Cabozantinib
    cabozantinib_first_step: Entry
    cabozantinib_second_step: Entry
    cabozantinib_reaction: Entry
    cabozantinib_protein: Entry
    cabozantinib_pressure: Entry
    cabozantinib_pressure_grades: Entry
    cabozantinib_crisis: Entry
    cabozantinib_bleeding_3: Entry
    cabozantinib_perforation: Entry
    cabozantinib_fistula_4: Entry
    cabozantinib_arterial: Entry
    cabozantinib_venous_4: Entry
    cabozantinib_nephrotic: Entry
    cabozantinib_encephalopathy: Entry
    cabozantinib_jaw: Entry
    cabozantinib_ladder_end: Entry
