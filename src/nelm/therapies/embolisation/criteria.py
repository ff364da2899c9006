"""Who can have arterial embolisation, by the limits of the RETNET trial, and who cannot."""

from __future__ import annotations

from nelm.guideline.criteria import Criterion, Intent, OptionRule, caution, excludes, favours, requires
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import Boolean, some
from nelm.knowledge import Knowledge
from nelm.therapies.embolisation import positions
from nelm.therapies.embolisation.knowledge import EmbolisationKnowledge

BURDEN = number("liver.burden_percent")
REFRACTORY = ("diarrhoea", "flushing", "wheeze", "hypoglycaemia", "abdominal_pain", "bulk")
"""Symptoms that embolising liver tumour may relieve."""


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """The three ways to embolise."""
    known = knowledge.record(EmbolisationKnowledge, "embolisation")
    common = (
        *_indication(facts, known),
        *_organ_limits(known),
        *_contraindications(known),
        *_cautions(facts, known),
        *_favours(facts, known),
    )
    chemotherapy = caution(boolean("treatments.chemo.received"), known.recent_chemotherapy)
    embolised = boolean("treatments.arterial_embolisation.received")
    again = caution(embolised, known.earlier_arterial_treatment)
    intent, spoken = Intent.DISEASE_CONTROL, positions.common(facts, known)
    return (
        OptionRule(
            "embolisation.bland",
            "Bland embolisation",
            intent,
            common,
            (*spoken, *positions.again("embolisation.bland", known)),
        ),
        OptionRule(
            "embolisation.chemo",
            "Chemoembolisation",
            intent,
            common,
            (*spoken, *positions.chemo(known), *positions.again("embolisation.chemo", known)),
        ),
        OptionRule(
            "embolisation.drug_eluting",
            "Embolisation with drug-eluting beads",
            intent,
            (*common, chemotherapy, again),
            (*spoken, *positions.drug_eluting(known), *positions.again("embolisation.drug_eluting", known)),
        ),
    )


def symptoms_despite_analogue() -> Boolean:
    """Any hormonal or bulk symptom that an analogue does not control."""
    return some(*(boolean(f"symptoms.{name}.refractory_to_ssa") for name in REFRACTORY))


def reason_to_treat(facts: Facts, known: EmbolisationKnowledge) -> Boolean:
    """Symptoms despite an analogue, progression, or a large burden even when stable."""
    large = known.burden_min_if_stable
    return some(symptoms_despite_analogue(), facts.history.progressing, large < BURDEN)


def _indication(facts: Facts, known: EmbolisationKnowledge) -> tuple[Criterion, ...]:
    """Liver-dominant, unresectable, with a reason to treat."""
    largest = number("liver.largest_mm")
    return (
        requires(facts.spread.liver_dominant, known.liver_dominant),
        requires(facts.grading.well_differentiated, known.well_differentiated),
        requires(~category("liver.resectable").is_("complete"), known.unresectable),
        requires(reason_to_treat(facts, known), known.reason_to_treat),
        requires(largest >= known.lesion_size_min, known.measurable_lesion),
    )


def _organ_limits(known: EmbolisationKnowledge) -> tuple[Criterion, ...]:
    """Limits of the RETNET trial, in canonical units."""
    return (
        excludes(number("patient.ecog") > known.ecog_max, known.performance),
        excludes(number("labs.creatinine") >= known.creatinine_below, known.renal_function),
        excludes(number("labs.bilirubin") > known.bilirubin_max, known.bilirubin),
        excludes(number("labs.albumin") < known.albumin_min, known.albumin),
        excludes(number("labs.platelets") <= known.platelets_above, known.platelets),
        excludes(number("labs.inr") > known.inr_max, known.coagulation),
        excludes(known.burden_max < BURDEN, known.burden),
    )


def _contraindications(known: EmbolisationKnowledge) -> tuple[Criterion, ...]:
    """Usual contraindications, recalled: they hold the option until they are settled."""
    decompensated = category("liver.ascites").is_("moderate_severe") | ~category("liver.encephalopathy").is_(
        "none"
    )
    entry = boolean("liver.bilioenteric_anastomosis") | boolean(
        "patient.comorbidities.previous_pancreatoduodenectomy"
    )
    return (
        excludes(category("liver.portal_vein_thrombosis").is_("main"), known.main_portal_vein),
        excludes(decompensated, known.decompensated_liver),
        excludes(boolean("liver.biliary_obstruction"), known.biliary_obstruction),
        excludes(boolean("patient.comorbidities.uncontrolled_infection"), known.infection),
        excludes(entry, known.biliary_entry),
        excludes(boolean("patient.comorbidities.hepatic_artery_occlusion"), known.artery_closed),
    )


def _cautions(facts: Facts, known: EmbolisationKnowledge) -> tuple[Criterion, ...]:
    """What needs care or another order."""
    heart = boolean("patient.comorbidities.carcinoid_heart_disease") | boolean(
        "patient.comorbidities.heart_failure_nyha_3_4"
    )
    untried = facts.receptors.positive & ~boolean("treatments.prrt.received")
    return (
        caution(known.burden_caution_above < BURDEN, known.large_burden),
        caution(category("liver.lobes").is_("both"), known.both_lobes),
        caution(category("liver.ascites").is_("mild"), known.mild_ascites),
        caution(boolean("tumour.syndromes.carcinoid"), known.carcinoid_crisis),
        caution(heart, known.heart),
        caution(boolean("patient.comorbidities.allergy_contrast"), known.contrast_allergy),
        caution(category("liver.portal_vein_thrombosis").is_("branch"), known.branch_portal_vein),
        caution(untried, known.prrt_first),
    )


def _favours(facts: Facts, known: EmbolisationKnowledge) -> tuple[Criterion, ...]:
    """Symptoms to relieve, and no receptor to aim at."""
    return (
        favours(symptoms_despite_analogue(), known.refractory_symptoms),
        favours(facts.receptors.mixed_or_negative, known.receptor_negative),
    )
