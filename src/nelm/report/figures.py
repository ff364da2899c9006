"""Small pictures: the liver with its lesions to scale, and the timeline of treatments."""

from __future__ import annotations

import math
from datetime import date
from html import escape

from nelm.planner.plan import Plan, TreatmentSpan
from nelm.report.wording import fact_of

WIDTH = 560


def lesion_figure(plan: Plan) -> str | None:
    """Lesions as circles of their diameter on one scale, with the burden as a bar; None without either."""
    sizes = [(name, diameter) for name, diameter, _ in plan.lesions]
    if not sizes:
        largest = fact_of(plan, "liver.largest_mm")
        try:
            sizes = [("largest", float(largest))] if largest else []
        except ValueError:
            sizes = []
    if not sizes:
        return None
    scale = min(2.0, (WIDTH - 40) / (sum(d for _, d in sizes) + 12 * len(sizes)))
    height = max(d for _, d in sizes) * scale + 56
    shapes, x = [], 20.0
    for name, diameter in sizes:
        radius = max(2.0, diameter * scale / 2)
        centre = 10 + max(d for _, d in sizes) * scale / 2
        shapes.append(f'<circle class="lesion" cx="{x + radius:.1f}" cy="{centre:.1f}" r="{radius:.1f}"/>')
        shapes.append(
            f'<text x="{x + radius:.1f}" y="{height - 26:.1f}" text-anchor="middle">{escape(name)} {diameter:g} mm</text>'
        )
        x += 2 * radius + max(12.0, 60 - 2 * radius)
    bar = f'<line class="axis" x1="20" y1="{height - 8:.1f}" x2="{20 + 10 * scale:.1f}" y2="{height - 8:.1f}"/>'
    label = f'<text x="{26 + 10 * scale:.1f}" y="{height - 4:.1f}">10 mm</text>'
    return _svg("Liver metastases, drawn to one scale", max(x, WIDTH), height, [*shapes, bar, label])


def burden_figure(plan: Plan) -> str | None:
    """Share of the liver replaced, as a bar; an uncertain share is hatched."""
    written = fact_of(plan, "liver.burden_percent")
    if written is None:
        return None
    try:
        share = float(written)
    except ValueError:
        return None
    filled = WIDTH * share / 100
    shapes = [
        f'<rect class="free" x="0" y="4" width="{WIDTH}" height="18" rx="4"/>',
        f'<rect class="lesion" x="0" y="4" width="{filled:.1f}" height="18" rx="4"/>',
        f'<text x="{min(filled + 6, WIDTH - 90):.1f}" y="18">{share:g} % replaced</text>',
    ]
    return _svg(f"Share of the liver replaced by tumour: {share:g} %", WIDTH, 28, shapes)


def timeline_figure(plan: Plan) -> str | None:
    """Earlier treatments on one axis of time; None when none has a date."""
    dated = [item for item in plan.timeline if item.start is not None or item.end is not None]
    if not dated:
        return None
    first = min(item.start or item.end or plan.as_of for item in dated)
    span = max((plan.as_of - first).days, 30)
    rows = [_span_shapes(item, i, first, span, plan.as_of) for i, item in enumerate(dated)]
    height = 26 * len(dated) + 24
    years = range(first.year, plan.as_of.year + 1, max(1, (plan.as_of.year - first.year) // 6))
    ticks = [
        f'<text class="tick" x="{_x(max(date(year, 1, 1), first), first, span):.1f}" y="{height - 4}">{year}</text>'
        for year in years
    ]
    return _svg("Treatments so far", WIDTH, height, [shape for row in rows for shape in row] + ticks)


def _x(day: date, first: date, span: int) -> float:
    return 190 + (WIDTH - 200) * min(1.0, max(0.0, (day - first).days / span))


def _span_shapes(item: TreatmentSpan, row: int, first: date, span: int, today: date) -> list[str]:
    start = item.start or item.end or first
    end = item.end or (today if item.ongoing else start)
    left, right, y = _x(start, first, span), _x(min(end, today), first, span), 26 * row + 6
    words = item.option + (f" ({item.response})" if item.response else "")
    return [
        f'<text x="0" y="{y + 12}">{escape(words)}</text>',
        f'<rect class="span" x="{left:.1f}" y="{y}" width="{max(4.0, right - left):.1f}" height="14" rx="3"/>',
    ]


def _svg(title: str, width: float, height: float, shapes: list[str]) -> str:
    body = "".join(shapes)
    return (
        f'<svg role="img" viewBox="0 0 {math.ceil(width)} {math.ceil(height)}" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )


