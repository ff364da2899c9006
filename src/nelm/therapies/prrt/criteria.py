"""Who can have peptide receptor radionuclide therapy, who cannot, and what the guidelines say."""

from __future__ import annotations

from nelm.guideline.criteria import Criterion, Intent, OptionRule, Position, excludes, requires
from nelm.guideline.facts import category
from nelm.guideline.findings.all import Facts
from nelm.knowledge import Knowledge
from nelm.therapies.prrt.knowledge import PrrtKnowledge


def receptor_expression(facts: Facts, known: PrrtKnowledge) -> Criterion:
    """Uptake of the hottest lesion at least as intense as liver."""
    return requires(facts.receptors.at_least_liver, known.receptor_expression)


def renal_reserve(facts: Facts, known: PrrtKnowledge) -> Criterion:
    """Kidney function too low for a course: creatinine clearance (Cockcroft-Gault, actual weight) [mL/min]."""
    return excludes(facts.renal.creatinine_clearance < known.creatinine_clearance_min, known.renal_reserve)


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """The radioligand options."""
    known = knowledge.record(PrrtKnowledge, "prrt")
    common = (
        receptor_expression(facts, known),
        excludes(facts.receptors.mixed_or_negative, known.mixed_receptor_expression),
        renal_reserve(facts, known),
    )
    gastrointestinal = ~category("tumour.primary_site").is_("pancreas")
    positions = (
        Position(
            known.position_asco_gi_second_line,
            facts.grading.is_g1_g2 & gastrointestinal & facts.receptors.positive & facts.history.after_ssa,
        ),
    )
    return (
        OptionRule("prrt.lu177_dotatate", "177Lu-DOTATATE PRRT", Intent.DISEASE_CONTROL, common, positions),
    )
