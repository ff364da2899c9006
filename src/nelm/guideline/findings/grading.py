"""WHO 2022 grade of the governing specimen [rindi2022; who2019_table]."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import boolean, category, number
from nelm.guideline.logic import (
    DefinedBoolean,
    DefinedNumber,
    Number,
    NumberFact,
    Partition,
    Score,
    choose,
    first_known,
    maximum,
    zero_where_known,
)
from nelm.knowledge import Entry, Knowledge


@dataclass(frozen=True, slots=True)
class GradingKnowledge:
    """Entries of `grading.toml`."""

    ki67_g2_from: Entry
    ki67_g3_above: Entry
    mitoses_g2_from: Entry
    mitoses_g3_above: Entry
    higher_grade_rules: Entry
    carcinoma_not_graded: Entry
    mixed_graded_by_component: Entry
    differentiation_is_separate: Entry
    highest_recent_specimen: Entry
    lung_scheme_differs: Entry


@dataclass(frozen=True, slots=True)
class Grading:
    """Grade and what follows from it.

    `grade` has the words G1, G2, G3, NEC, MiNEN and `other_scheme` (lung, thymus).
    """

    level: DefinedNumber
    grade: Partition
    well_differentiated: DefinedBoolean
    is_g1_g2: DefinedBoolean
    is_net: DefinedBoolean
    is_carcinoma: DefinedBoolean


def _level(count: Number, from_g2: Entry, above_g2: Entry) -> Number:
    """Grade 1 to 3 of one count; unknown where nothing is known of the count."""
    points = choose(count < from_g2, 1, choose(count <= above_g2, 2, 3))
    return points + zero_where_known(count)


def _governing_level(ki67: NumberFact, mitoses: NumberFact, known: GradingKnowledge) -> Number:
    """The higher of two counts; a missing one is replaced by the stated grade, which can only raise."""
    ki67_level = _level(ki67, known.ki67_g2_from, known.ki67_g3_above)
    mitotic_level = _level(mitoses, known.mitoses_g2_from, known.mitoses_g3_above)
    both = maximum(ki67_level, mitotic_level)
    one = first_known(ki67_level, mitotic_level)
    stated = Score(category("tumour.stated_grade"), (("G1", 1.0), ("G2", 2.0), ("G3", 3.0)))
    one_and_stated = maximum(one, stated)
    return first_known(both, first_known(one_and_stated, first_known(one, stated)))


def grading(knowledge: Knowledge) -> Grading:
    """Grade of the governing specimen as expressions over the raw facts."""
    known = knowledge.record(GradingKnowledge, "grading")
    level = DefinedNumber(
        "tumour.proliferation_level",
        _governing_level(number("tumour.ki67_percent"), number("tumour.mitoses_per_2mm2"), known),
        "1",
        "higher of the grades by Ki-67 and by mitoses",
    )
    differentiation, mixed = category("tumour.differentiation"), boolean("tumour.mixed")
    other_scheme = category("tumour.primary_site").is_in("lung", "thymus")
    pure_well = ~mixed & differentiation.is_("well")
    digestive = pure_well & ~other_scheme
    grade = Partition(
        "tumour.grade",
        (
            ("G1", digestive & (level <= 1)),
            ("G2", digestive & (level > 1) & (level < 3)),
            ("G3", digestive & (level >= 3)),
            ("NEC", ~mixed & differentiation.is_("poor")),
            ("MiNEN", mixed),
            ("other_scheme", pure_well & other_scheme),
        ),
        "WHO 2022 grade",
    )
    return Grading(
        level=level,
        grade=grade,
        well_differentiated=DefinedBoolean(
            "tumour.is_well_differentiated", pure_well, "well-differentiated tumour"
        ),
        is_g1_g2=DefinedBoolean("tumour.is_g1_g2", grade.is_in("G1", "G2"), "well differentiated, G1 or G2"),
        is_net=DefinedBoolean("tumour.is_net", grade.is_in("G1", "G2", "G3"), "digestive NET, G1 to G3"),
        is_carcinoma=DefinedBoolean("tumour.is_carcinoma", grade.is_in("NEC", "MiNEN"), "NEC or MiNEN"),
    )
