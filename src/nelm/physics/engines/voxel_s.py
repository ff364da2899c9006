"""Voxel S values of any size, from a point kernel, with the energy of every shell kept."""

# Functions compiled by numba carry no annotations.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.physics.emissions.records import JOULE_PER_MEV
from nelm.physics.transport.point import PointKernel

Array = NDArray[np.float64]
DIRECTIONS = 2048
LEAST_NODES, NODES_PER_EDGE = 3, 10
GOLDEN = 0.6180339887498949
PLASTIC, PLASTIC_2 = 0.7548776662466927, 0.5698402909980532
"""One over the golden ratio, and over the root of x^3 = x + 1 and its square: multiples of them fill a line evenly."""


def voxel_energies(
    kernel: PointKernel, spacing_mm: tuple[float, float, float], reach: tuple[int, int, int]
) -> Array:
    """Energy per decay from a uniform voxel to its neighbours [MeV].

    The share of a point kernel at distance r and a direction that goes to the voxel at an offset is the product of
    three triangle functions, the overlap of two boxes; their sum over all offsets is 1, so that each shell gives away
    what it holds. Energy beyond the reach is left out.

    Parameters
    ----------
    kernel : Of the nuclide in the medium.
    spacing_mm : Edges along (z, y, x) [mm].
    reach : Offsets computed on each side along (z, y, x).

    Returns
    -------
    array : (2 reach + 1 along each axis), the source voxel in the middle.
    """
    if not all(np.isfinite(step) and step > 0 for step in spacing_mm):
        raise problem(spacing_mm, "three edges above 0 [mm]", path="spacing_mm")
    folded = np.zeros([n + 2 for n in reach])
    radii, energies = _nodes(kernel, min(spacing_mm) / 10)
    _spread(radii, energies, np.array(spacing_mm) / 10, folded)
    folded[0, 0, 0] += kernel.local_mev
    kept = folded[:-1, :-1, :-1]
    for axis, length in enumerate(kept.shape):
        halves = np.full(length, 0.5)
        halves[0] = 1.0
        kept = kept * np.expand_dims(halves, [one for one in range(3) if one != axis])
    for axis in range(3):
        kept = np.concatenate([np.flip(np.delete(kept, 0, axis), axis), kept], axis)
    return kept


def voxel_s_values(
    kernel: PointKernel, spacing_mm: tuple[float, float, float], reach: tuple[int, int, int]
) -> Array:
    """Voxel S values in the medium of the kernel [mGy/(MBq s)], see `voxel_energies`."""
    mass_kg = kernel.density_g_cm3 * float(np.prod(spacing_mm)) / 1e6
    return voxel_energies(kernel, spacing_mm, reach) * JOULE_PER_MEV / mass_kg * 1e9


def _nodes(kernel: PointKernel, finest_cm: float) -> tuple[Array, Array]:
    """Distances at which the energy of each shell is put, evenly over its width, and their energies."""
    energy, width = kernel.electron_mev + kernel.photon_mev, np.diff(kernel.edges_cm)
    parts = np.maximum(np.ceil(width / finest_cm * NODES_PER_EDGE).astype(int), LEAST_NODES)
    parts = np.where(energy == 0, 1, parts)
    first = np.repeat(kernel.edges_cm[:-1], parts)
    number = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    radii = first + (number + 0.5) * np.repeat(width / parts, parts)
    return radii, np.repeat(energy / parts, parts)


@njit
def _spread(radii, energies, size_cm, folded):
    """Add the energy at each distance to the offsets that its directions lead to, in one octant.

    The directions of a distance are an even set in the plane of cosine and azimuth, shifted for each distance, so that
    what one set misses the next one sees.
    """
    last = np.array(folded.shape) - 1
    for r in range(radii.size):
        if energies[r] == 0.0:
            continue
        e = energies[r] / DIRECTIONS
        for d in range(DIRECTIONS):
            mu = ((d + 0.5) / DIRECTIONS + r * PLASTIC) % 1.0
            angle = ((d * GOLDEN + r * PLASTIC_2) % 1.0) * np.pi / 2
            sine = math.sqrt(1.0 - mu * mu)
            a = radii[r] * mu / size_cm[0]
            b = radii[r] * sine * math.sin(angle) / size_cm[1]
            c = radii[r] * sine * math.cos(angle) / size_cm[2]
            i, j, k = int(a), int(b), int(c)
            if i >= last[0] or j >= last[1] or k >= last[2]:
                continue
            a, b, c = a - i, b - j, c - k
            folded[i, j, k] += e * (1 - a) * (1 - b) * (1 - c)
            folded[i + 1, j, k] += e * a * (1 - b) * (1 - c)
            folded[i, j + 1, k] += e * (1 - a) * b * (1 - c)
            folded[i, j, k + 1] += e * (1 - a) * (1 - b) * c
            folded[i + 1, j + 1, k] += e * a * b * (1 - c)
            folded[i + 1, j, k + 1] += e * a * (1 - b) * c
            folded[i, j + 1, k + 1] += e * (1 - a) * b * c
            folded[i + 1, j + 1, k + 1] += e * a * b * c
