"""Who can be watched, who needs supportive care, and who should be asked about a trial."""

from __future__ import annotations

from nelm.guideline.criteria import Intent, OptionRule, Position, caution, favours, requires
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS, some
from nelm.knowledge import Knowledge
from nelm.therapies.surveillance.knowledge import SurveillanceKnowledge


def not_read(known: SurveillanceKnowledge) -> tuple[Position, ...]:
    """Guidelines that were not opened, named as such."""
    unread = (known.position_esmo, known.position_nanets, known.position_nccn)
    return tuple(Position(entry, ALWAYS) for entry in unread)


def surveillance(facts: Facts, known: SurveillanceKnowledge) -> OptionRule:
    """Observation of a slow tumour without symptoms."""
    slow = category("course.status").is_in("new", "stable", "responding") & ~boolean("course.rapid")
    settled = facts.history.stable | slow
    high = number("liver.burden_percent") > known.high_volume_above
    troubled = facts.syndromes.functioning | facts.syndromes.volume_symptoms
    fast = number("tumour.ki67_percent") >= known.low_g2_below
    quiet = facts.grading.is_g1_g2 & settled & ~high & ~troubled
    criteria = (
        requires(facts.grading.is_g1_g2, known.low_grade),
        requires(settled, known.not_progressing),
        caution(high, known.high_volume),
        caution(troubled, known.symptomatic),
        caution(fast, known.high_ki67),
        favours(~facts.syndromes.functioning, known.no_hormone),
    )
    positions = (
        Position(known.position_asco_observe, quiet),
        Position(known.position_clarinet_context, ~facts.syndromes.functioning & ~fast),
        *not_read(known),
    )
    return OptionRule("surveillance", "Surveillance", Intent.DISEASE_CONTROL, criteria, positions)


def supportive(facts: Facts, known: SurveillanceKnowledge) -> OptionRule:
    """Supportive care, beside anything else or alone."""
    burdened = some(
        *(boolean(f"symptoms.{name}") for name in ("abdominal_pain", "bone_pain", "weight_loss", "fatigue",
                                                   "bowel_obstruction"))
    )  # fmt: skip
    criteria = (
        requires(facts.spread.liver_metastases | boolean("extrahepatic.any"), known.metastatic),
        favours(number("patient.ecog") >= known.poor_performance_from, known.poor_performance),
        favours(burdened, known.burdened),
    )
    positions = (Position(known.position_supportive, ALWAYS), *not_read(known))
    return OptionRule("supportive", "Supportive care", Intent.SYMPTOM_CONTROL, criteria, positions)


def trial(facts: Facts, known: SurveillanceKnowledge) -> OptionRule:
    """A clinical trial; the outlook names those known."""
    need = (
        facts.history.progressing
        | category("tumour.differentiation").is_("poor")
        | (facts.grading.level >= 3)
    )
    criteria = (
        requires(boolean("tumour.histology_known"), known.histology),
        favours(need, known.trial_need),
        caution(number("patient.ecog") >= known.poor_performance_from, known.trial_poor_performance),
        caution(boolean("patient.comorbidities.second_malignancy"), known.trial_second_cancer),
    )
    positions = (Position(known.position_trials, ALWAYS), *not_read(known))
    return OptionRule("trial", "Clinical trial", Intent.DISEASE_CONTROL, criteria, positions)


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """Watching, supporting, and trials."""
    known = knowledge.record(SurveillanceKnowledge, "surveillance")
    return (surveillance(facts, known), supportive(facts, known), trial(facts, known))
