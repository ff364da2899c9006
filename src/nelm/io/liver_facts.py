"""What the liver ledger says to a case: how much can be removed, and which liver stays."""

from __future__ import annotations

from nelm.case.document import COMPUTED
from nelm.imaging.measured import StudyMeasurement
from nelm.io.measured_facts import Document, evidence_of, facts_of, number
from nelm.planner.liver.ledger import LiverLedger


def liver_facts(measurement: StudyMeasurement, ledger: LiverLedger, *, surgeon_said: bool) -> Document:
    """The measured facts with what was computed of them.

    `liver.resectable` is the word of a surgeon where there is one; a computed one is marked as such in the evidence,
    and is left out while it is unknown. `liver.future_liver_remnant_ml` is the remnant of the first plan, where that
    plan resects.

    Parameters
    ----------
    surgeon_said : Whether the case already holds the word of a surgeon: then nothing is written over it.
    """
    found = facts_of(measurement)
    liver, evidence = found["liver"], found["evidence"]
    assert isinstance(liver, dict) and isinstance(evidence, dict)
    origin = measurement.origin
    word = ledger.resectability
    if word is not None and not surgeon_said:
        liver["resectable"] = word
        how = "which shares of the tumour resection and ablation can remove with the remnant that is needed"
        evidence["liver.resectable"] = evidence_of(
            origin, f"{COMPUTED} by joint plan: {how}; not the word of a surgeon"
        )
    plan = ledger.first
    if plan.burden.resections and "future_liver_remnant_ml" not in liver:
        liver["future_liver_remnant_ml"] = number(plan.remnant_ml)
        evidence["liver.future_liver_remnant_ml"] = evidence_of(
            origin, f"{COMPUTED} by joint plan: remnant after {', '.join(plan.taken)}"
        )
    return found
