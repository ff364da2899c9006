"""Dates as records give them (a day, a month or a year), and months counted from a day."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from nelm.errors import problem
from nelm.quantities.interval import Interval

DATE_PATTERN = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
EXPECTED_DATE = "a date: 2026-03-10, 2026-03 or 2026"
FIRST_YEAR, LAST_YEAR = 1850, 2200
MONTHS_PER_YEAR = 12
DAYS_PER_WEEK = 7
DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / MONTHS_PER_YEAR


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day known to lie between two days, both included.

    Parameters
    ----------
    first : Earliest day that it can be.
    last : Latest day that it can be.
    as_written : The text as entered (``2026-03``).
    """

    first: date
    last: date
    as_written: str

    @property
    def is_exact(self) -> bool:
        """Whether the day is known."""
        return self.first == self.last

    def is_after(self, day: date) -> bool:
        """Whether every possible day is later than `day`."""
        return self.first > day

    def is_before(self, day: date) -> bool:
        """Whether every possible day is earlier than `day`."""
        return self.last < day

    def elapsed_days(self, day: date) -> Interval:
        """Time from this date to `day` [d], as an interval; negative if the date is later."""
        return Interval(float((day - self.last).days), float((day - self.first).days))

    def __str__(self) -> str:
        return self.as_written


def partial_date(written: str) -> PartialDate:
    """The days that a written date allows.

    Raises
    ------
    InputError : The text is not a day, month or year of the calendar.

    Example
    -------
    >>> partial_date("2024-02").last
    datetime.date(2024, 2, 29)
    """
    if not re.fullmatch(DATE_PATTERN, written, flags=re.ASCII):
        raise problem(written, EXPECTED_DATE, "Write year, month and day with hyphens.")
    year, *rest = (int(part) for part in written.split("-"))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise problem(written, f"a year from {FIRST_YEAR} to {LAST_YEAR}", "Check the year.")
    first_month, last_month = (rest[0], rest[0]) if rest else (1, 12)
    if not 1 <= first_month <= 12:
        raise problem(written, EXPECTED_DATE, "There are months 01 to 12 only.")
    days = calendar.monthrange(year, last_month)[1]
    first_day, last_day = (rest[1], rest[1]) if len(rest) == 2 else (1, days)
    if not 1 <= first_day <= days:
        raise problem(written, EXPECTED_DATE, f"That month has days 01 to {days} only.")
    return PartialDate(date(year, first_month, first_day), date(year, last_month, last_day), written)


def months_after(day: date, months: int) -> date:
    """The day so many months later; the last day of the month where there is no such day.

    Example
    -------
    >>> months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, MONTHS_PER_YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
