"""Entries of `quality_of_life.toml` and `symptom_course.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class QualityOfLifeKnowledge:
    """Which items make which scale, how a scale is scored, and what change matters."""

    # QLQ-C30
    c30_global_health: Entry
    c30_physical: Entry
    c30_role: Entry
    c30_emotional: Entry
    c30_cognitive: Entry
    c30_social: Entry
    c30_fatigue: Entry
    c30_nausea: Entry
    c30_pain: Entry
    c30_dyspnoea: Entry
    c30_insomnia: Entry
    c30_appetite: Entry
    c30_constipation: Entry
    c30_diarrhoea: Entry
    c30_financial: Entry

    # QLQ-GI.NET21
    gi_endocrine: Entry
    gi_gastrointestinal: Entry
    gi_treatment: Entry
    gi_social: Entry
    gi_worries: Entry
    gi_body_image: Entry
    gi_pain: Entry
    gi_information: Entry
    gi_sexual: Entry
    gi_weight_gain: Entry
    gi_direction: Entry

    # Scoring
    answer_lowest: Entry
    answer_highest: Entry
    answer_highest_global: Entry
    answered_share: Entry
    summary: Entry

    # Change
    important_difference: Entry
    change_little: Entry
    change_much: Entry
    change_of_groups: Entry
    change_range: Entry
    change_by_scale: Entry

    # Change by scale and direction
    better_physical: Entry
    worse_physical: Entry
    better_role: Entry
    worse_role: Entry
    better_social: Entry
    worse_social: Entry
    better_global_health: Entry
    worse_global_health: Entry
    better_fatigue: Entry
    worse_fatigue: Entry
    better_pain: Entry
    worse_pain: Entry


@dataclass(frozen=True, slots=True)
class SymptomCourseKnowledge:
    """Responses of a diary, steps of an analogue, the watch over the heart, the surveillance calendar."""

    # Diaries
    durable_fall: Entry
    durable_share: Entry
    sustained_length: Entry
    worsening_rise: Entry
    written_share: Entry

    # Steps of an analogue
    gallstone_complication: Entry
    gallstone_silent: Entry
    step_glucose: Entry
    step_review: Entry

    # Carcinoid heart disease
    heart_markers_interval: Entry
    heart_echo_baseline: Entry
    heart_echo_interval: Entry
    heart_echo_known_interval: Entry
    heart_echo_before: Entry
    heart_risk_first: Entry
    heart_risk_second: Entry
    heart_risk_third: Entry
    heart_risk_second_from: Entry
    heart_risk_third_from: Entry

    # The surveillance calendar
    gall_bladder_interval: Entry
    thyroid_interval: Entry
    glucose_interval: Entry
    vitamin_b12_interval: Entry
    radioligand_between: Entry
    radioligand_after: Entry
    radioligand_yearly: Entry
    radioligand_kidney: Entry
    resected_net_months: Entry
    resected_nec_months: Entry
    date_leeway: Entry
    date_leeway_share: Entry
    first_year: Entry
