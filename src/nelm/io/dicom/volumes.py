"""From a series to a volume in patient space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nelm.errors import GeometryError, InputError, Problem
from nelm.io.dicom.findings import Defect, Finding, repairs, tallied
from nelm.io.dicom.gantry import upright_array, upright_grid
from nelm.io.dicom.geometry import REMEDY_COPY, Stack, refused, stack_of
from nelm.io.dicom.instances import Frame, Layout, PixelFormat
from nelm.io.dicom.pixels import Pixels, decoded
from nelm.io.dicom.series import Series
from nelm.io.dicom.values import (
    Rescale,
    checked_hounsfield,
    outside_image,
    padding_value,
    quantity_of,
    rescaled,
    rescales,
)
from nelm.volume import Grid, ImageOrigin, Quantity, Volume

SMOOTHER = 0.98
"""One order of slices is better than another when neighbours differ by less than this part."""
INT16 = np.iinfo(np.int16)


def read_volume(series: Series) -> Volume:
    """The volume of a CT, MR, PT or reconstructed NM series.

    CT comes in Hounsfield units (int16 where the numbers are whole), PT in what Units says, MR and NM as rescaled
    numbers. Slices lie along their normal, so the grid is right-handed; a tilted gantry is made upright. Whatever
    was repaired or assumed stands in ``origin.repairs``. Reads each file once; memory is the volume and one file.

    What no header betrays is not found: bits changed inside the pixels, images exchanged together with their positions
    and numbers, rows and columns or a spacing that are wrong in all files alike.

    Raises
    ------
    GeometryError
        Where voxels cannot be placed for certain.
    InputError
        Where pixels are damaged or contradict the header, and for scout views, planar images and projections.
    """
    _check_readable(series)
    stack = stack_of(series)
    frames = stack.frames
    quantity, about_units = quantity_of(series, frames)
    scale, about_scale = rescales(series, [*frames, *(frame for _, frame in stack.copies)])
    values, about_pixels = _values(series, stack, scale, quantity)
    about_order = _settled_order(series, stack, values)
    about_values: list[Finding] = []
    if quantity is Quantity.HOUNSFIELD:
        values, about_values = checked_hounsfield(series, values)
    values, grid = _upright(stack, values, quantity)
    findings = [*stack.findings, *about_units, *about_scale, *about_pixels, *about_order, *about_values]
    return Volume(values, grid, quantity, origin_of(series, frames, findings))


def origin_of(series: Series, frames: Sequence[Frame], findings: Sequence[Finding]) -> ImageOrigin:
    """Where an image came from, with what was repaired."""
    instances = dict.fromkeys(frame.source.sop_instance_uid or "" for frame in frames)
    files = series.files
    return ImageOrigin(
        path=str(files[0] if len(files) == 1 else files[0].parent),
        modality=series.modality,
        series_uid=series.series_uid,
        study_uid=series.study_uid,
        frame_of_reference_uid=series.frame_of_reference_uid,
        date=series.date,
        description=series.description,
        repairs=repairs(findings),
        sop_instance_uids=tuple(instances) if "" not in instances else (),
    )


def _check_readable(series: Series) -> None:
    """Refuse what is no volume by its nature."""
    if series.is_localizer:
        raise _no_volume(series, "a scout view (localizer)", "Choose an axial series of the study")
    if series.layout is Layout.PLANAR:
        raise _no_volume(series, "planar nuclear medicine images", "Read them with read_planar")
    if series.layout is Layout.PROJECTIONS:
        remedy = "Use the reconstructed SPECT, or read them with read_planar"
        raise _no_volume(series, "SPECT projections that are not reconstructed", remedy)
    formats = {_comparable(source.pixels) for source in series.sources}
    if len(formats) > 1:
        expected = "the same bits and sign of pixels in all files of a series"
        raise InputError([Problem("pixel format", "", expected, REMEDY_COPY)], file=series.name)
    for source in series.sources:
        if source.described_frames not in (None, source.frame_count):
            expected = f"a description of {source.frame_count} frames, found {source.described_frames}"
            raise InputError([Problem(source.path.name, "", expected, REMEDY_COPY)], file=series.name)


def _comparable(pixels: PixelFormat) -> tuple[int | None, ...]:
    """What has to be equal in all files of a series."""
    return pixels.samples, pixels.allocated, pixels.stored, pixels.high, pixels.signed


def _no_volume(series: Series, what: str, remedy: str) -> InputError:
    """The error for images that are no volume."""
    expected = f"a series of slices; these are {what}"
    return InputError([Problem("series", "", expected, remedy)], file=series.name)


@dataclass(slots=True)
class _Canvas:
    """The array of a volume while it is filled: int16 as long as the values fit, then int32 or float32."""

    array: NDArray[np.generic]

    def put(self, k: int, values: NDArray[np.generic]) -> None:
        """Fill one slice, widening the array first where it has to be."""
        if values.dtype.kind == "f" and self.array.dtype.kind != "f":
            self.array = self.array.astype(np.float32)
        elif self.array.dtype == np.int16 and (values.min() < INT16.min or values.max() > INT16.max):
            self.array = self.array.astype(np.int32)
        self.array[k] = values


def _values(
    series: Series, stack: Stack, scale: Sequence[Rescale], quantity: Quantity
) -> tuple[NDArray[np.generic], list[Finding]]:
    """Values of all slices (z, y, x); copies of slices are compared and left out."""
    count, rows, columns = stack.grid.shape
    whole = all(slope == int(slope) and intercept == int(intercept) for slope, intercept in scale)
    canvas = _Canvas(np.zeros((count, rows, columns), dtype=np.int16 if whole else np.float32))
    places = [*enumerate(stack.frames), *stack.copies]
    by_file: dict[object, list[int]] = {}
    for number, (_, frame) in enumerate(places):
        by_file.setdefault(frame.source.path, []).append(number)
    findings: list[Finding] = []
    padded = 0
    ahead: dict[int, NDArray[np.generic]] = {}
    for numbers in by_file.values():
        members = [places[number][1] for number in numbers]
        images, remarks = decoded(members[0].source, [frame.index for frame in members], (rows, columns))
        findings += remarks
        for number, pixels in zip(numbers, images, strict=True):
            values, outside = _image(pixels, members[0], scale[number], quantity)
            padded += outside
            if number < count:
                canvas.put(number, values)
            else:
                ahead[number] = values
    for number, values in ahead.items():
        _check_copy(series, canvas.array[places[number][0]], values)
    if ahead:
        detail = f"{len(ahead)} images lie at the place of another one and equal it; left out"
        findings.append(Finding(Defect.IDENTICAL_DUPLICATES, detail))
    if padded:
        detail = f"{padded} padded pixels outside the reconstruction were set to {padding_value(quantity):g}"
        findings.append(Finding(Defect.PIXEL_PADDING, detail))
    return canvas.array, list(tallied(findings))


def _image(
    pixels: Pixels, frame: Frame, rescale: Rescale, quantity: Quantity
) -> tuple[NDArray[np.generic], int]:
    """Values of one image and the number of its padded pixels that were changed."""
    values = rescaled(pixels, rescale)
    outside = outside_image(pixels, frame.source)
    filling = padding_value(quantity)
    if outside is None or filling is None:
        return values, 0
    changed = outside & (values != filling)
    values[changed] = filling
    return values, int(np.count_nonzero(changed))


def _check_copy(series: Series, kept: NDArray[np.generic], copy: NDArray[np.generic]) -> None:
    """Refuse two different images at one place."""
    if not np.array_equal(kept, copy.astype(kept.dtype)):
        detail = "two different images lie at one place"
        remedy = "Remove the one that does not belong to the series"
        raise refused(series, Defect.CONFLICTING_DUPLICATES, detail, remedy)


def _settled_order(series: Series, stack: Stack, values: NDArray[np.generic]) -> list[Finding]:
    """Whether the pixels side with the positions where the instance numbers contradict them.

    Neighbouring slices of a body look alike: in the right order they differ least. The positions are believed
    only if their order is clearly the smoother one.

    Raises
    ------
    GeometryError
        If the pixels side with the instance numbers, or with neither.
    """
    other = stack.doubtful_order
    if other is None:
        return []
    by_position = _roughness(values, range(len(values)))
    by_number = _roughness(values, other)
    if by_position < SMOOTHER * by_number:
        detail = (
            "instance numbers do not follow the positions; neighbouring images do, so the positions count"
        )
        return [Finding(Defect.CONTRADICTORY_ORDER, detail)]
    side = "side with the numbers" if by_number < SMOOTHER * by_position else "do not settle it"
    raise GeometryError(
        f"{Defect.CONTRADICTORY_ORDER}: instance numbers do not follow the positions, and the images {side}",
        where=series.name,
        remedy=f"{REMEDY_COPY}; some positions may be exchanged",
    )


def _roughness(values: NDArray[np.generic], order: Sequence[int]) -> float:
    """Sum of the mean absolute differences of neighbouring slices in an order."""
    total = 0.0
    for first, second in pairwise(order):
        difference = values[second].astype(np.float32) - values[first].astype(np.float32)
        total += float(np.abs(difference).mean(dtype=np.float64))
    return total


def _upright(
    stack: Stack, values: NDArray[np.generic], quantity: Quantity
) -> tuple[NDArray[np.generic], Grid]:
    """The values on a grid of right angles."""
    if not stack.is_tilted:
        return values, stack.grid
    filling = padding_value(quantity)
    outside = float(values.min()) if filling is None else filling
    grid = upright_grid(stack.grid, stack.shift_mm)
    return upright_array(values, stack.grid, stack.shift_mm, outside=outside), grid
