"""Short ways to write a course of examinations in tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from nelm.followup.examinations import Examination, LesionFinding, LesionState, Modality, NewLesion, Phase
from nelm.quantities import Estimate

START = date(2026, 1, 1)


def about(value: float, plus_minus: float = 0.0) -> Estimate:
    """A number with its error."""
    return Estimate(value, value - plus_minus, value + plus_minus)


def lesion(name: str, size: float | LesionState, organ: str = "liver", **more: Any) -> LesionFinding:
    """A lesion with a longest diameter, or with a state; `error` is that of the diameter."""
    error = more.pop("error", 0.0)
    if isinstance(size, LesionState):
        return LesionFinding(name, organ, size, **more)
    return LesionFinding(name, organ, LesionState.MEASURED, longest_mm=about(size, error), **more)


def node(name: str, size: float | LesionState, **more: Any) -> LesionFinding:
    """A lymph node with a short axis, or with a state."""
    error = more.pop("error", 0.0)
    if isinstance(size, LesionState):
        return LesionFinding(name, "mesentery", size, is_node=True, **more)
    return LesionFinding(
        name, "mesentery", LesionState.MEASURED, is_node=True, short_axis_mm=about(size, error), **more
    )


def seen(
    week: float, *lesions: LesionFinding, new: tuple[NewLesion, ...] | None = (), **more: Any
) -> Examination:
    """An examination some weeks after the baseline: CT, portal venous, slices of 2 mm, no new lesion."""
    how: dict[str, Any] = {
        "modality": Modality.CT,
        "phase": Phase.PORTAL_VENOUS,
        "slice_thickness_mm": 2.0,
        **more,
    }
    return Examination(START + timedelta(weeks=week), lesions=lesions, new_lesions=new, **how)
