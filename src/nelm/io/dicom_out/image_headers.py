"""Headers that the written images share: patient, study, equipment, place, injection, pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from nelm import __version__
from nelm.io.dicom_out.concepts import nuclide_code
from nelm.volume import Volume

DIGITS = 10
WHOLE = 32767


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
    name, nuclide : Radiopharmaceutical, and radionuclide as symbol and mass number (Lu-177).
    injected_bq : Activity at the injection [Bq].
    injected_at : When.
    half_life_s, positron_fraction : Of the nuclide.
    """

    name: str
    nuclide: str
    injected_bq: float
    injected_at: datetime
    half_life_s: float
    positron_fraction: float = 1.0


def slice_of(
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
    dataset = head(examination, kind, modality, series=series, number=number, place=place)
    dataset.ImagePositionPatient, dataset.ImageOrientationPatient = place_of(volume, place)
    spacing = volume.grid.spacing_mm
    dataset.PixelSpacing = [decimal(spacing[1]), decimal(spacing[2])]
    dataset.SliceThickness = decimal(spacing[0])
    dataset.SliceLocation = decimal(float(dataset.ImagePositionPatient[2]))
    return dataset


def head(
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
        decimal(examination.weight_kg),
        decimal(examination.height_m),
    )
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = examination.uid("study"), series
    dataset.StudyID, dataset.AccessionNumber, dataset.ReferringPhysicianName = "1", "", ""
    dataset.StudyDescription = "synthetic patient"
    dataset.SeriesNumber, dataset.InstanceNumber, dataset.BodyPartExamined = number, place + 1, "ABDOMEN"
    dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = examination.uid("frame"), ""
    return dataset


def place_of(volume: Volume, index: int) -> tuple[list[str], list[str]]:
    """Position of a plane and directions of its rows and columns."""
    unit = volume.grid.matrix[:3, :3] / np.array(volume.grid.spacing_mm)
    position = volume.grid.points_of([[index, 0, 0]])[0]
    return [decimal(item) for item in position], [decimal(item) for item in (*unit[:, 2], *unit[:, 1])]


def put_position(dataset: Dataset) -> None:
    """How the patient lies: on the back, head first (emission images say it by codes)."""
    recumbent = code("102538003", "SCT", "recumbent")
    recumbent.PatientOrientationModifierCodeSequence = Items([code("40199007", "SCT", "supine")])
    dataset.PatientOrientationCodeSequence = Items([recumbent])
    dataset.PatientGantryRelationshipCodeSequence = Items([code("102540001", "SCT", "headfirst")])


def drug(tracer: Tracer, *, in_becquerel: bool) -> Dataset:
    """The injection; PET headers hold becquerel, NM headers megabecquerel."""
    item = Dataset()
    item.Radiopharmaceutical = tracer.name
    item.RadiopharmaceuticalStartTime = tracer.injected_at.strftime("%H%M%S")
    item.RadiopharmaceuticalStartDateTime = tracer.injected_at.strftime("%Y%m%d%H%M%S")
    item.RadionuclideTotalDose = decimal(tracer.injected_bq if in_becquerel else tracer.injected_bq / 1e6)
    item.RadionuclideHalfLife = decimal(tracer.half_life_s)
    item.RadionuclidePositronFraction = decimal(tracer.positron_fraction)
    nuclide = nuclide_code(tracer.nuclide)
    item.RadionuclideCodeSequence = Items([code(nuclide.value, nuclide.scheme_designator, nuclide.meaning)])
    if not in_becquerel:
        del item.RadionuclidePositronFraction, item.RadionuclideHalfLife
    return item


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """A coded entry."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def put_pixels(dataset: Dataset, array: NDArray[np.generic], *, signed: bool) -> None:
    """Pixels of 16 bits (rows, columns) or (frames, rows, columns)."""
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = array.shape[-2:]
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = int(signed)
    dataset.PixelData = array.tobytes()


def saved(datasets: Sequence[Dataset], folder: Path, prefix: str) -> list[Path]:
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


def decimal(value: float) -> str:
    """A decimal string of at most 16 characters."""
    return f"{float(value) + 0.0:.{DIGITS}g}"
