"""Doses for each gigabecquerel from the SPECT of the mapping study, voxel by voxel, with one of the dose engines.

Microspheres stay where they lodge, so the time integral of the activity is that of physical decay. The map is taken
as relative: what of the activity lies in a voxel is its share of the counts of the perfused volume, times what the
lungs leave (patient-relative calibration).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.errors import InputError, Problem, problem
from nelm.guideline.therapy import Item, item
from nelm.knowledge import Status
from nelm.physics.emissions import Emissions
from nelm.physics.engines import Body, DoseMap, Settings, dose_by
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge
from nelm.therapies.radioembolisation.limits import Aims, Bound
from nelm.therapies.radioembolisation.partition import RegionDoses
from nelm.therapies.radioembolisation.propagation import (
    Array,
    Input,
    Range,
    draws,
    estimate_of,
    probability_above,
)
from nelm.therapies.radioembolisation.tumour_to_normal import ConcentrationRatio

Region = NDArray[np.bool_]
MBQ_PER_GBQ = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class VoxelRegions:
    """Regions on the grid of the body (z, y, x).

    Parameters
    ----------
    perfused : The volume that the activity goes to, tumour included.
    tumour : All tumour of the liver.
    liver : The liver, tumour included.
    lungs : Lungs as far as the grid shows them; None to give them no voxels.
    """

    perfused: Region
    tumour: Region
    liver: Region
    lungs: Region | None = None


@dataclass(frozen=True, slots=True, eq=False)
class VoxelDoses:
    """Mean doses of 1 GBq delivered, and the map they come from.

    Parameters
    ----------
    perfused_gy, perfused_normal_gy, whole_normal_gy, lung_gy : Mean by mass [Gy/GBq].
    tumour_gy : The same for perfused tumour; None where there is none.
    tumour_kg, normal_kg : Perfused masses of the body [kg].
    lung_shunt, lung_kg : As they were given.
    map : Dose of 1 GBq [Gy/GBq].
    remarks : What to know.
    """

    perfused_gy: float
    tumour_gy: float | None
    perfused_normal_gy: float
    whole_normal_gy: float
    lung_gy: float
    tumour_kg: float
    normal_kg: float
    lung_shunt: Estimate
    lung_kg: Estimate
    map: DoseMap
    remarks: tuple[Item, ...]

    @property
    def ratio(self) -> float | None:
        """Dose to tumour over dose to perfused normal liver [1]; None without tumour."""
        return None if self.tumour_gy is None else self.tumour_gy / self.perfused_normal_gy


@dataclass(frozen=True, slots=True)
class VoxelPlan:
    """Activity that meets the aims by the map: see `PartitionPlan`."""

    activity_gbq: Estimate
    bound_by: Bound
    alternatives: tuple[tuple[Bound, Estimate], ...]
    doses: RegionDoses
    chance_above_lung_limit: float | None


def voxel_doses(
    mapping_counts: NDArray[np.floating],
    *,
    body: Body,
    regions: VoxelRegions,
    emissions: Emissions,
    lung_shunt: Estimate,
    lung_kg: Estimate,
    known: RadioembolisationKnowledge,
    engine: str = "local",
    settings: Settings | None = None,
) -> VoxelDoses:
    """Doses of 1 GBq delivered, from the counts of the mapping SPECT [Gy/GBq].

    Parameters
    ----------
    mapping_counts : (z, y, x) on the grid of the body, corrected for attenuation and scatter; resampled so that
        their sum is kept.
    body : Materials and densities of the CT on that grid.
    emissions : Of the nuclide of the microspheres (not of 99mTc).
    lung_shunt : Share of the activity that reaches the lungs [1]; even over the mass of the lungs.
    lung_kg : Mass of the whole lungs [kg]; the lungs of the grid get their part of the activity by mass.
    engine : `local` (what is recommended for SPECT), `kernel` or `transport`.

    Raises
    ------
    InputError : Regions that do not fit, are empty or lie outside the liver, no counts in the perfused volume.
    """
    _refuse(regions, body, mapping_counts)
    inside = regions.perfused & regions.liver
    counts = np.where(inside, np.maximum(np.asarray(mapping_counts, dtype=np.float64), 0.0), 0.0)
    if not float(counts.sum()) > 0.0:
        raise problem(0.0, "counts in the perfused volume", "Look at the registration", path="mapping_counts")
    share = counts / counts.sum() * (1.0 - lung_shunt.value) + _in_lungs(regions, body, lung_shunt, lung_kg)
    hours = MBQ_PER_GBQ / emissions.decay_constant_per_h
    map_per_gbq = dose_by(engine, share * hours, body, emissions, settings=settings)
    return _by_region(
        map_per_gbq, body, regions, emissions, known=known, lung_shunt=lung_shunt, lung_kg=lung_kg
    )


def voxel_plan(
    doses: VoxelDoses, aims: Aims, *, concentration_ratio: ConcentrationRatio | None = None
) -> VoxelPlan:
    """Activity for the aims, from doses of 1 GBq; limits are held for the best values.

    Parameters
    ----------
    concentration_ratio : T/N as measured: its relative error, not its value, is laid on the map, by moving
        activity between tumour and normal liver; None to take the map as exact.

    Raises
    ------
    InputError : No aim is given, or a dose to tumour without tumour.
    """
    each = _spread(doses, concentration_ratio)
    limits: list[tuple[Bound, Array]] = []
    if aims.tumour_gy is not None:
        if each.tumour is None:
            raise problem("no tumour", "tumour in the perfused volume", path="aims")
        limits.append((Bound.TUMOUR_DOSE, aims.tumour_gy / each.tumour))
    for name, limit, per_gbq in (
        (Bound.PERFUSED_NORMAL, aims.perfused_normal_max_gy, each.perfused_normal),
        (Bound.WHOLE_NORMAL, aims.whole_normal_max_gy, each.whole_normal),
        (Bound.LUNG_DOSE, aims.lung_max_gy, each.lung),
        (Bound.LUNG_ACTIVITY, aims.lung_activity_max_gbq, each.shunt),
    ):
        if limit is not None and per_gbq[0] > 0.0:
            with np.errstate(divide="ignore", over="ignore"):
                limits.append((name, np.divide(limit, per_gbq)))
    if not limits:
        raise problem(aims, "a dose aimed at, or a limit", "Give one of the aims", path="aims")
    bound, _ = min(limits, key=lambda one: float(one[1][0]))
    activity = np.minimum.reduce([allowed for _, allowed in limits])
    best = float(activity[0])
    chance = None if aims.lung_max_gy is None else probability_above(best * each.lung, aims.lung_max_gy)
    alternatives = tuple((name, estimate_of(allowed)) for name, allowed in limits)
    return VoxelPlan(estimate_of(activity), bound, alternatives, each.of(best), chance)


@dataclass(frozen=True, slots=True, eq=False)
class _PerGbq:
    """Doses of 1 GBq, drawn [Gy/GBq], and the drawn lung shunt."""

    perfused: Array
    tumour: Array | None
    perfused_normal: Array
    whole_normal: Array
    lung: Array
    shunt: Array

    def of(self, activity_gbq: float) -> RegionDoses:
        """Doses of an activity."""
        return RegionDoses(
            perfused_gy=estimate_of(activity_gbq * self.perfused),
            tumour_gy=None if self.tumour is None else estimate_of(activity_gbq * self.tumour),
            perfused_normal_gy=estimate_of(activity_gbq * self.perfused_normal),
            whole_normal_gy=estimate_of(activity_gbq * self.whole_normal),
            lung_gy=estimate_of(activity_gbq * self.lung),
        )


def _spread(doses: VoxelDoses, ratio: ConcentrationRatio | None) -> _PerGbq:
    """The doses with the errors of shunt, lung mass and T/N laid on them."""
    one = Estimate(1.0, 1.0, 1.0) if ratio is None else ratio.value.scaled(1.0 / ratio.value.value)
    shunt, lung_kg, moved = draws(
        [
            Input(doses.lung_shunt, Range.SHARE, "lung_shunt"),
            Input(doses.lung_kg, Range.POSITIVE, "lung_kg"),
            Input(one, Range.POSITIVE, "concentration_ratio"),
        ]
    )
    kept = (1.0 - shunt) / (1.0 - doses.lung_shunt.value)
    weighted = (doses.ratio or 0.0) * doses.tumour_kg
    normal = kept * (doses.normal_kg + weighted) / (doses.normal_kg + moved * weighted)
    lung = np.full_like(shunt, doses.lung_gy)
    if doses.lung_shunt.value > 0.0:
        lung = lung * shunt / doses.lung_shunt.value * doses.lung_kg.value / lung_kg
    return _PerGbq(
        perfused=doses.perfused_gy * kept,
        tumour=None if doses.tumour_gy is None else doses.tumour_gy * moved * normal,
        perfused_normal=doses.perfused_normal_gy * normal,
        whole_normal=doses.whole_normal_gy * normal,
        lung=lung,
        shunt=shunt,
    )


def _in_lungs(regions: VoxelRegions, body: Body, lung_shunt: Estimate, lung_kg: Estimate) -> Array:
    """Share of the activity in each voxel of lung, even by mass."""
    if regions.lungs is None:
        return np.zeros(body.shape)
    mass_kg = np.where(regions.lungs, body.mass_g / 1000.0, 0.0)
    return lung_shunt.value * mass_kg / max(lung_kg.value, float(mass_kg.sum()))


def _by_region(
    found: DoseMap,
    body: Body,
    regions: VoxelRegions,
    emissions: Emissions,
    *,
    known: RadioembolisationKnowledge,
    lung_shunt: Estimate,
    lung_kg: Estimate,
) -> VoxelDoses:
    """Mean doses by mass."""
    inside, tumour = regions.perfused & regions.liver, regions.tumour & regions.liver

    def mean(region: Region) -> float:
        mass = body.mass_g[region]
        return float((found.dose_gy[region] * mass).sum() / mass.sum())

    def mass_kg(region: Region) -> float:
        return float(body.mass_g[region].sum()) / 1000.0

    charged = emissions.dose_constants.charged_j_per_gbq
    lung = charged * lung_shunt.value / lung_kg.value if regions.lungs is None else mean(regions.lungs)
    return VoxelDoses(
        perfused_gy=mean(inside),
        tumour_gy=mean(inside & tumour) if bool((inside & tumour).any()) else None,
        perfused_normal_gy=mean(inside & ~tumour),
        whole_normal_gy=mean(regions.liver & ~tumour),
        lung_gy=lung,
        tumour_kg=mass_kg(inside & tumour),
        normal_kg=mass_kg(inside & ~tumour),
        lung_shunt=lung_shunt,
        lung_kg=lung_kg,
        map=found,
        remarks=(
            item("mapping against treatment", known.maa_overestimates_tumour),
            item("lung dose by formula", known.lung_dose_methods_disagree),
            Item(
                "engine",
                "; ".join((found.engine, f"dose constant {charged:.2f} Gy kg/GBq", *found.remarks)) + ".",
                ("project",),
                Status.COMPUTED,
            ),
        ),
    )


def _refuse(regions: VoxelRegions, body: Body, counts: NDArray[np.floating]) -> None:
    found: list[Problem] = []
    arrays = {"perfused": regions.perfused, "tumour": regions.tumour, "liver": regions.liver}
    if regions.lungs is not None:
        arrays["lungs"] = regions.lungs
    for path, array in {"mapping_counts": counts, **arrays}.items():
        if array.shape != body.shape:
            found.append(
                Problem(path, f"shape {array.shape}", f"the grid of the body, {body.shape}", "Resample it")
            )
    if found:
        raise InputError(found)
    if not np.isfinite(counts).all():
        found.append(Problem("mapping_counts", "not a number", "finite counts", "Look at the reconstruction"))
    normal = regions.perfused & regions.liver & ~regions.tumour
    if not normal.any():
        found.append(Problem("perfused", "no normal liver", "some normal liver in it", "Look at the masks"))
    if regions.lungs is not None:
        if not regions.lungs.any():
            found.append(Problem("lungs", "empty", "lung voxels, or None", "Leave it out"))
        if (regions.lungs & regions.liver).any():
            found.append(Problem("lungs", "overlaps the liver", "regions apart", "Draw them apart"))
    if found:
        raise InputError(found)
