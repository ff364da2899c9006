"""Entries of `dosimetry.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class DosimetryKnowledge:
    """Quality of images, tissue constants, populations of half-lives, plausible ranges."""

    density_hounsfield: Entry
    density_g_cm3: Entry
    material_edges_hu: Entry
    outline_resolution: Entry
    observer_spread: Entry
    dose_factor_spread: Entry
    density_spread: Entry
    repeat_spread: Entry
    calibration_spread: Entry
    resolution_spread: Entry
    half_life_kidney: Entry
    half_life_kidney_spread: Entry
    half_life_liver: Entry
    half_life_liver_spread: Entry
    half_life_spleen: Entry
    half_life_spleen_spread: Entry
    half_life_lesion: Entry
    half_life_lesion_spread: Entry
    alpha_beta_liver: Entry
    alpha_beta_liver_sd: Entry
    repair_liver: Entry
    repair_liver_sd: Entry
    alpha_beta_lesion: Entry
    alpha_beta_lesion_sd: Entry
    repair_lesion: Entry
    repair_lesion_sd: Entry
    alpha_beta_kidney_sd: Entry
    repair_kidney_sd: Entry
    plausible_kidney: Entry
    plausible_spleen: Entry
    plausible_liver: Entry
    plausible_lesion: Entry
    late_scan: Entry
    blood_sample_spread: Entry
    marrow_to_blood: Entry
    marrow_to_blood_spread: Entry
    blood_density: Entry
    dead_time_spread: Entry
