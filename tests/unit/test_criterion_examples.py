"""Every criterion of every option has an example that meets it, one that does not, and one that leaves it open."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from tests.rows import evaluate_many

from nelm.knowledge import load_knowledge
from nelm.planner.evaluation import current_guideline

FOLDER = Path(__file__).parent / "criterion_examples"
REFUSAL = "planner.not_declined"


def _tables() -> dict[tuple[str, str], tuple[Any, ...]]:
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for path in sorted(FOLDER.glob("*.py")):
        if path.stem != "__init__":
            module = importlib.import_module(f"tests.unit.criterion_examples.{path.stem}")
            found |= module.CRITERION_EXAMPLES
    return found


EXAMPLES = _tables()
GUIDELINE = current_guideline(load_knowledge())
WANTED = [
    (option.id, criterion.id)
    for option in GUIDELINE.options
    for criterion in option.criteria
    if criterion.id != REFUSAL
]


def test_no_criterion_is_without_example_and_no_example_without_criterion() -> None:
    assert sorted(set(WANTED) - set(EXAMPLES)) == []
    assert sorted(set(EXAMPLES) - set(WANTED)) == []


@pytest.mark.parametrize("option", [rule.id for rule in GUIDELINE.options])
def test_examples_meet_miss_and_leave_open(option: str) -> None:
    ids = [criterion for rule, criterion in WANTED if rule == option and (rule, criterion) in EXAMPLES]
    rows: list[Any] = []
    for criterion in ids:
        met, not_met, *unknown = EXAMPLES[option, criterion]
        rows += [met, not_met, unknown[0] if unknown else {}]
    answers = evaluate_many(option, rows)
    for place, criterion in enumerate(ids):
        states = [answers[3 * place + i]["states"][criterion] for i in range(3)]
        diagnostic = option.startswith("workup.")
        if diagnostic and states[2] != "unknown":
            continue  # work-up may ask whether a fact is known, which is never unknown itself
        if criterion.endswith(".not_failed_before"):
            states[2] = "unknown" if states[2] == "met" else states[2]  # not failed unless the record says so
        assert states == ["met", "not_met", "unknown"], criterion


def test_refusal_is_respected() -> None:
    for option in GUIDELINE.options:
        declined = {f"preferences.declined.{option.id}": True}
        assert evaluate_many(option.id, [declined])[0]["verdict"] in ("not_indicated", "contraindicated")
