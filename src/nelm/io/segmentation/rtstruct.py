"""RTSTRUCT: contours drawn on the slices of an image, filled on its grid.

A voxel is inside when its centre is. Contours of one slice that lie inside another one cut a hole (and a contour in
the hole fills it again); others add. Contours that turn back on themselves through a channel of no width fill as they
are drawn. Contours between two slices go to the nearer one; structures drawn on every second or third slice only are
interpolated by signed distance. Everything that is not exact is said.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from scipy import ndimage
from skimage.draw import polygon2mask

from nelm.errors import GeometryError, InputError, NelmError, Problem
from nelm.io.segmentation.attributes import first_of, items_of, text_of, value_of
from nelm.io.segmentation.names import structure_named
from nelm.volume import Grid, ImageOrigin, Mask, Segment, Segmentation, Structure, Volume

ON_SLICE = 0.05
"""Share of the slice distance by which a contour may lie off its slice: headers are rounded."""
ONE_PLANE = 0.1
"""Share of the slice distance by which the points of one contour may leave their plane."""
FEWEST_POINTS = 3
EXPORT_AGAIN = "Export the structure set again together with its image."


@dataclass
class _Drawing:
    """Contours of one structure by slice, and what was noticed on the way."""

    by_slice: dict[int, list[NDArray[np.float64]]] = field(default_factory=lambda: defaultdict(list))
    between: int = 0
    dropped: int = 0
    outside: int = 0


def read_rtstruct(
    path: Path, reference: Volume, *, overrides: Mapping[str, Structure] | None = None
) -> Segmentation:
    """The structures of an RTSTRUCT on the grid of the image that they were drawn on.

    Parameters
    ----------
    reference : The image; its slices are where the contours belong.
    overrides : What the user says that names mean.

    Raises
    ------
    InputError : The file cannot be read as a structure set.
    GeometryError : The structures belong to another frame of reference, or are not drawn along the slices.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # over-long decimals are common here and read all the same
            dataset = pydicom.dcmread(path)
            return _read(path, dataset, reference, overrides)
    except NelmError:
        raise
    except Exception as error:  # the reader raises whatever a damaged file makes it raise
        raise InputError(
            [Problem(str(path), f"a structure set that cannot be read ({type(error).__name__})", "a whole RTSTRUCT",
                     EXPORT_AGAIN)]
        ) from None  # fmt: skip


def _read(
    path: Path, dataset: Dataset, reference: Volume, overrides: Mapping[str, Structure] | None
) -> Segmentation:
    structures = items_of(dataset, "StructureSetROISequence")
    if not structures:
        raise InputError([Problem(str(path), "no structure", "StructureSetROISequence", EXPORT_AGAIN)])
    repairs = _check_frame(path, structures, reference)
    contours = {
        str(value_of(item, "ReferencedROINumber")): item for item in items_of(dataset, "ROIContourSequence")
    }
    segments: list[Segment] = []
    for item in structures:
        name = text_of(item, "ROIName") or f"ROI {value_of(item, 'ROINumber')}"
        drawn = contours.get(str(value_of(item, "ROINumber")))
        drawing = _drawing(path, name, items_of(drawn, "ContourSequence"), reference.grid)
        mask, said = _filled(drawing, reference.grid)
        repairs += [f"{name}: {text}" for text in (*_remarks(drawing), *said)]
        segments.append(Segment(name, structure_named(name, overrides=overrides), Mask(mask, reference.grid)))
    origin = ImageOrigin(
        path=str(path),
        modality="RTSTRUCT",
        series_uid=text_of(dataset, "SeriesInstanceUID") or None,
        study_uid=text_of(dataset, "StudyInstanceUID") or None,
        frame_of_reference_uid=reference.origin.frame_of_reference_uid,
        description=text_of(dataset, "StructureSetLabel"),
        repairs=tuple(repairs),
        sop_instance_uids=(text_of(dataset, "SOPInstanceUID"),),
    )
    return Segmentation(reference.grid, tuple(segments), origin, referenced_series(dataset))


def referenced_series(dataset: Dataset) -> str | None:
    """The image series that the structures were drawn on; None when the file does not say."""
    frame = first_of(dataset, "ReferencedFrameOfReferenceSequence")
    study = first_of(frame, "RTReferencedStudySequence")
    series = first_of(study, "RTReferencedSeriesSequence")
    return text_of(series, "SeriesInstanceUID") or None if series is not None else None


def referenced_series_of(path: Path) -> str | None:
    """The image series that a structure set file names; None when it cannot be read or does not say."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the file is read with care later
            return referenced_series(pydicom.dcmread(path, stop_before_pixels=True))
    except Exception:  # said when the file is read
        return None


def _check_frame(path: Path, structures: list[Dataset], reference: Volume) -> list[str]:
    own = reference.origin.frame_of_reference_uid
    named = {text_of(item, "ReferencedFrameOfReferenceUID") for item in structures} - {""}
    if own and named and named != {own}:
        raise GeometryError(
            "the structures belong to another frame of reference than the image",
            where=str(path),
            expected="the image that they were drawn on",
            remedy="Give the image of the same examination, or register the two first.",
        )
    return (
        []
        if own and named
        else ["no frame of reference to compare: the image given was taken as the one drawn on"]
    )


def _drawing(path: Path, name: str, contours: list[Dataset], grid: Grid) -> _Drawing:
    """The contours of a structure as fractional (row, column) points by slice."""
    drawing = _Drawing()
    for contour in contours:
        numbers = np.asarray(value_of(contour, "ContourData") or [], dtype=np.float64)
        kind = text_of(contour, "ContourGeometricType")
        if kind not in ("", "CLOSED_PLANAR") or numbers.size < 3 * FEWEST_POINTS:
            drawing.dropped += 1
            continue
        if numbers.size % 3 or not np.isfinite(numbers).all():
            raise InputError(
                [Problem(str(path), f"a contour of {name} with numbers that are no points", "x, y, z for every point",
                         EXPORT_AGAIN)]
            )  # fmt: skip
        points = grid.indices_of(numbers.reshape(-1, 3))
        if np.ptp(points[:, 0]) > ONE_PLANE:
            raise GeometryError(
                f"a contour of {name} does not lie along the slices of the image",
                where=str(path),
                expected="contours drawn on the slices of the image given",
                remedy="Give the image that the structures were drawn on.",
            )
        middle = float(points[:, 0].mean())
        place = round(middle)
        if not 0 <= place < grid.shape[0]:
            drawing.outside += 1
            continue
        drawing.between += abs(middle - place) > ON_SLICE
        drawing.by_slice[place].append(points[:, 1:])
    return drawing


def _remarks(drawing: _Drawing) -> list[str]:
    remarks: list[str] = []
    if drawing.between:
        remarks.append(f"{drawing.between} contours between two slices were moved to the nearer one")
    if drawing.dropped:
        remarks.append(f"{drawing.dropped} contours that enclose nothing (points, open lines) were left out")
    if drawing.outside:
        remarks.append(f"{drawing.outside} contours outside the image were left out: the structure is cut")
    return remarks


def _filled(drawing: _Drawing, grid: Grid) -> tuple[NDArray[np.bool_], list[str]]:
    """The structure on the grid (z, y, x), and what is not exact about it."""
    mask = np.zeros(grid.shape, dtype=bool)
    too_small = 0
    for place, contours in drawing.by_slice.items():
        mask[place], lost = _slice(contours, (grid.shape[1], grid.shape[2]))
        too_small += lost
    remarks = [f"{too_small} contours smaller than a voxel enclose no centre"] if too_small else []
    gap = _regular_gap(sorted(drawing.by_slice))
    if gap > 1:
        _interpolate(mask, sorted(drawing.by_slice))
        remarks.append(f"drawn on every {gap}. slice only: interpolated between them")
    if not mask.any():
        remarks.append("empty")
    return mask, remarks


def _slice(contours: list[NDArray[np.float64]], shape: tuple[int, int]) -> tuple[NDArray[np.bool_], int]:
    """One slice: contours inside another one cut a hole, others add."""
    drawn = sorted(contours, key=_area, reverse=True)
    regions = [polygon2mask(shape, points) for points in drawn]
    filled = np.zeros(shape, dtype=bool)
    for place, region in enumerate(regions):
        around = sum(_is_inside(drawn[place], drawn[outer]) for outer in range(place))
        filled = filled & ~region if around % 2 else filled | region
    return filled, sum(not region.any() for region in regions)


def _area(points: NDArray[np.float64]) -> float:
    y, x = points.T
    return 0.5 * abs(float(np.dot(y, np.roll(x, 1)) - np.dot(x, np.roll(y, 1))))


def _is_inside(inner: NDArray[np.float64], outer: NDArray[np.float64]) -> bool:
    """Whether every point of a contour lies inside another one (even and odd crossings)."""
    y, x = inner[:, :1], inner[:, 1:]
    y1, x1 = outer[:, 0], outer[:, 1]
    y2, x2 = np.roll(y1, -1), np.roll(x1, -1)
    crosses = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    return bool((np.count_nonzero(crosses & (x < at), axis=1) % 2 == 1).all())


def _regular_gap(places: list[int]) -> int:
    """The distance between drawn slices where it is one and the same; 1 otherwise."""
    gaps = set(np.diff(places).tolist())
    return int(gaps.pop()) if len(gaps) == 1 else 1


def _interpolate(mask: NDArray[np.bool_], places: list[int]) -> None:
    """Fill the slices between drawn ones, in place, by linear interpolation of signed distances."""
    signed = {place: _signed_distance(mask[place]) for place in places}
    for first, second in pairwise(places):
        for between in range(first + 1, second):
            share = (between - first) / (second - first)
            mask[between] = (1 - share) * signed[first] + share * signed[second] > 0


def _signed_distance(plane: NDArray[np.bool_]) -> NDArray[np.float64]:
    inside = np.asarray(ndimage.distance_transform_edt(plane))
    outside = np.asarray(ndimage.distance_transform_edt(~plane))
    return inside - outside
