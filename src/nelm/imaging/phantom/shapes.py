"""Shapes by formula: signed distances of points from surfaces, in millimetres, negative inside.

The distances are exact on the surface and near it to first order; combinations with smooth edges bend them a
little. Sign and first-order slope are what voxels and partial volumes need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nelm.volume.grid import Triple

Floats = NDArray[np.floating[Any]]
TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of the patient in millimetres (LPS).

    Parameters
    ----------
    x, y, z : Coordinates, arrays that broadcast to one shape.
    """

    x: Floats
    y: Floats
    z: Floats

    @classmethod
    def of(cls, points_mm: NDArray[np.float64]) -> Points:
        """Points from an array (n, 3)."""
        return cls(points_mm[..., 0], points_mm[..., 1], points_mm[..., 2])

    @property
    def array(self) -> NDArray[np.float64]:
        """The points as an array (..., 3)."""
        return np.stack(np.broadcast_arrays(self.x, self.y, self.z), axis=-1).astype(np.float64)


Field = Callable[[Points], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A region of space.

    Parameters
    ----------
    field : Signed distance from the surface, negative inside [mm].
    low, high : Corners (x, y, z) of a box that holds the region [mm].
    """

    field: Field
    low: Triple
    high: Triple


def ellipsoid(p: Points, centre: Sequence[float], radii: Sequence[float]) -> Floats:
    """Distance from an ellipsoid along the axes: ``|q| (|q| - 1) / |q / r|`` with ``q = (p - c) / r``."""
    x, y, z = ((value - middle) for value, middle in zip((p.x, p.y, p.z), centre, strict=True))
    a, b, c = radii
    near = np.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)
    slope = np.sqrt((x / a**2) ** 2 + (y / b**2) ** 2 + (z / c**2) ** 2)
    return near * (near - 1) / np.maximum(slope, TINY)


def ellipse(p: Points, centre: Sequence[float], radii: Sequence[float]) -> Floats:
    """Distance from a cylinder along z with an elliptic cross-section; centre and radii in x and y."""
    x, y = p.x - centre[0], p.y - centre[1]
    a, b = radii
    near = np.sqrt((x / a) ** 2 + (y / b) ** 2)
    slope = np.sqrt((x / a**2) ** 2 + (y / b**2) ** 2)
    return near * (near - 1) / np.maximum(slope, TINY)


def capsule(p: Points, ends: tuple[Sequence[float], Sequence[float]], radii: tuple[float, float]) -> Floats:
    """Distance from a round stick between two points, its radius running from one value to the other."""
    (ax, ay, az), (bx, by, bz) = ends
    dx, dy, dz = bx - ax, by - ay, bz - az
    along = ((p.x - ax) * dx + (p.y - ay) * dy + (p.z - az) * dz) / max(dx * dx + dy * dy + dz * dz, TINY)
    along = np.clip(along, 0.0, 1.0)
    x, y, z = p.x - (ax + along * dx), p.y - (ay + along * dy), p.z - (az + along * dz)
    return np.sqrt(x * x + y * y + z * z) - (radii[0] + along * (radii[1] - radii[0]))


def tube(p: Points, path: Sequence[Sequence[float]], radii: Sequence[float]) -> Floats:
    """Distance from a chain of round sticks through the points of a path."""
    parts = zip(path, path[1:], radii, radii[1:], strict=False)
    first, *others = [capsule(p, (a, b), (ra, rb)) for a, b, ra, rb in parts]
    for other in others:
        first = np.minimum(first, other)
    return first


def joined(a: Floats, b: Floats, blend_mm: float) -> Floats:
    """Union with an edge rounded over `blend_mm` (quadratic smooth minimum)."""
    overlap = np.maximum(blend_mm - np.abs(a - b), 0) / blend_mm
    return np.minimum(a, b) - overlap * overlap * (blend_mm / 4)


def common_to(a: Floats, b: Floats, blend_mm: float) -> Floats:
    """Intersection with an edge rounded over `blend_mm`."""
    return -joined(-a, -b, blend_mm)


def without(a: Floats, b: Floats, blend_mm: float) -> Floats:
    """What of `a` lies outside `b`, the edge rounded over `blend_mm`."""
    return -joined(-a, b, blend_mm)


def sigmoid(value: Floats) -> Floats:
    """The logistic function, from 0 to 1."""
    return 0.5 * (1 + np.tanh(0.5 * value))


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """A smooth random field: a sum of plane waves with standard deviation 1.

    Parameters
    ----------
    vectors : (n, 3) wave vectors [rad/mm].
    phases : (n,) [rad].
    """

    vectors: NDArray[np.float64]
    phases: NDArray[np.float64]

    @classmethod
    def random(cls, rng: np.random.Generator, *, wavelength_mm: float, count: int = 4) -> Waves:
        """Waves in random directions, wavelengths within a factor 0.7 to 1.4 of the one given."""
        directions = rng.normal(size=(count, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        lengths = wavelength_mm * 2.0 ** rng.uniform(-0.5, 0.5, size=(count, 1))
        return cls(directions * 2 * np.pi / lengths, rng.uniform(0, 2 * np.pi, size=count))

    def at(self, p: Points) -> Floats:
        """Values of the field at points."""
        total: Floats | float = 0.0
        for (a, b, c), phase in zip(self.vectors.tolist(), self.phases.tolist(), strict=True):
            total = total + np.sin(a * p.x + b * p.y + c * p.z + phase)
        return np.asarray(total) * (2 / len(self.phases)) ** 0.5
