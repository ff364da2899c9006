"""The timeline: lanes one below the other on one axis of time, drawn once for wide pages and once for narrow ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from markupsafe import Markup

from nelm.report.course import strokes
from nelm.report.course.lanes import DrawnLane, Kinds, drawn_lane
from nelm.report.course.lettering import text_width, wrapped
from nelm.report.course.records import Lane
from nelm.report.course.scales import TimeAxis, time_axis
from nelm.report.course.sheets import Drawn, Sheet, narrow, stacked, wide
from nelm.report.course.wording import days_of, lane_told
from nelm.report.dosimetry.drawing import Chart
from nelm.report.measurement.words import plain

TITLE = "Course over time"
NARROW_BELOW_PX = 900
TICK_ROOM_PX = 62.0
HEAD_PX, FOOT_PX = 38.0, 22.0
FIRST_KINDS = ("cycle", "response", "toxicity", "decision")
"""Kinds of events that have the same mark on every page; others get theirs in the order in which they come."""
STYLE = """\
#{id}{{width:100%;max-width:{most};height:auto;{shown}}}
#{id} text{{font-size:{size}px;fill:currentColor;font-weight:400}}
#{id} .b{{font-weight:650}}
#{id} .s{{font-size:{small}px}}
#{id} .m{{fill:var(--muted,#566775)}}
#{id} .halo{{paint-order:stroke;stroke:var(--paper,#fff);stroke-width:3px;stroke-opacity:.85}}
#{id} .band{{fill:var(--soft,#f4f7f9)}}
#{id} .grid{{stroke:currentColor;stroke-opacity:.11;stroke-width:1}}
#{id} .start{{stroke-width:1;stroke-dasharray:1 3;stroke-opacity:.6}}
#{id} .day{{stroke:currentColor;stroke-width:1.4}}
#{id} .limit{{stroke:var(--stop,#a11d24);stroke-width:1.1;stroke-dasharray:5 3.5}}
#{id} .curve{{fill:none;stroke:currentColor;stroke-width:1.5;stroke-linejoin:round}}
#{id} .whisker{{stroke:currentColor;stroke-width:1;stroke-opacity:.7}}
#{id} .dot{{fill:currentColor;stroke:currentColor;stroke-width:1.3}}
#{id} .hollow{{fill:var(--paper,#fff)}}
#{id} .bar{{stroke-width:1.2}}
#{id} .hatch{{fill:none;stroke-width:1;stroke-linecap:round;stroke-opacity:.6}}
#{id} .mark{{fill:currentColor;stroke:var(--paper,#fff);stroke-width:.8}}
#{id} .plus{{stroke:currentColor;stroke-width:2.6}}
#{id} .up{{fill:var(--stop,#a11d24)}}
#{id} .pole{{stroke:currentColor;stroke-opacity:.45;stroke-width:1}}
#{id} .chip{{fill:var(--paper,#fff);stroke:currentColor;stroke-width:.9}}
"""
SWITCH = "@media screen and (max-width:{px}px){{#{id}{{display:{shown}}}}}"


def timeline_chart(lanes: Sequence[Lane], *, day: date, name: str) -> Chart:
    """All lanes on one axis of time, from the first day on which anything is to `day`, or later where lanes do.

    The drawing holds two layouts, of which a page shows the one that fits its width.

    Parameters
    ----------
    lanes : From top to bottom.
    day : On which the course is looked at; what goes on ends there in an arrow.
    name : Once on the page; the names inside the drawing begin with it.
    """
    given = tuple(lanes)
    layouts = [drawing(given, sheet, day=day).svg for sheet in (wide(name), narrow(name))]
    return Chart(TITLE, Markup("").join(layouts), caption_of(given, day))


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout of a timeline.

    Parameters
    ----------
    svg : An element of a page.
    height : In the same pixels as the width of its sheet.
    """

    svg: Markup
    height: float


def drawing(lanes: Sequence[Lane], sheet: Sheet, *, day: date, among: Sequence[Lane] | None = None) -> Layout:
    """One layout of lanes; `among` are all those whose axis, patterns and marks they share, where there are more."""
    given = tuple(lanes)
    whole = given if among is None else tuple(among)
    axis = time_axis([*days_of(whole), day], left=sheet.left, right=sheet.right)
    kinds = _kinds(whole)
    found: list[DrawnLane] = []
    numbered: list[str] = []
    for lane in given:
        found.append(drawn_lane(lane, sheet, axis, kinds=kinds, day=day, first=len(numbered) + 1))
        numbered += found[-1].numbered
    body = stacked([one.drawn for one in found])
    below = stacked([_key(given, sheet, kinds), _numbers(numbered, sheet)], gap=6)
    ground = Drawn((*_bands(found, sheet), *_ground(whole, axis, kinds, height=body.height)), 0)
    height = HEAD_PX + body.height + FOOT_PX + below.height + 4
    parts = stacked([
        Drawn(tuple(_head(axis, sheet, day)), HEAD_PX), ground,
        Drawn(tuple(_day_line(axis, day, body.height)), 0), body,
        Drawn(tuple(_months(axis, sheet, 15)), FOOT_PX), below,
    ]).parts  # fmt: skip
    told = f"{'. '.join(lane_told(lane) for lane in given)}. Every value is in the table below."
    head = (
        f'<svg id="{sheet.id}" class="chart timeline" role="img" viewBox="0 0 {sheet.width:g} {height:.0f}" '
        f'aria-label="{TITLE}"><title>{TITLE}</title><desc>{escape(told)}</desc><style>{_style(sheet)}</style>'
    )
    svg = Markup(head + strokes.patterns(sheet.id, kinds.spans) + "".join(parts) + "</svg>")
    return Layout(svg, height)


def _style(sheet: Sheet) -> str:
    """Rules of one layout, and when it is shown."""
    beside = sheet.has_names_beside
    most, shown = ("none", "display:block") if beside else ("36rem", "display:none")
    rules = STYLE.format(id=sheet.id, most=most, shown=shown, size=sheet.size_px, small=sheet.small_px)
    return rules + SWITCH.format(px=NARROW_BELOW_PX, id=sheet.id, shown="none" if beside else "block")


def _kinds(lanes: tuple[Lane, ...]) -> Kinds:
    spans = [one.kind for lane in lanes for one in lane.spans if one.kind not in ("", strokes.PAUSE)]
    events = [one.kind for lane in lanes for one in lane.events if one.kind and one.kind not in FIRST_KINDS]
    return Kinds(list(dict.fromkeys(spans)), [*FIRST_KINDS, *dict.fromkeys(events)])


def _head(axis: TimeAxis, sheet: Sheet, day: date) -> Iterator[str]:
    """The day above the axis, and the axis."""
    x = axis.x(day)
    half = text_width(str(day), sheet.size_px, bold=True) / 2
    yield strokes.words(
        min(max(x, half + 2), sheet.width - half - 2), 12, str(day), kind="b", anchor="middle"
    )
    yield from _months(axis, sheet, 31)


def _months(axis: TimeAxis, sheet: Sheet, y: float) -> Iterator[str]:
    """Words of the axis of time."""
    room = TICK_ROOM_PX if sheet.has_names_beside else 0.8 * TICK_ROOM_PX
    for x, text in axis.ticks(room):
        half = text_width(text, sheet.size_px) / 2
        yield strokes.words(
            min(max(x, half + 1), sheet.width - half - 1),
            y,
            text,
            kind="m b" if text.isdigit() else "m",
            anchor="middle",
        )


def _bands(found: list[DrawnLane], sheet: Sheet) -> Iterator[str]:
    """A ground below every other lane."""
    top = 0.0
    for place, one in enumerate(found):
        height = one.drawn.height
        if place % 2 == 0:
            yield (
                f'<rect class="band" x="0" y="{strokes.figured(top)}" width="{sheet.width:g}" '
                f'height="{strokes.figured(height)}"/>'
            )
        top += height


def _ground(lanes: tuple[Lane, ...], axis: TimeAxis, kinds: Kinds, *, height: float) -> Iterator[str]:
    """Lines of the axis through all lanes, and dotted ones where a treatment begins."""
    room = TICK_ROOM_PX if axis.right - axis.left > 500 else 0.8 * TICK_ROOM_PX
    for x, _ in axis.ticks(room):
        yield strokes.line(x, 0, x, height, kind="grid")
    starts = {
        (axis.x(one.first), one.kind) for lane in lanes for one in lane.spans if one.kind in kinds.spans
    }
    for x, kind in sorted(starts):
        ink = strokes.colour(kinds.spans.index(kind))
        place = strokes.figured(x)
        yield (
            f'<line class="start" x1="{place}" y1="0" x2="{place}" y2="{strokes.figured(height)}" '
            f'style="stroke:{ink}"/>'
        )


def _day_line(axis: TimeAxis, day: date, height: float) -> Iterator[str]:
    x = axis.x(day)
    yield strokes.line(x, -(HEAD_PX - 17) if x > axis.right - 1 else -6, x, height + 5, kind="day")


def _key(lanes: tuple[Lane, ...], sheet: Sheet, kinds: Kinds) -> Drawn:
    """What patterns and marks stand for, in as many rows as it takes."""
    used = {one.kind for lane in lanes for one in lane.spans}
    bars = [kind for kind in (*kinds.spans, strokes.PAUSE) if kind in used]
    seen = {one.kind for lane in lanes for one in lane.events}
    marks = [kind for kind in kinds.events if kind in seen]
    parts: list[str] = []
    x, y = 4.0, 12.0
    for kind, is_bar in [*((one, True) for one in bars), *((one, False) for one in marks)]:
        symbol = 30.0 if is_bar else 16.0
        width = symbol + text_width(plain(kind), sheet.size_px) + 18
        if x > 4 and x + width > sheet.width:
            x, y = 4.0, y + 20
        if is_bar:
            style = strokes.bar_style(sheet.id, kinds.spans, kind)
            parts.append(
                f'<rect class="bar"{style} x="{x + 1:.1f}" y="{y - 11:.1f}" width="23" height="13"/>'
            )
        else:
            parts.append(strokes.mark(kinds.mark_of(kind), x + 6, y - 4))
        parts.append(strokes.words(x + symbol, y, plain(kind)))
        x += width
    return Drawn(tuple(parts), y + 6 if parts else 0)


def _numbers(numbered: list[str], sheet: Sheet) -> Drawn:
    """What is shown by a number, in columns."""
    count = min(sheet.columns, max(len(numbered), 1))
    column = sheet.width / count
    digits = text_width("00 ", sheet.size_px, bold=True)
    items: list[Drawn] = []
    for place, text in enumerate(numbered, start=1):
        lines = wrapped(text, sheet.size_px, column - digits - 14)
        parts = [strokes.words(digits, 13, str(place), kind="b", anchor="end")]
        parts += [strokes.words(digits + 7, 13 + 15 * row, one) for row, one in enumerate(lines)]
        items.append(Drawn(tuple(parts), 15.0 * len(lines) + 2))
    tall = -(-len(items) // count)
    columns = [stacked(items[start : start + tall]) for start in range(0, len(items), max(tall, 1))]
    parts = tuple(
        f'<g transform="translate({place * column:g},0)">{"".join(one.parts)}</g>'
        for place, one in enumerate(columns)
    )
    return Drawn(parts, max((one.height for one in columns), default=0.0))


def caption_of(lanes: tuple[Lane, ...], day: date) -> str:
    """How to read what is there."""
    points = [one for lane in lanes for one in lane.points]
    spans = [one for lane in lanes for one in lane.spans]
    said = [f"The upright line is {day}."]
    if any(one.low is not None or one.high is not None for one in points):
        said.append("Whiskers are limits of error.")
    if any(lane.limits for lane in lanes):
        said.append("Dashed lines are the limits named beside or above them.")
    if any(one.text for one in points):
        said.append("Hollow points have words, all of them in the table.")
    if spans:
        said.append("Dotted lines mark where a treatment begins.")
    if any(one.last is None for one in spans):
        said.append("An arrow goes on.")
    return " ".join(said)
