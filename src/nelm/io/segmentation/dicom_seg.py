"""DICOM segmentations: binary, fractional and label maps, overlapping or sparse, on their own grid."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any, cast

import highdicom
import numpy as np
from highdicom.seg import Segmentation as DicomSegmentation
from highdicom.seg import SegmentDescription
from pydicom.sr.coding import Code

from nelm.errors import GeometryError, InputError, NelmError, Problem
from nelm.io.segmentation.attributes import first_of, items_of, number_of, text_of
from nelm.io.segmentation.names import structure_coded, structure_named
from nelm.volume import Grid, ImageOrigin, Mask, Segment, Segmentation, Structure

HALF = 0.5
"""Occupancy or probability from which a voxel of a fractional segmentation is inside."""

EXPORT_AGAIN = "Export the segmentation again, or leave it out."


def read_seg(path: Path, *, inside_from: float = HALF) -> Segmentation:
    """The segments of a DICOM segmentation, on the smallest regular grid that holds its frames.

    Parameters
    ----------
    inside_from : For FRACTIONAL: the fraction from which a voxel counts as inside.

    Raises
    ------
    InputError : The file cannot be read as a segmentation.
    GeometryError : Its frames do not lie on one regular grid in the patient.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what matters of a damaged header is checked below
            return _read(path, inside_from)
    except NelmError:
        raise
    except Exception as error:  # readers raise whatever a damaged file makes them raise
        raise InputError(
            [Problem(str(path), f"a segmentation that cannot be read ({type(error).__name__})",
                     "a whole DICOM segmentation", EXPORT_AGAIN)]
        ) from None  # fmt: skip


def _read(path: Path, inside_from: float) -> Segmentation:
    seg = highdicom.seg.segread(path)
    _check_frames(path, seg)
    geometry = seg.get_volume_geometry()
    if geometry is None:
        raise GeometryError(
            "the frames of the segmentation lie on no regular grid",
            where=str(path),
            expected="parallel frames at an even distance",
            remedy=EXPORT_AGAIN,
        )
    kind = str(seg.segmentation_type.value)
    descriptions = [seg.get_segment_description(number) for number in seg.segment_numbers]
    grid = Grid.of(geometry.spatial_shape, geometry.affine)
    segments = tuple(
        Segment(
            name=str(item.segment_label),
            structure=_structure(item),
            mask=Mask(_inside(seg, item, kind=kind, inside_from=inside_from), grid),
            tracking_id=item.tracking_id,
            tracking_uid=str(item.tracking_uid) if item.tracking_uid else None,
        )
        for item in descriptions
        if not (kind == "LABELMAP" and int(item.segment_number) == 0)
    )
    referenced = first_of(seg, "ReferencedSeriesSequence")
    repairs = [f"a voxel counts as inside from {inside_from:g}"] if kind == "FRACTIONAL" else []
    repairs += [f"segment {item.name} is empty" for item in segments if item.mask.is_empty]
    origin = ImageOrigin(
        path=str(path),
        modality="SEG",
        series_uid=text_of(seg, "SeriesInstanceUID") or None,
        study_uid=text_of(seg, "StudyInstanceUID") or None,
        frame_of_reference_uid=text_of(seg, "FrameOfReferenceUID") or None,
        description=text_of(seg, "SeriesDescription"),
        repairs=tuple(repairs),
        sop_instance_uids=(text_of(seg, "SOPInstanceUID"),),
    )
    source = text_of(referenced, "SeriesInstanceUID") if referenced is not None else ""
    return Segmentation(grid, segments, origin, source or None)


def _check_frames(path: Path, seg: DicomSegmentation) -> None:
    """Frames, their groups, their segments and their pixels agree; else what was read would be silently wrong.

    Raises
    ------
    InputError : They do not.
    """
    groups = items_of(seg, "PerFrameFunctionalGroupsSequence")
    count, rows, columns = (number_of(seg, name) or 0 for name in ("NumberOfFrames", "Rows", "Columns"))
    problems: list[str] = []
    if count != len(groups):
        problems.append(f"{count:g} frames are announced and {len(groups)} described")
    bits = number_of(seg, "BitsAllocated") or 0
    if not seg.file_meta.TransferSyntaxUID.is_encapsulated:
        needed = math.ceil(count * rows * columns * bits / 8)
        held = len(seg.PixelData)
        if not needed <= held <= needed + 1:
            problems.append(f"{held} bytes of pixels for {needed}")
    known = {int(number_of(item, "SegmentNumber") or -1) for item in items_of(seg, "SegmentSequence")}
    named = {
        int(number_of(identity, "ReferencedSegmentNumber") or -1)
        for group in groups
        if (identity := first_of(group, "SegmentIdentificationSequence")) is not None
    }
    if named - known:
        problems.append(f"frames of segments that are not described ({min(named - known)})")
    if problems:
        raise InputError([Problem(str(path), text, "frames that agree with their description", EXPORT_AGAIN)
                          for text in problems])  # fmt: skip


def _inside(
    seg: DicomSegmentation, item: SegmentDescription, *, kind: str, inside_from: float
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """One segment as a boolean array (z, y, x)."""
    volume = seg.get_volume(
        segment_numbers=[int(item.segment_number)], rescale_fractional=kind == "FRACTIONAL"
    )
    array = cast("np.ndarray[Any, np.dtype[Any]]", volume.array)[..., 0]
    return array >= inside_from if kind == "FRACTIONAL" else array > 0


def _structure(item: SegmentDescription) -> Structure:
    """By the label where it is understood, else by type, category and anatomic region."""
    named = structure_named(str(item.segment_label))
    if named is not Structure.OTHER:
        return named
    regions = item.anatomic_regions or []
    side = _side(item)
    typed = structure_coded(_code(item.segmented_property_type), laterality=side)
    if typed is not Structure.OTHER:
        return typed
    category = structure_coded(_code(item.segmented_property_category))
    if category is Structure.LESION:
        return Structure.LESION
    return structure_coded(_code(regions[0]) if regions else None, laterality=side)


def _code(concept: Any) -> Code:
    return Code(str(concept.value), str(concept.scheme_designator), str(concept.meaning))


def _side(item: SegmentDescription) -> str:
    text = f"{item.segment_label} {item.segmented_property_type.meaning}".lower()
    return "left" if "left" in text else "right" if "right" in text else ""
