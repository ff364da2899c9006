"""The hepatic artery of a synthetic liver: beside the portal branches, by formula and without chance.

The coeliac trunk and the common hepatic artery run where the anatomy draws them; from the hilum on an artery of a fixed
share of its calibre runs beside every portal branch, in front of it, as arteries do in the portal tracts. Nothing of it
is drawn into an image: in the portal venous phase arteries do not stand out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nelm.imaging.phantom.anatomy import COELIAC
from nelm.imaging.phantom.rasters import box_of, points_of
from nelm.imaging.phantom.scaffolds import HILUM
from nelm.imaging.phantom.shapes import Shape, capsule
from nelm.imaging.phantom.trees import VesselTree
from nelm.volume import Grid, Mask

CALIBRE_SHARE = 0.5
"""Calibre of an artery over that of the portal branch that it runs beside (invented, plausible)."""
SEEN_FROM_MM = 1.1
"""Arteries of a smaller radius are not drawn."""
APART_MM = 0.6
"""Between the walls of an artery and of the portal branch."""
IN_FRONT = np.array([0.35, -0.85, 0.40])
STEPS_PER_VOXEL = 3


def hepatic_artery(portal: VesselTree) -> VesselTree:
    """Coeliac trunk, hepatic artery and its branches; labels are Couinaud segments, 0 for several.

    Parameters
    ----------
    portal : The portal tree of the liver.
    """
    kept = _beside(portal)
    place = {node: row for row, node in enumerate(kept.tolist(), start=len(COELIAC))}
    hilum = int(np.linalg.norm(portal.points_mm[kept] - np.array(HILUM), axis=1).argmin())
    own = CALIBRE_SHARE * portal.radius_mm[kept]
    parent = [place.get(int(portal.parent[node]), len(COELIAC) - 1) for node in kept]
    return VesselTree(
        points_mm=np.concatenate([[point for point, _ in COELIAC], _displaced(portal, kept)]),
        parent=np.array([-1, *range(len(COELIAC) - 1), *parent]),
        radius_mm=np.concatenate([[max(radius, own[hilum]) for _, radius in COELIAC], own]),
        label=np.concatenate([np.zeros(len(COELIAC), dtype=np.int64), portal.label[kept]]),
        leaves=np.concatenate([np.full(len(COELIAC), portal.leaves[0]), portal.leaves[kept]]),
    )


def artery_mask(tree: VesselTree, grid: Grid) -> Mask:
    """The artery on a grid: voxels whose centre lies inside, and those on the centreline, so that it hangs together."""
    inside = np.zeros(grid.shape, dtype=bool)
    shape = np.array(grid.shape)
    for a, b, radius in zip(tree.starts_mm, tree.ends_mm, tree.radius_mm[1:].tolist(), strict=True):
        count = 2 + int(STEPS_PER_VOXEL * np.linalg.norm(b - a) / min(grid.spacing_mm))
        line = np.round(grid.indices_of(a + np.linspace(0, 1, count)[:, None] * (b - a))).astype(np.intp)
        line = line[((line >= 0) & (line < shape)).all(axis=1)]
        inside[tuple(line.T)] = True
        low, high = (np.minimum(a, b) - radius).tolist(), (np.maximum(a, b) + radius).tolist()
        stick = Shape(lambda p, a=a, b=b, r=radius: capsule(p, (a, b), (r, r)), tuple(low), tuple(high))
        box = box_of(stick, grid)
        if box is not None:
            inside[box] |= np.asarray(stick.field(points_of(grid.cropped(box))) < 0, dtype=bool)
    return Mask(inside, grid)


def _beside(portal: VesselTree) -> NDArray[np.int64]:
    """Portal nodes from the hilum on whose artery would be seen, parents first."""
    hilum = int(np.linalg.norm(portal.points_mm - np.array(HILUM), axis=1).argmin())
    below = np.zeros(len(portal.parent), dtype=bool)
    below[hilum] = True
    for node in range(hilum + 1, len(below)):
        below[node] = below[portal.parent[node]]
    return np.flatnonzero(below & (CALIBRE_SHARE * portal.radius_mm >= SEEN_FROM_MM))


def _displaced(portal: VesselTree, nodes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Nodes moved off the portal branch that ends there, square to it and to the front."""
    along = portal.points_mm[nodes] - portal.points_mm[portal.parent[nodes]]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = IN_FRONT - (along @ IN_FRONT)[:, None] * along
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    away = (1 + CALIBRE_SHARE) * portal.radius_mm[nodes] + APART_MM
    return portal.points_mm[nodes] + away[:, None] * across
