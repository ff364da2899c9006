"""What holds for any measurement: scaling, the physical bound, recovery between nothing and everything."""

import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from nelm.errors import ConvergenceError, InputError
from nelm.physics.kinetics import (
    CovarianceScaling,
    Curve,
    HalfLifePopulation,
    KineticModel,
    TimeActivity,
    choose_model,
    decay_factor,
    fit,
    hanscheid_2018_over_exact,
    observed_rate_cps,
    population_time_integrated_activity,
    recovery_coefficient,
    sphere_recovery,
    time_integrated_activity_from_half_life,
    trapezoid,
    true_rate_cps,
    voxelwise_kinetics,
)
from nelm.volume import Grid, Mask

PHYSICAL_H = 159.5
TIMES = (4.0, 24.0, 72.0, 120.0, 168.0)
half_lives = st.floats(10, 150)
factors = st.floats(1e-6, 1e6)
noises = st.lists(st.floats(-2, 2), min_size=5, max_size=5)


def data_of(half_life_h: float, noise: list[float], factor: float = 1.0) -> TimeActivity:
    """Points about one exponential, 5 % noise."""
    exact = 100 * factor * 2 ** (-np.array(TIMES) / half_life_h)
    values = exact * (1 + 0.05 * np.array(noise))
    return TimeActivity(TIMES, tuple(values.tolist()), tuple((0.05 * exact).tolist()))


@given(half_lives, noises, factors)
@settings(max_examples=25)
def test_the_integral_scales_with_the_activity(half_life_h, noise, factor) -> None:
    found = []
    for scale in (1.0, factor):
        try:
            found.append(
                fit(data_of(half_life_h, noise, scale), KineticModel.MONO, physical_half_life_h=PHYSICAL_H)
            )
        except ConvergenceError:
            assume(False)
    one, two = found
    assert two.time_integrated_activity == pytest.approx(factor * one.time_integrated_activity, rel=1e-5)
    assert two.at_physical_decay == one.at_physical_decay
    flat = [trapezoid(one.data, physical_half_life_h=PHYSICAL_H) for one in found]
    assert flat[1].time_integrated_activity == pytest.approx(factor * flat[0].time_integrated_activity)


@given(st.floats(10, 1000), noises)
@settings(max_examples=25)
def test_nothing_outlasts_the_nuclide(half_life_h, noise) -> None:
    data = data_of(half_life_h, noise)
    try:
        choice = choose_model(data, physical_half_life_h=PHYSICAL_H)
    except ConvergenceError:
        assume(False)
    for one in choice.fits:
        assert one.effective_half_lives_h[0] <= PHYSICAL_H * (1 + 1e-9)
        assert 0 < one.time_integrated_activity < math.inf
        assert 0 < one.time_integrated_activity_sd < math.inf
        assert 0 <= one.extrapolated_fraction <= 1
        assert (one.activity(np.linspace(0, 1000, 50)) >= -1e-9).all()


@given(half_lives, noises)
@settings(max_examples=25)
def test_a_voxel_is_a_small_region(half_life_h, noise) -> None:
    data = data_of(half_life_h, noise)
    try:
        alone = fit(data, KineticModel.MONO, physical_half_life_h=PHYSICAL_H)
    except ConvergenceError:
        assume(False)
    assume("rise" not in " ".join(alone.remarks))
    found = voxelwise_kinetics(
        data.values[:, None, None, None],
        times_h=TIMES,
        activity_sds=data.sds[:, None, None, None],
        organ=alone,
        least_signal_to_noise=3.0,
    )
    assert found.time_integrated_activity[0, 0, 0] == pytest.approx(alone.time_integrated_activity, rel=1e-4)


@given(st.floats(0.05, 10), half_lives)
def test_the_short_cut_never_gives_more_than_six_percent_too_much(ratio, half_life_h) -> None:
    found = hanscheid_2018_over_exact(time_h=ratio * half_life_h, effective_half_life_h=half_life_h)
    assert 0 < found <= 2 / (math.e * math.log(2)) + 1e-12


@given(half_lives, st.floats(1, 200))
def test_one_exponential_has_one_integral_whenever_it_is_measured(half_life_h, time_h) -> None:
    found = time_integrated_activity_from_half_life(
        2 ** (-time_h / half_life_h), time_h=time_h, effective_half_life_h=half_life_h
    )
    assert found == pytest.approx(half_life_h / math.log(2))


@given(st.floats(20, 120), st.floats(1.05, 1.5), st.floats(4, 120), factors)
@settings(max_examples=25)
def test_a_distribution_is_ordered_and_scales(median_h, spread, time_h, factor) -> None:
    population = HalfLifePopulation(median_h, spread, PHYSICAL_H)
    one, two = (
        population_time_integrated_activity(scale, time_h=time_h, population=population)
        for scale in (1.0, factor)
    )
    assert one.low <= one.median <= one.high
    assert math.e * time_h * (1 - 1e-6) <= one.low
    assert two.median == pytest.approx(factor * one.median, rel=1e-6)
    assert two.sd == pytest.approx(factor * one.sd, rel=1e-6)


@given(st.floats(0, 0.99), st.floats(1e-7, 1e-4))
def test_dead_time_goes_both_ways(loss, tau) -> None:
    true = loss / tau
    seen = float(observed_rate_cps(true, dead_time_s=tau))
    assert float(true_rate_cps(seen, dead_time_s=tau).rate_cps) == pytest.approx(true, rel=1e-6, abs=1e-6)
    assert seen <= true


@given(st.floats(-100, 100), st.floats(-100, 100), half_lives)
def test_decay_factors_multiply(one_h, two_h, half_life_h) -> None:
    product = decay_factor(one_h, half_life_h=half_life_h) * decay_factor(two_h, half_life_h=half_life_h)
    assert product == pytest.approx(decay_factor(one_h + two_h, half_life_h=half_life_h))


@given(st.floats(0.5, 200), st.floats(0.5, 40), st.floats(1.01, 2))
def test_more_blur_or_less_volume_recovers_less(diameter_mm, fwhm_mm, more) -> None:
    here = sphere_recovery(diameter_mm, fwhm_mm=fwhm_mm)
    assert 0 < here <= 1
    assert sphere_recovery(diameter_mm, fwhm_mm=fwhm_mm * more) < here
    assert sphere_recovery(diameter_mm * more, fwhm_mm=fwhm_mm) == pytest.approx(
        sphere_recovery(diameter_mm, fwhm_mm=fwhm_mm / more)
    )


@given(st.integers(0, 2**32 - 1), st.floats(0, 30), st.tuples(*[st.integers(0, 3)] * 3))
@settings(max_examples=25)
def test_recovery_lies_between_nothing_and_everything_and_moves_with_the_mask(seed, fwhm_mm, shift) -> None:
    inside = np.random.default_rng(seed).random((5, 5, 5)) < 0.4
    assume(inside.any())
    found = []
    for start in ((0, 0, 0), shift):
        array = np.zeros((9, 9, 9), dtype=bool)
        array[tuple(slice(s, s + 5) for s in start)] = inside
        mask = Mask(array, Grid.axial(array.shape, (4.0, 3.0, 2.0)))
        found.append(recovery_coefficient(mask, fwhm_mm=fwhm_mm).recovered_fraction)
    assert 0 < found[0] <= 1 + 1e-12
    assert found[0] == pytest.approx(found[1])


anything = st.one_of(st.just(0.0), st.floats(1e-6, 1e6))


CANCELLING = [
    (294.58698785441874, 2.0, 46.22023081920151), (167.87847590704445, 149414.8712048455, 187.65187838923134),
    (0.5, 262669.4046649287, 201.15714798283483), (240.0, 474954.10991607327, 905.7463224431164),
    (193.87061306069202, 925954.8059038239, 662.9316533851655), (63.97209828321443, 932684.7626634802, 1.5),
    (59.36874976345998, 932007.0573860476, 211.6717697191948), (7.360734595144146, 0.0, 564.7294325412535),
    (0.231, 281407.3386160708, 276.4469445397234),
]  # fmt: skip
"""Uptake and decline at the same rate: amplitudes of 10^19 cancel, and with them the variance of the integral."""


@example(CANCELLING, 68.51989687114705, CovarianceScaling.SCALED)
@given(
    st.lists(st.tuples(st.floats(0.1, 300), anything, st.floats(1e-6, 1e3)), min_size=1, max_size=9),
    st.floats(0.1, 1e4),
    st.sampled_from(CovarianceScaling),
)
@settings(max_examples=60)
def test_any_measurement_gives_a_usable_number_or_a_named_refusal(points, physical_h, scaling) -> None:
    times = np.cumsum([step for step, _, _ in points]).tolist()
    try:
        data = TimeActivity(tuple(times), tuple(a for _, a, _ in points), tuple(sd for _, _, sd in points))
        choice = choose_model(data, physical_half_life_h=physical_h, scaling=scaling)
    except InputError as refusal:
        assert all(one.remedy for one in refusal.problems)
        return
    except ConvergenceError as refusal:
        assert "later time point" in refusal.remedy
        return
    limits = choice.best.estimate
    assert 0 < limits.low <= limits.value <= limits.high < math.inf
    assert math.isfinite(choice.time_integrated_activity_sd)


def test_a_curve_of_uptake_is_the_difference_of_two_declines() -> None:
    curve = Curve(KineticModel.UPTAKE, (10.0,), (0.01, 0.3))
    slow, fast = (Curve(KineticModel.MONO, (10.0,), (rate,)) for rate in (0.01, 0.3))
    assert curve.time_integrated_activity == pytest.approx(
        slow.time_integrated_activity - fast.time_integrated_activity
    )
