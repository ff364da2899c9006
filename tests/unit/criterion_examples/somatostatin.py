"""For every criterion of analogues and interferon: facts for which it is met, and facts for which it is not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]
Pair = tuple[Facts, Facts]


def _yes_no(fact: str, *others: str) -> Pair:
    """Met by the first fact alone; not met when it and the others are absent."""
    return {fact: True}, {fact: False, **dict.fromkeys(others, False)}


SYNDROMES = tuple(
    f"tumour.syndromes.{name}" for name in ("carcinoid", "vipoma", "glucagonoma", "somatostatinoma")
)
NO_SYNDROME: Facts = dict.fromkeys(SYNDROMES, False)
LOW_GRADE: Facts = {
    "tumour.differentiation": "well",
    "tumour.mixed": False,
    "tumour.primary_site": "jejunum_ileum",
    "tumour.ki67_percent": 2,
}
WITH_RECEPTORS: Facts = {**LOW_GRADE, "receptor_imaging.sstr.uptake": "above_liver"}
WITHOUT_RECEPTORS: Facts = {
    **LOW_GRADE,
    **NO_SYNDROME,
    "receptor_imaging.sstr.uptake": "none",
    "tumour.sstr2_positive": False,
}
FAILED: Facts = {"treatments.ssa.progressed_on": True, "tumour.functioning": "non_functioning"}
NOT_FAILED: Facts = {
    "treatments.ssa.progressed_on": False,
    "treatments.ssa.ongoing": False,
    "tumour.functioning": "non_functioning",
    "tumour.syndromes.carcinoid": False,
}
DESPITE_ANALOGUE: Facts = {
    "tumour.functioning": "functioning",
    "tumour.syndromes.carcinoid": True,
    "symptoms.diarrhoea.refractory_to_ssa": True,
}
REDUCED = ("patient.comorbidities.cirrhosis", "patient.comorbidities.dialysis")

GENERAL: dict[str, Pair] = {
    "indication": (WITH_RECEPTORS, WITHOUT_RECEPTORS),
    "insulinoma": _yes_no("tumour.syndromes.insulinoma"),
    "progressed_nonfunctioning": (FAILED, NOT_FAILED),
    "progressed_functioning": ({**FAILED, "tumour.functioning": "functioning"}, NOT_FAILED),
    "ki67_above_evidence": ({"tumour.ki67_percent": 10}, {"tumour.ki67_percent": 9}),
    "fast_growth": _yes_no("course.rapid"),
    "diabetes": _yes_no("patient.comorbidities.diabetes"),
    "hypoglycaemia": _yes_no("symptoms.hypoglycaemia"),
    "crisis_before_procedures": _yes_no("tumour.syndromes.carcinoid"),
    "syndrome_control": _yes_no(*SYNDROMES),
    "slow_low_grade": ({"tumour.ki67_percent": 9}, {"tumour.ki67_percent": 10}),
}
OCTREOTIDE: dict[str, Pair] = {
    "octreotide_reduced_start": _yes_no(*REDUCED),
    "octreotide_low_burden": ({"liver.burden_percent": 10}, {"liver.burden_percent": 11}),
}
LANREOTIDE: dict[str, Pair] = {
    "lanreotide_renal": _yes_no("patient.comorbidities.dialysis"),
    "lanreotide_hepatic": _yes_no("patient.comorbidities.cirrhosis"),
    "lanreotide_any_burden": ({"liver.burden_percent": 26}, {"liver.burden_percent": 25}),
}
INTENSIFIED: dict[str, Pair] = {
    "on_analogue": _yes_no("treatments.ssa.received"),
    "standard_dose_fails": (DESPITE_ANALOGUE, NOT_FAILED),
    "modest_gain": ({"course.status": "progressing"}, {"course.status": "stable"}),
    "ki67_forte": ({"tumour.ki67_percent": 21}, {"tumour.ki67_percent": 20}),
    "symptoms_uncontrolled": (DESPITE_ANALOGUE, {"tumour.functioning": "non_functioning"}),
}
INTERFERON: dict[str, Pair] = {
    "interferon_setting": (
        {**LOW_GRADE, "tumour.syndromes.carcinoid": True},
        {**LOW_GRADE, "tumour.syndromes.carcinoid": False, "course.status": "stable"},
    ),
    "interferon_after_analogue": (DESPITE_ANALOGUE, NOT_FAILED),
    "not_failed_before": (
        {"treatments.biotherapy.interferon.failed": False},
        {"treatments.biotherapy.interferon.failed": True},
    ),
    "decompensated_liver": (
        {"liver.ascites": "moderate_severe"},
        {"liver.ascites": "none", "liver.encephalopathy": "none"},
    ),
    "interferon_toxicity": (
        {"labs.platelets": 60},
        {"labs.platelets": 200, "labs.neutrophils": 3},
    ),
    "symptoms_uncontrolled": (DESPITE_ANALOGUE, {"tumour.syndromes.carcinoid": False}),
}
BY_OPTION: dict[str, dict[str, Pair]] = {
    "ssa.octreotide_lar": {**GENERAL, **OCTREOTIDE},
    "ssa.lanreotide": {**GENERAL, **LANREOTIDE},
    "ssa.intensified": {**GENERAL, **INTENSIFIED},
    "biotherapy.interferon": INTERFERON,
}
CRITERION_EXAMPLES: dict[tuple[str, str], Pair] = {
    (option, f"somatostatin.{name}"): pair
    for option, examples in BY_OPTION.items()
    for name, pair in examples.items()
}
