"""Dose modification of capecitabine, temozolomide and streptozocin by toxicity, for the machine of `followup.toxicity`.

The doses are those of the regimens of this slice: capecitabine as in CAPTEM, streptozocin on five days. A severity that
is no CTCAE grade is made from the counts by the functions at the end.
"""

from __future__ import annotations

from nelm.case.vocabulary import Dpyd
from nelm.followup.toxicity.dose_table import (
    Dose,
    DoseTable,
    Reason,
    Response,
    Rule,
    Seen,
    Toxicity,
    event,
    steps_below,
)
from nelm.knowledge import Entry
from nelm.quantities import Interval
from nelm.quantities.answers import above, below
from nelm.therapies.chemotherapy.dosing import percent
from nelm.therapies.chemotherapy.knowledge import ChemotherapyKnowledge, ChemotherapyModification

TWICE_DAILY = "by mouth twice daily on days 1 to 14 of 28"
FIVE_DAYS = "by mouth once daily on 5 days of 28"
DAYS_10_TO_14 = "by mouth once daily on days 10 to 14 of 28"
FIVE_DAYS_SIX_WEEKS = "by vein on days 1 to 5 of 42"
CAPECITABINE_GRADE_2 = (Response.HOLD_SAME, Response.HOLD_LOWER, Response.HOLD_LOWER, Response.STOP)
CAPECITABINE_GRADE_3 = (Response.HOLD_LOWER, Response.HOLD_LOWER, Response.STOP)
CAPECITABINE_GRADE_4 = (Response.STOP_OR_LOWEST,)
ONCE_THEN_STOP = (Response.HOLD_LOWER, Response.STOP)
SAME, STOP = (Response.HOLD_SAME,), (Response.STOP,)
UNEXPLAINED = Toxicity(
    "unexplained_cytopenia",
    "a lasting low count without explanation",
    "whether a low count lasts without explanation",
    top=1,
)


def capecitabine(
    doses: ChemotherapyKnowledge, known: ChemotherapyModification, *, dpyd: Dpyd | None
) -> DoseTable:
    """Capecitabine as in CAPTEM: the starting dose goes by DPYD, then 100, 75 and 50 % of it.

    Parameters
    ----------
    doses : The doses of the regimens.
    known : The rules.
    dpyd : Deficiency of dihydropyrimidine dehydrogenase: normal begins in full, partial at half, complete not at all;
        None asks for the test before any dose. The advice to raise a tolerated half dose is said, and not acted on.
    """
    share, first = 1.0, (doses.captem_capecitabine,)
    if dpyd is Dpyd.PARTIAL:
        share, first = (
            percent(doses.fluoropyrimidine_partial_share),
            (*first, doses.fluoropyrimidine_partial_share, doses.fluoropyrimidine_titration),
        )
    start = doses.captem_capecitabine.number * share
    steps = (known.capecitabine_share_second, known.capecitabine_share_third)
    ladder = (
        Dose(start, "mg/m2", TWICE_DAILY, first),
        *(Dose(start * percent(step), "mg/m2", TWICE_DAILY, (step,)) for step in steps),
    )
    refusal = Reason(doses.dpyd_complete.statement, doses.dpyd_complete) if dpyd is Dpyd.COMPLETE else None
    return DoseTable(
        drug="capecitabine",
        ladder=ladder,
        toxicities=CAPECITABINE_TOXICITIES,
        rules=_capecitabine_rules(known),
        ladder_end=known.capecitabine_ladder_end,
        longest_hold=known.chemotherapy_longest_hold,
        never_raised=known.capecitabine_never_raised,
        open_questions=("the DPYD test, before the first dose",) if dpyd is None else (),
        refusal=refusal,
    )


CAPECITABINE_GRADED = (
    Toxicity("diarrhoea", "diarrhoea", "the grade of diarrhoea"),
    Toxicity("hand_foot", "hand-foot syndrome", "the grade of the hand-foot syndrome"),
    Toxicity("stomatitis", "stomatitis", "the grade of stomatitis"),
    Toxicity("neutrophils", "neutropenia", "the grade of neutrophils"),
    Toxicity("platelets", "thrombocytopenia", "the grade of platelets"),
    Toxicity("other", "another toxicity", "the grade of the worst other toxicity"),
)
CAPECITABINE_TOXICITIES = (
    *CAPECITABINE_GRADED,
    Toxicity("counts", "low counts", "neutrophils and platelets of the day", top=1),
    Toxicity("kidney", "a clearance below 30 mL/min", "creatinine clearance", top=1),
)


def _capecitabine_rules(known: ChemotherapyModification) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for toxicity in CAPECITABINE_GRADED:
        rules += (
            Rule(toxicity.id, 2, 2, CAPECITABINE_GRADE_2, known.capecitabine_grade_2),
            Rule(toxicity.id, 3, 3, CAPECITABINE_GRADE_3, known.capecitabine_grade_3),
            Rule(toxicity.id, 4, 4, CAPECITABINE_GRADE_4, known.capecitabine_grade_4),
        )
    rules.append(_event("counts", SAME, known.capecitabine_counts))
    rules.append(_event("kidney", STOP, known.capecitabine_kidney_falling))
    return tuple(rules)


def temozolomide(
    doses: ChemotherapyKnowledge, known: ChemotherapyModification, *, with_capecitabine: bool
) -> DoseTable:
    """Temozolomide 200, 150 and 100 mg/m²: with capecitabine from the top, alone from 150 with one rise.

    Parameters
    ----------
    doses : The doses of the regimens.
    known : The rules.
    with_capecitabine : Whether it is the CAPTEM regimen, with temozolomide on days 10 to 14.
    """
    steps = (known.temozolomide_full, known.temozolomide_middle, known.temozolomide_lowest)
    schedule = DAYS_10_TO_14 if with_capecitabine else FIVE_DAYS
    entries = [(entry,) for entry in steps]
    if with_capecitabine:
        entries[0] = (doses.captem_temozolomide,)
    ladder = tuple(Dose(used[0].number, "mg/m2", schedule, used) for used in entries)
    return DoseTable(
        drug="temozolomide",
        ladder=ladder,
        toxicities=TEMOZOLOMIDE_TOXICITIES,
        rules=_temozolomide_rules(known),
        ladder_end=known.temozolomide_ladder_end,
        longest_hold=known.chemotherapy_longest_hold,
        never_raised=known.temozolomide_never_raised,
        start=0 if with_capecitabine else 1,
        rise=None if with_capecitabine else known.temozolomide_rise,
    )


TEMOZOLOMIDE_TOXICITIES = (
    Toxicity("counts", "low counts on the day of the cycle", "neutrophils and platelets of the day", top=1),
    Toxicity(
        "nadir",
        "the nadir of the last cycle",
        "the lowest neutrophils and platelets since the last dose",
        top=2,
    ),
    Toxicity("other", "another toxicity", "the grade of the worst other toxicity", rise_at_most=2),
    UNEXPLAINED,
)


def _temozolomide_rules(known: ChemotherapyModification) -> tuple[Rule, ...]:
    return (
        _event("counts", SAME, known.temozolomide_start_counts),
        Rule("nadir", 2, 2, (Response.LOWER,), known.temozolomide_nadir),
        Rule("other", 3, 3, ONCE_THEN_STOP, known.temozolomide_other_3),
        Rule("other", 4, 4, STOP, known.temozolomide_other_4),
        _event("unexplained_cytopenia", SAME, known.alkylator_unexplained_cytopenia),
    )


def streptozocin(doses: ChemotherapyKnowledge, known: ChemotherapyModification) -> DoseTable:
    """Streptozocin 500 mg/m² on five days every six weeks, then 75 and 50 % of it, by the kidneys first of all.

    Parameters
    ----------
    doses : The doses of the regimens.
    known : The rules.
    """
    full = doses.streptozocin_dose
    shares = (doses.streptozocin_share_moderate, doses.streptozocin_share_severe)
    ladder = (
        Dose(full.number, "mg/m2", FIVE_DAYS_SIX_WEEKS, (full,)),
        *(Dose(full.number * percent(share), "mg/m2", FIVE_DAYS_SIX_WEEKS, (share,)) for share in shares),
    )
    return DoseTable(
        drug="streptozocin",
        ladder=ladder,
        toxicities=STREPTOZOCIN_TOXICITIES,
        rules=_streptozocin_rules(known),
        ladder_end=known.streptozocin_ladder_end,
        longest_hold=known.chemotherapy_longest_hold,
        never_raised=known.streptozocin_never_raised,
    )


STREPTOZOCIN_TOXICITIES = (
    Toxicity("clearance", "a clearance below 60 mL/min", "creatinine clearance", top=1),
    Toxicity("protein", "protein in urine", "protein in urine, over 24 hours where it is found"),
    Toxicity("creatinine", "creatinine", "the grade of creatinine"),
    Toxicity("counts", "low counts", "leukocytes and platelets of the day", top=1),
    Toxicity("other", "another toxicity", "the grade of the worst other toxicity"),
    UNEXPLAINED,
)


def _streptozocin_rules(known: ChemotherapyModification) -> tuple[Rule, ...]:
    return (
        _event("clearance", (Response.HOLD_LOWER,), known.streptozocin_kidney_rule),
        Rule("protein", 1, 1, (Response.LOWER, Response.GO_ON), known.streptozocin_protein_mild, recovery=0),
        Rule("protein", 2, 2, ONCE_THEN_STOP, known.streptozocin_protein_more),
        Rule("protein", 3, 4, STOP, known.streptozocin_protein_severe),
        Rule("creatinine", 1, 2, ONCE_THEN_STOP, known.streptozocin_creatinine, recovery=0),
        Rule("creatinine", 3, 4, STOP, known.streptozocin_creatinine_severe),
        _event("counts", SAME, known.streptozocin_counts),
        Rule("other", 3, 3, (Response.HOLD_LOWER,), known.streptozocin_other_3),
        Rule("other", 4, 4, STOP, known.streptozocin_other_4),
        _event("unexplained_cytopenia", SAME, known.alkylator_unexplained_cytopenia),
    )


def _event(toxicity: str, responses: tuple[Response, ...], entry: Entry) -> Rule:
    """A rule for what is there or not; the drug waits until it is not."""
    return Rule(toxicity, 1, 1, responses, entry, recovery=0)


# -------------------------------------------------------------------------------- severities from numbers
def capecitabine_counts(
    neutrophils: Interval | None, platelets: Interval | None, doses: ChemotherapyKnowledge
) -> Seen:
    """Whether counts [10*9/L] are too low for a cycle of capecitabine."""
    return _either_below(
        (neutrophils, doses.neutrophils_capecitabine_min), (platelets, doses.platelets_capecitabine_min)
    )


def capecitabine_kidney(clearance_ml_min: Interval | None, doses: ChemotherapyKnowledge) -> Seen:
    """Whether the creatinine clearance [mL/min] has fallen too low for capecitabine."""
    return event(below(clearance_ml_min, doses.capecitabine_clearance_min.number))


def temozolomide_counts(
    neutrophils: Interval | None, platelets: Interval | None, doses: ChemotherapyKnowledge
) -> Seen:
    """Whether counts [10*9/L] are too low for a cycle of temozolomide."""
    return _either_below(
        (neutrophils, doses.temozolomide_neutrophils_min), (platelets, doses.temozolomide_platelets_min)
    )


def temozolomide_nadir(
    neutrophils: Interval | None,
    platelets: Interval | None,
    doses: ChemotherapyKnowledge,
    known: ChemotherapyModification,
) -> Seen:
    """The nadir of a cycle, the worse of both counts: 0 bars no rise, 2 is so low that the next dose falls, 1 between.

    Parameters
    ----------
    neutrophils, platelets : Lowest counts since the last dose [10*9/L].
    doses, known : The limits.
    """
    seen = (
        steps_below(
            neutrophils,
            (doses.temozolomide_neutrophils_min.number, known.temozolomide_nadir_neutrophils.number),
        ),
        steps_below(
            platelets, (doses.temozolomide_platelets_min.number, known.temozolomide_nadir_platelets.number)
        ),
    )
    worst = 2.0
    severities = [one.severity or Interval(0.0, worst) for one in seen]
    low, high = max(one.low for one in severities), max(one.high for one in severities)
    return Seen(Interval(low, high))


def streptozocin_clearance(clearance_ml_min: Interval | None, known: ChemotherapyModification) -> Seen:
    """Whether the creatinine clearance [mL/min] is too low for a cycle of streptozocin."""
    return event(below(clearance_ml_min, known.streptozocin_clearance_cycle.number))


def streptozocin_counts(
    leukocytes: Interval | None, platelets: Interval | None, known: ChemotherapyModification
) -> Seen:
    """Whether counts [10*9/L] are too low for a cycle of streptozocin; both must lie above their limits."""
    answers = (
        above(leukocytes, known.streptozocin_leukocytes.number),
        above(platelets, known.streptozocin_platelets.number),
    )
    if False in answers:
        return event(True)
    return event(None if None in answers else False)


def _either_below(*counts: tuple[Interval | None, Entry]) -> Seen:
    answers = [below(count, limit.number) for count, limit in counts]
    if True in answers:
        return event(True)
    return event(None if None in answers else False)
