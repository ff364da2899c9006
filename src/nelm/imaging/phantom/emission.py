"""What tracers show of a synthetic patient: PET of two tracers, SPECT after radioligand therapy; blurred and noisy.

The uptakes and half-lives are those of this phantom, chosen to look like a patient; they are no knowledge about
patients and nothing else reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from nelm.imaging.phantom.anatomy import Anatomy
from nelm.imaging.phantom.drawing import blend
from nelm.imaging.phantom.lesions import SyntheticLesion
from nelm.imaging.phantom.rasters import box_of, occupancy, points_of, width_of
from nelm.volume import Grid, Quantity, Structure, Volume

FWHM_PER_SIGMA = 2.3548
SSTR_SUV = {
    Structure.LIVER: 5.5,
    Structure.SPLEEN: 22.0,
    Structure.KIDNEY_LEFT: 15.0,
    Structure.KIDNEY_RIGHT: 15.0,
    Structure.STOMACH: 3.0,
    Structure.BOWEL: 2.5,
    Structure.URINARY_BLADDER: 20.0,
    Structure.LUNG: 0.3,
}
FDG_SUV = {
    Structure.LIVER: 2.3,
    Structure.SPLEEN: 1.9,
    Structure.KIDNEY_LEFT: 3.0,
    Structure.KIDNEY_RIGHT: 3.0,
    Structure.HEART: 4.0,
    Structure.URINARY_BLADDER: 25.0,
    Structure.LUNG: 0.4,
}
BACKGROUND_SUV = 0.8
HALF_LIVES_H = {
    Structure.LIVER: 62.0,
    Structure.SPLEEN: 70.0,
    Structure.KIDNEY_LEFT: 52.0,
    Structure.KIDNEY_RIGHT: 52.0,
}
LESION_HALF_LIFE_H, REST_HALF_LIFE_H = 92.0, 40.0
THERAPY_SHARE = {
    Structure.LIVER: 0.42,
    Structure.SPLEEN: 0.27,
    Structure.KIDNEY_LEFT: 0.31,
    Structure.KIDNEY_RIGHT: 0.31,
    Structure.URINARY_BLADDER: 0.3,
}
"""What organs hold of a therapy, as a part of the uptake of the receptor tracer: more peptide, and amino acids."""
LESION_SHARE, REST_SHARE = 0.9, 0.35
NOISE = 0.12


@dataclass(frozen=True, slots=True)
class Scanner:
    """How an emission image is made.

    Parameters
    ----------
    resolution_mm : Full width at half maximum of the point spread function.
    noise : Standard deviation per square root of the value.
    """

    resolution_mm: float
    noise: float = NOISE


def tracer_uptake(
    anatomy: Anatomy, lesions: Sequence[SyntheticLesion], grid: Grid, *, time_point: int, fdg: bool = False
) -> Volume:
    """True SUV of a tracer, neither blurred nor noisy, on a grid that may lie obliquely."""
    table = FDG_SUV if fdg else SSTR_SUV
    values = {
        organ.name: table.get(organ.structure, BACKGROUND_SUV)
        for organ in anatomy.organs
        if organ.structure is not None
    }
    spots = [(lesion, lesion.fdg_suv if fdg else lesion.sstr_suv) for lesion in lesions]
    return _painted(anatomy, grid, values, spots=spots, time_point=time_point)


def therapy_activity(
    anatomy: Anatomy, lesions: Sequence[SyntheticLesion], grid: Grid, *, time_point: int, after_h: float
) -> Volume:
    """True activity concentration after an injection, per activity injected and weight, as an SUV not decay corrected.

    Every region clears with one effective half-life; at the injection it holds a part of the SUV of that tracer.
    """
    values = {
        organ.name: SSTR_SUV.get(organ.structure, BACKGROUND_SUV)
        * THERAPY_SHARE.get(organ.structure, REST_SHARE)
        * 0.5 ** (after_h / HALF_LIVES_H.get(organ.structure, REST_HALF_LIFE_H))
        for organ in anatomy.organs
        if organ.structure is not None
    }
    left = LESION_SHARE * 0.5 ** (after_h / LESION_HALF_LIFE_H)
    spots = [(lesion, lesion.sstr_suv * left) for lesion in lesions]
    return _painted(anatomy, grid, values, spots=spots, time_point=time_point)


def _painted(
    anatomy: Anatomy,
    grid: Grid,
    values: dict[str, float],
    *,
    spots: Sequence[tuple[SyntheticLesion, float]],
    time_point: int,
) -> Volume:
    """Organs and lesions filled with their values."""
    image = np.zeros(grid.shape, dtype=np.float32)
    width = width_of(grid)
    for organ in anatomy.organs:
        box = box_of(organ.shape, grid)
        if box is None or organ.name not in values:
            continue
        distance = np.broadcast_to(organ.shape.field(points_of(grid.cropped(box))), image[box].shape)
        image[box] += occupancy(distance, width) * (values[organ.name] - image[box])
    for lesion, value in spots:
        blend(image, grid, lesion, time_point=time_point, value=value)
    return Volume(image, grid, Quantity.SUV_BODY_WEIGHT)


def scanned(true: Volume, scanner: Scanner, rng: np.random.Generator) -> Volume:
    """An emission image as a scanner gives it: blurred, with noise that is correlated between neighbours."""
    sigma = scanner.resolution_mm / FWHM_PER_SIGMA / np.array(true.grid.spacing_mm)
    blurred = ndimage.gaussian_filter(np.asarray(true.array, dtype=np.float32), sigma)
    noise = ndimage.gaussian_filter(rng.normal(0, 1, true.grid.shape), 0.8)
    noisy = blurred + scanner.noise * np.sqrt(np.clip(blurred, 0, None)) * noise / float(noise.std())
    return Volume(np.clip(noisy, 0, None).astype(np.float32), true.grid, true.quantity)
