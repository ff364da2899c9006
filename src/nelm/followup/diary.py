"""A diary of symptoms: dated counts, means of a period with their errors, change and response.

Diarrhoea is counted in bowel movements a day, every other symptom of the case document in episodes. A day or a symptom
that was not written is not zero: it is left out of a mean, and widens the answer about a response.

The limits of a mean (95 %) are the wider of two: the exact limits of a Poisson mean, which hold where days differ by
chance only, and those of Student's t from the spread between the days, which hold where days differ more than that.
Days are taken as independent; diaries in which good and bad weeks alternate vary more than these limits say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, stdev

from scipy import stats

from nelm.case.vocabulary import Symptom
from nelm.errors import problem
from nelm.followup.knowledge import SymptomCourseKnowledge
from nelm.quantities import Estimate, Interval
from nelm.quantities.answers import at_least, at_most

LOWER_TAIL, UPPER_TAIL = 0.025, 0.975
PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """What was written on one day.

    Parameters
    ----------
    day : The day.
    counts : How often each symptom came that day; a symptom that was not written is absent, zero is a count.
    """

    day: date
    counts: Mapping[Symptom, int]


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise problem(
                self.last.isoformat(), f"a day not before {self.first}", "Exchange the days", path="last"
            )

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    def holds(self, day: date) -> bool:
        """Whether a day belongs to it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class DailyMean:
    """How often a symptom came a day in a period.

    Parameters
    ----------
    symptom, period : What and when.
    written : Days of the period on which it was written.
    mean : Mean a day with its limits; None where too few days were written.
    poisson_error : Standard error of the mean if days differ by chance only.
    between_day_error : Standard error from the spread between days; None with fewer than two.
    reason : Why there is no mean; None where there is one.
    """

    symptom: Symptom
    period: Period
    written: int
    mean: Estimate | None
    poisson_error: float | None = None
    between_day_error: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SymptomChange:
    """The change of a symptom from a baseline.

    Parameters
    ----------
    baseline, current : The two means.
    per_day : Current minus baseline mean, with limits; None where one is missing.
    percent : The same in percent of the baseline; None as well where nothing came at baseline. `high` is infinite
        where the baseline could be zero.
    is_worsening, is_fall : Whether the change reaches the published rise or fall with all its limits; None where the
        limits do not settle it.
    """

    baseline: DailyMean
    current: DailyMean
    per_day: Estimate | None
    percent: Estimate | None
    percent_limits: Interval | None
    is_worsening: bool | None
    is_fall: bool | None


def counted(diary: Sequence[DiaryDay], symptom: Symptom, period: Period) -> dict[date, int]:
    """The counts of a symptom in a period by day.

    Raises
    ------
    InputError : A day is written twice, or a count is no whole number from 0 up.
    """
    found: dict[date, int] = {}
    for entry in diary:
        if not period.holds(entry.day) or symptom not in entry.counts:
            continue
        count = entry.counts[symptom]
        path = f"diary[{entry.day}].{symptom}"
        if entry.day in found:
            raise problem(entry.day.isoformat(), "each day once", "Join the entries of the day", path=path)
        if type(count) is not int or count < 0:
            raise problem(count, "a whole number of 0 or more", "Leave out what was not written", path=path)
        found[entry.day] = count
    return found


def daily_mean(
    diary: Sequence[DiaryDay], symptom: Symptom, period: Period, known: SymptomCourseKnowledge
) -> DailyMean:
    """The mean a day of a symptom over the days on which it was written."""
    counts = list(counted(diary, symptom, period).values())
    needed = known.written_share.number / PERCENT * period.days
    if not counts or len(counts) < needed:
        reason = (
            f"written on {len(counts)} of {period.days} days, fewer than {known.written_share.number:g} %"
        )
        return DailyMean(symptom, period, len(counts), None, reason=reason)
    mean = fmean(counts)
    spread = stdev(counts) / math.sqrt(len(counts)) if len(counts) > 1 else None
    return DailyMean(
        symptom=symptom,
        period=period,
        written=len(counts),
        mean=_limits(sum(counts), len(counts), spread),
        poisson_error=math.sqrt(mean / len(counts)),
        between_day_error=spread,
    )


def _limits(total: int, days: int, spread: float | None) -> Estimate:
    """The mean of so many events in so many days with the wider of the two sets of limits, never below zero."""
    mean = total / days
    low = stats.chi2.ppf(LOWER_TAIL, 2 * total) / (2 * days) if total else 0.0
    high = stats.chi2.ppf(UPPER_TAIL, 2 * (total + 1)) / (2 * days)
    if spread is not None:
        reach = stats.t.ppf(UPPER_TAIL, days - 1) * spread
        low, high = max(0.0, min(low, mean - reach)), max(high, mean + reach)
    return Estimate(mean, float(low), float(high))


def symptom_change(baseline: DailyMean, current: DailyMean, known: SymptomCourseKnowledge) -> SymptomChange:
    """The change between two periods, its limits recovered from those of the two means.

    With mean m and limits l, u of each period, the distance from a difference to its limit is the root of the sum of
    the squared distances of the two means to theirs; for the ratio the same on the logarithms.
    """
    before, after = baseline.mean, current.mean
    if before is None or after is None:
        return SymptomChange(baseline, current, None, None, None, None, None)
    limits = _ratio_limits(before, after)
    fall, rise = -known.durable_fall.number, known.worsening_rise.number
    percent = None
    if before.value > 0 and math.isfinite(limits.high):
        percent = Estimate(PERCENT * (after.value / before.value - 1.0), limits.low, limits.high)
    return SymptomChange(
        baseline=baseline,
        current=current,
        per_day=_difference(before, after),
        percent=percent,
        percent_limits=limits,
        is_worsening=at_least(limits, rise),
        is_fall=at_most(limits, fall),
    )


def _difference(before: Estimate, after: Estimate) -> Estimate:
    down = math.hypot(after.value - after.low, before.high - before.value)
    up = math.hypot(after.high - after.value, before.value - before.low)
    change = after.value - before.value
    return Estimate(change, change - down, change + up)


def _ratio_limits(before: Estimate, after: Estimate) -> Interval:
    """Limits of the change in percent of the baseline."""
    if before.value <= 0:
        return Interval(-PERCENT, math.inf)
    down = _log_distance(after.low, after.value), _log_distance(before.value, before.high)
    up = _log_distance(after.value, after.high), _log_distance(before.low, before.value)
    ratio = after.value / before.value
    low = ratio * math.exp(-math.hypot(*down)) if ratio else 0.0
    high = ratio * math.exp(math.hypot(*up)) if ratio else after.high / before.low if before.low else math.inf
    return Interval(PERCENT * (low - 1.0), PERCENT * (high - 1.0))


def _log_distance(low: float, high: float) -> float:
    """Distance of the logarithms of two numbers; infinite where the smaller one is zero."""
    return math.log(high / low) if low > 0 else math.inf


@dataclass(frozen=True, slots=True)
class DurableResponse:
    """The response of TELESTAR: bowel movements at least 30 % below baseline on at least half of the days.

    Parameters
    ----------
    share_percent : Share of the days of the period on which the fall was reached [%]; the days that were not written
        may each be one of them.
    holds : Whether that is a response; None where the days not written decide, or the baseline has no mean.
    is_firm : Whether the answer is the same at both limits of the baseline; None where there is none.
    """

    share_percent: Interval | None
    holds: bool | None
    is_firm: bool | None


def durable_response(
    diary: Sequence[DiaryDay], baseline: DailyMean, period: Period, known: SymptomCourseKnowledge
) -> DurableResponse:
    """The durable response of a period against a baseline [telestar2017]."""
    if baseline.mean is None or baseline.mean.value <= 0:
        return DurableResponse(None, None, None)
    counts = counted(diary, baseline.symptom, period)
    answers = [
        _durable(list(counts.values()), period.days, against, known)
        for against in (baseline.mean.value, baseline.mean.low, baseline.mean.high)
    ]
    (share, holds), others = answers[0], {answer for _, answer in answers[1:]}
    return DurableResponse(share, holds, None if holds is None else others == {holds})


def _durable(
    counts: list[int], days: int, against: float, known: SymptomCourseKnowledge
) -> tuple[Interval, bool | None]:
    """Share of the days that reach the fall against a baseline, and whether that is a response."""
    most = against * (1.0 - known.durable_fall.number / PERCENT)
    reached = sum(count <= most or math.isclose(count, most) for count in counts)
    share = Interval(PERCENT * reached / days, PERCENT * (reached + days - len(counts)) / days)
    needed = known.durable_share.number
    return share, at_least(share, needed)


def sustained_response(
    diary: Sequence[DiaryDay], baseline: DailyMean, period: Period, known: SymptomCourseKnowledge
) -> date | None:
    """First day of the first two weeks whose mean lies at least 30 % below baseline [dillon2021]; None without one.

    Two weeks count only where enough of their days were written for a mean; so a gap can hide a response, and None does
    not say that there was none.
    """
    if baseline.mean is None or baseline.mean.value <= 0:
        return None
    most = baseline.mean.value * (1.0 - known.durable_fall.number / PERCENT)
    length = timedelta(days=known.sustained_length.number - 1)
    first = period.first
    while first + length <= period.last:
        found = daily_mean(diary, baseline.symptom, Period(first, first + length), known)
        if found.mean is not None and (found.mean.value <= most or math.isclose(found.mean.value, most)):
            return first
        first += timedelta(days=1)
    return None
