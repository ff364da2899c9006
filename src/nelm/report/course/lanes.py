"""One lane of the timeline as SVG: its name, marks with words, a plot of values, bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from nelm.report.course import strokes
from nelm.report.course.lettering import text_width, wrapped
from nelm.report.course.placing import Flag, bar_words, chips, flags, rows_of
from nelm.report.course.plots import limit_words, plot, shown_points
from nelm.report.course.records import Lane, Span
from nelm.report.course.scales import TimeAxis
from nelm.report.course.sheets import Drawn, Sheet, stacked
from nelm.report.course.wording import event_told, number, span_days, span_told

WORDS_ROW_PX, MARK_ROW_PX, CHIP_ROW_PX = 16.0, 14.0, 19.0
PAD_PX = 9.0
NAME_LINE_PX = 15.0


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of the whole timeline, each with its pattern or mark.

    Parameters
    ----------
    spans, events : In the order in which patterns and marks are given out.
    """

    spans: list[str]
    events: list[str]

    def mark_of(self, kind: str) -> str:
        """The mark of a kind of event; those without a kind are circles."""
        place = self.events.index(kind) if kind in self.events else 0
        return strokes.MARKS[place % len(strokes.MARKS)]


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A lane and what it leaves to the list of numbers.

    Parameters
    ----------
    drawn : Its drawing.
    numbered : Events and spans that are shown by a number alone, in words.
    """

    drawn: Drawn
    numbered: tuple[str, ...]


def drawn_lane(lane: Lane, sheet: Sheet, axis: TimeAxis, *, kinds: Kinds, day: date, first: int) -> DrawnLane:
    """The lane below its upper edge.

    Parameters
    ----------
    day : End of what goes on.
    first : Number of the next event that gets one.
    """
    events, numbered = _events(lane, sheet, axis, kinds=kinds, first=first)
    spans, named = _spans(lane, sheet, axis, kinds=kinds, day=day, first=first + len(numbered))
    parts = [part for part in (events, plot(lane, sheet, axis), spans) if part is not None]
    if not parts:
        parts = [Drawn((strokes.words(sheet.left + 8, 14, "nothing recorded", kind="m"),), 20)]
    name = _name(lane, sheet)
    if sheet.has_names_beside:
        body = stacked(parts, gap=PAD_PX)
        drawn = Drawn((*name.parts, *body.parts), max(name.height, body.height))
    else:
        drawn = stacked([name, *parts], gap=6)
    padded = stacked([Drawn((), 0), drawn, Drawn((), 0)], gap=PAD_PX)
    return DrawnLane(padded, (*numbered, *named))


def _name(lane: Lane, sheet: Sheet) -> Drawn:
    """Name and unit, beside the lane or above it; above it with the last value and the limits, too."""
    points = shown_points(lane)
    if sheet.has_names_beside:
        lines = [(text, "b") for text in wrapped(lane.name, sheet.size_px, sheet.name_px, bold=True)]
        scale = "log scale" if points and points.axis.logarithmic else ""
        unit = " · ".join(one for one in (lane.unit, scale) if one)
        lines += [(text, "m") for text in wrapped(unit, sheet.size_px, sheet.name_px)]
    else:
        last = f"last {number(points.points[-1].value)}" if points else ""
        room = sheet.width - 12 - text_width(last, sheet.size_px, bold=True)
        lines = [(text, "b") for text in wrapped(lane.name, sheet.size_px, room, bold=True)]
        scale = "log scale" if points and points.axis.logarithmic else ""
        dashed = (
            f"dashed: {', '.join(limit_words(*one) for one in lane.limits)}" if points and lane.limits else ""
        )
        more = " · ".join(one for one in (lane.unit, scale, dashed) if one)
        lines += [(text, "m") for text in wrapped(more, sheet.size_px, sheet.width - 8)]
    parts = [
        strokes.words(4, 12 + NAME_LINE_PX * row, text, kind=kind) for row, (text, kind) in enumerate(lines)
    ]
    if points and not sheet.has_names_beside:
        parts.append(strokes.words(sheet.width - 4, 12, last, kind="b halo", anchor="end"))
    return Drawn(tuple(parts), NAME_LINE_PX * len(lines) + 2)


def _events(
    lane: Lane, sheet: Sheet, axis: TimeAxis, *, kinds: Kinds, first: int
) -> tuple[Drawn | None, tuple[str, ...]]:
    """Marks on a line, words above them where there is room, else numbers below."""
    if not lane.events:
        return None, ()
    events = sorted(lane.events, key=lambda one: one.day)
    places = [axis.x(one.day) for one in events]
    marks = [(x, _room(one.text, sheet)) for x, one in zip(places, events, strict=True)]
    found = flags(marks, left=sheet.words_left, right=sheet.width - 2, rows=sheet.word_rows)
    middle = _words_px(found) + MARK_ROW_PX / 2
    parts: list[str] = []
    for event, flag in zip(events, found, strict=True):
        if flag is not None:
            parts += _flag(flag, event.text, middle - 9, middle)
    for event, x in zip(events, places, strict=True):
        parts.append(strokes.mark(kinds.mark_of(event.kind), x, middle, told=event_told(event)))
    left = [(x, event) for x, event, flag in zip(places, events, found, strict=True) if flag is None]
    parts += _chips([x for x, _ in left], sheet, first=first, top=middle + MARK_ROW_PX / 2)
    height = middle + MARK_ROW_PX / 2 + (CHIP_ROW_PX if left else 0)
    return Drawn(tuple(parts), height), tuple(f"{one.day} {lane.name}: {one.text}" for _, one in left)


def _room(text: str, sheet: Sheet) -> float:
    """Width of words; wider than the sheet where they are too long to stand in a lane [px]."""
    width = text_width(text, sheet.size_px)
    return width if width <= sheet.longest_words_px else sheet.width


def _words_px(found: Sequence[object]) -> float:
    """Height of the rows of words above their marks [px]."""
    return WORDS_ROW_PX * (1 + max((one.row for one in found if isinstance(one, Flag)), default=-1))


def _flag(flag: Flag, text: str, lowest: float, foot: float) -> list[str]:
    """Words beside a line that rises from its foot; those of the lowest row have their base there."""
    base = lowest - flag.row * WORDS_ROW_PX
    before = flag.right < flag.x
    where = (flag.right if before else flag.left, base)
    return [
        strokes.line(flag.x, foot, flag.x, base - 9, kind="pole"),
        strokes.words(*where, text, kind="halo", anchor="end" if before else "start"),
    ]


def _chips(places: list[float], sheet: Sheet, *, first: int, top: float) -> list[str]:
    """Numbers below their marks."""
    digit = text_width("0", sheet.small_px, bold=True)
    found = chips(places, first=first, digit_px=digit, left=sheet.words_left, right=sheet.width - 2)
    parts: list[str] = []
    for one in found:
        x, width = strokes.figured(one.left), strokes.figured(one.right - one.left)
        y = strokes.figured(top + 3)
        parts.append(f'<rect class="chip" x="{x}" y="{y}" width="{width}" height="15" rx="7.5"/>')
        parts.append(strokes.words(one.middle, top + 14.5, one.text, kind="s b", anchor="middle"))
    return parts


def _spans(
    lane: Lane, sheet: Sheet, axis: TimeAxis, *, kinds: Kinds, day: date, first: int
) -> tuple[Drawn | None, tuple[str, ...]]:
    """Bars, those at the same time below each other."""
    if not lane.spans:
        return None, ()
    spans = sorted(lane.spans, key=lambda one: (one.first, one.last or date.max))
    ends = [_ends(axis, one, day) for one in spans]
    rows = rows_of(ends)
    drawings: list[Drawn] = []
    numbered: list[str] = []
    for row in range(1 + max(rows)):
        members = [(one, *place) for one, place, its in zip(spans, ends, rows, strict=True) if its == row]
        drawn, left = _bars(members, sheet, kinds=kinds, first=first + len(numbered))
        drawings.append(drawn)
        numbered += [f"{span_days(one)} {lane.name}: {one.label}" for one in left]
    return stacked(drawings, gap=5), tuple(numbered)


def _bars(
    members: list[tuple[Span, float, float]], sheet: Sheet, *, kinds: Kinds, first: int
) -> tuple[Drawn, list[Span]]:
    """One row of bars with their words, and those that have a number instead."""
    places = [(start, end, _room(_label(one), sheet)) for one, start, end in members]
    found = bar_words(places, left=sheet.words_left, right=sheet.width - 2, rows=sheet.word_rows)
    top = _words_px(found)
    shapes: list[str] = []
    texts: list[str] = []
    left: list[tuple[float, Span]] = []
    for (span, start, end), words in zip(members, found, strict=True):
        box = (start, end, top)
        shapes.append(
            strokes.bar(
                sheet.id, kinds.spans, span.kind, told=span_told(span), ends=box, ongoing=span.last is None
            )
        )
        if isinstance(words, Flag):
            texts += _flag(words, span.label, top - 5, top)
        elif words is not None and _label(span):
            texts.append(strokes.words(words.left, top + 14, span.label, kind="halo"))
        elif words is None:
            left.append((start, span))
    chipped = _chips([x for x, _ in left], sheet, first=first, top=top + strokes.BAR_PX)
    height = top + strokes.BAR_PX + (CHIP_ROW_PX if left else 0)
    return Drawn((*shapes, *texts, *chipped), height), [one for _, one in left]


def _label(span: Span) -> str:
    """Words of a bar; a pause is known by its edge alone."""
    return "" if span.label == span.kind == strokes.PAUSE else span.label


def _ends(axis: TimeAxis, span: Span, day: date) -> tuple[float, float]:
    """Both ends of a bar, wide enough to be seen; what goes on ends on the day, or later where it begins later."""
    start = axis.x(span.first)
    end = axis.x(span.last) if span.last is not None else max(axis.x(day), start + 12)
    return start, max(end, start + 4)
