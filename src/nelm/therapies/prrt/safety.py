"""What forbids radioligand therapy and what asks for care."""

from __future__ import annotations

from nelm.guideline.criteria import Criterion, caution, excludes
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import Boolean, some
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.population import (
    ALKYLATORS,
    GASTROENTEROPANCREATIC,
    NEPHROTOXIC,
    has_kidney_risk,
    primary_in,
    treated_with,
)


def comorbidity(name: str) -> Boolean:
    """The patient has this other disease."""
    return boolean(f"patient.comorbidities.{name}")


def mixed_receptor_expression(facts: Facts, known: PrrtKnowledge) -> Criterion:
    """Some or all target lesions below liver."""
    return excludes(facts.receptors.mixed_or_negative, known.mixed_receptor_expression)


def receptor_mismatch(facts: Facts, known: PrrtKnowledge) -> Criterion:
    """One FDG-positive lesion without receptors is enough; the hottest lesion does not make up for it.

    A NETPET grade read with an FDG PET that showed nothing of the kind settles it, so does that PET alone.
    """
    by_score = facts.receptors.netpet.is_in("P0", "P5")
    return excludes(facts.receptors.mismatch | by_score, known.receptor_mismatch)


def renal_reserve(facts: Facts, known: PrrtKnowledge) -> Criterion:
    """Kidney function too low for a course: creatinine clearance (Cockcroft-Gault, actual weight) [mL/min]."""
    return excludes(facts.renal.creatinine_clearance < known.creatinine_clearance_min, known.renal_reserve)


def renal_failure(facts: Facts, known: PrrtKnowledge) -> Criterion:
    """The lower floor of the EU label, shown beside the other [mL/min]."""
    limit = known.creatinine_clearance_contraindication
    return excludes(facts.renal.creatinine_clearance < limit, known.renal_failure)


def blood_floors(known: PrrtKnowledge) -> tuple[Criterion, ...]:
    """Haemoglobin, platelets and leukocytes too low to start; lymphocytes are deliberately absent."""
    return (
        excludes(number("labs.haemoglobin") < known.haemoglobin_min, known.anaemia),
        excludes(number("labs.platelets") < known.platelets_min, known.thrombocytopenia),
        excludes(number("labs.leukocytes") < known.leukocytes_min, known.leukopenia),
    )


def exclusions(facts: Facts, known: PrrtKnowledge) -> tuple[Criterion, ...]:
    """Every contraindication, verified ones first; the recalled ones hold the option undetermined."""
    bilirubin = number("labs.bilirubin.times_upper_limit")
    return (
        mixed_receptor_expression(facts, known),
        receptor_mismatch(facts, known),
        renal_reserve(facts, known),
        renal_failure(facts, known),
        *blood_floors(known),
        excludes(bilirubin > known.bilirubin_max, known.hyperbilirubinaemia),
        excludes(boolean("patient.pregnant"), known.pregnancy),
        excludes(boolean("patient.breastfeeding"), known.breastfeeding),
        excludes(comorbidity("heart_failure_nyha_3_4"), known.heart_failure),
        excludes(comorbidity("urinary_obstruction"), known.urinary_obstruction),
    )


def tumour_cautions(facts: Facts, known: PrrtKnowledge) -> tuple[Criterion, ...]:
    """Receptors, grade, site, course and extent that ask for thought."""
    all_resectable = (
        category("liver.resectable").is_("complete") & facts.spread.extrahepatic_none_or_resectable
    )
    obstructing = some(
        boolean("symptoms.bowel_obstruction"),
        boolean("extrahepatic.peritoneum"),
        boolean("extrahepatic.mesentery"),
    )
    bone = boolean("extrahepatic.bone") | boolean("extrahepatic.bone_marrow")
    uptake = category("receptor_imaging.sstr.uptake")
    return (
        caution(facts.receptors.netpet.is_("P4b"), known.high_fdg_lesions),
        caution(uptake.is_("equal_liver"), known.uptake_only_equal),
        caution(number("tumour.ki67_percent") > known.ki67_trial_max, known.ki67_beyond_trials),
        caution(facts.grading.grade.is_("G3"), known.grade_3_outside_eu_label),
        caution(~primary_in(*GASTROENTEROPANCREATIC), known.outside_label_primary),
        caution(all_resectable, known.resectable_disease),
        caution(facts.history.stable, known.stable_disease),
        caution(number("liver.burden_percent") > known.burden_high, known.liver_replacement),
        caution(obstructing, known.bowel_or_mesentery),
        caution(bone & boolean("extrahepatic.extensive"), known.bulky_bone),
    )


def laboratory_cautions(facts: Facts, known: PrrtKnowledge) -> tuple[Criterion, ...]:
    """Values that pass the label and fail what trials asked for."""
    transaminases = some(
        *(number(f"labs.{test}.times_upper_limit") > known.transaminases_max for test in ("alt", "ast"))
    )
    bilirubin = number("labs.bilirubin.times_upper_limit")
    return (
        caution(facts.renal.creatinine_clearance < known.trial_filtration_min, known.renal_below_trials),
        caution(number("labs.platelets") < known.platelets_trial_min, known.platelets_below_trial),
        caution(number("labs.haemoglobin") < known.haemoglobin_trial_min, known.haemoglobin_below_trial),
        caution(number("labs.leukocytes") < known.leukocytes_trial_min, known.leukocytes_below_trial),
        caution(bilirubin > known.bilirubin_trial_max, known.bilirubin_above_trial),
        caution(number("labs.albumin") < known.albumin_min, known.hypoalbuminaemia),
        caution(transaminases, known.raised_transaminases),
    )


def kidney_cautions(known: PrrtKnowledge) -> tuple[Criterion, ...]:
    """What makes the kidneys tolerate less; the kidney dose itself is shown and never decides."""
    recalled = some(
        number("patient.age_years") >= known.kidney_risk_age,
        *(comorbidity(item) for item in ("single_kidney", "chronic_kidney_disease", "dialysis")),
        treated_with(*NEPHROTOXIC),
    )
    return (
        caution(has_kidney_risk(), known.kidney_risk_verified),
        caution(recalled, known.kidney_risk_recalled),
    )


def patient_cautions(facts: Facts, known: PrrtKnowledge) -> tuple[Criterion, ...]:
    """Earlier treatment, marrow, heart, hormones and performance."""
    heart = some(*(comorbidity(item) for item in HEART))
    marrow = boolean("treatments.chemo.received") | boolean("treatments.radiotherapy.received")
    crisis = facts.syndromes.crisis_risk | primary_in("lung")
    return (
        caution(marrow, known.earlier_marrow_exposure),
        caution(treated_with(*ALKYLATORS), known.earlier_alkylator),
        caution(boolean("treatments.radioembolisation.received"), known.earlier_radioembolisation),
        caution(comorbidity("myelodysplasia"), known.known_myelodysplasia),
        caution(comorbidity("cirrhosis"), known.biliary_or_cirrhosis),
        caution(heart, known.carcinoid_heart),
        caution(facts.syndromes.carcinoid, known.carcinoid_needs_echo),
        caution(crisis, known.hormonal_crisis_risk),
        caution(number("patient.ecog") >= known.performance_max, known.poor_performance),
    )


HEART = ("carcinoid_heart_disease", "severe_tricuspid_regurgitation", "right_heart_dysfunction")


def cautions(facts: Facts, known: PrrtKnowledge) -> tuple[Criterion, ...]:
    """Every caution, in the order in which a board goes through a patient."""
    return (
        *tumour_cautions(facts, known),
        *laboratory_cautions(facts, known),
        *kidney_cautions(known),
        *patient_cautions(facts, known),
    )
