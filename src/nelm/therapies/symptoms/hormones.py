"""Who needs treatment of a hormonal syndrome, and what speaks against it."""

from __future__ import annotations

from nelm.guideline.criteria import Criterion, Position, caution, excludes, favours, requires
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import Boolean, every, some
from nelm.therapies.symptoms.knowledge import SymptomKnowledge

Parts = tuple[tuple[Criterion, ...], tuple[Position, ...]]


def had(name: str) -> Boolean:
    """A comorbidity of the case document."""
    return boolean(f"patient.comorbidities.{name}")


def syndrome(name: str) -> Boolean:
    """A hormonal syndrome of the case document."""
    return boolean(f"tumour.syndromes.{name}")


def symptom(name: str) -> Boolean:
    """A symptom of the case document."""
    return boolean(f"symptoms.{name}")


def telotristat(facts: Facts, known: SymptomKnowledge) -> Parts:
    """Carcinoid diarrhoea that an analogue does not control; the labels differ by Child-Pugh class."""
    liver = facts.liver_function.child_pugh
    uncontrolled = boolean("symptoms.diarrhoea.refractory_to_ssa")
    indicated = syndrome("carcinoid") & uncontrolled
    criteria = (
        requires(syndrome("carcinoid"), known.telotristat_syndrome),
        requires(uncontrolled, known.telotristat_uncontrolled),
        excludes(liver.is_("C"), known.telotristat_child_pugh_c),
        caution(liver.is_("B"), known.telotristat_child_pugh_b),
        caution(had("dialysis"), known.telotristat_dialysis),
        caution(symptom("bowel_obstruction") | symptom("abdominal_pain"), known.telotristat_constipation),
        favours(
            number("symptoms.diarrhoea.per_day") >= known.telotristat_movements_from,
            known.telotristat_frequent,
        ),
    )
    positions = (
        Position(known.position_fda_telotristat, indicated & liver.is_("A")),
        Position(known.position_fda_telotristat_liver, liver.is_in("B", "C")),
        Position(known.position_ema_telotristat, indicated & liver.is_in("A", "B")),
    )
    return criteria, positions


def octreotide(facts: Facts, known: SymptomKnowledge) -> Parts:
    """Symptoms of a syndrome that an analogue relieves."""
    relieved = some(*(syndrome(name) for name in ("carcinoid", "vipoma", "glucagonoma")))
    now = some(*(symptom(name) for name in ("diarrhoea", "flushing", "wheeze", "rash", "carcinoid_crisis")))
    carcinoid = facts.syndromes.carcinoid & some(symptom("diarrhoea"), symptom("flushing"))
    criteria = (
        requires(relieved, known.octreotide_syndrome),
        requires(now, known.octreotide_symptoms),
        caution(syndrome("insulinoma"), known.octreotide_insulinoma),
        caution(had("diabetes"), known.octreotide_diabetes),
        favours(symptom("carcinoid_crisis"), known.octreotide_crisis),
    )
    positions = (
        Position(known.position_label_octreotide, carcinoid),
        Position(known.position_pdq_vipoma, syndrome("vipoma") & symptom("diarrhoea")),
        Position(known.position_pdq_glucagonoma, syndrome("glucagonoma") & symptom("rash")),
    )
    return criteria, positions


def diazoxide(known: SymptomKnowledge) -> Parts:
    """Insulinoma that cannot be removed at once."""
    criteria = (
        requires(syndrome("insulinoma"), known.insulinoma),
        favours(symptom("hypoglycaemia"), known.hypoglycaemia_now),
        caution(had("heart_failure_nyha_3_4"), known.diazoxide_heart),
        caution(had("chronic_kidney_disease") | had("dialysis"), known.diazoxide_kidney),
    )
    inoperable = syndrome("insulinoma") & category("liver.resectable").is_in(
        "debulking_70", "debulking_90", "no"
    )
    positions = (
        Position(known.position_endotext_diazoxide, syndrome("insulinoma")),
        Position(known.position_proglycem, inoperable),
        Position(known.position_pdq_insulinoma, inoperable),
    )
    return criteria, positions


def hypoglycaemia_rescue(known: SymptomKnowledge) -> Parts:
    """Hypoglycaemia, or an insulinoma that may bring it."""
    criteria = (
        requires(syndrome("insulinoma") | symptom("hypoglycaemia"), known.hypoglycaemia_needs_rescue),
        favours(boolean("symptoms.hypoglycaemia.refractory_to_ssa"), known.hypoglycaemia_refractory),
    )
    return criteria, (Position(known.position_enets_glucose, syndrome("insulinoma")),)


def acid_inhibitor(known: SymptomKnowledge) -> Parts:
    """Gastrinoma."""
    gastrinoma = syndrome("gastrinoma")
    criteria = (
        requires(gastrinoma, known.gastrinoma),
        favours(symptom("peptic_ulcer"), known.peptic_ulcer),
        favours(category("tumour.hereditary").is_("men1"), known.gastrinoma_men1),
    )
    positions = (
        Position(known.position_enets_ppi, gastrinoma),
        Position(known.position_trial_ppi, gastrinoma),
    )
    return criteria, positions


def steroidogenesis_inhibitor(facts: Facts, known: SymptomKnowledge) -> Parts:
    """ACTH syndrome."""
    criteria = (
        requires(syndrome("acth"), known.acth),
        favours(symptom("cushing"), known.cushing),
        caution(facts.liver_function.child_pugh.is_in("B", "C"), known.steroidogenesis_liver),
        caution(number("labs.potassium") < known.potassium_low_below, known.steroidogenesis_potassium),
    )
    return criteria, (Position(known.position_cortisol, syndrome("acth")),)


def adrenalectomy(known: SymptomKnowledge) -> Parts:
    """ACTH syndrome that drugs do not control."""
    persists = every(boolean("treatments.symptom.steroidogenesis_inhibitor"), symptom("cushing"))
    criteria = (
        requires(syndrome("acth"), known.acth),
        favours(persists, known.adrenalectomy_refractory),
        caution(~boolean("patient.fit_for_major_surgery"), known.adrenalectomy_unfit),
    )
    return criteria, (Position(known.position_adrenalectomy, syndrome("acth")),)
