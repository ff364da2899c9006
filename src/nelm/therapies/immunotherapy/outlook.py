"""Trials of checkpoint inhibitors in neuroendocrine neoplasms: none is in this knowledge base."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.findings.all import Facts
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """No trial; the response figure of the approval stands in the position of the label."""
    return {"immunotherapy.checkpoint_inhibitor": ()}
