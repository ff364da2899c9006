"""RTSTRUCT: regions as contours on the slices of their image.

Contours run along the edges of the regions at half occupancy. A hole is a contour of its own inside the outer one,
which readers fill by even and odd crossings. Numbers have at most 16 characters.
"""

# scikit-image has no type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import RTStructureSetStorage
from skimage.measure import find_contours

from nelm.io.dicom_out.derived import derived_head, reference_to
from nelm.io.dicom_out.segmentations import COLOURS, Region
from nelm.io.dicom_out.sources import Sources

HALF = 0.5
DECIMALS = 3
FEWEST_POINTS = 4


def structure_set_object(regions: Sequence[Region], sources: Sources, *, series_number: int) -> Dataset:
    """The structure set, ready to be saved."""
    dataset = _head(sources, series_number)
    dataset.StructureSetROISequence = Items(
        [_roi(region, n, sources) for n, region in enumerate(regions, start=1)]
    )
    dataset.ROIContourSequence = Items(
        [_contours(region, n, sources) for n, region in enumerate(regions, start=1)]
    )
    dataset.RTROIObservationsSequence = Items(
        [_observation(region, n) for n, region in enumerate(regions, start=1)]
    )
    return dataset


def _head(sources: Sources, series_number: int) -> Dataset:
    """Everything but the structures."""
    dataset = derived_head(
        sources,
        RTStructureSetStorage,
        modality="RTSTRUCT",
        series_number=series_number,
        description="nelm regions",
        name="RTSTRUCT",
    )
    dataset.StructureSetLabel = "NELM"
    dataset.StructureSetDate = sources.made_at.strftime("%Y%m%d")
    dataset.StructureSetTime = sources.made_at.strftime("%H%M%S")
    dataset.ApprovalStatus = "UNAPPROVED"
    dataset.ReferencedFrameOfReferenceSequence = Items([_referenced(sources)])
    return dataset


def _referenced(sources: Sources) -> Dataset:
    """The frame of reference with the study, series and slices that were drawn on."""
    first = sources.headers[0]
    series, study, frame = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = first.SeriesInstanceUID
    series.ContourImageSequence = Items([reference_to(header) for header in sources.headers])
    study.ReferencedSOPClassUID, study.ReferencedSOPInstanceUID = (
        "1.2.840.10008.3.1.2.3.1",
        first.StudyInstanceUID,
    )
    study.RTReferencedSeriesSequence = Items([series])
    frame.FrameOfReferenceUID = first.FrameOfReferenceUID
    frame.RTReferencedStudySequence = Items([study])
    return frame


def _roi(region: Region, number: int, sources: Sources) -> Dataset:
    item = Dataset()
    item.ROINumber, item.ROIName = number, region.name[:64]
    item.ReferencedFrameOfReferenceUID = sources.headers[0].FrameOfReferenceUID
    item.ROIGenerationAlgorithm = "SEMIAUTOMATIC"
    return item


def _observation(region: Region, number: int) -> Dataset:
    item = Dataset()
    item.ObservationNumber, item.ReferencedROINumber = number, number
    item.RTROIInterpretedType = "GTV" if region.structure == "lesion" else "ORGAN"
    item.ROIInterpreter = ""
    return item


def _contours(region: Region, number: int, sources: Sources) -> Dataset:
    item = Dataset()
    item.ReferencedROINumber = number
    item.ROIDisplayColor = list(COLOURS.get(region.structure, (200, 200, 200)))
    item.ContourSequence = Items([_contour(points, sources.headers[k]) for k, points in contours_of(region)])
    return item


def _contour(points_mm: NDArray[np.float64], header: Dataset) -> Dataset:
    item = Dataset()
    item.ContourImageSequence = Items([reference_to(header)])
    item.ContourGeometricType, item.NumberOfContourPoints = "CLOSED_PLANAR", len(points_mm)
    item.ContourData = [_decimal(value) for value in points_mm.ravel()]
    return item


def contours_of(region: Region) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Slice and points (n, 3) [mm] of every contour of a region."""
    box = region.mask.box()
    for k in range(box[0].start, box[0].stop):
        plane = np.pad(region.mask.array[k][box[1:]].astype(np.float32), 1)
        for outline in find_contours(plane, HALF):
            if len(outline) <= FEWEST_POINTS:
                continue
            closed = outline[:-1] - 1 + np.array([box[1].start, box[2].start])
            indices = np.column_stack([np.full(len(closed), float(k)), closed])
            yield k, region.mask.grid.points_of(indices)


def _decimal(value: Any) -> str:
    return f"{float(value) + 0.0:.{DECIMALS}f}"
