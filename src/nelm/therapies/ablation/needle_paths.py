"""Straight ways from the skin to a point: all directions are tried, the free ones ranked, the refused ones counted.

Order of the paths. First those that no other path beats or equals in everything (Pareto): number of cautions, spare
distance to structures, length, angle out of the axial plane, angle to the capsule. Within such a front: fewest
cautions, then the most spare distance (in steps, up to what is enough), then the shortest (in steps), the nearest to
the axial plane (in steps), and the steepest to the capsule. There is no weighted score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nelm.therapies.ablation.needle_checks import Point, segments_apart_mm
from nelm.therapies.ablation.needle_marching import Lines, even_directions, lines_through
from nelm.therapies.ablation.needle_obstacles import BODY, Obstacles
from nelm.therapies.ablation.needle_path import (
    BACKWARD,
    LEAVES_IMAGE,
    OTHER_NEEDLE,
    TIP_OUTSIDE,
    TOO_FLAT,
    TOO_LONG,
    Needle,
    NeedlePath,
    Triple,
    faults_of,
    measured_path,
    surface_angles_deg,
)

APART_DEG = 2.0
"""Between neighbouring directions of the first search."""
FINE_DEG = 0.5
"""Between those of the second search around the best."""
APPROACH_DEG = 10.0
"""Paths nearer to each other are one approach, of which the best is given."""
LOOKED_AT = 48
"""Approaches that are ranked against each other."""

Directions = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PathSearch:
    """What came of a search.

    Parameters
    ----------
    target_mm : What was aimed at, the middle of a zone (x, y, z) [mm].
    paths : Best first; empty where there is none.
    tried, free : Number of directions, and of those that nothing rules out.
    refused : What directions met, with how many met it, the most frequent first; one direction can meet several.
    near_miss : The least wrong of the refused directions, in words; empty where a path was found.
    unknown : Structures that are not segmented, which every path may cross.
    is_decided : False where no path could be looked for: no skin, or a target outside the body.
    """

    target_mm: Triple
    paths: tuple[NeedlePath, ...]
    tried: int
    free: int
    refused: tuple[tuple[str, int], ...]
    near_miss: str
    unknown: tuple[str, ...]
    is_decided: bool = True

    @property
    def best(self) -> NeedlePath | None:
        """The first path."""
        return self.paths[0] if self.paths else None


def needle_paths(
    target_mm: ArrayLike,
    obstacles: Obstacles,
    *,
    lesion: str = "",
    beyond_mm: float | None = None,
    other_needles: Sequence[Needle] = (),
    keep: int = 3,
) -> PathSearch:
    """The best paths to a point.

    Parameters
    ----------
    target_mm : The middle of the zone (x, y, z) [mm].
    lesion : Name of the lesion that it lies in.
    beyond_mm : From there to the tip; by default as the rules have it.
    other_needles : Needles that lie there already.
    keep : How many approaches are given.

    Notes
    -----
    Every path that is returned passes no voxel of a structure and keeps its clearance on the segmentation itself
    (`needle_checks.py`), not only on the cubes of the search.
    """
    target = np.asarray(target_mm, dtype=np.float64)
    point = (float(target[0]), float(target[1]), float(target[2]))
    if obstacles.skin is None or obstacles.skin.is_empty:
        why = "the skin is not segmented: no way in can be looked for"
        return PathSearch(point, (), 0, 0, (), why, obstacles.unknown, is_decided=False)
    beyond = obstacles.rules.tip_beyond_centre_mm if beyond_mm is None else beyond_mm
    aim = _Aim(obstacles, target, beyond, obstacles.number_of(lesion), lesion, tuple(other_needles))
    if not _is_in_body(obstacles, target):
        why = "the target lies outside the body or the image"
        return PathSearch(point, (), 0, 0, (), why, obstacles.unknown, is_decided=False)
    directions = even_directions(APART_DEG)
    seen = _seen(aim, directions)
    found = (
        _best(aim, directions[seen.is_free], seen.chosen(seen.is_free), keep) if seen.is_free.any() else []
    )
    return PathSearch(
        point,
        tuple(found),
        len(directions),
        int(np.count_nonzero(seen.is_free)),
        _refused(aim, seen),
        "" if found else _near_miss(aim, seen),
        obstacles.unknown,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Aim:
    """What is aimed at."""

    obstacles: Obstacles
    target: Point
    beyond_mm: float
    own: int
    lesion: str
    others: tuple[Needle, ...]

    def tips(self, outward: Directions) -> NDArray[np.float64]:
        """Tips of needles that come from these directions."""
        return self.target - self.beyond_mm * outward


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What was met in n directions, with angles and verdicts."""

    lines: Lines
    capsule_deg: NDArray[np.float64]
    axial_deg: NDArray[np.float64]
    cautions: NDArray[np.intp]
    needle_near: NDArray[np.bool_]
    too_flat: NDArray[np.bool_]
    tip_outside: NDArray[np.bool_]

    @property
    def is_free(self) -> NDArray[np.bool_]:
        """Directions that nothing rules out."""
        reached = np.isfinite(self.lines.length_mm)
        return reached & ~self.tip_outside & (self.lines.spare_mm >= 0) & ~self.needle_near & ~self.too_flat

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> _Seen:
        """Some of the directions."""
        lines = Lines(*(getattr(self.lines, name)[which] for name in Lines.__dataclass_fields__))
        return replace(
            self,
            lines=lines,
            capsule_deg=self.capsule_deg[which],
            axial_deg=self.axial_deg[which],
            cautions=self.cautions[which],
            needle_near=self.needle_near[which],
            too_flat=self.too_flat[which],
            tip_outside=self.tip_outside[which],
        )

    def criteria(self, obstacles: Obstacles) -> NDArray[np.float64]:
        """(n, 5) the smaller the better: cautions, spare distance (negative), length, two angles."""
        spare = np.minimum(self.lines.spare_mm, obstacles.rules.clearance_enough_mm).astype(np.float64)
        return np.stack(
            [
                self.cautions.astype(np.float64),
                -spare,
                self.lines.length_mm,
                self.axial_deg,
                self.capsule_deg,
            ],
            axis=1,
        )


def _seen(aim: _Aim, outward: Directions) -> _Seen:
    """What lies in these directions."""
    obstacles, rules = aim.obstacles, aim.obstacles.rules
    tips = aim.tips(outward)
    lines = lines_through(obstacles, tips, outward, own=aim.own)
    capsule = surface_angles_deg(obstacles, tips + lines.capsule_mm[:, None] * outward, outward)
    axial = np.degrees(np.arcsin(np.minimum(1.0, np.abs(outward[:, 2]))))
    behind = np.degrees(np.arccos(np.clip(outward @ BACKWARD, -1, 1)))
    cautions = (
        (lines.liver_mm < rules.liver_before_lesion_min_mm).astype(np.intp)
        + (axial > rules.axial_angle_caution_deg)
        + (behind < rules.behind_angle_deg)
        + lines.other_lesion
    )
    needle_near = np.zeros(len(outward), dtype=bool)
    entries = tips + np.nan_to_num(lines.length_mm)[:, None] * outward
    for entry, tip in aim.others:
        apart = segments_apart_mm(entries, tips, np.array(entry), np.array(tip))
        needle_near |= apart < rules.needle_spacing_min_mm
    passes_liver = lines.capsule_mm > 0
    too_flat = passes_liver & (capsule > rules.capsule_angle_max_deg)
    return _Seen(lines, capsule, axial, cautions, needle_near, too_flat, lines.length_mm <= aim.beyond_mm)


def _best(aim: _Aim, directions: Directions, seen: _Seen, keep: int) -> list[NeedlePath]:
    """The best approaches, refined, measured on the segmentation, and ranked by what was measured there."""
    order = ranked(seen.criteria(aim.obstacles), aim.obstacles)
    chosen = _approaches(directions, order)
    again = ranked(seen.criteria(aim.obstacles)[chosen], aim.obstacles)
    found: list[NeedlePath] = []
    for place in chosen[again]:
        path = _refined(aim, directions[place])
        if path is not None:
            found.append(path)
        if len(found) == keep:
            break
    table = np.array([_criteria_of(path, aim.obstacles) for path in found]).reshape(len(found), 5)
    return [found[place] for place in ranked(table, aim.obstacles)]


def ranked(criteria: NDArray[np.float64], obstacles: Obstacles) -> NDArray[np.intp]:
    """The order of paths by (n, 5) criteria; Pareto fronts first where there are few enough to compare."""
    rules = obstacles.rules
    steps = np.array([1, rules.clearance_step_mm, rules.length_step_mm, rules.angle_step_deg, 1e-9])
    stepped = np.round(criteria / steps, 6)
    stepped[:, 1] = np.ceil(stepped[:, 1])
    stepped[:, 2:4] = np.floor(stepped[:, 2:4])
    front = (
        pareto_fronts(criteria) if len(criteria) <= 4 * LOOKED_AT else np.zeros(len(criteria), dtype=np.intp)
    )
    return np.lexsort((*stepped.T[::-1], front))


def pareto_fronts(criteria: NDArray[np.float64]) -> NDArray[np.intp]:
    """Number of the front of each row: 0 for those that no other row beats or equals in every column."""
    better = np.all(criteria[:, None] <= criteria[None], axis=2) & np.any(
        criteria[:, None] < criteria[None], axis=2
    )
    fronts = np.full(len(criteria), -1, dtype=np.intp)
    number = 0
    while (left := fronts < 0).any():
        beaten = better[left].any(axis=0)
        fronts[left & ~beaten] = number
        number += 1
    return fronts


def _approaches(directions: Directions, order: NDArray[np.intp]) -> NDArray[np.intp]:
    """The first of each approach, in this order."""
    near = np.cos(np.radians(APPROACH_DEG))
    open_ones = np.ones(len(directions), dtype=bool)
    found: list[int] = []
    for place in order:
        if open_ones[place]:
            found.append(int(place))
            open_ones &= directions @ directions[place] < near
            if len(found) == LOOKED_AT:
                break
    return np.array(found, dtype=np.intp)


def _refined(aim: _Aim, outward: Point) -> NeedlePath | None:
    """The best path around a direction that passes on the segmentation; None where none does."""
    directions = np.concatenate([outward[None], _around(outward)])
    seen = _seen(aim, directions)
    free = np.flatnonzero(seen.is_free)
    if not len(free):
        return None
    order = free[ranked(seen.criteria(aim.obstacles)[free], aim.obstacles)]
    for place in order[:CHECKED]:
        path = measured_path(
            aim.obstacles, aim.target, aim.tips(directions[place]), directions[place],
            way_out_mm=float(seen.lines.length_mm[place]), lesion=aim.lesion,
        )  # fmt: skip
        if not faults_of(path, aim.obstacles, aim.others):
            return path
    return None


CHECKED = 3
"""Neighbouring directions that are checked on the segmentation before an approach is given up."""


def _around(outward: Point) -> Directions:
    """Directions within a degree and a half of one."""
    helper = np.eye(3)[int(np.argmin(np.abs(outward)))]
    first = np.cross(outward, helper)
    first /= np.linalg.norm(first)
    second = np.cross(outward, first)
    steps = np.radians(FINE_DEG) * np.arange(-3.0, 4.0)
    turned = outward + (steps[:, None, None] * first + steps[:, None] * second).reshape(-1, 3)
    return turned / np.linalg.norm(turned, axis=1)[:, None]


def _criteria_of(path: NeedlePath, obstacles: Obstacles) -> tuple[float, float, float, float, float]:
    """The criteria of a measured path."""
    spare = min(path.spare_mm, obstacles.rules.clearance_enough_mm)
    return (
        float(len(path.cautions)),
        -spare,
        path.length_mm,
        path.axial_angle_deg,
        path.capsule_angle_deg or 0.0,
    )


def _refused(aim: _Aim, seen: _Seen) -> tuple[tuple[str, int], ...]:
    """What directions met and how many did, the most frequent first."""
    lines = seen.lines
    missed = np.isnan(lines.length_mm)
    counts = [
        (item.name, int(np.count_nonzero(lines.close >> np.uint32(place) & np.uint32(1))))
        for place, item in enumerate(aim.obstacles.items)
    ]
    counts += [
        (LEAVES_IMAGE, int(np.count_nonzero(missed & lines.left_image))),
        (TOO_LONG, int(np.count_nonzero(missed & ~lines.left_image))),
        (TOO_FLAT, int(np.count_nonzero(seen.too_flat))),
        (OTHER_NEEDLE, int(np.count_nonzero(seen.needle_near))),
        (TIP_OUTSIDE, int(np.count_nonzero(seen.tip_outside))),
    ]
    return tuple(sorted(((name, count) for name, count in counts if count), key=lambda pair: -pair[1]))


def _is_in_body(obstacles: Obstacles, point: Point) -> bool:
    """Whether a point lies in a cube of the body."""
    z, y, x = (int(item) for item in np.floor(obstacles.grid.indices_of([point])[0] + 0.5))
    if any(not 0 <= item < n for item, n in zip((z, y, x), obstacles.grid.shape, strict=True)):
        return False
    return bool(obstacles.tissue[z, y, x] & BODY)


def _near_miss(aim: _Aim, seen: _Seen) -> str:
    """The direction that comes nearest to being free."""
    lines = seen.lines
    usable = np.isfinite(lines.length_mm) & ~seen.tip_outside & ~seen.needle_near & ~seen.too_flat
    if not usable.any():
        return "no direction reaches the skin at a usable length and angle"
    place = int(np.argmax(np.where(usable, lines.spare_mm, -np.inf)))
    short = -float(lines.spare_mm[place])
    if short <= 0:
        return "directions that are free on cubes of 2 mm fail on the segmentation itself"
    item = aim.obstacles.items[int(lines.nearest[place])]
    where = f"{lines.spare_at_mm[place]:.0f} mm from the tip"
    return (
        f"a path of {lines.length_mm[place]:.0f} mm comes {short:.1f} mm too near to {item.name} {where} "
        f"(wanted distance {item.clearance_mm:g} mm)"
    )
