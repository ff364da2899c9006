"""For every criterion of surveillance, supportive care and trials: facts that meet it and that do not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]
Example = tuple[Facts, Facts]

WELL: Facts = {
    "tumour.mixed": False,
    "tumour.differentiation": "well",
    "tumour.primary_site": "jejunum_ileum",
}
G1: Facts = {**WELL, "tumour.ki67_percent": 1.0, "tumour.mitoses_per_2mm2": 1.0}
G3: Facts = {**WELL, "tumour.ki67_percent": 40.0, "tumour.mitoses_per_2mm2": 25.0}
NO_VOLUME: Facts = {
    f"symptoms.{name}": False for name in ("bulk", "abdominal_pain", "bowel_obstruction", "jaundice")
}
BURDENS = ("fatigue", "abdominal_pain", "bone_pain", "weight_loss", "bowel_obstruction")
POOR_PERFORMANCE: Example = ({"patient.ecog": 3.0}, {"patient.ecog": 1.0})

EXAMPLES: dict[str, dict[str, Example]] = {
    "surveillance": {
        "low_grade": (G1, G3),
        "not_progressing": ({"course.status": "stable"}, {"course.status": "progressing"}),
        "high_volume": ({"liver.burden_percent": 40.0}, {"liver.burden_percent": 5.0}),
        "symptomatic": (
            {"tumour.functioning": "functioning"},
            {"tumour.functioning": "non_functioning", **NO_VOLUME},
        ),
        "high_ki67": ({"tumour.ki67_percent": 10.0}, {"tumour.ki67_percent": 9.0}),
        "no_hormone": ({"tumour.functioning": "non_functioning"}, {"tumour.functioning": "functioning"}),
    },
    "supportive": {
        "metastatic": (
            {"extrahepatic.any": True},
            {"extrahepatic.any": False, "liver.lesion_count": 0.0, "tumour.tnm.m": "M0"},
        ),
        "poor_performance": POOR_PERFORMANCE,
        "burdened": ({"symptoms.fatigue": True}, {f"symptoms.{name}": False for name in BURDENS}),
    },
    "trial": {
        "histology": ({"tumour.histology_known": True}, {"tumour.histology_known": False}),
        "trial_need": (
            {"course.status": "progressing"},
            {**G1, "course.status": "stable"},
        ),
        "trial_poor_performance": POOR_PERFORMANCE,
        "trial_second_cancer": (
            {"patient.comorbidities.second_malignancy": True},
            {"patient.comorbidities.second_malignancy": False},
        ),
    },
}

CRITERION_EXAMPLES: dict[tuple[str, str], Example] = {
    (option, f"surveillance.{name}"): example
    for option, examples in EXAMPLES.items()
    for name, example in examples.items()
}
