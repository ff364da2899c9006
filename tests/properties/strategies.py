"""Random patients as rows of facts: any fact may be unknown, a number may be an interval."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import strategies as st

from nelm.guideline.facts import FactSpec, fact_specs, is_no_unless_said
from nelm.knowledge import load_knowledge
from nelm.planner.evaluation import current_guideline
from nelm.quantities import Interval

GUIDELINE = current_guideline(load_knowledge())
USED = tuple(GUIDELINE.asked.facts)
LIMITS = GUIDELINE.asked.limits
SPECS = fact_specs()


def values(spec: FactSpec) -> tuple[Any, ...]:
    """Values worth trying: for a number the limits themselves, their neighbours and the usual range."""
    if spec.kind == "boolean":
        return (True, False)
    if spec.kind == "category":
        return spec.values
    limits = LIMITS.get(spec.name, ())
    near = [value + step for value in limits for step in (-0.5, 0.0, 0.5)]
    numbers = sorted({abs(value) for value in (*near, *spec.probes, 1.0, 10.0)})
    exact = [Interval.exact(value) for value in numbers]
    wide = [Interval(a, b) for a, b in pairwise(numbers)]
    return (*exact, *wide)


SEEDS = st.integers(min_value=0, max_value=2**32 - 1).map(Random)


@st.composite
def patients(draw: st.DrawFn, known: float = 0.5) -> Mapping[str, Any]:
    """A row of facts; about the share `known` of the facts that rules use is set."""
    seed = draw(SEEDS)
    row = {name: seed.choice(values(SPECS[name])) for name in USED if seed.random() < known}
    unless_said = {name: False for name in SPECS if is_no_unless_said(name)}
    return {**unless_said, **row}
