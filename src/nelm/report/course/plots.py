"""The values of a lane: points with their limits of error, joined, with dashed limits across."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nelm.report.course import strokes
from nelm.report.course.lettering import text_width, wrapped
from nelm.report.course.placing import spread
from nelm.report.course.records import Lane, Point
from nelm.report.course.scales import TimeAxis, ValueAxis, value_axis
from nelm.report.course.sheets import Drawn, Sheet, stacked
from nelm.report.course.wording import number, point_value, tick_number

DOT_PX = 3.4
CAP_PX = 3.0
LINE_PX = 12.5
"""Between the lines of the name of a limit."""
WORDS_PX = 14.0
"""Room above and below a plot whose points have words."""
CLOSE_DOTS_PX = 9.0
"""Distance below which dots are drawn smaller."""


@dataclass(frozen=True, slots=True)
class ShownPoints:
    """Points that have a place, and the axis that holds them with their limits.

    Parameters
    ----------
    points : With a finite value.
    axis : Of values.
    """

    points: tuple[Point, ...]
    axis: ValueAxis


def shown_points(lane: Lane) -> ShownPoints | None:
    """What can be plotted of a lane; None where nothing can."""
    points = tuple(one for one in lane.points if math.isfinite(one.value))
    if not points:
        return None
    values = [value for one in points for value in (one.value, one.low, one.high) if value is not None]
    values += [value for _, value in lane.limits]
    return ShownPoints(points, value_axis([value for value in values if math.isfinite(value)]))


def plot(lane: Lane, sheet: Sheet, axis: TimeAxis) -> Drawn | None:
    """The plot of a lane; None where it has no values."""
    shown = shown_points(lane)
    if shown is None:
        if not lane.points:
            return None
        return Drawn((strokes.words(sheet.left + 8, 14, "no value known", kind="m"),), 20)
    height = sheet.plot_px
    places = [(axis.x(one.day), shown.axis.y(one.value, height)) for one in shown.points]
    parts = [*_scale(shown.axis, sheet, axis), *_limits(lane, shown.axis, sheet, axis)]
    if len(places) > 1:
        path = "L".join(f"{strokes.figured(x)} {strokes.figured(y)}" for x, y in places)
        parts.append(f'<path class="curve" d="M{path}"/>')
    for point, place in zip(shown.points, places, strict=True):
        parts += _whisker(point, shown.axis, place[0], height)
    steps = [b[0] - a[0] for a, b in pairwise(places)]
    radius = DOT_PX if not steps or min(steps) >= CLOSE_DOTS_PX else 0.7 * DOT_PX
    for point, (x, y) in zip(shown.points, places, strict=True):
        told = f"{point.day}: {point_value(point, lane.unit)}"
        kind = "dot hollow" if point.text else "dot"
        parts.append(f'<circle class="{kind}" cx="{strokes.figured(x)}" cy="{strokes.figured(y)}" '
                     f'r="{strokes.figured(radius)}"><title>{strokes.escape(told)}</title></circle>')  # fmt: skip
    parts += _point_words(shown, places, sheet)
    if sheet.has_names_beside:
        named = _beside(lane, shown, sheet, places[-1])
        parts += named.parts
        height = max(height, named.height)
    if any(one.text for one in shown.points):
        return stacked([Drawn((), WORDS_PX), Drawn(tuple(parts), height), Drawn((), WORDS_PX)])
    return Drawn(tuple(parts), height)


def limit_words(name: str, value: float) -> str:
    """A limit by its name and value, the last word of the name kept beside the value."""
    return f"{name}:\N{NO-BREAK SPACE}{number(value)}"


def _scale(values: ValueAxis, sheet: Sheet, axis: TimeAxis) -> Iterator[str]:
    for value in values.ticks:
        y = values.y(value, sheet.plot_px)
        yield strokes.line(axis.left, y, axis.right, y, kind="grid")
        yield strokes.words(axis.left - 7, y + 4, tick_number(value), kind="s m", anchor="end")


def _limits(lane: Lane, values: ValueAxis, sheet: Sheet, axis: TimeAxis) -> Iterator[str]:
    for _, value in lane.limits:
        if math.isfinite(value):
            y = values.y(value, sheet.plot_px)
            yield strokes.line(axis.left, y, axis.right, y, kind="limit")


def _whisker(point: Point, values: ValueAxis, x: float, height: float) -> Iterator[str]:
    """Limits of error; no cap where there is no limit on that side."""
    ends = [(one if one is not None else point.value) for one in (point.low, point.high)]
    if ends[0] == ends[1]:
        return
    low, high = (values.y(one, height) if math.isfinite(one) else edge
                 for one, edge in zip(ends, (height, 0.0), strict=True))  # fmt: skip
    yield strokes.line(x, low, x, high, kind="whisker")
    for end, y in zip((point.low, point.high), (low, high), strict=True):
        if end is not None and math.isfinite(end):
            yield strokes.line(x - CAP_PX, y, x + CAP_PX, y, kind="whisker")


def _point_words(shown: ShownPoints, places: list[tuple[float, float]], sheet: Sheet) -> Iterator[str]:
    """Words of points where they lie over nothing; the others are in the table alone."""
    xs, ys = np.array(places).T
    taken: list[tuple[float, float, float]] = []
    for point, (x, y) in zip(shown.points, places, strict=True):
        width = text_width(point.text, sheet.small_px) if point.text else 0.0
        left, right = x - width / 2 - 3, x + width / 2 + 3
        if not width or left < sheet.left or right > sheet.right:
            continue
        inside = np.unique([left, right, *xs[(xs > left) & (xs < right)]])
        curve = np.interp(inside, xs, ys)
        for middle in (y - 12, y + 13):
            is_clear = (
                np.all(np.abs(curve - middle) > 8) and 4 - WORDS_PX <= middle <= sheet.plot_px + WORDS_PX - 4
            )
            if is_clear and not any(a < right and left < b and abs(m - middle) < 13 for a, b, m in taken):
                taken.append((left, right, middle))
                yield strokes.words(x, middle + 4, point.text, kind="s halo", anchor="middle")
                break


def _beside(lane: Lane, shown: ShownPoints, sheet: Sheet, last: tuple[float, float]) -> Drawn:
    """The last value beside its point, and the names of limits beside their lines."""
    value = number(shown.points[-1].value)
    x, y = last[0] + 8, last[1]
    labels: list[tuple[float, float, list[str]]] = []
    for name, limit in (one for one in lane.limits if math.isfinite(one[1])):
        lines = wrapped(limit_words(name, limit), sheet.small_px, sheet.width - sheet.right - 10)
        labels.append((shown.axis.y(limit, sheet.plot_px), LINE_PX * len(lines), lines))
    parts: list[str] = []
    if x + text_width(value, sheet.size_px, bold=True) > sheet.right:
        labels.append((y, 14.5, []))
    else:
        parts.append(strokes.words(x, y + 4, value, kind="b halo"))
    labels.sort(key=lambda one: one[0])
    middles = spread([one[:2] for one in labels], top=-6, bottom=sheet.plot_px + 6)
    for (_, height, lines), middle in zip(labels, middles, strict=True):
        if not lines:
            parts.append(strokes.words(max(x, sheet.right + 7), middle + 4, value, kind="b halo"))
        for row, text in enumerate(lines):
            base = middle - height / 2 + 10 + LINE_PX * row
            parts.append(strokes.words(sheet.right + 8, base, text, kind="s m halo"))
    lowest = max((middle + one[1] / 2 for one, middle in zip(labels, middles, strict=True)), default=0.0)
    return Drawn(tuple(parts), lowest - 6)
