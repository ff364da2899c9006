"""Whether a measured liver can be planned on: everything that speaks against it is named and refused at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from nelm.errors import GeometryError, InputError, Problem
from nelm.imaging.lesions import Lesion
from nelm.imaging.measured import LiverMeasurement
from nelm.imaging.surroundings import Surroundings
from nelm.volume import Grid, Mask, Structure

VESSELS = (
    Structure.PORTAL_VEIN, Structure.HEPATIC_VEIN, Structure.INFERIOR_VENA_CAVA, Structure.LIVER_VESSEL,
    Structure.HEPATIC_ARTERY, Structure.BILE_DUCT,
)  # fmt: skip
OVERLAP_SHARE = 0.01
"""Share of the smaller lesion up to which common voxels are the rounding of two borders that touch."""
ROUNDING_SHARE = 0.01
"""By how much a remnant may exceed the liver before it is another liver: the volumes are counted on two grids."""
LATTICE_VOXELS = 0.02
"""By how much of a voxel a lesion's lattice may be off."""


@dataclass(frozen=True, slots=True)
class SharedVoxels:
    """Two lesions that lie in one another: their names, the common volume [mL], and its share of the smaller one."""

    first: str
    second: str
    shared_ml: float
    share: float


def check_for_planning(
    measurement: LiverMeasurement,
    surroundings: Surroundings | None = None,
    *,
    left_out: Collection[str] = (),
    remnants_ml: Mapping[str, float] | None = None,
) -> tuple[str, ...]:
    """Refuse what cannot be planned on, with everything that is wrong; give what should be known otherwise.

    Parameters
    ----------
    left_out : Names of lesions that the user leaves out of the plan: they may lie outside the liver.
    remnants_ml : Volumes of future liver remnants by name, from segmentations, cases or resections [mL].

    Raises
    ------
    GeometryError : A region lies on another grid than the liver: nothing further can be compared.
    InputError : A lesion outside the liver, an empty vessel mask, lesions that share voxels, a remnant larger than the
        liver, no lesion at all, tumour as large as the liver; all problems at once.
    """
    _one_grid(measurement, surroundings)
    overlaps = shared_voxels([item.lesion for item in measurement.lesions])
    problems = [
        *_outside(measurement, left_out),
        *_empty_vessels(measurement, surroundings),
        *(_overlap(one) for one in overlaps if one.share > OVERLAP_SHARE),
        *_sizes(measurement, left_out),
        *_remnants(measurement, remnants_ml or {}),
    ]
    if problems:
        raise InputError(problems)
    return tuple(_remarks(measurement, surroundings, overlaps, left_out))


def shared_voxels(lesions: Collection[Lesion]) -> tuple[SharedVoxels, ...]:
    """Pairs of lesions of one image that have voxels in common."""
    found: list[SharedVoxels] = []
    for one, two in combinations(lesions, 2):
        common = [
            slice(max(a.start, b.start), min(a.stop, b.stop)) for a, b in zip(one.box, two.box, strict=True)
        ]
        if any(part.stop <= part.start for part in common):
            continue
        parts = [
            lesion.mask.array[
                tuple(
                    slice(part.start - own.start, part.stop - own.start)
                    for part, own in zip(common, lesion.box, strict=True)
                )
            ]
            for lesion in (one, two)
        ]
        voxels = int(np.count_nonzero(parts[0] & parts[1]))
        if voxels:
            shared_ml = voxels * one.mask.grid.voxel_ml
            found.append(
                SharedVoxels(one.name, two.name, shared_ml, shared_ml / min(one.volume_ml, two.volume_ml))
            )
    return tuple(found)


def _one_grid(measurement: LiverMeasurement, surroundings: Surroundings | None) -> None:
    """Refuse regions that do not lie on the grid of the liver."""
    grid = measurement.regions.liver.grid
    strange = [name for name, mask in _regions(measurement) if not mask.grid.same_as(grid)]
    strange += [item.name for item in measurement.regions.lesions if not _is_on_lattice(item, grid)]
    if surroundings is not None:
        named = {kind.value: mask.grid for kind, mask in surroundings.structures.items()}
        named["surroundings"] = surroundings.grid
        strange += [name for name, other in named.items() if not other.same_as(grid)]
    if strange:
        raise GeometryError(
            f"{', '.join(dict.fromkeys(strange))}: on another grid than the liver",
            where="segmentation",
            expected=f"{grid.shape[0]} x {grid.shape[1]} x {grid.shape[2]} voxels of the image that the liver lies on",
            remedy="Resample it to that image, or register the two images first.",
        )


def _regions(measurement: LiverMeasurement) -> Iterator[tuple[str, Mask]]:
    """The regions of the liver by name."""
    regions = measurement.regions
    for name in ("portal", "veins", "cava", "duct", "vessels"):
        mask: Mask | None = getattr(regions, name)
        if mask is not None:
            yield NAMES[name].value, mask
    for number, mask in regions.segments.items():
        yield f"segment {number}", mask


NAMES = {
    "portal": Structure.PORTAL_VEIN,
    "veins": Structure.HEPATIC_VEIN,
    "cava": Structure.INFERIOR_VENA_CAVA,
    "duct": Structure.BILE_DUCT,
    "vessels": Structure.LIVER_VESSEL,
}


def _is_on_lattice(lesion: Lesion, grid: Grid) -> bool:
    """Whether a lesion's own grid is the part of the image that its box says."""
    if any(part.start < 0 or part.stop > n for part, n in zip(lesion.box, grid.shape, strict=True)):
        return False
    wanted = grid.cropped(lesion.box)
    return wanted.farthest_apart_mm(lesion.mask.grid) <= LATTICE_VOXELS * min(grid.spacing_mm)


def _outside(measurement: LiverMeasurement, left_out: Collection[str]) -> list[Problem]:
    """Lesions that do not lie in the liver."""
    return [
        Problem(
            lesion.name,
            f"{lesion.volume_ml:.1f} mL outside the liver",
            "a lesion that lies in the segmented liver",
            "Leave it out of the plan by name, or correct the liver's segmentation.",
        )
        for lesion in measurement.outside
        if lesion.name not in left_out
    ]


def _empty_vessels(measurement: LiverMeasurement, surroundings: Surroundings | None) -> list[Problem]:
    """Vessels that were given without a voxel: their distances would be unknown, and look like far."""
    empty = {kind for name, kind in NAMES.items() if _is_empty(getattr(measurement.regions, name))}
    if surroundings is not None:
        empty |= surroundings.empty
        empty |= {kind for kind, mask in surroundings.structures.items() if mask.is_empty}
    return [
        Problem(
            kind.value,
            "an empty region",
            "a vessel with voxels, or no segment of that name",
            "Segment it, or take the empty segment out: a vessel that is not segmented is unknown.",
        )
        for kind in VESSELS
        if kind in empty
    ]


def _is_empty(mask: Mask | None) -> bool:
    return mask is not None and mask.is_empty


def _overlap(one: SharedVoxels) -> Problem:
    return Problem(
        f"{one.first} and {one.second}",
        f"{one.shared_ml:.2f} mL in both ({one.share:.0%} of the smaller)",
        "lesions that share no voxel",
        "Part them, or make them one lesion.",
    )


def _sizes(measurement: LiverMeasurement, left_out: Collection[str]) -> list[Problem]:
    """No lesion, or tumour as large as the liver."""
    planned = [item for item in measurement.lesions if item.lesion.name not in left_out]
    if not planned:
        return [
            Problem(
                "lesions", "none in the liver", "at least one lesion", "Segment the lesions, or plan nothing."
            )
        ]
    drawn = measurement.regions.liver.volume_ml
    found = [
        Problem(
            item.lesion.name,
            f"{item.size.volume_ml.value:.0f} mL in a liver of {drawn:.0f} mL",
            "a lesion smaller than its liver",
            "Look at both segmentations: the names may be exchanged.",
        )
        for item in planned
        if item.size.volume_ml.value >= drawn
    ]
    tumour, whole = measurement.burden.tumour_ml.value, measurement.burden.liver_ml.value
    if not found and tumour >= whole * (1 - ROUNDING_SHARE):
        found.append(
            Problem("lesions", f"{tumour:.0f} mL of tumour in {whole:.0f} mL", "liver beside the tumour",
                    "Look at the segmentations: nothing is left to plan with.")
        )  # fmt: skip
    return found


def _remnants(measurement: LiverMeasurement, remnants_ml: Mapping[str, float]) -> list[Problem]:
    """Remnants that are larger than the liver without its tumour."""
    most = measurement.burden.parenchyma_ml.value
    return [
        Problem(
            name,
            f"a remnant of {volume:.0f} mL",
            f"at most the {most:.0f} mL of liver without tumour",
            "Look at which liver it was measured on.",
            contradicts="liver",
        )
        for name, volume in remnants_ml.items()
        if volume > most * (1 + ROUNDING_SHARE)
    ]


def _remarks(
    measurement: LiverMeasurement,
    surroundings: Surroundings | None,
    overlaps: Collection[SharedVoxels],
    left_out: Collection[str],
) -> Iterator[str]:
    """What should be known of a liver that can be planned on."""
    names = [lesion.name for lesion in measurement.outside]
    for name in sorted(left_out):
        yield f"{name} is left out{': it lies outside the liver' if name in names else ''}"
    for one in overlaps:
        yield f"{one.first} and {one.second} touch: {one.shared_ml:.2f} mL lie in both, the rounding of their borders"
    if measurement.burden.is_cut:
        yield "the image ends within the liver: volumes of the liver and of what remains are lower bounds"
    if surroundings is None:
        yield "nothing is known of what lies around the liver"
        return
    missing = [kind.value.replace("_", " ") for kind in surroundings.unknown(*NEEDED)]
    if missing:
        yield f"not known: {', '.join(missing)}"


NEEDED = (Structure.PORTAL_VEIN, Structure.HEPATIC_VEIN, Structure.HEPATIC_ARTERY, Structure.BILE_DUCT)
