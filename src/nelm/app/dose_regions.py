"""From the segmentations of a study to the regions that doses are computed of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nelm.app.regions import COUINAUD, liver_regions
from nelm.dosimetry.regions import Region, RegionKind
from nelm.errors import InputError, Problem
from nelm.io.study import Study
from nelm.volume import Grid, Mask, Segment, Segmentation, Structure, Volume, mask_on

KINDS = {
    Structure.KIDNEY_LEFT: RegionKind.KIDNEY_LEFT,
    Structure.KIDNEY_RIGHT: RegionKind.KIDNEY_RIGHT,
    Structure.SPLEEN: RegionKind.SPLEEN,
    Structure.MARROW: RegionKind.MARROW,
    Structure.LUNG: RegionKind.LUNG,
}
ORGANS = (
    Structure.STOMACH, Structure.BOWEL, Structure.PANCREAS, Structure.ADRENAL, Structure.URINARY_BLADDER,
    Structure.PITUITARY, Structure.THYROID, Structure.SALIVARY_GLAND, Structure.HEART, Structure.GALLBLADDER,
)  # fmt: skip
"""Organs whose activity would else be taken for that of their neighbours."""


def dose_regions(study: Study, anatomy: Volume | None) -> tuple[tuple[Region, ...], tuple[str, ...]]:
    """Lesions first, then organs, all on one grid; and what was noticed.

    A liver is not needed: kidneys alone can be dosed.

    Raises
    ------
    InputError : Nothing is segmented that a dose is asked of.
    """
    remarks: list[str] = []
    found: list[Region] = []
    if anatomy is None and not study.segmentations:
        raise _nothing(study)
    grid = anatomy.grid if anatomy is not None else study.segmentations[0].grid
    if study.of(Structure.LIVER, *COUINAUD):
        liver, _, said = liver_regions(study)
        remarks += said
        for lesion in liver.lesions:
            found.append(
                Region(lesion.name, RegionKind.LESION, mask_on(lesion.mask, grid), lesion.tracking_uid)
            )
        found += _liver_regions(mask_on(liver.liver, grid), study.of(Structure.PERFUSED_LIVER), grid)
    else:
        remarks.append("no liver is segmented: its dose and that of lesions in it are not computed")
    for structure, kind in KINDS.items():
        found += _regions(study.of(structure), kind, kind.value, grid)
    for structure in ORGANS:
        name = structure.value.replace("_", " ")
        found += _regions(study.of(structure), RegionKind.ORGAN, name, grid)
    if not found:
        raise _nothing(study)
    missing = [
        kind.value for kind in (RegionKind.KIDNEY_LEFT, RegionKind.KIDNEY_RIGHT) if not _has(found, kind)
    ]
    if missing:
        remarks.append(f"not segmented: {', '.join(missing)}; their dose stays unknown")
    return tuple(found), tuple(remarks)


def _liver_regions(liver: Mask, perfused: Sequence[tuple[Segmentation, Segment]], grid: Grid) -> list[Region]:
    """The liver, parted by what a radioembolisation reaches where that is segmented."""
    whole = RegionKind.LIVER_WITHOUT_LESIONS
    if not perfused:
        return [Region(whole.value, whole, liver)]
    reached = _together(perfused, grid)
    parts = (
        (RegionKind.PERFUSED_LIVER, liver.array & reached.array),
        (RegionKind.SPARED_LIVER, liver.array & ~reached.array),
    )
    return [Region(kind.value, kind, Mask(array, grid)) for kind, array in parts if array.any()]


def _regions(
    drawn: Sequence[tuple[Segmentation, Segment]], kind: RegionKind, name: str, grid: Grid
) -> list[Region]:
    """One region of all segments of a structure."""
    whole = _together(drawn, grid)
    return [] if whole.is_empty else [Region(name, kind, whole)]


def _together(drawn: Sequence[tuple[Segmentation, Segment]], grid: Grid) -> Mask:
    """All these segments as one mask on a grid."""
    array = np.zeros(grid.shape, dtype=bool)
    for _, segment in drawn:
        array |= mask_on(segment.mask, grid).array
    return Mask(array, grid)


def _has(regions: Sequence[Region], kind: RegionKind) -> bool:
    return any(region.kind is kind for region in regions)


def _nothing(study: Study) -> InputError:
    names = sorted({segment.name for item in study.segmentations for segment in item.segments})
    found = f"segments {', '.join(names[:12])}" if names else "no segmentation"
    return InputError(
        [Problem("study", found, "kidneys, liver, spleen or lesions",
                 "Add a segmentation, or say what a segment is: --as NAME=kidney_left")]
    )  # fmt: skip
