"""Measurements and curves: what is refused, and integrals and derivatives against numerical ones."""

import math

import numpy as np
import pytest
from scipy import integrate, optimize

from nelm.errors import InputError
from nelm.physics.kinetics import Curve, KineticModel, TimeActivity

CURVES = [
    Curve(KineticModel.MONO, (80.0,), (0.013,)),
    Curve(KineticModel.UPTAKE, (80.0,), (0.013, 0.4)),
    Curve(KineticModel.BI, (50.0, 30.0), (0.008, 0.09)),
    Curve(KineticModel.BI_UPTAKE, (50.0, 30.0), (0.008, 0.09, 0.7)),
]
IDS = [curve.model.name for curve in CURVES]


@pytest.mark.parametrize(
    ("times_h", "activities", "sds", "place"),
    [
        ((4.0, 24.0), (1.0,), (0.1, 0.1), "times_h"),
        ((), (), (), "times_h"),
        ((24.0, 4.0), (1.0, 2.0), (0.1, 0.1), "times_h[1]"),
        ((4.0, 4.0), (1.0, 2.0), (0.1, 0.1), "times_h[1]"),
        ((-4.0, 4.0), (1.0, 2.0), (0.1, 0.1), "times_h[0]"),
        ((math.nan, 4.0), (1.0, 2.0), (0.1, 0.1), "times_h[0]"),
        ((4.0, 24.0), (1.0, -2.0), (0.1, 0.1), "activities[1]"),
        ((4.0, 24.0), (math.nan, 2.0), (0.1, 0.1), "activities[0]"),
        ((4.0, 24.0), (1.0, math.inf), (0.1, 0.1), "activities[1]"),
        ((4.0, 24.0), (0.0, 0.0), (0.1, 0.1), "activities"),
        ((4.0, 24.0), (1.0, 2.0), (0.0, 0.1), "activity_sds[0]"),
    ],
)
def test_measurements_that_cannot_be_are_refused_by_place(times_h, activities, sds, place) -> None:
    with pytest.raises(InputError) as caught:
        TimeActivity(times_h, activities, sds)
    assert [problem.path for problem in caught.value.problems] == [place]
    assert caught.value.problems[0].remedy


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        TimeActivity((24.0, 4.0), (-1.0, 2.0), (0.1, math.nan))
    assert len(caught.value.problems) == 3


def test_a_relative_uncertainty_becomes_one_for_each_point() -> None:
    data = TimeActivity.of((4, 24, 72), (10.0, 5.0, 0.0), relative_uncertainty=0.1)
    assert data.activity_sds == pytest.approx((1.0, 0.5, 0.5))
    with pytest.raises(InputError, match="fraction"):
        TimeActivity.of((4.0,), (1.0,), relative_uncertainty=0.0)


@pytest.mark.parametrize("curve", CURVES, ids=IDS)
def test_the_integral_is_that_of_the_curve(curve: Curve) -> None:
    numerical, _ = integrate.quad(lambda t: float(curve.activity(t)[0]), 0, np.inf, epsabs=1e-9)
    assert curve.time_integrated_activity == pytest.approx(numerical, rel=1e-9)
    rest, _ = integrate.quad(lambda t: float(curve.activity(t)[0]), 50, np.inf, epsabs=1e-9)
    assert curve.beyond(50.0) == pytest.approx(rest, rel=1e-9)
    assert curve.beyond(0.0) == pytest.approx(curve.time_integrated_activity)


def moved(curve: Curve, parameters: np.ndarray) -> Curve:
    """The same model with other parameters."""
    kept = curve.model.amplitudes
    return Curve(curve.model, tuple(parameters[:kept]), tuple(parameters[kept:]))


@pytest.mark.parametrize("curve", CURVES, ids=IDS)
def test_derivatives_are_those_of_finite_differences(curve: Curve) -> None:
    at = np.array([*curve.amplitudes, *curve.effective_rates_per_h])
    steps = 1e-6 * at

    def by(function) -> list[float]:
        return [
            (function(moved(curve, at + step)) - function(moved(curve, at - step))) / (2 * step.sum())
            for step in np.diag(steps)
        ]

    integral = by(lambda one: one.time_integrated_activity)
    np.testing.assert_allclose(curve.integral_gradient(), integral, rtol=1e-6)
    for time in (1.0, 30.0, 200.0):
        activity = by(lambda one, time=time: float(one.activity(time)[0]))
        np.testing.assert_allclose(curve.jacobian(time)[0], activity, rtol=1e-5, atol=1e-8)
        slope = optimize.approx_fprime(np.array([time]), lambda t: float(curve.activity(t)[0]), 1e-6)
        assert float(curve.slope(time)[0]) == pytest.approx(slope[0], rel=1e-4, abs=1e-6)


def test_uptake_begins_at_zero_and_stays_above_it() -> None:
    for curve in (CURVES[1], CURVES[3]):
        assert float(curve.activity(0.0)[0]) == pytest.approx(0.0, abs=1e-12)
        assert (curve.activity(np.linspace(0.01, 2000, 500)) > 0).all()


@pytest.mark.parametrize(
    ("amplitudes", "rates"),
    [((1.0,), (0.0,)), ((1.0,), (-0.1,)), ((-1.0,), (0.1,)), ((1.0, 2.0), (0.1,)), ((1.0,), (math.inf,))],
)
def test_a_curve_without_an_end_is_refused(amplitudes, rates) -> None:
    with pytest.raises(InputError):
        Curve(KineticModel.MONO, amplitudes, rates)


def test_rates_are_ordered() -> None:
    with pytest.raises(InputError, match="slowest first"):
        Curve(KineticModel.BI, (1.0, 1.0), (0.1, 0.01))
