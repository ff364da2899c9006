"""`nelm measure`, from files to facts, pages, cases and DICOM; and what it says of bad input."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from tests.balls import Ellipsoid, ball
from tests.phantoms import LESIONS, LIVER, write_study

from nelm.case import parse_case
from nelm.cli.entry import run
from nelm.io.case_files import read_case
from nelm.io.segmentation import read_seg


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_study(tmp_path_factory.mktemp("study"), suv={0: 30.0, 1: 12.0, 2: 1.0})


def facts(paths: list[str], capsys: pytest.CaptureFixture[str]) -> dict:
    capsys.readouterr()
    assert run(["measure", *paths]) == 0
    return json.loads(capsys.readouterr().out)


def test_facts_are_those_of_the_phantom(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    liver = facts([str(study)], capsys)["liver"]
    assert liver["lesion_count"] == 3
    assert liver["volume_ml"]["value"] == pytest.approx(LIVER.volume_ml, rel=0.01)
    truth = 100 * sum(b.volume_ml for b in LESIONS) / LIVER.volume_ml
    assert liver["burden_percent"]["value"] == pytest.approx(truth, rel=0.03)
    for lesion, body in zip(liver["lesions"], LESIONS, strict=True):
        assert abs(lesion["diameter_mm"]["value"] - 2 * body.half_axes[0]) < 2.5  # a voxel is 2 x 2 x 3 mm
        assert lesion["volume_ml"]["value"] == pytest.approx(body.volume_ml, rel=0.08)


def test_facts_make_a_valid_case_with_evidence(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = facts([str(study)], capsys)
    case = parse_case({"schema": "nelm.case/1", "id": "x", "as_of": "2026-05-01", **found}, origin="test")
    assert case.liver.largest_mm is not None and case.liver.largest_mm.sd is not None
    assert str(case.evidence["liver.burden_percent"].date) == "2026-03-02"
    assert case.evidence["liver.lesions"].series_uid is not None


def test_receptor_facts_are_relations_to_liver_and_spleen(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sstr = facts([str(study)], capsys)["receptor_imaging"]["sstr"]
    assert sstr["tracer"] == "68Ga-DOTATATE"
    assert sstr["uptake"] == "above_spleen"
    assert sstr["positive"] is True
    assert sstr["suv_max"] == pytest.approx(30, rel=0.15)
    assert sstr.get("extent") in (None, "some")  # the cold lesion is small: its relation may not be decided


def test_one_label_for_all_lesions_is_parted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    liver = facts([str(write_study(tmp_path, one_label=True))], capsys)["liver"]
    assert liver["lesion_count"] == 3
    assert [lesion["id"] for lesion in liver["lesions"]] == ["L1", "L2", "L3"]


def test_an_earlier_examination_gives_names_and_fates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_study(tmp_path / "old", seed="old", at=datetime(2025, 9, 1, 9, 0))
    grown = (
        Ellipsoid(LESIONS[0].centre, LESIONS[0].half_axes * 1.15, np.eye(3)),
        LESIONS[2],
        ball((-45, 20, 20), 9),
    )
    write_study(tmp_path / "new", lesions=grown, seed="newer", shift_mm=(6.0, -4.0, 9.0))
    capsys.readouterr()
    assert run(["measure", str(tmp_path / "new"), "--earlier", str(tmp_path / "old")]) == 0
    captured = capsys.readouterr()
    names = {lesion["id"] for lesion in json.loads(captured.out)["liver"]["lesions"]}
    assert names == {"L1", "L3", "L4"}  # two as before, one new; L2 is not seen
    assert "not seen: L2" in captured.err and "new: -" in captured.err


def test_everything_is_written(
    study: Path, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = Path(shutil.copy(root / "tests/data/demo-001.yaml", tmp_path / "case.yaml"))
    command = ["measure", str(study), "--into", str(case), "--html", str(tmp_path / "m.html"), "--pictures",
               str(tmp_path / "p"), "--dicom", str(tmp_path / "d"), "--resect", "right_hemihepatectomy"]  # fmt: skip
    assert run(command) == 0
    assert len(read_case(case).liver.lesions) == 3
    assert (tmp_path / "case.yaml~").exists()
    page = (tmp_path / "m.html").read_text(encoding="utf-8")
    assert page.count("data:image/png") == 4 and "not a medical device" in page.lower()
    assert {p.name for p in (tmp_path / "p").iterdir()} == {"L1.png", "L2.png", "L3.png", "liver.png"}
    written = {p.name for p in (tmp_path / "d").iterdir()}
    assert written == {"SEG_anatomy.dcm", "SEG_lesions.dcm", "SR_measurements.dcm", "RTSTRUCT.dcm"}
    assert [s.tracking_id for s in read_seg(tmp_path / "d" / "SEG_lesions.dcm").segments] == [
        "L1",
        "L2",
        "L3",
    ]
    said = capsys.readouterr().err
    assert "replaced liver.lesion_count" in said or "replaced liver.largest_mm" in said


def test_the_same_study_gives_the_same_facts(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert facts([str(study)], capsys) == facts([str(study)], capsys)


def test_an_unknown_name_can_be_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import nibabel
    from tests.balls import mask_of
    from tests.phantoms import GRID

    lps_to_ras = np.diag([-1.0, -1.0, 1.0, 1.0])
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = GRID.matrix[:3, 2::-1], GRID.matrix[:3, 3]
    for name, body in (("organ_x", LIVER), ("spot_y", LESIONS[0])):
        array = mask_of([body], GRID).array.transpose(2, 1, 0).astype(np.uint8)
        nibabel.Nifti1Image(array, lps_to_ras @ affine).to_filename(tmp_path / f"{name}.nii.gz")
    capsys.readouterr()
    assert run(["measure", str(tmp_path)]) == 3
    assert "--as NAME=liver" in capsys.readouterr().err
    found = facts([str(tmp_path), "--as", "organ_x.nii.gz=liver", "--as", "spot_y.nii.gz=lesion"], capsys)
    assert found["liver"]["lesion_count"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["measure", "/no/such/folder"], 3, "folder"),
        (["measure", ".", "--as", "x=organ"], 2, "STRUCTURE"),
        (["measure", ".", "--resect", "everything"], 3, "resection"),
        (["measure"], 2, "STUDY"),
    ],
)
def test_wrong_use_is_explained(
    arguments: list[str], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == code
    assert said in capsys.readouterr().err


def test_a_folder_of_anything_else_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see", encoding="utf-8")
    assert run(["measure", str(tmp_path)]) == 3
    assert "expected images or segmentations" in capsys.readouterr().err


def test_ircad_from_its_folders(
    shared_path: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Real CT and masks: the volumes of the study's own masks, distances within a voxel (1.6 x 0.74 x 0.74 mm)."""
    import tarfile

    for name in ("PATIENT_DICOM", "MASKS_DICOM"):
        with tarfile.open(shared_path(f"data/ircad17/{name}.tar.xz")) as archive:
            archive.extractall(tmp_path, filter="data")
    liver = facts([str(tmp_path), "--resect", "left_hemihepatectomy"], capsys)["liver"]
    assert liver["volume_ml"]["value"] == pytest.approx(1860.6, abs=0.5)
    first, second = liver["lesions"]
    assert first["volume_ml"]["value"] == pytest.approx(85.6, abs=0.05)
    assert second["volume_ml"]["value"] == pytest.approx(78.6, abs=0.05)
    assert liver["burden_percent"]["value"] == pytest.approx(8.8, abs=0.05)
    assert abs(first["to_major_vessel_mm"]["value"] - 1.6) <= 1.6
    assert abs(second["to_major_vessel_mm"]["value"] - 0.74) <= 0.743
    assert liver["lobes"] == "both"
    assert 600 < liver["future_liver_remnant_ml"]["value"] < 1020
