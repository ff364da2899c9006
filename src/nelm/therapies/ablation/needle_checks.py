"""One straight path on the segmentation itself: every voxel that it passes, and how near it comes to what."""

# scipy's search trees have partly unknown types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.therapies.ablation.needle_obstacles import Obstacle
from nelm.volume import Grid, Mask

Point = NDArray[np.float64]

SAMPLE_MM = 0.5
"""Way between two points at which distances are taken: the smallest is off by less than a quarter of it for structures
farther than that."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """The voxels of a grid along a straight way, in order.

    Parameters
    ----------
    indices : (n, 3) voxels (z, y, x); some may lie outside the grid.
    from_mm, to_mm : (n,) where the way enters and leaves each, from its beginning.
    """

    indices: NDArray[np.intp]
    from_mm: NDArray[np.float64]
    to_mm: NDArray[np.float64]


def way_through(grid: Grid, first_mm: Point, last_mm: Point) -> Way:
    """Every voxel that a straight way passes, none left out: it is cut at every face between voxels."""
    ends = grid.indices_of(np.stack([first_mm, last_mm]))
    span = ends[1] - ends[0]
    cuts = [np.array([0.0, 1.0])]
    for axis in range(3):
        low, high = sorted((ends[0, axis], ends[1, axis]))
        faces = np.arange(np.ceil(low - 0.5), np.floor(high - 0.5) + 1) + 0.5
        if span[axis] != 0 and len(faces):
            cuts.append(np.clip((faces - ends[0, axis]) / span[axis], 0, 1))
    places = np.unique(np.concatenate(cuts))
    middle = (places[1:] + places[:-1]) / 2
    indices = np.floor(ends[0] + middle[:, None] * span + 0.5).astype(np.intp)
    length = float(np.linalg.norm(last_mm - first_mm))
    return Way(indices, places[:-1] * length, places[1:] * length)


def inside(mask: Mask, first_mm: Point, last_mm: Point) -> tuple[Way, NDArray[np.bool_]]:
    """The voxels along a way, and which of them belong to a region."""
    way = way_through(mask.grid, first_mm, last_mm)
    within = np.all((way.indices >= 0) & (way.indices < np.array(mask.grid.shape)), axis=1)
    found = np.zeros(len(way.indices), dtype=bool)
    found[within] = mask.array[tuple(way.indices[within].T)]
    return way, found


def length_in_mm(mask: Mask, first_mm: Point, last_mm: Point) -> float:
    """Length of a way within a region [mm]."""
    way, found = inside(mask, first_mm, last_mm)
    return float((way.to_mm - way.from_mm)[found].sum())


def distance_mm(obstacle: Obstacle, first_mm: Point, last_mm: Point) -> float:
    """Smallest distance of a way to the voxels of a structure, faces and corners included; 0 inside [mm]."""
    if inside(obstacle.mask, first_mm, last_mm)[1].any():
        return 0.0
    count = max(2, int(np.ceil(np.linalg.norm(last_mm - first_mm) / SAMPLE_MM)) + 1)
    points = first_mm + np.linspace(0, 1, count)[:, None] * (last_mm - first_mm)
    centres = np.asarray(obstacle.near.query(points)[0], dtype=np.float64)
    half = np.array(obstacle.mask.grid.spacing_mm) / 2
    reach = float(centres.min()) + float(np.linalg.norm(half))
    rows = np.flatnonzero(centres <= reach)
    lists = obstacle.near.query_ball_point(points[rows], reach)
    found = [np.asarray(one, dtype=np.intp) for one in lists]
    where, which = np.repeat(rows, [one.size for one in found]), np.concatenate(found)
    axes = obstacle.mask.grid.matrix[:3, :3] / np.array(obstacle.mask.grid.spacing_mm)
    apart = np.abs((points[where] - obstacle.border_mm[which]) @ axes)
    return float(np.linalg.norm(np.maximum(apart - half, 0), axis=1).min())


def segments_apart_mm(
    first: NDArray[np.float64], last: NDArray[np.float64], other_first: Point, other_last: Point
) -> NDArray[np.float64]:
    """Smallest distance of each of n segments, (n, 3) to (n, 3), to another one [mm] (Ericson 2005, 5.1.9)."""
    along, across = last - first, other_last - other_first
    gap = first - other_first
    a = np.einsum("ij,ij->i", along, along)
    e = float(across @ across)
    b, c, f = along @ across, np.einsum("ij,ij->i", along, gap), gap @ across
    bend = a * e - b * b
    s = np.clip(np.divide(b * f - c * e, bend, out=np.zeros_like(bend), where=bend > 1e-12 * a * e), 0, 1)
    t = np.clip((b * s + f) / e, 0, 1) if e > 0 else np.zeros_like(s)
    s = np.clip(np.divide(b * t - c, a, out=np.zeros_like(a), where=a > 0), 0, 1)
    apart = gap + s[:, None] * along - t[:, None] * across
    return np.linalg.norm(apart, axis=1)
