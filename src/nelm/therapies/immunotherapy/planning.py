"""What a checkpoint inhibitor would look like."""

from __future__ import annotations

from nelm.guideline.therapy import PatientView, Proposal, item
from nelm.knowledge import Knowledge
from nelm.therapies.immunotherapy.knowledge import ImmunotherapyKnowledge


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Dose, monitoring and what the case document does not hold."""
    known = knowledge.record(ImmunotherapyKnowledge, "immunotherapy")
    return Proposal(
        regimen=(item("dose", known.dose),),
        monitoring=(item("immune effects", known.monitoring),),
        cautions=(
            item("mutational burden", known.mutational_burden_from),
            item("autoimmune disease", known.autoimmune),
            item("other markers", known.other_agnostic),
        ),
    )
