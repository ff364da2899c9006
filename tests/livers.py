"""A liver by formula with lesions and an artery of round sticks, measured."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from nelm.imaging.lesions import lesion_of
from nelm.imaging.measured import LiverMeasurement, LiverRegions, measure_liver
from nelm.volume import Grid, Mask
from tests.balls import Ellipsoid, ball, mask_of

GRID = Grid.axial((76, 86, 112), (2.0, 2.0, 2.0), (-112, -86, -76))
LIVER = Ellipsoid(np.zeros(3), np.array([90.0, 60.0, 60.0]), np.eye(3))
Ball = tuple[tuple[float, float, float], float]
Stick = tuple[tuple[float, float, float], tuple[float, float, float], float]

AORTA: Stick = ((20, 78, -70), (20, 78, 70), 9.0)
TRUNK: tuple[Stick, ...] = (((20, 74, 0), (10, 68, 0), 3.5), ((10, 68, 0), (0, 30, 0), 3.5))
RIGHT: tuple[Stick, ...] = (((0, 30, 0), (-40, 0, 0), 3.0),)
RIGHT_ENDS: tuple[Stick, ...] = (((-40, 0, 0), (-60, -10, 28), 2.5), ((-40, 0, 0), (-60, -10, -28), 2.5))
LEFT: tuple[Stick, ...] = (((0, 30, 0), (50, -5, 0), 3.0),)
ELSEWHERE: Stick = ((20, 74, 0), (100, 74, 0), 3.5)
"""A splenic artery."""
ARTERY = (AORTA, *TRUNK, *RIGHT, *RIGHT_ENDS, *LEFT, ELSEWHERE)


def sticks(parts: tuple[Stick, ...], grid: Grid = GRID) -> Mask:
    """Cylinders with round ends."""
    inside = np.zeros(grid.shape, dtype=bool)
    for first, second, radius in parts:
        a, b = np.array(first, dtype=float), np.array(second, dtype=float)
        ends = grid.indices_of([np.minimum(a, b) - radius, np.maximum(a, b) + radius])
        low, high = np.maximum(np.floor(ends[0]), 0).astype(int), np.ceil(ends[1]).astype(int) + 1
        box = tuple(slice(int(start), int(stop)) for start, stop in zip(low, high, strict=True))
        index = np.argwhere(np.ones(inside[box].shape, dtype=bool)) + low
        points = grid.points_of(index)
        along = np.clip((points - a) @ (b - a) / float((b - a) @ (b - a)), 0, 1)
        near = np.linalg.norm(points - a - along[:, None] * (b - a), axis=1) <= radius
        inside[tuple(index[near].T)] = True
    return Mask(inside, grid)


def regions(lesions: tuple[Ball, ...], **others: Mask) -> LiverRegions:
    """The liver with balls as lesions L1, L2 and so on."""
    found = tuple(
        lesion_of(f"L{place}", mask_of([ball(centre, radius)], GRID))
        for place, (centre, radius) in enumerate(lesions, start=1)
    )
    return LiverRegions(liver=mask_of([LIVER], GRID), lesions=found, **others)


@lru_cache(maxsize=8)
def measured(lesions: tuple[Ball, ...]) -> LiverMeasurement:
    """The measured liver."""
    return measure_liver(regions(lesions), subcapsular_within_mm=5.0)
