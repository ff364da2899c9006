"""The published JSON Schema and the reader agree."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nelm.case import case_to_document
from nelm.case.schema import case_schema, schema_text
from nelm.io.case_files import read_case

jsonschema = pytest.importorskip("jsonschema", reason="needs jsonschema (pip install jsonschema)")
DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = case_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_published_schema_is_current(root: Path) -> None:
    published = (root / "docs/schema/nelm.case-1.json").read_text(encoding="utf-8")
    assert published == schema_text(), "run: python -m nelm.case.schema > docs/schema/nelm.case-1.json"


@pytest.mark.parametrize("name", ["demo-001.yaml", "every-key.yaml"])
def test_the_schema_accepts_what_the_reader_accepts(validator: Any, name: str) -> None:
    document = case_to_document(read_case(DATA / name))
    assert [error.message for error in validator.iter_errors(document)] == []


def test_the_schema_accepts_published_cases(validator: Any, shared_path: Callable[[str], Path]) -> None:
    for number in range(1, 13):
        document = case_to_document(read_case(shared_path(f"reference/cases/published-{number:02}.yaml")))
        assert [error.message for error in validator.iter_errors(document)] == []


def test_the_schema_accepts_null_wherever_a_key_may_be_absent(validator: Any) -> None:
    document: dict[str, Any] = {"schema": "nelm.case/1", "id": "x", "as_of": "2026-05-01"}
    for key in case_schema()["properties"]:
        document.setdefault(key, None)
    document |= {
        "liver": {"lesions": [{"id": None, "segments": None}]},
        "labs": [{"test": "inr", "value": None}],
    }
    assert [error.message for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize(
    "change",
    [{"patint": {}}, {"id": 3}, {"as_of": "2026-05"}, {"tumour": {"specimens": [{"ki67_percent": 140}]}},
     {"liver": {"resectable": False}}, {"patient": {"ecog": 1.5}}, {"treatments": [{"option": "chemo"}]}],
)  # fmt: skip
def test_the_schema_refuses_what_a_schema_can_see(validator: Any, change: dict[str, Any]) -> None:
    document = {"schema": "nelm.case/1", "id": "x", "as_of": "2026-05-01", **change}
    assert not validator.is_valid(document)


def test_the_schema_is_plain_json() -> None:
    assert json.loads(schema_text())["$schema"].endswith("2020-12/schema")
