"""`nelm dose`, from DICOM to doses, pages, objects and the ledger; and what it says of bad input."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.therapy_studies import (
    INJECTED_AT,
    KIDNEYS,
    LESIONS,
    RESOLUTION_MM,
    SOURCES,
    SPLEEN,
    write_therapy,
)

from nelm.cli.entry import run
from nelm.io.dicom import read_dose
from nelm.io.ledger_files import read_ledger

RESOLUTION = ["--resolution", f"{RESOLUTION_MM:g}"]
BOUNDS = {"left kidney": 0.05, "right kidney": 0.05, "spleen": 0.03, "L1": 0.03, "L2": 0.03}
"""Relative error of the time-integrated activity: the bars of the issue, which are below those of cleared products."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_therapy(tmp_path_factory.mktemp("therapy"))


@pytest.fixture(scope="module")
def made(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doses")
    assert run(["dose", str(study), *RESOLUTION, "--json", str(folder / "dose.json"), "--html",
                str(folder / "dose.html"), "--dicom", str(folder / "dicom"), "--ledger", str(folder / "ledger.json"),
                "--camera", "camera A"]) == 0  # fmt: skip
    return folder


def document(folder: Path) -> dict:
    return json.loads((folder / "dose.json").read_text(encoding="utf-8"))


def regions(found: dict, place: int = 0) -> dict[str, dict]:
    return {region["name"]: region for region in found["administrations"][place]["regions"]}


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str], code: int = 3) -> str:
    capsys.readouterr()
    assert run(["dose", *arguments, "--json", "/dev/null"]) == code
    return capsys.readouterr().err


def test_activities_are_those_of_the_phantom(made: Path) -> None:
    found = regions(document(made))
    truth = {
        "left kidney": KIDNEYS[0],
        "right kidney": KIDNEYS[1],
        "spleen": SPLEEN,
        "L1": LESIONS[0],
        "L2": LESIONS[1],
    }
    for name, source in truth.items():
        measured = found[name]["time_integrated_activity_mbq_h"]
        assert measured == pytest.approx(source.integral_mbq_h, rel=BOUNDS[name]), name
        half_life = found[name]["kinetics"]["effective_half_life_h"]
        assert half_life == pytest.approx(source.half_life_h, rel=0.05), name


def test_doses_are_activity_times_energy_over_mass(made: Path) -> None:
    found = regions(document(made))
    for name in ("left kidney", "spleen", "L1"):
        region = found[name]
        # electrons of 147.92 keV stay, and 1 to 6 % of it comes by photons: 0.0853 Gy g/(MBq h)
        local = 0.0853 * region["time_integrated_activity_mbq_h"] / region["mass_g"]
        assert 0.98 * local < region["absorbed_dose_gy"]["value"] < 1.12 * local, name
        assert (
            region["absorbed_dose_gy"]["low"]
            < region["absorbed_dose_gy"]["value"]
            < region["absorbed_dose_gy"]["high"]
        )


def test_the_liver_is_named_with_and_without_its_lesions(made: Path) -> None:
    found = regions(document(made))
    without, whole = found["liver without lesions"], found["liver with lesions"]
    assert whole["volume_ml"] == pytest.approx(
        without["volume_ml"] + sum(found[n]["volume_ml"] for n in ("L1", "L2"))
    )
    assert whole["absorbed_dose_gy"]["value"] > without["absorbed_dose_gy"]["value"]


def test_the_document_says_what_it_rests_on(made: Path) -> None:
    found = document(made)
    assert found["schema"] == "nelm.dose/1" and "not a medical device" in found["notice"].lower()
    only = found["administrations"][0]
    assert only["activity_mbq"] == 7400 and only["nuclide"] == "Lu-177"
    assert any("half-life 159.5" in text for text in only["constants"])
    assert {part["component"] for part in regions(found)["spleen"]["budget"]} >= {
        "outline",
        "calibration",
        "fit",
    }
    assert found["further_cycles"]["limits"] and found["all_administrations"]


def test_the_page_shows_every_region(made: Path) -> None:
    page = (made / "dose.html").read_text(encoding="utf-8")
    for name in regions(document(made)):
        assert name in page
    assert "Further cycles" in page and "All administrations together" in page


def test_dicom_objects_are_valid_and_read_back(made: Path, program: Callable[[str], str]) -> None:
    checker = program("dciodvfy")
    files = {path.stem: path for path in (made / "dicom").glob("*.dcm")}
    assert set(files) == {"SEG_regions", "RTSTRUCT", "RTDOSE_1", "PM_TIA_1", "PM_half_life_1", "SR_doses_1"}
    for name, path in files.items():
        if name != "RTDOSE_1":  # dciodvfy stops at any 32-bit pixel data
            done = subprocess.run([checker, str(path)], capture_output=True, text=True, check=False)
            assert "Error" not in done.stderr, (name, done.stderr[:300])
    dose = read_dose(files["RTDOSE_1"])
    spleen = regions(document(made))["spleen"]
    inside = SPLEEN.shape.at(dose.grid)
    mean = float(np.asarray(dose.array, dtype=np.float64)[inside].mean())
    assert mean == pytest.approx(spleen["absorbed_dose_gy"]["value"], rel=0.02)  # outlines on two grids


def test_the_ledger_remembers_and_refuses_other_numbers(
    study: Path, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = tmp_path / "ledger.json"
    shutil.copy(made / "ledger.json", ledger)
    (entry,) = read_ledger(ledger).entries
    assert entry.option == "prrt.lu177_dotatate" and entry.cycle == 1 and entry.activity_mbq == 7400
    again = ["dose", str(study), *RESOLUTION, "--json", str(tmp_path / "x.json"), "--ledger", str(ledger)]
    assert run([*again, "--camera", "camera A"]) == 0
    assert len(read_ledger(ledger).entries) == 1
    message = refused(
        [str(study), "--resolution", "8", "--ledger", str(ledger), "--camera", "camera A"], capsys
    )
    assert "--replace" in message
    assert run([*again, "--camera", "camera A", "--cycle", "2", "--course", "other", "--replace"]) == 3


def test_two_cycles_are_two_administrations(study: Path, tmp_path: Path) -> None:
    both = tmp_path / "both"
    shutil.copytree(study, both)
    later = INJECTED_AT + timedelta(weeks=8)
    weaker = tuple(
        type(one)(one.name, one.structure, one.shape, 0.8 * one.mbq, one.half_life_h) for one in SOURCES
    )
    write_therapy(
        both / "second", sources=weaker, injected_at=later, times_h=(24.0, 120.0), with_anatomy=False
    )
    target = tmp_path / "dose.json"
    arguments = [
        "--json",
        str(target),
        "--ledger",
        str(tmp_path / "l.json"),
        "--dicom",
        str(tmp_path / "dicom"),
    ]
    assert run(["dose", str(both), *RESOLUTION, *arguments]) == 0
    found = json.loads(target.read_text(encoding="utf-8"))
    first, second = regions(found), regions(found, 1)
    ratio = second["spleen"]["absorbed_dose_gy"]["value"] / first["spleen"]["absorbed_dose_gy"]["value"]
    assert ratio == pytest.approx(0.8, rel=0.05)
    total = next(one for one in found["all_administrations"] if one["name"] == "spleen")["absorbed_dose_gy"][
        "value"
    ]
    assert total == pytest.approx(
        sum(one["spleen"]["absorbed_dose_gy"]["value"] for one in (first, second)), rel=1e-4
    )
    assert found["further_cycles"]["given_gbq"] == [7.4, 7.4]
    whole = read_dose(tmp_path / "dicom" / "RTDOSE_sum.dcm")
    mean = float(np.asarray(whole.array, dtype=np.float64)[SPLEEN.shape.at(whole.grid)].mean())
    assert mean == pytest.approx(total, rel=0.02)  # outlines on two grids


def test_counts_need_a_calibration_and_then_agree(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = write_therapy(tmp_path / "counts", counts_per_mbq_s=9.5)
    message = refused([str(counts), *RESOLUTION], capsys)
    assert "--calibration" in message
    target = tmp_path / "dose.json"
    assert run(["dose", str(counts), *RESOLUTION, "--calibration", "9.5", "--json", str(target)]) == 0
    ours = regions(json.loads(target.read_text(encoding="utf-8")))
    for name, region in regions(document(made)).items():
        if name in BOUNDS:  # whole counts: rounding of faint voxels
            dose = ours[name]["absorbed_dose_gy"]["value"]
            assert dose == pytest.approx(region["absorbed_dose_gy"]["value"], rel=0.01), name


def test_dead_time_raises_the_dose(study: Path, made: Path, tmp_path: Path) -> None:
    target = tmp_path / "dose.json"
    rates = [item for _ in range(4) for item in ("--observed-rate", "60000")]
    arguments = ["--dead-time", "3", *rates, "--json", str(target)]
    assert run(["dose", str(study), *RESOLUTION, *arguments]) == 0
    before, after = (
        regions(document(made))["spleen"],
        regions(json.loads(target.read_text(encoding="utf-8")))["spleen"],
    )
    # m = n exp(-n tau): 75 178 exp(-3e-6 x 75 178) = 60 000
    assert after["absorbed_dose_gy"]["value"] / before["absorbed_dose_gy"]["value"] == pytest.approx(
        75_178 / 60_000, rel=1e-3
    )


def test_dead_time_needs_a_rate_for_each_image(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "1 count rates for 4 images" in refused(
        [str(study), "--dead-time", "3", "--observed-rate", "6e4"], capsys
    )
    assert "no count rate" in refused([str(study), "--dead-time", "3"], capsys)


def test_one_image_leans_on_a_population_and_says_so(study: Path, tmp_path: Path, made: Path) -> None:
    one = tmp_path / "one"
    for name in ("spect_96", "ct", "segmentation.dcm"):
        source = study / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, one / name) if one.exists() else None
        if not one.exists():
            one.mkdir()
            shutil.copytree(source, one / name)
    target = tmp_path / "dose.json"
    assert run(["dose", str(one), *RESOLUTION, "--json", str(target)]) == 0
    alone, four = (
        regions(json.loads(target.read_text(encoding="utf-8")))["left kidney"],
        regions(document(made)),
    )
    assert "population" in alone["kinetics"]["method"]
    assert alone["relative_sd"] > four["left kidney"]["relative_sd"]
    limits = alone["absorbed_dose_gy"]
    assert limits["low"] < four["left kidney"]["absorbed_dose_gy"]["value"] < limits["high"]


def test_blood_gives_marrow(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "blood.csv"
    rows = [f"{t},{300 * 0.5 ** (t / 2) + 10 * 0.5 ** (t / 40):.5f}" for t in (0.5, 1, 2, 4, 6, 24, 48, 72)]
    table.write_text("\n".join(["time_h,kbq_per_ml", *rows]), encoding="utf-8")
    target = tmp_path / "dose.json"
    assert run(["dose", str(study), *RESOLUTION, "--blood", str(table), "--json", str(target)]) == 0
    found = json.loads(target.read_text(encoding="utf-8"))["red_marrow_from_blood"]["self_dose_gy"]
    # (0.3 x 2 + 0.01 x 40) / ln 2 MBq h/mL, 0.0853 Gy g/(MBq h), 1.06 g/mL
    assert found["value"] == pytest.approx((0.6 + 0.4) / np.log(2) * 0.0853 / 1.06, rel=0.02)
    table.write_text("time_h,counts\n1,2\n2,3\n", encoding="utf-8")
    assert "mbq_per_ml" in refused([str(study), *RESOLUTION, "--blood", str(table)], capsys)


def test_wrong_input_is_refused_by_name(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "7400000 MBq" in refused([str(study), "--activity", "7400"], capsys).replace("7.4e+06", "7400000")
    assert "after the administration" in refused([str(study), "--injected-at", "2026-03-20T11:00"], capsys)
    assert "xenon" in refused([str(study), "--nuclide", "xenon"], capsys).lower()
    other = tmp_path / "other"
    shutil.copytree(study, other)
    write_therapy(other / "stranger", patient="SOMEBODY-ELSE", times_h=(48.0,), with_anatomy=False)
    assert "2 patients" in refused([str(other)], capsys)
    bare = write_therapy(tmp_path / "bare", times_h=(24.0,), with_anatomy=False)
    assert "segmentation" in refused([str(bare)], capsys)
    assert "no SPECT or PET" in refused([str(study / "ct"), str(study / "segmentation.dcm")], capsys)


def test_headers_in_another_unit_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grams = write_therapy(tmp_path / "grams", times_h=(24.0,), weight_kg=64_000)
    assert "it may be in grams" in refused([str(grams)], capsys)
    becquerel = write_therapy(tmp_path / "becquerel", times_h=(24.0,), injected_mbq=7.4e9)
    assert "RadionuclideTotalDose" in refused([str(becquerel)], capsys)


def test_holmium_that_stays_decays_with_its_own_half_life(study: Path, tmp_path: Path) -> None:
    """The same images read as 166Ho: the activity at 24 h, decayed to and from the injection."""
    one = tmp_path / "one"
    one.mkdir()
    shutil.copytree(study / "spect_24", one / "spect_24")
    shutil.copytree(study / "ct", one / "ct")
    shutil.copy(study / "segmentation.dcm", one)
    target = tmp_path / "dose.json"
    arguments = ["--nuclide", "Ho-166", "--trapped", "--activity", "7.4", "--json", str(target)]
    assert run(["dose", str(one), *RESOLUTION, *arguments]) == 0
    spleen = regions(json.loads(target.read_text(encoding="utf-8")))["spleen"]
    middle_h = 24 + 1 / 6
    there = SPLEEN.mbq * 0.5 ** (middle_h / SPLEEN.half_life_h)
    integral = there * 2 ** (middle_h / 26.80) * 26.80 / np.log(2)
    assert spleen["time_integrated_activity_mbq_h"] == pytest.approx(integral, rel=0.03)
    # 696.3 keV of electrons stay but for what leaves an organ of 165 g, 5 to 7 % (EGSnrc spheres)
    local = 0.5768e-3 * 696.3 * spleen["time_integrated_activity_mbq_h"] / spleen["mass_g"]
    assert 0.90 * local < spleen["absorbed_dose_gy"]["value"] < 1.02 * local


def test_activity_that_rises_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rising = write_therapy(tmp_path / "rising", growth=4.0)
    message = refused([str(rising), *RESOLUTION], capsys, code=5)
    assert "decline" in message


def test_a_calibration_that_is_off_by_a_thousand_speaks(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = write_therapy(tmp_path / "counts", counts_per_mbq_s=9.5)
    target = tmp_path / "dose.json"
    assert run(["dose", str(counts), *RESOLUTION, "--calibration", "0.0095", "--json", str(target)]) == 0
    checks = json.loads(target.read_text(encoding="utf-8"))["administrations"][0]["checks"]
    wrong = [check["text"] for check in checks if check["level"] == "refusal"]
    assert any("More than was given" in text for text in wrong)
    assert "refusal" in capsys.readouterr().err


def test_engines_agree_in_an_organ(study: Path, tmp_path: Path) -> None:
    found = {}
    for engine in ("local", "kernel", "transport"):
        target = tmp_path / f"{engine}.json"
        arguments = ["--engine", engine, "--histories", "0.2", "--json", str(target)]
        assert run(["dose", str(study), *RESOLUTION, *arguments]) == 0
        found[engine] = regions(json.loads(target.read_text(encoding="utf-8")))["spleen"]["absorbed_dose_gy"][
            "value"
        ]
    assert found["kernel"] == pytest.approx(found["transport"], rel=0.03)
    assert found["local"] == pytest.approx(found["transport"], rel=0.08)
