"""For every criterion of external radiotherapy: facts for which it is met, and facts for which it is not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

OPTION = "radiotherapy.external"
PAINFUL: Facts = {"extrahepatic.bone": True, "symptoms.bone_pain": True}
NO_SITE: Facts = {"extrahepatic.bone": False, "extrahepatic.brain": False}


def _yes_no(fact: str) -> tuple[Facts, Facts]:
    return {fact: True}, {fact: False}


EXAMPLES: dict[str, tuple[Facts, Facts]] = {
    "symptomatic_site": (PAINFUL, NO_SITE),
    "pregnancy": ({"patient.sex": "female", "patient.pregnant": True}, {"patient.sex": "male"}),
    "marrow_with_prrt": _yes_no("treatments.prrt.received"),
    "counts_low": ({"labs.platelets": 40}, {"labs.platelets": 120}),
    "vessel_drugs": _yes_no("treatments.targeted.ongoing"),
    "bone_pain": (PAINFUL, NO_SITE),
    "brain_symptoms": (
        {"extrahepatic.brain": True, "extrahepatic.brain.symptomatic": True},
        {"extrahepatic.brain": False},
    ),
}

CRITERION_EXAMPLES: dict[tuple[str, str], tuple[Facts, Facts]] = {
    (OPTION, f"radiotherapy.{name}"): pair for name, pair in EXAMPLES.items()
}
