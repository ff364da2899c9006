"""What stands in the way of needles: made once of a study, used for every lesion and position.

The search runs on cubes of 2 mm around the liver. A cube belongs to a structure when any voxel of the segmentation
reaches into it, so what the cubes call free is free in the segmentation, too. Every path that is given is checked
again on the segmentation itself (`needle_checks.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from nelm.errors import GeometryError
from nelm.imaging.distances import distance_to
from nelm.imaging.lesions import whole_liver
from nelm.imaging.measured import LiverMeasurement
from nelm.imaging.surroundings import Surroundings
from nelm.therapies.ablation.needle_rules import NeedleRules
from nelm.volume import Grid, Mask, Structure
from nelm.volume.grid import Box

CUBE_MM = 2.0
"""Edge of the cubes on which paths are searched."""
SMOOTH_CUBES = 2.0
"""Blur of the liver, in cubes, before the direction of its surface is read off."""
BODY, LIVER = np.uint8(1), np.uint8(2)
"""Bits of the map of tissues."""

ORGANS: tuple[tuple[str, tuple[Structure, ...]], ...] = (
    ("lung", (Structure.LUNG,)),
    ("bowel", (Structure.BOWEL,)),
    ("stomach", (Structure.STOMACH,)),
    ("gallbladder", (Structure.GALLBLADDER,)),
    ("heart", (Structure.HEART,)),
    ("right kidney", (Structure.KIDNEY_RIGHT,)),
    ("left kidney", (Structure.KIDNEY_LEFT,)),
    ("spleen", (Structure.SPLEEN,)),
    ("pancreas", (Structure.PANCREAS,)),
    ("adrenal gland", (Structure.ADRENAL,)),
    ("aorta", (Structure.AORTA,)),
)
NEVER_DRAWN = "pleura"
"""No structure of the segmentations: its recess reaches below the lung that a CT shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Obstacle:
    """A structure that no needle may cross.

    Parameters
    ----------
    name : As it is called in words.
    mask : Where it is, cropped.
    clearance_mm : Least distance of a needle to it.
    border_mm : (n, 3) centres of its voxels with a neighbour outside it.
    near : Search tree over them.
    """

    name: str
    mask: Mask
    clearance_mm: float
    border_mm: NDArray[np.float64]
    near: cKDTree


@dataclass(frozen=True, slots=True, eq=False)
class Obstacles:
    """The surroundings of a liver as needles meet them.

    Parameters
    ----------
    items : Structures that are segmented.
    unknown : Names of those that are not, so that a path may cross them unseen.
    rules : What it was made for.
    skin, liver : The body and the liver with its lesions, on the grid of the image.
    lesions : Names and masks, cropped.
    vessels : Names and masks of all vessels, the narrow ones included.
    grid : Of the cubes.
    spare_mm : (z, y, x) distance to the nearest structure less its clearance; negative where a needle may not be.
    nearest : (z, y, x) place of that structure in `items`.
    close : (z, y, x) one bit for every structure that is closer than its clearance.
    tissue : (z, y, x) bits BODY and LIVER.
    lesion_at : (z, y, x) number of the lesion, from 1; 0 outside.
    smooth_liver : (z, y, x) blurred liver, for the direction of its surface.
    remarks : What should be known.
    """

    items: tuple[Obstacle, ...]
    unknown: tuple[str, ...]
    rules: NeedleRules
    skin: Mask | None
    liver: Mask
    lesions: tuple[tuple[str, Mask], ...]
    vessels: tuple[tuple[str, Mask], ...]
    grid: Grid
    spare_mm: NDArray[np.float32]
    nearest: NDArray[np.uint8]
    close: NDArray[np.uint32]
    tissue: NDArray[np.uint8]
    lesion_at: NDArray[np.int16]
    smooth_liver: NDArray[np.float32]
    remarks: tuple[str, ...]

    def number_of(self, lesion: str) -> int:
        """Number of a lesion in `lesion_at`; 0 for a name that is none."""
        names = [name for name, _ in self.lesions]
        return names.index(lesion) + 1 if lesion in names else 0


def obstacles_of(surroundings: Surroundings, measurement: LiverMeasurement, rules: NeedleRules) -> Obstacles:
    """The obstacles around a measured liver.

    Cost: one distance map of cubes for each structure (some 3 million cubes: a third of a second), 16 bytes a cube.

    Raises
    ------
    GeometryError : The surroundings lie on another grid than the liver.
    """
    liver = whole_liver(measurement.regions.liver, measurement.regions.lesions)
    if not surroundings.grid.same_as(liver.grid):
        raise GeometryError(
            "the surroundings lie on another grid than the liver",
            expected="the grid of the image on which the liver was drawn",
            remedy="Resample the surroundings to the grid of the liver first",
        )
    if liver.is_empty:
        raise GeometryError("the liver is empty", expected="a segmented liver", remedy="Segment the liver")
    lesions = tuple((lesion.name, lesion.mask) for lesion in measurement.regions.lesions)
    skin = surroundings.of(Structure.SKIN)
    tubes = _tubes(surroundings, measurement)
    near = liver.box(margin_mm=rules.length_max_mm / 2)
    drawn = [*_organs(surroundings, measurement, rules), *_wide(tubes, near, rules)]
    grid = _cubes(liver.grid.cropped(_reach(liver, skin, rules.length_max_mm)))
    found = [
        item for name, mask, clearance in drawn if (item := _obstacle(name, mask, clearance)) is not None
    ]
    unknown, remarks = _not_segmented(drawn, tubes)
    vessels = tuple((name, mask) for name, mask in tubes.items() if mask is not None)
    maps = _maps(found, grid)
    return Obstacles(
        maps.items, unknown, rules, skin, liver, lesions, vessels, grid, maps.spare_mm, maps.nearest, maps.close,
        _tissue(skin, liver, grid), _lesion_numbers(lesions, grid), _smooth(liver, grid),
        (*surroundings.remarks, *remarks),
    )  # fmt: skip


def with_rules(obstacles: Obstacles, **changed: float) -> Obstacles:
    """The same obstacles under rules that do not change the maps: lengths, angles, spacing and steps."""
    fixed = {"organ_clearance_mm", "bone_clearance_mm", "vessel_clearance_mm", "vessel_diameter_min_mm"}
    if fixed & set(changed):
        raise ValueError(f"{sorted(fixed & set(changed))} need new maps: make the obstacles anew")
    return replace(obstacles, rules=replace(obstacles.rules, **changed))


Drawn = tuple[str, Mask | None, float]


def _organs(surroundings: Surroundings, measurement: LiverMeasurement, rules: NeedleRules) -> list[Drawn]:
    """Name, mask and clearance of everything that is avoided whole."""
    bone = surroundings.of(Structure.BONE, Structure.RIB)
    duct = _first(measurement.regions.duct, surroundings.of(Structure.BILE_DUCT))
    return [
        ("bone", bone, rules.bone_clearance_mm),
        *((name, surroundings.of(*kinds), rules.organ_clearance_mm) for name, kinds in ORGANS),
        ("central bile duct", duct, rules.vessel_clearance_mm),
    ]


PORTAL, HEPATIC, CAVA, BOTH, ARTERY = (
    "portal vein",
    "hepatic vein",
    "vena cava",
    "liver vessel",
    "hepatic artery",
)


def _tubes(surroundings: Surroundings, measurement: LiverMeasurement) -> dict[str, Mask | None]:
    """Vessels by name, whole; None where not segmented."""
    regions = measurement.regions
    return {
        CAVA: _first(regions.cava, surroundings.of(Structure.INFERIOR_VENA_CAVA)),
        PORTAL: _first(regions.portal, surroundings.of(Structure.PORTAL_VEIN)),
        HEPATIC: _first(regions.veins, surroundings.of(Structure.HEPATIC_VEIN)),
        BOTH: _first(regions.vessels, surroundings.of(Structure.LIVER_VESSEL)),
        ARTERY: surroundings.of(Structure.HEPATIC_ARTERY),
    }


def _wide(tubes: Mapping[str, Mask | None], near: Box, rules: NeedleRules) -> list[Drawn]:
    """The wide parts of vessels, which are avoided; the vena cava is wide everywhere."""
    return [
        (
            name if name == CAVA else f"large {name}",
            mask if mask is None or name == CAVA else opened(mask, near, rules.vessel_diameter_min_mm),
            rules.vessel_clearance_mm,
        )
        for name, mask in tubes.items()
    ]


def _not_segmented(
    drawn: Sequence[Drawn], tubes: Mapping[str, Mask | None]
) -> tuple[tuple[str, ...], list[str]]:
    """Names of what is not segmented, less what another segmentation holds, and what is to be said of that."""
    held: set[str] = set()
    remarks: list[str] = []
    if tubes[BOTH] is not None:
        held |= {f"large {PORTAL}", f"large {HEPATIC}"}
    elif tubes[PORTAL] is not None or tubes[HEPATIC] is not None:
        held.add(f"large {BOTH}")
    if tubes[CAVA] is None and tubes[HEPATIC] is not None:
        held.add(CAVA)
        remarks.append(
            "the vena cava is not segmented on its own: it is taken to be part of the hepatic veins"
        )
    unknown = [name for name, mask, _ in drawn if mask is None and name not in held]
    return (*unknown, NEVER_DRAWN), remarks


def _first(*masks: Mask | None) -> Mask | None:
    """The first that is segmented."""
    return next((mask for mask in masks if mask is not None), None)


def _obstacle(name: str, mask: Mask | None, clearance_mm: float) -> Obstacle | None:
    """A structure with its border; None where it is not segmented or nowhere."""
    if mask is None or mask.is_empty:
        return None
    cut = mask.cropped(mask.box())
    padded = np.pad(cut.array, 1)
    border = (padded & ~ndimage.binary_erosion(padded))[1:-1, 1:-1, 1:-1]
    points = cut.grid.points_of(np.argwhere(border))
    return Obstacle(name, cut, clearance_mm, points, cKDTree(points))


def opened(mask: Mask, box: Box, diameter_mm: float) -> Mask:
    """The parts of vessels at least this wide: where a ball of the diameter fits (opening).

    A ball fits where the distance to the outside reaches its radius; half a voxel is given for the rough wall.
    Outside the box vessels are kept whole.
    """
    array = mask.array.copy()
    array[box] = False
    part = mask.cropped(box)
    if part.is_empty:
        return Mask(array, mask.grid)
    inner = part.box(margin_mm=diameter_mm)
    cut = part.cropped(inner)
    half = min(cut.grid.spacing_mm) / 2
    radius = max(diameter_mm / 2 - half, half)
    padded = Mask(~np.pad(cut.array, 1), _wider(cut.grid))
    core = Mask(distance_to(padded)[1:-1, 1:-1, 1:-1] >= radius, cut.grid)
    if core.is_empty:
        return Mask(array, mask.grid)
    kept = cut.array & (distance_to(core) <= radius + half)
    array[box][inner] = kept
    return Mask(array, mask.grid)


def _wider(grid: Grid) -> Grid:
    """The grid with one voxel more at every side."""
    z, y, x = (slice(-1, n + 1) for n in grid.shape)
    return grid.cropped((z, y, x))


def _reach(liver: Mask, skin: Mask | None, length_mm: float) -> Box:
    """The box of the image that a needle can pass on its way to the liver."""
    near = liver.box(margin_mm=length_mm)
    if skin is None or skin.is_empty:
        return near
    body = skin.box(margin_mm=2 * CUBE_MM)
    a, b, c = (
        slice(max(one.start, two.start), min(one.stop, two.stop)) for one, two in zip(near, body, strict=True)
    )
    return a, b, c


@dataclass(frozen=True, slots=True, eq=False)
class _Maps:
    """The maps of the structures, as in `Obstacles`."""

    items: tuple[Obstacle, ...]
    spare_mm: NDArray[np.float32]
    nearest: NDArray[np.uint8]
    close: NDArray[np.uint32]


def _maps(found: Sequence[Obstacle], grid: Grid) -> _Maps:
    """Distances to the structures that reach into the grid."""
    spare = np.full(grid.shape, np.inf, dtype=np.float32)
    nearest = np.zeros(grid.shape, dtype=np.uint8)
    close = np.zeros(grid.shape, dtype=np.uint32)
    kept: list[Obstacle] = []
    for item in found:
        taken = touched(item.mask, grid)
        if not taken.any():
            continue
        free = distance_to(Mask(taken, grid)) - np.float32(CUBE_MM / 2 + item.clearance_mm)
        nearer = free < spare
        spare[nearer] = free[nearer]
        nearest[nearer] = len(kept)
        close |= (free < 0).astype(np.uint32) << np.uint32(len(kept))
        kept.append(item)
    return _Maps(tuple(kept), spare, nearest, close)


def _tissue(skin: Mask | None, liver: Mask, grid: Grid) -> NDArray[np.uint8]:
    """Bits of body and liver."""
    tissue = LIVER * touched(liver, grid)
    return tissue if skin is None else tissue | (BODY * _filled(touched(skin, grid)))


def _lesion_numbers(lesions: Sequence[tuple[str, Mask]], grid: Grid) -> NDArray[np.int16]:
    """Numbers of lesions, from 1."""
    numbers = np.zeros(grid.shape, dtype=np.int16)
    for number, (_, mask) in enumerate(lesions, start=1):
        numbers[touched(mask, grid)] = number
    return numbers


def _smooth(liver: Mask, grid: Grid) -> NDArray[np.float32]:
    """The liver, blurred."""
    return ndimage.gaussian_filter(touched(liver, grid).astype(np.float32), SMOOTH_CUBES)


def _cubes(grid: Grid) -> Grid:
    """Cubes along the axes of a grid, with the same corner."""
    shape = [int(np.ceil(n * s / CUBE_MM)) for n, s in zip(grid.shape, grid.spacing_mm, strict=True)]
    spacing = np.array(grid.spacing_mm)
    matrix = grid.matrix
    matrix[:3, 3] = grid.points_of([(CUBE_MM / spacing - 1) / 2])[0]
    matrix[:3, :3] *= CUBE_MM / spacing
    return Grid.of(shape, matrix)


def touched(mask: Mask, grid: Grid) -> NDArray[np.bool_]:
    """Voxels of a grid with parallel axes into which any voxel of a region reaches."""
    if mask.is_empty:
        return np.zeros(grid.shape, dtype=bool)
    cut = mask.cropped(mask.box())
    first = cut.grid.indices_of(grid.points_of([[0, 0, 0]]))[0]
    found: NDArray[np.bool_] = cut.array
    for axis in range(3):
        step = grid.spacing_mm[axis] / cut.grid.spacing_mm[axis]
        found = _any_along(found, axis, start=float(first[axis]), step=step, count=grid.shape[axis])
    return found


EDGE = 1e-6
"""Voxels that share no more than a face do not overlap [voxels]."""


def _any_along(
    array: NDArray[np.bool_], axis: int, *, start: float, step: float, count: int
) -> NDArray[np.bool_]:
    """Along one axis: cells of a width of `step` voxels, true where any overlapping voxel is."""
    length = array.shape[axis]
    centre = start + step * np.arange(count)
    low = np.floor(centre - step / 2 + 0.5 + EDGE).astype(np.intp)
    high = np.ceil(centre + step / 2 - 0.5 - EDGE).astype(np.intp)
    padded = np.pad(array, [(0, 0)] * axis + [(1, 1)] + [(0, 0)] * (2 - axis))
    found: NDArray[np.bool_] | None = None
    for more in range(int((high - low).max()) + 1):
        place = np.clip(np.minimum(low + more, high), -1, length) + 1
        taken = padded.take(place, axis=axis)
        found = taken if found is None else found | taken
    assert found is not None
    return found


def _filled(body: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The body with its holes closed slice by slice: gas in it is no skin."""
    return np.stack([np.asarray(ndimage.binary_fill_holes(plane)) for plane in body])
