"""Small DICOM series whose every voxel holds a number made from its place in the patient."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian

from nelm.volume import Grid, Volume

CLASSES = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    "PT": "1.2.840.10008.5.1.4.1.1.128",
    "NM": "1.2.840.10008.5.1.4.1.1.20",
    "ECT": "1.2.840.10008.5.1.4.1.1.2.1",
}
SHAPE = (12, 16, 16)
SPACING = (5.0, 3.0, 2.0)
FIRST = (-40.0, -60.0, 100.0)
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
OBLIQUE = (0.8, 0.6, 0.0, 0.0, 0.0, -1.0)
"""An upright plane, 37 degrees between coronal and sagittal."""
STEPS = np.array([0.5, 16 / 3, 256 / 5])
"""The field grows by 1, 16 and 256 from voxel to voxel along x, y, z: every voxel of a series is unique."""
INTERCEPT = -1024


def field(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """The number at points (n, 3), before the intercept."""
    return (points_mm - np.array(FIRST)) @ STEPS


def grid_of_series(orientation: Sequence[float] = AXIAL, shape: tuple[int, int, int] = SHAPE) -> Grid:
    """The grid of an intact series."""
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    matrix = np.eye(4)
    matrix[:3, 0] = SPACING[0] * np.cross(row, column)
    matrix[:3, 1] = SPACING[1] * column
    matrix[:3, 2] = SPACING[2] * row
    matrix[:3, 3] = FIRST
    return Grid.of(shape, matrix)


def values_on(grid: Grid) -> NDArray[np.float64]:
    """The field on a grid (z, y, x)."""
    return field(grid.points_of(np.indices(grid.shape).reshape(3, -1).T)).reshape(grid.shape)


def largest_error(volume: Volume, *, intercept: float = INTERCEPT) -> float:
    """Largest difference between a volume and the field at the places of its voxels."""
    return float(np.abs(volume.array - (values_on(volume.grid) + intercept)).max())


def meta(sop_class: str, instance: str) -> FileMetaDataset:
    """File meta information."""
    made = FileMetaDataset()
    made.MediaStorageSOPClassUID = sop_class
    made.MediaStorageSOPInstanceUID = instance
    made.TransferSyntaxUID = ExplicitVRLittleEndian
    return made


def identified(modality: str, sop_class: str, number: int = 0) -> Dataset:
    """A data set with the identifiers of a made patient."""
    made = Dataset()
    made.SOPClassUID = sop_class
    made.SOPInstanceUID = f"1.2.3.4.{number + 1}"
    made.file_meta = meta(sop_class, made.SOPInstanceUID)
    made.Modality = modality
    made.StudyInstanceUID, made.SeriesInstanceUID, made.FrameOfReferenceUID = "1.2.3.1", "1.2.3.2", "1.2.3.3"
    made.PatientID = "MADE"
    made.PatientPosition = "HFS"
    made.StudyDate = made.SeriesDate = made.AcquisitionDate = "20240305"
    made.SeriesTime = made.AcquisitionTime = "101500"
    made.SeriesDescription = "made by formula"
    return made


def set_pixels(made: Dataset, pixels: NDArray[np.integer], *, signed: int = 0) -> None:
    """Put 16-bit pixels (rows, columns) or (frames, rows, columns) in a data set."""
    made.Rows, made.Columns = pixels.shape[-2:]
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 16, 15, signed
    made["PixelData"] = pydicom.DataElement(Tag("PixelData"), "OW", pixels.astype("<u2").tobytes())


def ct_series(
    modality: str = "CT",
    *,
    orientation: Sequence[float] = AXIAL,
    shape: tuple[int, int, int] = SHAPE,
    shift_mm: tuple[float, float] = (0.0, 0.0),
) -> list[Dataset]:
    """One image a slice; `shift_mm` displaces each slice along (row, column) as a tilted gantry does."""
    grid = grid_of_series(orientation, shape)
    matrix = grid.matrix
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    matrix[:3, 0] += shift_mm[0] * row + shift_mm[1] * column
    grid = Grid.of(shape, matrix)
    values = np.rint(values_on(grid))
    return [ct_image(modality, values, grid, k) for k in range(shape[0])]


def ct_image(modality: str, values: NDArray[np.float64], grid: Grid, k: int) -> Dataset:
    """The image of slice k of a series with these values (z, y, x)."""
    made = identified(modality, CLASSES[modality], k)
    made.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    matrix = grid.matrix
    position = grid.points_of([[k, 0, 0]])[0]
    row, column = matrix[:3, 2] / SPACING[2], matrix[:3, 1] / SPACING[1]
    made.ImagePositionPatient = [f"{number:.6f}" for number in position]
    made.ImageOrientationPatient = [f"{number:.6f}" for number in (*row, *column)]
    made.PixelSpacing = [SPACING[1], SPACING[2]]
    made.SliceThickness = SPACING[0]
    made.SpacingBetweenSlices = SPACING[0]
    made.SliceLocation = f"{position @ np.cross(row, column):.6f}"
    made.InstanceNumber = k + 1
    made.RescaleSlope, made.RescaleIntercept = 1, INTERCEPT
    set_pixels(made, values[k].astype(np.int64), signed=int(values.min() < 0))
    return made


def spect(*, spacing_between_mm: float = SPACING[0], shape: tuple[int, int, int] = SHAPE) -> Dataset:
    """A reconstructed SPECT in one file; a negative spacing stacks its slices towards the feet."""
    matrix = grid_of_series(AXIAL, shape).matrix
    matrix[:3, 0] = [0, 0, spacing_between_mm]
    if spacing_between_mm < 0:
        matrix[2, 3] += (shape[0] - 1) * SPACING[0]
    grid = Grid.of(shape, matrix)
    made = identified("NM", CLASSES["NM"])
    made.ImageType = ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"]
    made.NumberOfFrames = shape[0]
    made.SliceVector = list(range(1, shape[0] + 1))
    made.NumberOfSlices = shape[0]
    made.FrameIncrementPointer = 0x00540080
    made.PixelSpacing = [SPACING[1], SPACING[2]]
    made.SliceThickness, made.SpacingBetweenSlices = SPACING[0], spacing_between_mm
    detector = Dataset()
    detector.ImagePositionPatient = [float(number) for number in matrix[:3, 3]]
    detector.ImageOrientationPatient = list(AXIAL)
    made.DetectorInformationSequence = Items([detector])
    set_pixels(made, np.rint(values_on(grid)).astype(np.int64))
    return made


def enhanced_ct(*, order: Sequence[int] | None = None, shape: tuple[int, int, int] = SHAPE) -> Dataset:
    """An enhanced CT; its frames in any order."""
    grid = grid_of_series(AXIAL, shape)
    values = np.rint(values_on(grid)).astype(np.int64)
    order = list(range(shape[0])) if order is None else list(order)
    made = identified("CT", CLASSES["ECT"])
    made.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    made.NumberOfFrames = len(order)
    shared, plane, measures, scale = Dataset(), Dataset(), Dataset(), Dataset()
    plane.ImageOrientationPatient = list(AXIAL)
    measures.PixelSpacing, measures.SliceThickness = [SPACING[1], SPACING[2]], SPACING[0]
    scale.RescaleSlope, scale.RescaleIntercept, scale.RescaleType = 1, INTERCEPT, "HU"
    shared.PlaneOrientationSequence = Items([plane])
    shared.PixelMeasuresSequence = Items([measures])
    shared.PixelValueTransformationSequence = Items([scale])
    made.SharedFunctionalGroupsSequence = Items([shared])
    groups = []
    for k in order:
        group, place = Dataset(), Dataset()
        place.ImagePositionPatient = [float(number) for number in grid.points_of([[k, 0, 0]])[0]]
        group.PlanePositionSequence = Items([place])
        groups.append(group)
    made.PerFrameFunctionalGroupsSequence = Items(groups)
    set_pixels(made, values[order])
    return made


def raw(made: Dataset, keyword: str, text: str) -> None:
    """Give an element a text that its value representation forbids."""
    value = text.encode("latin-1")
    value += b" " * (len(value) % 2)
    tag = Tag(keyword)
    representation = pydicom.datadict.dictionary_VR(tag)
    made[tag] = RawDataElement(tag, representation, len(value), value, 0, False, True)


def write(folder: Path, images: Sequence[Dataset], names: Sequence[str] | None = None) -> list[Path]:
    """Write images to a folder; by default with names that give no order away."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for number, made in enumerate(images):
        path = folder / (names[number] if names is not None else f"image_{number}")
        pydicom.dcmwrite(path, made, enforce_file_format=True)
        paths.append(path)
    return paths


def put_code(made: Dataset, keyword: str, value: str, meaning: str) -> None:
    """Give a data set a code of one item."""
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, "SRT", meaning
    setattr(made, keyword, Items([code]))
