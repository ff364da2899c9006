"""The portal tree and the hepatic veins of one liver, with the territories that they supply and drain."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.imaging.phantom.anatomy import Anatomy
from nelm.imaging.phantom.growth import Growing, Room, pruned
from nelm.imaging.phantom.liver_shape import LIVER_BOX, couinaud
from nelm.imaging.phantom.rasters import points_of
from nelm.imaging.phantom.scaffolds import HEPATIC, LEFT, MIDDLE, PORTAL, RIGHT, Trunk, placed, sticks
from nelm.imaging.phantom.shapes import Field, Points
from nelm.imaging.phantom.trees import VesselTree, crossings, nearest_wall, self_crossings
from nelm.volume import Grid

WORKING_MM = 2.0
PORTAL_ENDS, HEPATIC_ENDS = 300, 250
PORTAL_END_MM, HEPATIC_END_MM = 0.95, 0.9
FREE_MM = 3.5
"""Room that an end needs around it."""
GAP_MM = 0.3
TRIES = 2
"""Places tried for each end: to some there is no way."""


@dataclass(frozen=True, slots=True, eq=False)
class LiverVessels:
    """The vessels of a liver.

    Parameters
    ----------
    portal : From the confluence through the hilum; labels are Couinaud segments, 0 for several.
    hepatic : Right, middle and left hepatic vein, each from its mouth at the cava.
    """

    portal: VesselTree
    hepatic: tuple[VesselTree, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LiverRoom:
    """The liver on a working grid, for finding places.

    Parameters
    ----------
    grid : 2 mm in each direction.
    inside_mm : (z, y, x) distance to the nearest voxel outside the liver.
    segments : (z, y, x) Couinaud segment.
    """

    grid: Grid
    inside_mm: NDArray[np.float32]
    segments: NDArray[np.uint8]


def liver_room(anatomy: Anatomy) -> LiverRoom:
    """The liver of an anatomy on a working grid."""
    low, high = np.array(LIVER_BOX.low), np.array(LIVER_BOX.high)
    shape = np.ceil((high - low)[::-1] / WORKING_MM).astype(int)
    grid = Grid.axial(shape.tolist(), (WORKING_MM,) * 3, low.tolist())
    points = points_of(grid)
    inside = anatomy.liver.shape.field(points) < 0
    distance = ndimage.distance_transform_edt(inside, sampling=WORKING_MM)
    return LiverRoom(grid, np.asarray(distance, dtype=np.float32), couinaud(points, anatomy.build.liver))


def trunks(anatomy: Anatomy, rng: np.random.Generator) -> tuple[tuple[Trunk, ...], tuple[Trunk, ...]]:
    """The portal and the hepatic trunks of one liver."""
    form = anatomy.build.liver
    return placed(PORTAL, form, rng), placed(HEPATIC, form, rng)


def grown(
    rooms: LiverRoom,
    given: tuple[tuple[Trunk, ...], tuple[Trunk, ...]],
    rng: np.random.Generator,
    *,
    lesions: Field | None = None,
) -> LiverVessels:
    """Vessels grown into a liver, round its lesions.

    Parameters
    ----------
    rooms : The liver on the working grid.
    given : Portal and hepatic trunks.
    rng : Where the ends lie.
    lesions : Distance from the lesions that vessels go round; None without lesions.

    Notes
    -----
    Trunks that run into a lesion end before it. About 1.5 s for 550 ends.
    """
    free = _free(rooms, lesions)
    portal_trunks, hepatic_trunks = (_clear_of(trunks, lesions) for trunks in given)
    tried = TRIES * (PORTAL_ENDS + HEPATIC_ENDS)
    ends = _ends(rooms, free, rng, count=tried)
    first, second = ends[: TRIES * PORTAL_ENDS], ends[TRIES * PORTAL_ENDS :]
    portal = Growing(
        portal_trunks,
        Room(rooms.grid, free, rooms.segments, is_bound=True),
        end_radius_mm=PORTAL_END_MM,
        ends_at_last=PORTAL_ENDS,
        obstacles=sticks(hepatic_trunks),
    )
    portal.join_all(first, PORTAL_ENDS)
    tree = portal.tree()
    drained = Room(rooms.grid, free, _drained(rooms, hepatic_trunks), is_bound=False)
    veins: list[VesselTree] = []
    for label in (RIGHT, MIDDLE, LEFT):
        veins.append(_vein(label, hepatic_trunks, drained, second, grown_already=(tree, *veins)))
    return _untangled(tree, veins)


def _free(rooms: LiverRoom, lesions: Field | None) -> NDArray[np.float32]:
    """Distance of each working voxel from what is not free [mm]."""
    if lesions is None:
        return rooms.inside_mm
    open_ = (rooms.inside_mm > 0) & (lesions(points_of(rooms.grid)) > 0)
    return np.asarray(ndimage.distance_transform_edt(open_, sampling=WORKING_MM), dtype=np.float32)


def _clear_of(trunks: tuple[Trunk, ...], lesions: Field | None) -> tuple[Trunk, ...]:
    """Trunks cut off before the first part that meets a lesion, and those that hang on the cut ones too."""
    if lesions is None:
        return trunks
    lost: set[tuple[float, float, float]] = set()
    kept: list[Trunk] = []
    for trunk in trunks:
        points = [trunk.points[0]]
        for a, b in zip(trunk.points, trunk.points[1:], strict=False):
            way = np.array(a) + np.linspace(0, 1, 9)[:, None] * (np.array(b) - np.array(a))
            if points[-1] != a or a in lost or (lesions(Points.of(way)) < trunk.radius_mm + 1).any():
                lost.add(b)
            else:
                points.append(b)
        if len(points) > 1:
            kept.append(replace(trunk, points=tuple(points)))
    return tuple(kept)


def _ends(
    rooms: LiverRoom, free: NDArray[np.float32], rng: np.random.Generator, *, count: int
) -> NDArray[np.float64]:
    """Places of the ends, spread evenly at random (best of several candidates)."""
    index = np.argwhere(free > FREE_MM)
    found = np.empty((count, 3))
    for place in range(count):
        tried = rooms.grid.points_of(
            index[rng.integers(len(index), size=12)] + rng.uniform(-0.5, 0.5, (12, 3))
        )
        if place:
            apart = np.linalg.norm(tried[:, None] - found[None, :place], axis=2).min(axis=1)
            found[place] = tried[int(np.argmax(apart))]
        else:
            found[place] = tried[0]
    # neighbours in time are far apart in space, so portal and hepatic ends interleave
    return found[rng.permutation(count)]


def _drained(rooms: LiverRoom, trunks: tuple[Trunk, ...]) -> NDArray[np.uint8]:
    """Hepatic vein whose trunk is nearest to each working voxel."""
    inside = np.argwhere(rooms.inside_mm > 0)
    points = rooms.grid.points_of(inside)
    away: list[NDArray[np.float64]] = []
    for label in (RIGHT, MIDDLE, LEFT):
        a, b, _ = sticks(tuple(trunk for trunk in trunks if trunk.label == label))
        away.append(nearest_wall(points, a, b, np.zeros(len(a))))
    drained = np.zeros(rooms.grid.shape, dtype=np.uint8)
    drained[tuple(inside.T)] = np.argmin(away, axis=0) + 1
    return drained


def _vein(
    label: int,
    trunks: tuple[Trunk, ...],
    room: Room,
    ends: NDArray[np.float64],
    *,
    grown_already: tuple[VesselTree, ...],
) -> VesselTree:
    """One hepatic vein grown from its trunk, clear of the trees that are there."""
    own = tuple(trunk for trunk in trunks if trunk.label == label)
    others = sticks(tuple(trunk for trunk in trunks if trunk.label != label))
    points = ends[room.label_at(ends) == label]
    vein = Growing(
        own,
        room,
        end_radius_mm=HEPATIC_END_MM,
        ends_at_last=len(points) // TRIES + 1,
        obstacles=(
            np.concatenate([others[0], *(tree.starts_mm for tree in grown_already)]),
            np.concatenate([others[1], *(tree.ends_mm for tree in grown_already)]),
            np.concatenate([others[2], *(tree.radius_mm[1:] for tree in grown_already)]),
        ),
    )
    vein.join_all(points, len(points) // TRIES)
    return vein.tree()


def _untangled(portal: VesselTree, hepatic: list[VesselTree]) -> LiverVessels:
    """The trees without the branches that touch another vessel now that radii are final."""
    trees = [portal, *hepatic]
    for _ in range(8):
        bad: list[set[int]] = [set() for _ in trees]
        for i, one in enumerate(trees):
            _note(bad[i], bad[i], (one, one), self_crossings(one))
            for j in range(i):
                _note(bad[i], bad[j], (one, trees[j]), crossings(one, trees[j], gap_mm=GAP_MM))
        if not any(bad):
            break
        trees = [pruned(tree, nodes) if nodes else tree for tree, nodes in zip(trees, bad, strict=True)]
    return LiverVessels(trees[0], tuple(trees[1:]))


def _note(
    one: set[int], other: set[int], trees: tuple[VesselTree, VesselTree], pairs: list[tuple[int, int]]
) -> None:
    """Of each pair, the vessel with fewer ends is to go."""
    for a, b in pairs:
        if trees[0].leaves[a] <= trees[1].leaves[b]:
            one.add(a)
        else:
            other.add(b)
