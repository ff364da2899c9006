"""Checkpoint inhibitors: only with a marker, and only after other treatment."""

from __future__ import annotations

import pytest
from tests.rows import evaluate_option

OPTION = "immunotherapy.checkpoint_inhibitor"
LATER = {"treatments.chemo.received": True, "course.status": "progressing", "patient.sex": "male"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "undetermined"),
        ({**LATER, "tumour.msi_high": True}, "recommended"),
        ({**LATER, "tumour.msi_high": False, "tumour.tmb_high": True}, "option"),
        ({**LATER, "tumour.msi_high": False, "tumour.tmb_high": False}, "not_indicated"),
        ({**LATER, "tumour.msi_high": True, "course.status": "stable"}, "not_indicated"),
    ],
)
def test_verdict_by_marker_and_line(facts: dict[str, object], expected: str) -> None:
    assert evaluate_option(OPTION, facts)["verdict"] == expected
