"""What an option is made of: criteria with a kind, positions of guideline bodies, an intent."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from nelm.guideline.logic import Boolean, facts_of, limits_of
from nelm.knowledge import Entry, Status, sources_of, weakest


class Kind(StrEnum):
    """What a criterion does to the option when it is met."""

    REQUIRES = "requires"
    EXCLUDES = "excludes"
    CAUTION = "caution"
    FAVOURS = "favours"


class State(StrEnum):
    """Answer of a criterion for one patient."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """Answer of an option for one patient."""

    RECOMMENDED = "recommended"
    OPTION = "option"
    UNDETERMINED = "undetermined"
    NOT_INDICATED = "not_indicated"
    CONTRAINDICATED = "contraindicated"


class Intent(StrEnum):
    """What an option is for; symptom control runs beside the others."""

    CURATIVE = "curative"
    CYTOREDUCTIVE = "cytoreductive"
    DISEASE_CONTROL = "disease_control"
    SYMPTOM_CONTROL = "symptom_control"
    DIAGNOSTIC = "diagnostic"


SUPPORTING = frozenset({"first_line", "second_line", "later_line", "any_line"})
OPPOSING = frozenset({"against"})


@dataclass(frozen=True, slots=True)
class Criterion:
    """One statement about the patient, its source and its effect on the option.

    `test` is the graph; `entry` the knowledge that says why it counts; `id` the id of that entry; `facts` the raw
    facts that the test rests on, `limits` the numbers that it compares with; `status` the weakest and
    `sources` all of the statement and its limits.
    """

    kind: Kind
    test: Boolean
    entry: Entry
    facts: tuple[str, ...] = field(init=False)
    limits: tuple[Entry, ...] = field(init=False)
    status: Status = field(init=False)
    sources: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        limits = limits_of(self.test)
        object.__setattr__(self, "facts", facts_of(self.test))
        object.__setattr__(self, "limits", limits)
        object.__setattr__(self, "status", weakest((self.entry.status, *(limit.status for limit in limits))))
        object.__setattr__(self, "sources", sources_of((self.entry, *limits)))

    @property
    def id(self) -> str:
        """Identifier: file and name of the knowledge entry."""
        return self.entry.id


def requires(test: Boolean, entry: Entry) -> Criterion:
    """The option needs this; when it does not hold the option is not indicated."""
    return Criterion(Kind.REQUIRES, test, entry)


def excludes(test: Boolean, entry: Entry) -> Criterion:
    """When this holds the option is contraindicated."""
    return Criterion(Kind.EXCLUDES, test, entry)


def caution(test: Boolean, entry: Entry) -> Criterion:
    """When this holds the option needs special care; the verdict stays."""
    return Criterion(Kind.CAUTION, test, entry)


def favours(test: Boolean, entry: Entry) -> Criterion:
    """When this holds it speaks for the option; the verdict stays."""
    return Criterion(Kind.FAVOURS, test, entry)


@dataclass(frozen=True, slots=True)
class Position:
    """What a guideline, label or trial says of an option, and for whom (`context`)."""

    entry: Entry
    context: Boolean

    @property
    def supports(self) -> bool:
        """Whether it recommends, and was checked against its source."""
        return self.entry.position in SUPPORTING and self.entry.status is not Status.RECALLED

    @property
    def opposes(self) -> bool:
        """Whether it advises against."""
        return self.entry.position in OPPOSING


@dataclass(frozen=True, slots=True)
class OptionRule:
    """One option of the contract: who it is for, who not, and who says so."""

    id: str
    name: str
    intent: Intent
    criteria: tuple[Criterion, ...]
    positions: tuple[Position, ...] = ()

    @property
    def family(self) -> str:
        """First part of the identifier."""
        return self.id.partition(".")[0]

    def of_kind(self, kind: Kind) -> tuple[Criterion, ...]:
        """The criteria of one kind."""
        return tuple(item for item in self.criteria if item.kind is kind)
