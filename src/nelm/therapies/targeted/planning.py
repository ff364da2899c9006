"""What a targeted drug would look like for this patient: dose by liver function, monitoring, cautions."""

from __future__ import annotations

from collections.abc import Callable

from nelm.guideline.therapy import Item, PatientView, Proposal, item, stated
from nelm.knowledge import Entry, Knowledge
from nelm.quantities import Interval
from nelm.therapies.targeted.knowledge import TargetedKnowledge

CHILD_PUGH = "liver.child_pugh_class"
SCORE = "liver.child_pugh_score"
CIRRHOSIS = "patient.comorbidities.cirrhosis"
CHILD_PUGH_FACTS = ("labs.bilirubin", "labs.albumin", "labs.inr", "liver.ascites", "liver.encephalopathy")

Course = Callable[[PatientView, TargetedKnowledge], Proposal]


def chosen_dose(text: str, lowest: Entry, highest: Entry, facts: tuple[str, ...]) -> Item:
    """A daily dose [mg/d], or the range that the patient's facts leave open."""
    entries = (highest,) if lowest is highest else (highest, lowest)
    dose = Interval(lowest.number, highest.number)
    return stated("dose", text, entries, dose, unit=highest.unit, facts=facts)


def everolimus_dose(patient: PatientView, known: TargetedKnowledge) -> Item:
    """Everolimus by Child-Pugh class; class A with every item normal and no cirrhosis is no impairment."""
    full, in_a, in_b, in_c = (
        known.everolimus_dose,
        known.everolimus_dose_a,
        known.everolimus_dose_b,
        known.everolimus_dose_c,
    )
    facts = (*CHILD_PUGH_FACTS, CIRRHOSIS)
    match patient.word(CHILD_PUGH):
        case "C":
            return chosen_dose(f"{in_c.number:g} mg. {in_c.statement}", in_c, in_c, facts)
        case "B":
            older = known.everolimus_dose_b_older
            text = f"{in_b.number:g} mg ({older.number:g} mg in older and other labels). {in_b.statement}"
            return chosen_dose(text, older, in_b, facts)
        case "A":
            return _in_class_a(patient, known)
        case _:
            text = (
                f"{full.number:g} mg with a healthy liver; {in_a.number:g}, {in_b.number:g} or {in_c.number:g} mg"
                " in Child-Pugh A, B or C. Still needed: the items of the Child-Pugh score."
            )
            return chosen_dose(text, in_c, full, facts)


def _in_class_a(patient: PatientView, known: TargetedKnowledge) -> Item:
    full, in_a, facts = known.everolimus_dose, known.everolimus_dose_a, (*CHILD_PUGH_FACTS, CIRRHOSIS)
    score, cirrhosis = patient.number(SCORE), patient.truth(CIRRHOSIS)
    if cirrhosis is True:
        return chosen_dose(
            f"{in_a.number:g} mg: cirrhosis, Child-Pugh A. {in_a.statement}", in_a, in_a, facts
        )
    normal = score is not None and score.high <= known.child_pugh_normal.number
    if normal and cirrhosis is False:
        return chosen_dose(f"{full.number:g} mg: liver function normal. {full.statement}", full, full, facts)
    text = (
        f"{full.number:g} mg with a healthy liver, {in_a.number:g} mg with liver disease of Child-Pugh A."
        " Still needed: whether the liver itself is diseased."
    )
    return chosen_dose(text, in_a, full, facts)


def cabozantinib_dose(patient: PatientView, known: TargetedKnowledge) -> Item:
    """Cabozantinib by Child-Pugh class."""
    full, in_b = known.cabozantinib_dose, known.cabozantinib_dose_b
    match patient.word(CHILD_PUGH):
        case "A":
            return chosen_dose(f"{full.number:g} mg. {full.statement}", full, full, CHILD_PUGH_FACTS)
        case "B":
            text = f"{in_b.number:g} mg: Child-Pugh B. {full.statement}"
            return chosen_dose(text, in_b, in_b, CHILD_PUGH_FACTS)
        case "C":
            avoid = known.cabozantinib_child_pugh_c
            return stated("dose", f"None. {avoid.statement}", (avoid,), facts=CHILD_PUGH_FACTS)
        case _:
            text = (
                f"{full.number:g} mg, {in_b.number:g} mg in Child-Pugh B. {full.statement}"
                " Still needed: the items of the Child-Pugh score."
            )
            return chosen_dose(text, in_b, full, CHILD_PUGH_FACTS)


def bevacizumab_dose(patient: PatientView, known: TargetedKnowledge) -> Item:
    """Bevacizumab by weight [mg]."""
    dose, weight = known.bevacizumab_dose, patient.number("patient.weight_kg")
    facts = ("patient.weight_kg",)
    if weight is None:
        text = f"{dose.number:g} mg/kg. {dose.statement} Still needed: weight."
        return stated("dose", text, (dose,), dose.number, unit=dose.unit, facts=facts)
    low, high = dose.number * weight.low, dose.number * weight.high
    shown = f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
    kilograms = f"{weight.low:g}" if weight.is_exact else f"{weight.low:g} to {weight.high:g}"
    text = f"{dose.number:g} mg/kg x {kilograms} kg = {shown} mg. {dose.statement}"
    return stated("dose", text, (dose,), Interval(low, high), unit="mg", facts=facts)


def _vessel(known: TargetedKnowledge) -> tuple[Item, ...]:
    return (
        item("before radioembolisation", known.before_radioembolisation),
        item("response", known.cystic_change),
        item("survival", known.no_survival_gain),
    )


def _everolimus(patient: PatientView, known: TargetedKnowledge) -> Proposal:
    return Proposal(
        regimen=(everolimus_dose(patient, known), item("after toxicity", known.everolimus_step)),
        monitoring=(item("blood tests", known.everolimus_monitoring),),
        cautions=(
            item("mouth", known.everolimus_mouth),
            item("surgery", known.everolimus_surgery),
            item("interactions", known.everolimus_interactions),
            item("survival", known.no_survival_gain),
        ),
    )


def _sunitinib(patient: PatientView, known: TargetedKnowledge) -> Proposal:
    return Proposal(
        regimen=(
            item("dose", known.sunitinib_dose),
            item("after toxicity", known.sunitinib_reduction),
            item("kidney and liver", known.sunitinib_organs),
        ),
        monitoring=(item("heart, thyroid, liver", known.sunitinib_monitoring),),
        cautions=(
            item("liver toxicity", known.sunitinib_hepatotoxicity),
            item("surgery", known.sunitinib_surgery),
            item("interactions", known.sunitinib_interactions),
            item("beside radioligand therapy", known.sunitinib_oclurandom),
            *_vessel(known),
        ),
    )


def _cabozantinib(patient: PatientView, known: TargetedKnowledge) -> Proposal:
    return Proposal(
        regimen=(
            cabozantinib_dose(patient, known),
            item("after toxicity", known.cabozantinib_steps),
            item("kidney", known.cabozantinib_kidney),
        ),
        monitoring=(item("pressure, urine, thyroid", known.cabozantinib_monitoring),),
        cautions=(
            item("surgery", known.cabozantinib_surgery),
            item("stop", known.cabozantinib_stop),
            item("interactions", known.cabozantinib_interactions),
            *_vessel(known),
        ),
    )


def _surufatinib(patient: PatientView, known: TargetedKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("dose", known.surufatinib_dose),),
        monitoring=(item("pressure and urine", known.surufatinib_monitoring),),
        cautions=(item("licence", known.surufatinib_china), *_vessel(known)),
    )


def _bevacizumab(patient: PatientView, known: TargetedKnowledge) -> Proposal:
    return Proposal(
        regimen=(bevacizumab_dose(patient, known),),
        monitoring=(item("pressure and urine", known.bevacizumab_monitoring),),
        cautions=(item("place", known.bevacizumab_not_standard), *_vessel(known)),
    )


COURSES: dict[str, Course] = {
    "targeted.everolimus": _everolimus,
    "targeted.sunitinib": _sunitinib,
    "targeted.cabozantinib": _cabozantinib,
    "targeted.surufatinib": _surufatinib,
    "targeted.bevacizumab": _bevacizumab,
}


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Dose, monitoring and cautions of one drug."""
    return COURSES[option](patient, knowledge.record(TargetedKnowledge, "targeted"))
