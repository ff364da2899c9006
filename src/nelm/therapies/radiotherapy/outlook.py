"""Trials of external radiotherapy in neuroendocrine neoplasms: none is in this knowledge base."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.findings.all import Facts
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """No trial."""
    return {"radiotherapy.external": ()}
