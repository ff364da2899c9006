"""Whether positions, instance numbers and slice locations tell one story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from nelm.errors import GeometryError
from nelm.io.dicom.findings import Defect, Finding
from nelm.io.dicom.instances import Frame, Layout, Triple
from nelm.io.dicom.series import Series

FEWEST_KNOWN = 3
"""Positions needed to infer others from the instance numbers."""
ON_LINE = 0.02
"""Largest deviation from a straight, even stack, as part of the step, for positions to be inferred from it."""
SAME_LOCATION = 0.1
"""Deviation of a slice location from the position, as part of the spacing, that means agreement."""
ROUNDED_MM = 0.02


@dataclass(frozen=True, slots=True)
class Order:
    """What the numbering says about the order of the slices.

    Parameters
    ----------
    contradicting : Order of the slices by instance number where that contradicts the positions and nothing in
        the headers settles it.
    findings : What is to be said.
    """

    contradicting: tuple[int, ...] | None = None
    findings: tuple[Finding, ...] = ()


def with_positions(series: Series) -> tuple[tuple[Frame, ...], list[Finding]]:
    """The frames with the positions of those that lack one inferred from the instance numbers.

    Safe only where the other slices are an exact linear function of the instance number: at least three known,
    at least half of all, every number there and different.

    Raises
    ------
    GeometryError
        Where positions are missing and cannot be inferred.
    """
    known = [frame for frame in series.frames if frame.position_mm is not None]
    lost = len(series.frames) - len(known)
    if lost == 0:
        return series.frames, []
    numbers = [frame.instance_number for frame in series.frames]
    error = GeometryError(
        f"{Defect.MISSING_POSITION}: ImagePositionPatient is missing or broken in {lost} of "
        f"{len(series.frames)} images and cannot be inferred",
        where=series.name,
        remedy="Copy the whole series again from the archive",
    )
    enough = len(known) >= FEWEST_KNOWN and len(known) >= lost
    if not enough or None in numbers or len(set(numbers)) < len(numbers):
        raise error
    line = _line(known)
    if line is None:
        raise error
    frames = tuple(
        frame if frame.position_mm is not None else replace(frame, position_mm=_on(line, frame))
        for frame in series.frames
    )
    detail = f"{lost} of {len(frames)} positions were missing and inferred from the instance numbers"
    return frames, [Finding(Defect.MISSING_POSITION, detail)]


def _line(known: Sequence[Frame]) -> NDArray[np.float64] | None:
    """Positions as a linear function of the instance number, (2, 3); None where they are not."""
    numbers = np.array([[1, frame.instance_number] for frame in known], dtype=np.float64)
    positions = np.array([frame.position_mm for frame in known], dtype=np.float64)
    line = np.asarray(np.linalg.lstsq(numbers, positions, rcond=None)[0], dtype=np.float64)
    step = float(np.linalg.norm(line[1]))
    deviation = float(np.abs(numbers @ line - positions).max())
    return line if step > ROUNDED_MM and deviation <= ON_LINE * step else None


def _on(line: NDArray[np.float64], frame: Frame) -> Triple:
    """The position of a frame on the line."""
    found = np.array([1, frame.instance_number], dtype=np.float64) @ line
    return cast("Triple", tuple(found.tolist()))


def checked_order(series: Series, frames: Sequence[Frame], along: NDArray[np.float64]) -> Order:
    """What instance numbers and slice locations say about slices that are in the order of their positions.

    Where the numbers run with the positions, or against them, all is well. Where they do not, either the numbers
    were shuffled (harmless) or positions were exchanged; then the images have to settle it.

    Raises
    ------
    GeometryError
        Where slice locations and instance numbers both contradict the positions.
    """
    numbers = [frame.instance_number for frame in frames]
    if len(frames) < FEWEST_KNOWN or series.layout in (Layout.RECONSTRUCTED, Layout.ENHANCED):
        return Order()
    if any(number is None for number in numbers) or len(set(numbers)) < len(numbers):
        return Order(findings=_location_findings(frames, along))
    numbered = np.array(numbers, dtype=np.int64)
    steps = np.diff(numbered)
    cut = _cut_findings(series, int(numbered.min()))
    if (steps > 0).all():
        return Order(findings=(*cut, *_location_findings(frames, along)))
    if (steps < 0).all():
        detail = "instance numbers fall along the slice normal"
        reversed_order = Finding(Defect.REVERSED_ORDER, detail)
        return Order(findings=(reversed_order, *cut, *_location_findings(frames, along)))
    if _locations_agree(frames, along) is False:
        raise GeometryError(
            f"{Defect.CONTRADICTORY_ORDER}: neither instance numbers nor slice locations follow the positions",
            where=series.name,
            remedy="Copy the whole series again from the archive; some positions were exchanged or overwritten",
        )
    return Order(contradicting=tuple(np.argsort(numbered, kind="stable").tolist()))


def _cut_findings(series: Series, first: int) -> tuple[Finding, ...]:
    """What is to be said where a whole series does not begin with number 0 or 1."""
    if series.part or first <= 1:
        return ()
    detail = f"instance numbers begin at {first}; slices may be missing at that end"
    return (Finding(Defect.CUT_AT_THE_START, detail),)


def _locations(frames: Sequence[Frame]) -> NDArray[np.float64] | None:
    """Slice locations [mm]; None unless every slice has its own."""
    found = [frame.slice_location_mm for frame in frames]
    return None if None in found or len(set(found)) < len(found) else np.array(found, dtype=np.float64)


def _locations_agree(frames: Sequence[Frame], along: NDArray[np.float64]) -> bool | None:
    """Whether slice locations follow the positions, in either sense and from any zero; None if there are none."""
    locations = _locations(frames)
    if locations is None:
        return None
    limit = max(SAME_LOCATION * float(np.abs(np.diff(along)).min()), ROUNDED_MM)
    return any(float(np.ptp(locations - sign * along)) <= limit for sign in (1, -1))


def _location_findings(frames: Sequence[Frame], along: NDArray[np.float64]) -> tuple[Finding, ...]:
    """What is to be said about slice locations that do not follow positions which the numbering confirms."""
    if _locations_agree(frames, along) is not False:
        return ()
    detail = "SliceLocation does not follow the positions, which agree with the numbering; it was not used"
    return (Finding(Defect.WRONG_SPACING_TAG, detail),)
