"""Ellipsoids on grids, for tests of measurements: the truth is a formula."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.volume import Grid, Mask


@dataclass(frozen=True)
class Ellipsoid:
    """Centre (x, y, z) and half axes [mm], and a rotation (3, 3)."""

    centre: NDArray[np.float64]
    half_axes: NDArray[np.float64]
    turned: NDArray[np.float64]

    @property
    def volume_ml(self) -> float:
        """Volume [mL]."""
        return 4 / 3 * math.pi * float(np.prod(self.half_axes)) / 1000

    def at(self, grid: Grid) -> NDArray[np.bool_]:
        """Voxels whose centre lies inside; computed in the box around the ellipsoid."""
        found = np.zeros(grid.shape, dtype=bool)
        reach = float(self.half_axes.max())
        middle = grid.indices_of([self.centre])[0]
        box = tuple(
            slice(max(0, int(m - reach / s) - 1), max(0, min(n, int(m + reach / s) + 3)))
            for m, s, n in zip(middle, grid.spacing_mm, grid.shape, strict=True)
        )
        indices = np.stack(
            np.meshgrid(*[np.arange(part.start, part.stop) for part in box], indexing="ij"), axis=-1
        )
        points = grid.points_of(indices.reshape(-1, 3)) - self.centre
        inside = np.sum((points @ self.turned / self.half_axes) ** 2, axis=1) <= 1
        found[box] = inside.reshape(indices.shape[:3])
        return found


def ball(centre: tuple[float, float, float], radius_mm: float) -> Ellipsoid:
    return Ellipsoid(np.array(centre, dtype=float), np.full(3, radius_mm), np.eye(3))


def random_rotation(rng: np.random.Generator) -> NDArray[np.float64]:
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    return q * np.sign(np.diag(r))


def random_grid(rng: np.random.Generator, extent_mm: float) -> Grid:
    """An axial grid with voxels of 0.6 to 1.2 mm in the plane and 0.8 to 3 mm across, at a random place."""
    plane = rng.uniform(0.6, 1.2)
    spacing = (rng.uniform(0.8, 3.0), plane, plane)
    shape = [math.ceil(extent_mm / step) for step in spacing]
    return Grid.axial(shape, spacing, rng.uniform(-1, 1, 3))


def mask_of(ellipsoids: list[Ellipsoid], grid: Grid) -> Mask:
    array = np.zeros(grid.shape, dtype=bool)
    for item in ellipsoids:
        array |= item.at(grid)
    return Mask(array, grid)
