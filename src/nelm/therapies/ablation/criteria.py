"""Who can have thermal ablation with the aim of clearing all metastases, and who cannot."""

from __future__ import annotations

from nelm.guideline.criteria import (
    Criterion,
    Intent,
    OptionRule,
    Position,
    caution,
    excludes,
    favours,
    requires,
)
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS, Limit
from nelm.knowledge import Knowledge
from nelm.therapies.ablation.knowledge import AblationKnowledge

RESECTABLE = category("liver.resectable")
COUNT, LARGEST = number("liver.lesion_count"), number("liver.largest_mm")


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """Thermal ablation; its intent is curative because all disease has to be within reach."""
    known = knowledge.record(AblationKnowledge, "ablation")
    criteria = (
        *_indication(facts, known),
        *_contraindications(known),
        *_cautions(facts, known),
        *_favours(known),
    )
    intent = Intent.CURATIVE
    return (OptionRule("ablation.thermal", "Thermal ablation", intent, criteria, _positions(facts, known)),)


def _indication(facts: Facts, known: AblationKnowledge) -> tuple[Criterion, ...]:
    """Few lesions within the reach of a zone, or ablation as part of an operation."""
    with_operation = RESECTABLE.is_in("complete", "debulking_90", "debulking_70")
    return (
        requires(facts.spread.liver_metastases, known.liver_metastases),
        requires(facts.grading.well_differentiated, known.well_differentiated),
        requires(facts.spread.extrahepatic_none_or_resectable, known.extrahepatic_removable),
        requires((known.lesion_count_max >= COUNT) | with_operation, known.limited_disease),
        requires(known.zone_max >= LARGEST, known.reachable_size),
    )


def _contraindications(known: AblationKnowledge) -> tuple[Criterion, ...]:
    """What holds ablation back until it is asked for or corrected."""
    entry = boolean("liver.bilioenteric_anastomosis") | boolean(
        "patient.comorbidities.previous_pancreatoduodenectomy"
    )
    poor = (number("labs.inr") > known.inr_max) | (number("labs.platelets") < known.platelets_min)
    return (excludes(entry, known.biliary_entry), excludes(poor, known.coagulation))


def _cautions(facts: Facts, known: AblationKnowledge) -> tuple[Criterion, ...]:
    """Size, neighbours, and what else is possible."""
    vessel, duct = number("liver.closest_vessel_mm"), number("liver.closest_bile_duct_mm")
    margin = Limit(known.margin.high or 0.0, "mm", known.margin)
    operable = RESECTABLE.is_("complete") & boolean("patient.fit_for_major_surgery")
    return (
        caution(facts.grading.grade.is_("G3"), known.grade_3),
        caution(known.best_size_max < LARGEST, known.above_best_size),
        caution(known.radiofrequency_size_max < LARGEST, known.above_radiofrequency_size),
        caution(duct < known.bile_duct_distance_min, known.near_bile_duct),
        caution(vessel < margin, known.near_vessel),
        caution(operable, known.resection_possible),
        caution(boolean("tumour.syndromes.carcinoid"), known.carcinoid_crisis),
        caution(boolean("patient.comorbidities.bleeding_disorder"), known.bleeding_disorder),
        caution(boolean("patient.comorbidities.uncontrolled_infection"), known.infection),
    )


def _favours(known: AblationKnowledge) -> tuple[Criterion, ...]:
    """Few and small lesions, and symptoms to relieve."""
    functioning = category("tumour.functioning").is_("functioning")
    return (
        favours(known.best_size_max >= LARGEST, known.best_size),
        favours(known.lesion_count_max >= COUNT, known.few_lesions),
        favours(functioning, known.severe_hormone_symptoms),
    )


def _positions(facts: Facts, known: AblationKnowledge) -> tuple[Position, ...]:
    """What guidelines and programmes say of ablation."""
    low_grade, complete = facts.grading.is_g1_g2, RESECTABLE.is_("complete")
    limited = (known.lesion_count_max >= COUNT) & (known.best_size_max > LARGEST)
    functioning = category("tumour.functioning").is_("functioning")
    operable = complete & boolean("patient.fit_for_major_surgery")
    unread = (
        known.position_asco_not_read,
        known.position_enets_not_read,
        known.position_esmo_not_read,
        known.position_nccn_not_read,
    )
    return (
        Position(known.position_sweden_resectable, low_grade & complete),
        Position(known.position_sweden_unresectable, low_grade & ~complete),
        Position(known.position_canada, low_grade & limited),
        Position(known.position_norway_resectable, operable),
        Position(known.position_norway_symptoms, functioning),
        Position(known.position_oligometastatic, low_grade & complete & facts.spread.liver_only),
        *(Position(entry, ALWAYS) for entry in unread),
    )
