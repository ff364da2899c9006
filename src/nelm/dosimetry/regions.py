"""Organs and lesions as sources and targets: no voxel belongs to two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from nelm.errors import GeometryError, problem
from nelm.volume import Mask


class RegionKind(StrEnum):
    """What a region is to dosimetry."""

    LESION = "lesion"
    PERFUSED_LIVER = "perfused liver without lesions"
    SPARED_LIVER = "spared liver without lesions"
    LIVER_WITHOUT_LESIONS = "liver without lesions"
    LIVER_WITH_LESIONS = "liver with lesions"
    KIDNEY_LEFT = "left kidney"
    KIDNEY_RIGHT = "right kidney"
    KIDNEYS = "kidneys"
    SPLEEN = "spleen"
    MARROW = "red marrow"
    LUNG = "lung"
    ORGAN = "organ"
    REST = "rest of the body"


TISSUE_OF = {
    RegionKind.LESION: "liver",
    RegionKind.PERFUSED_LIVER: "liver",
    RegionKind.SPARED_LIVER: "liver",
    RegionKind.LIVER_WITHOUT_LESIONS: "liver",
    RegionKind.LIVER_WITH_LESIONS: "liver",
    RegionKind.KIDNEY_LEFT: "kidney",
    RegionKind.KIDNEY_RIGHT: "kidney",
    RegionKind.KIDNEYS: "kidney",
    RegionKind.SPLEEN: "soft_tissue",
}
"""Material that a region is taken to be made of, whatever contrast medium the CT shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A region of the reference anatomy.

    Parameters
    ----------
    name : As it is reported.
    kind : What it is.
    mask : On the grid of the anatomy.
    tracking_uid : Identity of a lesion over time, if it has one.
    """

    name: str
    kind: RegionKind
    mask: Mask
    tracking_uid: str | None = None

    @property
    def volume_ml(self) -> float:
        """Volume [mL]."""
        return self.mask.volume_ml


@dataclass(frozen=True, slots=True)
class Union:
    """A region that others make up: both kidneys, the liver with its lesions.

    Parameters
    ----------
    name, kind : Of the whole.
    members : Names of its parts.
    """

    name: str
    kind: RegionKind
    members: tuple[str, ...]


def disjoint(regions: Sequence[Region]) -> tuple[Region, ...]:
    """The regions without overlap, cut to their boxes: a voxel stays with the first that holds it; empty ones go.

    Raises
    ------
    InputError : No region, two of one name, or none that holds a voxel.
    GeometryError : Regions on different grids.
    """
    if not regions:
        raise problem("no region", "kidneys, liver or lesions", "Give a segmentation", path="regions")
    names = [region.name for region in regions]
    for name in names:
        if names.count(name) > 1:
            raise problem(name, "each name once", "Rename one of the segments", path="regions")
    grid = regions[0].mask.grid
    taken = np.zeros(grid.shape, dtype=bool)
    kept: list[Region] = []
    for region in regions:
        if not region.mask.grid.same_as(grid):
            raise GeometryError(
                f"region {region.name} lies on another grid",
                expected="one grid for all regions",
                remedy="Bring the segmentations onto the grid of one image first.",
            )
        if region.mask.is_empty:
            continue
        box = region.mask.box()
        left = region.mask.array[box] & ~taken[box]
        if left.any():
            taken[box] |= left
            kept.append(replace(region, mask=Mask(left, grid.cropped(box))))
    if not kept:
        raise problem(
            "empty masks", "a region with a voxel at least", "Look at the segmentation", path="regions"
        )
    return tuple(kept)


def unions_of(regions: Sequence[Region]) -> tuple[Union, ...]:
    """Both kidneys, and the liver without and with its lesions, where there is more than one part."""
    names = {kind: tuple(one.name for one in regions if one.kind is kind) for kind in RegionKind}
    kidneys = (*names[RegionKind.KIDNEY_LEFT], *names[RegionKind.KIDNEY_RIGHT])
    parts = (*names[RegionKind.PERFUSED_LIVER], *names[RegionKind.SPARED_LIVER])
    liver = names[RegionKind.LIVER_WITHOUT_LESIONS] or parts
    lesions = names[RegionKind.LESION]
    found: list[Union] = []
    if len(kidneys) > 1:
        found.append(_union(RegionKind.KIDNEYS, kidneys))
    if len(parts) > 1:
        found.append(_union(RegionKind.LIVER_WITHOUT_LESIONS, parts))
    if liver and lesions:
        found.append(_union(RegionKind.LIVER_WITH_LESIONS, (*liver, *lesions)))
    return tuple(found)


def _union(kind: RegionKind, members: tuple[str, ...]) -> Union:
    return Union(kind.value, kind, members)
