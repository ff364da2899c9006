"""The distribution of a time-integrated activity against sampling."""

import math

import numpy as np
import pytest

from nelm.errors import InputError
from nelm.physics.kinetics import HalfLifePopulation, population_time_integrated_activity

PHYSICAL_H = 159.5


def sampled(population: HalfLifePopulation, time_h: float, activity_sd: float) -> np.ndarray:
    """Time-integrated activities of a sampled population, cut as the distribution is."""
    rng = np.random.default_rng(7)
    z = rng.standard_normal(1_000_000)
    half_lives = population.geometric_mean_h * population.geometric_sd**z
    half_lives = half_lives[(np.abs(z) < 4) & (half_lives < population.physical_half_life_h)]
    variance = math.log1p((activity_sd / 100) ** 2)
    activity = 100 * np.exp(math.sqrt(variance) * rng.standard_normal(half_lives.size) - variance / 2)
    return activity * 2 ** (time_h / half_lives) * half_lives / math.log(2)


@pytest.mark.parametrize(
    ("median_h", "spread", "time_h", "activity_sd"),
    [(50, 1.3, 96, 0.0), (50, 1.3, 24, 0.0), (67, 1.4, 72, 10.0), (120, 1.5, 24, 5.0)],
)
def test_the_distribution_is_that_of_a_sample(median_h, spread, time_h, activity_sd) -> None:
    population = HalfLifePopulation(median_h, spread, PHYSICAL_H)
    found = population_time_integrated_activity(
        100.0, time_h=time_h, population=population, activity_sd=activity_sd
    )
    seen = sampled(population, time_h, activity_sd)
    # a million samples: 0.1 % on quantiles and mean, 0.5 % on the standard deviation with its long tail
    assert found.mean == pytest.approx(seen.mean(), rel=2e-3)
    assert found.sd == pytest.approx(seen.std(), rel=1e-2)
    assert (found.low, found.median, found.high) == pytest.approx(
        np.quantile(seen, [0.025, 0.5, 0.975]), rel=4e-3
    )
    exact = 100 * 2 ** (time_h / median_h) * median_h / math.log(2)
    assert found.at_geometric_mean == pytest.approx(exact)


def test_no_half_life_gives_less_than_the_minimum() -> None:
    population = HalfLifePopulation(50.0, 1.3, PHYSICAL_H)
    found = population_time_integrated_activity(100.0, time_h=72.0, population=population, coverage=0.999)
    assert found.low >= 100 * math.e * 72 * (1 - 1e-6)


def test_a_narrow_population_gives_one_number() -> None:
    population = HalfLifePopulation(50.0, 1.0001, PHYSICAL_H)
    found = population_time_integrated_activity(10.0, time_h=24.0, population=population)
    assert found.median == pytest.approx(10 * 2 ** (24 / 50) * 50 / math.log(2), rel=1e-6)
    assert found.sd < 1e-3 * found.mean


def test_mean_and_sd_of_a_population_are_converted() -> None:
    population = HalfLifePopulation.from_mean_and_sd(mean_h=52.0, sd_h=15.0, physical_half_life_h=1e6)
    rng = np.random.default_rng(1)
    drawn = population.geometric_mean_h * population.geometric_sd ** rng.standard_normal(400_000)
    assert drawn.mean() == pytest.approx(52, rel=2e-3)
    assert drawn.std() == pytest.approx(15, rel=1e-2)


def test_what_does_not_hold_is_said() -> None:
    near = HalfLifePopulation(120.0, 1.5, PHYSICAL_H)
    assert near.fraction_beyond_physical == pytest.approx(0.241, abs=0.001)
    found = population_time_integrated_activity(1.0, time_h=24.0, population=near)
    assert any("exceed the physical" in remark for remark in found.remarks)
    late = population_time_integrated_activity(
        1.0, time_h=240.0, population=HalfLifePopulation(50.0, 1.5, PHYSICAL_H)
    )
    assert any("late for this population" in remark for remark in late.remarks)


@pytest.mark.parametrize(
    ("median_h", "spread", "physical_h"),
    [(0.0, 1.3, 160.0), (50.0, 1.0, 160.0), (50.0, math.nan, 160.0), (50.0, 1.3, -1.0), (500.0, 1.3, 160.0)],
)
def test_populations_that_cannot_be_are_refused(median_h, spread, physical_h) -> None:
    with pytest.raises(InputError):
        HalfLifePopulation(median_h, spread, physical_h)


def test_measurements_that_cannot_be_are_refused() -> None:
    population = HalfLifePopulation(50.0, 1.3, PHYSICAL_H)
    for wrong in ({"time_h": 0.0}, {"activity_sd": -1.0}, {"coverage": 1.0}, {"time_h": 3000.0}):
        with pytest.raises(InputError):
            population_time_integrated_activity(1.0, **{"time_h": 24.0, "population": population} | wrong)
    for activity in (0.0, -1.0, math.nan):
        with pytest.raises(InputError):
            population_time_integrated_activity(activity, time_h=24.0, population=population)
