"""How many zones cover a target, and where: an exact set cover over positions that a needle can reach.

Needles are parallel to one path, which is how overlapping zones are placed. Positions lie on a lattice along and
across that direction, so several of them share a track along which one needle is drawn back; other tracks keep the
least distance between needles. The smallest number of positions is found by `covering_search.py`. Voxels that a
solution leaves out are added and it is solved again until none is left out, so the answer is the smallest number for
all voxels, over these positions. Without a proof it is said that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from nelm.therapies.ablation.ablation_target import Target
from nelm.therapies.ablation.covering_search import fewest_sets
from nelm.therapies.ablation.needle_marching import lines_through
from nelm.therapies.ablation.needle_obstacles import Obstacles
from nelm.therapies.ablation.needle_path import (
    Needle,
    NeedlePath,
    faults_of,
    measured_path,
    surface_angles_deg,
)
from nelm.therapies.ablation.zones import Zone, covered, squared_radii
from nelm.volume import Grid

FINEST_MM, MOST_POSITIONS = 4.0, 150
"""The lattice is as fine as this, or as coarse as it must be to have no more positions."""
FIRST_POINTS, MORE_POINTS = 300, 100
"""Voxels that the first solution has to cover, and how many are added where it leaves out others."""
ROUNDS = 12
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placement:
    """Positions of zones that cover a target, or why there are none.

    Parameters
    ----------
    zone : At every position.
    paths : The path to each position.
    needles : How many tracks they lie on.
    is_proven : Whether no smaller number does on this lattice, or, without paths, that none up to the limit does.
    at_least : No smaller number can.
    why_not : In words, where there are no paths.
    in_any_direction : Whether that holds from wherever the needles come: the volume alone is too large.
    """

    zone: Zone
    paths: tuple[NeedlePath, ...]
    needles: int
    is_proven: bool
    at_least: int
    why_not: str = ""
    in_any_direction: bool = False

    @property
    def count(self) -> int | None:
        """Number of positions; None where the target is not covered."""
        return len(self.paths) or None

    @property
    def centres_mm(self) -> Points:
        """(n, 3) middles of the zones [mm]."""
        return np.array([path.target_mm for path in self.paths], dtype=np.float64).reshape(-1, 3)

    @property
    def along(self) -> Points:
        """(n, 3) directions of the needles."""
        return np.array([path.outward for path in self.paths], dtype=np.float64).reshape(-1, 3)


def overlapping_zones(
    target: Target,
    zone: Zone,
    outward: Points,
    obstacles: Obstacles,
    *,
    lesion: str,
    most: int,
    beyond_mm: float | None = None,
    other_needles: Sequence[Needle] = (),
) -> Placement:
    """The fewest zones that cover a target with needles of one direction.

    Parameters
    ----------
    zone : Its spread is not looked at; give `zone.cautious` to be careful.
    outward : Unit direction from the tip to the skin.
    most : No more positions than these.
    beyond_mm : From the middle of a zone to the tip; by default as the rules have it.
    """
    smallest = (
        max(1, int(np.ceil(target.volume_ml / zone.volume_ml - 1e-9))) if zone.volume_ml > 0 else most + 1
    )
    if smallest > most:
        why = (
            f"{target.volume_ml:.0f} mL are more than {most} zones of {zone.volume_ml:.1f} mL hold"
            if zone.volume_ml > 0
            else "the zone may have no extent at all"
        )
        return Placement(zone, (), 0, True, smallest, why, in_any_direction=True)
    task = _Task(target, zone, outward, obstacles, lesion, beyond_mm, tuple(other_needles))
    single = _single(task) if smallest == 1 else None
    if single is not None:
        return Placement(zone, (single,), 1, True, 1)
    return _several(task, most, max(2, smallest) if smallest == 1 else smallest)


def zones_within(placement: Placement, grid: Grid, region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(z, y, x) voxels of a region that lie in the zones of a placement."""
    found = np.zeros(region.shape, dtype=bool)
    centres, zone = placement.centres_mm, placement.zone
    if not len(centres):
        return found
    reach = max(zone.long_axis_mm, zone.short_axis_mm) / 2
    corners = grid.indices_of(np.concatenate([centres - reach, centres + reach]))
    low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, region.shape)
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 1, 0, region.shape)
    inside = np.argwhere(region[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]) + low
    if len(inside):
        found[tuple(inside.T)] = covered(grid.points_of(inside), centres, placement.along, zone)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """What is to be covered by what, and from where."""

    target: Target
    zone: Zone
    outward: Points
    obstacles: Obstacles
    lesion: str
    beyond_mm: float | None
    others: tuple[Needle, ...]

    @property
    def axes(self) -> tuple[float, float]:
        """Diameters of the zone."""
        return self.zone.long_axis_mm, self.zone.short_axis_mm

    @property
    def beyond(self) -> float:
        """From the middle of a zone to the tip [mm]."""
        return self.obstacles.rules.tip_beyond_centre_mm if self.beyond_mm is None else self.beyond_mm

    def radii(self, points: Points, centres: Points) -> Points:
        """Squared distances in half axes."""
        return squared_radii(points, centres, self.outward, self.axes)

    def ways_out(self, centres: Points) -> Points:
        """Length of the path to each position; NaN where none is free."""
        tips = centres - self.beyond * self.outward
        lines = lines_through(
            self.obstacles, tips, self.outward[None], own=self.obstacles.number_of(self.lesion)
        )
        capsule = tips + lines.capsule_mm[:, None] * self.outward
        flat = surface_angles_deg(self.obstacles, capsule, self.outward[None])
        free = (lines.spare_mm >= 0) & (lines.length_mm > self.beyond)
        free &= (lines.capsule_mm == 0) | (flat <= self.obstacles.rules.capsule_angle_max_deg)
        return np.where(free, lines.length_mm, np.nan)

    def path(self, centre: Points, way_out_mm: float) -> NeedlePath | None:
        """The path to a position where it passes on the segmentation."""
        tip = centre - self.beyond * self.outward
        path = measured_path(
            self.obstacles, centre, tip, self.outward, way_out_mm=way_out_mm, lesion=self.lesion
        )
        return None if faults_of(path, self.obstacles, self.others) else path


def _single(task: _Task) -> NeedlePath | None:
    """One zone that covers everything, as much in the middle as it can be; None where none does."""
    border = _thinned(task.target.border_mm, 4 * FIRST_POINTS)
    centre, edge = task.target.centre_mm, FINEST_MM
    for _ in range(2):
        _, centres, _ = _around(task, border, centre, edge)
        centre, edge = centres[0], edge / 3
    worst, centres, ways = _around(task, border, centre, edge)
    for place in range(CHECKED):
        if worst[place] <= 1 and _covers(task, centres[place]):
            path = task.path(centres[place], float(ways[place]))
            if path is not None:
                return path
    return None


CHECKED = 5
"""Positions of a single zone that are checked on the segmentation before it is given up."""


def _around(task: _Task, border: Points, centre: Points, edge_mm: float) -> tuple[Points, Points, Points]:
    """Positions around one, the most central first: worst squared radius of the border, position, way out."""
    centres = centre + _frame_steps(task.outward, edge_mm)
    ways = task.ways_out(centres)
    worst = np.where(np.isnan(ways), np.inf, task.radii(border, centres).max(axis=0))
    order = worst.argsort(kind="stable")
    return worst[order], centres[order], ways[order]


def _covers(task: _Task, centre: Points) -> bool:
    """Whether one zone covers everything."""
    return bool(covered(task.target.border_mm, centre[None], task.outward, task.zone).all())


def _frame_steps(outward: Points, edge_mm: float) -> Points:
    """Steps of 0, 1 and 2 edges along and across a direction, (125, 3)."""
    return edge_mm * (np.indices((5, 5, 5)).reshape(3, -1).T - 2.0) @ _frame(outward)


def _frame(outward: Points) -> Points:
    """(3, 3) rows: a direction and two across it."""
    helper = np.eye(3)[int(np.argmin(np.abs(outward)))]
    first = np.cross(outward, helper)
    first /= np.linalg.norm(first)
    return np.stack([outward, first, np.cross(outward, first)]).astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Lattice:
    """Positions with a free path."""

    centres: Points
    ways_out: Points
    track: NDArray[np.intp]
    clash: NDArray[np.bool_]

    def without(self, places: set[int]) -> _Lattice:
        """The lattice less some positions."""
        kept = np.array([place not in places for place in range(len(self.centres))])
        return _Lattice(
            self.centres[kept], self.ways_out[kept], self.track[kept], self.clash[np.ix_(kept, kept)]
        )


def _lattice(task: _Task) -> _Lattice:
    """Positions in the target that a needle reaches."""
    points, middle = task.target.points_mm, task.target.centre_mm
    frame = _frame(task.outward)
    edge = max(FINEST_MM, float(np.cbrt(1000 * task.target.volume_ml / MOST_POSITIONS)))
    own = (points - middle) @ frame.T / edge
    low, high = np.floor(own.min(axis=0)), np.ceil(own.max(axis=0))
    counts = (high - low).astype(np.intp) + 1
    steps = low + np.indices(tuple(counts.tolist())).reshape(3, -1).T
    centres = middle + edge * steps @ frame
    apart, _ = cKDTree(points).query(centres)
    near = apart <= np.linalg.norm(task.target.spacing_mm)
    steps, centres = steps[near], centres[near]
    ways = task.ways_out(centres)
    free = ~np.isnan(ways)
    across, track = np.unique(steps[free][:, 1:], axis=0, return_inverse=True)
    apart = edge * np.linalg.norm(across[track.ravel()][:, None] - across[track.ravel()][None], axis=2)
    spacing = task.obstacles.rules.needle_spacing_min_mm * (1 - 1e-9)
    return _Lattice(centres[free], ways[free], track.ravel(), (apart > 0) & (apart < spacing))


def _several(task: _Task, most: int, smallest: int) -> Placement:
    """Two zones or more."""
    lattice = _lattice(task)
    for _ in range(ROUNDS):
        if not len(lattice.centres):
            return Placement(task.zone, (), 0, True, smallest, "no position in the target has a free path along "
                             "this direction")  # fmt: skip
        solved = _covering(task, lattice, most, smallest)
        if not len(solved.places):
            return Placement(task.zone, (), 0, solved.is_proven, solved.at_least, solved.why_not)
        places = _centred(task, lattice, solved)
        paths = [task.path(lattice.centres[place], float(lattice.ways_out[place])) for place in places]
        bad = {int(place) for place, path in zip(places, paths, strict=True) if path is None}
        if not bad:
            kept = tuple(path for path in paths if path is not None)
            needles = len(set(lattice.track[places].tolist()))
            return Placement(task.zone, kept, needles, solved.is_proven, solved.at_least)
        lattice = lattice.without(bad)
    return Placement(
        task.zone, (), 0, False, smallest, "paths that are free on cubes fail on the segmentation"
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """Chosen positions, or why there are none, and the voxels that decided it."""

    places: NDArray[np.intp]
    points: Points
    is_proven: bool
    at_least: int
    why_not: str = ""


def _covering(task: _Task, lattice: _Lattice, most: int, smallest: int) -> _Solved:
    """The fewest positions that cover every voxel."""
    points = _thinned(task.target.border_mm, FIRST_POINTS)
    none = np.empty(0, dtype=np.intp)
    at_least, proven = smallest, True
    for _ in range(ROUNDS):
        within = task.radii(points, lattice.centres) <= 1
        if not within.any(axis=1).all():
            share = float(np.mean(~within.any(axis=1)))
            why = f"{100 * share:.0f} % of the border of the target is out of reach of every position with a free path"
            return _Solved(none, points, True, at_least, why)
        answer = fewest_sets(within, lattice.clash, at_least=at_least, most=most)
        proven &= answer.is_proven
        at_least = max(at_least, answer.at_least)
        if not len(answer.chosen):
            why = (
                f"no {most} zones cover it"
                if answer.is_proven
                else f"whether {most} zones cover it was not decided"
            )
            return _Solved(none, points, answer.is_proven, at_least, why)
        left = ~covered(task.target.points_mm, lattice.centres[answer.chosen], task.outward, task.zone)
        if not left.any():
            return _Solved(answer.chosen, points, proven and len(answer.chosen) <= at_least, at_least)
        points = np.concatenate([points, _thinned(task.target.points_mm[left], MORE_POINTS)])
    return _Solved(none, points, False, at_least, "whether it can be covered was not decided")


def _centred(task: _Task, lattice: _Lattice, solved: _Solved) -> NDArray[np.intp]:
    """The same number of positions, moved so that the worst covered voxel lies as deep in a zone as it can."""
    radii = task.radii(solved.points, lattice.centres)
    places = solved.places.copy()
    best = float(radii[:, places].min(axis=1).max())
    improved = True
    while improved:
        improved = False
        for at in range(len(places)):
            others = np.delete(places, at)
            rest = radii[:, others].min(axis=1)
            worst = np.minimum(rest[:, None], radii).max(axis=0)
            worst[lattice.clash[others].any(axis=0)] = np.inf
            place = int(worst.argmin())
            trial = np.append(others, place)
            if (
                worst[place] < best - 1e-6
                and covered(task.target.points_mm, lattice.centres[trial], task.outward, task.zone).all()
            ):
                places[at], best, improved = place, float(worst[place]), True
    return places


def _thinned(points: Points, count: int) -> Points:
    """At most so many of the points, evenly from their list."""
    return points if len(points) <= count else points[np.linspace(0, len(points) - 1, count).astype(np.intp)]
