"""Where the hepatic veins run, where the vena cava is and where the portal vein forks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.imaging.liver.vessels import Branch, VesselTree
from nelm.volume import Mask

AVERAGE_VEINS_DEG = (35.0, 80.0, 120.0)
"""Directions of the planes of the right, middle and left hepatic vein where none is seen, from the patient's right over
the front: a drawing of the textbook, not a measurement; hence their large error."""

SEEN_ERROR_DEG, AVERAGE_ERROR_DEG = 8.0, 25.0
SEEN_PORTAL_ERROR_MM, AVERAGE_PORTAL_ERROR_MM = 10.0, 30.0
VEIN_RANGES_DEG = ((-20.0, 65.0), (50.0, 110.0), (90.0, 170.0))
"""Where each vein can be."""

NEAR_MM, FAR_MM = 12.0, 90.0
"""Distance from the cava at which the direction of a vein is read."""


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """What the planes hang on.

    Parameters
    ----------
    cava_mm : (n, 3) points of the axis of the vena cava, from low to high; one point stands for a vertical axis.
    veins_deg : Directions of the right, middle and left hepatic vein seen along the body axis from the cava, from
        the patient's right (0) over the front (90) to the left (180).
    portal_mm : Bifurcation of the portal vein (x, y, z).
    lateral_mm : Height that parts segments 2 and 3: that of the end of the left portal branch, else the middle of
        the lateral section.
    veins_error_deg, portal_error_mm : How well they are known (one standard deviation).
    is_seen : Whether veins and bifurcation were found in the image.
    remarks : What was found and what was put in.
    """

    cava_mm: NDArray[np.float64]
    veins_deg: tuple[float, float, float]
    portal_mm: NDArray[np.float64]
    lateral_mm: float | None
    veins_error_deg: float
    portal_error_mm: float
    is_seen: bool
    remarks: tuple[str, ...]

    def cava_at(self, z_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """The middle of the cava (x, y) at heights (n,) [mm]."""
        if len(self.cava_mm) == 1:
            return np.broadcast_to(self.cava_mm[0, :2], (len(z_mm), 2))
        heights = self.cava_mm[:, 2]
        return np.stack([np.interp(z_mm, heights, self.cava_mm[:, axis]) for axis in (0, 1)], axis=1)


def landmarks_of(
    liver: Mask, *, veins: Mask | None, cava: Mask | None, portal: VesselTree | None
) -> Landmarks:
    """Landmarks from what is segmented; what is not is put where it is on average, with a large error, and said.

    Parameters
    ----------
    liver : On the working grid (along the axes of the patient).
    veins : Hepatic veins, with or without the cava, on any grid.
    cava : Inferior vena cava.
    portal : The portal tree.
    """
    remarks: list[str] = []
    axis = _cava_axis(liver, veins, cava)
    if axis is None:
        axis = _average_cava(liver)
        remarks.append("no vena cava: its axis was put where it is on average")
    directions = None if veins is None else _vein_directions(liver, veins, axis)
    if directions is None:
        remarks.append("the three hepatic veins were not found: average planes")
    fork = None if portal is None else bifurcation(portal, liver)
    if fork is None:
        remarks.append("no portal bifurcation: its plane was put through the middle of the liver")
    return Landmarks(
        cava_mm=axis,
        veins_deg=directions or AVERAGE_VEINS_DEG,
        portal_mm=_middle(liver) if fork is None else fork[0],
        lateral_mm=None if fork is None else fork[1],
        veins_error_deg=AVERAGE_ERROR_DEG if directions is None else SEEN_ERROR_DEG,
        portal_error_mm=AVERAGE_PORTAL_ERROR_MM if fork is None else SEEN_PORTAL_ERROR_MM,
        is_seen=directions is not None,
        remarks=tuple(remarks),
    )


SIDE_SHARE = 0.12
"""Share of the length of the tree inside the liver that each side of the main fork has at least."""


def bifurcation(portal: VesselTree, liver: Mask) -> tuple[NDArray[np.float64], float] | None:
    """Where the portal vein forks into left and right, and the height of the end of its left branch [mm].

    The fork is the first one of the largest tree with two sides that run far inside the liver; the left branch is
    the side that reaches farther to the left.
    """
    if not portal.branches:
        return None
    fed = np.array([_length_inside(branch, liver) if branch.tree == 0 else 0.0 for branch in portal.branches])
    for place in range(len(portal.branches) - 1, -1, -1):  # parents stand before their children
        parent = portal.branches[place].parent
        if parent is not None:
            fed[parent] += fed[place]
    place = 0
    while children := portal.children(place):
        large = [child for child in children if fed[child] > SIDE_SHARE * fed[0]]
        if len(large) >= 2:
            left = max(large, key=lambda child: _farthest_left(portal, child))
            return portal.branches[place].points_mm[-1], _height_of_left_end(portal, left)
        place = max(children, key=lambda child: float(fed[child]))
    return None


def _farthest_left(portal: VesselTree, place: int) -> float:
    return max(float(portal.branches[branch].points_mm[:, 0].max()) for branch in portal.downstream(place))


def _height_of_left_end(portal: VesselTree, place: int) -> float:
    """Height of the end of the thickest way to the left: where the left branch turns into its segments."""
    while children := portal.children(place):
        following = max(children, key=lambda child: portal.branches[child].diameter_mm)
        if portal.branches[following].diameter_mm < SEGMENT_SHARE * portal.branches[place].diameter_mm:
            break
        place = following
    return float(portal.branches[place].points_mm[-1, 2])


SEGMENT_SHARE = 0.6
"""Diameter of a branch over its parent's below which the parent has ended in its segments."""


def _length_inside(branch: Branch, liver: Mask) -> float:
    """Length of a branch inside the liver [mm]."""
    indices = np.round(liver.grid.indices_of(branch.points_mm)).astype(np.intp)
    shape = np.array(liver.grid.shape)
    valid = ((indices >= 0) & (indices < shape)).all(axis=1)
    within = valid & liver.array[tuple(np.clip(indices, 0, shape - 1).T)]
    return branch.length_mm * float(np.mean(within))


def _cava_axis(liver: Mask, veins: Mask | None, cava: Mask | None) -> NDArray[np.float64] | None:
    """Middle of the cava by height; where it is not segmented apart, the largest piece of the veins in each slice."""
    source = cava if cava is not None and not cava.is_empty else veins
    if source is None or source.is_empty:
        return None
    inside = source.grid.points_of(np.argwhere(source.array))
    low, high = _heights(liver)
    found: list[list[float]] = []
    for height in np.arange(low, high + 1, HEIGHT_STEP_MM):
        layer = inside[np.abs(inside[:, 2] - height) < HEIGHT_STEP_MM / 2]
        if len(layer):
            middle = layer.mean(axis=0) if cava is source else _largest_piece(layer)
            if middle is not None:
                found.append([float(middle[0]), float(middle[1]), float(height)])
    if len(found) < 3:
        return None
    axis = np.array(found)
    for column in (0, 1):
        axis[:, column] = ndimage.median_filter(axis[:, column], size=min(7, len(axis)), mode="nearest")
    return axis


HEIGHT_STEP_MM = 4.0
CELL_MM = 2.0
SMALLEST_CAVA_MM2 = 80.0
"""Cross section from which a piece of the veins can be the cava."""


def _largest_piece(layer: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The middle of the largest connected cross section of a layer of points, if it is as large as a cava."""
    cells = np.floor((layer[:, :2] - layer[:, :2].min(axis=0)) / CELL_MM).astype(np.intp)
    plane = np.zeros(cells.max(axis=0) + 1, dtype=bool)
    plane[tuple(cells.T)] = True
    # thin veins that run into the cava within the layer are cut off by an opening
    opened = ndimage.binary_opening(plane, iterations=2)
    pieces, count = ndimage.label(opened)
    if not count:
        return None
    sizes = np.bincount(pieces.ravel())[1:]
    if sizes.max() * CELL_MM**2 < SMALLEST_CAVA_MM2:
        return None
    own = pieces[tuple(cells.T)] == int(sizes.argmax()) + 1
    return np.asarray(layer[own].mean(axis=0))


def _vein_directions(
    liver: Mask, veins: Mask, axis: NDArray[np.float64]
) -> tuple[float, float, float] | None:
    """Directions of the three veins: the strongest one in each range, in order; None unless all three are there."""
    inside = veins.grid.points_of(np.argwhere(veins.array))
    indices = np.round(liver.grid.indices_of(inside)).astype(np.intp)
    shape = np.array(liver.grid.shape)
    valid = ((indices >= 0) & (indices < shape)).all(axis=1)
    inside, indices = inside[valid], indices[valid]
    inside = inside[liver.array[tuple(indices.T)]]
    if not len(inside):
        return None
    middle = np.stack([np.interp(inside[:, 2], axis[:, 2], axis[:, column]) for column in (0, 1)], axis=1)
    across = inside[:, :2] - middle
    distance = np.linalg.norm(across, axis=1)
    angle = np.degrees(np.arctan2(-across[:, 1], -across[:, 0])) % 360
    angle = np.where(angle > 270, angle - 360, angle)
    low, high = _heights(liver)
    used = (distance > NEAR_MM) & (distance < FAR_MM) & (inside[:, 2] > (low + high) / 2)
    histogram, edges = np.histogram(angle[used], bins=np.arange(-30, 211, 5.0))
    smooth = ndimage.gaussian_filter1d(histogram.astype(np.float64), 1.0)
    found: list[float] = []
    for first, last in VEIN_RANGES_DEG:
        start = max(first, found[-1] + CLOSEST_VEINS_DEG if found else first)
        centres = (edges[:-1] + edges[1:]) / 2
        range_ = (centres >= start) & (centres <= last)
        if not range_.any() or smooth[range_].max() < WEAKEST_SHARE * smooth.max():
            return None
        peak = float(centres[range_][int(smooth[range_].argmax())])
        around = used & (np.abs(angle - peak) < PEAK_WIDTH_DEG)
        found.append(float(np.median(angle[around])))
    right, central, left = found
    return right, central, left


CLOSEST_VEINS_DEG = 20.0
PEAK_WIDTH_DEG = 12.0
WEAKEST_SHARE = 0.08


def _heights(liver: Mask) -> tuple[float, float]:
    """Lowest and highest point of the liver [mm]."""
    places = np.flatnonzero(liver.array.any(axis=(1, 2)))
    ends = liver.grid.points_of([[places[0], 0, 0], [places[-1], 0, 0]])[:, 2]
    return float(ends.min()), float(ends.max())


def _middle(liver: Mask) -> NDArray[np.float64]:
    return np.asarray(liver.grid.points_of(np.argwhere(liver.array)).mean(axis=0))


def _average_cava(liver: Mask) -> NDArray[np.float64]:
    """An axis behind the middle of the liver: at its centre of mass from right to left, 4/5 of the way to the back."""
    points = liver.grid.points_of(np.argwhere(liver.array))
    x, z = points[:, 0].mean(), points[:, 2].mean()
    front, back = np.percentile(points[:, 1], [2, 98])
    return np.array([[x + 0.1 * np.ptp(points[:, 0]), front + 0.8 * (back - front), z]])
