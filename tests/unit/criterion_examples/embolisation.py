"""For every criterion of embolisation: facts for which it is met, and facts for which it is not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

COMORBID = "patient.comorbidities"
WELL: Facts = {"tumour.mixed": False, "tumour.differentiation": "well"}
REFRACTORY = ("diarrhoea", "flushing", "wheeze", "hypoglycaemia", "abdominal_pain", "bulk")
CONTROLLED: Facts = {f"symptoms.{name}.refractory_to_ssa": False for name in REFRACTORY}
UNCONTROLLED: Facts = {"symptoms.flushing.refractory_to_ssa": True}
NO_HEART_DISEASE: Facts = {
    f"{COMORBID}.carcinoid_heart_disease": False,
    f"{COMORBID}.heart_failure_nyha_3_4": False,
}
NO_BILIARY_ENTRY: Facts = {
    "liver.bilioenteric_anastomosis": False,
    f"{COMORBID}.previous_pancreatoduodenectomy": False,
}
RECEPTORS: Facts = {
    "receptor_imaging.sstr.uptake": "above_spleen",
    "receptor_imaging.sstr.extent": "all",
    "receptor_imaging.sstr.positive": True,
}
NO_RECEPTORS: Facts = {
    "receptor_imaging.sstr.uptake": "none",
    "receptor_imaging.sstr.extent": "none",
    "receptor_imaging.sstr.positive": False,
}


def _yes_no(fact: str) -> tuple[Facts, Facts]:
    return {fact: True}, {fact: False}


def _number(fact: str, met: float, not_met: float) -> tuple[Facts, Facts]:
    return {fact: met}, {fact: not_met}


def _word(fact: str, met: str, not_met: str) -> tuple[Facts, Facts]:
    return {fact: met}, {fact: not_met}


EXAMPLES: dict[str, tuple[Facts, Facts]] = {
    "liver_dominant": (
        {"liver.lesion_count": 4.0, "extrahepatic.any": False},
        {"liver.lesion_count": 4.0, "extrahepatic.any": True, "extrahepatic.extensive": True},
    ),
    "well_differentiated": (WELL, {**WELL, "tumour.differentiation": "poor"}),
    "unresectable": _word("liver.resectable", "no", "complete"),
    "reason_to_treat": (
        {"course.status": "stable", "liver.burden_percent": 40.0},
        {**CONTROLLED, "course.status": "stable", "liver.burden_percent": 10.0},
    ),
    "measurable_lesion": _number("liver.largest_mm", 10.0, 9.0),
    "performance": _number("patient.ecog", 3.0, 2.0),
    "renal_function": _number("labs.creatinine", 176.8, 176.7),
    "bilirubin": _number("labs.bilirubin", 34.3, 34.2),
    "albumin": _number("labs.albumin", 29.9, 30.0),
    "platelets": _number("labs.platelets", 50.0, 51.0),
    "coagulation": _number("labs.inr", 1.6, 1.5),
    "burden": _number("liver.burden_percent", 71.0, 70.0),
    "main_portal_vein": _word("liver.portal_vein_thrombosis", "main", "branch"),
    "decompensated_liver": (
        {"liver.ascites": "moderate_severe"},
        {"liver.ascites": "mild", "liver.encephalopathy": "none"},
    ),
    "biliary_obstruction": _yes_no("liver.biliary_obstruction"),
    "infection": _yes_no(f"{COMORBID}.uncontrolled_infection"),
    "biliary_entry": ({f"{COMORBID}.previous_pancreatoduodenectomy": True}, NO_BILIARY_ENTRY),
    "artery_closed": _yes_no(f"{COMORBID}.hepatic_artery_occlusion"),
    "large_burden": _number("liver.burden_percent", 60.0, 40.0),
    "both_lobes": _word("liver.lobes", "both", "one"),
    "mild_ascites": _word("liver.ascites", "mild", "none"),
    "carcinoid_crisis": _yes_no("tumour.syndromes.carcinoid"),
    "heart": ({f"{COMORBID}.carcinoid_heart_disease": True}, NO_HEART_DISEASE),
    "contrast_allergy": _yes_no(f"{COMORBID}.allergy_contrast"),
    "branch_portal_vein": _word("liver.portal_vein_thrombosis", "branch", "none"),
    "prrt_first": (
        {**RECEPTORS, "treatments.prrt.received": False},
        {**RECEPTORS, "treatments.prrt.received": True},
    ),
    "refractory_symptoms": (UNCONTROLLED, CONTROLLED),
    "receptor_negative": (NO_RECEPTORS, RECEPTORS),
}
BEADS: dict[str, tuple[Facts, Facts]] = {
    "recent_chemotherapy": _yes_no("treatments.chemo.received"),
    "earlier_arterial_treatment": _yes_no("treatments.arterial_embolisation.received"),
}

CRITERION_EXAMPLES: dict[tuple[str, str], tuple[Facts, Facts]] = {
    **{
        (f"embolisation.{kind}", f"embolisation.{name}"): facts
        for kind in ("bland", "chemo", "drug_eluting")
        for name, facts in EXAMPLES.items()
    },
    **{("embolisation.drug_eluting", f"embolisation.{name}"): facts for name, facts in BEADS.items()},
}
