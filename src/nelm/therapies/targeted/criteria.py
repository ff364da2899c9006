"""Who can have which targeted drug, who cannot, and what asks for care."""

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
from nelm.guideline.failures import failed, not_tolerated
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import Boolean, every, some
from nelm.knowledge import Knowledge
from nelm.therapies.targeted.knowledge import TargetedKnowledge
from nelm.therapies.targeted.positions import positions
from nelm.therapies.targeted.settings import Settings, settings

Criteria = tuple[Criterion, ...]


def _had(name: str) -> Boolean:
    return boolean(f"patient.comorbidities.{name}")


def _pregnant() -> Boolean:
    return category("patient.sex").is_("female") & boolean("patient.pregnant")


def general(known: TargetedKnowledge) -> Criteria:
    """What holds for every targeted drug."""
    return (
        caution(boolean("patient.breastfeeding"), known.breastfeeding),
        caution(number("patient.ecog") >= known.performance_poor_from, known.performance_poor),
    )


def vessel_growth(known: TargetedKnowledge) -> Criteria:
    """Drugs against vessel growth: pressure, clots, a primary that bleeds or obstructs."""
    troubled = every(boolean("tumour.primary_in_situ"), boolean("tumour.primary_symptomatic"))
    return (
        caution(_had("uncontrolled_hypertension"), known.hypertension_uncontrolled),
        caution(_had("thromboembolism"), known.thromboembolism),
        caution(troubled, known.primary_bleeding_or_obstruction),
        *general(known),
    )


def _bleeding(known: TargetedKnowledge) -> Criterion:
    return caution(some(_had("recent_gi_bleed"), _had("bleeding_disorder")), known.bleeding)


def everolimus(facts: Facts, known: TargetedKnowledge, place: Settings) -> Criteria:
    """Everolimus: not in the carcinoid syndrome."""
    setting = some(place.progressing, place.new_receptor_negative, place.insulinoma_hypoglycaemia)
    return (
        requires(setting, known.everolimus_setting),
        excludes(_pregnant(), known.pregnancy),
        requires(~facts.syndromes.carcinoid, known.functional_carcinoid),
        caution(facts.liver_function.child_pugh.is_in("B", "C"), known.everolimus_liver),
        caution(_had("interstitial_lung_disease"), known.everolimus_lung),
        caution(_had("viral_hepatitis"), known.everolimus_hepatitis),
        caution(_had("diabetes"), known.everolimus_sugar),
        caution(_had("uncontrolled_infection"), known.everolimus_infection),
        caution(_had("chronic_kidney_disease"), known.everolimus_kidney),
        *general(known),
        favours(place.receptor_negative, known.receptor_negative),
        favours(place.insulinoma_hypoglycaemia, known.insulinoma_control),
    )


def sunitinib(facts: Facts, known: TargetedKnowledge, place: Settings) -> Criteria:
    """Sunitinib: pancreatic tumours only."""
    setting = place.pancreas & some(place.progressing, place.new_receptor_negative)
    no_chemotherapy = some(category("tumour.dpyd").is_("complete"), _had("myelodysplasia"))
    return (
        requires(setting, known.sunitinib_setting),
        excludes(_pregnant(), known.pregnancy),
        excludes(_had("heart_failure_nyha_3_4"), known.sunitinib_heart_failure),
        caution(facts.liver_function.child_pugh.is_("C"), known.sunitinib_child_pugh_c),
        caution(boolean("tumour.syndromes.insulinoma"), known.insulinoma_hypoglycaemia),
        _bleeding(known),
        *vessel_growth(known),
        favours(no_chemotherapy, known.chemotherapy_unsuitable),
    )


def cabozantinib(facts: Facts, known: TargetedKnowledge, place: Settings) -> Criteria:
    """Cabozantinib: after earlier systemic treatment other than an analogue alone."""
    child_pugh = facts.liver_function.child_pugh
    return (
        requires(place.progressing, known.cabozantinib_setting),
        requires(facts.history.pretreated, known.cabozantinib_pretreated),
        excludes(_pregnant(), known.pregnancy),
        excludes(child_pugh.is_("C"), known.cabozantinib_child_pugh_c),
        excludes(_had("recent_gi_bleed"), known.cabozantinib_bleeding),
        caution(child_pugh.is_("B"), known.cabozantinib_child_pugh_b),
        caution(_had("bleeding_disorder"), known.bleeding_disorder),
        *vessel_growth(known),
        favours(boolean("treatments.targeted.progressed_on"), known.everolimus_after),
    )


def surufatinib(facts: Facts, known: TargetedKnowledge, place: Settings) -> Criteria:
    """Surufatinib: licensed in China only."""
    return (
        requires(facts.grading.is_g1_g2 & facts.history.progressing, known.surufatinib_setting),
        excludes(_pregnant(), known.pregnancy_recalled),
        caution(_had("chronic_kidney_disease"), known.kidney_protein),
        _bleeding(known),
        *vessel_growth(known),
    )


def bevacizumab(facts: Facts, known: TargetedKnowledge, place: Settings) -> Criteria:
    """Bevacizumab: not standard."""
    return (
        requires(facts.grading.is_g1_g2 & facts.history.progressing, known.bevacizumab_setting),
        excludes(_pregnant(), known.pregnancy_recalled),
        _bleeding(known),
        *vessel_growth(known),
    )


RULES = (
    ("targeted.everolimus", "Everolimus", everolimus),
    ("targeted.sunitinib", "Sunitinib", sunitinib),
    ("targeted.cabozantinib", "Cabozantinib", cabozantinib),
    ("targeted.surufatinib", "Surufatinib", surufatinib),
    ("targeted.bevacizumab", "Bevacizumab", bevacizumab),
)


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """The drugs with their criteria and positions."""
    known = knowledge.record(TargetedKnowledge, "targeted")
    place = settings(facts)
    said = positions(facts, known, place)
    return tuple(
        OptionRule(
            option,
            name,
            Intent.DISEASE_CONTROL,
            (*rule(facts, known, place), requires(~failed(option), known.not_failed_before)),
            (*said[option], Position(known.position_not_tolerated, not_tolerated(option))),
        )
        for option, name, rule in RULES
    )
