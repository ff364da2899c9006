"""Surveillance: calendar by grade from the day of the board; trials without results."""

from __future__ import annotations

from datetime import date

import pytest
from tests.rows import evaluate_option
from tests.unit.criterion_examples.surveillance import G1, G3, NO_VOLUME

from nelm.guideline.therapy import PatientView, Value
from nelm.knowledge import load_knowledge
from nelm.planner.evaluation import current_guideline
from nelm.quantities import Interval
from nelm.therapies.surveillance.planning import proposal

QUIET = {
    **G1,
    **NO_VOLUME,
    "course.status": "stable",
    "tumour.functioning": "non_functioning",
    "liver.burden_percent": 5.0,
}


def calendar_of(values: dict[str, Value]) -> list[str]:
    """Texts of the imaging lines."""
    plan = proposal("surveillance", PatientView("t", date(2026, 5, 1), values), load_knowledge())
    return [line.text for line in plan.regimen]


def test_quiet_low_grade_disease_can_be_watched() -> None:
    assert evaluate_option("surveillance", QUIET)["verdict"] == "option"


@pytest.mark.parametrize("change", [{"course.status": "progressing"}, G3])
def test_progressing_or_high_grade_disease_is_not_watched(change: dict[str, object]) -> None:
    assert evaluate_option("surveillance", {**QUIET, **change})["verdict"] == "not_indicated"


def test_calendar_of_g1() -> None:
    first, later = calendar_of({"tumour.grade": "G1"})
    assert "2026-08-01 and 2026-11-01" in first
    assert "2026-11-01 and 2027-05-01" in later


def test_calendar_of_g3_is_recalled_and_short() -> None:
    (line,) = calendar_of({"tumour.grade": "G3"})
    assert "2026-07-01 and 2026-08-01" in line


def test_calendar_of_g2_depends_on_ki67() -> None:
    assert len(calendar_of({"tumour.grade": "G2"})) == 3
    assert len(calendar_of({"tumour.grade": "G2", "tumour.ki67_percent": Interval.exact(5)})) == 2
    assert len(calendar_of({"tumour.grade": "G2", "tumour.ki67_percent": Interval.exact(15)})) == 1


def test_calendar_without_grade_gives_no_interval() -> None:
    (line,) = calendar_of({})
    assert "not known" in line


def test_trials_are_named_and_have_no_result() -> None:
    matches = current_guideline(load_knowledge()).outlook["trial"]
    ongoing = {match.trial.id for match in matches if match.trial.design == "ongoing"}
    assert ongoing == {"netter_3", "compose", "action_1", "sorento"}
    assert not any(match.trial.outcomes for match in matches if match.trial.id in ongoing)
    assert evaluate_option("trial", {"tumour.histology_known": True})["verdict"] == "option"


def test_netest_versions_are_kept_apart() -> None:
    plan = proposal("surveillance", PatientView("t", date(2026, 5, 1), {}), load_knowledge())
    texts = {line.label: line for line in plan.monitoring}
    assert texts["NETest 1.0"].value == 40 and texts["NETest 2.0"].value is None
