"""How much of the liver is tumour, with what must be known before the number is believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.errors import InputError, Problem
from nelm.imaging.lesions.lesion import Lesion
from nelm.imaging.lesions.size import volume_of
from nelm.quantities import Estimate
from nelm.volume import Grid, Mask

INCLUDED, EXCLUDED = 0.95, 0.05
"""Share of a lesion inside the liver's region from which, and up to which, it is said to lie in it or outside."""

CUT_SHARE = 0.02
"""Share of the liver's largest slice that has to lie on the edge of the image for the liver to be cut by it."""


@dataclass(frozen=True, slots=True)
class Burden:
    """The liver and its tumour.

    Parameters
    ----------
    liver_ml : Liver with its tumours.
    tumour_ml : Tumour inside the liver.
    parenchyma_ml : Liver without its tumours.
    percent : Share of the liver that is tumour; None where the liver is cut by the edge of the image.
    is_cut : Whether the image ends within the liver, so that its volume is a lower bound.
    liver_region : "includes", "excludes" or "partly includes" the lesions, as drawn.
    inside : For each lesion the share of its volume that lies in the liver.
    remarks : What should be known, one sentence each.
    """

    liver_ml: Estimate
    tumour_ml: Estimate
    parenchyma_ml: Estimate
    percent: Estimate | None
    is_cut: bool
    liver_region: str
    inside: tuple[float, ...]
    remarks: tuple[str, ...]


def burden_of(liver: Mask, lesions: Sequence[Lesion]) -> Burden:
    """Liver, tumour and burden.

    A lesion counts with its part inside the liver. Where the liver was drawn without its lesions, "inside" means
    within the liver closed over them: enclosed by it or touching it.

    Raises
    ------
    InputError : The liver is empty.
    """
    if liver.is_empty:
        raise InputError(
            [Problem("liver", "an empty region", "the liver", "Segment the liver, or name its segment.")]
        )
    region, shares = _liver_region(liver, lesions)
    whole = whole_liver(liver, lesions)
    counted = [lesion for lesion, share in zip(lesions, shares, strict=True) if share > 0]
    tumour = Mask(lesions_together(counted, whole.grid).array & whole.array, whole.grid)
    liver_ml, tumour_ml = _volume(whole), _volume(tumour)
    healthy_ml = liver_ml.value - tumour_ml.value
    parenchyma = Estimate(
        healthy_ml, max(0.0, liver_ml.low - tumour_ml.high), max(healthy_ml, liver_ml.high - tumour_ml.low)
    )
    cut = cut_sides(whole)
    remarks = [*_outside_remarks(lesions, shares), *_fragments(liver)]
    if region == "partly includes":
        remarks.append(
            "the liver was drawn with some of its lesions and without others: both together were taken"
        )
    if cut:
        remarks.append(
            f"the image ends within the liver ({', '.join(cut)}): its volume is a lower bound, no burden"
        )
    return Burden(
        liver_ml=liver_ml,
        tumour_ml=tumour_ml,
        parenchyma_ml=parenchyma,
        percent=None if cut else share_percent(tumour_ml, parenchyma),
        is_cut=bool(cut),
        liver_region=region,
        inside=tuple(shares),
        remarks=tuple(remarks),
    )


def share_percent(tumour_ml: Estimate, parenchyma_ml: Estimate) -> Estimate:
    """Tumour in the liver [%]: 100 T / (T + P); the border between the two moves them against each other."""

    def percent(tumour: float, parenchyma: float) -> float:
        return 100 * tumour / (tumour + parenchyma) if tumour + parenchyma > 0 else 0.0

    value = percent(tumour_ml.value, parenchyma_ml.value)
    total = tumour_ml.value + parenchyma_ml.value
    low, high = 100 * tumour_ml.low / total, min(100.0, 100 * tumour_ml.high / total)
    return Estimate(value, min(low, value), max(high, value))


def whole_liver(liver: Mask, lesions: Sequence[Lesion]) -> Mask:
    """The liver with its lesions: those that lie in it or touch it."""
    array = liver.array.copy()
    for lesion in lesions:
        near: NDArray[np.bool_] = ndimage.binary_dilation(lesion.mask.array)
        if (near & liver.array[lesion.box]).any():
            array[lesion.box] |= lesion.mask.array
    return Mask(array, liver.grid)


def cut_sides(liver: Mask) -> tuple[str, ...]:
    """Sides of the image within which the liver ends."""
    array = liver.array
    largest = max(int(np.count_nonzero(array, axis=axes).max()) for axes in ((1, 2), (0, 2), (0, 1)))
    found: list[str] = []
    for axis, name in enumerate(("slice", "row", "column")):
        for place, which in ((0, "first"), (-1, "last")):
            if np.count_nonzero(array.take(place, axis=axis)) > CUT_SHARE * largest:
                found.append(f"{which} {name}")
    return tuple(found)


def _liver_region(liver: Mask, lesions: Sequence[Lesion]) -> tuple[str, list[float]]:
    """Whether the liver was drawn with its lesions, and each lesion's share inside."""
    drawn = [_share(lesion, liver.array) for lesion in lesions]
    touching = [share > 0 or _touches(lesion, liver) for lesion, share in zip(lesions, drawn, strict=True)]
    if not any(touching):
        return "includes", drawn
    cut_out = [
        share <= EXCLUDED and _is_enclosed(lesion, liver)
        for lesion, share in zip(lesions, drawn, strict=True)
    ]
    shares = [1.0 if was_cut_out else share for share, was_cut_out in zip(drawn, cut_out, strict=True)]
    if not any(cut_out):
        return "includes", shares
    others = [near and not was_cut_out for near, was_cut_out in zip(touching, cut_out, strict=True)]
    return ("partly includes" if any(others) else "excludes"), shares


def _share(lesion: Lesion, liver: NDArray[np.bool_]) -> float:
    own = np.count_nonzero(lesion.mask.array)
    return float(np.count_nonzero(lesion.mask.array & liver[lesion.box]) / own) if own else 0.0


def _touches(lesion: Lesion, liver: Mask) -> bool:
    near: NDArray[np.bool_] = ndimage.binary_dilation(lesion.mask.array)
    return bool((near & liver.array[lesion.box]).any())


ENCLOSED_SURFACE = 0.3
"""Share of a lesion's surface that has to touch the liver for a lesion outside the drawn region to lie in it."""


def _is_enclosed(lesion: Lesion, liver: Mask) -> bool:
    """Whether a lesion outside the drawn region was cut out of it: enough of its surface touches the liver."""
    grown: NDArray[np.bool_] = ndimage.binary_dilation(lesion.mask.array)
    shell = grown & ~lesion.mask.array
    touching = int(np.count_nonzero(shell & liver.array[lesion.box]))
    return touching >= ENCLOSED_SURFACE * int(np.count_nonzero(shell))


def lesions_together(lesions: Iterable[Lesion], grid: Grid) -> Mask:
    """All lesions as one region of the grid that they were found on."""
    array = np.zeros(grid.shape, dtype=bool)
    for lesion in lesions:
        array[lesion.box] |= lesion.mask.array
    return Mask(array, grid)


def _volume(mask: Mask) -> Estimate:
    """Volume with the limits of a shift by one voxel, on the box of the region."""
    return Estimate(0.0, 0.0, 0.0) if mask.is_empty else volume_of(mask.cropped(mask.box()))


def _outside_remarks(lesions: Sequence[Lesion], shares: Sequence[float]) -> list[str]:
    outside = [lesion.name for lesion, share in zip(lesions, shares, strict=True) if share == 0]
    partly = [lesion.name for lesion, share in zip(lesions, shares, strict=True) if 0 < share < INCLUDED]
    remarks: list[str] = []
    if outside:
        remarks.append(f"outside the liver, not counted: {', '.join(outside)}")
    if partly:
        remarks.append(f"partly outside the liver, counted with the part inside: {', '.join(partly)}")
    return remarks


FRAGMENT_SHARE = 0.01


def _fragments(liver: Mask) -> list[str]:
    """Whether the liver is drawn in more than one piece of some size."""
    pieces, count = ndimage.label(liver.array[liver.box()])
    if count < 2:
        return []
    sizes = np.bincount(pieces.ravel())[1:]
    large = int(np.count_nonzero(sizes > FRAGMENT_SHARE * sizes.sum()))
    return [f"the liver is drawn in {large} pieces"] if large > 1 else []
