"""Times and activities of emission images, and what forbids an SUV."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from tests.dicom_files import ct_series, put_code, raw, spect, write

from nelm.errors import InputError
from nelm.io.dicom import (
    Acquisition,
    DecayCorrection,
    find_series,
    read_acquisition,
    read_volume,
    suv_scale,
    suv_volume,
)
from nelm.io.dicom.times import date_of, date_time_of, offset_of, time_of
from nelm.volume import Quantity

HALF_LIFE_S, ACTIVITY_BQ, WEIGHT_KG = 4062.6, 150e6, 70.0
SHAPE = (4, 5, 6)


def pet(**changes: str | None) -> list[Dataset]:
    """PET images of an hour after injection; changes by keyword, None removes."""
    images = ct_series("PT", shape=SHAPE)
    for made in images:
        made.RescaleIntercept = 0
        made.Units, made.DecayCorrection = "BQML", "START"
        made.CorrectedImage = ["DECY", "ATTN", "SCAT"]
        made.PatientWeight, made.PatientSize = WEIGHT_KG, 1.75
        made.Manufacturer = "MADE"
        made.FrameReferenceTime, made.ActualFrameDuration = 89000, 180000
        agent = Dataset()
        agent.RadionuclideTotalDose, agent.RadionuclideHalfLife = ACTIVITY_BQ, HALF_LIFE_S
        agent.RadiopharmaceuticalStartDateTime = "20240305091500"
        agent.Radiopharmaceutical = "DOTATATE"
        put_code(agent, "RadionuclideCodeSequence", "C-131A3", "^68^Gallium")
        for keyword, value in changes.items():
            place = agent if keyword.startswith("Radio") else made
            if value is None:
                if keyword in place:
                    delattr(place, keyword)
            else:
                raw(place, keyword, value)
        made.RadiopharmaceuticalInformationSequence = Items([agent])
    return images


def acquisition_of(folder: Path, images: list[Dataset]) -> Acquisition:
    """The acquisition of the only series among images."""
    write(folder, images)
    (series,) = find_series([folder]).series
    return read_acquisition(series)


def factor(decay_s: float) -> float:
    """SUV for one Bq/mL by the definition."""
    return WEIGHT_KG * 1000 / (ACTIVITY_BQ * 2 ** (-decay_s / HALF_LIFE_S))


def test_facts_of_a_pet(tmp_path: Path) -> None:
    found = acquisition_of(tmp_path, pet())
    assert found.start == found.series_start == datetime(2024, 3, 5, 10, 15)
    assert found.injection == datetime(2024, 3, 5, 9, 15) and not found.is_injection_day_assumed
    assert (found.radionuclide, found.radiopharmaceutical) == ("^68^Gallium", "DOTATATE")
    assert (found.injected_activity_bq, found.half_life_s) == (ACTIVITY_BQ, HALF_LIFE_S)
    assert found.decay_correction is DecayCorrection.START
    assert found.frame_durations_s == (180.0,) * 4
    assert (found.weight_kg, found.height_m, found.units) == (WEIGHT_KG, 1.75, "BQML")
    assert found.notes == ()


def test_activity_of_nuclear_medicine_is_in_megabecquerel(tmp_path: Path) -> None:
    made = spect(shape=SHAPE)
    agent = Dataset()
    agent.RadionuclideTotalDose, agent.RadiopharmaceuticalStartTime = 7400, "081000"
    made.RadiopharmaceuticalInformationSequence = Items([agent])
    found = acquisition_of(tmp_path, [made])
    assert found.injected_activity_bq == 7.4e9
    assert found.injection == datetime(2024, 3, 5, 8, 10) and found.is_injection_day_assumed


def test_what_is_missing_is_none_and_no_error(tmp_path: Path) -> None:
    images = pet()
    for made in images:
        del made.RadiopharmaceuticalInformationSequence, made.PatientWeight, made.Units
    found = acquisition_of(tmp_path, images)
    assert (found.injected_activity_bq, found.injection, found.half_life_s) == (None, None, None)
    assert (found.weight_kg, found.units, found.radionuclide) == (None, None, None)


def test_suv_of_the_plain_case(tmp_path: Path) -> None:
    write(tmp_path, pet())
    (series,) = find_series([tmp_path]).series
    acquisition, volume = read_acquisition(series), read_volume(series)
    scale = suv_scale(acquisition)
    assert scale.decay_s == 3600
    assert scale.factor == pytest.approx(factor(3600), rel=1e-12)
    suv = suv_volume(volume, acquisition)
    assert suv.quantity is Quantity.SUV_BODY_WEIGHT
    assert np.allclose(suv.array, volume.array * factor(3600), rtol=1e-6)
    assert any("series time" in repair for repair in suv.origin.repairs)
    assert suv_volume(suv, acquisition) is suv


@pytest.mark.parametrize(
    ("changes", "decay_s", "method"),
    [
        ({"DecayCorrection": "ADMIN"}, 0, "administration"),
        (
            {"RadiopharmaceuticalStartDateTime": None, "RadiopharmaceuticalStartTime": "0845"},
            5400,
            "series time",
        ),
        # processed again in the evening: back from the frame, 89 s to the mean time of 180 s of gallium-68
        ({"SeriesTime": "190000"}, 3600 - 89 + 89.7697, "frame reference"),
        ({"SeriesTime": "190000", "FrameReferenceTime": "0"}, 3600, "first acquisition"),
        ({"AcquisitionTime": "102000"}, 3600, "series time"),
    ],
)
def test_decay_by_header_variant(
    changes: dict[str, str], decay_s: float, method: str, tmp_path: Path
) -> None:
    scale = suv_scale(acquisition_of(tmp_path, pet(**changes)))
    assert scale.decay_s == pytest.approx(decay_s, abs=1e-3)
    assert scale.factor == pytest.approx(factor(scale.decay_s or 0.0), rel=1e-12)
    assert method in scale.method


def test_mean_time_of_the_counts_is_that_of_an_integral() -> None:
    decay = np.log(2) / HALF_LIFE_S
    times = np.linspace(0, 180, 2_000_001)
    mean_rate = np.exp(-decay * times).mean()
    assert -np.log(mean_rate) / decay == pytest.approx(89.7697, abs=1e-3)


def test_the_private_scan_start_of_ge_counts_for_a_series_written_again(tmp_path: Path) -> None:
    images = pet(SeriesTime="190000")
    for made in images:
        made.add_new(0x00090010, "LO", "GEMS_PETD_01")
        made.add_new(0x0009100D, "DT", "20240305101000")
    scale = suv_scale(acquisition_of(tmp_path, images))
    assert scale.reference == datetime(2024, 3, 5, 10, 10) and "GE" in scale.method


def test_midnight_between_injection_and_scan(tmp_path: Path) -> None:
    changes = {"RadiopharmaceuticalStartDateTime": None, "RadiopharmaceuticalStartTime": "233000"}
    night = {"AcquisitionTime": "003000", "SeriesTime": "003000"}
    found = acquisition_of(tmp_path, pet(**changes, **night))
    assert found.injection == datetime(2024, 3, 4, 23, 30)
    assert any("day before" in note for note in found.notes)
    assert suv_scale(found).decay_s == 3600


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"Units": None}, "Units"),
        ({"Units": "PROPCNTS"}, "Units"),
        ({"Units": "CNTS"}, "Units"),
        ({"PatientWeight": None}, "PatientWeight"),
        ({"PatientWeight": "0"}, "PatientWeight"),
        ({"PatientWeight": "70000"}, "PatientWeight"),
        ({"RadionuclideTotalDose": None}, "RadionuclideTotalDose"),
        ({"RadionuclideTotalDose": "150"}, "RadionuclideTotalDose"),
        ({"RadionuclideHalfLife": None}, "RadionuclideHalfLife"),
        ({"RadionuclideHalfLife": "x"}, "RadionuclideHalfLife"),
        ({"RadiopharmaceuticalStartDateTime": None}, "time of injection"),
        ({"RadiopharmaceuticalStartDateTime": "20240305101600"}, "time of injection"),
        ({"RadiopharmaceuticalStartDateTime": "20240301091500"}, "time of injection"),
        # an hour after the scan by a wrong clock: the day before would be 20 half-lives
        (
            {"RadiopharmaceuticalStartDateTime": None, "RadiopharmaceuticalStartTime": "111500"},
            "time of injection",
        ),
        ({"SeriesTime": None}, "SeriesTime"),
        ({"AcquisitionTime": None}, "AcquisitionTime"),
        ({"DecayCorrection": "NONE"}, "DecayCorrection"),
        ({"DecayCorrection": None}, "DecayCorrection"),
        ({"CorrectedImage": "ATTN"}, "CorrectedImage"),
        ({"CorrectedImage": "DECY"}, "CorrectedImage"),
    ],
)
def test_suv_is_refused_with_what_is_missing(
    changes: dict[str, str | None], path: str, tmp_path: Path
) -> None:
    found = acquisition_of(tmp_path, pet(**changes))
    with pytest.raises(InputError) as caught:
        suv_scale(found)
    assert {problem.path for problem in caught.value.problems} == {path}
    assert found.series_name in str(caught.value)


def test_images_corrected_to_different_times_are_refused(tmp_path: Path) -> None:
    found = acquisition_of(tmp_path, pet(SeriesTime="190000"))
    assert found.start is not None
    late = replace(found.frames[0], start=found.start + timedelta(minutes=5))
    with pytest.raises(InputError, match="FrameReferenceTime"):
        suv_scale(replace(found, frames=(*found.frames[:-1], late)))


def test_frame_reference_times_that_deny_the_acquisition_time_are_refused(tmp_path: Path) -> None:
    # some scanners count the frame reference time from the injection or an earlier bed
    found = acquisition_of(tmp_path, pet(SeriesTime="190000", FrameReferenceTime="1328700"))
    with pytest.raises(InputError, match="start of the scan"):
        suv_scale(found)


def test_suv_of_another_kind_is_refused(tmp_path: Path) -> None:
    found = acquisition_of(tmp_path, pet(Units="GML", SUVType="LBM"))
    with pytest.raises(InputError, match="body weight"):
        suv_scale(found)
    assert suv_scale(replace(found, suv_type=None)).factor == 1.0


def test_no_suv_of_a_ct(tmp_path: Path) -> None:
    acquisition = acquisition_of(tmp_path / "pet", pet())
    write(tmp_path / "ct", ct_series(shape=SHAPE))
    (series,) = find_series([tmp_path / "ct"]).series
    with pytest.raises(InputError, match="volume"):
        suv_volume(read_volume(series), acquisition)


def test_injection_in_another_time_zone(tmp_path: Path) -> None:
    changes = {"RadiopharmaceuticalStartDateTime": "20240305081500+0000", "TimezoneOffsetFromUTC": "+0100"}
    found = acquisition_of(tmp_path, pet(**changes))
    assert found.injection == datetime(2024, 3, 5, 9, 15)
    assert any("time zone" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("101500", (10, 15, 0, 0)),
        ("10", (10, 0, 0, 0)),
        ("10:15:30.5", (10, 15, 30, 500000)),
        ("1015", (10, 15, 0, 0)),
    ],
)
def test_times(text: str, expected: tuple[int, int, int, int]) -> None:
    found = time_of(text)
    assert found is not None
    assert (found.hour, found.minute, found.second, found.microsecond) == expected


@pytest.mark.parametrize("text", ["", "25", "1060", "noon", "10150", None])
def test_times_that_are_none(text: str | None) -> None:
    assert time_of(text) is None


def test_dates() -> None:
    assert str(date_of("2024.03.05")) == "2024-03-05"
    assert date_of("20240231") is None and date_of("") is None and date_of("2024") is None
    assert date_time_of("20240305101500.25+0100") == datetime(2024, 3, 5, 10, 15, 0, 250000)
    assert date_time_of("20240305") is None, "a day without an hour is no moment"
    assert offset_of("20240305101500-0530") == timedelta(hours=-5, minutes=-30)
    assert offset_of("20240305101500") is None
