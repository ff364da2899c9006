"""Every numbered trap of the clinical notes has a test that carries its number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


def numbered(text: str) -> set[int]:
    """Numbers of the list of traps in the notes."""
    section = text.split("\n# 9.")[1].split("\n# ")[0]
    return {int(found) for found in re.findall(r"^(\d+)\. ", section, flags=re.MULTILINE)}


def covered(folder: Path) -> set[int]:
    """Numbers that test functions carry in their names."""
    names = (path.read_text(encoding="utf-8") for path in sorted(folder.rglob("test_*.py")))
    return {
        int(found) for text in names for found in re.findall(r"^def test_trap_(\d+)_", text, re.MULTILINE)
    }


def test_every_trap_has_a_named_test(root: Path, shared: Path) -> None:
    notes = shared / "research" / "clinical.md"
    if not notes.is_file():
        pytest.skip("needs research/clinical.md in the reference folder (NELM_SHARED)")
    listed = numbered(notes.read_text(encoding="utf-8"))
    assert listed == set(range(1, 49))
    assert sorted(listed - covered(root / "tests")) == []
