"""Entries of `surveillance.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class SurveillanceKnowledge:
    """Intervals, markers, trial criteria and positions."""

    position_esmo: Entry
    position_nanets: Entry
    position_nccn: Entry
    low_grade: Entry
    not_progressing: Entry
    high_volume: Entry
    high_volume_above: Entry
    symptomatic: Entry
    high_ki67: Entry
    low_g2_below: Entry
    no_hormone: Entry
    imaging_first_year: Entry
    imaging_later: Entry
    imaging_high_g2: Entry
    imaging_g3: Entry
    imaging_after_resection: Entry
    imaging_bone: Entry
    trial_imaging: Entry
    marker_chromogranin: Entry
    marker_hiaa: Entry
    marker_nse: Entry
    marker_netest: Entry
    marker_netest2: Entry
    pseudoprogression: Entry
    position_asco_observe: Entry
    position_clarinet_context: Entry
    metastatic: Entry
    poor_performance: Entry
    poor_performance_from: Entry
    burdened: Entry
    supportive_content: Entry
    quality_of_life: Entry
    position_supportive: Entry
    histology: Entry
    trial_poor_performance: Entry
    trial_second_cancer: Entry
    trial_need: Entry
    trial_ask: Entry
    trial_no_result: Entry
    position_trials: Entry
    trial_grade_g1_g2: Entry
    trial_netter_3_receptors: Entry
    trial_netter_3_burden: Entry
    trial_compose_grade: Entry
    trial_action_1_progression: Entry
    trial_action_1_lutetium: Entry
    trial_obrixtamig_carcinoma: Entry
    trial_obrixtamig_site: Entry
    trial_axinet_site: Entry
    trial_axinet_grade: Entry
    trial_sorento_site: Entry
