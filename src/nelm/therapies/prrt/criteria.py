"""Who can have radioligand therapy, who cannot, and what the guidelines say: the four options."""

from __future__ import annotations

from nelm.guideline.criteria import Criterion, Intent, OptionRule, Position, caution, favours, requires
from nelm.guideline.facts import boolean, number
from nelm.guideline.failures import failed, not_tolerated
from nelm.guideline.findings.all import Facts
from nelm.knowledge import Knowledge
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.population import advanced, has_kidney_risk, no_course_behind
from nelm.therapies.prrt.positions import (
    dotatate_positions,
    edotreotide_positions,
    retreatment_positions,
    y90_positions,
)
from nelm.therapies.prrt.safety import cautions, exclusions

FIRST = ("prrt.lu177_dotatate", "prrt.lu177_edotreotide", "prrt.y90")
AGAIN = "prrt.retreatment"


def receptor_expression(facts: Facts, known: PrrtKnowledge) -> Criterion:
    """Uptake of the hottest lesion at least as intense as liver."""
    return requires(facts.receptors.at_least_liver, known.receptor_expression)


def target(facts: Facts, known: PrrtKnowledge) -> tuple[Criterion, ...]:
    """Receptors, differentiation and extent that every course needs."""
    return (
        receptor_expression(facts, known),
        requires(facts.grading.well_differentiated, known.well_differentiated),
        requires(advanced(facts), known.advanced_disease),
    )


def first_course(known: PrrtKnowledge) -> tuple[Criterion, ...]:
    """A finished earlier course makes any further one a retreatment; one under progression is not gone on with."""
    return (
        requires(no_course_behind(), known.no_previous_course),
        requires(~failed(*FIRST), known.not_failed_before),
    )


def stopped(known: PrrtKnowledge) -> Position:
    """An earlier course was stopped for toxicity, whatever its peptide and nuclide."""
    return Position(known.position_not_tolerated, not_tolerated(*FIRST, AGAIN))


def reasons(facts: Facts, known: PrrtKnowledge) -> tuple[Criterion, ...]:
    """What speaks for radioligand therapy among the systemic choices."""
    return (
        favours(facts.receptors.above_liver, known.uptake_above_liver),
        favours(facts.receptors.netpet.is_in("P1", "P2", "P3", "P4a"), known.netpet_suitable),
        favours(facts.syndromes.hormonal_uncontrolled, known.syndrome_uncontrolled),
        favours(boolean("extrahepatic.any"), known.extrahepatic_disease),
        favours(boolean("symptoms.bulk"), known.shrinkage_wanted),
    )


def retreatment_needs(facts: Facts, known: PrrtKnowledge) -> tuple[Criterion, ...]:
    """An earlier course that held for at least 18 months, and new progression."""
    interval = number("treatments.prrt.progression_free_months") >= known.retreatment_interval_min
    return (
        requires(boolean("treatments.prrt.received"), known.earlier_course),
        requires(interval, known.long_benefit),
        requires(facts.history.progressing, known.progression_after_course),
        requires(~failed(AGAIN), known.not_failed_before),
        favours(boolean("treatments.prrt.controlled"), known.controlled_by_first_course),
    )


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """The radioligand options."""
    known = knowledge.record(PrrtKnowledge, "prrt")
    safety = (*exclusions(facts, known), *cautions(facts, known))
    first = (*target(facts, known), *first_course(known), *safety, *reasons(facts, known))
    again = (*target(facts, known), *retreatment_needs(facts, known), *safety, *reasons(facts, known))
    y90_kidney = caution(has_kidney_risk(), known.y90_kidney)
    control = Intent.DISEASE_CONTROL
    return (
        OptionRule(
            "prrt.lu177_dotatate",
            "177Lu-DOTATATE PRRT",
            control,
            first,
            (*dotatate_positions(facts, known, knowledge), stopped(known)),
        ),
        OptionRule(
            "prrt.lu177_edotreotide",
            "177Lu-edotreotide PRRT",
            control,
            first,
            (*edotreotide_positions(facts, known), stopped(known)),
        ),
        OptionRule(
            "prrt.y90",
            "90Y-DOTATOC PRRT",
            control,
            (*first, y90_kidney),
            (*y90_positions(known), stopped(known)),
        ),
        OptionRule(
            AGAIN, "PRRT again", control, again, (*retreatment_positions(facts, known), stopped(known))
        ),
    )
