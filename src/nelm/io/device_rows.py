"""A site's own table of ablation zones, from its instructions for use (CSV)."""

from __future__ import annotations

import csv
from pathlib import Path

from nelm.errors import InputError, Problem
from nelm.therapies.ablation.devices import COLUMNS, REQUIRED, DeviceRow, device_row


def read_device_rows(path: Path) -> tuple[DeviceRow, ...]:
    """The rows of a table with the columns of `nelm.therapies.ablation.devices.COLUMNS`.

    Columns that are not required may be left out or empty: what a table does not give is unknown.

    Raises
    ------
    InputError : No rows, a missing or unknown column, or every bad cell with its line and column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            lines = list(reader)
            names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    except (UnicodeDecodeError, csv.Error) as error:
        expected = "a table in UTF-8 with commas between its columns"
        raise InputError([Problem("table", str(error), expected)], file=str(path)) from error
    problems = _wrong_columns(names)
    if not problems and not lines:
        problems.append(Problem("table", "no rows", "a row for each measured zone"))
    if problems:
        raise InputError(problems, file=str(path))
    found: list[DeviceRow] = []
    for number, line in enumerate(lines, start=2):
        if None in line:
            problems.append(Problem(f"line {number}", "more cells than columns", f"{len(names)} cells",
                                    "Put text with commas into quotation marks"))  # fmt: skip
            continue
        cells = {name.strip().lower(): (value or "").strip() for name, value in line.items()}
        try:
            found.append(device_row(cells, f"line {number}"))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems, file=str(path))
    return tuple(found)


def _wrong_columns(names: list[str]) -> list[Problem]:
    """Columns that are missing, unknown or there twice."""
    problems = [
        Problem("table", f"no column {name}", f"the columns {', '.join(REQUIRED)}", "Add the column")
        for name in REQUIRED
        if name not in names
    ]
    allowed = f"one of {', '.join(COLUMNS)}"
    problems += [
        Problem(f"column {place}", name, allowed, "Rename the column or take it out")
        for place, name in enumerate(names, start=1)
        if name not in COLUMNS
    ]
    twice = sorted({name for name in names if names.count(name) > 1})
    return [*problems, *(Problem("table", f"{name} twice", "every column once") for name in twice)]
