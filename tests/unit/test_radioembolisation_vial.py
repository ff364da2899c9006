"""Decay over the calendar, residual, order, and the window of a vial."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nelm.errors import InputError
from nelm.knowledge import load_knowledge
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.devices import Device, microspheres
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge
from nelm.therapies.radioembolisation.vial import Vial, fitting_vials, half_life, order, window

KNOWN = load_knowledge().record(RadioembolisationKnowledge, "radioembolisation")
SUNDAY = datetime(2026, 5, 3, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def test_half_lives_have_their_provenance() -> None:
    assert half_life("Y-90").half_life_h == pytest.approx(64.1, abs=0.05)
    assert half_life("Ho-166").half_life_h == pytest.approx(26.8, abs=0.01)
    assert "107" in half_life("Y-90").source


def test_activity_halves_in_a_half_life_and_is_larger_before() -> None:
    vial = Vial(3.0, SUNDAY, 64.1)
    assert vial.activity_at(SUNDAY + timedelta(hours=64.1)) == pytest.approx(1.5)
    assert vial.activity_at(SUNDAY - timedelta(hours=64.1)) == pytest.approx(6.0)


def test_the_night_of_summer_time_has_23_hours() -> None:
    zone = ZoneInfo("Europe/Berlin")
    vial = Vial(3.0, datetime(2026, 3, 28, 12, tzinfo=zone), 64.1)
    found = vial.activity_at(datetime(2026, 3, 29, 12, tzinfo=zone))
    assert found == pytest.approx(3.0 * 2 ** (-23 / 64.1))


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(InputError, match="time zone"):
        Vial(3.0, datetime(2026, 3, 28, 12), 64.1)


def test_order_divides_by_what_is_kept_and_grows_back_to_calibration() -> None:
    found = order(
        delivered_gbq=2.0,
        residual=Estimate(0.03, 0.005, 0.2),
        calibrated_at=SUNDAY,
        administered_at=SUNDAY + timedelta(hours=64.1),
        half_life_h=64.1,
    )
    assert found.drawn_gbq.value == pytest.approx(2.0 / 0.97)
    assert found.ordered_gbq.value == pytest.approx(4.0 / 0.97)
    assert found.drawn_gbq.high == pytest.approx(2.5)
    assert (found.delivered_range_gbq.low, found.delivered_range_gbq.value) == pytest.approx(
        (2.0 * 0.8 / 0.97, 2.0)
    )


@pytest.mark.parametrize(
    ("device", "median", "highest"),
    [(Device.RESIN, 0.0301, 0.201), (Device.GLASS, 0.0061, 0.162), (Device.HOLMIUM, 0.043, 0.069)],
)
def test_residuals_are_the_published_ones(device: Device, median: float, highest: float) -> None:
    residual = microspheres(device, KNOWN).residual
    assert (residual.value, residual.high) == pytest.approx((median, highest))


def test_window_opens_when_the_vial_is_the_tolerance_too_strong() -> None:
    vial = Vial(5.0, SUNDAY, 64.1)
    found = window(vial, wanted_gbq=3.0, tolerance=0.1)
    assert vial.activity_at(found.opens) == pytest.approx(3.3)
    assert vial.activity_at(found.exact_at) == pytest.approx(3.0)
    assert vial.activity_at(found.closes) == pytest.approx(2.7)
    assert found.opens.tzinfo is UTC


def test_glass_vials_that_fit_at_the_planned_time() -> None:
    when = SUNDAY + timedelta(hours=half_life("Y-90").half_life_h)
    spheres = microspheres(Device.GLASS, KNOWN)
    found = fitting_vials(spheres, drawn_gbq=3.0, calibrated_at=SUNDAY, administered_at=when, tolerance=0.2)
    assert [vial.activity_gbq for vial, _ in found] == [5.0, 7.0]
    resin = microspheres(Device.RESIN, KNOWN)
    assert not fitting_vials(resin, drawn_gbq=3.0, calibrated_at=SUNDAY, administered_at=when, tolerance=0.2)
