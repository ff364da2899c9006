"""The joint plan: pins and what contradicts them, liver lost once, the exact remnant, explanations, moved borders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nelm.errors import InputError
from nelm.guideline.feasibility import Feasible, Reason
from nelm.planner.joint.demands import AssignmentDemand, ChoiceDemand, JointPlanRequest
from nelm.planner.joint.explaining import explained
from nelm.planner.joint.front import Resolution, pareto_front
from nelm.planner.joint.plan import JointPlan, removed_percent
from nelm.planner.joint.problem import (
    AblationChoice,
    Action,
    EmbolisationChoice,
    Incompatible,
    JointProblem,
    LesionVolume,
    LimitKind,
    Limits,
    LiverCells,
    Obstacle,
    ResectionChoice,
)
from nelm.planner.joint.proposals import Aim, Proposals, proposals
from nelm.planner.joint.sensitivity import (
    FAVOURABLE,
    UNFAVOURABLE,
    achievable,
    random_shifts,
    sensitivity,
)
from nelm.planner.joint.solving import ProofStatus, Verify
from nelm.quantities import Estimate

GOALS = (90.0, 70.0)
NEAR_DUCT = Reason("4 mm from the right hepatic duct", Feasible.NO)


def exactly(value: float) -> Estimate:
    return Estimate(value, value, value)


def wedge(name: str, lesions: str, lost: set[int], *, burden: int = 1, cuts: str = "") -> ResectionChoice:
    return ResectionChoice(
        name,
        "wedge resection",
        frozenset(lesions.split()),
        frozenset(cuts.split()),
        frozenset(lost),
        burden,
        burden == 3,
    )


def liver(*, remnant_ml: float | None = 700.0) -> JointProblem:
    """Four lesions of 20, 10, 5 and 1 mL in a liver of 1000 mL: cells of 100, 200, 50, 250 and 400 mL."""
    return JointProblem(
        lesions=tuple(
            LesionVolume(name, Estimate(v, 0.8 * v, 1.2 * v))
            for name, v in (("L1", 20.0), ("L2", 10.0), ("L3", 5.0), ("L4", 1.0))
        ),
        resections=(
            wedge("wedge 1", "L1", {0}),
            wedge("wedge 2", "L2", {1}, burden=2),
            wedge("both", "L1 L2", {0, 1, 2}, burden=2),
            wedge("right half", "L1 L2 L3", {0, 1, 2, 3}, burden=3),
        ),
        ablations=(AblationChoice("needle 2", "L2", frozenset({2}), 1),),
        embolisations=(
            EmbolisationChoice("segment 3", frozenset({"L3"}), "left", 1),
            EmbolisationChoice("right lobe", frozenset({"L1", "L2"}), "right", 1),
        ),
        cells=LiverCells.exact(np.array([100.0, 200.0, 50.0, 250.0, 400.0])),
        limits=Limits(None if remnant_ml is None else exactly(remnant_ml)),
        obstacles=(Obstacle("L3", Action.ABLATE, (NEAR_DUCT,)), Obstacle("L4", Action.RESECT, (NEAR_DUCT,))),
        session_burden=1,
    )


def solved(
    problem: JointProblem | JointPlanRequest, verify: Verify | None = None, goals: tuple[float, ...] = GOALS
) -> Proposals:
    request = problem if isinstance(problem, JointPlanRequest) else JointPlanRequest(problem)
    return proposals(request, goals, verify=verify, time_limit_s=60.0)


def first(problem: JointProblem | JointPlanRequest, verify: Verify | None = None) -> tuple[Aim, JointPlan]:
    return solved(problem, verify).plans[0]


def doing(plan: JointPlan) -> dict[str, str]:
    return {one.lesion: str(one.action) for one in plan.assignments}


def test_least_residual_keeps_the_remnant_and_embolises_what_stays() -> None:
    _, plan = first(liver())
    assert doing(plan) == {"L1": "resect", "L2": "ablate", "L3": "embolise", "L4": "leave"}
    assert plan.taken == ("wedge 1", "needle 2", "segment 3")
    assert plan.residual_ml.value == 6.0 and plan.untreated_ml.value == 1.0
    assert plan.remnant_ml.value == 850.0
    assert (plan.burden.complexity, plan.burden.needles, plan.burden.sessions) == (1, 1, 1)
    assert plan.proof.status is ProofStatus.OPTIMAL and plan.proof.solver.startswith("CP-SAT of OR-tools 9.")


def test_liver_that_two_resections_share_is_lost_once() -> None:
    shared = replace(
        liver(remnant_ml=600.0), ablations=(), resections=(wedge("a", "L1", {0, 1}), wedge("b", "L2", {1, 2}))
    )
    _, plan = first(shared)
    assert plan.taken[:2] == ("a", "b")
    assert plan.remnant_ml.value == 1000 - (100 + 200 + 50)  # 450 if the middle were counted twice: below 600


def test_a_resection_that_cuts_a_lesion_needs_another_that_removes_it() -> None:
    cutting = replace(
        liver(), ablations=(), resections=(wedge("a", "L1", {0}, cuts="L2"), wedge("b", "L2", {1}))
    )
    assert set(first(cutting)[1].taken) >= {"a", "b"}
    alone = replace(cutting, resections=cutting.resections[:1])
    assert doing(first(alone)[1])["L1"] == "embolise"


def test_an_unknown_remnant_limit_is_said() -> None:
    _, plan = first(liver(remnant_ml=None))
    assert "right half" in plan.taken and plan.remnant_ml.value == 400.0
    assert any("smallest remnant that is safe is not known" in text for text in plan.remarks)


def test_a_liver_below_the_limit_loses_nothing_more() -> None:
    _, plan = first(liver(remnant_ml=1200.0))
    assert plan.remnant_ml.value == 1000.0 and not plan.burden.resections
    assert any("smaller than the smallest remnant already" in text for text in plan.remarks)


def test_no_lesions_is_a_plan() -> None:
    empty = JointProblem((), (), (), (), LiverCells.exact(np.array([900.0])), Limits(exactly(300.0)))
    found = solved(empty)
    assert all(not plan.taken and plan.removed_percent.value == 100 for _, plan in found.plans)
    front = pareto_front(JointPlanRequest(empty), Resolution(0, 0, 1, 10), verify=None, time_limit_s=60.0)
    assert len(front.plans) == 1
    states = achievable(JointPlanRequest(empty), (100.0,), verify=None, time_limit_s=60.0)
    assert states[0].state is Feasible.YES


def test_the_share_removed_counts_volume_and_takes_the_limits_apart() -> None:
    """Of 36 mL; what goes at its lower limit beside what stays at its upper one is the least share."""
    share = removed_percent(liver(), frozenset({"L2", "L4"}))
    assert share.value == pytest.approx(100 * 25 / 36)
    assert share.low == pytest.approx(100 * 20 / (20 + 13.2))
    assert share.high == pytest.approx(100 * 30 / (30 + 8.8))
    assert removed_percent(liver(), frozenset({"L1", "L2", "L3", "L4"})).value == 0


def test_a_lesion_that_nothing_reaches_is_left_with_its_obstacle() -> None:
    request = JointPlanRequest(liver())
    aim, plan = first(request)
    (why,) = explained(plan, aim, request, lesions=["L4"], verify=None, time_limit_s=60.0)
    assert why.assignment.action is Action.LEAVE
    texts = {one.action: one.text for one in why.alternatives}
    assert texts[Action.RESECT] == "4 mm from the right hepatic duct"
    assert texts[Action.ABLATE] == "nothing that was offered reaches it"


def test_explanations_come_from_solving() -> None:
    request = JointPlanRequest(liver())
    aim, plan = first(request)
    second, third = explained(plan, aim, request, lesions=["L2", "L3"], verify=None, time_limit_s=60.0)
    by = {one.action: one for one in second.alternatives}
    assert by[Action.RESECT].text == "+150.00 mL of liver lost, +1 of burden of resection and ablation"
    assert by[Action.RESECT].plan is not None and by[Action.RESECT].plan.taken[:2] == ("wedge 1", "wedge 2")
    assert "+10.00 mL of tumour neither resected nor ablated" in by[Action.EMBOLISE].text
    half = next(one for one in third.alternatives if one.action is Action.RESECT)
    assert half.against is not None and [one.kind for one in half.against.limits] == [LimitKind.REMNANT]
    assert half.text == "not possible: at least 700 mL of 1000 mL must stay"


def test_a_pin_is_kept_and_can_be_undone() -> None:
    before = JointPlanRequest(liver())
    request = before.pinned("L1", Action.LEAVE)
    plan = first(request)[1]
    assert doing(plan)["L1"] == "leave" and "right lobe" not in plan.taken
    assert first(request.pinned("L1", Action.RESECT))[1].action_on("L1") is Action.RESECT
    assert request.without(request.demands[0]).demands == before.demands == ()
    assert first(before.forbidden("L2", Action.ABLATE))[1].action_on("L2") is Action.RESECT
    assert "wedge 1" not in first(before.leaving_out("wedge 1"))[1].taken
    assert "both" in first(JointPlanRequest(liver(remnant_ml=600.0)).taking("both"))[1].taken
    assert before.taking("both").leaving_out("both").demands == (ChoiceDemand("both", False),)


def test_contradicting_pins_are_refused_by_name_and_no_other() -> None:
    request = (
        JointPlanRequest(liver())
        .pinned("L2", Action.ABLATE)
        .pinned("L3", Action.RESECT)
        .pinned("L4", Action.LEAVE)
    )
    with pytest.raises(InputError) as refused:
        solved(request)
    assert [one.value for one in refused.value.problems] == ["L2: ablate", "L3: resect"]
    free = replace(liver(), limits=Limits(None), resections=liver().resections[:3])
    with pytest.raises(InputError, match="L3: resect") as refused:
        solved(JointPlanRequest(free).pinned("L3", Action.RESECT).pinned("L1", Action.RESECT))
    assert len(refused.value.problems) == 1
    with pytest.raises(InputError, match="4 mm from the right hepatic duct"):
        solved(JointPlanRequest(liver()).pinned("L3", Action.ABLATE))


def test_a_contradiction_names_the_limit() -> None:
    limited = replace(liver(), limits=Limits(exactly(200.0), areas=1, ablations=0, sessions=3))
    request = JointPlanRequest(limited).taking("wedge 1").taking("wedge 2")
    with pytest.raises(InputError, match="number of resections at most 1") as refused:
        solved(request)
    assert "ablations" not in str(refused.value)
    pair = (Incompatible("wedge 1", "needle 2", "the needle would cross the wound"),)
    with pytest.raises(InputError, match="the needle would cross the wound"):
        solved(JointPlanRequest(replace(liver(), incompatible=pair)).taking("wedge 1").taking("needle 2"))


def test_goals_out_of_reach_name_what_stands_against_them() -> None:
    found = solved(liver(remnant_ml=880.0))
    missed = {one.aim.goal_percent: one.against for one in found.unreachable}
    assert set(missed) == {90.0, 70.0}
    assert {one.kind for one in missed[70.0].limits} == {LimitKind.REMNANT, LimitKind.GOAL}
    names = [plan.name for _, plan in solved(liver()).plans]
    assert names[-1] == "nothing: every lesion left" and "least burden that removes 70 %" in names


def test_an_exact_remnant_that_is_smaller_is_learnt() -> None:
    asked: list[frozenset[str]] = []

    def exact(resections: frozenset[str]) -> Estimate:
        asked.append(resections)
        cells = {cell for one in liver().resections if one.name in resections for cell in one.lost}
        kept = 1000.0 - sum(liver().cells.volume_ml[sorted(cells)])
        return exactly(kept - 300.0 if "wedge 1" in resections else kept)

    _, plan = first(liver(remnant_ml=600.0), exact)
    assert "wedge 1" not in plan.taken and frozenset({"wedge 1"}) in asked
    assert "both" in plan.taken and plan.proof.corrected == 1
    assert len(asked) == len(set(asked))
    assert any("measured: 650 mL" in text for text in plan.remarks)


def test_unknown_feasibility_is_used_and_said() -> None:
    doubt = Reason("angle to the liver's surface", Feasible.UNKNOWN)
    problem = replace(liver(), ablations=(replace(liver().ablations[0], reasons=(doubt,)),))
    _, plan = first(problem)
    assert "needle 2" in plan.taken
    assert any(text.startswith("needle 2: whether it can be done is unknown") for text in plan.remarks)
    assert not problem.only_certain().ablations


def test_what_is_wrong_with_a_problem_is_refused() -> None:
    good = liver()
    for changes, message in (
        ({"lesions": (*good.lesions, good.lesions[0])}, "every name once"),
        ({"resections": (wedge("a", "L9", {0}),)}, "a lesion of the problem"),
        ({"resections": (wedge("a", "L1", {9}),)}, "cells from 0 to 4"),
        ({"resections": (wedge("a", "L1", {0}, cuts="L1"),)}, "not both"),
        ({"resections": (replace(good.resections[0], removed=frozenset({1})),)}, "part of what is lost"),
        ({"resections": (wedge("a", "L1", {0}, burden=0),)}, "burden of 1 or more"),
        ({"ablations": (AblationChoice("n", "L1", frozenset(), 1, (NEAR_DUCT,)),)}, "obstacles"),
        ({"incompatible": (Incompatible("wedge 1", "nobody", ""),)}, "the name of a choice"),
        ({"limits": Limits(None, areas=-1)}, "0 or more"),
        ({"cells": LiverCells.exact(np.array([-1.0] * 5))}, "0 mL or more"),
    ):
        with pytest.raises(InputError, match=message):
            replace(good, **changes)
    with pytest.raises(InputError, match="a lesion of the problem"):
        JointPlanRequest(good, (AssignmentDemand("L9", Action.LEAVE, True),))


def test_a_front_that_is_cut_says_so() -> None:
    request = JointPlanRequest(liver())
    whole = pareto_front(request, Resolution(0, 0, 1, 100), verify=None, time_limit_s=60.0)
    cut = pareto_front(request, Resolution(0, 0, 1, 2), verify=None, time_limit_s=60.0)
    assert len(whole.plans) > 2 == len(cut.plans) and cut.is_cut and cut.remarks and not whole.is_cut


def test_every_named_plan_lies_on_the_front() -> None:
    request = JointPlanRequest(liver())
    front = pareto_front(request, Resolution(0, 0, 1, 100), verify=None, time_limit_s=60.0)
    points = {(one.tally.residual, one.tally.lost, one.tally.removal_burden) for one in front.plans}
    for _, plan in solved(request).plans:
        assert (plan.tally.residual, plan.tally.lost, plan.tally.removal_burden) in points


def unsure() -> JointProblem:
    """The same liver with borders that are off by a tenth."""
    volumes = liver().cells.volume_ml
    return replace(
        liver(),
        cells=LiverCells(volumes, 0.9 * volumes, 1.1 * volumes),
        limits=Limits(Estimate(690.0, 650.0, 740.0)),
    )


def test_moved_borders_change_what_they_must() -> None:
    # resecting L2 leaves 700 of 1000 mL: allowed at 690, not when the liver shrinks by a tenth or the limit rises
    request = JointPlanRequest(replace(unsure(), ablations=()))
    aim, plan = first(request)
    assert plan.action_on("L2") is Action.RESECT
    found = sensitivity(plan, aim, request, shifts=(UNFAVOURABLE, FAVOURABLE), verify=None, time_limit_s=60.0)
    worst, best = found.outcomes
    assert not worst.holds and best.holds
    assert found.stable == {"L1", "L3", "L4"} and found.share_same("L2") == 0.5
    assert worst.residual_ml == pytest.approx(1.2 * (10 + 5 + 1))
    assert found.residual_ml is not None and found.residual_ml[0] < found.residual_ml[1]


def test_drawn_shifts_follow_their_generator() -> None:
    shifts = random_shifts(200, np.random.default_rng(1))
    assert shifts == random_shifts(200, np.random.default_rng(1))
    drawn = np.array([(one.lesions, one.liver, one.remnant) for one in shifts])
    assert np.abs(drawn).max() <= 1
    # 1 / 1.96 is the standard deviation; the cut at the limits takes some of it, 600 draws leave 3 % of noise
    assert drawn.std() == pytest.approx(0.49, abs=0.04)


def test_what_can_be_achieved_is_known_or_not() -> None:
    request = JointPlanRequest(unsure())
    # at worst L1 and L2 at 16 and 8 of 7.2 mL more: 76.9 %; at best 24 and 12 of 4.8 more: 88.2 %
    states = {
        one.goal_percent: one.state
        for one in achievable(request, (100.0, 90.0, 80.0, 70.0), verify=None, time_limit_s=60.0)
    }
    assert states == {100.0: Feasible.NO, 90.0: Feasible.NO, 80.0: Feasible.UNKNOWN, 70.0: Feasible.YES}
    unlimited = JointPlanRequest(replace(unsure(), limits=Limits(None)))
    (state,) = achievable(unlimited, (70.0,), verify=None, time_limit_s=60.0)
    assert state.state is Feasible.UNKNOWN and "not known" in state.text
