"""Measured facts in a case file: what stays, what is replaced, and that nothing invalid is written."""

import json
import shutil
from pathlib import Path

import pytest

from nelm.errors import InputError
from nelm.io.case_files import read_case
from nelm.io.case_merge import merged_case, write_merged

FACTS = {
    "liver": {
        "lesions": [
            {"id": "L1", "segments": [6, 7], "diameter_mm": {"value": 33.1, "sd": 1.2}},
            {"id": "L2", "segments": [2], "diameter_mm": {"value": 12.4, "sd": 0.8}},
        ],
        "lesion_count": 2,
        "largest_mm": {"value": 33.1, "sd": 1.2},
    },
    "evidence": {"liver.lesions": {"source": "CT", "date": "2026-04-01", "series_uid": "1.2.840.1"}},
}


@pytest.fixture
def case_file(root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(root / "tests/data/demo-001.yaml", tmp_path / "case.yaml"))


def test_measured_facts_land_in_the_case_and_the_rest_stays(case_file: Path) -> None:
    before = read_case(case_file)
    write_merged(merged_case(case_file, FACTS))
    after = read_case(case_file)
    assert [lesion.id for lesion in after.liver.lesions] == ["L1", "L2"]
    assert after.liver.largest_mm is not None and after.liver.largest_mm.sd == pytest.approx(1.2)
    assert after.evidence["liver.lesions"].series_uid == "1.2.840.1"
    assert after.tumour == before.tumour and after.treatments == before.treatments
    assert after.liver.volume_ml == before.liver.volume_ml


def test_what_was_replaced_is_said(case_file: Path) -> None:
    replaced = {item.path: (item.before, item.after) for item in merged_case(case_file, FACTS).replaced}
    assert replaced["liver.lesion_count"] == ("3", "2")
    assert replaced["liver.largest_mm"] == ("31", "33.1 (sd 1.2)")
    assert set(replaced) == {"liver.lesions", "liver.lesion_count", "liver.largest_mm"}


def test_the_earlier_file_stays_beside_the_new_one(case_file: Path) -> None:
    content = case_file.read_bytes()
    backup = write_merged(merged_case(case_file, FACTS))
    assert backup.read_bytes() == content and case_file.read_bytes() != content


def test_comments_of_the_file_stay(case_file: Path) -> None:
    text = merged_case(case_file, FACTS).text
    assert "# the day of the board" in text
    assert "stated_grade: null" in text


def test_a_json_case_stays_json(case_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "case.json"
    target.write_text(
        json.dumps({"schema": "nelm.case/1", "id": "x", "as_of": "2026-05-01"}), encoding="utf-8"
    )
    assert json.loads(merged_case(target, FACTS).text)["liver"]["lesion_count"] == 2


def test_facts_that_contradict_the_case_are_refused_and_nothing_is_written(case_file: Path) -> None:
    content = case_file.read_bytes()
    with pytest.raises(InputError, match="lesion_count"):
        merged_case(case_file, {"liver": {"lesions": FACTS["liver"]["lesions"], "lesion_count": 1}})
    assert case_file.read_bytes() == content
    assert [path.name for path in case_file.parent.iterdir()] == ["case.yaml"]


def test_a_file_that_is_no_case_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "case.yaml"
    target.write_text("schema: nelm.case/1\nid: x\n", encoding="utf-8")
    with pytest.raises(InputError, match="as_of"):
        merged_case(target, FACTS)
