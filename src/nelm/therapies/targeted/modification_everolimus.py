"""Dose modification of everolimus by toxicity, as a table for the machine of `followup.toxicity`."""

from __future__ import annotations

from enum import StrEnum

from nelm.followup.toxicity.dose_table import Dose, DoseTable, Response, Rule, Toxicity
from nelm.knowledge import Entry
from nelm.therapies.targeted.knowledge import TargetedKnowledge, TargetedModification

DAILY = "by mouth once daily"
LOWER, SAME, STOP = (Response.HOLD_LOWER,), (Response.HOLD_SAME,), (Response.STOP,)
SAME_THEN_LOWER = (Response.HOLD_SAME, Response.HOLD_LOWER)
LOWER_THEN_CONSIDER = (Response.HOLD_LOWER, Response.STOP_OR_LOWER)
FULL_PERCENT = 100


class LiverImpairment(StrEnum):
    """Liver impairment that decides about the first dose; class A of a liver without impairment is none."""

    NONE = "none"
    A = "Child-Pugh A"
    B = "Child-Pugh B"
    C = "Child-Pugh C"


TOXICITIES = (
    Toxicity(
        "pneumonitis", "pneumonitis", "the grade of pneumonitis: cough, breathlessness, imaging of the lungs"
    ),
    Toxicity("stomatitis", "stomatitis", "the grade of stomatitis"),
    Toxicity("infection", "infection", "the grade of infection", bearable_matters=True),
    Toxicity("fungal", "invasive fungal infection", "whether there is an invasive fungal infection", top=1),
    Toxicity("metabolic", "high glucose or lipids", "the grade of glucose and lipids"),
    Toxicity("platelets", "thrombocytopenia", "the grade of platelets"),
    Toxicity("neutrophils", "neutropenia", "the grade of neutrophils"),
    Toxicity("febrile", "febrile neutropenia", "whether there is fever with neutropenia, and its grade"),
    Toxicity("other", "another reaction", "the grade of the worst other reaction", bearable_matters=True),
)


def everolimus(
    doses: TargetedKnowledge, known: TargetedModification, *, liver: LiverImpairment | None
) -> DoseTable:
    """Everolimus 10 mg, halved down to 2.5 mg; the first dose goes by the liver.

    Parameters
    ----------
    doses : The doses of the drug.
    known : The rules.
    liver : Liver impairment; None asks for it before any dose.
    """
    first = {
        LiverImpairment.A: doses.everolimus_dose_a,
        LiverImpairment.B: doses.everolimus_dose_b,
        LiverImpairment.C: doses.everolimus_dose_c,
    }.get(liver or LiverImpairment.NONE, doses.everolimus_dose)
    return DoseTable(
        drug="everolimus",
        ladder=_ladder(first, doses, known),
        toxicities=TOXICITIES,
        rules=_rules(known),
        ladder_end=known.everolimus_ladder_end,
        longest_hold=known.targeted_longest_hold,
        never_raised=known.targeted_never_raised,
        open_questions=("liver function with the Child-Pugh class",) if liver is None else (),
    )


def _ladder(first: Entry, doses: TargetedKnowledge, known: TargetedModification) -> tuple[Dose, ...]:
    """The first dose, then about half of it each time, rounded to the doses that the label names (5 and 2.5 mg)."""
    share = known.everolimus_reduced_share.number / FULL_PERCENT
    named = {doses.everolimus_step.number: (doses.everolimus_step, known.everolimus_reduced_share),
             known.everolimus_lowest.number: (known.everolimus_lowest, known.everolimus_floor_europe)}  # fmt: skip
    ladder = [Dose(first.number, "mg", DAILY, (first,))]
    while ladder[-1].amount > known.everolimus_lowest.number:
        wanted = ladder[-1].amount * share
        amount = min(
            (step for step in named if step < ladder[-1].amount), key=lambda step: abs(step - wanted)
        )
        ladder.append(Dose(amount, "mg", DAILY, named[amount]))
    return tuple(ladder)


def _rules(known: TargetedModification) -> tuple[Rule, ...]:
    return (
        Rule(
            "pneumonitis",
            2,
            2,
            LOWER,
            known.everolimus_pneumonitis_2,
            longest_hold=known.everolimus_pneumonitis_2,
        ),
        Rule("pneumonitis", 3, 3, LOWER_THEN_CONSIDER, known.everolimus_pneumonitis_3),
        Rule("pneumonitis", 4, 4, STOP, known.everolimus_pneumonitis_4),
        Rule("stomatitis", 2, 2, SAME_THEN_LOWER, known.everolimus_stomatitis_2),
        Rule("stomatitis", 3, 3, LOWER, known.everolimus_stomatitis_3),
        Rule("stomatitis", 4, 4, STOP, known.everolimus_stomatitis_4),
        Rule("infection", 2, 2, SAME_THEN_LOWER, known.everolimus_infection_2, unbearable_only=True),
        Rule("infection", 3, 3, LOWER_THEN_CONSIDER, known.everolimus_infection_3),
        Rule("infection", 4, 4, STOP, known.everolimus_infection_4),
        Rule("fungal", 1, 1, STOP, known.everolimus_fungal, recovery=0),
        Rule("metabolic", 3, 3, LOWER, known.everolimus_metabolic_3, recovery=2),
        Rule("metabolic", 4, 4, STOP, known.everolimus_metabolic_4),
        Rule("platelets", 2, 2, SAME, known.everolimus_platelets_2),
        Rule("platelets", 3, 4, LOWER, known.everolimus_platelets_3),
        Rule("neutrophils", 3, 3, SAME, known.everolimus_neutrophils_3, recovery=2),
        Rule("neutrophils", 4, 4, LOWER, known.everolimus_neutrophils_4, recovery=2),
        Rule("febrile", 3, 3, LOWER, known.everolimus_febrile_3, recovery=0),
        Rule("febrile", 4, 4, STOP, known.everolimus_febrile_4, recovery=0),
        Rule("other", 2, 2, SAME_THEN_LOWER, known.everolimus_other_2, unbearable_only=True),
        Rule("other", 3, 3, LOWER_THEN_CONSIDER, known.everolimus_other_3),
        Rule("other", 4, 4, STOP, known.everolimus_other_4),
    )
