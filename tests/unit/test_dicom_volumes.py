"""From series to volumes: places, values, units, what is refused."""

import copy
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels import compress
from pydicom.sequence import Sequence as Items
from tests.dicom_files import (
    OBLIQUE,
    ct_series,
    enhanced_ct,
    largest_error,
    set_pixels,
    spect,
    values_on,
    write,
)

from nelm.errors import GeometryError, InputError
from nelm.io.dicom import Defect, find_series, read_planar, read_volume, stack_of
from nelm.volume import Quantity, Volume

SHAPE = (6, 8, 9)
HALF = 0.501  # the field is rounded to whole numbers in the files


def volume_of(folder: Path, images: list[Dataset]) -> Volume:
    """The volume of the only series among images."""
    write(folder, images)
    (series,) = find_series([folder]).series
    return read_volume(series)


@pytest.mark.parametrize(
    "orientation", [(1, 0, 0, 0, 1, 0), OBLIQUE, (-1, 0, 0, 0, -1, 0), (0, 1, 0, 0, 0, -1)]
)
def test_every_voxel_lies_in_its_place(orientation: tuple[float, ...], tmp_path: Path) -> None:
    volume = volume_of(tmp_path, ct_series(orientation=orientation, shape=SHAPE))
    assert volume.quantity is Quantity.HOUNSFIELD and volume.array.dtype == np.int16
    assert largest_error(volume) <= HALF
    assert np.linalg.det(volume.grid.matrix[:3, :3][:, ::-1]) > 0, "columns, rows, slices are right-handed"
    assert volume.origin.repairs == ()


@pytest.mark.parametrize("spacing", [5.0, -5.0])
def test_spect_is_stacked_by_the_sign_of_its_spacing(spacing: float, tmp_path: Path) -> None:
    volume = volume_of(tmp_path, [spect(spacing_between_mm=spacing, shape=SHAPE)])
    assert volume.quantity is Quantity.COUNTS
    assert largest_error(volume, intercept=0) == 0
    assert volume.grid.matrix[2, 0] == 5.0, "slices along the normal, whatever the order in the file"


def test_frames_of_an_enhanced_ct_go_where_their_groups_say(tmp_path: Path) -> None:
    volume = volume_of(tmp_path, [enhanced_ct(order=[3, 5, 0, 1, 4, 2], shape=SHAPE)])
    assert volume.quantity is Quantity.HOUNSFIELD
    assert largest_error(volume) == 0
    assert volume.origin.repairs == ()


@pytest.mark.parametrize("shift", [(0.0, 1.5), (0.0, -2.0), (0.7, 0.0), (-0.5, 1.25)])
def test_a_tilted_gantry_is_made_upright(shift: tuple[float, float], tmp_path: Path) -> None:
    images = ct_series(shape=SHAPE, shift_mm=shift)
    volume = volume_of(tmp_path, images)
    matrix = volume.grid.matrix[:3, :3]
    assert np.allclose(matrix.T @ matrix, np.diag(np.diag(matrix.T @ matrix))), "right angles"
    inside = volume.array != -1024
    error = np.abs(volume.array - (values_on(volume.grid) - 1024))[inside]
    assert error.max() <= 1.0, "a linear field is kept by linear interpolation, to two roundings"
    lost_edges = SHAPE[0] * (SHAPE[1] + SHAPE[2])  # at a fractional shift, one row or column a slice
    assert inside.sum() >= np.prod(SHAPE) - lost_edges
    assert any(repair.startswith(Defect.TILT) for repair in volume.origin.repairs)


def test_a_lean_of_rounding_stays_in_the_affine(tmp_path: Path) -> None:
    shift = 0.04  # 0.46 degrees, 0.2 mm over the stack
    volume = volume_of(tmp_path, ct_series("MR", shape=SHAPE, shift_mm=(shift, 0.0)))
    assert volume.grid.matrix[0, 0] == pytest.approx(shift)
    assert largest_error(volume) <= HALF


def test_padding_becomes_air_and_is_said(tmp_path: Path) -> None:
    images = ct_series(shape=SHAPE)
    for made in images:
        pixels = made.pixel_array.astype(np.int64)
        pixels[0, 0] = -2000
        set_pixels(made, pixels, signed=1)
        made.add_new(0x00280120, "SS", -2000)
    volume = volume_of(tmp_path, images)
    assert (volume.array[:, 0, 0] == -1024).all()
    assert any(repair.startswith(Defect.PIXEL_PADDING) for repair in volume.origin.repairs)


def test_padding_that_is_not_declared_becomes_air_too(tmp_path: Path) -> None:
    images = ct_series(shape=SHAPE)
    for made in images:
        pixels = made.pixel_array.astype(np.int64)
        pixels[:2, :2] = -32768
        set_pixels(made, pixels, signed=1)
        made.RescaleIntercept = 0
    volume = volume_of(tmp_path, images)
    assert (volume.array[:, :2, :2] == -1024).all()
    assert volume.array[3, 4, 5] == pytest.approx(values_on(volume.grid)[3, 4, 5])


@pytest.mark.parametrize(
    ("units", "suv_type", "quantity"),
    [
        ("BQML", None, Quantity.ACTIVITY_CONCENTRATION),
        ("CNTS", None, Quantity.COUNTS),
        ("GML", None, Quantity.SUV_BODY_WEIGHT),
        ("GML", "BW", Quantity.SUV_BODY_WEIGHT),
        ("GML", "LBM", Quantity.ARBITRARY),
        (None, None, Quantity.ARBITRARY),
    ],
)
def test_units_of_pet(units: str | None, suv_type: str | None, quantity: Quantity, tmp_path: Path) -> None:
    images = ct_series("PT", shape=SHAPE)
    for number, made in enumerate(images):
        made.RescaleSlope, made.RescaleIntercept = 0.25 * (number + 1), 0
        if units:
            made.Units = units
        if suv_type:
            made.SUVType = suv_type
    stored = np.stack([made.pixel_array for made in images])
    volume = volume_of(tmp_path, images)
    assert volume.quantity is quantity
    assert volume.array.dtype == np.float32
    assert np.array_equal(
        volume.array, stored * np.float32(0.25) * np.arange(1, 7, dtype=np.float32)[:, None, None]
    )
    assert (quantity is Quantity.ARBITRARY) == any("units" in repair for repair in volume.origin.repairs)


def test_a_real_world_mapping_makes_spect_quantitative(tmp_path: Path) -> None:
    made = spect(shape=SHAPE)
    item, unit = Dataset(), Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = (
        "Bq/ml",
        "UCUM",
        "becquerel per millilitre",
    )
    item.MeasurementUnitsCodeSequence = Items([unit])
    item.RealWorldValueSlope, item.RealWorldValueIntercept = 2.5, 0.0
    item.RealWorldValueFirstValueMapped, item.RealWorldValueLastValueMapped = 0, 65535
    made.add_new(0x00409211, "US", 65535)
    made.RealWorldValueMappingSequence = Items([item])
    stored = made.pixel_array.copy()
    volume = volume_of(tmp_path, [made])
    assert volume.quantity is Quantity.ACTIVITY_CONCENTRATION
    assert np.array_equal(volume.array, stored * np.float32(2.5))


def test_large_numbers_widen_the_array(tmp_path: Path) -> None:
    images = ct_series("MR", shape=SHAPE)
    stored = []
    for made in images:
        made.RescaleSlope, made.RescaleIntercept = 200, 0
        stored.append(made.pixel_array.astype(np.int64) * 200)
    volume = volume_of(tmp_path, images)
    assert volume.array.dtype == np.int32
    assert np.array_equal(volume.array, stored)


def test_compressed_images_read_the_same(tmp_path: Path) -> None:
    images = ct_series(shape=SHAPE)
    for made in images:
        compress(made, "1.2.840.10008.1.2.5", encoding_plugin="pydicom", generate_instance_uid=False)
    volume = volume_of(tmp_path, images)
    assert largest_error(volume) == 0


def test_lossy_compression_is_said(tmp_path: Path) -> None:
    images = ct_series(shape=SHAPE)
    for made in images:
        made.LossyImageCompression = "01"
    volume = volume_of(tmp_path, images)
    assert any(repair.startswith(Defect.LOSSY_COMPRESSION) for repair in volume.origin.repairs)


def test_what_is_no_volume_is_refused_with_the_way_out(tmp_path: Path) -> None:
    scouts = ct_series(shape=(2, 8, 9))
    for made in scouts:
        made.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    with pytest.raises(InputError, match="scout view"):
        volume_of(tmp_path / "scout", scouts)
    projections = spect(shape=SHAPE)
    projections.ImageType = ["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"]
    with pytest.raises(InputError, match="not reconstructed"):
        volume_of(tmp_path / "tomo", [projections])


def planar(frames: int = 4) -> Dataset:
    """Anterior and posterior images in two energy windows."""
    made = spect(shape=(frames, 8, 9))
    made.ImageType = ["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"]
    del made.SliceVector, made.NumberOfSlices, made.SpacingBetweenSlices
    made.DetectorVector, made.EnergyWindowVector = [1, 2, 1, 2], [1, 1, 2, 2]
    made.ActualFrameDuration = 600_000
    detectors = []
    for view in ("Anterior", "Posterior"):
        detector, code = Dataset(), Dataset()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "R-1", "SRT", view
        detector.ViewCodeSequence = Items([code])
        detectors.append(detector)
    made.DetectorInformationSequence = Items(detectors)
    windows = []
    for name, low, high in (("Tc", 126, 154), ("scatter", 108, 126)):
        window, limits = Dataset(), Dataset()
        limits.EnergyWindowLowerLimit, limits.EnergyWindowUpperLimit = low, high
        window.EnergyWindowName = name
        window.EnergyWindowRangeSequence = Items([limits])
        windows.append(window)
    made.EnergyWindowInformationSequence = Items(windows)
    return made


def test_planar_images_are_read_with_detector_and_window(tmp_path: Path) -> None:
    made = planar()
    stored = made.pixel_array.copy()
    write(tmp_path, [made])
    (series,) = find_series([tmp_path]).series
    with pytest.raises(InputError, match="read_planar"):
        read_volume(series)
    images = read_planar(series)
    assert np.array_equal(images.array, stored) and not images.array.flags.writeable
    assert [frame.view for frame in images.frames] == ["Anterior", "Posterior"] * 2
    windows = [frame.energy_window for frame in images.frames]
    assert [window and (window.number, window.name, window.ranges_kev) for window in windows] == [
        *[(1, "Tc", ((126.0, 154.0),))] * 2,
        *[(2, "scatter", ((108.0, 126.0),))] * 2,
    ]
    assert images.frames[0].duration_s == 600.0
    assert images.pixel_spacing_mm == (3.0, 2.0)


def test_planar_vectors_of_a_wrong_length_are_refused(tmp_path: Path) -> None:
    made = planar()
    made.DetectorVector = [1, 2]
    write(tmp_path, [made])
    (series,) = find_series([tmp_path]).series
    with pytest.raises(InputError, match="one for each frame"):
        read_planar(series)


def test_a_volume_is_not_read_as_planar(tmp_path: Path) -> None:
    write(tmp_path, ct_series(shape=SHAPE))
    (series,) = find_series([tmp_path]).series
    with pytest.raises(InputError, match="read_volume"):
        read_planar(series)


def test_refusals_name_the_series_and_the_defect(tmp_path: Path) -> None:
    images = ct_series(shape=SHAPE)
    del images[2]
    write(tmp_path / "arterial", images)
    (series,) = find_series([tmp_path]).series
    with pytest.raises(GeometryError) as caught:
        stack_of(series)
    assert "1.2.3.2" in caught.value.where and "arterial" in caught.value.where
    assert caught.value.what.startswith(f"{Defect.MISSING_SLICES}: 1 of 6")
    assert "105.0 to 115.0 mm" in caught.value.what


def test_exchanged_images_betray_exchanged_positions_but_shuffled_numbers_do_no_harm(tmp_path: Path) -> None:
    shuffled = ct_series(shape=SHAPE)
    for made, number in zip(shuffled, (3, 1, 6, 2, 5, 4), strict=True):
        made.InstanceNumber = number
    volume = volume_of(tmp_path / "numbers", shuffled)
    assert largest_error(volume) == 0
    assert any(repair.startswith(Defect.CONTRADICTORY_ORDER) for repair in volume.origin.repairs)
    exchanged = ct_series(shape=SHAPE)
    for keyword in ("ImagePositionPatient", "SliceLocation"):
        one, two = (copy.deepcopy(exchanged[k][keyword]) for k in (1, 4))
        exchanged[1][keyword], exchanged[4][keyword] = two, one
    with pytest.raises(GeometryError, match="images side with the numbers"):
        volume_of(tmp_path / "positions", exchanged)


def test_images_that_cannot_settle_a_contradiction_are_refused(tmp_path: Path) -> None:
    images = ct_series(shape=SHAPE)
    for made, number in zip(images, (3, 1, 6, 2, 5, 4), strict=True):
        made.InstanceNumber = number
        set_pixels(made, np.zeros(SHAPE[1:], dtype=np.int64))
    with pytest.raises(GeometryError, match="do not settle it"):
        volume_of(tmp_path, images)
