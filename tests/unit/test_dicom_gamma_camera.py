"""What headers of a gamma camera say: nuclide, duration, windows, calibration, opposite views, units that cannot be."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from tests.dicom_files import identified, put_code, set_pixels, spect, write
from tests.unit.test_dicom_acquisition import acquisition_of, pet

from nelm.errors import InputError
from nelm.io.dicom import (
    find_series,
    implausible,
    nuclide_of,
    read_acquisition,
    read_planar_pair,
    read_volume,
    refuse_implausible,
)
from nelm.volume import Quantity, Volume

SHAPE = (4, 5, 6)
NM = "1.2.840.10008.5.1.4.1.1.20"
FRONT = np.arange(30).reshape(5, 6) + 100
BACK = np.arange(30).reshape(5, 6)[:, ::-1] + 50


def tomogram(*, views: int, detectors: int, step: float, arc: float, rotations: int = 1) -> Dataset:
    """A reconstructed SPECT with rotations of 20 s a view."""
    made = spect(shape=SHAPE)
    turn = Dataset()
    turn.NumberOfFramesInRotation, turn.ActualFrameDuration = views, "20000"
    turn.AngularStep, turn.ScanArc, turn.StartAngle, turn.RotationDirection = str(step), str(arc), "0", "CC"
    made.RotationInformationSequence = Items([turn] * rotations)
    made.NumberOfDetectors, made.NumberOfRotations = detectors, rotations
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lu-177", "Lu-177"),
        ("177Lu", "Lu-177"),
        ("LU177", "Lu-177"),
        ("^177^Lutetium", "Lu-177"),
        ("Lutetium-177", "Lu-177"),
        ("[177Lu]Lu-DOTA-TATE", "Lu-177"),
        ("Yttrium^90^ microspheres", "Y-90"),
        ("90Y", "Y-90"),
        ("166Ho-PLLA", "Ho-166"),
        ("^99m^Technetium", "Tc-99m"),
        ("99mTc-MAA", "Tc-99m"),
        ("Technetium Tc^99m^ aggregated albumin", "Tc-99m"),
        ("I-131 MIBG", "I-131"),
        ("68Ga-DOTATATE", "Ga-68"),
        ("161Tb", "Tb-161"),
        ("Ac-225", "Ac-225"),
        ("212Pb-DOTAMTATE", "Pb-212"),
        ("F-18 FDG", "F-18"),
        ("PSMA-617", None),
        ("lot 177", None),
        ("C-131A3", None),
        ("177Lu and 90Y", None),
        ("Lu-178", None),
        ("", None),
        (None, None),
    ],
)
def test_nuclides_in_words(text: str | None, expected: str | None) -> None:
    assert nuclide_of(text) == expected


@pytest.mark.parametrize(
    ("value", "scheme", "meaning", "expected"),
    [
        ("447553000", "SCT", "^177^Lutetium", "Lu-177"),
        ("C-163A8", "SRT", "Technetium", "Tc-99m"),
        ("C-131A3", "SNM3", "gallium", "Ga-68"),
        ("14691008", "SCT", "", "Y-90"),
        ("C1943", "NCIt", "holmium", "Ho-166"),
        ("X-1", "99VENDOR", "^161^Terbium", "Tb-161"),
        ("X-2", "99VENDOR", "unknown", None),
    ],
)
def test_nuclides_by_code(
    value: str, scheme: str, meaning: str, expected: str | None, tmp_path: Path
) -> None:
    made, agent = spect(shape=SHAPE), Dataset()
    put_code(agent, "RadionuclideCodeSequence", value, meaning)
    agent.RadionuclideCodeSequence[0].CodingSchemeDesignator = scheme
    made.RadiopharmaceuticalInformationSequence = Items([agent])
    assert acquisition_of(tmp_path, [made]).nuclide == expected


def test_a_nuclide_that_is_not_coded_is_read_from_the_name_and_said(tmp_path: Path) -> None:
    made, agent = spect(shape=SHAPE), Dataset()
    agent.Radiopharmaceutical = "Lutetium177-DOTATATE"
    made.RadiopharmaceuticalInformationSequence = Items([agent])
    found = acquisition_of(tmp_path, [made])
    assert found.nuclide == "Lu-177"
    assert any("not coded" in note for note in found.notes)


@pytest.mark.parametrize(
    ("made", "seconds"),
    [
        (tomogram(views=60, detectors=1, step=6, arc=360), 1200),
        (tomogram(views=60, detectors=1, step=6, arc=360, rotations=2), 2400),
        (tomogram(views=60, detectors=2, step=3, arc=360), 1200),  # each detector goes round one half
        (tomogram(views=60, detectors=2, step=6, arc=360), None),  # 10 or 20 minutes
        (tomogram(views=0, detectors=1, step=6, arc=360), None),
        (spect(shape=SHAPE), None),
    ],
)
def test_duration_of_a_tomogram(made: Dataset, seconds: float | None, tmp_path: Path) -> None:
    found = acquisition_of(tmp_path, [made])
    assert found.duration_s == seconds
    if made.get("NumberOfDetectors") == 2 and seconds is None:
        assert any("600 s" in note and "1200 s" in note for note in found.notes)


@pytest.mark.parametrize(("frames", "seconds"), [(120, 1200), (60, 600), (77, None)])
def test_projections_show_whether_detectors_share_their_views(
    frames: int, seconds: float | None, tmp_path: Path
) -> None:
    made = tomogram(views=60, detectors=2, step=6, arc=360)
    made.ImageType = ["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"]
    made.NumberOfFrames, made.NumberOfEnergyWindows = frames, 1
    made.AngularViewVector = [k % 60 + 1 for k in range(frames)]
    del made.SliceVector
    set_pixels(made, np.zeros((frames, 5, 6), dtype=np.int64))
    assert acquisition_of(tmp_path, [made]).duration_s == seconds


def mapped(code: str, slope: float) -> Dataset:
    """A SPECT with a real world value mapping."""
    made, item, unit = spect(shape=SHAPE), Dataset(), Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = code, "UCUM", code
    item.RealWorldValueSlope, item.RealWorldValueIntercept = slope, 0.0
    item.MeasurementUnitsCodeSequence = Items([unit])
    made.RealWorldValueMappingSequence = Items([item])
    return made


@pytest.mark.parametrize(
    ("code", "units", "factor", "quantity"),
    [
        ("Bq/ml", "BQML", 0.5, Quantity.ACTIVITY_CONCENTRATION),
        ("kBq/mL", "BQML", 500.0, Quantity.ACTIVITY_CONCENTRATION),
        ("{counts}", "CNTS", 0.5, Quantity.COUNTS),
        ("uCi/ml", None, 1.0, Quantity.COUNTS),
    ],
)
def test_calibration_of_a_tomogram(
    code: str, units: str | None, factor: float, quantity: Quantity, tmp_path: Path
) -> None:
    plain = read_volume_of(tmp_path / "plain", spect(shape=SHAPE))
    found = acquisition_of(tmp_path / "mapped", [mapped(code, 0.5)])
    volume = read_volume_of(tmp_path / "volume", mapped(code, 0.5))
    assert (found.units, found.is_calibrated) == (units, units == "BQML")
    assert volume.quantity is quantity
    assert np.allclose(volume.array, factor * np.asarray(plain.array, dtype=np.float64))


def test_units_without_a_slope_take_that_of_their_mapping(tmp_path: Path) -> None:
    plain = read_volume_of(tmp_path / "plain", spect(shape=SHAPE))
    made = mapped("Bq/ml", 2.5)
    made.Units = "BQML"
    volume = read_volume_of(tmp_path / "mapped", made)
    assert np.allclose(volume.array, 2.5 * np.asarray(plain.array, dtype=np.float64))


def read_volume_of(folder: Path, made: Dataset) -> Volume:
    write(folder, [made])
    (series,) = find_series([folder]).series
    return read_volume(series)


def with_window(made: Dataset, *windows: tuple[float, float]) -> Dataset:
    """Energy windows in a header."""
    items = []
    for low, high in windows:
        window, edges = Dataset(), Dataset()
        edges.EnergyWindowLowerLimit, edges.EnergyWindowUpperLimit = str(low), str(high)
        window.EnergyWindowRangeSequence, window.EnergyWindowName = (
            Items([edges]),
            f"{(low + high) / 2:g} keV",
        )
        items.append(window)
    made.EnergyWindowInformationSequence = Items(items)
    made.NumberOfEnergyWindows = len(items)
    return made


def test_energy_windows_of_a_tomogram(tmp_path: Path) -> None:
    found = acquisition_of(tmp_path, [with_window(spect(shape=SHAPE), (187.2, 228.8), (166.4, 187.2))])
    assert [window.ranges_kev for window in found.energy_windows] == [((187.2, 228.8),), ((166.4, 187.2),)]
    assert found.energy_windows[0].holds(208.4) and not found.energy_windows[1].holds(208.4)


def planar(images: list[np.ndarray], number: int = 0) -> Dataset:
    """A planar image file with these frames, one detector each."""
    made = identified("NM", NM, number)
    made.ImageType = ["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"]
    made.NumberOfFrames, made.FrameIncrementPointer = len(images), [0x00540010, 0x00540020]
    made.EnergyWindowVector = [1] * len(images)
    made.DetectorVector = list(range(1, len(images) + 1))
    made.PixelSpacing, made.ActualFrameDuration = [4.8, 4.8], 600000
    made.DetectorInformationSequence = Items([Dataset() for _ in images])
    set_pixels(made, np.stack(images).astype(np.int64))
    return with_window(made, (126.5, 154.6))


def viewed(made: Dataset, *views: str) -> Dataset:
    """View codes of the detectors."""
    for item, view in zip(made.DetectorInformationSequence, views, strict=True):
        put_code(item, "ViewCodeSequence", "399321004", view)
    return made


def test_a_pair_in_one_file_by_view_codes_whatever_their_order(tmp_path: Path) -> None:
    write(tmp_path, [viewed(planar([BACK, FRONT]), "Posterior projection", "Anterior projection")])
    found = read_planar_pair([tmp_path])
    assert np.array_equal(found.anterior, FRONT) and np.array_equal(found.posterior, BACK)
    assert (found.pixel_mm, found.duration_s) == ((4.8, 4.8), 600.0)
    assert found.acquisition.duration_s == 600.0
    assert found.energy_window is not None and found.energy_window.holds(140.5)
    assert found.notes == ()
    turned = BACK[:, ::-1].astype(float)
    assert np.array_equal(found.posterior_turned, turned)
    assert np.allclose(found.geometric_mean, np.sqrt(FRONT * turned))


def test_a_pair_in_one_file_by_the_angles_of_the_detectors(tmp_path: Path) -> None:
    made = planar([FRONT, BACK])
    for item, angle in zip(made.DetectorInformationSequence, ("180", "359.9"), strict=True):
        item.StartAngle = angle
    write(tmp_path, [made])
    found = read_planar_pair([tmp_path])
    assert np.array_equal(found.anterior, FRONT)
    assert found.notes == ("the side of a detector was taken from its start angle",)


@pytest.mark.parametrize("same_series", [True, False])
def test_a_pair_in_two_files(same_series: bool, tmp_path: Path) -> None:
    images = [viewed(planar([FRONT]), "Anterior"), viewed(planar([BACK], 1), "Posterior")]
    if not same_series:
        images[1].SeriesInstanceUID = "1.2.3.9"
    found = read_planar_pair([path.parent for path in write(tmp_path, images)][:1])
    assert np.array_equal(found.anterior, FRONT) and np.array_equal(found.posterior, BACK)


def test_a_pair_in_two_files_by_their_descriptions(tmp_path: Path) -> None:
    images = [planar([FRONT]), planar([BACK], 1)]
    images[0].SeriesDescription, images[1].SeriesDescription = "MAA_ANT", "MAA_POST"
    images[1].SeriesInstanceUID = "1.2.3.9"
    write(tmp_path, images)
    found = read_planar_pair([tmp_path])
    assert np.array_equal(found.posterior, BACK)
    assert any("description" in note for note in found.notes)


def test_the_photopeak_chooses_among_windows(tmp_path: Path) -> None:
    made = planar([FRONT, BACK, FRONT + 900, BACK + 900])
    made.EnergyWindowVector, made.DetectorVector = [1, 1, 2, 2], [1, 2, 1, 2]
    made.DetectorInformationSequence = Items([Dataset(), Dataset()])
    with_window(viewed(made, "Anterior", "Posterior"), (90.0, 120.0), (126.5, 154.6))
    write(tmp_path, [made])
    assert np.array_equal(read_planar_pair([tmp_path], photopeak_kev=140.5).anterior, FRONT + 900)
    with pytest.raises(InputError, match="photopeak"):
        read_planar_pair([tmp_path])


@pytest.mark.parametrize(
    ("images", "match"),
    [
        ([planar([FRONT, BACK])], "anterior image"),
        ([viewed(planar([FRONT]), "Anterior")], "posterior image"),
        ([viewed(planar([FRONT, BACK]), "Anterior", "Anterior")], "anterior image"),
    ],
)
def test_pairs_that_are_none(images: list[Dataset], match: str, tmp_path: Path) -> None:
    write(tmp_path, images)
    with pytest.raises(InputError, match=match):
        read_planar_pair([tmp_path])


def test_two_images_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    images = [viewed(planar([FRONT]), "Anterior"), viewed(planar([BACK], 1), "Posterior")]
    images[1].SeriesInstanceUID, images[1].ActualFrameDuration = "1.2.3.9", 300000
    images[1].PatientID = "OTHER"
    write(tmp_path, images)
    with pytest.raises(InputError) as caught:
        read_planar_pair([tmp_path])
    assert {problem.path for problem in caught.value.problems} == {"duration", "patient"}


def treated(activity: str) -> Dataset:
    """A SPECT with an injected activity as its header writes it."""
    made, agent = spect(shape=SHAPE), Dataset()
    agent.RadionuclideTotalDose, agent.RadiopharmaceuticalStartTime = activity, "081000"
    made.RadiopharmaceuticalInformationSequence = Items([agent])
    return made


@pytest.mark.parametrize(
    ("activity", "doubted"),
    [("7400", False), ("7.4e9", True), ("7400000", True), ("150", False), ("150000", True), ("8", False)],
)
def test_activities_in_another_unit(activity: str, doubted: bool, tmp_path: Path) -> None:
    """MBq of therapy and diagnosis pass; the same written in Bq or kBq does not."""
    found = acquisition_of(tmp_path, [treated(activity)])
    assert [problem.path for problem in implausible(found)] == ["RadionuclideTotalDose"] * doubted
    if doubted:
        with pytest.raises(InputError, match="another unit"):
            refuse_implausible(found)
    else:
        refuse_implausible(found)


def test_a_pet_in_megabecquerel_and_a_body_in_grams_and_centimetres(tmp_path: Path) -> None:
    changes = {"RadionuclideTotalDose": "150", "PatientWeight": "70000", "PatientSize": "175"}
    found = acquisition_of(tmp_path, pet(**changes))
    names = {problem.path for problem in implausible(found)}
    assert names == {"RadionuclideTotalDose", "PatientWeight", "PatientSize"}
    assert implausible(acquisition_of(tmp_path / "plain", pet())) == ()


def test_times_that_cannot_be(tmp_path: Path) -> None:
    found = acquisition_of(tmp_path, pet())
    assert found.start is not None
    for injection in (found.start + timedelta(minutes=1), found.start - timedelta(days=366)):
        (problem,) = implausible(replace(found, injection=injection))
        assert problem.path == "time from injection to image"
    (problem,) = implausible(replace(found, duration_s=1.2e6))
    assert problem.path == "ActualFrameDuration"


def test_acquisition_of_a_pair_says_the_injection(tmp_path: Path) -> None:
    made, agent = viewed(planar([FRONT, BACK]), "Anterior", "Posterior"), Dataset()
    agent.RadionuclideTotalDose, agent.Radiopharmaceutical = "150", "99mTc-MAA"
    made.RadiopharmaceuticalInformationSequence = Items([agent])
    write(tmp_path, [made])
    found = read_planar_pair([tmp_path]).acquisition
    assert (found.nuclide, found.injected_activity_bq) == ("Tc-99m", 150e6)
    (series,) = find_series([tmp_path]).series
    assert read_acquisition(series) == found
