"""Needle paths in 1,000 random bodies: none crosses what it must not, checked on the shapes and not on the voxels.

Bodies are ellipsoids with a liver, a lesion, and balls, boxes and tubes of forbidden structures. The search knows
the voxels only; here the shapes themselves are intersected with the paths: balls and boxes in closed form, tubes by
points 0.1 mm apart. A shape may reach beyond its voxels by half the diagonal of one (at most 2.2 mm here), and the
clearance is 3 mm, so a path that keeps it on the voxels cannot touch a shape.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from nelm.imaging.lesions import lesion_of
from nelm.imaging.measured import LiverMeasurement, LiverRegions
from nelm.imaging.surroundings import Surroundings
from nelm.knowledge import load_knowledge
from nelm.therapies.ablation import needle_paths as search_module
from nelm.therapies.ablation.knowledge import NeedleKnowledge
from nelm.therapies.ablation.needle_obstacles import Obstacles, obstacles_of
from nelm.therapies.ablation.needle_paths import PathSearch, needle_paths
from nelm.therapies.ablation.needle_rules import needle_rules
from nelm.volume import Grid, Mask, Structure
from tests.balls import random_rotation

BATCHES, BODIES = 10, 100
CLEARANCE_MM = 3.0
KINDS = (Structure.BONE, Structure.LUNG, Structure.BOWEL, Structure.STOMACH, Structure.SPLEEN,
         Structure.PORTAL_VEIN, Structure.GALLBLADDER)  # fmt: skip
RULES = replace(
    needle_rules(load_knowledge().record(NeedleKnowledge, "ablation_needles")),
    organ_clearance_mm=CLEARANCE_MM,
    bone_clearance_mm=CLEARANCE_MM,
    vessel_clearance_mm=CLEARANCE_MM,
    tip_beyond_centre_mm=2.0,
    length_max_mm=45.0,
)
Point = NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    centre: Point
    half: Point
    turned: NDArray[np.float64]

    def inside(self, points: Point) -> NDArray[np.bool_]:
        return np.all(np.abs((points - self.centre) @ self.turned) <= self.half, axis=-1)

    def gap(self, first: Point, last: Point) -> float:
        """Slab method: 0 where the segment meets the box, else a distance by points along it."""
        a, b = (first - self.centre) @ self.turned, (last - self.centre) @ self.turned
        with np.errstate(divide="ignore", invalid="ignore"):
            one, two = (-self.half - a) / (b - a), (self.half - a) / (b - a)
        enter, leave = np.nanmax(np.minimum(one, two)), np.nanmin(np.maximum(one, two))
        if enter <= leave and leave >= 0 and enter <= 1:
            return 0.0
        off = np.maximum(np.abs((dense(first, last) - self.centre) @ self.turned) - self.half, 0)
        return float(np.linalg.norm(off, axis=1).min())


@dataclass(frozen=True)
class Ball:
    centre: Point
    radius: float

    def inside(self, points: Point) -> NDArray[np.bool_]:
        return np.linalg.norm(points - self.centre, axis=-1) <= self.radius

    def gap(self, first: Point, last: Point) -> float:
        along = last - first
        t = np.clip((self.centre - first) @ along / (along @ along), 0, 1)
        return max(0.0, float(np.linalg.norm(first + t * along - self.centre)) - self.radius)


@dataclass(frozen=True)
class Tube:
    start: Point
    end: Point
    radius: float

    def _apart(self, points: Point) -> Point:
        along = self.end - self.start
        t = np.clip((points - self.start) @ along / (along @ along), 0, 1)
        return np.linalg.norm(points - self.start - t[..., None] * along, axis=-1)

    def inside(self, points: Point) -> NDArray[np.bool_]:
        return self._apart(points) <= self.radius

    def gap(self, first: Point, last: Point) -> float:
        return max(0.0, float(self._apart(dense(first, last)).min()) - self.radius)


Shape = Box | Ball | Tube


def dense(first: Point, last: Point) -> Point:
    count = int(np.linalg.norm(last - first) / 0.1) + 2
    return first + np.linspace(0, 1, count)[:, None] * (last - first)


@dataclass(frozen=True)
class Body:
    grid: Grid
    half_axes: Point
    liver_radius: float
    target: Point
    shapes: tuple[tuple[Structure, Shape], ...]
    masks: dict[Structure, NDArray[np.bool_]]
    obstacles: Obstacles


def points_of(grid: Grid) -> Point:
    """Centres of all voxels, (z, y, x, 3)."""
    start, steps = grid.points_of([[0, 0, 0]])[0], grid.spacing_mm[::-1]
    x, y, z = (start[axis] + steps[axis] * np.arange(grid.shape[2 - axis]) for axis in range(3))
    return np.ascontiguousarray(np.stack(np.broadcast_arrays(x, y[:, None], z[:, None, None]), axis=-1))


def drawn(shapes: tuple[tuple[Structure, Shape], ...], points: Point) -> dict[Structure, NDArray[np.bool_]]:
    found: dict[Structure, NDArray[np.bool_]] = {}
    for kind, shape in shapes:
        array = shape.inside(points)
        found[kind] = found[kind] | array if kind in found else array
    return found


def random_shape(rng: np.random.Generator, target: Point) -> Shape:
    """A shape some way off the target."""
    way = rng.normal(size=3)
    centre = target + way / np.linalg.norm(way) * rng.uniform(9, 25)
    kind = rng.integers(3)
    if kind == 0:
        return Ball(centre, rng.uniform(2.5, min(10.0, float(np.linalg.norm(centre - target)) - 6)))
    if kind == 1:
        return Box(centre, rng.uniform(2, 4, 3) * [1, 1, rng.uniform(1, 5)], random_rotation(rng))
    along = rng.normal(size=3)
    along *= rng.uniform(8, 25) / np.linalg.norm(along)
    return Tube(centre - along, centre + along, rng.uniform(2.6, 5))


def random_body(rng: np.random.Generator, shapes: int) -> Body:
    spacing = np.array([rng.uniform(1.6, 3.0), *[rng.uniform(1.6, 2.2)] * 2])
    grid = Grid.axial(tuple(np.ceil(62 / spacing).astype(int)), spacing, -31 + rng.uniform(-1, 1, 3))
    points = points_of(grid)
    axes, radius, target = rng.uniform([24, 22, 26], [29, 27, 30]), rng.uniform(14, 19), rng.uniform(-4, 4, 3)
    found = tuple((KINDS[rng.integers(len(KINDS))], random_shape(rng, target)) for _ in range(shapes))
    arrays = drawn(found, points)
    masks = {kind: Mask(array, grid) for kind, array in arrays.items()}
    portal = masks.pop(Structure.PORTAL_VEIN, None)
    lesion = lesion_of("L1", Mask(Ball(target, 5).inside(points), grid))
    liver = Mask(Ball(np.zeros(3), radius).inside(points), grid)
    skin = Mask(np.linalg.norm(points / axes, axis=-1) <= 1, grid)
    measurement = cast(
        "LiverMeasurement", SimpleNamespace(regions=LiverRegions(liver, (lesion,), portal=portal))
    )
    obstacles = obstacles_of(Surroundings(grid, {**masks, Structure.SKIN: skin}), measurement, RULES)
    return Body(grid, axes, radius, target, found, arrays, obstacles)


def is_vessel(kind: Structure) -> bool:
    return kind is Structure.PORTAL_VEIN


def check_path(body: Body, search: PathSearch) -> None:
    half = np.array(body.grid.spacing_mm) / 2
    for path in search.paths:
        entry, tip = np.array(path.entry_mm), np.array(path.tip_mm)
        for kind, shape in body.shapes:
            if isinstance(shape, Tube) and is_vessel(kind) and shape.radius < 3:
                continue  # may be too narrow, as voxels, to be avoided
            if is_vessel(kind) and not isinstance(shape, Tube):
                continue  # corners of a box are no wide vessel; the voxels of the wide part are checked below
            gap = shape.gap(entry, tip)
            assert gap > 0, (kind, shape, path)
            assert gap >= CLEARANCE_MM - np.linalg.norm(half), (kind, gap)
        places = np.round(body.grid.indices_of(dense(entry, tip))).astype(int)
        kept = np.all((places >= 0) & (places < body.grid.shape), axis=1)
        for kind, array in body.masks.items():
            assert is_vessel(kind) or not array[tuple(places[kept].T)].any(), kind
        off = abs(np.linalg.norm(entry / body.half_axes) - 1) * body.half_axes.max()
        assert off <= 2 * np.linalg.norm(half), "at the skin, give or take a voxel"
        middle = np.array(path.target_mm)
        assert np.allclose(middle, body.target)
        assert np.linalg.norm(tip - middle) == pytest.approx(2.0)
        assert path.length_mm <= RULES.length_max_mm


def check_none(body: Body, search: PathSearch, rng: np.random.Generator) -> None:
    """No direction is free by far: the search errs by two cubes at most, on the safe side."""
    assert search.refused and search.near_miss
    assert search.refused[0][1] <= search.tried
    for way in rng.normal(size=(30, 3)):
        way /= np.linalg.norm(way)
        tip = body.target - 2.0 * way
        scaled, along = tip / body.half_axes, way / body.half_axes
        a, b, c = along @ along, scaled @ along, scaled @ scaled - 1
        length = (-b + np.sqrt(b * b - a * c)) / a
        last = tip + length * way
        ball_b, ball_c = tip @ way, tip @ tip - body.liver_radius**2
        capsule = tip + (-ball_b + np.sqrt(ball_b**2 - ball_c)) * way
        flat = np.degrees(np.arccos(capsule @ way / np.linalg.norm(capsule)))
        gap = min((shape.gap(tip, last) for _, shape in body.shapes), default=np.inf)
        limit = body.grid.points_of([[0, 0, 0], np.array(body.grid.shape) - 1])
        in_image = np.all((last > limit[0] + 3) & (last < limit[1] - 3))
        assert not (gap > CLEARANCE_MM + 7 and length < 40 and flat < 55 and in_image), (gap, length, flat)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_path_crosses_what_it_must_not(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "APART_DEG", 7.0)  # 840 directions: the bodies are many
    rng = np.random.default_rng([17, batch])
    seen: Counter[str] = Counter()
    for _ in range(BODIES):
        body = random_body(rng, int(rng.integers(0, 26)))
        search = needle_paths(body.target, body.obstacles, lesion="L1", keep=2)
        assert search.is_decided
        seen["path" if search.paths else "none"] += 1
        if search.paths:
            check_path(body, search)
        else:
            check_none(body, search, rng)
    assert seen["path"] >= BODIES // 4 and seen["none"] >= 3, seen  # neither of the two is empty talk
