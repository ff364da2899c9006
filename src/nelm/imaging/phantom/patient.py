"""A whole synthetic patient: the abdomen with vessels and lesions at several times, and every true value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nelm.imaging.phantom.anatomy import Anatomy, abdomen
from nelm.imaging.phantom.drawing import Drawn, drawn, name_at
from nelm.imaging.phantom.emission import Scanner, scanned, therapy_activity, tracer_uptake
from nelm.imaging.phantom.lesion_shapes import longest_axial_mm, longest_mm, surface_mm
from nelm.imaging.phantom.lesions import LesionPlan, SyntheticLesion, ever_occupied
from nelm.imaging.phantom.liver_shape import couinaud
from nelm.imaging.phantom.motion import Pose, poses
from nelm.imaging.phantom.placement import lesions_in
from nelm.imaging.phantom.shapes import Points
from nelm.imaging.phantom.vessels import LiverVessels, grown, liver_room, trunks
from nelm.volume import Grid, Mask, Volume
from nelm.volume.grid import Triple

UNION_STEP_MM = 0.25


@dataclass(frozen=True, slots=True)
class TrueLesion:
    """What is true of one region at one time.

    Parameters
    ----------
    name : As in `SyntheticLesion`; a pair that has become one has both names.
    centre_mm : (x, y, z) in the pose of the time point; of the larger one of a pair.
    volume_ml : Exact for one lesion, by fine sampling for a pair.
    longest_mm, axial_mm : Largest distances between two points of the surface, in space and in one axial plane.
    segment : Couinaud segment of the centre.
    sstr_suv, fdg_suv : True uptakes.
    """

    name: str
    centre_mm: Triple
    volume_ml: float
    longest_mm: float
    axial_mm: float
    segment: int
    sstr_suv: float
    fdg_suv: float


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticPatient:
    """What was made, before any image.

    Parameters
    ----------
    seed : Same seed, same patient.
    anatomy, vessels, lesions : In the reference pose.
    poses : One for each time point; the first is the reference.
    """

    seed: int
    anatomy: Anatomy
    vessels: LiverVessels
    lesions: tuple[SyntheticLesion, ...]
    poses: tuple[Pose, ...]

    def tomography(self, grid: Grid, *, time_point: int = 0) -> Drawn:
        """CT and regions at a time point on an axial grid."""
        found = drawn(
            self.anatomy,
            self.vessels,
            self.lesions,
            self.poses[time_point].reference_grid(grid),
            time_point=time_point,
            rng=np.random.default_rng([self.seed, time_point, 1]),
        )
        masks = tuple((name, kind, Mask(mask.array, grid)) for name, kind, mask in found.masks)
        return replace(found, ct=replace(found.ct, grid=grid), masks=masks)

    def positron_emission(
        self, grid: Grid, scanner: Scanner, *, time_point: int = 0, fdg: bool = False
    ) -> Volume:
        """SUV of a somatostatin receptor tracer, or of 18F-FDG, as a scanner gives it."""
        there = self.poses[time_point].reference_grid(grid)
        true = tracer_uptake(self.anatomy, self.lesions, there, time_point=time_point, fdg=fdg)
        rng = np.random.default_rng([self.seed, time_point, 2 + fdg])
        return replace(scanned(true, scanner, rng), grid=grid)

    def after_therapy(self, grid: Grid, scanner: Scanner, *, after_h: float, time_point: int = 0) -> Volume:
        """SPECT a time after an injection: activity concentration per injected activity and weight."""
        there = self.poses[time_point].reference_grid(grid)
        true = therapy_activity(self.anatomy, self.lesions, there, time_point=time_point, after_h=after_h)
        rng = np.random.default_rng([self.seed, time_point, 4, round(after_h)])
        return replace(scanned(true, scanner, rng), grid=grid)

    def true_lesions(self, time_point: int = 0) -> tuple[TrueLesion, ...]:
        """Every region that is there at a time, the largest first."""
        groups: dict[str, list[SyntheticLesion]] = {}
        for lesion in self.lesions:
            if lesion.radii_mm[time_point] > 0:
                groups.setdefault(name_at(lesion, self.lesions, time_point), []).append(lesion)
        found = [self._true(name, group, time_point) for name, group in groups.items()]
        return tuple(sorted(found, key=lambda one: -one.volume_ml))

    def _true(self, name: str, group: list[SyntheticLesion], time_point: int) -> TrueLesion:
        """The truth of one region."""
        pose = self.poses[time_point]
        surfaces = [surface_mm(one.shape, one.centre_mm, one.radii_mm[time_point]) for one in group]
        moved = [pose.moved(surface) for surface in surfaces]
        first = max(group, key=lambda one: one.radii_mm[time_point])
        if len(group) == 1:
            volume, axial = first.volume_ml(time_point), longest_axial_mm(moved[0])
        else:
            volume, axial = _union(group, time_point, pose)
        centre = np.array([first.centre_mm])
        x, y, z = (round(value, 3) for value in pose.moved(centre)[0].tolist())
        return TrueLesion(
            name=name,
            centre_mm=(x, y, z),
            volume_ml=volume,
            longest_mm=longest_mm(np.concatenate([surface.reshape(-1, 3) for surface in moved])),
            axial_mm=axial,
            segment=int(couinaud(Points.of(centre), self.anatomy.build.liver)[0]),
            sstr_suv=first.sstr_suv,
            fdg_suv=first.fdg_suv,
        )

    def truth(self, liver_ml: Mapping[int, float]) -> dict[str, object]:
        """Every true value, ready for JSON.

        Parameters
        ----------
        liver_ml : Volume of the liver with its lesions at each time point that was drawn.
        """
        return {"time_points": [self._truth_at(time, volume) for time, volume in sorted(liver_ml.items())]}

    def _truth_at(self, time_point: int, liver_ml: float) -> dict[str, object]:
        lesions = self.true_lesions(time_point)
        return {
            "liver_ml": round(liver_ml, 2),
            "burden_percent": round(100 * sum(one.volume_ml for one in lesions) / liver_ml, 3),
            "pose": self.poses[time_point].matrix.round(9).tolist(),
            "lesions": [
                {"id": one.name, "centre_mm": list(one.centre_mm), "volume_ml": round(one.volume_ml, 4),
                 "longest_mm": round(one.longest_mm, 3), "axial_mm": round(one.axial_mm, 3),
                 "segment": one.segment, "sstr_suv": one.sstr_suv, "fdg_suv": one.fdg_suv}
                for one in lesions
            ],
        }  # fmt: skip


def synthetic_patient(seed: int, plan: LesionPlan, *, time_points: int = 1) -> SyntheticPatient:
    """A patient by formula; the same seed gives the same patient.

    Raises
    ------
    ConvergenceError : The lesions do not find room in the liver.
    """
    rng = np.random.default_rng(seed)
    anatomy = abdomen(rng)
    rooms = liver_room(anatomy)
    given = trunks(anatomy, rng)
    lesions = lesions_in(rooms, (*given[0], *given[1]), plan, rng, time_points=time_points)
    vessels = grown(rooms, given, rng, lesions=ever_occupied(lesions))
    return SyntheticPatient(seed, anatomy, vessels, lesions, poses(rng, time_points))


def _union(group: list[SyntheticLesion], time_point: int, pose: Pose) -> tuple[float, float]:
    """Volume [mL] and longest axial diameter [mm] of lesions that have become one, by fine sampling."""
    ends = [
        pose.moved(surface_mm(one.shape, one.centre_mm, one.radii_mm[time_point])).reshape(-1, 3)
        for one in group
    ]
    low, high = np.concatenate(ends).min(axis=0), np.concatenate(ends).max(axis=0)
    counts = np.ceil((high - low)[::-1] / UNION_STEP_MM).astype(int) + 1
    grid = pose.reference_grid(Grid.axial(counts.tolist(), (UNION_STEP_MM,) * 3, low.tolist()))
    inside = np.zeros(counts, dtype=bool)
    for plane in range(counts[0]):
        index = np.argwhere(np.ones((1, *counts[1:]), dtype=bool)) + np.array([plane, 0, 0])
        points = Points.of(grid.points_of(index))
        near = np.min([one.field(points, time_point) for one in group], axis=0) < 0
        inside[plane] = near.reshape(counts[1:])
    return float(inside.sum()) * UNION_STEP_MM**3 / 1000, max(_widest(plane) for plane in inside)


def _widest(plane: NDArray[np.bool_]) -> float:
    """Largest distance between two voxels of a plane, and one step for their widths [mm]."""
    places = np.argwhere(plane) * UNION_STEP_MM
    if not len(places):
        return 0.0
    angles = np.linspace(0, np.pi, 180, endpoint=False)
    spread = np.ptp(places @ np.stack([np.cos(angles), np.sin(angles)]), axis=0)
    return float(spread.max()) + UNION_STEP_MM
