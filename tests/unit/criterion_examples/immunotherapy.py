"""For every criterion of checkpoint inhibitors: facts for which it is met, and facts for which it is not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

OPTION = "immunotherapy.checkpoint_inhibitor"


def _yes_no(fact: str) -> tuple[Facts, Facts]:
    return {fact: True}, {fact: False}


EXAMPLES: dict[str, tuple[Facts, Facts]] = {
    "marker": ({"tumour.msi_high": True}, {"tumour.msi_high": False, "tumour.tmb_high": False}),
    "pretreated": (
        {"treatments.chemo.received": True, "course.status": "progressing"},
        {"treatments.chemo.received": True, "course.status": "stable"},
    ),
    "not_failed_before": (
        {f"treatments.{OPTION}.failed": False},
        {f"treatments.{OPTION}.failed": True},
    ),
    "pregnancy": ({"patient.sex": "female", "patient.pregnant": True}, {"patient.sex": "male"}),
    "lung_disease": _yes_no("patient.comorbidities.interstitial_lung_disease"),
    "viral_hepatitis": _yes_no("patient.comorbidities.viral_hepatitis"),
    "breastfeeding": _yes_no("patient.breastfeeding"),
    "performance_poor": ({"patient.ecog": 3}, {"patient.ecog": 1}),
    "instability": _yes_no("tumour.msi_high"),
}

CRITERION_EXAMPLES: dict[tuple[str, str], tuple[Facts, Facts]] = {
    (OPTION, f"immunotherapy.{name}"): pair for name, pair in EXAMPLES.items()
}
