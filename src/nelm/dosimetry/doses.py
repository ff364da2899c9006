"""Absorbed dose of a region with its uncertainty, biological effect and histogram."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.dosimetry.assumptions import Assumptions, Tissue
from nelm.dosimetry.curves import RegionCurve
from nelm.dosimetry.integrals import ActivityIntegral
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.sensitivity import RegionErrors
from nelm.physics.biology import (
    DoseVolumeHistogram,
    ExponentialDoseRate,
    biologically_effective_dose_of_cycles,
    dose_volume_histogram,
)
from nelm.physics.engines import Body, DoseMap
from nelm.physics.uncertainty import (
    BedUncertainty,
    Contribution,
    biologically_effective_dose_uncertainty,
)
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR

Array = NDArray[np.float64]
SHARED = ("resolution", "calibration", "dose factor", "density")
"""Parts of the budget that err alike in all regions of one examination."""

LEAST_GY = 1e-9
"""Dose that a region without any activity is said to have: it keeps relative errors defined [Gy]."""


@dataclass(frozen=True, slots=True, eq=False)
class RegionDose:
    """What one administration gave to a region.

    Parameters
    ----------
    name, kind : Of the region.
    volume_ml, mass_g : [mL], [g].
    curve : Activity over time; None of a union of regions.
    integral : Of that curve; None where it is not known.
    time_integrated_activity_mbq_h : [MBq h]; None where it is not known.
    absorbed_dose_gy : Mean absorbed dose with 95 % limits [Gy]; None where it is not known.
    relative_sd : Standard uncertainty of the mean dose [1].
    budget : Where that uncertainty comes from.
    dose_per_activity_gy_per_gbq : [Gy/GBq]; None where the administered activity is not known.
    biological : BED and EQD2; None without constants of the tissue.
    tissue : The constants.
    dose_rate : Dose rate of the region from the administration on; None where it is not known.
    histogram : Of the voxels.
    statistical_relative_sd : Of the mean, from the limited number of histories [1].
    sphere_gy : Self dose of a sphere of its mass with its activity, to compare with [Gy]; None but of lesions.
    tracking_uid : Identity of a lesion.
    reason : Why there is no dose.
    remarks : What should be known.
    """

    name: str
    kind: RegionKind
    volume_ml: float
    mass_g: float
    curve: RegionCurve | None
    integral: ActivityIntegral | None
    time_integrated_activity_mbq_h: float | None
    absorbed_dose_gy: Estimate | None
    relative_sd: float
    budget: tuple[Contribution, ...]
    dose_per_activity_gy_per_gbq: float | None
    biological: BedUncertainty | None
    tissue: Tissue | None
    dose_rate: ExponentialDoseRate | None
    histogram: DoseVolumeHistogram | None
    statistical_relative_sd: float = 0.0
    sphere_gy: float | None = None
    tracking_uid: str | None = None
    reason: str | None = None
    remarks: tuple[str, ...] = ()

    @property
    def bed_gy(self) -> Estimate | None:
        """BED with 95 % limits [Gy]."""
        if self.biological is None:
            return None
        return log_normal(self.biological.bed_gy, self.biological.bed_sd_gy / self.biological.bed_gy)


@dataclass(frozen=True, slots=True, eq=False)
class VoxelDose:
    """The dose map with what is needed to read regions from it.

    Parameters
    ----------
    map : Of the engine.
    body : Material and density on the same grid.
    labels : (z, y, x) place of each voxel's region, -1 outside of all.
    voxel_ml : Volume of a voxel [mL].
    """

    map: DoseMap
    body: Body
    labels: NDArray[np.int16]
    voxel_ml: float

    def mean(self, inside: NDArray[np.bool_]) -> tuple[float, float, float]:
        """Mean dose by mass [Gy], its relative statistical standard uncertainty, mean density [g/cm3]."""
        mass = self.body.mass_g[inside]
        energy = float((self.map.dose_gy[inside] * mass).sum())
        mean = energy / float(mass.sum())
        density = float(self.body.density_g_cm3[inside].mean())
        if self.map.statistical_sd_gy is None or mean <= 0:
            return mean, 0.0, density
        spread = float(np.sqrt(((self.map.statistical_sd_gy[inside] * mass) ** 2).sum()))
        return mean, spread / energy, density


def log_normal(value: float, relative_sd: float, *, coverage_factor: float = COVERAGE_FACTOR) -> Estimate:
    """A positive number with 95 % limits of a log-normal distribution whose median it is.

    Parameters
    ----------
    coverage_factor : Standard deviations that hold 95 %; more where the standard deviation is itself uncertain.
    """
    factor = math.exp(coverage_factor * math.sqrt(math.log1p(relative_sd**2)))
    return Estimate(value, value / factor, value * factor)


def region_dose(
    curve: RegionCurve,
    kind: RegionKind,
    integral: ActivityIntegral | None,
    *,
    voxels: VoxelDose,
    place: int,
    assumptions: Assumptions,
    errors: RegionErrors,
    activity_gbq: float | None,
    tracking_uid: str | None,
    reason: str | None,
) -> RegionDose:
    """Dose of one region.

    Parameters
    ----------
    place : Of the region in the labels.
    errors : What outlines and the resolution do to it.
    activity_gbq : Administered [GBq].
    reason : Why there is no integral.
    """
    inside = voxels.labels == place
    if not inside.any() or integral is None:
        return _unknown(curve, kind, tracking_uid, reason or curve.reason or "it lies outside the dose map")
    mean, statistical, density = voxels.mean(inside)
    mean = max(mean, LEAST_GY)
    budget = _budget(errors, integral, statistical, assumptions)
    relative = math.sqrt(sum(part.relative_effect**2 for part in budget))
    rate = integral.dose_rate(mean)
    tissue = assumptions.tissues.get(kind)
    return RegionDose(
        name=curve.name,
        kind=kind,
        volume_ml=curve.volume_ml,
        mass_g=curve.volume_ml * density,
        curve=curve,
        integral=integral,
        time_integrated_activity_mbq_h=integral.time_integrated_activity_mbq_h,
        absorbed_dose_gy=log_normal(mean, relative),
        relative_sd=relative,
        budget=budget,
        dose_per_activity_gy_per_gbq=mean / activity_gbq if activity_gbq else None,
        biological=_biological(rate, integral, mean, budget, tissue=tissue),
        tissue=tissue,
        dose_rate=rate,
        histogram=_histogram(voxels, inside, relative),
        statistical_relative_sd=statistical,
        tracking_uid=tracking_uid,
        remarks=(*curve.remarks, *integral.remarks),
    )


def union_dose(
    name: str, kind: RegionKind, members: Sequence[RegionDose], *, voxels: VoxelDose, places: Sequence[int],
    assumptions: Assumptions,
) -> RegionDose:  # fmt: skip
    """Dose of regions together, by mass; unknown as soon as one of them is.

    Calibration, recovery, dose factor and density err alike in all of them, outlines and curves each for itself.
    """
    volume = sum(member.volume_ml for member in members)
    mass = sum(member.mass_g for member in members)
    unknown = [member.name for member in members if member.absorbed_dose_gy is None]
    if unknown:
        empty = RegionCurve(name, volume, None, 0.0, 0.0, reason=f"not known of {', '.join(unknown)}")
        return _unknown(empty, kind, None, empty.reason or "")
    parts = [member.mass_g / mass * _value(member) for member in members]
    mean = sum(parts)
    budget = _joined(members, [part / mean for part in parts])
    relative = math.sqrt(sum(part.relative_effect**2 for part in budget))
    rates = [member.dose_rate for member in members]
    shares = [member.mass_g / mass for member in members]
    terms = [
        (rate.amplitudes_gy_h * share, rate.rates_per_h)
        for rate, share in zip(rates, shares, strict=True)
        if rate
    ]
    rate = ExponentialDoseRate(np.concatenate([a for a, _ in terms]), np.concatenate([k for _, k in terms]))
    tissue = assumptions.tissues.get(kind)
    inside = np.isin(voxels.labels, np.array(places))
    activities = [member.dose_per_activity_gy_per_gbq for member in members]
    per_gbq = (
        None if None in activities else mean * activities[0] / _value(members[0]) if activities[0] else None
    )
    return RegionDose(
        name=name,
        kind=kind,
        volume_ml=volume,
        mass_g=mass,
        curve=None,
        integral=None,
        time_integrated_activity_mbq_h=sum(one.time_integrated_activity_mbq_h or 0.0 for one in members),
        absorbed_dose_gy=log_normal(mean, relative),
        relative_sd=relative,
        budget=budget,
        dose_per_activity_gy_per_gbq=per_gbq,
        biological=_union_biological(rate, members, shares, budget, tissue=tissue),
        tissue=tissue,
        dose_rate=rate,
        histogram=_histogram(voxels, inside, relative),
        statistical_relative_sd=voxels.mean(inside)[1],
    )


def _budget(
    errors: RegionErrors, integral: ActivityIntegral, statistical: float, assumptions: Assumptions
) -> tuple[Contribution, ...]:
    """What the uncertainty of a mean dose is made of; the parts are independent of each other.

    Dose goes with concentration over density: mass and activity of an outline cancel but for what the outline does to
    the concentration.
    """
    rows = [
        ("outline", errors.volume_relative_sd, errors.by_volume),
        ("other outlines", errors.others_relative_sd, 1.0),
        ("resolution", assumptions.quality.resolution_relative_sd, errors.by_resolution),
        ("calibration", assumptions.quality.calibration_relative_sd, -1.0),
        ("fit", integral.relative_sd, 1.0),
        ("dose factor", assumptions.dose_factor_relative_sd, 1.0),
        ("density", assumptions.density_relative_sd, -1.0),
    ]
    if statistical > 0:
        rows.append(("number of histories", statistical, 1.0))
    return _shared_out(rows)


def _shared_out(rows: Sequence[tuple[str, float, float]]) -> tuple[Contribution, ...]:
    """Contributions with their shares of the variance."""
    variance = sum((sd * sensitivity) ** 2 for _, sd, sensitivity in rows)
    return tuple(
        Contribution(name, sd, sensitivity, (sd * sensitivity) ** 2 / variance if variance > 0 else 0.0)
        for name, sd, sensitivity in rows
    )


def _joined(members: Sequence[RegionDose], shares: Sequence[float]) -> tuple[Contribution, ...]:
    """The budget of a union from those of its members, whose doses make up these shares of its dose."""
    rows: list[tuple[str, float, float]] = []
    names = dict.fromkeys(part.component for member in members for part in member.budget)
    for name in names:
        effects = [
            share
            * sum(part.sensitivity * part.relative_sd for part in member.budget if part.component == name)
            for member, share in zip(members, shares, strict=True)
        ]
        size = abs(sum(effects)) if name in SHARED else math.sqrt(sum(effect**2 for effect in effects))
        rows.append((name, size, 1.0))
    return _shared_out(rows)


def _biological(
    rate: ExponentialDoseRate,
    integral: ActivityIntegral,
    mean_gy: float,
    budget: Sequence[Contribution],
    *,
    tissue: Tissue | None,
) -> BedUncertainty | None:
    """BED of a region; the covariance of its fit tells how dose and half-life err together."""
    if tissue is None:
        return None
    covariance = None if integral.covariance is None else _of_dose_rate(integral, mean_gy)
    others = [p.relative_effect for p in budget if covariance is None or p.component != "fit"]
    return _bed(rate, math.hypot(*others), covariance, tissue)


def _union_biological(
    rate: ExponentialDoseRate,
    members: Sequence[RegionDose],
    shares: Sequence[float],
    budget: Sequence[Contribution],
    *,
    tissue: Tissue | None,
) -> BedUncertainty | None:
    """BED of a union, as if its mean dose rate were everywhere."""
    if tissue is None:
        return None
    terms = rate.terms
    covariance = np.zeros((2 * terms, 2 * terms))
    start = 0
    for member, share in zip(members, shares, strict=True):
        one = member.integral
        if one is None or one.covariance is None:
            return _bed(rate, math.hypot(*(part.relative_effect for part in budget)), None, tissue)
        places = np.arange(start, start + len(one.rates_per_h))
        both = np.concatenate([places, terms + places])
        covariance[np.ix_(both, both)] = _of_dose_rate(one, share * _value(member))
        start += len(one.rates_per_h)
    return _bed(
        rate, math.hypot(*(p.relative_effect for p in budget if p.component != "fit")), covariance, tissue
    )


def _of_dose_rate(integral: ActivityIntegral, dose_gy: float) -> Array:
    """Covariance of amplitudes [Gy/h] and rates [1/h] of a dose rate, from that of the activity it follows."""
    assert integral.covariance is not None
    terms = len(integral.rates_per_h)
    units = np.array([dose_gy / integral.time_integrated_activity_mbq_h] * terms + [1.0] * terms)
    return integral.covariance * np.outer(units, units)


def _bed(
    rate: ExponentialDoseRate, scale_sd: float, covariance: Array | None, tissue: Tissue
) -> BedUncertainty | None:
    if float(biologically_effective_dose_of_cycles([rate], alpha_beta_gy=tissue.alpha_beta_gy,
                                                   repair_half_time_h=tissue.repair_half_time_h)) <= 0:  # fmt: skip
        return None
    return biologically_effective_dose_uncertainty(
        rate,
        relative_scale_sd=scale_sd,
        alpha_beta_gy=tissue.alpha_beta_gy,
        repair_half_time_h=tissue.repair_half_time_h,
        fit_covariance=covariance,
        alpha_beta_sd_gy=tissue.alpha_beta_sd_gy,
        repair_half_time_sd_h=tissue.repair_half_time_sd_h,
    )


def _histogram(voxels: VoxelDose, inside: NDArray[np.bool_], relative_sd: float) -> DoseVolumeHistogram:
    """Of the voxels of a region; the region's own uncertainty stretches it as a whole."""
    sd = voxels.map.statistical_sd_gy
    return dose_volume_histogram(
        voxels.map.dose_gy[inside],
        voxel_ml=voxels.voxel_ml,
        dose_sd_gy=None if sd is None else sd[inside],
        relative_systematic_sd=relative_sd,
    )


def _unknown(curve: RegionCurve, kind: RegionKind, tracking_uid: str | None, reason: str) -> RegionDose:
    """A region whose dose is not known, and why."""
    return RegionDose(
        name=curve.name, kind=kind, volume_ml=curve.volume_ml, mass_g=curve.volume_ml, curve=curve, integral=None,
        time_integrated_activity_mbq_h=None, absorbed_dose_gy=None, relative_sd=0.0, budget=(),
        dose_per_activity_gy_per_gbq=None, biological=None, tissue=None, dose_rate=None, histogram=None,
        tracking_uid=tracking_uid, reason=reason, remarks=curve.remarks,
    )  # fmt: skip


def _value(member: RegionDose) -> float:
    """Mean dose of a region whose dose is known [Gy]."""
    return member.absorbed_dose_gy.value if member.absorbed_dose_gy is not None else 0.0
