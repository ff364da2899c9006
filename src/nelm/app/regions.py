"""From what was found in the files to the regions of one liver on one grid."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from nelm.errors import GeometryError, InputError, Problem
from nelm.imaging.lesions import Lesion, lesion_of, separated
from nelm.imaging.measured import LiverRegions
from nelm.io.study import Study
from nelm.volume import Grid, Mask, Segment, Segmentation, Structure, Volume, mask_on

COUINAUD = tuple(structure for structure in Structure if structure.couinaud is not None)
LEAST_OVERLAP = 0.05
"""Share of a liver that has to lie within an image for the two to belong together."""


def base_image(study: Study) -> Volume | None:
    """The image that the liver was drawn on: the one its segmentation names, lies on, or lies in; None without any."""
    drawn = study.of(Structure.LIVER, *COUINAUD)
    if not drawn:
        return study.images[0] if study.images else None
    segmentation = drawn[0][0]
    for volume in study.images:
        if segmentation.source_series_uid and segmentation.source_series_uid == volume.origin.series_uid:
            return volume
    for volume in study.images:
        if volume.grid.same_as(segmentation.grid):
            return volume
    for volume in study.images:
        if _share_inside(drawn[0][1].mask, volume.grid) > 1 - LEAST_OVERLAP:
            return volume
    return None


def liver_regions(study: Study) -> tuple[LiverRegions, Volume | None, tuple[str, ...]]:
    """The regions of the liver, the image that they were drawn on, and what was noticed.

    Raises
    ------
    InputError : No liver is segmented.
    GeometryError : A segmentation lies outside the image of the others.
    """
    drawn = study.of(Structure.LIVER) or study.of(*COUINAUD)
    if not drawn:
        raise _no_liver(study)
    image = base_image(study)
    grid = image.grid if image is not None else drawn[0][0].grid
    liver = _together([drawn[0]] if drawn[0][1].structure is Structure.LIVER else list(drawn), grid)
    assert liver is not None
    remarks = (
        []
        if image is not None
        else ["no image of the liver's grid: no pictures, and a cut liver may not show"]
    )
    livers = study.of(Structure.LIVER)
    if len(livers) > 1:
        names = ", ".join(f"{segment.name} ({_from(item)})" for item, segment in livers)
        remarks.append(f"{len(livers)} livers were found ({names}): the first was taken")
    lesions, said = _lesions(study, grid)
    segments = {
        structure.couinaud: mask
        for structure in COUINAUD
        if (mask := _together(list(study.of(structure)), grid)) is not None and structure.couinaud
    }
    regions = LiverRegions(
        liver=liver,
        lesions=lesions,
        portal=_together(list(study.of(Structure.PORTAL_VEIN)), grid),
        veins=_together(list(study.of(Structure.HEPATIC_VEIN)), grid),
        cava=_together(list(study.of(Structure.INFERIOR_VENA_CAVA)), grid),
        duct=_together(list(study.of(Structure.BILE_DUCT)), grid),
        vessels=_together(list(study.of(Structure.LIVER_VESSEL)), grid),
        segments=_with_halves(segments, study, grid),
    )
    unknown = [segment.name for item in study.segmentations for segment in item.of(Structure.OTHER)]
    if unknown:
        remarks.append(f"names that were not understood and not used: {', '.join(sorted(set(unknown))[:12])}")
    return regions, image, (*remarks, *said)


def organs(study: Study) -> tuple[Mask, ...]:
    """Organs whose uptake is physiological."""
    wanted = (Structure.SPLEEN, Structure.KIDNEY_LEFT, Structure.KIDNEY_RIGHT, Structure.STOMACH, Structure.BOWEL,
              Structure.ADRENAL, Structure.URINARY_BLADDER, Structure.PITUITARY, Structure.THYROID,
              Structure.SALIVARY_GLAND, Structure.GALLBLADDER)  # fmt: skip
    return tuple(segment.mask for _, segment in study.of(*wanted) if not segment.mask.is_empty)


def spleen(study: Study) -> Mask | None:
    """The spleen; None where it is not segmented."""
    found = study.of(Structure.SPLEEN)
    return found[0][1].mask if found else None


def _lesions(study: Study, grid: Grid) -> tuple[tuple[Lesion, ...], list[str]]:
    """The lesions one by one.

    Several segments, or one whose name has a number, are one lesion each. One segment without a number holds all
    lesions, and is parted into single ones.
    """
    drawn = [(item, segment) for item, segment in study.of(Structure.LESION) if not segment.mask.is_empty]
    remarks = [
        f"{segment.name} is empty" for _, segment in study.of(Structure.LESION) if segment.mask.is_empty
    ]
    numbered = [segment for _, segment in drawn if _is_numbered(segment) or len(drawn) > 1]
    found: list[Lesion] = []
    for segment in numbered:
        mask = _placed(segment, grid)
        found.append(lesion_of(segment.name, mask, tracking_uid=segment.tracking_uid))
    others = [segment for _, segment in drawn if segment not in numbered]
    for segment in others:
        separation = separated(_placed(segment, grid))
        found += separation.lesions
        if separation.partings:
            remarks.append(
                f"{segment.name}: {len(separation.partings)} touching pairs of lesions were parted"
            )
    return _renamed(found, keep=all(_is_short(segment.name) for segment in numbered) and not others), remarks


def _renamed(lesions: list[Lesion], *, keep: bool) -> tuple[Lesion, ...]:
    """Lesions by size under the names L1, L2 and so on; short names of the file are kept."""
    ordered = sorted(lesions, key=lambda lesion: -lesion.volume_ml)
    if keep and len({lesion.name for lesion in ordered}) == len(ordered):
        return tuple(ordered)
    named = [lesion.named(f"L{place}") for place, lesion in enumerate(ordered, start=1)]
    return tuple(
        new if re.fullmatch(r"L\d+", old.name) else new.with_remarks([f'named "{old.name}" in the file'])
        for old, new in zip(ordered, named, strict=True)
    )


def _is_numbered(segment: Segment) -> bool:
    return bool(re.search(r"\d", segment.name))


def _is_short(name: str) -> bool:
    return bool(re.fullmatch(r"L\d{1,3}[a-z]?", name))


def _placed(segment: Segment, grid: Grid) -> Mask:
    """A segment on the grid of the liver.

    Raises
    ------
    GeometryError : Nothing of it lies there.
    """
    mask = mask_on(segment.mask, grid)
    if mask.is_empty and not segment.mask.is_empty:
        raise GeometryError(
            f"segment {segment.name} lies outside the image",
            where=segment.name,
            expected="segmentations of one examination",
            remedy="Give the segmentation of this image, or register the two first.",
        )
    return mask


def _together(drawn: Sequence[tuple[Segmentation, Segment]], grid: Grid) -> Mask | None:
    """All these segments as one region on a grid; None when there are none."""
    masks = [_placed(segment, grid) for _, segment in drawn if not segment.mask.is_empty]
    if not masks:
        return None
    return masks[0] if len(masks) == 1 else Mask(np.any([mask.array for mask in masks], axis=0), grid)


def _with_halves(segments: dict[int, Mask], study: Study, grid: Grid) -> dict[int, Mask]:
    """Segment 4 with its halves 4a and 4b."""
    halves = study.of(Structure.COUINAUD_4, Structure.COUINAUD_4A, Structure.COUINAUD_4B)
    whole = _together(list(halves), grid)
    return segments if whole is None else {**segments, 4: whole}


def _share_inside(mask: Mask, grid: Grid) -> float:
    """Share of a region whose voxels lie within a grid."""
    indices = grid.indices_of(mask.grid.points_of(np.argwhere(mask.array)[::17]))
    return (
        float(np.mean(((indices > -1) & (indices < np.array(grid.shape))).all(axis=1)))
        if len(indices)
        else 0.0
    )


def _from(segmentation: Segmentation) -> str:
    return f"{segmentation.origin.modality} {segmentation.origin.path.rpartition('/')[2]}"


def _no_liver(study: Study) -> InputError:
    names = sorted({segment.name for item in study.segmentations for segment in item.segments})
    found = f"segments {', '.join(names[:12])}" if names else "no segmentation"
    return InputError(
        [Problem("study", found, "a segment of the liver",
                 "Add the liver's segmentation, or say which segment it is: --as NAME=liver.")]
    )  # fmt: skip
