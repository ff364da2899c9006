"""Entries of `ctcae.toml` and `marrow_watch.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class CtcaeKnowledge:
    """Limits of the grades, by edition where the editions differ."""

    # Editions
    versions_differ: Entry
    lymphocytes_6_not_found: Entry

    # Counts
    neutrophils_5: Entry
    neutrophils_6: Entry
    platelets_5: Entry
    platelets_6: Entry
    haemoglobin_low: Entry
    leukocytes_low: Entry
    lymphocytes_5: Entry

    # Liver
    bilirubin_normal: Entry
    bilirubin_raised_5: Entry
    bilirubin_raised_6: Entry
    transaminases_normal: Entry
    transaminases_raised_5: Entry
    transaminases_raised_6: Entry
    cholestasis_normal: Entry
    cholestasis_raised_5: Entry
    ggt_raised_6: Entry
    alp_6: Entry

    # Kidney
    creatinine_upper_limit: Entry
    creatinine_baseline: Entry
    proteinuria_5: Entry

    # Blood pressure
    systolic_5: Entry
    diastolic_5: Entry

    # Salts, albumin and sugar
    potassium_high: Entry
    potassium_low: Entry
    sodium_high: Entry
    sodium_low: Entry
    calcium_high: Entry
    calcium_low: Entry
    calcium_per_albumin: Entry
    calcium_albumin_usual: Entry
    albumin_low: Entry
    glucose_low: Entry
    glucose_high_5: Entry
    glucose_high_6: Entry


@dataclass(frozen=True, slots=True)
class MarrowKnowledge:
    """When a low count is a reason to look at the marrow, and how often marrow disease was seen."""

    # When a low count lasts
    marrow_persistent_after: Entry
    marrow_persistent_action: Entry
    marrow_days_per_month: Entry
    marrow_macrocytosis: Entry
    marrow_other_causes: Entry
    marrow_recovery: Entry

    # How often
    marrow_incidence_rotterdam: Entry
    marrow_incidence_mayo: Entry
    marrow_clones_before: Entry
    marrow_temozolomide: Entry
    marrow_streptozocin: Entry
    marrow_exposures_add: Entry
