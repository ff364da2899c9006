"""The JSON Schema of the case document, published as ``docs/schema/nelm.case-1.json``.

``python -m nelm.case.schema`` prints it. It accepts what the reader accepts, and somewhat more: what depends on
several facts (a unit of the wrong test, contradictions, days of the calendar) only the reader knows.
"""

from __future__ import annotations

import json
import sys
from typing import Any, cast

from pydantic import BaseModel

from nelm.case.document import CASE_SCHEMA, Case

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Node = dict[str, Any]


def case_schema() -> Node:
    """JSON Schema (draft 2020-12) of the case document."""
    schema = published_schema(Case, CASE_SCHEMA)
    _relax_lesions(schema["$defs"]["Lesion"])
    return schema


def published_schema(document: type[BaseModel], version: str) -> Node:
    """JSON Schema of a document with its version; null stands wherever a key may be absent."""
    schema = document.model_json_schema(by_alias=True, mode="validation")
    for group in [schema, *cast("dict[str, Node]", schema["$defs"]).values()]:
        _allow_not_known(group)
    about = {"$schema": DIALECT, "$id": f"urn:{version.replace('/', ':')}", "title": version}
    return {**about, **{key: value for key, value in schema.items() if key != "title"}}


def schema_text() -> str:
    """The schema as the published file holds it."""
    return json.dumps(case_schema(), indent=2, ensure_ascii=False) + "\n"


def _allow_not_known(group: Node) -> None:
    """Accept null wherever a key may be absent: both mean not known."""
    required = group.get("required", [])
    for key, schema in group.get("properties", {}).items():
        schema.pop("default", None)
        schema.pop("title", None)
        if key not in required and {"type": "null"} not in schema.get("anyOf", []):
            group["properties"][key] = {"anyOf": [schema, {"type": "null"}]}


def _relax_lesions(lesion: Node) -> None:
    """A lesion without an id is named by its place."""
    lesion["required"] = [key for key in lesion["required"] if key != "id"]
    if not lesion["required"]:
        del lesion["required"]
    lesion["properties"]["id"] = {"anyOf": [lesion["properties"]["id"], {"type": "null"}]}


if __name__ == "__main__":
    sys.stdout.write(schema_text())
