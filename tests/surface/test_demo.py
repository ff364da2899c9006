"""`nelm demo`: a synthetic patient from formula to plan, measured against what is true."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nelm.cli.entry import run
from nelm.imaging.phantom.patient import synthetic_patient
from nelm.io.case_files import read_case
from nelm.volume import Grid, Structure


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert run(["demo", str(folder), "--lesions", "5", "--voxel", "4"]) == 0
    return folder


def test_every_file_is_there(made: Path) -> None:
    wanted = {"case.yaml", "case.yaml~", "dicom", "for_pacs", "measured.html", "pictures", "plan.html", "plan.json",
              "plan.pdf", "truth.json"}  # fmt: skip
    assert {path.name for path in made.iterdir()} == wanted


def test_what_was_measured_is_true_within_its_limits(made: Path) -> None:
    truth = json.loads((made / "truth.json").read_text(encoding="utf-8"))
    liver = read_case(made / "case.yaml").liver
    assert liver.volume_ml is not None and liver.burden_percent is not None
    assert liver.volume_ml.estimate == pytest.approx(truth["liver_ml"], rel=0.01)
    assert liver.burden_percent.estimate == pytest.approx(truth["burden_percent"], rel=0.03)
    assert len(liver.lesions) == len(truth["lesions"])
    for lesion, true in zip(liver.lesions, truth["lesions"], strict=True):
        assert lesion.id == true["id"]
        assert lesion.volume_ml is not None and lesion.diameter_mm is not None
        assert lesion.volume_ml.interval.contains(true["volume_ml"])
        assert lesion.diameter_mm.interval.contains(true["diameter_mm"])


def test_the_files_are_valid_dicom(made: Path, program: Callable[[str], str]) -> None:
    import subprocess

    checker = program("dciodvfy")
    chosen = [made / "dicom/ct/CT0009.dcm", made / "dicom/pet/PT0009.dcm", made / "dicom/segmentation.dcm"]
    for path in (*chosen, *sorted((made / "for_pacs").iterdir())):
        said = subprocess.run([checker, str(path)], capture_output=True, text=True, check=False).stderr
        assert not [line for line in said.splitlines() if line.startswith("Error")], path.name


def test_the_plan_speaks_of_the_measured_lesions(made: Path) -> None:
    plan = json.loads((made / "plan.json").read_text(encoding="utf-8"))
    assert plan["schema"] == "nelm.plan/1"
    facts = [criterion["facts"] for option in plan["options"] for criterion in option["criteria"]]
    assert any("liver.lesion_count" in item and item["liver.lesion_count"] for item in facts)


GRIDS = (
    Grid.axial((50, 67, 84), (5, 5, 5), (-210, -160, -140)),
    Grid.axial((42, 56, 70), (6, 6, 6), (-210, -160, -140)),
)


def test_the_same_seed_is_the_same_patient() -> None:
    one, same, other = (
        synthetic_patient(seed, diameters_mm=(30, 18), ct_grid=GRIDS[0], pet_grid=GRIDS[1])
        for seed in (3, 3, 4)
    )
    assert np.array_equal(one.ct.array, same.ct.array) and np.array_equal(one.pet.array, same.pet.array)
    assert not np.array_equal(one.ct.array, other.ct.array)
    assert one.truth() == same.truth()


def test_the_anatomy_is_plausible() -> None:
    """Liver 1200 to 2200 mL and on the right, spleen on the left, lesions inside the liver, none touching."""
    patient = synthetic_patient(5, diameters_mm=(40, 25, 15), ct_grid=GRIDS[0], pet_grid=GRIDS[1])
    masks = {name: mask for name, _, mask in patient.masks}
    assert 1200 < patient.liver_ml < 2200
    middles = {
        n: m.grid.points_of(np.argwhere(m.array)).mean(axis=0)
        for n, m in masks.items()
        if n in ("liver", "spleen")
    }
    assert middles["liver"][0] < 0 < middles["spleen"][0]
    for lesion in patient.lesions:
        inside = masks[lesion.name].array
        assert (inside & masks["liver"].array).sum() > 0.95 * inside.sum()
    a, b, c = patient.lesions
    for one, two in ((a, b), (a, c), (b, c)):
        apart = np.linalg.norm(np.subtract(one.centre_mm, two.centre_mm)) - one.radius_mm - two.radius_mm
        assert apart >= 4.99
    kinds = {kind for _, kind, _ in patient.masks}
    assert {Structure.PORTAL_VEIN, Structure.HEPATIC_VEIN, Structure.INFERIOR_VENA_CAVA} <= kinds
    assert float(np.asarray(patient.pet.array).max()) > 10
