"""Couinaud's segments: from vessels, from three planes, or as given, each with how far it can be trusted.

The hepatic veins part the liver into sectors around the vena cava, the portal bifurcation into an upper and a lower
half. Looking along the body axis with the cava in the middle, the directions run from the patient's right (0
degrees) over the front (90) to the left (180)::

    0 .. right vein       posterior sector     6 below, 7 above the portal plane
    right .. middle       anterior sector      5 below, 8 above
    middle .. left        medial section       4
    left ..               lateral section      3 below, 2 above the end of the left portal branch

Segment 1 lies around the cava behind the portal plane. Where the veins are segmented, the planes are theirs; where they
are not, planes are put where they are on average, and the confidence is low. With a portal tree the cells of the
answer are the territories of its branches (each voxel belongs to the branch whose wall is nearest, so that calibre
counts), and a territory is named by the segment that most of it lies in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import erf

from nelm.imaging.liver.landmarks import Landmarks
from nelm.imaging.liver.vessels import VesselTree
from nelm.volume import Grid, Mask

WORKING_MM = 2.0
"""Edge of the cubes that segments are computed on: a tenth of a segment's size, and a 512 x 512 image in seconds."""

CAUDATE_MM = 22.0
"""How far around the cava segment 1 is looked for; no vessel bounds it, so its border is the least certain one."""


class Method(StrEnum):
    """How the segments were found."""

    GIVEN = "given segmentation"
    TERRITORIES = "territories of the portal branches, named by the planes of the hepatic veins"
    PLANES = "planes of the hepatic veins and of the portal bifurcation"
    AVERAGE_PLANES = "average planes: the veins are not segmented"


@dataclass(frozen=True, slots=True, eq=False)
class CouinaudMap:
    """The segment of every voxel of the liver, on a grid of cubes around it.

    Parameters
    ----------
    labels : (z, y, x) 1 to 8, 0 outside the liver.
    confidence : (z, y, x) 0 to 1: how likely the border lies where it was put, seen from here.
    grid : Of both.
    method : How they were found.
    remarks : What should be known.
    """

    labels: NDArray[np.uint8]
    confidence: NDArray[np.float32]
    grid: Grid
    method: Method
    remarks: tuple[str, ...]

    def at(self, points_mm: NDArray[np.float64]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Segment (0 outside the liver) and confidence at points (n, 3)."""
        indices = np.round(self.grid.indices_of(points_mm)).astype(np.intp)
        shape = np.array(self.grid.shape)
        inside = ((indices >= 0) & (indices < shape)).all(axis=1)
        place = tuple(np.clip(indices, 0, shape - 1).T)
        return np.where(inside, self.labels[place], 0).astype(np.uint8), self.confidence[place]

    def volumes_ml(self) -> dict[int, float]:
        """Volume of each segment that there is [mL]."""
        counts = np.bincount(self.labels.ravel(), minlength=9)
        return {
            number: float(counts[number] * self.grid.voxel_ml) for number in range(1, 9) if counts[number]
        }


def working_grid(liver: Mask) -> Grid:
    """Cubes along the patient's axes around the liver."""
    box = liver.box(margin_mm=WORKING_MM)
    corners = liver.grid.points_of(
        [[k, j, i] for k in (box[0].start, box[0].stop - 1) for j in (box[1].start, box[1].stop - 1)
         for i in (box[2].start, box[2].stop - 1)]
    )  # fmt: skip
    low, high = corners.min(axis=0), corners.max(axis=0)
    x, y, z = (int(np.ceil(extent / WORKING_MM)) + 1 for extent in high - low)
    return Grid.axial((z, y, x), (WORKING_MM,) * 3, tuple(low))


def couinaud_from_planes(liver: Mask, landmarks: Landmarks) -> CouinaudMap:
    """Segments by the planes of the landmarks.

    Parameters
    ----------
    liver : With its lesions, on the working grid.
    landmarks : Directions of the hepatic veins, axis of the cava, portal bifurcation.
    """
    indices = np.argwhere(liver.array)
    labels, confidence = _by_planes(liver.grid.points_of(indices), landmarks)
    method = Method.PLANES if landmarks.is_seen else Method.AVERAGE_PLANES
    return _map(liver, indices, labels, confidence, method=method, remarks=landmarks.remarks)


def couinaud_from_territories(liver: Mask, landmarks: Landmarks, portal: VesselTree) -> CouinaudMap:
    """Segments made of territories of portal branches, named by the planes that most of each lies between.

    Branches that carry no segment of their own (the trunk and the first branches, whose territory crosses a plane
    widely) are parted at the planes.
    """
    indices = np.argwhere(liver.array)
    points = liver.grid.points_of(indices)
    by_plane, plane_confidence = _by_planes(points, landmarks)
    territory, margin = territories(points, portal)
    labels, confidence = by_plane.copy(), plane_confidence.copy()
    parted = 0
    for branch in np.unique(territory):
        own = territory == branch
        votes = np.bincount(by_plane[own & (by_plane > 1)], minlength=9)
        if not votes.sum():
            continue
        share = votes.max() / votes.sum()
        if share < MAJORITY:
            parted += 1
            continue
        moved = own & (by_plane > 1)
        labels[moved] = int(votes.argmax())
        confidence[moved] = np.maximum(plane_confidence[moved], share * margin[moved]).astype(np.float32)
    remarks = [*landmarks.remarks]
    if parted:
        remarks.append(f"{parted} territories cross a plane widely and were parted there")
    return _map(liver, indices, labels, confidence, method=Method.TERRITORIES, remarks=tuple(remarks))


MAJORITY = 0.7
"""Share of a territory that has to lie in one segment for the whole of it to be that segment."""


def couinaud_as_given(liver: Mask, segments: Mapping[int, NDArray[np.bool_]]) -> CouinaudMap:
    """Segments from a given segmentation, on the grid of the liver.

    Voxels of the liver that no segment claims go to the nearest one, with low confidence, and it is said how many.
    """
    indices = np.argwhere(liver.array)
    place = tuple(indices.T)
    labels = np.zeros(len(indices), dtype=np.uint8)
    twice = 0
    for number, array in sorted(segments.items()):
        own = array[place]
        twice += int(np.count_nonzero(own & (labels > 0)))
        labels[own] = number
    confidence = np.full(len(indices), GIVEN_CONFIDENCE, dtype=np.float32)
    open_places = labels == 0
    remarks: list[str] = []
    if open_places.any() and not open_places.all():
        _, nearest = cKDTree(indices[~open_places]).query(indices[open_places])
        labels[open_places] = labels[~open_places][nearest]
        confidence[open_places] = UNCLAIMED_CONFIDENCE
        remarks.append(f"{open_places.mean():.0%} of the liver is in no given segment: the nearest was taken")
    missing = sorted(set(range(1, 9)) - {int(number) for number in np.unique(labels)})
    if missing:
        remarks.append(f"no segment {', '.join(map(str, missing))} was given")
    if twice:
        remarks.append(
            f"{twice * liver.grid.voxel_ml:.1f} mL lie in two given segments: the higher number was taken"
        )
    return _map(liver, indices, labels, confidence, method=Method.GIVEN, remarks=tuple(remarks))


GIVEN_CONFIDENCE, UNCLAIMED_CONFIDENCE = 0.9, 0.5


def territories(
    points_mm: NDArray[np.float64], tree: VesselTree
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The branch whose wall is nearest to each point, and how clearly (0 on the border of two territories, to 1).

    Distances are to the centreline less the radius, among the nearest centreline points: a large vessel serves farther.
    """
    owners, lines, radii = tree_points(tree)
    count = min(NEAREST, len(lines))
    found = cKDTree(lines).query(points_mm, k=list(range(1, count + 1)), workers=-1)
    apart, near = np.asarray(found[0], dtype=np.float64), np.asarray(found[1], dtype=np.intp)
    wall = apart - radii[near]
    best = wall.argmin(axis=1)
    rows = np.arange(len(points_mm))
    owner = owners[near[rows, best]]
    rival = np.where(owners[near] == owner[:, None], np.inf, wall).min(axis=1)
    gap = rival - wall[rows, best]
    return owner, np.where(np.isfinite(rival), np.tanh(gap / BORDER_MM), 1.0)


NEAREST = 24
BORDER_MM = 8.0
"""Distance over which the border between two territories is uncertain."""


def tree_points(tree: VesselTree) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Branch, place [mm] and radius [mm] of every centreline point."""
    owners = np.concatenate([np.full(len(b.points_mm), place) for place, b in enumerate(tree.branches)])
    lines = np.concatenate([branch.points_mm for branch in tree.branches])
    return owners, lines, np.concatenate([branch.radii_mm for branch in tree.branches])


def _by_planes(
    points_mm: NDArray[np.float64], landmarks: Landmarks
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Segment and confidence of points of the liver by planes alone."""
    across = points_mm[:, :2] - landmarks.cava_at(points_mm[:, 2])
    angle = np.degrees(np.arctan2(-across[:, 1], -across[:, 0])) % 360
    angle = np.where(angle > 270, angle - 360, angle)  # behind the cava, on the right
    right, middle, left = landmarks.veins_deg
    above = points_mm[:, 2] > landmarks.portal_mm[2]
    lateral = angle >= left
    parting = (
        np.median(points_mm[lateral, 2])
        if landmarks.lateral_mm is None and lateral.any()
        else landmarks.lateral_mm
    )
    height_of = np.where(lateral, parting if parting is not None else 0.0, landmarks.portal_mm[2])
    labels = np.select(
        [angle < right, angle < middle, angle < left],
        [np.where(above, 7, 6), np.where(above, 8, 5), np.full(len(angle), 4)],
        np.where(points_mm[:, 2] > height_of, 2, 3),
    ).astype(np.uint8)
    distance = np.linalg.norm(across, axis=1)
    caudate = _is_caudate(points_mm, across, landmarks)
    labels[caudate] = 1
    nearest = np.min(np.abs(angle[:, None] - np.array(landmarks.veins_deg)), axis=1)
    off_plane = np.radians(np.minimum(nearest, 90)) * distance
    certain = _certainty(off_plane, np.radians(landmarks.veins_error_deg) * np.maximum(distance, 1))
    height = np.abs(points_mm[:, 2] - height_of)
    has_halves = labels != 4
    certain = np.where(
        has_halves, np.minimum(certain, _certainty(height, landmarks.portal_error_mm)), certain
    )
    certain[caudate] = CAUDATE_CONFIDENCE
    return labels, certain.astype(np.float32)


CAUDATE_CONFIDENCE = 0.4


def _is_caudate(
    points_mm: NDArray[np.float64], across: NDArray[np.float64], landmarks: Landmarks
) -> NDArray[np.bool_]:
    """Near the cava, on its left and in front, behind the plane of the portal bifurcation, between dome and hilum."""
    near = np.linalg.norm(across, axis=1) < CAUDATE_MM
    behind = points_mm[:, 1] > landmarks.portal_mm[1]
    towards_left = across[:, 0] > -CAUDATE_MM / 3
    below_dome = points_mm[:, 2] < landmarks.portal_mm[2] + 2.5 * CAUDATE_MM
    return near & behind & towards_left & below_dome


def _certainty(
    distance_mm: NDArray[np.float64], error_mm: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """Chance that a border with a normal error of this size lies on the assumed side, scaled so that 0 is a coin."""
    return np.asarray(erf(distance_mm / (np.sqrt(2) * error_mm)), dtype=np.float64)


def _map(
    liver: Mask,
    indices: NDArray[np.intp],
    labels: NDArray[np.uint8],
    confidence: NDArray[np.float32],
    *,
    method: Method,
    remarks: tuple[str, ...],
) -> CouinaudMap:
    place = tuple(indices.T)
    whole, sure = np.zeros(liver.grid.shape, dtype=np.uint8), np.zeros(liver.grid.shape, dtype=np.float32)
    whole[place], sure[place] = labels, confidence
    return CouinaudMap(whole, sure, liver.grid, method, remarks)
