"""Which table of dose modification a running treatment has, and which entry of a record speaks of which of its rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from nelm.case import Case
from nelm.case.vocabulary import Parenchyma
from nelm.followup.toxicity.dose_table import DoseTable
from nelm.knowledge import Knowledge
from nelm.quantities import Interval
from nelm.therapies.chemotherapy.knowledge import ChemotherapyKnowledge, ChemotherapyModification
from nelm.therapies.chemotherapy.modification import capecitabine, streptozocin, temozolomide
from nelm.therapies.targeted.knowledge import TargetedKnowledge, TargetedModification
from nelm.therapies.targeted.modification import cabozantinib, sunitinib
from nelm.therapies.targeted.modification_everolimus import LiverImpairment, everolimus

FindingOn = Callable[[date, str], Interval | str | None]
"""A derived fact of the case on a day: a number, a word, or None where it is not known."""

TERMS: dict[str, tuple[str, ...]] = {
    "febrile": ("febrile neutrop",),
    "fungal": ("fungal", "aspergill", "candida"),
    "pneumonitis": ("pneumonitis", "interstitial lung"),
    "stomatitis": ("stomatitis", "mucositis", "mouth ulcer"),
    "infection": ("infection", "pneumonia", "sepsis"),
    "metabolic": ("glycaem", "glycem", "glucose", "lipid", "cholesterol", "triglycerid"),
    "platelets": ("platelet", "thrombocytop", "thrombopen"),
    "neutrophils": ("neutrop",),
    "liver": ("alanine", "aspartate", "transaminase", "bilirubin", "hepat", "liver"),
    "heart_failure": ("heart failure",),
    "ejection_fraction": ("ejection fraction",),
    "hypertension": ("hypertension",),
    "pressure": ("hypertension", "hypertensive"),
    "bleeding": ("bleeding", "haemorrhag", "hemorrhag"),
    "microangiopathy": ("microangiopathy",),
    "nephrotic": ("nephrotic",),
    "protein": ("proteinuria",),
    "skin": ("stevens", "epidermal necrolysis"),
    "jaw": ("osteonecrosis",),
    "hand_foot": ("hand-foot", "hand foot", "palmar-plantar"),
    "diarrhoea": ("diarrh",),
    "perforation": ("perforation",),
    "fistula": ("fistula",),
    "arterial": ("arterial thrombo", "stroke", "myocardial infarction"),
    "venous": ("venous thrombo", "pulmonary embolism"),
    "encephalopathy": ("leukoencephalopathy",),
    "creatinine": ("creatinine",),
}
"""Words in the term of a toxicity by the row of a table that asks for it; what no row names is its `other`."""


def row_of_term(term: str, table: DoseTable) -> str:
    """The row of a table that a toxicity speaks of; `other` where none is named."""
    words = term.lower()
    for row, parts in TERMS.items():
        if row in table.by_id and any(part in words for part in parts):
            return row
    return "other"


def tables_of(option: str, case: Case, found: FindingOn, knowledge: Knowledge) -> tuple[DoseTable, ...]:
    """The tables of a treatment; none for one without."""
    if option.startswith("targeted."):
        return _targeted(option, case, found, knowledge)
    doses = knowledge.record(ChemotherapyKnowledge, "chemotherapy")
    rules = knowledge.record(ChemotherapyModification, "chemotherapy_modification")
    match option:
        case "chemo.captem":
            return (
                capecitabine(doses, rules, dpyd=case.tumour.dpyd),
                temozolomide(doses, rules, with_capecitabine=True),
            )
        case "chemo.temozolomide":
            return (temozolomide(doses, rules, with_capecitabine=False),)
        case "chemo.stz_5fu":
            return (streptozocin(doses, rules),)
        case _:
            return ()


def _targeted(option: str, case: Case, found: FindingOn, knowledge: Knowledge) -> tuple[DoseTable, ...]:
    doses = knowledge.record(TargetedKnowledge, "targeted")
    rules = knowledge.record(TargetedModification, "targeted_modification")
    liver = liver_impairment(case, found)
    match option:
        case "targeted.everolimus":
            return (everolimus(doses, rules, liver=liver),)
        case "targeted.sunitinib":
            return (sunitinib(doses, rules),)
        case "targeted.cabozantinib":
            is_b = None if liver is None else liver is LiverImpairment.B
            return (cabozantinib(doses, rules, child_pugh_b=is_b),)
        case _:
            return ()


def liver_impairment(case: Case, found: FindingOn) -> LiverImpairment | None:
    """Liver impairment by the Child-Pugh class; class A of a liver without cirrhosis is none."""
    word = found(case.as_of, "liver.child_pugh_class")
    if (
        word == "A"
        and case.liver.parenchyma is not None
        and case.liver.parenchyma is not Parenchyma.CIRRHOSIS
    ):
        return LiverImpairment.NONE
    classes = {"A": LiverImpairment.A, "B": LiverImpairment.B, "C": LiverImpairment.C}
    return classes.get(word) if isinstance(word, str) else None
