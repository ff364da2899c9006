"""For every criterion of radioligand therapy: facts for which it is met, and facts for which it is not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]
Pair = tuple[Facts, Facts]


def _yes_no(fact: str, *others: str) -> Pair:
    """Met by the first fact alone; not met when it and the others are absent."""
    return {fact: True}, {fact: False, **dict.fromkeys(others, False)}


def _kidney(creatinine: float) -> Facts:
    """A man of 60 years and 80 kg: creatinine 78 umol/L is a clearance of about 101 mL/min."""
    return {
        "patient.sex": "male",
        "patient.age_years": 60,
        "patient.weight_kg": 80,
        "labs.creatinine": creatinine,
    }


def _ill(name: str) -> str:
    return f"patient.comorbidities.{name}"


WELL: Facts = {"tumour.differentiation": "well", "tumour.mixed": False}
G1: Facts = {**WELL, "tumour.primary_site": "pancreas", "tumour.ki67_percent": 1}
G3: Facts = {**G1, "tumour.ki67_percent": 40}
HEALTHY_KIDNEYS: Facts = {
    "patient.age_years": 50,
    _ill("single_kidney"): False,
    _ill("chronic_kidney_disease"): False,
    _ill("dialysis"): False,
    "treatments.chemo.stz_5fu": False,
    "treatments.chemo.platinum_etoposide": False,
    "treatments.chemo.platinum_irinotecan": False,
}
UNCONTROLLED: Facts = {"tumour.functioning": "functioning", "symptoms.hypoglycaemia.refractory_to_ssa": True}
RISKS = tuple(_ill(name) for name in ("hypertension", "uncontrolled_hypertension", "diabetes"))

TARGET: dict[str, Pair] = {
    "receptor_expression": (
        {"receptor_imaging.sstr.uptake": "equal_liver"},
        {"receptor_imaging.sstr.uptake": "below_liver"},
    ),
    "well_differentiated": (WELL, {"tumour.differentiation": "poor"}),
    "advanced_disease": (
        {"liver.lesion_count": 3},
        {
            "liver.lesion_count": 0,
            "tumour.tnm.m": "M0",
            "extrahepatic.any": False,
            "tumour.primary_resectable": True,
        },
    ),
}
EXCLUSIONS: dict[str, Pair] = {
    "mixed_receptor_expression": (
        {"receptor_imaging.sstr.extent": "some"},
        {"receptor_imaging.sstr.extent": "all"},
    ),
    "receptor_mismatch": (
        {"receptor_imaging.fdg.positive_sstr_negative_lesions": True},
        {"receptor_imaging.fdg.positive_sstr_negative_lesions": False, "receptor_imaging.netpet": "P2"},
    ),
    "renal_reserve": (_kidney(220), _kidney(78)),
    "renal_failure": (_kidney(320), _kidney(220)),
    "anaemia": ({"labs.haemoglobin": 79}, {"labs.haemoglobin": 80}),
    "thrombocytopenia": ({"labs.platelets": 74}, {"labs.platelets": 75}),
    "leukopenia": ({"labs.leukocytes": 1.9}, {"labs.leukocytes": 2.0}),
    "hyperbilirubinaemia": (
        {"labs.bilirubin.times_upper_limit": 3.1},
        {"labs.bilirubin.times_upper_limit": 3.0},
    ),
    "pregnancy": _yes_no("patient.pregnant"),
    "breastfeeding": _yes_no("patient.breastfeeding"),
    "heart_failure": _yes_no(_ill("heart_failure_nyha_3_4")),
    "urinary_obstruction": _yes_no(_ill("urinary_obstruction")),
}
CAUTIONS: dict[str, Pair] = {
    "high_fdg_lesions": ({"receptor_imaging.netpet": "P4b"}, {"receptor_imaging.netpet": "P4a"}),
    "uptake_only_equal": (
        {"receptor_imaging.sstr.uptake": "equal_liver"},
        {"receptor_imaging.sstr.uptake": "above_liver"},
    ),
    "ki67_beyond_trials": ({"tumour.ki67_percent": 60}, {"tumour.ki67_percent": 55}),
    "grade_3_outside_eu_label": (G3, G1),
    "outside_label_primary": ({"tumour.primary_site": "lung"}, {"tumour.primary_site": "jejunum_ileum"}),
    "resectable_disease": (
        {"liver.resectable": "complete", "extrahepatic.any": False},
        {"liver.resectable": "no"},
    ),
    "stable_disease": ({"course.status": "stable"}, {"course.status": "progressing"}),
    "liver_replacement": ({"liver.burden_percent": 80}, {"liver.burden_percent": 75}),
    "bowel_or_mesentery": _yes_no(
        "symptoms.bowel_obstruction", "extrahepatic.peritoneum", "extrahepatic.mesentery"
    ),
    "bulky_bone": (
        {"extrahepatic.bone": True, "extrahepatic.extensive": True},
        {"extrahepatic.bone": True, "extrahepatic.extensive": False},
    ),
    "renal_below_trials": (_kidney(180), _kidney(78)),
    "platelets_below_trial": ({"labs.platelets": 99}, {"labs.platelets": 100}),
    "haemoglobin_below_trial": ({"labs.haemoglobin": 88}, {"labs.haemoglobin": 89}),
    "leukocytes_below_trial": ({"labs.leukocytes": 2.9}, {"labs.leukocytes": 3.0}),
    "bilirubin_above_trial": (
        {"labs.bilirubin.times_upper_limit": 1.1},
        {"labs.bilirubin.times_upper_limit": 1.0},
    ),
    "hypoalbuminaemia": ({"labs.albumin": 29}, {"labs.albumin": 30}),
    "raised_transaminases": (
        {"labs.alt.times_upper_limit": 3.5},
        {"labs.alt.times_upper_limit": 3.0, "labs.ast.times_upper_limit": 1.0},
    ),
    "kidney_risk_verified": _yes_no(*RISKS),
    "kidney_risk_recalled": ({"patient.age_years": 70}, HEALTHY_KIDNEYS),
    "earlier_marrow_exposure": _yes_no("treatments.chemo.received", "treatments.radiotherapy.received"),
    "earlier_alkylator": _yes_no(
        "treatments.chemo.captem", "treatments.chemo.temozolomide", "treatments.chemo.stz_5fu"
    ),
    "earlier_radioembolisation": _yes_no("treatments.radioembolisation.received"),
    "known_myelodysplasia": _yes_no(_ill("myelodysplasia")),
    "biliary_or_cirrhosis": _yes_no(_ill("cirrhosis")),
    "carcinoid_heart": _yes_no(
        _ill("carcinoid_heart_disease"),
        _ill("severe_tricuspid_regurgitation"),
        _ill("right_heart_dysfunction"),
    ),
    "carcinoid_needs_echo": _yes_no("tumour.syndromes.carcinoid"),
    "hormonal_crisis_risk": (
        {"tumour.syndromes.vipoma": True},
        {
            "tumour.syndromes.vipoma": False,
            "tumour.syndromes.carcinoid": False,
            "tumour.primary_site": "pancreas",
        },
    ),
    "poor_performance": ({"patient.ecog": 3}, {"patient.ecog": 2}),
}
REASONS: dict[str, Pair] = {
    "uptake_above_liver": (
        {"receptor_imaging.sstr.uptake": "above_spleen"},
        {"receptor_imaging.sstr.uptake": "equal_liver"},
    ),
    "netpet_suitable": ({"receptor_imaging.netpet": "P3"}, {"receptor_imaging.netpet": "P5"}),
    "syndrome_uncontrolled": (UNCONTROLLED, {"tumour.functioning": "non_functioning"}),
    "extrahepatic_disease": _yes_no("extrahepatic.any"),
    "shrinkage_wanted": _yes_no("symptoms.bulk"),
}
FIRST: dict[str, Pair] = {
    "no_previous_course": (
        {"treatments.prrt.received": False},
        {"treatments.prrt.received": True, "treatments.prrt.ongoing": False},
    ),
    "not_failed_before": (
        {"treatments.prrt.lu177_dotatate.failed": False},
        {"treatments.prrt.lu177_dotatate.failed": True},
    ),
}
AGAIN: dict[str, Pair] = {
    "earlier_course": _yes_no("treatments.prrt.received"),
    "long_benefit": (
        {"treatments.prrt.progression_free_months": 18},
        {"treatments.prrt.progression_free_months": 17},
    ),
    "not_failed_before": (
        {"treatments.prrt.retreatment.failed": False},
        {"treatments.prrt.retreatment.failed": True},
    ),
    "progression_after_course": ({"course.status": "progressing"}, {"course.status": "stable"}),
    "controlled_by_first_course": _yes_no("treatments.prrt.controlled"),
}
SHARED: dict[str, Pair] = {**TARGET, **EXCLUSIONS, **CAUTIONS, **REASONS}
BY_OPTION: dict[str, dict[str, Pair]] = {
    "prrt.lu177_dotatate": {**SHARED, **FIRST},
    "prrt.lu177_edotreotide": {**SHARED, **FIRST},
    "prrt.y90": {**SHARED, **FIRST, "y90_kidney": _yes_no(*RISKS)},
    "prrt.retreatment": {**SHARED, **AGAIN},
}
CRITERION_EXAMPLES: dict[tuple[str, str], Pair] = {
    (option, f"prrt.{name}"): pair
    for option, examples in BY_OPTION.items()
    for name, pair in examples.items()
}
