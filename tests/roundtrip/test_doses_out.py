"""Doses that are written: valid by an independent checker, and read back the same by independent readers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest
import SimpleITK
from pydicom.dataset import Dataset
from tests.roundtrip.test_dicom_out import (
    AT,
    AXIAL,
    EXAMINATION,
    LUTETIUM,
    OBLIQUE,
    orthogonal,
    read_back,
    regions_of,
    tool,
    valid,
    written,
)

from nelm.errors import GeometryError, InputError
from nelm.io.dicom import (
    DoseKind,
    find_series,
    implausible,
    read_acquisition,
    read_dose,
    read_dose_image,
    read_planar_pair,
)
from nelm.io.dicom_out import (
    Camera,
    DescribedDose,
    DoseMedium,
    MapQuantity,
    OppositeCounts,
    RegionHistogram,
    ReportedAdministration,
    ReportedDose,
    Sources,
    Tracer,
    dose_object,
    dose_report_object,
    parametric_map_object,
    segmentation_object,
    sources_of,
    structure_set_object,
    tracking_uid,
    write_planar,
    write_spect,
)
from nelm.io.study import read_study
from nelm.physics.biology import dose_volume_histogram
from nelm.volume import Grid, Quantity, Structure, Volume

__all__ = ["valid", "written"]  # fixtures

DESCRIBED = DescribedDose(
    DoseKind.PHYSICAL, "Lu-177 cycle 2", "transport, Lu-177, cycle 2", "liver", DoseMedium.IMAGE
)
COARSE = Grid.axial((7, 20, 22), (6.0, 3.0, 3.0), (-30, -60, 400))
OVER_EACH_OTHER = orthogonal(OBLIQUE)
TOWARDS_FEET = Grid.axial((7, 20, 22), (-6.0, 3.0, 3.0), (-30, -60, 440))


@pytest.fixture
def sources(written: tuple[Volume, Path]) -> Sources:
    return sources_of(read_back(written[1]), made_at=AT)


def dose_on(grid: Grid, quantity: Quantity = Quantity.ABSORBED_DOSE) -> Volume:
    array = np.random.default_rng(4).gamma(2.0, 5.0, grid.shape).astype(np.float32)
    array[0] = 0
    return Volume(array, grid, quantity)


def same_in_space(found: Volume, true: Volume) -> float:
    """Largest difference between two volumes of equal places whose planes may run against each other."""
    if found.grid.same_as(true.grid, 1e-3):
        return float(np.abs(found.array - true.array).max())
    turned = found.array[::-1]
    matrix = found.grid.matrix
    matrix[:3, 3] = found.grid.points_of([[found.grid.shape[0] - 1, 0, 0]])[0]
    matrix[:3, 0] *= -1
    assert Grid.of(found.grid.shape, matrix).same_as(true.grid, 1e-3)
    return float(np.abs(turned - true.array).max())


def in_16_bits(dataset: Dataset) -> Dataset:
    """The object with the upper half of its stored numbers."""
    made = deepcopy(dataset)
    stored = np.frombuffer(made.PixelData, dtype="<u4")
    made.PixelData = (stored >> 16).astype("<u2").tobytes()
    made.BitsAllocated, made.BitsStored, made.HighBit = 16, 16, 15
    made.DoseGridScaling = f"{float(made.DoseGridScaling) * 65536:.10g}"
    return made


@pytest.mark.parametrize("grid", [COARSE, OVER_EACH_OTHER, TOWARDS_FEET])
def test_a_dose_comes_back_within_half_a_step(
    grid: Grid, sources: Sources, tmp_path: Path, valid: Callable[[Path], None]
) -> None:
    dose = dose_on(grid)
    made = dose_object(dose, sources, described=DESCRIBED, series_number=20)
    path = tmp_path / "dose.dcm"
    made.save_as(path, enforce_file_format=True)
    found = read_dose(path)
    assert found.quantity is Quantity.ABSORBED_DOSE
    # half a step of 32 bits, and the rounding to float32
    half = 0.5 * float(made.DoseGridScaling) + 2**-25 * dose.array.max()
    assert same_in_space(found, dose) <= half
    assert found.origin.frame_of_reference_uid == sources.headers[0].FrameOfReferenceUID
    assert found.origin.study_uid == sources.headers[0].StudyInstanceUID
    assert found.origin.date == "2026-03-02" and found.origin.repairs == ()
    # dciodvfy stops at an assertion of its own for 32 bits, so it sees the same header with 16
    smaller = in_16_bits(made)
    smaller.save_as(tmp_path / "dose16.dcm", enforce_file_format=True)
    valid(tmp_path / "dose16.dcm")
    coarser = read_dose(tmp_path / "dose16.dcm")
    assert same_in_space(coarser, dose) <= 1.01 * float(smaller.DoseGridScaling)


def test_itk_places_the_dose_where_it_was(sources: Sources, tmp_path: Path) -> None:
    dose = dose_on(OVER_EACH_OTHER)
    made = dose_object(dose, sources, described=DESCRIBED, series_number=20)
    made.save_as(tmp_path / "dose.dcm", enforce_file_format=True)
    image = SimpleITK.ReadImage(str(tmp_path / "dose.dcm"))
    values = SimpleITK.GetArrayFromImage(image).astype(float) * float(made.DoseGridScaling)
    assert np.allclose(values, dose.array, atol=1e-5)
    for index in ((0, 0, 0), (13, 39, 43)):
        place = image.TransformIndexToPhysicalPoint([int(k) for k in index[::-1]])
        assert np.allclose(place, dose.grid.points_of([index])[0], atol=1e-3)


def test_histograms_refer_to_the_structure_set(
    written: tuple[Volume, Path], sources: Sources, tmp_path: Path, valid: Callable[[Path], None]
) -> None:
    grid = written[0].grid
    regions = regions_of(grid)
    structure_set = structure_set_object(regions, sources, series_number=11)
    dose = dose_on(grid)
    histograms: list[RegionHistogram] = []
    for number, region in enumerate(regions, start=1):
        found = dose_volume_histogram(dose.array, voxel_ml=grid.voxel_ml, mask=region.mask.array)
        edges = np.arange(0, found.maximum_gy + 0.5, 0.5)
        volumes = tuple(float(value) for value in found.cumulative_ml(edges))
        histograms.append(
            RegionHistogram(number, 0.5, volumes, found.minimum_gy, found.mean_gy.value, found.maximum_gy)
        )
    made = dose_object(dose, sources, described=DESCRIBED, series_number=20, structure_set=structure_set,
                       histograms=histograms)  # fmt: skip
    in_16_bits(made).save_as(tmp_path / "dose.dcm", enforce_file_format=True)
    valid(tmp_path / "dose.dcm")
    assert read_dose_image(tmp_path / "dose.dcm").structure_set_uid == structure_set.SOPInstanceUID
    read = pydicom.dcmread(tmp_path / "dose.dcm").DVHSequence
    for item, region in zip(read, regions, strict=True):
        assert float(item.DVHData[1]) == pytest.approx(region.mask.volume_ml)
        assert float(item.DVHMeanDose) == pytest.approx(float(dose.array[region.mask.array].mean()), rel=1e-5)


def test_a_biologically_effective_dose_is_not_read_as_absorbed_dose(sources: Sources, tmp_path: Path) -> None:
    described = DescribedDose(DoseKind.EFFECTIVE, "Lu-177 cycle 2", "BED", "liver", DoseMedium.WATER)
    dose = dose_on(COARSE, Quantity.ARBITRARY)
    dose_object(dose, sources, described=described, series_number=21).save_as(
        tmp_path / "bed.dcm", enforce_file_format=True
    )
    found = read_dose_image(tmp_path / "bed.dcm")
    assert (found.kind, found.label, found.comment) == (DoseKind.EFFECTIVE, "Lu-177 cycle 2", "BED")
    assert found.summation == "PLAN_OVERVIEW" and found.volume.quantity is Quantity.ARBITRARY
    with pytest.raises(InputError, match="PHYSICAL"):
        read_dose(tmp_path / "bed.dcm")


def test_doses_that_cannot_be_written(sources: Sources) -> None:
    dose = dose_on(COARSE)
    below = np.array(dose.array)
    below[3, 3, 3] = -1
    for bad in (
        Volume(below, COARSE, Quantity.ABSORBED_DOSE),
        Volume(dose.array, COARSE, Quantity.HOUNSFIELD),
    ):
        with pytest.raises(InputError):
            dose_object(bad, sources, described=DESCRIBED, series_number=20)
    matrix = COARSE.matrix
    matrix[0, 0] = 1.0
    with pytest.raises(GeometryError, match="right angles"):
        dose_object(Volume(dose.array, Grid.of(COARSE.shape, matrix), Quantity.ABSORBED_DOSE), sources,
                    described=DESCRIBED, series_number=20)  # fmt: skip
    with pytest.raises(InputError, match="structure set"):
        dose_object(dose, sources, described=DESCRIBED, series_number=20,
                    histograms=[RegionHistogram(1, 1.0, (1.0,), 0, 0, 0)])  # fmt: skip


def changed(sources: Sources, tmp_path: Path, change: Callable[[Dataset], None]) -> Path:
    made = dose_object(dose_on(COARSE), sources, described=DESCRIBED, series_number=20)
    change(made)
    made.save_as(tmp_path / "changed.dcm", enforce_file_format=True)
    return tmp_path / "changed.dcm"


def test_offsets_may_be_coordinates_along_the_patient(sources: Sources, tmp_path: Path) -> None:
    def absolute(made: Dataset) -> None:
        made.GridFrameOffsetVector = [400 + float(value) for value in made.GridFrameOffsetVector]

    found = read_dose(changed(sources, tmp_path, absolute))
    assert found.grid.same_as(COARSE, 1e-3)
    assert np.allclose(found.array, dose_on(COARSE).array)


def test_planes_may_run_against_their_normal(sources: Sources, tmp_path: Path) -> None:
    def backwards(made: Dataset) -> None:
        made.GridFrameOffsetVector = [-float(value) for value in made.GridFrameOffsetVector]

    found = read_dose(changed(sources, tmp_path, backwards))
    assert found.grid.points_of([[0, 0, 0]])[0][2] == pytest.approx(400 - 36)
    assert np.allclose(found.array, dose_on(COARSE).array[::-1])


@pytest.mark.parametrize(
    ("keyword", "value", "error"),
    [
        ("DoseUnits", "RELATIVE", InputError),
        ("DoseType", "", InputError),
        ("DoseGridScaling", "0", InputError),
        ("GridFrameOffsetVector", [0, 6, 12, 18, 24, 30], GeometryError),
        ("GridFrameOffsetVector", [0, 6, 12, 18, 24, 30, 42], GeometryError),
        ("GridFrameOffsetVector", [5, 6, 12, 18, 24, 30, 36], GeometryError),
        ("ImageOrientationPatient", [1, 0, 0, 1, 0, 0], GeometryError),
        ("PixelSpacing", None, GeometryError),
        ("PixelData", b"\0\0", InputError),
    ],
)
def test_doses_that_cannot_be_read(
    keyword: str, value: object, error: type[Exception], sources: Sources, tmp_path: Path
) -> None:
    path = changed(sources, tmp_path, lambda made: setattr(made, keyword, value))
    with pytest.raises(error):
        read_dose(path)


def test_a_study_gives_its_doses_and_says_which_it_refused(sources: Sources, tmp_path: Path) -> None:
    dose_object(dose_on(COARSE), sources, described=DESCRIBED, series_number=20).save_as(
        tmp_path / "dose.dcm", enforce_file_format=True
    )
    changed(sources, tmp_path, lambda made: setattr(made, "DoseUnits", "RELATIVE"))
    study = read_study([tmp_path])
    (dose,) = study.doses
    assert dose.label == "Lu-177 cycle 2"
    assert np.allclose(dose.volume.array, dose_on(COARSE).array)
    (refused,) = study.refused
    assert "RELATIVE" in refused.reason


@pytest.mark.parametrize("quantity", list(MapQuantity))
def test_a_map_comes_back_equal(
    quantity: MapQuantity, sources: Sources, tmp_path: Path, valid: Callable[[Path], None]
) -> None:
    array = np.random.default_rng(5).gamma(2.0, 3.0, OVER_EACH_OTHER.shape).astype(np.float32)
    made = parametric_map_object(
        array, OVER_EACH_OTHER, quantity, sources, series_number=30, description="map"
    )
    path = tmp_path / "map.dcm"
    made.save_as(path)
    valid(path)
    volume = hd.imread(path).get_volume(apply_real_world_transform=True)
    if float(np.abs(volume.affine - OVER_EACH_OTHER.matrix).max()) > 1e-3:
        volume = volume.flip_spatial(0)
    assert np.allclose(volume.affine, OVER_EACH_OTHER.matrix, atol=1e-6)
    assert np.array_equal(volume.array, array)
    (mapping,) = made.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence
    codes = [item.ConceptCodeSequence[0] for item in mapping.QuantityDefinitionSequence]
    assert mapping.MeasurementUnitsCodeSequence[0].CodeValue == quantity.value.unit.value
    assert codes[0].CodeValue == quantity.value.quantity.value
    has_derivation = quantity is MapQuantity.ABSORBED_DOSE_UNCERTAINTY
    assert [code.CodeValue for code in codes[1:]] == ["386136009"] * has_derivation


def spect_on(folder: Path, volume: Volume, camera: Camera | None = None) -> Volume:
    write_spect(volume, folder, EXAMINATION, number=3, description="SPECT", tracer=LUTETIUM, camera=camera)
    return read_back(folder)


def test_doses_and_maps_belong_to_a_spect(tmp_path: Path, valid: Callable[[Path], None]) -> None:
    """A SPECT is one file of many frames: its study and its frame of reference are found there."""
    array = np.full(AXIAL.shape, 9e5, dtype=np.float32)
    image = spect_on(tmp_path / "nm", Volume(array, AXIAL, Quantity.ACTIVITY_CONCENTRATION))
    sources = sources_of(image, made_at=AT)
    assert len(sources.headers) == 1
    made = parametric_map_object(array, AXIAL, MapQuantity.TIME_INTEGRATED_ACTIVITY, sources, series_number=30,
                                 description="map")  # fmt: skip
    made.save_as(tmp_path / "map.dcm")
    valid(tmp_path / "map.dcm")
    dose = dose_object(dose_on(AXIAL), sources, described=DESCRIBED, series_number=20)
    in_16_bits(dose).save_as(tmp_path / "dose.dcm", enforce_file_format=True)
    valid(tmp_path / "dose.dcm")
    assert made.FrameOfReferenceUID == dose.FrameOfReferenceUID == image.origin.frame_of_reference_uid
    with pytest.raises(InputError, match="on the slices of the image"):
        segmentation_object(regions_of(AXIAL), sources, description="x", series_number=9)


def test_a_spect_of_counts_says_how_long_it_took(tmp_path: Path, valid: Callable[[Path], None]) -> None:
    counts = np.random.default_rng(3).poisson(40.0, AXIAL.shape).astype(np.float32)
    camera = Camera(views=60, view_s=15.0, detectors=2)
    found = spect_on(tmp_path, Volume(counts, AXIAL, Quantity.COUNTS), camera)
    assert found.quantity is Quantity.COUNTS
    assert np.array_equal(found.array, counts)
    (series,) = find_series([tmp_path]).series
    acquisition = read_acquisition(series)
    assert acquisition.duration_s == camera.duration_s == 900
    assert not acquisition.is_calibrated
    assert (acquisition.nuclide, acquisition.injected_activity_bq) == ("Lu-177", 7.4e9)
    assert acquisition.energy_windows[0].ranges_kev == ((187.2, 228.8),)
    assert (acquisition.start, acquisition.injection) == (AT, LUTETIUM.injected_at)
    assert implausible(acquisition) == ()
    valid(next(tmp_path.iterdir()))
    with pytest.raises(InputError, match="65535"):
        spect_on(tmp_path / "more", Volume(counts * 1e4, AXIAL, Quantity.COUNTS))


def test_planar_counts_come_back(tmp_path: Path, valid: Callable[[Path], None]) -> None:
    rng = np.random.default_rng(6)
    counts = OppositeCounts(rng.poisson(30, (40, 24)), rng.poisson(20, (40, 24)), (2.4, 2.5), 600.0)
    technetium = Tracer("99mTc-MAA", "Tc-99m", 1.5e8, AT, 21624.0)
    camera = Camera("140 keV", (126.5, 154.6), "LEHR", 2)
    write_planar(counts, tmp_path, EXAMINATION, number=4, description="MAA", tracer=technetium, camera=camera)
    valid(next(tmp_path.iterdir()))
    found = read_planar_pair([tmp_path], photopeak_kev=140.5)
    assert np.array_equal(found.anterior, counts.anterior)
    assert np.array_equal(found.posterior, counts.posterior)
    assert (found.pixel_mm, found.duration_s) == ((2.4, 2.5), 600.0)
    assert (found.acquisition.nuclide, found.notes) == ("Tc-99m", ())


def test_the_report_of_doses_is_valid_and_dcmqi_reads_its_numbers(
    written: tuple[Volume, Path], sources: Sources, tmp_path: Path, valid: Callable[[Path], None]
) -> None:
    regions = regions_of(written[0].grid)
    segmentation = segmentation_object(regions, sources, description="x", series_number=9)
    doses = [
        ReportedDose(
            region.name, number, tracking_uid(region, sources), region.structure, 10.5, 11.0, 1234.5, 61.2, 12.3456,
            0.9, 14.2, 1.1, 1.66, ((98.0, 5.1), (50.0, 12.0), (2.0, 20.3)), ((20.0, 12.5),),
        )
        for number, region in enumerate(regions, start=1)
    ]  # fmt: skip
    doses[0] = ReportedDose(
        "Kidney", 1, doses[0].tracking_uid, Structure.KIDNEY_LEFT, 150.0, None, None, None, 2.5
    )
    administration = ReportedAdministration(
        "177Lu-DOTATATE", "Lu-177", 7400.0, 2, "transport", parameters=("calibration factor 9.4 cps/MBq",)
    )
    path = tmp_path / "sr.dcm"
    dose_report_object(doses, administration, segmentation, sources, series_number=40).save_as(path)
    valid(path)
    assert uncertainties(path) == [0.9, 0.9, 1.1, 1.1] * 2
    out = tmp_path / "sr.json"
    subprocess.run([tool("tid1500reader"), "--inputDICOM", str(path), "--outputMetadata", str(out)], check=True,
                   capture_output=True)  # fmt: skip
    given, kidney, *lesions = json.loads(out.read_text())["Measurements"]
    assert given["measurementItems"][0]["value"] == "7400.0"
    meanings = [item["conceptValue"]["CodeMeaning"] for item in given["qualitativeEvaluations"]]
    assert meanings == ["177Lu-DOTATATE", "^177^Lutetium"]
    assert [item["quantity"]["CodeMeaning"] for item in kidney["measurementItems"]] == [
        "Volume",
        "Mean Absorbed Radiation Dose",
    ]
    assert lesions[1]["TrackingUniqueIdentifier"] == "1.2.840.99.1" and lesions[1]["ReferencedSegment"] == 3
    numbers = {
        item["quantity"]["CodeValue"]: (float(item["value"]), item["units"]["CodeValue"])
        for item in lesions[0]["measurementItems"]
    }
    assert numbers == {
        "118565006": (10.5, "mL"), "118538004": (11.0, "g"), "TIA": (1234.5, "MBq.h"), "T_EFF": (61.2, "h"),
        "128533": (12.3456, "Gy"), "BED": (14.2, "Gy"), "DOSE_PER_A": (1.66, "Gy/GBq"),
        "D98": (5.1, "Gy"), "D50": (12.0, "Gy"), "D2": (20.3, "Gy"), "V20Gy": (12.5, "%"),
    }  # fmt: skip
    parameters = lesions[0]["measurementAlgorithmIdentification"]["AlgorithmParameters"]
    assert parameters == ["calibration factor 9.4 cps/MBq"]


def uncertainties(path: Path) -> list[float]:
    """Every upper and lower measurement uncertainty of a report, in order."""

    def below(item: Dataset) -> list[float]:
        name = item.get("ConceptNameCodeSequence")
        own = bool(name) and name[0].CodeValue in ("371886008", "371885007")
        here = [float(item.MeasuredValueSequence[0].NumericValue)] if own else []
        return here + [value for part in item.get("ContentSequence", ()) for value in below(part)]

    return below(pydicom.dcmread(path))
