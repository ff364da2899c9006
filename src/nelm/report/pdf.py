"""The report as PDF, set with Typst: the same sentences as the HTML page, on A4."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from nelm.guideline.criteria import Intent, Verdict
from nelm.knowledge import Status
from nelm.planner.plan import DISCLAIMER, Plan, PlannedOption
from nelm.report import wording
from nelm.report.glance import glance

Data = dict[str, Any]


def _said(text: str, keys: tuple[str, ...], status: Status) -> Data:
    return {"text": text, "keys": list(keys), "doubt": wording.STATUS_WORDS[status]}


def _reason(option: PlannedOption) -> Data:
    if option.verdict is Verdict.UNDETERMINED and option.needs:
        return {"text": f"needs: {wording.needed_words(option)}", "keys": [], "doubt": ""}
    found = wording.decisive(option)
    return _said(found.statement, found.sources, found.status) if found else {"text": "", "keys": [], "doubt": ""}


def _row(option: PlannedOption) -> Data:
    return {
        "rank": str(option.rank or ""),
        "name": option.name,
        "verdict": f"{wording.VERDICT_MARKS[option.verdict]} {wording.VERDICT_WORDS[option.verdict]}",
        "code": str(option.verdict),
        "why": _reason(option),
    }


def _detail(option: PlannedOption) -> Data:
    proposal = option.proposal
    blocks = (("In practice", proposal.regimen), ("Numbers", proposal.quantities), ("Monitoring", proposal.monitoring),
              ("Take care", proposal.cautions))  # fmt: skip
    return {
        **_row(option),
        "reasons": list(option.reasons),
        "criteria": [
            {"kind": wording.KIND_WORDS[c.kind], "state": wording.STATE_WORDS[c.state],
             "limits": ", ".join(wording.limit_words(limit) for limit in c.limits),
             "facts": "; ".join(f"{wording.fact_words(n)}: {w}" for n, w in c.facts.items() if w is not None),
             **_said(c.statement, c.sources, c.status)}
            for c in option.criteria
        ],
        "positions": [
            {"body": p.body, "position": wording.POSITION_WORDS.get(p.position, p.position),
             "applies": wording.STATE_WORDS[p.applies], **_said(p.statement, p.sources, p.status)}
            for p in option.positions
        ],
        "blocks": [
            {"title": title, "lines": [
                {"label": line.label, "value": wording.item_value(line), **_said(line.text, line.sources, line.status)}
                for line in lines]}
            for title, lines in blocks if lines
        ],
        "trials": [
            {"name": f"{e.trial.name} ({e.trial.year})", "in": wording.STATE_WORDS[e.would_have_been_in],
             **_said(e.trial.population, e.trial.sources, e.trial.status),
             "outcomes": [_said(wording.outcome_words(o), o.sources, o.status) for o in e.trial.outcomes]}
            for e in option.evidence
        ],
        "sequence": [_said(s.statement, s.sources, s.status) for s in option.sequence],
    }  # fmt: skip


def _data(plan: Plan) -> Data:
    shown = (Verdict.RECOMMENDED, Verdict.OPTION, Verdict.UNDETERMINED, Verdict.CONTRAINDICATED)
    groups = [
        {"title": wording.INTENT_WORDS[intent],
         "rows": [_row(o) for o in plan.of_intent(intent) if o.verdict in shown]}
        for intent in Intent
    ]  # fmt: skip
    details = [_detail(o) for intent in Intent for o in plan.of_intent(intent) if o.verdict in shown]
    return {
        "case": plan.case_id,
        "meta": f"As of {plan.as_of} · nelm {plan.software} · knowledge {plan.knowledge}",
        "disclaimer": DISCLAIMER,
        "blocks": [{"title": title, "lines": [{"label": item.label, "value": item.value} for item in lines]}
                   for title, lines in glance(plan)],
        "groups": [group for group in groups if group["rows"]],
        "left": ", ".join(o.name for o in plan.options if o.verdict is Verdict.NOT_INDICATED),
        "next": [{"what": item.meaning, "how": item.answered_by,
                  "n": f"{len(item.needed_by)} options wait; moves {len(item.settles)} alone"}
                 for item in plan.next_facts[:8]],
        "conflicts": [{"topic": c.topic, "views": [{"body": v.body, **_said(v.says, (v.source,), v.status)}
                                                   for v in c.views]} for c in plan.conflicts],
        "details": details,
        "warnings": list(plan.warnings),
        "follow": [_said(f.text, f.sources, f.status) for f in plan.follow_up],
        "sources": [{"key": key, "citation": s.citation, "read": s.read.replace("_", " ")}
                    for key, s in plan.sources.items()],
    }  # fmt: skip


@lru_cache(maxsize=1)
def _template() -> bytes:
    return files("nelm.report").joinpath("templates", "report.typ").read_bytes()


def pdf_bytes(plan: Plan) -> bytes:
    """The report as PDF; the same plan gives the same bytes (the date of the file is the day of the board)."""
    import typst

    midnight = datetime(plan.as_of.year, plan.as_of.month, plan.as_of.day, tzinfo=UTC)
    made = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"plan": json.dumps(_data(plan), ensure_ascii=False)},
        timestamp=int(midnight.timestamp()),
        ignore_system_fonts=True,
    )
    if not isinstance(made, bytes):
        raise TypeError("the PDF compiler gave no bytes")
    return made
