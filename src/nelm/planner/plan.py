"""The plan of one patient: every option with verdict, reasons, numbers and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from nelm.guideline.criteria import SUPPORTING, Intent, Kind, State, Verdict
from nelm.guideline.therapy import Proposal
from nelm.knowledge import Disagreement, Entry, Source, Status, Trial

DISCLAIMER = (
    "Research and education. Not a medical device, not cleared by any authority; to be reviewed by qualified "
    "people. It advises; people decide."
)


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact of the patient: name, text as written, places in the case, what it was inferred from."""

    name: str
    meaning: str
    written: str
    unit: str | None
    paths: tuple[str, ...]
    inferred: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A derived fact: value as text or number, unit, the facts and sources that it rests on."""

    id: str
    label: str
    value: str | float | bool | None
    low: float | None
    high: float | None
    unit: str | None
    facts: tuple[str, ...]
    paths: tuple[str, ...]
    sources: tuple[str, ...]
    status: Status
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AnsweredCriterion:
    """A criterion and its answer for this patient.

    `facts` maps the raw facts to the text of the record (None: unknown); `limits` are the numbers compared
    with; `blocked_by_measurement` says that a number is known, but too loosely to decide.
    """

    id: str
    kind: Kind
    state: State
    statement: str
    facts: Mapping[str, str | None]
    limits: tuple[Entry, ...]
    sources: tuple[str, ...]
    status: Status
    blocked_by_measurement: bool = False


@dataclass(frozen=True, slots=True)
class StatedPosition:
    """A guideline's position and whether it speaks of this patient."""

    body: str
    position: str
    statement: str
    applies: State
    sources: tuple[str, ...]
    status: Status


@dataclass(frozen=True, slots=True)
class Consequence:
    """A value that a missing fact could have, and the verdict that would follow."""

    value: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Need:
    """A missing fact of an option and what its values would do."""

    fact: str
    consequences: tuple[Consequence, ...]


@dataclass(frozen=True, slots=True)
class TrialEvidence:
    """A trial, and criterion by criterion whether this patient would have been in it."""

    trial: Trial
    would_have_been_in: State
    eligibility: tuple[AnsweredCriterion, ...]


@dataclass(frozen=True, slots=True)
class PlannedOption:
    """One option as laid before the board.

    `rank` is the place within the intent, with `reasons` in words; `held_by` names what keeps an
    undetermined option open; `sequence` what it forecloses or is combined with.
    """

    id: str
    family: str
    name: str
    intent: Intent
    verdict: Verdict
    rank: int | None
    reasons: tuple[str, ...]
    criteria: tuple[AnsweredCriterion, ...]
    positions: tuple[StatedPosition, ...]
    needs: tuple[Need, ...]
    proposal: Proposal
    evidence: tuple[TrialEvidence, ...]
    sequence: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class NextFact:
    """A fact worth finding out: which verdicts it could move, how it is found out, and why it ranks here."""

    fact: str
    meaning: str
    answered_by: str
    settles: tuple[str, ...]
    needed_by: tuple[str, ...]
    measurement: bool = False


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A date or interval to come back, with its source."""

    text: str
    sources: tuple[str, ...]
    status: Status


@dataclass(frozen=True, slots=True)
class TreatmentSpan:
    """An earlier treatment for the timeline: days are ISO text, unknown ends are None."""

    option: str
    start: date | None
    end: date | None
    ongoing: bool | None
    response: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the board sees, in order."""

    case_id: str
    as_of: date
    software: str
    knowledge: str
    facts: tuple[KnownFact, ...]
    findings: tuple[Finding, ...]
    options: tuple[PlannedOption, ...]
    next_facts: tuple[NextFact, ...]
    conflicts: tuple[Disagreement, ...]
    follow_up: tuple[FollowUp, ...]
    warnings: tuple[str, ...]
    sources: Mapping[str, Source]
    timeline: tuple[TreatmentSpan, ...] = ()
    lesions: tuple[tuple[str, float, float | None], ...] = field(default=())

    def of_intent(self, intent: Intent) -> tuple[PlannedOption, ...]:
        """The options of one intent by verdict and rank; open ones with more support and fewer gaps first."""
        order = list(Verdict)
        chosen = [item for item in self.options if item.intent is intent]
        return tuple(
            sorted(chosen, key=lambda item: (order.index(item.verdict), item.rank or 0, *_promise(item)))
        )


def _promise(option: PlannedOption) -> tuple[int, int, int, str]:
    """How much speaks for an option without a rank: positions, the patient's facts, what is missing."""
    positions = sum(item.applies is State.MET and item.position in SUPPORTING for item in option.positions)
    favours = sum(item.kind is Kind.FAVOURS and item.state is State.MET for item in option.criteria)
    return -positions, -favours, len(option.needs), option.id
