"""Where the slices of a series lie: checked, repaired where that is safe, refused otherwise.

Slices are stacked along their normal (row direction x column direction), so the grid is right-handed. What is
repaired or assumed is a finding; what cannot be trusted is a `GeometryError` with the series and the remedy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.errors import GeometryError
from nelm.io.dicom.findings import Defect, Finding
from nelm.io.dicom.gantry import upright_grid
from nelm.io.dicom.grouping import SAME_DIRECTION, SAME_PLACE_MM
from nelm.io.dicom.instances import Frame
from nelm.io.dicom.orientation import EXACT, REPAIRABLE, Vector, axes_of, inexactness
from nelm.io.dicom.series import Series
from nelm.io.dicom.slice_order import checked_order, with_positions
from nelm.volume import Grid

EVEN = 0.02
"""Deviation from equal spacing, as a part of the spacing, up to which nothing is said (rounded headers)."""
UNEVEN = 0.1
"""Deviation beyond which slices are not evenly spaced."""
ROUNDED_MM = 0.02
"""Deviation of a position that comes from writing few digits."""
WHOLE_STEPS = 0.05
"""A step within this of a whole multiple of the smallest step means missing slices."""
LARGEST_TILT_DEG = 45.0
SAME_TILT_DEG = 1.0
NEGLIGIBLE_TILT_DEG = 0.5
"""Up to this a stack leans because directions were written with few digits; the affine keeps the lean."""
ANISOTROPIC = 1.01
THICKNESS_TOLERANCE = 0.02
REMEDY_COPY = "Copy the whole series again from the archive"


@dataclass(frozen=True, slots=True)
class Stack:
    """A series as a stack of slices.

    Parameters
    ----------
    frames : One for each slice, along the slice normal.
    copies : Further images at the place of a slice: (slice, frame). Their pixels have to be equal to it.
    grid : Where the voxels lie; sheared when `shift_mm` is not zero.
    shift_mm : In-plane displacement (along a row, along a column) from slice to slice.
    doubtful_order : Order of the slices by another evidence that contradicts the positions, to be settled by
        the pixels; None without contradiction.
    findings : What was found, repaired or assumed.
    """

    frames: tuple[Frame, ...]
    copies: tuple[tuple[int, Frame], ...]
    grid: Grid
    shift_mm: tuple[float, float]
    doubtful_order: tuple[int, ...] | None
    findings: tuple[Finding, ...]

    @property
    def is_tilted(self) -> bool:
        """Whether a tilted gantry made the stack: its pixels have to be shifted to lie on right angles."""
        return any(finding.defect is Defect.TILT for finding in self.findings)


def stack_of(series: Series) -> Stack:
    """The slices of a series in order, with their grid.

    Raises
    ------
    GeometryError
        For missing, conflicting or unevenly spaced slices, broken or mixed orientation, a sheared stack that is
        no tilted gantry, positions that contradict the numbering, and missing sizes, positions or spacings.
    """
    _check_shared(series)
    frames, filled = with_positions(series)
    orientation = frames[0].orientation
    if orientation is None:  # checked before; said again for the reader and the type checker
        raise refused(series, Defect.MISSING_ORIENTATION, "no image has an orientation")
    axes = axes_of(orientation)
    ordered, copies = _places(series, frames, axes)
    along = _along(ordered, axes[2])
    spacing, spaced = _spacing(series, ordered, along)
    shift, tilted = _tilt(series, ordered, axes, spacing)
    order = checked_order(series, ordered, along)
    findings = [
        *series.findings,
        *filled,
        *_orientation_findings(orientation),
        *spaced,
        *tilted,
        *order.findings,
        *_thickness_findings(ordered, spacing),
        *_place_findings(series),
    ]
    grid = _grid(ordered, axes, spacing, shift)
    return Stack(ordered, copies, grid, shift, order.contradicting, tuple(dict.fromkeys(findings)))


def grid_of(series: Series) -> Grid:
    """The grid that `read_volume` gives, from the headers alone.

    Raises
    ------
    GeometryError
        As `stack_of`.
    """
    stack = stack_of(series)
    return upright_grid(stack.grid, stack.shift_mm) if stack.is_tilted else stack.grid


def refused(series: Series, defect: Defect, detail: str, remedy: str = REMEDY_COPY) -> GeometryError:
    """The error for a series whose geometry cannot be trusted."""
    return GeometryError(f"{defect}: {detail}", where=series.name, remedy=remedy)


def _check_shared(series: Series) -> None:
    """Refuse what no slice may lack."""
    first = series.frames[0]
    sizes = {(frame.rows, frame.columns) for frame in series.frames}
    if len(sizes) > 1 or not first.rows or not first.columns:
        raise refused(series, Defect.ABSURD_VALUE, "Rows or Columns are missing, zero or differ")
    if any(frame.orientation is None for frame in series.frames):
        detail = "ImageOrientationPatient is missing or broken"
        raise refused(series, Defect.MISSING_ORIENTATION, detail)
    if any(frame.pixel_spacing_mm is None for frame in series.frames):
        raise refused(series, Defect.MISSING_PIXEL_SPACING, "PixelSpacing is missing or broken")
    orientations = np.array([frame.orientation for frame in series.frames])
    if np.ptp(orientations, axis=0).max() > 2 * SAME_DIRECTION:
        raise refused(series, Defect.MIXED_ORIENTATION, "the images do not have one orientation")
    assert first.orientation is not None
    error = inexactness(first.orientation)
    if error > REPAIRABLE:
        detail = f"row and column directions are not of unit length and at right angles (error {error:.2g})"
        raise refused(series, Defect.BROKEN_ORIENTATION, detail)


def _along(frames: Sequence[Frame], direction: Vector) -> Vector:
    """Coordinates of the frames along a direction [mm]."""
    return np.array([frame.position_mm for frame in frames], dtype=np.float64) @ direction


def _places(
    series: Series, frames: Sequence[Frame], axes: tuple[Vector, Vector, Vector]
) -> tuple[tuple[Frame, ...], tuple[tuple[int, Frame], ...]]:
    """One frame for every place along the normal in order, and the further ones at these places."""
    positions = np.array([frame.position_mm for frame in frames], dtype=np.float64)
    along = positions @ axes[2]
    ordered: list[Frame] = []
    copies: list[tuple[int, Frame]] = []
    last = -np.inf
    for index in np.argsort(along, kind="stable"):
        if along[index] - last > SAME_PLACE_MM:
            ordered.append(frames[index])
            last = along[index]
            continue
        apart = positions[index] - np.array(ordered[-1].position_mm, dtype=np.float64)
        if np.abs(apart).max() > SAME_PLACE_MM:
            detail = f"two images lie in one plane, {np.abs(apart).max():.3g} mm apart"
            raise refused(series, Defect.CONFLICTING_DUPLICATES, detail)
        copies.append((len(ordered) - 1, frames[index]))
    return tuple(ordered), tuple(copies)


def _spacing(series: Series, frames: Sequence[Frame], along: Vector) -> tuple[float, list[Finding]]:
    """Distance between neighbouring slices [mm], and what is to be said about it."""
    if len(frames) == 1 and series.part:
        detail = "one image differs from all others of its series: a scout view, or a damaged header"
        raise refused(series, Defect.SINGLE_SLICE, detail)
    if len(frames) == 1:
        thickness = frames[0].thickness_mm or _positive(frames[0].spacing_between_mm)
        if thickness is None:
            detail = "one image without SliceThickness has no extent"
            raise refused(series, Defect.SINGLE_SLICE, detail)
        return thickness, [Finding(Defect.SINGLE_SLICE, "spacing taken as SliceThickness")]
    _refuse_missing(series, along)
    spacing = float(along[-1] - along[0]) / (len(along) - 1)
    deviation = float(np.abs(along - along[0] - spacing * np.arange(len(along))).max())
    if deviation > UNEVEN * spacing:
        steps = np.diff(along)
        detail = f"steps between slices range from {steps.min():.4g} to {steps.max():.4g} mm"
        remedy = "Use a reconstruction with evenly spaced slices, or copy the whole series again"
        raise refused(series, Defect.NON_UNIFORM_SPACING, detail, remedy)
    if deviation <= max(EVEN * spacing, ROUNDED_MM):
        return spacing, []
    detail = f"slices deviate by up to {deviation:.3g} mm from even spacing; taken as even, {spacing:.4g} mm"
    return spacing, [Finding(Defect.IRREGULAR_POSITIONS, detail)]


def _refuse_missing(series: Series, along: Vector) -> None:
    """Refuse steps that are whole multiples of the smallest one."""
    ratios = np.diff(along) / np.diff(along).min()
    whole = np.round(ratios)
    if whole.max() < 2 or np.abs(ratios - whole).max() > WHOLE_STEPS * whole.max():
        return
    lost = int((whole - 1).sum())
    where = ", ".join(f"{along[i]:.1f} to {along[i + 1]:.1f} mm" for i in np.flatnonzero(whole > 1)[:3])
    detail = f"{lost} of {lost + len(along)} slices are missing ({where} along the normal)"
    raise refused(series, Defect.MISSING_SLICES, detail)


def _tilt(
    series: Series, frames: Sequence[Frame], axes: tuple[Vector, Vector, Vector], spacing: float
) -> tuple[tuple[float, float], list[Finding]]:
    """In-plane displacement from slice to slice [mm], zero unless the gantry was tilted."""
    count = len(frames)
    plane = np.stack([_along(frames, axes[0]), _along(frames, axes[1])], axis=1)
    plane = plane - plane[0]
    smallest = min(frames[0].pixel_spacing_mm or (1.0, 1.0))
    wander = float(np.abs(plane).max())
    if wander <= max(ROUNDED_MM, EVEN * smallest):
        return (0.0, 0.0), []
    if wander <= UNEVEN * smallest:
        detail = f"slices are displaced in their plane by up to {wander:.3g} mm; taken as lined up"
        return (0.0, 0.0), [Finding(Defect.IRREGULAR_POSITIONS, detail)]
    if count > 2:
        step = plane[-1] / (count - 1)
        deviation = float(np.abs(plane - np.arange(count)[:, None] * step).max())
        if deviation <= max(ROUNDED_MM, UNEVEN * smallest):
            return _tilted(series, frames, step, spacing)
    detail = f"slices are displaced in their plane by up to {wander:.4g} mm without a constant step"
    raise refused(series, Defect.SHEARED, detail)


def _tilted(
    series: Series, frames: Sequence[Frame], step: Vector, spacing: float
) -> tuple[tuple[float, float], list[Finding]]:
    """A constant displacement from slice to slice, accepted as a tilted gantry of a CT."""
    angle = float(np.degrees(np.arctan2(np.linalg.norm(step), spacing)))
    said = frames[0].source.gantry_tilt_deg
    shift = (float(step[0]), float(step[1]))
    if angle <= NEGLIGIBLE_TILT_DEG:
        detail = f"the stack leans by {angle:.2f} degrees against the slice normal; the grid leans with it"
        return shift, [Finding(Defect.IRREGULAR_POSITIONS, detail)]
    if series.modality != "CT" or angle > LARGEST_TILT_DEG:
        detail = (
            f"each slice is displaced in its plane by {np.linalg.norm(step):.4g} mm ({angle:.1f} degrees)"
        )
        raise refused(series, Defect.SHEARED, detail, "Use a reconstruction with slices lined up")
    if said is not None and abs(abs(said) - angle) > SAME_TILT_DEG:
        detail = f"the positions say a tilt of {angle:.1f} degrees, GantryDetectorTilt says {said:.1f}"
        raise refused(series, Defect.SHEARED, detail)
    detail = f"the gantry was tilted by {angle:.1f} degrees; slices were shifted to lie above each other"
    return shift, [Finding(Defect.TILT, detail)]


def _orientation_findings(orientation: tuple[float, ...]) -> list[Finding]:
    """What is to be said about directions that were made exact."""
    row, column = orientation[:3], orientation[3:]
    error = inexactness((*row, *column))  # type: ignore[arg-type]
    if error <= EXACT:
        return []
    detail = f"directions were off unit length or right angle by {error:.2g} and were made exact"
    return [Finding(Defect.INEXACT_ORIENTATION, detail)]


def _thickness_findings(frames: Sequence[Frame], spacing: float) -> list[Finding]:
    """What slice thickness and spacing tags say against the positions."""
    if len(frames) == 1:
        return []
    found: list[Finding] = []
    thickness = frames[0].thickness_mm
    if thickness is not None and thickness > spacing * (1 + THICKNESS_TOLERANCE):
        detail = f"slices are {thickness:.4g} mm thick and {spacing:.4g} mm apart; voxels take the spacing"
        found.append(Finding(Defect.THICKNESS_OVERLAP, detail))
    if thickness is not None and thickness < spacing * (1 - THICKNESS_TOLERANCE):
        detail = f"slices are {thickness:.4g} mm thick and {spacing:.4g} mm apart; voxels take the spacing"
        found.append(Finding(Defect.THICKNESS_GAP, detail))
    said = _positive(frames[0].spacing_between_mm)
    if said is not None and abs(said - spacing) > THICKNESS_TOLERANCE * spacing:
        detail = (
            f"SpacingBetweenSlices is {said:.4g} mm, the positions are {spacing:.4g} mm apart; these count"
        )
        found.append(Finding(Defect.WRONG_SPACING_TAG, detail))
    rows, columns = frames[0].pixel_spacing_mm or (1.0, 1.0)
    if max(rows, columns) > ANISOTROPIC * min(rows, columns):
        detail = f"rows are {rows:.4g} mm and columns {columns:.4g} mm apart"
        found.append(Finding(Defect.ANISOTROPIC_PIXELS, detail))
    return found


def _place_findings(series: Series) -> list[Finding]:
    """What is to be said about the patient and the frame of reference."""
    found: list[Finding] = []
    if series.frame_of_reference_uid is None:
        detail = "FrameOfReferenceUID is missing; the series lies over others only by registration"
        found.append(Finding(Defect.NO_FRAME_OF_REFERENCE, detail))
    if all(source.patient_position is None for source in series.sources) and series.modality != "NM":
        detail = "PatientPosition is missing; directions are those of ImageOrientationPatient"
        found.append(Finding(Defect.NO_PATIENT_POSITION, detail))
    return found


def _positive(length_mm: float | None) -> float | None:
    """The size of a spacing that may carry a sign; None for zero and not known [mm]."""
    return abs(length_mm) if length_mm else None


def _grid(
    frames: Sequence[Frame], axes: tuple[Vector, Vector, Vector], spacing: float, shift: tuple[float, float]
) -> Grid:
    """The grid of the stack."""
    row, column, normal = axes
    between_rows, between_columns = frames[0].pixel_spacing_mm or (1.0, 1.0)
    matrix: NDArray[np.float64] = np.eye(4)
    matrix[:3, 0] = spacing * normal + shift[0] * row + shift[1] * column
    matrix[:3, 1] = between_rows * column
    matrix[:3, 2] = between_columns * row
    matrix[:3, 3] = np.array(frames[0].position_mm)
    return Grid.of((len(frames), frames[0].rows or 1, frames[0].columns or 1), matrix)
