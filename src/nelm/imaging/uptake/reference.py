"""Liver and spleen as references, and what a lesion's uptake is to them.

A lesion is compared by its peak (1 mL), which noise moves less than the maximum, with the mean of tumour-free liver and
of spleen. Liver itself varies: within `liver_sds` standard deviations of its mean a lesion is "equal". A lesion too
small for the scanner may be higher than it looks: below or equal is then not decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.imaging.distances import distance_to
from nelm.imaging.lesions import Lesion
from nelm.imaging.uptake.statistics import Uptake
from nelm.volume import Mask, Volume, mask_on

FEWEST_VOXELS = 30
"""Voxels that a reference needs for a mean and a spread."""


class Relation(StrEnum):
    """Uptake of a lesion against liver and spleen (the words of the case document)."""

    NONE = "none"
    BELOW_LIVER = "below_liver"
    EQUAL_LIVER = "equal_liver"
    ABOVE_LIVER = "above_liver"
    ABOVE_SPLEEN = "above_spleen"


ORDER = tuple(Relation)


@dataclass(frozen=True, slots=True)
class ReferenceUptake:
    """Uptake of a normal organ: robust mean and standard deviation, maximum, in the unit of the image."""

    mean: float
    sd: float
    maximum: float
    volume_ml: float


def liver_reference(
    image: Volume, liver: Mask, lesions: Sequence[Lesion], *, margin_mm: float
) -> ReferenceUptake | None:
    """Uptake of tumour-free liver, a margin inside its surface and away from lesions; None where too little is left."""
    array = mask_on(liver, image.grid).array.copy()
    if not array.any():
        return None
    inner = _inside(Mask(array, image.grid), margin_mm)
    for lesion in lesions:
        own = mask_on(lesion.mask, image.grid)
        if not own.is_empty:
            box = own.box(margin_mm=2 * margin_mm)
            inner[box] &= distance_to(own.cropped(box)) > margin_mm
    return _reference(image, inner)


def organ_reference(image: Volume, organ: Mask, *, margin_mm: float) -> ReferenceUptake | None:
    """Uptake of an organ, a margin inside its surface; None where too little is left."""
    array = mask_on(organ, image.grid).array
    return _reference(image, _inside(Mask(array, image.grid), margin_mm)) if array.any() else None


def relation_of(
    uptake: Uptake,
    *,
    liver: ReferenceUptake | None,
    spleen: ReferenceUptake | None,
    liver_sds: float,
    none_below: float,
) -> Relation | None:
    """What the uptake of a lesion is to liver and spleen; None where that is not decided.

    Parameters
    ----------
    liver_sds : Standard deviations around the liver's mean within which a lesion is equal to it.
    none_below : Share of the liver's mean below which a lesion shows no uptake.
    """
    if liver is None:
        return None
    peak, low, high = uptake.peak, liver.mean - liver_sds * liver.sd, liver.mean + liver_sds * liver.sd
    if peak > high:
        above_spleen = spleen is not None and peak > spleen.mean + liver_sds * spleen.sd
        return Relation.ABOVE_SPLEEN if above_spleen else Relation.ABOVE_LIVER
    if uptake.is_small is not False:
        return None
    if peak >= low:
        return Relation.EQUAL_LIVER
    return Relation.NONE if peak < none_below * liver.mean else Relation.BELOW_LIVER


def hottest(relations: Sequence[Relation | None]) -> Relation | None:
    """The relation of the hottest lesion; None where an undecided lesion could be the hottest."""
    known = [ORDER.index(relation) for relation in relations if relation is not None]
    if not known:
        return None
    highest = ORDER[max(known)]
    # an undecided lesion was not above liver: it could only matter where nothing is
    undecided = any(relation is None for relation in relations)
    return None if undecided and max(known) < ORDER.index(Relation.ABOVE_LIVER) else highest


def extent_of(relations: Sequence[Relation | None]) -> str | None:
    """Which lesions reach at least the liver's uptake: all, some or none; None where that is not decided."""
    reach = [
        None if item is None else ORDER.index(item) >= ORDER.index(Relation.EQUAL_LIVER) for item in relations
    ]
    if not reach:
        return None
    if any(item is True for item in reach) and any(item is False for item in reach):
        return "some"
    if None in reach:
        return None
    return "all" if all(reach) else "none"


def _inside(mask: Mask, margin_mm: float) -> NDArray[np.bool_]:
    """Voxels farther than a margin from the outside."""
    padded = np.pad(mask.array, 1)
    depth = np.asarray(ndimage.distance_transform_edt(padded, sampling=mask.grid.spacing_mm))
    return depth[1:-1, 1:-1, 1:-1] > margin_mm


def _reference(image: Volume, inside: NDArray[np.bool_]) -> ReferenceUptake | None:
    values = np.asarray(image.array, dtype=np.float64)[inside]
    values = values[np.isfinite(values)]
    if len(values) < FEWEST_VOXELS:
        return None
    low, middle, high = np.percentile(values, [15.87, 50, 84.13])
    kept = values[np.abs(values - middle) <= OUTLIER_SDS * max((high - low) / 2, 1e-12)]
    return ReferenceUptake(
        float(kept.mean()), float(kept.std()), float(kept.max()), float(inside.sum()) * image.grid.voxel_ml
    )


OUTLIER_SDS = 4.0
"""Values farther from the median are vessels, bile or an undrawn lesion."""
