"""From criteria to a verdict, three-valued throughout and the same for one row and for a registry.

contraindicated  an exclusion holds that was checked against a source
not_indicated    a requirement does not hold
undetermined     an exclusion or a requirement is unknown, or an exclusion holds that is only recalled
recommended      indicated, a checked position supports it for this patient, none advises against it
option           indicated without such support
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from nelm.guideline.criteria import Kind, OptionRule, Verdict
from nelm.guideline.logic import Boolean, BooleanFact, DefinedBoolean
from nelm.knowledge import Status

VERDICTS = pl.Enum([str(item) for item in Verdict])


Columns = Mapping[int, str]
"""The column that holds the truth of a statement, by identity of the statement."""


def statements(options: Sequence[OptionRule]) -> Iterator[Boolean]:
    """The tests of all criteria and the contexts of all positions."""
    for option in options:
        for criterion in option.criteria:
            yield criterion.test
        for position in option.positions:
            yield position.context


def distinct(nodes: Iterable[Boolean]) -> tuple[Mapping[str, Boolean], Columns]:
    """Each statement once, by the name of its column, and the column of every node that says it.

    A statement that is a fact, raw or derived, has its column already.
    """
    first: dict[Boolean, str] = {}
    places: dict[int, str] = {}
    for node in nodes:
        if isinstance(node, BooleanFact | DefinedBoolean):
            places[id(node)] = node.name
        else:
            places[id(node)] = first.setdefault(node, f"?{len(first)}")
    return {name: node for node, name in first.items()}, places


def _any(nodes: Sequence[Boolean], columns: Columns) -> pl.Expr:
    return pl.any_horizontal([pl.col(columns[id(node)]) for node in nodes]) if nodes else pl.lit(False)


def _all(nodes: Sequence[Boolean], columns: Columns) -> pl.Expr:
    return pl.all_horizontal([pl.col(columns[id(node)]) for node in nodes]) if nodes else pl.lit(True)


def verdict_expression(option: OptionRule, columns: Columns) -> pl.Expr:
    """The verdict of an option over the columns of its criteria and positions."""
    exclusions = option.of_kind(Kind.EXCLUDES)
    indicated = _all([item.test for item in option.of_kind(Kind.REQUIRES)], columns)
    contraindicated = _any([item.test for item in exclusions if item.status is not Status.RECALLED], columns)
    held = _any([item.test for item in exclusions if item.status is Status.RECALLED], columns)
    supported = _any([item.context for item in option.positions if item.supports], columns)
    opposed = _any([item.context for item in option.positions if item.opposes], columns)
    settled = indicated & ~contraindicated & ~held
    return (
        pl.when(contraindicated)
        .then(_word(Verdict.CONTRAINDICATED))
        .when(~indicated)
        .then(_word(Verdict.NOT_INDICATED))
        .when(settled & supported & ~opposed)
        .then(_word(Verdict.RECOMMENDED))
        .when(settled)
        .then(_word(Verdict.OPTION))
        .otherwise(_word(Verdict.UNDETERMINED))
        .alias(option.id)
    )


def _word(verdict: Verdict) -> pl.Expr:
    return pl.lit(str(verdict), dtype=VERDICTS)
