"""Parenchyma-sparing resections: lesions with their margin, and the way in from the surface of the liver.

The region is the lesion with its margin, swept along a straight way to the surface and widening on it, so that nothing
hangs over the bottom of the cut. Several lesions in one cut are joined by their convex hull.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError, cKDTree

from nelm.imaging.distances import distance_to
from nelm.imaging.liver.landmarks import Landmarks
from nelm.imaging.liver.margins import LesionReach
from nelm.imaging.liver.served import Region, ServedLiver
from nelm.volume import Mask
from nelm.volume.grid import Box

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """The surface of a liver that a cut may start from.

    Parameters
    ----------
    surface : (z, y, x) voxels of the liver at its outer surface away from hilum and cava.
    points_mm : (n, 3) their centres.
    tree : Of the same points.
    """

    surface: Region
    points_mm: Points
    tree: cKDTree


@dataclass(frozen=True, slots=True)
class WedgeShape:
    """What wedges look like.

    Parameters
    ----------
    margin_mm : Liver to take around each lesion, at most its reach.
    opening_deg : By how much the sides lean outward.
    cover_max_mm : Healthy liver over the lesions up to which a wedge is made.
    ways, apart_deg : How many ways in are tried, and by how much their directions differ.
    """

    margin_mm: float
    opening_deg: float
    cover_max_mm: float
    ways: int = 3
    apart_deg: float = 40.0

    @property
    def slope(self) -> float:
        """Widening over the way travelled."""
        return float(np.tan(np.radians(self.opening_deg)))


@dataclass(frozen=True, slots=True, eq=False)
class Wedge:
    """A parenchyma-sparing resection.

    Parameters
    ----------
    region : (z, y, x) what is taken out.
    towards : Unit vector (x, y, z) from the lesions to the surface.
    cover_mm : Liver between the lesions and the surface along it [mm].
    """

    region: Region
    towards: Points
    cover_mm: float


def access_of(liver: Mask, landmarks: Landmarks, *, guarded_mm: float) -> Access:
    """Where cuts may start: the outer surface, except around the hilum and along the cava.

    Parameters
    ----------
    guarded_mm : How far from the portal bifurcation and from the axis of the cava nothing starts [mm].
    """
    padded = np.pad(liver.array, 1)
    spaces, _ = ndimage.label(~padded)
    around = spaces == spaces[0, 0, 0]  # holes within the liver are no surface
    surface = liver.array & np.asarray(ndimage.binary_dilation(around))[1:-1, 1:-1, 1:-1]
    points = liver.grid.points_of(np.argwhere(surface))
    hilum = np.linalg.norm(points - landmarks.portal_mm, axis=1)
    cava = np.linalg.norm(points[:, :2] - landmarks.cava_at(points[:, 2]), axis=1)
    free = (hilum > guarded_mm) & (cava > guarded_mm)
    surface[surface] = free
    return Access(surface, points[free], cKDTree(points[free] if free.any() else np.empty((0, 3))))


def ways_in(access: Access, centre_mm: Points, *, count: int, apart_deg: float) -> list[Points]:
    """Directions from a point to the surface, the shortest first, each far enough from those before it.

    Parameters
    ----------
    count : How many at most.
    apart_deg : Angle that two of them differ by at least.
    """
    if not len(access.points_mm):
        return []
    span = access.points_mm - centre_mm
    length = np.linalg.norm(span, axis=1)
    usable = length > 0
    span, length = span[usable], length[usable]
    open_ways = np.ones(len(length), dtype=bool)
    found: list[Points] = []
    while open_ways.any() and len(found) < count:
        places = np.flatnonzero(open_ways)
        best = places[int(length[places].argmin())]
        way = span[best] / length[best]
        found.append(way)
        open_ways &= span @ way < length * np.cos(np.radians(apart_deg))
    return found


def wedges(
    lesions: Sequence[LesionReach], served: ServedLiver, access: Access, *, shape: WedgeShape
) -> list[Wedge]:
    """The wedges that take lesions along different ways in, the shortest way first; none where no way is open.

    Cost: one distance map around the lesions, and a few passes over it for each way.
    """
    target = np.zeros(served.grid.shape, dtype=bool)
    for lesion in lesions:
        target.ravel()[lesion.own] = True
    if len(lesions) > 1:
        target = _joined(target, served)
    inside = served.grid.points_of(np.argwhere(target))
    open_ways: list[tuple[Points, float, float]] = []
    for towards in ways_in(access, inside.mean(axis=0), count=shape.ways, apart_deg=shape.apart_deg):
        along, cover = _way_out_mm(inside, access, towards), _cover_mm(inside, target, served, towards)
        if along is not None and cover <= shape.cover_max_mm:
            open_ways.append((towards, along, cover))
    if not open_ways:
        return []
    longest = max(along for _, along, _ in open_ways)
    field = _field(lesions, target, served, margin_mm=shape.margin_mm, reach_mm=longest * (1 + shape.slope))
    found: list[Wedge] = []
    for towards, along, cover in open_ways:
        region = _swept(field, towards, along, lesions, served=served, shape=shape)
        if (region & access.surface).any():
            found.append(Wedge(region, towards, cover))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """Lesions with their margin, and the distances around them, in a box of the working grid."""

    box: Box
    core: Region
    near_mm: NDArray[np.float32]


INSIDE = 0.25
"""How far the outer centres of a region lie inside its surface [voxels] (tests/published/test_lesion_sizes.py)."""


def _field(
    lesions: Sequence[LesionReach],
    target: Region,
    served: ServedLiver,
    *,
    margin_mm: float,
    reach_mm: float,
) -> _Field:
    """The neighbourhood of what is to be taken."""
    grid = served.grid
    core = np.zeros(grid.shape, dtype=bool)
    for lesion in lesions:
        core.ravel()[lesion.within(margin_mm)] = True
    edge = float(np.mean(grid.spacing_mm))
    box = _around(target, grid.shape, (margin_mm + reach_mm) / edge + 2)
    near = distance_to(Mask(target[box], grid.cropped(box))) - INSIDE * edge
    return _Field(box, core[box] | (near <= margin_mm), near)


def _swept(
    field: _Field,
    towards: Points,
    along_mm: float,
    lesions: Sequence[LesionReach],
    *,
    served: ServedLiver,
    shape: WedgeShape,
) -> Region:
    """The lesions with their margin, moved along a way and widening on it, within the liver."""
    spacing = np.array(served.grid.spacing_mm)
    edge = float(np.mean(spacing))
    found = field.core.copy()
    step = towards[::-1]  # the working grid runs along the axes of the patient
    for travelled in np.arange(edge, along_mm + edge, edge):
        moved = np.round(step * travelled / spacing).astype(int)
        found |= _shifted(field.near_mm <= shape.margin_mm + travelled * shape.slope, moved)
    found &= served.liver.array[field.box]
    region = np.zeros(served.grid.shape, dtype=bool)
    region[field.box] = found
    pieces, count = ndimage.label(found)
    if count > 1:
        whole = np.zeros(served.grid.shape, dtype=np.int32)
        whole[field.box] = pieces
        held = np.unique(np.concatenate([whole.ravel()[lesion.own] for lesion in lesions]))
        region[field.box] = np.isin(pieces, held[held > 0])
    return region


def _joined(target: Region, served: ServedLiver) -> Region:
    """The convex hull of several lesions within the liver; the lesions alone where they lie in a plane."""
    inside = np.argwhere(target)
    try:
        hull = ConvexHull(inside)
    except QhullError:
        return target
    low, high = inside.min(axis=0), inside.max(axis=0) + 1
    box = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    places = np.argwhere(served.liver.array[box]) + low
    within = (places @ hull.equations[:, :3].T + hull.equations[:, 3] <= 1e-9).all(axis=1)
    joined = target.copy()
    joined[tuple(places[within].T)] = True
    return joined


def _way_out_mm(inside_mm: Points, access: Access, towards: Points) -> float | None:
    """How far the lesions have to travel along a direction until their middle is out of the liver [mm]."""
    centre = inside_mm.mean(axis=0)
    span = access.points_mm - centre
    ahead = span @ towards
    aside = np.linalg.norm(span - ahead[:, None] * towards, axis=1)
    on_way = (ahead > 0) & (aside < ahead.clip(min=1) * BESIDE)
    if not on_way.any():
        return None
    radius = float(np.max((inside_mm - centre) @ towards) - np.min((inside_mm - centre) @ towards)) / 2
    return float(ahead[on_way].min()) + radius


BESIDE = 0.15
"""Distance beside the way over the distance along it at which the surface counts as met."""


def _cover_mm(inside_mm: Points, lesions: Region, served: ServedLiver, towards: Points) -> float:
    """Liver beside the lesions on the way from their middle out, along a direction [mm]."""
    edge = float(np.mean(served.grid.spacing_mm))
    centre = inside_mm.mean(axis=0)
    far = float(np.linalg.norm(np.ptp(served.grid.corners, axis=0)))
    steps = np.arange(0, far, edge / 2)
    places = np.round(served.grid.indices_of(centre + steps[:, None] * towards)).astype(int)
    shape = np.array(served.grid.shape)
    valid = ((places >= 0) & (places < shape)).all(axis=1)
    liver = valid & served.liver.array[tuple(places.clip(0, shape - 1).T)]
    healthy = liver & ~lesions[tuple(places.clip(0, shape - 1).T)]
    end = int(np.argmin(liver)) if not liver.all() else len(liver)
    return float(np.count_nonzero(healthy[:end])) * edge / 2


def _around(region: Region, shape: tuple[int, int, int], more: float) -> Box:
    """The box of a region, wider by so many voxels, within the grid."""
    places = np.argwhere(region)
    low, high = places.min(axis=0) - int(np.ceil(more)), places.max(axis=0) + int(np.ceil(more)) + 1
    z, y, x = (slice(max(0, int(a)), min(n, int(b))) for a, b, n in zip(low, high, shape, strict=True))
    return z, y, x


def _shifted(array: Region, by: NDArray[np.int_]) -> Region:
    """An array moved by whole voxels; what leaves it is gone."""
    found = np.zeros_like(array)
    to = tuple(slice(max(0, n), min(size, size + n)) for n, size in zip(by, array.shape, strict=True))
    source = tuple(slice(max(0, -n), min(size, size - n)) for n, size in zip(by, array.shape, strict=True))
    if all(part.stop > part.start for part in to):
        found[to] = array[source]
    return found
