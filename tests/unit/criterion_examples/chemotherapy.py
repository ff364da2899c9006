"""For every criterion of chemotherapy: facts for which it is met, and facts for which it is not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

WOMAN: Facts = {"patient.sex": "female", "patient.age_years": 61, "patient.weight_kg": 64}
PROGRESSING_PANCREAS: Facts = {
    "tumour.primary_site": "pancreas",
    "tumour.differentiation": "well",
    "tumour.mixed": False,
    "tumour.ki67_percent": 8,
    "course.status": "progressing",
}
STABLE_PANCREAS: Facts = {**PROGRESSING_PANCREAS, "course.status": "stable", "symptoms.bulk": False}
PROGRESSING_GUT: Facts = {**PROGRESSING_PANCREAS, "tumour.primary_site": "jejunum_ileum"}
SECOND_LINE: Facts = {
    "tumour.differentiation": "poor",
    "treatments.chemo.received": True,
    "course.status": "progressing",
}
FIRST_LINE: Facts = {"tumour.differentiation": "poor", "treatments.chemo.received": False}
LIVER_FAILURE: Facts = {
    "labs.bilirubin": 80,
    "labs.albumin": 22,
    "labs.inr": 2.6,
    "liver.ascites": "moderate_severe",
    "liver.encephalopathy": "none",
}
HEALTHY_LIVER: Facts = {
    "labs.bilirubin": 10,
    "labs.albumin": 42,
    "labs.inr": 1.0,
    "liver.ascites": "none",
    "liver.encephalopathy": "none",
}
SITE = "tumour.primary_site"
COMORBID = "patient.comorbidities"


def _kidney(creatinine_umol_l: float) -> Facts:
    return {**WOMAN, "labs.creatinine": creatinine_umol_l}


def _yes_no(fact: str) -> tuple[Facts, Facts]:
    return {fact: True}, {fact: False}


def _number(fact: str, met: float, not_met: float) -> tuple[Facts, Facts]:
    return {fact: met}, {fact: not_met}


CLEARANCE_10, CLEARANCE_25, CLEARANCE_40, CLEARANCE_90 = _kidney(600), _kidney(210), _kidney(131), _kidney(58)

EXAMPLES: dict[str, tuple[Facts, Facts]] = {
    "captem_setting": (PROGRESSING_PANCREAS, PROGRESSING_GUT),
    "temozolomide_setting": (PROGRESSING_PANCREAS, PROGRESSING_GUT),
    "streptozocin_setting": (PROGRESSING_PANCREAS, STABLE_PANCREAS),
    "platinum_setting": ({"tumour.differentiation": "poor"}, {"tumour.differentiation": "well"}),
    "second_line_carcinoma_setting": (SECOND_LINE, FIRST_LINE),
    "oxaliplatin_setting": (SECOND_LINE, PROGRESSING_GUT),
    "pregnancy": ({"patient.sex": "female", "patient.pregnant": True}, {"patient.sex": "male"}),
    "pregnancy_other": ({"patient.sex": "female", "patient.pregnant": True}, {"patient.pregnant": False}),
    "dpyd_complete": ({"tumour.dpyd": "complete"}, {"tumour.dpyd": "normal"}),
    "capecitabine_renal": (CLEARANCE_25, CLEARANCE_40),
    "severe_liver_impairment": (LIVER_FAILURE, HEALTHY_LIVER),
    "neutrophils_low": _number("labs.neutrophils", 1.2, 1.5),
    "platelets_low": _number("labs.platelets", 99, 100),
    "temozolomide_counts_low": ({"labs.platelets": 80}, {"labs.platelets": 100, "labs.neutrophils": 1.5}),
    "streptozocin_renal": (CLEARANCE_40, CLEARANCE_90),
    "platinum_renal": (CLEARANCE_10, CLEARANCE_25),
    "irinotecan_bilirubin": _number("labs.bilirubin.times_upper_limit", 3.5, 3.0),
    "irinotecan_performance": _number("patient.ecog", 3, 2),
    "irinotecan_obstruction": _yes_no("symptoms.bowel_obstruction"),
    "infection_fluorouracil": _yes_no(f"{COMORBID}.uncontrolled_infection"),
    "infection": _yes_no(f"{COMORBID}.uncontrolled_infection"),
    "breastfeeding": _yes_no("patient.breastfeeding"),
    "performance_poor": _number("patient.ecog", 3, 2),
    "dpyd_partial": ({"tumour.dpyd": "partial"}, {"tumour.dpyd": "normal"}),
    "capecitabine_reduction": (CLEARANCE_40, CLEARANCE_90),
    "anticoagulant_interaction": _yes_no(f"{COMORBID}.thromboembolism"),
    "myelodysplasia": _yes_no(f"{COMORBID}.myelodysplasia"),
    "marrow_after_prrt": _yes_no("treatments.prrt.received"),
    "viral_hepatitis": _yes_no(f"{COMORBID}.viral_hepatitis"),
    "streptozocin_reduction": (CLEARANCE_40, CLEARANCE_90),
    "streptozocin_kidney_risk": (
        {f"{COMORBID}.single_kidney": True},
        {
            f"{COMORBID}.{name}": False
            for name in ("single_kidney", "chronic_kidney_disease", "urinary_obstruction")
        },
    ),
    "streptozocin_diabetes": (
        {f"{COMORBID}.diabetes": True},
        {f"{COMORBID}.diabetes": False, "tumour.syndromes.insulinoma": False},
    ),
    "streptozocin_high_ki67": _number("tumour.ki67_percent", 18, 15),
    "cisplatin_renal": (CLEARANCE_40, CLEARANCE_90),
    "cisplatin_volume_load": _yes_no(f"{COMORBID}.heart_failure_nyha_3_4"),
    "etoposide_renal": (CLEARANCE_40, CLEARANCE_90),
    "etoposide_bilirubin": _number("labs.bilirubin.times_upper_limit", 1.4, 0.8),
    "carboplatin_counts": ({"labs.neutrophils": 1.8}, {"labs.neutrophils": 2.0, "labs.platelets": 100}),
    "platinum_rechallenge": (
        {"treatments.chemo.platinum_etoposide": True, "treatments.chemo.progressed_on": True},
        {"treatments.chemo.platinum_etoposide": False},
    ),
    "irinotecan_bilirubin_caution": _number("labs.bilirubin.times_upper_limit", 1.5, 1.2),
    "irinotecan_diarrhoea": _yes_no("symptoms.diarrhoea"),
    "oxaliplatin_renal": (CLEARANCE_25, CLEARANCE_40),
    "oxaliplatin_counts": ({"labs.platelets": 60}, {"labs.neutrophils": 1.5, "labs.platelets": 75}),
    "mgmt_deficient": _yes_no("tumour.mgmt_deficient"),
    "shrinkage_wanted": (
        {SITE: "pancreas", "symptoms.bulk": True},
        {SITE: "pancreas", "symptoms.bulk": False},
    ),
    "fluoropyrimidine_impossible": ({"tumour.dpyd": "complete"}, {"tumour.dpyd": "normal", **CLEARANCE_90}),
}

GENERAL = ("breastfeeding", "performance_poor", "viral_hepatitis")
FLUOROPYRIMIDINE = ("dpyd_complete", "severe_liver_impairment", "dpyd_partial")
FLUOROURACIL = (*FLUOROPYRIMIDINE, "infection_fluorouracil")
CAPECITABINE = (
    *FLUOROPYRIMIDINE,
    "capecitabine_renal",
    "neutrophils_low",
    "platelets_low",
    "infection",
    "capecitabine_reduction",
    "anticoagulant_interaction",
)
ALKYLATOR = ("myelodysplasia", "marrow_after_prrt", "mgmt_deficient")
IRINOTECAN = (
    "irinotecan_bilirubin",
    "irinotecan_performance",
    "irinotecan_obstruction",
    "irinotecan_bilirubin_caution",
    "irinotecan_diarrhoea",
)
PLATINUM = (
    "pregnancy",
    "platinum_renal",
    "infection",
    "cisplatin_renal",
    "cisplatin_volume_load",
    "carboplatin_counts",
)
OXALIPLATIN = ("pregnancy", "oxaliplatin_renal", "oxaliplatin_counts")

CRITERIA: dict[str, tuple[str, ...]] = {
    "chemo.captem": ("captem_setting", "pregnancy", *CAPECITABINE, *ALKYLATOR, *GENERAL, "shrinkage_wanted"),
    "chemo.temozolomide": (
        "temozolomide_setting",
        "pregnancy",
        "temozolomide_counts_low",
        "infection",
        *ALKYLATOR,
        *GENERAL,
        "fluoropyrimidine_impossible",
    ),
    "chemo.stz_5fu": (
        "streptozocin_setting",
        "pregnancy_other",
        "streptozocin_renal",
        *FLUOROURACIL,
        "streptozocin_reduction",
        "streptozocin_kidney_risk",
        "streptozocin_diabetes",
        "streptozocin_high_ki67",
        *GENERAL,
        "shrinkage_wanted",
    ),
    "chemo.platinum_etoposide": (
        "platinum_setting",
        *PLATINUM,
        "etoposide_renal",
        "etoposide_bilirubin",
        "platinum_rechallenge",
        *GENERAL,
    ),
    "chemo.platinum_irinotecan": ("platinum_setting", *PLATINUM, *IRINOTECAN, *GENERAL),
    "chemo.folfox": ("oxaliplatin_setting", *OXALIPLATIN, *FLUOROURACIL, *GENERAL),
    "chemo.capox": ("oxaliplatin_setting", *OXALIPLATIN, *CAPECITABINE, *GENERAL),
    "chemo.folfiri": (
        "second_line_carcinoma_setting",
        "pregnancy_other",
        *FLUOROURACIL,
        *IRINOTECAN,
        *GENERAL,
    ),
}

CRITERION_EXAMPLES: dict[tuple[str, str], tuple[Facts, Facts]] = {
    (option, f"chemotherapy.{name}"): EXAMPLES[name] for option, names in CRITERIA.items() for name in names
} | {
    (option, "chemotherapy.not_failed_before"): (
        {f"treatments.{option}.failed": False},
        {f"treatments.{option}.failed": True},
    )
    for option in CRITERIA
    if option != "chemo.platinum_etoposide"
}
