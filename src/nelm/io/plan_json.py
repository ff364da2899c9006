"""The plan as the contract's JSON document (`nelm.plan/1`): same plan, same bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from nelm.guideline.therapy import Item
from nelm.knowledge import Entry, Outcome, Status
from nelm.planner.plan import (
    DISCLAIMER,
    AnsweredCriterion,
    Finding,
    Plan,
    PlannedOption,
    StatedPosition,
    TrialEvidence,
)

PLAN_SCHEMA = "nelm.plan/1"
Document = dict[str, Any]


def _status(status: Status) -> str:
    """The contract knows three: what was computed here from checked numbers counts as verified."""
    return "verified" if status is Status.COMPUTED else str(status)


def _statuses(status: Status) -> Document:
    """The contract's status, and the project's own finer one."""
    return {"status": _status(status), "status_detail": str(status)}


def _finite(value: float | None) -> float | None:
    return None if value is None or math.isinf(value) else value


def _limit(entry: Entry) -> Document:
    """The number compared with, and where it is from."""
    return {"id": entry.id, "value": entry.value, "unit": entry.unit, "statement": entry.statement}


def _criterion(item: AnsweredCriterion) -> Document:
    limits = [_limit(entry) for entry in item.limits]
    return {
        "id": item.id,
        "kind": str(item.kind),
        "state": str(item.state),
        "statement": item.statement,
        "facts": dict(item.facts),
        "limit": limits[0] if len(limits) == 1 else limits or None,
        "sources": list(item.sources),
        **_statuses(item.status),
        "blocked_by_measurement": item.blocked_by_measurement,
    }


def _position(item: StatedPosition) -> Document:
    return {
        "body": item.body,
        "position": item.position,
        "applies": str(item.applies),
        "statement": item.statement,
        "source": item.sources[0],
        "sources": list(item.sources),
        **_statuses(item.status),
    }


def _item(item: Item) -> Document:
    document: Document = {"label": item.label, "text": item.text}
    for name in ("value", "low", "high", "unit"):
        value = getattr(item, name)
        document[name] = _finite(value) if isinstance(value, float) else value
    return {
        **document,
        "facts": list(item.facts),
        "sources": list(item.sources),
        "status": _status(item.status),
    }


def _grouped(items: Iterable[Item]) -> Document:
    """Items by their label; a label that occurs twice is numbered."""
    grouped: Document = {}
    for item in items:
        name, number = item.label, 2
        while name in grouped:
            name, number = f"{item.label} ({number})", number + 1
        grouped[name] = _item(item)
    return grouped


def _outcome(item: Outcome) -> Document:
    return {
        "endpoint": item.endpoint,
        "measure": item.measure,
        "value": item.value,
        "low": item.low,
        "high": item.high,
        "unit": item.unit,
        "arm": item.arm,
        "comparator_value": item.comparator_value,
        "note": item.note,
        "sources": list(item.sources),
        "status": _status(item.status),
    }


def _evidence(item: TrialEvidence) -> Document:
    trial = item.trial
    return {
        "trial": trial.id,
        "name": trial.name,
        "year": trial.year,
        "design": trial.design,
        "population": trial.population,
        "arms": [{"name": arm.name, "n": arm.n} for arm in trial.arms],
        "caveat": trial.caveat,
        "outcomes": [_outcome(outcome) for outcome in trial.outcomes],
        "patient_would_have_been_in": str(item.would_have_been_in),
        "eligibility": [_criterion(criterion) for criterion in item.eligibility],
        "sources": list(trial.sources),
        "status": _status(trial.status),
    }


def _option(item: PlannedOption) -> Document:
    proposal = item.proposal
    return {
        "id": item.id,
        "family": item.family,
        "name": item.name,
        "intent": str(item.intent),
        "verdict": str(item.verdict),
        "rank": item.rank,
        "rank_reasons": list(item.reasons),
        "criteria": [_criterion(criterion) for criterion in item.criteria],
        "positions": [_position(position) for position in item.positions],
        "needs": [
            {"fact": need.fact, "if": [{"value": c.value, "verdict": str(c.verdict)} for c in need.consequences]}
            for need in item.needs
        ],
        "regimen": _grouped(proposal.regimen),
        "quantities": _grouped(proposal.quantities),
        "monitoring": [_item(line) for line in proposal.monitoring],
        "evidence": [_evidence(evidence) for evidence in item.evidence],
        "cautions": [_item(line) for line in proposal.cautions],
        "sequence": [{"statement": e.statement, "sources": list(e.sources), "status": _status(e.status)}
                     for e in item.sequence],
    }  # fmt: skip


def _finding(item: Finding) -> Document:
    interval = item.value is None and (item.low is not None or item.high is not None)
    value: Any = {"low": _finite(item.low), "high": _finite(item.high)} if interval else item.value
    return {
        "id": item.id,
        "label": item.label,
        "value": value,
        "unit": item.unit,
        "from": list(item.paths),
        "sources": list(item.sources),
        "status": _status(item.status),
        "note": item.note,
    }


def plan_document(plan: Plan) -> Document:
    """The plan as the contract's document."""
    return {
        "schema": PLAN_SCHEMA,
        "case": plan.case_id,
        "as_of": plan.as_of.isoformat(),
        "software": plan.software,
        "knowledge": plan.knowledge,
        "findings": [_finding(item) for item in plan.findings],
        "options": [_option(item) for item in plan.options],
        "next_facts": [
            {"fact": item.fact, "settles": list(dict.fromkeys((*item.needed_by, *item.settles))),
             "moves_alone": list(item.settles), "meaning": item.meaning, "answered_by": item.answered_by,
             "measurement": item.measurement}
            for item in plan.next_facts
        ],
        "conflicts": [
            {"id": item.id, "topic": item.topic, "views": [
                {"body": v.body, "says": v.says, "source": v.source, "status": _status(v.status)}
                for v in item.views]}
            for item in plan.conflicts
        ],
        "follow_up": [
            {"text": f.text, "sources": list(f.sources), "status": _status(f.status)} for f in plan.follow_up
        ],
        "warnings": [*plan.warnings, DISCLAIMER],
        "sources": {
            key: {"citation": source.citation, "doi": source.doi, "read": source.read}
            for key, source in sorted(plan.sources.items())
        },
    }  # fmt: skip


def plan_bytes(plan: Plan) -> bytes:
    """The document as UTF-8, two spaces, no NaN."""
    text = json.dumps(plan_document(plan), ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode()
