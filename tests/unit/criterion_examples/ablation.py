"""For every criterion of ablation: facts for which it is met, and facts for which it is not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

COMORBID = "patient.comorbidities"
WELL: Facts = {"tumour.mixed": False, "tumour.differentiation": "well"}
G2: Facts = {
    **WELL,
    "tumour.primary_site": "pancreas",
    "tumour.ki67_percent": 8.0,
    "tumour.mitoses_per_2mm2": 1.0,
}
NO_BILIARY_ENTRY: Facts = {
    "liver.bilioenteric_anastomosis": False,
    f"{COMORBID}.previous_pancreatoduodenectomy": False,
}


def _yes_no(fact: str) -> tuple[Facts, Facts]:
    return {fact: True}, {fact: False}


def _number(fact: str, met: float, not_met: float) -> tuple[Facts, Facts]:
    return {fact: met}, {fact: not_met}


EXAMPLES: dict[str, tuple[Facts, Facts]] = {
    "liver_metastases": ({"liver.lesion_count": 2.0}, {"liver.lesion_count": 0.0, "tumour.tnm.m": "M0"}),
    "well_differentiated": (WELL, {**WELL, "tumour.differentiation": "poor"}),
    "extrahepatic_removable": (
        {"extrahepatic.any": False},
        {"extrahepatic.any": True, "extrahepatic.all_resectable": False},
    ),
    "limited_disease": (
        {"liver.lesion_count": 3.0},
        {"liver.lesion_count": 20.0, "liver.resectable": "no"},
    ),
    "reachable_size": _number("liver.largest_mm", 25.0, 70.0),
    "biliary_entry": ({f"{COMORBID}.previous_pancreatoduodenectomy": True}, NO_BILIARY_ENTRY),
    "coagulation": ({"labs.inr": 2.1}, {"labs.inr": 1.0, "labs.platelets": 200.0}),
    "grade_3": ({**G2, "tumour.ki67_percent": 40.0}, G2),
    "above_best_size": _number("liver.largest_mm", 35.0, 20.0),
    "above_radiofrequency_size": _number("liver.largest_mm", 45.0, 35.0),
    "near_bile_duct": _number("liver.closest_bile_duct_mm", 4.0, 20.0),
    "near_vessel": _number("liver.closest_vessel_mm", 3.0, 25.0),
    "resection_possible": (
        {"liver.resectable": "complete", "patient.fit_for_major_surgery": True},
        {"liver.resectable": "no"},
    ),
    "carcinoid_crisis": _yes_no("tumour.syndromes.carcinoid"),
    "bleeding_disorder": _yes_no(f"{COMORBID}.bleeding_disorder"),
    "infection": _yes_no(f"{COMORBID}.uncontrolled_infection"),
    "best_size": _number("liver.largest_mm", 20.0, 35.0),
    "few_lesions": _number("liver.lesion_count", 2.0, 9.0),
    "severe_hormone_symptoms": (
        {"tumour.functioning": "functioning"},
        {"tumour.functioning": "non_functioning"},
    ),
}

CRITERION_EXAMPLES: dict[tuple[str, str], tuple[Facts, Facts]] = {
    ("ablation.thermal", f"ablation.{name}"): facts for name, facts in EXAMPLES.items()
}
