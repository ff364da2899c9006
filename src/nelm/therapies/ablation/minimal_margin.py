"""The margin that an ablation left around a lesion: signed distances from its surface to that of the zone.

Both regions are brought to one fine lattice of cubes as they lie between voxel centres (the distances to the inside
and to the outside, interpolated, are equal on the surface), so that no distance is taken from voxel border to voxel
border, which would be off by half a voxel to a whole one. Against balls and ellipsoids the smallest margin is off by
less than a third of the longest edge of a voxel; where the margin is the same all round it comes out some 0.3 of a
mean edge too small, as the smallest of many measurements does (`tests/unit/test_ablation_margin.py`).
"""

# scikit-image has no type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array, csr_array, diags_array
from skimage.measure import marching_cubes

from nelm.errors import GeometryError
from nelm.guideline.feasibility import Feasible, at_least
from nelm.imaging.distances import distance_to
from nelm.quantities import Estimate
from nelm.therapies.ablation.devices import Technology
from nelm.therapies.ablation.knowledge import NeedleKnowledge
from nelm.volume import Grid, Mask, mask_on

MOST_CUBES = 4_000_000
"""The lattice is half a voxel fine, or as coarse as it must be to have no more cubes."""
BLUR_VOXELS = 1.4
"""Blur of the distances, in mean voxels: the steps of a digital surface are no margin and no lack of it."""
AVERAGED_VOXELS = 1.4
"""Width over which margins are averaged along the surface, in mean voxels: the smallest of many is the most wrong.
Both from pairs of balls on random grids; larger values smooth true minima away."""


@dataclass(frozen=True, slots=True)
class ShareBelow:
    """How much of the surface has less than a margin.

    Parameters
    ----------
    limit_mm : The margin.
    share : Of the surface where such a margin can be had; None where it can be had nowhere.
    share_limits : The same with the zone farther and nearer by the error of the registration; None where it is unknown.
    capsule_share : Share of the whole surface that lies nearer to the surface of the liver than the margin, left out.
    """

    limit_mm: float
    share: float | None
    share_limits: tuple[float, float] | None
    capsule_share: float


@dataclass(frozen=True, slots=True)
class AblativeMargin:
    """The margin after an ablation.

    Parameters
    ----------
    found_mm : Smallest signed distance where a margin can be had, negative where tumour was left [mm].
    smallest_mm : The same with its limits (95 %) from registration and voxels; None where the error of the
        registration is unknown.
    anywhere_mm : Smallest signed distance, the surface of the liver included [mm].
    below : Shares of the surface below each limit.
    left_ml : Volume of the lesion outside the zone [mL].
    remarks : What should be known.
    """

    found_mm: float
    smallest_mm: Estimate | None
    anywhere_mm: float
    below: tuple[ShareBelow, ...]
    left_ml: float
    remarks: tuple[str, ...]

    def reaches(self, limit_mm: float) -> Feasible:
        """Whether the smallest margin is at least a limit; unknown while its limits straddle it or are not known."""
        return Feasible.UNKNOWN if self.smallest_mm is None else at_least(self.smallest_mm, limit_mm)


def ablative_margin(
    lesion: Mask,
    zone: Mask,
    *,
    liver: Mask | None,
    registration_error_mm: float | None,
    limits_mm: Sequence[float],
    known: NeedleKnowledge,
    technology: Technology | None = None,
) -> AblativeMargin:
    """The margin of a zone around a lesion.

    Parameters
    ----------
    lesion : Before the procedure, moved onto the image of the zone by the registration.
    zone : After it.
    liver : After it, the zone included; None where it is not segmented, and then no surface is left out.
    registration_error_mm : How far the lesion may be off (95 %); 0 for one image, None where unknown.
    limits_mm : Margins to compare with, in rising order; the largest below which surface is left out is the first
        above 0.
    technology : For the remark on tissue that shrinks.

    Raises
    ------
    GeometryError : The lesion or the zone is empty.
    """
    for name, mask in (("lesion", lesion), ("ablation zone", zone)):
        if mask.is_empty:
            raise GeometryError(f"the {name} is empty", expected=f"a segmented {name}", remedy="Segment it")
    reach = max(limits_mm, default=0.0)
    lattice = _lattice(lesion, reach + 2 * max(lesion.grid.spacing_mm) + (registration_error_mm or 0))
    own, ablated = _signed(lesion, lattice), _signed(zone, lattice)
    points, areas, neighbours = _surface(own)
    margins = _averaged(_at(_distances(ablated, lattice), points), neighbours, zone.grid, lattice)
    capsule = (
        np.full(len(points), np.inf)
        if liver is None
        else _at(_distances(_signed(liver, lattice), lattice), points)
    )
    asked = next((limit for limit in limits_mm if limit > 0), 0.0)
    counted = capsule >= asked
    found = float(margins[counted].min()) if counted.any() else float(margins.min())
    left = Mask(lesion.array & ~mask_on(zone, lesion.grid).array, lesion.grid)
    error = None if registration_error_mm is None else _error(registration_error_mm, lesion, zone)
    return AblativeMargin(
        found_mm=found,
        smallest_mm=None if error is None else Estimate(found, found - error, found + error),
        anywhere_mm=float(margins.min()),
        below=tuple(
            _below(limit, margins, capsule=capsule, areas=areas, error=registration_error_mm)
            for limit in limits_mm
        ),
        left_ml=left.volume_ml,
        remarks=(
            known.margin_evidence.statement,
            *_surface_remarks(liver, counted, areas, asked),
            *((BLIND,) if error is None else ()),
            *((known.contraction_radial.statement,) if technology is Technology.MICROWAVE else ()),
        ),
    )


def _lattice(lesion: Mask, margin_mm: float) -> Grid:
    """Cubes around the lesion along the axes of its grid."""
    cut = lesion.grid.cropped(lesion.box())
    spacing = np.array(cut.spacing_mm)
    size = (np.array(cut.shape) * spacing) + 2 * margin_mm
    edge = max(float(spacing.min()) / 2, float(np.cbrt(np.prod(size) / MOST_CUBES)))
    matrix = cut.matrix
    matrix[:3, 3] = cut.points_of([-margin_mm / spacing])[0]
    matrix[:3, :3] *= edge / spacing
    return Grid.of([int(np.ceil(item / edge)) + 1 for item in size], matrix)


def _signed(mask: Mask, lattice: Grid) -> NDArray[np.float32]:
    """Positive inside and negative outside, 0 on the surface, on the lattice.

    Where the region ends at the border of its image it is taken to end there.
    """
    corners = mask.grid.indices_of(lattice.corners)
    low = np.floor(corners.min(axis=0)).astype(int) - 2
    high = np.ceil(corners.max(axis=0)).astype(int) + 3
    inner = tuple(
        slice(max(0, a), max(max(0, a) + 1, min(n, b)))
        for a, b, n in zip(low, high, mask.grid.shape, strict=True)
    )
    part = np.pad(mask.array[inner], 1)
    z, y, x = (slice(side.start - 1, side.stop + 1) for side in inner)
    grid = mask.grid.cropped((z, y, x))
    if not part.any():
        return np.full(lattice.shape, -1, dtype=np.float32)
    field = distance_to(Mask(~part, grid)) - distance_to(Mask(part, grid))
    width = BLUR_VOXELS * np.mean(grid.spacing_mm) / np.array(grid.spacing_mm)
    once = ndimage.gaussian_filter(field, width)
    field = 2 * once - ndimage.gaussian_filter(once, width)  # a plain blur would shrink round things
    way = np.linalg.inv(grid.matrix) @ lattice.matrix
    found = np.empty(lattice.shape, dtype=np.float32)
    ndimage.affine_transform(field, way[:3, :3], offset=way[:3, 3], output=found, output_shape=lattice.shape, order=1,
                             mode="nearest")  # fmt: skip
    return found


def _distances(field: NDArray[np.float32], lattice: Grid) -> NDArray[np.float32]:
    """Signed distance to the surface of a region, positive inside [mm]: both ways, less half a cube."""
    inside = field > 0
    if not inside.any() or inside.all():
        sign = 1 if inside.all() else -1
        return np.full(
            field.shape, sign * float(np.linalg.norm(np.array(field.shape) * lattice.spacing_mm)), np.float32
        )
    half = np.float32(lattice.spacing_mm[0] / 2)
    out, into = distance_to(Mask(~inside, lattice)), distance_to(Mask(inside, lattice))
    return np.where(inside, out - half, half - into).astype(np.float32)


def _surface(field: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64], Any]:
    """Points of the surface as indices of the lattice (n, 3), their areas, and a matrix that averages neighbours."""
    corners, faces, _, _ = marching_cubes(field, 0.0)
    a, b, c = (corners[faces[:, place]] for place in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6
    areas = np.bincount(faces.ravel(), np.repeat(area, 3), minlength=len(corners))
    first, second = faces.ravel(), np.roll(faces, 1, axis=1).ravel()
    own = np.arange(len(corners))
    rows, columns = np.concatenate([first, second, own]), np.concatenate([second, first, own])
    pairs = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(own), len(own))).tocsr()
    pairs.data[:] = 1
    shares = np.asarray(1 / np.asarray(pairs.sum(axis=1), dtype=np.float64).ravel())
    means = cast("Any", diags_array)(shares) @ pairs
    return corners.astype(np.float64), np.asarray(areas, dtype=np.float64), csr_array(means)


def _averaged(
    margins: NDArray[np.float64], neighbours: Any, voxels: Grid, lattice: Grid
) -> NDArray[np.float64]:
    """Means over neighbouring points of the surface; n rounds spread over the root of n edges of a cube."""
    edges = AVERAGED_VOXELS * float(np.mean(voxels.spacing_mm)) / lattice.spacing_mm[0]
    for _ in range(int(np.ceil(edges**2))):
        margins = neighbours @ margins
    return margins


def _at(distances: NDArray[np.float32], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances at fractional indices."""
    return np.asarray(ndimage.map_coordinates(distances, points.T, order=1, mode="nearest"), dtype=np.float64)


def _error(registration_error_mm: float, lesion: Mask, zone: Mask) -> float:
    """Half width of the interval of a margin (95 %): registration, and half a voxel for each surface, in quadrature.

    A shift of the lesion by some length changes no margin by more than this length.
    """
    voxels = [float(np.mean(mask.grid.spacing_mm)) / 2 for mask in (lesion, zone)]
    return float(np.sqrt(registration_error_mm**2 + sum(item**2 for item in voxels)))


def _below(
    limit: float,
    margins: NDArray[np.float64],
    *,
    capsule: NDArray[np.float64],
    areas: NDArray[np.float64],
    error: float | None,
) -> ShareBelow:
    """Shares of the surface with a smaller margin."""
    counted = capsule >= limit if limit > 0 else np.ones(len(margins), dtype=bool)
    total = float(areas[counted].sum())
    left_out = 1 - total / float(areas.sum())
    if total <= 0:
        return ShareBelow(limit, None, None, left_out)
    shares = [
        float(areas[counted & (margins + shift < limit)].sum()) / total
        for shift in (0.0, error or 0.0, -(error or 0.0))
    ]
    return ShareBelow(limit, shares[0], None if error is None else (shares[1], shares[2]), left_out)


BLIND = "the error of the registration is unknown: the margin has no limits and proves nothing"


def _surface_remarks(
    liver: Mask | None, counted: NDArray[np.bool_], areas: NDArray[np.float64], asked: float
) -> tuple[str, ...]:
    """What was left out at the surface of the liver."""
    if liver is None:
        return ("the liver is not segmented: places at its surface, where no margin can be had, are counted",)
    if not counted.any():
        return (
            f"the whole lesion lies within {asked:g} mm of the surface of the liver: nothing was left out",
        )
    share = 1 - float(areas[counted].sum()) / float(areas.sum())
    if share <= 0:
        return ()
    return (
        f"{100 * share:.0f} % of the surface of the lesion lies within {asked:g} mm of the surface of the liver, "
        "where no such margin can be had: left out of the smallest margin",
    )
