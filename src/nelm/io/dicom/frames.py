"""The frames of a file: one image, frames with functional groups, or a nuclear medicine stack."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from nelm.io.dicom.findings import Defect, Finding
from nelm.io.dicom.headers import Header
from nelm.io.dicom.instances import Frame, Layout, Phase, Sextuple, Source, Triple
from nelm.io.dicom.sop_classes import ENHANCED, IMAGES

FARTHEST_MM = 10_000.0
"""No scanner table is longer: a position beyond is a broken number."""
SMALLEST_PIXEL_MM, LARGEST_PIXEL_MM = 0.01, 100.0
MOST_FRAMES = 100_000
EMISSION = ("PT", "NM")
UNITS_OF_CODES = {
    "bq/ml": ("BQML", 1.0),
    "kbq/ml": ("BQML", 1e3),
    "g/ml{suvbw}": ("GML", 1.0),
    "{counts}": ("CNTS", 1.0),
    "{counts}/s": ("CPS", 1.0),
}
"""UCUM code of a real world value, lower case: the value of Units for it, and how many of these one is."""


@dataclass(frozen=True, slots=True)
class RealWorld:
    """A mapping of stored numbers to real values: slope, intercept, and unit as the attribute Units writes it."""

    slope: float
    intercept: float
    units: str


def real_world(header: Header) -> RealWorld | None:
    """The real world value mapping to a unit that is known here; None if there is none.

    Source: DICOM PS3.3 C.7.6.16.2.11.
    """
    for item in header.items("RealWorldValueMappingSequence"):
        unit = item.item("MeasurementUnitsCodeSequence")
        code = (unit.text("CodeValue") or "").lower() if unit is not None else ""
        slope, intercept = item.number("RealWorldValueSlope"), item.number("RealWorldValueIntercept")
        if code in UNITS_OF_CODES and slope is not None:
            units, factor = UNITS_OF_CODES[code]
            return RealWorld(slope * factor, (intercept or 0.0) * factor, units)
    return None


def layout_of(header: Header, sop_class: str | None, image_type: tuple[str, ...]) -> Layout:
    """How a file holds its images."""
    if sop_class in ENHANCED or "PerFrameFunctionalGroupsSequence" in header:
        return Layout.ENHANCED
    if IMAGES.get(sop_class or "", header.text("Modality")) != "NM":
        return Layout.SINGLE
    kind = image_type[2].upper() if len(image_type) > 2 else ""
    if kind.startswith("RECON") or (not kind and "SliceVector" in header):
        return Layout.RECONSTRUCTED
    if not kind and "NumberOfFrames" not in header and "ImagePositionPatient" in header:
        return Layout.SINGLE
    return Layout.PROJECTIONS if "TOMO" in kind else Layout.PLANAR


def frames_of(header: Header, source: Source) -> tuple[Frame, ...]:
    """The frames that a header describes; every file of images gives at least one."""
    first = _single(header, source)
    count = source.frame_count if 0 < source.frame_count <= MOST_FRAMES else 1
    if source.layout is Layout.ENHANCED:
        frames = _enhanced(header, first)
    elif source.layout is Layout.RECONSTRUCTED:
        frames = _reconstructed(header, first, count)
    else:
        numbers = range(count)
        frames = [replace(first, index=k, instance_number=k + 1) for k in numbers] if count > 1 else [first]
    # The findings are complete only now.
    described = _described(header, source)
    known = replace(source, findings=tuple(dict.fromkeys(header.findings)), described_frames=described)
    return tuple(replace(frame, source=known) for frame in frames)


def _described(header: Header, source: Source) -> int | None:
    """Number of frames that functional groups or a slice vector describe."""
    if source.layout is Layout.ENHANCED:
        return len(header.items("PerFrameFunctionalGroupsSequence"))
    if source.layout is Layout.RECONSTRUCTED and "SliceVector" in header:
        return len(header.wholes("SliceVector") or ())
    return None


def _single(header: Header, source: Source) -> Frame:
    """The only frame of a file, or what all frames of it share."""
    real = _own_real_world(header) if source.modality in EMISSION else None
    return Frame(
        source=source,
        index=0,
        instance_number=header.whole("InstanceNumber"),
        position_mm=_position(header),
        orientation=_orientation(header),
        pixel_spacing_mm=_pixel_spacing(header),
        rows=header.whole("Rows"),
        columns=header.whole("Columns"),
        thickness_mm=_length(header, "SliceThickness"),
        spacing_between_mm=header.number("SpacingBetweenSlices"),
        slice_location_mm=header.number("SliceLocation"),
        slope=header.number("RescaleSlope") if real is None else real.slope,
        intercept=header.number("RescaleIntercept") if real is None else real.intercept,
        image_type=tuple(part.upper() for part in header.texts("ImageType")),
        phase=_phase(header),
        duration_ms=header.number("ActualFrameDuration"),
    )


def _own_real_world(header: Header) -> RealWorld | None:
    """The real world value mapping of an emission image whose stored numbers have no unit or no slope of their own.

    NM images have no rescale slope in the standard: where Units stands without one, the mapping has to hold for it.
    """
    units, real = header.text("Units"), real_world(header)
    if real is None or units is None:
        return real
    return real if real.units == units and "RescaleSlope" not in header else None


def _phase(header: Header) -> Phase:
    """What tells images of one position apart."""
    clock = header.text("AcquisitionDateTime")
    day = header.text("AcquisitionDate") or ""
    return Phase(
        temporal_position=header.whole("TemporalPositionIdentifier"),
        echo_time_ms=header.number("EchoTime"),
        b_value=header.number("DiffusionBValue"),
        trigger_time_ms=header.number("TriggerTime"),
        acquisition_number=header.whole("AcquisitionNumber"),
        frame_reference_time_ms=header.number("FrameReferenceTime"),
        acquired=clock or (day + (header.text("AcquisitionTime") or "")) or None,
    )


def _position(header: Header) -> Triple | None:
    """Centre of the first pixel (x, y, z) [mm]."""
    found = header.numbers("ImagePositionPatient", 3)
    if found is None:
        return None
    if max(abs(number) for number in found) > FARTHEST_MM:
        header.findings.append(Finding(Defect.ABSURD_VALUE, "ImagePositionPatient lies outside any scanner"))
        return None
    return cast("Triple", found)


def _orientation(header: Header) -> Sextuple | None:
    """Directions of a row and of a column."""
    return cast("Sextuple | None", header.numbers("ImageOrientationPatient", 6))


def _pixel_spacing(header: Header) -> tuple[float, float] | None:
    """Spacing between rows and between columns [mm]."""
    found = header.numbers("PixelSpacing", 2)
    if found is None:
        return None
    if not all(SMALLEST_PIXEL_MM <= number <= LARGEST_PIXEL_MM for number in found):
        detail = f"PixelSpacing is {found[0]:g} x {found[1]:g} mm and was not used"
        header.findings.append(Finding(Defect.ABSURD_VALUE, detail))
        return None
    return found[0], found[1]


def _length(header: Header, keyword: str) -> float | None:
    """A length that has to be above zero; zero stands for not known in many files [mm]."""
    found = header.number(keyword)
    if found is None or found == 0:
        return None
    if not 0 < found <= LARGEST_PIXEL_MM:
        header.findings.append(Finding(Defect.ABSURD_VALUE, f"{keyword} is {found:g} mm and was not used"))
        return None
    return found


def _enhanced(header: Header, first: Frame) -> list[Frame]:
    """Frames of an enhanced object: each one the shared functional groups, overridden by its own."""
    shared = header.item("SharedFunctionalGroupsSequence")
    base = _overridden(first, shared) if shared is not None else first
    own = header.items("PerFrameFunctionalGroupsSequence")
    frames = [
        replace(_overridden(base, groups), index=index, instance_number=index + 1)
        for index, groups in enumerate(own)
    ]
    return frames or [replace(base, instance_number=1)]


def _overridden(frame: Frame, groups: Header) -> Frame:
    """A frame with what its functional groups say."""
    place = groups.item("PlanePositionSequence")
    plane = groups.item("PlaneOrientationSequence")
    measures = groups.item("PixelMeasuresSequence")
    values = groups.item("PixelValueTransformationSequence")
    kind = _frame_type(groups)
    changed = replace(frame, phase=_frame_phase(frame.phase, groups), image_type=kind or frame.image_type)
    if place is not None:
        changed = replace(changed, position_mm=_position(place))
    if plane is not None:
        changed = replace(changed, orientation=_orientation(plane))
    if measures is not None:
        changed = replace(
            changed,
            pixel_spacing_mm=_pixel_spacing(measures),
            thickness_mm=_length(measures, "SliceThickness"),
            spacing_between_mm=measures.number("SpacingBetweenSlices"),
        )
    real = real_world(groups) if frame.source.modality in EMISSION else None
    if real is not None:
        changed = replace(changed, slope=real.slope, intercept=real.intercept)
    elif values is not None:
        slope, intercept = values.number("RescaleSlope"), values.number("RescaleIntercept")
        changed = replace(changed, slope=slope, intercept=intercept)
    return changed


def _frame_type(groups: Header) -> tuple[str, ...]:
    """Frame Type of the modality's own functional group."""
    names = ("CTImageFrameTypeSequence", "MRImageFrameTypeSequence", "PETFrameTypeSequence")
    for name in names:
        item = groups.item(name)
        if item is not None:
            return tuple(part.upper() for part in item.texts("FrameType"))
    return ()


def _frame_phase(phase: Phase, groups: Header) -> Phase:
    """What tells frames of one position apart."""
    content = groups.item("FrameContentSequence")
    echo = groups.item("MREchoSequence")
    diffusion = groups.item("MRDiffusionSequence")
    if content is not None:
        phase = replace(
            phase,
            temporal_position=content.whole("TemporalPositionIndex"),
            acquisition_number=content.whole("FrameAcquisitionNumber"),
            acquired=content.text("FrameAcquisitionDateTime") or phase.acquired,
        )
    if echo is not None:
        phase = replace(phase, echo_time_ms=echo.number("EffectiveEchoTime"))
    if diffusion is not None:
        phase = replace(phase, b_value=diffusion.number("DiffusionBValue"))
    return phase


def _reconstructed(header: Header, first: Frame, count: int) -> list[Frame]:
    """Frames of a reconstructed SPECT volume.

    The first item of the Detector Information Sequence holds position and orientation of the first slice; slice
    k lies at ``position + (k - 1) * SpacingBetweenSlices * (row x column)``: a positive spacing stacks behind
    the first slice, a negative one in front of it. k is the Slice Vector.

    Source: DICOM PS3.3 C.8.4.15 (sign of the spacing), C.8.4.11 (detector), C.8.4.8 (vectors).
    """
    detector = header.item("DetectorInformationSequence")
    position = _position(detector) if detector is not None else None
    orientation = _orientation(detector) if detector is not None else None
    position, orientation = position or first.position_mm, orientation or first.orientation
    step = first.spacing_between_mm or first.thickness_mm
    if first.spacing_between_mm in (None, 0) and step is not None:
        detail = "SpacingBetweenSlices is missing; taken as SliceThickness, stacked behind the first slice"
        header.findings.append(Finding(Defect.WRONG_SPACING_TAG, detail))
    slices = header.wholes("SliceVector") or tuple(range(1, count + 1))
    number = [*slices, *[0] * count][:count]  # a vector of another length is refused on reading
    return [
        replace(
            first,
            index=index,
            instance_number=number[index],
            position_mm=_stacked(position, orientation, step, number[index] - 1),
            orientation=orientation,
            phase=_vector_phase(header, index),
        )
        for index in range(count)
    ]


def _stacked(
    position: Triple | None, orientation: Sextuple | None, step: float | None, k: int
) -> Triple | None:
    """Position of the slice k steps behind the first."""
    if position is None or orientation is None or step is None:
        return position if k == 0 else None
    normal = np.cross(orientation[:3], orientation[3:])
    x, y, z = (np.asarray(position) + k * step * normal).tolist()
    return x, y, z


def _vector_phase(header: Header, index: int) -> Phase:
    """Energy window, gate and time of a frame of nuclear medicine, folded into one number each."""
    keys = ("EnergyWindowVector", "RRIntervalVector", "TimeSlotVector", "RotationVector", "PhaseVector")
    values = [header.wholes(key) for key in keys]
    place = [value[index] if value is not None and index < len(value) else 1 for value in values]
    number = 0
    for one in place:
        number = number * 1000 + one
    return Phase(temporal_position=number, acquired=_phase(header).acquired)
