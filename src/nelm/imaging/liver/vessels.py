"""Vessel trees: centrelines, calibres and who feeds whom, from the mask of a vessel system.

The mask is resampled to cubes, thinned to lines one voxel wide (Lee's algorithm in scikit-image), and the lines become
branches between ends and forks. Radii are those of the largest ball that fits, corrected for the roughness of a
digital wall. Loops are opened
where the vessel is thinnest, spurs shorter than the vessel is thick are taken off, and every piece of the mask is a
tree of its own with its thickest end as root. How many loops and pieces there were is said.
"""

# scikit-image has no type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import cKDTree
from skimage.morphology import skeletonize

from nelm.imaging.distances import distance_to
from nelm.volume import Grid, Mask, mask_on
from nelm.volume.grid import Box, corner_indices

Points = NDArray[np.float64]

FINEST_MM = 0.8
"""Cubes are not made smaller than this: finer detail than the image has costs time and gives spurs."""

ROUGH_VOXELS = 0.25
"""The largest ball that fits into a digital cylinder is smaller than it by this: its wall is rough. From cylinders of
2 to 16 mm in all directions (tests/published/test_vessel_trees.py)."""

SHORTEST_TREE_MM = 8.0
"""Pieces of the mask with shorter centrelines are noise or cross sections."""


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A vessel between two forks or ends, from the root's side outward.

    Parameters
    ----------
    points_mm : (n, 3) centreline (x, y, z) [mm].
    radii_mm : (n,) radius at each point [mm].
    parent : Place of the branch that it comes from; None for a root.
    tree : Number of the piece that it belongs to, the largest first.
    generation : 0 for a root, one more at every fork.
    """

    points_mm: Points
    radii_mm: NDArray[np.float64]
    parent: int | None
    tree: int
    generation: int

    @property
    def length_mm(self) -> float:
        """Length of the centreline [mm]."""
        return float(np.linalg.norm(np.diff(self.points_mm, axis=0), axis=1).sum())

    @property
    def diameter_mm(self) -> float:
        """Median diameter [mm]."""
        return 2 * float(np.median(self.radii_mm))


@dataclass(frozen=True, slots=True, eq=False)
class VesselTree:
    """The branches of a vessel system; a parent stands before its children.

    Parameters
    ----------
    remarks : Loops that were opened, pieces, spurs.
    """

    branches: tuple[Branch, ...]
    remarks: tuple[str, ...]

    def children(self, place: int) -> tuple[int, ...]:
        """Places of the branches that come from one."""
        return tuple(index for index, branch in enumerate(self.branches) if branch.parent == place)

    def downstream(self, place: int) -> tuple[int, ...]:
        """A branch and everything that comes from it."""
        found = [place]
        for current in found:
            found += self.children(current)
        return tuple(found)

    def way_to_root(self, place: int) -> tuple[int, ...]:
        """A branch and everything between it and its root."""
        found = [place]
        while (parent := self.branches[found[-1]].parent) is not None:
            found.append(parent)
        return tuple(found)


def vessel_tree(mask: Mask, *, organ: Mask | None = None) -> VesselTree:
    """The tree of a vessel mask.

    Parameters
    ----------
    mask : On an orthogonal grid.
    organ : The organ that it serves, on any grid: the thickest end outside it is the root. Without it, or where
        no end lies outside, the thickest end of all is.
    """
    near = mask if organ is None or organ.is_empty else _near(mask, organ)
    if near.is_empty:
        return VesselTree((), ("no vessel",))
    cubes = _cubes(near)
    spacing = cubes.grid.spacing_mm[0]
    voxels = np.argwhere(skeletonize(np.pad(cubes.array, 1))[1:-1, 1:-1, 1:-1])
    if len(voxels) < 2:
        return VesselTree((), ("no vessel longer than it is wide",))
    outside = Mask(~np.pad(cubes.array, 1), cubes.grid.cropped(_wider(cubes.grid.shape)))
    depth = distance_to(outside)[1:-1, 1:-1, 1:-1] / spacing
    thickest = np.asarray(ndimage.maximum_filter(depth, size=3))  # a thinned line may run beside the middle
    radii = np.maximum((thickest[tuple(voxels.T)] + ROUGH_VOXELS) * spacing, spacing / 2)
    points = cubes.grid.points_of(voxels)
    edges, loops = _spanning(voxels, radii)
    adjacent: dict[int, list[int]] = defaultdict(list)
    for a, b in edges:
        adjacent[a].append(b)
        adjacent[b].append(a)
    _prune(adjacent, radii, spacing)
    branches = _branches(adjacent, points, radii, _is_outside(points, organ))
    return _kept(branches, loops)


def _near(mask: Mask, organ: Mask) -> Mask:
    """The part of a mask in a box around the organ: vessels farther off feed something else."""
    ends = corner_indices([(part.start, part.stop - 1) for part in organ.box()])
    there = mask.grid.indices_of(organ.grid.points_of(ends))
    margin = NEAR_ORGAN_MM / np.array(mask.grid.spacing_mm)
    low, high = there.min(axis=0) - margin, there.max(axis=0) + margin
    cut = tuple(
        slice(max(0, int(a)), max(0, min(n, int(b))))
        for a, b, n in zip(low, high, mask.grid.shape, strict=True)
    )
    inside = np.zeros(mask.grid.shape, dtype=bool)
    inside[cut] = mask.array[cut]
    return Mask(inside, mask.grid)


NEAR_ORGAN_MM = 35.0


def _wider(shape: tuple[int, int, int]) -> Box:
    """A box with one voxel more at every side."""
    z, y, x = (slice(-1, n + 1) for n in shape)
    return z, y, x


def _cubes(mask: Mask) -> Mask:
    """The box of the mask on cubes, in the directions of its grid."""
    cut = mask.cropped(mask.box(margin_mm=2 * max(mask.grid.spacing_mm)))
    edge = max(FINEST_MM, min(cut.grid.spacing_mm))
    shape = [int(np.ceil(n * s / edge)) for n, s in zip(cut.grid.shape, cut.grid.spacing_mm, strict=True)]
    matrix = cut.grid.matrix
    matrix[:3, :3] *= edge / np.array(cut.grid.spacing_mm)
    return mask_on(cut, Grid.of(shape, matrix))


def _spanning(voxels: NDArray[np.intp], radii: NDArray[np.float64]) -> tuple[list[tuple[int, int]], int]:
    """Connections of the skeleton without loops, opened where the vessel is thinnest, and how many there were."""
    tree = cKDTree(voxels)
    pairs = tree.query_pairs(1.75, output_type="ndarray")
    if not len(pairs):
        return [], 0
    lengths = np.linalg.norm(voxels[pairs[:, 0]] - voxels[pairs[:, 1]], axis=1)
    weight = lengths / np.minimum(radii[pairs[:, 0]], radii[pairs[:, 1]])
    graph = coo_array((weight, (pairs[:, 0], pairs[:, 1])), shape=(len(voxels), len(voxels)))
    spanning = minimum_spanning_tree(graph.tocsr()).tocoo()
    pieces, _ = connected_components(graph, directed=False)
    # triangles of neighbouring voxels at forks are no loops: a loop has more than three voxels
    loops = int(_independent_loops(len(voxels), pairs, int(pieces)))
    return [(int(a), int(b)) for a, b in zip(spanning.row, spanning.col, strict=True)], loops


def _independent_loops(count: int, pairs: NDArray[np.intp], pieces: int) -> int:
    """Loops of the skeleton, triangles apart: edges - vertices + pieces - triangles (at least 0)."""
    neighbours: dict[int, set[int]] = defaultdict(set)
    for a, b in pairs.tolist():
        neighbours[a].add(b)
        neighbours[b].add(a)
    triangles = sum(len(neighbours[a] & neighbours[b]) for a, b in pairs.tolist()) // 3
    return max(0, len(pairs) - count + pieces - triangles)


def _prune(adjacent: dict[int, list[int]], radii: NDArray[np.float64], spacing: float) -> None:
    """Take off end pieces that are shorter than the vessel is thick where they begin, in place."""
    for end in [node for node, near in adjacent.items() if len(near) == 1]:
        path = [end]
        while len(adjacent[path[-1]]) <= 2:
            following = [node for node in adjacent[path[-1]] if len(path) < 2 or node != path[-2]]
            if not following:
                break
            path.append(following[0])
        fork = path[-1]
        if len(adjacent[fork]) > 2 and len(path) * spacing < 1.5 * radii[fork] + spacing:
            for node in path[:-1]:
                adjacent.pop(node, None)
            adjacent[fork].remove(path[-2])


def _branches(
    adjacent: dict[int, list[int]], points: Points, radii: NDArray[np.float64], outside: NDArray[np.bool_]
) -> list[Branch]:
    """Branches from each root outward, the largest piece first."""
    pieces = _pieces(adjacent)
    found: list[Branch] = []
    for number, piece in enumerate(pieces):
        ends = [node for node in piece if len(adjacent[node]) <= 1] or piece[:1]
        entries = [node for node in ends if outside[node]] or ends
        root = max(entries, key=lambda node: _calibre(node, adjacent, radii))
        _grow(root, adjacent, points, radii, tree=number, found=found)
    return found


def _is_outside(points: Points, organ: Mask | None) -> NDArray[np.bool_]:
    """For each point whether it lies outside the organ by more than the roughness of its surface."""
    if organ is None or organ.is_empty:
        return np.zeros(len(points), dtype=bool)
    near = cKDTree(organ.grid.points_of(np.argwhere(organ.array)[::OUTSIDE_STRIDE]))
    apart, _ = near.query(points, distance_upper_bound=OUTSIDE_MM)
    return ~np.isfinite(np.asarray(apart))


OUTSIDE_MM = 8.0
OUTSIDE_STRIDE = 7
"""Voxels of the organ that are looked at, one in so many: its surface need not be known better than some mm."""

NEAR_THE_END = 8


def _calibre(end: int, adjacent: dict[int, list[int]], radii: NDArray[np.float64]) -> float:
    """Median radius over the first voxels from an end."""
    path, before = [end], -1
    while len(path) < NEAR_THE_END:
        following = [node for node in adjacent[path[-1]] if node != before]
        if len(following) != 1:
            break
        before = path[-1]
        path.append(following[0])
    return float(np.median(radii[path]))


def _pieces(adjacent: dict[int, list[int]]) -> list[list[int]]:
    """Connected pieces of the skeleton, the largest first."""
    nodes = sorted(adjacent)
    place = {node: index for index, node in enumerate(nodes)}
    rows = [place[a] for a in nodes for b in adjacent[a] if b in place]
    columns = [place[b] for a in nodes for b in adjacent[a] if b in place]
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(nodes), len(nodes)))
    _, labels = connected_components(graph.tocsr(), directed=False)
    grouped: dict[int, list[int]] = defaultdict(list)
    for node, number in zip(nodes, labels, strict=True):
        grouped[int(number)].append(node)
    return sorted(grouped.values(), key=lambda piece: (-len(piece), piece[0]))


def _grow(
    root: int, adjacent: dict[int, list[int]], points: Points, radii: NDArray[np.float64], *, tree: int,
    found: list[Branch],
) -> None:  # fmt: skip
    """Follow the lines from a root; every fork ends a branch and begins others."""
    pending: list[tuple[int, int, int | None, int]] = [(root, -1, None, 0)]
    while pending:
        start, before, parent, generation = pending.pop()
        path = [start] if before < 0 else [before, start]
        while True:
            following = [node for node in adjacent[path[-1]] if len(path) < 2 or node != path[-2]]
            if len(following) != 1:
                break
            path.append(following[0])
        found.append(Branch(points[path], radii[path], parent, tree, generation))
        own = len(found) - 1
        pending += [(node, path[-1], own, generation + 1) for node in following]


def _kept(branches: list[Branch], loops: int) -> VesselTree:
    """Without the pieces that are too short to be a vessel, and what is to be said."""
    lengths: dict[int, float] = defaultdict(float)
    for branch in branches:
        lengths[branch.tree] += branch.length_mm
    kept = [place for place, branch in enumerate(branches) if lengths[branch.tree] >= SHORTEST_TREE_MM]
    renumbered = {place: position for position, place in enumerate(kept)}
    trees = sorted({branches[place].tree for place in kept}, key=lambda tree: -lengths[tree])
    found = tuple(
        Branch(
            branches[place].points_mm,
            branches[place].radii_mm,
            None if (parent := branches[place].parent) is None else renumbered[parent],
            trees.index(branches[place].tree),
            branches[place].generation,
        )
        for place in kept
    )
    remarks: list[str] = []
    if loops:
        remarks.append(f"{loops} loops were opened where the vessel is thinnest")
    if len(trees) > 1:
        remarks.append(f"{len(trees)} separate pieces, each with a root of its own")
    dropped = len(lengths) - len(trees)
    if dropped:
        remarks.append(f"{dropped} pieces shorter than {SHORTEST_TREE_MM:g} mm were left out")
    return VesselTree(found, tuple(remarks))
