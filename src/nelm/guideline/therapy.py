"""What a therapy slice gives: rules, proposals, outlook. Slices are peers and share only these records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from nelm.guideline.criteria import Criterion, OptionRule
from nelm.guideline.findings.all import Facts
from nelm.knowledge import Entry, Knowledge, Status, Trial, sources_of, weakest
from nelm.quantities import Interval

Value = bool | str | float | Interval | None


@dataclass(frozen=True, slots=True)
class PatientView:
    """One patient after evaluation: every fact and derived fact by name.

    Numbers are intervals in the unit of the fact, statements are true, false or None (unknown), categories
    are words or None.
    """

    case_id: str
    as_of: date
    values: Mapping[str, Value]

    def number(self, name: str) -> Interval | None:
        """The interval of a numeric fact; None when nothing is known."""
        value = self.values.get(name)
        return value if isinstance(value, Interval) else None

    def truth(self, name: str) -> bool | None:
        """The truth of a statement; None when unknown."""
        value = self.values.get(name)
        return value if isinstance(value, bool) else None

    def word(self, name: str) -> str | None:
        """The word of a category; None when unknown."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a proposal: a statement, perhaps with a number, its sources and status.

    `label` names it ("dose", "cycle"); `value` or `low` and `high` with `unit` is the number; `facts` the
    facts of the patient that it was computed from.
    """

    label: str
    text: str
    sources: tuple[str, ...]
    status: Status
    value: float | str | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    facts: tuple[str, ...] = ()


def item(label: str, entry: Entry) -> Item:
    """A knowledge entry as a line of a proposal."""
    value = entry.value if isinstance(entry.value, float | int | str) else None
    return Item(
        label=label,
        text=entry.statement,
        sources=entry.sources,
        status=entry.status,
        value=value,
        low=entry.low,
        high=entry.high,
        unit=entry.unit,
    )


def stated(
    label: str,
    text: str,
    entries: Iterable[Entry],
    value: Interval | float | str | None = None,
    *,
    unit: str | None = None,
    facts: tuple[str, ...] = (),
) -> Item:
    """A line that rests on several entries; a number that is not known exactly is given by its ends."""
    used, low, high = tuple(entries), None, None
    if isinstance(value, Interval):
        value, low, high = (value.low, None, None) if value.is_exact else (None, value.low, value.high)
    status = weakest(tuple(entry.status for entry in used))
    return Item(label, text, sources_of(used), status, value, low, high, unit, facts)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an option would look like for this patient."""

    regimen: tuple[Item, ...] = ()
    quantities: tuple[Item, ...] = ()
    monitoring: tuple[Item, ...] = ()
    cautions: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialMatch:
    """A trial as evidence for an option, and its entry criteria as statements about the patient."""

    trial: Trial
    eligibility: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Therapy:
    """A slice: its name and its three functions.

    `options` gives the rules, `outlook` the trials by option identifier, `proposal` the practice of one
    option for one patient.
    """

    name: str
    options: Callable[[Facts, Knowledge], tuple[OptionRule, ...]]
    outlook: Callable[[Facts, Knowledge], Mapping[str, tuple[TrialMatch, ...]]]
    proposal: Callable[[str, PatientView, Knowledge], Proposal]
