"""How heat flows between voxels: conductances of faces, and of surfaces that cut the line between two voxels.

Between voxels the conductivity of a face is the harmonic mean of both sides. Next to a wall the line to the
neighbour is cut at a share of its length, and the second difference is that of unequal arms (Shortley and Weller):
with arms l and u, in voxel edges, each arm weighs 2 / (l + u).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nelm.physics.bioheat.tissue import Array, Border, Heated, Wall

Indices = NDArray[np.int64]
Axis = Literal[0, 1, 2]
M_PER_MM = 1e-3
SHORTEST_ARM = 1e-3
"""A wall nearer to the centre of a voxel is taken at this share of its edge."""
LEAST_SLOPE = 0.05
"""Least share of the normal of a wall along an axis that it cuts: below, it is crossed at a graze."""


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """Voxels next to a wall along one axis, in the order of their place.

    Parameters
    ----------
    at : (n,) flat index.
    values : (n, 4) conductances of the lower and the upper neighbour and of the wall, and the last one times the
        temperature of the wall above that of the body [W/(m3 K)], [W/m3].
    """

    at: Indices
    values: Array


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """All voxels next to a wall along any axis, in the order of their place.

    Parameters
    ----------
    at : (n,) flat index.
    values : (n, 8) conductances of the lower and upper neighbours along z, y and x, and of all walls, and the last
        one times the temperature of the walls above that of the body.
    """

    at: Indices
    values: Array


@dataclass(frozen=True, slots=True, eq=False)
class Conduction:
    """Conductances of a grid.

    Parameters
    ----------
    faces : For each axis, of the faces below each voxel and above the last, one longer than the grid along the axis;
        0 where a wall lies between [W/(m3 K)].
    cuts : For each axis.
    edge : The voxels of all cuts.
    held : Voxels inside a wall.
    held_k : Temperature of the wall above that of the body there [K]; 0 elsewhere.
    """

    faces: tuple[Array, Array, Array]
    cuts: tuple[Cuts, Cuts, Cuts]
    edge: Edge
    held: NDArray[np.bool_]
    held_k: Array


def conduction_of(heated: Heated) -> Conduction:
    """The conductances of a heated grid."""
    held, held_k = np.zeros(heated.shape, dtype=bool), np.zeros(heated.shape)
    for wall in heated.walls:
        inside = (wall.distance_mm <= 0) & ~held
        held_k[inside] = wall.temperature_c - heated.body_c
        held |= inside
    conductivity = heated.field(heated.tissue.conductivity_w_m_k)
    plain = tuple(_faces(conductivity, heated, axis) for axis in (0, 1, 2))
    cuts = tuple(_cuts(axis, plain[axis], heated, held) for axis in (0, 1, 2))
    faces = tuple(_opened(plain[axis], held, axis) for axis in (0, 1, 2))
    edge = _edge(faces, cuts)
    return Conduction((faces[0], faces[1], faces[2]), (cuts[0], cuts[1], cuts[2]), edge, held, held_k)


def _along(axis: int, part: slice) -> tuple[slice, ...]:
    """Part of an array along one axis."""
    return tuple(part if one == axis else slice(None) for one in range(3))


def _faces(conductivity: Array, heated: Heated, axis: Axis) -> Array:
    """Conductances of all faces along an axis, walls not regarded."""
    edge_m = heated.spacing_mm[axis] * M_PER_MM
    low, high = conductivity[_along(axis, slice(None, -1))], conductivity[_along(axis, slice(1, None))]
    shape = [n + (one == axis) for one, n in enumerate(heated.shape)]
    faces = np.zeros(shape)
    faces[_along(axis, slice(1, -1))] = 2 * low * high / (low + high) / edge_m**2
    if heated.border is Border.BODY_TEMPERATURE:
        for end in (slice(None, 1), slice(-1, None)):
            faces[_along(axis, end)] = conductivity[_along(axis, end)] / edge_m**2
    return faces


def _opened(faces: Array, held: NDArray[np.bool_], axis: Axis) -> Array:
    """The faces, those of held voxels closed."""
    kept = faces.copy()
    kept[_along(axis, slice(None, -1))][held] = 0
    kept[_along(axis, slice(1, None))][held] = 0
    return kept


def _cuts(axis: Axis, faces: Array, heated: Heated, held: NDArray[np.bool_]) -> Cuts:
    """The voxels outside walls that have a held neighbour along an axis."""
    cut = np.zeros((2, *heated.shape), dtype=bool)
    arms, biot = np.ones((2, *heated.shape)), np.full((2, *heated.shape), np.inf)
    theta = np.zeros((2, *heated.shape))
    edge_m = heated.spacing_mm[axis] * M_PER_MM
    for wall in heated.walls:
        for side in (0, 1):
            here, there = _pair(axis, side)
            found = ~held[here] & (wall.distance_mm[there] <= 0) & ~cut[side][here]
            outside, inside = wall.distance_mm[here][found], wall.distance_mm[there][found]
            arm = np.maximum(outside / (outside - inside), SHORTEST_ARM)
            arms[side][here][found] = arm
            if wall.coefficient_w_m2_k is not None:
                slope = _slope(wall, axis, heated.spacing_mm)
                at_wall = (1 - arm) * slope[here][found] + arm * slope[there][found]
                biot[side][here][found] = wall.coefficient_w_m2_k * edge_m * at_wall
            theta[side][here][found] = wall.temperature_c - heated.body_c
            cut[side][here][found] = True
    at = np.flatnonzero(cut.any(axis=0))
    own = heated.field(heated.tissue.conductivity_w_m_k).ravel()[at]
    values = np.zeros((len(at), 4))
    for side in (0, 1):
        is_cut, is_other = cut[side].ravel()[at], cut[1 - side].ravel()[at]
        arm, other = arms[side].ravel()[at], arms[1 - side].ravel()[at]
        beside, through = _weights(arm, biot[side].ravel()[at] / own, other, is_other)
        through = np.where(is_cut, through * own / edge_m**2, 0.0)
        values[:, 2] += through
        values[:, 3] += through * theta[side].ravel()[at]
        opposite = faces[_along(axis, slice(1, None) if side == 0 else slice(None, -1))].ravel()[at]
        values[:, 1 - side] += np.where(is_cut & ~is_other, beside * opposite, 0.0)
    return Cuts(at.astype(np.int64), values)


def _weights(arm: Array, biot: Array, other: Array, is_other: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Weights of the neighbour opposite to a wall, and of the wall, in the second difference times edge^2.

    A parabola goes through the voxel and its neighbour and meets the wall with k dT/dx = h n (T - wall); `biot` is
    h n edge / k, infinite for a wall that is held. Between two walls the difference is that of both fluxes.
    """
    held = np.isinf(biot)
    finite = np.where(held, 0.0, biot)
    whole = (1 + arm) ** 2 * (1 + finite * arm) - arm**2 * (1 + finite * (1 + arm))
    beside = np.where(held, 2 / (1 + arm), 2 * (1 + finite * arm) / whole)
    alone = np.where(held, 2 / (arm * (1 + arm)), 2 * finite / whole)
    resistance = arm + np.where(held, 0.0, 1 / np.where(finite > 0, finite, np.inf))
    between = 2 / (arm + other) / resistance
    return beside, np.where(is_other, between, alone)


def _edge(faces: tuple[Array, ...], cuts: tuple[Cuts, ...]) -> Edge:
    """The voxels of all cuts with all their neighbours."""
    at = np.unique(np.concatenate([one.at for one in cuts]))
    values = np.zeros((len(at), 8))
    for axis in range(3):
        values[:, 2 * axis] = faces[axis][_along(axis, slice(None, -1))].ravel()[at]
        values[:, 2 * axis + 1] = faces[axis][_along(axis, slice(1, None))].ravel()[at]
        rows = np.searchsorted(at, cuts[axis].at)
        values[rows, 2 * axis : 2 * axis + 2] = cuts[axis].values[:, :2]
        values[rows, 6:] += cuts[axis].values[:, 2:]
    return Edge(at, values)


def _pair(axis: Axis, side: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Slices of every voxel that has a neighbour on a side, and of those neighbours."""
    first, last = _along(axis, slice(None, -1)), _along(axis, slice(1, None))
    return (last, first) if side == 0 else (first, last)


def _slope(wall: Wall, axis: Axis, spacing_mm: tuple[float, float, float]) -> Array:
    """Share of the normal of a wall along an axis, from the gradient of its distance."""
    gradients = np.gradient(wall.distance_mm, *spacing_mm)
    length = np.sqrt(sum(gradient**2 for gradient in gradients))
    share = np.abs(gradients[axis]) / np.where(length > 0, length, 1)
    return np.clip(share, LEAST_SLOPE, 1.0)
