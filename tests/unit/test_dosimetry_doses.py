"""From concentrations to doses: curves, integrals, bodies, maps, budgets, blood, plausibility, refusals."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, ndimage
from tests.balls import ball, mask_of

from nelm.dosimetry.assumptions import Assumptions, ImageQuality, Kinetics, Tissue
from nelm.dosimetry.blood import marrow_from_blood
from nelm.dosimetry.bodies import DensityCurve, body_of, body_on
from nelm.dosimetry.curves import curves_of, view_of
from nelm.dosimetry.integrals import fitted, from_population, trapped
from nelm.dosimetry.maps import corrected_map, finer, imaged_maps, labels_on
from nelm.dosimetry.plausibility import Level, checks_of
from nelm.dosimetry.regions import Region, RegionKind, disjoint
from nelm.dosimetry.scans import Administration, Scan
from nelm.dosimetry.therapy import TherapyDose, therapy_dose
from nelm.errors import ConvergenceError, InputError
from nelm.imaging.registration import RigidTransform
from nelm.physics.biology import biologically_effective_dose_of_cycles
from nelm.physics.emissions import emissions_of
from nelm.physics.interaction import material
from nelm.physics.kinetics import HalfLifePopulation, TimeActivity
from nelm.volume import Grid, Mask, Quantity, Volume

HALF_LIFE_H = 159.5
CT_GRID = Grid.axial((60, 60, 60), (2.0, 2.0, 2.0), (-59, -59, -59))
SPECT = Grid.axial((26, 26, 26), (4.8, 4.8, 4.8), (-60, -60, -60))
HERE = RigidTransform.identity()
FWHM = 10.0
LESION, KIDNEY = ball((-18, 0, 2), 14), ball((26, 4, -3), 20)
CONCENTRATION = {"lesion": 2e6, "kidney": 1e6}
HALF_LIVES = {"lesion": 90.0, "kidney": 50.0}
TISSUE = Tissue(2.6, 2.8, 0.5, 0.8)
CURVE = DensityCurve((-1000, 0, 1000), (0.001, 1.0, 1.6), (-950, -150, -30, 150))
GIVEN = Administration("Lu-177", "DOTATATE", 7400.0, None)


def regions() -> tuple[Region, ...]:
    return (
        Region("lesion", RegionKind.LESION, mask_of([LESION], CT_GRID), "1.2.3"),
        Region("kidney", RegionKind.KIDNEY_LEFT, mask_of([KIDNEY], CT_GRID)),
    )


def scan(time: float, *, noise: int | None = None, error_mm: float = 0.0) -> Scan:
    fine = Grid.axial((78, 78, 78), (1.6, 1.6, 1.6), (-61.6, -61.6, -61.6))
    image = np.full(fine.shape, 2e4 * 0.5 ** (time / 60))
    for name, shape in (("lesion", LESION), ("kidney", KIDNEY)):
        image[shape.at(fine)] = CONCENTRATION[name] * 0.5 ** (time / HALF_LIVES[name])
    blurred = ndimage.gaussian_filter(image, FWHM / 2.35482 / 1.6, mode="nearest")
    coarse = blurred.reshape(26, 3, 26, 3, 26, 3).mean(axis=(1, 3, 5))
    if noise is not None:
        coarse = np.random.default_rng(noise).poisson(coarse / 1e4) * 1e4
    volume = Volume(coarse.astype(np.float32), SPECT, Quantity.ACTIVITY_CONCENTRATION)
    return Scan(volume, time, HERE, error_mm)


def known(**changes: object) -> Assumptions:
    quality = ImageQuality(FWHM, 0.05, 0.04, 0.02)
    plain = Assumptions(Kinetics.CLEARING, quality, CURVE, 1.5, 0.03, 0.01, 0.01, 72.0,
                        tissues={RegionKind.KIDNEY_LEFT: TISSUE})  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def dose() -> TherapyDose:
    """Four images, no CT."""
    scans = [scan(time, noise=int(time)) for time in (4.0, 24.0, 96.0, 168.0)]
    return therapy_dose(GIVEN, scans, regions(), None, assumptions=known())


def of(
    values: tuple[float, ...], times: tuple[float, ...] = (4, 24, 96, 168), sd: float = 0.02
) -> TimeActivity:
    return TimeActivity.of(times, values, relative_uncertainty=sd)


def test_one_exponential() -> None:
    found = fitted(
        of(tuple(100 * 0.5 ** (t / 50) for t in (4, 24, 96, 168))), physical_half_life_h=HALF_LIFE_H
    )
    assert found.time_integrated_activity_mbq_h == pytest.approx(100 * 50 / math.log(2), rel=1e-6)
    assert found.effective_half_life_h == pytest.approx(50, rel=1e-6)
    assert found.extrapolated == pytest.approx(0.5 ** (168 / 50), rel=1e-5)
    assert found.activity_mbq(np.array([10.0]))[0] == pytest.approx(100 * 0.5 ** (10 / 50))
    rate = found.dose_rate(3.0)
    assert float((rate.amplitudes_gy_h / rate.rates_per_h).sum()) == pytest.approx(3.0)


@pytest.mark.parametrize(
    "terms", [((100, 90), (-100, 2.0)), ((100, 50), (60, 6.0))], ids=["uptake", "two phases"]
)
def test_four_points_tell_of_more_than_one_exponential(terms: tuple[tuple[float, float], ...]) -> None:
    """AICc would keep one exponential, which is off by 2 to 5 %."""
    values = tuple(sum(a * 0.5 ** (t / h) for a, h in terms) for t in (4, 24, 96, 168))
    found = fitted(of(values), physical_half_life_h=HALF_LIFE_H)
    assert found.time_integrated_activity_mbq_h == pytest.approx(
        sum(a * h for a, h in terms) / math.log(2), rel=1e-3
    )


def test_a_curve_that_misses_its_points_is_less_certain() -> None:
    """One point off by a tenth; its own uncertainty says 2 %."""
    clean = tuple(100 * 0.5 ** (t / 50) for t in (4, 24, 96, 168))
    off = (clean[0], clean[1] * 1.1, clean[2], clean[3])
    good, bad = (fitted(of(values), physical_half_life_h=HALF_LIFE_H) for values in (clean, off))
    assert bad.relative_sd > 1.5 * good.relative_sd
    assert bad.covariance is not None
    assert bad.covariance.shape == (2 * len(bad.rates_per_h),) * 2


def test_uncertainty_of_the_integral_by_repetition() -> None:
    """300 noisy curves: the spread of the integrals is what one of them says, to 15 %."""
    rng, true = np.random.default_rng(1), np.array([100 * 0.5 ** (t / 50) for t in (4, 24, 96, 168)])
    found = [fitted(of(tuple(true * (1 + 0.03 * rng.normal(size=4))), sd=0.03), physical_half_life_h=HALF_LIFE_H)
             for _ in range(300)]  # fmt: skip
    seen = float(np.std([one.time_integrated_activity_mbq_h for one in found])) / (5000 / math.log(2))
    said = float(np.median([one.relative_sd for one in found]))
    assert said == pytest.approx(seen, rel=0.2)


def test_trapped_spheres_decay_alone() -> None:
    found = trapped(of((90.0, 80.0), (1, 20)), physical_half_life_h=64.0)
    at_zero = [90 * 2 ** (1 / 64), 80 * 2 ** (20 / 64)]
    weights = [1 / a**2 for a in at_zero]
    mean = sum(w * a for w, a in zip(weights, at_zero, strict=True)) / sum(weights)
    assert found.time_integrated_activity_mbq_h == pytest.approx(mean * 64 / math.log(2))
    assert found.effective_half_life_sd_h == 0
    assert found.relative_sd == pytest.approx(0.02 / math.sqrt(2), rel=0.01)


def test_one_time_point_and_a_population() -> None:
    """The interval against half-lives drawn from the population."""
    population = HalfLifePopulation(52.0, 1.2, HALF_LIFE_H)
    found = from_population(of((60.0,), (72,), sd=0.05), population)
    rng = np.random.default_rng(0)
    half_lives = 52 * 1.2 ** rng.normal(size=200_000)
    activity = 60 * np.exp(0.05 * rng.normal(size=half_lives.size))
    drawn = activity * 2 ** (72 / half_lives) * half_lives / math.log(2)
    assert found.time_integrated_activity_mbq_h == pytest.approx(np.median(drawn), rel=0.01)
    assert found.covariance is None
    assert 0.3 < found.extrapolated < 0.45


def test_activity_that_rises_is_refused() -> None:
    with pytest.raises(ConvergenceError):
        fitted(of((10, 20, 40, 80)), physical_half_life_h=HALF_LIFE_H)


def test_an_error_of_registration_widens_a_small_region_more() -> None:
    """The change of the mean when the image is shifted 2000 times by what the error allows, to a fifth."""
    sharp = scan(24.0)
    body = np.ones(SPECT.shape, bool)
    quiet = view_of(sharp, regions(), body, resolution_mm=None)
    moved = view_of(replace(sharp, registration_error_mm=6.0), regions(), body, resolution_mm=None)
    rng = np.random.default_rng(2)
    image = np.asarray(sharp.activity.array, float)
    for place, part in enumerate(quiet.parts):
        added = math.sqrt(moved.sds[place] ** 2 - quiet.sds[place] ** 2)
        shifts = rng.normal(0, 6.0 / 2.795 / 4.8, (150, 3))
        means = [part.mean(ndimage.shift(image, by, order=3, mode="nearest")) for by in shifts]
        seen = math.sqrt(float(np.mean((np.array(means) - part.mean(image)) ** 2)))
        assert added == pytest.approx(seen, rel=0.25), part.volume_ml


def test_curves_hold_the_true_activities() -> None:
    views = [view_of(scan(t), regions(), np.ones(SPECT.shape, bool), resolution_mm=FWHM) for t in (4.0, 48.0)]
    found = curves_of(views, regions(), repeat_relative_sd=0.03)
    for curve, shape in zip(found, (LESION, KIDNEY), strict=False):
        assert curve.data is not None
        start = CONCENTRATION[curve.name] / 1e6 * shape.volume_ml
        true = [start * 0.5 ** (t / HALF_LIVES[curve.name]) for t in (4.0, 48.0)]
        assert curve.data.activities == pytest.approx(true, rel=0.02)
        assert all(
            sd >= 0.03 * a for sd, a in zip(curve.data.activity_sds, curve.data.activities, strict=True)
        )
    assert found[0].recovery < found[1].recovery < 1
    assert found[-1].name == "rest of the body"


def test_a_region_that_the_image_does_not_hold_has_no_curve() -> None:
    far = Region("far", RegionKind.SPLEEN, mask_of([ball((-58, 0, 0), 10)], CT_GRID))
    both = disjoint([*regions(), far])
    small = scan(4.0)
    cut = replace(small, activity=small.activity.cropped((slice(0, 26), slice(0, 26), slice(2, 26))))
    view = view_of(cut, both, np.ones(cut.activity.grid.shape, bool), resolution_mm=FWHM)
    curve = curves_of([view], both, repeat_relative_sd=0.03)[2]
    assert curve.data is None
    assert "does not hold" in (curve.reason or "")


def test_materials_and_densities() -> None:
    hounsfield = np.full(CT_GRID.shape, -1000, np.int16)
    hounsfield[10:50, 10:50, 10:50] = 60
    hounsfield[20:25] = 800
    ct = Volume(hounsfield, CT_GRID, Quantity.HOUNSFIELD)
    labels = labels_on(regions(), CT_GRID)
    body = body_of(ct, CT_GRID, labels, regions(), curve=CURVE)
    assert body.density_g_cm3[0, 0, 0] == pytest.approx(0.001)
    assert body.density_g_cm3[22, 0, 0] == pytest.approx(1 + 0.6 * 0.8)
    assert (body.density_g_cm3[labels == 1] == material("kidney").density_g_cm3).all()
    assert body.materials[int(body.material[22, 0, 0])].name == "cortical_bone"
    assert body_on(ct, SPECT).sum() < SPECT.voxels
    assert body_on(None, SPECT).all()
    with pytest.raises(InputError, match="Hounsfield"):
        body_on(replace(ct, quantity=Quantity.ARBITRARY), SPECT)
    with pytest.raises(InputError, match="rising"):
        DensityCurve((0, 0), (1, 1), (-950, -150, -30, 150))


def test_the_dose_grid_is_fine_and_a_speck_gets_a_voxel() -> None:
    grid = finer(SPECT)
    assert max(grid.spacing_mm) == pytest.approx(2.4)
    speck = Region("speck", RegionKind.LESION, mask_of([ball((1, 1, 1), 1.1)], CT_GRID))
    assert (labels_on([speck], grid) == 0).sum() == 1
    away = Region(
        "away", RegionKind.LESION, Mask(speck.mask.array, Grid.axial(CT_GRID.shape, (2, 2, 2), (400, 0, 0)))
    )
    assert (labels_on([away], grid) == 0).sum() == 0


def test_the_corrected_map_gives_each_region_its_concentration() -> None:
    scans = [scan(t, noise=3) for t in (4.0, 24.0, 96.0)]
    views = [view_of(one, regions(), np.ones(SPECT.shape, bool), resolution_mm=FWHM) for one in scans]
    curves = curves_of(views, regions(), repeat_relative_sd=0.02)
    integrals = [fitted(one.data, physical_half_life_h=HALF_LIFE_H) for one in curves if one.data]
    imaged = imaged_maps(views, labels_on(regions(), SPECT), integrals, physical_half_life_h=HALF_LIFE_H)
    grid = finer(SPECT)
    labels = labels_on(regions(), grid)
    found = corrected_map(imaged, views[0], integrals, volumes_ml=[one.volume_ml for one in curves], labels=labels,
                          grid=grid, body=np.ones(grid.shape, bool))  # fmt: skip
    for place, (curve, integral) in enumerate(zip(curves[:-1], integrals, strict=False)):
        mean = float(found[labels == place].mean()) / grid.voxel_ml
        assert mean == pytest.approx(integral.time_integrated_activity_mbq_h / curve.volume_ml, rel=1e-6)
    assert found.min() >= 0


def test_doses_are_near_the_truth(dose: TherapyDose) -> None:
    """A sphere's own dose is all but 2 % of it here; a noisy image, a grid of 2.4 mm."""
    lesion = dose.named("lesion")
    true = CONCENTRATION["lesion"] / 1e6 * LESION.volume_ml * HALF_LIVES["lesion"] / math.log(2)
    assert lesion.time_integrated_activity_mbq_h == pytest.approx(true, rel=0.04)
    assert lesion.absorbed_dose_gy is not None
    assert lesion.absorbed_dose_gy.value == pytest.approx(lesion.sphere_gy, rel=0.03)
    assert lesion.tracking_uid == "1.2.3"
    assert lesion.dose_per_activity_gy_per_gbq == pytest.approx(lesion.absorbed_dose_gy.value / 7.4)


def test_a_budget_adds_up(dose: TherapyDose) -> None:
    for region in dose.regions:
        assert sum(part.share for part in region.budget) == pytest.approx(1)
        assert math.hypot(*(part.relative_effect for part in region.budget)) == pytest.approx(
            region.relative_sd
        )
        assert region.absorbed_dose_gy is not None
        low, value, high = (getattr(region.absorbed_dose_gy, name) for name in ("low", "value", "high"))
        assert low * high == pytest.approx(value**2)
    parts = {part.component: part for part in dose.named("lesion").budget}
    assert parts["calibration"].relative_effect == pytest.approx(0.04)
    assert -1.05 < parts["outline"].sensitivity < -0.5
    assert parts["resolution"].sensitivity > 0


def test_bed_follows_the_dose_rate(dose: TherapyDose) -> None:
    kidney = dose.named("kidney")
    assert kidney.biological is not None
    assert kidney.dose_rate is not None
    expected = biologically_effective_dose_of_cycles(
        [kidney.dose_rate], alpha_beta_gy=TISSUE.alpha_beta_gy, repair_half_time_h=TISSUE.repair_half_time_h
    )
    assert kidney.biological.bed_gy == pytest.approx(float(expected))
    assert kidney.bed_gy is not None
    assert kidney.bed_gy.low < kidney.biological.bed_gy < kidney.bed_gy.high
    assert dose.named("lesion").bed_gy is None


def test_the_union_of_two_kidneys() -> None:
    masks = [mask_of([ball((x, 4, -3), 17)], CT_GRID) for x in (-26, 26)]
    kinds = (RegionKind.KIDNEY_RIGHT, RegionKind.KIDNEY_LEFT)
    both = [Region(str(kind), kind, mask) for kind, mask in zip(kinds, masks, strict=True)]
    scans = [scan(t, noise=7) for t in (4.0, 24.0, 96.0)]
    found = therapy_dose(
        GIVEN, scans, both, None, assumptions=known(tissues={RegionKind.KIDNEYS: TISSUE}, engine="local")
    )
    (union,) = found.of(RegionKind.KIDNEYS)
    members = [found.named(str(kind)) for kind in kinds]
    assert union.mass_g == pytest.approx(sum(one.mass_g for one in members))
    weighted = (
        sum(one.mass_g * one.absorbed_dose_gy.value for one in members if one.absorbed_dose_gy) / union.mass_g
    )
    assert union.absorbed_dose_gy is not None
    assert union.absorbed_dose_gy.value == pytest.approx(weighted)
    assert union.relative_sd < max(one.relative_sd for one in members)
    assert union.biological is not None


def test_a_linear_chain() -> None:
    """Three times the activity is three times the dose."""
    scans = [scan(t) for t in (4.0, 24.0, 96.0)]
    more = [
        replace(one, activity=replace(one.activity, array=np.asarray(one.activity.array) * 3))
        for one in scans
    ]
    first, second = (therapy_dose(GIVEN, some, regions(), None, assumptions=known(engine="local"))
                     for some in (scans, more))  # fmt: skip
    for one, other in zip(first.regions, second.regions, strict=True):
        assert one.absorbed_dose_gy is not None
        assert other.absorbed_dose_gy is not None
        assert other.absorbed_dose_gy.value == pytest.approx(3 * one.absorbed_dose_gy.value, rel=1e-4)


def test_one_image_needs_a_population() -> None:
    with pytest.raises(ConvergenceError, match="population"):
        therapy_dose(GIVEN, [scan(72.0)], regions(), None, assumptions=known())
    population = HalfLifePopulation(77.0, 1.3, HALF_LIFE_H)
    found = therapy_dose(GIVEN, [scan(72.0)], regions(), None,
                         assumptions=known(populations={RegionKind.LESION: population}))  # fmt: skip
    assert found.named("lesion").absorbed_dose_gy is not None
    assert "population" in (found.named("kidney").reason or "")
    assert found.named("kidney").absorbed_dose_gy is None


def test_without_a_resolution_means_are_taken_as_they_stand() -> None:
    scans = [scan(t) for t in (4.0, 24.0, 96.0)]
    plain = ImageQuality(None, 0.0, 0.04, 0.02)
    found = therapy_dose(GIVEN, scans, regions(), None, assumptions=known(quality=plain, engine="local"))
    corrected = therapy_dose(GIVEN, scans, regions(), None, assumptions=known(engine="local"))
    for name in ("lesion", "kidney"):
        one, other = found.named(name), corrected.named(name)
        assert one.curve is not None
        assert other.curve is not None
        ratio = (one.time_integrated_activity_mbq_h or 0) / (other.time_integrated_activity_mbq_h or 1)
        assert ratio == pytest.approx(other.curve.recovery / (1 - other.curve.spill_in), rel=0.03)
        assert {part.component: part for part in one.budget}["outline"].sensitivity < -0.1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_images_that_hold_no_numbers_are_refused(value: float) -> None:
    broken = np.array(scan(4.0).activity.array)
    broken[3, 3, 3] = value
    with pytest.raises(InputError, match="not a number"):
        Scan(Volume(broken, SPECT, Quantity.ACTIVITY_CONCENTRATION), 4.0, HERE)


def test_nothing_seen_is_refused() -> None:
    dark = [
        replace(scan(t), activity=replace(scan(t).activity, array=np.zeros(SPECT.shape, np.float32)))
        for t in (4, 24)
    ]
    with pytest.raises(ConvergenceError, match="no region"):
        therapy_dose(GIVEN, dark, regions(), None, assumptions=known())


def test_images_in_the_wrong_order_are_refused() -> None:
    early, late = scan(4.0), scan(96.0)
    swapped = [replace(early, activity=late.activity), replace(late, activity=early.activity)]
    with pytest.raises(ConvergenceError, match="no region"):
        therapy_dose(GIVEN, swapped, regions(), None, assumptions=known())


def test_assumptions_are_refused() -> None:
    with pytest.raises(InputError, match="local"):
        known(engine="magic")
    for width in (0.0, -3.0, 80.0, math.nan):
        with pytest.raises(InputError, match="width"):
            ImageQuality(width)


def test_marrow_from_blood() -> None:
    """All electrons stay: energy of one exponential integrated by quadrature, 0.1479 MeV per decay."""
    times = (1.0, 4.0, 24.0, 48.0)
    samples = of(tuple(0.05 * 0.5 ** (t / 12) for t in times), times)
    found = marrow_from_blood(samples, emissions_of("Lu-177"), red_marrow_to_blood_ratio=1.0, ratio_relative_sd=0.2,
                              blood_density_g_ml=1.06, activity_relative_sd=0.05)  # fmt: skip
    decays = integrate.quad(lambda t: 0.05 * 0.5 ** (t / 12), 0, np.inf)[0] * 3.6e9 / 1.06e-3
    assert found.absorbed_dose_gy.value == pytest.approx(decays * 0.1479 * 1.602177e-13, rel=2e-3)
    assert found.absorbed_dose_gy.low < found.absorbed_dose_gy.value / 1.3
    with pytest.raises(InputError, match="unit"):
        marrow_from_blood(of((50.0, 20.0), (1, 24)), emissions_of("Lu-177"), red_marrow_to_blood_ratio=1,
                          ratio_relative_sd=0.2, blood_density_g_ml=1.06, activity_relative_sd=0)  # fmt: skip


@pytest.mark.parametrize(
    ("share", "level"),
    [(0.5, Level.OK), (1.2, Level.REFUSAL), (500.0, Level.REFUSAL), (0.001, Level.WARNING)],
)
def test_activity_in_the_images_against_what_was_given(dose: TherapyDose, share: float, level: Level) -> None:
    imaged = [7400 * 0.5 ** (t / HALF_LIFE_H) * share for t in dose.times_h]
    found = checks_of(dose, {}, imaged_mbq=imaged, half_life_h=HALF_LIFE_H)
    assert found[0].level is level
    assert ("1000" in found[0].text) == (share == 500.0)


def test_an_unknown_activity_is_said() -> None:
    scans = [scan(t) for t in (4.0, 24.0, 96.0)]
    found = therapy_dose(
        replace(GIVEN, activity_mbq=None), scans, regions(), None, assumptions=known(engine="local")
    )
    assert found.named("lesion").dose_per_activity_gy_per_gbq is None
    assert "not known" in checks_of(found, {}, imaged_mbq=[1, 1, 1], half_life_h=HALF_LIFE_H)[0].text
