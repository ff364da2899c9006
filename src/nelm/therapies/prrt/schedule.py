"""The days of a course: cycles, and when a somatostatin analogue stops, is given and goes on."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from nelm.guideline.therapy import Item, PatientView
from nelm.knowledge import Entry, weakest
from nelm.therapies.prrt.knowledge import PrrtKnowledge

ANALOGUE_RUNS = "treatments.ssa.ongoing"


@dataclass(frozen=True, slots=True)
class Start:
    """First day of a course that is sure to be possible, why, and whether an analogue has to stop before it."""

    day: date
    reason: str
    after_analogue: bool


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last day of a shorter month.

    >>> months_later(date(2026, 8, 31), 18)
    datetime.date(2028, 2, 29)
    """
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def first_day(patient: PatientView, washout: Entry) -> Start:
    """First possible day, counted from the day of the board; the day of the last injection is not a fact."""
    running = patient.truth(ANALOGUE_RUNS)
    if running is False:
        return Start(patient.as_of, "no analogue is running", after_analogue=False)
    later = patient.as_of + timedelta(weeks=washout.number)
    count = (
        f"{washout.number:g} weeks after the day of the board; an injection longer ago allows an earlier day"
    )
    if running is None:
        return Start(
            later,
            f"whether a long-acting analogue runs is not known: counted as if it does, {count}",
            after_analogue=True,
        )
    return Start(
        later, f"a long-acting analogue runs and its last day is not known: {count}", after_analogue=True
    )


def _dated(label: str, text: str, day: date, entries: tuple[Entry, ...]) -> Item:
    sources = tuple(dict.fromkeys(key for entry in entries for key in entry.sources))
    status = weakest(tuple(entry.status for entry in entries))
    return Item(label, text, sources, status, value=day.isoformat(), facts=(ANALOGUE_RUNS,))


def cycle_days(start: date, interval: Entry, cycles: Entry) -> tuple[date, ...]:
    """First day of every cycle."""
    return tuple(start + timedelta(weeks=interval.number * number) for number in range(int(cycles.number)))


def cycle_items(patient: PatientView, start: Start, *, interval: Entry, cycles: Entry) -> tuple[Item, ...]:
    """One line a cycle; the first says what it was counted from."""
    days = cycle_days(start.day, interval, cycles)
    slack = "" if interval.low is None else f", within {interval.number - interval.low:g} week of it"
    entries = (interval, cycles)
    first = f"Cycle 1 on {days[0]} at the earliest: {start.reason}. Pre-treatment checks have to be in order."
    later = (
        _dated(
            f"cycle {number}",
            f"Cycle {number} from {day}{slack}, if cycle 1 is given on {days[0]}.",
            day,
            entries,
        )
        for number, day in enumerate(days[1:], start=2)
    )
    return (_dated("cycle 1", first, days[0], entries), *later)


def analogue_items(start: Start, known: PrrtKnowledge, *, cycles: Entry) -> tuple[Item, ...]:
    """When octreotide LAR is given around 177Lu-DOTATATE: after each cycle, never in the 4 weeks before one."""
    days = cycle_days(start.day, known.dotatate_interval, cycles)
    washout = timedelta(weeks=known.long_acting_stop.number)
    stop = start.day - washout
    lines = []
    if start.after_analogue:
        lines = [
            _dated("analogue stop", f"No long-acting analogue after {stop}.", stop, (known.long_acting_stop,))
        ]
    for number, (day, following) in enumerate(pairwise(days), start=1):
        given, last = day + timedelta(hours=known.long_acting_after.high or 0), following - washout
        text = (
            f"Octreotide LAR once after cycle {number}, on {day} (from 4 h) to {given}; none after {last}, "
            f"so one injection between two cycles."
        )
        lines.append(_dated(f"analogue after cycle {number}", text, given, (known.long_acting_after,)))
    return (*lines, _resumption(days, known))


def _resumption(days: tuple[date, ...], known: PrrtKnowledge) -> Item:
    given = days[-1] + timedelta(hours=known.long_acting_after.high or 0)
    following = given + timedelta(weeks=known.long_acting_every.number)
    end = months_later(days[0], int(known.long_acting_until.number))
    text = (
        f"After the last cycle octreotide LAR by {given}, again from {following} every "
        f"{known.long_acting_every.number:g} weeks until progression, at the latest until {end}."
    )
    return _dated("analogue goes on", text, following, (known.long_acting_every, known.long_acting_until))
