"""Choice of model: right for clear cases, silent about none, averaged by weight."""

import math

import numpy as np
import pytest

from nelm.errors import ConvergenceError, InputError
from nelm.physics.kinetics import CovarianceScaling, Curve, KineticModel, TimeActivity, choose_model, fit

PHYSICAL_H = 159.5
TIMES = (1.0, 4.0, 12.0, 24.0, 48.0, 96.0, 168.0, 240.0)


def rates(*half_lives_h: float) -> tuple[float, ...]:
    """Rates of half-lives."""
    return tuple(math.log(2) / one for one in half_lives_h)


CLEAR = [
    Curve(KineticModel.MONO, (80.0,), rates(52)),
    Curve(KineticModel.UPTAKE, (80.0,), rates(70, 5)),
    Curve(KineticModel.BI, (100.0, 60.0), rates(70, 5)),
    Curve(KineticModel.BI_UPTAKE, (60.0, 50.0), rates(80, 12, 1.5)),
]


def noisy(curve: Curve, rng: np.random.Generator, times=TIMES) -> TimeActivity:
    """Points with 3 % noise."""
    exact = curve.activity(times)
    values = exact * (1 + 0.03 * rng.standard_normal(len(times)))
    return TimeActivity(tuple(times), tuple(values.tolist()), tuple((0.03 * exact).tolist()))


@pytest.mark.parametrize("curve", CLEAR, ids=[curve.model.name for curve in CLEAR])
def test_the_model_that_made_the_data_is_chosen_where_it_is_clear(curve: Curve) -> None:
    rng = np.random.default_rng(5)
    chosen = [choose_model(noisy(curve, rng), physical_half_life_h=PHYSICAL_H).best.model for _ in range(12)]
    assert chosen.count(curve.model) >= 11


def test_the_criterion_is_the_published_formula() -> None:
    data = noisy(CLEAR[0], np.random.default_rng(1))
    found = fit(data, KineticModel.MONO, physical_half_life_h=PHYSICAL_H)
    # n = 8, k = 2: chi^2 + 4 + 12/5
    assert found.aicc == pytest.approx(found.chi_squared + 4 + 12 / 5)
    scaled = fit(data, KineticModel.MONO, physical_half_life_h=PHYSICAL_H, scaling=CovarianceScaling.SCALED)
    # k = 3: 8 ln(chi^2/8) + 6 + 24/4
    assert scaled.aicc == pytest.approx(8 * math.log(found.chi_squared / 8) + 12)


def test_weights_follow_from_the_criteria_and_sum_to_one() -> None:
    choice = choose_model(noisy(CLEAR[1], np.random.default_rng(2)), physical_half_life_h=PHYSICAL_H)
    criteria = [one.aicc for one in choice.fits]
    assert criteria == sorted(criteria)
    assert sum(choice.weights) == pytest.approx(1.0)
    assert choice.weights[1] / choice.weights[0] == pytest.approx(math.exp((criteria[0] - criteria[1]) / 2))
    fitted = {one.model for one in choice.fits} | {one.model for one in choice.set_aside}
    assert fitted == set(KineticModel)


def test_the_mean_over_models_is_wider_than_its_members_agree() -> None:
    curve = Curve(KineticModel.BI, (90.0, 20.0), rates(70, 10))
    choice = choose_model(
        noisy(curve, np.random.default_rng(11), (2.0, 6.0, 24.0, 48.0, 96.0, 168.0, 240.0)),
        physical_half_life_h=PHYSICAL_H,
    )
    assert len(choice.fits) > 1
    values = np.array([one.time_integrated_activity for one in choice.fits])
    sds = np.array([one.time_integrated_activity_sd for one in choice.fits])
    weights = np.array(choice.weights)
    mean = float(weights @ values)
    assert choice.time_integrated_activity == pytest.approx(mean)
    assert choice.time_integrated_activity_sd == pytest.approx(
        math.sqrt(weights @ sds**2 + weights @ (values - mean) ** 2)
    )
    assert min(values) <= mean <= max(values)


def test_models_with_too_many_parameters_are_set_aside_with_the_reason() -> None:
    choice = choose_model(
        noisy(CLEAR[0], np.random.default_rng(3), (4.0, 24.0, 72.0, 168.0)), physical_half_life_h=PHYSICAL_H
    )
    assert choice.best.model is KineticModel.MONO
    assert {one.model for one in choice.set_aside} == set(KineticModel) - {KineticModel.MONO}
    assert "at least 5 points and there are 4" in choice.set_aside[0].reason


@pytest.mark.parametrize("times", [(24.0, 96.0), (24.0, 96.0, 168.0)])
def test_two_and_three_points_give_the_simplest_model_and_say_so(times) -> None:
    choice = choose_model(noisy(CLEAR[0], np.random.default_rng(4), times), physical_half_life_h=PHYSICAL_H)
    assert choice.best.model is KineticModel.MONO
    assert choice.weights == (1.0,)
    assert any("too few to compare" in remark for remark in choice.best.remarks)


def test_one_point_and_no_model_are_refused() -> None:
    one = TimeActivity((24.0,), (10.0,), (1.0,))
    with pytest.raises(InputError, match="single-time-point"):
        choose_model(one, physical_half_life_h=PHYSICAL_H)
    with pytest.raises(InputError, match="at least one kinetic model"):
        choose_model(one, physical_half_life_h=PHYSICAL_H, models=())


def test_where_no_model_fits_the_error_tells_why_for_each() -> None:
    data = TimeActivity.of((4, 24, 48, 72, 96, 168), (1, 2, 3, 4, 5, 9), relative_uncertainty=0.05)
    with pytest.raises(ConvergenceError, match="no kinetic model fits") as caught:
        choose_model(data, physical_half_life_h=PHYSICAL_H)
    for model in KineticModel:
        assert f"{model}: " in str(caught.value)
