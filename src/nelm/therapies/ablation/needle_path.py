"""One needle path with everything that is measured of it, on the segmentation itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.therapies.ablation.needle_checks import (
    Point,
    distance_mm,
    inside,
    length_in_mm,
    segments_apart_mm,
)
from nelm.therapies.ablation.needle_obstacles import CUBE_MM, Obstacles

Triple = tuple[float, float, float]
Needle = tuple[Triple, Triple]
"""Entry and tip of a needle (x, y, z) [mm]."""

SLOPE_MM = 2 * CUBE_MM
"""Way over which the slope of the liver surface is taken."""
GAP_MM = 1.0
"""A shorter gap in the liver along a path is no way out of it."""
BACKWARD = np.array([0.0, 1.0, 0.0])
"""To the patient's back."""


@dataclass(frozen=True, slots=True)
class NeedlePath:
    """A straight path from the skin.

    Parameters
    ----------
    target_mm, entry_mm, tip_mm : The middle of the zone, the skin, and the tip beyond the middle (x, y, z) [mm].
    length_mm : From the skin to the tip.
    capsule_angle_deg : To the normal of the liver surface where it enters; None where it passes no liver.
    axial_angle_deg : Out of the axial plane.
    behind_deg : Between the way out and straight backward.
    liver_before_lesion_mm : Liver crossed before the lesion, or before the tip where there is none.
    liver_entries : How often it enters the liver.
    distances : Every structure with its distance [mm], the nearest first.
    vessels : Vessels too narrow to be avoided that it crosses, with the length within [mm].
    other_lesions : Lesions that it passes on its way.
    spare_mm : Smallest distance less the clearance asked for; infinite where nothing is segmented.
    cautions : What speaks against it without ruling it out.
    """

    target_mm: Triple
    entry_mm: Triple
    tip_mm: Triple
    length_mm: float
    capsule_angle_deg: float | None
    axial_angle_deg: float
    behind_deg: float
    liver_before_lesion_mm: float
    liver_entries: int
    distances: tuple[tuple[str, float], ...]
    vessels: tuple[tuple[str, float], ...]
    other_lesions: tuple[str, ...]
    spare_mm: float
    cautions: tuple[str, ...] = ()

    @property
    def needle(self) -> Needle:
        """Entry and tip."""
        return self.entry_mm, self.tip_mm

    @property
    def outward(self) -> NDArray[np.float64]:
        """Unit direction from the tip to the skin."""
        way = np.array(self.entry_mm) - np.array(self.tip_mm)
        return way / np.linalg.norm(way)


def measured_path(
    obstacles: Obstacles, target_mm: Point, tip_mm: Point, outward: Point, *, way_out_mm: float, lesion: str
) -> NeedlePath:
    """A path measured on the segmentation.

    Parameters
    ----------
    outward : Unit direction from the tip to the skin.
    way_out_mm : From the tip to the skin as the cubes have it.
    lesion : Name of the lesion that is aimed at.
    """
    rules = obstacles.rules
    entry = _skin(obstacles, tip_mm, outward, way_out_mm)
    before, entries, capsule = _liver(obstacles, tip_mm, entry, lesion)
    distances = sorted(
        ((item.name, distance_mm(item, tip_mm, entry)) for item in obstacles.items), key=lambda pair: pair[1]
    )
    wanted = {item.name: item.clearance_mm for item in obstacles.items}
    vessels = ((name, length_in_mm(mask, tip_mm, entry)) for name, mask in obstacles.vessels)
    path = NeedlePath(
        target_mm=_triple(target_mm),
        entry_mm=_triple(entry),
        tip_mm=_triple(tip_mm),
        length_mm=float(np.linalg.norm(entry - tip_mm)),
        capsule_angle_deg=None if capsule is None
        else float(surface_angles_deg(obstacles, capsule[None], outward[None])[0]),
        axial_angle_deg=float(np.degrees(np.arcsin(min(1.0, abs(outward[2]))))),
        behind_deg=float(np.degrees(np.arccos(np.clip(outward @ BACKWARD, -1, 1)))),
        liver_before_lesion_mm=before,
        liver_entries=entries,
        distances=tuple(distances),
        vessels=tuple((name, length) for name, length in vessels if length > 0),
        other_lesions=tuple(
            name for name, mask in obstacles.lesions if name != lesion and length_in_mm(mask, tip_mm, entry) > 0
        ),
        spare_mm=min((length - wanted[name] for name, length in distances), default=float("inf")),
    )  # fmt: skip
    return _with_cautions(path, rules.liver_before_lesion_min_mm, rules.axial_angle_caution_deg,
                          rules.behind_angle_deg)  # fmt: skip


def faults_of(path: NeedlePath, obstacles: Obstacles, others: Sequence[Needle]) -> tuple[str, ...]:
    """What rules a measured path out; nothing for a path that may be used."""
    rules = obstacles.rules
    wanted = {item.name: item.clearance_mm for item in obstacles.items}
    found = [name for name, length in path.distances if length <= 0 or length < wanted[name]]
    if path.length_mm > rules.length_max_mm:
        found.append(TOO_LONG)
    if path.capsule_angle_deg is not None and path.capsule_angle_deg > rules.capsule_angle_max_deg:
        found.append(TOO_FLAT)
    entry, tip = np.array(path.entry_mm)[None], np.array(path.tip_mm)[None]
    if any(
        segments_apart_mm(entry, tip, np.array(a), np.array(b))[0] < rules.needle_spacing_min_mm
        for a, b in others
    ):
        found.append(OTHER_NEEDLE)
    return tuple(found)


TOO_LONG, TOO_FLAT, OTHER_NEEDLE, LEAVES_IMAGE, TIP_OUTSIDE = (
    "too long",
    "too flat to the liver surface",
    "another needle",
    "the image ends before the skin",
    "the tip would leave the body",
)
"""Reasons other than structures."""


def surface_angles_deg(
    obstacles: Obstacles, points_mm: NDArray[np.float64], outward: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Angles between directions (n, 3) and the outward normal of the liver surface at points (n, 3) [degrees]."""
    slopes: list[NDArray[np.float64]] = []
    for axis in np.eye(3):
        ends = [
            ndimage.map_coordinates(
                obstacles.smooth_liver,
                obstacles.grid.indices_of(points_mm + sign * SLOPE_MM / 2 * axis).T,
                order=1,
                mode="constant",
            )
            for sign in (-1, 1)
        ]
        slopes.append(np.asarray(ends[0] - ends[1], dtype=np.float64))
    normal = np.stack(slopes, axis=1)
    steepness = np.linalg.norm(normal, axis=1)
    cosine = np.einsum("ij,ij->i", normal, np.broadcast_to(outward, normal.shape))
    cosine = np.divide(cosine, steepness, out=np.zeros_like(cosine), where=steepness > 0)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def _skin(obstacles: Obstacles, tip_mm: Point, outward: Point, way_out_mm: float) -> Point:
    """Where the way leaves the last voxel of the body, which lies no farther than the skin of the cubes."""
    if obstacles.skin is None:
        return tip_mm + way_out_mm * outward
    way, body = inside(obstacles.skin, tip_mm, tip_mm + (way_out_mm + CUBE_MM) * outward)
    length = float(way.to_mm[body].max()) if body.any() else way_out_mm
    return tip_mm + length * outward


def _liver(
    obstacles: Obstacles, tip_mm: Point, entry_mm: Point, lesion: str
) -> tuple[float, int, Point | None]:
    """Liver before the lesion [mm], number of entries, and the point of entry."""
    way, liver = inside(obstacles.liver, tip_mm, entry_mm)
    if not liver.any():
        return 0.0, 0, None
    lengths = way.to_mm - way.from_mm
    own = dict(obstacles.lesions).get(lesion)
    outermost = 0.0
    if own is not None:
        along, there = inside(own, tip_mm, entry_mm)
        outermost = float(along.to_mm[there].max()) if there.any() else 0.0
    before = float(lengths[liver & (way.from_mm >= outermost)].sum())
    last = float(way.to_mm[liver].max())
    starts, stops = way.from_mm[liver], way.to_mm[liver]
    gaps = int(np.count_nonzero(starts[1:] - stops[:-1] > GAP_MM))
    outward = (entry_mm - tip_mm) / np.linalg.norm(entry_mm - tip_mm)
    return before, gaps + 1, tip_mm + last * outward


def _with_cautions(path: NeedlePath, liver_mm: float, axial_deg: float, behind_deg: float) -> NeedlePath:
    """The path with what speaks against it."""
    found: list[str] = []
    if path.liver_before_lesion_mm < liver_mm:
        found.append(
            f"only {path.liver_before_lesion_mm:.0f} mm of liver before the lesion (wanted {liver_mm:g} mm): "
            "bleeding and seeding along a direct puncture"
        )
    if path.axial_angle_deg > axial_deg:
        found.append(
            f"{path.axial_angle_deg:.0f} degrees out of the axial plane, more than a CT gantry follows"
        )
    if path.behind_deg < behind_deg:
        found.append("enters from behind: the patient has to be turned, and then everything lies differently")
    if path.other_lesions:
        found.append(f"passes {', '.join(path.other_lesions)}: tumour cells may be carried along")
    if path.liver_entries > 1:
        found.append("leaves the liver and enters it again")
    return replace(path, cautions=tuple(found))


def _triple(point: Point) -> Triple:
    """A point as three numbers."""
    x, y, z = (float(item) for item in point)
    return x, y, z
