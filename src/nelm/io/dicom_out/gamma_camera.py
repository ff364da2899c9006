"""SPECT and planar images of the synthetic patient as DICOM, as a gamma camera writes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import NuclearMedicineImageStorage

from nelm.errors import InputError, Problem
from nelm.io.dicom_out.image_headers import (
    WHOLE,
    Examination,
    Tracer,
    code,
    decimal,
    drug,
    head,
    place_of,
    put_pixels,
    put_position,
    saved,
)
from nelm.volume import Quantity, Volume

MOST_COUNTS = 65535
ANTERIOR_DEG, POSTERIOR_DEG = 180, 0
"""Angles of a detector, from the patient's back."""


@dataclass(frozen=True, slots=True)
class Camera:
    """How the gamma camera was set.

    Parameters
    ----------
    window_name, window_kev : Name and limits of the energy window.
    collimator : Name of the collimator.
    detectors : Number of detectors, each of which takes all views over its part of the arc.
    views, view_s : Views of each detector, and time for each [s].
    """

    window_name: str = "208 keV"
    window_kev: tuple[float, float] = (187.2, 228.8)
    collimator: str = "MEGP"
    detectors: int = 1
    views: int = 60
    view_s: float = 20.0

    @property
    def duration_s(self) -> float:
        """Of a tomogram [s]."""
        return self.views * self.view_s


@dataclass(frozen=True, slots=True, eq=False)
class OppositeCounts:
    """Two opposite planar images to write.

    Parameters
    ----------
    anterior, posterior : (rows, columns) counts, each as its detector sees the patient.
    pixel_mm : Between rows and between columns.
    duration_s : Of the acquisition [s].
    """

    anterior: NDArray[np.generic]
    posterior: NDArray[np.generic]
    pixel_mm: tuple[float, float]
    duration_s: float


def write_spect(
    volume: Volume,
    folder: Path,
    examination: Examination,
    *,
    number: int,
    description: str,
    tracer: Tracer,
    camera: Camera | None = None,
) -> list[Path]:
    """A reconstructed SPECT as one multi-frame file.

    A volume in Bq/mL is written with a mapping of its stored numbers to Bq/mL; one of counts as whole counts without a
    mapping, as an image that a calibration factor has to be applied to.
    """
    camera = camera or Camera()
    grid, count = volume.grid, volume.grid.shape[0]
    series = examination.uid("NM", description)
    dataset = head(examination, NuclearMedicineImageStorage, "NM", series=series, number=number, place=0)
    dataset.SeriesDescription = description
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"]
    dataset.NumberOfFrames = count
    dataset.FrameIncrementPointer = [0x00540080]
    dataset.SliceVector = list(range(1, count + 1))
    dataset.NumberOfSlices = count
    dataset.PixelSpacing = [decimal(grid.spacing_mm[1]), decimal(grid.spacing_mm[2])]
    dataset.SliceThickness = decimal(grid.spacing_mm[0])
    dataset.SpacingBetweenSlices = decimal(grid.spacing_mm[0])
    dataset.NumberOfRotations = 1
    dataset.RotationInformationSequence = Items([_rotation(camera)])
    dataset.CorrectedImage = ["ATTN", "SCAT"]
    dataset.DecayCorrection = "NONE"
    detectors = [_detector(camera) for _ in range(camera.detectors)]
    for detector in detectors:
        detector.ImagePositionPatient, detector.ImageOrientationPatient = place_of(volume, 0)
    _put_camera(dataset, camera, detectors, tracer)
    values = np.clip(np.asarray(volume.array, dtype=np.float64), 0, None)
    dataset.CountsAccumulated = int(min(values.sum() / 1000, 2**31 - 1))
    slope = 1.0 if volume.quantity is Quantity.COUNTS else max(float(values.max()) / WHOLE, 1e-6)
    if volume.quantity is not Quantity.COUNTS:
        dataset.RealWorldValueMappingSequence = Items([_mapping(slope)])
    put_pixels(dataset, _whole(values / slope), signed=False)
    return saved([dataset], folder, "NM")


def write_planar(
    counts: OppositeCounts,
    folder: Path,
    examination: Examination,
    *,
    number: int,
    description: str,
    tracer: Tracer,
    camera: Camera,
) -> list[Path]:
    """An anterior and a posterior image as one file of two detectors."""
    series = examination.uid("NM planar", description)
    dataset = head(examination, NuclearMedicineImageStorage, "NM", series=series, number=number, place=0)
    dataset.SeriesDescription = description
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "STATIC", "EMISSION"]
    dataset.NumberOfFrames = 2
    dataset.FrameIncrementPointer = [0x00540010, 0x00540020]
    dataset.EnergyWindowVector, dataset.DetectorVector = [1, 1], [1, 2]
    dataset.PixelSpacing = [decimal(length) for length in counts.pixel_mm]
    dataset.ActualFrameDuration = round(counts.duration_s * 1000)
    dataset.CountsAccumulated = int(np.sum(counts.anterior, dtype=np.int64)) + int(
        np.sum(counts.posterior, dtype=np.int64)
    )
    front, back = _detector(camera), _detector(camera)
    front.StartAngle, back.StartAngle = str(ANTERIOR_DEG), str(POSTERIOR_DEG)
    front.ViewCodeSequence = Items([_view("399321004", "Anterior projection")])
    back.ViewCodeSequence = Items([_view("399001007", "Posterior projection")])
    for detector in (front, back):
        detector.ImagePositionPatient, detector.ImageOrientationPatient = None, None
    _put_camera(dataset, camera, [front, back], tracer)
    put_pixels(dataset, _whole(np.stack([counts.anterior, counts.posterior])), signed=False)
    return saved([dataset], folder, "NM")


def _put_camera(dataset: Dataset, camera: Camera, detectors: list[Dataset], tracer: Tracer) -> None:
    """Energy window, detectors, injection and position of the patient."""
    window, edges = Dataset(), Dataset()
    edges.EnergyWindowLowerLimit, edges.EnergyWindowUpperLimit = (str(value) for value in camera.window_kev)
    window.EnergyWindowRangeSequence, window.EnergyWindowName = Items([edges]), camera.window_name
    dataset.EnergyWindowInformationSequence = Items([window])
    dataset.DetectorInformationSequence = Items(detectors)
    dataset.NumberOfEnergyWindows, dataset.NumberOfDetectors = 1, len(detectors)
    dataset.RadiopharmaceuticalInformationSequence = Items([drug(tracer, in_becquerel=False)])
    put_position(dataset)


def _detector(camera: Camera) -> Dataset:
    """A detector with its collimator."""
    item = Dataset()
    item.CollimatorGridName, item.CollimatorType, item.FocalDistance = camera.collimator, "PARA", "0"
    return item


def _rotation(camera: Camera) -> Dataset:
    """One rotation, in which the detectors together go once round the patient."""
    item = Dataset()
    item.StartAngle, item.ScanArc, item.RotationDirection = "0", "360", "CC"
    item.AngularStep = decimal(360 / (camera.views * camera.detectors))
    item.ActualFrameDuration, item.NumberOfFramesInRotation = str(round(camera.view_s * 1000)), camera.views
    return item


def _view(value: str, meaning: str) -> Dataset:
    """The view of a detector, from the context group of nuclear medicine projections (PS3.16, CID 26)."""
    return code(value, "SCT", meaning)


def _mapping(slope: float) -> Dataset:
    """From stored numbers to Bq/mL."""
    item = Dataset()
    item.RealWorldValueFirstValueMapped, item.RealWorldValueLastValueMapped = 0, WHOLE
    item["RealWorldValueFirstValueMapped"].VR = item["RealWorldValueLastValueMapped"].VR = "US"
    item.RealWorldValueIntercept, item.RealWorldValueSlope = 0.0, slope
    item.LUTExplanation, item.LUTLabel = "activity concentration", "BQML"
    item.MeasurementUnitsCodeSequence = Items([code("Bq/ml", "UCUM", "Becquerels/milliliter")])
    return item


def _whole(values: NDArray[np.generic]) -> NDArray[np.uint16]:
    """Whole numbers of 16 bits, which is all that an NM image can hold."""
    rounded = np.round(np.asarray(values, dtype=np.float64))
    if rounded.min() < 0 or rounded.max() > MOST_COUNTS:
        expected = f"counts from 0 to {MOST_COUNTS} in a pixel"
        raise InputError([Problem("counts", f"{rounded.min():g} to {rounded.max():g}", expected)])
    return rounded.astype(np.uint16)
