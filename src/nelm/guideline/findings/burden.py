"""How much of the liver is replaced, and in which pattern [enets_template; cityofhope2023].

Frilling types II and III differ by the images alone, so they stay one word here; the ENETS pattern and the
City of Hope type rest on the surgeon's word about resectability.
"""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import boolean, category, number
from nelm.guideline.logic import Boolean, DefinedBoolean, Partition, nothing_known, some
from nelm.knowledge import Entry, Knowledge


@dataclass(frozen=True, slots=True)
class BurdenKnowledge:
    """Entries of `burden.toml`."""

    bin_small_below: Entry
    bin_moderate_to: Entry
    bin_large_to: Entry
    bin_very_large_to: Entry
    bins_share_no_value: Entry
    method_is_stated: Entry
    frilling_one: Entry
    frilling_two: Entry
    frilling_three: Entry
    enets_simple: Entry
    enets_complex: Entry
    enets_diffuse: Entry
    debulking_one: Entry
    debulking_two: Entry
    debulking_three: Entry
    high_burden_lesion_above: Entry
    high_burden_several_above: Entry
    high_burden_alp_above: Entry
    high_burden: Entry


@dataclass(frozen=True, slots=True)
class Burden:
    """Burden and pattern of the liver metastases.

    `burden_class` has the words none, below_10, 10_25, 25_50, 50_75, above_75 [% of the liver];
    `frilling` none, I, II_or_III, several_in_one_lobe; `enets_pattern` simple, complex, diffuse;
    `debulking_type` 1, 2, 3; `high` is the definition of the NETTER-3 trial.
    """

    burden_class: Partition
    frilling: Partition
    enets_pattern: Partition
    debulking_type: Partition
    high: DefinedBoolean


def _burden_class(known: BurdenKnowledge) -> Partition:
    share = number("liver.burden_percent")
    none, small = share <= 0, share < known.bin_small_below
    moderate, large = share <= known.bin_moderate_to, share <= known.bin_large_to
    very_large = share <= known.bin_very_large_to
    return Partition(
        "liver.burden_class",
        (
            ("none", none),
            ("below_10", small & ~none),
            ("10_25", moderate & ~small),
            ("25_50", large & ~moderate),
            ("50_75", very_large & ~large),
            ("above_75", ~very_large),
        ),
        "share of the liver replaced",
    )


def _frilling() -> Partition:
    count, lobes = number("liver.lesion_count"), category("liver.lobes")
    both = lobes.is_("both")
    several = both | (count >= 2)
    return Partition(
        "liver.frilling_type",
        (
            ("none", ~several & (count < 1)),
            ("I", ~several & (count >= 1)),
            ("II_or_III", both),
            ("several_in_one_lobe", several & ~both),
        ),
        "distribution in the liver (Frilling)",
    )


def _enets_pattern() -> Partition:
    simple = category("liver.lobes").is_("one") | boolean("liver.two_adjacent_segments")
    clearable = category("liver.resectable").is_("complete")
    return Partition(
        "liver.enets_pattern",
        (("simple", simple), ("complex", ~simple & clearable), ("diffuse", ~simple & ~clearable)),
        "distribution in the liver (ENETS)",
    )


def _debulking_type() -> Partition:
    resectable = category("liver.resectable")
    return Partition(
        "liver.debulking_type",
        (
            ("1", resectable.is_("complete")),
            ("2", resectable.is_in("debulking_70", "debulking_90")),
            ("3", resectable.is_("no")),
        ),
        "how much can be removed (City of Hope)",
    )


def _several_of_moderate_size(known: BurdenKnowledge) -> Boolean:
    """More than one lesion above 2 cm; with the largest alone known it can be ruled out but not shown."""
    possible = (number("liver.lesion_count") >= 2) & (
        number("liver.largest_mm") > known.high_burden_several_above
    )
    return possible & (nothing_known("1") > 0)


def _high(known: BurdenKnowledge) -> Boolean:
    hormonal = some(
        *(boolean(f"symptoms.{item}.refractory_to_ssa") for item in ("diarrhoea", "flushing", "wheeze"))
    )
    volume = some(*(boolean(f"symptoms.{item}") for item in ("bulk", "abdominal_pain", "bowel_obstruction")))
    return some(
        number("liver.largest_mm") > known.high_burden_lesion_above,
        _several_of_moderate_size(known),
        number("labs.alp.times_upper_limit") > known.high_burden_alp_above,
        boolean("extrahepatic.bone"),
        boolean("extrahepatic.peritoneum"),
        volume,
        hormonal,
    )


def burden(knowledge: Knowledge) -> Burden:
    """Burden and pattern as expressions over the raw facts."""
    known = knowledge.record(BurdenKnowledge, "burden")
    return Burden(
        burden_class=_burden_class(known),
        frilling=_frilling(),
        enets_pattern=_enets_pattern(),
        debulking_type=_debulking_type(),
        high=DefinedBoolean("disease.high_burden", _high(known), "high disease burden (NETTER-3)"),
    )
