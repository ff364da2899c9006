"""What lies around the liver: from segmentations, and from the CT where something was not segmented."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nelm.app.imaging_limits import body_limits, imaging_knowledge
from nelm.imaging.body_regions import BodyLimits, air_in, body_of, bone_of, filled_slices
from nelm.imaging.surroundings import Surroundings
from nelm.io.study import Study
from nelm.knowledge import load_knowledge
from nelm.volume import Grid, Mask, Quantity, Structure, Volume, mask_on

NOT_AROUND = frozenset(
    {Structure.LIVER, Structure.LESION, Structure.FUTURE_LIVER_REMNANT, Structure.PERFUSED_LIVER,
     Structure.ABLATION_ZONE, Structure.OTHER}
    | {structure for structure in Structure if structure.couinaud is not None}
)  # fmt: skip
DENSE = (
    Structure.LIVER, Structure.LESION, Structure.PORTAL_VEIN, Structure.HEPATIC_VEIN, Structure.LIVER_VESSEL,
    Structure.HEPATIC_ARTERY, Structure.INFERIOR_VENA_CAVA, Structure.AORTA, Structure.HEART, Structure.SPLEEN,
    Structure.KIDNEY_LEFT, Structure.KIDNEY_RIGHT, Structure.STOMACH, Structure.BOWEL, Structure.GALLBLADDER,
    Structure.URINARY_BLADDER,
)  # fmt: skip
"""What contrast medium, calcium or lipiodol makes as dense as bone."""
IN_THE_WAY = (
    Structure.SKIN, Structure.LUNG, Structure.RIB, Structure.BONE, Structure.HEART, Structure.STOMACH,
    Structure.BOWEL, Structure.GALLBLADDER, Structure.KIDNEY_RIGHT, Structure.AORTA,
)  # fmt: skip
"""What a needle must not cross, or must begin at; said where it is not known."""
SURELY_BODY = 0.95
"""Share of the liver that the filled skin has to hold for it to be the body."""


def surroundings_of(study: Study, grid: Grid, image: Volume | None) -> Surroundings:
    """Everything around a liver, on the grid of its image.

    Parameters
    ----------
    grid : Of the liver's image; slices along its first axis.
    image : The image that the liver was drawn on; used where it is a CT on this grid.

    Returns
    -------
    What is segmented; from a CT also body, lungs, bones, and the gas of the bowel as a part of it. What was derived,
    what is empty and what stays unknown is said in the remarks: not segmented is unknown, never absent.
    """
    found, empty, remarks = _segmented(study, grid)
    derived: set[Structure] = set()
    partial: set[Structure] = set()
    if Structure.SKIN in found:
        found[Structure.SKIN] = filled_slices(found[Structure.SKIN])
        if not _holds_the_liver(found[Structure.SKIN], study, grid):
            del found[Structure.SKIN]
            remarks.append("skin: what was given does not enclose the liver in its slices, and was not used")
    if _is_ct(image, grid):
        assert image is not None
        limits = body_limits(imaging_knowledge(load_knowledge()))
        taken = _from_ct(image, found, limits, without=_dense(study, grid))
        found |= taken.structures
        derived, partial = set(taken.derived), set(taken.partial)
        remarks += taken.remarks
    else:
        remarks.append("no CT on the grid of the liver: nothing was derived from the image")
    around = Surroundings(
        grid, found, (), frozenset(derived), frozenset(partial), frozenset(empty - found.keys())
    )
    missing = [structure.value.replace("_", " ") for structure in _missing(around)]
    if missing:
        remarks.append(f"not segmented, so unknown and not absent: {', '.join(missing)}")
    return Surroundings(grid, found, tuple(remarks), around.derived, around.partial, around.empty)


def _missing(around: Surroundings) -> tuple[Structure, ...]:
    """What is in the way of needles and not known; ribs are known where bones are."""
    wanted = [s for s in IN_THE_WAY if s is not Structure.RIB or not around.has(Structure.BONE)]
    return around.unknown(*wanted)


def _segmented(study: Study, grid: Grid) -> tuple[dict[Structure, Mask], set[Structure], list[str]]:
    """Every structure that is segmented, those that are empty, and what was noticed."""
    arrays: dict[Structure, NDArray[np.bool_]] = {}
    empty: set[Structure] = set()
    remarks: list[str] = []
    elsewhere: list[str] = []
    for segmentation in study.segmentations:
        for segment in segmentation.segments:
            kind = segment.structure
            if kind in NOT_AROUND:
                continue
            if segment.mask.is_empty:
                empty.add(kind)
                remarks.append(f"{segment.name} is given but empty")
                continue
            mask = mask_on(segment.mask, grid)
            if mask.is_empty:
                elsewhere.append(segment.name)
            elif kind in arrays:
                arrays[kind] = arrays[kind] | mask.array
            else:
                arrays[kind] = mask.array
    if elsewhere:
        remarks.append(f"outside the image of the liver, not used: {', '.join(dict.fromkeys(elsewhere))}")
    return {kind: Mask(array, grid) for kind, array in arrays.items()}, empty, remarks


def _from_ct(
    image: Volume, found: Mapping[Structure, Mask], limits: BodyLimits, *, without: list[Mask]
) -> Surroundings:
    """What a CT shows of that which is not segmented."""
    taken: dict[Structure, Mask] = {}
    partial: set[Structure] = set()
    remarks: list[str] = []
    body = found.get(Structure.SKIN)
    if body is None:
        body = taken[Structure.SKIN] = body_of(image, limits)
        remarks.append(
            f"body: {body.volume_ml / 1000:.1f} L above {limits.tissue_above_hu:g} HU, couch cut off"
        )
    air = None
    if Structure.LUNG not in found or Structure.BOWEL not in found:
        air = air_in(image, body, limits)
    if air is not None and Structure.LUNG not in found and not air.lung.is_empty:
        taken[Structure.LUNG] = air.lung
        remarks.append(
            f"lung: {air.lung.volume_ml:.0f} mL of air below {limits.air_below_hu:g} HU that reaches the upper end of "
            f"the image or is larger than {limits.closed_lung_min_ml:g} mL; collapsed lung and effusion are not seen"
        )
    if air is not None and Structure.BOWEL not in found and not air.gas.is_empty:
        taken[Structure.BOWEL] = air.gas
        partial.add(Structure.BOWEL)
        remarks.append(
            f"bowel: only gas is known ({air.gas.volume_ml:.1f} mL, that of the stomach with it); "
            "walls and loops without gas are unknown"
        )
    if Structure.BONE not in found:
        bone = bone_of(image, body, limits, without=without)
        if not bone.is_empty:
            taken[Structure.BONE] = bone
            remarks.append(
                f"bone: {bone.volume_ml:.0f} mL above {limits.bone_above_hu:g} HU, by threshold: vessels with contrast "
                "medium that are not segmented may be in it, cartilage and soft bone are not"
            )
    return Surroundings(image.grid, taken, tuple(remarks), frozenset(taken), frozenset(partial))


def _dense(study: Study, grid: Grid) -> list[Mask]:
    """Segmented regions that are as dense as bone and none."""
    return [mask_on(segment.mask, grid) for _, segment in study.of(*DENSE) if not segment.mask.is_empty]


def _is_ct(image: Volume | None, grid: Grid) -> bool:
    return image is not None and image.quantity is Quantity.HOUNSFIELD and image.grid.same_as(grid)


def _holds_the_liver(body: Mask, study: Study, grid: Grid) -> bool:
    """Whether the body holds the segmented liver; true where there is none to ask."""
    livers = [mask_on(segment.mask, grid) for _, segment in study.of(Structure.LIVER)]
    inside = [float(np.mean(body.array[liver.array])) for liver in livers if not liver.is_empty]
    return not inside or min(inside) >= SURELY_BODY
