"""Trees grown into the liver by constrained constructive optimisation.

One end after the other is joined to the stick where the tree gains the least volume, the new division lying
where that volume is smallest, provided that the new sticks stay in the liver, in their territory, and clear of
every other vessel. After Schreiner and Buxbaum, IEEE Trans Biomed Eng 1993;40:482 and Karch et al., Comput
Biol Med 1999;29:19; here with trunks given beforehand, and with ends of equal radius.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.imaging.phantom.scaffolds import Trunk
from nelm.imaging.phantom.trees import MURRAY_EXPONENT, VesselTree, apart
from nelm.volume import Grid

CANDIDATES = 8
SHORTEST_MM = 2.5
WALL_MM = 0.8
"""Tissue left between a vessel and the surface of the liver or a lesion, and between two vessels."""
SAMPLES = np.linspace(0.0, 1.0, 7)
WEISZFELD_STEPS = 5

Vectors = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """What a vessel may use.

    Parameters
    ----------
    grid : Working grid around the liver.
    room_mm : (z, y, x) distance to the nearest voxel that is not free: outside the liver or in a lesion.
    territory : (z, y, x) label that ends at a place get.
    is_bound : Whether sticks, and not their ends alone, keep to their territory.
    """

    grid: Grid
    room_mm: NDArray[np.float32]
    territory: NDArray[np.uint8]
    is_bound: bool

    def _index(self, points: Vectors) -> tuple[NDArray[np.int64], ...]:
        index = np.rint(self.grid.indices_of(points)).astype(np.int64)
        return tuple(np.clip(index[:, axis], 0, self.grid.shape[axis] - 1) for axis in range(3))

    def at(self, points: Vectors) -> NDArray[np.float32]:
        """Room at points (n, 3) [mm]."""
        return self.room_mm[self._index(points)]

    def label_at(self, points: Vectors) -> NDArray[np.uint8]:
        """Territory at points (n, 3)."""
        return self.territory[self._index(points)]


class Growing:
    """A tree while it grows: sticks from `start` to `end` with their parent stick.

    Parameters
    ----------
    trunks : The given trunks; equal points are one node.
    room : Where the tree may grow.
    end_radius_mm : Radius of every end.
    ends_at_last : How many ends the tree will have; radii for the checks are those of the grown tree.
    obstacles : Sticks (starts, ends, radii) of the vessels already there.
    """

    def __init__(
        self,
        trunks: tuple[Trunk, ...],
        room: Room,
        *,
        end_radius_mm: float,
        ends_at_last: int,
        obstacles: tuple[Vectors, Vectors, Vectors],
    ) -> None:
        most = 2 * ends_at_last + 4 * len(trunks) + 40
        self.start, self.end = np.zeros((most, 3)), np.zeros((most, 3))
        self.parent = np.full(most, -1, dtype=np.int64)
        self.label = np.zeros(most, dtype=np.int64)
        self.middle, self.half = np.zeros((most, 3)), np.zeros(most)
        self.is_trunk = np.zeros(most, dtype=np.bool_)
        self.count, self.ends = 0, 0
        self.leaves = np.zeros(most, dtype=np.int64)
        self.room, self.end_radius_mm, self.ends_at_last = room, end_radius_mm, ends_at_last
        self.obstacles = obstacles
        self.obstacle_middle = (obstacles[0] + obstacles[1]) / 2
        self.obstacle_half = np.linalg.norm(obstacles[1] - obstacles[0], axis=1) / 2
        self._lay(trunks)

    def _lay(self, trunks: tuple[Trunk, ...]) -> None:
        """The trunks as sticks."""
        ends: dict[tuple[float, ...], int] = {}
        for trunk in trunks:
            above = ends.get(trunk.points[0], -1)
            for a, b in zip(trunk.points, trunk.points[1:], strict=False):
                above = self._add(np.array(a), np.array(b), above, trunk.label)
                self.is_trunk[above] = True
                ends[b] = above
        inner = set(self.parent[: self.count].tolist())
        for stick in range(self.count):
            if stick not in inner:
                self._count_end(stick)

    def _add(self, a: Vectors, b: Vectors, parent: int, label: int) -> int:
        """A new stick."""
        here = self.count
        self._set(here, a, b)
        self.parent[here], self.label[here] = parent, label
        self.count += 1
        return here

    def _set(self, stick: int, a: Vectors, b: Vectors) -> None:
        """The ends of a stick, and a ball around it for quick looks."""
        self.start[stick], self.end[stick] = a, b
        self.middle[stick], self.half[stick] = (a + b) / 2, float(np.linalg.norm(b - a)) / 2

    def _count_end(self, stick: int) -> None:
        """One more end for a stick and all above it."""
        self.ends += 1
        while stick >= 0:
            self.leaves[stick] += 1
            stick = int(self.parent[stick])

    def radii(self) -> Vectors:
        """Radii that the sticks would have in the grown tree with their present share of the ends [mm]."""
        share = self.leaves[: self.count] * max(1.0, self.ends_at_last / self.ends)
        return np.asarray(self.end_radius_mm * share ** (1 / MURRAY_EXPONENT), dtype=np.float64)

    def join_all(self, points: Vectors, most: int) -> None:
        """Join points (n, 3), each in its territory, one after the other until there are `most` ends."""
        for point, label in zip(points, self.room.label_at(points).tolist(), strict=True):
            if self.ends >= most:
                return
            self.join(point, label)

    def join(self, point: Vectors, label: int) -> bool:
        """Join an end to the tree; False when no way was found."""
        n = self.count
        own = np.flatnonzero(self.label[:n] == label)
        radii = self.radii()
        near = self._nearest(own, point)
        division, cost = self._divisions(near, point, radii)
        for place in np.argsort(cost):
            stick, middle = int(near[place]), division[place]
            if self._is_free(stick, middle, point, radii):
                self._divide(stick, middle, point)
                return True
        return False

    def _nearest(self, own: NDArray[np.int64], point: Vectors) -> NDArray[np.int64]:
        """The sticks nearest to a point."""
        a, step = self.start[own], self.end[own] - self.start[own]
        along = np.clip(((point - a) * step).sum(1) / np.maximum((step * step).sum(1), 1e-9), 0, 1)
        gaps = np.linalg.norm(a + along[:, None] * step - point, axis=1)
        return own[np.argsort(gaps, kind="stable")[:CANDIDATES]]

    def _divisions(self, near: NDArray[np.int64], point: Vectors, radii: Vectors) -> tuple[Vectors, Vectors]:
        """Best places of the division on each stick, and the volume that the tree gains."""
        a, b = self.start[near], self.end[near]
        before, after, new = self._weights(near, radii)
        middle = (a * before + b * after + point * new) / (before + after + new)
        for _ in range(WEISZFELD_STEPS):
            pulls = [
                weight / np.maximum(np.linalg.norm(middle - node, axis=1, keepdims=True), 0.5)
                for node, weight in ((a, before), (b, after), (point, new))
            ]
            middle = (pulls[0] * a + pulls[1] * b + pulls[2] * point) / sum(pulls)
        step = b - a
        along = ((middle - a) * step).sum(1) / np.maximum((step * step).sum(1), 1e-9)
        on_axis = a + np.clip(along, 0.08, 0.92)[:, None] * step
        middle = np.where(self.is_trunk[near][:, None], on_axis, middle)
        lengths = [np.linalg.norm(middle - node, axis=1) for node in (a, b, point)]
        gained = sum(w[:, 0] * length for w, length in zip((before, after, new), lengths, strict=True))
        return middle, gained - after[:, 0] * np.linalg.norm(step, axis=1)

    def _weights(self, near: NDArray[np.int64], radii: Vectors) -> tuple[Vectors, Vectors, Vectors]:
        """Cross-sections of the three sticks at a division."""
        one_end = float(self.end_radius_mm) ** MURRAY_EXPONENT
        after = radii[near] ** 2
        before = (radii[near] ** MURRAY_EXPONENT + one_end) ** (2 / MURRAY_EXPONENT)
        new = np.full(len(near), self.end_radius_mm**2)
        return before[:, None], after[:, None], new[:, None]

    def _is_free(self, stick: int, middle: Vectors, point: Vectors, radii: Vectors) -> bool:
        """Whether the division keeps to the liver, the territory, and clear of other vessels."""
        a, b = self.start[stick], self.end[stick]
        starts = np.array([middle, a, middle])
        ends = np.array([point, middle, b])
        if not self.is_trunk[stick] and np.linalg.norm(ends - starts, axis=1).min() < SHORTEST_MM:
            return False
        if np.linalg.norm(point - middle) < SHORTEST_MM + radii[stick]:
            return False
        wide = np.array([self.end_radius_mm, radii[stick], radii[stick]])
        parts = 1 if self.is_trunk[stick] else 3
        return self._stays(
            starts[:parts], ends[:parts], wide[:parts], int(self.label[stick])
        ) and self._keeps_off(stick, (starts[:parts], ends[:parts], wide[:parts]), radii)

    def _stays(self, starts: Vectors, ends: Vectors, wide: Vectors, label: int) -> bool:
        """Whether sticks lie in the liver, and the first one, but for its beginning, in its territory."""
        points = starts[:, None] + SAMPLES[None, :, None] * (ends - starts)[:, None]
        if (self.room.at(points.reshape(-1, 3)) < np.repeat(wide + WALL_MM, len(SAMPLES))).any():
            return False
        return not self.room.is_bound or bool((self.room.label_at(points[0, 2:]) == label).all())

    def _keeps_off(self, stick: int, parts: tuple[Vectors, Vectors, Vectors], radii: Vectors) -> bool:
        """Whether sticks keep off every vessel that does not meet them at a node."""
        n = self.count
        family = (self.parent[:n] == self.parent[stick]) | (self.parent[:n] == stick)
        family[stick] = True
        if self.parent[stick] >= 0:
            family[self.parent[stick]] = True
        # short sticks around the division, a few nodes away, lie in the same lumen
        lumen = 2 * radii[stick] + 1
        for node in (self.start[:n], self.end[:n]):
            family |= np.linalg.norm(node - parts[0][0], axis=1) < lumen
        starts, ends, own_wide = parts
        centre = starts[0]
        reach = (
            float(np.linalg.norm(np.concatenate([starts, ends]) - centre, axis=1).max())
            + float(own_wide.max())
            + WALL_MM
        )
        gone = np.linalg.norm(self.middle[:n] - centre, axis=1) - self.half[:n] - radii
        own = np.flatnonzero(~family & (gone < reach))
        others, other_ends, other_radii = self.obstacles
        gone = np.linalg.norm(self.obstacle_middle - centre, axis=1) - self.obstacle_half - other_radii
        near = gone < reach
        c = np.concatenate([self.start[own], others[near]])
        d = np.concatenate([self.end[own], other_ends[near]])
        wide = np.concatenate([radii[own], other_radii[near]])
        if not len(wide):
            return True
        gaps, _, _ = apart(starts[:, None], ends[:, None], c[None], d[None])
        return bool((gaps > own_wide[:, None] + wide[None] + WALL_MM).all())

    def _divide(self, stick: int, middle: Vectors, point: Vectors) -> None:
        """Put a division on a stick, and the new end below it."""
        lower = self._add(middle, self.end[stick].copy(), stick, int(self.label[stick]))
        below = np.flatnonzero(self.parent[: self.count] == stick)
        self.parent[below[below != lower]] = lower
        self.parent[lower] = stick
        self.leaves[lower] = self.leaves[stick]
        self.is_trunk[lower] = self.is_trunk[stick]
        self._set(stick, self.start[stick], middle)
        self._count_end(self._add(middle, point, stick, int(self.label[stick])))

    def tree(self) -> VesselTree:
        """The tree as it is; ends that found no way are made up for by the radius of the others."""
        end_radius = self.end_radius_mm * max(1.0, self.ends_at_last / self.ends) ** (1 / MURRAY_EXPONENT)
        order = self._order()
        place = np.full(self.count + 1, 0)
        place[order] = np.arange(1, self.count + 1)
        parent = np.array([-1, *[0 if self.parent[s] < 0 else place[self.parent[s]] for s in order]])
        leaves = np.array([self.leaves[order[0]], *self.leaves[order]])
        return VesselTree(
            points_mm=np.concatenate([self.start[order[:1]], self.end[order]]),
            parent=parent,
            radius_mm=end_radius * leaves ** (1 / MURRAY_EXPONENT),
            label=np.array([self.label[order[0]], *self.label[order]]),
            leaves=leaves,
        )

    def _order(self) -> NDArray[np.int64]:
        """Sticks, parents before children."""
        children: dict[int, list[int]] = {}
        for stick in range(self.count):
            children.setdefault(int(self.parent[stick]), []).append(stick)
        order: list[int] = []
        waiting = list(reversed(children[-1]))
        while waiting:
            stick = waiting.pop()
            order.append(stick)
            waiting += reversed(children.get(stick, []))
        return np.array(order, dtype=np.int64)


def pruned(tree: VesselTree, nodes: set[int]) -> VesselTree:
    """The tree without some nodes and what hangs on them; radii by the ends that are left.

    The radius of an end stays, so every vessel becomes thinner or stays as it is.
    """
    gone = np.zeros(len(tree.parent), dtype=np.bool_)
    for node in range(1, len(gone)):
        gone[node] = node in nodes or gone[tree.parent[node]]
    # a vessel whose every end is gone has nothing to carry
    leaves = np.zeros(len(gone), dtype=np.int64)
    ends = np.ones(len(gone), dtype=np.bool_)
    ends[tree.parent[1:]] = False
    for node in range(len(gone) - 1, -1, -1):
        leaves[node] += int(ends[node] and not gone[node])
        if node:
            leaves[tree.parent[node]] += leaves[node]
    kept = np.flatnonzero(leaves > 0)
    place = np.full(len(gone), -1)
    place[kept] = np.arange(len(kept))
    end_radius = float(tree.radius_mm[-1] / tree.leaves[-1] ** (1 / MURRAY_EXPONENT))
    return VesselTree(
        points_mm=tree.points_mm[kept],
        parent=np.where(kept == 0, -1, place[np.maximum(tree.parent[kept], 0)]),
        radius_mm=np.asarray(end_radius * leaves[kept] ** (1 / MURRAY_EXPONENT), dtype=np.float64),
        label=tree.label[kept],
        leaves=leaves[kept],
    )
