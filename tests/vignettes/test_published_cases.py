"""The open published cases: what was decided there, what comes out here, and why where the two differ.

A published decision is not a gold standard. What must hold: an option that was decided is never called
not indicated or contraindicated here without a reason written below, what must not be recommended is not,
what must be ruled out is.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nelm.app import read_plan

OPEN = ("recommended", "option", "undetermined")
CASES = [f"published-{number:02d}" for number in range(1, 13)]
DIFFERS: dict[str, str] = {}
"""Cases where no option that was decided is open here, with the reason."""


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict:
    return YAML(typ="safe").load(shared / "reference" / "cases" / "expected.yaml")


@pytest.mark.parametrize("case", CASES)
def test_published_decision(case: str, shared: Path, expected: dict) -> None:
    plan = read_plan(str(shared / "reference" / "cases" / f"{case}.yaml"))
    verdicts = {item.id: str(item.verdict) for item in plan.options}
    decided = expected[case]
    for option in decided["must_not_recommend"]:
        assert verdicts[option] != "recommended", option
    for option in decided["must_be_contraindicated"]:
        assert verdicts[option] == "contraindicated", option
    open_ones = [option for option in decided["expected_any"] if verdicts[option] in OPEN]
    assert open_ones or case in DIFFERS, {option: verdicts[option] for option in decided["expected_any"]}
    assert not (open_ones and case in DIFFERS), "the reason for the difference is out of date"
