"""The chain from quantitative images to the doses of one administration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nelm.dosimetry.assumptions import Assumptions, Kinetics
from nelm.dosimetry.bodies import body_of, body_on
from nelm.dosimetry.curves import REST, RegionCurve, View, curves_of, view_of
from nelm.dosimetry.doses import RegionDose, VoxelDose, region_dose, union_dose
from nelm.dosimetry.integrals import ActivityIntegral, fitted, from_population, trapped
from nelm.dosimetry.maps import ImagedMaps, as_volume, corrected_map, finer, imaged_maps, labels_on
from nelm.dosimetry.regions import Region, RegionKind, disjoint, unions_of
from nelm.dosimetry.scans import Administration, Scan, in_order
from nelm.dosimetry.sensitivity import Sensitivity, region_errors, sensitivity_of
from nelm.errors import ConvergenceError, NelmError
from nelm.imaging.progress import Progress, silent
from nelm.imaging.registration import RigidTransform
from nelm.physics.emissions import Emissions, emissions_of
from nelm.physics.engines import dose_by, sphere_dose_factor
from nelm.physics.kernels import kernel_of
from nelm.physics.kinetics import TimeActivity
from nelm.volume import Grid, Mask, Quantity, Volume
from nelm.volume.grid import Box

AROUND_MM = 30.0
"""What is kept around the body and the regions: photons that leave them are lost anyway."""
THIN_G_CM3 = 0.05
"""Density below which a voxel is air, and activity there is noise."""
RISE_SDS = 2.0
"""Standard uncertainties by which activity rises for certain."""
LOST_ACTIVITY = 0.05
"""Part of the activity outside the body, or difference between the maps, that is worth a remark."""


@dataclass(frozen=True, slots=True, eq=False)
class TherapyDose:
    """Doses of one administration.

    Parameters
    ----------
    administration : What was given.
    times_h : Of the images [h].
    regions : Each region, then the unions, then the rest of the body.
    dose : Absorbed dose [Gy], corrected for partial volume where a resolution is known.
    dose_sd : Its statistical standard deviation [Gy]; None where the engine has none.
    time_integrated, half_life : Maps as imaged, [Bq h/mL] as activity concentration times hours, and [h].
    engine : What computed the dose.
    constants : What was used: nuclide data, engine, kinetics; one sentence each.
    remarks : What should be known of the whole.
    """

    administration: Administration
    times_h: tuple[float, ...]
    regions: tuple[RegionDose, ...]
    dose: Volume
    dose_sd: Volume | None
    time_integrated: Volume
    half_life: Volume
    engine: str
    constants: tuple[str, ...]
    remarks: tuple[str, ...]

    def of(self, kind: RegionKind) -> tuple[RegionDose, ...]:
        """The regions of a kind."""
        return tuple(region for region in self.regions if region.kind is kind)

    def named(self, name: str) -> RegionDose:
        """The region of a name."""
        return next(region for region in self.regions if region.name == name)


def therapy_dose(
    administration: Administration,
    scans: Sequence[Scan],
    regions: Sequence[Region],
    ct: Volume | None,
    *,
    assumptions: Assumptions,
    progress: Progress | None = None,
) -> TherapyDose:
    """Doses of organs and lesions from images after one administration.

    Parameters
    ----------
    scans : In any order; the first in time lies in the space of the anatomy (its transform is the identity).
    regions : In order of precedence where they overlap: lesions before organs.
    ct : In the space of the anatomy; None: everything is soft tissue.

    Raises
    ------
    InputError, GeometryError : Images, regions or a nuclide that cannot be used.
    ConvergenceError : No region has an activity curve that can be integrated.
    """
    say = progress or silent
    emissions = emissions_of(administration.nuclide)
    ordered = in_order(tuple(scans))
    kept = disjoint(regions)
    ordered = cropped_scans(ordered, kept, ct)
    say("activity of the regions")
    quality = assumptions.quality
    views = [view_in(scan, kept, ct, resolution_mm=quality.resolution_mm) for scan in ordered]
    curves = curves_of(views, kept, repeat_relative_sd=quality.repeat_relative_sd)
    kinds = [*(region.kind for region in kept), RegionKind.REST]
    integrals, reasons = _integrals(curves, kinds, emissions, assumptions, after_h=ordered[0].after_h)
    say("activity of the voxels")
    filled = [
        one or _upper_bound(curve, emissions, views) for one, curve in zip(integrals, curves, strict=True)
    ]
    grid = ordered[0].activity.grid
    imaged = imaged_maps(views, labels_on(kept, grid), filled, physical_half_life_h=emissions.half_life_h)
    voxels, remarks = _voxel_dose(views[0], imaged, kept, curves, integrals=filled, ct=ct, emissions=emissions,
                                  assumptions=assumptions, say=say)  # fmt: skip
    say("doses of the regions")
    sensitivity = region_sensitivity(views[0], kept, curves, filled, resolution_mm=quality.resolution_mm)
    doses = region_doses(kept, curves, integrals, reasons, voxels=voxels, sensitivity=sensitivity,
                          assumptions=assumptions, administration=administration, emissions=emissions)  # fmt: skip
    fine = finer(grid)
    sd = voxels.map.statistical_sd_gy
    return TherapyDose(
        administration=administration,
        times_h=tuple(scan.after_h for scan in ordered),
        regions=doses,
        dose=as_volume(voxels.map.dose_gy, fine, Quantity.ABSORBED_DOSE),
        dose_sd=None if sd is None else as_volume(sd, fine, Quantity.ABSORBED_DOSE),
        time_integrated=as_volume(imaged.time_integrated_mbq_h_per_ml, grid, Quantity.ARBITRARY),
        half_life=as_volume(imaged.half_life_h, grid, Quantity.ARBITRARY),
        engine=voxels.map.engine,
        constants=_constants(emissions, assumptions),
        remarks=(*_scan_remarks(ordered), *remarks, *voxels.map.remarks),
    )


def cropped_scans(scans: tuple[Scan, ...], regions: Sequence[Region], ct: Volume | None) -> tuple[Scan, ...]:
    """The images cut to the body and the regions with a margin; without a CT they stay whole."""
    if ct is None:
        return scans
    return tuple(replace(scan, activity=scan.activity.cropped(_box(scan, regions, ct))) for scan in scans)


def _box(scan: Scan, regions: Sequence[Region], ct: Volume) -> Box:
    """Indices of an image that the body reaches."""
    grid = scan.activity.grid
    body = _body(ct, scan)
    for region in regions:
        corners = scan.from_reference.points(region.mask.grid.corners)
        places = np.round(grid.indices_of(corners)).astype(int)
        places = np.clip(places, 0, np.array(grid.shape) - 1)
        body[tuple(places.T)] = True
    return Mask(body, grid).box(AROUND_MM)


def view_in(scan: Scan, regions: Sequence[Region], ct: Volume | None, *, resolution_mm: float | None) -> View:
    """The regions in one image, with the body that the CT shows."""
    return view_of(scan, regions, _body(ct, scan), resolution_mm=resolution_mm)


def _body(ct: Volume | None, scan: Scan) -> NDArray[np.bool_]:
    """Where there is a body, on the grid of an image."""
    grid = scan.activity.grid
    if ct is None or scan.from_reference == RigidTransform.identity():
        return body_on(ct, grid)
    back = np.linalg.inv(scan.from_reference.array) @ grid.matrix
    return body_on(ct, Grid.of(grid.shape, back))


def _integrals(
    curves: Sequence[RegionCurve],
    kinds: Sequence[RegionKind],
    emissions: Emissions,
    assumptions: Assumptions,
    *,
    after_h: float,
) -> tuple[list[ActivityIntegral | None], list[str | None]]:
    """The integral of each curve, or why there is none.

    Raises
    ------
    ConvergenceError : There is none at all.
    """
    found: list[ActivityIntegral | None] = []
    reasons: list[str | None] = []
    for curve, kind in zip(curves, kinds, strict=True):
        try:
            found.append(region_integral(curve, kind, emissions, assumptions, after_h=after_h))
            reasons.append(None if found[-1] is not None else curve.reason)
        except NelmError as error:
            found.append(None)
            reasons.append(error.what.strip().replace("\n", " "))
    if all(one is None for one in found[:-1]):
        said = "; ".join(
            f"{curve.name}: {reason}" for curve, reason in zip(curves[:5], reasons[:5], strict=True)
        )
        raise ConvergenceError(
            f"no region has an activity that can be integrated ({said})",
            expected="activity that declines from one image to the next, or microspheres that stay",
            remedy="Look at the order of the images, their calibration and their registration",
        )
    return found, reasons


def region_integral(
    curve: RegionCurve, kind: RegionKind, emissions: Emissions, assumptions: Assumptions, *, after_h: float
) -> ActivityIntegral | None:
    """The integral of a curve; None where the curve or the population is not known.

    Of microspheres a region that shows nothing holds at most what noise hides: a dose that is small, not unknown.

    Parameters
    ----------
    after_h : Time of the first image [h].
    """
    if curve.data is None:
        hidden = curve.hidden_mbq
        if not hidden or assumptions.kinetics is not Kinetics.TRAPPED:
            return None
        found = trapped(
            TimeActivity((after_h,), (hidden,), (hidden,)), physical_half_life_h=emissions.half_life_h
        )
        return replace(found, remarks=("shows nothing: taken to hold what noise could hide",))
    if assumptions.kinetics is Kinetics.TRAPPED:
        return trapped(curve.data, physical_half_life_h=emissions.half_life_h)
    population = assumptions.populations.get(kind)
    if curve.data.points > 1:
        try:
            return fitted(curve.data, physical_half_life_h=emissions.half_life_h)
        except ConvergenceError:
            if population is None or _rises(curve.data):
                raise
            found = from_population(_nearest(curve.data, assumptions.single_image_h), population)
            said = "its points determine no curve: one of them and the half-lives of a population instead"
            return replace(found, remarks=(said, *found.remarks))
    if population is None:
        raise ConvergenceError("one time point, and no population of half-lives for this kind of region")
    return from_population(curve.data, population)


def _rises(data: TimeActivity) -> bool:
    """Whether the last point lies above the first by more than their uncertainty: no population explains that."""
    apart = data.activities[-1] - data.activities[0]
    return apart > RISE_SDS * math.hypot(data.activity_sds[0], data.activity_sds[-1])


def _nearest(data: TimeActivity, time_h: float) -> TimeActivity:
    """The point above zero that is nearest to a time."""
    shown = [place for place, activity in enumerate(data.activities) if activity > 0]
    place = min(shown, key=lambda one: abs(data.times_h[one] - time_h))
    return TimeActivity((data.times_h[place],), (data.activities[place],), (data.activity_sds[place],))


def _upper_bound(curve: RegionCurve, emissions: Emissions, views: Sequence[View]) -> ActivityIntegral:
    """For a region without an integral: physical decay alone from the last image; its neighbours need its dose."""
    data = curve.data
    if data is None:
        data = TimeActivity((views[0].scan.after_h,), (1e-9,), (1e-9,))
    last = TimeActivity(data.times_h[-1:], (max(data.activities[-1], 1e-9),), data.activity_sds[-1:])
    return trapped(last, physical_half_life_h=emissions.half_life_h)


def _voxel_dose(
    view: View, imaged: ImagedMaps, regions: Sequence[Region], curves: Sequence[RegionCurve], *,
    integrals: Sequence[ActivityIntegral], ct: Volume | None, emissions: Emissions, assumptions: Assumptions,
    say: Progress,
) -> tuple[VoxelDose, list[str]]:  # fmt: skip
    """The dose map, and what was noticed on the way."""
    grid = finer(imaged.grid)
    labels = labels_on(regions, grid)
    body = body_of(ct, grid, labels, regions, curve=assumptions.density)
    dense = body.density_g_cm3 >= THIN_G_CM3
    activity = corrected_map(imaged, view, integrals, volumes_ml=[curve.volume_ml for curve in curves], labels=labels,
                             grid=grid, body=dense)  # fmt: skip
    say(f"dose by {assumptions.engine}")
    found = dose_by(
        assumptions.engine, activity, body, emissions, settings=assumptions.settings,
        progress=lambda share: say(f"dose by {assumptions.engine}, {100 * share:.0f} %"),
    )  # fmt: skip
    seen = float(imaged.time_integrated_mbq_h_per_ml.sum()) * imaged.grid.voxel_ml
    remarks: list[str] = []
    change = float(activity.sum()) / seen - 1 if seen > 0 else 0.0
    if abs(change) > LOST_ACTIVITY:
        remarks.append(
            f"the map that dose is computed from holds {100 * change:+.0f} % of activity against the images: "
            "recovery, regions without a curve, or activity outside the body"
        )
    return VoxelDose(found, body, labels, grid.voxel_ml), remarks


def region_sensitivity(
    view: View, regions: Sequence[Region], curves: Sequence[RegionCurve], integrals: Sequence[ActivityIntegral],
    *, resolution_mm: float | None,
) -> Sensitivity:  # fmt: skip
    """How doses answer to outlines and resolution, at the time-integrated concentrations."""
    concentrations = np.array([
        one.time_integrated_activity_mbq_h / curve.volume_ml for one, curve in zip(integrals, curves, strict=True)
    ])  # fmt: skip
    return sensitivity_of(view, regions, concentrations, resolution_mm=resolution_mm)


def region_doses(
    regions: Sequence[Region], curves: Sequence[RegionCurve], integrals: Sequence[ActivityIntegral | None],
    reasons: Sequence[str | None], *, voxels: VoxelDose, sensitivity: Sensitivity, assumptions: Assumptions,
    administration: Administration, emissions: Emissions,
) -> tuple[RegionDose, ...]:  # fmt: skip
    """Each region, then the unions."""
    found: list[RegionDose] = []
    for place, region in enumerate(regions):
        errors = region_errors(
            sensitivity, place, outline_voxel_mm=float(np.cbrt(region.mask.grid.voxel_ml * 1000)),
            outline_resolution_mm=assumptions.outline_resolution_mm,
            observer_relative_sd=assumptions.observer_relative_sd,
        )  # fmt: skip
        dose = region_dose(
            curves[place], region.kind, integrals[place], voxels=voxels, place=place, assumptions=assumptions,
            errors=errors, activity_gbq=administration.activity_gbq, tracking_uid=region.tracking_uid,
            reason=reasons[place],
        )  # fmt: skip
        found.append(_with_sphere(dose, emissions) if region.kind is RegionKind.LESION else dose)
    names = [region.name for region in regions]
    for union in unions_of(regions):
        places = [names.index(name) for name in union.members]
        found.append(
            union_dose(
                union.name,
                union.kind,
                [found[place] for place in places],
                voxels=voxels,
                places=places,
                assumptions=assumptions,
            )
        )
    return tuple(found)


def _with_sphere(dose: RegionDose, emissions: Emissions) -> RegionDose:
    """A lesion with the dose of a sphere of its mass beside its own."""
    if dose.time_integrated_activity_mbq_h is None:
        return dose
    kernel = kernel_of(emissions.nuclide, medium="soft_tissue")
    return replace(
        dose, sphere_gy=dose.time_integrated_activity_mbq_h * sphere_dose_factor(kernel, dose.mass_g)
    )


def _scan_remarks(scans: Sequence[Scan]) -> tuple[str, ...]:
    """What was said of the images, each sentence once."""
    return tuple(dict.fromkeys(text for scan in scans for text in scan.remarks))


def _constants(emissions: Emissions, assumptions: Assumptions) -> tuple[str, ...]:
    """What the numbers rest on, one sentence each."""
    quality = assumptions.quality
    resolution = (
        "no correction for partial volume (no resolution given)"
        if quality.resolution_mm is None
        else f"partial volume corrected for a resolution of {quality.resolution_mm:g} mm (geometric transfer matrix)"
    )
    return (
        f"{emissions.nuclide}: half-life {emissions.half_life_h:.5g} h, per decay electrons of "
        f"{1000 * emissions.electron_energy_mev:.2f} keV and photons of {1000 * emissions.photon_energy_mev:.2f} keV; "
        f"{emissions.provenance.source}",
        f"activity {assumptions.kinetics.value}",
        resolution,
    )


__all__ = [
    "REST",
    "TherapyDose",
    "cropped_scans",
    "region_doses",
    "region_integral",
    "region_sensitivity",
    "therapy_dose",
    "view_in",
]
