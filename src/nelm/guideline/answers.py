"""Criteria of an option answered for one patient, as reasons for or against treating a lesion."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nelm.guideline.compiling import Layers, evaluate
from nelm.guideline.criteria import Criterion, Kind
from nelm.guideline.facts import fact_specs
from nelm.guideline.feasibility import Reason, state_of
from nelm.guideline.frames import frame_of
from nelm.guideline.therapy import PatientView
from nelm.quantities import Estimate, Interval
from nelm.quantities.answers import negated


def truths(criteria: Sequence[Criterion], patient: PatientView) -> tuple[bool | None, ...]:
    """Whether each criterion's statement holds; None while it is not known (numbers of the patient are intervals)."""
    specs = fact_specs()
    row = {
        name: value
        for name, value in patient.values.items()
        if name in specs and isinstance(value, bool | str | Interval)
    }
    frame = frame_of([row])
    named = {f"criterion {place}": item.test for place, item in enumerate(criteria)}
    found = evaluate(frame, Layers(), named)
    return tuple(found[name][0] for name in named)


def exclusions(criteria: Sequence[Criterion], patient: PatientView) -> tuple[Reason, ...]:
    """What rules an option out for this patient: met says no, not met says yes, unknown stays unknown.

    Parameters
    ----------
    criteria : Of any kind; those that exclude are answered.
    """
    asked = [item for item in criteria if item.kind is Kind.EXCLUDES]
    answers = zip(asked, truths(asked, patient), strict=True)
    return tuple(_reason(item, truth, patient) for item, truth in answers)


def cautions(criteria: Sequence[Criterion], patient: PatientView) -> tuple[str, ...]:
    """Statements of the cautions that hold for this patient."""
    asked = [item for item in criteria if item.kind is Kind.CAUTION]
    answers = zip(asked, truths(asked, patient), strict=True)
    return tuple(item.entry.statement for item, truth in answers if truth)


def _reason(criterion: Criterion, truth: bool | None, patient: PatientView) -> Reason:
    """One exclusion; a single number that it rests on is shown."""
    statement = criterion.entry.statement
    lacking = [name for name in criterion.facts if patient.values.get(name) is None]
    text = {
        True: statement,
        False: f"Does not hold: {statement}",
        None: f"Not known whether it holds ({', '.join(lacking) or 'the limits straddle it'}): {statement}",
    }[truth]
    number = patient.number(criterion.facts[0]) if len(criterion.facts) == 1 else None
    limit = criterion.limits[0] if criterion.limits else criterion.entry
    return Reason(
        text, state_of(negated(truth)), _estimate(number), (limit.unit or "") if number else "", limit
    )


def _estimate(number: Interval | None) -> Estimate | None:
    """The middle of an interval with its ends; the only end of an open one."""
    if number is None:
        return None
    ends = [end for end in (number.low, number.high) if math.isfinite(end)]
    return Estimate(sum(ends) / len(ends), number.low, number.high) if ends else None
