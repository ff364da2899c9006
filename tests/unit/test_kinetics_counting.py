"""Calibration, dead time and decay against numbers by hand and sampled uncertainty."""

import math

import numpy as np
import pytest
from scipy import integrate

from nelm.errors import InputError
from nelm.physics.kinetics import (
    CalibrationFactor,
    acquisition_decay_factor,
    calibration_factor,
    decay_factor,
    largest_observed_rate_cps,
    observed_rate_cps,
    true_rate_cps,
    true_rate_nonparalysable_cps,
)

TAU = 1.5e-6


def test_a_known_activity_calibrates() -> None:
    found = calibration_factor(5700.0, count_rate_cps_sd=57.0, activity_mbq=1000.0, activity_mbq_sd=20.0)
    assert found.cps_per_mbq == pytest.approx(5.7)
    assert found.relative_uncertainty == pytest.approx(math.hypot(0.01, 0.02))
    np.testing.assert_allclose(found.activity_mbq([0.0, 57.0]), [0.0, 10.0])


def test_calibration_refuses_what_cannot_be() -> None:
    for factor, sd in ((0.0, 0.1), (math.nan, 0.1), (5.0, -0.1)):
        with pytest.raises(InputError):
            CalibrationFactor(factor, sd)
    with pytest.raises(InputError, match="above zero"):
        calibration_factor(10.0, count_rate_cps_sd=1.0, activity_mbq=0.0, activity_mbq_sd=0.0)
    with pytest.raises(InputError, match="negative"):
        CalibrationFactor(5.0, 0.1).activity_mbq([1.0, -1.0])


def test_dead_time_is_undone() -> None:
    true = np.array([0.0, 1e3, 1e5, 4e5, 0.999 / TAU])
    seen = observed_rate_cps(true, dead_time_s=TAU)
    np.testing.assert_allclose(true_rate_cps(seen, dead_time_s=TAU).rate_cps, true, rtol=1e-6)
    assert seen.max() < largest_observed_rate_cps(TAU) == pytest.approx(1 / (math.e * TAU))
    np.testing.assert_allclose(true_rate_cps(seen[:2], dead_time_s=0.0).rate_cps, seen[:2])


def test_the_uncertainty_of_a_true_rate_is_that_of_a_sample() -> None:
    seen, seen_sd, tau_sd = 1.2e5, 600.0, 0.05e-6
    found = true_rate_cps(seen, dead_time_s=TAU, dead_time_s_sd=tau_sd, observed_cps_sd=seen_sd)
    rng = np.random.default_rng(4)
    drawn = [
        float(true_rate_cps(rng.normal(seen, seen_sd), dead_time_s=rng.normal(TAU, tau_sd)).rate_cps)
        for _ in range(4000)
    ]
    # 4000 samples give a standard deviation to 1.1 %
    assert float(found.rate_cps_sd) == pytest.approx(np.std(drawn), rel=0.05)


def test_a_saturated_detector_is_refused() -> None:
    with pytest.raises(InputError, match="saturated"):
        true_rate_cps([1e3, 1.001 / (math.e * TAU)], dead_time_s=TAU)
    with pytest.raises(InputError, match="saturated"):
        true_rate_nonparalysable_cps(1.0 / TAU, dead_time_s=TAU)
    for rate in (-1.0, math.nan):
        with pytest.raises(InputError):
            true_rate_cps(rate, dead_time_s=TAU)
    with pytest.raises(InputError):
        true_rate_cps(10.0, dead_time_s=-TAU)


def test_the_other_model_of_dead_time() -> None:
    true = 2e5
    assert float(true_rate_nonparalysable_cps(true / (1 + true * TAU), dead_time_s=TAU)) == pytest.approx(
        true
    )


def test_decay_between_and_during_acquisitions() -> None:
    assert decay_factor(159.5, half_life_h=159.5) == pytest.approx(0.5)
    assert decay_factor(-159.5, half_life_h=159.5) == pytest.approx(2.0)
    mean, _ = integrate.quad(lambda h: 2 ** (-h / 1.5), 0, 0.5)
    assert acquisition_decay_factor(30.0, half_life_h=1.5) == pytest.approx(mean / 0.5)
    assert acquisition_decay_factor(0.0, half_life_h=1.5) == 1.0
    for wrong in (0.0, -3.0, math.nan):
        with pytest.raises(InputError):
            decay_factor(1.0, half_life_h=wrong)
