"""The liver that stays: standardised remnant, its growth, and what a published cut-off makes of it."""

from __future__ import annotations

from dataclasses import dataclass


def total_liver_volume_ml(*, body_surface_m2: float, slope_ml_per_m2: float, intercept_ml: float) -> float:
    """Total liver volume by body surface [mL]: intercept + slope x surface [flr_review, footnote of Table 1].

    Made for adults; the linear formula gives negative volumes in small children.

    Example
    -------
    >>> round(total_liver_volume_ml(body_surface_m2=1.818, slope_ml_per_m2=1267.28, intercept_ml=-794.41), 1)
    1509.5
    """
    return intercept_ml + slope_ml_per_m2 * body_surface_m2


def standardised_remnant_percent(*, remnant_ml: float, total_liver_volume_ml: float) -> float:
    """Remnant on CT as share of the liver volume *by formula* [%]; the CT volume is not the denominator."""
    return 100.0 * remnant_ml / total_liver_volume_ml


def remnant_volume_ml(*, share_percent: float, total_liver_volume_ml: float) -> float:
    """Volume of a remnant of a given standardised share [mL]."""
    return share_percent / 100.0 * total_liver_volume_ml


def degree_of_hypertrophy(*, before_percent: float, after_percent: float) -> float:
    """Gain of the standardised remnant [percentage points]."""
    return after_percent - before_percent


def kinetic_growth_rate(*, before_percent: float, after_percent: float, weeks: float) -> float:
    """Gain of the standardised remnant a week [percentage points/wk], from the embolisation to the CT."""
    return degree_of_hypertrophy(before_percent=before_percent, after_percent=after_percent) / weeks


@dataclass(frozen=True, slots=True)
class Hypertrophy:
    """Growth after portal vein embolisation against the cut-offs: three answers that need not agree."""

    remnant_percent: float
    gained_points: float
    points_per_week: float
    remnant_passes: bool
    gain_passes: bool
    rate_passes: bool

    @property
    def passes(self) -> bool:
        """Whether all three cut-offs are met."""
        return self.remnant_passes and self.gain_passes and self.rate_passes


def hypertrophy(
    *,
    before_percent: float,
    after_percent: float,
    weeks: float,
    remnant_min_percent: float,
    gain_min_points: float,
    rate_min_points_per_week: float,
) -> Hypertrophy:
    """Growth of the remnant after portal vein embolisation, judged by three cut-offs [shindoh2013].

    The cut-offs come from colorectal metastases; they were not shown for neuroendocrine ones.
    """
    gained = degree_of_hypertrophy(before_percent=before_percent, after_percent=after_percent)
    rate = kinetic_growth_rate(before_percent=before_percent, after_percent=after_percent, weeks=weeks)
    return Hypertrophy(
        remnant_percent=after_percent,
        gained_points=gained,
        points_per_week=rate,
        remnant_passes=after_percent > remnant_min_percent,
        gain_passes=gained > gain_min_points,
        rate_passes=rate >= rate_min_points_per_week,
    )
