"""A followed course as a JSON document, ``nelm.followup/1``: same course, same bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

from nelm import __version__
from nelm.app.course.decisions import Cause, Decision, Foreclosed, Move
from nelm.app.course.drugs import DrugStep
from nelm.app.course.followed import Followed
from nelm.app.course.lines import DayResponse, Line, name_of
from nelm.app.course.quality import QualityCourse
from nelm.app.course.watch import Watched
from nelm.case import case_to_document
from nelm.followup import MarkerChange, MarkerCourse
from nelm.followup.answers import Answer
from nelm.knowledge import Entry
from nelm.planner.plan import DISCLAIMER
from nelm.quantities import Estimate, Interval
from nelm.therapies.symptoms.steps import CrisisPlan

FOLLOWUP_SCHEMA = "nelm.followup/1"
Document = dict[str, Any]


def followup_bytes(followed: Followed) -> bytes:
    """The document as UTF-8, two spaces, no NaN."""
    text = json.dumps(followup_document(followed), ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode()


def followup_document(followed: Followed) -> Document:
    """Everything that was computed of a course."""
    found = _computed(followed)
    sources = followed.knowledge.cite(_named(found))
    return {
        **found,
        "warnings": [*followed.file.remarks, *followed.last.plan.warnings, DISCLAIMER],
        "sources": {
            key: {"citation": source.citation, "doi": source.doi, "read": source.read}
            for key, source in sources.items()
        },
    }


def _named(value: object) -> set[str]:
    """Keys of every source that a document names."""
    if isinstance(value, Mapping):
        group = cast("Mapping[str, object]", value)
        own = group.get("sources")
        keys = {str(key) for key in cast("list[object]", own)} if isinstance(own, list) else set[str]()
        return keys.union(*(_named(item) for item in group.values()))
    if isinstance(value, list):
        return set[str]().union(*(_named(item) for item in cast("list[object]", value)))
    return set()


def _computed(followed: Followed) -> Document:
    return {
        "schema": FOLLOWUP_SCHEMA,
        "course": followed.course.id,
        "on": followed.on.isoformat(),
        "software": __version__,
        "knowledge": followed.last.plan.knowledge,
        "lines": [_line(line) for line in followed.lines.whole],
        "responses": [_day(one) for one in followed.lines.days],
        "markers": [_marker(one) for one in followed.markers],
        "symptoms": [
            {"symptom": str(one.symptom), "baseline": _estimate(one.change.baseline.mean),
             "current": _estimate(one.change.current.mean), "change_percent": _estimate(one.change.percent),
             "durable_response": one.durable.holds if one.durable else None}
            for one in followed.diary
        ],
        "quality_of_life": [_quality(one) for one in followed.quality],
        "grades": [
            {"date": one.day.isoformat(), "test": str(one.test), "value": one.written,
             "grades": [{"term": grade.term, "version": str(grade.version), "low": grade.low, "high": grade.high,
                         "missing": list(grade.missing)} for grade in one.grades]}
            for one in followed.grades
        ],
        "dose_steps": [_step(one) for one in followed.steps],
        "marrow": {
            "verdict": str(followed.marrow.verdict), "since": _iso(followed.marrow.since),
            "options": list(followed.marrow.options), "exposure": list(followed.marrow.exposure),
            "reasons": _reasons(followed.marrow.reasons), "find_out": list(followed.marrow.find_out),
        },
        **_watch(followed.watch, followed),
        "case": case_to_document(followed.last.case),
        "decisions": [_decision(one) for one in followed.decisions],
        "foreclosed": [_foreclosed(one) for one in followed.foreclosed],
        "consequences": [
            {"treatment": name, "statement": entry.statement, "sources": list(entry.sources),
             "status": str(entry.status)}
            for name, entry in followed.consequences
        ],
    }  # fmt: skip


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _estimate(value: Estimate | None) -> Document | None:
    if value is None:
        return None
    return {"value": _finite(value.value), "low": _finite(value.low), "high": _finite(value.high)}


def _interval(value: Interval | None) -> Document | None:
    return None if value is None else {"low": _finite(value.low), "high": _finite(value.high)}


def _reasons(reasons: Iterable[Any]) -> list[Document]:
    """Reasons of any kind, with the sources of those that have an entry."""
    found: list[Document] = []
    for reason in reasons:
        entry: Entry | None = reason.entry
        sources = {} if entry is None else {"sources": list(entry.sources), "status": str(entry.status)}
        found.append({"text": reason.text, **sources})
    return found


# ------------------------------------------------------------------------------------------- response
def _line(line: Line) -> Document:
    best = line.response.best if line.response is not None else None
    return {
        "start": line.start.isoformat() if line.treatments else None,
        "treatments": [name_of(one) for one in line.treatments],
        "baseline": _iso(line.baseline),
        "targets": list(line.response.targets.targets) if line.response is not None else [],
        "target_problems": [item.reason.text for item in line.response.targets.problems] if line.response else [],
        "best": str(line.best) if line.best else None,
        "confirmed": str(best.confirmed) if best is not None else None,
        "first_response": _iso(best.first_response) if best is not None else None,
        "progression": _iso(line.progression),
        "progression_possible": _iso(best.progression_possible) if best is not None else None,
        "control_days": best.control_days if best is not None else None,
        "is_censored": best.is_censored if best is not None else None,
    }  # fmt: skip


def _answer(one: Answer) -> Document:
    return {
        "criteria": str(one.criteria),
        "word": str(one.word),
        "possible": [str(word) for word in one.possible],
        "reasons": _reasons(one.reasons),
    }


def _day(one: DayResponse) -> Document:
    found: Document = {
        "date": one.day.isoformat(),
        "line": one.line,
        "word": str(one.word) if one.word else None,
        "basis": one.basis,
        "is_measured": one.is_measured,
        "since": _iso(one.since),
        "remark": one.remark or None,
    }
    response = one.response
    if response is None:
        return found
    recist = response.recist
    return found | {
        "sum_mm": _estimate(recist.targets.total_mm),
        "nadir_mm": _estimate(recist.nadir_mm),
        "change_percent": _estimate(recist.change_percent),
        "rise_percent": _estimate(recist.rise_percent),
        "answers": [_answer(item) for item in response.answers],
        "growth": [
            {"since": item.since.isoformat(), "from": "diameters" if item.rate.from_diameters else "volume",
             "percent_a_month": _estimate(item.rate.tumour_growth_rate_percent_month),
             "specific_percent_a_day": _estimate(item.rate.specific_growth_rate_percent_day),
             "against_limit": str(item.reading.against)}
            for item in response.growth
        ],
        "receptor_volume": [
            {"method": item.method, "direction": str(item.direction), "change_percent": _estimate(item.change_percent)}
            for item in response.receptors
        ],
        "disagreement": _reasons(response.disagreement),
        "cautions": _reasons(response.cautions),
    }  # fmt: skip


# --------------------------------------------------------------------------- markers and quality of life
def _change(one: MarkerChange | None) -> Document | None:
    if one is None:
        return None
    return {
        "since": one.since.isoformat(),
        "date": one.day.isoformat(),
        "change_percent": _interval(one.change_percent),
        "trend": str(one.trend),
        "if_comparable": str(one.if_comparable),
        "reasons": _reasons(one.reasons),
        "cautions": _reasons(one.cautions),
    }


def _marker(one: MarkerCourse) -> Document:
    return {
        "marker": str(one.marker),
        "values": [
            {"date": value.day.isoformat(), "value": _interval(value.value), "unit": value.unit, "assay": value.assay}
            for value in one.values
        ],
        "since_first": _change(one.since_first),
        "since_lowest": _change(one.since_lowest),
        "cautions": _reasons(one.reasons),
    }  # fmt: skip


def _quality(one: QualityCourse) -> Document:
    return {
        "questionnaire": str(one.questionnaire),
        "days": [
            {"date": day.day.isoformat(), "summary": day.summary.value if day.summary else None,
             "scores": {score.scale.name: score.value for score in day.scores}}
            for day in one.days
        ],
        "since_first": [
            {"scale": change.scale.name, "points": change.points, "direction": str(change.direction),
             "extent": str(change.extent) if change.extent else None, "difference": change.difference.id}
            for change in one.since_first
        ],
        "cautions": [entry.statement for entry in one.cautions],
    }  # fmt: skip


# --------------------------------------------------------------------------------------- doses and watch
def _step(one: DrugStep) -> Document:
    step = one.step
    return {
        "option": one.option,
        "drug": step.drug,
        "date": one.day.isoformat(),
        "action": str(step.action),
        "level": str(step.level),
        "dose": step.dose.words if step.dose else None,
        "dose_if_clear": step.dose_if_clear.words if step.dose_if_clear else None,
        "instruction": step.instruction,
        "reasons": _reasons(step.reasons),
        "find_out": list(step.find_out),
        "walked": [{"date": day.isoformat(), "instruction": item.instruction} for day, item in one.walked],
        "remarks": list(one.remarks),
    }


def _watch(watch: Watched, followed: Followed) -> Document:
    told = watch.telotristat
    return {
        "heart": {
            "echocardiogram_asked_for": watch.echo.asked,
            "reasons": _reasons(watch.echo.reasons),
            "find_out": list(watch.echo.unknown),
        },
        "analogues": [
            {"option": one.option, "target": str(one.target), "advice": str(one.advice.advice),
             "step": str(one.advice.state.step), "dose_is_assumed": one.is_assumed, "options": list(one.advice.options),
             "reasons": _reasons(one.advice.reasons), "cautions": _reasons(one.advice.cautions),
             "find_out": list(one.advice.unknown), "review_on": _iso(one.advice.review_on)}
            for one in watch.analogues
        ],
        "telotristat": None if told is None else {
            "advice": str(told.advice), "reasons": _reasons(told.reasons), "find_out": list(told.unknown),
            "review_on": _iso(told.review_on),
        },
        "procedures": [
            {"procedure": str(one.procedure), "echocardiogram": one.echo.reason if one.echo else None,
             "crisis": _crisis(one.crisis)}
            for one in followed.preparations
        ],
        "calendar": {
            "due": [
                {"examination": str(item.examination), "earliest": item.earliest.isoformat(),
                 "latest": item.latest.isoformat(), "standing": str(item.standing(followed.on)), "reason": item.reason,
                 "sources": list(item.sources), "status": str(item.status)}
                for item in watch.calendar.due
            ],
            "unknown": list(watch.calendar.unknown),
            "remarks": _reasons(watch.calendar.remarks),
        },
    }  # fmt: skip


def _crisis(plan: CrisisPlan | None) -> list[Document]:
    return [] if plan is None else _reasons((plan.statement, *plan.views, *plan.for_patient))


# ------------------------------------------------------------------------------------------- decisions
def _decision(one: Decision) -> Document:
    return {
        "date": one.day.isoformat(),
        "events": list(one.events),
        "status": str(one.case.course.status) if one.case.course.status else None,
        "options": {
            item.id: {"verdict": str(item.verdict), "intent": str(item.intent), "rank": item.rank}
            for item in one.plan.options
        },
        "moves": [_move(item) for item in one.moves],
    }  # fmt: skip


def _move(one: Move) -> Document:
    return {
        "option": one.option,
        "before": str(one.before),
        "after": str(one.after),
        "rank_before": one.rank_before,
        "rank_after": one.rank_after,
        "causes": [_cause(cause) for cause in one.causes],
    }


def _cause(one: Cause) -> Document:
    return {"fact": one.fact, "before": one.before, "after": one.after, "criterion": one.criterion or None}


def _foreclosed(one: Foreclosed) -> Document:
    return {
        "option": one.option,
        "verdict": str(one.verdict),
        "since": one.since.isoformat(),
        "by_treatment": one.by_treatment,
        "causes": [_cause(cause) for cause in one.causes],
        "reasons": [
            {"id": item.id, "statement": item.statement, "facts": dict(item.facts), "sources": list(item.sources)}
            for item in one.reasons
        ],
    }  # fmt: skip
