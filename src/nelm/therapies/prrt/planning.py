"""What radioligand therapy would look like for this patient."""

from __future__ import annotations

from nelm.guideline.therapy import PatientView, Proposal, item
from nelm.knowledge import Knowledge
from nelm.therapies.prrt.knowledge import PrrtKnowledge


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Activity, cycle, protection, timing and monitoring of one option."""
    known = knowledge.record(PrrtKnowledge, "prrt")
    return Proposal(
        regimen=(item("activity per cycle", known.dotatate_activity),),
        monitoring=(item("blood counts", known.blood_counts),),
    )
