"""From stored numbers to values with a unit: rescale, padding, and what the numbers are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nelm.errors import InputError, Problem
from nelm.io.dicom.findings import Defect, Finding
from nelm.io.dicom.instances import Frame, Source
from nelm.io.dicom.pixels import Pixels
from nelm.io.dicom.series import Series
from nelm.volume import Quantity

LEAST_HU = -1024
"""Below this nothing is tissue: pixels outside the reconstruction are set to it."""
ABSURD_HU = (-8192, 32767)
"""Hounsfield numbers outside come from a wrong sign or number of bits."""
REMEDY = "Copy the series again from the archive"
Rescale = tuple[float, float]


def rescales(series: Series, frames: Sequence[Frame]) -> tuple[list[Rescale], list[Finding]]:
    """Slope and intercept of every frame, and what was assumed.

    A CT that lacks them in some files takes those of the others when these are equal. Without any, the numbers
    stay as stored.

    Raises
    ------
    InputError
        For a slope of zero, and for slopes that only some files have and that differ.
    """
    found = [_written(series, frame) for frame in frames]
    known = {(slope, intercept or 0.0) for slope, intercept in found if slope is not None}
    if any(slope == 0 for slope, _ in known):
        raise _refused(series, "a rescale slope that is not zero")
    if series.modality == "CT" and len(known) > 1:
        raise _refused(series, "one rescale slope and intercept in all files of a CT")
    lacking = [k for k, (slope, _) in enumerate(found) if slope is None]
    if not lacking:
        return [(slope or 1.0, intercept or 0.0) for slope, intercept in found], []
    if not known:
        detail = "no file has a rescale slope; the numbers are as stored"
        needed = series.modality in ("CT", "PT")
        return [(1.0, 0.0)] * len(frames), [Finding(Defect.MISSING_RESCALE, detail)] if needed else []
    if len(known) > 1:
        raise _refused(series, f"a rescale slope in every file; {len(lacking)} lack it and the others differ")
    detail = f"{len(lacking)} of {len(frames)} files have no rescale slope; taken as that of the others"
    return [known.copy().pop()] * len(frames), [Finding(Defect.MISSING_RESCALE, detail)]


def _written(series: Series, frame: Frame) -> tuple[float | None, float | None]:
    """Slope and intercept as the header writes them; for a CT one without the other counts for nothing."""
    if series.modality == "CT" and frame.intercept is None:
        return None, None
    return frame.slope, frame.intercept


def rescaled(pixels: Pixels, rescale: Rescale) -> NDArray[np.generic]:
    """Values of one image: int32 where slope and intercept are whole, float32 otherwise."""
    slope, intercept = rescale
    if slope == int(slope) and intercept == int(intercept) and pixels.dtype.itemsize <= 2:
        values = pixels.astype(np.int32)
        if slope != 1:
            values *= int(slope)
        if intercept != 0:
            values += int(intercept)
        return values
    if pixels.dtype.itemsize > 2:
        return (pixels.astype(np.float64) * slope + intercept).astype(np.float32)
    return pixels.astype(np.float32) * np.float32(slope) + np.float32(intercept)


def outside_image(pixels: Pixels, source: Source) -> NDArray[np.bool_] | None:
    """Which stored pixels are padding; None when there are none."""
    padding = source.pixels.padding
    if padding is None:
        return None
    outside = (pixels >= padding[0]) & (pixels <= padding[1])
    return outside if outside.any() else None


def padding_value(quantity: Quantity) -> float | None:
    """What padded pixels become; None where they stay as they are."""
    if quantity is Quantity.HOUNSFIELD:
        return LEAST_HU
    return 0.0 if quantity is not Quantity.ARBITRARY else None


def quantity_of(series: Series, frames: Sequence[Frame]) -> tuple[Quantity, list[Finding]]:
    """What the rescaled numbers are, by modality and units, and what is to be said about it."""
    source = frames[0].source
    if series.modality == "CT":
        whole = any(_written(series, frame)[0] is not None for frame in frames)
        known = source.rescale_type in (None, "HU", "US")
        return (Quantity.HOUNSFIELD if whole and known else Quantity.ARBITRARY), []
    if series.modality == "PT" or (series.modality == "NM" and source.units is not None):
        return _emission_quantity(series, source)
    return (Quantity.COUNTS if series.modality == "NM" else Quantity.ARBITRARY), []


def _emission_quantity(series: Series, source: Source) -> tuple[Quantity, list[Finding]]:
    """What emission images count, by their Units."""
    units = {one.units for one in series.sources}
    if len(units) > 1:
        raise _refused(series, "one value of Units in all files")
    if source.units == "BQML":
        return Quantity.ACTIVITY_CONCENTRATION, []
    if source.units in ("CNTS", "CPS"):
        return Quantity.COUNTS, []
    if source.units == "GML" and source.suv_type in (None, "BW"):
        return Quantity.SUV_BODY_WEIGHT, []
    detail = f"Units are {source.units or 'missing'}; the numbers have no known unit"
    return Quantity.ARBITRARY, [Finding(Defect.UNKNOWN_UNITS, detail)]


def checked_hounsfield(
    series: Series, array: NDArray[np.generic]
) -> tuple[NDArray[np.generic], list[Finding]]:
    """A CT without undeclared padding.

    One single value far below every tissue is padding that the header does not declare; several, or values above
    the densest metal, come from a wrong sign or number of bits.

    Raises
    ------
    InputError
        If numbers lie outside `ABSURD_HU` and are not one padding value.
    """
    lowest, highest = float(array.min()), float(array.max())
    if highest > ABSURD_HU[1]:
        raise _refused(
            series, f"Hounsfield numbers up to {ABSURD_HU[1]}, found {highest:g}: wrong sign or bits"
        )
    if lowest >= ABSURD_HU[0]:
        return array, []
    low = np.asarray(array, dtype=np.float32) < ABSURD_HU[0]
    if array[low].max() != lowest:
        raise _refused(
            series, f"Hounsfield numbers from {ABSURD_HU[0]}, found {lowest:g}: wrong sign or bits"
        )
    array = np.where(low, array.dtype.type(LEAST_HU), array)
    detail = f"pixels of {lowest:g} HU, outside the reconstruction, were set to {LEAST_HU} HU"
    return array, [Finding(Defect.PIXEL_PADDING, detail)]


def _refused(series: Series, expected: str) -> InputError:
    """The error for values that cannot be trusted."""
    return InputError([Problem("pixel values", "", expected, REMEDY)], file=series.name)
