"""Growth rates between two examinations with the error of measurement [ferte_code; mehrara2007; lamarca2019].

The tumour growth rate is of volume: 0.8 % a month is 0.27 % a month in diameter, below the error of reading.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from nelm.errors import problem
from nelm.followup.answers import Reason
from nelm.followup.margins import log_ratio
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.guideline.findings.growth import GrowthKnowledge
from nelm.quantities import DAYS_PER_MONTH, Estimate, Interval


class Period(StrEnum):
    """When the growth was seen; each has its own published limit."""

    BEFORE_TREATMENT = "before treatment"
    FIRST_MONTHS = "first months of treatment or observation"
    LATER = "later"


class Against(StrEnum):
    """A rate against a limit."""

    AT_OR_ABOVE = "at or above"
    BELOW = "below"
    INSIDE_ERROR = "limit inside the error"
    NO_LIMIT = "no limit published"


@dataclass(frozen=True, slots=True)
class GrowthRate:
    """Growth between two days.

    Parameters
    ----------
    days : Time between.
    tumour_growth_rate_percent_month : Of volume [%/mo].
    specific_growth_rate_percent_day : ln(V2/V1)/t [%/d].
    doubling_time_days : Of the volume; None unless growth is more than its error.
    from_diameters : Whether the volume was taken as the cube of the sum of diameters.
    """

    days: int
    tumour_growth_rate_percent_month: Estimate
    specific_growth_rate_percent_day: Estimate
    doubling_time_days: Interval | None
    from_diameters: bool

    @property
    def grows(self) -> bool | None:
        """Whether the tumour grows; None while the error holds growth and shrinkage."""
        rate = self.specific_growth_rate_percent_day
        if rate.low <= 0 <= rate.high and not rate.low == rate.high == 0:
            return None
        return rate.value > 0


def growth_from_diameters(
    first: tuple[date, Estimate], second: tuple[date, Estimate], *, growth: GrowthKnowledge
) -> GrowthRate | None:
    """Growth from two sums of diameters [mm] with their days; None where a sum is 0 or its limits reach 0."""
    return _rate(first, second, growth.dimensions.number)


def growth_from_volumes(first: tuple[date, Estimate], second: tuple[date, Estimate]) -> GrowthRate | None:
    """Growth from two volumes [mL] with their days; None where a volume is 0 or its limits reach 0."""
    return _rate(first, second, None)


def _rate(
    first: tuple[date, Estimate], second: tuple[date, Estimate], dimensions: float | None
) -> GrowthRate | None:
    days = (second[0] - first[0]).days
    if days <= 0:
        raise problem(second[0].isoformat(), "a day after the first examination", "Give them in order.")
    logarithm = log_ratio(second[1], first[1])
    if logarithm is None:
        return None
    power = 1.0 if dimensions is None else dimensions
    daily = Estimate(*(power * end / days for end in (logarithm.value, logarithm.low, logarithm.high)))
    monthly = [100 * math.expm1(end * DAYS_PER_MONTH) for end in (daily.value, daily.low, daily.high)]
    doubling = Interval(math.log(2) / daily.high, math.log(2) / daily.low) if daily.low > 0 else None
    percent = Estimate(100 * daily.value, 100 * daily.low, 100 * daily.high)
    return GrowthRate(days, Estimate(*monthly), percent, doubling, dimensions is not None)


@dataclass(frozen=True, slots=True)
class GrowthReading:
    """A growth rate against the published limit of its period."""

    against: Against
    reasons: tuple[Reason, ...]


def read_growth(
    rate: GrowthRate, period: Period, *, growth: GrowthKnowledge, known: ResponseKnowledge
) -> GrowthReading:
    """The rate against the limit that was published for its period; prognostic, no response."""
    tumour = rate.tumour_growth_rate_percent_month
    text = f"{tumour.value:+.2f} % a month in volume ({tumour.low:+.2f} to {tumour.high:+.2f}) over {rate.days} days."
    kept = (growth.rate_is_of_volume, known.specific_growth_rate)
    reasons = [Reason(text, known.growth_formula), *(Reason(entry.statement, entry) for entry in kept)]
    if period is Period.LATER:
        return GrowthReading(Against.NO_LIMIT, tuple(reasons))
    first = period is Period.FIRST_MONTHS
    limit = growth.three_month_from if first else growth.before_from
    reasons.append(Reason(limit.statement, limit))
    if first:
        reasons.append(Reason(growth.below_reading_error.statement, growth.below_reading_error))
        window = known.growth_window
        months = rate.days / DAYS_PER_MONTH
        if window.low is not None and window.high is not None and not window.low <= months <= window.high:
            reasons.append(Reason(f"Measured over {months:.1f} months. {window.statement}", window))
    return GrowthReading(_against(tumour, limit.number), tuple(reasons))


def _against(rate: Estimate, limit: float) -> Against:
    if rate.low >= limit:
        return Against.AT_OR_ABOVE
    return Against.BELOW if rate.high < limit else Against.INSIDE_ERROR
