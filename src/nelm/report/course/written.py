"""Everything in the timeline as a table, for those who do not see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nelm.report.course import wording
from nelm.report.course.records import Lane


@dataclass(frozen=True, slots=True)
class WrittenLane:
    """A lane in words.

    Parameters
    ----------
    name : Of the lane.
    limits : In words; empty where it has none.
    rows : Day, kind and words of everything in it, in order of time.
    """

    name: str
    limits: str
    rows: tuple[tuple[str, str, str], ...]


def written_lanes(lanes: Sequence[Lane]) -> tuple[WrittenLane, ...]:
    """Every lane in words."""
    return tuple(WrittenLane(lane.name, _limits(lane), _rows(lane)) for lane in lanes)


def _rows(lane: Lane) -> tuple[tuple[str, str, str], ...]:
    found = [(one.day, str(one.day), "", wording.point_value(one, lane.unit)) for one in lane.points]
    found += [(one.first, wording.span_days(one), one.kind, one.label) for one in lane.spans]
    found += [(one.day, str(one.day), one.kind, one.text) for one in lane.events]
    return tuple(row[1:] for row in sorted(found, key=lambda row: row[0]))


def _limits(lane: Lane) -> str:
    unit = f" {lane.unit}" if lane.unit else ""
    return "; ".join(f"{name}: {wording.number(value)}{unit}" for name, value in lane.limits)
