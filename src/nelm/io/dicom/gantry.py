"""A CT taken with a tilted gantry, made upright: slices shifted in their planes to lie above each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nelm.volume import Grid


def upright_grid(grid: Grid, shift_mm: tuple[float, float]) -> Grid:
    """The grid of right angles that holds every voxel of a sheared one.

    Parameters
    ----------
    grid : Sheared, the first axis leaning.
    shift_mm : Displacement from slice to slice along a row and along a column.
    """
    matrix = grid.matrix
    count, rows, columns = grid.shape
    _, between_rows, between_columns = grid.spacing_mm
    along_row, along_column = matrix[:3, 2] / between_columns, matrix[:3, 1] / between_rows
    matrix[:3, 0] -= shift_mm[0] * along_row + shift_mm[1] * along_column
    more_columns = _reach(shift_mm[0], count, between_columns)
    more_rows = _reach(shift_mm[1], count, between_rows)
    matrix[:3, 3] += min(more_columns, 0) * matrix[:3, 2] + min(more_rows, 0) * matrix[:3, 1]
    return Grid.of((count, rows + abs(more_rows), columns + abs(more_columns)), matrix)


def upright_array(
    array: NDArray[np.generic], grid: Grid, shift_mm: tuple[float, float], *, outside: float
) -> NDArray[np.generic]:
    """The pixels of a sheared stack on `upright_grid`, interpolated linearly within each slice.

    Parameters
    ----------
    array : (z, y, x) on `grid`.
    outside : Value where a slice does not reach.
    """
    target = upright_grid(grid, shift_mm)
    _, between_rows, between_columns = grid.spacing_mm
    count = grid.shape[0]
    more_columns = min(_reach(shift_mm[0], count, between_columns), 0)
    more_rows = min(_reach(shift_mm[1], count, between_rows), 0)
    found = np.full(target.shape, outside, dtype=array.dtype)
    for k in range(count):
        down = k * shift_mm[1] / between_rows - more_rows
        right = k * shift_mm[0] / between_columns - more_columns
        found[k] = _shifted(array[k], found[k], (down, right), outside)
    return found


def _reach(shift_mm: float, count: int, spacing_mm: float) -> int:
    """Rows or columns by which the stack grows: below zero where it grows towards lower indices."""
    reach = shift_mm * (count - 1) / spacing_mm
    return int(np.sign(reach) * np.ceil(abs(reach) - 1e-6))


def _shifted(
    image: NDArray[np.generic], like: NDArray[np.generic], move: tuple[float, float], outside: float
) -> NDArray[np.generic]:
    """An image moved by a fraction of pixels on a larger canvas; `outside` wherever a neighbour is missing."""
    canvas = np.full((like.shape[0] + 1, like.shape[1] + 1), np.nan, dtype=np.float64)
    down, right = move
    j, i = int(np.floor(down + 1e-9)), int(np.floor(right + 1e-9))
    canvas[j : j + image.shape[0], i : i + image.shape[1]] = image
    canvas = _between(canvas, down - j)
    canvas = _between(canvas.T, right - i).T[: like.shape[0], : like.shape[1]]
    canvas = np.where(np.isnan(canvas), outside, canvas)
    return (
        np.rint(canvas).astype(like.dtype)
        if np.issubdtype(like.dtype, np.integer)
        else canvas.astype(like.dtype)
    )


def _between(canvas: NDArray[np.float64], fraction: float) -> NDArray[np.float64]:
    """Every row moved towards higher indices by a part of a row."""
    if fraction < 1e-6:
        return canvas
    above = np.vstack([np.full((1, canvas.shape[1]), np.nan), canvas[:-1]])
    return (1 - fraction) * canvas + fraction * above
