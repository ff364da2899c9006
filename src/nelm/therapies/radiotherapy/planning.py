"""What external radiotherapy would look like."""

from __future__ import annotations

from nelm.guideline.therapy import PatientView, Proposal, item
from nelm.knowledge import Knowledge
from nelm.therapies.radiotherapy.knowledge import RadiotherapyKnowledge


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Fractionation by site; without a known site both are shown."""
    known = knowledge.record(RadiotherapyKnowledge, "radiotherapy")
    bone = (item("one fraction", known.single_fraction), item("several fractions", known.several_fractions))
    brain = (item("brain", known.brain),)
    regimen = (
        *(() if patient.truth("extrahepatic.bone") is False else bone),
        *(() if patient.truth("extrahepatic.brain") is False else brain),
    )
    return Proposal(
        regimen=regimen,
        monitoring=(item("pain", known.flare),),
        cautions=(item("spinal cord", known.cord_compression), item("fracture", known.fracture_risk)),
    )
