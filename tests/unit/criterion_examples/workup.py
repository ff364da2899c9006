"""For every criterion of work-up: facts for which it is met, and facts for which it is not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]
Example = tuple[Facts, ...]

COMORBID = "patient.comorbidities"
WELL: Facts = {
    "tumour.mixed": False,
    "tumour.differentiation": "well",
    "tumour.primary_site": "jejunum_ileum",
}
G1: Facts = {**WELL, "tumour.ki67_percent": 1.0, "tumour.mitoses_per_2mm2": 1.0}
NOTHING_OPEN: Facts = {
    **G1,
    "tumour.metastasis_biopsied": True,
    "course.status": "stable",
    "course.rapid": False,
    "receptor_imaging.fdg.uptake": "none",
    "receptor_imaging.fdg.positive_sstr_negative_lesions": False,
}
NO_HEART: Facts = {
    f"{COMORBID}.carcinoid_heart_disease": False,
    f"{COMORBID}.severe_tricuspid_regurgitation": False,
    f"{COMORBID}.right_heart_dysfunction": False,
}
SLOW: Facts = {
    **G1,
    "course.rapid": False,
    "symptoms.bulk": False,
    "receptor_imaging.sstr.extent": "all",
}
LIVER_PICTURE: Facts = {
    "liver.lobes": "both",
    "liver.largest_mm": 30.0,
    "liver.burden_percent": 10.0,
    "liver.resectable": "no",
}
FULL_COUNTS: Facts = {"labs.platelets": 200.0, "labs.neutrophils": 3.0, "labs.haemoglobin": 130.0}
MAINLY_LIVER: Example = (
    {"liver.lesion_count": 4.0, "extrahepatic.any": False},
    {"liver.lesion_count": 0.0, "tumour.tnm.m": "M0"},
)


def _yes_no(*facts: str) -> Example:
    return {facts[0]: True}, dict.fromkeys(facts, False)


EXAMPLES: dict[str, dict[str, Example]] = {
    "rebiopsy": {
        "liver_lesions": ({"liver.lesion_count": 2.0}, {"liver.lesion_count": 0.0, "tumour.tnm.m": "M0"}),
        "biopsy_reason": (
            {**G1, "course.rapid": True},
            NOTHING_OPEN,
            {**G1, "tumour.metastasis_biopsied": True},
        ),
        "biopsy_second_malignancy": (
            {f"{COMORBID}.second_malignancy": True},
            {f"{COMORBID}.second_malignancy": False},
        ),
        "biopsy_bleeding": _yes_no(f"{COMORBID}.bleeding_disorder"),
        "biopsy_coagulation": ({"labs.inr": 2.0}, {"labs.inr": 1.0, "labs.platelets": 200.0}),
        "biopsy_crisis": _yes_no("tumour.syndromes.carcinoid"),
    },
    "sstr_pet": {
        "receptors_not_known": (
            {},
            {"receptor_imaging.sstr.uptake": "above_liver", "receptor_imaging.sstr.extent": "all"},
        ),
        "receptors_unknown_primary": (
            {"tumour.primary_site": "unknown"},
            {"tumour.primary_site": "pancreas"},
        ),
        "receptors_carcinoma": ({"tumour.differentiation": "poor"}, {"tumour.differentiation": "well"}),
        "receptors_on_analogue": _yes_no("treatments.ssa.ongoing"),
    },
    "fdg_pet": {
        "fdg_not_known": ({}, {"receptor_imaging.fdg.uptake": "low"}),
        "fdg_reason": ({"tumour.ki67_percent": 15.0}, SLOW),
        "fdg_glucose": _yes_no(f"{COMORBID}.diabetes"),
    },
    "liver_mri": {
        "liver_picture_incomplete": ({}, LIVER_PICTURE),
        "liver_local_treatment": MAINLY_LIVER,
        "mri_contrast_allergy": _yes_no(f"{COMORBID}.allergy_contrast"),
    },
    "echocardiography": {
        "heart_at_risk": (
            {"tumour.syndromes.carcinoid": True},
            {"tumour.syndromes.carcinoid": False, "tumour.primary_site": "pancreas", **NO_HEART},
        ),
        "heart_markers": (
            {"tumour.syndromes.carcinoid": True, "symptoms.flushing.per_day": 5.0},
            {"tumour.syndromes.carcinoid": False},
        ),
        "heart_known": _yes_no(f"{COMORBID}.carcinoid_heart_disease"),
    },
    "dpyd": {
        "dpyd_not_known": ({}, {"tumour.dpyd": "normal"}),
        "dpyd_prospect": ({"tumour.primary_site": "pancreas"}, SLOW),
    },
    "mapping_angiography": {
        "mapping_not_known": ({}, {"liver.lung_shunt_fraction": 0.05}),
        "mapping_liver": MAINLY_LIVER,
        "mapping_need": (
            {"liver.burden_percent": 40.0},
            {"liver.burden_percent": 5.0, "course.status": "stable", "tumour.syndromes.carcinoid": False},
        ),
        "mapping_contrast": _yes_no(f"{COMORBID}.allergy_contrast"),
        "mapping_kidney": _yes_no(f"{COMORBID}.chronic_kidney_disease"),
    },
    "bone_marrow": {
        "marrow_cytopenia": ({"labs.platelets": 40.0}, FULL_COUNTS),
        "marrow_exposure": _yes_no("treatments.prrt.received", "treatments.chemo.received"),
        "marrow_recovering": _yes_no("treatments.prrt.ongoing", "treatments.chemo.ongoing"),
        "marrow_metastases": _yes_no("extrahepatic.bone_marrow"),
    },
}

CRITERION_EXAMPLES: dict[tuple[str, str], Example] = {
    (f"workup.{option}", f"workup.{name}"): example
    for option, examples in EXAMPLES.items()
    for name, example in examples.items()
}
