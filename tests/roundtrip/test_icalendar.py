"""The calendar written as iCalendar and FHIR, read back by a parser and checked against the rules of the standards.

The parser below follows RFC 5545 (3.1 unfolding, 3.3.11 text, 3.6.1 events) and shares no code with the writer. The
FHIR rules are those of the R4 definitions of Bundle, CarePlan and ServiceRequest: required elements, value sets of
status, intent and priority, data types by their published patterns, and that every reference is resolved.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nelm.followup.due import Due, Examination
from nelm.followup.heart import HeartSigns
from nelm.followup.surveillance import (
    Radioligand,
    Situation,
    SurveillanceCalendar,
    calendar_knowledge,
    surveillance_calendar,
)
from nelm.io.fhir_calendar import calendar_bundle
from nelm.io.icalendar import calendar_bytes, escaped, folded
from nelm.knowledge import load_knowledge

KNOWN = calendar_knowledge(load_knowledge())
DAY = date(2026, 5, 1)
SITUATION = Situation(
    day=DAY,
    grade="G2",
    watched_since=date(2025, 1, 1),
    analogue=True,
    radioligand=Radioligand(date(2026, 3, 1), goes_on=False),
    heart=HeartSigns(carcinoid_syndrome=True),
    last={Examination.IMAGING: date(2025, 6, 1), Examination.HIAA: date(2026, 1, 31)},
)
FULL = surveillance_calendar(SITUATION, KNOWN)
EMPTY = SurveillanceCalendar(DAY, (), (), ())


# ------------------------------------------------------------------------------------- the parser
def unfolded(stream: bytes) -> list[str]:
    assert stream.endswith(b"\r\n") and b"\n" not in stream.replace(b"\r\n", b"")
    physical = stream[:-2].split(b"\r\n")
    assert all(0 < len(line) <= 75 for line in physical)
    for line in physical:
        line.decode("utf-8")  # no character is cut
    return stream.replace(b"\r\n ", b"")[:-2].decode("utf-8").split("\r\n")


def text(value: str) -> str:
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value)
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], value)


def events(stream: bytes) -> list[dict[str, str]]:
    """Properties of every event; the frame around them is checked on the way."""
    lines = unfolded(stream)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"] and lines[-1] == "END:VCALENDAR"
    assert sum(line.startswith("PRODID:") for line in lines) == 1
    found: list[dict[str, str]] = []
    inside = False
    for line in lines[1:-1]:
        name, colon, value = line.partition(":")
        assert colon and re.fullmatch(r"[A-Z-]+(;[A-Z-]+=[^;:]+)*", name)
        if line == "BEGIN:VEVENT":
            assert not inside
            inside = True
            found.append({})
        elif line == "END:VEVENT":
            inside = False
        elif inside:
            assert name not in found[-1], "each of these may stand once"
            found[-1][name] = value
    assert not inside
    return found


def day(value: str) -> date:
    return date(int(value[:4]), int(value[4:6]), int(value[6:]))


def test_every_window_comes_back() -> None:
    *found, questions = events(calendar_bytes(FULL, case="demo-001"))
    assert len(found) == len(FULL.due) > 8
    assert FULL.unknown and all(question in text(questions["DESCRIPTION"]) for question in FULL.unknown)
    assert day(questions["DTSTART;VALUE=DATE"]) == DAY
    for event, item in zip(found, FULL.due, strict=True):
        assert day(event["DTSTART;VALUE=DATE"]) == item.earliest
        assert day(event["DTEND;VALUE=DATE"]) - timedelta(days=1) == item.latest
        assert text(event["SUMMARY"]) == f"{item.examination} ({item.standing(DAY)})"
        said = text(event["DESCRIPTION"])
        assert item.reason in said and all(key in said for key in item.sources)
        assert "not a medical device" in said
        assert ("Recalled" in said) is (item.status.value == "recalled")
        assert re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", event["DTSTAMP"])
    assert any("overdue" in event["SUMMARY"] for event in found)


def test_identifiers_are_unique_stable_and_tell_nothing() -> None:
    one, again, other = (calendar_bytes(FULL, case=case) for case in ("demo-001", "demo-001", "Smith-1961"))
    assert one == again
    uids = [[event["UID"] for event in events(stream)] for stream in (one, other)]
    assert len(set(uids[0])) == len(uids[0])
    assert not set(uids[0]) & set(uids[1])
    assert b"Smith" not in other and b"demo" not in one


def test_an_examination_keeps_its_identifier_when_it_is_planned_anew() -> None:
    later = surveillance_calendar(replace(SITUATION, day=date(2026, 5, 5)), KNOWN)
    before, after = (
        {event["UID"] for event in events(calendar_bytes(found, case="x"))} for found in (FULL, later)
    )
    assert before == after
    made = replace(SITUATION, last={**SITUATION.last, Examination.IMAGING: DAY})
    moved = calendar_bytes(surveillance_calendar(made, KNOWN), case="x")
    assert len({event["UID"] for event in events(moved)} - before) == 1


def test_a_calendar_without_examinations_says_so() -> None:
    """RFC 5545, 3.6: a calendar has at least one component."""
    (event,) = events(calendar_bytes(EMPTY, case="x"))
    assert text(event["SUMMARY"]) == "Surveillance: nothing is due"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_folded_and_comes_back(words: str) -> None:
    line = f"DESCRIPTION:{escaped(words)}"
    (back,) = unfolded(folded(line).encode("utf-8"))
    kept = "\n".join("".join(c for c in part if c.isprintable() or c == "\t") for part in words.splitlines())
    assert text(back.removeprefix("DESCRIPTION:")) == kept


@pytest.mark.parametrize("length", [62, 63, 64, 137, 138, 400])
def test_lines_at_the_limit(length: int) -> None:
    for character in ("a", "ü", "€", "𝛽"):
        assert unfolded(folded("DESCRIPTION:" + character * length).encode()) == [
            "DESCRIPTION:" + character * length
        ]


# ---------------------------------------------------------------------------------------------- FHIR
DATE, ID = {"type": "string", "format": "date"}, {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"}
STRING = {"type": "string", "minLength": 1}
REFERENCE = {
    "type": "object",
    "properties": {"reference": STRING},
    "required": ["reference"],
    "additionalProperties": False,
}
TEXT = {
    "type": "object",
    "properties": {"text": STRING},
    "required": ["text"],
    "additionalProperties": False,
}
PERIOD = {
    "type": "object",
    "properties": {"start": DATE, "end": DATE},
    "required": ["start", "end"],
    "additionalProperties": False,
}
STATUS = {"enum": ["draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"]}


def many(of: dict[str, object]) -> dict[str, object]:
    return {"type": "array", "minItems": 1, "items": of}


SERVICE_REQUEST = {
    "type": "object",
    "required": ["resourceType", "id", "status", "intent", "subject"],
    "additionalProperties": False,
    "properties": {
        "resourceType": {"const": "ServiceRequest"},
        "id": ID,
        "status": STATUS,
        "intent": {
            "enum": [
                "proposal",
                "plan",
                "directive",
                "order",
                "original-order",
                "reflex-order",
                "filler-order",
                "instance-order",
                "option",
            ]
        },
        "priority": {"enum": ["routine", "urgent", "asap", "stat"]},
        "code": TEXT,
        "subject": REFERENCE,
        "occurrencePeriod": PERIOD,
        "authoredOn": DATE,
        "reasonCode": many(TEXT),
        "note": many(TEXT),
    },
}
CARE_PLAN = {
    "type": "object",
    "required": ["resourceType", "id", "status", "intent", "subject"],
    "additionalProperties": False,
    "properties": {
        "resourceType": {"const": "CarePlan"},
        "id": ID,
        "status": STATUS,
        "intent": {"enum": ["proposal", "plan", "order", "option"]},
        "title": STRING,
        "description": STRING,
        "subject": REFERENCE,
        "period": PERIOD,
        "created": DATE,
        "note": many(TEXT),
        "activity": many(
            {
                "type": "object",
                "properties": {"reference": REFERENCE},
                "required": ["reference"],
                "additionalProperties": False,
            }
        ),
    },
}
BUNDLE = {
    "type": "object",
    "required": ["resourceType", "type"],
    "additionalProperties": False,
    "properties": {
        "resourceType": {"const": "Bundle"},
        "type": {"const": "collection"},
        "timestamp": {
            "type": "string",
            "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        },
        "entry": many(
            {
                "type": "object",
                "required": ["fullUrl", "resource"],
                "additionalProperties": False,
                "properties": {
                    "fullUrl": {"type": "string", "pattern": r"^urn:uuid:[0-9a-f-]{36}$"},
                    "resource": {"anyOf": [SERVICE_REQUEST, CARE_PLAN]},
                },
            }
        ),
    },
}


def validated(found: SurveillanceCalendar) -> dict[str, object]:
    bundle = json.loads(json.dumps(calendar_bundle(found, case="demo-001", subject="Patient/7")))
    checker = jsonschema.Draft202012Validator(
        BUNDLE, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    checker.validate(bundle)
    return bundle


@pytest.mark.parametrize("found", [FULL, EMPTY])
def test_the_bundle_holds_to_the_rules_of_fhir(found: SurveillanceCalendar) -> None:
    entries = validated(found)["entry"]
    assert isinstance(entries, list)
    by_url = {entry["fullUrl"]: entry["resource"] for entry in entries}
    assert len(by_url) == len(entries) == 1 + len(found.due)
    for url, resource in by_url.items():
        assert url == f"urn:uuid:{resource['id']}"
        assert resource["status"] == "draft" and resource["intent"] == "proposal"
        assert resource["subject"] == {"reference": "Patient/7"}
    plan = entries[0]["resource"]
    named = [activity["reference"]["reference"] for activity in plan.get("activity", [])]
    assert sorted(named) == sorted(url for url in by_url if by_url[url] is not plan)


def test_every_request_says_what_when_and_why() -> None:
    entries = validated(FULL)["entry"]
    assert isinstance(entries, list)
    for entry, item in zip(entries[1:], FULL.due, strict=True):
        request = entry["resource"]
        assert request["code"]["text"] == item.examination
        assert request["occurrencePeriod"] == {
            "start": item.earliest.isoformat(),
            "end": item.latest.isoformat(),
        }
        assert request["reasonCode"][0]["text"] == item.reason
        assert (request["priority"] == "urgent") is (item.latest < DAY and item.counted_from is not None)
    notes = [note["text"] for note in entries[0]["resource"]["note"]]
    assert any(text.startswith("Not known:") for text in notes)


def test_both_formats_share_their_identifiers() -> None:
    entries = validated(FULL)["entry"]
    assert isinstance(entries, list)
    *uids, _ = [event["UID"] for event in events(calendar_bytes(FULL, case="demo-001"))]
    assert [entry["resource"]["id"] for entry in entries[1:]] == uids


def test_a_name_in_a_reason_would_be_escaped_and_kept() -> None:
    entry = FULL.due[0].entries
    odd = Due(Examination.IMAGING, DAY, DAY, DAY, "a; b, c\\d\ne", entry)
    (event,) = events(calendar_bytes(replace(EMPTY, due=(odd,)), case="x"))
    assert "a; b, c\\d\ne" in text(event["DESCRIPTION"])
