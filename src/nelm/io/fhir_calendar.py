"""The surveillance calendar as FHIR R4: a collection of one CarePlan and a ServiceRequest for each examination.

ServiceRequests and not Appointments, since nobody has booked anything: all are drafts with the intent of a proposal,
which a person has to turn into an order. The plan refers to them and holds the remarks. Examinations are written in
words; a code system would have to be agreed with the place that orders them.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from nelm.followup.due import Due, Standing
from nelm.followup.surveillance import SurveillanceCalendar
from nelm.io.icalendar import NOTICE, description, identifier

Resource = dict[str, Any]
PRIORITY = {Standing.OVERDUE: "urgent"}


def calendar_bundle(calendar: SurveillanceCalendar, *, case: str, subject: str) -> Resource:
    """The calendar as a bundle; the same calendar gives the same identifiers.

    Parameters
    ----------
    case : Identifier of the case, from which the identifiers of the resources are made.
    subject : Reference to the patient as the receiving system knows it (`Patient/123`).
    """
    requests = [_request(item, calendar.day, case=case, subject=subject) for item in calendar.due]
    plan = _plan(calendar, requests, case=case, subject=subject)
    resources = (plan, *requests)
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": f"{calendar.day.isoformat()}T00:00:00Z",
        "entry": [{"fullUrl": f"urn:uuid:{item['id']}", "resource": item} for item in resources],
    }


def _plan(calendar: SurveillanceCalendar, requests: list[Resource], *, case: str, subject: str) -> Resource:
    """The plan that names every request."""
    words = f"{case}\ncare plan\n{calendar.day.isoformat()}"
    notes = [reason.text for reason in calendar.remarks]
    notes += [f"Not known: {text}." for text in calendar.unknown]
    plan: Resource = {
        "resourceType": "CarePlan",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:nelm:care-plan\n{words}")),
        "status": "draft",
        "intent": "proposal",
        "title": "Surveillance calendar",
        "description": NOTICE,
        "subject": {"reference": subject},
        "created": calendar.day.isoformat(),
        "note": [{"text": text} for text in notes],
        "activity": [{"reference": {"reference": f"urn:uuid:{item['id']}"}} for item in requests],
    }
    if calendar.due:
        plan["period"] = _period(
            min(item.earliest for item in calendar.due), max(item.latest for item in calendar.due)
        )
    return {key: value for key, value in plan.items() if value != []}


def _request(item: Due, day: date, *, case: str, subject: str) -> Resource:
    """One examination as a proposal."""
    standing = item.standing(day)
    return {
        "resourceType": "ServiceRequest",
        "id": str(identifier(item, case)),
        "status": "draft",
        "intent": "proposal",
        "priority": PRIORITY.get(standing, "routine"),
        "code": {"text": str(item.examination)},
        "subject": {"reference": subject},
        "occurrencePeriod": _period(item.earliest, item.latest),
        "authoredOn": day.isoformat(),
        "reasonCode": [{"text": item.reason}],
        "note": [{"text": f"Standing on {day.isoformat()}: {standing}."}, {"text": description(item)}],
    }


def _period(first: date, last: date) -> Resource:
    return {"start": first.isoformat(), "end": last.isoformat()}
