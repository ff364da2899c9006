"""Change of the receptor-expressing volume, for one method of drawing and one tracer [ejhi2021_sstr]."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nelm.followup.answers import Reason
from nelm.followup.examinations import Examination, Modality
from nelm.followup.margins import percent_change, weighted_sum
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.quantities import Estimate


class Direction(StrEnum):
    """How a volume changed."""

    SMALLER = "smaller"
    LARGER = "larger"
    WITHIN_ERROR = "no change beyond the error"
    NO_ERROR = "not told: a volume came without its error"
    REFUSED = "not comparable"


@dataclass(frozen=True, slots=True)
class ReceptorChange:
    """Change of the receptor volume by one method; no response, as no limit is accepted.

    Parameters
    ----------
    method : How the volume was drawn.
    direction : Smaller, larger, within the error, not told, or not comparable.
    change_percent : None where not comparable or not defined.
    reasons : Why.
    """

    method: str
    direction: Direction
    change_percent: Estimate | None
    reasons: tuple[Reason, ...]


def receptor_changes(
    earlier: Examination, later: Examination, *, known: ResponseKnowledge
) -> tuple[ReceptorChange, ...]:
    """The change by every method that either examination has, never across tracers or methods."""
    methods = sorted({*earlier.receptor_volumes_ml, *later.receptor_volumes_ml})
    return tuple(_change(earlier, later, method, known) for method in methods)


def _change(
    earlier: Examination, later: Examination, method: str, known: ResponseKnowledge
) -> ReceptorChange:
    against = _against(earlier, later, method)
    if against:
        reason = Reason(against, known.receptor_same_method)
        return ReceptorChange(method, Direction.REFUSED, None, (reason,))
    before, after = earlier.receptor_volumes_ml[method], later.receptor_volumes_ml[method]
    difference = weighted_sum((1.0, after), (-1.0, before))
    if any(one.value > 0 and one.low == one.high for one in (before, after)):
        direction = Direction.NO_ERROR
    elif difference.low > 0:
        direction = Direction.LARGER
    elif difference.high < 0:
        direction = Direction.SMALLER
    else:
        direction = Direction.WITHIN_ERROR
    text = f"Receptor volume by {method}: {before.value:.0f} to {after.value:.0f} mL."
    reasons = (Reason(text), Reason(known.receptor_no_limit.statement, known.receptor_no_limit))
    return ReceptorChange(method, direction, percent_change(after, before), reasons)


def _against(earlier: Examination, later: Examination, method: str) -> str:
    """Why the two do not compare; empty if they do."""
    for each in (earlier, later):
        if method not in each.receptor_volumes_ml:
            return f"{each.day.isoformat()} has no volume by {method}."
        if each.modality not in (Modality.RECEPTOR_PET, None):
            return f"{each.day.isoformat()} is no receptor PET."
        if each.tracer is None:
            return f"The tracer of {each.day.isoformat()} is not known."
    if earlier.tracer != later.tracer:
        return f"The tracer changed from {earlier.tracer} to {later.tracer}."
    return ""
