"""Vessel trees: round sticks from parent to child, their radii after Murray, and distances from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MURRAY_EXPONENT = 3.0
"""The cube of the parent's radius is the sum of the children's (Murray 1926)."""
PARALLEL = 1e-12
CLOSE_ON_PATH = 4.0
"""Sticks of one tree whose closest points are nearer along the tree than so many radii are neighbours."""


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A vessel between two divisions.

    Parameters
    ----------
    points_mm : (n, 3) centreline, downstream from the root of the tree.
    radius_mm : Its radius, the same all along.
    parent : Number of the branch that it leaves; -1 for the first.
    label : Couinaud segment that a portal branch supplies alone (0: several); hepatic vein that it drains into
        (1 right, 2 middle, 3 left).
    """

    points_mm: NDArray[np.float64]
    radius_mm: float
    parent: int
    label: int


@dataclass(frozen=True, slots=True, eq=False)
class VesselTree:
    """A tree of round sticks; node 0 is the root, and a parent comes before its children.

    Parameters
    ----------
    points_mm : (n, 3) nodes.
    parent : (n,) node that each stick comes from; -1 for the root.
    radius_mm : (n,) radius of the stick from the parent to the node; the root has that of its first stick.
    label : (n,) see `Branch`.
    leaves : (n,) ends downstream of each node.
    """

    points_mm: NDArray[np.float64]
    parent: NDArray[np.int64]
    radius_mm: NDArray[np.float64]
    label: NDArray[np.int64]
    leaves: NDArray[np.int64]

    @property
    def starts_mm(self) -> NDArray[np.float64]:
        """(n - 1, 3) upper ends of the sticks."""
        return self.points_mm[self.parent[1:]]

    @property
    def ends_mm(self) -> NDArray[np.float64]:
        """(n - 1, 3) lower ends of the sticks."""
        return self.points_mm[1:]

    def wider_than(self, radius_mm: float) -> NDArray[np.bool_]:
        """(n - 1,) sticks of at least a radius; they hang together, for no child is wider than its parent."""
        return self.radius_mm[1:] >= radius_mm

    def branches(self) -> tuple[Branch, ...]:
        """The vessels between divisions, parents first."""
        children = np.bincount(self.parent[1:], minlength=len(self.parent))
        branch_of: dict[int, int] = {}
        chains: list[list[int]] = []
        parents: list[int] = []
        for node in range(1, len(self.parent)):
            above = int(self.parent[node])
            goes_on = above > 0 and children[above] == 1 and self.label[above] == self.label[node]
            if goes_on:
                chains[branch_of[above]].append(node)
                branch_of[node] = branch_of[above]
            else:
                branch_of[node] = len(chains)
                chains.append([above, node])
                parents.append(branch_of.get(above, -1))
        return tuple(
            Branch(
                self.points_mm[chain], float(self.radius_mm[chain[-1]]), parent, int(self.label[chain[-1]])
            )
            for chain, parent in zip(chains, parents, strict=True)
        )

    def path_mm(self) -> NDArray[np.float64]:
        """(n,) distance of each node from the root along the tree [mm]."""
        steps = np.zeros(len(self.parent))
        steps[1:] = np.linalg.norm(self.ends_mm - self.starts_mm, axis=1)
        for node in range(1, len(steps)):
            steps[node] += steps[self.parent[node]]
        return steps


def distance_from(
    tree: VesselTree, points_mm: NDArray[np.float64], *, wider_than_mm: float = 0.0
) -> NDArray[np.float64]:
    """Distance of points from the walls of the vessels that have at least a radius, negative inside [mm].

    Parameters
    ----------
    points_mm : (n, 3).
    wider_than_mm : Smallest radius that counts.
    """
    keep = tree.wider_than(wider_than_mm)
    if not keep.any():
        return np.full(len(points_mm), np.inf)
    return nearest_wall(points_mm, tree.starts_mm[keep], tree.ends_mm[keep], tree.radius_mm[1:][keep])


def nearest_wall(
    points: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64], radii: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Smallest distance of points (n, 3) from round sticks (m, 3) -> (m, 3); n x m in memory, in pieces."""
    found = np.full(len(points), np.inf)
    piece = max(1, 400_000 // max(1, len(a)))
    step = b - a
    square = np.maximum((step * step).sum(axis=1), PARALLEL)
    for start in range(0, len(points), piece):
        part = points[start : start + piece, None, :] - a[None]
        along = np.clip((part * step).sum(axis=2) / square, 0, 1)
        apart = np.linalg.norm(part - along[..., None] * step, axis=2) - radii
        found[start : start + piece] = apart.min(axis=1)
    return found


def apart(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], d: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Distance between sticks a-b and c-d, and where along each the closest points lie (0 to 1).

    Arrays (..., 3) that broadcast. Ericson, Real-Time Collision Detection, 2005, section 5.1.9.
    """
    u, v, w = b - a, d - c, a - c
    uu, vv, uv = (u * u).sum(-1), (v * v).sum(-1), (u * v).sum(-1)
    uw, vw = (u * w).sum(-1), (v * w).sum(-1)
    uu, vv = np.maximum(uu, PARALLEL), np.maximum(vv, PARALLEL)
    slant = uu * vv - uv * uv
    s = np.clip(np.where(slant > PARALLEL, (uv * vw - uw * vv) / np.maximum(slant, PARALLEL), 0), 0, 1)
    t = (uv * s + vw) / vv
    s = np.where(t < 0, np.clip(-uw / uu, 0, 1), np.where(t > 1, np.clip((uv - uw) / uu, 0, 1), s))
    t = np.clip(t, 0, 1)
    gap = np.linalg.norm(w + s[..., None] * u - t[..., None] * v, axis=-1)
    return gap, s, t


def crossings(one: VesselTree, other: VesselTree, *, gap_mm: float = 0.0) -> list[tuple[int, int]]:
    """Pairs of nodes whose sticks, in two trees, come closer than their radii and a gap."""
    pairs: list[tuple[int, int]] = []
    for node in range(1, len(one.parent)):
        a, b = one.points_mm[one.parent[node]], one.points_mm[node]
        gaps, _, _ = apart(a, b, other.starts_mm, other.ends_mm)
        hits = np.flatnonzero(gaps < one.radius_mm[node] + other.radius_mm[1:] + gap_mm)
        pairs += [(node, int(hit) + 1) for hit in hits]
    return pairs


def self_crossings(tree: VesselTree) -> list[tuple[int, int]]:
    """Pairs of nodes of one tree whose sticks meet although they are far apart along the tree."""
    path = tree.path_mm()
    pairs: list[tuple[int, int]] = []
    for node in range(2, len(tree.parent)):
        a, b = tree.points_mm[tree.parent[node]], tree.points_mm[node]
        gaps, s, t = apart(a, b, tree.starts_mm[: node - 1], tree.ends_mm[: node - 1])
        both = tree.radius_mm[node] + tree.radius_mm[1:node]
        for hit in np.flatnonzero(gaps < both).tolist():
            way = _way_mm(tree, path, (node, float(s[hit])), (hit + 1, float(t[hit])))
            if way > CLOSE_ON_PATH * both[hit]:
                pairs.append((node, hit + 1))
    return pairs


def _way_mm(
    tree: VesselTree, path: NDArray[np.float64], one: tuple[int, float], other: tuple[int, float]
) -> float:
    """Distance along the tree between a place on one stick and a place on another."""

    def place(node: int, share: float) -> float:
        return float(path[tree.parent[node]] + share * (path[node] - path[tree.parent[node]]))

    here, there = place(*one), place(*other)
    above: list[int] = []
    node = one[0]
    while node >= 0:
        above.append(node)
        node = int(tree.parent[node])
    if other[0] in above:
        return abs(here - there)
    node = other[0]
    while node not in above:
        node = int(tree.parent[node])
    if node == one[0]:
        return abs(here - there)
    return here + there - 2 * float(path[node])
