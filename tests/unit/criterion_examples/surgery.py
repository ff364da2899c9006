"""For every criterion of the operations: facts for which it is met, and facts for which it is not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

COMORBID = "patient.comorbidities"
WELL: Facts = {"tumour.mixed": False, "tumour.differentiation": "well"}
POOR: Facts = {"tumour.mixed": False, "tumour.differentiation": "poor"}
G2: Facts = {
    **WELL,
    "tumour.primary_site": "pancreas",
    "tumour.ki67_percent": 8.0,
    "tumour.mitoses_per_2mm2": 1.0,
}
G3: Facts = {**G2, "tumour.ki67_percent": 40.0}
SOUND_HEART: Facts = {
    f"{COMORBID}.severe_tricuspid_regurgitation": False,
    f"{COMORBID}.right_heart_dysfunction": False,
}
NO_CARCINOID: Facts = {
    "tumour.syndromes.carcinoid": False,
    f"{COMORBID}.carcinoid_heart_disease": False,
    "tumour.primary_site": "pancreas",
}
STABLE_YEAR: Facts = {"course.status": "stable", "course.interval_months": 12.0}
CLEARED: Facts = {"tumour.primary_in_situ": False, "extrahepatic.any": False}
MILAN: Facts = {**G2, **STABLE_YEAR, **CLEARED, "liver.burden_percent": 30.0, "patient.age_years": 45.0}


def remnant(remnant_ml: float, parenchyma: str = "normal") -> Facts:
    """A person of 170 cm and 70 kg with a future liver remnant [mL]."""
    return {
        "patient.height_cm": 170.0,
        "patient.weight_kg": 70.0,
        "liver.future_liver_remnant_ml": remnant_ml,
        "liver.parenchyma": parenchyma,
    }


def _yes_no(fact: str) -> tuple[Facts, Facts]:
    return {fact: True}, {fact: False}


def _word(fact: str, met: str, not_met: str) -> tuple[Facts, Facts]:
    return {fact: met}, {fact: not_met}


COMPLETE = _word("liver.resectable", "complete", "no")
FUNCTIONING = "tumour.functioning"

EXAMPLES: dict[str, tuple[Facts, Facts]] = {
    "liver_metastases": ({"liver.lesion_count": 2.0}, {"liver.lesion_count": 0.0, "tumour.tnm.m": "M0"}),
    "well_differentiated": (WELL, POOR),
    "completely_resectable": COMPLETE,
    "complete_in_stages": COMPLETE,
    "primary_with_metastases": COMPLETE,
    "extrahepatic_removable": (
        {"extrahepatic.any": False},
        {"extrahepatic.any": True, "extrahepatic.all_resectable": False},
    ),
    "fit_for_major_surgery": _yes_no("patient.fit_for_major_surgery"),
    "primary_controlled": (
        {"tumour.primary_in_situ": False},
        {"tumour.primary_in_situ": True, "tumour.primary_resectable": False},
    ),
    "remnant_too_small": (remnant(200), remnant(700)),
    "remnant_debated": (remnant(330), remnant(700)),
    "remnant_cirrhosis_debated": (remnant(680, "cirrhosis"), remnant(680)),
    "right_heart": ({f"{COMORBID}.right_heart_dysfunction": True}, SOUND_HEART),
    "carcinoid_crisis": _yes_no("tumour.syndromes.carcinoid"),
    "heart_check": ({"tumour.primary_site": "jejunum_ileum"}, NO_CARCINOID),
    "previous_hepatectomy": _yes_no(f"{COMORBID}.previous_hepatectomy"),
    "grade_3": (G3, G2),
    "low_grade": (G2, G3),
    "simple_pattern": (
        {"liver.lobes": "one"},
        {"liver.lobes": "both", "liver.two_adjacent_segments": False},
    ),
    "single_metastasis": ({"liver.lesion_count": 1.0}, {"liver.lesion_count": 4.0}),
    "both_lobes": _word("liver.lobes", "both", "one"),
    "clear_remnant_first": _word("liver.lobes", "both", "one"),
    "debulking_feasible": _word("liver.resectable", "debulking_70", "no"),
    "debulking_below_90": _word("liver.resectable", "debulking_70", "debulking_90"),
    "no_hormone_symptoms": _word(FUNCTIONING, "non_functioning", "functioning"),
    "hormone_symptoms": _word(FUNCTIONING, "functioning", "non_functioning"),
    "extensive_elsewhere": _yes_no("extrahepatic.extensive"),
    "primary_in_situ": _yes_no("tumour.primary_in_situ"),
    "primary_resectable": _yes_no("tumour.primary_resectable"),
    "pancreatic_primary_selective": (
        {"tumour.primary_site": "pancreas", "liver.resectable": "no"},
        {"tumour.primary_site": "pancreas", "liver.resectable": "complete"},
    ),
    "primary_symptomatic": _yes_no("tumour.primary_symptomatic"),
    "small_intestinal_primary": _word("tumour.primary_site", "jejunum_ileum", "pancreas"),
    "extrahepatic_present": _yes_no("extrahepatic.any"),
    "extrahepatic_resectable": _yes_no("extrahepatic.all_resectable"),
    "before_transplantation": _word("liver.resectable", "no", "complete"),
    "transplant_unresectable": _word("liver.resectable", "no", "complete"),
    "transplant_criteria_met": (MILAN, {**MILAN, "liver.burden_percent": 80.0}),
    "transplant_bone_or_lung": (
        {"extrahepatic.bone": True},
        {"extrahepatic.bone": False, "extrahepatic.lung": False},
    ),
    "embolisation_needed": (remnant(200), remnant(700)),
    "portal_trunk_closed": _word("liver.portal_vein_thrombosis", "main", "none"),
    "cirrhosis_slows_growth": _word("liver.parenchyma", "cirrhosis", "normal"),
}

OPTN_G2: Facts = {**G2, "tumour.mitoses_per_2mm2": 4.0}
LISTS: dict[str, tuple[Facts, Facts]] = {
    "milan_histology": (G2, G3),
    "milan_drainage": _word("tumour.primary_site", "pancreas", "lung"),
    "milan_primary": (CLEARED, {**CLEARED, "extrahepatic.any": True}),
    "milan_burden": ({"liver.burden_percent": 30.0}, {"liver.burden_percent": 60.0}),
    "milan_stability": (STABLE_YEAR, {**STABLE_YEAR, "course.status": "progressing"}),
    "milan_age": ({"patient.age_years": 45.0}, {"patient.age_years": 58.0}),
    "optn_origin": _word("tumour.primary_site", "pancreas", "lung"),
    "optn_primary": (CLEARED, {**CLEARED, "tumour.primary_in_situ": True}),
    "optn_interval": (STABLE_YEAR, {**STABLE_YEAR, "course.interval_months": 3.0}),
    "optn_unresectable": (
        {"liver.lobes": "both", "liver.resectable": "no"},
        {"liver.lobes": "one", "liver.resectable": "no"},
    ),
    "optn_grade": (OPTN_G2, G3),
    "optn_burden": ({"liver.burden_percent": 30.0}, {"liver.burden_percent": 60.0}),
    "optn_elsewhere": (
        {"extrahepatic.any": False, "extrahepatic.bone": False, "extrahepatic.lung": False},
        {"extrahepatic.any": True, "extrahepatic.bone": True},
    ),
}

OPERABLE = ("right_heart", "carcinoid_crisis", "heart_check", "previous_hepatectomy")
CURATIVE = (
    "liver_metastases",
    "well_differentiated",
    "extrahepatic_removable",
    "primary_controlled",
    "fit_for_major_surgery",
)
REMNANT = ("remnant_too_small", "remnant_debated", "remnant_cirrhosis_debated")
CRITERIA: dict[str, tuple[str, ...]] = {
    "resection.liver": (
        *CURATIVE,
        "completely_resectable",
        *REMNANT,
        *OPERABLE,
        "grade_3",
        "low_grade",
        "simple_pattern",
        "single_metastasis",
    ),
    "resection.two_stage": (
        *CURATIVE,
        "complete_in_stages",
        "both_lobes",
        *OPERABLE,
        "grade_3",
        "remnant_too_small",
        "low_grade",
    ),
    "resection.debulking": (
        "liver_metastases",
        "well_differentiated",
        "debulking_feasible",
        "fit_for_major_surgery",
        *REMNANT,
        *OPERABLE,
        "debulking_below_90",
        "no_hormone_symptoms",
        "extensive_elsewhere",
        "grade_3",
        "hormone_symptoms",
    ),
    "resection.primary": (
        "primary_in_situ",
        "primary_resectable",
        "well_differentiated",
        "fit_for_major_surgery",
        "right_heart",
        "carcinoid_crisis",
        "heart_check",
        "pancreatic_primary_selective",
        "primary_symptomatic",
        "small_intestinal_primary",
        "primary_with_metastases",
    ),
    "resection.extrahepatic": (
        "extrahepatic_present",
        "extrahepatic_resectable",
        "well_differentiated",
        "fit_for_major_surgery",
        "right_heart",
        "carcinoid_crisis",
        "heart_check",
        "before_transplantation",
    ),
    "transplant.liver": (
        "liver_metastases",
        "transplant_unresectable",
        "transplant_criteria_met",
        "fit_for_major_surgery",
        "transplant_bone_or_lung",
        "right_heart",
        "carcinoid_crisis",
        "previous_hepatectomy",
    ),
    "embolisation.portal_vein": (
        *CURATIVE,
        "completely_resectable",
        "embolisation_needed",
        "portal_trunk_closed",
        *OPERABLE,
        "cirrhosis_slows_growth",
        "clear_remnant_first",
    ),
}

CRITERION_EXAMPLES: dict[tuple[str, str], tuple[Facts, Facts]] = {
    **{(option, f"surgery.{name}"): EXAMPLES[name] for option, names in CRITERIA.items() for name in names},
    **{("transplant.liver", f"transplantation.{name}"): facts for name, facts in LISTS.items()},
}
