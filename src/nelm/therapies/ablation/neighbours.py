"""What lies beside a lesion: the nearest vessel with its width, organs within its margin or its zones."""

# scipy's search trees have partly unknown types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from nelm.imaging.measured import LiverMeasurement, MeasuredLesion
from nelm.quantities import Estimate
from nelm.therapies.ablation.needle_obstacles import Obstacle, Obstacles
from nelm.therapies.ablation.placements import Placement
from nelm.therapies.ablation.zones import covered
from nelm.volume import Mask


@dataclass(frozen=True, slots=True)
class NearVessel:
    """The vessel nearest to a lesion.

    Parameters
    ----------
    name : Which system.
    distance_mm : Between the surfaces.
    diameter_mm : Its width there; None where no tree was found in the segmentation.
    """

    name: str
    distance_mm: Estimate
    diameter_mm: float | None


def nearest_vessel(item: MeasuredLesion, measurement: LiverMeasurement) -> NearVessel | None:
    """The nearest portal or hepatic vein; None where none is segmented."""
    if item.to_vessel_mm is None:
        return None
    near = cKDTree(_border(item.lesion.mask))
    found: list[tuple[float, str, float]] = []
    for name, tree in (("portal vein", measurement.portal_tree), ("hepatic vein", measurement.vein_tree)):
        if tree is None:
            continue
        line = np.concatenate([branch.points_mm for branch in tree.branches])
        radii = np.concatenate([branch.radii_mm for branch in tree.branches])
        gaps = np.asarray(near.query(line, distance_upper_bound=LOOKED_AT_MM)[0], dtype=np.float64) - radii
        place = int(gaps.argmin())
        if np.isfinite(gaps[place]):
            found.append((float(gaps[place]), name, 2 * float(radii[place])))
    if not found:
        return NearVessel("vessel", item.to_vessel_mm, None)
    _, name, diameter = min(found)
    return NearVessel(name, item.to_vessel_mm, diameter)


def organ_distances(item: MeasuredLesion, obstacles: Obstacles) -> dict[str, Estimate]:
    """Distance from a lesion to every structure that needles avoid, by name [mm].

    Those farther than 50 mm are left out. Between the nearest voxel centres less half a voxel; one voxel to either
    side as limits.
    """
    mask = item.lesion.mask
    points = _border(mask)
    low, high = points.min(axis=0) - LOOKED_AT_MM, points.max(axis=0) + LOOKED_AT_MM
    near = cKDTree(points)
    width = float(np.mean(mask.grid.spacing_mm))
    found: dict[str, Estimate] = {}
    for obstacle in obstacles.items:
        around = np.all((obstacle.border_mm >= low) & (obstacle.border_mm <= high), axis=1)
        nearest = near.query(obstacle.border_mm[around], distance_upper_bound=LOOKED_AT_MM)[0]
        gap = float(np.min(nearest, initial=np.inf))
        if gap == np.inf:
            continue
        value = max(0.0, gap - width / 2)
        found[obstacle.name] = Estimate(value, max(0.0, value - width), value + width)
    return found


LOOKED_AT_MM = 50.0


def _border(mask: Mask) -> NDArray[np.float64]:
    """Centres (n, 3) of the voxels with a neighbour outside the region."""
    padded = np.pad(mask.array, 1)
    inner = np.asarray(ndimage.binary_erosion(padded))
    return mask.grid.points_of(np.argwhere((padded & ~inner)[1:-1, 1:-1, 1:-1]))


def structures_in_zones(placement: Placement, obstacles: Obstacles) -> tuple[str, ...]:
    """Names of structures that the zones of a placement reach; vessels are left out, whose blood keeps them cool."""
    centres = placement.centres_mm
    if not len(centres):
        return ()
    reach = max(placement.zone.long_axis_mm, placement.zone.short_axis_mm) / 2
    return tuple(
        item.name
        for item in obstacles.items
        if not item.name.startswith("large ") and _is_reached(item, placement, reach)
    )


def _is_reached(item: Obstacle, placement: Placement, reach_mm: float) -> bool:
    """Whether the border of a structure lies in any zone."""
    middle = placement.centres_mm
    low, high = middle.min(axis=0) - reach_mm, middle.max(axis=0) + reach_mm
    near = item.border_mm[np.all((item.border_mm >= low) & (item.border_mm <= high), axis=1)]
    return bool(len(near)) and bool(covered(near, middle, placement.along, placement.zone).any())
