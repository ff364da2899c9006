"""A computed tomography of a synthetic patient, and the regions as a careful reader would draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.imaging.phantom.anatomy import Anatomy, Organ
from nelm.imaging.phantom.arteries import artery_mask, hepatic_artery
from nelm.imaging.phantom.lesions import SyntheticLesion
from nelm.imaging.phantom.rasters import HALF, box_of, occupancy, points_of, width_of
from nelm.imaging.phantom.shapes import Shape, capsule
from nelm.imaging.phantom.trees import VesselTree
from nelm.imaging.phantom.vessels import LiverVessels
from nelm.volume import Grid, Mask, Quantity, Structure, Volume
from nelm.volume.grid import Box

AIR_HU, LESION_HU, PORTAL_HU, HEPATIC_HU = -1000.0, 72.0, 178.0, 165.0
NOISE_HU = 9.0
VISIBLE_RADIUS_MM = 1.2
"""Vessels thinner than this are not segmented by anybody."""
BESIDE_LIVER_VOXELS = 6
ONE_SHARE = 0.6
"""Lesions that overlap by more than this share of the smaller radius are one."""

NamedMask = tuple[str, Structure, Mask]
Heights = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """An image and the regions on its grid.

    Parameters
    ----------
    ct : Hounsfield units.
    masks : Regions by name; lesions one by one.
    liver_ml : Volume of the liver with its lesions, by occupancy.
    """

    ct: Volume
    masks: tuple[NamedMask, ...]
    liver_ml: float


def drawn(
    anatomy: Anatomy,
    vessels: LiverVessels,
    lesions: Sequence[SyntheticLesion],
    grid: Grid,
    *,
    time_point: int,
    rng: np.random.Generator,
) -> Drawn:
    """The patient in the reference pose on a grid, which may lie obliquely.

    Lesions that have grown into one another by the time point are one region, named by both.
    """
    hu = np.full(grid.shape, AIR_HU, dtype=np.float32)
    masks: list[NamedMask] = []
    liver_ml = 0.0
    liver = np.zeros(grid.shape, dtype=bool)
    for organ in anatomy.organs:
        box = box_of(organ.shape, grid)
        if box is None:
            continue
        inside, share_ml = _organ(hu, grid, (organ, box), anatomy)
        if organ.structure is not None:
            masks.append((organ.name, organ.structure, Mask(inside, grid)))
        if organ is anatomy.liver:
            liver_ml, liver = share_ml, inside
    masks += _lesions(hu, grid, lesions, time_point)
    for name, kind, trees, value in (
        ("portal_vein", Structure.PORTAL_VEIN, (vessels.portal,), PORTAL_HU),
        ("hepatic_vein", Structure.HEPATIC_VEIN, vessels.hepatic, HEPATIC_HU),
    ):
        masks.append((name, kind, _veins(hu, grid, liver, trees, value=value)))
    artery = artery_mask(hepatic_artery(vessels.portal), grid)
    masks.append(("hepatic_artery", Structure.HEPATIC_ARTERY, artery))
    sharp = ndimage.gaussian_filter(hu, 0.45)
    noise = ndimage.gaussian_filter(rng.normal(0, 1, grid.shape), (0, 0.7, 0.7))
    noisy = sharp + NOISE_HU / float(noise.std()) * noise
    ct = Volume(np.clip(np.round(noisy), -1024, 3000).astype(np.int16), grid, Quantity.HOUNSFIELD)
    return Drawn(ct, tuple(item for item in masks if not item[2].is_empty), liver_ml)


def _organ(
    hu: Heights, grid: Grid, what: tuple[Organ, Box], anatomy: Anatomy
) -> tuple[NDArray[np.bool_], float]:
    """Draw an organ in place; gives its voxels and its volume [mL]."""
    organ, box = what
    points = points_of(grid.cropped(box))
    distance = np.asarray(np.broadcast_to(organ.shape.field(points), hu[box].shape), dtype=np.float32)
    texture = 0.0
    if organ.texture_hu:
        texture = organ.texture_hu * np.asarray(anatomy.texture.at(points), dtype=np.float32)
    width = width_of(grid)
    for depth, value in organ.layers:
        hu[box] += occupancy(distance + depth, width) * (value + texture - hu[box])
    inside = np.zeros(grid.shape, dtype=bool)
    inside[box] = distance < 0
    return inside, float(occupancy(distance, width).sum()) * grid.voxel_ml


def _lesions(hu: Heights, grid: Grid, lesions: Sequence[SyntheticLesion], time_point: int) -> list[NamedMask]:
    """Draw the lesions of a time point in place; gives their regions."""
    found: dict[str, NDArray[np.bool_]] = {}
    for lesion in lesions:
        share = blend(hu, grid, lesion, time_point=time_point, value=LESION_HU)
        if share is None:
            continue
        box, part = share
        name = name_at(lesion, lesions, time_point)
        inside = found.setdefault(name, np.zeros(grid.shape, dtype=bool))
        inside[box] |= part >= HALF
    return [(name, Structure.LESION, Mask(array, grid)) for name, array in found.items()]


def name_at(lesion: SyntheticLesion, lesions: Sequence[SyntheticLesion], time_point: int) -> str:
    """Name of the region that a lesion belongs to: its own, or both names once a pair has become one."""
    for partner in lesions:
        if partner.name == lesion.partner and are_one(lesion, partner, time_point):
            first, second = sorted((lesion.name, partner.name), key=lambda name: int(name[1:]))
            return f"{first}+{second}"
    return lesion.name


def are_one(a: SyntheticLesion, b: SyntheticLesion, time_point: int) -> bool:
    """Whether two lesions have grown so deep into each other that nobody would tell them apart."""
    apart = float(np.linalg.norm(np.subtract(a.centre_mm, b.centre_mm)))
    radii = a.radii_mm[time_point], b.radii_mm[time_point]
    return sum(radii) - apart > ONE_SHARE * min(radii)


def blend(
    image: Heights, grid: Grid, lesion: SyntheticLesion, *, time_point: int, value: float
) -> tuple[Box, Heights] | None:
    """Draw a lesion in place; gives its box and its occupancy there, None where it is absent or outside."""
    if lesion.radii_mm[time_point] <= 0:
        return None
    box = box_of(lesion.region(time_point), grid, margin_mm=width_of(grid))
    if box is None:
        return None
    distance = lesion.field(points_of(grid.cropped(box)), time_point)
    share = np.asarray(occupancy(distance, width_of(grid)), dtype=np.float32)
    image[box] += share * (value - image[box])
    return box, share


def _veins(
    hu: Heights, grid: Grid, liver: NDArray[np.bool_], trees: Sequence[VesselTree], *, value: float
) -> Mask:
    """Draw vessels in place, within the liver and a little around it; gives the part that a reader sees."""
    near = ndimage.binary_dilation(liver, iterations=BESIDE_LIVER_VOXELS)
    share = np.zeros(grid.shape, dtype=np.float32)
    seen = np.zeros(grid.shape, dtype=bool)
    width = width_of(grid)
    for tree in trees:
        for a, b, radius in zip(tree.starts_mm, tree.ends_mm, tree.radius_mm[1:].tolist(), strict=True):
            low, high = (np.minimum(a, b) - radius).tolist(), (np.maximum(a, b) + radius).tolist()
            stick = Shape(lambda p, a=a, b=b, r=radius: capsule(p, (a, b), (r, r)), tuple(low), tuple(high))
            box = box_of(stick, grid, margin_mm=width)
            if box is None:
                continue
            distance = stick.field(points_of(grid.cropped(box)))
            share[box] = np.maximum(share[box], occupancy(distance, width))
            if radius >= VISIBLE_RADIUS_MM:
                seen[box] |= np.asarray(distance < 0)
    share *= near
    hu += share * (value - hu)
    return Mask(seen & near, grid)
