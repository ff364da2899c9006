"""What the header of one DICOM file says, as plain facts: a source of pixels and its frames."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from nelm.io.dicom.findings import Finding

Triple = tuple[float, float, float]
Sextuple = tuple[float, float, float, float, float, float]


class Layout(StrEnum):
    """How a file holds its images."""

    SINGLE = "one image"
    ENHANCED = "frames with functional groups"
    RECONSTRUCTED = "a reconstructed nuclear medicine volume"
    PLANAR = "planar nuclear medicine images"
    PROJECTIONS = "nuclear medicine projections, not reconstructed"


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """How pixels are stored; None where the header does not say.

    Parameters
    ----------
    samples, photometric : Samples per pixel and their meaning.
    allocated, stored, high : Bits allocated and stored, and the high bit.
    signed : Pixel Representation.
    padding : Stored value, or range of values, of pixels outside the image.
    """

    samples: int | None
    photometric: str | None
    allocated: int | None
    stored: int | None
    high: int | None
    signed: int | None
    padding: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One DICOM file that holds images.

    Parameters
    ----------
    path : The file.
    modality : CT, MR, PT or NM, by the SOP class if that is known.
    sop_class_uid, sop_instance_uid, series_uid, study_uid, frame_of_reference_uid : Identifiers, None if empty.
    patient_key : A digest that tells patients apart and names none; None when there is no patient identifier.
    description, date : Series description; day of acquisition, series or study (ISO 8601).
    patient_position : Such as HFS.
    layout : How the file holds its images.
    frame_count : Number of frames that the header announces.
    described_frames : Number of frames that functional groups or a slice vector describe; None for other files.
    pixels : How they are stored.
    units, suv_type, rescale_type : What the numbers are, as the header says.
    gantry_tilt_deg : As the header says.
    is_localizer : Whether it is a scout view.
    findings : What was wrong with the header.
    """

    path: Path
    modality: str
    sop_class_uid: str | None
    sop_instance_uid: str | None
    series_uid: str | None
    study_uid: str | None
    frame_of_reference_uid: str | None
    patient_key: str | None
    description: str
    date: str | None
    patient_position: str | None
    layout: Layout
    frame_count: int
    pixels: PixelFormat
    described_frames: int | None = None
    units: str | None = None
    suv_type: str | None = None
    rescale_type: str | None = None
    gantry_tilt_deg: float | None = None
    is_localizer: bool = False
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """What tells images of one position apart: time, echo, diffusion weighting, acquisition.

    Every field is None where the header is silent.
    """

    temporal_position: int | None = None
    echo_time_ms: float | None = None
    b_value: float | None = None
    trigger_time_ms: float | None = None
    acquisition_number: int | None = None
    frame_reference_time_ms: float | None = None
    acquired: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One image of a file.

    Parameters
    ----------
    source, index : The file, and the number of the frame inside it from 0.
    instance_number : Instance Number, or the number of the frame in a multi-frame file.
    position_mm : Centre of the first pixel (x, y, z).
    orientation : Directions of a row and of a column.
    pixel_spacing_mm : Between rows, between columns.
    rows, columns : Size.
    thickness_mm, spacing_between_mm, slice_location_mm : As the header says.
    slope, intercept : Of the rescale.
    image_type : Values of Image Type.
    phase : What tells images of one position apart.
    duration_ms : Actual Frame Duration.
    """

    source: Source
    index: int
    instance_number: int | None
    position_mm: Triple | None
    orientation: Sextuple | None
    pixel_spacing_mm: tuple[float, float] | None
    rows: int | None
    columns: int | None
    thickness_mm: float | None = None
    spacing_between_mm: float | None = None
    slice_location_mm: float | None = None
    slope: float | None = None
    intercept: float | None = None
    image_type: tuple[str, ...] = ()
    phase: Phase = Phase()
    duration_ms: float | None = None
