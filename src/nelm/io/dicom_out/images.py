"""CT, PET and SPECT as DICOM: what the synthetic patient is written as. Every header is complete and valid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRLittleEndian,
    NuclearMedicineImageStorage,
    PositronEmissionTomographyImageStorage,
    generate_uid,
)

from nelm import __version__
from nelm.volume import Volume

DIGITS = 10
WHOLE = 32767
NM_WINDOWS_KEV = (187.2, 228.8)


@dataclass(frozen=True, slots=True)
class Examination:
    """Who and when, the same for all series of an examination.

    Parameters
    ----------
    patient_id, patient_name : Of a patient that does not exist.
    sex : M or F.
    weight_kg, height_m : For SUV.
    at : Date and time of the examination.
    seed : Words that identifiers are made from, so that they are the same every time.
    """

    patient_id: str
    patient_name: str
    sex: str
    weight_kg: float
    height_m: float
    at: datetime
    seed: str

    def uid(self, *what: str) -> str:
        """An identifier that the same words always give."""
        return generate_uid(entropy_srcs=[self.seed, self.at.isoformat(), *what])


@dataclass(frozen=True, slots=True)
class Tracer:
    """An injection.

    Parameters
    ----------
    name, nuclide : Radiopharmaceutical, and radionuclide as a SNOMED code (value, meaning).
    injected_bq : Activity at the injection [Bq].
    injected_at : When.
    half_life_s, positron_fraction : Of the nuclide.
    """

    name: str
    nuclide: tuple[str, str]
    injected_bq: float
    injected_at: datetime
    half_life_s: float
    positron_fraction: float = 1.0


def write_ct(
    volume: Volume, folder: Path, examination: Examination, *, number: int, description: str
) -> list[Path]:
    """A CT series, one file a slice, in Hounsfield units."""
    series = examination.uid("CT", description)
    datasets: list[Dataset] = []
    for k in range(volume.grid.shape[0]):
        dataset = _common(volume, examination, CTImageStorage, "CT", series=series, number=number, place=k)
        dataset.SeriesDescription = description
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        dataset.PatientPosition = "HFS"
        dataset.KVP, dataset.AcquisitionNumber = "120", 1
        dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "0", "1", "HU"
        dataset.WindowCenter, dataset.WindowWidth = "60", "350"
        _pixels(dataset, np.asarray(volume.array[k]).astype(np.int16), signed=True)
        datasets.append(dataset)
    return _saved(datasets, folder, "CT")


def write_pet(
    volume: Volume, folder: Path, examination: Examination, *, number: int, description: str, tracer: Tracer
) -> list[Path]:
    """A PET series in Bq/mL, decay corrected to its start, one file a slice with a slope of its own."""
    series = examination.uid("PT", description)
    count = volume.grid.shape[0]
    datasets: list[Dataset] = []
    for k in range(count):
        dataset = _common(volume, examination, PositronEmissionTomographyImageStorage, "PT", series=series,
                          number=number, place=k)  # fmt: skip
        dataset.SeriesDescription = description
        dataset.ImageType = ["ORIGINAL", "PRIMARY"]
        dataset.SeriesType = ["STATIC", "IMAGE"]
        dataset.Units, dataset.CountsSource, dataset.DecayCorrection = "BQML", "EMISSION", "START"
        dataset.CorrectedImage = ["DECY", "ATTN", "SCAT", "DTIM", "RAN", "NORM"]
        dataset.NumberOfSlices, dataset.ImageIndex = count, k + 1
        dataset.FrameReferenceTime, dataset.ActualFrameDuration = "0", "180000"
        dataset.CollimatorType, dataset.RandomsCorrectionMethod, dataset.ReconstructionMethod = (
            "NONE",
            "DLYD",
            "OSEM",
        )
        dataset.AttenuationCorrectionMethod, dataset.ScatterCorrectionMethod = "CT", "model"
        dataset.DecayFactor = "1"
        dataset.RadiopharmaceuticalInformationSequence = Items([_drug(tracer, in_becquerel=True)])
        _lying(dataset)
        plane = np.clip(np.asarray(volume.array[k], dtype=np.float64), 0, None)
        slope = max(float(plane.max()) / WHOLE, 1e-6)
        dataset.RescaleIntercept, dataset.RescaleSlope = "0", _decimal(slope)
        _pixels(dataset, np.round(plane / float(dataset.RescaleSlope)).astype(np.int16), signed=True)
        datasets.append(dataset)
    return _saved(datasets, folder, "PT")


def write_spect(
    volume: Volume, folder: Path, examination: Examination, *, number: int, description: str, tracer: Tracer
) -> list[Path]:
    """A reconstructed SPECT as one multi-frame file, with its counts mapped to Bq/mL."""
    grid, count = volume.grid, volume.grid.shape[0]
    series = examination.uid("NM", description)
    dataset = _head(examination, NuclearMedicineImageStorage, "NM", series=series, number=number, place=0)
    dataset.SeriesDescription = description
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"]
    dataset.NumberOfFrames = count
    dataset.FrameIncrementPointer = [0x00540080]
    dataset.SliceVector = list(range(1, count + 1))
    dataset.NumberOfSlices = count
    dataset.PixelSpacing = [_decimal(grid.spacing_mm[1]), _decimal(grid.spacing_mm[2])]
    dataset.SliceThickness = _decimal(grid.spacing_mm[0])
    dataset.SpacingBetweenSlices = _decimal(grid.spacing_mm[0])
    dataset.NumberOfEnergyWindows, dataset.NumberOfDetectors = 1, 1
    dataset.NumberOfRotations = 1
    dataset.RotationInformationSequence = Items([_rotation()])
    dataset.CountsAccumulated = int(np.clip(volume.array, 0, None).sum() / 1000)
    dataset.CorrectedImage = ["ATTN", "SCAT"]
    dataset.DecayCorrection = "NONE"
    detector = Dataset()
    detector.CollimatorGridName, detector.CollimatorType = "MEGP", "PARA"
    detector.ImagePositionPatient, detector.ImageOrientationPatient = _place(volume, 0)
    dataset.DetectorInformationSequence = Items([detector])
    window, edges = Dataset(), Dataset()
    edges.EnergyWindowLowerLimit, edges.EnergyWindowUpperLimit = (str(value) for value in NM_WINDOWS_KEV)
    window.EnergyWindowRangeSequence, window.EnergyWindowName = Items([edges]), "208 keV"
    dataset.EnergyWindowInformationSequence = Items([window])
    dataset.RadiopharmaceuticalInformationSequence = Items([_drug(tracer, in_becquerel=False)])
    _lying(dataset)
    values = np.clip(np.asarray(volume.array, dtype=np.float64), 0, None)
    slope = max(float(values.max()) / WHOLE, 1e-6)
    dataset.RealWorldValueMappingSequence = Items([_mapping(slope)])
    _pixels(dataset, np.round(values / slope).astype(np.uint16), signed=False)
    return _saved([dataset], folder, "NM")


def _rotation() -> Dataset:
    """A full turn of the camera."""
    item = Dataset()
    item.StartAngle, item.AngularStep, item.ScanArc, item.RotationDirection = "0", "6", "360", "CC"
    item.ActualFrameDuration, item.NumberOfFramesInRotation = "20000", 60
    return item


def _lying(dataset: Dataset) -> None:
    """How the patient lies: on the back, head first (emission images say it by codes)."""
    recumbent = _code("102538003", "SCT", "recumbent")
    recumbent.PatientOrientationModifierCodeSequence = Items([_code("40199007", "SCT", "supine")])
    dataset.PatientOrientationCodeSequence = Items([recumbent])
    dataset.PatientGantryRelationshipCodeSequence = Items([_code("102540001", "SCT", "headfirst")])


def _mapping(slope: float) -> Dataset:
    """From stored numbers to Bq/mL."""
    item = Dataset()
    item.RealWorldValueFirstValueMapped, item.RealWorldValueLastValueMapped = 0, WHOLE
    item["RealWorldValueFirstValueMapped"].VR = item["RealWorldValueLastValueMapped"].VR = "US"
    item.RealWorldValueIntercept, item.RealWorldValueSlope = 0.0, slope
    item.LUTExplanation, item.LUTLabel = "activity concentration", "BQML"
    item.MeasurementUnitsCodeSequence = Items([_code("Bq/ml", "UCUM", "Becquerels/milliliter")])
    return item


def _common(
    volume: Volume,
    examination: Examination,
    kind: str,
    modality: str,
    *,
    series: str,
    number: int,
    place: int,
) -> Dataset:
    """What CT and PET slices share."""
    dataset = _head(examination, kind, modality, series=series, number=number, place=place)
    dataset.ImagePositionPatient, dataset.ImageOrientationPatient = _place(volume, place)
    spacing = volume.grid.spacing_mm
    dataset.PixelSpacing = [_decimal(spacing[1]), _decimal(spacing[2])]
    dataset.SliceThickness = _decimal(spacing[0])
    dataset.SliceLocation = _decimal(float(dataset.ImagePositionPatient[2]))
    return dataset


def _head(
    examination: Examination, kind: str, modality: str, *, series: str, number: int, place: int
) -> Dataset:
    """Patient, study, series and equipment."""
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID, dataset.SOPInstanceUID = kind, examination.uid(series, str(place))
    dataset.Modality, dataset.Manufacturer, dataset.ManufacturerModelName = (
        modality,
        "nelm",
        "synthetic patient",
    )
    dataset.SoftwareVersions = __version__
    day, time = examination.at.strftime("%Y%m%d"), examination.at.strftime("%H%M%S")
    for name in ("Study", "Series", "Acquisition", "Content"):
        setattr(dataset, f"{name}Date", day)
        setattr(dataset, f"{name}Time", time)
    dataset.PatientName, dataset.PatientID = examination.patient_name, examination.patient_id
    dataset.PatientBirthDate, dataset.PatientSex = "", examination.sex
    dataset.PatientWeight, dataset.PatientSize = (
        _decimal(examination.weight_kg),
        _decimal(examination.height_m),
    )
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = examination.uid("study"), series
    dataset.StudyID, dataset.AccessionNumber, dataset.ReferringPhysicianName = "1", "", ""
    dataset.StudyDescription = "synthetic patient"
    dataset.SeriesNumber, dataset.InstanceNumber, dataset.BodyPartExamined = number, place + 1, "ABDOMEN"
    dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = examination.uid("frame"), ""
    return dataset


def _place(volume: Volume, index: int) -> tuple[list[str], list[str]]:
    """Position of a plane and directions of its rows and columns."""
    unit = volume.grid.matrix[:3, :3] / np.array(volume.grid.spacing_mm)
    position = volume.grid.points_of([[index, 0, 0]])[0]
    return [_decimal(item) for item in position], [_decimal(item) for item in (*unit[:, 2], *unit[:, 1])]


def _drug(tracer: Tracer, *, in_becquerel: bool) -> Dataset:
    """The injection; PET headers hold becquerel, NM headers megabecquerel."""
    item = Dataset()
    item.Radiopharmaceutical = tracer.name
    item.RadiopharmaceuticalStartTime = tracer.injected_at.strftime("%H%M%S")
    item.RadiopharmaceuticalStartDateTime = tracer.injected_at.strftime("%Y%m%d%H%M%S")
    item.RadionuclideTotalDose = _decimal(tracer.injected_bq if in_becquerel else tracer.injected_bq / 1e6)
    item.RadionuclideHalfLife = _decimal(tracer.half_life_s)
    item.RadionuclidePositronFraction = _decimal(tracer.positron_fraction)
    item.RadionuclideCodeSequence = Items([_code(tracer.nuclide[0], "SCT", tracer.nuclide[1])])
    if not in_becquerel:
        del item.RadionuclidePositronFraction, item.RadionuclideHalfLife
    return item


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _pixels(dataset: Dataset, array: NDArray[np.generic], *, signed: bool) -> None:
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = array.shape[-2:]
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = int(signed)
    dataset.PixelData = array.tobytes()


def _saved(datasets: Sequence[Dataset], folder: Path, prefix: str) -> list[Path]:
    """Write the files; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for place, dataset in enumerate(datasets, start=1):
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        path = folder / f"{prefix}{place:04d}.dcm"
        dataset.save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths


def _decimal(value: float) -> str:
    """A decimal string of at most 16 characters."""
    return f"{float(value) + 0.0:.{DIGITS}g}"
