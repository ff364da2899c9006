"""Who can have an analogue or interferon, who cannot, and what asks for care."""

from __future__ import annotations

from nelm.guideline.criteria import Criterion, Intent, OptionRule, caution, excludes, favours, requires
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.failures import failed
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import some
from nelm.knowledge import Knowledge
from nelm.therapies.somatostatin.knowledge import SomatostatinKnowledge
from nelm.therapies.somatostatin.population import (
    controlled_syndrome,
    insulinoma,
    primary_in,
    reduced_start,
    tumour_to_control,
)
from nelm.therapies.somatostatin.positions import (
    intensified_positions,
    interferon_positions,
    lanreotide_positions,
    octreotide_positions,
)


def indication(facts: Facts, known: SomatostatinKnowledge) -> Criterion:
    """A syndrome that analogues control, whatever the grade, or a tumour with receptors to be controlled."""
    return requires(controlled_syndrome() | tumour_to_control(facts), known.indication)


def insulinoma_excluded(known: SomatostatinKnowledge) -> Criterion:
    """Insulinoma blocks an analogue; a response to a test dose is for the board to weigh."""
    return excludes(insulinoma(), known.insulinoma)


def general(facts: Facts, known: SomatostatinKnowledge) -> tuple[Criterion, ...]:
    """Indication, exclusion and care that every analogue shares."""
    progressed = facts.history.after_ssa
    ki67 = number("tumour.ki67_percent")
    return (
        indication(facts, known),
        insulinoma_excluded(known),
        caution(progressed & ~facts.syndromes.functioning, known.progressed_nonfunctioning),
        caution(progressed & facts.syndromes.functioning, known.progressed_functioning),
        caution(ki67 >= known.ki67_evidence_below, known.ki67_above_evidence),
        caution(boolean("course.rapid"), known.fast_growth),
        caution(boolean("patient.comorbidities.diabetes"), known.diabetes),
        caution(boolean("symptoms.hypoglycaemia"), known.hypoglycaemia),
        caution(facts.syndromes.carcinoid, known.crisis_before_procedures),
        favours(controlled_syndrome(), known.syndrome_control),
        favours(ki67 < known.ki67_evidence_below, known.slow_low_grade),
    )


def octreotide_care(known: SomatostatinKnowledge) -> tuple[Criterion, ...]:
    """What is particular to octreotide LAR."""
    burden = number("liver.burden_percent")
    return (
        caution(reduced_start(), known.octreotide_reduced_start),
        favours(burden <= known.burden_low_to, known.octreotide_low_burden),
    )


def lanreotide_care(known: SomatostatinKnowledge) -> tuple[Criterion, ...]:
    """What is particular to lanreotide."""
    burden = number("liver.burden_percent")
    return (
        caution(boolean("patient.comorbidities.dialysis"), known.lanreotide_renal),
        caution(boolean("patient.comorbidities.cirrhosis"), known.lanreotide_hepatic),
        favours(burden > known.burden_high_from, known.lanreotide_any_burden),
    )


def intensified_needs(
    facts: Facts, known: SomatostatinKnowledge, knowledge: Knowledge
) -> tuple[Criterion, ...]:
    """The standard dose was given and fails."""
    limit = knowledge.trials["clarinet_forte"].limits["ki67_percent_max"]
    fails = facts.history.after_ssa | facts.syndromes.hormonal_uncontrolled
    return (
        requires(boolean("treatments.ssa.received"), known.on_analogue),
        requires(fails, known.standard_dose_fails),
        caution(facts.history.progressing, known.modest_gain),
        caution(number("tumour.ki67_percent") > limit, known.ki67_forte),
        favours(facts.syndromes.hormonal_uncontrolled, known.symptoms_uncontrolled),
    )


def interferon_criteria(facts: Facts, known: SomatostatinKnowledge) -> tuple[Criterion, ...]:
    """Carcinoid syndrome or small bowel, after an analogue, without liver failure."""
    small_bowel = primary_in("jejunum_ileum") & facts.history.progressing
    setting = facts.grading.is_g1_g2 & (facts.syndromes.carcinoid | small_bowel)
    decompensated = some(
        category("liver.ascites").is_("moderate_severe"),
        category("liver.encephalopathy").is_in("grade_1_2", "grade_3_4"),
    )
    cytopenia = some(
        number("labs.platelets") < known.interferon_platelets,
        number("labs.neutrophils") < known.interferon_neutrophils,
    )
    return (
        requires(setting, known.interferon_setting),
        requires(
            facts.history.after_ssa | facts.syndromes.carcinoid_uncontrolled, known.interferon_after_analogue
        ),
        requires(~failed("biotherapy.interferon"), known.not_failed_before),
        excludes(decompensated, known.decompensated_liver),
        caution(cytopenia, known.interferon_toxicity),
        favours(facts.syndromes.carcinoid_uncontrolled, known.symptoms_uncontrolled),
    )


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """Two analogues, their intensified use, and interferon."""
    known = knowledge.record(SomatostatinKnowledge, "somatostatin")
    shared, control = general(facts, known), Intent.DISEASE_CONTROL
    octreotide = (*shared, *octreotide_care(known))
    lanreotide = (*shared, *lanreotide_care(known))
    intensified = (*shared, *intensified_needs(facts, known, knowledge))
    interferon = interferon_criteria(facts, known)
    return (
        OptionRule(
            "ssa.octreotide_lar", "Octreotide LAR", control, octreotide, octreotide_positions(facts, known)
        ),
        OptionRule(
            "ssa.lanreotide", "Lanreotide", control, lanreotide, lanreotide_positions(facts, known, knowledge)
        ),
        OptionRule(
            "ssa.intensified",
            "Somatostatin analogue at higher dose or shorter interval",
            control,
            intensified,
            intensified_positions(facts, known, knowledge),
        ),
        OptionRule(
            "biotherapy.interferon",
            "Interferon alfa",
            control,
            interferon,
            interferon_positions(facts, known),
        ),
    )
