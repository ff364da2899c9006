"""What lies in a folder: series put together and taken apart, objects for others, the rest with reasons."""

import copy
import shutil
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from tests.dicom_files import AXIAL, ct_series, identified, raw, spect, write

from nelm.errors import InputError
from nelm.io.dicom import Layout, find_series, grid_of, read_volume

SHAPE = (5, 6, 7)
SEG, RTSTRUCT = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.481.3"


def test_a_folder_of_anything(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b", ct_series(shape=SHAPE))
    seg = identified("SEG", SEG, 900)
    seg.SeriesInstanceUID = "1.2.77"
    write(tmp_path / "a", [seg, identified("RTSTRUCT", RTSTRUCT, 901)], ["seg", "rs"])
    (tmp_path / "README").write_text("hello")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04....")
    shutil.copy(
        Path(get_testdata_file("CT_small.dcm", download=False)).parent / "dicomdirtests/DICOMDIR", tmp_path
    )
    calls: list[tuple[int, int]] = []
    found = find_series([tmp_path], progress=lambda done, of: calls.append((done, of)))
    (series,) = found.series
    assert (series.modality, series.folder, len(series.files)) == ("CT", "b", 5)
    assert series.date == "2024-03-05" and series.description == "made by formula"
    assert {one.kind for one in found.objects} == {"SEG", "RTSTRUCT"}
    assert found.objects_of("SEG")[0].series_uid == "1.2.77"
    assert {one.path.name: one.reason.split(";")[0] for one in found.ignored} == {
        "README": "not a DICOM file",
        "empty": "empty file",
        "x.zip": "a zip archive",
        "DICOMDIR": "a DICOM directory",
    }
    assert calls[0] == (1, 11) and calls[-1] == (11, 11)


def test_files_come_in_the_order_of_their_slices_and_once(tmp_path: Path) -> None:
    images = ct_series(shape=SHAPE)
    paths = write(tmp_path, list(reversed(images)))
    (series,) = find_series([tmp_path, paths[0], tmp_path]).series
    assert series.files == tuple(reversed(paths))


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        find_series([tmp_path / "nowhere"])


def test_files_without_series_identifier_go_together_by_folder(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        images = ct_series(shape=SHAPE)
        for made in images:
            del made.SeriesInstanceUID
        write(tmp_path / folder, images)
    one, two = find_series([tmp_path]).series
    assert (one.folder, two.folder) == ("one", "two")
    assert one.series_uid is None
    assert any("lie in one folder" in finding.detail for finding in one.findings)


@pytest.mark.parametrize(
    ("keyword", "first", "second", "label"),
    [
        ("EchoTime", 1.2, 2.4, "echo time"),
        ("TemporalPositionIdentifier", 1, 2, "temporal position"),
        ("AcquisitionNumber", 3, 4, "acquisition number"),
        ("AcquisitionTime", "100000", "100130", "acquisition time"),
        ("FrameReferenceTime", 100, 200, "frame reference time"),
        ("PixelSpacing", [3, 2], [6, 4], "pixel spacing"),
        ("ImageOrientationPatient", list(AXIAL), [0, 1, 0, 0, 0, -1], "orientation"),
    ],
)
def test_a_series_identifier_shared_by_two_volumes_is_split(
    keyword: str, first: object, second: object, label: str, tmp_path: Path
) -> None:
    images = ct_series("MR", shape=SHAPE)
    for made in list(images):
        other = copy.deepcopy(made)
        other.SOPInstanceUID += ".7"
        setattr(made, keyword, first)
        setattr(other, keyword, second)
        images.append(other)
    write(tmp_path, images)
    series = find_series([tmp_path]).series
    assert [len(one.frames) for one in series] == [5, 5]
    assert all(label in one.part for one in series)


def test_phases_are_not_invented_where_places_are_unique(tmp_path: Path) -> None:
    images = ct_series("MR", shape=SHAPE)
    for number, made in enumerate(images):
        made.AcquisitionNumber = number  # an acquisition a slice, as many scanners count
        made.AcquisitionTime = f"1000{number:02d}"
    write(tmp_path, images)
    assert [len(one.frames) for one in find_series([tmp_path]).series] == [5]


def test_gated_spect_is_split_into_its_gates(tmp_path: Path) -> None:
    made = spect(shape=(6, 4, 4))
    made.SliceVector = [1, 2, 3, 1, 2, 3]
    made.TimeSlotVector = [1, 1, 1, 2, 2, 2]
    write(tmp_path, [made])
    one, two = find_series([tmp_path]).series
    assert one.layout is Layout.RECONSTRUCTED
    assert [frame.index for frame in one.frames] == [0, 1, 2]
    assert [frame.index for frame in two.frames] == [3, 4, 5]


def test_a_grid_is_known_without_the_pixels(tmp_path: Path) -> None:
    write(tmp_path, ct_series(shape=SHAPE))
    (series,) = find_series([tmp_path]).series
    assert grid_of(series).same_as(read_volume(series).grid, tolerance_mm=1e-9)


def test_implicit_and_big_endian_headers_are_read(tmp_path: Path) -> None:
    (made,) = ct_series(shape=(1, 6, 7))
    for name, implicit, little in (("implicit", True, True), ("big", False, False)):
        changed = copy.deepcopy(made)
        if not little:
            changed.PixelData = made.pixel_array.astype(">u2").tobytes()
        changed.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2" if implicit else "1.2.840.10008.1.2.2"
        path = tmp_path / name / "image"
        path.parent.mkdir()
        pydicom.dcmwrite(path, changed, implicit_vr=implicit, little_endian=little, enforce_file_format=True)
        (series,) = find_series([path]).series
        volume = read_volume(series)
        assert (volume.array == made.pixel_array[None].astype(int) - 1024).all()


def test_no_name_of_a_patient_is_kept(tmp_path: Path) -> None:
    images = ct_series(shape=SHAPE)
    for made in images:
        made.PatientName, made.PatientID = "Doe^Jane", "hospital-12345"
    write(tmp_path, images)
    found = find_series([tmp_path])
    assert "Doe" not in repr(found) and "12345" not in repr(found)


def test_text_with_padding_is_trimmed(tmp_path: Path) -> None:
    images = ct_series(shape=SHAPE)
    for made in images:
        raw(made, "Modality", "CT\0\0")
        raw(made, "FrameOfReferenceUID", "1.2.3.3\0\0\0")
        raw(made, "SeriesDescription", "arterial \0")
    write(tmp_path, images)
    (series,) = find_series([tmp_path]).series
    assert (series.modality, series.frame_of_reference_uid) == ("CT", "1.2.3.3")
    assert series.description == "arterial"
