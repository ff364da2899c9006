"""The contracts that import-linter checks say what the design says, and leave no package out."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

LADDER = """
cli | web
app
io | report | cohort | store
planner
therapies
followup
guideline | dosimetry
imaging | physics | knowledge
case | volume
quantities
errors
"""
CORE = ("physics", "imaging", "dosimetry", "guideline", "therapies", "planner")
NEVER_REACHED = ("pydicom", "highdicom", "fhir", "fastapi", "starlette", "matplotlib", "sqlalchemy")


@pytest.fixture(scope="module")
def contracts(root: Path) -> dict[str, dict[str, Any]]:
    """Contracts of import-linter by id."""
    read = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in read["tool"]["importlinter"]["contracts"]}


def test_the_ladder_is_the_one_of_the_design(contracts: dict[str, dict[str, Any]]) -> None:
    rungs = [re.sub(r"[()]", "", rung) for rung in contracts["ladder"]["layers"]]
    assert rungs == LADDER.split("\n")[1:-1]
    assert contracts["ladder"]["exhaustive"] is True
    assert contracts["ladder"].get("ignore_imports", []) == []


def test_every_core_package_is_kept_from_formats_servers_and_databases(
    root: Path, contracts: dict[str, dict[str, Any]]
) -> None:
    core = contracts["core"]
    present = {f"nelm.{name}" for name in CORE if (root / "src/nelm" / name / "__init__.py").exists()}
    assert present <= set(core["source_modules"])
    assert set(NEVER_REACHED) <= set(core["forbidden_modules"])
    assert not core.get("allow_indirect_imports", False)
    assert core.get("ignore_imports", []) == []


def test_therapies_are_peers(root: Path, contracts: dict[str, dict[str, Any]]) -> None:
    slices = contracts["slices"]
    (rung,) = slices["layers"]
    assert slices["exhaustive"] is True
    named = set(re.findall(r"\w+", rung))
    folders = {p.parent.name for p in (root / "src/nelm/therapies").glob("*/__init__.py")}
    assert folders <= named, "a therapy is a slice: name it in the contract"
