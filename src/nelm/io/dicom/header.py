"""What the header of one DICOM file says, read without its pixels and without trusting it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from nelm.io.dicom.attributes import number_of, text_of, value_of
from nelm.io.dicom.planes import Plane, planes_of

IMAGE_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.2": "CT",
    "1.2.840.10008.5.1.4.1.1.2.1": "CT",
    "1.2.840.10008.5.1.4.1.1.2.2": "CT",
    "1.2.840.10008.5.1.4.1.1.4": "MR",
    "1.2.840.10008.5.1.4.1.1.4.1": "MR",
    "1.2.840.10008.5.1.4.1.1.4.4": "MR",
    "1.2.840.10008.5.1.4.1.1.20": "NM",
    "1.2.840.10008.5.1.4.1.1.128": "PT",
    "1.2.840.10008.5.1.4.1.1.128.1": "PT",
    "1.2.840.10008.5.1.4.1.1.130": "PT",
    "1.2.840.10008.5.1.4.1.1.7": "OT",
    "1.2.840.10008.5.1.4.1.1.30": "CT",
}
"""Storage classes of images that can be volumes; the Modality attribute of secondary captures says what they are."""

OBJECT_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.66.4": "SEG",
    "1.2.840.10008.5.1.4.1.1.66.7": "SEG",
    "1.2.840.10008.5.1.4.1.1.481.3": "RTSTRUCT",
    "1.2.840.10008.5.1.4.1.1.481.2": "RTDOSE",
    "1.2.840.10008.5.1.4.1.1.481.5": "RTPLAN",
    "1.2.840.10008.5.1.4.1.1.67": "RWV",
    "1.2.840.10008.5.1.4.1.1.66.1": "REG",
    "1.2.840.10008.5.1.4.1.1.66.3": "REG",
}
STRUCTURED_REPORT = "1.2.840.10008.5.1.4.1.1.88."
DECIMALS = (
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "SliceThickness",
    "RescaleSlope",
)
LONGEST_DECIMAL = 16
"""Characters that a decimal string of DICOM may have."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of one file.

    Parameters
    ----------
    path : The file.
    kind : CT, MR, PT, NM or OT for images; SEG, RTSTRUCT, SR, RTDOSE and so on for the rest.
    planes : The image planes of the file, one for each frame; empty for what is no image.
    rows, columns : Size of a plane.
    splits : What sets images of one series apart (acquisition, echo, phase, image type).
    notes : What is odd about the header.
    """

    path: Path
    kind: str
    sop_class: str
    sop_uid: str | None
    series_uid: str | None
    study_uid: str | None
    frame_of_reference_uid: str | None
    description: str
    date: str | None
    rows: int = 0
    columns: int = 0
    planes: tuple[Plane, ...] = ()
    splits: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


class NotReadable(Exception):
    """The file is no DICOM image or object; the message says why."""


def read_header(path: Path) -> Header:
    """The header of a file.

    Raises
    ------
    NotReadable : With the reason, for what is no DICOM file, or one without the attributes that all have.
    """
    dataset, notes = _dataset(path)
    sop_class = text_of(dataset, "SOPClassUID")
    kind = _kind(dataset, sop_class)
    frame = text_of(dataset, "FrameOfReferenceUID") or None
    series, sop = text_of(dataset, "SeriesInstanceUID") or None, text_of(dataset, "SOPInstanceUID") or None
    is_image = kind in {"CT", "MR", "PT", "NM", "OT"}
    if is_image and frame is None:
        notes.append("no FrameOfReferenceUID")
    if is_image and kind in {"CT", "MR", "PT"} and not text_of(dataset, "PatientPosition"):
        notes.append("no PatientPosition")
    notes += [f"{name} is empty" for name in ("PatientID", "StudyInstanceUID") if not text_of(dataset, name)]
    return Header(
        path=path,
        kind=kind,
        sop_class=sop_class,
        sop_uid=sop,
        series_uid=series,
        study_uid=text_of(dataset, "StudyInstanceUID") or None,
        frame_of_reference_uid=frame,
        description=text_of(dataset, "SeriesDescription"),
        date=_day(dataset),
        rows=_whole(dataset, "Rows"),
        columns=_whole(dataset, "Columns"),
        planes=planes_of(dataset, kind) if is_image else (),
        splits=_splits(dataset) if is_image else (),
        notes=tuple(dict.fromkeys(notes)),
    )


def _dataset(path: Path) -> tuple[Dataset, list[str]]:
    """The header as pydicom reads it, and what had to be filled in or is odd."""
    try:
        if path.stat().st_size == 0:
            raise NotReadable("an empty file")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd is looked for below, and said
            dataset = pydicom.dcmread(path, stop_before_pixels=True)
    except InvalidDicomError:
        raise NotReadable("no DICOM file") from None
    except (NotReadable, OSError):
        raise
    except Exception as error:  # pydicom raises whatever a damaged element makes it raise
        raise NotReadable(f"a damaged DICOM file ({type(error).__name__})") from None
    notes: list[str] = []
    for name, stored in (
        ("SOPClassUID", "MediaStorageSOPClassUID"),
        ("SOPInstanceUID", "MediaStorageSOPInstanceUID"),
    ):
        if not text_of(dataset, name) and (kept := text_of(dataset.file_meta, stored)):
            setattr(dataset, name, kept)
            notes.append(f"{name} is empty and was taken from the head of the file")
    if not text_of(dataset, "SOPClassUID"):
        raise NotReadable("a DICOM file without SOPClassUID (a directory or a fragment)")
    return dataset, [*notes, *_overlong(dataset)]


def _overlong(dataset: Dataset) -> list[str]:
    """Whether decimal strings of the geometry are longer than DICOM allows; they are read all the same."""
    for name in DECIMALS:
        element = dataset.get_item(name) if name in dataset else None
        raw = getattr(element, "value", None)
        if isinstance(raw, bytes) and any(
            len(part.strip(b" \0")) > LONGEST_DECIMAL for part in raw.split(b"\\")
        ):
            return [f"decimal strings of more than {LONGEST_DECIMAL} characters"]
    return []


def _kind(dataset: Dataset, sop_class: str) -> str:
    """What the file is; NotReadable for what nothing here can use."""
    if sop_class in OBJECT_CLASSES:
        return OBJECT_CLASSES[sop_class]
    if sop_class.startswith(STRUCTURED_REPORT):
        return "SR"
    modality = text_of(dataset, "Modality")
    if sop_class in IMAGE_CLASSES:
        kind = IMAGE_CLASSES[sop_class]
        if kind == "OT":
            return modality if modality in {"CT", "MR", "PT", "NM"} else "OT"
        if modality and modality not in {kind, "OT"}:
            raise NotReadable(f"its Modality {modality} contradicts its storage class ({kind})")
        return kind
    raise NotReadable(f"DICOM of a class that is not used here ({sop_class})")


def _whole(dataset: Dataset, name: str) -> int:
    found = number_of(dataset, name)
    return int(found) if found is not None and found > 0 else 0


def _day(dataset: Dataset) -> str | None:
    """Day of the acquisition or, failing that, of the series or study, ISO 8601."""
    for name in ("AcquisitionDate", "SeriesDate", "StudyDate", "ContentDate"):
        text = text_of(dataset, name)
        if len(text) == 8 and text.isdigit():
            return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return None


def _splits(dataset: Dataset) -> tuple[str, ...]:
    """What sets images of one series apart."""
    types = [str(item) for item in (value_of(dataset, "ImageType") or ()) if str(item)]
    localizer = "LOCALIZER" in types
    names = ("EchoNumbers", "TemporalPositionIdentifier", "DiffusionBValue", "TriggerTime")
    return (f"localizer={localizer}", *(f"{name}={text_of(dataset, name)}" for name in names))
