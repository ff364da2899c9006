"""Small pictures: the liver with its lesions to scale, and the timeline of treatments.

Every number in a picture is a link to the fact that it shows; colours come from the page, so that light, dark
and print need one drawing.
"""

from __future__ import annotations

import re
from datetime import date
from html import escape

from nelm.planner.plan import Plan, TreatmentSpan
from nelm.report.wording import fact_of, plain, range_words

WIDTH = 640
LABELS = 230
TALLEST = 72
MOST_LESIONS = 24
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def bounds(written: str, least: float, most: float) -> tuple[float, float] | None:
    """The range that a number as written leaves open, within what is possible; None when it has no number.

    >>> bounds("<3", 0, 100), bounds("8..10", 0, 100), bounds("31 ± 2", 0, 100), bounds(">=20", 0, 100)
    ((0, 3.0), (8.0, 10.0), (29.0, 33.0), (20.0, 100))
    """
    numbers = [float(found) for found in _NUMBER.findall(written)]
    if not numbers:
        return None
    first = numbers[0]
    if "±" in written:
        low, high = first - numbers[1], first + numbers[1]
    elif written.startswith(("<", "at most")):
        low, high = least, first
    elif written.startswith((">", "at least")):
        low, high = first, most
    else:
        low, high = first, numbers[-1]
    return max(low, least), min(high, most)


def burden_figure(plan: Plan) -> str | None:
    """Share of the liver replaced, as a bar; the part that a range leaves open is hatched."""
    written = fact_of(plan, "liver.burden_percent")
    span = bounds(written, 0, 100) if written is not None else None
    if written is None or span is None:
        return None
    low, high = (WIDTH * share / 100 for share in span)
    place = high + 8 if high < WIDTH - 190 else 10
    told = f"{range_words(written)} % of the liver replaced"
    shapes = [
        f'<rect class="free" x="0" y="2" width="{WIDTH}" height="24" rx="5"/>',
        f'<rect class="maybe" x="{low:.1f}" y="2" width="{high - low:.1f}" height="24"/>',
        f'<rect class="lesion" x="0" y="2" width="{low:.1f}" height="24" rx="5"/>',
        _linked("fact-liver.burden_percent", f'<text x="{place:.1f}" y="19">{escape(told)}</text>'),
    ]
    return _svg("Share of the liver replaced by tumour", told, 28, shapes)


def _lesion_sizes(plan: Plan) -> list[tuple[str, float, str]]:
    """Name, diameter [mm] and anchor of each lesion, the largest first; the largest alone where no more is known."""
    measured = [(name, diameter, f"fact-lesion.{name}") for name, diameter, _ in plan.lesions]
    if measured:
        return sorted(measured, key=lambda item: (-item[1], item[0]))
    span = bounds(fact_of(plan, "liver.largest_mm") or "", 0, 500)
    return [("largest", span[1], "fact-liver.largest_mm")] if span else []


def lesion_figure(plan: Plan) -> str | None:
    """Lesions as circles of their diameter on one scale, with a ruler; None when no diameter is known."""
    sizes = _lesion_sizes(plan)
    if not sizes:
        return None
    drawn = sizes[:MOST_LESIONS]
    room = max(54.0, (WIDTH - 100) / len(drawn)) if len(drawn) < 11 else (WIDTH - 100) / len(drawn)
    scale = min(2.0, TALLEST / drawn[0][1], room * 0.9 / drawn[0][1])
    height = drawn[0][1] * scale + 30
    shapes: list[str] = []
    for place, (name, diameter, anchor) in enumerate(drawn):
        x, radius = place * room + room / 2, max(1.5, diameter * scale / 2)
        circle = (
            f'<circle class="lesion" cx="{x:.1f}" cy="{drawn[0][1] * scale / 2 + 2:.1f}" r="{radius:.1f}"/>'
        )
        words = f"{name} {diameter:g} mm" if len(drawn) < 9 else f"{diameter:g}"
        text = f'<text x="{x:.1f}" y="{height - 10:.1f}" text-anchor="middle">{escape(words)}</text>'
        shapes.append(_linked(anchor, circle + text))
    shapes.append(_ruler(scale, height))
    return _svg("Liver metastases, drawn to one scale", _lesion_words(plan, sizes), height, shapes)


def _ruler(scale: float, height: float) -> str:
    """A ruler of ten millimetres in the lower right corner."""
    left, right, y = WIDTH - 88, WIDTH - 88 + 10 * scale, height - 14
    line = f'<line class="axis" x1="{left}" y1="{y:.1f}" x2="{right:.1f}" y2="{y:.1f}"/>'
    return f'<g class="name">{line}<text class="tick" x="{right + 6:.1f}" y="{y + 4:.1f}">10 mm</text></g>'


def _lesion_words(plan: Plan, sizes: list[tuple[str, float, str]]) -> str:
    count = fact_of(plan, "liver.lesion_count")
    measured = "; ".join(f"{name} {diameter:g} mm" for name, diameter, _ in sizes)
    return f"{measured}{f'; lesions in all: {count}' if count else ''}"


def timeline_figure(plan: Plan) -> str | None:
    """Earlier treatments on one axis of time; an unknown end fades out. None when none has a date."""
    dated = [item for item in plan.timeline if item.start is not None or item.end is not None]
    if not dated:
        return None
    dated.sort(key=lambda item: (item.start or item.end or plan.as_of, item.option))
    first = min(item.start or item.end or plan.as_of for item in dated)
    names = {option.id: option.name for option in plan.options}
    known = {f"fact-{item.name}" for item in plan.facts}
    height = 28 * len(dated) + 24
    shapes = _ticks(first, plan.as_of, height)
    for row, item in enumerate(dated):
        anchor = f"fact-treatments.{item.option}"
        label = names.get(item.option, plain(item.option))
        drawn = _span(item, row, first, plan.as_of, label=label)
        shapes.append(_linked(anchor if anchor in known else "facts", drawn))
    told = "; ".join(
        f"{names.get(item.option, item.option)} from {item.start or 'an unknown day'}" for item in dated
    )
    return _svg("Treatments so far", told, height, shapes)


def _x(day: date, first: date, today: date) -> float:
    span = max((today - first).days, 30)
    return LABELS + (WIDTH - LABELS - 6) * min(1.0, max(0.0, (day - first).days / span))


def _ticks(first: date, today: date, height: float) -> list[str]:
    """Years (or both ends of a short history) below the axis, and the day of the board."""
    step = max(1, (today.year - first.year) // 6)
    days = [date(year, 1, 1) for year in range(first.year + 1, today.year + 1, step)] or [first]
    marks = [day for day in days if _x(day, first, today) < WIDTH - 70]
    line = '<line class="grid" x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="{y}"/>'
    shapes: list[str] = []
    for day in marks:
        x = _x(day, first, today)
        words = str(day.year) if day.month == 1 and day.day == 1 else f"{day:%Y-%m}"
        shapes.append(line.format(x=x, y=height - 18))
        shapes.append(f'<text class="tick" x="{x:.1f}" y="{height - 4}" text-anchor="middle">{words}</text>')
    shapes.append(line.format(x=WIDTH - 6, y=height - 18))
    shapes.append(f'<text class="tick" x="{WIDTH - 6}" y="{height - 4}" text-anchor="end">board</text>')
    return [_linked("facts", "".join(shapes))]


def _span(item: TreatmentSpan, row: int, first: date, today: date, *, label: str) -> str:
    """One treatment: its name and its bar; dashed where the end is not known."""
    start = item.start or item.end or first
    open_end = item.end is None and item.ongoing is not True
    end = item.end or (today if item.ongoing else start)
    left, right, y = _x(start, first, today), _x(min(end, today), first, today), 28 * row + 4
    words = label if len(label) < 33 else f"{label[:31]}…"
    response = f", best response {item.response}" if item.response else ""
    last = item.end or ("today" if item.ongoing else "end not known")
    whole = f"{label}: {item.start or 'start not known'} to {last}"
    tail = f'<line class="faint" x1="{right:.1f}" y1="{y + 9}" x2="{min(right + 60, WIDTH - 6):.1f}" y2="{y + 9}"/>'
    inside = f'<text class="inside" x="{left + 6:.1f}" y="{y + 13}">{escape(item.response or "")}</text>'
    return (
        f'<text x="0" y="{y + 13}">{escape(words)}</text>'
        f'<rect class="span" x="{left:.1f}" y="{y}" width="{max(5.0, right - left):.1f}" height="18" rx="4">'
        f"<title>{escape(whole + response)}</title></rect>"
        f"{tail if open_end else ''}{inside if item.response and right - left > 34 else ''}"
    )


def _linked(anchor: str, shapes: str) -> str:
    return f'<a href="#{escape(anchor)}">{shapes}</a>'


def _svg(title: str, told: str, height: float, shapes: list[str]) -> str:
    """A picture with its title and its description for those who do not see it."""
    return (
        f'<svg role="img" viewBox="0 0 {WIDTH} {height:.0f}" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc>{''.join(shapes)}</svg>"
    )
