"""Scores of quality of life: the properties of the scoring rules, and changes with their direction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nelm.errors import InputError
from nelm.followup.knowledge import QualityOfLifeKnowledge
from nelm.followup.quality_of_life import (
    Direction,
    Extent,
    ScaleScore,
    change_cautions,
    score_cautions,
    score_change,
    score_changes,
    scores,
    summary_score,
    transformed,
)
from nelm.followup.questionnaires import Answers, Questionnaire, Scale, scales
from nelm.knowledge import Status, load_knowledge

KNOWN = load_knowledge().record(QualityOfLifeKnowledge, "quality_of_life")
DAY = date(2026, 5, 1)
C30, GINET21 = Questionnaire.QLQ_C30, Questionnaire.QLQ_GINET21
FUNCTIONAL = {"physical", "role", "emotional", "cognitive", "social"}


def top(item: int) -> int:
    return 7 if item in (29, 30) else 4


def scored(items: dict[int, int], which: Questionnaire = C30) -> dict[str, ScaleScore]:
    return {item.scale.name: item for item in scores(Answers(which, DAY, items), KNOWN)}


@st.composite
def answered(draw: st.DrawFn, *, complete: bool = False) -> dict[int, int]:
    """Answers to a QLQ-C30, some of them missing."""
    asked = range(1, 31) if complete else draw(st.sets(st.integers(1, 30)))
    return {item: draw(st.integers(1, top(item))) for item in sorted(asked)}


def test_every_item_belongs_to_one_scale() -> None:
    for which, numbers in ((C30, range(1, 31)), (GINET21, range(31, 52))):
        found = sorted(item for scale in scales(which, KNOWN) for item in scale.items)
        assert found == list(numbers)


def test_range_6_for_items_29_and_30_only() -> None:
    """RSP-15, trap 37: 4 of 7 is the middle, 4 of 4 the end."""
    assert {scale.name: scale.range for scale in scales(C30, KNOWN) if scale.range != 3} == {
        "global health": 6
    }
    found = scored({29: 4, 30: 4, 17: 4})
    assert (found["global health"].value, found["diarrhoea"].value) == (50, 100)
    assert [scored({29: a, 30: a})["global health"].value for a in (1, 7)] == [0, 100]


def test_only_functional_scales_of_the_core_are_turned_round() -> None:
    """All best answers: functions 100, symptoms 0; global health is not turned and is good when high."""
    found = scored({item: 1 for item in range(1, 31)})
    assert {name for name, item in found.items() if item.value == 100} == FUNCTIONAL
    assert all(item.value == 0 for name, item in found.items() if name not in FUNCTIONAL)
    assert {item.scale.name for item in found.values() if item.scale.high_is_good} == {
        *FUNCTIONAL,
        "global health",
    }


@pytest.mark.parametrize(
    ("name", "items", "least"),
    [("physical", (1, 2, 3, 4, 5), 3), ("emotional", (21, 22, 23, 24), 2), ("fatigue", (10, 12, 18), 2),
     ("role", (6, 7), 1), ("diarrhoea", (17,), 1), ("global health", (29, 30), 1)],
)  # fmt: skip
def test_half_of_the_items_have_to_be_answered(name: str, items: tuple[int, ...], least: int) -> None:
    """The counts of the code that follows the manual: at most 2 of 5, 2 of 4, 1 of 3 and 1 of 2 missing."""
    enough = scored(dict.fromkeys(items[:least], 2))[name]
    short = scored(dict.fromkeys(items[: least - 1], 2))[name]
    assert enough.value is not None and enough.reason is None and enough.answered == least
    assert short.value is None
    assert short.reason == f"{least - 1} of {len(items)} items answered, fewer than half"


@settings(deadline=None, max_examples=80)
@given(answered())
def test_scores_lie_between_0_and_100_and_within_what_is_possible(items: dict[int, int]) -> None:
    for item in scored(items).values():
        assert 0 <= item.possible.low <= item.possible.high <= 100
        if item.value is not None:
            assert item.possible.low - 1e-9 <= item.value <= item.possible.high + 1e-9
        if item.answered == len(item.scale.items):
            assert item.value == pytest.approx(item.possible.low) == pytest.approx(item.possible.high)


@settings(deadline=None, max_examples=60)
@given(answered(), st.randoms(use_true_random=False))
def test_possible_scores_hold_every_completion(items: dict[int, int], rng: Random) -> None:
    full = {item: rng.randint(1, top(item)) for item in range(1, 31)} | items
    partial, whole = scored(items), scored(full)
    for name, item in partial.items():
        value = whole[name].value
        assert value is not None
        assert item.possible.low - 1e-9 <= value <= item.possible.high + 1e-9


@settings(deadline=None, max_examples=60)
@given(answered(complete=True), st.integers(1, 30))
def test_a_worse_answer_never_gives_a_better_score(items: dict[int, int], item: int) -> None:
    """Items 1 to 28 ask for trouble; 29 and 30 rise with health."""
    if items[item] == top(item):
        return
    before, after = scored(items), scored({**items, item: items[item] + 1})
    for name, score in before.items():
        earlier, later = score.value, after[name].value
        assert earlier is not None and later is not None
        if item not in score.scale.items:
            assert later == earlier
        elif name in FUNCTIONAL:
            assert later < earlier
        else:
            assert later > earlier


@settings(deadline=None, max_examples=40)
@given(answered(complete=True), st.randoms(use_true_random=False))
def test_the_order_within_a_scale_does_not_matter(items: dict[int, int], rng: Random) -> None:
    mixed = dict(items)
    for scale in scales(C30, KNOWN):
        values = [items[item] for item in scale.items]
        rng.shuffle(values)
        mixed.update(zip(scale.items, values, strict=True))
    for name, item in scored(items).items():
        assert scored(mixed)[name].value == pytest.approx(item.value)


@settings(deadline=None, max_examples=40)
@given(answered())
def test_answers_and_their_mirror_images_add_up_to_100(items: dict[int, int]) -> None:
    mirrored = {item: top(item) + 1 - answer for item, answer in items.items()}
    for name, item in scored(items).items():
        other = scored(mirrored)[name]
        assert (item.value is None) is (other.value is None)
        if item.value is not None and other.value is not None:
            assert item.value + other.value == pytest.approx(100)


def test_weight_gain_stands_alone() -> None:
    """RSP-17: it moves no other scale, and the map says that its numbers are recalled."""
    items = dict.fromkeys(range(31, 52), 1)
    (gain,) = next(scale.items for scale in scales(GINET21, KNOWN) if scale.name == "weight gain")
    before, after = scored(items, GINET21), scored({**items, gain: 4}, GINET21)
    assert {name for name in before if before[name].value != after[name].value} == {"weight gain"}
    assert after["weight gain"].value == 100
    assert {scale.entry.status for scale in scales(GINET21, KNOWN)} == {Status.RECALLED}
    assert score_cautions(GINET21, KNOWN) == (KNOWN.gi_direction,)
    assert score_cautions(C30, KNOWN) == ()


@pytest.mark.parametrize(
    ("items", "where"),
    [
        ({31: 1}, r"items\[31\]"),
        ({0: 1}, r"items\[0\]"),
        ({1: 5}, "1 to 4"),
        ({29: 8}, "1 to 7"),
        ({2: 0}, "1 to 4"),
        ({3: True}, "whole number"),
    ],
)
def test_impossible_answers_are_refused(items: dict[int, int], where: str) -> None:
    with pytest.raises(InputError, match=where):
        scored(items)


# -------------------------------------------------------------------------------------------- summary
@settings(deadline=None, max_examples=40)
@given(answered(complete=True))
def test_the_summary_leaves_out_global_health_and_money(items: dict[int, int]) -> None:
    other = {**items, 28: 5 - items[28], 29: 8 - items[29], 30: 8 - items[30]}
    one, two = (summary_score(scores(Answers(C30, DAY, found), KNOWN), KNOWN) for found in (items, other))
    assert one.value is not None and 0 <= one.value <= 100
    assert one.value == two.value


def test_the_summary_at_its_ends_and_without_a_scale() -> None:
    best = {item: 1 for item in range(1, 31)}
    worst = {item: 4 for item in range(1, 31)}
    found = [summary_score(scores(Answers(C30, DAY, items), KNOWN), KNOWN) for items in (best, worst)]
    assert [item.value for item in found] == [100, 0]
    gone = summary_score(scores(Answers(C30, DAY, {k: v for k, v in best.items() if k != 8}), KNOWN), KNOWN)
    assert gone.value is None and gone.reason is not None and "dyspnoea" in gone.reason
    module = scores(Answers(GINET21, DAY, dict.fromkeys(range(31, 52), 1)), KNOWN)
    assert summary_score(module, KNOWN).value is None


# -------------------------------------------------------------------------------------------- change
def at(name: str, value: float | None) -> ScaleScore:
    full = scored({item: 1 for item in range(1, 31)})[name]
    return replace(full, value=value, reason=None if value is not None else "not enough")


@pytest.mark.parametrize(
    ("name", "before", "after", "direction"),
    [
        ("physical", 50, 60, Direction.IMPROVED),
        ("physical", 60, 50, Direction.WORSE),
        ("global health", 50, 66.7, Direction.IMPROVED),
        ("diarrhoea", 66.7, 33.3, Direction.IMPROVED),
        ("diarrhoea", 33.3, 66.7, Direction.WORSE),
        ("fatigue", 50, 40.1, Direction.NO_CHANGE),
        ("fatigue", 50, 40, Direction.IMPROVED),
        ("social", None, 40, Direction.UNKNOWN),
        ("social", 40, None, Direction.UNKNOWN),
    ],
)
def test_direction(name: str, before: float | None, after: float | None, direction: Direction) -> None:
    """RSP-16: high is good or bad by scale, and 10 points count from the moment they are reached."""
    found = score_change(
        at(name, before), at(name, after), known=KNOWN, difference=KNOWN.important_difference
    )
    assert found.direction is direction
    assert (found.points is None) is (found.reason is not None) is (direction is Direction.UNKNOWN)


def test_a_difference_of_exactly_ten_by_division_counts() -> None:
    """Thirds of a hundred: 53.33 and 63.33 differ by less than ten in binary."""
    physical = at("physical", None).scale
    before, after = transformed(physical, 2.4), transformed(physical, 2.1)
    assert after - before != 10
    found = score_change(
        at("physical", before), at("physical", after), known=KNOWN, difference=KNOWN.important_difference
    )
    assert (found.points, found.direction) == (10, Direction.IMPROVED)


@pytest.mark.parametrize(
    ("points", "extent"),
    [(0, Extent.NONE), (4.9, Extent.NONE), (5, Extent.LITTLE), (9.9, Extent.LITTLE), (10, Extent.MODERATE),
     (20, Extent.MODERATE), (20.1, Extent.MUCH)],
)  # fmt: skip
def test_extent_in_the_words_of_patients(points: float, extent: Extent) -> None:
    for after in (50 + points, 50 - points):
        found = score_change(
            at("pain", 50), at("pain", after), known=KNOWN, difference=KNOWN.important_difference
        )
        assert found.extent is extent


def test_changes_of_a_whole_questionnaire() -> None:
    before = scores(Answers(C30, DAY, {item: 2 for item in range(1, 31)}), KNOWN)
    after = scores(Answers(C30, date(2026, 8, 1), {item: 1 for item in range(1, 30)}), KNOWN)
    found = {item.scale.name: item.direction for item in score_changes(before, after, KNOWN)}
    assert found.pop("global health") is Direction.WORSE
    assert set(found.values()) == {Direction.IMPROVED} and len(found) == 14
    back = {item.scale.name: item.direction for item in score_changes(after, before, KNOWN)}
    assert back.pop("global health") is Direction.IMPROVED
    assert set(back.values()) == {Direction.WORSE}
    assert change_cautions(KNOWN) == (KNOWN.change_of_groups, KNOWN.change_range, KNOWN.change_by_scale)


@pytest.mark.parametrize(
    ("name", "before", "after", "direction"),
    [
        ("physical", 60, 64.9, Direction.NO_CHANGE), ("physical", 60, 66.7, Direction.BETWEEN),
        ("physical", 60, 69, Direction.IMPROVED), ("physical", 60, 56.1, Direction.NO_CHANGE),
        ("physical", 60, 55, Direction.BETWEEN), ("physical", 60, 54, Direction.WORSE),
        ("role", 50, 57, Direction.BETWEEN), ("role", 50, 64, Direction.IMPROVED), ("role", 50, 45, Direction.WORSE),
        ("social", 50, 57, Direction.IMPROVED), ("social", 50, 42, Direction.BETWEEN),
        ("social", 50, 41, Direction.WORSE),
        ("global health", 50, 58.3, Direction.BETWEEN), ("global health", 50, 59, Direction.IMPROVED),
        ("global health", 50, 46, Direction.WORSE), ("fatigue", 50, 38.9, Direction.BETWEEN),
        ("fatigue", 50, 36, Direction.IMPROVED), ("fatigue", 50, 61, Direction.WORSE),
        ("fatigue", 50, 56, Direction.BETWEEN), ("fatigue", 50, 55.9, Direction.NO_CHANGE),
        ("pain", 50, 33.3, Direction.IMPROVED), ("pain", 50, 48, Direction.BETWEEN), ("pain", 50, 57, Direction.WORSE),
        ("diarrhoea", 50, 59.9, Direction.NO_CHANGE), ("diarrhoea", 50, 60, Direction.WORSE),
        ("emotional", 50, 58.3, Direction.NO_CHANGE), ("physical", 60, 60, Direction.NO_CHANGE),
        ("physical", None, 60, Direction.UNKNOWN),
    ],
)  # fmt: skip
def test_a_scale_is_judged_by_its_own_estimates(
    name: str, before: float | None, after: float | None, direction: Direction
) -> None:
    """RSP-16: by scale and direction where an estimate was read, else by ten points."""
    (found,) = score_changes([at(name, before)], [at(name, after)], KNOWN)
    assert found.direction is direction


def test_a_scale_of_the_module_keeps_the_one_difference() -> None:
    """Pain and social functioning are scales of both questionnaires; the estimates are those of the QLQ-C30."""
    before, after = (
        scores(Answers(GINET21, DAY, dict.fromkeys(range(31, 52), answer)), KNOWN) for answer in (1, 2)
    )
    assert {item.difference for item in score_changes(before, after, KNOWN)} == {KNOWN.important_difference}


def test_a_scale_with_another_difference() -> None:
    """The difference is an argument: a smaller one asks for less."""
    four = replace(KNOWN.important_difference, value=4)
    found = score_change(at("pain", 50), at("pain", 45), known=KNOWN, difference=four)
    assert found.direction is Direction.IMPROVED
    scale: Scale = found.scale
    assert scale.name == "pain"
