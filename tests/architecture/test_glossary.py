"""The glossary defines every abbreviation once."""

from collections import Counter
from pathlib import Path


def rows(root: Path) -> list[list[str]]:
    """Cells of every row of the glossary's tables, headings apart."""
    lines = (root / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in cells if row[0] not in ("short", "---")]


def test_every_row_says_what_it_stands_for(root: Path) -> None:
    assert [row for row in rows(root) if len(row) != 3 or not row[0] or not row[1]] == []


def test_no_abbreviation_is_defined_twice(root: Path) -> None:
    counted = Counter(short.strip() for row in rows(root) for short in row[0].split(","))
    assert [short for short, count in counted.items() if count > 1] == []
