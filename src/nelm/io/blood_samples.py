"""Blood samples after an administration, from a table (CSV)."""

from __future__ import annotations

import csv
from pathlib import Path

from nelm.errors import InputError, Problem
from nelm.physics.kinetics import TimeActivity

UNITS_MBQ_PER_ML = {"mbq_per_ml": 1.0, "kbq_per_ml": 1e-3, "bq_per_ml": 1e-6}
"""Columns that give the activity, and their unit in MBq/mL."""


def read_blood_samples(path: Path, *, relative_sd: float) -> TimeActivity:
    """Activity of 1 mL of blood over time [MBq], from columns ``time_h`` and ``mbq_per_ml`` or ``kbq_per_ml``.

    Parameters
    ----------
    relative_sd : Standard uncertainty of each sample where the table has no column ``relative_sd`` [1].

    Raises
    ------
    InputError : A missing column, a number that is none, times out of order, fewer than two samples.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {name.strip().lower() for name in (rows[0] if rows else {}) if name}
    unit = next((name for name in UNITS_MBQ_PER_ML if name in columns), None)
    if "time_h" not in columns or unit is None or len(rows) < 2:
        found = ", ".join(sorted(columns)) or "no columns"
        raise InputError(
            [Problem("table", f"{found}; {len(rows)} rows", f"columns time_h and one of {', '.join(UNITS_MBQ_PER_ML)}, "
                     "two rows or more", "Write hours after the administration and activity per mL")],
            file=str(path),
        )  # fmt: skip
    problems: list[Problem] = []
    samples = [
        _sample(number, row, unit, relative_sd=relative_sd, problems=problems)
        for number, row in enumerate(rows, start=2)
    ]
    if problems:
        raise InputError(problems, file=str(path))
    try:
        return TimeActivity(*(tuple(column) for column in zip(*samples, strict=True)))
    except InputError as error:
        raise error.in_file(str(path)) from error


def _sample(
    line: int, row: dict[str, str], unit: str, *, relative_sd: float, problems: list[Problem]
) -> tuple[float, float, float]:
    """Time [h], activity [MBq/mL] and its standard uncertainty of one row."""
    cells = {(name or "").strip().lower(): (value or "").strip() for name, value in row.items()}
    numbers: list[float] = []
    for name, default in (("time_h", None), (unit, None), ("relative_sd", relative_sd)):
        text = cells.get(name, "")
        try:
            numbers.append(float(text) if text or default is None else default)
        except ValueError:
            problems.append(Problem(f"line {line}, {name}", text, "a number", "Use a point for decimals"))
            numbers.append(0.0)
    time_h, activity, spread = numbers
    activity *= UNITS_MBQ_PER_ML[unit]
    return time_h, activity, max(activity * spread, 1e-12)
