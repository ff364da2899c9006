"""Image series as volumes: pixels decoded, rescaled to their unit, in the order of the patient."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from nelm.errors import GeometryError, InputError, Problem
from nelm.io.dicom.attributes import first_of, items_of, number_of, text_of, value_of
from nelm.io.dicom.discovery import Series
from nelm.io.dicom.stack import EXPORT_AGAIN, Slice, Stack, refused, stack_of
from nelm.volume import Grid, ImageOrigin, Quantity, Volume, volume_on

AIR_HU = -1024
Progress = Callable[[int, int], None]
QUANTITIES = {"BQML": Quantity.ACTIVITY_CONCENTRATION, "GML": Quantity.SUV_BODY_WEIGHT}
WHOLE_LIMIT = np.iinfo(np.int16)


def read_volume(series: Series, *, progress: Progress | None = None) -> Volume:
    """A series as a volume.

    CT in Hounsfield units (int16), PET in the unit that it states, NM in counts, MR in arbitrary units (float32).
    A stack that leans (tilted gantry) is resampled to a straight one.

    Raises
    ------
    GeometryError : The geometry cannot be trusted.
    InputError : The pixels cannot be read or rescaled.
    """
    stack = stack_of(series)
    array, unit, notes = _pixels(series, stack, progress)
    origin = ImageOrigin(
        path=str(series.headers[0].path.parent),
        modality=series.modality,
        series_uid=series.uid,
        study_uid=series.headers[0].study_uid,
        frame_of_reference_uid=series.headers[0].frame_of_reference_uid,
        date=series.headers[0].date,
        description=series.description,
        repairs=tuple(dict.fromkeys((*stack.repairs, *notes))),
        sop_instance_uids=tuple(item.header.sop_uid or "" for item in stack.slices),
    )
    volume = Volume(array, stack.grid, _quantity(series, unit), origin)
    return _straightened(volume) if stack.is_tilted else volume


def _quantity(series: Series, unit: str) -> Quantity:
    if series.modality == "CT":
        return Quantity.HOUNSFIELD
    if series.modality == "PT":
        return QUANTITIES.get(unit, Quantity.COUNTS if unit in ("CNTS", "PROPCNTS") else Quantity.ARBITRARY)
    if series.modality == "NM":
        return QUANTITIES.get(unit, Quantity.COUNTS)
    return Quantity.ARBITRARY


def _straightened(volume: Volume) -> Volume:
    """A leaning stack on a straight grid that covers it."""
    grid = volume.grid
    matrix = grid.matrix
    normal = np.cross(matrix[:3, 2], matrix[:3, 1])
    normal /= np.linalg.norm(normal)
    lean = matrix[:3, 0] - (matrix[:3, 0] @ normal) * normal
    total = lean * (grid.shape[0] - 1)
    more: list[int] = []
    first = matrix[:3, 3].copy()
    for axis in (1, 2):
        unit = matrix[:3, axis] / grid.spacing_mm[axis]
        shift = float(total @ unit) / grid.spacing_mm[axis]
        more.append(math.ceil(abs(shift)))
        first += matrix[:3, axis] * min(0, math.floor(shift))
    matrix[:3, 0] -= lean
    matrix[:3, 3] = first
    straight = Grid.of((grid.shape[0], grid.shape[1] + more[0], grid.shape[2] + more[1]), matrix)
    outside = float(AIR_HU) if volume.quantity is Quantity.HOUNSFIELD else 0.0
    moved = volume_on(volume, straight, outside=outside)
    return Volume(moved.array, straight, volume.quantity, volume.origin)


def _pixels(
    series: Series, stack: Stack, progress: Progress | None
) -> tuple[NDArray[np.generic], str, tuple[str, ...]]:
    """All planes rescaled, the unit that the header states, and what was changed."""
    kind = np.dtype(np.int16 if series.modality in ("CT", "OT") else np.float32)
    array = np.zeros(stack.grid.shape, dtype=kind)
    notes: dict[str, None] = {}
    unit = ""
    opened: dict[Path, tuple[Dataset, NDArray[Any]]] = {}
    for place, item in enumerate(stack.slices):
        if item.header.path not in opened:
            opened.clear()
            opened[item.header.path] = _decoded(series, item)
        dataset, frames = opened[item.header.path]
        plane, said = _rescaled(series, dataset, frames[item.plane.frame], item.plane.frame)
        if kind == np.int16 and not _fits(plane):
            array, kind = array.astype(np.float32), np.dtype(np.float32)
        array[place] = plane
        notes |= dict.fromkeys(said)
        unit = text_of(dataset, "Units")
        if progress is not None:
            progress(place + 1, len(stack.slices))
    _check_doubles(series, stack)
    return array, unit, tuple(notes)


def _decoded(series: Series, item: Slice) -> tuple[Dataset, NDArray[Any]]:
    """A file and its frames (frames, rows, columns)."""
    path = item.header.path
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # padding bytes and over-long values; sizes are checked below
            dataset = pydicom.dcmread(path)
            pixels = cast("NDArray[Any]", dataset.pixel_array)
    except Exception as error:  # a decoder raises whatever damaged pixels make it raise
        raise InputError(
            [
                Problem(
                    str(path),
                    f"pixels that cannot be read ({type(error).__name__})",
                    "whole pixel data",
                    EXPORT_AGAIN,
                )
            ]
        ) from None
    frames = pixels if pixels.ndim == 3 and len(item.header.planes) > 1 else pixels[None]
    if frames.ndim != 3 or frames.shape != (len(item.header.planes), item.header.rows, item.header.columns):
        raise refused(series, f"{path.name} holds pixels of shape {pixels.shape}", expected="grey images of one size",
                      remedy=EXPORT_AGAIN)  # fmt: skip
    return dataset, frames


def _rescaled(
    series: Series, dataset: Dataset, plane: NDArray[Any], frame: int
) -> tuple[NDArray[np.generic], tuple[str, ...]]:
    """One plane in its unit: slope and intercept of the file, or of the frame."""
    slope, intercept = _slope(series, dataset, frame)
    notes: list[str] = []
    padded = _padding(dataset, plane) if series.modality == "CT" else None
    if slope == 1.0 and float(intercept).is_integer():
        values: NDArray[np.generic] = plane.astype(np.int32) + int(intercept)
    else:
        values = (plane.astype(np.float32) * np.float32(slope) + np.float32(intercept)).astype(np.float32)
    if padded is not None and padded.any():
        values[padded] = AIR_HU
        notes.append(f"padding outside the field of view was set to {AIR_HU} HU")
    return values, tuple(notes)


def _slope(series: Series, dataset: Dataset, frame: int) -> tuple[float, float]:
    holder: Dataset | None = dataset
    if "PerFrameFunctionalGroupsSequence" in dataset:
        groups = items_of(dataset, "PerFrameFunctionalGroupsSequence")
        shared = first_of(dataset, "SharedFunctionalGroupsSequence")
        name = "PixelValueTransformationSequence"
        holder = first_of(groups[frame], name) or first_of(shared, name) or dataset
    if value_of(dataset, "ModalityLUTSequence") is not None:
        raise refused(series, "a table instead of a rescale slope", expected="RescaleSlope and RescaleIntercept",
                      remedy=EXPORT_AGAIN)  # fmt: skip
    if "RescaleSlope" not in holder:
        if series.modality in ("CT", "PT"):
            raise refused(series, "images without RescaleSlope", expected="how a pixel becomes its unit",
                          remedy=EXPORT_AGAIN)  # fmt: skip
        return 1.0, 0.0
    slope, intercept = number_of(holder, "RescaleSlope"), number_of(holder, "RescaleIntercept")
    if slope is None or slope == 0 or (intercept is None and "RescaleIntercept" in holder):
        raise refused(series, "a rescale slope or intercept that is no number, or zero",
                      expected="how a pixel becomes its unit", remedy=EXPORT_AGAIN)  # fmt: skip
    return slope, intercept or 0.0


def _padding(dataset: Dataset, plane: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Where a CT has no image: at the padding value, or within its range."""
    value, limit = value_of(dataset, "PixelPaddingValue"), value_of(dataset, "PixelPaddingRangeLimit")
    if not isinstance(value, int):
        return None
    low, high = sorted((value, limit if isinstance(limit, int) else value))
    return (plane >= low) & (plane <= high)


def _fits(plane: NDArray[np.generic]) -> bool:
    """Whether values are whole and lie within 16 bits."""
    if not np.issubdtype(plane.dtype, np.integer):
        return False
    return bool(plane.min() >= WHOLE_LIMIT.min and plane.max() <= WHOLE_LIMIT.max)


def _check_doubles(series: Series, stack: Stack) -> None:
    """Slices at one place must show the same."""
    for kept, other in stack.doubles:
        first, second = _decoded(series, kept)[1], _decoded(series, other)[1]
        if not np.array_equal(first[kept.plane.frame], second[other.plane.frame]):
            raise GeometryError(
                f"two different images lie at one place ({kept.header.path.name}, {other.header.path.name})",
                where=series.name,
                expected="one image a place",
                remedy="The folder holds two phases or two series under one identifier: keep one of them.",
            )
