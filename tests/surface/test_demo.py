"""`nelm demo`: a synthetic patient from formula to plan, measured against what is true."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nelm.cli.entry import run
from nelm.errors import ConvergenceError, InputError
from nelm.imaging.lesions import size_of
from nelm.imaging.phantom.emission import Scanner
from nelm.imaging.phantom.lesions import LesionPlan
from nelm.imaging.phantom.patient import synthetic_patient
from nelm.imaging.phantom.trees import distance_from
from nelm.io.case_files import read_case
from nelm.volume import Grid, Structure


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert run(["demo", str(folder), "--lesions", "5", "--voxel", "4"]) == 0
    return folder


def test_every_file_is_there(made: Path) -> None:
    wanted = {"case.yaml", "case.yaml~", "dicom", "for_pacs", "ledger.json", "ledger.json~", "liver.html", "liver.json",
              "liver_pictures", "mapping.html",
              "mapping.json", "measured.html", "pictures", "plan.html", "plan.json", "plan.pdf",
              "radioembolisation_doses.html", "radioembolisation_doses.json", "therapy_doses.html",
              "therapy_doses.json", "truth.json"}  # fmt: skip
    assert {path.name for path in made.iterdir()} == wanted


def test_what_was_measured_is_true_within_its_limits(made: Path) -> None:
    truth = json.loads((made / "truth.json").read_text(encoding="utf-8"))["time_points"][1]
    liver = read_case(made / "case.yaml").liver
    assert liver.volume_ml is not None and liver.burden_percent is not None
    assert liver.volume_ml.estimate == pytest.approx(truth["liver_ml"], rel=0.01)
    assert liver.burden_percent.estimate == pytest.approx(truth["burden_percent"], rel=0.03)
    assert len(liver.lesions) == len(truth["lesions"])
    found = {lesion.id: lesion for lesion in liver.lesions}
    for true in truth["lesions"]:
        # the new one gets the next free number
        lesion = found["L6" if true["id"] == "N1" else true["id"]]
        assert lesion.volume_ml is not None and lesion.diameter_mm is not None
        assert lesion.volume_ml.interval.contains(true["volume_ml"])
        assert lesion.diameter_mm.interval.contains(true["axial_mm"])


def test_a_pair_became_one_and_a_new_lesion_was_found(made: Path) -> None:
    names = {lesion.id for lesion in read_case(made / "case.yaml").liver.lesions}
    assert any("+" in name for name in names if name) and "L6" in names


def test_the_files_are_valid_dicom(made: Path, program: Callable[[str], str]) -> None:
    import subprocess

    checker = program("dciodvfy")
    now = made / "dicom/follow_up"
    chosen = [
        now / "ct/CT0009.dcm",
        now / "pet_sstr/PT0009.dcm",
        now / "pet_fdg/PT0009.dcm",
        now / "segmentation.dcm",
    ]
    chosen += sorted((made / "dicom/therapy").glob("*/NM0001.dcm"))
    chosen += sorted((made / "dicom/mapping").glob("*/NM0001.dcm"))
    chosen += [made / "dicom/mapping/segmentation.dcm", made / "dicom/radioembolisation/pet/PT0009.dcm"]
    assert len(chosen) == 12
    written = [
        path for path in sorted((made / "for_pacs").rglob("*.dcm")) if not path.name.startswith("RTDOSE")
    ]
    for path in (*chosen, *written):  # dciodvfy stops at any 32-bit pixel data, which RT Dose has
        said = subprocess.run([checker, str(path)], capture_output=True, text=True, check=False).stderr
        assert not [line for line in said.splitlines() if line.startswith("Error")], path.name


def test_both_therapies_are_in_one_ledger(made: Path) -> None:
    found = json.loads((made / "ledger.json").read_text(encoding="utf-8"))
    assert [entry["nuclide"] for entry in found["entries"]] == ["Lu-177", "Y-90"]
    document = json.loads((made / "radioembolisation_doses.json").read_text(encoding="utf-8"))
    liver = next(one for one in document["all_administrations"] if one["kind"] == "liver without lesions")
    parts = [part["value"] for part in liver["by_therapy_gy"].values()]
    assert len(parts) == 2 and liver["absorbed_dose_gy"]["value"] == pytest.approx(sum(parts), rel=1e-4)


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
    patients = [synthetic_patient(seed, LesionPlan((30, 18))) for seed in (3, 3, 4)]
    one, same, other = (patient.tomography(GRIDS[0]).ct.array for patient in patients)
    assert np.array_equal(one, same) and not np.array_equal(one, other)
    first, second, _ = (patient.positron_emission(GRIDS[1], Scanner(6.0)).array for patient in patients)
    assert np.array_equal(first, second)
    assert patients[0].truth({0: 1700.0}) == patients[1].truth({0: 1700.0})


def test_the_anatomy_is_plausible() -> None:
    """Liver 1200 to 2200 mL and on the right, spleen on the left, lesions inside the liver, none touching."""
    patient = synthetic_patient(5, LesionPlan((40, 25, 15)))
    drawn = patient.tomography(GRIDS[0])
    masks = {name: mask for name, _, mask in drawn.masks}
    assert 1200 < drawn.liver_ml < 2200
    middles = {
        n: m.grid.points_of(np.argwhere(m.array)).mean(axis=0)
        for n, m in masks.items()
        if n in ("liver", "spleen")
    }
    assert middles["liver"][0] < 0 < middles["spleen"][0]
    for lesion in patient.lesions:
        inside = masks[lesion.name].array
        assert (inside & masks["liver"].array).sum() > 0.95 * inside.sum()
    for one, two in itertools.combinations(patient.lesions, 2):
        apart = np.linalg.norm(np.subtract(one.centre_mm, two.centre_mm)) - one.reach_mm - two.reach_mm
        assert apart >= 4.99
    kinds = {kind for _, kind, _ in drawn.masks}
    assert {Structure.PORTAL_VEIN, Structure.HEPATIC_VEIN, Structure.INFERIOR_VENA_CAVA} <= kinds


def test_true_sizes_are_those_of_the_drawn_lesions_at_every_time() -> None:
    """The formula against counting voxels of 1 mm, in poses that are turned and shifted, for a merged pair too."""
    patient = synthetic_patient(2, LesionPlan((34, 30, 26, 22), merges=1, new=1), time_points=3)
    assert [len(patient.true_lesions(time)) for time in range(3)] == [4, 5, 4]
    (merged,) = [one for one in patient.true_lesions(2) if "+" in one.name]
    for time in (0, 2):
        for lesion in patient.true_lesions(time):
            half = round(lesion.longest_mm * (1 if lesion == merged else 0.65))
            low = np.array(lesion.centre_mm) - half
            masks = {name: mask for name, _, mask in patient.tomography(
                Grid.axial((2 * half,) * 3, (1, 1, 1), low.tolist()), time_point=time).masks}  # fmt: skip
            mask = masks[lesion.name]
            assert mask.volume_ml == pytest.approx(lesion.volume_ml, rel=0.02)
            assert size_of(mask).longest.mm.value == pytest.approx(lesion.longest_mm, abs=1.2)
            assert size_of(mask).axial.mm.value == pytest.approx(lesion.axial_mm, abs=1.2)
    assert merged.volume_ml < sum(
        one.volume_ml(2) for one in patient.lesions if one.name in merged.name.split("+")
    )


def test_vessels_obey_murray_and_keep_apart() -> None:
    """The cube of a parent's radius is the sum of its children's; portal and hepatic veins do not touch."""
    vessels = synthetic_patient(6, LesionPlan((30,))).vessels
    tree = vessels.portal
    for node in range(1, len(tree.parent)):
        children = np.flatnonzero(tree.parent == node)
        if len(children):
            assert tree.radius_mm[node] ** 3 == pytest.approx((tree.radius_mm[children] ** 3).sum(), rel=1e-6)
    for vein in vessels.hepatic:
        assert distance_from(vessels.portal, vein.points_mm[1:]).min() > 0


def test_an_image_after_therapy_decays_as_it_was_made() -> None:
    patient = synthetic_patient(7, LesionPlan((40,), receptor_negative=0))
    grid, scanner = Grid.axial((84, 112, 140), (3, 3, 3), (-210, -160, -140)), Scanner(1e-3, noise=0)
    images = [patient.after_therapy(grid, scanner, after_h=after).array for after in (24, 116)]
    k, j, i = np.round(grid.indices_of([patient.lesions[0].centre_mm])[0]).astype(int)
    assert images[1][k, j, i] / images[0][k, j, i] == pytest.approx(0.5, rel=1e-4)  # 92 h


def test_a_liver_too_full_is_refused() -> None:
    with pytest.raises(ConvergenceError, match="no place"):
        synthetic_patient(1, LesionPlan((120, 110, 100, 90)))
    with pytest.raises(InputError, match="positive"):
        LesionPlan((10, -3))
