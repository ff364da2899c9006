"""Who needs care of heart, bone, digestion, crisis and thrombosis, and what speaks against it."""

from __future__ import annotations

from nelm.guideline.criteria import Position, caution, excludes, favours, requires
from nelm.guideline.facts import boolean, category
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS, some
from nelm.therapies.symptoms.hormones import Parts, had, symptom, syndrome
from nelm.therapies.symptoms.knowledge import SymptomKnowledge


def pancreatic_enzymes(facts: Facts, known: SymptomKnowledge) -> Parts:
    """Signs of pancreatic insufficiency with a reason for it."""
    cause = some(
        boolean("treatments.ssa.ongoing"),
        had("previous_pancreatoduodenectomy"),
        syndrome("somatostatinoma"),
    )
    criteria = (
        requires(cause, known.enzyme_cause),
        requires(symptom("diarrhoea") | symptom("weight_loss"), known.enzyme_signs),
        caution(facts.syndromes.carcinoid | syndrome("vipoma"), known.enzyme_other_cause),
    )
    return criteria, (Position(known.position_enzymes, ALWAYS),)


def bone_care(facts: Facts, known: SymptomKnowledge) -> Parts:
    """Bone metastases."""
    criteria = (
        requires(boolean("extrahepatic.bone"), known.bone_metastases),
        favours(symptom("bone_pain") | boolean("extrahepatic.bone.symptomatic"), known.bone_pain),
        caution(had("chronic_kidney_disease") | had("dialysis"), known.bone_kidney),
        caution(facts.renal.creatinine_clearance <= known.bone_clearance_above, known.bone_clearance),
    )
    return criteria, (Position(known.position_bone, boolean("extrahepatic.bone")),)


def valve_surgery(facts: Facts, known: SymptomKnowledge) -> Parts:
    """Carcinoid heart disease; how severe it is decides on the operation, not on the referral."""
    disease = had("carcinoid_heart_disease")
    failing = had("heart_failure_nyha_3_4")
    severe = some(had("severe_tricuspid_regurgitation"), had("right_heart_dysfunction"), failing)
    criteria = (
        requires(disease, known.heart_disease),
        favours(severe, known.valve_severe),
        caution(failing, known.valve_heart_failure),
        caution(~severe, known.valve_mild),
        caution(~boolean("patient.fit_for_major_surgery"), known.valve_unfit),
        caution(facts.syndromes.carcinoid_uncontrolled, known.valve_syndrome_uncontrolled),
        caution(
            category("tumour.differentiation").is_("poor") | boolean("course.rapid"),
            known.valve_short_survival,
        ),
        caution(had("uncontrolled_infection"), known.valve_infection),
    )
    positions = (
        Position(known.position_norway_valve, disease),
        Position(known.position_pdq_valve, disease & severe),
        Position(known.position_esc_valve, disease & severe),
    )
    return criteria, positions


def crisis_prophylaxis(facts: Facts, known: SymptomKnowledge) -> Parts:
    """Carcinoid syndrome before any procedure; the views conflict and none is chosen."""
    at_risk = facts.syndromes.carcinoid | symptom("carcinoid_crisis")
    criteria = (
        requires(at_risk, known.crisis_risk),
        favours(facts.spread.liver_metastases, known.crisis_liver),
        caution(had("carcinoid_heart_disease"), known.crisis_heart),
    )
    positions = (
        Position(known.position_pdq_crisis, at_risk),
        Position(known.position_enets_crisis, at_risk),
        Position(known.position_oregon_crisis, at_risk),
        Position(known.position_meta_crisis, at_risk),
    )
    return criteria, positions


def anticoagulation(known: SymptomKnowledge) -> Parts:
    """Thrombosis, or a glucagonoma that brings it."""
    clot = some(had("thromboembolism"), category("liver.portal_vein_thrombosis").is_in("branch", "main"))
    criteria = (
        requires(clot | syndrome("glucagonoma"), known.thrombosis_risk),
        excludes(had("recent_gi_bleed"), known.anticoagulation_bleed),
        favours(clot, known.thrombosis_now),
        caution(had("bleeding_disorder"), known.anticoagulation_disorder),
        caution(had("chronic_kidney_disease") | had("dialysis"), known.anticoagulation_kidney),
    )
    positions = (
        Position(known.position_glucagonoma_prophylaxis, syndrome("glucagonoma")),
        Position(known.position_thrombosis_review, ALWAYS),
    )
    return criteria, positions
