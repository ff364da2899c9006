"""The plan as the data that the PDF is set from: sentences with the places that they link to, no markup."""

from __future__ import annotations

from typing import Any

from nelm.guideline.criteria import Intent, Verdict
from nelm.guideline.therapy import Item
from nelm.knowledge import Outcome, Status
from nelm.planner.plan import (
    DISCLAIMER,
    AnsweredCriterion,
    Plan,
    PlannedOption,
    StatedPosition,
    TrialEvidence,
)
from nelm.report import glance, wording
from nelm.report.figures import bounds
from nelm.report.reasons import Reason, reason_of
from nelm.report.references import References

Data = dict[str, Any]


def printed(plan: Plan) -> Data:
    """Everything that the PDF shows, in order."""
    refs = References(plan)
    return {
        "case": plan.case_id,
        "meta": f"{plan.as_of} · nelm {plan.software} · knowledge {plan.knowledge}",
        "disclaimer": DISCLAIMER,
        "headline": [_to(line.value or "", line.anchor) for line in glance.headline(plan)],
        "blocks": [
            {"title": title,
             "lines": [{"label": line.label, "said": _to(line.value or "", line.anchor)} for line in lines]}
            for title, lines in glance.blocks(plan)
        ],
        "tally": [{"code": str(verdict), "word": wording.VERDICT_WORDS[verdict], "count": count}
                  for verdict, count in glance.tally(plan)],
        "liver": _liver(plan),
        "groups": _groups(plan, refs),
        "left": [_to(o.name, f"option-{o.id}") for o in plan.options if o.verdict is Verdict.NOT_INDICATED],
        "next": [_question(item) for item in glance.questions(plan)],
        "conflicts": [
            {"id": c.id, "topic": c.topic, "bodies": ", ".join(v.body for v in c.views),
             "views": [{"body": v.body, **_said(v.says, (v.source,), v.status)} for v in c.views]}
            for c in plan.conflicts
        ],
        "timeline": [_treatment(plan, place) for place in range(len(plan.timeline))],
        "details": [_detail(o, refs) for intent in Intent for o in plan.of_intent(intent)
                    if o.verdict is not Verdict.NOT_INDICATED],
        "brief": [_brief(o, refs) for o in plan.options if o.verdict is Verdict.NOT_INDICATED],
        "follow": [_said(f.text, f.sources, f.status) for f in plan.follow_up],
        "open": [{"name": f"next-{n.fact}", "what": wording.named(n.meaning), "how": n.answered_by,
                  "waiting": len(n.needed_by), "moves": len(n.settles)} for n in plan.next_facts],
        "findings": _findings(plan),
        "facts": _facts(plan),
        "absent": [{"name": f"fact-{item.name}", "what": wording.named(item.meaning)}
                   for item in glance.split_facts(plan.facts)[1]],
        "warnings": list(plan.warnings),
        "sources": [
            {"key": key, "citation": s.citation, "doi": s.doi or "",
             "read": wording.READ_WORDS.get(s.read, wording.plain(s.read))}
            for key, s in plan.sources.items()
        ],
    }  # fmt: skip


def _to(text: str, anchor: str) -> Data:
    """Text that links to one place."""
    return {"text": text, "to": anchor}


def _said(text: str, keys: tuple[str, ...], status: Status = Status.VERIFIED) -> Data:
    """A sentence with its sources and the mark of doubt."""
    return {"text": text, "keys": list(keys), "doubt": wording.STATUS_WORDS[status]}


def _reason(reason: Reason, option: str, refs: References) -> Data:
    """A reason; what is needed leads to its facts, the rest to its sources or to the option."""
    needs = {wording.fact_words(name): refs.fact(name) for name in reversed(reason.needs)}
    return {
        "target": f"option-{option}",
        "lead": reason.lead,
        "needs": [_to(words, anchor) for words, anchor in reversed(needs.items())],
        "more": f"and {reason.more} more" if reason.more else "",
        **_said("" if needs else reason.text, reason.sources, reason.status),
    }


def _groups(plan: Plan, refs: References) -> list[Data]:
    """The table of options: one group an intent, one line a rank."""
    groups = [
        {
            "title": wording.INTENT_WORDS[intent],
            "rows": [_row(row, refs) for row in glance.rows(plan, intent)],
        }
        for intent in Intent
    ]
    return [group for group in groups if group["rows"]]


def _row(row: glance.Row, refs: References) -> Data:
    return {
        "rank": row.rank or 0,
        "names": [_to(name, f"option-{key}") for key, name in row.options],
        "code": str(row.verdict),
        "word": wording.VERDICT_WORDS[row.verdict],
        "why": _reason(row.reason, row.options[0][0], refs),
    }


def _question(item: glance.Question) -> Data:
    return {
        "how": item.answered_by,
        "facts": [_to(wording.named(fact.meaning), f"next-{fact.fact}") for fact in item.facts],
        "bears": len(item.options),
    }


def _liver(plan: Plan) -> Data:
    """What the drawings of the liver need: the share replaced, and each lesion's diameter [mm]."""
    written = wording.fact_of(plan, "liver.burden_percent")
    span = bounds(written, 0, 100) if written else None
    return {
        "written": wording.range_words(written or ""),
        "span": list(span) if span else [],
        "lesions": [
            {"name": name, "mm": diameter} for name, diameter, _ in sorted(plan.lesions, key=lambda s: -s[1])
        ],
    }


def _treatment(plan: Plan, place: int) -> Data:
    item = plan.timeline[place]
    names = {option.id: option.name for option in plan.options}
    end = str(item.end) if item.end else ("ongoing" if item.ongoing else "end not known")
    return {
        "name": names.get(item.option, wording.plain(item.option)),
        "when": f"{item.start or 'start not known'} to {end}",
        "response": item.response or "",
    }


def _criterion(item: AnsweredCriterion, refs: References) -> Data:
    known = [(name, written) for name, written in item.facts.items() if written is not None]
    limits = [wording.limit_words(limit) for limit in item.limits]
    return {
        "kind": wording.KIND_WORDS[item.kind],
        "answer": wording.criterion_answer(item.kind, item.state),
        "state": str(item.state),
        "bad": (item.kind.value, item.state.value) in (("excludes", "met"), ("requires", "not_met")),
        "limit": ", ".join(text for text in limits if text),
        "facts": [_to(f"{wording.fact_words(n)}: {wording.plain(w)}", refs.fact(n)) for n, w in known],
        "missing": [_to(wording.fact_words(n), refs.fact(n)) for n, w in item.facts.items() if w is None][:6],
        **_said(item.statement, item.sources, item.status),
    }


def _position(item: StatedPosition) -> Data:
    return {
        "body": item.body,
        "position": wording.POSITION_WORDS.get(item.position, item.position),
        "applies": wording.STATE_WORDS[item.applies],
        **_said(item.statement, item.sources, item.status),
    }


def _line(item: Item) -> Data:
    value = wording.item_value(item)
    shown = "" if value in item.text else value
    return {"label": item.label, "value": shown, **_said(item.text, item.sources, item.status)}


def _outcome(item: Outcome) -> Data:
    return {
        "endpoint": wording.plain(item.endpoint),
        "arm": item.arm or "",
        "against": wording.outcome_against(item),
        "note": item.note or "",
        **_said(wording.outcome_result(item), item.sources, item.status),
    }


def _trial(item: TrialEvidence, refs: References) -> Data:
    trial = item.trial
    return {
        "name": trial.name,
        "key": trial.sources[0],
        "head": f"{trial.year}, {wording.plain(trial.design)}",
        "in": wording.STATE_WORDS[item.would_have_been_in],
        "eligibility": [_criterion(criterion, refs) for criterion in item.eligibility],
        "outcomes": [_outcome(outcome) for outcome in trial.outcomes],
        "caveat": _said(trial.caveat or "", trial.sources, trial.status),
        **_said(trial.population, trial.sources, trial.status),
    }


def _brief(option: PlannedOption, refs: References) -> Data:
    return {
        "name": option.name,
        "target": f"option-{option.id}",
        "code": str(option.verdict),
        "word": wording.VERDICT_WORDS[option.verdict],
        "why": _reason(reason_of(option), option.id, refs),
    }


def _detail(option: PlannedOption, refs: References) -> Data:
    proposal = option.proposal
    blocks = (
        ("How it is given", proposal.regimen),
        ("In numbers, for this patient", proposal.quantities),
        ("What to watch", proposal.monitoring),
        ("Take care", proposal.cautions),
    )
    return {
        **_brief(option, refs),
        "rank": option.rank or 0,
        "reasons": list(option.reasons),
        "needs": [
            {"what": _to(wording.fact_words(need.fact), refs.fact(need.fact)),
             "if": "; ".join(f"{wording.answer_text(c.value)} → {wording.VERDICT_WORDS[c.verdict]}"
                             for c in need.consequences)}
            for need in option.needs
        ],
        "criteria": [_criterion(item, refs) for item in option.criteria],
        "positions": [_position(item) for item in option.positions if item.position != "not_read"],
        "unread": [_said(p.body, p.sources) for p in option.positions if p.position == "not_read"],
        "blocks": [{"title": title, "lines": [_line(item) for item in lines]} for title, lines in blocks if lines],
        "trials": [_trial(item, refs) for item in option.evidence],
        "sequence": [_said(entry.statement, entry.sources, entry.status) for entry in option.sequence],
    }  # fmt: skip


def _findings(plan: Plan) -> list[Data]:
    return [
        {"name": f"finding-{item.id}", "label": item.label, "value": wording.finding_words(item),
         **_said(item.note or "", item.sources, item.status)}
        for item in plan.findings
    ]  # fmt: skip


def _facts(plan: Plan) -> list[Data]:
    facts = [
        {"name": f"fact-{item.name}", "what": wording.named(item.meaning), "written": wording.written_words(item),
         "paths": ", ".join(item.paths)}
        for item in glance.split_facts(plan.facts)[0]
    ]  # fmt: skip
    lesions = [
        {"name": f"fact-lesion.{name}", "what": f"liver lesion {name}", "paths": "liver.lesions",
         "written": f"{diameter:g} mm" + (f", {volume:g} mL" if volume else "")}
        for name, diameter, volume in plan.lesions
    ]  # fmt: skip
    return facts + lesions
