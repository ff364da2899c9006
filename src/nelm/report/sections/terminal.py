"""Sections as words in a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from nelm.report.dosimetry.records import Section, Table


def print_sections(sections: Sequence[Section], console: Console) -> None:
    """Titles, tables, then the text; those without content are left out."""
    for section in sections:
        if not section.paragraphs and not section.tables:
            continue
        console.print(f"\n[bold]{escape(section.title)}[/bold]", highlight=False)
        for table in section.tables:
            console.print(_grid(table))
            for note in table.notes:
                console.print(note, style="dim", highlight=False, markup=False)
        for text in section.paragraphs:
            console.print(text, highlight=False, markup=False)


NUMBER = re.compile(r"[-+<>≥≤≈−]?\s?\d|$|[–-]$|none|not known")
LONGEST_NUMBER = 24
"""Letters; what is longer is a sentence."""


def _are_numbers(cells: Sequence[str]) -> bool:
    """Whether a column is set to the right, as numbers are."""
    return all(len(cell) <= LONGEST_NUMBER and NUMBER.match(cell) for cell in cells)


def _grid(table: Table) -> Grid:
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for place, name in enumerate(table.head):
        numbers = place > 0 and _are_numbers([row[place] for row in table.rows])
        grid.add_column(escape(name), justify="right" if numbers else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*(escape(cell) for cell in row))
    return grid
