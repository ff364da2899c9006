"""What trials of radioligand therapy showed, and whether this patient would have been in them."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.criteria import requires
from nelm.guideline.facts import number
from nelm.guideline.findings.all import Facts
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """Trials by option."""
    netter_2 = knowledge.trials["netter_2"]
    match = TrialMatch(
        netter_2,
        (
            requires(number("tumour.ki67_percent") >= netter_2.limits["ki67_percent_min"], netter_2.limits["ki67_percent_min"]),
            requires(number("tumour.ki67_percent") <= netter_2.limits["ki67_percent_max"], netter_2.limits["ki67_percent_max"]),
        ),
    )
    return {"prrt.lu177_dotatate": (match,)}
