"""Axial slices as radiologists look at them: the patient's right on the left of the picture, front on top."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from nelm.volume import Grid, Mask, Volume

INK, PAPER = "#e4ebf0", "#000000"
HALF = 0.5
DOTS_PER_INCH = 110
WIDTH_INCH = 3.4
MARGIN_MM = 25.0
SCALE_BARS_MM = (50.0, 20.0, 10.0, 5.0)
LESION, LIVER, PORTAL, HEPATIC, DUCT = "#ff8c42", "#7fd18c", "#4f8dff", "#58d6e8", "#c6e84f"


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """A region drawn over a slice.

    Parameters
    ----------
    mask : On the grid of the image.
    colour : Of its outline.
    filled : Opacity of its inside, 0 for the outline alone.
    width_pt : Of the outline.
    """

    mask: Mask
    colour: str
    filled: float = 0.0
    width_pt: float = 0.9


@dataclass(frozen=True, slots=True)
class Window:
    """Grey scale: what is black and what is white, in the unit of the image."""

    black: float
    white: float


ABDOMEN = Window(-110.0, 240.0)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """An axial plane turned for display.

    `rows` and `columns` are slices into (y, x) that turn and crop the plane; sizes in millimetres; letters are
    the directions at the left and at the top edge (R, L, A, P, H, F).
    """

    rows: slice
    columns: slice
    row_mm: float
    column_mm: float
    left: str
    right: str
    top: str

    def of(self, plane: NDArray[np.generic]) -> NDArray[np.generic]:
        """The plane as it is shown."""
        return plane[self.rows, self.columns]


def view_of(grid: Grid, around: Mask | None = None) -> View:
    """How to show the planes of a grid: turned to the radiological convention, cropped around a region."""
    box = (
        around.box(MARGIN_MM)
        if around is not None and not around.is_empty
        else tuple(slice(0, n) for n in grid.shape)
    )
    matrix = grid.matrix[:3, :3]
    down, right = _letter(matrix[:, 1]), _letter(matrix[:, 2])
    rows, columns = box[1], box[2]
    if down in "AHR":
        rows, down = _reversed(rows), _opposite(down)
    if right in "RAF":
        columns, right = _reversed(columns), _opposite(right)
    return View(
        rows, columns, grid.spacing_mm[1], grid.spacing_mm[2], _opposite(right), right, _opposite(down)
    )


def slice_picture(
    image: Volume,
    overlays: Sequence[Overlay],
    *,
    index: int,
    view: View,
    window: Window = ABDOMEN,
    line_mm: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    caption: str = "",
) -> bytes:
    """One axial slice with regions drawn over it, as PNG.

    Parameters
    ----------
    index : Plane along z.
    line_mm : Ends (x, y, z) of a measured diameter in this plane.
    """
    plane = view.of(image.array[index])
    height, width = plane.shape[0] * view.row_mm, plane.shape[1] * view.column_mm
    figure = Figure(figsize=(WIDTH_INCH, WIDTH_INCH * height / width), dpi=DOTS_PER_INCH, facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    extent = (0.0, width, height, 0.0)
    axes.imshow(
        plane, cmap="gray", vmin=window.black, vmax=window.white, extent=extent, interpolation="bilinear"
    )
    for overlay in overlays:
        _draw(axes, view.of(overlay.mask.array[index]), overlay, extent=extent)
    if line_mm is not None:
        ends = _shown_points(image.grid, view, np.stack(line_mm))
        axes.plot(ends[:, 0], ends[:, 1], color="#ffffff", linewidth=1.1, marker="+", markersize=5)
    _annotate(axes, view, width=width, height=height, caption=caption)
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    stream = io.BytesIO()
    FigureCanvasAgg(figure).print_png(stream)
    return stream.getvalue()


def _draw(axes: object, plane: NDArray[np.generic], overlay: Overlay, *, extent: tuple[float, ...]) -> None:
    """One region: its inside tinted, its edge drawn along the voxel edges' middle."""
    if not plane.any():
        return
    field = np.pad(plane.astype(np.float32), 1)
    rows, columns = plane.shape
    dy, dx = extent[2] / rows, extent[1] / columns
    x, y = (np.arange(columns + 2) - HALF) * dx, (np.arange(rows + 2) - HALF) * dy
    if overlay.filled:
        axes.contourf(x, y, field, levels=[HALF, 2.0], colors=[overlay.colour], alpha=overlay.filled)  # type: ignore[attr-defined]
    axes.contour(x, y, field, levels=[HALF], colors=[overlay.colour], linewidths=overlay.width_pt)  # type: ignore[attr-defined]


def _annotate(axes: object, view: View, *, width: float, height: float, caption: str) -> None:
    """Directions, a scale bar and the caption."""
    text = axes.text  # type: ignore[attr-defined]
    side = {"color": INK, "fontsize": 8, "va": "center"}
    text(0.01 * width, height / 2, view.left, ha="left", **side)
    text(0.99 * width, height / 2, view.right, ha="right", **side)
    text(width / 2, 0.03 * height, view.top, ha="center", **side)
    bar = next((length for length in SCALE_BARS_MM if length <= width / 3), SCALE_BARS_MM[-1])
    axes.add_patch(Rectangle((0.03 * width, 0.955 * height), bar, 0.008 * height, color=INK))  # type: ignore[attr-defined]
    text(0.03 * width, 0.94 * height, f"{bar:g} mm", color=INK, fontsize=7, ha="left", va="bottom")
    if caption:
        text(0.99 * width, 0.97 * height, caption, color=INK, fontsize=7.5, ha="right", va="bottom")


def _shown_points(grid: Grid, view: View, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of the patient in the millimetres of the picture (x to the right, y down)."""
    indices = grid.indices_of(points_mm)
    y = _along(view.rows, indices[:, 1], grid.shape[1]) * view.row_mm
    x = _along(view.columns, indices[:, 2], grid.shape[2]) * view.column_mm
    return np.stack([x, y], axis=1)


def _along(part: slice, index: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Place of an index in a slice that may run backwards, from the edge of its first voxel."""
    first, _, step = part.indices(length)
    return (index - first) * step + HALF


def _reversed(part: slice) -> slice:
    """The same indices backwards."""
    return slice(part.stop - 1, part.start - 1 if part.start > 0 else None, -1)


def _letter(direction: NDArray[np.float64]) -> str:
    """The direction of the patient that a vector points to most."""
    axis = int(np.argmax(np.abs(direction)))
    return ("LPH" if direction[axis] > 0 else "RAF")[axis]


def _opposite(letter: str) -> str:
    return dict(zip("LPHRAF", "RAFLPH", strict=True))[letter]
