"""Who can have radioembolisation with resin, glass or holmium microspheres, and who cannot."""

from __future__ import annotations

from nelm.guideline.criteria import Criterion, Intent, OptionRule, caution, excludes, favours, requires
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import some
from nelm.knowledge import Knowledge
from nelm.therapies.radioembolisation import positions
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge

BURDEN, SHUNT = number("liver.burden_percent"), number("liver.lung_shunt_fraction")
THROMBOSIS = category("liver.portal_vein_thrombosis")
REFRACTORY = ("diarrhoea", "flushing", "wheeze", "hypoglycaemia", "abdominal_pain", "bulk")
"""Symptoms that treating liver tumour may relieve."""


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """The three kinds of microspheres."""
    known = knowledge.record(RadioembolisationKnowledge, "radioembolisation")
    common = (
        *_indication(facts, known),
        *_contraindications(known),
        *_cautions(facts, known),
        *_favours(known),
    )
    intent, spoken = Intent.DISEASE_CONTROL, positions.common(facts, known)
    return (
        OptionRule(
            "radioembolisation.y90_resin",
            "90Y resin microspheres",
            intent,
            (*common, *_resin(known)),
            (*spoken, *positions.resin(known), *positions.again("radioembolisation.y90_resin", known)),
        ),
        OptionRule(
            "radioembolisation.y90_glass",
            "90Y glass microspheres",
            intent,
            (*common, *_glass(known)),
            (*spoken, *positions.glass(known), *positions.again("radioembolisation.y90_glass", known)),
        ),
        OptionRule(
            "radioembolisation.ho166",
            "166Ho microspheres",
            intent,
            (*common, *_holmium(facts, known)),
            (*spoken, *positions.holmium(known), *positions.again("radioembolisation.ho166", known)),
        ),
    )


def _indication(facts: Facts, known: RadioembolisationKnowledge) -> tuple[Criterion, ...]:
    """Liver-dominant, unresectable, with a reason to treat."""
    symptoms = some(*(boolean(f"symptoms.{name}.refractory_to_ssa") for name in REFRACTORY))
    reason = some(symptoms, facts.history.progressing, known.burden_min_if_stable < BURDEN)
    return (
        requires(facts.spread.liver_dominant, known.liver_dominant),
        requires(facts.grading.well_differentiated, known.well_differentiated),
        requires(~category("liver.resectable").is_("complete"), known.unresectable),
        requires(reason, known.reason_to_treat),
    )


def _contraindications(known: RadioembolisationKnowledge) -> tuple[Criterion, ...]:
    """What rules out every kind of microsphere."""
    spent = boolean("treatments.radioembolisation.received") & (
        number("liver.lung_dose_so_far_gy") >= known.lung_dose_total_max
    )
    failing = category("liver.ascites").is_("moderate_severe") | ~category("liver.encephalopathy").is_("none")
    return (
        excludes(known.burden_max < BURDEN, known.burden),
        excludes(failing, known.liver_failure),
        excludes(spent, known.lung_dose_spent),
        excludes(number("patient.ecog") > known.ecog_max, known.performance),
        excludes(boolean("patient.pregnant"), known.pregnancy),
        excludes(boolean("patient.comorbidities.hepatic_artery_occlusion"), known.artery_closed),
    )


def _blood(known: RadioembolisationKnowledge) -> tuple[Criterion, ...]:
    """Bilirubin and neutrophils, for both kinds of 90Y microspheres."""
    return (
        excludes(number("labs.bilirubin") > known.bilirubin_max, known.bilirubin),
        excludes(number("labs.neutrophils") < known.neutrophils_min, known.neutrophils),
    )


def _resin(known: RadioembolisationKnowledge) -> tuple[Criterion, ...]:
    """Rules of the resin labels."""
    capecitabine = boolean("treatments.chemo.captem") | boolean("treatments.chemo.capox")
    return (
        *_blood(known),
        excludes(known.lung_shunt_max < SHUNT, known.lung_shunt),
        caution(THROMBOSIS.is_in("branch", "main"), known.portal_vein_resin),
        caution(capecitabine, known.capecitabine),
        caution(boolean("treatments.radiotherapy.received"), known.earlier_external_beam),
    )


def _glass(known: RadioembolisationKnowledge) -> tuple[Criterion, ...]:
    """Rules and warnings of the glass label."""
    weak = (known.glass_burden_above < BURDEN) & (number("labs.albumin") < known.glass_albumin_below)
    enzymes = some(
        *(number(f"labs.{test}.times_upper_limit") > known.glass_enzymes_above for test in ("ast", "alt"))
    )
    return (
        *_blood(known),
        caution(weak, known.glass_burden_albumin),
        caution(enzymes, known.glass_enzymes),
        caution(THROMBOSIS.is_in("branch", "main"), known.portal_vein_glass),
        favours(THROMBOSIS.is_("branch"), known.branch_thrombosis),
    )


def _holmium(facts: Facts, known: RadioembolisationKnowledge) -> tuple[Criterion, ...]:
    """Limits of the trial of 166Ho after PRRT."""
    enzymes = some(
        *(
            number(f"labs.{test}.times_upper_limit") > known.ho166_enzymes_max
            for test in ("alp", "alt", "ast")
        )
    )
    counts = (number("labs.leukocytes") < known.ho166_leukocytes_min) | (
        number("labs.platelets") < known.ho166_platelets_min
    )
    bilirubin = number("labs.bilirubin.times_upper_limit") > known.ho166_bilirubin_max
    return (
        excludes(bilirubin, known.ho166_bilirubin),
        excludes(facts.renal.filtration_rate < known.ho166_filtration_min, known.ho166_filtration),
        excludes(enzymes, known.ho166_enzymes),
        excludes(counts, known.ho166_blood_counts),
        caution(~boolean("treatments.prrt.received"), known.ho166_after_prrt),
        caution(THROMBOSIS.is_in("branch", "main"), known.portal_vein_holmium),
    )


def _cautions(facts: Facts, known: RadioembolisationKnowledge) -> tuple[Criterion, ...]:
    """Late toxicity, earlier treatment, lungs, bile ducts, heart."""
    entry = boolean("liver.bilioenteric_anastomosis") | boolean(
        "patient.comorbidities.previous_pancreatoduodenectomy"
    )
    heart = boolean("patient.comorbidities.carcinoid_heart_disease") | boolean(
        "patient.comorbidities.heart_failure_nyha_3_4"
    )
    untried = facts.receptors.positive & ~boolean("treatments.prrt.received")
    return (
        caution(category("liver.lobes").is_("both"), known.whole_liver),
        caution(boolean("treatments.prrt.received"), known.after_prrt),
        caution(boolean("treatments.radioembolisation.received"), known.repeated),
        caution(boolean("treatments.chemo.received"), known.after_chemotherapy),
        caution(known.lung_shunt_caution <= SHUNT, known.raised_lung_shunt),
        caution(number("liver.volume_ml") < known.small_liver_below, known.small_liver),
        caution(category("liver.ascites").is_("mild"), known.mild_ascites),
        caution(entry, known.biliary_entry),
        caution(boolean("tumour.syndromes.carcinoid"), known.carcinoid_crisis),
        caution(heart, known.heart),
        caution(boolean("patient.comorbidities.allergy_contrast"), known.contrast_allergy),
        caution(boolean("patient.comorbidities.bleeding_disorder"), known.bleeding_disorder),
        caution(untried, known.prrt_first),
    )


def _favours(known: RadioembolisationKnowledge) -> tuple[Criterion, ...]:
    """One lobe alone to treat."""
    return (favours(category("liver.lobes").is_("one"), known.one_lobe),)
