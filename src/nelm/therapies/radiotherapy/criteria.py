"""Who can have external radiotherapy: symptoms from bone, or brain metastases."""

from __future__ import annotations

from nelm.guideline.criteria import Intent, OptionRule, Position, caution, excludes, favours, requires
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS, every, some
from nelm.knowledge import Knowledge
from nelm.therapies.radiotherapy.knowledge import RadiotherapyKnowledge


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """External radiotherapy, for symptoms."""
    known = knowledge.record(RadiotherapyKnowledge, "radiotherapy")
    bone, brain = boolean("extrahepatic.bone"), boolean("extrahepatic.brain")
    painful = bone & some(boolean("extrahepatic.bone.symptomatic"), boolean("symptoms.bone_pain"))
    pregnant = every(category("patient.sex").is_("female"), boolean("patient.pregnant"))
    criteria = (
        requires(some(painful, brain), known.symptomatic_site),
        excludes(pregnant, known.pregnancy),
        caution(boolean("treatments.prrt.received"), known.marrow_with_prrt),
        caution(number("labs.platelets") < known.platelets_low, known.counts_low),
        caution(boolean("treatments.targeted.ongoing"), known.vessel_drugs),
        favours(painful, known.bone_pain),
        favours(brain & boolean("extrahepatic.brain.symptomatic"), known.brain_symptoms),
    )
    positions = (
        Position(known.position_pdq_bone, painful),
        Position(known.position_pdq_brain, brain),
        Position(known.position_no_consensus, bone),
        Position(known.position_esmo, ALWAYS),
        Position(known.position_enets, ALWAYS),
    )
    return (
        OptionRule(
            "radiotherapy.external", "External radiotherapy", Intent.SYMPTOM_CONTROL, criteria, positions
        ),
    )
