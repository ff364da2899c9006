"""Places for lesions in a liver: clear of trunks, of the capsule and of each other, in pairs where asked."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nelm.errors import ConvergenceError
from nelm.imaging.phantom.lesion_shapes import LesionShape
from nelm.imaging.phantom.lesions import Course, LesionPlan, SyntheticLesion
from nelm.imaging.phantom.scaffolds import Trunk, sticks
from nelm.imaging.phantom.shapes import Points
from nelm.imaging.phantom.trees import nearest_wall
from nelm.imaging.phantom.vessels import LiverRoom
from nelm.volume.grid import Triple

ROUND_BELOW_MM = 8.0
"""Lesions smaller than this are spheres: a form of a few voxels is not seen."""
BESIDE_MM = 1.5
"""Least tissue between a lesion and the capsule or a trunk."""
PAIR_OVERLAP_MM = 0.4
MERGED_SHARE = 0.85
"""How deep merging lesions grow into each other at last, in radii of the smaller one."""
MERGING_GAP_MM = 3.0
"""Between the surfaces of a pair that will merge, at first."""
PAIR_TRIES = 300
TRIES = 25
SNUG_ABOVE_MM = 12.0
SNUG_SHARE = 0.15
"""Large lesions go to the tightest of the places where they fit, so that the next ones find room."""
LARGE_SHARE = 0.45
"""Lesions above this share of the largest do not grow: there would be no room."""
NEGATIVE_SUV, POSITIVE_SUV, GLYCOLYTIC_SUV = (2.0, 3.5), (12.0, 45.0), (5.0, 12.0)
FDG_LIVER_SUV = 2.3
NOWHERE: Triple = (0.0, 0.0, 0.0)


class Places:
    """Where lesions may still go: voxels of the liver and the largest ball that fits at each.

    Parameters
    ----------
    room : The liver on the working grid.
    trunks : Portal and hepatic trunks; lesions keep clear of all, where that is possible, else of the essential.
    """

    def __init__(self, room: LiverRoom, trunks: tuple[Trunk, ...]) -> None:
        inside = np.argwhere(room.inside_mm > BESIDE_MM)
        self.grid = room.grid
        self.points = room.grid.points_of(inside)
        self.number = np.full(room.grid.shape, -1)
        self.number[tuple(inside.T)] = np.arange(len(inside))
        capsule = room.inside_mm[tuple(inside.T)] - BESIDE_MM
        essential = tuple(trunk for trunk in trunks if trunk.is_essential)
        self.clear_mm = np.minimum(capsule, nearest_wall(self.points, *sticks(trunks)) - BESIDE_MM)
        self.essential_mm = np.minimum(capsule, nearest_wall(self.points, *sticks(essential)) - BESIDE_MM)

    def drawn(self, radius_mm: float, rng: np.random.Generator) -> NDArray[np.float64] | None:
        """A place at random where a ball fits, clear of all trunks if there is such a place; None if there is none."""
        for clear in (self.clear_mm, self.essential_mm):
            found = np.flatnonzero(clear >= radius_mm)
            if len(found) and radius_mm > SNUG_ABOVE_MM:
                found = found[clear[found] <= np.quantile(clear[found], SNUG_SHARE)]
            if len(found):
                return self.points[rng.choice(found)]
        return None

    def fits(self, point: NDArray[np.float64], radius_mm: float) -> bool:
        """Whether a ball fits at a point."""
        index = np.rint(self.grid.indices_of(point[None])[0]).astype(int)
        if (index < 0).any() or (index >= self.grid.shape).any():
            return False
        number = int(self.number[tuple(index)])
        return number >= 0 and float(self.clear_mm[number]) >= radius_mm

    def take(self, centre: Triple, radius_mm: float) -> None:
        """Keep a ball free of others."""
        away = np.linalg.norm(self.points - np.array(centre), axis=1) - radius_mm
        self.clear_mm = np.minimum(self.clear_mm, away)
        self.essential_mm = np.minimum(self.essential_mm, away)


def lesions_in(
    room: LiverRoom,
    trunks: tuple[Trunk, ...],
    plan: LesionPlan,
    rng: np.random.Generator,
    *,
    time_points: int,
) -> tuple[SyntheticLesion, ...]:
    """Lesions placed in a liver, the largest first.

    Parameters
    ----------
    room : The liver on the working grid.
    trunks : Portal and hepatic trunks that lesions keep clear of.
    plan : Which lesions.
    time_points : How many there are; with one, nothing merges and nothing is new.

    Raises
    ------
    ConvergenceError
        When a lesion does not fit.
    """
    drafts = _drafts(plan, rng, time_points=time_points)
    empty = Places(room, trunks)
    for attempt in range(TRIES):
        try:
            return _all_placed(copy(empty), drafts, plan, rng)
        except ConvergenceError:
            if attempt == TRIES - 1:
                raise
    return ()


def _all_placed(
    places: Places, drafts: list[SyntheticLesion], plan: LesionPlan, rng: np.random.Generator
) -> tuple[SyntheticLesion, ...]:
    """Every lesion at a place; raises ConvergenceError when one finds none."""
    placed: dict[str, SyntheticLesion] = {}
    for lesion in drafts:
        if lesion.name in placed:
            continue
        partner = next((other for other in drafts if other.name == lesion.partner), None)
        found = _alone(places, lesion, rng) if partner is None else _pair(places, (lesion, partner), rng)
        for one in found:
            placed[one.name] = one
            places.take(one.centre_mm, one.reach_mm + plan.gap_mm)
    return tuple(placed[lesion.name] for lesion in drafts)


def _drafts(plan: LesionPlan, rng: np.random.Generator, *, time_points: int) -> list[SyntheticLesion]:
    """Lesions without a place."""
    diameters = sorted(plan.diameters_mm, reverse=True)
    partners = _partners(plan, time_points)
    drafts: list[SyntheticLesion] = []
    for place, diameter in enumerate(diameters):
        course, partner = partners.get(place, (None, None))
        if course is None:
            large = diameter > LARGE_SHARE * diameters[0]
            course = Course(
                rng.choice([Course.STABLE, Course.SHRINKING if large else Course.GROWING, Course.SHRINKING])
            )
        radii = _radii(diameter / 2, course, rng, time_points=time_points)
        draft = _draft(f"L{place + 1}", radii, plan, rng)
        drafts.append(replace(draft, course=course, partner=None if partner is None else f"L{partner + 1}"))
    for number in range(plan.new if time_points > 1 else 0):
        last = float(rng.uniform(5, 8))
        radii = (0.0, *np.linspace(0.7 * last, last, time_points - 1).tolist())
        drafts.append(replace(_draft(f"N{number + 1}", radii, plan, rng), course=Course.NEW))
    return drafts


def _partners(plan: LesionPlan, time_points: int) -> dict[int, tuple[Course, int]]:
    """Which lesions come in pairs: neighbours in size, from the first third downwards."""
    merges = plan.merges if time_points > 1 else 0
    pairs = merges + plan.touching_pairs
    first = max(0, min(len(plan.diameters_mm) // 3, len(plan.diameters_mm) - 2 * pairs))
    found: dict[int, tuple[Course, int]] = {}
    for pair in range(pairs):
        a, b = first + 2 * pair, first + 2 * pair + 1
        course = Course.MERGING if pair < merges else Course.STABLE
        found[a], found[b] = (course, b), (course, a)
    return found


def _radii(radius: float, course: Course, rng: np.random.Generator, *, time_points: int) -> tuple[float, ...]:
    """Effective radii over time of a lesion that does not merge."""
    factor = 1.0
    if course is Course.GROWING:
        factor = float(rng.uniform(1.15, 1.35))
    elif course is Course.SHRINKING:
        factor = float(rng.uniform(0.65, 0.85))
    return tuple((radius * np.linspace(1, factor, time_points)).tolist())


def _draft(
    name: str, radii: tuple[float, ...], plan: LesionPlan, rng: np.random.Generator
) -> SyntheticLesion:
    """A lesion with a form and an uptake, without a place."""
    is_negative = bool(rng.random() < plan.receptor_negative)
    sstr = float(rng.uniform(*NEGATIVE_SUV) if is_negative else rng.uniform(*POSITIVE_SUV))
    # a lesion that has lost its receptors is more often glycolytic
    is_glycolytic = bool(rng.random() < plan.fdg_positive * (2 if is_negative else 0.8))
    fdg = float(rng.uniform(*GLYCOLYTIC_SUV)) if is_glycolytic else FDG_LIVER_SUV
    small = 2 * min(r for r in radii if r > 0) < ROUND_BELOW_MM
    shape = LesionShape.random(rng, roundness=1.0 if small else float(rng.uniform(0, 0.3)))
    return SyntheticLesion(name, shape, NOWHERE, radii, round(sstr, 1), round(fdg, 1))


def _alone(places: Places, lesion: SyntheticLesion, rng: np.random.Generator) -> tuple[SyntheticLesion, ...]:
    """A lesion at a place where it fits."""
    place = places.drawn(lesion.reach_mm, rng)
    if place is None:
        raise _no_room(lesion)
    return (replace(lesion, centre_mm=_triple(place)),)


def _pair(
    places: Places, pair: tuple[SyntheticLesion, SyntheticLesion], rng: np.random.Generator
) -> tuple[SyntheticLesion, ...]:
    """Two lesions beside each other: touching, or apart by the gap and growing into each other."""
    for direction in _random_directions(rng, PAIR_TRIES):
        one, other, apart = _spaced(pair, direction)
        centre = places.drawn(one.reach_mm, rng)
        if centre is None:
            break
        beside = centre + apart * direction
        if places.fits(beside, other.reach_mm):
            return replace(one, centre_mm=_triple(centre)), replace(other, centre_mm=_triple(beside))
    raise _no_room(pair[0])


def _spaced(
    pair: tuple[SyntheticLesion, SyntheticLesion], direction: NDArray[np.float64]
) -> tuple[SyntheticLesion, SyntheticLesion, float]:
    """A pair with its radii over time and the distance of the centres."""
    one, other = pair
    reaches = (
        one.radii_mm[0] * float(one.shape.radius(Points.of(direction))),
        other.radii_mm[0] * float(other.shape.radius(Points.of(-direction))),
    )
    if one.course is not Course.MERGING:
        return one, other, sum(reaches) - PAIR_OVERLAP_MM
    apart = sum(reaches) + MERGING_GAP_MM
    factor = apart / (sum(reaches) - MERGED_SHARE * min(reaches))
    grown = [
        replace(lesion, radii_mm=(*lesion.radii_mm[:-1], lesion.radii_mm[0] * factor)) for lesion in pair
    ]
    return grown[0], grown[1], apart


def _random_directions(rng: np.random.Generator, count: int) -> Iterator[NDArray[np.float64]]:
    """Unit vectors."""
    for vector in rng.normal(size=(count, 3)):
        yield vector / np.linalg.norm(vector)


def _triple(point: NDArray[np.float64]) -> Triple:
    """A point as a tuple."""
    x, y, z = point.tolist()
    return x, y, z


def _no_room(lesion: SyntheticLesion) -> ConvergenceError:
    """There is no place for a lesion."""
    return ConvergenceError(
        f"no place in the synthetic liver for a lesion of {2 * max(lesion.radii_mm):.0f} mm",
        where=f"lesion {lesion.name}",
        expected="lesions that fit beside each other and the great vessels",
        remedy="Ask for fewer or smaller lesions, a smaller gap, or try another seed",
    )
