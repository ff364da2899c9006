"""Why something follows in the course of a patient: a sentence with its entry."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.knowledge import Entry


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence and the entry of knowledge that says so."""

    text: str
    entry: Entry


def because(entry: Entry) -> Reason:
    """The statement of an entry as a reason."""
    return Reason(entry.statement, entry)
