"""The SPECT of the mapping study as a map of doses: in its place, corrected for partial volume, for each nuclide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nelm.app.mapping_regions import MappedLiver
from nelm.app.placing import Placed
from nelm.dosimetry.assumptions import Assumptions
from nelm.dosimetry.bodies import body_of
from nelm.dosimetry.curves import RegionCurve, View, curves_of
from nelm.dosimetry.doses import RegionDose, VoxelDose, log_normal
from nelm.dosimetry.integrals import ActivityIntegral, trapped
from nelm.dosimetry.maps import ImagedMaps, corrected_map, finer, labels_on
from nelm.dosimetry.quantification import scaled_to
from nelm.dosimetry.regions import Region, RegionKind, disjoint
from nelm.dosimetry.scans import BQ_PER_MBQ, Administration, Scan
from nelm.dosimetry.therapy import (
    THIN_G_CM3,
    cropped_scans,
    region_doses,
    region_integral,
    region_sensitivity,
    view_in,
)
from nelm.physics.emissions import emissions_of
from nelm.physics.engines import Body
from nelm.physics.kinetics import TimeActivity
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge
from nelm.therapies.radioembolisation.lung_mass import LungMass
from nelm.therapies.radioembolisation.lung_shunt import LungShunt
from nelm.therapies.radioembolisation.voxel import VoxelDoses, VoxelRegions, voxel_doses
from nelm.volume import Grid, Volume, mask_on

NUCLIDES = ("Y-90", "Ho-166")
UNIT_MBQ = 1000.0
AT_ONCE_H = 1e-3
"""Time after lodging that the map is taken to be of [h]: as good as none."""
NOTHING_MBQ = 1e-9
Map = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MappedActivity:
    """Where the particles of the mapping study lie, as if 1 GBq of microspheres lay there.

    Parameters
    ----------
    view : The SPECT with its regions, on its own grid.
    regions : Without overlap, as the dosimetry after treatment takes them.
    curves : Activity of each region at that one time, the rest of the body as the last.
    ct : In Hounsfield units.
    grid, labels, body : Of the dose map.
    remarks : How the SPECT was placed.
    """

    view: View
    regions: tuple[Region, ...]
    curves: tuple[RegionCurve, ...]
    ct: Volume
    grid: Grid
    labels: NDArray[np.int16]
    body: Body
    remarks: tuple[str, ...]

    @property
    def counts(self) -> Map:
        """The SPECT as it stands, on its own grid (z, y, x)."""
        return np.asarray(self.view.scan.activity.array, dtype=np.float64)


def mapped_activity(
    place: Placed, regions: Sequence[Region], ct: Volume, assumptions: Assumptions
) -> MappedActivity:
    """The SPECT in its place with the activity of every region."""
    counts = replace(place.volume, array=np.maximum(np.asarray(place.volume.array, dtype=np.float32), 0.0))
    kept = disjoint(regions)
    whole = Scan(scaled_to(counts, UNIT_MBQ), AT_ONCE_H, place.from_reference, place.error_mm, place.remarks)
    (scan,) = cropped_scans((whole,), kept, ct)
    view = view_in(scan, kept, ct, resolution_mm=assumptions.quality.resolution_mm)
    grid = finer(scan.activity.grid)
    labels = labels_on(kept, grid)
    return MappedActivity(
        view=view,
        regions=kept,
        curves=curves_of([view], kept, repeat_relative_sd=assumptions.quality.repeat_relative_sd),
        ct=ct,
        grid=grid,
        labels=labels,
        body=body_of(ct, grid, labels, kept, curve=assumptions.density),
        remarks=place.remarks,
    )


def ratio_recovery(
    mapped: MappedActivity, shares_ml: Sequence[float], assumptions: Assumptions
) -> Estimate | None:
    """Part of the T/N that means over the regions show [1]; None where no resolution is known.

    Its limits are the change that the standard uncertainty of the resolution makes.

    Parameters
    ----------
    shares_ml : Volume of each region that counts as tumour of the territory [mL].
    """
    quality = assumptions.quality
    if quality.resolution_mm is None:
        return None
    best = _shown_ratio(mapped.view, mapped.regions, shares_ml)
    blurred = quality.resolution_mm * (1.0 + quality.resolution_relative_sd)
    other = view_in(mapped.view.scan, mapped.regions, mapped.ct, resolution_mm=blurred)
    worse = _shown_ratio(other, mapped.regions, shares_ml)
    if best is None or worse is None:
        return None
    half = COVERAGE_FACTOR * abs(worse - best)
    return Estimate(best, max(best - half, best**2 / (best + half)), best + half)


def predicted_doses(
    mapped: MappedActivity,
    liver: MappedLiver,
    nuclide: str,
    *,
    shunt: LungShunt,
    lung_mass: LungMass,
    assumptions: Assumptions,
    known: RadioembolisationKnowledge,
) -> tuple[VoxelDoses, tuple[RegionDose, ...]]:
    """Doses of 1 GBq delivered: as planning takes them, and of every region [Gy]."""
    emissions = emissions_of(nuclide)
    kinds = [*(region.kind for region in mapped.regions), RegionKind.REST]
    integrals = [
        region_integral(curve, kind, emissions, assumptions, after_h=AT_ONCE_H)
        for curve, kind in zip(mapped.curves, kinds, strict=True)
    ]
    filled = [one or _nothing(emissions.half_life_h) for one in integrals]
    activity = corrected_map(
        _imaged(mapped, emissions.half_life_h),
        mapped.view,
        filled,
        volumes_ml=[curve.volume_ml for curve in mapped.curves],
        labels=mapped.labels,
        grid=mapped.grid,
        body=mapped.body.density_g_cm3 >= THIN_G_CM3,
    )
    doses = voxel_doses(
        activity,
        body=mapped.body,
        regions=_voxel_regions(mapped, liver),
        emissions=emissions,
        lung_shunt=shunt.fraction,
        lung_kg=lung_mass.mass_kg,
        known=known,
        engine=assumptions.engine,
        settings=assumptions.settings,
    )
    found = region_doses(
        mapped.regions,
        mapped.curves,
        integrals,
        [curve.reason for curve in mapped.curves],
        voxels=VoxelDose(doses.map, mapped.body, mapped.labels, mapped.grid.voxel_ml),
        sensitivity=region_sensitivity(
            mapped.view,
            mapped.regions,
            mapped.curves,
            filled,
            resolution_mm=assumptions.quality.resolution_mm,
        ),
        assumptions=assumptions,
        administration=Administration(nuclide, "", UNIT_MBQ, None),
        emissions=emissions,
    )
    return doses, tuple(_of_lungs(dose, doses) if dose.kind is RegionKind.LUNG else dose for dose in found)


def _imaged(mapped: MappedActivity, half_life_h: float) -> ImagedMaps:
    """The SPECT as time-integrated activity of microspheres that stay."""
    hours = half_life_h / math.log(2.0)
    shown = (mapped.counts * (hours / BQ_PER_MBQ)).astype(np.float32)
    grid = mapped.view.scan.activity.grid
    return ImagedMaps(grid, shown, np.full(grid.shape, half_life_h, np.float32))


def _shown_ratio(view: View, regions: Sequence[Region], shares_ml: Sequence[float]) -> float | None:
    """T/N of the means over T/N of the corrected concentrations [1]."""
    weights = np.array([*shares_ml, 0.0])
    normal = np.array([*(_is_normal(region) * region.volume_ml for region in regions), 0.0])
    parts = [float(w @ of) for of in (view.measured, view.concentrations) for w in (weights, normal)]
    if min(parts) <= 0.0:
        return None
    seen_tumour, seen_normal, tumour, healthy = parts
    return seen_tumour / seen_normal * healthy / tumour


def _is_normal(region: Region) -> bool:
    return region.kind in (RegionKind.PERFUSED_LIVER, RegionKind.LIVER_WITHOUT_LESIONS)


def _nothing(half_life_h: float) -> ActivityIntegral:
    """Of a region that shows nothing."""
    return trapped(
        TimeActivity((AT_ONCE_H,), (NOTHING_MBQ,), (NOTHING_MBQ,)), physical_half_life_h=half_life_h
    )


def _voxel_regions(mapped: MappedActivity, liver: MappedLiver) -> VoxelRegions:
    """Territory, tumour, liver and lungs on the grid of the dose map, from regions without overlap."""
    kinds = [region.kind for region in mapped.regions]

    def of(*wanted: RegionKind) -> NDArray[np.bool_]:
        return np.isin(mapped.labels, [place for place, kind in enumerate(kinds) if kind in wanted])

    whole = mask_on(liver.liver, mapped.grid).array
    tumour = of(RegionKind.LESION) & whole
    normal = of(RegionKind.PERFUSED_LIVER, RegionKind.SPARED_LIVER, RegionKind.LIVER_WITHOUT_LESIONS)
    lungs = of(RegionKind.LUNG)
    return VoxelRegions(
        perfused=mask_on(liver.perfused, mapped.grid).array,
        tumour=tumour,
        liver=tumour | normal,
        lungs=lungs if lungs.any() else None,
    )


def _of_lungs(dose: RegionDose, doses: VoxelDoses) -> RegionDose:
    """The lungs, whose dose errs as the shunt and their mass do, and not as their outline does."""
    shunt, mass = doses.lung_shunt, doses.lung_kg
    if shunt.value <= 0.0:
        return replace(dose, absorbed_dose_gy=None, reason="no lung shunt was seen")
    spread = math.hypot(shunt.sd / shunt.value, mass.sd / mass.value)
    return replace(dose, absorbed_dose_gy=log_normal(doses.lung_gy, spread), relative_sd=spread, budget=())
