"""Recovery from masks against closed forms, closed forms against quadrature, outlines against sampling."""

import math

import numpy as np
import pytest
from scipy import integrate, ndimage

from nelm.errors import ConvergenceError, GeometryError, InputError
from nelm.physics.kinetics import (
    concentrations_without_spill,
    equivalent_diameter_mm,
    outline_uncertainty,
    recovery_coefficient,
    slab_recovery,
    sphere_recovery,
    sphere_recovery_by_log_volume,
    transfer_matrix,
    volume_relative_uncertainty,
)
from nelm.volume import Grid, Mask

SIGMA = 1 / (2 * math.sqrt(2 * math.log(2)))


def ball(diameter_mm: float, voxel_mm: float, voxels: int = 48) -> Mask:
    """A sphere in the middle of a cube of voxels."""
    along = (np.arange(voxels) - (voxels - 1) / 2) * voxel_mm
    z, y, x = np.meshgrid(along, along, along, indexing="ij")
    inside = z**2 + y**2 + x**2 <= (diameter_mm / 2) ** 2
    return Mask(inside, Grid.axial(inside.shape, (voxel_mm,) * 3))


def by_quadrature(diameter_mm: float, fwhm_mm: float) -> float:
    """Recovered fraction of a sphere: the chance that a Gaussian step from a point inside ends inside."""
    radius, sigma = diameter_mm / 2, fwhm_mm * SIGMA

    def density(r: float) -> float:
        overlap = 1 - 3 * r / (4 * radius) + r**3 / (16 * radius**3)
        gauss = math.exp(-(r**2) / (2 * sigma**2)) / (2 * math.pi * sigma**2) ** 1.5
        return overlap * 4 * math.pi * r**2 * gauss

    return integrate.quad(density, 0, diameter_mm, epsabs=1e-12, limit=200)[0]


@pytest.mark.parametrize("diameter_mm", [1.0, 2.9, 3.1, 6.0, 10.0, 30.0, 100.0])
def test_the_closed_form_of_the_sphere_is_its_integral(diameter_mm: float) -> None:
    assert sphere_recovery(diameter_mm, fwhm_mm=10.0) == pytest.approx(
        by_quadrature(diameter_mm, 10.0), rel=1e-8
    )
    change = 1e-4
    above, below = (sphere_recovery(diameter_mm * math.exp(s * change / 3), fwhm_mm=10.0) for s in (1, -1))
    assert sphere_recovery_by_log_volume(diameter_mm, fwhm_mm=10.0) == pytest.approx(
        (above - below) / (2 * change), rel=1e-5
    )


def test_a_sphere_by_chance_steps() -> None:
    rng = np.random.default_rng(8)
    inside = rng.uniform(-10, 10, (400_000, 3))
    inside = inside[(inside**2).sum(axis=1) <= 100]
    moved = inside + 12 * SIGMA * rng.standard_normal(inside.shape)
    seen = ((moved**2).sum(axis=1) <= 100).mean()
    # 200 000 points: 0.11 %
    assert sphere_recovery(20.0, fwhm_mm=12.0) == pytest.approx(seen, abs=0.004)


def test_a_box_of_voxels_is_the_product_of_three_slabs() -> None:
    inside = np.zeros((30, 40, 20), dtype=bool)
    inside[10:15, 3:30, 5:8] = True
    for fwhm in ((7.0, 9.0, 11.0), (0.5, 1.0, 2.0), (40.0, 1.0, 0.1)):
        mask = Mask(inside, Grid.axial(inside.shape, (2.0, 1.5, 3.0)))
        found = recovery_coefficient(mask, fwhm_mm=fwhm)
        lengths = (5 * 2.0, 27 * 1.5, 3 * 3.0)
        expected = math.prod(slab_recovery(a, fwhm_mm=f) for a, f in zip(lengths, fwhm, strict=True))
        assert found.recovered_fraction == pytest.approx(expected, rel=1e-9)
        assert found.spill_in_fraction == pytest.approx(1 - expected)


@pytest.mark.parametrize(("diameter_mm", "voxel_mm"), [(20.0, 0.5), (20.0, 1.0), (37.0, 1.0)])
def test_a_sphere_of_voxels_comes_near_the_sphere(diameter_mm: float, voxel_mm: float) -> None:
    mask = ball(diameter_mm, voxel_mm)
    found = recovery_coefficient(mask, fwhm_mm=10.0).recovered_fraction
    same_volume = equivalent_diameter_mm(mask.volume_ml)
    # the steps of the voxels add surface, through which a little more is lost; it falls with their width
    assert found == pytest.approx(sphere_recovery(same_volume, fwhm_mm=10.0), rel=0.007 * voxel_mm)


def test_a_fine_mask_agrees_with_a_plain_gaussian_filter() -> None:
    mask = ball(16.0, 1.0)
    blurred = ndimage.gaussian_filter(mask.array.astype(float), 10 * SIGMA, truncate=7, mode="constant")
    found = recovery_coefficient(mask, fwhm_mm=10.0).recovered_fraction
    # voxels of a tenth of the width: sampling instead of averaging costs some 0.3 %
    assert found == pytest.approx(float(blurred[mask.array].mean()), rel=0.01)


def test_perfect_resolution_recovers_everything() -> None:
    assert recovery_coefficient(ball(10.0, 2.0), fwhm_mm=0.0).recovered_fraction == 1.0
    assert sphere_recovery(10.0, fwhm_mm=0.0) == slab_recovery(10.0, fwhm_mm=0.0) == 1.0


def test_a_lesion_and_its_liver_are_told_apart() -> None:
    lesion = ball(16.0, 2.0)
    liver = Mask(ball(60.0, 2.0).array & ~lesion.array, lesion.grid)
    outside = Mask(~(lesion.array | liver.array), lesion.grid)
    transfer = transfer_matrix([lesion, liver, outside], fwhm_mm=12.0)
    np.testing.assert_allclose(transfer[0].sum(), 1.0, atol=1e-9)
    true = np.array([9.0, 2.0, 0.0])
    blurred = ndimage.gaussian_filter(
        9.0 * lesion.array + 2.0 * liver.array, 12 * SIGMA / 2, truncate=7, mode="constant"
    )
    measured = [float(blurred[one.array].mean()) for one in (lesion, liver, outside)]
    np.testing.assert_allclose(transfer @ true, measured, rtol=0.02)
    np.testing.assert_allclose(
        concentrations_without_spill(transfer @ true, transfer=transfer), true, atol=1e-9
    )
    alone = recovery_coefficient(lesion, fwhm_mm=12.0)
    assert alone.corrected(float((transfer @ true)[0]), background=2.0) == pytest.approx(9.0, rel=0.01)


def test_what_cannot_be_corrected_is_refused() -> None:
    recovery = recovery_coefficient(ball(16.0, 2.0), fwhm_mm=12.0)
    with pytest.raises(InputError, match="spill-in"):
        recovery.corrected(1.0, background=10.0)
    with pytest.raises(InputError):
        recovery.corrected(math.nan, background=0.0)
    with pytest.raises(ConvergenceError, match="negative concentration"):
        concentrations_without_spill([1.0, 0.0], transfer=np.array([[0.6, 0.4], [0.4, 0.6]]))
    with pytest.raises(ConvergenceError, match="told apart"):
        concentrations_without_spill([1.0, 1.0], transfer=np.array([[0.5, 0.5], [0.5, 0.5]]))
    with pytest.raises(InputError):
        concentrations_without_spill([1.0], transfer=np.eye(2))


def test_wrong_masks_grids_and_widths_are_refused() -> None:
    mask = ball(10.0, 2.0)
    empty = Mask(np.zeros_like(mask.array), mask.grid)
    with pytest.raises(InputError, match="empty mask"):
        recovery_coefficient(empty, fwhm_mm=10.0)
    with pytest.raises(InputError, match="overlap"):
        transfer_matrix([mask, mask], fwhm_mm=10.0)
    with pytest.raises(InputError, match="at least one region"):
        transfer_matrix([], fwhm_mm=10.0)
    with pytest.raises(GeometryError, match="another grid"):
        transfer_matrix([mask, ball(10.0, 1.0)], fwhm_mm=10.0)
    skew = np.array([[0, 0, 2, 0], [0, 2, 1, 0], [2, 0, 0, 0], [0, 0, 0, 1.0]])
    with pytest.raises(GeometryError, match="perpendicular"):
        recovery_coefficient(Mask(mask.array, Grid.of(mask.array.shape, skew)), fwhm_mm=10.0)
    for width in (-1.0, math.nan, (1.0, 2.0, -3.0)):
        with pytest.raises(InputError):
            recovery_coefficient(mask, fwhm_mm=width)
    for diameter in (0.0, math.inf):
        with pytest.raises(InputError):
            sphere_recovery(diameter, fwhm_mm=10.0)


def test_the_volume_of_an_outline_by_hand() -> None:
    volume = math.pi / 6 * 20**3 / 1000
    assert equivalent_diameter_mm(volume) == pytest.approx(20.0)
    found = volume_relative_uncertainty(volume, voxel_mm=4.0, fwhm_mm=10.0)
    assert found == pytest.approx(3 * math.sqrt(16 / 6 + 100 / (4 * math.log(2))) / 20)


def test_the_volume_of_an_outline_by_sampled_edges() -> None:
    rng = np.random.default_rng(9)
    edges = rng.uniform(-1, 1, (2, 200_000)) + 3.0 * SIGMA * rng.standard_normal((2, 200_000))
    diameters = 60 + edges[0] - edges[1]
    volume = math.pi / 6 * 60**3 / 1000
    assert volume_relative_uncertainty(volume, voxel_mm=2.0, fwhm_mm=3.0) == pytest.approx(
        3 * diameters.std() / 60, rel=0.01
    )


def test_an_uncertain_outline_moves_counts_and_recovery_together() -> None:
    """A sphere of 30 mm outlined with other diameters: counts inside, recovery and their ratio, sampled."""
    true, fwhm = 30.0, 12.0
    sigma = fwhm * SIGMA
    r = np.linspace(1e-6, 60, 20001)
    profile = (
        np.vectorize(math.erf)((true / 2 + r) / (math.sqrt(2) * sigma))
        + np.vectorize(math.erf)((true / 2 - r) / (math.sqrt(2) * sigma))
    ) / 2 - sigma / (r * math.sqrt(2 * math.pi)) * (
        np.exp(-((r - true / 2) ** 2) / (2 * sigma**2)) - np.exp(-((r + true / 2) ** 2) / (2 * sigma**2))
    )
    inside = np.concatenate([[0], integrate.cumulative_trapezoid(4 * math.pi * r**2 * profile, r)])
    spread = 0.02
    volumes = np.exp(spread * np.random.default_rng(10).standard_normal(20000))
    diameters = true * volumes ** (1 / 3)
    counts = np.interp(diameters / 2, r, inside)
    recovery = np.array([sphere_recovery(d, fwhm_mm=fwhm) for d in diameters])
    found = outline_uncertainty(math.pi / 6 * true**3 / 1000, volume_uncertainty=spread, fwhm_mm=fwhm)
    assert found.volume == spread
    assert found.counts == pytest.approx(np.log(counts).std(), rel=0.03)
    assert found.recovery == pytest.approx(np.log(recovery).std(), rel=0.03)
    assert found.recovered_counts == pytest.approx(np.log(counts / recovery).std(), rel=0.03)


def test_an_uncertain_resolution_adds_to_the_recovery() -> None:
    volume = math.pi / 6 * 20**3 / 1000
    found = outline_uncertainty(volume, volume_uncertainty=0.0, fwhm_mm=12.0, fwhm_relative_uncertainty=0.01)
    above, below = (math.log(sphere_recovery(20.0, fwhm_mm=12.0 * f)) for f in (1.01, 0.99))
    assert found.recovery == pytest.approx((below - above) / 2, rel=1e-3)
    assert found.counts == 0
    with pytest.raises(InputError):
        outline_uncertainty(volume, volume_uncertainty=-0.1, fwhm_mm=12.0)
    with pytest.raises(InputError):
        volume_relative_uncertainty(0.0, voxel_mm=2.0, fwhm_mm=10.0)
