"""Limits of `imaging.toml` that measurements take as arguments."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.imaging.body_regions import BodyLimits
from nelm.imaging.uptake import Kind, Threshold
from nelm.knowledge import Entry, Knowledge


@dataclass(frozen=True, slots=True)
class ImagingKnowledge:
    """Entries of `imaging.toml`."""

    subcapsular_within: Entry
    reference_margin: Entry
    liver_spread: Entry
    no_uptake_below: Entry
    sstr_volume_45: Entry
    sstr_volume_60: Entry
    sstr_volume_suv10: Entry
    sstr_volume_liver_10: Entry
    body_tissue_above: Entry
    body_air_below: Entry
    gas_below: Entry
    bone_above: Entry
    dense_bone_above: Entry
    table_thickness: Entry
    lung_min: Entry
    closed_lung_min: Entry
    bone_piece_min: Entry
    dense_bone_piece_min: Entry
    gas_min: Entry


def imaging_knowledge(knowledge: Knowledge) -> ImagingKnowledge:
    """The entries as a record."""
    return knowledge.record(ImagingKnowledge, "imaging")


def thresholds(known: ImagingKnowledge) -> tuple[Threshold, ...]:
    """The published ways to draw the receptor volume."""
    rows = (
        ("45 % of SUVmax", Kind.OF_LESION_MAXIMUM, known.sstr_volume_45, 0.01),
        ("60 % of SUVmax", Kind.OF_LESION_MAXIMUM, known.sstr_volume_60, 0.01),
        ("SUV 10", Kind.FIXED, known.sstr_volume_suv10, 1.0),
        ("liver SUVmax + 10 %", Kind.ABOVE_LIVER_MAXIMUM, known.sstr_volume_liver_10, 0.01),
    )
    return tuple(
        Threshold(name, kind, entry.number * scale, entry.sources[0]) for name, kind, entry, scale in rows
    )


def body_limits(known: ImagingKnowledge) -> BodyLimits:
    """What parts body, lungs, bones and gas on a CT."""
    return BodyLimits(
        tissue_above_hu=known.body_tissue_above.number,
        air_below_hu=known.body_air_below.number,
        gas_below_hu=known.gas_below.number,
        bone_above_hu=known.bone_above.number,
        dense_bone_above_hu=known.dense_bone_above.number,
        table_mm=known.table_thickness.number,
        lung_min_ml=known.lung_min.number,
        closed_lung_min_ml=known.closed_lung_min.number,
        bone_min_ml=known.bone_piece_min.number,
        dense_bone_min_ml=known.dense_bone_piece_min.number,
        gas_min_ml=known.gas_min.number,
    )
