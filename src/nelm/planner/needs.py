"""Needs of an option, and what to find out first, from the what-if rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from nelm.guideline.criteria import Kind, State, Verdict
from nelm.guideline.facts import fact_specs
from nelm.guideline.row import PatientRow
from nelm.planner.plan import AnsweredCriterion, Consequence, Need, NextFact
from nelm.planner.probing import LISTS, PLACES, Probe, asked_as, list_of
from nelm.quantities import Interval

OPEN = (Verdict.RECOMMENDED, Verdict.OPTION, Verdict.UNDETERMINED)


@dataclass(frozen=True)
class WhatIf:
    """The answers tried, and for each option the verdict as it is (first) and after each answer."""

    probes: tuple[Probe, ...]
    verdicts: Mapping[str, tuple[Verdict, ...]]

    @cached_property
    def places(self) -> Mapping[str, tuple[int, ...]]:
        """For each fact asked the places of its answers."""
        found: dict[str, list[int]] = {}
        for place, probe in enumerate(self.probes):
            found.setdefault(probe.fact, []).append(place)
        return {name: tuple(places) for name, places in found.items()}

    def after(self, option: str, fact: str) -> tuple[Consequence, ...]:
        """What each answer to a fact would make of an option."""
        results = self.verdicts[option]
        return tuple(Consequence(self.probes[i].value, results[i + 1]) for i in self.places.get(fact, ()))

    @cached_property
    def moved(self) -> Mapping[str, frozenset[str]]:
        """For each fact asked the options whose verdict some answer changes."""
        found: dict[str, set[str]] = {}
        for option, (now, *results) in self.verdicts.items():
            for probe, verdict in zip(self.probes, results, strict=True):
                if verdict is not now:
                    found.setdefault(probe.fact, set()).add(option)
        return {name: frozenset(options) for name, options in found.items()}


def open_criteria(criteria: Sequence[AnsweredCriterion]) -> tuple[AnsweredCriterion, ...]:
    """The requirements and exclusions that are unknown."""
    deciding = (Kind.REQUIRES, Kind.EXCLUDES)
    return tuple(item for item in criteria if item.kind in deciding and item.state is State.UNKNOWN)


def _missing(criterion: AnsweredCriterion, row: PatientRow) -> list[str]:
    """The facts of a criterion that are unknown, or known too loosely."""
    loose: list[str] = []
    for name in criterion.facts:
        cell = row.cells.get(name)
        if cell is None or (isinstance(cell.value, Interval) and not cell.value.is_exact):
            loose.append(name)
    return loose


def needs(
    option: str, criteria: Sequence[AnsweredCriterion], row: PatientRow, whatif: WhatIf
) -> tuple[Need, ...]:
    """The facts still missing for an option, those first that can move its verdict alone."""
    asked: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for item in open_criteria(criteria) for name in _missing(item, row)):
        asked.setdefault(asked_as(name), []).append(name)
    found = [
        Need(name, tuple(told for fact in facts for told in _telling(whatif, option, fact)))
        for name, facts in asked.items()
    ]
    return tuple(sorted(found, key=lambda need: not need.consequences))


def _telling(whatif: WhatIf, option: str, fact: str) -> tuple[Consequence, ...]:
    """The answers that move the verdict."""
    now = whatif.verdicts[option][0]
    return tuple(item for item in whatif.after(option, fact) if item.verdict is not now)


def next_facts(
    criteria: Mapping[str, Sequence[AnsweredCriterion]], row: PatientRow, whatif: WhatIf
) -> tuple[NextFact, ...]:
    """Every unknown fact that could move a verdict, the most telling first.

    A fact ranks by the options still open that wait for it, then by the verdicts that it alone can move, then
    by the order of the columns. Facts of a list are asked together ("any other disease?").
    """
    waiting: dict[str, dict[str, None]] = {}
    for option, answered in criteria.items():
        if whatif.verdicts[option][0] in OPEN:
            for item in open_criteria(answered):
                for name in _missing(item, row):
                    waiting.setdefault(list_of(name) or asked_as(name), {})[option] = None
    asked: dict[str, list[str]] = {name: [] for name in waiting}
    for fact in whatif.places:
        asked.setdefault(list_of(fact) or asked_as(fact), []).append(fact)
    found = [
        _next_fact(name, facts, row, whatif, needed_by=tuple(waiting.get(name, ())))
        for name, facts in asked.items()
    ]
    telling = [item for item in found if item.settles or item.needed_by]
    order = {name: place for place, name in enumerate([*fact_specs(), *LISTS, *PLACES])}
    return tuple(
        sorted(telling, key=lambda item: (-len(item.needed_by), -len(item.settles), order[item.fact]))
    )


def _next_fact(
    name: str, facts: Sequence[str], row: PatientRow, whatif: WhatIf, *, needed_by: tuple[str, ...]
) -> NextFact:
    moved = frozenset[str]().union(*(whatif.moved.get(fact, frozenset()) for fact in facts))
    settles = tuple(option for option in whatif.verdicts if option in moved)
    if name in LISTS:
        return NextFact(name, LISTS[name][1], "history", settles, needed_by)
    if name in PLACES:
        return NextFact(name, *PLACES[name], settles, needed_by)
    spec = fact_specs()[name]
    return NextFact(name, spec.meaning, spec.answered_by, settles, needed_by, measurement=name in row.cells)
