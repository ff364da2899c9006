"""Entries of `ablation_heat.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class HeatKnowledge:
    """Properties of tissue, models of death by heat, and what a simulated zone rests on."""

    tissue_density: Entry
    tissue_heat_capacity: Entry
    tissue_conductivity: Entry
    lesion_conductivity: Entry
    lesion_heat_capacity: Entry
    perfusion_lowest: Entry
    perfusion_usual: Entry
    perfusion_highest: Entry
    lesion_perfusion_factor: Entry
    blood_density: Entry
    blood_heat_capacity: Entry
    body_temperature: Entry
    vaporisation: Entry
    vessel_wall_coefficient: Entry
    heat_sink_diameter: Entry
    arrhenius_frequency: Entry
    arrhenius_energy: Entry
    henriques_frequency: Entry
    henriques_energy: Entry
    arrhenius_limit: Entry
    thermal_dose_limit: Entry
    thermal_dose_above: Entry
    thermal_dose_below: Entry
    thermal_dose_reference: Entry
    thermal_dose_none_below: Entry
    three_state_forward: Entry
    three_state_backward: Entry
    three_state_scale: Entry
    three_state_alive: Entry
    three_state_limit: Entry
    lethal_isotherm: Entry
    source_width: Entry
    source_length: Entry
    powers: Entry
    duration_max: Entry
    coverage_required: Entry
    validity: Entry
    energy_and_volume: Entry
    sensitivity: Entry
    no_own_data: Entry
