"""What labels, guidelines and trials say of radioligand therapy, and for whom."""

from __future__ import annotations

from nelm.guideline.criteria import Position
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS, Boolean, every
from nelm.knowledge import Knowledge
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.population import (
    AS_GASTROINTESTINAL,
    GASTROENTEROPANCREATIC,
    GASTROINTESTINAL,
    MIDGUT,
    primary_in,
    reason_to_treat,
    receptor_positive,
)


def us_label(facts: Facts, known: PrrtKnowledge) -> Boolean:
    """Population of the United States label: organ, receptors and age; no line, no progression."""
    of_age = number("patient.age_years") >= known.us_label_age_min
    return every(primary_in(*GASTROENTEROPANCREATIC), facts.receptors.at_least_liver, of_age)


def eu_label(facts: Facts, known: PrrtKnowledge) -> Boolean:
    """Population of the EU label: as above for adults with progressive G1-G2 disease."""
    return every(
        primary_in(*GASTROENTEROPANCREATIC),
        facts.receptors.at_least_liver,
        facts.grading.is_g1_g2,
        facts.history.progressing,
        number("patient.age_years") >= known.eu_label_age_min,
    )


def netter_2(facts: Facts, knowledge: Knowledge) -> Boolean:
    """First-line population of NETTER-2, as far as it concerns the tumour."""
    limits = knowledge.trials["netter_2"].limits
    ki67 = number("tumour.ki67_percent")
    return every(
        primary_in(*GASTROENTEROPANCREATIC),
        facts.grading.grade.is_in("G2", "G3"),
        ki67.between(limits["ki67_percent_min"], limits["ki67_percent_max"]),
        facts.receptors.all_lesions,
        ~facts.history.pretreated,
        ~facts.history.after_ssa,
        number("tumour.months_since_diagnosis") <= limits["months_since_diagnosis_max"],
    )


def national(facts: Facts, known: PrrtKnowledge) -> tuple[Position, ...]:
    """ENETS as tabulated in a review, and two national programmes."""
    inoperable = category("liver.resectable").is_("no")
    treated = facts.history.any_treatment & facts.history.progressing
    extended = boolean("extrahepatic.any") | boolean("extrahepatic.extensive")
    return (
        Position(
            known.position_enets_2016,
            every(primary_in(*MIDGUT), facts.grading.is_g1_g2, receptor_positive(facts), extended),
        ),
        Position(
            known.position_norway,
            every(facts.receptors.above_liver, treated, inoperable, facts.grading.is_net),
        ),
        Position(
            known.position_sweden, every(receptor_positive(facts), facts.spread.liver_metastases, inoperable)
        ),
    )


def recalled(facts: Facts, known: PrrtKnowledge) -> tuple[Position, ...]:
    """Settings that practice accepts; without a checked source they never make an option recommended."""
    syndrome = boolean("tumour.syndromes.carcinoid") | boolean("tumour.syndromes.insulinoma")
    uncontrolled = facts.syndromes.hormonal_uncontrolled & receptor_positive(facts)
    beyond_first = facts.history.any_treatment & facts.history.progressing
    return (
        Position(
            known.position_unknown_primary,
            every(primary_in(*AS_GASTROINTESTINAL), receptor_positive(facts), beyond_first),
        ),
        Position(known.position_syndrome, syndrome & uncontrolled),
        Position(known.position_vipoma, boolean("tumour.syndromes.vipoma") & receptor_positive(facts)),
    )


def not_read(known: PrrtKnowledge) -> tuple[Position, ...]:
    """Guidelines that exist and whose position was not read."""
    return (
        Position(known.position_esmo_not_read, ALWAYS),
        Position(known.position_enets_not_read, ALWAYS),
        Position(known.position_nanets_not_read, ALWAYS),
        Position(known.position_society_2024_not_read, ALWAYS),
        Position(known.position_nccn_not_read, ALWAYS),
    )


def dotatate_positions(facts: Facts, known: PrrtKnowledge, knowledge: Knowledge) -> tuple[Position, ...]:
    """Labels (which differ on line and grade), trials, guidelines."""
    after_analogue = every(facts.grading.is_g1_g2, receptor_positive(facts), facts.history.after_ssa)
    g3 = facts.grading.grade.is_("G3") & receptor_positive(facts)
    label = us_label(facts, known)
    midgut = primary_in(*MIDGUT)
    return (
        Position(known.position_fda, label & reason_to_treat(facts)),
        Position(known.position_fda_stable, label & facts.history.stable),
        Position(known.position_ema, eu_label(facts, known)),
        Position(known.position_netter_2, netter_2(facts, knowledge)),
        Position(known.position_netter_1, midgut & after_analogue),
        Position(known.position_asco_gi_second_line, primary_in(*GASTROINTESTINAL) & after_analogue),
        Position(known.position_asco_pancreas_second_line, primary_in("pancreas") & after_analogue),
        Position(known.position_asco_g3, g3),
        *national(facts, known),
        *recalled(facts, known),
        *not_read(known),
    )


def edotreotide_positions(facts: Facts, known: PrrtKnowledge) -> tuple[Position, ...]:
    """No approval was seen; one randomised trial."""
    in_trial = every(facts.grading.is_g1_g2, receptor_positive(facts), facts.history.progressing)
    return (
        Position(known.position_edotreotide_status, ALWAYS),
        Position(known.position_compete, in_trial & primary_in(*GASTROENTEROPANCREATIC)),
        *recalled(facts, known),
        *not_read(known),
    )


def y90_positions(known: PrrtKnowledge) -> tuple[Position, ...]:
    """History."""
    return (Position(known.position_y90, ALWAYS), *not_read(known))


def retreatment_positions(facts: Facts, known: PrrtKnowledge) -> tuple[Position, ...]:
    """Two uncontrolled cohorts."""
    again = boolean("treatments.prrt.received") & facts.history.progressing
    long = number("treatments.prrt.progression_free_months") >= known.retreatment_interval_min
    return (
        Position(known.position_retreatment, again & long),
        Position(known.position_salvage, again),
        *not_read(known),
    )
