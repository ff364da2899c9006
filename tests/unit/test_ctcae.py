"""CTCAE grading against a table written down independently here, on a dense grid, and what is unknown."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

import numpy as np
import pytest

from nelm.case.vocabulary import LabTest
from nelm.followup.toxicity.ctcae import (
    CtcaeVersion,
    Grade,
    LabReading,
    SugarManagement,
    corrected_calcium_mmol_l,
    graded,
    graded_in_both,
    proteinuria_grade,
)
from nelm.followup.toxicity.knowledge import CtcaeKnowledge
from nelm.knowledge import Status, load_knowledge
from nelm.quantities import Interval

KNOWN = load_knowledge().record(CtcaeKnowledge, "ctcae")
FIVE, SIX = CtcaeVersion.FIVE, CtcaeVersion.SIX
exact = Interval.exact


# ------------------------------------------------------------------------------- an independent table
def down(*cuts: float) -> Callable[[float], int]:
    """Grade by counting cuts that lie above the value, the cuts falling."""
    rising = sorted(cuts)
    return lambda value: len(rising) - bisect_right(rising, value)


def up(*cuts: float) -> Callable[[float], int]:
    """Grade by counting cuts that lie below the value."""
    return lambda value: bisect_left(list(cuts), value)


def skip(table: Callable[[float], int], *grades: int) -> Callable[[float], int]:
    """The same cuts with other grades."""
    return lambda value: (0, *grades)[table(value)]


# test, version, what is known beside the value, direction, oracle, range of the grid
ORACLE = [
    (LabTest.NEUTROPHILS, FIVE, {"lower_limit": 1.8}, 0, down(1.8, 1.5, 1.0, 0.5), (0, 3)),
    (LabTest.NEUTROPHILS, SIX, {}, 0, down(1.5, 1.0, 0.5, 0.1), (0, 3)),
    (LabTest.PLATELETS, FIVE, {"lower_limit": 150}, 0, down(150, 75, 50, 25), (0, 200)),
    (LabTest.PLATELETS, SIX, {"lower_limit": 150}, 0, down(150, 75, 50, 10), (0, 200)),
    (LabTest.HAEMOGLOBIN, FIVE, {"lower_limit": 120}, 0, down(120, 100, 80), (50, 150)),
    (LabTest.LEUKOCYTES, FIVE, {"lower_limit": 4}, 0, down(4, 3, 2, 1), (0, 6)),
    (LabTest.LEUKOCYTES, SIX, {"lower_limit": 4}, 0, down(4, 3, 2, 1), (0, 6)),
    (LabTest.LYMPHOCYTES, FIVE, {"lower_limit": 1.0}, 0, down(1.0, 0.8, 0.5, 0.2), (0, 2)),
    (LabTest.BILIRUBIN, FIVE, {"upper_limit": 20, "baseline": 10}, 0, up(20, 30, 60, 200), (0, 300)),
    (LabTest.BILIRUBIN, FIVE, {"upper_limit": 20, "baseline": 24}, 0, up(24, 36, 72, 240), (0, 300)),
    (LabTest.ALT, FIVE, {"upper_limit": 40, "baseline": 30}, 0, up(40, 120, 200, 800), (0, 1000)),
    (LabTest.ALP, FIVE, {"upper_limit": 100, "baseline": 80}, 0, up(100, 250, 500, 2000), (0, 2500)),
    (LabTest.GGT, FIVE, {"upper_limit": 60, "baseline": 80}, 0,
     lambda value: up(200, 400, 1600)(value) + (value >= 160), (0, 2000)),
    (LabTest.GGT, SIX, {"upper_limit": 60, "baseline": 80}, 0,
     lambda value: up(120, 240, 800)(value) + (value >= 80), (0, 2000)),
    (LabTest.CREATININE, FIVE, {"upper_limit": 100, "baseline": 60}, 0,
     lambda value: max(up(100, 150, 300, 600)(value), skip(up(90, 180), 2, 3)(value)), (0, 700)),
    (LabTest.CREATININE, SIX, {"upper_limit": 100, "baseline": 60, "lower_limit": 50}, 0,
     up(100, 150, 300, 600), (0, 700)),
    (LabTest.POTASSIUM, FIVE, {"lower_limit": 3.5, "symptomatic": False}, 0, skip(down(3.5, 3, 2.5), 1, 3, 4), (1, 8)),
    (LabTest.POTASSIUM, FIVE, {"lower_limit": 3.5, "symptomatic": True}, 0, skip(down(3.5, 3, 2.5), 2, 3, 4), (1, 8)),
    (LabTest.POTASSIUM, FIVE, {"upper_limit": 5.1}, 1, up(5.1, 5.5, 6, 7), (1, 8)),
    (LabTest.SODIUM, SIX, {"lower_limit": 136, "symptomatic": False}, 0, down(136, 130, 125, 120), (110, 140)),
    (LabTest.SODIUM, SIX, {"lower_limit": 136, "symptomatic": True}, 0,
     skip(down(136, 130, 125, 120), 1, 3, 3, 4), (110, 140)),
    (LabTest.SODIUM, FIVE, {"upper_limit": 145}, 1, up(145, 150, 155, 160), (140, 170)),
    (LabTest.CALCIUM, FIVE, {"lower_limit": 2.15, "albumin_g_l": 40}, 0, down(2.15, 2, 1.75, 1.5), (1, 4)),
    (LabTest.CALCIUM, FIVE, {"upper_limit": 2.6, "albumin_g_l": 40}, 1, up(2.6, 2.9, 3.1, 3.4), (1, 4)),
    (LabTest.ALBUMIN, FIVE, {"lower_limit": 35}, 0, down(35, 30, 20), (10, 50)),
    (LabTest.GLUCOSE, FIVE, {"lower_limit": 3.9}, 0, down(3.9, 3, 2.2, 1.7), (0, 6)),
    (LabTest.GLUCOSE, SIX, {"upper_limit": 6.1, "fasting": True}, 1, up(6.1, 8.9, 13.9, 27.8), (3, 35)),
    (LabTest.GLUCOSE, SIX, {"fasting": False}, 1, skip(up(13.9, 27.8), 3, 4), (3, 35)),
]  # fmt: skip


def reading(value: Interval, beside: dict[str, float | bool]) -> LabReading:
    given = {name: item if isinstance(item, bool) else exact(item) for name, item in beside.items()}
    return LabReading(value, **given)  # type: ignore[arg-type]


def grid(span: tuple[float, float]) -> np.ndarray:
    """A dense grid with every multiple of the step that limits fall on."""
    step = (span[1] - span[0]) / 600
    return np.round(np.arange(span[0], span[1] + step / 2, step), 6)


@pytest.mark.parametrize(("test", "version", "beside", "term", "oracle", "span"), ORACLE)
def test_against_an_independent_table(
    test: LabTest,
    version: CtcaeVersion,
    beside: dict[str, float | bool],
    term: int,
    oracle: Callable[[float], int],
    span: tuple[float, float],
) -> None:
    wrong: list[tuple[float, Grade]] = []
    for value in grid(span):
        found = graded(test, reading(exact(float(value)), beside), version=version, known=KNOWN)[term]
        if (found.low, found.high) != (oracle(value), oracle(value)) or found.version is not version:
            wrong.append((float(value), found))
    assert not wrong


@pytest.mark.parametrize(("test", "version", "beside", "term", "oracle", "span"), ORACLE)
def test_an_interval_gives_exactly_the_grades_of_its_values(
    test: LabTest,
    version: CtcaeVersion,
    beside: dict[str, float | bool],
    term: int,
    oracle: Callable[[float], int],
    span: tuple[float, float],
) -> None:
    rng = np.random.default_rng(20261126)
    values = grid(span)
    for _ in range(60):
        first, last = np.sort(rng.integers(0, len(values), 2))
        seen = reading(Interval(float(values[first]), float(values[last])), beside)
        found = graded(test, seen, version=version, known=KNOWN)[term]
        possible = {oracle(value) for value in values[first : last + 1]}
        assert (found.low, found.high) == (min(possible), max(possible))


def test_leaving_something_out_never_excludes_the_true_grade() -> None:
    """Whatever is dropped from what is known beside a value, the grade with everything known stays possible."""
    rng = np.random.default_rng(7)
    for test, version, beside, term, _, span in ORACLE:
        for value in rng.choice(grid(span), 40):
            full = graded(test, reading(exact(float(value)), beside), version=version, known=KNOWN)[term]
            for name in beside:
                less = {key: item for key, item in beside.items() if key != name}
                found = graded(test, reading(exact(float(value)), less), version=version, known=KNOWN)[term]
                assert found.low <= full.low and full.high <= found.high, (test, version, name, value)
                assert found.is_settled or found.missing


def test_missing_limits_are_named() -> None:
    platelets = graded(LabTest.PLATELETS, LabReading(exact(120)), version=FIVE, known=KNOWN)[0]
    assert (platelets.low, platelets.high, platelets.missing) == (0, 1, ("the lower limit of platelets",))
    assert graded(LabTest.PLATELETS, LabReading(exact(60)), version=FIVE, known=KNOWN)[0].missing == ()
    bilirubin = graded(LabTest.BILIRUBIN, LabReading(exact(60)), version=FIVE, known=KNOWN)[0]
    assert bilirubin.missing == ("the upper limit of bilirubin", "bilirubin before treatment")
    (alt,) = graded(LabTest.ALT, LabReading(exact(130), upper_limit=exact(40)), version=SIX, known=KNOWN)
    assert (alt.low, alt.high, alt.missing) == (0, 3, ("ALT before treatment",))
    assert "grade 0 to 3 (CTCAE 6); to find out: ALT before treatment" in alt.words


def test_a_normal_baseline_may_be_known_without_its_number() -> None:
    seen = LabReading(exact(130), upper_limit=exact(40), baseline_normal=True)
    assert graded(LabTest.ALT, seen, version=SIX, known=KNOWN)[0].interval == exact(2)
    raised = LabReading(exact(130), upper_limit=exact(40), baseline_normal=False)
    assert graded(LabTest.ALT, raised, version=FIVE, known=KNOWN)[0].interval == Interval(0, 2)


def test_a_baseline_around_the_limit_allows_both_rules() -> None:
    seen = LabReading(exact(130), upper_limit=exact(40), baseline=Interval(30, 60))
    found = graded(LabTest.ALT, seen, version=SIX, known=KNOWN)[0]
    assert found.interval == Interval(2, 3)


def test_the_limit_on_the_other_side_rules_a_side_out() -> None:
    """A potassium below the lower limit is not too high, whatever the upper limit is."""
    low, high = graded(
        LabTest.POTASSIUM, LabReading(exact(2.8), lower_limit=exact(3.5)), version=FIVE, known=KNOWN
    )
    assert (low.interval, high.interval) == (exact(3), exact(0))


@pytest.mark.parametrize(
    ("management", "grade"),
    [
        (SugarManagement.NOTHING, 1),
        (SugarManagement.TABLETS, 2),
        (SugarManagement.INSULIN, 3),
        (SugarManagement.LIFE_THREATENING, 4),
    ],
)
def test_high_glucose_of_version_5_goes_by_what_was_done(management: SugarManagement, grade: int) -> None:
    seen = LabReading(exact(14), upper_limit=exact(6.1), baseline=exact(5.5), management=management)
    assert graded(LabTest.GLUCOSE, seen, version=FIVE, known=KNOWN)[1].interval == exact(grade)
    silent = LabReading(exact(14), upper_limit=exact(6.1), baseline=exact(5.5))
    found = graded(LabTest.GLUCOSE, silent, version=FIVE, known=KNOWN)[1]
    assert (found.interval, found.missing) == (Interval(1, 4), ("what was done about high glucose",))
    as_before = LabReading(exact(9), upper_limit=exact(6.1), baseline=exact(10), management=management)
    assert graded(LabTest.GLUCOSE, as_before, version=FIVE, known=KNOWN)[1].interval == exact(0)


def test_calcium_is_corrected_for_albumin() -> None:
    """2.1 mmol/L with albumin 25 g/L is 2.4; without albumin there is no grade."""
    corrected = corrected_calcium_mmol_l(exact(2.1), exact(25), KNOWN)
    assert corrected.low == pytest.approx(2.4, abs=1e-12) and corrected.is_exact
    alone = graded(
        LabTest.CALCIUM, LabReading(exact(2.1), lower_limit=exact(2.15)), version=FIVE, known=KNOWN
    )
    assert [grade.missing for grade in alone] == [("albumin of the same day",)] * 2
    wide = corrected_calcium_mmol_l(Interval(2.0, 2.1), Interval(20, 40), KNOWN)
    assert (wide.low, wide.high) == (pytest.approx(2.0), pytest.approx(2.5))


@pytest.mark.parametrize(
    ("grams", "raised", "grade"),
    [(0.1, False, 0), (0.4, True, 1), (0.99, True, 1), (1.0, True, 2), (3.4, True, 2), (3.5, True, 3)],
)
def test_proteinuria(grams: float, raised: bool, grade: int) -> None:
    assert proteinuria_grade(exact(grams), is_raised=raised, known=KNOWN).interval == exact(grade)
    unknown = proteinuria_grade(exact(grams), is_raised=None, known=KNOWN)
    assert unknown.interval == (Interval(0, 1) if grams < 1 else exact(grade))


def test_both_editions_side_by_side() -> None:
    """D22: where they differ the entry that says so is there, where they agree it is not."""
    differing = graded_in_both(LabTest.NEUTROPHILS, LabReading(exact(0.8)), known=KNOWN)
    assert [(grade.version, grade.low) for grade in differing] == [(FIVE, 3), (SIX, 2)]
    assert all(KNOWN.versions_differ in grade.entries for grade in differing)
    same = graded_in_both(LabTest.LEUKOCYTES, LabReading(exact(1.5)), known=KNOWN)
    assert all(KNOWN.versions_differ not in grade.entries for grade in same)


def test_what_was_not_found_is_not_graded() -> None:
    found = graded(LabTest.LYMPHOCYTES, LabReading(exact(0.1)), version=SIX, known=KNOWN)[0]
    assert (found.low, found.high) == (0, 4) and found.missing
    assert graded(LabTest.CHROMOGRANIN_A, LabReading(exact(100)), version=FIVE, known=KNOWN) == ()


def test_recalled_limits_are_marked() -> None:
    recalled = {"calcium_per_albumin", "calcium_albumin_usual", "glucose_high_5"}
    names = CtcaeKnowledge.__dataclass_fields__
    assert {name for name in names if getattr(KNOWN, name).status is Status.RECALLED} == recalled
