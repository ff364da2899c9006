"""Where words go so that none lies over another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GAP_PX = 6.0
"""Between two labels on one row."""
POLE_PX = 4.0
"""Between a mark's line and its words."""
OVERLAP_PX = 1.5
"""By which bars of one row may overlap: the shortest are drawn wider than they are."""
CHIP_PX = 17.0
"""Least width of a number's chip."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A label beside a line that rises from its mark.

    Parameters
    ----------
    x : Of the mark and the line [px].
    row : Counted from the mark upwards.
    left, right : Ends of the words [px].
    """

    x: float
    row: int
    left: float
    right: float

    def hits(self, other: Flag) -> bool:
        """Whether the words of one lie over words or line of the other."""
        if self.row == other.row:
            mine = min(self.x, self.left) - GAP_PX, max(self.x, self.right)
            theirs = min(other.x, other.left) - GAP_PX, max(other.x, other.right)
            return mine[0] < theirs[1] and theirs[0] < mine[1]
        low, high = (self, other) if self.row < other.row else (other, self)
        return low.left - 2 < high.x < low.right + 2


def flags(marks: Sequence[tuple[float, float]], *, left: float, right: float, rows: int) -> list[Flag | None]:
    """A label for each mark, or None where there is no room; as many as there is room for, in as few rows.

    Parameters
    ----------
    marks : Place of the mark and width of its words, from left to right [px].
    left, right : What the words may fill [px].
    rows : How many rows there may be.
    """
    best: list[Flag | None] = [None] * len(marks)
    for count in range(1, rows + 1):
        found = _flags(marks, left, right, count)
        if found.count(None) < best.count(None):
            best = found
    return best


def _flags(marks: Sequence[tuple[float, float]], left: float, right: float, rows: int) -> list[Flag | None]:
    """Labels from the last mark to the first: after the line as low as possible, else before it as high as possible.

    So the lines of earlier marks rise past words that stand after theirs, and end below words that stand before.
    """
    placed: list[Flag | None] = []
    for x, width in reversed(marks):
        after, before = (x + POLE_PX, x + POLE_PX + width), (x - POLE_PX - width, x - POLE_PX)
        order = [*((after, row) for row in range(rows)), *((before, row) for row in reversed(range(rows)))]
        tried = [Flag(x, row, *ends) for ends, row in order if ends[0] >= left and ends[1] <= right]
        free = (one for one in tried if not any(one.hits(other) for other in placed if other))
        placed.append(next(free, None))
    return placed[::-1]


@dataclass(frozen=True, slots=True)
class Chip:
    """Numbers of neighbouring marks, as one or as a range.

    Parameters
    ----------
    first, last : Numbers.
    left, right : Ends [px].
    """

    first: int
    last: int
    left: float
    right: float

    @property
    def text(self) -> str:
        """The numbers in words."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"

    @property
    def middle(self) -> float:
        """Place of its middle [px]."""
        return (self.left + self.right) / 2


def chips(places: Sequence[float], *, first: int, digit_px: float, left: float, right: float) -> list[Chip]:
    """Chips for marks numbered from left to right; those that would lie over each other become one.

    Parameters
    ----------
    places : Of the marks, in order [px].
    first : Number of the first.
    digit_px : Width of a digit [px].
    left, right : What the chips may fill [px].
    """
    groups: list[list[int]] = []

    def chip(group: list[int]) -> Chip:
        middle = (places[group[0]] + places[group[-1]]) / 2
        found = Chip(first + group[0], first + group[-1], 0, 0)
        width = max(CHIP_PX, len(found.text) * digit_px + 8)
        start = min(max(middle - width / 2, left), right - width)
        return Chip(found.first, found.last, start, start + width)

    for place in range(len(places)):
        groups.append([place])
        while len(groups) > 1 and chip(groups[-2]).right + 2 > chip(groups[-1]).left:
            last = groups.pop()
            groups[-1] = groups[-1] + last
    return [chip(group) for group in groups]


def rows_of(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Row of each bar, as few as there may be; bars may touch.

    Parameters
    ----------
    spans : Start and end, by start [px].
    """
    ends: list[float] = []
    found: list[int] = []
    for start, end in spans:
        row = next((place for place, edge in enumerate(ends) if edge <= start + OVERLAP_PX), len(ends))
        ends[row:] = [end, *ends[row + 1 :]]
        found.append(row)
    return found


@dataclass(frozen=True, slots=True)
class BarWords:
    """Where the words of a bar begin when they stand on its row [px]."""

    left: float


def bar_words(
    spans: Sequence[tuple[float, float, float]], *, left: float, right: float, rows: int
) -> list[BarWords | Flag | None]:
    """Words on the bar where they fit, else after it, else above it beside a line, else None; no words need no room.

    Parameters
    ----------
    spans : Start, end and width of the words of the bars of one row, by start [px].
    left, right : What the words may fill [px].
    rows : How many rows of words there may be above the bars.
    """
    found: list[BarWords | Flag | None] = []
    for place, (start, end, width) in enumerate(spans):
        free = spans[place + 1][0] - GAP_PX if place + 1 < len(spans) else right
        if not width or width + 12 <= end - start:
            found.append(BarWords(start + 6))
        elif end + 5 + width <= free:
            found.append(BarWords(end + 5))
        else:
            found.append(None)
    above = [place for place, one in enumerate(found) if one is None]
    marks = [(spans[place][0], spans[place][2]) for place in above]
    for place, flag in zip(above, flags(marks, left=left, right=right, rows=rows), strict=True):
        found[place] = flag
    return found


def spread(places: Sequence[tuple[float, float]], *, top: float, bottom: float) -> list[float]:
    """Middles of labels moved apart until none touches another, none above the top, in the same order.

    Parameters
    ----------
    places : Wanted middle and height of each label, from top to bottom [px].
    top, bottom : What they may fill; they run over the bottom when they are more than fit [px].
    """
    found: list[float] = []
    edge = top
    for middle, height in places:
        found.append(max(middle, edge + height / 2))
        edge = found[-1] + height / 2
    for place in range(len(found) - 1, -1, -1):
        half = places[place][1] / 2
        found[place] = min(found[place], bottom - half)
        bottom = found[place] - half
    over = top - (found[0] - places[0][1] / 2) if found else 0.0
    return [one + max(over, 0.0) for one in found]
