"""From criteria to a verdict, three-valued throughout and the same for one row and for a registry.

contraindicated  an exclusion holds that was checked against a source
not_indicated    a requirement does not hold
undetermined     an exclusion or a requirement is unknown, or an exclusion holds that is only recalled
recommended      indicated, a checked position supports it for this patient, none advises against it
option           indicated without such support
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl


from nelm.guideline.criteria import Criterion, Kind, OptionRule, Verdict
from nelm.guideline.logic import Boolean
from nelm.knowledge import Status

VERDICTS = pl.Enum([str(item) for item in Verdict])


def criterion_column(option: OptionRule, criterion: Criterion) -> str:
    """Column that holds the state of a criterion of an option."""
    return f"{option.id}/{criterion.kind}/{criterion.id}"


def position_column(option: OptionRule, index: int) -> str:
    """Column that says whether a position speaks of this patient."""
    return f"{option.id}/position/{index}"


def statements(options: Sequence[OptionRule]) -> Iterator[tuple[str, Boolean]]:
    """Every criterion and position context with its column."""
    for option in options:
        for criterion in option.criteria:
            yield criterion_column(option, criterion), criterion.test
        for index, position in enumerate(option.positions):
            yield position_column(option, index), position.context


def _any(columns: Sequence[str]) -> pl.Expr:
    return pl.any_horizontal([pl.col(name) for name in columns]) if columns else pl.lit(False)


def _all(columns: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal([pl.col(name) for name in columns]) if columns else pl.lit(True)


def verdict_expression(option: OptionRule) -> pl.Expr:
    """The verdict of an option over the columns of its criteria and positions."""
    needed = [criterion_column(option, item) for item in option.of_kind(Kind.REQUIRES)]
    exclusions = option.of_kind(Kind.EXCLUDES)
    checked = [criterion_column(option, item) for item in exclusions if item.status is not Status.RECALLED]
    recalled = [criterion_column(option, item) for item in exclusions if item.status is Status.RECALLED]
    supports = [position_column(option, i) for i, item in enumerate(option.positions) if item.supports]
    opposes = [position_column(option, i) for i, item in enumerate(option.positions) if item.opposes]
    indicated, contraindicated, held = _all(needed), _any(checked), _any(recalled)
    settled = indicated & ~contraindicated & ~held
    recommended = _any(supports) & ~_any(opposes)
    return (
        pl.when(contraindicated)
        .then(pl.lit(str(Verdict.CONTRAINDICATED), dtype=VERDICTS))
        .when(~indicated)
        .then(pl.lit(str(Verdict.NOT_INDICATED), dtype=VERDICTS))
        .when(settled & recommended)
        .then(pl.lit(str(Verdict.RECOMMENDED), dtype=VERDICTS))
        .when(settled)
        .then(pl.lit(str(Verdict.OPTION), dtype=VERDICTS))
        .otherwise(pl.lit(str(Verdict.UNDETERMINED), dtype=VERDICTS))
        .alias(option.id)
    )


