"""The symptom options together; every one runs beside the treatment of the tumour."""

from __future__ import annotations

from nelm.guideline.criteria import Criterion, Intent, OptionRule, Position
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS
from nelm.knowledge import Knowledge
from nelm.therapies.symptoms import complications, hormones
from nelm.therapies.symptoms.knowledge import SymptomKnowledge

NAMES = {
    "telotristat": "Telotristat",
    "ssc_octreotide": "Short-acting octreotide",
    "diazoxide": "Diazoxide",
    "ppi": "Proton-pump inhibitor, high dose",
    "hypoglycaemia_rescue": "Rescue of hypoglycaemia",
    "steroidogenesis_inhibitor": "Steroidogenesis inhibitor",
    "adrenalectomy": "Removal of both adrenals",
    "pancreatic_enzymes": "Pancreatic enzymes",
    "bone_care": "Bone-protecting treatment",
    "valve_surgery": "Referral for valve assessment and surgery",
    "crisis_prophylaxis": "Plan against carcinoid crisis",
    "anticoagulation": "Anticoagulation",
}


def not_read(known: SymptomKnowledge) -> tuple[Position, ...]:
    """Guidelines that were not opened, named as such."""
    unread = (
        known.position_enets_syndrome,
        known.position_enets_functioning,
        known.position_esmo,
        known.position_nanets,
        known.position_nccn,
    )
    return tuple(Position(entry, ALWAYS) for entry in unread)


def _parts(
    facts: Facts, known: SymptomKnowledge
) -> dict[str, tuple[tuple[Criterion, ...], tuple[Position, ...]]]:
    return {
        "telotristat": hormones.telotristat(facts, known),
        "ssc_octreotide": hormones.octreotide(facts, known),
        "diazoxide": hormones.diazoxide(known),
        "ppi": hormones.acid_inhibitor(known),
        "hypoglycaemia_rescue": hormones.hypoglycaemia_rescue(known),
        "steroidogenesis_inhibitor": hormones.steroidogenesis_inhibitor(facts, known),
        "adrenalectomy": hormones.adrenalectomy(known),
        "pancreatic_enzymes": complications.pancreatic_enzymes(facts, known),
        "bone_care": complications.bone_care(facts, known),
        "valve_surgery": complications.valve_surgery(facts, known),
        "crisis_prophylaxis": complications.crisis_prophylaxis(facts, known),
        "anticoagulation": complications.anticoagulation(known),
    }


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """The options against symptoms."""
    known = knowledge.record(SymptomKnowledge, "symptoms")
    unread = not_read(known)
    return tuple(
        OptionRule(f"symptom.{name}", NAMES[name], Intent.SYMPTOM_CONTROL, criteria, (*positions, *unread))
        for name, (criteria, positions) in _parts(facts, known).items()
    )
