"""Dose modification of sunitinib and cabozantinib by toxicity, as tables for the machine of `followup.toxicity`."""

from __future__ import annotations

from nelm.followup.toxicity.dose_table import Dose, DoseTable, Response, Rule, Seen, Toxicity, event
from nelm.followup.toxicity.grading import limits
from nelm.knowledge import Entry
from nelm.quantities import Interval
from nelm.quantities.answers import at_least
from nelm.therapies.targeted.knowledge import TargetedKnowledge, TargetedModification

DAILY = "by mouth once daily"
EMPTY_STOMACH = "by mouth once daily on an empty stomach"
LOWER, SAME, STOP = (Response.HOLD_LOWER,), (Response.HOLD_SAME,), (Response.STOP,)


def sunitinib(doses: TargetedKnowledge, known: TargetedModification) -> DoseTable:
    """Sunitinib 37.5 mg without a break, one reduction to 25 mg (United States label, pancreatic tumours).

    Parameters
    ----------
    doses : The doses of the drug.
    known : The rules.
    """
    ladder = (
        Dose(doses.sunitinib_dose.number, "mg", DAILY, (doses.sunitinib_dose,)),
        Dose(doses.sunitinib_reduction.number, "mg", DAILY, (doses.sunitinib_reduction,)),
    )
    return DoseTable(
        drug="sunitinib",
        ladder=ladder,
        toxicities=SUNITINIB_TOXICITIES,
        rules=_sunitinib_rules(doses, known),
        ladder_end=known.sunitinib_ladder_end,
        longest_hold=known.targeted_longest_hold,
        never_raised=known.targeted_never_raised,
    )


def cabozantinib(
    doses: TargetedKnowledge, known: TargetedModification, *, child_pugh_b: bool | None
) -> DoseTable:
    """Cabozantinib 60, 40 and 20 mg (United States label, neuroendocrine tumours); 40 mg first in Child-Pugh B.

    Parameters
    ----------
    doses : The doses of the drug.
    known : The rules.
    child_pugh_b : Whether the liver is of class B, which begins a step lower; None asks for it before any dose.
    """
    steps = (doses.cabozantinib_dose, known.cabozantinib_first_step, known.cabozantinib_second_step)
    reduced = (Dose(doses.cabozantinib_dose_b.number, "mg", EMPTY_STOMACH, (doses.cabozantinib_dose_b,)),)
    full = tuple(Dose(entry.number, "mg", EMPTY_STOMACH, (entry,)) for entry in steps)
    return DoseTable(
        drug="cabozantinib",
        ladder=(*reduced, full[-1]) if child_pugh_b else full,
        toxicities=CABOZANTINIB_TOXICITIES,
        rules=_cabozantinib_rules(known),
        ladder_end=known.cabozantinib_ladder_end,
        longest_hold=known.targeted_longest_hold,
        never_raised=known.targeted_never_raised,
        lowest_again=True,
        open_questions=("the Child-Pugh class",) if child_pugh_b is None else (),
    )


SUNITINIB_TOXICITIES = (
    Toxicity("liver", "liver toxicity", "the grade of ALT, AST and bilirubin"),
    Toxicity("heart_failure", "heart failure", "whether there are signs of heart failure", top=1),
    Toxicity(
        "ejection_fraction",
        "the fall of the ejection fraction",
        "the ejection fraction, compared with that before treatment",
        top=2,
    ),
    Toxicity("hypertension", "hypertension", "the grade of hypertension"),
    Toxicity("bleeding", "bleeding", "the grade of bleeding"),
    Toxicity(
        "microangiopathy",
        "thrombotic microangiopathy",
        "whether there is a thrombotic microangiopathy",
        top=1,
    ),
    Toxicity("protein", "protein in urine", "protein in urine, over 24 hours where it is found", top=1),
    Toxicity("nephrotic", "nephrotic syndrome", "whether there is a nephrotic syndrome", top=1),
    Toxicity("skin", "a severe skin reaction", "whether there is a severe skin reaction", top=1),
    Toxicity("jaw", "osteonecrosis of the jaw", "whether there is osteonecrosis of the jaw", top=1),
    Toxicity(
        "hand_foot",
        "hand-foot skin reaction",
        "the grade of the hand-foot skin reaction",
        bearable_matters=True,
    ),
    Toxicity("other", "another reaction", "the grade of the worst other reaction"),
)


def _sunitinib_rules(doses: TargetedKnowledge, known: TargetedModification) -> tuple[Rule, ...]:
    return (
        Rule("liver", 3, 3, (Response.HOLD_LOWER, Response.STOP), doses.sunitinib_hepatotoxicity),
        Rule("liver", 4, 4, STOP, doses.sunitinib_hepatotoxicity),
        _event("heart_failure", STOP, known.sunitinib_heart_failure_signs),
        Rule("ejection_fraction", 1, 1, LOWER, known.sunitinib_ejection_fraction, recovery=0),
        Rule("ejection_fraction", 2, 2, STOP, known.sunitinib_ejection_fraction_severe, recovery=0),
        Rule("hypertension", 3, 3, LOWER, known.sunitinib_hypertension_3),
        Rule("hypertension", 4, 4, STOP, known.sunitinib_hypertension_4),
        Rule("bleeding", 3, 4, LOWER, known.sunitinib_bleeding),
        _event("microangiopathy", STOP, known.sunitinib_microangiopathy),
        _event("protein", (Response.HOLD_LOWER, Response.STOP), known.sunitinib_protein),
        _event("nephrotic", STOP, known.sunitinib_nephrotic),
        _event("skin", STOP, known.sunitinib_skin),
        _event("jaw", SAME, known.sunitinib_jaw),
        Rule("hand_foot", 2, 2, SAME, known.sunitinib_hand_foot_2, unbearable_only=True),
        Rule("hand_foot", 3, 4, LOWER, known.sunitinib_hand_foot_3),
        Rule("other", 3, 4, LOWER, known.sunitinib_other_3),
    )


CABOZANTINIB_TOXICITIES = (
    Toxicity("diarrhoea", "diarrhoea", "the grade of diarrhoea", bearable_matters=True),
    Toxicity("hand_foot", "hand-foot syndrome", "the grade of the hand-foot syndrome", bearable_matters=True),
    Toxicity("protein", "protein in urine", "the grade of protein in urine"),
    Toxicity("nephrotic", "nephrotic syndrome", "whether there is a nephrotic syndrome", top=1),
    Toxicity(
        "pressure",
        "blood pressure",
        "whether blood pressure is controlled; 2 is a crisis or beyond control",
        top=2,
    ),
    Toxicity("bleeding", "bleeding", "the grade of bleeding", bearable_matters=True),
    Toxicity(
        "perforation", "perforation of stomach or bowel", "whether stomach or bowel is perforated", top=1
    ),
    Toxicity("fistula", "fistula", "the grade of a fistula", bearable_matters=True),
    Toxicity("arterial", "arterial thromboembolism", "whether there was an arterial thromboembolism", top=1),
    Toxicity(
        "venous", "venous thromboembolism", "the grade of venous thromboembolism", bearable_matters=True
    ),
    Toxicity(
        "encephalopathy", "posterior leukoencephalopathy", "whether there is a leukoencephalopathy", top=1
    ),
    Toxicity("jaw", "osteonecrosis of the jaw", "whether there is osteonecrosis of the jaw", top=1),
    Toxicity("other", "another reaction", "the grade of the worst other reaction", bearable_matters=True),
)


def _cabozantinib_rules(known: TargetedModification) -> tuple[Rule, ...]:
    return (
        *_reaction("diarrhoea", known),
        *_reaction("hand_foot", known),
        Rule("protein", 2, 4, LOWER, known.cabozantinib_protein),
        _event("nephrotic", STOP, known.cabozantinib_nephrotic),
        Rule("pressure", 1, 1, LOWER, known.cabozantinib_pressure, recovery=0),
        Rule("pressure", 2, 2, STOP, known.cabozantinib_crisis, recovery=0),
        _unbearable("bleeding", known),
        Rule("bleeding", 3, 4, STOP, known.cabozantinib_bleeding_3),
        _event("perforation", STOP, known.cabozantinib_perforation),
        _unbearable("fistula", known),
        Rule("fistula", 3, 3, LOWER, known.cabozantinib_reaction),
        Rule("fistula", 4, 4, STOP, known.cabozantinib_fistula_4),
        _event("arterial", STOP, known.cabozantinib_arterial),
        _unbearable("venous", known),
        Rule("venous", 3, 3, LOWER, known.cabozantinib_reaction),
        Rule("venous", 4, 4, STOP, known.cabozantinib_venous_4),
        _event("encephalopathy", STOP, known.cabozantinib_encephalopathy),
        _event("jaw", LOWER, known.cabozantinib_jaw),
        *_reaction("other", known),
    )


def _event(toxicity: str, responses: tuple[Response, ...], entry: Entry) -> Rule:
    """A rule for what is there or not; the drug waits until it is not."""
    return Rule(toxicity, 1, 1, responses, entry, recovery=0)


def _unbearable(toxicity: str, known: TargetedModification) -> Rule:
    return Rule(toxicity, 2, 2, LOWER, known.cabozantinib_reaction, unbearable_only=True)


def _reaction(toxicity: str, known: TargetedModification) -> tuple[Rule, ...]:
    """Grade 2 that is not tolerated, and grades 3 and 4."""
    return _unbearable(toxicity, known), Rule(toxicity, 3, 4, LOWER, known.cabozantinib_reaction)


# -------------------------------------------------------------------------------- severities from numbers
def sunitinib_protein(protein_g_24h: Interval | None, known: TargetedModification) -> Seen:
    """Whether protein in 24 hours of urine [g] pauses sunitinib."""
    return event(at_least(protein_g_24h, known.sunitinib_protein.number))


def cabozantinib_pressure(grade: Interval, known: TargetedModification) -> Seen:
    """A hypertension of a CTCAE grade as cabozantinib asks: 0 controlled, 1 not, 2 a crisis.

    At grade 2 it may be controlled or not; grade 3 is held, and stays so while no treatment controls it.
    """
    open_from, held_from, stopped_from = limits(known.cabozantinib_pressure_grades)
    least = (grade.low >= held_from) + (grade.low >= stopped_from)
    most = (grade.high >= open_from) + (grade.high >= stopped_from)
    return Seen(Interval(float(least), float(most)))


def sunitinib_ejection_fraction(
    fall_percent: Interval | None, known: TargetedModification, *, below_limit: bool | None
) -> Seen:
    """The fall of the ejection fraction: 0 up to 20 % of the value before, 1 up to 50 %, 2 beyond.

    Parameters
    ----------
    fall_percent : Fall since before treatment, in per cent of that value [%]; None where that value is not known.
    known : The limits.
    below_limit : Whether it lies below the lower limit; asked only where the value before is not known.
    """
    pause, severe = known.sunitinib_ejection_fraction.number, known.sunitinib_ejection_fraction_severe.number
    if fall_percent is None:
        return event(below_limit)

    def at(fall: float) -> float:
        return 2.0 if fall >= severe else float(fall > pause)

    return Seen(Interval(at(fall_percent.low), at(fall_percent.high)))
