"""mRECIST, Choi, volumes, growth, receptor volume, cautions, and their disagreement in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.courses import START, about, lesion, node, seen

from nelm.errors import InputError
from nelm.followup import CourseResponse, course_response
from nelm.followup.answers import Answer, Criteria, Word
from nelm.followup.examinations import (
    Certainty,
    Examination,
    LesionState,
    Modality,
    NewLesion,
    Phase,
    TreatmentKind,
    TreatmentPeriod,
)
from nelm.followup.growth_rate import growth_from_diameters, growth_from_volumes
from nelm.followup.margins import exactly, weighted_sum
from nelm.followup.receptor_volume import Direction
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.guideline.findings.growth import GrowthKnowledge
from nelm.knowledge import load_knowledge
from nelm.quantities import Estimate

KNOWLEDGE = load_knowledge()
KNOWN = KNOWLEDGE.record(ResponseKnowledge, "response")
GROWTH = KNOWLEDGE.record(GrowthKnowledge, "growth")
ARTERIAL: dict[str, Any] = {"phase": Phase.ARTERIAL}
FRESH = (NewLesion("n", "liver", Certainty.UNEQUIVOCAL),)


def course(*examinations: Examination, **more: Any) -> CourseResponse:
    return course_response(examinations, knowledge=KNOWLEDGE, **more)


def last(criteria: Criteria, *examinations: Examination, **more: Any) -> Answer:
    return course(*examinations, **more).examinations[-1].answer(criteria)


def texts(reasons: tuple[Any, ...]) -> str:
    return " ".join(reason.text for reason in reasons)


# ---------------------------------------------------------------------------------- mRECIST


def viable(
    week: float, *millimetres: float | None, embolised: bool | None = None, **more: Any
) -> Examination:
    """Lesions of 40 mm of which some millimetres enhance."""
    lesions = (
        lesion(f"v{k}", 40, viable_mm=None if mm is None else about(mm), is_embolised=embolised)
        for k, mm in enumerate(millimetres)
    )
    return seen(week, *lesions, **{**ARTERIAL, **more})


def test_viable_tumour_shrinks_while_the_lesion_does_not() -> None:
    pair = (viable(0, 40, 30), viable(8, 20, 20, embolised=True))
    assert last(Criteria.MRECIST, *pair).word is Word.PR
    assert last(Criteria.RECIST, *pair).word is Word.SD
    (one,) = course(*pair).examinations
    assert "mRECIST says PR" in one.disagreement[0].text
    assert "dead tumour need not shrink" in texts(one.disagreement)


def test_no_enhancement_is_complete_and_a_rise_needs_no_millimetres() -> None:
    assert last(Criteria.MRECIST, viable(0, 40), viable(8, 0, embolised=True)).word is Word.CR
    rise = (viable(0, 20), viable(8, 10, embolised=True), viable(16, 12))
    assert last(Criteria.MRECIST, *rise).word is Word.PD  # 20 % and 2 mm above the smallest
    assert last(Criteria.MRECIST, *rise[:2], viable(16, 11.9)).word is Word.PR  # 40 % below baseline


@pytest.mark.parametrize(
    ("examinations", "said"),
    [
        ((viable(0, 40), viable(8, 20)), "embolised"),
        ((viable(0, 9.9), viable(8, 5, embolised=True)), "10 mm of arterial enhancement"),
        ((viable(0, 40), viable(8, 20, embolised=True, phase=Phase.PORTAL_VENOUS)), "portal venous"),
        ((viable(0, 40, phase=None), viable(8, 20, embolised=True)), "not known"),
    ],
)
def test_mrecist_is_refused_with_its_reason(examinations: tuple[Examination, ...], said: str) -> None:
    answer = last(Criteria.MRECIST, *examinations)
    assert answer.word is Word.REFUSED and answer.possible == ()
    assert said in texts(answer.reasons)


def test_mrecist_without_a_measurement_and_with_a_new_lesion() -> None:
    assert last(Criteria.MRECIST, viable(0, 40), viable(8, None, embolised=True)).word is Word.NE
    assert last(Criteria.MRECIST, viable(0, 40), viable(8, 5, embolised=True, new=FRESH)).word is Word.PD
    open_question = last(Criteria.MRECIST, viable(0, 40), viable(8, 5, embolised=True, new=None))
    assert open_question.word is Word.UNKNOWN and set(open_question.possible) == {Word.PR, Word.PD}


# ---------------------------------------------------------------------------------- Choi


def faded(week: float, size: float, hounsfield: float | None, **more: Any) -> Examination:
    marks = {key: more.pop(key) for key in ("has_lipiodol", "has_new_nodule") if key in more}
    attenuation = None if hounsfield is None else about(hounsfield)
    return seen(week, lesion("a", size, attenuation_hu=attenuation, **marks), **more)


def test_choi_is_refused_on_lipiodol_though_the_numbers_are_there() -> None:
    answer = last(Criteria.CHOI, faded(0, 50, 100), faded(8, 50, 60, has_lipiodol=True))
    assert answer.word is Word.REFUSED and answer.reasons[0].entry is KNOWN.choi_lipiodol
    assert last(Criteria.CHOI, faded(0, 50, 100, has_lipiodol=True), faded(8, 50, 60)).word is Word.REFUSED


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"modality": Modality.MR}, "measured on CT"),
        ({"phase": Phase.ARTERIAL}, "phase changed from portal venous to arterial"),
        ({"phase": None}, "to not stated"),
    ],
)
def test_choi_needs_the_same_phase_of_ct(more: dict[str, Any], said: str) -> None:
    answer = last(Criteria.CHOI, faded(0, 50, 100), faded(8, 50, 60, **more))
    assert answer.word is Word.REFUSED and said in texts(answer.reasons)
    unstated = last(Criteria.CHOI, faded(0, 50, 100, phase=None), faded(8, 50, 60, phase=None))
    assert unstated.word is Word.REFUSED


def test_choi_without_attenuation_is_unknown_where_it_decides() -> None:
    answer = last(Criteria.CHOI, faded(0, 50, 100), faded(8, 50, None))
    assert answer.word is Word.UNKNOWN and set(answer.possible) == {Word.PR, Word.SD}
    assert last(Criteria.CHOI, faded(0, 50, 100), faded(8, 40, None)).word is Word.PR  # size alone
    around_nothing = last(Criteria.CHOI, faded(0, 50, -5), faded(8, 50, -20))
    assert around_nothing.word is Word.UNKNOWN and "not defined" in texts(around_nothing.reasons)


def test_choi_nodules_new_lesions_and_what_is_gone() -> None:
    assert last(Criteria.CHOI, faded(0, 50, 100), faded(8, 40, 50, has_new_nodule=True)).word is Word.PD
    assert last(Criteria.CHOI, faded(0, 50, 100), faded(8, 40, 50, new=FRESH)).word is Word.PD
    gone = seen(8, lesion("a", LesionState.ABSENT))
    assert last(Criteria.CHOI, faded(0, 50, 100), gone).word is Word.CR
    assert last(Criteria.MODIFIED_CHOI, faded(0, 50, 100), gone).word is Word.CR
    assert last(Criteria.CHOI, faded(0, 50, 100), seen(8)).word is Word.NE


def test_attenuation_is_that_of_lesions_measured_at_both() -> None:
    """A dark lesion that vanished does not make the mean brighter."""
    two = seen(0, lesion("a", 50, attenuation_hu=about(100)), lesion("b", 20, attenuation_hu=about(20)))
    one_left = seen(8, lesion("a", 70, attenuation_hu=about(84)), lesion("b", LesionState.ABSENT))
    assert last(Criteria.CHOI, two, one_left).word is Word.PR  # 100 to 84 HU


def test_choi_within_the_error_of_attenuation() -> None:
    before = seen(0, lesion("a", 50, attenuation_hu=about(100, 4)))
    after = seen(8, lesion("a", 50, attenuation_hu=about(86, 4)))
    answer = last(Criteria.CHOI, before, after)
    assert answer.word is Word.SD and answer.possible == (Word.SD, Word.PR)


# ---------------------------------------------------------------------------------- volumes


def with_volumes(week: float, *millilitres: float | None) -> Examination:
    return seen(
        week,
        *(
            lesion(f"l{k}", 40, volume_ml=None if ml is None else about(ml, ml / 20))
            for k, ml in enumerate(millilitres)
        ),
    )


def test_volume_of_all_lesions_against_two_targets() -> None:
    """The two targets stay as they are while ten others grow threefold: 220 to 420 mL, 91 % more."""
    (one,) = course(with_volumes(0, 60, 60, *[10] * 10), with_volumes(8, 60, 60, *[30] * 10)).examinations
    assert one.answer(Criteria.RECIST).word is Word.SD
    assert one.answer(Criteria.VOLUME).word is Word.PD
    assert "RECIST measures the targets" in texts(one.disagreement)


def test_volume_words() -> None:
    for ml, expected in ((100, "SD"), (34, "PR"), (35, "SD"), (173, "PD"), (172, "SD"), (0, "CR")):
        pair = (seen(0, tumour_volume_ml=about(100)), seen(8, tumour_volume_ml=about(ml)))
        assert str(last(Criteria.VOLUME, *pair).word) == expected, ml
    unknown = last(Criteria.VOLUME, with_volumes(0, 50, 50), with_volumes(8, 50, None))
    assert unknown.word is Word.NE
    near = (seen(0, tumour_volume_ml=about(100, 10)), seen(8, tumour_volume_ml=about(165, 15)))
    assert last(Criteria.VOLUME, *near).possible == (Word.SD, Word.PD)


# ---------------------------------------------------------------------------------- growth


def test_growth_is_not_defined_from_nothing_and_a_doubling_time_not_within_the_error() -> None:
    later = START + timedelta(days=90)
    assert growth_from_volumes((START, about(0)), (later, about(5))) is None
    assert growth_from_diameters((START, about(20)), (later, about(0)), growth=GROWTH) is None
    unsure = growth_from_volumes((START, about(10, 2)), (later, about(11, 2)))
    assert unsure is not None and unsure.doubling_time_days is None and unsure.grows is None
    shrinking = growth_from_volumes((START, about(10)), (later, about(5)))
    assert shrinking is not None and shrinking.doubling_time_days is None and shrinking.grows is False
    unchanged = growth_from_volumes((START, about(10)), (later, about(10)))
    assert unchanged is not None and unchanged.specific_growth_rate_percent_day.value == 0
    with pytest.raises(InputError, match="a day after"):
        growth_from_volumes((later, about(10)), (START, about(10)))


def test_growth_is_the_same_both_ways() -> None:
    """The specific growth rate of the reverse course is its negative."""
    later = START + timedelta(days=90)
    there = growth_from_volumes((START, about(10, 1)), (later, about(17, 2)))
    back = growth_from_volumes((START, about(17, 2)), (later, about(10, 1)))
    assert there is not None and back is not None
    forward, reverse = there.specific_growth_rate_percent_day, back.specific_growth_rate_percent_day
    assert (forward.value, forward.low) == pytest.approx((-reverse.value, -reverse.high))


def test_growth_before_and_during_treatment_is_told_beside_stable_disease() -> None:
    earlier = seen(-13, lesion("a", 40))
    found = course(
        seen(0, lesion("a", 44)), seen(13, lesion("a", 46)), seen(26, lesion("a", 47)), earlier=earlier
    )
    assert found.growth_before is not None
    rate = found.growth_before.rate.tumour_growth_rate_percent_month.value
    assert rate == pytest.approx(10.0, abs=0.2)  # 40 to 44 mm in 91 days
    first, second = found.examinations
    assert len(first.growth) == 1 and len(second.growth) == 2
    assert "SD by RECIST 1.1, while diameters grow" in texts(first.disagreement)
    assert not second.disagreement  # no limit is published for later


# ---------------------------------------------------------------------------------- receptor volume


def scanned(week: float, tracer: str | None, **volumes: float) -> Examination:
    return seen(
        week,
        modality=Modality.RECEPTOR_PET,
        tracer=tracer,
        receptor_volumes_ml={name: about(ml, ml / 10) for name, ml in volumes.items()},
    )


def changes(first: Examination, second: Examination) -> dict[str, Direction]:
    (one,) = course(first, second).examinations
    return {change.method: change.direction for change in one.receptors}


def test_receptor_volumes_compare_within_method_and_tracer_only() -> None:
    before = scanned(0, "DOTATATE", half=100, fixed=80)
    assert changes(before, scanned(8, "DOTATATE", half=40, fixed=85)) == {
        "half": Direction.SMALLER,
        "fixed": Direction.WITHIN_ERROR,
    }
    assert changes(before, scanned(8, "DOTATATE", half=200)) == {
        "half": Direction.LARGER,
        "fixed": Direction.REFUSED,
    }
    for tracer in ("DOTATOC", None):
        assert set(changes(before, scanned(8, tracer, half=40, fixed=40)).values()) == {Direction.REFUSED}


def test_receptor_volumes_without_error_tell_no_direction() -> None:
    sure = scanned(0, "DOTATATE", half=100)
    bare = replace(scanned(8, "DOTATATE"), receptor_volumes_ml={"half": exactly(40.0)})
    gone = replace(bare, receptor_volumes_ml={"half": exactly(0.0)})
    assert changes(sure, bare) == {"half": Direction.NO_ERROR}
    assert changes(sure, gone) == {"half": Direction.SMALLER}


def test_progression_while_the_receptor_volume_shrinks_is_told() -> None:
    first = replace(scanned(0, "DOTATATE", half=100), lesions=(lesion("a", 30),))
    second = replace(scanned(8, "DOTATATE", half=40), lesions=(lesion("a", 45),))
    (one,) = course(first, second, targets=("a",)).examinations
    assert "PD by RECIST 1.1, while the receptor volume by half is smaller" in texts(one.disagreement)


# ---------------------------------------------------------------------------------- cautions


def cautions(*examinations: Examination, **more: Any) -> str:
    return texts(course(*examinations, **more).examinations[-1].cautions)


def test_progression_soon_after_radioligand_therapy() -> None:
    pair = (seen(0, lesion("a", 30)), seen(20, lesion("a", 45)))
    for week, expected in ((12, True), (4, False)):
        prrt = TreatmentPeriod(TreatmentKind.PRRT, START, START + timedelta(weeks=week))
        assert ("after radioligand therapy" in cautions(*pair, treatments=(prrt,))) is expected
    running = TreatmentPeriod(TreatmentKind.PRRT, START)
    assert "after radioligand therapy" in cautions(*pair, treatments=(running,))
    stable = (seen(0, lesion("a", 30)), seen(20, lesion("a", 30)))
    assert "radioligand" not in cautions(*stable, treatments=(running,))


def test_cysts_under_a_kinase_inhibitor() -> None:
    inhibitor = (TreatmentPeriod(TreatmentKind.KINASE_INHIBITOR, START),)
    grown = seen(8, lesion("a", 45, is_cystic=True))
    assert "Cystic: a." in cautions(seen(0, lesion("a", 30)), grown, treatments=inhibitor)
    assert "Cystic" not in cautions(seen(0, lesion("a", 30)), grown)
    unspoken = seen(8, lesion("a", 45))
    assert "not stated" in cautions(seen(0, lesion("a", 30)), unspoken, treatments=inhibitor)
    solid = seen(8, lesion("a", 45, is_cystic=False))
    assert "cystic" not in cautions(seen(0, lesion("a", 30)), solid, treatments=inhibitor)


def test_new_lesions_on_receptor_pet_after_another_tracer() -> None:
    on_pet = (NewLesion("n", "bone", Certainty.UNEQUIVOCAL, only_on_receptor_pet=True),)
    first = replace(scanned(0, "octreotide"), lesions=(lesion("a", 30),))
    for tracer, expected in (("DOTATATE", True), ("octreotide", False)):
        second = replace(scanned(8, tracer), lesions=(lesion("a", 30),), new_lesions=on_pet)
        assert ("The tracer is another" in cautions(first, second, targets=("a",))) is expected
    anew = replace(scanned(8, "DOTATATE"), lesions=(lesion("a", 30),), new_lesions=on_pet)
    assert "no such PET before" in cautions(seen(0, lesion("a", 30)), anew)


def test_examinations_that_differ_in_how_they_were_made() -> None:
    said = cautions(
        seen(0, lesion("a", 30)),
        seen(8, lesion("a", 30), modality=Modality.MR, slice_thickness_mm=4.0, **ARTERIAL),
    )
    assert (
        "modality changed from CT to MR" in said and "phase changed" in said and "not equally thick" in said
    )
    assert not cautions(seen(0, lesion("a", 30)), seen(8, lesion("a", 30)))


# ---------------------------------------------------------------------------------- all at once


def test_every_examination_answers_every_set_with_reasons() -> None:
    found = course(seen(0, lesion("a", 30), node("b", 20)), seen(8, lesion("a", 25), node("b", 18)))
    (one,) = found.examinations
    assert [answer.criteria for answer in one.answers] == list(Criteria)
    assert all(answer.reasons for answer in one.answers)
    assert one.answer(Criteria.MRECIST).word is Word.REFUSED
    assert found.best.best is Word.SD and found.targets.targets == ("a", "b")


def test_agreement_is_silent() -> None:
    pair = (
        seen(0, lesion("a", 50, attenuation_hu=about(100)), tumour_volume_ml=about(100)),
        seen(8, lesion("a", 50, attenuation_hu=about(98)), tumour_volume_ml=about(101)),
    )
    assert not course(*pair).examinations[0].disagreement


def test_a_baseline_alone_has_nothing_to_answer() -> None:
    found = course(seen(0, lesion("a", 30)))
    assert found.examinations == () and found.best.best is Word.NE and found.best.control_days == 0


def test_asymmetric_errors_reach_to_their_own_side() -> None:
    """In a difference the upper error of what is taken away reaches down: 10 (9..14) less 4 (4..7) is 6 (2.84..10)."""
    total = weighted_sum((1.0, Estimate(10, 9, 14)), (-1.0, Estimate(4, 4, 7)))
    assert (total.value, total.low, total.high) == pytest.approx((6, 6 - 10**0.5, 10))


def test_the_smallest_sums_are_those_that_compare() -> None:
    """A viable sum outside the arterial phase is no smallest one; a volume is compared with the smallest before."""
    portal = viable(16, 4, phase=Phase.PORTAL_VENOUS)
    assert (
        last(Criteria.MRECIST, viable(0, 40), viable(8, 20, embolised=True), portal, viable(24, 20)).word
        is Word.PR
    )
    volumes = [seen(8 * k, tumour_volume_ml=about(ml)) for k, ml in enumerate((100, 40, 70))]
    assert last(Criteria.VOLUME, *volumes).word is Word.PD  # 75 % above 40 mL, 30 % below baseline
