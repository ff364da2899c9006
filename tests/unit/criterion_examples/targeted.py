"""For every criterion of the targeted drugs: facts for which it is met, and facts for which it is not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

WELL: Facts = {"tumour.differentiation": "well", "tumour.mixed": False, "tumour.ki67_percent": 6}
PROGRESSING: Facts = {**WELL, "tumour.primary_site": "pancreas", "course.status": "progressing"}
STABLE: Facts = {**PROGRESSING, "course.status": "stable", "tumour.syndromes.insulinoma": False}
IN_THE_GUT: Facts = {**PROGRESSING, "tumour.primary_site": "jejunum_ileum"}
UNTREATED: Facts = {
    f"treatments.{family}.received": False
    for family in ("prrt", "chemo", "targeted", "biotherapy", "immunotherapy")
}
LIVER_C: Facts = {
    "labs.bilirubin": 80,
    "labs.albumin": 22,
    "labs.inr": 2.6,
    "liver.ascites": "moderate_severe",
    "liver.encephalopathy": "none",
}
LIVER_B: Facts = {
    "labs.bilirubin": 40,
    "labs.albumin": 32,
    "labs.inr": 1.2,
    "liver.ascites": "none",
    "liver.encephalopathy": "none",
}
LIVER_A: Facts = {**LIVER_B, "labs.bilirubin": 10, "labs.albumin": 42, "labs.inr": 1.0}
COMORBID = "patient.comorbidities"
INSULINOMA: Facts = {"tumour.syndromes.insulinoma": True, "symptoms.hypoglycaemia": True}
NO_BLEEDING: Facts = {f"{COMORBID}.recent_gi_bleed": False, f"{COMORBID}.bleeding_disorder": False}


def _yes_no(fact: str) -> tuple[Facts, Facts]:
    return {fact: True}, {fact: False}


PREGNANT: tuple[Facts, Facts] = (
    {"patient.sex": "female", "patient.pregnant": True},
    {"patient.sex": "male"},
)

EXAMPLES: dict[str, tuple[Facts, Facts]] = {
    "everolimus_setting": (PROGRESSING, STABLE),
    "sunitinib_setting": (PROGRESSING, IN_THE_GUT),
    "cabozantinib_setting": (PROGRESSING, STABLE),
    "cabozantinib_pretreated": ({"treatments.targeted.received": True}, UNTREATED),
    "surufatinib_setting": (PROGRESSING, {**PROGRESSING, "tumour.ki67_percent": 40}),
    "bevacizumab_setting": (PROGRESSING, STABLE),
    "pregnancy": PREGNANT,
    "pregnancy_recalled": PREGNANT,
    "functional_carcinoid": _yes_no("tumour.syndromes.carcinoid")[::-1],
    "cabozantinib_child_pugh_c": (LIVER_C, LIVER_B),
    "cabozantinib_bleeding": _yes_no(f"{COMORBID}.recent_gi_bleed"),
    "sunitinib_heart_failure": _yes_no(f"{COMORBID}.heart_failure_nyha_3_4"),
    "breastfeeding": _yes_no("patient.breastfeeding"),
    "performance_poor": ({"patient.ecog": 3}, {"patient.ecog": 2}),
    "everolimus_liver": (LIVER_B, LIVER_A),
    "everolimus_lung": _yes_no(f"{COMORBID}.interstitial_lung_disease"),
    "everolimus_hepatitis": _yes_no(f"{COMORBID}.viral_hepatitis"),
    "everolimus_sugar": _yes_no(f"{COMORBID}.diabetes"),
    "everolimus_infection": _yes_no(f"{COMORBID}.uncontrolled_infection"),
    "everolimus_kidney": _yes_no(f"{COMORBID}.chronic_kidney_disease"),
    "hypertension_uncontrolled": _yes_no(f"{COMORBID}.uncontrolled_hypertension"),
    "bleeding": ({f"{COMORBID}.recent_gi_bleed": True}, NO_BLEEDING),
    "bleeding_disorder": _yes_no(f"{COMORBID}.bleeding_disorder"),
    "thromboembolism": _yes_no(f"{COMORBID}.thromboembolism"),
    "primary_bleeding_or_obstruction": (
        {"tumour.primary_in_situ": True, "tumour.primary_symptomatic": True},
        {"tumour.primary_in_situ": False},
    ),
    "sunitinib_child_pugh_c": (LIVER_C, LIVER_B),
    "cabozantinib_child_pugh_b": (LIVER_B, LIVER_A),
    "insulinoma_hypoglycaemia": _yes_no("tumour.syndromes.insulinoma"),
    "kidney_protein": _yes_no(f"{COMORBID}.chronic_kidney_disease"),
    "receptor_negative": (
        {"receptor_imaging.sstr.positive": False},
        {"receptor_imaging.sstr.positive": True, "receptor_imaging.sstr.extent": "all"},
    ),
    "insulinoma_control": (INSULINOMA, {"tumour.syndromes.insulinoma": False}),
    "chemotherapy_unsuitable": (
        {"tumour.dpyd": "complete"},
        {"tumour.dpyd": "normal", f"{COMORBID}.myelodysplasia": False},
    ),
    "everolimus_after": _yes_no("treatments.targeted.progressed_on"),
}

GENERAL = ("breastfeeding", "performance_poor")
VESSELS = ("hypertension_uncontrolled", "thromboembolism", "primary_bleeding_or_obstruction", *GENERAL)

CRITERIA: dict[str, tuple[str, ...]] = {
    "targeted.everolimus": (
        "everolimus_setting",
        "pregnancy",
        "functional_carcinoid",
        "everolimus_liver",
        "everolimus_lung",
        "everolimus_hepatitis",
        "everolimus_sugar",
        "everolimus_infection",
        "everolimus_kidney",
        *GENERAL,
        "receptor_negative",
        "insulinoma_control",
    ),
    "targeted.sunitinib": (
        "sunitinib_setting",
        "pregnancy",
        "sunitinib_heart_failure",
        "sunitinib_child_pugh_c",
        "insulinoma_hypoglycaemia",
        "bleeding",
        *VESSELS,
        "chemotherapy_unsuitable",
    ),
    "targeted.cabozantinib": (
        "cabozantinib_setting",
        "cabozantinib_pretreated",
        "pregnancy",
        "cabozantinib_child_pugh_c",
        "cabozantinib_bleeding",
        "cabozantinib_child_pugh_b",
        "bleeding_disorder",
        *VESSELS,
        "everolimus_after",
    ),
    "targeted.surufatinib": (
        "surufatinib_setting",
        "pregnancy_recalled",
        "kidney_protein",
        "bleeding",
        *VESSELS,
    ),
    "targeted.bevacizumab": ("bevacizumab_setting", "pregnancy_recalled", "bleeding", *VESSELS),
}

CRITERION_EXAMPLES: dict[tuple[str, str], tuple[Facts, Facts]] = {
    (option, f"targeted.{name}"): EXAMPLES[name] for option, names in CRITERIA.items() for name in names
} | {
    (option, "targeted.not_failed_before"): (
        {f"treatments.{option}.failed": False},
        {f"treatments.{option}.failed": True},
    )
    for option in CRITERIA
}
