"""The Pareto front: plans that nothing betters in tumour left, liver kept and burden of removal at once.

For every burden, highest first, the plans are walked from the least tumour left to the least liver lost: the next plan
must lose less liver by at least the resolution, or may leave more tumour by no more than the resolution, whichever
leads further. Each plan is solved in the order tumour, liver, burden, so each is on the front; and every plan there is
has one on the list that leaves no more than the resolution more tumour, or loses no more than the resolution more
liver, and is no worse in the rest. With a resolution of zero the list is the whole front.

What stays may be embolised: among equal plans the one that leaves least tumour untreated is shown. The burden of
embolisation is told and is no axis, since it removes nothing and would never pay for itself there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nelm.planner.joint.contradiction import contradiction, refusal
from nelm.planner.joint.counting import Objective, cell_units, lesion_units
from nelm.planner.joint.demands import JointPlanRequest
from nelm.planner.joint.plan import JointPlan, plan_of
from nelm.planner.joint.proposals import LAST
from nelm.planner.joint.solving import Answer, Bound, Search, Verify, optimum, search_of

_TUMOUR_FIRST = (Objective.RESIDUAL, Objective.LOST, Objective.REMOVAL_BURDEN, *LAST)
_LIVER_FIRST = (Objective.LOST, Objective.RESIDUAL, Objective.REMOVAL_BURDEN, *LAST)


@dataclass(frozen=True, slots=True)
class Resolution:
    """How closely plans may lie.

    Parameters
    ----------
    residual_percent : Of the tumour's volume [%].
    liver_percent : Of the healthy liver [%].
    burden : Points of the burden of removal, at least 1.
    plans : After how many the front is cut.
    """

    residual_percent: float
    liver_percent: float
    burden: int
    plans: int


@dataclass(frozen=True, slots=True)
class Front:
    """Plans that nothing betters.

    Parameters
    ----------
    plans : By tumour left, then liver lost.
    resolution : How closely they lie.
    is_cut : Whether there are more than were asked for.
    programmes : How many were solved.
    remarks : What was left out, if anything.
    """

    plans: tuple[JointPlan, ...]
    resolution: Resolution
    is_cut: bool
    programmes: int
    remarks: tuple[str, ...]


@dataclass(slots=True)
class _Walk:
    """A front while it is walked: the search, what was solved under which bounds, and the answers so far."""

    search: Search
    solved: list[tuple[tuple[Objective, ...], int | None, int | None, Answer | None]]
    answers: dict[tuple[int, int, int], Answer]
    programmes: int = 0


def pareto_front(
    request: JointPlanRequest, resolution: Resolution, *, verify: Verify | None, time_limit_s: float
) -> Front:
    """The front of a request.

    Parameters
    ----------
    resolution : How closely plans may lie, and how many are wanted at most.
    verify, time_limit_s : As for `proposals`.

    Raises
    ------
    InputError : Demands that no plan meets.
    """
    search = search_of(request.problem, request.demands, verify=verify, time_limit_s=time_limit_s)
    walk = _Walk(search, [], {})
    burden: int | None = None
    is_cut = False
    while burden is None or burden >= 0:
        highest = -1
        for answer in _curve(walk, burden, resolution):
            highest = max(highest, answer.tally.removal_burden)
            is_cut = len(walk.answers) > resolution.plans
            if is_cut:
                break
        if burden is None and highest < 0:
            raise refusal(request.problem, contradiction(walk.search))
        if is_cut or highest < 0:
            break
        burden = highest - resolution.burden
    first = list(walk.answers.values())[: resolution.plans]
    answers = sorted(first, key=lambda one: (one.tally.residual, one.tally.lost))
    plans = tuple(plan_of("on the front", answer, walk.search) for answer in answers)
    remark = f"cut after {resolution.plans} plans: those of lower burden are missing"
    return Front(plans, resolution, is_cut, walk.programmes, (remark,) if is_cut else ())


def _curve(walk: _Walk, burden: int | None, resolution: Resolution) -> Iterator[Answer]:
    """The plans of one burden or less, from the least tumour left to the least liver lost."""
    problem = walk.search.problem
    liver = int(resolution.liver_percent * int(cell_units(problem).sum()) / 100)
    tumour = int(resolution.residual_percent * int(lesion_units(problem).sum()) / 100)
    answer = _next(walk, _TUMOUR_FIRST, burden=burden, bound=None)
    while answer is not None:
        yield answer
        if tumour:
            further = _next(walk, _LIVER_FIRST, burden=burden, bound=answer.tally.residual + tumour)
            if further is not None and further.tally.lost < answer.tally.lost:
                answer = further
                yield answer
        answer = _next(walk, _TUMOUR_FIRST, burden=burden, bound=answer.tally.lost - max(1, liver))


def _next(
    walk: _Walk, order: tuple[Objective, ...], *, burden: int | None, bound: int | None
) -> Answer | None:
    """The plan under these bounds, from an earlier one where that settles it."""
    if bound is not None and bound < 0:
        return None
    second = order[1]
    for earlier, most_burden, most, answer in walk.solved:
        looser = earlier is order and _within(burden, most_burden) and _within(bound, most)
        if looser and (
            answer is None
            or (_fits(answer, Objective.REMOVAL_BURDEN, burden) and _fits(answer, second, bound))
        ):
            return answer
    bounds = [Bound(Objective.REMOVAL_BURDEN, burden)] if burden is not None else []
    bounds += [Bound(second, bound)] if bound is not None else []
    answer, walk.search = optimum(walk.search, order, bounds, known=tuple(walk.answers.values()))
    walk.solved.append((order, burden, bound, answer))
    if answer is not None:
        walk.programmes += answer.proof.programmes
        walk.answers.setdefault(
            (answer.tally.residual, answer.tally.lost, answer.tally.removal_burden), answer
        )
    return answer


def _within(value: int | None, most: int | None) -> bool:
    """Whether one bound is at least as tight as another."""
    return most is None or (value is not None and value <= most)


def _fits(answer: Answer, objective: Objective, most: int | None) -> bool:
    return most is None or answer.tally.of(objective) <= most
