"""Which lesion is which at the next examination: same, new, not seen, split, merged.

Lesions of two examinations on one patient (registered before; masks on one lattice) are linked where they overlap, or
where they are nearer than the registration can tell. Links are sorted out by the best one-to-one assignment; what is
left over is a split or a merge when most of the smaller lesion lies in the other one. A link that the registration
error alone could make or break is flagged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import linear_sum_assignment

from nelm.imaging.distances import distance_to
from nelm.imaging.lesions.lesion import Lesion
from nelm.volume import Mask

MOSTLY_INSIDE = 0.5
"""Share of the smaller lesion that has to lie in the other one for a split or a merge."""

NEAR_WEIGHT = 0.1
"""Weight of lesions that do not overlap but lie within the error, against a full overlap of 1."""


class Fate(StrEnum):
    """What became of a lesion."""

    SAME = "same"
    NEW = "new"
    NOT_SEEN = "not_seen"
    SPLIT = "split"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Match:
    """Lesions of the earlier examination that are lesions of the later one.

    Parameters
    ----------
    fate : One earlier and one later lesion are the SAME; none and one NEW; one and none NOT_SEEN (gone, or too small
        to be seen); one and several a SPLIT; several and one MERGED.
    earlier, later : Places in the two lists.
    reason : Why, in words.
    is_ambiguous : Whether the registration error could change the answer.
    """

    fate: Fate
    earlier: tuple[int, ...]
    later: tuple[int, ...]
    reason: str
    is_ambiguous: bool = False


def matched(earlier: Sequence[Lesion], later: Sequence[Lesion], *, error_mm: float) -> tuple[Match, ...]:
    """Which lesion is which.

    Parameters
    ----------
    earlier, later : Lesions on the lattice of one image: the earlier ones moved onto the later one.
    error_mm : Error of the registration at the lesions (95 %) [mm].
    """
    overlap, apart = _compared(earlier, later, error_mm)
    weight = np.where(
        overlap > 0, overlap, np.where(apart <= error_mm, NEAR_WEIGHT * (1 - apart / (error_mm + 1)), 0)
    )
    pairs = _assigned(weight)
    groups = _with_left_overs(pairs, overlap, len(earlier), len(later))
    found: list[Match] = []
    for old, new in groups:
        found.append(_match(old, new, earlier=earlier, overlap=overlap, apart=apart, error_mm=error_mm))
    taken = {place for old, _ in groups for place in old}
    seen = {place for _, new in groups for place in new}
    for place in range(len(earlier)):
        if place not in taken:
            near = bool((apart[place] <= 2 * error_mm).any()) if len(later) else False
            found.append(
                Match(
                    Fate.NOT_SEEN, (place,), (), "nothing at its place: gone, or too small to be seen", near
                )
            )
    for place in range(len(later)):
        if place not in seen:
            near = bool((apart[:, place] <= 2 * error_mm).any()) if len(earlier) else False
            found.append(Match(Fate.NEW, (), (place,), "nothing was at its place", near))
    return tuple(found)


def named_over_time(
    earlier: Sequence[Lesion], later: Sequence[Lesion], matches: Sequence[Match], *, prefix: str = "L"
) -> tuple[Lesion, ...]:
    """The later lesions under the names of the course.

    The same lesion keeps its name. Parts of a split take the name with a letter (``L3a`` is the largest); a merged
    lesion takes all names (``L2+L5``); a new one the next free number.
    """
    names = {lesion.name for lesion in earlier}
    numbers = [
        int(name[len(prefix) :])
        for name in names
        if name.startswith(prefix) and name[len(prefix) :].isdigit()
    ]
    following = max(numbers, default=0) + 1
    named: dict[int, str] = {}
    for match in matches:
        old = [earlier[place].name for place in match.earlier]
        if match.fate is Fate.SAME:
            named[match.later[0]] = old[0]
        elif match.fate is Fate.MERGED:
            named[match.later[0]] = "+".join(old)
        elif match.fate is Fate.SPLIT:
            parts = sorted(match.later, key=lambda place: -later[place].volume_ml)
            named |= {place: f"{old[0]}{chr(ord('a') + rank)}" for rank, place in enumerate(parts)}
    for place in range(len(later)):
        if place not in named:
            named[place] = f"{prefix}{following}"
            following += 1
    return tuple(lesion.named(named[place]) for place, lesion in enumerate(later))


def _compared(
    earlier: Sequence[Lesion], later: Sequence[Lesion], error_mm: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Overlap as a share of the smaller lesion, and distance between surfaces [mm]; infinite when far apart."""
    overlap = np.zeros((len(earlier), len(later)))
    apart = np.full((len(earlier), len(later)), np.inf)
    for i, old in enumerate(earlier):
        for j, new in enumerate(later):
            if _boxes_apart(old, new) > 2 * error_mm + max(old.mask.grid.spacing_mm):
                continue
            first, second = _together(old, new)
            common = int(np.count_nonzero(first.array & second.array))
            smaller = min(int(np.count_nonzero(first.array)), int(np.count_nonzero(second.array)))
            overlap[i, j] = common / smaller
            apart[i, j] = 0.0 if common else _surfaces_apart(first, second)
    return overlap, apart


def _surfaces_apart(first: Mask, second: Mask) -> float:
    """Distance between the faces of the nearest voxels of two lesions; 0 where voxels touch [mm]."""
    touching = Mask(ndimage.binary_dilation(first.array, np.ones((3, 3, 3), dtype=bool)), first.grid)
    return float(distance_to(touching)[second.array].min())


def _boxes_apart(first: Lesion, second: Lesion) -> float:
    """A lower bound of the distance between two lesions by their boxes [mm]."""
    gaps = [
        max(0, max(a.start, b.start) - min(a.stop, b.stop)) * step
        for a, b, step in zip(first.box, second.box, first.mask.grid.spacing_mm, strict=True)
    ]
    return float(np.linalg.norm(gaps))


def _together(first: Lesion, second: Lesion) -> tuple[Mask, Mask]:
    """Two lesions on the smallest grid that holds both."""
    start = [min(a.start, b.start) for a, b in zip(first.box, second.box, strict=True)]
    stop = [max(a.stop, b.stop) for a, b in zip(first.box, second.box, strict=True)]
    offset = [low - own.start for low, own in zip(start, first.box, strict=True)]
    shape = [high - low for low, high in zip(start, stop, strict=True)]
    box = tuple(slice(low, low + size) for low, size in zip(offset, shape, strict=True))
    grid = first.mask.grid.cropped((box[0], box[1], box[2]))
    masks: list[Mask] = []
    for lesion in (first, second):
        array = np.zeros(shape, dtype=bool)
        array[tuple(slice(p.start - low, p.stop - low) for p, low in zip(lesion.box, start, strict=True))] = (
            lesion.mask.array
        )
        masks.append(Mask(array, grid))
    return masks[0], masks[1]


def _assigned(weight: NDArray[np.float64]) -> list[tuple[int, int]]:
    """The one-to-one pairs of the largest total weight; pairs without weight are none."""
    if not weight.size:
        return []
    rows, columns = linear_sum_assignment(weight, maximize=True)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if weight[i, j] > 0]


def _with_left_overs(
    pairs: list[tuple[int, int]], overlap: NDArray[np.float64], count_earlier: int, count_later: int
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Pairs, widened by the lesions left over that lie mostly in one of them, or in which one of them mostly lies."""
    old_of = {j: [i] for i, j in pairs}
    new_of = {i: [j] for i, j in pairs}
    for i in sorted(set(range(count_earlier)) - {i for i, _ in pairs}):
        j = int(overlap[i].argmax()) if count_later else -1
        if j >= 0 and overlap[i, j] >= MOSTLY_INSIDE and j in old_of and len(new_of[old_of[j][0]]) == 1:
            old_of[j].append(i)
    for j in sorted(set(range(count_later)) - {j for _, j in pairs}):
        i = int(overlap[:, j].argmax()) if count_earlier else -1
        if i >= 0 and overlap[i, j] >= MOSTLY_INSIDE and i in new_of and len(old_of[new_of[i][0]]) == 1:
            new_of[i].append(j)
    groups: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for i, j in pairs:
        groups.append((tuple(sorted(old_of[j])), tuple(sorted(new_of[i]))))
    return groups


def _match(
    old: tuple[int, ...],
    new: tuple[int, ...],
    *,
    earlier: Sequence[Lesion],
    overlap: NDArray[np.float64],
    apart: NDArray[np.float64],
    error_mm: float,
) -> Match:
    """A group of lesions that belong together, in words."""
    i, j = min(old), min(new)
    if len(old) > 1:
        names = " and ".join(earlier[place].name for place in old)
        return Match(Fate.MERGED, old, new, f"{names} lie mostly in it")
    if len(new) > 1:
        return Match(Fate.SPLIT, old, new, f"{len(new)} lesions lie mostly where {earlier[i].name} was")
    rivals = int(np.count_nonzero(apart[i] <= error_mm)) + int(np.count_nonzero(apart[:, j] <= error_mm)) - 2
    if overlap[i, j] > 0:
        unclear = overlap[i, j] < MOSTLY_INSIDE and rivals > 0
        return Match(Fate.SAME, old, new, f"{overlap[i, j]:.0%} of the smaller lie in the other", unclear)
    reason = f"{apart[i, j]:.1f} mm apart, less than the registration error of {error_mm:.1f} mm"
    return Match(Fate.SAME, old, new, reason, True)
