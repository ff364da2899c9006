"""A liver parted into cells that are fed apart, and the catheter positions that reach some of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from nelm.imaging.lesions import Lesion
from nelm.imaging.liver.territory_names import Level, Lobe, Place, named_place
from nelm.imaging.measured import LiverMeasurement
from nelm.quantities import Estimate
from nelm.volume import Grid, Mask, mask_on

MOST_POINTS = 2000
"""Points of a lesion that are looked at for the limits of its share."""
ROUNDING = 1e-9
DIGITAL_AREA = 2 / 3
"""Area of a smooth surface over that of the voxel faces along it, on average over directions."""


class Supply(StrEnum):
    """What the territories rest on."""

    ARTERY = "branches of the segmented hepatic artery"
    STAND_IN = "Couinaud segments, sections and lobes in place of an artery that is not seen"


@dataclass(frozen=True, slots=True)
class TerritoryRules:
    """Limits of territories.

    Parameters
    ----------
    border_error_mm, stand_in_error_mm : By how much the border of a territory may be off (95 %), with an artery and
        without [mm].
    covered_from : Share of a lesion in a territory from which the territory covers it [1].
    smallest_ml : Territories of less liver are no positions of their own [mL].
    aorta_from_mm : Arteries of this diameter are the aorta [mm].
    """

    border_error_mm: float
    stand_in_error_mm: float
    covered_from: float
    smallest_ml: float
    aorta_from_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class Territory:
    """What one catheter position reaches.

    Parameters
    ----------
    name : Of the place, unique in its map ("right lobe", "segments 5/8").
    level, lobe : How selective it is, and on which side.
    cells : Numbers of its cells in the map.
    region : On the grid of the map.
    liver_ml, healthy_ml : Of all of it with its tumour, and of the liver without tumour; limits by the border's error.
    tumour_ml : Tumour in it [mL].
    shares : Share of each lesion in it, of those it touches or may touch [1].
    diameter_mm : Of the branch; None without one.
    """

    name: str
    level: Level
    lobe: Lobe
    cells: frozenset[int]
    region: Mask
    liver_ml: Estimate
    healthy_ml: Estimate
    tumour_ml: float
    shares: Mapping[str, Estimate]
    diameter_mm: float | None = None

    @property
    def is_selective(self) -> bool:
        """Whether it is less than a lobe."""
        return self.level not in (Level.WHOLE, Level.LOBAR)

    @property
    def words(self) -> str:
        """The name with the branch and the volume."""
        branch = "" if self.diameter_mm is None else f"branch of {self.diameter_mm:.1f} mm "
        return f"{self.name}: {branch}serving {self.liver_ml.value:.0f} mL"

    def covers(self, covered_from: float) -> tuple[str, ...]:
        """Lesions of which it holds at least a share (best value)."""
        return tuple(name for name, share in self.shares.items() if share.value >= covered_from - ROUNDING)


@dataclass(frozen=True, slots=True, eq=False)
class TerritoryMap:
    """A liver parted by what feeds it.

    Parameters
    ----------
    cells : (z, y, x) number of the cell from 1; 0 outside the liver.
    grid : The working grid of the measurement.
    territories : The largest first.
    supply : What they rest on.
    healthy_ml : Tumour-free liver of each cell [mL].
    shares : For each lesion its share in each cell that it touches [1].
    tumour_ml : Volume of each lesion [mL].
    rules : The limits that were used.
    remarks : What should be known.
    points_mm : (n, 3) voxels of each lesion in the liver, some of them where there are many.
    """

    cells: NDArray[np.int16]
    grid: Grid
    territories: tuple[Territory, ...]
    supply: Supply
    healthy_ml: Mapping[int, float]
    shares: Mapping[str, Mapping[int, float]]
    tumour_ml: Mapping[str, float]
    rules: TerritoryRules
    remarks: tuple[str, ...]
    points_mm: Mapping[str, NDArray[np.float64]] = field(default_factory=dict[str, NDArray[np.float64]])

    @property
    def error_mm(self) -> float:
        """By how much a border may be off [mm]."""
        is_seen = self.supply is Supply.ARTERY
        return self.rules.border_error_mm if is_seen else self.rules.stand_in_error_mm

    @property
    def liver_ml(self) -> float:
        """Tumour-free liver [mL]."""
        return sum(self.healthy_ml.values())

    def region(self, cells: Iterable[int]) -> NDArray[np.bool_]:
        """Some cells together."""
        return np.isin(self.cells, np.array(sorted(cells), dtype=np.int16))

    def healthy_in(self, cells: Iterable[int]) -> float:
        """Tumour-free liver of some cells together [mL]."""
        return sum(self.healthy_ml.get(cell, 0.0) for cell in frozenset(cells))

    def tumour_in(self, cells: Iterable[int]) -> float:
        """Tumour in some cells together [mL]."""
        chosen = frozenset(cells)
        return sum(self.tumour_ml[name] * _sum_in(parts, chosen) for name, parts in self.shares.items())

    def is_covered(self, lesion: str, cells: Iterable[int]) -> bool:
        """Whether some cells together cover a lesion, by the best value of its share."""
        return _sum_in(self.shares[lesion], frozenset(cells)) >= self.rules.covered_from - ROUNDING

    def treated_percent(self, cells: Iterable[int]) -> Estimate:
        """Share of all tumour in the liver that lies in some cells together [%]; 0 without tumour."""
        chosen = frozenset(cells)
        whole = sum(self.tumour_ml.values())
        if not whole:
            return Estimate(0.0, 0.0, 0.0)
        shares = {name: self.share(name, chosen) for name in self.shares}

        def percent(of: Callable[[Estimate], float]) -> float:
            return min(100.0, 100 * sum(of(share) * self.tumour_ml[n] for n, share in shares.items()) / whole)

        return Estimate(percent(lambda s: s.value), percent(lambda s: s.low), percent(lambda s: s.high))

    def share(self, lesion: str, cells: Iterable[int]) -> Estimate:
        """Share of a lesion in some cells together, with the limits of a border that is off by its error [1]."""
        chosen = frozenset(cells)
        value = _sum_in(self.shares[lesion], chosen)
        inside = self.region(chosen)
        border = _border(inside, self.cells > 0, self.grid)
        points = self.points_mm[lesion]
        if not len(border) or not len(points):
            return Estimate(value, value, value)
        far = np.asarray(cKDTree(border).query(points)[0]) > self.error_mm
        own = values_at(inside, self.grid, points)
        low, high = float(np.mean(own & far)), 1 - float(np.mean(~own & far))
        return Estimate(value, min(low, value), max(high, value))


@dataclass(frozen=True, slots=True)
class Position:
    """A catheter position before anything is measured of it.

    Parameters
    ----------
    cells : That it reaches.
    diameter_mm : Of the branch; None without one.
    place : What it is called; None to name it by its Couinaud segments.
    """

    cells: frozenset[int]
    diameter_mm: float | None = None
    place: Place | None = None


def _sum_in(parts: Mapping[int, float], chosen: frozenset[int]) -> float:
    """Shares of the chosen cells together."""
    return min(1.0, sum(part for cell, part in parts.items() if cell in chosen))


def described(
    measurement: LiverMeasurement,
    cells: NDArray[np.int16],
    positions: Iterable[Position],
    supply: Supply,
    *,
    rules: TerritoryRules,
    remarks: Iterable[str],
) -> TerritoryMap:
    """The map with what lies in each cell and each territory.

    Parameters
    ----------
    cells : (z, y, x) on the working grid of the measurement, 0 outside the liver.
    """
    grid = measurement.working_liver.grid
    points = {item.lesion.name: _points_of(item.lesion, cells, grid) for item in measurement.lesions}
    tumour = np.zeros(grid.shape, dtype=bool)
    for item in measurement.lesions:
        tumour |= mask_on(item.lesion.mask, grid).array
    counts = np.bincount(cells[~tumour], minlength=int(cells.max()) + 1)
    there = [int(cell) for cell in np.unique(cells) if cell]
    bare = TerritoryMap(
        cells=cells,
        grid=grid,
        territories=(),
        supply=supply,
        healthy_ml={cell: float(counts[cell]) * grid.voxel_ml for cell in there},
        shares={name: _cell_shares(found, cells, grid) for name, found in points.items()},
        tumour_ml={item.lesion.name: item.size.volume_ml.value * item.inside for item in measurement.lesions},
        rules=rules,
        remarks=tuple(remarks),
        points_mm={name: found[:: max(1, len(found) // MOST_POINTS)] for name, found in points.items()},
    )
    found = [_territory(position, bare, measurement) for position in positions]
    large = [item for item in found if item.liver_ml.value >= rules.smallest_ml]
    large.sort(key=lambda item: (-item.liver_ml.value, sorted(item.cells)))
    return replace(bare, territories=_uniquely_named(large))


def _territory(position: Position, cells: TerritoryMap, measurement: LiverMeasurement) -> Territory:
    """One position with its volumes and shares."""
    region = cells.region(position.cells)
    place = position.place or named_place(region, measurement.segments.labels)
    moved = _faces_mm2(region, cells.cells > 0, cells.grid) * DIGITAL_AREA * cells.error_mm / 1000
    liver_ml = int(np.count_nonzero(region)) * cells.grid.voxel_ml
    whole_ml = int(np.count_nonzero(cells.cells)) * cells.grid.voxel_ml
    shares = {name: cells.share(name, position.cells) for name in cells.shares}
    return Territory(
        name=place.name,
        level=place.level,
        lobe=place.lobe,
        cells=position.cells,
        region=Mask(region, cells.grid),
        liver_ml=_moved(liver_ml, moved, whole_ml),
        healthy_ml=_moved(cells.healthy_in(position.cells), moved, cells.liver_ml),
        tumour_ml=sum(share.value * cells.tumour_ml[name] for name, share in shares.items()),
        shares={name: share for name, share in shares.items() if share.high > 0},
        diameter_mm=position.diameter_mm,
    )


def _moved(volume_ml: float, moved_ml: float, most_ml: float) -> Estimate:
    """A volume whose border may be off."""
    return Estimate(
        volume_ml, max(0.0, volume_ml - moved_ml), max(volume_ml, min(most_ml, volume_ml + moved_ml))
    )


def _uniquely_named(found: list[Territory]) -> tuple[Territory, ...]:
    """Territories of one name with a number each, the largest first."""
    names = [item.name for item in found]
    renamed: list[Territory] = []
    for place, item in enumerate(found):
        number = names[: place + 1].count(item.name)
        renamed.append(item if names.count(item.name) == 1 else replace(item, name=f"{item.name} ({number})"))
    return tuple(renamed)


def _points_of(lesion: Lesion, cells: NDArray[np.int16], grid: Grid) -> NDArray[np.float64]:
    """Voxels of a lesion that lie in the parted liver [mm]."""
    points = lesion.mask.grid.points_of(np.argwhere(lesion.mask.array))
    return points[values_at(cells > 0, grid, points)]


def _cell_shares(points: NDArray[np.float64], cells: NDArray[np.int16], grid: Grid) -> dict[int, float]:
    """Share of the points in each cell."""
    if not len(points):
        return {}
    index = tuple(np.round(grid.indices_of(points)).astype(np.intp).T)
    found, counts = np.unique(cells[index], return_counts=True)
    return {int(cell): float(count) / len(points) for cell, count in zip(found, counts, strict=True)}


def values_at(array: NDArray[np.bool_], grid: Grid, points_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
    """For each point whether it lies in a region; not outside the grid."""
    indices = np.round(grid.indices_of(points_mm)).astype(np.intp)
    shape = np.array(grid.shape)
    valid = ((indices >= 0) & (indices < shape)).all(axis=1)
    return valid & array[tuple(np.clip(indices, 0, shape - 1).T)]


def _border(inside: NDArray[np.bool_], liver: NDArray[np.bool_], grid: Grid) -> NDArray[np.float64]:
    """Middles of the voxel faces between a region and the rest of the liver (n, 3) [mm]."""
    found: list[NDArray[np.float64]] = []
    for axis in range(3):
        first, second = _pair(axis)
        crossing = (inside[first] != inside[second]) & liver[first] & liver[second]
        half = np.zeros(3)
        half[axis] = 0.5
        found.append(np.argwhere(crossing) + half)
    return grid.points_of(np.concatenate(found))


def _faces_mm2(inside: NDArray[np.bool_], liver: NDArray[np.bool_], grid: Grid) -> float:
    """Area of the voxel faces between a region and the rest of the liver [mm2]."""
    dz, dy, dx = grid.spacing_mm
    area = 0.0
    for axis, face in enumerate((dy * dx, dz * dx, dz * dy)):
        first, second = _pair(axis)
        area += face * int(np.count_nonzero((inside[first] != inside[second]) & liver[first] & liver[second]))
    return area


def _pair(axis: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Slices of an array and of its neighbour along an axis."""
    first, second = [slice(None)] * 3, [slice(None)] * 3
    first[axis], second[axis] = slice(None, -1), slice(1, None)
    return tuple(first), tuple(second)
