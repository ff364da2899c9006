"""The surveillance calendar as iCalendar (RFC 5545): one all-day event over each window.

A small strict writer: lines end with CR LF and are folded at 75 octets between characters, text is escaped, nothing
depends on the clock. Events and not to-dos, because many calendars show no to-dos; they leave the days free
(TRANSPARENT). No name and no identifier of the patient is written: the UID is a hash of the case identifier with the
examination, its rule and the day that its window was counted from, so that the same examination planned anew replaces
itself. One more event, on the day of the calendar, holds what is not known, or says that nothing is due.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

from nelm.followup.due import Due
from nelm.followup.surveillance import SurveillanceCalendar
from nelm.knowledge import Status

PRODUCT = "-//nelm//surveillance calendar//EN"
LONGEST_LINE = 75
"""Octets of a line without its end [RFC 5545, 3.1]."""
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:nelm:surveillance-calendar")
NOTICE = "Research and education, not a medical device; to be reviewed by qualified people."
UNCHECKED = {
    Status.RECALLED: "Recalled, not yet checked against its source.",
    Status.SECONDARY: "Secondary source.",
}


def calendar_bytes(calendar: SurveillanceCalendar, *, case: str) -> bytes:
    """The calendar as an iCalendar stream in UTF-8; the same calendar gives the same bytes.

    Parameters
    ----------
    case : Identifier of the case; only its hash is written.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for item in calendar.due:
        summary = f"{item.examination} ({item.standing(calendar.day)})"
        lines += _event(
            identifier(item, case),
            (item.earliest, item.latest),
            summary,
            description(item),
            stamped=calendar.day,
        )
    if calendar.unknown or not calendar.due:
        lines += _questions(calendar, case)
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines).encode("utf-8")


def _questions(calendar: SurveillanceCalendar, case: str) -> list[str]:
    """The event that holds what is not known; a calendar needs a component [RFC 5545, 3.6]."""
    summary = "Surveillance: to be found out" if calendar.unknown else "Surveillance: nothing is due"
    said = "\n".join((*(f"Not known: {text}." for text in calendar.unknown), NOTICE))
    uid = uuid.uuid5(NAMESPACE, f"{case}\nquestions")
    return _event(uid, (calendar.day, calendar.day), summary, said, stamped=calendar.day)


def _event(uid: uuid.UUID, window: tuple[date, date], summary: str, said: str, *, stamped: date) -> list[str]:
    """The lines of one event over the days of a window."""
    stamp = datetime(stamped.year, stamped.month, stamped.day, tzinfo=UTC)
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{window[0]:%Y%m%d}",
        f"DTEND;VALUE=DATE:{window[1] + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(summary)}",
        f"DESCRIPTION:{escaped(said)}",
        "CATEGORIES:SURVEILLANCE",
        "TRANSP:TRANSPARENT",
        "CLASS:PRIVATE",
        "END:VEVENT",
    ]


def identifier(item: Due, case: str) -> uuid.UUID:
    """The identifier of an examination, the same in every format and on every day that it is planned anew."""
    counted = "" if item.counted_from is None else item.counted_from.isoformat()
    words = (case, item.examination, counted, item.entries[0].id, str(item.place))
    return uuid.uuid5(NAMESPACE, "\n".join(words))


def description(item: Due) -> str:
    """Window, reason, how far it was checked, sources and what this is not."""
    window = f"Between {item.earliest.isoformat()} and {item.latest.isoformat()}."
    checked = UNCHECKED.get(item.status, "")
    sources = f"Sources: {', '.join(item.sources)}."
    return "\n".join(part for part in (window, item.reason, checked, sources, NOTICE) if part)


def escaped(text: str) -> str:
    """A text value [RFC 5545, 3.3.11]: backslash, semicolon, comma and line end escaped, other controls left out."""
    for character, instead in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        text = text.replace(character, instead)
    lines = ("".join(c for c in line if c.isprintable() or c == "\t") for line in text.splitlines())
    return "\\n".join(lines)


def folded(line: str) -> str:
    """A content line with its end, folded at 75 octets without cutting a character [RFC 5545, 3.1]."""
    pieces: list[str] = []
    piece, octets = "", 0
    for character in line:
        size = len(character.encode("utf-8"))
        if octets + size > LONGEST_LINE:
            pieces.append(piece)
            piece, octets = "", 1
        piece, octets = piece + character, octets + size
    return "\r\n ".join((*pieces, piece)) + "\r\n"
