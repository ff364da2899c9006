"""A plane along a needle, from the skin to beyond the tip, with what it passes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import ndimage

from nelm.report.measurement.slices import DOTS_PER_INCH, INK, PAPER, Overlay, Window
from nelm.volume import Grid, Mask, Volume

STEP_MM = 0.8
AROUND_MM = 55.0
WIDTH_INCH = 3.4
NEEDLE, ZONE = "#ffffff", "#ff5fa2"


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A plane through the patient.

    Parameters
    ----------
    points_mm : (rows, columns, 3) points (x, y, z); columns run from the skin to the tip, rows across.
    across : Unit vector of the rows, downwards in the picture.
    """

    points_mm: NDArray[np.float64]
    across: NDArray[np.float64]

    @property
    def size_mm(self) -> tuple[float, float]:
        """Height and width [mm]."""
        rows, columns = self.points_mm.shape[:2]
        return rows * STEP_MM, columns * STEP_MM

    def of_volume(self, volume: Volume, *, outside: float) -> NDArray[np.float32]:
        """The values of a volume in the plane."""
        return _sampled(volume.array, volume.grid, self.points_mm, outside=outside)

    def of_mask(self, mask: Mask) -> NDArray[np.float32]:
        """The region in the plane, 0 to 1."""
        return _sampled(mask.array, mask.grid, self.points_mm, outside=0.0)


def plane_along(entry_mm: NDArray[np.float64], tip_mm: NDArray[np.float64]) -> Plane:
    """The plane that holds a needle and lies as axially as it can."""
    along = (tip_mm - entry_mm) / np.linalg.norm(tip_mm - entry_mm)
    across = np.cross(along, [0.0, 0.0, 1.0])
    if np.linalg.norm(across) < 1e-6:
        across = np.array([0.0, 1.0, 0.0])
    across = across / np.linalg.norm(across)
    length = float(np.linalg.norm(tip_mm - entry_mm))
    forward = np.arange(-AROUND_MM / 3, length + AROUND_MM, STEP_MM)
    aside = np.arange(-AROUND_MM, AROUND_MM + STEP_MM, STEP_MM)
    points = entry_mm + forward[None, :, None] * along + aside[:, None, None] * across
    return Plane(points, across)


def needle_picture(
    image: Volume,
    overlays: Sequence[Overlay],
    *,
    entry_mm: NDArray[np.float64],
    tip_mm: NDArray[np.float64],
    window: Window,
    caption: str,
) -> bytes:
    """The plane along a needle with regions drawn over it, as PNG; the skin is on the left, the tip on the right.

    Parameters
    ----------
    overlays : Regions on any grid.
    entry_mm, tip_mm : Where the needle passes the skin, and its tip (x, y, z) [mm].
    """
    plane = plane_along(entry_mm, tip_mm)
    height, width = plane.size_mm
    figure = Figure(figsize=(WIDTH_INCH, WIDTH_INCH * height / width), dpi=DOTS_PER_INCH, facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    extent = (0.0, width, height, 0.0)
    shown = plane.of_volume(image, outside=window.black)
    axes.imshow(
        shown, cmap="gray", vmin=window.black, vmax=window.white, extent=extent, interpolation="bilinear"
    )
    for overlay in overlays:
        field = plane.of_mask(overlay.mask)
        if field.max() > 0.5:
            if overlay.filled:
                axes.contourf(
                    field, levels=[0.5, 2.0], colors=[overlay.colour], alpha=overlay.filled, extent=extent
                )
            axes.contour(
                field, levels=[0.5], colors=[overlay.colour], linewidths=overlay.width_pt, extent=extent
            )
    start, length = AROUND_MM / 3, float(np.linalg.norm(tip_mm - entry_mm))
    axes.plot([start, start + length], [height / 2] * 2, color=NEEDLE, linewidth=1.4)
    axes.text(start, height / 2 - 3, "skin", color=INK, fontsize=7, ha="right", va="bottom")
    axes.text(0.99 * width, 0.97 * height, caption, color=INK, fontsize=7.5, ha="right", va="bottom")
    axes.set(xlim=(0, width), ylim=(height, 0))
    stream = io.BytesIO()
    FigureCanvasAgg(figure).print_png(stream)
    return stream.getvalue()


def _sampled(
    array: NDArray[np.generic], grid: Grid, points_mm: NDArray[np.float64], *, outside: float
) -> NDArray[np.float32]:
    """An array at points (rows, columns, 3)."""
    index = grid.indices_of(points_mm.reshape(-1, 3)).T
    low = np.floor(index.min(axis=1)).astype(int) - 1
    high = np.ceil(index.max(axis=1)).astype(int) + 2
    box = tuple(slice(max(0, a), min(n, max(0, b))) for a, b, n in zip(low, high, grid.shape, strict=True))
    part = array[box].astype(np.float32)
    if not part.size:
        return np.full(points_mm.shape[:2], outside, dtype=np.float32)
    first = np.array([one.start for one in box])[:, None]
    found = ndimage.map_coordinates(part, index - first, order=1, cval=outside, output=np.float32)
    return np.asarray(found, dtype=np.float32).reshape(points_mm.shape[:2])
