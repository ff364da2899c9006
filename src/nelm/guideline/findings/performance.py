"""Performance status: the Karnofsky range that is commonly set beside an ECOG status."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import number
from nelm.guideline.logic import DefinedNumber, Number, Partition, choose, range_of
from nelm.knowledge import Entry, Knowledge


@dataclass(frozen=True, slots=True)
class PerformanceKnowledge:
    """Entries of `performance.toml`."""

    ecog_0: Entry
    ecog_1: Entry
    ecog_2: Entry
    ecog_3: Entry
    ecog_4: Entry
    ecog_map_is_convention: Entry


@dataclass(frozen=True, slots=True)
class Performance:
    """`karnofsky` [%] is always a range; `ecog` the status in words 0 to 4."""

    karnofsky: DefinedNumber
    ecog: Partition


def _karnofsky(known: PerformanceKnowledge) -> Number:
    ecog = number("patient.ecog")
    found = range_of(known.ecog_4)
    for status, entry in reversed(list(enumerate((known.ecog_0, known.ecog_1, known.ecog_2, known.ecog_3)))):
        found = choose(ecog <= status, range_of(entry), found, "%")
    return found


def _ecog_words() -> Partition:
    ecog = number("patient.ecog")
    first, last = ("0", ecog <= 0), ("4", ecog > 3)
    between = tuple((str(status), (ecog > status - 1) & (ecog <= status)) for status in (1, 2, 3))
    return Partition("patient.ecog_status", (first, *between, last), "ECOG performance status")


def performance(knowledge: Knowledge) -> Performance:
    """Performance status as expressions over the raw facts."""
    known = knowledge.record(PerformanceKnowledge, "performance")
    karnofsky = DefinedNumber(
        "patient.karnofsky", _karnofsky(known), "%", "Karnofsky score beside the ECOG status"
    )
    return Performance(karnofsky=karnofsky, ecog=_ecog_words())
