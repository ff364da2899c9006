"""The liver that stays after a resection, and how much of it keeps its inflow and its outflow.

A part of the remnant whose portal branch, or whose hepatic vein, is cut on its way through the resected liver does not
work, although it stays. So the remnant is counted four times: as it lies there, supplied, drained, and both. A
territory belongs to the branch whose wall is nearest. A branch is cut when its way to the root (portal: the hilum;
hepatic veins: the cava) passes through resected liver. Near the hilum and near the cava nothing counts as cut, nor does
a large vessel that serves the remnant, too: the surgeon dissects the pedicles and the confluence free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from nelm.imaging.liver.couinaud import territories
from nelm.imaging.liver.landmarks import Landmarks
from nelm.imaging.liver.vessels import Branch, VesselTree
from nelm.quantities import Estimate
from nelm.volume import Mask

CUT_MM = 6.0
"""Length of a branch within the resected liver from which it counts as cut: the plane runs beside vessels."""

DISSECTED_FROM_MM = 5.0
"""Diameter from which a vessel that runs through the resected liver is dissected free if it serves the remnant."""

GOES_WITH = 0.9
"""Share of what a vessel serves from which it goes with what is taken out. A common trunk of the middle and the left
hepatic vein is not cut for the sake of one of them."""

SPARED_MM = 25.0
"""Around the portal bifurcation and the axis of the cava, vessels are dissected free and do not count as cut."""


@dataclass(frozen=True, slots=True, eq=False)
class Remnant:
    """What is left.

    Parameters
    ----------
    anatomical_ml : Liver that stays, without tumour.
    supplied_ml, drained_ml : The part that keeps its portal inflow, its venous outflow; None without that tree.
    functional_ml : The part that keeps both; None without either tree.
    functional_share_percent : Of the liver's tumour-free volume; of the anatomical remnant where a tree is missing.
    tumour_left_ml : Tumour that stays behind.
    region : The remnant without tumour, on the working grid.
    remarks : What should be known.
    """

    anatomical_ml: Estimate
    supplied_ml: Estimate | None
    drained_ml: Estimate | None
    functional_ml: Estimate | None
    functional_share_percent: Estimate
    tumour_left_ml: float
    region: Mask
    remarks: tuple[str, ...]


def remnant_after(
    liver: Mask,
    resected: NDArray[np.bool_],
    tumour: NDArray[np.bool_],
    *,
    portal: VesselTree | None,
    veins: VesselTree | None,
    landmarks: Landmarks,
    error_mm: float,
) -> Remnant:
    """The remnant after taking out a region.

    Parameters
    ----------
    liver : With its lesions, on the working grid.
    resected, tumour : On the same grid.
    portal, veins : The vessel trees; None where they are not segmented.
    landmarks : Where the portal vein forks and the cava runs.
    error_mm : By how much a border may be off (a voxel of the image, or the error of a registration) [mm].
    """
    healthy = liver.array & ~tumour
    kept = healthy & ~resected
    points = liver.grid.points_of(np.argwhere(kept))
    hilum = landmarks.portal_mm[None]
    supplied = _served(points, portal, liver, resected=resected, spared_mm=hilum)
    drained = _served(points, veins, liver, resected=resected, spared_mm=landmarks.cava_mm)
    both = None if supplied is None or drained is None else supplied & drained
    anatomical = _volume(kept, liver, error_mm)
    total = _volume(healthy, liver, error_mm)
    functional = None if both is None else _part(kept, both, liver, error_mm)
    remarks = [*tree_remarks(supplied, drained), *loss_remarks(anatomical, functional)]
    return Remnant(
        anatomical_ml=anatomical,
        supplied_ml=None if supplied is None else _part(kept, supplied, liver, error_mm),
        drained_ml=None if drained is None else _part(kept, drained, liver, error_mm),
        functional_ml=functional,
        functional_share_percent=share_percent(functional or anatomical, total),
        tumour_left_ml=int(np.count_nonzero(tumour & liver.array & ~resected)) * liver.grid.voxel_ml,
        region=Mask(kept, liver.grid),
        remarks=tuple(remarks),
    )


def cut_branches(
    tree: VesselTree, liver: Mask, *, resected: NDArray[np.bool_], spared_mm: NDArray[np.float64]
) -> frozenset[int]:
    """Branches that lose their way to the root through the resected liver, or lie in it.

    Parameters
    ----------
    spared_mm : (n, 3) points around which vessels are dissected free.
    """
    spared = cKDTree(spared_mm)
    inside = [_within(branch, liver, resected) for branch in tree.branches]
    lost: set[int] = set()
    for place, branch in enumerate(tree.branches):
        step = branch.length_mm / max(1, len(branch.points_mm) - 1)
        away = spared.query(branch.points_mm)[0] > SPARED_MM
        runs_through = int(np.count_nonzero(inside[place] & away)) * step > CUT_MM
        if branch.parent in lost or (runs_through and not _is_kept(tree, place, inside)):
            lost.add(place)
    return frozenset(lost)


def _is_kept(tree: VesselTree, place: int, inside: list[NDArray[np.bool_]]) -> bool:
    """Whether a vessel is dissected free: large, and something of what it serves stays."""
    if tree.branches[place].diameter_mm < DISSECTED_FROM_MM:
        return False
    served = np.concatenate([inside[branch] for branch in tree.downstream(place)[1:] or (place,)])
    return bool(served.mean() < GOES_WITH)


def _within(branch: Branch, liver: Mask, region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each point of a branch whether it lies in a region."""
    indices = np.round(liver.grid.indices_of(branch.points_mm)).astype(np.intp)
    shape = np.array(liver.grid.shape)
    valid = ((indices >= 0) & (indices < shape)).all(axis=1)
    return valid & region[tuple(np.clip(indices, 0, shape - 1).T)]


def _served(
    points: NDArray[np.float64],
    tree: VesselTree | None,
    liver: Mask,
    *,
    resected: NDArray[np.bool_],
    spared_mm: NDArray[np.float64],
) -> NDArray[np.bool_] | None:
    """For each point of the remnant whether its branch keeps its way to the root."""
    if tree is None or not tree.branches:
        return None
    lost = cut_branches(tree, liver, resected=resected, spared_mm=spared_mm)
    owner, _ = territories(points, tree)
    return ~np.isin(owner, np.array(sorted(lost), dtype=np.intp))


def _volume(region: NDArray[np.bool_], liver: Mask, error_mm: float) -> Estimate:
    """Volume [mL] with the limits of a border moved by `error_mm`, in proportion to the shell of one voxel."""
    ml, edge = liver.grid.voxel_ml, float(np.mean(liver.grid.spacing_mm))
    padded = np.pad(region, 1)
    counts = [int(np.count_nonzero(part)) for part in
              (padded, ndimage.binary_erosion(padded), ndimage.binary_dilation(padded))]  # fmt: skip
    return shell_estimate(counts, voxel_ml=ml, shells=error_mm / edge)


def shell_estimate(counts: Sequence[int], *, voxel_ml: float, shells: float) -> Estimate:
    """Volume [mL] from the voxels of a region, of the region without its outer layer, and with one more layer.

    Parameters
    ----------
    shells : By how many voxels the border may be off.
    """
    value = counts[0] * voxel_ml
    return Estimate(value, max(0.0, value - shells * (counts[0] - counts[1]) * voxel_ml),
                    value + shells * (counts[2] - counts[0]) * voxel_ml)  # fmt: skip


def _part(kept: NDArray[np.bool_], chosen: NDArray[np.bool_], liver: Mask, error_mm: float) -> Estimate:
    """Volume of the chosen points of the remnant."""
    region = np.zeros(kept.shape, dtype=bool)
    region[kept] = chosen
    return _volume(region, liver, error_mm)


def share_percent(part: Estimate, whole: Estimate) -> Estimate:
    """Part of a whole [%]; the limits are those of the part, since the outer border is common to both."""
    if not whole.value:
        return Estimate(0.0, 0.0, 0.0)
    value = 100 * part.value / whole.value
    return Estimate(
        value, 100 * part.low / whole.value, min(100.0, max(value, 100 * part.high / whole.value))
    )


def tree_remarks(supplied: object | None, drained: object | None) -> list[str]:
    """What is unknown for want of a vessel tree."""
    missing = (("no portal tree: what keeps its inflow is unknown", supplied),
               ("no hepatic veins: what keeps its outflow is unknown", drained))  # fmt: skip
    return [text for text, known in missing if known is None]


def loss_remarks(anatomical: Estimate, functional: Estimate | None) -> list[str]:
    """How much of the remnant stays and does not work."""
    if functional is None or anatomical.value - functional.value < 0.01 * anatomical.value:
        return []
    lost = anatomical.value - functional.value
    return [f"{lost:.0f} mL of the remnant lose their inflow or their outflow"]
