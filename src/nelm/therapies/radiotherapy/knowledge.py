"""Entries of `radiotherapy.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class RadiotherapyKnowledge:
    """Setting, cautions, positions and fractionation of external radiotherapy."""

    # Who it is for
    symptomatic_site: Entry

    # What rules it out
    pregnancy: Entry

    # What asks for care
    marrow_with_prrt: Entry
    platelets_low: Entry
    counts_low: Entry
    vessel_drugs: Entry

    # What speaks for it
    bone_pain: Entry
    brain_symptoms: Entry

    # Who says what
    position_pdq_bone: Entry
    position_pdq_brain: Entry
    position_no_consensus: Entry
    position_esmo: Entry
    position_enets: Entry

    # Course
    single_fraction: Entry
    several_fractions: Entry
    brain: Entry
    cord_compression: Entry
    flare: Entry
    fracture_risk: Entry
