"""RECIST 1.1 by its rules: every edge case by name, with the answer that the rules give."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.courses import START, lesion, node, seen

from nelm.errors import InputError
from nelm.followup.answers import Word
from nelm.followup.best_response import BestResponse, best_response, continues_response
from nelm.followup.examinations import Certainty, Examination, LesionFinding, LesionState, NewLesion
from nelm.followup.margins import exactly
from nelm.followup.reading_error import reading_error_mm, with_reading_error
from nelm.followup.recist import RecistExamination, recist_examinations
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.followup.targets import TargetFault, choose_targets, given_targets
from nelm.knowledge import load_knowledge
from nelm.quantities import Estimate

KNOWN = load_knowledge().record(ResponseKnowledge, "response")
GONE, SMALL, THERE = LesionState.ABSENT, LesionState.TOO_SMALL, LesionState.PRESENT
LOST, WORSE = LesionState.NOT_EVALUABLE, LesionState.PROGRESSED
SURE, UNSURE = Certainty.UNEQUIVOCAL, Certainty.EQUIVOCAL
FRESH = (NewLesion("n", "liver", SURE),)


def followed(
    *examinations: Examination, targets: tuple[str, ...] = ("a", "b")
) -> tuple[RecistExamination, ...]:
    """RECIST 1.1 after the baseline, with the targets a and b."""
    chosen = given_targets(examinations[0], targets, known=KNOWN)
    return recist_examinations(examinations, chosen, known=KNOWN)


def words(*examinations: Examination, targets: tuple[str, ...] = ("a", "b")) -> list[str]:
    return [str(one.answer.word) for one in followed(*examinations, targets=targets)]


def sums(*sizes: float) -> list[str]:
    """The words of two equal targets whose sum takes these values, every 8 weeks."""
    return words(*(seen(8 * k, lesion("a", s / 2), lesion("b", s / 2)) for k, s in enumerate(sizes)))


def best(*examinations: Examination, targets: tuple[str, ...] = ("a", "b")) -> BestResponse:
    found = followed(*examinations, targets=targets)
    return best_response(examinations[0].day, found, known=KNOWN)


# ---------------------------------------------------------------------------------- the limits


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((100, 70), "PR"),  # exactly 30 % less
        ((100, 70.2), "SD"),
        ((90, 63), "PR"),  # 0.7 times 90 is no exact binary number
        ((100, 120), "PD"),  # exactly 20 % and 20 mm more
        ((100, 119.8), "SD"),
        ((24, 29), "PD"),  # 20.8 % and exactly 5 mm
        ((24, 28.8), "SD"),  # 20 % but 4.8 mm
        ((200, 206), "SD"),  # 6 mm but 3 %
    ],
)
def test_limits(sizes: tuple[float, ...], expected: str) -> None:
    assert sums(*sizes) == [expected]


def test_the_rise_is_taken_from_the_smallest_sum_and_the_fall_from_baseline() -> None:
    assert sums(100, 50, 60) == ["PR", "PD"]  # 20 % above 50, still 40 % below baseline
    assert sums(100, 90, 107) == ["SD", "SD"]  # 18.9 % above 90
    assert sums(100, 90, 108) == ["SD", "PD"]


def test_baseline_is_the_smallest_sum_when_nothing_shrank() -> None:
    assert sums(100, 110, 121) == ["SD", "PD"]  # 10 % a time, 21 % from baseline


def test_the_example_of_the_clarification() -> None:
    """165, 63 and 65 mm: a continued partial response [eortc_partial_response]."""
    assert sums(165, 63, 65) == ["PR", "PR"]


# ---------------------------------------------------------------------------------- what pyrecist gets wrong


def test_complete_response() -> None:
    course = (seen(0, lesion("a", 30), lesion("b", 20)), seen(8, lesion("a", GONE), lesion("b", GONE)))
    assert words(*course) == ["CR"]


def test_a_new_lesion_is_progression_whatever_the_targets_do() -> None:
    course = (seen(0, lesion("a", 30), lesion("b", 20)), seen(8, lesion("a", 10), lesion("b", 5), new=FRESH))
    assert words(*course) == ["PD"]


def test_non_targets_are_not_in_the_sum_and_can_progress() -> None:
    baseline = seen(0, lesion("a", 30), lesion("b", 20), lesion("c", 90))
    grown = seen(8, lesion("a", 30), lesion("b", 20), lesion("c", 140))
    assert words(baseline, grown) == ["SD"]
    worse = seen(8, lesion("a", 15), lesion("b", 10), lesion("c", WORSE))
    assert words(baseline, worse) == ["PD"]


def test_targets_gone_with_a_non_target_left_is_partial() -> None:
    baseline = seen(0, lesion("a", 30), lesion("b", 20), lesion("c", 12))
    assert words(baseline, seen(8, lesion("a", GONE), lesion("b", GONE), lesion("c", THERE))) == ["PR"]
    assert words(baseline, seen(8, lesion("a", GONE), lesion("b", GONE), lesion("c", GONE))) == ["CR"]
    assert words(baseline, seen(8, lesion("a", GONE), lesion("b", GONE))) == ["PR"]  # not evaluated


def test_zero_nadir_after_a_complete_response_any_reappearance_is_progression() -> None:
    course = (
        seen(0, lesion("a", 30), lesion("b", 20)),
        seen(8, lesion("a", GONE), lesion("b", GONE)),
        seen(16, lesion("a", 2), lesion("b", GONE)),
    )
    found = followed(*course)
    assert [str(one.answer.word) for one in found] == ["CR", "PD"]
    assert found[1].rise_percent is None  # no share of nothing


def test_zero_nadir_with_disease_left_needs_five_millimetres() -> None:
    """Only a complete response of everything makes any reappearance progression [eortc_new_lesion]."""
    baseline = seen(0, lesion("a", 30), lesion("b", 20), lesion("c", 12))
    gone = seen(8, lesion("a", GONE), lesion("b", GONE), lesion("c", THERE))
    little = seen(16, lesion("a", 4), lesion("b", GONE), lesion("c", THERE))
    more = seen(16, lesion("a", SMALL), lesion("b", GONE), lesion("c", THERE))
    assert words(baseline, gone, little) == ["PR", "PR"]
    assert words(baseline, gone, more) == ["PR", "PD"]  # too small to measure counts 5 mm


def test_a_partial_response_that_ends() -> None:
    """The time point follows the limits; a confirmed response is taken to go on; after progression it is over."""
    course = [seen(8 * k, lesion("a", s)) for k, s in enumerate((100, 70, 70, 80, 90, 95))]
    found = followed(*course, targets=("a",))
    assert [str(one.answer.word) for one in found] == ["PR", "PR", "SD", "PD", "PD"]
    assert [continues_response(found, k, known=KNOWN) for k in range(5)] == [False, False, True, False, False]
    what = best_response(START, found, known=KNOWN)
    assert (what.best, what.confirmed) == (Word.PR, Word.PR)
    assert what.progression == START + timedelta(weeks=32)
    assert what.response_days == 24 * 7  # from the first PR to progression, the SD in between included


def test_an_unconfirmed_partial_response_does_not_go_on() -> None:
    found = followed(*(seen(8 * k, lesion("a", s)) for k, s in enumerate((100, 70, 80))), targets=("a",))
    assert [str(one.answer.word) for one in found] == ["PR", "SD"]
    assert not continues_response(found, 1, known=KNOWN)


# ---------------------------------------------------------------------------------- nodes


def test_a_node_below_ten_millimetres_is_gone_though_the_sum_is_not_zero() -> None:
    baseline = seen(0, lesion("a", 30), node("b", 20))
    assert words(baseline, seen(8, lesion("a", GONE), node("b", 9.9))) == ["CR"]
    assert words(baseline, seen(8, lesion("a", GONE), node("b", 10))) == ["PR"]


def test_a_small_node_that_grows_below_ten_stays_gone_and_comes_back_at_ten() -> None:
    baseline, clear = seen(0, lesion("a", 30), node("b", 20)), seen(8, lesion("a", GONE), node("b", 4))
    assert words(baseline, clear, seen(16, lesion("a", GONE), node("b", 9.5))) == ["CR", "CR"]
    assert words(baseline, clear, seen(16, lesion("a", GONE), node("b", 10))) == ["CR", "PD"]


def test_a_non_target_node_must_be_normal_for_a_complete_response() -> None:
    baseline = seen(0, lesion("a", 30), node("c", 12))
    assert words(baseline, seen(8, lesion("a", GONE), node("c", 11)), targets=("a",)) == ["PR"]
    assert words(baseline, seen(8, lesion("a", GONE), node("c", 8)), targets=("a",)) == ["CR"]


# ---------------------------------------------------------------------------------- what is missing


def test_a_missing_target_is_not_evaluable_unless_the_rest_shows_progression() -> None:
    baseline = seen(0, lesion("a", 30), lesion("b", 20))
    assert words(baseline, seen(8, lesion("a", 20), lesion("b", LOST))) == ["NE"]
    assert words(baseline, seen(8, lesion("a", 20))) == ["NE"]
    assert words(baseline, seen(8, lesion("a", 60), lesion("b", LOST))) == ["PD"]  # 60 of 50 without b
    assert words(baseline, seen(8, lesion("a", 20), new=FRESH)) == ["PD"]


def test_an_incomplete_sum_is_no_nadir() -> None:
    course = (
        seen(0, lesion("a", 30), lesion("b", 30)),
        seen(8, lesion("a", 30), lesion("b", LOST)),
        seen(16, lesion("a", 30), lesion("b", 30)),
    )
    assert words(*course) == ["NE", "SD"]


def test_unspoken_new_lesions_leave_it_unknown_but_for_progression() -> None:
    baseline = seen(0, lesion("a", 30), lesion("b", 20))
    (one,) = followed(baseline, seen(8, lesion("a", 30), lesion("b", 20), new=None))
    assert one.answer.word is Word.UNKNOWN and one.answer.possible == (Word.SD, Word.PD)
    assert words(baseline, seen(8, lesion("a", 50), lesion("b", 20), new=None)) == ["PD"]


def test_an_examination_that_looks_at_no_lesion_is_not_evaluable_and_changes_nothing() -> None:
    """A PET between two CT, say."""
    course = (
        seen(0, lesion("a", 100)),
        seen(8, lesion("a", 65)),
        seen(10, new=None),
        seen(14, lesion("a", 66)),
    )
    found = followed(*course, targets=("a",))
    assert [str(one.answer.word) for one in found] == ["PR", "NE", "PR"]
    what = best_response(START, found, known=KNOWN)
    assert what.confirmed is Word.PR and what.progression_possible is None


def test_non_targets_alone() -> None:
    baseline = seen(0, lesion("c", 8))
    assert words(baseline, seen(8, lesion("c", THERE)), targets=()) == ["non-CR/non-PD"]
    assert words(baseline, seen(8, lesion("c", GONE)), targets=()) == ["CR"]
    assert words(baseline, seen(8, lesion("c", LOST)), targets=()) == ["NE"]
    assert words(baseline, seen(8, lesion("c", WORSE)), targets=()) == ["PD"]
    assert words(seen(0), seen(8), targets=()) == ["NE"]


def test_raised_markers_keep_from_a_complete_response() -> None:
    baseline = seen(0, lesion("a", 30), lesion("c", 8))
    clear = (lesion("a", GONE), lesion("c", GONE))
    assert words(baseline, seen(8, *clear, markers_normal=False), targets=("a",)) == ["PR"]
    assert words(baseline, seen(8, *clear, markers_normal=True), targets=("a",)) == ["CR"]


# ---------------------------------------------------------------------------------- equivocal, split, merged


def test_an_equivocal_lesion_counts_from_its_first_day_once_it_is_sure() -> None:
    still = (lesion("a", 30), lesion("b", 20))
    course = (
        seen(0, *still),
        seen(8, *still, new=(NewLesion("n", "liver", UNSURE),)),
        seen(16, *still, new=(NewLesion("n", "liver", SURE),)),
    )
    (first,) = followed(*course[:2])
    assert first.answer.word is Word.SD and Word.PD in first.answer.possible
    assert words(*course) == ["PD", "PD"]
    assert best(*course).progression == START + timedelta(weeks=8)


def test_what_only_a_receptor_pet_shows_is_equivocal() -> None:
    fresh = (NewLesion("n", "bone", SURE, only_on_receptor_pet=True),)
    still = (lesion("a", 30), lesion("b", 20))
    (one,) = followed(seen(0, *still), seen(8, *still, new=fresh))
    assert one.answer.word is Word.SD and one.answer.possible == (Word.SD, Word.PD)


def test_a_lesion_once_new_stays_new() -> None:
    still = (lesion("a", 30), lesion("b", 20))
    assert words(seen(0, *still), seen(8, *still, new=FRESH), seen(16, *still)) == ["PD", "PD"]


def test_parts_of_a_lesion_are_added() -> None:
    parts = lesion("a", 30, fragments_mm=(lesion("", 12).longest_mm, lesion("", 10).longest_mm))
    (one,) = followed(seen(0, lesion("a", 30), lesion("b", 20)), seen(8, parts, lesion("b", 20)))
    assert one.targets.total_mm is not None and one.targets.total_mm.value == 42


def test_merged_lesions_count_once() -> None:
    baseline = seen(0, lesion("a", 30), lesion("b", 20), lesion("c", 15))
    merged = seen(8, lesion("a", 45), LesionFinding("b", "liver", merged_into="a"), lesion("c", 15))
    (one,) = followed(baseline, merged)
    assert one.targets.total_mm is not None and one.targets.total_mm.value == 45
    whole = seen(8, *(LesionFinding(n, "liver", merged_into="c") for n in "ab"), lesion("c", 61))
    (one,) = followed(baseline, whole)
    assert one.targets.total_mm is not None and one.targets.total_mm.value == 61
    lost = seen(8, LesionFinding("a", "liver", merged_into="c"), lesion("b", 20), lesion("c", LOST))
    assert words(baseline, lost) == ["NE"]


# ---------------------------------------------------------------------------------- error of measurement


def test_the_error_says_which_answers_are_possible() -> None:
    baseline = seen(0, lesion("a", 50, error=2), lesion("b", 50, error=2))
    (one,) = followed(baseline, seen(8, lesion("a", 60, error=2), lesion("b", 59, error=2)))
    assert one.answer.word is Word.SD and one.answer.possible == (Word.SD, Word.PD)
    assert one.answer.in_words == "SD, within the error also PD"
    (one,) = followed(baseline, seen(8, lesion("a", 70, error=2), lesion("b", 70, error=2)))
    assert one.answer.is_certain and one.answer.word is Word.PD


def test_reading_error_is_that_of_one_reading() -> None:
    """Limits of ±3.1 and ±7.5 mm between two readings: one reading has them over √2."""
    assert reading_error_mm(one_reader=True, known=KNOWN) == pytest.approx(3.1 / 2**0.5)
    assert reading_error_mm(one_reader=False, known=KNOWN) == pytest.approx(7.5 / 2**0.5)
    course = [seen(8 * k, lesion("a", s), lesion("b", s)) for k, s in enumerate((30, 33))]
    wide = [with_reading_error(one, one_reader=False, known=KNOWN) for one in course]
    (one,) = followed(*wide)
    assert set(one.answer.possible) == {Word.SD, Word.PD}


def test_a_volume_without_an_error_gets_that_of_its_ball() -> None:
    """14.1 mL is a ball of 30 mm; one reading of it by another person is 5.3 mm off, and cubed."""
    ball = math.pi / 6 * 3.0**3
    given = replace(
        seen(0, replace(lesion("a", 30), volume_ml=exactly(ball))), tumour_volume_ml=exactly(ball)
    )
    wide = with_reading_error(given, one_reader=False, known=KNOWN)
    error = reading_error_mm(one_reader=False, known=KNOWN)
    for volume in (wide.lesions[0].volume_ml, wide.tumour_volume_ml):
        assert volume is not None and volume.value == ball
        assert volume.low == pytest.approx(ball * (1 - error / 30) ** 3)
        assert volume.high == pytest.approx(ball * (1 + error / 30) ** 3)
    own = replace(given, tumour_volume_ml=Estimate(ball, 13.0, 15.0))
    assert with_reading_error(own, one_reader=False, known=KNOWN).tumour_volume_ml == Estimate(
        ball, 13.0, 15.0
    )
    tiny = replace(given, tumour_volume_ml=exactly(0.01))
    assert with_reading_error(tiny, one_reader=False, known=KNOWN).tumour_volume_ml.low == 0  # type: ignore[union-attr]


# ---------------------------------------------------------------------------------- best response


def test_best_response_with_and_without_confirmation() -> None:
    course = [seen(w, lesion("a", s)) for w, s in ((0, 100), (8, 65), (16, 80))]
    what = best(*course, targets=("a",))
    assert (what.best, what.confirmed) == (Word.PR, Word.SD)
    soon = [seen(w, lesion("a", s)) for w, s in ((0, 100), (8, 65), (11, 66))]
    assert best(*soon, targets=("a",)).confirmed is Word.SD  # 3 weeks are too soon
    assert best(*soon, seen(12, lesion("a", 66)), targets=("a",)).confirmed is Word.PR
    gap = [seen(8, lesion("a", 65)), seen(12, lesion("a", LOST)), seen(16, lesion("a", 66))]
    assert best(seen(0, lesion("a", 100)), *gap, targets=("a",)).confirmed is Word.PR


def test_partial_then_complete_is_a_confirmed_partial_response() -> None:
    course = [seen(0, lesion("a", 100)), seen(8, lesion("a", 65)), seen(16, lesion("a", GONE))]
    what = best(*course, targets=("a",))
    assert (what.best, what.confirmed) == (Word.CR, Word.PR)


def test_complete_then_progression_is_stable_if_it_lasted() -> None:
    late = [seen(0, lesion("a", 100)), seen(8, lesion("a", GONE)), seen(16, lesion("a", 10))]
    assert best(*late, targets=("a",)).confirmed is Word.SD
    early = [seen(0, lesion("a", 100)), seen(4, lesion("a", GONE)), seen(16, lesion("a", 10))]
    assert best(*early, targets=("a",)).confirmed is Word.PD


def test_stable_disease_needs_its_time() -> None:
    assert best(seen(0, lesion("a", 100)), seen(5, lesion("a", 100)), targets=("a",)).best is Word.NE
    assert best(seen(0, lesion("a", 100)), seen(6, lesion("a", 100)), targets=("a",)).best is Word.SD
    early = best(seen(0, lesion("a", 100)), seen(5, lesion("a", 130)), targets=("a",))
    assert early.best is Word.PD and early.control_days == 35 and not early.is_censored


def test_a_response_after_progression_does_not_count() -> None:
    what = best(*(seen(8 * k, lesion("a", s)) for k, s in enumerate((100, 130, 50))), targets=("a",))
    assert what.best is Word.PD and what.response_days is None


def test_a_response_that_lasts_is_censored_at_the_last_evaluable_examination() -> None:
    course = [seen(0, lesion("a", 100)), seen(8, lesion("a", 60)), seen(16, lesion("a", 60)), seen(24)]
    what = best(*course, targets=("a",))
    assert what.is_censored and what.response_days == 56 and what.last == START + timedelta(weeks=16)


# ---------------------------------------------------------------------------------- targets


def test_targets_are_the_largest_of_every_organ() -> None:
    baseline = seen(
        0,
        *(lesion(f"l{k}", 60 - k) for k in range(4)),
        lesion("lung", 12, organ="lung"),
        node("n1", 22),
        node("n2", 16),
        node("n3", 14),
        lesion("tiny", 8),
        lesion("bone", THERE, organ="bone"),
        node("normal", 7),
    )
    chosen = choose_targets(baseline, known=KNOWN)
    assert chosen.targets == ("l0", "n1", "lung", "l1", "n2")
    assert chosen.non_targets == ("l2", "l3", "n3", "tiny", "bone")
    assert not chosen.problems


def test_solid_lesions_come_before_cystic_and_treated_ones_are_left() -> None:
    baseline = seen(
        0, lesion("cyst", 50, is_cystic=True), lesion("a", 20), lesion("old", 40, is_treated_locally=True)
    )
    assert choose_targets(baseline, known=KNOWN).targets == ("a", "cyst")


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (lesion("x", 9.9), TargetFault.TOO_SMALL),
        (node("x", 14.9), TargetFault.NODE_TOO_SMALL),
        (lesion("x", THERE), TargetFault.NOT_MEASURED),
        (LesionFinding("x", "mesentery", is_node=True), TargetFault.NOT_MEASURED),
        (lesion("x", 10.5, error=1), TargetFault.NEAR_LIMIT),
        (lesion("x", 30, is_treated_locally=True), TargetFault.TREATED_LOCALLY),
    ],
)
def test_a_target_that_is_none_is_named(found: LesionFinding, fault: TargetFault) -> None:
    problems = given_targets(seen(0, found), ("x",), known=KNOWN).problems
    assert [one.fault for one in problems] == [fault]
    assert problems[0].subject == "x" and problems[0].reason.entry is not None


def test_slices_must_be_thin_enough() -> None:
    thick = seen(0, lesion("x", 12), slice_thickness_mm=7.0)
    assert [p.fault for p in given_targets(thick, ("x",), known=KNOWN).problems] == [
        TargetFault.SLICES_TOO_THICK
    ]
    assert choose_targets(thick, known=KNOWN).targets == ()
    unknown = seen(0, lesion("x", 12), slice_thickness_mm=None)
    (problem,) = given_targets(unknown, ("x",), known=KNOWN).problems
    assert problem.fault is TargetFault.SLICES_UNKNOWN and not problem.breaks_a_rule


def test_too_many_targets_and_an_organ_left_out() -> None:
    many = seen(0, *(lesion(f"l{k}", 30) for k in range(3)), lesion("p", 30, organ="lung"))
    faults = {p.fault for p in given_targets(many, ("l0", "l1", "l2", "l0"), known=KNOWN).problems}
    assert faults == {TargetFault.TOO_MANY_IN_ORGAN, TargetFault.ORGAN_LEFT_OUT, TargetFault.NAMED_TWICE}
    six = seen(0, *(lesion(f"l{k}", 30, organ=f"o{k}") for k in range(6)))
    faults = {p.fault for p in given_targets(six, tuple(f"l{k}" for k in range(6)), known=KNOWN).problems}
    assert faults == {TargetFault.TOO_MANY}


def test_broken_courses_are_refused() -> None:
    with pytest.raises(InputError, match="a lesion of the baseline"):
        given_targets(seen(0, lesion("a", 30)), ("z",), known=KNOWN)
    with pytest.raises(InputError, match="a day after"):
        words(seen(8, lesion("a", 30)), seen(0, lesion("a", 30)), targets=("a",))
    with pytest.raises(InputError, match="call it new"):
        words(seen(0, lesion("a", 30)), seen(8, lesion("a", 30), lesion("A", 30)), targets=("a",))
    followed_up = seen(8, lesion("a", 30), lesion("n", 9), new=FRESH)
    assert words(seen(0, lesion("a", 30)), followed_up, targets=("a",)) == ["PD"]
    with pytest.raises(InputError, match="every lesion once"):
        seen(0, lesion("a", 30), lesion("a", 20))
    with pytest.raises(InputError, match="at least one examination"):
        recist_examinations((), given_targets(seen(0), (), known=KNOWN), known=KNOWN)
