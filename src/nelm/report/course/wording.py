"""Values, days and spans of a course in words."""

from __future__ import annotations

import math
from datetime import date

from nelm.report.course.records import SYMPTOMS, TOXICITY, CourseView, Event, Lane, Point, Span

NOT_ENDED = "goes on"


def number(value: float) -> str:
    """A value with the digits that it is worth, without powers of ten.

    >>> number(0.5), number(12.34567), number(51234.5), number(2.0), number(float("nan"))
    ('0.5', '12.35', '51234', '2', 'not known')
    """
    if math.isnan(value):
        return "not known"
    if math.isinf(value):
        return "no limit"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def tick_number(value: float) -> str:
    """A round value beside an axis, short.

    >>> tick_number(2500), tick_number(50000), tick_number(2e6), tick_number(0.5)
    ('2500', '50k', '2M', '0.5')
    """
    if abs(value) >= 1e6:
        return f"{value / 1e6:.4g}M"
    return f"{value / 1000:.4g}k" if abs(value) >= 10_000 else number(value)


def point_value(point: Point, unit: str) -> str:
    """The value with its unit, limits and words."""
    found = number(point.value) + (f" {unit}" if unit and not math.isnan(point.value) else "")
    if point.low is not None and point.high is not None:
        found += f" ({number(point.low)} to {number(point.high)})"
    elif point.low is not None:
        found += f" (at least {number(point.low)})"
    elif point.high is not None:
        found += f" (at most {number(point.high)})"
    return f"{found}, {point.text}" if point.text else found


def span_days(span: Span) -> str:
    """First and last day."""
    return f"{span.first} to {span.last}" if span.last else f"{span.first}, {NOT_ENDED}"


def span_told(span: Span) -> str:
    """A span in a line."""
    return f"{span_days(span)}: {span.label}"


def event_told(event: Event) -> str:
    """An event in a line."""
    return f"{event.day}: {f'{event.kind}, ' if event.kind else ''}{event.text}"


def lane_told(lane: Lane) -> str:
    """What a lane shows, in a sentence, for those who do not see it."""
    found: list[str] = []
    if lane.points:
        first, last = lane.points[0], lane.points[-1]
        found.append(f"{first.day} {point_value(first, lane.unit)}")
        if len(lane.points) > 1:
            found.append(f"{len(lane.points)} values to {last.day} {point_value(last, lane.unit)}")
    found += [span_told(one) for one in lane.spans]
    if lane.events:
        found.append(f"{_counted(len(lane.events), 'event')}, the last {event_told(lane.events[-1])}")
    return f"{lane.name}: {'; '.join(found) or 'nothing recorded'}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def days_of(lanes: tuple[Lane, ...]) -> list[date]:
    """Every day on which something is."""
    found: list[date] = []
    for lane in lanes:
        found += [one.day for one in (*lane.points, *lane.events)]
        found += [day for one in lane.spans for day in (one.first, one.last) if day is not None]
    return found


def since(lanes: tuple[Lane, ...]) -> str:
    """From which day on the course is told; empty where nothing is."""
    days = days_of(lanes)
    return f"from {min(days)}" if days else ""


def going_on(lanes: tuple[Lane, ...], day: date) -> str:
    """Which treatments go on on a day, and what is there of symptoms and toxicities; empty where nothing is."""
    found: dict[str, list[str]] = {"going on": [], "present": []}
    for lane in lanes:
        kind = "present" if lane.name in (SYMPTOMS, TOXICITY) else "going on"
        found[kind] += [one.label for one in lane.spans if one.last is None and one.first <= day]
    return "; ".join(f"{kind}: {', '.join(labels)}" for kind, labels in found.items() if labels)


def headline(view: CourseView) -> str:
    """Whose course it is, since when, and what goes on, in a line."""
    told = (f"{view.case_id} on {view.day}", since(view.lanes))
    ongoing = going_on(view.lanes, view.day)
    return ", ".join(one for one in told if one) + (f"; {ongoing}" if ongoing else "")
