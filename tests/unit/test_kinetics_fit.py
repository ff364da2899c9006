"""Fits against exact data, an independent fit, and their own stated uncertainty."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from nelm.errors import ConvergenceError, InputError
from nelm.physics.kinetics import CovarianceScaling, Curve, KineticModel, TimeActivity, fit

PHYSICAL_H = 159.5
DECAY = math.log(2) / PHYSICAL_H
TIMES = (1.0, 4.0, 12.0, 24.0, 48.0, 96.0, 168.0, 240.0)


def rates(*half_lives_h: float) -> tuple[float, ...]:
    """Rates of half-lives."""
    return tuple(math.log(2) / one for one in half_lives_h)


CURVES = [
    Curve(KineticModel.MONO, (80.0,), rates(52)),
    Curve(KineticModel.UPTAKE, (80.0,), rates(70, 5)),
    Curve(KineticModel.BI, (100.0, 60.0), rates(70, 5)),
    Curve(KineticModel.BI_UPTAKE, (60.0, 50.0), rates(80, 12, 1.5)),
]
IDS = [curve.model.name for curve in CURVES]


def measured(curve: Curve, times=TIMES, *, relative=0.02, noise=None) -> TimeActivity:
    """Points on a curve, with noise in standard uncertainties if given."""
    exact = curve.activity(times)
    sds = relative * exact
    values = exact if noise is None else np.maximum(exact + sds * noise, 0)
    return TimeActivity(tuple(times), tuple(values.tolist()), tuple(sds.tolist()))


@pytest.mark.parametrize("curve", CURVES, ids=IDS)
def test_exact_data_give_the_curve_back(curve: Curve) -> None:
    found = fit(measured(curve), curve.model, physical_half_life_h=PHYSICAL_H)
    assert found.time_integrated_activity == pytest.approx(curve.time_integrated_activity, rel=1e-7)
    assert found.effective_half_lives_h == pytest.approx(curve.effective_half_lives_h, rel=1e-5)
    assert found.curve.amplitudes == pytest.approx(curve.amplitudes, rel=1e-5)
    assert found.extrapolated_fraction == pytest.approx(curve.beyond(240.0) / curve.time_integrated_activity)
    assert max(map(abs, found.residuals)) < 1e-4
    assert not found.at_physical_decay
    assert found.remarks == ()


def test_the_unit_of_the_activity_does_not_matter() -> None:
    data = measured(CURVES[2], noise=np.array([1, -1, 0.5, 0, -0.5, 1, -1, 0.3]))
    for factor in (1e-9, 1e9):
        other = TimeActivity(data.times_h, tuple(factor * data.values), tuple(factor * data.sds))
        one, two = (fit(d, KineticModel.BI, physical_half_life_h=PHYSICAL_H) for d in (data, other))
        assert two.time_integrated_activity == pytest.approx(factor * one.time_integrated_activity, rel=1e-6)
        assert two.time_integrated_activity_sd == pytest.approx(
            factor * one.time_integrated_activity_sd, rel=1e-4
        )


@pytest.mark.parametrize("scaling", CovarianceScaling)
def test_one_exponential_agrees_with_an_independent_fit(scaling: CovarianceScaling) -> None:
    times = np.array([4.0, 24.0, 72.0, 168.0])
    values = np.array([103.0, 71.0, 42.0, 10.4])
    sds = np.array([5.0, 4.0, 2.0, 0.8])

    def one(t, a, k):
        return a * np.exp(-k * t)

    best, covariance = optimize.curve_fit(
        one, times, values, p0=(100, 0.01), sigma=sds, absolute_sigma=scaling is CovarianceScaling.KNOWN
    )
    found = fit(
        TimeActivity(tuple(times), tuple(values), tuple(sds)),
        KineticModel.MONO,
        physical_half_life_h=PHYSICAL_H,
        scaling=scaling,
    )
    assert found.curve.amplitudes[0] == pytest.approx(best[0], rel=1e-6)
    assert found.curve.effective_rates_per_h[0] == pytest.approx(best[1], rel=1e-6)
    np.testing.assert_allclose(found.parameter_covariance, covariance, rtol=1e-4)
    gradient = np.array([1 / best[1], -best[0] / best[1] ** 2])
    assert found.time_integrated_activity_sd == pytest.approx(
        math.sqrt(gradient @ covariance @ gradient), rel=1e-4
    )
    assert found.effective_half_life_sds_h[0] == pytest.approx(
        math.log(2) / best[1] ** 2 * math.sqrt(covariance[1, 1]), rel=1e-4
    )


def test_two_points_are_solved_by_hand() -> None:
    data = TimeActivity((24.0, 96.0), (80.0, 20.0), (4.0, 1.0))
    found = fit(data, KineticModel.MONO, physical_half_life_h=PHYSICAL_H)
    rate = math.log(4) / 72
    assert found.curve.effective_rates_per_h[0] == pytest.approx(rate)
    assert found.time_integrated_activity == pytest.approx(80 * math.exp(24 * rate) / rate)
    assert found.aicc is None
    assert found.degrees_of_freedom == 0


@pytest.mark.parametrize(
    ("curve", "times", "relative"),
    [
        (CURVES[0], (4.0, 24.0, 72.0, 168.0), 0.10),
        (CURVES[1], (2.0, 8.0, 24.0, 72.0, 168.0), 0.05),
        (CURVES[2], (1.0, 4.0, 8.0, 24.0, 72.0, 120.0, 168.0), 0.05),
    ],
    ids=IDS[:3],
)
def test_the_stated_uncertainty_holds_the_truth_as_often_as_it_says(curve, times, relative) -> None:
    rng = np.random.default_rng(20)
    tries, inside, narrow = 0, 0, 0
    for _ in range(200):
        data = measured(curve, times, relative=relative, noise=rng.standard_normal(len(times)))
        try:
            found = fit(data, curve.model, physical_half_life_h=PHYSICAL_H)
        except ConvergenceError:
            continue
        tries += 1
        off = abs(found.time_integrated_activity - curve.time_integrated_activity)
        inside += found.estimate.low <= curve.time_integrated_activity <= found.estimate.high
        narrow += off <= found.time_integrated_activity_sd
    assert tries >= 198
    # limits that a right answer misses once in a thousand
    for seen, nominal in ((inside, 0.95), (narrow, 0.6827)):
        low, high = stats.binom.ppf([0.0005, 0.9995], tries, nominal)
        assert low <= seen <= high


def test_slower_than_physical_decay_is_held_there_and_said() -> None:
    data = TimeActivity((24.0, 72.0, 168.0), (100.0, 86.0, 60.0), (5.0, 5.0, 5.0))
    found = fit(data, KineticModel.MONO, physical_half_life_h=PHYSICAL_H)
    assert found.at_physical_decay
    assert found.effective_half_lives_h == (PHYSICAL_H,)
    shape = np.exp(-DECAY * data.times)
    amplitude = float(data.values @ shape / (shape @ shape))
    assert found.time_integrated_activity == pytest.approx(amplitude / DECAY, rel=1e-8)
    assert any("physical decay" in remark for remark in found.remarks)
    # the data know the rate no better for the bound: the covariance is that of a free rate
    _, free = optimize.curve_fit(
        lambda t, a, k: a * np.exp(-k * t),
        data.times,
        data.values,
        p0=(100, 0.004),
        sigma=data.sds,
        absolute_sigma=True,
    )
    assert found.effective_half_life_sds_h[0] == pytest.approx(
        math.log(2) / DECAY**2 * math.sqrt(free[1, 1]), rel=0.1
    )


def test_a_slow_phase_of_two_is_held_at_physical_decay() -> None:
    slower = Curve(KineticModel.BI, (60.0, 60.0), rates(400, 6))
    found = fit(measured(slower, relative=0.15), KineticModel.BI, physical_half_life_h=PHYSICAL_H)
    assert found.at_physical_decay
    assert found.effective_half_lives_h[0] == pytest.approx(PHYSICAL_H)
    assert found.effective_half_lives_h[1] < 12


@pytest.mark.parametrize("model", [KineticModel.MONO, KineticModel.UPTAKE, KineticModel.BI])
def test_activity_that_rises_for_ever_is_refused(model: KineticModel) -> None:
    data = TimeActivity.of((4.0, 24.0, 72.0, 168.0), (1.0, 2.0, 3.0, 4.0), relative_uncertainty=0.1)
    with pytest.raises(ConvergenceError, match="rise") as caught:
        fit(data, model, physical_half_life_h=PHYSICAL_H)
    assert "later time point" in caught.value.remedy
    assert "4 points from 4 to 168 h" in str(caught.value)


def test_a_rise_within_the_noise_is_held_at_physical_decay() -> None:
    data = TimeActivity.of((24.0, 36.0, 48.0), (100.0, 98.0, 102.0), relative_uncertainty=0.1)
    found = fit(data, KineticModel.MONO, physical_half_life_h=PHYSICAL_H)
    assert found.at_physical_decay
    assert any("rise" in remark for remark in found.remarks)


def test_a_peak_after_the_last_point_is_refused() -> None:
    rising = Curve(KineticModel.UPTAKE, (500.0,), rates(100, 60))
    with pytest.raises(ConvergenceError, match="decline"):
        fit(measured(rising, (4.0, 12.0, 24.0, 48.0)), KineticModel.UPTAKE, physical_half_life_h=PHYSICAL_H)


@pytest.mark.parametrize("model", [KineticModel.UPTAKE, KineticModel.BI])
def test_a_phase_that_the_data_do_not_show_is_refused(model: KineticModel) -> None:
    with pytest.raises(ConvergenceError, match=r"not determine|not tell apart"):
        fit(measured(CURVES[0], (24.0, 48.0, 96.0, 168.0)), model, physical_half_life_h=PHYSICAL_H)


def test_too_few_points_and_impossible_half_lives_are_refused() -> None:
    data = measured(CURVES[0], (24.0, 72.0))
    with pytest.raises(InputError, match="simpler model"):
        fit(data, KineticModel.UPTAKE, physical_half_life_h=PHYSICAL_H)
    with pytest.raises(InputError, match="at least 3"):
        fit(data, KineticModel.MONO, physical_half_life_h=PHYSICAL_H, scaling=CovarianceScaling.SCALED)
    for half_life in (0.0, -1.0, math.nan):
        with pytest.raises(InputError, match="half-life"):
            fit(data, KineticModel.MONO, physical_half_life_h=half_life)


def test_a_poor_fit_is_called_so() -> None:
    found = fit(measured(CURVES[3], relative=0.02), KineticModel.UPTAKE, physical_half_life_h=PHYSICAL_H)
    assert any("poorly" in remark for remark in found.remarks)


def test_the_band_of_the_curve_is_its_propagated_covariance() -> None:
    found = fit(measured(CURVES[0], relative=0.05), KineticModel.MONO, physical_half_life_h=PHYSICAL_H)
    rng = np.random.default_rng(3)
    mean = [*found.curve.amplitudes, *found.curve.effective_rates_per_h]
    drawn = rng.multivariate_normal(mean, found.parameter_covariance, size=20000)
    seen = (drawn[:, 0] * np.exp(-drawn[:, 1] * 50.0)).std()
    assert found.activity_sd(50.0)[0] == pytest.approx(seen, rel=0.03)


def test_points_too_close_to_show_a_decline_are_refused() -> None:
    with pytest.raises(ConvergenceError, match="not determine"):
        fit(
            TimeActivity((40.0, 40.5), (100.0, 99.5), (20.0, 20.0)),
            KineticModel.MONO,
            physical_half_life_h=PHYSICAL_H,
        )
