"""Somatostatin receptor status, kept as the relation to liver and never as a bare Krenning digit.

Two numberings of the Krenning score circulate, so the digit would not say which is meant [krenning_pacs].
"""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import boolean, category
from nelm.guideline.logic import (
    Boolean,
    DefinedBoolean,
    DefinedNumber,
    Number,
    Partition,
    Range,
    Score,
    choose,
    every,
    first_known,
)
from nelm.knowledge import Entry, Knowledge

NETPET_WORDS = ("P0", "P1", "P2", "P3", "P4a", "P4b", "P5")


@dataclass(frozen=True, slots=True)
class ReceptorKnowledge:
    """Entries of `receptors.toml`."""

    krenning_relation: Entry
    krenning_second_numbering: Entry
    threshold_differs: Entry
    pet_reads_higher: Entry
    netpet_definition: Entry
    netpet_outcome: Entry
    other_dual_scales: Entry
    mismatch_weighs_more: Entry


@dataclass(frozen=True, slots=True)
class Receptors:
    """What the receptor and FDG images say.

    `at_least_liver` and `above_liver` speak of the hottest lesion, `all_lesions` of every target lesion;
    `mismatch` of an FDG-positive lesion without receptors. `netpet` is the grade as stated, or else what
    both images give by themselves (P0, P1, P5).
    """

    positive: DefinedBoolean
    at_least_liver: DefinedBoolean
    above_liver: DefinedBoolean
    all_lesions: DefinedBoolean
    mixed_or_negative: DefinedBoolean
    mismatch: DefinedBoolean
    netpet: Partition


def _uptake(**points: float) -> Score:
    return Score(category("receptor_imaging.sstr.uptake"), tuple(points.items()))


def _positive() -> Boolean:
    """No uptake is negative, at least that of liver is positive; between them the report's word counts."""
    by_uptake = _uptake(none=0.0, equal_liver=1.0, above_liver=1.0, above_spleen=1.0)
    return first_known(by_uptake, choose(boolean("receptor_imaging.sstr.positive"), 1, 0)) >= 1


def _at_least_liver() -> Boolean:
    """By the hottest lesion; where it was not described, by the extent."""
    by_uptake = _uptake(none=0.0, below_liver=0.0, equal_liver=1.0, above_liver=1.0, above_spleen=1.0)
    by_extent = Score(category("receptor_imaging.sstr.extent"), (("all", 1.0), ("some", 1.0), ("none", 0.0)))
    return first_known(by_uptake, by_extent) >= 1


def _netpet_rank(positive: Boolean) -> Number:
    """Rank of the NETPET grade; with both tracers positive the two intensities have to be compared by eye."""
    stated = Score(
        category("receptor_imaging.netpet"), tuple((w, float(i)) for i, w in enumerate(NETPET_WORDS))
    )
    silent = category("receptor_imaging.fdg.uptake").is_("none")
    last = float(len(NETPET_WORDS) - 1)
    negative_receptors = choose(silent, 0, last)
    some_order = first_known(stated, Range(1.0, last - 1, "1"))
    return first_known(stated, choose(positive, choose(silent, 1, some_order), negative_receptors))


def _netpet(positive: Boolean) -> Partition:
    rank = DefinedNumber("receptors.netpet_rank", _netpet_rank(positive), "1", "place in the NETPET order")
    first, last = (NETPET_WORDS[0], rank <= 0), (NETPET_WORDS[-1], rank > len(NETPET_WORDS) - 2)
    between = tuple(
        (word, every(rank > place - 1, rank <= place)) for place, word in enumerate(NETPET_WORDS)
    )[1:-1]
    return Partition("receptors.netpet", (first, *between, last), "NETPET grade")


def receptors(knowledge: Knowledge) -> Receptors:
    """Receptor status as expressions over the raw facts."""
    knowledge.record(ReceptorKnowledge, "receptors")
    uptake, extent = category("receptor_imaging.sstr.uptake"), category("receptor_imaging.sstr.extent")
    mismatch = boolean("receptor_imaging.fdg.positive_sstr_negative_lesions")
    positive = DefinedBoolean("receptors.positive", _positive(), "receptor imaging positive")
    return Receptors(
        positive=positive,
        at_least_liver=DefinedBoolean(
            "receptors.at_least_liver",
            _at_least_liver(),
            "hottest lesion at least as intense as normal liver",
        ),
        above_liver=DefinedBoolean(
            "receptors.above_liver",
            uptake.is_in("above_liver", "above_spleen"),
            "hottest lesion above normal liver",
        ),
        all_lesions=DefinedBoolean(
            "receptors.all_lesions",
            extent.is_("all"),
            "every target lesion at least as intense as normal liver",
        ),
        mixed_or_negative=DefinedBoolean(
            "receptors.mixed_or_negative",
            extent.is_in("some", "none"),
            "some or all target lesions below liver",
        ),
        mismatch=DefinedBoolean("receptors.mismatch", mismatch, "FDG-positive lesion without receptors"),
        netpet=_netpet(positive),
    )
