"""Two layouts of the timeline, for a wide and a narrow page, and drawings stacked on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nelm.report.course.strokes import figured


@dataclass(frozen=True, slots=True)
class Sheet:
    """Measures of a drawing, all in pixels of its own.

    Parameters
    ----------
    id : Of its element, once on a page.
    width : Whole width.
    left, right : Ends of the axis of time.
    name_px : Room for the names of lanes beside them; 0 where they stand above.
    plot_px : Height of a plot.
    size_px, small_px : Of letters.
    word_rows : Rows that the words of events may fill in a lane.
    longest_words_px : Longer words of an event become a number.
    columns : Of the list of numbers.
    """

    id: str
    width: float
    left: float
    right: float
    name_px: float
    plot_px: float
    size_px: float = 12.5
    small_px: float = 11.5
    word_rows: int = 5
    longest_words_px: float = 280.0
    columns: int = 2

    @property
    def has_names_beside(self) -> bool:
        """Whether names stand to the left of the lanes."""
        return self.name_px > 0

    @property
    def words_left(self) -> float:
        """Where the words of events and bars may begin."""
        return self.left - 6 if self.has_names_beside else 2.0


def wide(name: str) -> Sheet:
    """For screens and printed pages."""
    return Sheet(f"{name}-wide", width=1060, left=178, right=944, name_px=126, plot_px=70)


def narrow(name: str) -> Sheet:
    """For telephones."""
    return Sheet(
        f"{name}-narrow", width=400, left=48, right=384, name_px=0, plot_px=62, word_rows=5,
        longest_words_px=320.0, columns=1,
    )  # fmt: skip


def paper(name: str) -> Sheet:
    """For a sheet of A4, upright: letters are large against the width."""
    return Sheet(f"{name}-paper", width=800, left=150, right=712, name_px=106, plot_px=58)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Elements below an upper edge.

    Parameters
    ----------
    parts : Of the SVG.
    height : That they fill [px].
    """

    parts: tuple[str, ...]
    height: float


def stacked(drawings: Sequence[Drawn], *, gap: float = 0.0) -> Drawn:
    """One below the other."""
    parts: list[str] = []
    top = 0.0
    for place, one in enumerate(drawings):
        top += gap if place else 0.0
        if one.parts:
            parts.append(f'<g transform="translate(0,{figured(top)})">{"".join(one.parts)}</g>')
        top += one.height
    return Drawn(tuple(parts), top)
