"""What treatment of symptoms would look like for this patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nelm.guideline.therapy import Item, PatientView, Proposal, item, stated
from nelm.knowledge import Knowledge
from nelm.quantities import Interval
from nelm.therapies.symptoms.knowledge import SymptomKnowledge

Plan = Callable[[PatientView, SymptomKnowledge], Proposal]


def _telotristat_dose(patient: PatientView, known: SymptomKnowledge) -> tuple[Item, ...]:
    """Both labels for the Child-Pugh class; without a class, all of them."""
    by_class = {
        "A": (
            ("dose, United States", known.telotristat_dose_a_us),
            ("dose, Europe", known.telotristat_dose_a_eu),
        ),
        "B": (
            ("dose, United States", known.telotristat_dose_b_us),
            ("dose, Europe", known.telotristat_dose_b_eu),
        ),
        "C": (("dose", known.telotristat_child_pugh_c),),
    }
    found = patient.word("liver.child_pugh_class")
    classes = [found] if found in by_class else list(by_class)
    lines = [item(label, entry) for name in classes for label, entry in by_class[name]]
    usual = () if found in by_class else (item("dose, liver not impaired", known.telotristat_dose),)
    return (*usual, *(replace(line, facts=("liver.child_pugh_class",)) for line in lines))


def _telotristat(patient: PatientView, known: SymptomKnowledge) -> Proposal:
    return Proposal(
        regimen=(
            *_telotristat_dose(patient, known),
            item("octreotide", known.telotristat_octreotide),
            item("review", known.telotristat_review),
        ),
        monitoring=(item("monitoring", known.telotristat_monitoring),),
        cautions=(item("interactions", known.telotristat_interaction),),
    )


def _octreotide(patient: PatientView, known: SymptomKnowledge) -> Proposal:
    vipoma = patient.truth("tumour.syndromes.vipoma") is True
    return Proposal(
        regimen=(
            *((item("first", known.octreotide_vipoma_fluid),) if vipoma else ()),
            item("dose", known.octreotide_dose),
            item("rescue", known.octreotide_rescue),
        ),
        monitoring=(item("monitoring", known.octreotide_monitoring),),
        cautions=(
            item("radioligand", known.octreotide_before_radioligand),
            item("interactions", known.octreotide_interactions),
        ),
    )


def _diazoxide_for_weight(patient: PatientView, known: SymptomKnowledge) -> Item:
    """Daily dose by weight [mg/d]: the label's range times the weight."""
    entry = known.diazoxide_dose
    fact = "patient.weight_kg"
    weight = patient.number(fact)
    if weight is None or entry.low is None or entry.high is None:
        return stated("dose for this patient", "The weight is not known.", (entry,), facts=(fact,))
    low, high = entry.low * weight.low, entry.high * weight.high
    kilograms = f"{weight.low:g}" if weight.is_exact else f"{weight.low:g} to {weight.high:g}"
    text = f"{entry.low:g} to {entry.high:g} mg/kg x {kilograms} kg = {low:.0f} to {high:.0f} mg a day."
    return stated("dose for this patient", text, (entry,), Interval(low, high), unit="mg/d", facts=(fact,))


def _diazoxide(patient: PatientView, known: SymptomKnowledge) -> Proposal:
    return Proposal(
        regimen=(
            item("dose, label", known.diazoxide_dose),
            item("dose, NCI PDQ", known.diazoxide_dose_pdq),
            item("dose, recalled", known.diazoxide_dose_recalled),
            item("meals", known.hypoglycaemia_meals),
        ),
        quantities=(_diazoxide_for_weight(patient, known),),
        monitoring=(item("monitoring", known.diazoxide_monitoring),),
        cautions=(item("analogue", known.hypoglycaemia_analogue),),
    )


def _rescue(patient: PatientView, known: SymptomKnowledge) -> Proposal:
    return Proposal(
        regimen=(
            item("meals", known.hypoglycaemia_meals),
            item("before an operation", known.hypoglycaemia_infusion),
        ),
        cautions=(item("analogue", known.hypoglycaemia_analogue),),
    )


def _acid_inhibitor(patient: PatientView, known: SymptomKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("dose", known.ppi_dose), item("later", known.ppi_lowering)),
        cautions=(item("never stop", known.ppi_never_stop), item("markers", known.ppi_markers)),
    )


def _enzymes(patient: PatientView, known: SymptomKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("dose", known.enzyme_dose),),
        monitoring=(item("test", known.enzyme_test),),
    )


def _bone(patient: PatientView, known: SymptomKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("dose", known.bone_dose), item("pain", known.bone_radiotherapy)),
        monitoring=(item("monitoring", known.bone_monitoring),),
        cautions=(item("survival", known.bone_no_survival),),
    )


def _valve(patient: PatientView, known: SymptomKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("referral", known.valve_referral),),
        quantities=(item("mortality", known.valve_mortality), item("survival", known.valve_survival)),
        monitoring=(item("echocardiography", known.valve_echo),),
        cautions=(
            item("crisis", known.crisis_protocol),
            item("order", known.valve_before_liver),
            item("volume load", known.valve_volume),
        ),
    )


def _crisis(patient: PatientView, known: SymptomKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("prophylaxis", known.crisis_protocol), item("practice", known.crisis_practice)),
        monitoring=(item("monitoring", known.crisis_monitoring),),
        cautions=(
            item("treatment of a crisis", known.crisis_vasopressor),
            item("catecholamines", known.crisis_catecholamines),
            item("radioligand", known.crisis_radioligand),
        ),
    )


def _steroids(patient: PatientView, known: SymptomKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("agents", known.steroidogenesis_agents),),
        monitoring=(item("monitoring", known.steroidogenesis_monitoring),),
        cautions=(item("urgency", known.acth_emergency),),
    )


def _adrenalectomy(patient: PatientView, known: SymptomKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("operation", known.adrenalectomy_regimen),),
        monitoring=(item("replacement", known.adrenalectomy_crisis),),
        cautions=(item("urgency", known.acth_emergency),),
    )


def _anticoagulation(patient: PatientView, known: SymptomKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("indication", known.anticoagulation_regimen),),
        monitoring=(item("monitoring", known.anticoagulation_monitoring),),
    )


PLANS: dict[str, Plan] = {
    "symptom.telotristat": _telotristat,
    "symptom.ssc_octreotide": _octreotide,
    "symptom.diazoxide": _diazoxide,
    "symptom.hypoglycaemia_rescue": _rescue,
    "symptom.ppi": _acid_inhibitor,
    "symptom.pancreatic_enzymes": _enzymes,
    "symptom.bone_care": _bone,
    "symptom.valve_surgery": _valve,
    "symptom.crisis_prophylaxis": _crisis,
    "symptom.steroidogenesis_inhibitor": _steroids,
    "symptom.adrenalectomy": _adrenalectomy,
    "symptom.anticoagulation": _anticoagulation,
}


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Regimen, monitoring and cautions of one option."""
    return PLANS[option](patient, knowledge.record(SymptomKnowledge, "symptoms"))
