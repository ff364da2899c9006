"""Where power goes: shares of voxels in a Gaussian, a line of Gaussians, or a uniform ball."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf

from nelm.errors import problem

Array = NDArray[np.float64]
Triple = tuple[float, float, float]
SAMPLES = 8
"""Points along each edge of a voxel that the surface of a ball may cut."""
NODES_PER_SIGMA = 2.0


def gaussian_shares(
    shape: tuple[int, int, int], spacing_mm: Triple, centre_mm: ArrayLike, *, sigma_mm: float
) -> Array:
    """Share of a Gaussian in each voxel; exact, so that its sum is 1 less what lies outside the grid.

    Parameters
    ----------
    centre_mm : (z, y, x) from the centre of the first voxel [mm].
    sigma_mm : Standard deviation along every axis [mm].
    """
    if not sigma_mm > 0:
        raise problem(sigma_mm, "a width above 0 [mm]", path="sigma_mm")
    parts: list[Array] = []
    for n, edge, centre in zip(shape, spacing_mm, np.asarray(centre_mm, dtype=np.float64), strict=True):
        borders = (np.arange(n + 1) - 0.5) * edge - centre
        reached: Array = np.asarray(erf(borders / (np.sqrt(2) * sigma_mm)), dtype=np.float64)
        parts.append(np.diff(reached) / 2)
    return np.einsum("z,y,x->zyx", *parts)


def line_shares(
    shape: tuple[int, int, int], spacing_mm: Triple, ends_mm: ArrayLike, *, sigma_mm: float
) -> Array:
    """Share of a line smeared by a Gaussian in each voxel: a prolate source; a point if both ends are one.

    Parameters
    ----------
    ends_mm : (2, 3) ends (z, y, x) from the centre of the first voxel [mm].
    """
    first, last = np.asarray(ends_mm, dtype=np.float64)
    length = float(np.linalg.norm(last - first))
    nodes = max(1, round(NODES_PER_SIGMA * length / sigma_mm))
    found = np.zeros(shape)
    for place in (np.arange(nodes) + 0.5) / nodes:
        found += gaussian_shares(shape, spacing_mm, first + place * (last - first), sigma_mm=sigma_mm)
    return found / nodes


def ball_shares(
    shape: tuple[int, int, int], spacing_mm: Triple, centre_mm: ArrayLike, *, radius_mm: float
) -> Array:
    """Share of each voxel that lies inside a ball, 0 to 1; by 512 points in voxels that the surface may cut."""
    axes = [
        np.arange(n) * edge - c for n, edge, c in zip(shape, spacing_mm, np.asarray(centre_mm), strict=True)
    ]
    z, y, x = np.meshgrid(*axes, indexing="ij", sparse=True)
    distance = np.sqrt(z**2 + y**2 + x**2)
    found = (distance <= radius_mm).astype(np.float64)
    edge = np.argwhere(np.abs(distance - radius_mm) <= np.linalg.norm(spacing_mm) / 2)
    offsets = (np.arange(SAMPLES) + 0.5) / SAMPLES - 0.5
    points = np.array(list(product(offsets, repeat=3))) * np.array(spacing_mm)
    centres = edge * np.array(spacing_mm) - np.asarray(centre_mm)
    apart = np.linalg.norm(centres[:, None] + points[None], axis=2)
    found[tuple(edge.T)] = (apart <= radius_mm).mean(axis=1)
    return found
