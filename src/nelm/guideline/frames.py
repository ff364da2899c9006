"""Rows of facts as Polars frames: the one place that knows which columns a fact has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import polars as pl

from nelm.guideline.compiling import high, low
from nelm.guideline.facts import FactSpec, fact_specs, is_no_unless_said
from nelm.quantities import Interval

RawValue = bool | str | Interval | None
Row = Mapping[str, RawValue]


def _columns(spec: FactSpec, rows: Sequence[Row]) -> list[pl.Series]:
    return _series(spec, [row.get(spec.name, _unsaid(spec.name)) for row in rows])


def _unsaid(name: str) -> bool | None:
    """The value of a fact of which the record says nothing."""
    return False if is_no_unless_said(name) else None


def _series(spec: FactSpec, values: Sequence[RawValue]) -> list[pl.Series]:
    """The one or two columns of a fact."""
    if spec.kind == "number":
        lows = [value.low if isinstance(value, Interval) else None for value in values]
        highs = [value.high if isinstance(value, Interval) else None for value in values]
        return [
            pl.Series(low(spec.name), lows, dtype=pl.Float64),
            pl.Series(high(spec.name), highs, dtype=pl.Float64),
        ]
    if spec.kind == "boolean":
        return [pl.Series(spec.name, values, dtype=pl.Boolean)]
    return [pl.Series(spec.name, values, dtype=pl.Enum(spec.values))]


@lru_cache(maxsize=1)
def _empty() -> Mapping[str, pl.DataType]:
    schema: dict[str, pl.DataType] = {}
    for spec in fact_specs().values():
        if spec.kind == "number":
            schema |= {low(spec.name): pl.Float64(), high(spec.name): pl.Float64()}
        else:
            schema[spec.name] = pl.Boolean() if spec.kind == "boolean" else pl.Enum(spec.values)
    return schema


@lru_cache(maxsize=1)
def _blank() -> pl.DataFrame:
    """One row in which nothing is known; nothing was declined and nothing failed unless the record says so."""
    columns = [pl.Series(name, [_unsaid(name)], dtype=kind) for name, kind in _empty().items()]
    return pl.DataFrame(columns)


def frame_of(rows: Sequence[Row]) -> pl.DataFrame:
    """A frame with every column of every fact; facts that no row names are null throughout."""
    specs = fact_specs()
    named = dict.fromkeys(name for row in rows for name in row)
    unknown = sorted(name for name in named if name not in specs)
    if unknown:
        raise KeyError(f"not facts: {unknown}")
    known = [series for name in named for series in _columns(specs[name], rows)]
    return _blank()[[0] * len(rows)].with_columns(known)


def what_if_frame(row: Row, changes: Sequence[Row]) -> pl.DataFrame:
    """The row, and below it one copy for each set of changes."""
    height = len(changes) + 1
    altered: dict[str, list[RawValue]] = {}
    for place, change in enumerate(changes, start=1):
        for name, value in change.items():
            if name not in altered:
                altered[name] = [row.get(name, _unsaid(name))] * height
            altered[name][place] = value
    specs = fact_specs()
    columns = [series for name, values in altered.items() for series in _series(specs[name], values)]
    return frame_of([row])[[0] * height].with_columns(columns)


def completed(frame: pl.DataFrame) -> pl.DataFrame:
    """A table of facts with all missing columns added as unknown; an exact number may stand in one column.

    Parameters
    ----------
    frame : columns named like facts; a number either as `name` (exact) or as `name|low` and `name|high`.

    Raises
    ------
    KeyError : a column that is no fact, named.
    """
    schema = _empty()
    exact = [name for name in frame.columns if name not in schema and low(name) in schema]
    spare = sorted(set(frame.columns) - set(schema) - set(exact))
    if spare:
        raise KeyError(f"not facts: {spare}")
    ends = [pl.col(name).cast(pl.Float64).alias(end(name)) for name in exact for end in (low, high)]
    widened = frame.with_columns(ends).drop(exact)
    given = [pl.col(name).cast(schema[name]) for name in widened.columns]
    missing = [
        pl.lit(_unsaid(name), dtype=kind).alias(name)
        for name, kind in schema.items()
        if name not in widened.columns
    ]
    return widened.select([*given, *missing])
