"""The words of the report: reasons, numbers, ranges, groups."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.plans import rich_plan

from nelm.guideline.criteria import Intent, Verdict
from nelm.guideline.therapy import Item
from nelm.knowledge import Outcome, Status
from nelm.planner.plan import PlannedOption
from nelm.report import figures, glance, wording
from nelm.report.reasons import reason_of


def option(name: str) -> PlannedOption:
    return next(item for item in rich_plan().options if item.id == name)


def test_every_verdict_has_a_word_and_a_mark_of_its_own() -> None:
    assert set(wording.VERDICT_WORDS) == set(wording.VERDICT_MARKS) == set(Verdict)
    assert len(set(wording.VERDICT_MARKS.values())) == len(Verdict)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ablation.thermal", "Statement of pregnancy with 75 x10*9/L in it."),
        ("chemo.capox", "not fulfilled: Statement of receptors with 75 x10*9/L in it."),
        ("chemo.captem", "needs platelets"),
        ("prrt.lu177_dotatate", "Society 2023, second line: After progression."),
    ],
)
def test_the_decisive_reason_is_that_of_the_verdict(name: str, words: str) -> None:
    assert reason_of(option(name)).words == words


def test_a_recalled_contraindication_is_neither_asserted_nor_hidden() -> None:
    reason = reason_of(option("chemo.folfox"))
    assert reason.lead.startswith("possible contraindication, not yet checked against its source")
    assert reason.status is Status.RECALLED


def test_a_long_list_of_needs_says_how_many_more() -> None:
    plan = option("chemo.captem")
    names = ("labs.platelets", "labs.inr", "labs.albumin", "labs.bilirubin", "labs.creatinine", "labs.sodium")
    reason = reason_of(replace(plan, needs=tuple(replace(plan.needs[0], fact=name) for name in names)))
    assert reason.words == "needs platelets, INR, albumin and 3 more"


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (75, "10*9/L", "75 ×10⁹/L"),
        (1.0, "mo", "1 month"),
        (0.5, "1", "0.5"),
        (12000, "mg", "12000 mg"),
        (None, "mg", ""),
    ],
)
def test_numbers_have_the_unit_that_people_write(value: float | None, unit: str, words: str) -> None:
    assert wording.number_words(value, unit) == words


def test_an_open_range_is_written_in_words() -> None:
    item = Item("dose", "text", ("label",), Status.VERIFIED, low=2.0, high=float("inf"), unit="Gy")
    assert wording.item_value(item) == "at least 2 Gy"


def test_a_result_that_was_not_reached_is_written_in_words() -> None:
    outcome = Outcome("overall_survival", "median", None, "mo", Status.VERIFIED, ("label",), low=36.0)
    assert wording.outcome_result(outcome) == "median at least 36 months"


@pytest.mark.parametrize(
    ("written", "span"),
    [("6", (6, 6)), ("<3", (0, 3)), (">=20", (20, 100)), ("8..10", (8, 10)), ("31 ± 2", (29, 33)),
     ("at least 90", (90, 100)), ("unclear", None)],
)  # fmt: skip
def test_a_number_as_written_gives_the_range_that_a_figure_draws(
    written: str, span: tuple[float, float] | None
) -> None:
    assert figures.bounds(written, 0, 100) == span


def test_the_first_page_leaves_out_only_what_is_not_indicated() -> None:
    plan = rich_plan()
    shown = {name for intent in Intent for row in glance.rows(plan, intent) for name, _ in row.options}
    assert shown == {item.id for item in plan.options if item.verdict is not Verdict.NOT_INDICATED}


def test_ranked_options_stand_first_and_alone() -> None:
    rows = glance.rows(rich_plan(), Intent.DISEASE_CONTROL)
    assert [row.rank for row in rows] == [1, 2, None, None]
    assert all(len(row.options) == 1 for row in rows if row.rank)


def test_open_options_with_the_same_reason_share_a_line() -> None:
    plan = rich_plan()
    twin = replace(option("chemo.captem"), id="chemo.temozolomide")
    rows = glance.rows(replace(plan, options=(*plan.options, twin)), Intent.DISEASE_CONTROL)
    assert [name for name, _ in rows[-1].options] == ["chemo.captem", "chemo.temozolomide"]


def test_what_every_board_asks_for_is_shown_even_if_unknown() -> None:
    blocks = dict(glance.blocks(replace(rich_plan(), facts=(), findings=())))
    assert {line.label for line in blocks["Tumour"] if line.value is None} >= {
        "primary",
        "WHO grade",
        "course",
    }


def test_one_work_up_is_asked_for_once() -> None:
    plan = rich_plan()
    twice = (*plan.next_facts, replace(plan.next_facts[0], fact="labs.inr", meaning="inr"))
    asked = glance.questions(replace(plan, next_facts=twice))
    assert [(item.answered_by, len(item.facts)) for item in asked] == [("blood test", 2), ("pathology", 1)]
