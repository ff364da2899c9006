"""What is wrong with a joint problem as it was put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nelm.errors import Problem, shown
from nelm.guideline.feasibility import Feasible

if TYPE_CHECKING:
    from nelm.planner.joint.problem import JointProblem


def faults_of(problem: JointProblem) -> tuple[Problem, ...]:
    """Everything that is wrong; empty where the problem can be solved."""
    return (
        *_doubled(problem),
        *_volumes(problem),
        *_choices(problem),
        *_lost_liver(problem),
        *_pairs(problem),
        *_limits(problem),
    )


def _doubled(problem: JointProblem) -> Iterator[Problem]:
    for place, names in (
        ("lesions", [one.name for one in problem.lesions]),
        ("choices", [one.name for one in problem.choices]),
    ):
        for name, count in Counter(names).items():
            if count > 1:
                yield Problem(place, shown(name), "every name once", "Rename or remove one.")


def _volumes(problem: JointProblem) -> Iterator[Problem]:
    for one in problem.lesions:
        if one.volume_ml.low < 0:
            yield Problem(f"lesions.{one.name}", shown(one.volume_ml.low), "volumes of 0 mL or more")
    cells = problem.cells
    shapes = {part.shape for part in (cells.volume_ml, cells.low_ml, cells.high_ml)}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1:
        yield Problem("cells", shown(sorted(shapes)), "three arrays of one length")
    elif not (
        (cells.low_ml >= 0) & (cells.low_ml <= cells.volume_ml) & (cells.volume_ml <= cells.high_ml)
    ).all():
        yield Problem("cells", "", "volumes of 0 mL or more, each between its limits")


def _choices(problem: JointProblem) -> Iterator[Problem]:
    known = {one.name for one in problem.lesions}
    for one in problem.choices:
        place = f"choices.{one.name}"
        for name in sorted(one.treats - known):
            yield Problem(place, shown(name), "a lesion of the problem")
        if not one.treats:
            yield Problem(place, "", "at least one lesion that it treats", "Leave it out.")
        if one.burden < 1:
            yield Problem(place, shown(one.burden), "a burden of 1 or more")
        if any(reason.state is Feasible.NO for reason in one.reasons):
            yield Problem(
                place, "not feasible", "feasible or unknown", "Put its reasons among the obstacles."
            )
    for one in problem.resections:
        for name in sorted(one.cuts - known):
            yield Problem(f"choices.{one.name}", shown(name), "a lesion of the problem")
        if both := sorted(one.lesions & one.cuts):
            found, wanted = ", ".join(both), "a lesion either removed or cut through, not both"
            yield Problem(f"choices.{one.name}", found, wanted)


def _lost_liver(problem: JointProblem) -> Iterator[Problem]:
    count = problem.cells.volume_ml.size
    for one in (*problem.resections, *problem.ablations):
        if wrong := sorted(cell for cell in one.lost if not 0 <= cell < count):
            yield Problem(f"choices.{one.name}", f"cell {wrong[0]}", f"cells from 0 to {count - 1}")
    for one in problem.resections:
        if one.removed is not None and not one.removed <= one.lost:
            yield Problem(f"choices.{one.name}", "", "what is cut out to be a part of what is lost")


def _pairs(problem: JointProblem) -> Iterator[Problem]:
    known = {one.name for one in problem.choices}
    for pair in problem.incompatible:
        for name in sorted({pair.first, pair.second} - known):
            yield Problem("incompatible", shown(name), "the name of a choice")
        if pair.first == pair.second:
            yield Problem("incompatible", shown(pair.first), "two different choices")


def _limits(problem: JointProblem) -> Iterator[Problem]:
    limits = problem.limits
    for name in ("areas", "major", "complexity", "ablations", "sessions"):
        value = getattr(limits, name)
        if value is not None and value < 0:
            yield Problem(f"limits.{name}", shown(value), "0 or more, or nothing where there is no limit")
    if limits.remnant_ml is not None and limits.remnant_ml.low < 0:
        yield Problem("limits.remnant_ml", shown(limits.remnant_ml.low), "0 mL or more")
    if problem.session_burden < 0:
        yield Problem("session_burden", shown(problem.session_burden), "0 or more")
