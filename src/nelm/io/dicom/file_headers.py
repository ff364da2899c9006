"""From the header of a file to a source with its frames, to an object for others, or to the reason to ignore it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydicom.errors import InvalidDicomError
from pydicom.tag import Tag

from nelm.io.dicom.findings import Defect, Finding
from nelm.io.dicom.frames import frames_of, layout_of, real_world
from nelm.io.dicom.headers import Header, read_header
from nelm.io.dicom.instances import Frame, PixelFormat, Source
from nelm.io.dicom.sop_classes import (
    DIRECTORY,
    IMAGES,
    OBJECT_MODALITIES,
    OBJECTS,
    READ_MODALITIES,
    SECONDARY_CAPTURE,
)
from nelm.io.dicom.times import date_of

PREAMBLE = 128
MAGIC = b"DICM"
FIRST_GROUPS = (b"\x02\x00", b"\x08\x00", b"\x00\x08")
"""How a data set without preamble begins: group 0002 or 0008, little or big endian."""
ARCHIVES = {b"PK\x03\x04": "zip", b"\x1f\x8b": "gzip", b"\xfd7zX": "xz", b"7z\xbc\xaf": "7z", b"BZh": "bzip2"}

# fmt: off
KEYWORDS = (
    "SpecificCharacterSet", "ImageType", "SOPClassUID", "SOPInstanceUID", "StudyDate", "SeriesDate",
    "AcquisitionDate", "ContentDate", "AcquisitionDateTime", "AcquisitionTime", "Modality",
    "SeriesDescription", "PatientID", "SliceThickness", "EchoTime", "SpacingBetweenSlices", "TriggerTime",
    "ActualFrameDuration", "GantryDetectorTilt", "PatientPosition", "DiffusionBValue", "StudyInstanceUID",
    "SeriesInstanceUID", "AcquisitionNumber", "InstanceNumber", "ImagePositionPatient",
    "ImageOrientationPatient", "FrameOfReferenceUID", "TemporalPositionIdentifier", "SliceLocation",
    "SamplesPerPixel", "PhotometricInterpretation", "NumberOfFrames", "Rows", "Columns", "PixelSpacing",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelPaddingValue",
    "PixelPaddingRangeLimit", "RescaleIntercept", "RescaleSlope", "RescaleType",
    "RealWorldValueMappingSequence", "EnergyWindowVector", "DetectorVector", "DetectorInformationSequence",
    "RotationVector", "TimeSlotVector", "SliceVector", "NumberOfSlices", "Units", "SUVType", "LossyImageCompression",
    "RRIntervalVector", "PhaseVector", "FrameReferenceTime", "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
)
# fmt: on
TAGS = tuple(int(Tag(keyword)) for keyword in KEYWORDS)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A file that is not read, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class DicomObject:
    """A DICOM file that is no image series: left to the reader of its kind.

    Parameters
    ----------
    path : The file.
    kind : SEG, RTSTRUCT, RTDOSE, RTPLAN, SR, RWVM, REG, PMAP, KO or PR.
    sop_class_uid, sop_instance_uid, series_uid, study_uid, frame_of_reference_uid : None where empty.
    date, description : Day (ISO 8601) and series description.
    """

    path: Path
    kind: str
    sop_class_uid: str | None
    sop_instance_uid: str | None
    series_uid: str | None
    study_uid: str | None
    frame_of_reference_uid: str | None
    date: str | None
    description: str


def read_file(path: Path) -> tuple[Frame, ...] | DicomObject | Ignored:
    """What one file is, by its header; never raises for what is in it."""
    reason = _not_dicom(path)
    if reason:
        return Ignored(path, reason)
    try:
        header = read_header(path, tags=TAGS)
    except InvalidDicomError as error:
        return Ignored(path, f"damaged DICOM file: {error}")
    if not _has_preamble(path):
        header.findings.append(Finding(Defect.BROKEN_ENCODING, "the file has no DICOM preamble"))
    sop_class = _uid(header, "SOPClassUID", "MediaStorageSOPClassUID")
    modality = header.text("Modality")
    if sop_class == DIRECTORY:
        return Ignored(path, "a DICOM directory; the files that it lists are found without it")
    if sop_class in OBJECTS or (sop_class is None and modality in OBJECT_MODALITIES):
        return _object(path, header, kind=OBJECTS.get(sop_class or "", modality or ""))
    reason = _not_read(header, sop_class, modality)
    return Ignored(path, reason) if reason else frames_of(header, source_of(path, header))


def _not_dicom(path: Path) -> str | None:
    """Why a file is no DICOM file; None if it looks like one."""
    try:
        with path.open("rb") as file:
            head = file.read(PREAMBLE + len(MAGIC))
    except OSError as error:
        return f"cannot be opened: {error.strerror}"
    if not head:
        return "empty file"
    if path.name.endswith(".nii.gz"):
        return "not a DICOM file"
    for magic, name in ARCHIVES.items():
        if head.startswith(magic):
            return f"a {name} archive; unpack it to have it read"
    if head[PREAMBLE:] == MAGIC or (head[:2] in FIRST_GROUPS and len(head) > PREAMBLE):
        return None
    return "not a DICOM file"


def _has_preamble(path: Path) -> bool:
    """Whether a file begins as DICOM files do."""
    with path.open("rb") as file:
        return file.read(PREAMBLE + len(MAGIC))[PREAMBLE:] == MAGIC


def _not_read(header: Header, sop_class: str | None, modality: str | None) -> str | None:
    """Why a DICOM file is not read as an image; None if it is."""
    if sop_class in IMAGES:
        return None
    if sop_class is None and modality is None:
        return "a DICOM file without SOP class and modality, possibly cut off"
    if modality not in READ_MODALITIES:
        return f"images of modality {modality or 'unknown'} are not used"
    if sop_class == SECONDARY_CAPTURE and "ImagePositionPatient" not in header:
        return "a secondary capture: a picture without a place in the patient"
    return None


def _object(path: Path, header: Header, *, kind: str) -> DicomObject:
    """An object for another reader."""
    return DicomObject(
        path=path,
        kind=kind,
        sop_class_uid=_uid(header, "SOPClassUID", "MediaStorageSOPClassUID"),
        sop_instance_uid=_uid(header, "SOPInstanceUID", "MediaStorageSOPInstanceUID"),
        series_uid=header.text("SeriesInstanceUID"),
        study_uid=header.text("StudyInstanceUID"),
        frame_of_reference_uid=header.text("FrameOfReferenceUID"),
        date=_day(header),
        description=header.described("SeriesDescription"),
    )


def source_of(path: Path, header: Header) -> Source:
    """The file as a source of images."""
    sop_class = _uid(header, "SOPClassUID", "MediaStorageSOPClassUID")
    count = header.whole("NumberOfFrames") if "NumberOfFrames" in header else 1
    image_type = header.texts("ImageType")
    source = Source(
        path=path,
        modality=_modality(header, sop_class),
        sop_class_uid=sop_class,
        sop_instance_uid=_uid(header, "SOPInstanceUID", "MediaStorageSOPInstanceUID"),
        series_uid=header.text("SeriesInstanceUID"),
        study_uid=header.text("StudyInstanceUID"),
        frame_of_reference_uid=header.text("FrameOfReferenceUID"),
        patient_key=_patient_key(header),
        description=header.described("SeriesDescription"),
        date=_day(header),
        patient_position=header.text("PatientPosition"),
        layout=layout_of(header, sop_class, image_type),
        frame_count=0 if count is None else count,
        pixels=_pixel_format(header),
        units=header.text("Units") or _real_world_units(header),
        suv_type=header.text("SUVType"),
        rescale_type=header.text("RescaleType"),
        gantry_tilt_deg=header.number("GantryDetectorTilt"),
        is_localizer="LOCALIZER" in (kind.upper() for kind in image_type),
    )
    _note_identifiers(header, source)
    if header.text("LossyImageCompression") == "01":
        header.findings.append(Finding(Defect.LOSSY_COMPRESSION, "the numbers of the pixels are approximate"))
    return source


def _real_world_units(header: Header) -> str | None:
    """Units of a real world value mapping of the file, or of the groups that all or the first frames share."""
    places = (
        header,
        header.item("SharedFunctionalGroupsSequence"),
        header.item("PerFrameFunctionalGroupsSequence"),
    )
    found = (real_world(place) for place in places if place is not None)
    return next((one.units for one in found if one is not None), None)


def _modality(header: Header, sop_class: str | None) -> str:
    """The modality; the SOP class decides where the two differ."""
    said = header.text("Modality") or ""
    known = IMAGES.get(sop_class or "", said)
    if known != said:
        detail = f"Modality is {said or 'empty'!r}, the SOP class is one of {known}; taken as {known}"
        header.findings.append(Finding(Defect.WRONG_MODALITY, detail))
    return known


def _note_identifiers(header: Header, source: Source) -> None:
    """Remember which identifiers are empty."""
    empty = [
        name
        for name, value in (
            ("PatientID", source.patient_key),
            ("SeriesInstanceUID", source.series_uid),
            ("StudyInstanceUID", source.study_uid),
            ("SOPInstanceUID", header.text("SOPInstanceUID")),
        )
        if value is None
    ]
    header.findings.extend(Finding(Defect.EMPTY_IDENTIFIER, f"{name} is missing or empty") for name in empty)


def _pixel_format(header: Header) -> PixelFormat:
    """How pixels are stored."""
    signed = header.whole("PixelRepresentation")
    ends = [header.whole(name) for name in ("PixelPaddingValue", "PixelPaddingRangeLimit")]
    found = [_as_stored(end, signed) for end in ends if end is not None]
    return PixelFormat(
        samples=header.whole("SamplesPerPixel"),
        photometric=header.text("PhotometricInterpretation"),
        allocated=header.whole("BitsAllocated"),
        stored=header.whole("BitsStored"),
        high=header.whole("HighBit"),
        signed=signed,
        padding=(min(found), max(found)) if found else None,
    )


def _as_stored(value: int, signed: int | None) -> int:
    """A padding value in the sign of the pixels, whatever representation the file gave it."""
    if signed == 1 and value > 0x7FFF:
        return value - 0x10000
    return value + 0x10000 if signed == 0 and value < 0 else value


def _uid(header: Header, keyword: str, meta_keyword: str) -> str | None:
    """An identifier from the data set, or from the file meta information where that is empty."""
    meta = getattr(header.dataset, "file_meta", None)
    return header.text(keyword) or (Header(meta).text(meta_keyword) if meta is not None else None)


def _patient_key(header: Header) -> str | None:
    """A digest that tells patients apart without naming them."""
    identifier = header.text("PatientID")
    return hashlib.sha256(identifier.encode()).hexdigest()[:16] if identifier else None


def _day(header: Header) -> str | None:
    """The day of acquisition, else of the series, else of the study."""
    for keyword in ("AcquisitionDateTime", "AcquisitionDate", "SeriesDate", "StudyDate"):
        found = date_of((header.text(keyword) or "")[:8] or None)
        if found is not None:
            return found.isoformat()
    return None
