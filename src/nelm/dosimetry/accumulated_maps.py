"""Dose maps of several administrations on one grid: their sum, its BED, and what a registration error does to it.

Dose is interpolated as dose. Where tissue was compressed or has grown, mass and energy of a voxel change and dose does
not follow from either; a rigid registration keeps both. BED is computed region by region, each with the kinetics that
it had in each administration and the constants of its tissue, for all voxels of the region alike: how fast each voxel
cleared is not in a dose map. Outside the regions there is no BED, and the map holds zero.

How far a registration error changes the mean of a region is found by shifting each map by one standard deviation along
each axis (95 % of a distance in space are 2.795 standard deviations of one coordinate): ``u^2 = sum over axes of half
the difference squared, plus the bend squared``. It is small inside an even dose and large at a gradient.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.dosimetry.accumulation import DoseSum, LesionIdentity, Target, course_of, dose_sum, region_of
from nelm.dosimetry.assumptions import Tissue
from nelm.dosimetry.curves import NORMAL_95_IN_SPACE
from nelm.dosimetry.doses import log_normal
from nelm.dosimetry.ledger import Ledger
from nelm.dosimetry.regions import Region, RegionKind, disjoint
from nelm.errors import problem
from nelm.imaging.registration import (
    RigidTransform,
    Transform,
    moved_volume,
    register_rigidly,
    registration_error,
)
from nelm.physics.biology import (
    Course,
    DoseVolumeHistogram,
    biologically_effective_dose_from,
    dose_volume_histogram,
    protraction_matrix,
)
from nelm.quantities import Estimate
from nelm.volume import Grid, Mask, Quantity, Volume, mask_on

Array = NDArray[np.float64]
LEAST_REACHED = 0.999
"""Weight of a map at a voxel below which the voxel lies outside it."""


@dataclass(frozen=True, slots=True, eq=False)
class CourseMap:
    """The dose map of an administration, and how it lies to the reference.

    Parameters
    ----------
    course : Identifier in the ledger.
    dose : [Gy].
    from_reference : Where a point of the reference lies in the map.
    registration_error_mm : 95 % of that [mm]; 0 in one frame of reference.
    """

    course: str
    dose: Volume
    from_reference: Transform
    registration_error_mm: float

    def __post_init__(self) -> None:
        if self.dose.quantity is not Quantity.ABSORBED_DOSE:
            raise problem(
                self.dose.quantity.value, "a map of absorbed dose in Gy", path=f"{self.course}: dose"
            )
        if not (math.isfinite(self.registration_error_mm) and self.registration_error_mm >= 0):
            raise problem(
                self.registration_error_mm, "a distance in mm", path=f"{self.course}: registration_error_mm"
            )


@dataclass(frozen=True, slots=True, eq=False)
class MapRegion:
    """A region read off the accumulated maps.

    Parameters
    ----------
    name, target : Of the region.
    course_doses_gy : Mean dose of each administration by the maps [Gy].
    absorbed_dose_gy : Their sum with 95 % limits: registration, and the errors of the ledger [Gy].
    registration_sd_gy : Standard uncertainty from the registrations alone [Gy].
    bed_gy : Mean over the voxels of their BED [Gy]; None without kinetics or constants.
    ledger : The sum by the ledger, over the outlines of each administration; None where it has none.
    histogram : Of the summed dose.
    reason : Why there is no BED.
    """

    name: str
    target: Target
    course_doses_gy: tuple[tuple[str, float], ...]
    absorbed_dose_gy: Estimate
    registration_sd_gy: float
    bed_gy: float | None
    ledger: DoseSum | None
    histogram: DoseVolumeHistogram
    reason: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class AccumulatedMaps:
    """Maps over all administrations, on the grid of the reference.

    Parameters
    ----------
    dose : Absorbed dose, summed [Gy].
    bed : BED inside the regions that have one, zero elsewhere [Gy].
    reached : Where every map reaches; elsewhere the sum is a lower bound.
    regions : Read off.
    remarks : What should be known.
    """

    dose: Volume
    bed: Volume
    reached: Mask
    regions: tuple[MapRegion, ...]
    remarks: tuple[str, ...]


def course_registration(
    reference: Volume, image: Volume, *, region: Mask | None, points_mm: NDArray[np.float64]
) -> tuple[RigidTransform, float]:
    """Where a point of the reference lies in an administration, and the 95 % error of that at points [mm].

    Parameters
    ----------
    reference, image : CT of the reference and of the administration.
    region : Where it has to fit (the liver, widened); None for everywhere.
    points_mm : (n, 3) where the error is asked for, in the reference (middles of lesions).

    Raises
    ------
    ConvergenceError : The images have nothing in common.
    """
    found = register_rigidly(reference, image, region=region).transform
    back = register_rigidly(image, reference, start=found.inverse()).transform
    error = registration_error(found, points_mm, backward=back)
    return found, error.p95_mm if error is not None else 0.0


def accumulated_maps(
    ledger: Ledger,
    maps: Sequence[CourseMap],
    regions: Sequence[Region],
    *,
    grid: Grid,
    tissues: Mapping[RegionKind, Tissue],
    lesions_by: LesionIdentity = LesionIdentity.TRACKING_UID,
) -> AccumulatedMaps:
    """Dose and BED voxel by voxel over administrations.

    Parameters
    ----------
    ledger : Holds the kinetics of the regions in each administration.
    maps : One for each administration that is to be counted.
    regions : Outlined on the reference; in order of precedence where they overlap: lesions before organs.
    grid : Of the reference.
    tissues : Constants by the kind of region.

    Notes
    -----
    Memory: (administrations + 3) maps of float32.
    """
    if not maps:
        raise problem("no map", "the dose map of one administration or more", path="maps")
    ordered = sorted(maps, key=lambda one: ledger.start_h(ledger.entry(one.course)))
    doses = [np.maximum(_on(one.dose, one.from_reference, grid), 0.0) for one in ordered]
    reached = np.ones(grid.shape, dtype=bool)
    for one in ordered:
        ones = Volume(np.ones(one.dose.grid.shape, dtype=np.float32), one.dose.grid)
        reached &= _on(ones, one.from_reference, grid) >= LEAST_REACHED
    bed = np.zeros(grid.shape, dtype=np.float32)
    found: list[MapRegion] = []
    lost = [region.name for region in regions]
    for region in disjoint(regions):
        inside = mask_on(region.mask, grid).array
        if inside.any():
            lost.remove(region.name)
            found.append(
                _region(region, inside, doses, ordered, bed=bed, ledger=ledger, grid=grid,
                        tissue=tissues.get(region.kind), lesions_by=lesions_by)
            )  # fmt: skip
    return AccumulatedMaps(
        dose=Volume(np.asarray(np.sum(doses, axis=0, dtype=np.float32)), grid, Quantity.ABSORBED_DOSE),
        bed=Volume(bed, grid, Quantity.ARBITRARY),
        reached=Mask(reached, grid),
        regions=tuple(found),
        remarks=_remarks(ledger, ordered, reached, lost),
    )


def _on(volume: Volume, transform: Transform, grid: Grid) -> NDArray[np.float32]:
    return np.asarray(moved_volume(volume, transform, grid).array, dtype=np.float32)


def _region(
    region: Region, inside: NDArray[np.bool_], doses: Sequence[NDArray[np.float32]], maps: Sequence[CourseMap],
    *, bed: NDArray[np.float32], ledger: Ledger, grid: Grid, tissue: Tissue | None, lesions_by: LesionIdentity,
) -> MapRegion:  # fmt: skip
    """One region; its BED is put into the map."""
    target = _target(region, lesions_by)
    voxels = np.stack([np.asarray(dose[inside], dtype=np.float64) for dose in doses])
    means = voxels.mean(axis=1)
    points = grid.points_of(np.argwhere(inside))
    sd = math.hypot(*(_shift_sd(one, points) for one in maps))
    total = float(means.sum())
    courses = _courses(target, maps, ledger, lesions_by)
    by_ledger = dose_sum(courses, tissue) if courses is not None else None
    relative = by_ledger.absorbed_dose_relative_sd if by_ledger is not None else 0.0
    whole = math.hypot(relative, sd / total) if total > 0 else 0.0
    effect, reason = _bed_of(voxels, courses, tissue, target)
    if effect is not None:
        bed[inside] = effect
    return MapRegion(
        name=region.name,
        target=target,
        course_doses_gy=tuple((one.course, float(mean)) for one, mean in zip(maps, means, strict=True)),
        absorbed_dose_gy=log_normal(total, whole),
        registration_sd_gy=sd,
        bed_gy=None if effect is None else float(effect.mean()),
        ledger=by_ledger,
        histogram=dose_volume_histogram(
            voxels.sum(axis=0), voxel_ml=grid.voxel_ml, relative_systematic_sd=whole
        ),
        reason=reason,
    )


def _target(region: Region, lesions_by: LesionIdentity) -> Target:
    """What a region of the reference is counted as."""
    if region.kind is RegionKind.LESION:
        by_name = lesions_by is LesionIdentity.NAME
        return Target(region.kind, region.name if by_name else region.tracking_uid or region.name)
    return Target(region.kind, region.name if region.kind is RegionKind.ORGAN else "")


def _courses(
    target: Target, maps: Sequence[CourseMap], ledger: Ledger, lesions_by: LesionIdentity
) -> list[Course] | None:
    """The target in each administration; None as soon as one has no kinetics of it."""
    found: list[Course] = []
    for one in maps:
        entry = ledger.entry(one.course)
        region = region_of(target, entry, lesions_by)
        if region is None or not region.mean_dose_gy or region.dose_rate is None:
            return None
        found.append(course_of(region, entry, ledger))
    return found


def _bed_of(
    voxels: Array, courses: Sequence[Course] | None, tissue: Tissue | None, target: Target
) -> tuple[Array | None, str | None]:
    """BED of the voxels of a region, or why there is none."""
    if tissue is None:
        return None, f"no constants of the tissue for {target.kind.value}"
    if courses is None:
        return None, "its kinetics are not known in every administration"
    matrix = protraction_matrix(
        [course.dose_rate for course in courses], repair_half_time_h=tissue.repair_half_time_h
    )
    return (
        biologically_effective_dose_from(voxels, protraction=matrix, alpha_beta_gy=tissue.alpha_beta_gy),
        None,
    )


def _shift_sd(one: CourseMap, points_mm: Array) -> float:
    """Change of the mean dose of a region when a map is shifted by one standard deviation along each axis [Gy]."""
    if one.registration_error_mm <= 0:
        return 0.0
    step = one.registration_error_mm / NORMAL_95_IN_SPACE
    there = one.from_reference.points(points_mm)
    middle, variance = _mean_at(one.dose, there), 0.0
    for axis in range(3):
        shift = np.zeros(3)
        shift[axis] = step
        low, high = _mean_at(one.dose, there - shift), _mean_at(one.dose, there + shift)
        variance += ((high - low) / 2) ** 2 + ((high + low) / 2 - middle) ** 2
    return math.sqrt(variance)


def _mean_at(dose: Volume, points_mm: Array) -> float:
    """Mean dose at points of a map, zero outside it [Gy]."""
    places = dose.grid.indices_of(points_mm).T
    array = np.asarray(dose.array, dtype=np.float32)
    return float(np.mean(ndimage.map_coordinates(array, places, order=1, mode="constant", cval=0.0)))


def _remarks(
    ledger: Ledger, maps: Sequence[CourseMap], reached: NDArray[np.bool_], lost: Sequence[str]
) -> tuple[str, ...]:
    """What should be known of the maps."""
    left = [entry.id for entry in ledger.entries if entry.id not in {one.course for one in maps}]
    found = [f"without a map, and not in the sum: {', '.join(left)}"] if left else []
    if not reached.all():
        found.append("some voxels lie outside a map: there the sum is a lower bound")
    if lost:
        found.append(f"without a voxel of the grid for themselves, and not read: {', '.join(lost)}")
    return tuple(found)
