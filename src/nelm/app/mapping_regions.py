"""Regions for planning radioembolisation: territories by their segments, lesions, lungs, on the grid of the CT."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from nelm.app.regions import liver_regions
from nelm.errors import InputError, Problem
from nelm.imaging.lesions import whole_liver
from nelm.io.study import Study
from nelm.therapies.radioembolisation.devices import Device
from nelm.therapies.radioembolisation.territory import Extent, Territory
from nelm.volume import Mask, Structure, Volume, mask_on

WHOLE_FROM, SEGMENTAL_BELOW = 0.95, 0.25
"""Share of the liver from which a territory counts as the whole liver, and below which as segments: a convention."""
WORDS = (
    (re.compile(r"whole", re.IGNORECASE), Extent.WHOLE_LIVER),
    (re.compile(r"segment|\bs[1-8]\b", re.IGNORECASE), Extent.SEGMENTAL),
    (re.compile(r"lob|right|left", re.IGNORECASE), Extent.LOBAR),
)


@dataclass(frozen=True, slots=True, eq=False)
class MappedLiver:
    """What is planned on, on the grid of the CT.

    Parameters
    ----------
    liver : Lesions included.
    tumour : All lesions together.
    territories : One at least; the whole liver where none is segmented.
    lungs : Outside of the liver; None where they are not segmented.
    is_lung_cut : Whether the CT ends within the lungs.
    remarks : What was taken how.
    """

    liver: Mask
    tumour: Mask
    territories: tuple[Territory, ...]
    lungs: Mask | None
    is_lung_cut: bool
    remarks: tuple[str, ...]

    @property
    def perfused(self) -> Mask:
        """All territories together, inside the liver."""
        together = np.any([one.perfused.array for one in self.territories], axis=0)
        return Mask(together & self.liver.array, self.liver.grid)


def mapped_liver(study: Study, ct: Volume) -> MappedLiver:
    """The regions of a mapping study.

    Raises
    ------
    InputError : No liver, no lesion, or a territory that is empty.
    """
    regions, _, remarks = liver_regions(study)
    grid = ct.grid
    liver = mask_on(whole_liver(regions.liver, regions.lesions), grid)
    if not regions.lesions:
        raise InputError(
            [Problem("study", "no lesion", "the lesions of the liver as segments: dose to tumour and T/N are of them",
                     "Add their segmentation, or say which segment they are: --as NAME=lesion")]
        )  # fmt: skip
    tumour = np.any([mask_on(lesion.mask, grid).array for lesion in regions.lesions], axis=0) & liver.array
    territories, said = _territories(study, liver)
    lungs = _lungs(study, liver)
    cut = lungs is not None and bool(lungs.array[[0, -1]].any())
    return MappedLiver(liver, Mask(tumour, grid), territories, lungs, cut, (*remarks, *said))


def _territories(study: Study, liver: Mask) -> tuple[tuple[Territory, ...], list[str]]:
    """One for each segment of perfused liver; all of the liver without any."""
    drawn = [segment for _, segment in study.of(Structure.PERFUSED_LIVER)]
    if not drawn:
        said = "no perfused liver is segmented: the whole liver is taken as one territory"
        return (Territory("whole liver", Extent.WHOLE_LIVER, liver, Device.RESIN),), [said]
    found: list[Territory] = []
    remarks: list[str] = []
    for segment in drawn:
        mask = Mask(mask_on(segment.mask, liver.grid).array & liver.array, liver.grid)
        if mask.is_empty:
            raise InputError(
                [Problem(segment.name, "nothing inside the liver", "a territory inside the liver of the same CT",
                         "Look at the segmentation of the territory")]
            )  # fmt: skip
        share = mask.volume_ml / liver.volume_ml
        extent = _extent(segment.name, share)
        remarks.append(f"{segment.name}: {100 * share:.0f} % of the liver, taken as {extent.value}")
        found.append(Territory(segment.name, extent, mask, Device.RESIN))
    return tuple(found), remarks


def _extent(name: str, share: float) -> Extent:
    """How much of the liver a territory is: by its share where that is plain, by its name, by its share again."""
    if share >= WHOLE_FROM:
        return Extent.WHOLE_LIVER
    named = next((extent for words, extent in WORDS if words.search(name)), None)
    if named is not None and named is not Extent.WHOLE_LIVER:
        return named
    return Extent.SEGMENTAL if share < SEGMENTAL_BELOW else Extent.LOBAR


def _lungs(study: Study, liver: Mask) -> Mask | None:
    """Both lungs as one region that shares nothing with the liver."""
    drawn = [segment.mask for _, segment in study.of(Structure.LUNG) if not segment.mask.is_empty]
    if not drawn:
        return None
    together = np.any([mask_on(mask, liver.grid).array for mask in drawn], axis=0) & ~liver.array
    return Mask(together, liver.grid) if together.any() else None
