"""The timeline on paper: drawings that stand alone, in light colours, each not taller than a sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import matplotlib as mpl

from nelm.report.course.records import Lane
from nelm.report.course.sheets import paper
from nelm.report.course.timeline import Layout, drawing

FONT = "DejaVu Sans"
"""In which words are measured; see `lettering`."""
TALLEST = 1.36
"""Height of a drawing over its width at which an upright sheet of A4 is full, with a title and a caption."""
_PAGE_COLOUR = re.compile(r"var\(--[\w-]+,\s*(#[0-9a-f]+)\)")
_FOR_SCREENS = re.compile(r"@media screen[^{]*\{[^{}]*\{[^{}]*\}\}")


@dataclass(frozen=True, slots=True)
class PaperDrawing:
    """A drawing for one sheet.

    Parameters
    ----------
    svg : A document that stands alone.
    width : Share of the width of the sheet that it takes; below 1 where a single lane would be taller than the sheet.
    """

    svg: str
    width: float


def font_folder() -> Path:
    """Where the font of the drawings lies."""
    return Path(mpl.get_data_path(), "fonts", "ttf")


def timeline_sheets(lanes: Sequence[Lane], *, day: date, name: str) -> tuple[PaperDrawing, ...]:
    """The timeline as drawings on one axis of time, several where one would be taller than a sheet."""
    sheet = paper(name)
    found: list[Layout] = []
    kept: list[Lane] = []
    for lane in lanes:
        longer = drawing([*kept, lane], sheet, day=day, among=lanes)
        if kept and longer.height > TALLEST * sheet.width:
            found.append(drawing(kept, sheet, day=day, among=lanes))
            kept = []
        kept.append(lane)
    if kept:
        found.append(drawing(kept, sheet, day=day, among=lanes))
    full = TALLEST * sheet.width
    return tuple(PaperDrawing(_alone(str(one.svg)), min(1.0, full / one.height)) for one in found)


def _alone(svg: str) -> str:
    """A drawing outside a page: with its name space and font, and the colours that a light page gives it."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" color="#17222c" font-family="{FONT}" '
    plain = _FOR_SCREENS.sub("", _PAGE_COLOUR.sub(r"\1", svg)).replace("font-weight:650", "font-weight:bold")
    return plain.replace("<svg ", head, 1)
