"""Where microspheres, or the particles that map their way, lie in a synthetic patient; and how cameras see them.

A catheter in the artery of the right lobe perfuses segments 5 to 8; a part of all particles passes into the lungs. The
numbers of `Deposits` are those of this phantom and no knowledge about patients.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.imaging.phantom.drawing import blend
from nelm.imaging.phantom.emission import FWHM_PER_SIGMA
from nelm.imaging.phantom.liver_shape import couinaud
from nelm.imaging.phantom.patient import SyntheticPatient
from nelm.imaging.phantom.rasters import box_of, occupancy, points_of, width_of
from nelm.imaging.phantom.shapes import Points
from nelm.volume import Grid, Quantity, Structure, Volume

Map = NDArray[np.float64]
RIGHT_LOBE = (5, 6, 7, 8)
RATIOS = (4.5, 3.0, 6.0)
WATER_PER_MM, WATER_HU = 0.0154, 1000.0
"""Attenuation of photons of 140 keV in water, and the CT number that separates it from air."""
SCATTER, SCATTER_FWHM_MM, PLANAR_FWHM_MM = 0.35, 130.0, 11.0
"""Scattered counts for each primary one in the window, how far they lie apart, and the resolution of a planar view."""


@dataclass(frozen=True, slots=True)
class Deposits:
    """How particles are shared out.

    Parameters
    ----------
    lung_shunt : Part of all particles that reaches the lungs [1].
    ratios : Concentration in a lesion over that in perfused normal liver, by turns in the order of the lesions [1].
    segments : Couinaud segments that are perfused.
    """

    lung_shunt: float = 0.06
    ratios: tuple[float, ...] = RATIOS
    segments: tuple[int, ...] = RIGHT_LOBE

    def ratio(self, place: int) -> float:
        """Of the lesion at a place in the list of lesions."""
        return self.ratios[place % len(self.ratios)]


def is_perfused(
    patient: SyntheticPatient, grid: Grid, deposits: Deposits, *, time_point: int
) -> NDArray[np.bool_]:
    """(z, y, x) where the segments of the territory lie, inside and outside of the liver alike."""
    reference = patient.poses[time_point].reference_grid(grid)
    points = points_of(reference)
    broad = Points(*(np.broadcast_to(part, grid.shape) for part in (points.x, points.y, points.z)))
    return np.isin(couinaud(broad, patient.anatomy.build.liver), deposits.segments)


def particle_shares(patient: SyntheticPatient, grid: Grid, deposits: Deposits, *, time_point: int) -> Volume:
    """Part of all particles in each voxel."""
    reference = patient.poses[time_point].reference_grid(grid)
    organs = {organ.structure: organ for organ in patient.anatomy.organs}
    liver = np.zeros(grid.shape, dtype=np.float32)
    lungs = np.zeros(grid.shape, dtype=np.float32)
    for image, structure in ((liver, Structure.LIVER), (lungs, Structure.LUNG)):
        box = box_of(organs[structure].shape, reference)
        if box is not None:
            distance = organs[structure].shape.field(points_of(reference.cropped(box)))
            image[box] = occupancy(np.broadcast_to(distance, image[box].shape), width_of(grid))
    lungs *= 1.0 - liver
    for place, lesion in enumerate(patient.lesions):
        blend(liver, reference, lesion, time_point=time_point, value=deposits.ratio(place))
    liver *= is_perfused(patient, grid, deposits, time_point=time_point)
    shunt = deposits.lung_shunt
    shares = (1.0 - shunt) / float(liver.sum(dtype=np.float64)) * liver.astype(np.float64)
    if shunt > 0:
        shares += shunt / float(lungs.sum(dtype=np.float64)) * lungs
    return Volume(shares.astype(np.float32), grid, Quantity.ARBITRARY)


def counted(shares: Volume, *, counts: float, resolution_mm: float, rng: np.random.Generator) -> Volume:
    """SPECT of the particles in counts, corrected for attenuation and scatter: blurred, with the noise of counting."""
    sigma = resolution_mm / FWHM_PER_SIGMA / np.array(shares.grid.spacing_mm)
    expected = counts * ndimage.gaussian_filter(np.asarray(shares.array, dtype=np.float64), sigma)
    found = rng.poisson(np.clip(expected, 0, None))
    return Volume(found.astype(np.float32), shares.grid, Quantity.COUNTS)


def planar_views(
    shares: Volume, ct: Volume, *, counts: float, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Anterior and posterior counts (rows from head to feet), each as its detector sees the patient.

    Photons are weakened by what lies between them and the detector, and some are scattered; nothing is corrected. The
    grid of both is axial and the same.

    Parameters
    ----------
    shares : Part of all particles in each voxel.
    ct : In Hounsfield units, on the same grid.
    counts : That a detector would see without attenuation and scatter.
    """
    step_mm = ct.grid.spacing_mm[1]
    weaker = np.clip((np.asarray(ct.array, dtype=np.float64) + WATER_HU) / WATER_HU, 0, None) * (
        WATER_PER_MM * step_mm
    )
    before = np.cumsum(weaker, axis=1) - weaker / 2
    behind = weaker.sum(axis=1, keepdims=True) - before
    activity = np.asarray(shares.array, dtype=np.float64)
    blur = _view_blur(ct.grid)
    front, back = (
        rng.poisson(counts * blur((activity * np.exp(-depth)).sum(axis=1)[::-1]))
        for depth in (before, behind)
    )
    return front.astype(np.int64), back[:, ::-1].astype(np.int64)


def _view_blur(grid: Grid) -> Callable[[Map], Map]:
    """What a camera makes of a projection: the resolution of its collimator, and scatter around it."""
    spacing = np.array([grid.spacing_mm[0], grid.spacing_mm[2]])

    def blur(image: Map) -> Map:
        sharp = ndimage.gaussian_filter(image, PLANAR_FWHM_MM / FWHM_PER_SIGMA / spacing)
        wide = ndimage.gaussian_filter(image, SCATTER_FWHM_MM / FWHM_PER_SIGMA / spacing)
        return np.clip(sharp + SCATTER * wide, 0, None)

    return blur


def decayed(activity: float, *, hours: float, half_life_h: float) -> float:
    """What is left of an activity, in its unit."""
    return activity * math.exp(-math.log(2.0) * hours / half_life_h)
