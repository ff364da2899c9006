"""Many resections of one liver: the territories of its vessels are found once, each resection is then looked up.

What a branch serves and where its centreline runs do not depend on what is taken out. So both are laid on the voxels of
the liver once (in the order of the working grid), and a resection costs a few passes over them. The answers are those
of `remnant_after`, voxel by voxel (tests/unit/test_resection_served.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from nelm.errors import GeometryError
from nelm.imaging.liver.couinaud import territories, tree_points
from nelm.imaging.liver.landmarks import Landmarks
from nelm.imaging.liver.remnant import (
    CUT_MM,
    DISSECTED_FROM_MM,
    GOES_WITH,
    SPARED_MM,
    Remnant,
    loss_remarks,
    share_percent,
    shell_estimate,
    tree_remarks,
)
from nelm.imaging.liver.vessels import VesselTree
from nelm.quantities import Estimate
from nelm.volume import Grid, Mask

Region = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Territories:
    """A vessel tree laid on the working grid.

    Parameters
    ----------
    tree : The tree.
    owner : (v,) branch that serves each voxel of the liver.
    branch, voxel, away : (n,) of every centreline point its branch, the flat index of its voxel (-1 outside the
        grid), and whether it lies farther from hilum and cava than vessels are dissected free.
    step_mm : (b,) mean distance of the points of each branch [mm].
    large : (b,) whether a branch is dissected free where it serves the remnant, too.
    """

    tree: VesselTree
    owner: NDArray[np.int32]
    branch: NDArray[np.intp]
    voxel: NDArray[np.intp]
    away: Region
    step_mm: NDArray[np.float64]
    large: Region

    def fate(self, resected: Region) -> tuple[Region, Region]:
        """For each branch whether it loses its way to the root, as `cut_branches`, and whether it stays.

        A branch that is not cut, but almost all of which is taken with everything beyond it, does not stay.
        """
        count = len(self.tree.branches)
        inside = (self.voxel >= 0) & resected.ravel()[self.voxel]
        away = np.bincount(self.branch[inside & self.away], minlength=count)
        own, every = (np.bincount(points, minlength=count) for points in (self.branch[inside], self.branch))
        inside_all, every_all = self._with_beyond(own), self._with_beyond(every)
        beyond = every_all > every
        served = np.where(beyond, inside_all - own, own) / np.where(beyond, every_all - every, every)
        lost = (away * self.step_mm > CUT_MM) & ~(self.large & (served < GOES_WITH))
        for place, branch in enumerate(self.tree.branches):
            if branch.parent is not None and lost[branch.parent]:
                lost[place] = True
        return lost, ~lost & (inside_all / every_all < GOES_WITH)

    def _with_beyond(self, points: NDArray[np.intp]) -> NDArray[np.intp]:
        """Points of each branch together with those of everything that comes from it."""
        found = points.copy()
        for place in range(len(found) - 1, -1, -1):  # parents stand before their children
            parent = self.tree.branches[place].parent
            if parent is not None:
                found[parent] += found[place]
        return found


@dataclass(frozen=True, slots=True)
class RemnantVolumes:
    """The volumes of a remnant without its region; the fields are those of `Remnant`."""

    anatomical_ml: Estimate
    supplied_ml: Estimate | None
    drained_ml: Estimate | None
    functional_ml: Estimate | None
    functional_share_percent: Estimate
    tumour_left_ml: float
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Deprivation:
    """What a resection takes and what it leaves without vessels.

    Parameters
    ----------
    taken, kept : (v,) voxels of the liver that go; those without tumour that stay.
    supplied, drained : The part of `kept` that keeps its inflow, its outflow; None without that tree.
    portal_lost, veins_lost : (b,) branches that are cut; None without that tree.
    portal_stays, veins_stays : (b,) branches that stay, dissected free where they run through what is taken.
    """

    taken: Region
    kept: Region
    supplied: Region | None
    drained: Region | None
    portal_lost: Region | None
    veins_lost: Region | None
    portal_stays: Region | None
    veins_stays: Region | None

    @property
    def functional(self) -> Region | None:
        """The part that keeps both; None without either tree."""
        return None if self.supplied is None or self.drained is None else self.supplied & self.drained

    @property
    def deprived(self) -> Region:
        """What stays and is known to lose its inflow or its outflow; a lower bound while a tree is missing."""
        found = np.zeros(self.kept.shape, dtype=bool)
        for served in (self.supplied, self.drained):
            if served is not None:
                found |= self.kept & ~served
        return found


@dataclass(frozen=True, slots=True, eq=False)
class ServedLiver:
    """A liver with everything laid out that resections are counted on.

    Parameters
    ----------
    liver : With its lesions, on the working grid.
    voxels : (v,) flat indices of its voxels, ascending; (v,) arrays below and in `Deprivation` are in this order.
    healthy : (v,) whether a voxel is no tumour.
    portal, veins : None where they are not segmented.
    healthy_ml : Volume without tumour.
    error_mm : By how much a border may be off [mm].
    """

    liver: Mask
    voxels: NDArray[np.intp]
    healthy: Region
    portal: Territories | None
    veins: Territories | None
    healthy_ml: Estimate
    error_mm: float

    @property
    def grid(self) -> Grid:
        """The working grid."""
        return self.liver.grid

    def deprivation(self, resected: Region) -> Deprivation:
        """What stays of the liver and which part of it is served.

        Raises
        ------
        GeometryError : The region is not on the working grid, or is not boolean.
        """
        if resected.shape != self.grid.shape or resected.dtype != np.bool_:
            raise GeometryError(
                "a resection lies on another grid than the liver",
                expected=f"a boolean region of the shape {self.grid.shape}",
                remedy="Resample the region to the working grid.",
            )
        taken = resected.ravel()[self.voxels]
        kept = self.healthy & ~taken
        supplied, portal_lost, portal_stays = _served(self.portal, kept, resected)
        drained, veins_lost, veins_stays = _served(self.veins, kept, resected)
        return Deprivation(taken, kept, supplied, drained, portal_lost, veins_lost, portal_stays, veins_stays)

    def on_grid(self, chosen: Region) -> Region:
        """(z, y, x) these (v,) voxels of the liver on the working grid."""
        found = np.zeros(self.grid.shape, dtype=bool)
        found.ravel()[self.voxels[chosen]] = True
        return found

    def volumes(self, found: Deprivation) -> RemnantVolumes:
        """The volumes of what stays."""
        regions = [found.kept, found.supplied, found.drained, found.functional]
        anatomical, supplied, drained, functional = _volumes(
            regions, self.voxels, self.grid, error_mm=self.error_mm
        )
        assert anatomical is not None
        return RemnantVolumes(
            anatomical_ml=anatomical,
            supplied_ml=supplied,
            drained_ml=drained,
            functional_ml=functional,
            functional_share_percent=share_percent(functional or anatomical, self.healthy_ml),
            tumour_left_ml=int(np.count_nonzero(~self.healthy & ~found.taken)) * self.grid.voxel_ml,
            remarks=(*tree_remarks(supplied, drained), *loss_remarks(anatomical, functional)),
        )


def served_liver(
    liver: Mask,
    tumour: Region,
    *,
    portal: VesselTree | None,
    veins: VesselTree | None,
    landmarks: Landmarks,
    error_mm: float,
) -> ServedLiver:
    """Lay the territories of the vessels on the working grid; the arguments are those of `remnant_after`.

    Cost: one search of the nearest vessel walls for every voxel of the liver and each tree.
    """
    voxels = np.flatnonzero(liver.array)
    healthy = ~tumour.ravel()[voxels]
    (volume,) = _volumes([healthy], voxels, liver.grid, error_mm=error_mm)
    assert volume is not None
    return ServedLiver(
        liver=liver,
        voxels=voxels,
        healthy=healthy,
        portal=_laid_out(portal, liver, spared_mm=landmarks.portal_mm[None]),
        veins=_laid_out(veins, liver, spared_mm=landmarks.cava_mm),
        healthy_ml=volume,
        error_mm=error_mm,
    )


def union_remnant(served: ServedLiver, regions: Iterable[Region]) -> Remnant:
    """The exact remnant after several resections together.

    A branch that no resection cuts alone may be cut by two, so the losses of the union are at least the union of the
    losses.

    Parameters
    ----------
    regions : (z, y, x) what each takes out, on the working grid; none at all is the liver as it is.
    """
    resected = np.zeros(served.grid.shape, dtype=bool)
    for region in regions:
        resected |= region
    found = served.deprivation(resected)
    volumes = served.volumes(found)
    return Remnant(
        anatomical_ml=volumes.anatomical_ml,
        supplied_ml=volumes.supplied_ml,
        drained_ml=volumes.drained_ml,
        functional_ml=volumes.functional_ml,
        functional_share_percent=volumes.functional_share_percent,
        tumour_left_ml=volumes.tumour_left_ml,
        region=Mask(served.on_grid(found.kept), served.grid),
        remarks=volumes.remarks,
    )


def _laid_out(tree: VesselTree | None, liver: Mask, *, spared_mm: NDArray[np.float64]) -> Territories | None:
    """A tree on the working grid; None where there is none."""
    if tree is None or not tree.branches:
        return None
    owner = territories(liver.grid.points_of(np.argwhere(liver.array)), tree)[0].astype(np.int32)
    branch, lines, _ = tree_points(tree)
    indices = np.round(liver.grid.indices_of(lines)).astype(np.intp)
    shape = np.array(liver.grid.shape)
    valid = ((indices >= 0) & (indices < shape)).all(axis=1)
    flat = np.ravel_multi_index(tuple(np.clip(indices, 0, shape - 1).T), liver.grid.shape)
    return Territories(
        tree=tree,
        owner=owner,
        branch=branch,
        voxel=np.where(valid, flat, -1),
        away=np.asarray(cKDTree(spared_mm).query(lines)[0] > SPARED_MM),
        step_mm=np.array([one.length_mm / max(1, len(one.points_mm) - 1) for one in tree.branches]),
        large=np.array([one.diameter_mm >= DISSECTED_FROM_MM for one in tree.branches]),
    )


def _served(
    laid_out: Territories | None, kept: Region, resected: Region
) -> tuple[Region | None, Region | None, Region | None]:
    """The part of what stays whose branch keeps its way to the root, which branches do not, and which stay."""
    if laid_out is None:
        return None, None, None
    lost, stays = laid_out.fate(resected)
    return kept & ~lost[laid_out.owner], lost, stays


def _volumes(
    regions: Sequence[Region | None], voxels: NDArray[np.intp], grid: Grid, *, error_mm: float
) -> list[Estimate | None]:
    """Volumes of up to eight regions with their limits, all in one pass: each region is a bit of one array."""
    bits = np.zeros(len(voxels), dtype=np.uint8)
    for place, region in enumerate(regions):
        if region is not None:
            bits |= region.view(np.uint8) << np.uint8(place)
    whole = np.zeros(grid.shape, dtype=np.uint8)
    whole.ravel()[voxels] = bits
    code = np.pad(whole, 1)
    smaller, larger = code.copy(), code.copy()
    for axis in range(3):
        first: list[slice] = [slice(None)] * 3
        last: list[slice] = [slice(None)] * 3
        first[axis], last[axis] = slice(None, -1), slice(1, None)
        for to, source in ((tuple(first), tuple(last)), (tuple(last), tuple(first))):
            smaller[to] &= code[source]
            larger[to] |= code[source]
    shells = error_mm / float(np.mean(grid.spacing_mm))
    counts = [np.bincount(part.ravel(), minlength=256) for part in (code, smaller, larger)]
    found: list[Estimate | None] = []
    for place, region in enumerate(regions):
        has = (np.arange(256) >> place) & 1 == 1
        three = [int(count[has].sum()) for count in counts]
        found.append(None if region is None else shell_estimate(three, voxel_ml=grid.voxel_ml, shells=shells))
    return found
