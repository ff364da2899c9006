"""What lies behind each pixel of a planar view: regions of a CT projected and laid over it.

A planar image does not say where it lies in the patient. The projection of the tomogram that was taken with it looks
alike; where the two correlate best is its place. Views are taken as anterior: rows run from head to feet, the
patient's right is on the left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from nelm.errors import ConvergenceError
from nelm.volume import Grid, Mask, Volume, mask_on, volume_on

Image = NDArray[np.float64]
LEAST_CORRELATION = 0.85
"""Below it a view and the projection do not show the same thing."""
FLAT = 1e-9
"""Part of the largest variance below which a window is empty."""


@dataclass(frozen=True, slots=True, eq=False)
class Behind:
    """The place of a planar view in the patient.

    Parameters
    ----------
    grid : Axial; its rows along z and columns along x are those of the view within `rows` and `columns`.
    shape : Of the view (rows, columns).
    row, column : Of the view, where the topmost slice and the rightmost column of the grid lie; may be negative.
    correlation : Of the view with the projection [1].
    """

    grid: Grid
    shape: tuple[int, int]
    row: int
    column: int
    correlation: float

    def shadow(self, region: Mask) -> NDArray[np.bool_]:
        """(rows, columns) pixels of the view with some of a region behind them."""
        thick = np.asarray(np.any(mask_on(region, self.grid).array, axis=1), dtype=bool)[::-1]
        found = np.zeros(self.shape, dtype=bool)
        top, left = max(0, self.row), max(0, self.column)
        bottom = min(self.shape[0], self.row + thick.shape[0])
        right = min(self.shape[1], self.column + thick.shape[1])
        found[top:bottom, left:right] = thick[
            top - self.row : bottom - self.row, left - self.column : right - self.column
        ]
        return found


def laid_behind(view: Image, pixel_mm: tuple[float, float], tomogram: Volume) -> Behind:
    """The place of a planar view, by the best correlation with the projection of a tomogram of the same particles.

    Correlation is that of square roots, so that faint parts count, and of windows as large as the projection.

    Parameters
    ----------
    view : (rows, columns) geometric mean of the anterior and the turned posterior counts.
    pixel_mm : Between rows and between columns [mm].
    tomogram : Its counts.

    Raises
    ------
    ConvergenceError : The two do not look alike anywhere.
    """
    grid = _columns(tomogram.grid, pixel_mm)
    sums = np.asarray(volume_on(tomogram, grid).array, dtype=np.float64).sum(axis=1)[::-1]
    shown, expected = np.sqrt(np.clip(view, 0, None)), np.sqrt(np.clip(sums, 0, None))
    margins = [length // 2 for length in expected.shape]
    wide = np.pad(shown, [(margin, margin) for margin in margins])
    found = _correlation(wide, expected)
    best = np.unravel_index(int(found.argmax()), found.shape)
    correlation = float(found[best])
    if correlation < LEAST_CORRELATION:
        raise ConvergenceError(
            f"the planar views do not look like the SPECT from any place (correlation {correlation:.2f})",
            expected="planar views and SPECT of one mapping study",
            remedy="Look at the pixel size and at the patient of the planar file",
        )
    row, column = (int(place) - margin for place, margin in zip(best, margins, strict=True))
    return Behind(grid, (view.shape[0], view.shape[1]), row, column, correlation)


def _columns(grid: Grid, pixel_mm: tuple[float, float]) -> Grid:
    """An axial grid over the same space, its slices and columns as far apart as the pixels of a view."""
    points = grid.corners
    low, high = points.min(axis=0), points.max(axis=0)
    spacing = (pixel_mm[0], max(grid.spacing_mm[1], pixel_mm[1]), pixel_mm[1])
    shape = [
        int(np.floor(extent / step)) + 1 for extent, step in zip((high - low)[::-1], spacing, strict=True)
    ]
    return Grid.axial(shape, spacing, low.tolist())


def _correlation(image: Image, template: Image) -> Image:
    """Correlation of a template with every window of its size in an image."""
    centred = template - template.mean()
    ones = np.ones_like(template)
    shared, sums, squares = (
        np.asarray(signal.fftconvolve(first, second, mode="valid"), dtype=np.float64)
        for first, second in ((image, centred[::-1, ::-1]), (image, ones), (image**2, ones))
    )
    variance = np.clip(squares - sums**2 / template.size, 0, None)
    floor = FLAT * max(float(variance.max()), FLAT)
    size = np.sqrt(np.maximum(variance, floor) * float((centred**2).sum()))
    return np.where(variance > floor, shared / np.maximum(size, FLAT), -1.0)
