"""The guideline as a whole: every option of every therapy over the columns, for one row or a registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from nelm.guideline.compiling import Layers
from nelm.guideline.criteria import OptionRule, requires
from nelm.guideline.facts import boolean as boolean_fact
from nelm.guideline.findings.all import Facts, derived_facts
from nelm.guideline.findings.listing import ReportedFinding, reported
from nelm.guideline.logic import Boolean, Node
from nelm.guideline.therapy import Therapy, TrialMatch
from nelm.guideline.verdicts import Columns, distinct, statements, verdict_expression
from nelm.knowledge import Entry, Knowledge
from nelm.planner.conflicts import conflict_statements
from nelm.planner.probing import Asked, asked_of
from nelm.planner.sequence import SequenceKnowledge
from nelm.therapies import THERAPIES

AS_WRITTEN = pl.QueryOptFlags.none()
"""A few rows are quicker without the query optimiser."""


@dataclass(frozen=True, slots=True)
class PlannerKnowledge:
    """Entries of `planner.toml`."""

    not_declined: Entry


@dataclass(frozen=True, slots=True)
class Guideline:
    """All rules, compiled: derived facts in layers, criteria and positions, verdicts.

    `outlook` maps options to their trials, `extras` are statements that only a single plan needs.
    """

    knowledge: Knowledge
    facts: Facts
    options: tuple[OptionRule, ...]
    therapies: Mapping[str, Therapy]
    outlook: Mapping[str, tuple[TrialMatch, ...]]
    layers: Layers
    columns: tuple[tuple[pl.Expr, ...], ...]
    places: Columns
    criteria: tuple[pl.Expr, ...]
    verdicts: tuple[pl.Expr, ...]
    extras: tuple[pl.Expr, ...]
    asked: Asked
    reported: tuple[ReportedFinding, ...]

    def option(self, identifier: str) -> OptionRule:
        """The option of this identifier; KeyError when there is none."""
        return next(rule for rule in self.options if rule.id == identifier)

    def evaluate(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with derived facts, all statements (extras as well) and one verdict column an option."""
        query = self.derived(frame).with_columns(*self.criteria, *self.extras).with_columns(self.verdicts)
        return query.collect(optimizations=AS_WRITTEN)

    def derived(self, frame: pl.DataFrame) -> pl.LazyFrame:
        """The frame with the derived facts."""
        query = frame.lazy()
        for layer in self.columns:
            query = query.with_columns(layer)
        return query

    def verdict_frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The verdicts alone, one column an option."""
        query = self.derived(frame).with_columns(self.criteria).select(self.verdicts)
        return query.collect()


def _with_refusal(option: OptionRule, known: PlannerKnowledge) -> OptionRule:
    """The option, not indicated when the patient declined it; unless listed, nothing was declined."""
    declined = boolean_fact(f"preferences.declined.{option.id}")
    return replace(option, criteria=(*option.criteria, requires(~declined, known.not_declined)))


def _group_nodes(facts: Facts) -> list[Node]:
    """Every derived fact, reached or not by a criterion."""
    nodes: list[object] = []
    for group_name in facts.__dataclass_fields__:
        group = getattr(facts, group_name)
        nodes += [getattr(group, name) for name in group.__dataclass_fields__]
    return [node for node in nodes if isinstance(node, Node)]


def _entry_criteria(outlook: Mapping[str, tuple[TrialMatch, ...]]) -> Iterator[Boolean]:
    """The tests of the entry criteria of all trials."""
    for matches in outlook.values():
        for match in matches:
            for criterion in match.eligibility:
                yield criterion.test


def build_guideline(knowledge: Knowledge) -> Guideline:
    """Compile every therapy against one knowledge."""
    facts = derived_facts(knowledge)
    known = knowledge.record(PlannerKnowledge, "planner")
    by_therapy = [(therapy, therapy.options(facts, knowledge)) for therapy in THERAPIES]
    owned = {rule.id: therapy for therapy, rules in by_therapy for rule in rules}
    options = tuple(_with_refusal(rule, known) for _, rules in by_therapy for rule in rules)
    outlook: dict[str, tuple[TrialMatch, ...]] = {}
    for therapy in THERAPIES:
        outlook |= therapy.outlook(facts, knowledge)
    judged, of_trials = list(statements(options)), list(_entry_criteria(outlook))
    touching = conflict_statements(facts, knowledge.record(SequenceKnowledge, "sequence"))
    named, places = distinct([*judged, *of_trials])
    decisive = {places[id(node)] for node in judged}
    extras = {**{name: node for name, node in named.items() if name not in decisive}, **touching}
    layers = Layers()
    for node in (*_group_nodes(facts), *judged, *of_trials, *touching.values()):
        layers.add(node)
    return Guideline(
        knowledge=knowledge,
        facts=facts,
        options=options,
        therapies=owned,
        outlook=outlook,
        layers=layers,
        columns=layers.columns,
        places=places,
        criteria=tuple(
            layers.statement(node).alias(name) for name, node in named.items() if name in decisive
        ),
        verdicts=tuple(verdict_expression(option, places) for option in options),
        asked=asked_of(options),
        reported=tuple(reported(facts, knowledge)),
        extras=tuple(layers.statement(node).alias(name) for name, node in extras.items()),
    )


@lru_cache(maxsize=4)
def current_guideline(knowledge: Knowledge) -> Guideline:
    """The compiled guideline of a knowledge, built once a process."""
    return build_guideline(knowledge)
