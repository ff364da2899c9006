"""Somatostatin-receptor tumour volume by several published thresholds side by side; none of them is accepted.

Each threshold is put on every lesion within its region, widened by a margin for the scanner's blur; physiological
organs are left out, and so is what lies nearer to another lesion. Uptake above the threshold outside every lesion and
every organ is counted apart as unassigned: it may be a lesion that nobody drew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.imaging.lesions import Lesion
from nelm.imaging.uptake.reference import ReferenceUptake
from nelm.volume import Mask, Volume, mask_on


class Kind(StrEnum):
    """What a threshold is relative to."""

    OF_LESION_MAXIMUM = "share of the lesion's maximum"
    FIXED = "fixed"
    ABOVE_LIVER_MAXIMUM = "share above the liver's maximum"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A published way to draw the border of a lesion.

    Parameters
    ----------
    name : Short name (``45 % of SUVmax``).
    kind : What `value` is.
    value : A share (0.45), an SUV, or the share above the liver's maximum (0.1).
    source : Key of the publication.
    """

    name: str
    kind: Kind
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class TumourVolume:
    """What one threshold makes of all lesions.

    Parameters
    ----------
    threshold : The way.
    volume_ml : Of all lesions; None where the threshold needs a liver that is not known.
    expression : Total lesion receptor expression: sum of SUV times volume [g].
    by_lesion_ml : For each lesion.
    unassigned_ml : Above the threshold outside every lesion and organ (fixed and liver thresholds only).
    """

    threshold: Threshold
    volume_ml: float | None
    expression: float | None
    by_lesion_ml: tuple[float, ...]
    unassigned_ml: float | None


def tumour_volumes(
    image: Volume,
    lesions: Sequence[Lesion],
    organs: Sequence[Mask],
    thresholds: Sequence[Threshold],
    *,
    liver: ReferenceUptake | None,
    margin_mm: float,
    searched: Mask | None = None,
) -> tuple[TumourVolume, ...]:
    """Tumour volume by each threshold.

    Parameters
    ----------
    image : SUV.
    organs : Physiological uptake to leave out (spleen, kidneys, adrenals, bowel, bladder).
    margin_mm : By how much lesions and organs are widened for the blur of the scanner.
    searched : Where unassigned uptake is looked for (the liver); None for nowhere.
    """
    values = np.asarray(image.array, dtype=np.float32)
    physiological = np.zeros(image.grid.shape, dtype=bool)
    for organ in organs:
        physiological |= _widened(mask_on(organ, image.grid).array, image, margin_mm)
    owner = _owners(image, lesions, margin_mm)
    own = [mask_on(lesion.mask, image.grid).array for lesion in lesions]
    drawn = np.any(own, axis=0) if own else np.zeros(image.grid.shape, dtype=bool)
    allowed = ~physiological | drawn
    room = None if searched is None else mask_on(searched, image.grid).array & ~physiological & (owner == 0)
    return tuple(_volume(values, image, owner * allowed, threshold, liver=liver, count=len(lesions), room=room)
                 for threshold in thresholds)  # fmt: skip


def _owners(image: Volume, lesions: Sequence[Lesion], margin_mm: float) -> NDArray[np.intp]:
    """For each voxel the number of the lesion (from 1) whose widened region it lies in, the nearest one; 0 for none."""
    labels = np.zeros(image.grid.shape, dtype=np.intp)
    for number, lesion in enumerate(lesions, start=1):
        region = mask_on(lesion.mask, image.grid).array.copy()
        if not region.any():
            middle = lesion.mask.grid.points_of(np.argwhere(lesion.mask.array)).mean(axis=0)
            place = np.asarray(np.round(image.grid.indices_of([middle])[0]), dtype=np.intp)
            if (place >= 0).all() and (place < np.array(region.shape)).all():
                region[tuple(place)] = True
        labels[region & (labels == 0)] = number
    if not labels.any():
        return labels
    apart, nearest = ndimage.distance_transform_edt(
        labels == 0, sampling=image.grid.spacing_mm, return_indices=True
    )
    found = labels[tuple(nearest)]
    return np.where(np.asarray(apart) <= margin_mm, found, 0)


def _widened(array: NDArray[np.bool_], image: Volume, margin_mm: float) -> NDArray[np.bool_]:
    if not array.any():
        return array
    return np.asarray(ndimage.distance_transform_edt(~array, sampling=image.grid.spacing_mm)) <= margin_mm


def _volume(
    values: NDArray[np.float32],
    image: Volume,
    owner: NDArray[np.intp],
    threshold: Threshold,
    *,
    liver: ReferenceUptake | None,
    count: int,
    room: NDArray[np.bool_] | None,
) -> TumourVolume:
    """One threshold on all lesions."""
    if threshold.kind is Kind.ABOVE_LIVER_MAXIMUM and liver is None:
        return TumourVolume(threshold, None, None, (), None)
    ml = image.grid.voxel_ml
    volumes: list[float] = []
    expression = 0.0
    for number in range(1, count + 1):
        own = values[owner == number]
        above = own >= _limit(threshold, float(own.max()) if len(own) else 0.0, liver)
        volumes.append(float(np.count_nonzero(above)) * ml)
        expression += float(own[above].sum(dtype=np.float64)) * ml
    unassigned = None
    if room is not None and threshold.kind is not Kind.OF_LESION_MAXIMUM:
        unassigned = float(np.count_nonzero(room & (values >= _limit(threshold, 0.0, liver)))) * ml
    return TumourVolume(threshold, sum(volumes), expression, tuple(volumes), unassigned)


def _limit(threshold: Threshold, maximum: float, liver: ReferenceUptake | None) -> float:
    match threshold.kind:
        case Kind.OF_LESION_MAXIMUM:
            return threshold.value * maximum
        case Kind.FIXED:
            return threshold.value
        case Kind.ABOVE_LIVER_MAXIMUM:
            assert liver is not None
            return (1 + threshold.value) * liver.maximum
