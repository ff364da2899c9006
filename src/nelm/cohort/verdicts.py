"""Verdicts of a registry: the same expressions as for one patient, over slices of a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from nelm.errors import InputError, Problem
from nelm.guideline.frames import completed
from nelm.knowledge import load_knowledge
from nelm.planner.evaluation import current_guideline

SLICE = 50_000
"""Patients evaluated together; bounds the memory, some 3 kB a patient and slice."""


def _slices(table: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield from table.iter_slices(SLICE)


def cohort_verdicts(table: pl.DataFrame) -> pl.DataFrame:
    """One verdict column an option for every row of facts.

    Parameters
    ----------
    table : columns named like facts (`nelm.guideline.facts`), an exact number as `name`, an interval as
        `name|low` and `name|high`; missing columns and nulls are unknown. A column `id` is handed through.

    Raises
    ------
    InputError : a column that is no fact, or a word outside its vocabulary.
    """
    guideline = current_guideline(load_knowledge())
    facts = table.drop("id", strict=False)
    try:
        parts = [guideline.verdict_frame(completed(part)) for part in _slices(facts)]
    except KeyError as error:
        raise InputError(
            [Problem("columns", str(error)[:60], "names of facts", "See docs/facts.md.")]
        ) from error
    except pl.exceptions.InvalidOperationError as error:
        raise InputError(
            [Problem("columns", str(error)[:60], "words of the vocabulary", "Correct it.")]
        ) from error
    verdicts = pl.concat(parts) if parts else guideline.verdict_frame(completed(facts))
    return verdicts if "id" not in table.columns else verdicts.insert_column(0, table["id"])


def write_cohort(source: Path, target: Path) -> int:
    """Read a Parquet or CSV table of facts, write its verdicts in the same kind of file; gives the rows."""
    reads = {".parquet": pl.read_parquet, ".csv": pl.read_csv}
    if source.suffix not in reads:
        raise InputError(
            [Problem(str(source.suffix), source.name, "a .parquet or .csv table", "Convert the table.")]
        )
    table = reads[source.suffix](source)
    verdicts = cohort_verdicts(table)
    if target.suffix == ".csv":
        verdicts.write_csv(target)
    else:
        verdicts.write_parquet(target)
    return verdicts.height
