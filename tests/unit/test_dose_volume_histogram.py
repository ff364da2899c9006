"""Dose-volume histograms: analytic distributions, and bands against Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest

from nelm.errors import InputError
from nelm.physics.biology import dose_volume_histogram

LAYERS = 50
GRADIENT = np.broadcast_to(
    ((np.arange(LAYERS) + 0.5) / LAYERS * 10)[:, np.newaxis, np.newaxis], (LAYERS, 4, 3)
)
"""Dose from 0 to 10 Gy along z: V_x = 1 - x/10, D_x = 10 (1 - x/100)."""


def test_linear_gradient_in_a_box_is_exact_within_half_a_voxel_of_its_ends() -> None:
    # One column: between the outermost voxel centres (0.1 and 9.9 Gy) nothing but rounding is left.
    found = dose_volume_histogram(GRADIENT[:, 0, 0], voxel_ml=0.2)
    assert found.total_ml == pytest.approx(10.0)
    for dose in (0.11, 0.77, 5.0, 9.89):
        assert found.percent_at_least(dose).value == pytest.approx(100 - 10 * dose, abs=1e-9)
    for percent in (1.0, 2.0, 50.0, 98.0, 99.0):
        assert found.dose_to(percent).value == pytest.approx(10 * (1 - percent / 100), abs=1e-9)
    assert found.mean_gy.value == pytest.approx(5.0, rel=1e-14)
    assert (found.minimum_gy, found.maximum_gy) == pytest.approx((0.1, 9.9))


def test_gradient_of_many_equal_voxels_is_within_half_a_layer() -> None:
    found = dose_volume_histogram(GRADIENT, voxel_ml=0.2)
    doses = np.linspace(0, 10, 37)
    assert (
        np.abs(found.cumulative_ml(doses) / found.total_ml - (1 - doses / 10)).max() <= 0.5 / LAYERS + 1e-12
    )


def test_differential_is_flat_for_the_gradient_and_adds_up() -> None:
    found = dose_volume_histogram(GRADIENT[:, 0, 0], voxel_ml=0.2)
    inner = found.differential_ml(np.linspace(1, 9, 17))
    assert inner == pytest.approx(np.full(16, 0.5), abs=1e-9)
    assert found.differential_ml(np.linspace(0, 11, 8)).sum() == pytest.approx(found.total_ml, rel=1e-14)


def test_cone_of_dose_in_a_ball() -> None:
    # D = 10 (1 - r/R) in a ball: V_x = (1 - x/10)^3. Tolerance: voxels on the surface, 0.5 % of the volume.
    axis = np.arange(-30, 31, dtype=float)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    radius = np.sqrt(z**2 + y**2 + x**2)
    found = dose_volume_histogram(
        np.maximum(10 * (1 - radius / 29.5), 0), voxel_ml=0.001, mask=np.asarray(radius <= 29.5)
    )
    for dose in (0.5, 2.0, 5.0, 8.0):
        assert found.percent_at_least(dose).value == pytest.approx(100 * (1 - dose / 10) ** 3, abs=0.5)
    assert found.mean_gy.value == pytest.approx(2.5, rel=0.005)


def test_uniform_dose_is_a_step() -> None:
    found = dose_volume_histogram(np.full((3, 3, 3), 4.0), voxel_ml=1.0)
    assert found.volume_at_least(4.0).value == 27.0
    assert found.volume_at_least(4.0001).value == 0.0
    assert found.dose_to(0).value == found.dose_to(100).value == 4.0


def test_two_levels_are_two_steps_but_for_one_voxel() -> None:
    found = dose_volume_histogram(np.repeat([20.0, 10.0], 500), voxel_ml=0.01)
    assert found.percent_at_least(19.9).value == pytest.approx(50, abs=0.1)
    assert found.percent_at_least(10.1).value == pytest.approx(50, abs=0.1)
    assert found.dose_to(25).value == 20.0
    assert found.dose_to(75).value == 10.0


def test_partial_voxels_and_mask() -> None:
    doses = np.array([1.0, 2.0, np.nan, 4.0])
    mask = np.array([True, True, False, True])
    found = dose_volume_histogram(doses, voxel_ml=2.0, mask=mask, weights=[1.0, 0.5, 1.0, 0.25])
    assert found.total_ml == pytest.approx(3.5)
    assert found.mean_gy.value == pytest.approx((2 * 1 + 1 * 2 + 0.5 * 4) / 3.5)


@pytest.fixture(scope="module")
def organ() -> np.ndarray:
    """Doses of 6000 voxels, skewed as in an organ, in blocks of four equal neighbours."""
    generator = np.random.default_rng(7)
    return np.repeat(generator.gamma(6.0, 2.0, size=1500), 4)


@pytest.mark.parametrize(
    ("systematic", "noise", "block"),
    [(0.1, 0.0, 1), (0.0, 0.1, 1), (0.0, 0.1, 4), (0.05, 0.1, 4)],
    ids=["systematic", "independent noise", "noise of blocks", "both"],
)
def test_bands_hold_what_monte_carlo_finds(
    organ: np.ndarray, systematic: float, noise: float, block: int
) -> None:
    # 1500 repetitions know a standard deviation to 1.8 % and the width of a 95 % band to some 3.5 %: 10 % is three of
    # these. (With 20 % of noise in a voxel the broadening that the band leaves out makes 11 % of difference.)
    generator = np.random.default_rng(11)
    sd = np.maximum(noise * organ, 0.05 if noise else 0.0)
    found = dose_volume_histogram(
        organ, voxel_ml=0.1, dose_sd_gy=sd, relative_systematic_sd=systematic, correlated_voxels=block
    )
    levels, percents = (8.0, 12.0, 20.0), (90, 50, 5)
    volumes, doses, means = [], [], []
    for _ in range(1500):
        common = 1 + systematic * generator.standard_normal()
        own = np.repeat(generator.standard_normal(organ.size // block), block)
        sample = np.sort(organ * common + sd * own)[::-1]
        volumes.append([0.1 * np.count_nonzero(sample >= level) for level in levels])
        doses.append([sample[round(percent / 100 * organ.size)] for percent in percents])
        means.append(sample.mean())
    for level, sampled in zip(levels, np.transpose(volumes), strict=True):
        band = found.volume_at_least(level)
        low, high = np.percentile(sampled, [2.5, 97.5])
        assert band.high - band.low == pytest.approx(high - low, rel=0.1)
        assert np.mean(sampled) - band.value == pytest.approx(
            found.noise_bias_ml(level), abs=0.35 * (band.high - band.low) + 0.3
        )
    for percent, sampled in zip(percents, np.transpose(doses), strict=True):
        band = found.dose_to(percent)
        assert (band.high - band.low) / 3.92 == pytest.approx(float(np.std(sampled)), rel=0.1)
    assert found.mean_gy.sd == pytest.approx(float(np.std(means)), rel=0.08)


def test_one_voxel_has_its_own_uncertainty() -> None:
    found = dose_volume_histogram([5.0], voxel_ml=1.0, dose_sd_gy=0.5)
    assert found.dose_to(50).sd == pytest.approx(0.5)


def test_voxels_far_apart_in_dose_are_no_worse_than_one_voxel() -> None:
    found = dose_volume_histogram([1.0, 50.0, 100.0], voxel_ml=1.0, dose_sd_gy=0.5)
    assert found.dose_to(33).sd <= 0.5 + 1e-12


def test_bands_are_cut_at_what_can_be() -> None:
    found = dose_volume_histogram([1.0, 2.0, 3.0], voxel_ml=1.0, relative_systematic_sd=0.9)
    assert found.volume_at_least(2.0).high <= found.total_ml
    assert found.mean_gy.low == 0.0
    assert found.volume_at_least(2.0).low == 0.0
    low, high = found.cumulative_band_ml([1.0, 2.5])
    assert bool((low <= found.cumulative_ml([1.0, 2.5])).all())
    assert bool((high >= found.cumulative_ml([1.0, 2.5])).all())


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"dose_gy": [1.0], "voxel_ml": 1.0, "mask": np.array([False])}, "mask"),
        ({"dose_gy": [1.0, np.nan], "voxel_ml": 1.0}, "dose_gy"),
        ({"dose_gy": [1.0, -2.0], "voxel_ml": 1.0}, "dose_gy"),
        ({"dose_gy": [1.0], "voxel_ml": 0.0}, "voxel_ml"),
        ({"dose_gy": [1.0], "voxel_ml": 1.0, "weights": [1.5]}, "weights"),
        ({"dose_gy": [1.0, 2.0], "voxel_ml": 1.0, "weights": [1.0]}, "weights"),
        ({"dose_gy": [1.0], "voxel_ml": 1.0, "correlated_voxels": 0.5}, "correlated_voxels"),
    ],
)
def test_refusals_name_what_is_wrong(arguments: dict, name: str) -> None:
    with pytest.raises(InputError, match=name):
        dose_volume_histogram(**arguments)


def test_questions_outside_the_region_are_refused() -> None:
    found = dose_volume_histogram([1.0], voxel_ml=1.0)
    with pytest.raises(InputError, match="percent"):
        found.dose_to(101)
    with pytest.raises(InputError, match="edges"):
        found.differential_ml([2.0, 1.0])
