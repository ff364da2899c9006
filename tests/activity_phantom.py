"""A trunk of ellipsoids with known activity: truth by formula, images made without any code of `nelm.imaging`.

Every organ has one concentration that is a sum of exponentials of time. Its image is its share of voxels of 1.6 mm
(counted at 27 points each), blurred by the camera, summed over the voxels of the tomogram; images are linear in the
organs, so those of one organ each are made once. Counts are Poisson, and the filter of the reconstruction blurs them
again and makes neighbours share their noise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.dosimetry.assumptions import Assumptions, ImageQuality, Kinetics
from nelm.dosimetry.bodies import DensityCurve
from nelm.dosimetry.quantification import Acquired, Camera, quantified
from nelm.dosimetry.regions import TISSUE_OF, Region, RegionKind
from nelm.dosimetry.scans import Administration, Scan
from nelm.imaging.registration import RigidTransform
from nelm.physics.emissions import emissions_of
from nelm.physics.engines import Body, kernel_dose, sphere_dose_factor
from nelm.physics.interaction import material
from nelm.physics.kernels import kernel_of
from nelm.physics.kinetics import CalibrationFactor
from nelm.volume import Grid, Mask, Quantity, Volume
from tests.balls import Ellipsoid

Array = NDArray[np.float64]
HALF_LIFE_H = 159.5
FINE_MM, PARTS = 1.6, 3
SPECT = Grid.axial((48, 48, 68), (4.8, 4.8, 4.8), (-160.8, -112.8, -112.8))
FINE = Grid.axial((144, 144, 204), (1.6, 1.6, 1.6), (-162.4, -114.4, -114.4))
CT = Grid.axial((76, 116, 164), (3.0, 2.0, 2.0), (-163.0, -115.0, -112.5))
DOSE_MM = 2.4
CAMERA_FWHM_MM, FILTER_FWHM_MM = 9.0, 7.0
FWHM_MM = math.hypot(CAMERA_FWHM_MM, FILTER_FWHM_MM)
FWHM_PER_SIGMA = 2.354820045
TIMES_H = (4.0, 24.0, 96.0, 168.0)
CPS_PER_MBQ, ALL_ENERGIES, SECONDS = 5.67, 4.0, 1800.0
DEAD_TIME_S, DEAD_TIME_SD = 4e-6, 0.1
EFFICIENCY = 0.2
"""Counts that would give the noise of a reconstruction, over those that were seen."""
RESOLUTION_SD, CALIBRATION_SD, REPEAT_SD = 0.04, 0.04, 0.02
OUTLINE_FWHM_MM, OBSERVER_SD, FACTOR_SD, DENSITY_SD = 1.5, 0.03, 0.01, 0.01
Term = tuple[float, float]
"""Concentration at the time of injection [MBq/mL] and half-life [h]; negative for uptake."""


@dataclass(frozen=True)
class Organ:
    """An ellipsoid, less the organs that lie in it."""

    name: str
    kind: RegionKind | None
    shape: Ellipsoid
    terms: tuple[Term, ...]

    def concentration(self, start_h: float, duration_h: float = 0.0) -> float:
        """Mean concentration over an acquisition [MBq/mL]."""
        found = 0.0
        for size, half_life in self.terms:
            decays = math.log(2) / half_life * duration_h
            share = -math.expm1(-decays) / decays if decays else 1.0
            found += size * 0.5 ** (start_h / half_life) * share
        return found

    @property
    def integral(self) -> float:
        """Time-integrated concentration [MBq h/mL]."""
        return sum(size * half_life / math.log(2) for size, half_life in self.terms)


def _organ(
    name: str, kind: RegionKind | None, *, at: Sequence[float], half: Sequence[float], terms: Sequence[Term]
) -> Organ:
    return Organ(name, kind, Ellipsoid(np.array(at, float), np.array(half, float), np.eye(3)), tuple(terms))


def _lesion(name: str, at: Sequence[float], diameter_mm: float, *, size: float, half_life_h: float) -> Organ:
    terms = ((size, half_life_h), (-size, 1.5))
    return _organ(name, RegionKind.LESION, at=at, half=[diameter_mm / 2] * 3, terms=terms)


KIDNEY: tuple[Term, ...] = ((0.75, 51.0), (0.2, 7.0))
LIVER: tuple[Term, ...] = ((0.2, 66.0), (-0.1, 1.0))
LESIONS = (
    _lesion("45 mm", (-98, -18, 40), 45, size=1.6, half_life_h=88),
    _lesion("35 mm", (-20, -30, 42), 35, size=2.0, half_life_h=95),
    _lesion("28 mm", (-62, -45, 62), 28, size=1.4, half_life_h=80),
    _lesion("22 mm", (-55, -30, 25), 22, size=2.2, half_life_h=90),
    _lesion("18 mm", (-65, 10, 55), 18, size=2.0, half_life_h=85),
    _lesion("14 mm", (-22, -18, 12), 14, size=2.5, half_life_h=92),
    _lesion("10 mm", (-62, 8, 22), 10, size=2.5, half_life_h=90),
)
"""The 10 mm lesion lies 15 mm from the right kidney."""
ORGANS = (
    *LESIONS,
    _organ("liver", RegionKind.LIVER_WITHOUT_LESIONS, at=(-55, -22, 38), half=(77, 59, 47.5), terms=LIVER),
    _organ(
        "spleen", RegionKind.SPLEEN, at=(98, 28, 36), half=(23, 37, 37), terms=((0.85, 64.0), (-0.5, 0.8))
    ),
    _organ("left kidney", RegionKind.KIDNEY_LEFT, at=(58, 45, -32), half=(28, 24, 48), terms=KIDNEY),
    _organ("right kidney", RegionKind.KIDNEY_RIGHT, at=(-55, 45, -32), half=(28, 24, 48), terms=KIDNEY),
    _organ("bowel", None, at=(20, -35, -50), half=(38, 28, 22), terms=((0.12, 40.0),)),
    _organ("rest", None, at=(0, 0, 0), half=(158, 110, 112), terms=((0.02, 55.0), (0.05, 4.0))),
)


@dataclass(frozen=True)
class Truth:
    """What is known of the phantom: volumes [mL], time-integrated activities [MBq h], doses [Gy]."""

    volumes_ml: Mapping[str, float]
    activities_mbq_h: Mapping[str, float]
    doses_gy: Mapping[str, float]


@dataclass(frozen=True)
class Errors:
    """Errors of one realisation, relative to the truth; zero for none."""

    calibration: float = 0.0
    resolution: float = 0.0
    dead_time: float = 0.0
    outline_mm: Mapping[str, float] = field(default_factory=dict)
    observer: Mapping[str, float] = field(default_factory=dict)
    repeat: Mapping[tuple[str, float], float] = field(default_factory=dict)
    shift_mm: Mapping[float, Array] = field(default_factory=dict)


def is_apart() -> bool:
    """Whether every organ lies whole in the body, every lesion in the liver, and no two others touch."""
    bodies = {one.name: one.shape.at(FINE) for one in ORGANS}
    lesions = [bodies[one.name] for one in LESIONS]
    held = all(not (inside & ~bodies["liver"]).any() for inside in lesions)
    held &= all(not (inside & ~bodies["rest"]).any() for inside in bodies.values())
    apart = [bodies[one.name] for one in ORGANS[len(LESIONS) : -1]]
    return held and int(np.sum(lesions, axis=0).max()) == 1 and int(np.sum(apart, axis=0).max()) == 1


def volumes_ml() -> dict[str, float]:
    """Volumes by formula [mL]."""
    found = {one.name: one.shape.volume_ml for one in ORGANS}
    found["liver"] -= sum(found[one.name] for one in LESIONS)
    found["rest"] -= sum(one.shape.volume_ml for one in ORGANS[len(LESIONS) : -1])
    return found


@cache
def shares() -> dict[str, NDArray[np.float32]]:
    """Share of each fine voxel in each organ."""
    whole = {one.name: _share(one.shape) for one in ORGANS}
    lesions = np.sum([whole[one.name] for one in LESIONS], axis=0)
    others = np.sum([whole[one.name] for one in ORGANS[len(LESIONS) : -1]], axis=0)
    whole["liver"] = whole["liver"] - lesions
    whole["rest"] = whole["rest"] - others
    return whole


def _share(shape: Ellipsoid) -> NDArray[np.float32]:
    """Of fine voxels in an ellipsoid along the axes, at PARTS points along each edge."""
    squares: list[Array] = []
    for axis, length in enumerate(FINE.shape):
        first = FINE.matrix[2 - axis, 3] - FINE_MM / 2 + FINE_MM / PARTS / 2
        points = first + np.arange(length * PARTS) * FINE_MM / PARTS
        squares.append(((points - shape.centre[2 - axis]) / shape.half_axes[2 - axis]) ** 2)
    z, y, x = squares
    found = np.zeros(FINE.shape, dtype=np.float32)
    for plane in np.flatnonzero(z <= 1).tolist():
        inside = y[:, None] + x[None, :] <= 1 - z[plane]
        ours = inside.reshape(FINE.shape[1], PARTS, FINE.shape[2], PARTS).sum(axis=(1, 3), dtype=np.float32)
        found[plane // PARTS] += ours / PARTS**3
    return found


def summed(fine: NDArray[np.float32], parts: int) -> NDArray[np.float32]:
    """Mean over blocks of voxels."""
    z, y, x = (n // parts for n in fine.shape)
    return (
        fine.reshape(z, parts, y, parts, x, parts).mean(axis=(1, 3, 5), dtype=np.float64).astype(np.float32)
    )


@cache
def seen(fwhm_mm: float) -> dict[str, NDArray[np.float32]]:
    """Image of each organ at a concentration of one, before the filter of the reconstruction."""
    sigma = fwhm_mm / FWHM_PER_SIGMA / FINE_MM
    return {
        name: summed(ndimage.gaussian_filter(share, sigma, mode="constant", truncate=4.5), 3)
        for name, share in shares().items()
    }


STEP = 0.12


def seen_with(error: float) -> dict[str, NDArray[np.float32]]:
    """The same for a relative error of the whole resolution, by a parabola through three widths."""
    if error == 0:
        return seen(CAMERA_FWHM_MM)
    ends = [seen(math.sqrt((FWHM_MM * (1 + by)) ** 2 - FILTER_FWHM_MM**2)) for by in (-STEP, 0.0, STEP)]
    u = error / STEP
    weights = (u * (u - 1) / 2, 1 - u * u, u * (u + 1) / 2)
    return {
        name: np.asarray(sum(w * one[name] for w, one in zip(weights, ends, strict=True)), dtype=np.float32)
        for name in ends[0]
    }


def scans(errors: Errors, rng: np.random.Generator | None, *, times_h: Sequence[float] = TIMES_H,
          registration_mm: float = 0.0, organs: Sequence[Organ] = ORGANS) -> tuple[Scan, ...]:  # fmt: skip
    """Images after quantification by the package: counts, dead time, decay; without noise where `rng` is None."""
    images = seen_with(errors.resolution)
    found: list[Scan] = []
    for time in times_h:
        duration = SECONDS / 3600
        start = time - duration / 2
        expected = sum(
            one.concentration(start, duration)
            * (1 + errors.repeat.get((one.name, time), 0.0))
            * images[one.name]
            for one in organs
        )
        counts = np.maximum(expected, 0) * SPECT.voxel_ml * CPS_PER_MBQ * (1 + errors.calibration) * SECONDS
        rate = float(counts.sum()) / SECONDS * ALL_ENERGIES
        lost = math.exp(-rate * DEAD_TIME_S * (1 + errors.dead_time))
        recorded = counts * lost
        if rng is not None:
            recorded = rng.poisson(recorded * EFFICIENCY) / EFFICIENCY
        sigma = FILTER_FWHM_MM / FWHM_PER_SIGMA / SPECT.spacing_mm[0]
        filtered = ndimage.gaussian_filter(
            np.asarray(recorded, dtype=np.float64), sigma, mode="constant", truncate=5
        )
        camera = Camera(CalibrationFactor(CPS_PER_MBQ, 0.0), DEAD_TIME_S, rate * lost, DEAD_TIME_SD)
        image, middle, _ = quantified(
            Volume(filtered.astype(np.float32), SPECT, Quantity.COUNTS), Acquired(start, duration, None), camera,
            half_life_h=HALF_LIFE_H,
        )  # fmt: skip
        shift = errors.shift_mm.get(time, np.zeros(3))
        matrix = np.eye(4)
        matrix[:3, 3] = shift
        moved = RigidTransform.of(matrix) if shift.any() else RigidTransform.identity()
        found.append(
            Scan(
                image,
                middle,
                moved,
                registration_mm if time != times_h[0] else 0.0,
                scale_relative_sd=camera.scale_relative_sd,
            )
        )
    return tuple(found)


def regions(errors: Errors, grid: Grid = CT) -> tuple[Region, ...]:
    """Outlines on a CT grid, each edge moved by its error."""
    found: list[Region] = []
    for one in ORGANS:
        if one.kind is None:
            continue
        half = one.shape.half_axes + errors.outline_mm.get(one.name, 0.0)
        half = np.maximum(half * (1 + errors.observer.get(one.name, 0.0)) ** (1 / 3), 1.0)
        mask = Mask(replace(one.shape, half_axes=half).at(grid), grid)
        found.append(Region(one.name, one.kind, mask))
    return tuple(found)


@cache
def ct() -> Volume:
    """Water in air."""
    inside = ORGANS[-1].shape.at(CT)
    return Volume(np.where(inside, 20, -1000).astype(np.int16), CT, Quantity.HOUNSFIELD)


@cache
def dose_matrix() -> tuple[tuple[str, ...], Array]:
    """Mean dose of each organ from a time-integrated concentration of one in each organ [Gy/(MBq h/mL)]."""
    inside, body = _inside(), _body()
    names = tuple(one.name for one in ORGANS)
    found = np.empty((len(names), len(names)))
    for column, name in enumerate(names):
        alone = kernel_dose(FINE.voxel_ml * inside[name], body, emissions_of("Lu-177")).dose_gy
        found[:, column] = [float(alone[inside[row]].mean()) for row in names]
        if name in {one.name for one in LESIONS}:
            found[column, column] = _sphere_gy(volumes_ml()[name], volumes_ml()[name])
    return names, found


@cache
def truth() -> Truth:
    """Volumes, integrals and doses; self doses of lesions are those of spheres, all else by the kernel on 1.6 mm."""
    volumes = volumes_ml()
    activities = {one.name: volumes[one.name] * one.integral for one in ORGANS}
    names, matrix = dose_matrix()
    doses = matrix @ np.array([one.integral for one in ORGANS])
    return Truth(volumes, activities, dict(zip(names, doses.tolist(), strict=True)))


def _sphere_gy(activity_mbq_h: float, volume_ml: float) -> float:
    """Self dose of a sphere of liver [Gy]."""
    mass = volume_ml * material("liver").density_g_cm3
    return activity_mbq_h * sphere_dose_factor(kernel_of("Lu-177", medium="soft_tissue"), mass)


def _body() -> Body:
    """Densities of the organs on the fine grid."""
    medium = material("soft_tissue")
    density = np.full(FINE.shape, medium.density_g_cm3)
    for one in ORGANS:
        if one.kind is not None and one.kind in TISSUE_OF:
            density[_inside()[one.name]] = material(TISSUE_OF[one.kind]).density_g_cm3
    return Body(np.zeros(FINE.shape, np.uint8), density, (medium,), FINE.spacing_mm)


@cache
def _inside() -> dict[str, NDArray[np.bool_]]:
    """Fine voxels whose middle lies in each organ."""
    whole = {one.name: one.shape.at(FINE) for one in ORGANS}
    for lesion in LESIONS:
        whole["liver"] = whole["liver"] & ~whole[lesion.name]
    for one in ORGANS[:-1]:
        whole["rest"] = whole["rest"] & ~whole[one.name]
    return whole


def assumptions(*, resolution_mm: float | None = FWHM_MM, **changes: object) -> Assumptions:
    """What the chain is told: the truth of the phantom, with the uncertainties that realisations draw from."""
    quality = ImageQuality(resolution_mm, RESOLUTION_SD, CALIBRATION_SD, REPEAT_SD)
    curve = DensityCurve((-1000, 0, 1000), (0.00121, 1.0, 1.6), (-950, -150, -30, 150))
    plain = Assumptions(
        Kinetics.CLEARING, quality, curve, OUTLINE_FWHM_MM, OBSERVER_SD, FACTOR_SD, DENSITY_SD, 72.0
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


ADMINISTRATION = Administration("Lu-177", "DOTATATE", 7400.0, None)
