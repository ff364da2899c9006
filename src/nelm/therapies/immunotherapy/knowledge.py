"""Entries of `immunotherapy.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class ImmunotherapyKnowledge:
    """Setting, cautions, positions and dose of checkpoint inhibitors."""

    # Who it is for
    marker: Entry
    pretreated: Entry
    not_failed_before: Entry
    mutational_burden_from: Entry

    # What rules it out
    pregnancy: Entry

    # What asks for care
    lung_disease: Entry
    viral_hepatitis: Entry
    breastfeeding: Entry
    performance_poor_from: Entry
    performance_poor: Entry

    # What speaks for it
    instability: Entry

    # Who says what
    position_fda_burden: Entry
    position_fda_instability: Entry
    position_enets2023: Entry
    position_norway: Entry
    position_not_tolerated: Entry
    position_esmo: Entry
    position_nanets: Entry

    # Course
    dose: Entry
    monitoring: Entry
    autoimmune: Entry
    other_agnostic: Entry
