"""Needle paths: the compiled search against plain NumPy, the exact checks against brute force, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from tests.balls import Ellipsoid, ball, mask_of

from nelm.errors import GeometryError
from nelm.imaging.lesions import lesion_of
from nelm.imaging.measured import LiverMeasurement, LiverRegions
from nelm.imaging.surroundings import Surroundings
from nelm.knowledge import load_knowledge
from nelm.therapies.ablation.knowledge import NeedleKnowledge
from nelm.therapies.ablation.needle_checks import distance_mm, segments_apart_mm, way_through
from nelm.therapies.ablation.needle_marching import STEP_MM, even_directions, lines_through
from nelm.therapies.ablation.needle_obstacles import (
    BODY,
    LIVER,
    Obstacles,
    obstacles_of,
    opened,
    touched,
    with_rules,
)
from nelm.therapies.ablation.needle_path import OTHER_NEEDLE, TOO_FLAT, TOO_LONG, surface_angles_deg
from nelm.therapies.ablation.needle_paths import PathSearch, needle_paths, pareto_fronts, ranked
from nelm.therapies.ablation.needle_rules import needle_rules
from nelm.therapies.ablation.needle_words import path_words, search_words, unknown_words
from nelm.volume import Grid, Mask, Structure

GRID = Grid.axial((60, 80, 80), (2.5, 2.0, 2.0), (-79, -79, -73.75))
BODY_SHAPE = Ellipsoid(np.zeros(3), np.array([70.0, 60.0, 200.0]), np.eye(3))
LIVER_SHAPE = ball((-10, 0, 0), 45)
RULES = needle_rules(load_knowledge().record(NeedleKnowledge, "ablation_needles"))
MIDDLE = (-10.0, 0.0, 0.0)


def measured(regions: LiverRegions) -> LiverMeasurement:
    """As much of a measurement as obstacles need."""
    return cast("LiverMeasurement", SimpleNamespace(regions=regions))


def body(
    drawn: dict[Structure, Mask] | None = None, *, at: tuple[float, float, float] = MIDDLE, rules=RULES, **regions
) -> Obstacles:  # fmt: skip
    lesion = lesion_of("L1", mask_of([ball(at, 8)], GRID))
    liver = LiverRegions(mask_of([LIVER_SHAPE], GRID), (lesion, *regions.pop("lesions", ())), **regions)
    around = {Structure.SKIN: mask_of([BODY_SHAPE], GRID), **(drawn or {})}
    return obstacles_of(Surroundings(GRID, around), measured(liver), rules)


def tube(start: tuple[float, float, float], end: tuple[float, float, float], radius: float) -> Mask:
    places = np.argwhere(np.ones(GRID.shape, dtype=bool))
    points, first = GRID.points_of(places), np.array(start)
    along = np.array(end) - first
    t = np.clip((points - first) @ along / (along @ along), 0, 1)
    array = np.linalg.norm(points - first - t[:, None] * along, axis=1) <= radius
    return Mask(array.reshape(GRID.shape), GRID)


def half_space(axis: int, beyond: float) -> Mask:
    points = GRID.points_of(np.argwhere(np.ones(GRID.shape, dtype=bool)))
    inside = points[:, axis] > beyond if beyond > 0 else points[:, axis] < beyond
    return Mask(inside.reshape(GRID.shape), GRID)


def test_the_compiled_march_is_that_of_numpy() -> None:
    rng = np.random.default_rng(5)
    drawn = {Structure.BONE: mask_of([ball(tuple(rng.uniform(-50, 50, 3)), 6) for _ in range(12)], GRID)}
    other = lesion_of("L2", mask_of([ball((-35, 10, 5), 7)], GRID))
    obstacles = body(drawn, portal=tube((-40, 0, 0), (20, 10, 5), 4), lesions=(other,))
    ways = even_directions(9.0)
    tips = np.array(MIDDLE) - 10 * ways
    lines = lines_through(obstacles, tips, ways, own=1)
    for place in range(0, len(ways), 7):
        steps = np.arange(int(RULES.length_max_mm / STEP_MM) + 1)
        start, after = obstacles.grid.indices_of([tips[place], tips[place] + STEP_MM * ways[place]])
        index = np.floor(start + steps[:, None] * (after - start) + 0.5).astype(int)
        within = np.all((index >= 0) & (index < obstacles.grid.shape), axis=1)
        last_in = len(steps) if within.all() else int(np.argmin(within))
        cells = tuple(index[:last_in].T)
        tissue = obstacles.tissue[cells]
        out = np.flatnonzero((tissue & BODY) == 0)
        stop = int(out[0]) if len(out) else last_in
        cells, tissue = tuple(part[:stop] for part in cells), tissue[:stop]
        numbers, spare = obstacles.lesion_at[cells], obstacles.spare_mm[cells]
        liver = (tissue & LIVER) > 0
        lesion = np.flatnonzero(numbers == 1)
        after = int(lesion[-1]) if len(lesion) else -1
        assert lines.left_image[place] == (not len(out) and last_in < len(steps))
        assert np.isnan(lines.length_mm[place]) or lines.length_mm[place] == STEP_MM * stop
        assert lines.spare_mm[place] == spare.min()
        assert lines.spare_at_mm[place] == STEP_MM * int(spare.argmin())
        assert lines.close[place] == np.bitwise_or.reduce(obstacles.close[cells])
        assert lines.capsule_mm[place] == STEP_MM * np.flatnonzero(liver)[-1]
        assert lines.lesion_mm[place] == STEP_MM * max(after, 0)
        assert lines.liver_mm[place] == STEP_MM * np.count_nonzero(
            liver[after + 1 :] & (numbers[after + 1 :] != 1)
        )
        assert lines.other_lesion[place] == bool((numbers == 2).any())


def test_directions_are_even() -> None:
    ways = even_directions(4.0)
    assert np.allclose(np.linalg.norm(ways, axis=1), 1)
    cosines = ways @ ways.T
    np.fill_diagonal(cosines, -1)
    nearest = np.degrees(np.arccos(cosines.max(axis=1)))
    assert nearest.min() > 2.5 and nearest.max() < 5.0
    assert np.abs(ways.mean(axis=0)).max() < 0.01


def test_every_voxel_of_a_way_is_found() -> None:
    rng = np.random.default_rng(2)
    for _ in range(30):
        grid = Grid.axial((20, 20, 20), rng.uniform(0.5, 4, 3), rng.uniform(-3, 3, 3))
        first, last = grid.points_of(rng.uniform(-1, 20, (2, 3)))
        way = way_through(grid, first, last)
        dense = np.floor(grid.indices_of(first + np.linspace(0, 1, 20001)[:, None] * (last - first)) + 0.5)
        steps = np.any(np.diff(dense, axis=0) != 0, axis=1)
        seen = dense[np.concatenate([[True], steps])]
        found = {tuple(item) for item in way.indices.tolist()}
        assert {tuple(item) for item in seen.astype(int).tolist()} <= found
        assert np.all(np.abs(np.diff(way.indices, axis=0)).sum(axis=1) <= 1)  # from face to face
        assert way.to_mm[-1] == pytest.approx(np.linalg.norm(last - first))


def test_distances_to_voxels_are_those_of_brute_force() -> None:
    rng = np.random.default_rng(8)
    obstacles = body({Structure.STOMACH: mask_of([ball((40, 20, 20), 14)], GRID)})
    (item,) = obstacles.items
    half = np.array(GRID.spacing_mm)[::-1] / 2
    centres = item.mask.grid.points_of(np.argwhere(item.mask.array))
    for _ in range(12):
        first, last = rng.uniform(-40, 60, (2, 3))
        samples = first + np.linspace(0, 1, 1500)[:, None] * (last - first)
        gaps = [np.linalg.norm(np.maximum(np.abs(p - centres) - half, 0), axis=1).min() for p in samples]
        assert distance_mm(item, first, last) == pytest.approx(min(gaps), abs=0.13)


def test_distances_of_segments_are_those_of_brute_force() -> None:
    rng = np.random.default_rng(3)
    first, last = rng.uniform(-10, 10, (2, 40, 3))
    a, b = rng.uniform(-10, 10, (2, 3))
    found = segments_apart_mm(first, last, a, b)
    steps = np.linspace(0, 1, 401)[:, None]
    other = a + steps * (b - a)
    for place in range(40):
        own = first[place] + steps * (last[place] - first[place])
        brute = np.linalg.norm(own[:, None] - other[None], axis=2).min()
        assert found[place] == pytest.approx(brute, abs=0.06)
    parallel = segments_apart_mm(
        np.zeros((1, 3)), np.array([[0, 0, 9.0]]), np.array([3.0, 0, 4]), np.array([3.0, 0, 20])
    )
    assert parallel[0] == pytest.approx(3.0)


def test_cubes_hold_every_voxel_that_reaches_into_them() -> None:
    rng = np.random.default_rng(4)
    for spacing in ((1.6, 0.74, 0.74), (5.0, 0.9, 0.9), (2.0, 2.0, 2.0)):
        grid = Grid.axial((12, 30, 30), spacing, rng.uniform(-2, 2, 3))
        mask = Mask(rng.random(grid.shape) < 0.02, grid)
        cubes = Grid.axial((34, 20, 20), (2.0, 2.0, 2.0), rng.uniform(-3, 0, 3))
        found = touched(mask, cubes)
        centres = np.argwhere(mask.array)
        corners = cubes.indices_of(grid.points_of(centres))
        reach = np.array(spacing) / 2 / 2
        for k, j, i in np.argwhere(np.ones(cubes.shape, dtype=bool))[::53]:
            apart = np.abs(corners - [k, j, i])
            assert found[k, j, i] == bool(np.any(np.all(apart < 0.5 + reach - 1e-9, axis=1)))


def test_narrow_vessels_are_no_obstacle_and_wide_ones_are() -> None:
    box = (slice(0, 60), slice(0, 80), slice(0, 80))
    wide, narrow = tube((-40, 0, 0), (40, 0, 0), 5.0), tube((-40, 0, 0), (40, 0, 0), 1.5)
    kept = opened(wide, box, 4.0)
    assert np.count_nonzero(kept.array) > 0.95 * np.count_nonzero(wide.array)
    assert np.all(wide.array | ~kept.array)
    assert opened(narrow, box, 6.0).is_empty


def test_angles_to_the_capsule_are_those_of_a_ball() -> None:
    obstacles = body()
    rng = np.random.default_rng(1)
    normals = rng.normal(size=(60, 3))
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    ways = rng.normal(size=(60, 3))
    ways /= np.linalg.norm(ways, axis=1)[:, None]
    found = surface_angles_deg(obstacles, np.array(MIDDLE) + 45 * normals, ways)
    true = np.degrees(np.arccos(np.einsum("ij,ij->i", normals, ways)))
    assert np.abs(found - true).max() < 6.0  # cubes of 2 mm, blurred


def test_the_best_path_of_an_open_body_is_short_and_flat() -> None:
    search = needle_paths(MIDDLE, body(), lesion="L1")
    best = search.best
    assert best is not None and search.free > 0
    assert best.axial_angle_deg < 5 and best.length_mm < 85 and not best.cautions
    assert best.behind_deg > RULES.behind_angle_deg
    assert best.liver_before_lesion_mm == pytest.approx(45 - 8, abs=3)
    words = path_words(best)
    assert "no structure is segmented" in words and "mm of liver" in words
    assert "bowel" in unknown_words(search) and "pleura" in unknown_words(search)


def test_paths_that_are_given_are_different_approaches() -> None:
    search = needle_paths(MIDDLE, body(), lesion="L1", keep=3)
    assert len(search.paths) == 3
    ways = np.array([path.outward for path in search.paths])
    assert np.degrees(np.arccos(np.triu(ways @ ways.T, 1).max())) > 6  # ten degrees before they are refined


def test_a_closed_shell_leaves_no_path_and_says_so() -> None:
    shell = Mask(ball(MIDDLE, 60).at(GRID) & ~ball(MIDDLE, 54).at(GRID), GRID)
    search = needle_paths(MIDDLE, body({Structure.BONE: shell}), lesion="L1")
    assert search.is_decided and not search.paths
    assert search.refused[0] == ("bone", search.tried) or dict(search.refused)["bone"] > 0.6 * search.tried
    words = search_words(search)
    assert "no path" in words and "% meet bone" in words and "too near to bone" in words


def test_a_gap_in_the_shell_is_the_way() -> None:
    shell = ball(MIDDLE, 58).at(GRID) & ~ball(MIDDLE, 52).at(GRID)
    hole = tube(MIDDLE, (-10, -70, 0), 9.0).array
    search = needle_paths(MIDDLE, body({Structure.BONE: Mask(shell & ~hole, GRID)}), lesion="L1")
    assert search.best is not None
    assert np.degrees(np.arccos(search.best.outward @ np.array([0, -1.0, 0]))) < 6
    assert search.best.distances[0][0] == "bone"
    assert search.best.distances[0][1] >= RULES.bone_clearance_mm


def test_a_needle_that_is_too_short_says_so() -> None:
    rules = replace(RULES, length_max_mm=30.0)
    search = needle_paths(MIDDLE, body(rules=rules), lesion="L1")
    assert not search.paths and dict(search.refused)[TOO_LONG] == search.tried


def test_flat_punctures_are_refused() -> None:
    search = needle_paths((-10, -44, 0), body(at=(-10, -38, 0)), lesion="L1", beyond_mm=0.0)
    assert dict(search.refused)[TOO_FLAT] > 0
    assert all((path.capsule_angle_deg or 0) <= RULES.capsule_angle_max_deg for path in search.paths)


def test_a_lesion_at_the_surface_is_reached_through_liver_or_with_a_caution() -> None:
    search = needle_paths((-10, -36, 0), body(at=(-10, -36, 0)), lesion="L1")
    for path in search.paths:
        short = path.liver_before_lesion_mm < RULES.liver_before_lesion_min_mm
        assert short == any("direct puncture" in text for text in path.cautions)


def test_other_needles_are_kept_away() -> None:
    obstacles = body()
    first = needle_paths(MIDDLE, obstacles, lesion="L1").best
    assert first is not None
    second = needle_paths((-10, 0, 14), obstacles, lesion="L1", other_needles=[first.needle])
    assert dict(second.refused)[OTHER_NEEDLE] > 0
    a, b = (np.array(end) for end in first.needle)
    for path in second.paths:
        apart = segments_apart_mm(np.array([path.entry_mm]), np.array([path.tip_mm]), a, b)[0]
        assert apart >= RULES.needle_spacing_min_mm
    wide = with_rules(obstacles, needle_spacing_min_mm=60.0)
    assert not needle_paths((-10, 0, 14), wide, lesion="L1", other_needles=[first.needle]).paths


def test_rules_that_change_the_maps_need_new_ones() -> None:
    with pytest.raises(ValueError, match="organ_clearance_mm"):
        with_rules(body(), organ_clearance_mm=1.0)


def test_what_cannot_be_decided_is_not() -> None:
    lesion = lesion_of("L1", mask_of([ball(MIDDLE, 8)], GRID))
    regions = LiverRegions(mask_of([LIVER_SHAPE], GRID), (lesion,))
    bare = obstacles_of(Surroundings(GRID, {}), measured(regions), RULES)
    for search in (
        needle_paths(MIDDLE, bare),
        needle_paths((75, 75, 0), body()),
        needle_paths((900, 0, 0), body()),
    ):
        assert isinstance(search, PathSearch) and not search.is_decided and not search.paths
        assert search_words(search)


def test_wrong_geometry_is_refused() -> None:
    other = Grid.axial((60, 80, 80), (2.5, 2.0, 2.0), (0, 0, 0))
    lesion = lesion_of("L1", mask_of([ball(MIDDLE, 8)], GRID))
    regions = LiverRegions(mask_of([LIVER_SHAPE], GRID), (lesion,))
    with pytest.raises(GeometryError, match="another grid"):
        obstacles_of(Surroundings(other, {}), measured(regions), RULES)
    nothing = LiverRegions(Mask(np.zeros(GRID.shape, dtype=bool), GRID), ())
    with pytest.raises(GeometryError, match="empty"):
        obstacles_of(Surroundings(GRID, {}), measured(nothing), RULES)


def test_gas_in_the_body_is_no_skin() -> None:
    skin = BODY_SHAPE.at(GRID) & ~ball((-10, -50, 0), 6).at(GRID)
    search = needle_paths(MIDDLE, body({Structure.SKIN: Mask(skin, GRID)}), lesion="L1")
    for path in search.paths:
        entry = np.array(path.entry_mm) / BODY_SHAPE.half_axes
        assert np.linalg.norm(entry) == pytest.approx(1.0, abs=0.06)


def test_the_order_is_as_stated() -> None:
    criteria = np.array(
        [[1, -9, 50, 0, 0], [0, -9, 90, 9, 9], [0, -2, 60, 9, 9], [0, -9, 95, 9, 10]], dtype=float
    )
    assert pareto_fronts(criteria).tolist() == [0, 0, 0, 1]
    assert ranked(criteria, body()).tolist() == [1, 2, 0, 3]
