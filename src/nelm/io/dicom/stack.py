"""From image planes to a grid: in which order, how far apart, and whether the geometry can be trusted.

What is safe is repaired and said: the order of files, copies of one slice, rounding of positions and directions, a
tilted gantry. What would need a guess is refused with the series and the reason: a missing slice, uneven spacing,
two different images at one place, positions or directions that are missing or no rotation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.errors import GeometryError
from nelm.io.dicom.discovery import Series
from nelm.io.dicom.header import Header
from nelm.io.dicom.planes import Plane
from nelm.volume import Grid

SAME_PLACE_MM = 0.01
"""Slices closer than this lie at one place."""
EVEN_MM, EVEN_SHARE = 0.02, 0.01
"""Distances between slices may differ by the larger of these [mm, share of the distance]: headers are rounded."""
SHIFT_MM = 0.1
"""Slices may be shifted in their plane by this without being noticed in a measurement [mm]."""
UNIT_TOLERANCE = 1e-3
"""How far direction cosines may be from unit length and from a right angle: headers are rounded to 4 to 6 places."""
LARGEST_SPACING_MM, SMALLEST_SPACING_MM = 50.0, 0.05


@dataclass(frozen=True, slots=True)
class Slice:
    """One plane of a stack and the file that it is in."""

    header: Header
    plane: Plane


@dataclass(frozen=True, slots=True)
class Stack:
    """Planes in order.

    Parameters
    ----------
    slices : From the first to the last along the normal.
    grid : Where their voxels lie; its z axis leans where the gantry was tilted.
    is_tilted : Whether it does.
    repairs : What was repaired, one sentence each.
    doubles : Slices that lie at the place of a kept one: the same image, or the series is refused when read.
    """

    slices: tuple[Slice, ...]
    grid: Grid
    is_tilted: bool
    repairs: tuple[str, ...]
    doubles: tuple[tuple[Slice, Slice], ...] = ()


def stack_of(series: Series) -> Stack:
    """The planes of a series in order, on a grid.

    Raises
    ------
    GeometryError : The geometry cannot be trusted; says what is wrong and what to do.
    """
    slices = [Slice(header, plane) for header in series.headers for plane in header.planes]
    rows, columns = _size(series)
    turned, spacing, notes = _directions(series, slices)
    positions = _positions(series, slices)
    normal = np.cross(turned[0], turned[1])
    order = np.argsort(positions @ normal, kind="stable")
    kept, doubles = _once(order, positions @ normal)
    ordered = [slices[place] for place in kept]
    pairs = tuple((slices[first], slices[second]) for first, second in doubles)
    step, is_tilted, more = _step(series, positions[kept], normal, _thickness(slices))
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2] = step, turned[1] * spacing[0], turned[0] * spacing[1]
    matrix[:3, 3] = positions[kept[0]]
    notes += more
    if not (order == np.arange(len(order))).all():
        notes.append("slices were put in the order of their positions")
    if pairs:
        notes.append(f"{len(pairs)} slices that lie at the place of another one were left out")
    grid = Grid.of((len(ordered), rows, columns), matrix)
    return Stack(tuple(ordered), grid, is_tilted, tuple(dict.fromkeys([*series.notes, *notes])), pairs)


def refused(series: Series, what: str, *, expected: str, remedy: str) -> GeometryError:
    """The error for a series whose geometry cannot be trusted."""
    return GeometryError(what, where=series.name, expected=expected, remedy=remedy)


EXPORT_AGAIN = "Export the series again, complete and unchanged, or leave it out."


def _size(series: Series) -> tuple[int, int]:
    sizes = {(header.rows, header.columns) for header in series.headers}
    rows, columns = next(iter(sizes))
    if len(sizes) != 1 or not rows or not columns:
        raise refused(series, "images without one size", expected="Rows and Columns, the same in every image",
                      remedy=EXPORT_AGAIN)  # fmt: skip
    return rows, columns


def _directions(
    series: Series, slices: list[Slice]
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    """Directions of a row and of a column (2, 3), spacing between rows and columns [mm], and what was rounded."""
    turned = [item.plane.orientation for item in slices]
    spacing = [item.plane.spacing for item in slices]
    if any(item is None for item in turned):
        raise refused(series, "images without ImageOrientationPatient", expected="the direction of rows and columns",
                      remedy=EXPORT_AGAIN)  # fmt: skip
    if any(item is None for item in spacing):
        raise refused(
            series, "images without PixelSpacing", expected="the size of a pixel", remedy=EXPORT_AGAIN
        )
    cosines, sizes = np.array(turned, dtype=np.float64), np.array(spacing, dtype=np.float64)
    if np.ptp(cosines, axis=0).max() > UNIT_TOLERANCE or np.ptp(sizes, axis=0).max() > UNIT_TOLERANCE:
        raise refused(series, "images of different direction or pixel size", expected="one direction and size",
                      remedy=EXPORT_AGAIN)  # fmt: skip
    if sizes.min() <= SMALLEST_SPACING_MM or sizes.max() >= LARGEST_SPACING_MM:
        raise refused(series, f"a pixel of {sizes[0, 0]:g} x {sizes[0, 1]:g} mm", expected="0.05 to 50 mm",
                      remedy=EXPORT_AGAIN)  # fmt: skip
    row, column = cosines[0, :3], cosines[0, 3:]
    lengths = np.array([np.linalg.norm(row), np.linalg.norm(column)])
    if np.abs(lengths - 1).max() > UNIT_TOLERANCE or abs(float(row @ column)) > UNIT_TOLERANCE:
        raise refused(series, "directions of rows and columns that are no right angle of unit vectors",
                      expected="direction cosines", remedy=EXPORT_AGAIN)  # fmt: skip
    row = row / lengths[0]
    column = column - row * (row @ column)
    column /= np.linalg.norm(column)
    is_rounded = np.abs(np.concatenate([row, column]) - cosines[0]).max() > 1e-9
    notes = ["direction cosines were rounded and were made exact"] if is_rounded else []
    return np.stack([row, column]), sizes[0], notes


def _positions(series: Series, slices: list[Slice]) -> NDArray[np.float64]:
    """Centres of the first voxels (n, 3) [mm]."""
    missing = sum(item.plane.position is None for item in slices)
    if missing:
        raise refused(series, f"{missing} of {len(slices)} images without ImagePositionPatient",
                      expected="the place of every slice (for nuclear medicine: a reconstructed tomogram)",
                      remedy=EXPORT_AGAIN)  # fmt: skip
    return np.array([item.plane.position for item in slices], dtype=np.float64)


def _once(order: NDArray[np.intp], along: NDArray[np.float64]) -> tuple[list[int], list[tuple[int, int]]]:
    """Places of the slices to keep, in order, and pairs of a kept slice and one at its place."""
    kept: list[int] = []
    doubles: list[tuple[int, int]] = []
    for place in order.tolist():
        if kept and along[place] - along[kept[-1]] < SAME_PLACE_MM:
            doubles.append((kept[-1], place))
        else:
            kept.append(place)
    return kept, doubles


def _thickness(slices: list[Slice]) -> float | None:
    found = {item.plane.thickness for item in slices}
    only = next(iter(found)) if len(found) == 1 else None
    return only if only is not None and only > 0 else None


def _step(
    series: Series, positions: NDArray[np.float64], normal: NDArray[np.float64], thickness: float | None
) -> tuple[NDArray[np.float64], bool, list[str]]:
    """From one slice to the next (3,) [mm], whether that leans against the normal, and what was noticed."""
    if len(positions) == 1:
        if thickness is None:
            raise refused(series, "a single slice without SliceThickness", expected="at least two slices",
                          remedy="Leave the series out: it is no volume.")  # fmt: skip
        return normal * thickness, False, ["a single slice: SliceThickness was taken as its extent"]
    along = (positions - positions[0]) @ normal
    gaps = np.diff(along)
    typical = float(np.median(gaps))
    _check_gaps(series, gaps, typical)
    step = (positions[-1] - positions[0]) / (len(positions) - 1)
    straight = positions[0] + np.arange(len(positions))[:, None] * step
    off = positions - straight
    shift = float(np.linalg.norm(off - np.outer(off @ normal, normal), axis=1).max())
    if shift > SHIFT_MM:
        raise refused(series, f"slices shifted against each other by up to {shift:.2g} mm in their plane",
                      expected="slices in one straight stack", remedy=EXPORT_AGAIN)  # fmt: skip
    lean = step - (step @ normal) * normal
    total = float(np.linalg.norm(lean)) * (len(positions) - 1)
    notes: list[str] = []
    if thickness is not None and abs(thickness - typical) > max(EVEN_MM, EVEN_SHARE * typical):
        kind = "overlap" if thickness > typical else "leave gaps"
        notes.append(
            f"slices are {thickness:g} mm thick and {typical:g} mm apart (they {kind}): the distance counts"
        )
    if total > SHIFT_MM:
        angle = float(np.degrees(np.arctan2(np.linalg.norm(lean), step @ normal)))
        return step, True, [*notes, f"the stack leans by {angle:.1f} degrees (a tilted gantry)"]
    return (step @ normal) * normal, False, notes


def _check_gaps(series: Series, gaps: NDArray[np.float64], typical: float) -> None:
    """Slices are evenly spaced, or the series is refused: a missing slice would shift everything behind it."""
    if not SMALLEST_SPACING_MM < typical < LARGEST_SPACING_MM:
        raise refused(series, f"slices {typical:g} mm apart", expected="0.05 to 50 mm", remedy=EXPORT_AGAIN)
    uneven = np.flatnonzero(np.abs(gaps - typical) > max(EVEN_MM, EVEN_SHARE * typical))
    if not uneven.size:
        return
    first = int(uneven[0])
    multiple = gaps[uneven] / typical
    if np.all(np.abs(multiple - np.round(multiple)) < 0.05) and np.all(multiple > 1.5):
        lost = int(np.round(multiple).sum() - multiple.size)
        raise refused(series, f"{lost} slices are missing, the first after slice {first + 1}",
                      expected=f"a slice every {typical:g} mm", remedy=EXPORT_AGAIN)  # fmt: skip
    raise refused(series, f"slices {gaps.min():.4g} to {gaps.max():.4g} mm apart, uneven after slice {first + 1}",
                  expected=f"an even distance ({typical:g} mm)", remedy=EXPORT_AGAIN)  # fmt: skip
