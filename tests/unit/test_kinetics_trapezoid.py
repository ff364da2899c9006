"""Trapezoids by hand, and their uncertainty by finite differences."""

import math

import numpy as np
import pytest

from nelm.errors import ConvergenceError, InputError
from nelm.physics.kinetics import Start, Tail, TimeActivity, trapezoid

PHYSICAL_H = 100.0
DATA = TimeActivity((10.0, 20.0, 40.0), (8.0, 6.0, 3.0), (0.4, 0.3, 0.2))


def test_the_area_is_that_by_hand() -> None:
    found = trapezoid(DATA, physical_half_life_h=PHYSICAL_H)
    tail = 3 * 100 / math.log(2)
    assert found.time_integrated_activity == pytest.approx(40 + 70 + 90 + tail)
    assert found.extrapolated_fraction == pytest.approx(tail / (200 + tail))
    held = trapezoid(DATA, physical_half_life_h=PHYSICAL_H, start=Start.CONSTANT)
    assert held.time_integrated_activity == pytest.approx(80 + 70 + 90 + tail)


def test_a_tail_through_the_last_two_has_their_half_life() -> None:
    found = trapezoid(DATA, physical_half_life_h=PHYSICAL_H, tail=Tail.LAST_TWO)
    assert found.tail_half_life_h == pytest.approx(20.0)
    assert found.time_integrated_activity == pytest.approx(200 + 3 * 20 / math.log(2))
    assert found.remarks == ()


@pytest.mark.parametrize("tail", Tail)
@pytest.mark.parametrize("start", Start)
def test_the_uncertainty_is_propagated_from_each_point(tail: Tail, start: Start) -> None:
    def integral(values) -> float:
        data = TimeActivity(DATA.times_h, tuple(values), DATA.activity_sds)
        return trapezoid(
            data, physical_half_life_h=PHYSICAL_H, tail=tail, start=start
        ).time_integrated_activity

    values = DATA.values
    gradient = [(integral(values + d) - integral(values - d)) / 2e-5 for d in 1e-5 * np.eye(3)]
    found = trapezoid(DATA, physical_half_life_h=PHYSICAL_H, tail=tail, start=start)
    assert found.time_integrated_activity_sd == pytest.approx(
        float(np.linalg.norm(gradient * DATA.sds)), rel=1e-6
    )


def test_a_tail_slower_than_physical_decay_is_held_there() -> None:
    slow = TimeActivity((10.0, 20.0), (8.0, 7.9), (0.1, 0.1))
    found = trapezoid(slow, physical_half_life_h=PHYSICAL_H, tail=Tail.LAST_TWO)
    assert found.tail_half_life_h == PHYSICAL_H
    assert "lower bound" in found.remarks[0]


@pytest.mark.parametrize("last", [9.0, 0.0])
def test_a_tail_that_does_not_decline_is_refused(last: float) -> None:
    data = TimeActivity((10.0, 20.0), (8.0, last), (0.1, 0.1))
    with pytest.raises(ConvergenceError, match="physical decay"):
        trapezoid(data, physical_half_life_h=PHYSICAL_H, tail=Tail.LAST_TWO)
    assert trapezoid(data, physical_half_life_h=PHYSICAL_H).time_integrated_activity > 0


def test_one_point_has_only_a_physical_tail() -> None:
    one = TimeActivity((10.0,), (8.0,), (0.1,))
    assert trapezoid(one, physical_half_life_h=PHYSICAL_H).time_integrated_activity == pytest.approx(
        40 + 8 * 100 / math.log(2)
    )
    with pytest.raises(InputError, match="two points"):
        trapezoid(one, physical_half_life_h=PHYSICAL_H, tail=Tail.LAST_TWO)


def test_straight_lines_overestimate_a_decline_by_the_stated_part() -> None:
    ratio = (1 + 0.5) / 2 / ((1 - 0.5) / math.log(2))
    assert ratio == pytest.approx(1.04, abs=0.001)
