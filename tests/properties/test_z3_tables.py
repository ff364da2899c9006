"""Every derived category is a partition: no values of the facts fall between two words or under two."""

from __future__ import annotations

from dataclasses import fields

import pytest
import z3

from nelm.followup import response
from nelm.guideline.findings.all import derived_facts
from nelm.guideline.logic import DefinedBoolean, Partition
from nelm.knowledge import load_knowledge
from tests.properties.z3_translation import Translation

FACTS = derived_facts(load_knowledge())
PARTITIONS = {
    value.name: value
    for group in fields(FACTS)
    for item in fields(getattr(FACTS, group.name))
    if isinstance(value := getattr(getattr(FACTS, group.name), item.name), Partition)
}
RESPONSE = response(load_knowledge())
PARTITIONS |= {table.name: table for table in (RESPONSE.recist, RESPONSE.mrecist)}
REQUIRED = {
    "response.recist_1_1", "response.mrecist",
    "tumour.grade", "staging.m", "staging.group", "liver.child_pugh_class", "liver.child_pugh_class_alternative",
    "liver.albi_grade", "liver.burden_class", "patient.ecog_status", "receptors.netpet",
}  # fmt: skip


def unsatisfiable(formula: object) -> bool:
    """Whether no values of the facts make it true; an unanswered question fails."""
    solver = z3.Solver()
    solver.set("timeout", 60_000)
    solver.add(formula)
    return solver.check() == z3.unsat


def test_the_tables_of_the_field_are_among_them() -> None:
    assert set(PARTITIONS) >= REQUIRED


@pytest.mark.parametrize("name", sorted(PARTITIONS))
def test_no_overlap(name: str) -> None:
    assert unsatisfiable(Translation().overlap(PARTITIONS[name]))


@pytest.mark.parametrize("name", sorted(PARTITIONS))
def test_no_gap(name: str) -> None:
    assert unsatisfiable(Translation().gap(PARTITIONS[name]))


@pytest.mark.parametrize("name", sorted(PARTITIONS))
def test_every_word_is_reachable(name: str) -> None:
    translation = Translation()
    for value, condition in PARTITIONS[name].cases:
        reached = translation.truth(condition)[0]
        solver = z3.Solver()
        solver.add(*translation.assumptions, reached)
        assert solver.check() == z3.sat, value


@pytest.mark.parametrize("field", ["child_pugh_score", "child_pugh_score_alternative"])
def test_a_known_child_pugh_score_lies_from_5_to_15(field: str) -> None:
    translation = Translation()
    value, known = translation.number(getattr(FACTS.liver_function, field).expression)
    outside = z3.Or(value < 5, value > 15)
    assert unsatisfiable(z3.And(*translation.assumptions, known, outside))


def test_the_two_albumin_tables_differ_by_at_most_one_point() -> None:
    translation = Translation()
    first, known = translation.number(FACTS.liver_function.child_pugh_score.expression)
    second, _ = translation.number(FACTS.liver_function.child_pugh_score_alternative.expression)
    apart = z3.Or(second < first, second > first + 1)
    assert unsatisfiable(z3.And(*translation.assumptions, known, apart))


def test_milan_of_2007_implies_the_later_age_limit() -> None:
    translation = Translation()
    original = translation.truth(FACTS.transplant_criteria.milan_net)[0]
    age = z3.Real("patient.age_years")
    assert unsatisfiable(z3.And(*translation.assumptions, original, age > 60))


def test_a_functioning_tumour_is_never_unproved_by_a_hormone_value() -> None:
    functioning: DefinedBoolean = FACTS.syndromes.functioning
    translation = Translation()
    true, false = translation.truth(functioning)
    assert "labs." not in str(true) and "labs." not in str(false)
