"""From a case to its plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from nelm.case import Case
from nelm.guideline.compiling import high, low, word
from nelm.guideline.criteria import OptionRule, Verdict
from nelm.guideline.facts import fact_specs
from nelm.guideline.frames import what_if_frame
from nelm.guideline.logic import DefinedBoolean, DefinedNumber
from nelm.guideline.row import PatientRow, row_of
from nelm.guideline.therapy import Item, PatientView, Proposal, Value
from nelm.knowledge import Knowledge, Source
from nelm.planner.answers import Reader
from nelm.planner.conflicts import touching
from nelm.planner.evaluation import Guideline, current_guideline
from nelm.planner.findings import cautions_about, findings_of, specimen_findings
from nelm.planner.needs import WhatIf, needs, next_facts
from nelm.planner.ordering import ranked
from nelm.planner.plan import Finding, FollowUp, KnownFact, Plan, PlannedOption, TreatmentSpan
from nelm.planner.probing import probes
from nelm.planner.sequence import SequenceKnowledge, with_sequence
from nelm.quantities import Interval

WORDS = tuple(Verdict)
"""Verdicts by the code of their column."""


@dataclass(frozen=True)
class Evaluation:
    """One case run through the guideline: its row, the evaluated line and the what-if."""

    case: Case
    guideline: Guideline
    row: PatientRow
    line: Mapping[str, Any]
    whatif: WhatIf

    @property
    def reader(self) -> Reader:
        """Reads the answers of the patient."""
        return Reader(self.line, self.row, self.guideline.places)

    @cached_property
    def view(self) -> PatientView:
        """Every fact and derived fact by name, for the proposals."""
        values: dict[str, Value] = {name: cell.value for name, cell in self.row.cells.items()}
        for name, node in self.guideline.layers.definitions.items():
            if isinstance(node, DefinedNumber):
                lowest = self.line[low(name)]
                values[name] = None if lowest is None else Interval(lowest, self.line[high(name)])
            elif isinstance(node, DefinedBoolean):
                values[name] = self.line[name]
            else:
                values[name] = next((value for value in node.values if self.line[word(name, value)]), None)
        return PatientView(self.case.id, self.case.as_of, values)


def evaluate(case: Case, guideline: Guideline) -> Evaluation:
    """Run the guideline once over the patient and every what-if."""
    row = row_of(case, guideline.knowledge)
    options = guideline.options
    tried = probes(row.values, guideline.asked)
    table = guideline.evaluate(what_if_frame(row.values, [probe.sets for probe in tried]))
    codes = table.select(pl.col([option.id for option in options]).to_physical())
    verdicts = {option.id: tuple(map(WORDS.__getitem__, codes[option.id].to_list())) for option in options}
    return Evaluation(case, guideline, row, table.row(0, named=True), WhatIf(tried, verdicts))


def _planned(evaluation: Evaluation, option: OptionRule) -> PlannedOption:
    """One option with its answers and its practice for this patient."""
    guideline, reader = evaluation.guideline, evaluation.reader
    criteria = reader.criteria(option)
    verdict = evaluation.whatif.verdicts[option.id][0]
    proposal = guideline.therapies[option.id].proposal(option.id, evaluation.view, guideline.knowledge)
    return PlannedOption(
        id=option.id,
        family=option.family,
        name=option.name,
        intent=option.intent,
        verdict=verdict,
        rank=None,
        reasons=(),
        criteria=criteria,
        positions=reader.positions(option),
        needs=needs(option.id, criteria, evaluation.row, evaluation.whatif)
        if verdict is Verdict.UNDETERMINED
        else (),
        proposal=proposal,
        evidence=reader.evidence(guideline.outlook.get(option.id, ())),
    )


def _known_facts(row: PatientRow) -> tuple[KnownFact, ...]:
    specs = fact_specs()
    return tuple(
        KnownFact(name, specs[name].meaning, cell.written, specs[name].unit, cell.paths, cell.inferred)
        for name, cell in row.cells.items()
    )


def _timeline(case: Case) -> tuple[TreatmentSpan, ...]:
    return tuple(
        TreatmentSpan(
            option=item.option or item.other or "",
            start=item.start.first if item.start else None,
            end=item.end.last if item.end else None,
            ongoing=item.ongoing,
            response=str(item.best_response) if item.best_response else None,
        )
        for item in case.treatments
    )


def _lesions(case: Case) -> tuple[tuple[str, float, float | None], ...]:
    """Measured liver lesions: name, diameter [mm], volume [mL]."""
    return tuple(
        (item.id, item.diameter_mm.high, item.volume_ml.high if item.volume_ml else None)
        for item in case.liver.lesions
        if item.diameter_mm is not None
    )


def _cited(options: Iterable[PlannedOption], findings: Iterable[Finding]) -> set[str]:
    """Keys of all sources that the plan names."""
    keys: set[str] = {key for item in findings for key in item.sources}
    for option in options:
        parts = [*option.criteria, *option.positions, *option.sequence]
        parts += [line for group in _items(option.proposal) for line in group]
        keys |= {key for part in parts for key in part.sources}
        for evidence in option.evidence:
            keys |= set(evidence.trial.sources)
            keys |= {key for outcome in evidence.trial.outcomes for key in outcome.sources}
            keys |= {key for item in evidence.eligibility for key in item.sources}
    return keys


def _follow_up(options: Iterable[PlannedOption]) -> tuple[FollowUp, ...]:
    """When to come back: the calendar of surveillance and the monitoring of what is recommended."""
    found: dict[str, FollowUp] = {}
    for option in options:
        lines = option.proposal.regimen + option.proposal.monitoring if option.id == "surveillance" else ()
        if option.verdict is Verdict.RECOMMENDED and option.id != "surveillance":
            lines = option.proposal.monitoring
        for line in lines:
            text = line.text if option.id == "surveillance" else f"{option.name}: {line.text}"
            found.setdefault(text, FollowUp(text, line.sources, line.status))
    return tuple(found.values())


def _items(proposal: Proposal) -> tuple[tuple[Item, ...], ...]:
    return proposal.regimen, proposal.quantities, proposal.monitoring, proposal.cautions


def plan_for(case: Case, knowledge: Knowledge, software: str) -> Plan:
    """The plan of one case.

    Parameters
    ----------
    case : What is known of the patient.
    knowledge : The knowledge to judge by.
    software : Version of the program, printed in the plan.
    """
    guideline = current_guideline(knowledge)
    evaluation = evaluate(case, guideline)
    known = knowledge.record(SequenceKnowledge, "sequence")
    judged = ranked([_planned(evaluation, option) for option in guideline.options])
    options = with_sequence(judged, evaluation.view, known)
    derived = findings_of(evaluation.row, evaluation.view, guideline.reported)
    governing = next((item for item in derived if item.id == "tumour.grade"), None)
    findings = (*derived, *specimen_findings(case, knowledge, governing))
    conflicts = touching(evaluation.line, options, knowledge)
    views = {view.source for item in conflicts for view in item.views}
    follow_up = _follow_up(options)
    cited = _cited(options, findings) | views | {key for item in follow_up for key in item.sources}
    sources: Mapping[str, Source] = knowledge.cite(cited)
    return Plan(
        case_id=case.id,
        as_of=case.as_of,
        software=software,
        knowledge=knowledge.version,
        facts=_known_facts(evaluation.row),
        findings=findings,
        options=options,
        next_facts=next_facts(
            {item.id: item.criteria for item in options}, evaluation.row, evaluation.whatif
        ),
        conflicts=conflicts,
        follow_up=follow_up,
        warnings=(*case.warnings, *cautions_about(case, evaluation.row)),
        sources=sources,
        timeline=_timeline(case),
        lesions=_lesions(case),
    )
