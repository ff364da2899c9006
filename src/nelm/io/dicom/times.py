"""Dates and times of DICOM (DA, TM, DT) as naive local times of the scanner."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

DATE = re.compile(r"(\d{4})[.:-]?(\d{2})[.:-]?(\d{2})")
TIME = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(?:\.(\d{1,6}))?")
DATE_TIME = re.compile(r"(\d{8})(\d{2,6}(?:\.\d{1,6})?)?([+-]\d{4})?")


def date_of(text: str | None) -> date | None:
    """A DA value, the retired form with points included; None when it is no date."""
    found = DATE.fullmatch(text.strip()) if text else None
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def time_of(text: str | None) -> time | None:
    """A TM value, seconds and minutes optional; None when it is no time."""
    found = TIME.fullmatch(text.strip()) if text else None
    if found is None:
        return None
    hour, minute, second, fraction = found.groups()
    micro = int((fraction or "").ljust(6, "0"))
    try:
        return time(int(hour), int(minute or 0), min(int(second or 0), 59), micro)
    except ValueError:
        return None


def moment_of(day: str | None, clock: str | None) -> datetime | None:
    """A DA and a TM value together; None unless both are there."""
    found_day, found_time = date_of(day), time_of(clock)
    return None if found_day is None or found_time is None else datetime.combine(found_day, found_time)


def date_time_of(text: str | None) -> datetime | None:
    """A DT value with at least a day and an hour, as the clock showed; the offset from UTC is in `offset_of`."""
    found = DATE_TIME.fullmatch(text.strip()) if text else None
    return None if found is None or found[2] is None else moment_of(found[1], found[2])


def offset_of(text: str | None) -> timedelta | None:
    """The offset from UTC at the end of a DT value (``&ZZXX``), if it has one."""
    found = re.search(r"([+-])(\d{2})(\d{2})$", text.strip()) if text else None
    if found is None:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return size if found[1] == "+" else -size
