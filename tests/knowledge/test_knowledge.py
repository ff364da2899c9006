"""The knowledge is honest: sources resolve, every entry is used, every row of the research has a place."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields, is_dataclass
from importlib.resources import files
from pathlib import Path

import pytest

from nelm.errors import KnowledgeError
from nelm.knowledge import Knowledge, Status, file_names, load_knowledge, loading

KNOWLEDGE = load_knowledge()
SRC = Path(loading.__file__).parent.parent
ALL = {entry.id: entry for name in file_names() for entry in KNOWLEDGE.entries(name).values()}


def test_every_source_of_every_entry_is_known() -> None:
    assert ALL and KNOWLEDGE.trials and KNOWLEDGE.disagreements
    for entry in ALL.values():
        assert all(key in KNOWLEDGE.sources for key in entry.sources), entry.id


def test_a_missing_source_stops_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"statement": "x", "sources": ["nobody2000"], "place": "-", "status": "verified"}
    with pytest.raises(KnowledgeError, match="unknown source"):
        loading._checked("here", table, KNOWLEDGE.sources)
    with pytest.raises(KnowledgeError, match="no source"):
        loading._checked("here", {**table, "sources": []}, KNOWLEDGE.sources)


def test_no_generated_page_is_cited() -> None:
    text = " ".join(source.citation.lower() for source in KNOWLEDGE.sources.values())
    assert "droracle" not in text


def test_every_entry_is_used_by_code() -> None:
    files = [path for path in SRC.rglob("*.py") if path.name != "knowledge.py"]
    words = {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    unused = [name for name in ALL if name.partition(".")[2] not in words]
    assert unused == []


def test_every_trial_is_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SRC.rglob("*.py"))
    unused = [name for name in KNOWLEDGE.trials if not re.search(rf"[\"']{re.escape(name)}[\"']", code)]
    assert unused == []


def test_a_number_has_a_unit() -> None:
    for entry in ALL.values():
        if isinstance(entry.value, int | float) and not isinstance(entry.value, bool):
            assert entry.unit, entry.id


def test_newer_entries_supersede(tmp_path: Path) -> None:
    old = {"valid_from": __import__("datetime").date(2010, 1, 1), "n": 1}
    new = {"valid_from": __import__("datetime").date(2020, 1, 1), "n": 2}
    assert loading._current("a.b", [old, new], None)["n"] == 2
    assert loading._current("a.b", [old, new], __import__("datetime").date(2015, 6, 1))["n"] == 1
    with pytest.raises(KnowledgeError):
        loading._current("a.b", [new, old], None)


def _rows_of_research(text: str) -> set[str]:
    """Row identifiers of the tables of sections 1 to 8."""
    body = text[: text.index("\n# 9.")]
    return set(re.findall(r"^\| ((?:[A-Z]{1,3}-)\d+[a-z]?|D\d+) \|", body, re.MULTILINE))


def test_every_row_of_the_research_is_encoded_or_excused(shared: Path) -> None:
    wanted = _rows_of_research((shared / "research" / "clinical.md").read_text(encoding="utf-8"))
    encoded = {row for entry in ALL.values() for row in entry.rows}
    encoded |= {row for trial in KNOWLEDGE.trials.values() for row in trial.rows}
    encoded |= {row for item in KNOWLEDGE.disagreements.values() for row in item.rows}
    text = files("nelm.knowledge").joinpath("data", "rows_not_encoded.toml").read_text(encoding="utf-8")
    excused = {row["id"]: row["reason"] for row in tomllib.loads(text)["rows"]}
    assert all(reason.strip() for reason in excused.values())
    assert sorted(wanted - encoded - set(excused)) == []


def test_statuses_are_of_the_four() -> None:
    assert {entry.status for entry in ALL.values()} <= set(Status)
    assert is_dataclass(Knowledge) and fields(Knowledge)
