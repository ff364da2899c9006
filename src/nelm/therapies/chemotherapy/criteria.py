"""Who can have which chemotherapy, who cannot, and what asks for care."""

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
from nelm.therapies.chemotherapy.knowledge import ChemotherapyKnowledge
from nelm.therapies.chemotherapy.positions import positions
from nelm.therapies.chemotherapy.settings import Settings, settings

Criteria = tuple[Criterion, ...]
PLATINUM_ETOPOSIDE = "chemo.platinum_etoposide"


def _had(name: str) -> Boolean:
    return boolean(f"patient.comorbidities.{name}")


def _pregnant() -> Boolean:
    return category("patient.sex").is_("female") & boolean("patient.pregnant")


def general(known: ChemotherapyKnowledge) -> Criteria:
    """What holds for every cytotoxic regimen."""
    return (
        caution(boolean("patient.breastfeeding"), known.breastfeeding),
        caution(number("patient.ecog") >= known.performance_poor_from, known.performance_poor),
        caution(_had("viral_hepatitis"), known.viral_hepatitis),
    )


def fluoropyrimidine(facts: Facts, known: ChemotherapyKnowledge) -> Criteria:
    """DPD deficiency and liver failure: fluorouracil and capecitabine alike."""
    dpyd = category("tumour.dpyd")
    return (
        excludes(dpyd.is_("complete"), known.dpyd_complete),
        excludes(facts.liver_function.child_pugh.is_("C"), known.severe_liver_impairment),
        caution(dpyd.is_("partial"), known.dpyd_partial),
    )


def fluorouracil(facts: Facts, known: ChemotherapyKnowledge) -> Criteria:
    """Fluorouracil by vein."""
    infected = excludes(_had("uncontrolled_infection"), known.infection_fluorouracil)
    return (*fluoropyrimidine(facts, known), infected)


def capecitabine(facts: Facts, known: ChemotherapyKnowledge) -> Criteria:
    """Capecitabine by mouth: kidney and blood counts besides DPD deficiency and liver."""
    clearance = facts.renal.creatinine_clearance
    neutrophils, platelets = number("labs.neutrophils"), number("labs.platelets")
    return (
        *fluoropyrimidine(facts, known),
        excludes(clearance < known.capecitabine_clearance_min, known.capecitabine_renal),
        excludes(neutrophils < known.neutrophils_capecitabine_min, known.neutrophils_low),
        excludes(platelets < known.platelets_capecitabine_min, known.platelets_low),
        excludes(_had("uncontrolled_infection"), known.infection),
        caution(clearance <= known.capecitabine_clearance_reduced, known.capecitabine_reduction),
        caution(_had("thromboembolism"), known.anticoagulant_interaction),
    )


def alkylator(known: ChemotherapyKnowledge) -> Criteria:
    """Temozolomide: marrow, and what makes a response likelier."""
    return (
        caution(_had("myelodysplasia"), known.myelodysplasia),
        caution(boolean("treatments.prrt.received"), known.marrow_after_prrt),
        favours(boolean("tumour.mgmt_deficient"), known.mgmt_deficient),
    )


def irinotecan(known: ChemotherapyKnowledge) -> Criteria:
    """Irinotecan: bilirubin, performance status, bowel."""
    bilirubin = number("labs.bilirubin.times_upper_limit")
    return (
        excludes(bilirubin > known.irinotecan_bilirubin_max, known.irinotecan_bilirubin),
        excludes(number("patient.ecog") > known.irinotecan_performance_max, known.irinotecan_performance),
        excludes(boolean("symptoms.bowel_obstruction"), known.irinotecan_obstruction),
        caution(bilirubin >= known.irinotecan_bilirubin_caution_from, known.irinotecan_bilirubin_caution),
        caution(boolean("symptoms.diarrhoea"), known.irinotecan_diarrhoea),
    )


def platinum(facts: Facts, known: ChemotherapyKnowledge) -> Criteria:
    """Carboplatin or cisplatin: kidney, heart, blood counts."""
    clearance = facts.renal.creatinine_clearance
    counts = some(
        number("labs.neutrophils") < known.carboplatin_neutrophils_min,
        number("labs.platelets") < known.carboplatin_platelets_min,
    )
    return (
        excludes(_pregnant(), known.pregnancy),
        excludes(clearance <= known.carboplatin_clearance_min, known.platinum_renal),
        excludes(_had("uncontrolled_infection"), known.infection),
        caution(clearance < known.cisplatin_clearance_min, known.cisplatin_renal),
        caution(_had("heart_failure_nyha_3_4"), known.cisplatin_volume_load),
        caution(counts, known.carboplatin_counts),
    )


def oxaliplatin(facts: Facts, known: ChemotherapyKnowledge) -> Criteria:
    """Oxaliplatin: kidney and blood counts."""
    clearance = facts.renal.creatinine_clearance
    counts = some(
        number("labs.neutrophils") < known.oxaliplatin_neutrophils_min,
        number("labs.platelets") < known.oxaliplatin_platelets_min,
    )
    return (
        excludes(_pregnant(), known.pregnancy),
        caution(clearance < known.oxaliplatin_clearance_reduced, known.oxaliplatin_renal),
        caution(counts, known.oxaliplatin_counts),
    )


def captem(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Criteria:
    """Capecitabine with temozolomide."""
    return (
        requires(place.for_temozolomide, known.captem_setting),
        excludes(_pregnant(), known.pregnancy),
        *capecitabine(facts, known),
        *alkylator(known),
        *general(known),
        favours(place.pancreas & boolean("symptoms.bulk"), known.shrinkage_wanted),
    )


def temozolomide(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Criteria:
    """Temozolomide alone."""
    counts = some(
        number("labs.neutrophils") < known.temozolomide_neutrophils_min,
        number("labs.platelets") < known.temozolomide_platelets_min,
    )
    no_capecitabine = some(
        category("tumour.dpyd").is_("complete"),
        facts.renal.creatinine_clearance < known.capecitabine_clearance_min,
    )
    return (
        requires(place.for_temozolomide, known.temozolomide_setting),
        excludes(_pregnant(), known.pregnancy),
        excludes(counts, known.temozolomide_counts_low),
        excludes(_had("uncontrolled_infection"), known.infection),
        *alkylator(known),
        *general(known),
        favours(no_capecitabine, known.fluoropyrimidine_impossible),
    )


def streptozocin(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Criteria:
    """Streptozocin with fluorouracil."""
    clearance = facts.renal.creatinine_clearance
    kidney_risk = some(_had("single_kidney"), _had("chronic_kidney_disease"), _had("urinary_obstruction"))
    sugar = some(_had("diabetes"), boolean("tumour.syndromes.insulinoma"))
    return (
        requires(place.pancreatic_need, known.streptozocin_setting),
        excludes(_pregnant(), known.pregnancy_other),
        excludes(clearance < known.streptozocin_clearance_floor, known.streptozocin_renal),
        *fluorouracil(facts, known),
        caution(clearance <= known.streptozocin_clearance_reduced, known.streptozocin_reduction),
        caution(kidney_risk, known.streptozocin_kidney_risk),
        caution(sugar, known.streptozocin_diabetes),
        caution(number("tumour.ki67_percent") > known.streptozocin_ki67_above, known.streptozocin_high_ki67),
        *general(known),
        favours(place.pancreas & boolean("symptoms.bulk"), known.shrinkage_wanted),
    )


def platinum_etoposide(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Criteria:
    """Carboplatin or cisplatin with etoposide."""
    clearance = facts.renal.creatinine_clearance
    failed = every(boolean("treatments.chemo.platinum_etoposide"), boolean("treatments.chemo.progressed_on"))
    return (
        requires(place.carcinoma, known.platinum_setting),
        *platinum(facts, known),
        caution(clearance <= known.etoposide_clearance_reduced, known.etoposide_renal),
        caution(
            number("labs.bilirubin.times_upper_limit") > known.bilirubin_normal, known.etoposide_bilirubin
        ),
        caution(failed, known.platinum_rechallenge),
        *general(known),
    )


def platinum_irinotecan(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Criteria:
    """Cisplatin with irinotecan."""
    return (
        requires(place.carcinoma, known.platinum_setting),
        *platinum(facts, known),
        *irinotecan(known),
        *general(known),
    )


def folfiri(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Criteria:
    """Irinotecan with fluorouracil."""
    return (
        requires(place.second_line_carcinoma, known.second_line_carcinoma_setting),
        excludes(_pregnant(), known.pregnancy_other),
        *fluorouracil(facts, known),
        *irinotecan(known),
        *general(known),
    )


def folfox(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Criteria:
    """Oxaliplatin with fluorouracil."""
    setting = some(place.net_g3, place.second_line_carcinoma, place.pancreatic_need)
    return (
        requires(setting, known.oxaliplatin_setting),
        *oxaliplatin(facts, known),
        *fluorouracil(facts, known),
        *general(known),
    )


def capox(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Criteria:
    """Oxaliplatin with capecitabine."""
    setting = some(place.net_g3, place.second_line_carcinoma, place.pancreatic_need)
    return (
        requires(setting, known.oxaliplatin_setting),
        *oxaliplatin(facts, known),
        *capecitabine(facts, known),
        *general(known),
    )


RULES = (
    ("chemo.captem", "Capecitabine with temozolomide (CAPTEM)", captem),
    ("chemo.temozolomide", "Temozolomide alone", temozolomide),
    ("chemo.stz_5fu", "Streptozocin with fluorouracil", streptozocin),
    (PLATINUM_ETOPOSIDE, "Carboplatin or cisplatin with etoposide", platinum_etoposide),
    ("chemo.platinum_irinotecan", "Cisplatin with irinotecan", platinum_irinotecan),
    ("chemo.folfox", "Oxaliplatin with fluorouracil (FOLFOX)", folfox),
    ("chemo.capox", "Oxaliplatin with capecitabine (CAPOX)", capox),
    ("chemo.folfiri", "Irinotecan with fluorouracil (FOLFIRI)", folfiri),
)


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """The regimens with their criteria and positions."""
    known = knowledge.record(ChemotherapyKnowledge, "chemotherapy")
    place = settings(facts, known)
    said: dict[str, tuple[Position, ...]] = positions(facts, known, place)
    return tuple(
        OptionRule(
            option,
            name,
            Intent.DISEASE_CONTROL,
            (*rule(facts, known, place), *_again(option, known)),
            (*said[option], Position(known.position_not_tolerated, not_tolerated(option))),
        )
        for option, name, rule in RULES
    )


def _again(option: str, known: ChemotherapyKnowledge) -> Criteria:
    """Not after progression on it; platinum has a position of its own, since it is given again in some."""
    return () if option == PLATINUM_ETOPOSIDE else (requires(~failed(option), known.not_failed_before),)
