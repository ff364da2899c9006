"""DICOM that is written: valid by an independent checker, and read back the same by independent readers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import SimpleITK
from tests.balls import ball, mask_of

from nelm.io.dicom import find_series, read_acquisition, read_volume, suv_volume
from nelm.io.dicom_out import (
    Examination,
    Region,
    ReportedLesion,
    Tracer,
    report_object,
    segmentation_object,
    sources_of,
    structure_set_object,
    tracking_uid,
    write_ct,
    write_pet,
    write_spect,
)
from nelm.io.segmentation import read_rtstruct, read_seg
from nelm.volume import Grid, Mask, Quantity, Structure, Volume

AT = datetime(2026, 3, 2, 9, 30)
EXAMINATION = Examination("SYNTHETIC-1", "Synthetic^Patient", "F", 64.0, 1.66, AT, "test")
GALLIUM = Tracer("68Ga-DOTATATE", "Ga-68", 1.5e8, AT - timedelta(hours=1), 4063.2, 0.889)
LUTETIUM = Tracer("177Lu-DOTATATE", "Lu-177", 7.4e9, AT - timedelta(hours=24), 574300.8)
OBLIQUE = Grid.of(
    (14, 40, 44), [[0.2, 0.05, 1.496, -30], [0.3, 1.49, -0.1, -60], [2.97, -0.16, -0.19, 400], [0, 0, 0, 1]]
)
AXIAL = Grid.axial((14, 40, 44), (3.0, 1.5, 1.5), (-30, -60, 400))


def orthogonal(grid: Grid) -> Grid:
    """The grid with exactly orthogonal axes of the same lengths."""
    matrix = grid.matrix
    q, r = np.linalg.qr(matrix[:3, ::-1][:, 1:])
    axes = (q * np.sign(np.diag(r)))[:, ::-1]
    matrix[:3, :3] = axes * np.array(grid.spacing_mm)
    return Grid.of(grid.shape, matrix)


@pytest.fixture(scope="module", params=["axial", "oblique"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Volume, Path]:
    grid = AXIAL if request.param == "axial" else orthogonal(OBLIQUE)
    rng = np.random.default_rng(1)
    volume = Volume(rng.integers(-1000, 1000, grid.shape).astype(np.int16), grid, Quantity.HOUNSFIELD)
    folder = tmp_path_factory.mktemp("ct")
    write_ct(volume, folder, EXAMINATION, number=1, description="CT test")
    return volume, folder


@pytest.fixture
def valid(program: Callable[[str], str]) -> Callable[[Path], None]:
    checker = program("dciodvfy")

    def check(path: Path) -> None:
        said = subprocess.run([checker, str(path)], capture_output=True, text=True, check=False).stderr
        errors = [line for line in said.splitlines() if line.startswith("Error")]
        assert not errors, f"{path.name}: {errors[:5]}"

    return check


def read_back(folder: Path) -> Volume:
    (series,) = find_series([folder]).series
    return read_volume(series)


def test_ct_comes_back_as_it_was(written: tuple[Volume, Path], valid: Callable[[Path], None]) -> None:
    volume, folder = written
    found = read_back(folder)
    assert found.grid.same_as(volume.grid, 1e-3)
    assert np.array_equal(found.array, volume.array)
    assert found.quantity is Quantity.HOUNSFIELD
    valid(sorted(folder.iterdir())[3])


def test_pet_comes_back_within_half_a_quantum_and_its_suv_is_right(
    tmp_path: Path, valid: Callable[[Path], None]
) -> None:
    array = np.random.default_rng(2).gamma(2.0, 4000.0, AXIAL.shape).astype(np.float32)
    volume = Volume(array, AXIAL, Quantity.ACTIVITY_CONCENTRATION)
    write_pet(volume, tmp_path, EXAMINATION, number=2, description="PET test", tracer=GALLIUM)
    (series,) = find_series([tmp_path]).of("PT")
    found = read_volume(series)
    quantum = array.max(axis=(1, 2)) / 32767
    assert (np.abs(found.array - array).max(axis=(1, 2)) <= 0.51 * quantum).all()
    suv = suv_volume(found, read_acquisition(series))
    decayed = GALLIUM.injected_bq * 0.5 ** (3600 / GALLIUM.half_life_s)
    assert np.allclose(suv.array, np.asarray(found.array) * 64_000 / decayed, rtol=1e-5)
    valid(sorted(tmp_path.iterdir())[0])


def test_spect_comes_back_in_becquerel(tmp_path: Path, valid: Callable[[Path], None]) -> None:
    array = np.random.default_rng(3).gamma(2.0, 9000.0, AXIAL.shape).astype(np.float32)
    write_spect(Volume(array, AXIAL, Quantity.ACTIVITY_CONCENTRATION), tmp_path, EXAMINATION, number=3,
                description="SPECT test", tracer=LUTETIUM)  # fmt: skip
    found = read_back(tmp_path)
    assert found.quantity is Quantity.ACTIVITY_CONCENTRATION
    assert found.grid.same_as(AXIAL, 1e-3)
    assert np.abs(found.array - array).max() <= 0.51 * array.max() / 32767
    valid(next(tmp_path.iterdir()))


def regions_of(grid: Grid) -> list[Region]:
    middle = grid.points_of([[7, 20, 22]])[0]
    liver = mask_of([ball(tuple(middle), 16)], grid)
    first = mask_of([ball(tuple(middle + np.array([4, 0, 0])), 5)], grid)
    second = mask_of([ball(tuple(middle - np.array([7, 4, 0])), 4)], grid)
    hollow = Mask(liver.array & ~first.array, grid)
    return [
        Region("Liver", Structure.LIVER, hollow),
        Region("L1", Structure.LESION, first),
        Region("L2", Structure.LESION, second, "1.2.840.99.1"),
    ]


def test_overlapping_and_separate_segments_come_back_the_same(
    written: tuple[Volume, Path], tmp_path: Path, valid: Callable[[Path], None]
) -> None:
    _, folder = written
    image = read_back(folder)
    sources = sources_of(image, made_at=AT)
    regions = regions_of(image.grid)
    for name, chosen in (("overlapping", regions), ("lesions", regions[1:])):
        path = tmp_path / f"{name}.dcm"
        segmentation_object(chosen, sources, description=name, series_number=9).save_as(path)
        valid(path)
        found = read_seg(path)
        assert [segment.name for segment in found.segments] == [region.name for region in chosen]
        assert [segment.structure for segment in found.segments] == [region.structure for region in chosen]
        for segment, region in zip(found.segments, chosen, strict=True):
            placed = np.argwhere(segment.mask.array)
            indices = np.round(image.grid.indices_of(found.grid.points_of(placed))).astype(int)
            back = np.zeros(image.grid.shape, dtype=bool)
            back[tuple(indices.T)] = True
            assert np.array_equal(back, region.mask.array)
        assert found.segments[-1].tracking_uid == "1.2.840.99.1"
        assert found.source_series_uid == image.origin.series_uid


def tool(name: str) -> str:
    path = Path(sys.executable).parent / name
    if not path.exists():
        pytest.skip(f"needs {name} of the package dcmqi (extra dev)")
    return str(path)


def test_dcmqi_reads_the_segments_identically(written: tuple[Volume, Path], tmp_path: Path) -> None:
    _, folder = written
    image = read_back(folder)
    regions = regions_of(image.grid)
    path = tmp_path / "seg.dcm"
    segmentation_object(regions, sources_of(image, made_at=AT), description="x", series_number=9).save_as(
        path
    )
    subprocess.run([tool("segimage2itkimage"), "--inputDICOM", str(path), "--outputDirectory", str(tmp_path),
                    "--outputType", "nrrd", "--prefix", "out"], check=True, capture_output=True)  # fmt: skip
    told = json.loads((tmp_path / "out-meta.json").read_text())
    labels = [item for group in told["segmentAttributes"] for item in group]
    assert sorted(item["SegmentLabel"] for item in labels) == ["L1", "L2", "Liver"]
    assert any(
        item.get("TrackingUniqueIdentifier", item.get("TrackingUID")) == "1.2.840.99.1" for item in labels
    )
    for number, region in enumerate(regions, start=1):
        itk = SimpleITK.ReadImage(str(tmp_path / f"out-{number}.nrrd"))
        array = SimpleITK.GetArrayFromImage(itk) > 0
        direction = np.array(itk.GetDirection()).reshape(3, 3) * np.array(itk.GetSpacing())
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = direction[:, ::-1], itk.GetOrigin()
        points = Grid.of(array.shape, matrix).points_of(np.argwhere(array))
        indices = np.round(image.grid.indices_of(points)).astype(int)
        back = np.zeros(image.grid.shape, dtype=bool)
        back[tuple(indices.T)] = True
        assert np.array_equal(back, region.mask.array)


def test_the_report_is_valid_and_dcmqi_reads_its_measurements(
    written: tuple[Volume, Path], tmp_path: Path, valid: Callable[[Path], None]
) -> None:
    _, folder = written
    image = read_back(folder)
    sources = sources_of(image, made_at=AT)
    regions = regions_of(image.grid)[1:]
    segmentation = segmentation_object(regions, sources, description="x", series_number=9)
    lesions = [
        ReportedLesion(
            region.name, number, tracking_uid(region, sources), (8, 5), 0.52 * number, 10.25, 8.5, 11.0, 24.1
        )
        for number, region in enumerate(regions, start=1)
    ]
    path = tmp_path / "sr.dcm"
    report_object(lesions, segmentation, sources, series_number=10).save_as(path)
    valid(path)
    out = tmp_path / "sr.json"
    subprocess.run([tool("tid1500reader"), "--inputDICOM", str(path), "--outputMetadata", str(out)], check=True,
                   capture_output=True)  # fmt: skip
    groups = json.loads(out.read_text())["Measurements"]
    assert [group["TrackingIdentifier"] for group in groups] == ["L1", "L2"]
    assert groups[1]["TrackingUniqueIdentifier"] == "1.2.840.99.1"
    for lesion, group in zip(lesions, groups, strict=True):
        values = {item["quantity"]["CodeMeaning"]: float(item["value"]) for item in group["measurementItems"]}
        assert values["Volume"] == pytest.approx(lesion.volume_ml)
        assert values["Long axis"] == pytest.approx(lesion.long_axis_mm)
        assert values["SUVbw"] == pytest.approx(24.1)


def test_structure_sets_come_back_nearly_the_same(
    written: tuple[Volume, Path], tmp_path: Path, valid: Callable[[Path], None]
) -> None:
    """Contours at half occupancy enclose the centres of the region's voxels: every voxel comes back, holes too."""
    _, folder = written
    image = read_back(folder)
    regions = regions_of(image.grid)
    path = tmp_path / "rt.dcm"
    structure_set_object(regions, sources_of(image, made_at=AT), series_number=11).save_as(
        path, enforce_file_format=True
    )
    valid(path)
    found = read_rtstruct(path, image)
    for segment, region in zip(found.segments, regions, strict=True):
        assert segment.name == region.name
        different = np.count_nonzero(segment.mask.array ^ region.mask.array)
        assert different <= 0.002 * np.count_nonzero(region.mask.array)


def test_contours_enclose_the_area_of_a_square() -> None:
    """A square of 10 x 6 pixels: contours at half occupancy cut its corners, so 4 x 1/8 pixel less than the square."""
    from nelm.io.dicom_out import contours_of

    array = np.zeros(AXIAL.shape, dtype=bool)
    array[5, 10:20, 12:18] = True
    ((_, points),) = list(contours_of(Region("square", Structure.OTHER, Mask(array, AXIAL))))
    x, y = points[:, 0], points[:, 1]
    area = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
    assert area == pytest.approx((60 - 0.5) * 1.5**2)
