"""What a label says about the dose of one drug: the ladder of doses, and rules for each severity of each toxicity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from nelm.errors import KnowledgeError
from nelm.knowledge import Entry, Status
from nelm.quantities import Interval
from nelm.quantities.answers import at_most

ABSENT, PRESENT = Interval.exact(0.0), Interval.exact(1.0)


class Response(StrEnum):
    """What a rule asks for."""

    GO_ON = "go on at the same dose"
    LOWER = "go on one step lower, without a pause"
    HOLD_SAME = "hold until it has gone, then the same dose"
    HOLD_LOWER = "hold until it has gone, then one step lower"
    STOP_OR_LOWER = "stop for good, or decide to hold and go on one step lower"
    STOP_OR_LOWEST = "stop for good, or decide to hold and go on at the lowest step"
    STOP = "stop for good"


STOPS = frozenset({Response.STOP, Response.STOP_OR_LOWER, Response.STOP_OR_LOWEST})
HOLDS = frozenset({Response.HOLD_SAME, Response.HOLD_LOWER, *STOPS})
STEPS_DOWN = frozenset({Response.LOWER, Response.HOLD_LOWER, Response.STOP_OR_LOWER})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in a sentence, and the entry of knowledge that says so."""

    text: str
    entry: Entry

    @property
    def is_checked(self) -> bool:
        """Whether the entry was read in its source."""
        return self.entry.status is Status.VERIFIED


@dataclass(frozen=True, slots=True)
class Dose:
    """One rung of a ladder.

    Parameters
    ----------
    amount : The dose in `unit`.
    unit : mg, mg/m2 or GBq.
    schedule : How it is given, in words.
    entries : What says so.
    """

    amount: float
    unit: str
    schedule: str
    entries: tuple[Entry, ...]

    @property
    def words(self) -> str:
        """The dose and its schedule in words."""
        return f"{self.amount:g} {self.unit.replace('m2', 'm²')} {self.schedule}"

    def in_mg(self, surface_m2: Interval | None) -> Interval | None:
        """The dose in milligrams for a body surface [m²]; None when it is needed and not known."""
        if self.unit == "mg":
            return Interval.exact(self.amount)
        if self.unit != "mg/m2" or surface_m2 is None:
            return None
        return Interval(self.amount * surface_m2.low, self.amount * surface_m2.high)


@dataclass(frozen=True, slots=True)
class Toxicity:
    """One thing that a table asks for.

    Parameters
    ----------
    id : Its name in the assessment.
    name : Its name in sentences.
    question : What settles it.
    top : The worst severity: grade 4, or 1 for what is there or not.
    bearable_matters : Whether the table asks if grade 2 is tolerated.
    rise_at_most : Severity up to which the one rise of the dose that a table may allow is not barred.
    """

    id: str
    name: str
    question: str
    top: int = 4
    bearable_matters: bool = False
    rise_at_most: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one toxicity.

    Parameters
    ----------
    severity : CTCAE grade 0 to 4, or 0 and 1 for absent and present; None is not known.
    tolerable : Whether the patient tolerates it, where the table asks that of grade 2; None is not known.
    """

    severity: Interval | None = None
    tolerable: bool | None = None


UNKNOWN = Seen()
Assessment = Mapping[str, Seen]
"""What was seen of each toxicity by its id; one that is left out is not known."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What the severities `low` to `high` of a toxicity ask for, by how often the rule was met before.

    Parameters
    ----------
    toxicity : Id of the toxicity.
    low, high : Severities for which the rule holds, both included.
    responses : The first for the first appearance and so on; the last one holds for all further ones.
    entry : What says so.
    recovery : Severity down to which the toxicity must fall before the drug is given again.
    unbearable_only : Whether the rule holds only for a toxicity that the patient does not tolerate.
    longest_hold : Longest time on hold [wk], after which the drug is stopped; None: that of the table.
    id : The rule's name within its table, from toxicity and severities.
    """

    toxicity: str
    low: int
    high: int
    responses: tuple[Response, ...]
    entry: Entry
    recovery: int = 1
    unbearable_only: bool = False
    longest_hold: Entry | None = None
    id: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", f"{self.toxicity}:{self.low}-{self.high}")

    def holds_for(self, seen: Seen) -> bool | None:
        """Whether the rule is met; None when what is known does not settle it."""
        severity, tolerable = seen.severity, seen.tolerable
        bearable = self.unbearable_only and tolerable is True
        if bearable or (severity is not None and (severity.high < self.low or severity.low > self.high)):
            return False
        if severity is None or severity.low < self.low or severity.high > self.high:
            return None
        return None if self.unbearable_only and tolerable is None else True

    def recovered(self, seen: Seen) -> bool | None:
        """Whether the toxicity has fallen far enough to go on."""
        return at_most(seen.severity, self.recovery)

    def response(self, earlier: int) -> Response:
        """What the rule asks for after it was met `earlier` times before."""
        return self.responses[min(earlier, len(self.responses) - 1)]


@dataclass(frozen=True, slots=True)
class DoseTable:
    """The dose modification of one drug.

    Parameters
    ----------
    drug : Name in sentences.
    ladder : Doses, the highest first.
    toxicities, rules : What is asked, and what follows.
    ladder_end : What holds when a lower step than the lowest is asked for.
    longest_hold : Longest hold [wk] where no rule says another.
    never_raised : What says that a reduced dose is not raised again.
    start : Rung of the first dose.
    lowest_again : Whether the lowest dose may be tried once more before the drug is stopped.
    rise : What allows one rise from the first dose by one rung after the first administration; None: never.
    open_questions : What must be known before any dose is given at all.
    refusal : Why the drug is not given at all.
    """

    drug: str
    ladder: tuple[Dose, ...]
    toxicities: tuple[Toxicity, ...]
    rules: tuple[Rule, ...]
    ladder_end: Entry
    longest_hold: Entry
    never_raised: Entry
    start: int = 0
    lowest_again: bool = False
    rise: Entry | None = None
    open_questions: tuple[str, ...] = ()
    refusal: Reason | None = None
    by_id: Mapping[str, Toxicity] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {toxicity.id: toxicity for toxicity in self.toxicities}
        object.__setattr__(self, "by_id", by_id)
        ids = [rule.id for rule in self.rules]
        amounts = [dose.amount for dose in self.ladder]
        faults = (
            ("two rules with one name", len(ids) != len(set(ids))),
            ("a rule of a toxicity that is not asked", any(rule.toxicity not in by_id for rule in self.rules)),
            ("a ladder that does not fall", amounts != sorted(set(amounts), reverse=True) or not amounts),
            ("a first dose off the ladder", not 0 <= self.start < max(len(amounts), 1)),
            ("a rise from the top", self.rise is not None and self.start == 0),
            ("a rule that counts as recovered at once", any(rule.recovery >= rule.low for rule in self.rules
                                                            if HOLDS & set(rule.responses))),
        )  # fmt: skip
        for words, fault in faults:
            if fault:
                raise KnowledgeError(f"the dose table of {self.drug} has {words}")

    def of(self, *toxicities: str) -> DoseTable:
        """The same table with the rules of some toxicities only."""
        return replace(
            self,
            toxicities=tuple(item for item in self.toxicities if item.id in toxicities),
            rules=tuple(rule for rule in self.rules if rule.toxicity in toxicities),
        )

    def nothing_seen(self) -> dict[str, Seen]:
        """An assessment in which every toxicity of the table was asked for and is absent."""
        return {toxicity.id: Seen(ABSENT, tolerable=True) for toxicity in self.toxicities}


def graded(grade: float | Interval, *, tolerable: bool | None = None) -> Seen:
    """A toxicity of a CTCAE grade."""
    severity = grade if isinstance(grade, Interval) else Interval.exact(float(grade))
    return Seen(severity, tolerable)


def event(is_there: bool | None) -> Seen:
    """Something that is there or not, or of which that is not known."""
    return UNKNOWN if is_there is None else Seen(PRESENT if is_there else ABSENT)


def steps_below(value: Interval | None, bounds: tuple[float, ...]) -> Seen:
    """How many of `bounds` a number lies below, as a severity."""
    if value is None:
        return UNKNOWN

    def passed(number: float) -> float:
        return float(sum(number < bound for bound in bounds))

    return Seen(Interval(passed(value.high), passed(value.low)))
