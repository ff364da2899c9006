"""Lesions by formula: ellipsoids with a slightly lobulated surface, and their exact measures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nelm.imaging.phantom.shapes import TINY, Floats, Points
from nelm.volume.grid import Triple

POLAR, AROUND = 40, 80
"""Nodes of the quadrature over the sphere: Gauss-Legendre in the cosine, equal steps around."""
LEVELS = 61
LOBULE_AMPLITUDE = 0.045
LARGEST_RADIUS = 1.35
"""No point of a surface lies farther from the centre than so many effective radii."""


@dataclass(frozen=True, slots=True, eq=False)
class LesionShape:
    """The form of a lesion of effective radius 1, its centre at the origin.

    Parameters
    ----------
    axes : (3, 3) rows: directions of the axes of the ellipsoid.
    radii : (3,) its radii, before lobulation.
    lobules : (n, 3) wave vectors on the unit sphere.
    phases : (n,) [rad].
    size : Factor that makes the volume that of the unit sphere.
    """

    axes: NDArray[np.float64]
    radii: Triple
    lobules: NDArray[np.float64]
    phases: NDArray[np.float64]
    size: float = 1.0

    @classmethod
    def random(cls, rng: np.random.Generator, *, roundness: float = 0.0) -> LesionShape:
        """A form at random; `roundness` 1 is a sphere, 0 as uneven as they come."""
        axes, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        long, short = rng.uniform(1.0, 1.18), rng.uniform(0.86, 1.0)
        radii = tuple(1 + (r - 1) * (1 - roundness) for r in (long, 1.0, short))
        waves = rng.normal(size=(5, 3)) * 2.6 * (1 - roundness)
        shape = cls(axes, (radii[0], radii[1], radii[2]), waves, rng.uniform(0, 2 * np.pi, size=5))
        return cls(
            shape.axes,
            shape.radii,
            shape.lobules,
            shape.phases,
            shape.volume() ** (-1 / 3) * _UNIT ** (1 / 3),
        )

    def radius(self, u: Points) -> Floats:
        """Distance of the surface from the centre in unit directions, in effective radii."""
        square: Floats | float = 0.0
        for (a, b, c), r in zip(self.axes.tolist(), self.radii, strict=True):
            square = square + ((a * u.x + b * u.y + c * u.z) / r) ** 2
        waves: Floats | float = 0.0
        for (a, b, c), phase in zip(self.lobules.tolist(), self.phases.tolist(), strict=True):
            waves = waves + np.cos(a * u.x + b * u.y + c * u.z + phase)
        uneven = 1 + LOBULE_AMPLITUDE * (2 / len(self.phases)) ** 0.5 * waves
        return self.size * uneven / np.sqrt(np.maximum(square, TINY))

    def volume(self) -> float:
        """Volume of the form by quadrature: a third of the integral of the cubed radius over the sphere."""
        directions, weights = sphere()
        return float((weights * self.radius(Points.of(directions)) ** 3).sum() / 3)


_UNIT = 4 / 3 * np.pi


@cache
def sphere() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Unit directions (POLAR, AROUND, 3) and weights whose sum is 4 pi."""
    cosine, weight = np.polynomial.legendre.leggauss(POLAR)
    around = np.arange(AROUND) * 2 * np.pi / AROUND
    sine = np.sqrt(1 - cosine**2)[:, None]
    directions = np.stack(
        [sine * np.cos(around), sine * np.sin(around), np.broadcast_to(cosine[:, None], (POLAR, AROUND))],
        axis=-1,
    )
    return directions, np.broadcast_to(weight[:, None] * 2 * np.pi / AROUND, (POLAR, AROUND))


def field_of(shape: LesionShape, centre_mm: Triple, radius_mm: float, p: Points) -> Floats:
    """Distance from a lesion along the line to its centre [mm].

    Parameters
    ----------
    centre_mm, radius_mm : Centre and effective radius.
    p : Points in the reference pose.
    """
    x, y, z = (value - middle for value, middle in zip((p.x, p.y, p.z), centre_mm, strict=True))
    away = np.sqrt(x * x + y * y + z * z)
    scale = 1 / np.maximum(away, TINY)
    return away - radius_mm * shape.radius(Points(x * scale, y * scale, z * scale))


def surface_mm(shape: LesionShape, centre_mm: Triple, radius_mm: float) -> NDArray[np.float64]:
    """Points (POLAR, AROUND, 3) of the surface in the reference pose."""
    directions, _ = sphere()
    return np.array(centre_mm) + radius_mm * shape.radius(Points.of(directions))[..., None] * directions


def longest_mm(points: NDArray[np.float64]) -> float:
    """Largest distance between two of the points (n, 3) of a surface [mm].

    The widest of some directions, improved by turning to the pair that it finds.
    """
    directions, _ = sphere()
    half = directions[directions[..., 2] >= 0].reshape(-1, 3)[::5]
    spread = points @ half.T
    best = int(np.argmax(np.ptp(spread, axis=0)))
    ends = points[np.argmax(spread[:, best])], points[np.argmin(spread[:, best])]
    for _ in range(10):
        along = points @ (ends[0] - ends[1])
        ends = points[np.argmax(along)], points[np.argmin(along)]
    return float(np.linalg.norm(ends[0] - ends[1]))


def longest_axial_mm(surface: NDArray[np.float64]) -> float:
    """Largest distance between two points of the surface in one axial plane [mm].

    Parameters
    ----------
    surface : (polar, around, 3) points, closed around the second axis.
    """
    closed = np.concatenate([surface, surface[:, :1]], axis=1)
    low = np.concatenate([closed[:-1].reshape(-1, 3), closed[:, :-1].reshape(-1, 3)])
    high = np.concatenate([closed[1:].reshape(-1, 3), closed[:, 1:].reshape(-1, 3)])
    angles = np.arange(180) * np.pi / 180
    directions = np.stack([np.cos(angles), np.sin(angles)])
    longest = 0.0
    bottom, top = float(surface[..., 2].min()), float(surface[..., 2].max())
    for level in np.linspace(bottom, top, LEVELS)[1:-1]:
        crossing = (low[:, 2] - level) * (high[:, 2] - level) < 0
        a, b = low[crossing], high[crossing]
        share = ((level - a[:, 2]) / (b[:, 2] - a[:, 2]))[:, None]
        plane = (a + share * (b - a))[:, :2]
        if len(plane) > 1:
            longest = max(longest, float(np.ptp(plane @ directions, axis=0).max()))
    return longest
