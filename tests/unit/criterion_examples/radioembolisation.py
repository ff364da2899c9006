"""For every criterion of radioembolisation: facts for which it is met, and facts for which it is not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

COMORBID = "patient.comorbidities"
WELL: Facts = {"tumour.mixed": False, "tumour.differentiation": "well"}
REFRACTORY = ("diarrhoea", "flushing", "wheeze", "hypoglycaemia", "abdominal_pain", "bulk")
CONTROLLED: Facts = {f"symptoms.{name}.refractory_to_ssa": False for name in REFRACTORY}
RECEPTORS: Facts = {
    "receptor_imaging.sstr.uptake": "above_spleen",
    "receptor_imaging.sstr.extent": "all",
    "receptor_imaging.sstr.positive": True,
}
NO_BILIARY_ENTRY: Facts = {
    "liver.bilioenteric_anastomosis": False,
    f"{COMORBID}.previous_pancreatoduodenectomy": False,
}
NO_HEART_DISEASE: Facts = {
    f"{COMORBID}.carcinoid_heart_disease": False,
    f"{COMORBID}.heart_failure_nyha_3_4": False,
}
MAN: Facts = {"patient.sex": "male", "patient.age_years": 60.0}


def _times(test: str) -> str:
    return f"labs.{test}.times_upper_limit"


def _yes_no(fact: str) -> tuple[Facts, Facts]:
    return {fact: True}, {fact: False}


def _number(fact: str, met: float, not_met: float) -> tuple[Facts, Facts]:
    return {fact: met}, {fact: not_met}


def _word(fact: str, met: str, not_met: str) -> tuple[Facts, Facts]:
    return {fact: met}, {fact: not_met}


THROMBOSIS = _word("liver.portal_vein_thrombosis", "branch", "none")
COMMON: dict[str, tuple[Facts, Facts]] = {
    "liver_dominant": (
        {"liver.lesion_count": 4.0, "extrahepatic.any": False},
        {"liver.lesion_count": 4.0, "extrahepatic.any": True, "extrahepatic.extensive": True},
    ),
    "well_differentiated": (WELL, {**WELL, "tumour.differentiation": "poor"}),
    "unresectable": _word("liver.resectable", "no", "complete"),
    "reason_to_treat": (
        {"course.status": "progressing"},
        {**CONTROLLED, "course.status": "stable", "liver.burden_percent": 10.0},
    ),
    "burden": _number("liver.burden_percent", 71.0, 70.0),
    "liver_failure": (
        {"liver.ascites": "moderate_severe"},
        {"liver.ascites": "none", "liver.encephalopathy": "none"},
    ),
    "lung_dose_spent": (
        {"treatments.radioembolisation.received": True, "liver.lung_dose_so_far_gy": 50.0},
        {"treatments.radioembolisation.received": True, "liver.lung_dose_so_far_gy": 20.0},
    ),
    "performance": _number("patient.ecog", 3.0, 2.0),
    "pregnancy": _yes_no("patient.pregnant"),
    "artery_closed": _yes_no(f"{COMORBID}.hepatic_artery_occlusion"),
    "whole_liver": _word("liver.lobes", "both", "one"),
    "one_lobe": _word("liver.lobes", "one", "both"),
    "after_prrt": _yes_no("treatments.prrt.received"),
    "repeated": _yes_no("treatments.radioembolisation.received"),
    "after_chemotherapy": _yes_no("treatments.chemo.received"),
    "raised_lung_shunt": _number("liver.lung_shunt_fraction", 0.12, 0.05),
    "small_liver": _number("liver.volume_ml", 1200.0, 1800.0),
    "mild_ascites": _word("liver.ascites", "mild", "none"),
    "biliary_entry": ({"liver.bilioenteric_anastomosis": True}, NO_BILIARY_ENTRY),
    "carcinoid_crisis": _yes_no("tumour.syndromes.carcinoid"),
    "heart": ({f"{COMORBID}.heart_failure_nyha_3_4": True}, NO_HEART_DISEASE),
    "contrast_allergy": _yes_no(f"{COMORBID}.allergy_contrast"),
    "bleeding_disorder": _yes_no(f"{COMORBID}.bleeding_disorder"),
    "prrt_first": (
        {**RECEPTORS, "treatments.prrt.received": False},
        {**RECEPTORS, "treatments.prrt.received": True},
    ),
}
YTTRIUM: dict[str, tuple[Facts, Facts]] = {
    "bilirubin": _number("labs.bilirubin", 40.0, 20.0),
    "neutrophils": _number("labs.neutrophils", 1.0, 3.0),
}
OWN: dict[str, dict[str, tuple[Facts, Facts]]] = {
    "y90_resin": {
        **YTTRIUM,
        "lung_shunt": _number("liver.lung_shunt_fraction", 0.25, 0.2),
        "portal_vein_resin": THROMBOSIS,
        "capecitabine": (
            {"treatments.chemo.captem": True},
            {"treatments.chemo.captem": False, "treatments.chemo.capox": False},
        ),
        "earlier_external_beam": _yes_no("treatments.radiotherapy.received"),
    },
    "y90_glass": {
        **YTTRIUM,
        "glass_burden_albumin": (
            {"liver.burden_percent": 60.0, "labs.albumin": 25.0},
            {"liver.burden_percent": 60.0, "labs.albumin": 38.0},
        ),
        "glass_enzymes": ({_times("ast"): 6.0}, {_times("ast"): 2.0, _times("alt"): 2.0}),
        "portal_vein_glass": THROMBOSIS,
        "branch_thrombosis": THROMBOSIS,
    },
    "ho166": {
        "ho166_bilirubin": _number(_times("bilirubin"), 1.8, 1.0),
        "ho166_filtration": (
            {**MAN, "labs.creatinine": 300.0},
            {**MAN, "labs.creatinine": 80.0},
        ),
        "ho166_enzymes": (
            {_times("alp"): 6.0},
            {_times("alp"): 2.0, _times("alt"): 1.0, _times("ast"): 1.0},
        ),
        "ho166_blood_counts": (
            {"labs.leukocytes": 1.5},
            {"labs.leukocytes": 4.0, "labs.platelets": 200.0},
        ),
        "ho166_after_prrt": ({"treatments.prrt.received": False}, {"treatments.prrt.received": True}),
        "portal_vein_holmium": THROMBOSIS,
    },
}

CRITERION_EXAMPLES: dict[tuple[str, str], tuple[Facts, Facts]] = {
    (f"radioembolisation.{kind}", f"radioembolisation.{name}"): facts
    for kind, own in OWN.items()
    for name, facts in {**COMMON, **own}.items()
}
