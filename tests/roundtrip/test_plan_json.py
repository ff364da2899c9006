"""The plan as JSON: the contract's keys, the published schema, the same bytes, no infinity."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.plans import rich_plan

from nelm.app import read_plan
from nelm.io.plan_json import plan_bytes, plan_document
from nelm.knowledge import Status

TOP = ["schema", "case", "as_of", "software", "knowledge", "findings", "options", "next_facts", "conflicts",
       "follow_up", "warnings", "sources"]  # fmt: skip
OPTION = {"id", "family", "name", "intent", "verdict", "rank", "criteria", "positions", "needs", "regimen",
          "quantities", "monitoring", "evidence", "cautions"}  # fmt: skip
CRITERION = {"id", "kind", "state", "statement", "facts", "limit", "sources", "status"}


@pytest.fixture(scope="module")
def schema(root: Path) -> dict[str, Any]:
    found = json.loads((root / "docs/schema/nelm.plan-1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(found)
    return found


def test_the_keys_are_those_of_the_contract() -> None:
    document = plan_document(rich_plan())
    assert list(document) == TOP
    for option in document["options"]:
        assert set(option) >= OPTION
        assert all(set(item) >= CRITERION for item in option["criteria"])
        assert all(set(item) >= {"body", "position", "source", "status"} for item in option["positions"])
        assert all(set(item) == {"fact", "if"} for item in option["needs"])
    assert all(
        set(item) >= {"id", "value", "unit", "from", "sources", "note"} for item in document["findings"]
    )
    assert all(set(item) >= {"fact", "settles"} for item in document["next_facts"])
    assert all(
        set(view) >= {"body", "says", "source"} for item in document["conflicts"] for view in item["views"]
    )


def test_a_made_plan_fits_the_schema(schema: dict[str, Any]) -> None:
    jsonschema.validate(json.loads(plan_bytes(rich_plan())), schema)


@pytest.mark.parametrize("name", ["examples/insulinoma-prrt.yaml", "tests/data/demo-001.yaml"])
def test_a_real_plan_fits_the_schema(root: Path, schema: dict[str, Any], name: str) -> None:
    jsonschema.validate(json.loads(plan_bytes(read_plan(str(root / name)))), schema)


def test_the_schema_refuses_what_the_contract_does_not_know(schema: dict[str, Any]) -> None:
    document = json.loads(plan_bytes(rich_plan()))
    document["options"][0]["verdict"] = "perhaps"
    document["surplus"] = 1
    assert len(list(jsonschema.Draft202012Validator(schema).iter_errors(document))) == 2


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert plan_bytes(rich_plan()) == plan_bytes(rich_plan())


def test_the_order_of_the_sources_does_not_matter() -> None:
    plan = rich_plan()
    turned = replace(plan, sources=dict(reversed(list(plan.sources.items()))))
    assert plan_bytes(turned) == plan_bytes(plan)


def test_infinity_is_written_as_null() -> None:
    text = plan_bytes(rich_plan()).decode()
    assert "Infinity" not in text and "NaN" not in text
    findings = {item["id"]: item["value"] for item in json.loads(text)["findings"]}
    assert findings["renal.filtration_rate"] == {"low": 40.0, "high": None}


def test_computed_counts_as_verified_and_keeps_its_detail() -> None:
    plan = rich_plan()
    option = replace(
        plan.options[0], criteria=(replace(plan.options[0].criteria[0], status=Status.COMPUTED),)
    )
    written = plan_document(replace(plan, options=(option,)))["options"][0]["criteria"][0]
    assert (written["status"], written["status_detail"]) == ("verified", "computed")


def test_two_lines_of_one_label_are_both_kept() -> None:
    assert list(plan_document(rich_plan())["options"][0]["regimen"]) == ["activity", "activity (2)"]
