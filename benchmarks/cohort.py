"""All options of a million synthetic patients: columnar in, verdicts out (bar: 10 s on 2 cores, 6 GB)."""

from __future__ import annotations

import random
import resource
import sys
import time

import polars as pl

from nelm.cohort import cohort_verdicts
from nelm.guideline.facts import fact_specs

PATIENTS = 1_000_000
LIMIT_S, LIMIT_GB = 10.0, 6.0
KNOWN = 0.85
BASE = 10_000


def synthetic(rows: int, seed: int = 1) -> pl.DataFrame:
    """Patients with independent facts, 15 % of them missing; exact numbers in one column."""
    draw = random.Random(seed)
    columns: dict[str, pl.Series] = {}
    for spec in fact_specs().values():
        if spec.kind == "number":
            values = spec.probes or (1.0, 5.0, 50.0)
            kind: pl.DataType = pl.Float64()
        elif spec.kind == "boolean":
            values, kind = (True, False), pl.Boolean()
        else:
            values, kind = spec.values, pl.Enum(spec.values)
        drawn = [draw.choice(values) if draw.random() < KNOWN else None for _ in range(BASE)]
        columns[spec.name] = pl.Series(spec.name, drawn, dtype=kind)
    table = pl.DataFrame(columns)
    return pl.concat([table] * (rows // BASE)).rechunk()


def main() -> int:
    """Run and print; 1 when a bar is missed."""
    table = synthetic(PATIENTS)
    cohort_verdicts(table.head(1000))
    started = time.perf_counter()
    verdicts = cohort_verdicts(table)
    elapsed = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    decisions = verdicts.height * verdicts.width
    print(
        f"cohort: {verdicts.height} patients x {verdicts.width} options in {elapsed:.2f} s "
        f"(limit {LIMIT_S:g} s), {decisions / elapsed / 1e6:.1f} million verdicts a second, "
        f"peak {peak:.2f} GB (limit {LIMIT_GB:g} GB)"
    )
    return 0 if elapsed < LIMIT_S and peak < LIMIT_GB else 1


if __name__ == "__main__":
    sys.exit(main())
