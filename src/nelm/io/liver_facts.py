"""What the liver ledger says to a case: how much can be removed, and which liver stays."""

from __future__ import annotations

from nelm.case import Case
from nelm.case.document import COMPUTED
from nelm.imaging.measured import StudyMeasurement
from nelm.io.measured_facts import Document, evidence_of, facts_of, number
from nelm.planner.liver.ledger import LiverLedger


def liver_facts(
    measurement: StudyMeasurement,
    ledger: LiverLedger,
    *,
    surgeon_said: bool,
    computed_before: tuple[str, ...] = (),
) -> Document:
    """The measured facts with what was computed of them.

    `liver.resectable` is the word of a surgeon where there is one; a computed one is marked as such in the evidence,
    and is left out while it is unknown. `liver.future_liver_remnant_ml` is the remnant of the first plan, where that
    plan resects.

    Parameters
    ----------
    surgeon_said : Whether the case already holds the word of a surgeon: then nothing is written over it.
    computed_before : Facts that the case holds from an earlier plan (`computed_in`): what this one leaves unknown does
        not stay.
    """
    found = facts_of(measurement)
    liver, evidence = found["liver"], found["evidence"]
    assert isinstance(liver, dict) and isinstance(evidence, dict)
    origin = measurement.origin
    word = ledger.resectability
    if word is not None and not surgeon_said:
        liver["resectable"] = word
        how = "which shares of the tumour resection and ablation can remove with the remnant that is needed"
        asked = "; ".join(ledger.problem.limits.asked)
        within = f", within limits that were asked for ({asked})" if asked else ""
        evidence["liver.resectable"] = evidence_of(
            origin, f"{COMPUTED} by joint plan: {how}{within}; not the word of a surgeon"
        )
    plan = ledger.first
    if plan.burden.resections and "future_liver_remnant_ml" not in liver:
        liver["future_liver_remnant_ml"] = number(plan.remnant_ml)
        evidence["liver.future_liver_remnant_ml"] = evidence_of(
            origin, f"{COMPUTED} by joint plan: remnant after {', '.join(plan.taken)}"
        )
    for key in computed_before:
        if key not in liver:
            liver[key] = None
            evidence[f"liver.{key}"] = evidence_of(origin, f"{COMPUTED} by joint plan: not known")
    return found


def computed_in(case: Case) -> tuple[str, ...]:
    """Facts of the liver that an earlier plan computed and the case still holds."""
    keys = ("resectable", "future_liver_remnant_ml")
    named = {key: case.evidence.get(f"liver.{key}") for key in keys if getattr(case.liver, key) is not None}
    return tuple(key for key, evidence in named.items() if evidence is not None and evidence.is_computed)
