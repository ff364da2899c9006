"""The days of a course: cycles, and when a somatostatin analogue stops, is given and goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from nelm.guideline.therapy import Item, PatientView, stated
from nelm.knowledge import Entry
from nelm.quantities import months_after
from nelm.therapies.prrt.knowledge import PrrtKnowledge

ANALOGUE_RUNS = "treatments.ssa.ongoing"


@dataclass(frozen=True, slots=True)
class Start:
    """First day of a course that is sure to be possible, why, and whether an analogue has to stop before it."""

    day: date
    reason: str
    after_analogue: bool


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
    return stated(label, text, entries, day.isoformat(), facts=(ANALOGUE_RUNS,))


def cycles_given(patient: PatientView) -> int:
    """Cycles of the course under way; 0 where none is under way or their number is not known."""
    given = patient.number("treatments.prrt.cycles")
    if patient.truth("treatments.prrt.ongoing") is not True or given is None or not given.is_exact:
        return 0
    return int(given.low)


def cycle_days(start: date, interval: Entry, number: int) -> tuple[date, ...]:
    """First day of so many cycles."""
    return tuple(start + timedelta(weeks=interval.number * index) for index in range(number))


def cycle_items(patient: PatientView, start: Start, *, interval: Entry, cycles: Entry) -> tuple[Item, ...]:
    """One line for each cycle to come; the first says what it was counted from."""
    given = cycles_given(patient)
    days = cycle_days(start.day, interval, int(cycles.number) - given)
    if not days:
        return ()
    following = given + 1
    slack = "" if interval.low is None else f", within {interval.number - interval.low:g} week of it"
    entries = (interval, cycles)
    wait = (
        f" At least {interval.number:g} weeks after cycle {given}, whose day is not a fact." if given else ""
    )
    first = (
        f"Cycle {following} on {days[0]} at the earliest: {start.reason}.{wait} "
        "Pre-treatment checks have to be in order."
    )
    later = (
        _dated(
            f"cycle {number}",
            f"Cycle {number} from {day}{slack}, if cycle {following} is given on {days[0]}.",
            day,
            entries,
        )
        for number, day in enumerate(days[1:], start=following + 1)
    )
    return (_dated(f"cycle {following}", first, days[0], entries), *later)


def analogue_items(
    patient: PatientView, start: Start, known: PrrtKnowledge, *, cycles: Entry
) -> tuple[Item, ...]:
    """When octreotide LAR is given around 177Lu-DOTATATE: after each cycle, never in the 4 weeks before one."""
    given = cycles_given(patient)
    days = cycle_days(start.day, known.dotatate_interval, int(cycles.number) - given)
    if not days:
        return ()
    washout = timedelta(weeks=known.long_acting_stop.number)
    stop = start.day - washout
    lines = []
    if start.after_analogue:
        lines = [
            _dated("analogue stop", f"No long-acting analogue after {stop}.", stop, (known.long_acting_stop,))
        ]
    for number, (day, following) in enumerate(pairwise(days), start=given + 1):
        injected, last = day + timedelta(hours=known.long_acting_after.high or 0), following - washout
        text = (
            f"Octreotide LAR once after cycle {number}, on {day} (from 4 h) to {injected}; none after {last}, "
            f"so one injection between two cycles."
        )
        lines.append(_dated(f"analogue after cycle {number}", text, injected, (known.long_acting_after,)))
    return (*lines, _resumption(days, known, _first_cycle(patient, days[0], given)))


def _first_cycle(patient: PatientView, planned: date, given: int) -> date | None:
    """First day of the course: planned, or counted back from the board; None where that is not known."""
    weeks = patient.number("treatments.prrt.weeks_since_start")
    if not given:
        return planned
    return None if weeks is None else patient.as_of - timedelta(weeks=weeks.high)


def _resumption(days: tuple[date, ...], known: PrrtKnowledge, first: date | None) -> Item:
    given = days[-1] + timedelta(hours=known.long_acting_after.high or 0)
    following = given + timedelta(weeks=known.long_acting_every.number)
    months = int(known.long_acting_until.number)
    end = f"until {months_after(first, months)}" if first else f"until {months} months after the first cycle"
    text = (
        f"After the last cycle octreotide LAR by {given}, again from {following} every "
        f"{known.long_acting_every.number:g} weeks until progression, at the latest {end}."
    )
    return _dated("analogue goes on", text, following, (known.long_acting_every, known.long_acting_until))
