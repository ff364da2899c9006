"""How often stated 95 % intervals of a dose hold the truth: the chain on images that err in all that it says may err.

Everything of the chain runs as it does for a patient, but for the dose map: a dose engine is linear in the activity, so
doses come from the matrix of the phantom, and one voxel stands for each region.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from nelm.dosimetry.bodies import body_on
from nelm.dosimetry.curves import curves_of, view_of
from nelm.dosimetry.doses import RegionDose, VoxelDose, region_dose, union_dose
from nelm.dosimetry.integrals import fitted
from nelm.dosimetry.regions import disjoint, unions_of
from nelm.dosimetry.sensitivity import region_errors, sensitivity_of
from nelm.physics.engines import Body, DoseMap
from nelm.physics.interaction import material
from tests import activity_phantom as phantom

SHIFT_95_MM = 3.0
NORMAL_95_IN_SPACE = 2.795


@dataclass(frozen=True)
class Realisation:
    """True doses of one realisation, and what the chain says of them."""

    truth_gy: dict[str, float]
    doses: tuple[RegionDose, ...]

    def held(self, name: str) -> bool:
        """Whether the interval holds the truth."""
        dose = next(one for one in self.doses if one.name == name).absorbed_dose_gy
        return dose is not None and dose.low <= self.truth_gy[name] <= dose.high

    def deviation(self, name: str) -> float:
        """Logarithm of estimate over truth, in standard uncertainties."""
        one = next(one for one in self.doses if one.name == name)
        assert one.absorbed_dose_gy is not None
        apart = math.log(one.absorbed_dose_gy.value / self.truth_gy[name])
        return apart / math.sqrt(math.log1p(one.relative_sd**2))


def drawn(rng: np.random.Generator) -> phantom.Errors:
    """Errors of one realisation, from the uncertainties that the chain is told."""
    voxel = float(np.cbrt(phantom.CT.voxel_ml * 1000))
    edge = math.sqrt(voxel**2 / 6 + phantom.OUTLINE_FWHM_MM**2 / (4 * math.log(2))) / 2
    names = [one.name for one in phantom.ORGANS]
    return phantom.Errors(
        calibration=phantom.CALIBRATION_SD * rng.normal(),
        resolution=phantom.RESOLUTION_SD * rng.normal(),
        dead_time=phantom.DEAD_TIME_SD * rng.normal(),
        outline_mm={name: edge * rng.normal() for name in names},
        observer={name: phantom.OBSERVER_SD * rng.normal() for name in names},
        repeat={(name, time): phantom.REPEAT_SD * rng.normal() for name in names for time in phantom.TIMES_H},
        shift_mm={time: rng.normal(0, SHIFT_95_MM / NORMAL_95_IN_SPACE, 3) for time in phantom.TIMES_H[1:]},
    )


def realisation(seed: int) -> Realisation:
    """One patient who errs."""
    rng = np.random.default_rng(seed)
    errors = drawn(rng)
    known = phantom.assumptions()
    regions = disjoint(phantom.regions(errors))
    body = body_on(phantom.ct(), phantom.SPECT)
    scans = phantom.scans(errors, rng, registration_mm=SHIFT_95_MM)
    views = [view_of(scan, regions, body, resolution_mm=phantom.FWHM_MM) for scan in scans]
    curves = curves_of(views, regions, repeat_relative_sd=phantom.REPEAT_SD)
    integrals = [
        fitted(curve.data, physical_half_life_h=phantom.HALF_LIFE_H) for curve in curves if curve.data
    ]
    concentrations = np.array([
        one.time_integrated_activity_mbq_h / curve.volume_ml for one, curve in zip(integrals, curves, strict=True)
    ])  # fmt: skip
    answers = sensitivity_of(views[0], regions, concentrations, resolution_mm=phantom.FWHM_MM)
    voxels = _voxels([region.name for region in regions], concentrations)
    doses = [
        region_dose(
            curves[place], region.kind, integrals[place], voxels=voxels, place=place, assumptions=known,
            errors=region_errors(
                answers, place, outline_voxel_mm=float(np.cbrt(phantom.CT.voxel_ml * 1000)),
                outline_resolution_mm=phantom.OUTLINE_FWHM_MM, observer_relative_sd=phantom.OBSERVER_SD),
            activity_gbq=7.4, tracking_uid=None, reason=None,
        )
        for place, region in enumerate(regions)
    ]  # fmt: skip
    names = [region.name for region in regions]
    for union in unions_of(regions):
        places = [names.index(name) for name in union.members]
        members = [doses[place] for place in places]
        doses.append(
            union_dose(union.name, union.kind, members, voxels=voxels, places=places, assumptions=known)
        )
    scale = (1 + phantom.FACTOR_SD * rng.normal()) / (1 + phantom.DENSITY_SD * rng.normal())
    return Realisation({name: dose * scale for name, dose in _true_doses().items()}, tuple(doses))


def _true_doses() -> dict[str, float]:
    """Doses of organs and of organs together, by mass."""
    doses = dict(phantom.truth().doses_gy)
    volumes = phantom.truth().volumes_ml
    lesions = [one.name for one in phantom.LESIONS]
    for whole, parts in (
        ("kidneys", ["left kidney", "right kidney"]),
        ("liver with lesions", ["liver", *lesions]),
    ):
        doses[whole] = sum(doses[one] * volumes[one] for one in parts) / sum(volumes[one] for one in parts)
    return doses


def _voxels(names: list[str], concentrations: np.ndarray) -> VoxelDose:
    """One voxel for each region, with its mean dose."""
    rows, matrix = phantom.dose_matrix()
    order = [rows.index(name) for name in [*names, "rest"]]
    dose = (matrix[np.ix_(order, order)] @ concentrations)[:-1, None, None]
    shape = (len(names), 1, 1)
    body = Body.uniform(shape, material("liver"), (1.0, 1.0, 1.0))
    found = DoseMap(dose, None, 1.0, 1.0, "matrix of the phantom")
    return VoxelDose(found, body, np.arange(len(names), dtype=np.int16).reshape(shape), 0.001)


def band(count: int, *, low: float = 0.90, high: float = 0.98, chance: float = 1e-3) -> tuple[int, int]:
    """Numbers of hits out of so many outside of which the true coverage lies outside of low to high, but for chance."""
    return int(stats.binom.ppf(chance, count, low)), int(stats.binom.ppf(1 - chance, count, high))
