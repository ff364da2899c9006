"""Real studies read as volumes: sizes, places and volumes that others measured.

Sources: 3D-IRCADb case 17 and the NEMA phantom as described in the README of the reference folder (values found there
with pydicom and NumPy alone, not with this package); the CT of TotalSegmentator and its conversion to NIfTI; the CT of
dcmqi and its conversion to NRRD by dcmqi.
"""

import time
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK
from pydicom.data import get_testdata_file

from nelm.errors import InputError, NelmError
from nelm.io.dicom import Defect, Layout, find_series, grid_of, read_planar, read_volume
from nelm.volume import Grid, Mask, Quantity

MASKS_ML = {"liver": 1860.6, "livertumor1": 85.6, "livertumor2": 78.6, "portalvein": 47.5}
HALF_A_DIGIT_ML = 0.05 + 1e-6
"""The reference volumes are given to one decimal."""


def lps_of(image: nibabel.Nifti1Image) -> Grid:
    """The grid of a NIfTI image whose array is transposed to (z, y, x)."""
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine
    return Grid.of(image.shape[::-1], affine[:, [2, 1, 0, 3]])


def test_the_ct_of_ircad_with_all_its_defects(ircad_ct: Path) -> None:
    begun = time.process_time()
    (series,) = find_series([ircad_ct]).series
    volume = read_volume(series)
    assert time.process_time() - begun < 10, "a few seconds on a slow machine; measured: 0.6 s"
    assert volume.array.shape == (119, 512, 512) and volume.array.dtype == np.int16
    assert volume.grid.spacing_mm == pytest.approx((1.6, 0.743, 0.743), abs=1e-6)
    assert volume.grid.points_of([[0, 0, 0], [118, 0, 0]]) == pytest.approx(
        np.array([[0, 0, 0], [0, 0, 118 * 1.6]]), abs=1e-5
    )
    assert (volume.array.min(), volume.array.max()) == (-1024, 1023)
    assert volume.quantity is Quantity.HOUNSFIELD
    named = {repair.partition(":")[0] for repair in volume.origin.repairs}
    assert named == {
        Defect.EMPTY_IDENTIFIER,
        Defect.LONG_NUMBER,
        Defect.NO_FRAME_OF_REFERENCE,
        Defect.NO_PATIENT_POSITION,
    }
    assert volume.origin.frame_of_reference_uid is None and volume.origin.date == "2009-05-27"
    assert len(volume.origin.sop_instance_uids) == 119
    assert "liver_17" not in repr(volume.origin), "the name of the patient"


def test_slices_of_ircad_lie_where_their_numbers_say(ircad_ct: Path) -> None:
    (series,) = find_series([ircad_ct]).series
    volume = read_volume(series)
    # image_N was written as slice N from the feet up
    for number in (0, 17, 118):
        pixels = pydicom.dcmread(ircad_ct / f"image_{number}").pixel_array
        assert np.array_equal(volume.array[number], pixels)


@pytest.mark.parametrize("name", MASKS_ML)
def test_volumes_of_the_masks_of_ircad(name: str, ircad_masks: Path) -> None:
    (series,) = find_series([ircad_masks / name]).series
    volume = read_volume(series)
    assert series.folder == name
    assert Mask(volume.array > 0, volume.grid).volume_ml == pytest.approx(MASKS_ML[name], abs=HALF_A_DIGIT_ML)


def test_masks_of_ircad_lie_on_its_ct(ircad_ct: Path, ircad_masks: Path) -> None:
    (ct,) = find_series([ircad_ct]).series
    masks = find_series([ircad_masks]).series
    assert len(masks) == 8
    assert all(grid_of(mask).same_as(grid_of(ct), tolerance_mm=1e-6) for mask in masks)


def test_the_ct_of_totalsegmentator(shared_path: Callable[[str], Path]) -> None:
    (series,) = find_series([shared_path("data/totalsegmentator_example/example_ct_dicom")]).series
    volume = read_volume(series)
    assert volume.grid.spacing_mm == pytest.approx((2.0, 0.9765625, 0.9765625))
    named = {repair.partition(":")[0] for repair in volume.origin.repairs}
    # 3 mm thick and 2 mm apart, identifiers removed, 20 slices from the middle of a longer series
    assert named == {Defect.EMPTY_IDENTIFIER, Defect.THICKNESS_OVERLAP, Defect.CUT_AT_THE_START}
    # its segmentation was made on a conversion of the same files by another program
    image = nibabel.load(shared_path("data/totalsegmentator_example/example_seg_dicom.nii.gz"))
    assert isinstance(image, nibabel.Nifti1Image)
    corners = np.array([[k, j, i] for k in (0, 19) for j in (0, 511) for i in (0, 511)])
    ours, theirs = volume.grid.points_of(corners), lps_of(image).points_of(corners)
    apart = np.linalg.norm(ours[:, None] - theirs[None], axis=2).min(axis=1)
    assert apart.max() < 0.01, "the same eight corners in space, whatever the sense of the axes"
    # bone is dense and air is not: labels lie on the anatomy only if both grids agree
    labels = np.asarray(image.dataobj).T
    index = np.rint(lps_of(image).indices_of(volume.grid.points_of(np.argwhere(volume.array > 1200))))
    k, j, i = index.astype(int).T
    assert (labels[k, j, i] > 0).mean() > 0.5


def test_the_ct_of_dcmqi_lies_where_itk_puts_it(shared_path: Callable[[str], Path]) -> None:
    folder = shared_path("data/dcmqi_liver_seg/ct-3slice")
    (series,) = find_series([folder]).series
    volume = read_volume(series)
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    image = reader.Execute()
    assert volume.grid.points_of([[0, 0, 0]])[0] == pytest.approx(image.GetOrigin(), abs=1e-4)
    last = image.TransformIndexToPhysicalPoint((511, 511, 2))
    assert volume.grid.points_of([[2, 511, 511]])[0] == pytest.approx(last, abs=1e-3)
    theirs = SimpleITK.GetArrayFromImage(image)
    assert np.array_equal(volume.array, np.maximum(theirs, -1024)), "but for padding, which becomes air"


def test_the_nema_phantom_lies_where_itk_puts_it(nema_pet: Path) -> None:
    (series,) = find_series([nema_pet]).series
    volume = read_volume(series)
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(nema_pet)))
    image = reader.Execute()
    assert volume.grid.spacing_mm == pytest.approx(image.GetSpacing()[::-1], abs=1e-6)
    assert volume.grid.points_of([[0, 0, 0]])[0] == pytest.approx(image.GetOrigin(), abs=1e-4)
    # ITK turns MONOCHROME1 over, which DICOM means for the display alone: values are compared with pydicom's
    files = [pydicom.dcmread(path) for path in series.files]
    values = [file.pixel_array * float(file.RescaleSlope) + float(file.RescaleIntercept) for file in files]
    assert np.allclose(volume.array, values, rtol=1e-6)
    assert volume.array[:, 0, 0].max() == 0, "nothing in the corner"
    assert any(repair.startswith(Defect.UNKNOWN_UNITS) for repair in volume.origin.repairs)


def test_images_that_ship_with_pydicom_are_read_or_refused_in_words() -> None:
    root = Path(get_testdata_file("CT_small.dcm", download=False)).parent
    found = find_series([root])
    read, errors = 0, []
    for series in found.series:
        try:
            volume = read_volume(series)
        except NelmError as error:
            errors.append(str(error))
            continue
        read += 1
        first = pydicom.dcmread(series.frames[0].source.path)
        if "PixelPaddingValue" in first or len(volume.array) > 1:
            continue
        slope, intercept = first.get("RescaleSlope", 1), first.get("RescaleIntercept", 0)
        assert np.array_equal(volume.array[0], first.pixel_array * float(slope) + float(intercept))
    assert read >= 8
    assert all(len(text) > 60 for text in errors)
    kinds = {one.kind for one in found.objects}
    assert {"SEG", "RTSTRUCT", "RTDOSE", "RTPLAN", "SR"} <= kinds


def test_a_planar_image_of_pydicom_is_no_series() -> None:
    path = Path(get_testdata_file("JPEG2000.dcm", download=False))
    found = find_series([path])
    assert found.series == () and "secondary capture" in found.ignored[0].reason


@pytest.mark.parametrize(
    "name", ["MR_small.dcm", "MR_small_RLE.dcm", "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm"]
)
def test_lossless_compressions_of_one_image_are_equal(name: str) -> None:
    plain = read_volume(find_series([Path(get_testdata_file("MR_small.dcm", download=False))]).series[0])
    packed = read_volume(find_series([Path(get_testdata_file(name, download=False))]).series[0])
    assert np.array_equal(plain.array, packed.array)


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("MR_small_jp2klossless.dcm", 32, 128),
        ("MR_small_jpeg_ls_lossless.dcm", 128, 32),
        ("MR_small_RLE.dcm", 60, 64),
        ("MR_small_jp2klossless.dcm", 63, 64),
    ],
)
def test_a_compressed_image_of_another_size_than_its_header_is_refused(
    name: str, rows: int, columns: int, tmp_path: Path
) -> None:
    made = pydicom.dcmread(get_testdata_file(name, download=False))
    made.Rows, made.Columns = rows, columns
    made.save_as(tmp_path / "image")
    (series,) = find_series([tmp_path]).series
    with pytest.raises(InputError, match=r"64|4096"):
        read_volume(series)


def test_layout_of_real_files(shared_path: Callable[[str], Path]) -> None:
    (series,) = find_series([shared_path("data/highdicom_files/ct_image.dcm")]).series
    assert series.layout is Layout.SINGLE
    with pytest.raises(NelmError):
        read_planar(series)
