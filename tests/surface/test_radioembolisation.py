"""`nelm dose` before and after radioembolisation: shunt, T/N and doses against what is true; and what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pydicom
import pytest

from nelm.app.demonstration import CASE, _examination, _write_segmentation
from nelm.app.demonstration_mapping import DELIVERED_GBQ, TREATED_AT, MappingFolders, write_radioembolisation
from nelm.cli.entry import run
from nelm.imaging.phantom.lesions import LesionPlan
from nelm.imaging.phantom.microspheres import decayed
from nelm.imaging.phantom.patient import synthetic_patient
from nelm.io.dicom import find_series, read_volume
from nelm.io.dicom_out import Tracer, write_spect
from nelm.quantities import Estimate

RESOLVED_ML = 15.0
"""Volume from which the recovery of a SPECT of 12 mm exceeds one half, so that its correction does not decide."""


@dataclass(frozen=True)
class Made:
    """The two examinations, the case, and what is true."""

    mapping: Path
    delivered: Path
    case: Path
    plan: Path
    truth: dict


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("spheres")
    patient = synthetic_patient(2, LesionPlan((44, 34, 24)), time_points=2)
    folders = MappingFolders(folder / "mapping", folder / "delivered")
    truth = write_radioembolisation(
        patient, folders, voxel_mm=2.6, examination=_examination, write_segmentation=_write_segmentation
    )
    case = folder / "case.yaml"
    case.write_text(CASE.format(seed=2), encoding="utf-8")
    made = Made(folders.mapping, folders.delivered, case, folder / "plan.json", truth)
    arguments = ["--case", str(case), "--resolution", "12", "--engine", "local", "--tumour-dose", "resin=120"]
    more = ["--vial", "resin=3.0@2026-03-19T12:00+01:00", "--html", str(folder / "plan.html")]
    assert run(["dose", str(made.mapping), *arguments, *more, "--json", str(made.plan)]) == 0
    return made


@pytest.fixture(scope="module")
def plan(made: Made) -> dict:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} in the document")

    return json.loads(made.plan.read_text(encoding="utf-8"), parse_constant=refuse)


def estimate(document: dict) -> Estimate:
    return Estimate(document["value"], document["low"], document["high"])


def test_the_lung_shunt_is_true_within_its_limits_and_planar_views_overestimate_it(
    made: Made, plan: dict
) -> None:
    spect, planar = (
        estimate(plan["lung_shunt"]["fraction"]),
        estimate(plan["lung_shunt_beside"][0]["fraction"]),
    )
    assert plan["lung_shunt"]["method"].startswith("SPECT/CT")
    assert spect.low < made.truth["lung_shunt"] < spect.high
    assert planar.value > 1.1 * spect.value  # attenuation and scatter of the phantom alone give 20 to 40 %
    said = [remark["label"] for remark in plan["lung_shunt_beside"][0]["remarks"]]
    assert "planar overestimates" in said


def test_the_ratio_of_concentrations_is_true_within_its_limits(made: Made, plan: dict) -> None:
    (territory,) = plan["territories"]
    ratio = estimate(territory["tumour_to_normal"])
    assert ratio.low < made.truth["tumour_to_normal"] < ratio.high
    assert ratio.value == pytest.approx(made.truth["tumour_to_normal"], rel=0.15)
    assert territory["name"] == made.truth["territory"]


def test_predicted_doses_are_true_within_their_limits(made: Made, plan: dict) -> None:
    """Truth: energy that stays where it is released, on the voxels of the CT; engine and limits of the plan alike."""
    found = {row["name"]: row for row in plan["predicted"]["Y-90"]}
    normal = estimate(found["perfused liver without lesions"]["gy_per_gbq"]).scaled(DELIVERED_GBQ)
    assert normal.value == pytest.approx(made.truth["perfused_normal_gy"], rel=0.05)
    for lesion in made.truth["lesions"]:
        dose = estimate(found[lesion["segment"]]["gy_per_gbq"]).scaled(DELIVERED_GBQ)
        if lesion["perfused_share"] > 0.99:
            assert dose.low < lesion["dose_gy"] < dose.high
        if lesion["perfused_share"] > 0.99 and lesion["volume_ml"] > RESOLVED_ML:
            assert dose.value == pytest.approx(lesion["dose_gy"], rel=0.12)


def test_every_device_has_its_methods_side_by_side(plan: dict) -> None:
    methods = {one["device"]: {m["method"]: m for m in one["methods"]} for one in plan["devices"]}
    resin, glass, holmium = (
        methods[f"radioembolisation.{name}"] for name in ("y90_resin", "y90_glass", "ho166")
    )
    assert len(resin) == 4
    assert len(glass) == len(holmium) == 3
    assert [name for name, one in glass.items() if one["is_label_method"]] == [
        "mean dose to the perfused mass"
    ]
    assert glass["mean dose to the perfused mass"][
        "missing"
    ]  # no dose was asked for, and there is no default
    for partition in (resin["partition"], glass["partition"], holmium["partition"]):
        voxels = partition["delivered_gbq"]["value"]
        assert voxels > 0.0
    near = (
        resin["partition"]["delivered_gbq"]["value"],
        resin["voxels of the mapping SPECT"]["delivered_gbq"]["value"],
    )
    # one compartment for all tumour of 1.00 g/mL against voxels of 1.06 g/mL
    assert near[1] / near[0] == pytest.approx(1.06, abs=0.1)
    for device in plan["devices"]:
        assert "No dose to tumour is established for neuroendocrine metastases" in device["threshold"]["text"]
        assert device["thresholds"] == []


def test_the_vial_fits_when_it_has_decayed_to_what_is_drawn(plan: dict) -> None:
    for one in plan["vials"]:
        hours = (
            datetime.fromisoformat(one["exact_at"]) - datetime.fromisoformat(one["calibrated_at"])
        ).total_seconds() / 3600
        assert 3.0 * 0.5 ** (hours / 64.1) == pytest.approx(one["to_draw_gbq"], rel=1e-3)  # 64.1 h: ICRP-107


def test_the_page_says_what_the_document_says(made: Made) -> None:
    page = made.plan.with_suffix(".html").read_text(encoding="utf-8")
    for words in ("Lungs", "90Y resin", "166Ho", "Dose thresholds", "Late toxicity", "Sources"):
        assert words in page
    assert "<script" not in page
    assert "not a medical device" in page.lower()


@pytest.fixture(scope="module")
def after(made: Made) -> dict:
    target = made.plan.with_name("after.json")
    page = made.plan.with_name("after.html")
    arguments = ["--resolution", "6.5", "--engine", "local", "--planned", str(made.plan)]
    assert run(["dose", str(made.delivered), *arguments, "--json", str(target), "--html", str(page)]) == 0
    return json.loads(target.read_text(encoding="utf-8"))


def test_delivered_doses_are_those_of_the_phantom(made: Made, after: dict) -> None:
    """PET of 6.5 mm with 15 % of noise a voxel; outlines of voxels of 4 mm decide the dose of the smallest lesion."""
    (given,) = after["administrations"]
    assert given["nuclide"] == "Y-90"
    found = {row["name"]: row for row in given["regions"]}
    normal = found["perfused liver without lesions"]["absorbed_dose_gy"]["value"]
    assert normal == pytest.approx(made.truth["perfused_normal_gy"], rel=0.04)
    for lesion in made.truth["lesions"]:
        if lesion["perfused_share"] > 0.99:
            dose = estimate(found[lesion["segment"]]["absorbed_dose_gy"])
            assert dose.low < lesion["dose_gy"] < dose.high
        if lesion["perfused_share"] > 0.99 and lesion["volume_ml"] > RESOLVED_ML:
            assert dose.value == pytest.approx(lesion["dose_gy"], rel=0.1)
    assert found["liver without lesions"]["absorbed_dose_gy"] is not None  # the spared part has a dose, too
    said = [check["text"] for check in given["checks"]]
    assert not [text for text in said if "after the last image" in text]


def test_planned_and_delivered_agree_where_the_same_was_given(made: Made, after: dict) -> None:
    rows = {row["name"]: row for row in after["planned_against_delivered"]}
    for name in ("perfused liver without lesions", "lung", "L1"):
        ratio = estimate(rows[name]["ratio"])
        assert ratio.low < 1.0 < ratio.high
        assert ratio.value == pytest.approx(1.0, abs=0.2)
    page = made.plan.with_name("after.html").read_text(encoding="utf-8")
    assert "Planned against delivered" in page


def test_bremsstrahlung_in_counts_with_a_known_activity(made: Made, tmp_path: Path) -> None:
    """The patient is the phantom: counts of the same spheres, scaled to what was left of them."""
    (series,) = find_series([made.mapping / "spect"]).series
    counts = read_volume(series)
    at = TREATED_AT + timedelta(hours=18)
    tracer = Tracer("90Y resin microspheres", "Y-90", DELIVERED_GBQ * 1e9, TREATED_AT, 64.1 * 3600)
    write_spect(
        counts, tmp_path / "spect", _examination(at), number=4, description="bremsstrahlung", tracer=tracer
    )
    shutil.copytree(made.delivered / "ct", tmp_path / "ct")
    shutil.copy(made.delivered / "segmentation.dcm", tmp_path)
    target = tmp_path / "doses.json"
    left = decayed(DELIVERED_GBQ * 1e3, hours=18 + 0.25, half_life_h=64.1)
    arguments = [
        "--known-activity",
        f"{left:.2f}",
        "--resolution",
        "12",
        "--engine",
        "local",
        "--json",
        str(target),
    ]
    assert run(["dose", str(tmp_path), *arguments]) == 0
    (given,) = json.loads(target.read_text(encoding="utf-8"))["administrations"]
    found = {row["name"]: row for row in given["regions"]}
    normal = found["perfused liver without lesions"]["absorbed_dose_gy"]["value"]
    assert normal == pytest.approx(made.truth["perfused_normal_gy"], rel=0.05)
    lesion = made.truth["lesions"][0]
    assert found["L1"]["absorbed_dose_gy"]["value"] == pytest.approx(lesion["dose_gy"], rel=0.12)


def planned(
    made: Made, capsys: pytest.CaptureFixture[str], *arguments: str, study: Path | None = None
) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(["dose", str(study or made.mapping), "--engine", "local", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_without_a_case_and_lungs_the_methods_say_what_is_missing(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = planned(made, capsys, "--as", "lungs=other")
    assert code == 0
    document = json.loads(out)
    assert document["lung_shunt"] is None
    assert document["lung_mass_is_assumed"]
    resin = {one["method"]: one for one in document["devices"][0]["methods"]}
    assert set(resin["body surface"]["missing"]) == {"body surface", "lung shunt fraction"}
    assert "lung dose of earlier sessions" in resin["partition"]["missing"]
    assert any("--case" in one["text"] for one in document["remarks"])


def without(folder: str) -> Callable[[Path, Path], Path]:
    def copied(source: Path, target: Path) -> Path:
        return Path(shutil.copytree(source, target / "study", ignore=shutil.ignore_patterns(folder)))

    return copied


def test_a_study_without_ct_or_lesions_is_refused(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, said = planned(made, capsys, study=without("ct")(made.mapping, tmp_path))
    assert (code, "no CT" in said) == (3, True)
    named = [part for n in range(1, 5) for part in ("--as", f"L{n}=other")]
    code, _, said = planned(made, capsys, *named)
    assert (code, "no lesion" in said) == (3, True)


def test_planar_views_that_cannot_be_used_are_refused(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source,) = sorted((made.mapping / "planar").iterdir())
    for name, change, expected in (
        ("one_view", one_view, "posterior image"),
        ("iodine", of_iodine, "planar nuclide"),
        ("stranger", of_somebody_else, "planar patient"),
        ("noise", nothing_but_noise, "do not look like the SPECT"),
    ):
        dataset = pydicom.dcmread(source)
        change(dataset)
        target = tmp_path / f"{name}.dcm"
        dataset.save_as(target)
        code, _, said = planned(made, capsys, "--planar", str(target))
        assert code in (3, 5), name
        assert expected in said


def one_view(dataset: pydicom.Dataset) -> None:
    half = len(dataset.PixelData) // 2
    dataset.PixelData, dataset.NumberOfFrames = dataset.PixelData[:half], 1
    dataset.EnergyWindowVector, dataset.DetectorVector = 1, 1


def of_iodine(dataset: pydicom.Dataset) -> None:
    drug = dataset.RadiopharmaceuticalInformationSequence[0]
    drug.Radiopharmaceutical, del_code = "131I-MIBG", drug.RadionuclideCodeSequence[0]
    del_code.CodeValue, del_code.CodeMeaning = "C-B1134", "^131^Iodine"


def of_somebody_else(dataset: pydicom.Dataset) -> None:
    dataset.PatientID = "SOMEBODY-ELSE"


def nothing_but_noise(dataset: pydicom.Dataset) -> None:
    shape = (2, dataset.Rows, dataset.Columns)
    dataset.PixelData = np.random.default_rng(1).poisson(20, shape).astype(np.uint16).tobytes()


def test_the_case_of_another_body_is_refused(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "case.yaml"
    other.write_text(CASE.format(seed=9).replace("height_cm: 166", "height_cm: 190"), encoding="utf-8")
    code, _, said = planned(made, capsys, "--case", str(other))
    assert (code, "height_cm" in said) == (3, True)


def test_a_plan_of_somebody_else_or_of_something_else_is_refused(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(made.plan.read_text(encoding="utf-8"))
    for change, expected in (
        ({"patient_key": "0" * 16}, "another patient"),
        ({"schema": "nelm.dose/1"}, "nelm.mapping/1"),
        ({"predicted": {"Ho-166": []}}, "Y-90"),
        ({"predicted": {"Y-90": [{"name": "L1", "kind": "lesion", "gy_per_gbq": {"value": -1, "low": 0, "high": 1}}]}},
         "cannot be read"),
    ):  # fmt: skip
        other = tmp_path / "plan.json"
        other.write_text(json.dumps({**document, **change}), encoding="utf-8")
        code, _, said = planned(made, capsys, "--planned", str(other), study=made.delivered)
        assert code == 3
        assert expected in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("--vial", "resin=3.0@2026-03-19T12:00"),
        ("--vial", "resin=3.0@soon"),
        ("--tumour-dose", "steel=120"),
        ("--mean-dose", "glass=-5"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    made: Made, capsys: pytest.CaptureFixture[str], arguments: tuple[str, str]
) -> None:
    code, _, said = planned(made, capsys, *arguments)
    assert code == 2
    assert "Invalid value" in said
