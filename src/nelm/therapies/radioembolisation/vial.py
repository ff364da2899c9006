"""The vial: decay over the calendar, what stays behind at delivery, what to order and when it fits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nelm.errors import problem
from nelm.physics.emissions import emissions_of
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.devices import Microspheres


@dataclass(frozen=True, slots=True)
class HalfLife:
    """Physical half-life [h] of a nuclide and where it is from."""

    nuclide: str
    half_life_h: float
    source: str


@dataclass(frozen=True, slots=True)
class Vial:
    """A vial as it is delivered.

    Parameters
    ----------
    activity_gbq : Activity at the time of calibration [GBq].
    calibrated_at : That time, with its time zone.
    half_life_h : Physical half-life [h].
    """

    activity_gbq: float
    calibrated_at: datetime
    half_life_h: float

    def __post_init__(self) -> None:
        if not self.activity_gbq > 0.0:
            raise problem(self.activity_gbq, "an activity above 0 [GBq]", path="activity_gbq")
        if not self.half_life_h > 0.0:
            raise problem(self.half_life_h, "a half-life above 0 [h]", path="half_life_h")
        _aware(self.calibrated_at, "calibrated_at")

    def activity_at(self, when: datetime) -> float:
        """Activity at a time [GBq], before calibration too."""
        return self.activity_gbq * 2.0 ** (-_hours(self.calibrated_at, when) / self.half_life_h)


@dataclass(frozen=True, slots=True)
class Window:
    """When a vial holds a wanted activity within a tolerance: from `opens` to `closes`, exact at `exact_at`."""

    opens: datetime
    exact_at: datetime
    closes: datetime

    def holds(self, when: datetime) -> bool:
        """Whether the activity is right at that time."""
        return self.opens <= when <= self.closes


@dataclass(frozen=True, slots=True)
class Order:
    """What has to be there so that enough is delivered.

    Parameters
    ----------
    delivered_gbq : What the patient is to get [GBq].
    drawn_gbq : What has to be in the vial at administration, with the limits that the residual leaves [GBq].
    ordered_gbq : The same at the time of calibration [GBq].
    delivered_range_gbq : What the patient gets of the best `drawn_gbq`, given the limits of the residual [GBq].
    """

    delivered_gbq: float
    drawn_gbq: Estimate
    ordered_gbq: Estimate
    delivered_range_gbq: Estimate


def half_life(nuclide: str) -> HalfLife:
    """Half-life of a nuclide [h] from the emission data, with their provenance."""
    emissions = emissions_of(nuclide)
    source = "; ".join((emissions.provenance.source, *emissions.provenance.packages))
    return HalfLife(nuclide, emissions.half_life_h, source)


def order(
    *,
    delivered_gbq: float,
    residual: Estimate,
    calibrated_at: datetime,
    administered_at: datetime,
    half_life_h: float,
) -> Order:
    """Activity to draw and to order: delivered / (1 - residual), and that at the time of calibration.

    Both losses divide: what stays behind and what decays has to be ordered in addition.
    """
    if not delivered_gbq > 0.0:
        raise problem(delivered_gbq, "an activity above 0 [GBq]", path="delivered_gbq")
    if not 0.0 <= residual.low <= residual.high < 1.0:
        raise problem(residual.high, "a residual from 0 to below 1", "3 % is written 0.03", path="residual")
    _aware(calibrated_at, "calibrated_at")
    _aware(administered_at, "administered_at")
    drawn = Estimate(
        delivered_gbq / (1.0 - residual.value),
        delivered_gbq / (1.0 - residual.low),
        delivered_gbq / (1.0 - residual.high),
    )
    growth = 2.0 ** (_hours(calibrated_at, administered_at) / half_life_h)
    kept = (1.0 - residual.value, 1.0 - residual.high, 1.0 - residual.low)
    delivered = Estimate(*(drawn.value * part for part in kept))
    return Order(delivered_gbq, drawn, drawn.scaled(growth), delivered)


def window(vial: Vial, *, wanted_gbq: float, tolerance: float) -> Window:
    """When the vial holds the wanted activity [GBq] within a relative tolerance [1], lower and upper alike."""
    if not wanted_gbq > 0.0:
        raise problem(wanted_gbq, "an activity above 0 [GBq]", path="wanted_gbq")
    if not 0.0 <= tolerance < 1.0:
        raise problem(tolerance, "a tolerance from 0 to below 1", "10 % is written 0.1", path="tolerance")
    opens, exact, closes = (
        vial.calibrated_at.astimezone(UTC)
        + timedelta(hours=vial.half_life_h * math.log2(vial.activity_gbq / (wanted_gbq * factor)))
        for factor in (1.0 + tolerance, 1.0, 1.0 - tolerance)
    )
    return Window(opens, exact, closes)


def fitting_vials(
    spheres: Microspheres,
    *,
    drawn_gbq: float,
    calibrated_at: datetime,
    administered_at: datetime,
    tolerance: float,
) -> tuple[tuple[Vial, Window], ...]:
    """Vials on sale that hold the activity to be drawn at the planned time within a tolerance, with their windows.

    Empty where none fits, and where the device's vials are not known or are divided in the department.
    """
    sizes = spheres.vials.value if spheres.vials is not None else None
    if not isinstance(sizes, tuple):
        return ()
    hours = half_life(spheres.nuclide).half_life_h
    vials = [Vial(float(size), calibrated_at, hours) for size in sizes]
    windows = [(vial, window(vial, wanted_gbq=drawn_gbq, tolerance=tolerance)) for vial in vials]
    return tuple((vial, when) for vial, when in windows if when.holds(administered_at))


def _aware(when: datetime, path: str) -> None:
    if when.tzinfo is None or when.utcoffset() is None:
        raise problem(
            when.isoformat(), "a time with its time zone", "Write 2026-05-04T12:00+02:00", path=path
        )


def _hours(start: datetime, end: datetime) -> float:
    """Hours that pass, through UTC: two times of one zone would be subtracted as clocks show them."""
    _aware(end, "time")
    return (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 3600.0
