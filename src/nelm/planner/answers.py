"""Criteria, positions and trials of one patient, read off the evaluated row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nelm.guideline.criteria import Criterion, Kind, OptionRule, State
from nelm.guideline.facts import is_no_unless_said
from nelm.guideline.row import PatientRow
from nelm.guideline.therapy import TrialMatch
from nelm.guideline.verdicts import Columns
from nelm.planner.plan import AnsweredCriterion, StatedPosition, TrialEvidence
from nelm.quantities import Interval

Line = Mapping[str, Any]


def state_of(value: bool | None) -> State:
    """Three-valued truth as the answer of a criterion."""
    if value is None:
        return State.UNKNOWN
    return State.MET if value else State.NOT_MET


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads answers of one patient: `line` is the evaluated row, `row` the facts with their text."""

    line: Line
    row: PatientRow
    columns: Columns

    def fact_words(self, names: Sequence[str]) -> dict[str, str | None]:
        """The facts as the record wrote them; None for unknown ones."""
        cells = self.row.cells
        return {
            name: cells[name].written if name in cells else ("no" if is_no_unless_said(name) else None)
            for name in names
        }

    def criterion(self, criterion: Criterion, column: str) -> AnsweredCriterion:
        """The answer of a criterion."""
        state = state_of(self.line[column])
        return AnsweredCriterion(
            id=criterion.id,
            kind=criterion.kind,
            state=state,
            statement=criterion.entry.statement,
            facts=self.fact_words(criterion.facts),
            limits=criterion.limits,
            sources=criterion.sources,
            status=criterion.status,
            blocked_by_measurement=state is State.UNKNOWN and self._loose(criterion.facts),
        )

    def _loose(self, names: Sequence[str]) -> bool:
        """Whether something is known of all the facts, but of some number not enough."""
        cells = self.row.cells
        if not all(name in cells for name in names):
            return False
        values = (cells[name].value for name in names)
        return any(isinstance(value, Interval) and not value.is_exact for value in values)

    def criteria(self, option: OptionRule) -> tuple[AnsweredCriterion, ...]:
        """The answers of all criteria of an option."""
        return tuple(self.criterion(item, self.columns[id(item.test)]) for item in option.criteria)

    def positions(self, option: OptionRule) -> tuple[StatedPosition, ...]:
        """What each body says and whether it speaks of this patient."""
        return tuple(
            StatedPosition(
                body=item.entry.body or "",
                position=item.entry.position or "",
                statement=item.entry.statement,
                applies=state_of(self.line[self.columns[id(item.context)]]),
                sources=item.entry.sources,
                status=item.entry.status,
            )
            for item in option.positions
        )

    def evidence(self, matches: Sequence[TrialMatch]) -> tuple[TrialEvidence, ...]:
        """Each trial with the patient's standing against its entry criteria."""
        found: list[TrialEvidence] = []
        for match in matches:
            answered = tuple(self.criterion(item, self.columns[id(item.test)]) for item in match.eligibility)
            found.append(TrialEvidence(match.trial, _eligible(answered), answered))
        return tuple(found)


def _eligible(answered: Sequence[AnsweredCriterion]) -> State:
    """In the trial when every entry criterion holds and no exclusion does; unknown without criteria."""
    passed = [_passes(item) for item in answered]
    if any(item is False for item in passed):
        return State.NOT_MET
    return State.MET if passed and all(passed) else State.UNKNOWN


def _passes(item: AnsweredCriterion) -> bool | None:
    if item.state is State.UNKNOWN:
        return None
    return (item.state is State.MET) is (item.kind is not Kind.EXCLUDES)
