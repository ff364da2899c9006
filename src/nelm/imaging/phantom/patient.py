"""A whole synthetic patient: the abdomen with vessels and lesions as CT and PET, and every true value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.errors import ConvergenceError
from nelm.imaging.phantom.anatomy import Anatomy, abdomen
from nelm.imaging.phantom.liver_shape import couinaud
from nelm.imaging.phantom.rasters import HALF, box_of, occupancy, points_of, width_of
from nelm.imaging.phantom.shapes import Field, Floats, Points
from nelm.imaging.phantom.trees import VesselTree, distance_from
from nelm.imaging.phantom.vessels import LiverVessels, grown, liver_room, trunks
from nelm.volume import Grid, Mask, Quantity, Structure, Volume

AIR_HU, LESION_HU, PORTAL_HU, HEPATIC_HU = -1000.0, 72.0, 178.0, 165.0
NOISE_HU = 9.0
GAP_MM = 5.0
TRIES = 4000
VISIBLE_RADIUS_MM = 1.2
"""Vessels thinner than this are not segmented by anybody."""

SUV = {
    Structure.LIVER: 5.5,
    Structure.SPLEEN: 22.0,
    Structure.KIDNEY_LEFT: 15.0,
    Structure.KIDNEY_RIGHT: 15.0,
    Structure.STOMACH: 3.0,
    Structure.BOWEL: 2.5,
    Structure.URINARY_BLADDER: 20.0,
}
BACKGROUND_SUV, LUNG_SUV = 0.8, 0.3


@dataclass(frozen=True, slots=True)
class TrueLesion:
    """A lesion as it was made: a ball.

    Parameters
    ----------
    name : L1 is the largest.
    centre_mm : (x, y, z).
    radius_mm : Its radius.
    segment : Couinaud segment of its middle.
    suv : Of the receptor tracer.
    """

    name: str
    centre_mm: tuple[float, float, float]
    radius_mm: float
    segment: int
    suv: float

    @property
    def volume_ml(self) -> float:
        """Volume [mL]."""
        return 4 / 3 * np.pi * self.radius_mm**3 / 1000


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticPatient:
    """What was made.

    Parameters
    ----------
    ct : Hounsfield units.
    pet : SUV of the receptor tracer, blurred and noisy, on its own voxels.
    masks : Regions on the grid of the CT, as a careful reader would draw them, lesions one by one by name.
    lesions : The truth of each lesion.
    liver_ml : Volume of the liver with its lesions, by occupancy.
    """

    ct: Volume
    pet: Volume
    masks: tuple[tuple[str, Structure, Mask], ...]
    lesions: tuple[TrueLesion, ...]
    liver_ml: float

    def truth(self) -> dict[str, object]:
        """Every true value, ready for JSON."""
        total = sum(lesion.volume_ml for lesion in self.lesions)
        return {
            "liver_ml": round(self.liver_ml, 2),
            "burden_percent": round(100 * total / self.liver_ml, 3),
            "lesions": [
                {"id": one.name, "centre_mm": list(one.centre_mm), "diameter_mm": 2 * one.radius_mm,
                 "volume_ml": round(one.volume_ml, 4), "segment": one.segment, "suv": one.suv}
                for one in self.lesions
            ],
        }  # fmt: skip


def synthetic_patient(
    seed: int, *, diameters_mm: Sequence[float], ct_grid: Grid, pet_grid: Grid, resolution_mm: float = 6.0
) -> SyntheticPatient:
    """A patient by formula; the same seed gives the same patient.

    Parameters
    ----------
    diameters_mm : Of the lesions.
    ct_grid, pet_grid : Axial grids of the two images.
    resolution_mm : Full width at half maximum of the PET.

    Raises
    ------
    ConvergenceError : The lesions do not find room in the liver.
    """
    rng = np.random.default_rng(seed)
    anatomy = abdomen(rng)
    rooms = liver_room(anatomy)
    given = trunks(anatomy, rng)
    lesions = _placed(sorted(diameters_mm, reverse=True), anatomy, rng)
    vessels = grown(rooms, given, rng, lesions=_field(lesions))
    ct, masks, liver_ml = _drawn(anatomy, vessels, lesions, ct_grid, rng=rng)
    pet = _emission(anatomy, lesions, pet_grid, rng=rng, resolution_mm=resolution_mm)
    return SyntheticPatient(ct, pet, masks, lesions, liver_ml)


def _placed(
    diameters_mm: Sequence[float], anatomy: Anatomy, rng: np.random.Generator
) -> tuple[TrueLesion, ...]:
    """Places in the liver for every lesion, the largest first, none touching another."""
    rooms = liver_room(anatomy)
    found: list[TrueLesion] = []
    places = np.argwhere(rooms.inside_mm > 0)
    depth = rooms.inside_mm[tuple(places.T)]
    points = rooms.grid.points_of(places)
    for number, diameter in enumerate(diameters_mm, start=1):
        radius = diameter / 2
        free = depth > radius + 2.0
        for one in found:
            free &= np.linalg.norm(points - one.centre_mm, axis=1) > radius + one.radius_mm + GAP_MM
        if not free.any():
            raise ConvergenceError(
                f"no room in the liver for lesion {number} of {diameter:g} mm",
                expected="lesions that fit", remedy="Ask for fewer or smaller lesions, or another seed.",
            )  # fmt: skip
        place = int(rng.choice(np.flatnonzero(free)))
        x, y, z = (round(float(value), 2) for value in points[place])
        segment = int(couinaud(Points.of(np.array([[x, y, z]])), anatomy.build.liver)[0])
        suv = round(float(rng.uniform(12, 45)), 1)
        found.append(TrueLesion(f"L{number}", (x, y, z), radius, segment, suv))
    return tuple(found)


def _field(lesions: Sequence[TrueLesion]) -> Field | None:
    """Signed distance from all lesions."""
    if not lesions:
        return None
    return lambda p: np.minimum.reduce([_ball(one, p) for one in lesions])


def _ball(lesion: TrueLesion, p: Points) -> Floats:
    x, y, z = lesion.centre_mm
    return np.sqrt((p.x - x) ** 2 + (p.y - y) ** 2 + (p.z - z) ** 2) - lesion.radius_mm


def _drawn(
    anatomy: Anatomy,
    vessels: LiverVessels,
    lesions: Sequence[TrueLesion],
    grid: Grid,
    *,
    rng: np.random.Generator,
) -> tuple[Volume, tuple[tuple[str, Structure, Mask], ...], float]:
    """CT, regions and the volume of the liver."""
    width = width_of(grid)
    hu = np.full(grid.shape, AIR_HU, dtype=np.float32)
    masks: list[tuple[str, Structure, Mask]] = []
    liver_ml = 0.0
    liver = np.zeros(grid.shape, dtype=bool)
    for organ in anatomy.organs:
        box = box_of(organ.shape, grid)
        if box is None:
            continue
        points = points_of(grid.cropped(box))
        distance = np.asarray(np.broadcast_to(organ.shape.field(points), hu[box].shape), dtype=np.float32)
        texture = (
            organ.texture_hu * np.asarray(anatomy.texture.at(points), dtype=np.float32)
            if organ.texture_hu
            else 0.0
        )
        for depth, value in organ.layers:
            share = occupancy(distance + depth, width)
            hu[box] += share * (value + texture - hu[box])
        if organ.structure is not None:
            inside = np.zeros(grid.shape, dtype=bool)
            inside[box] = distance < 0
            masks.append((organ.name, organ.structure, Mask(inside, grid)))
        if organ is anatomy.liver:
            liver_ml = float(occupancy(distance, width).sum()) * grid.voxel_ml
            liver[box] = distance < 0
    for lesion in lesions:
        share = _blend(hu, grid, lesion, value=LESION_HU, width=width)
        masks.append((lesion.name, Structure.LESION, Mask(share >= HALF, grid)))
    for name, kind, trees, value in (
        ("portal_vein", Structure.PORTAL_VEIN, (vessels.portal,), PORTAL_HU),
        ("hepatic_vein", Structure.HEPATIC_VEIN, vessels.hepatic, HEPATIC_HU),
    ):
        masks.append((name, kind, _veins(hu, grid, liver, trees, value=value)))
    sharp = ndimage.gaussian_filter(hu, 0.45)
    noise = ndimage.gaussian_filter(rng.normal(0, 1, grid.shape), (0, 0.7, 0.7))
    noisy = sharp + NOISE_HU / float(noise.std()) * noise
    ct = Volume(np.clip(np.round(noisy), -1024, 3000).astype(np.int16), grid, Quantity.HOUNSFIELD)
    return ct, _unique(masks), liver_ml


def _blend(
    hu: NDArray[np.float32], grid: Grid, lesion: TrueLesion, *, value: float, width: float
) -> NDArray[np.float32]:
    """Draw a lesion in place; gives its occupancy."""
    share = occupancy(np.asarray(_ball(lesion, points_of(grid)), dtype=np.float32), width)
    hu += share * (value - hu)
    return np.asarray(share, dtype=np.float32)


def _veins(
    hu: NDArray[np.float32],
    grid: Grid,
    liver: NDArray[np.bool_],
    trees: Sequence[VesselTree],
    *,
    value: float,
) -> Mask:
    """Draw vessels in place, within the liver and a little around it; gives the part that a reader sees."""
    near = np.argwhere(ndimage.binary_dilation(liver, iterations=6))
    points = grid.points_of(near)
    every = np.min([distance_from(tree, points) for tree in trees], axis=0)
    seen = np.min([distance_from(tree, points, wider_than_mm=VISIBLE_RADIUS_MM) for tree in trees], axis=0)
    place = tuple(near.T)
    share = occupancy(every, width_of(grid))
    hu[place] += (share * (value - hu[place])).astype(np.float32)
    inside = np.zeros(grid.shape, dtype=bool)
    inside[place] = seen < 0
    return Mask(inside, grid)


def _unique(masks: Sequence[tuple[str, Structure, Mask]]) -> tuple[tuple[str, Structure, Mask], ...]:
    """Regions that are not empty."""
    return tuple(item for item in masks if not item[2].is_empty)


def _emission(
    anatomy: Anatomy,
    lesions: Sequence[TrueLesion],
    grid: Grid,
    *,
    rng: np.random.Generator,
    resolution_mm: float,
) -> Volume:
    """SUV of the receptor tracer, blurred by the scanner and noisy."""
    suv = np.zeros(grid.shape, dtype=np.float32)
    width = width_of(grid)
    for organ in anatomy.organs:
        box = box_of(organ.shape, grid)
        if box is None or organ.structure is None:
            continue
        value = LUNG_SUV if organ.structure is Structure.LUNG else SUV.get(organ.structure, BACKGROUND_SUV)
        distance = np.broadcast_to(organ.shape.field(points_of(grid.cropped(box))), suv[box].shape)
        suv[box] += occupancy(distance, width) * (value - suv[box])
    for lesion in lesions:
        _blend(suv, grid, lesion, value=lesion.suv, width=width)
    blurred = ndimage.gaussian_filter(suv, resolution_mm / 2.3548 / np.array(grid.spacing_mm))
    noise = ndimage.gaussian_filter(rng.normal(0, 1, grid.shape), 0.8)
    noisy = blurred + 0.12 * np.sqrt(np.clip(blurred, 0, None)) * noise / float(noise.std())
    return Volume(np.clip(noisy, 0, None).astype(np.float32), grid, Quantity.SUV_BODY_WEIGHT)
