"""Markers in blood and urine over time: whether two values differ by more than assay and person vary.

Two values are compared by their ratio. With the coefficients of variation of assay and person joined to one,
``cv = sqrt(cv_a² + cv_i²)``, the standard deviation of a logarithm is ``s = sqrt(ln(1 + cv²))`` and a change counts
beyond ``exp(±1.96 √2 s)``. Values between kits, units, serum and plasma do not compare.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from nelm.errors import problem
from nelm.followup.answers import Reason
from nelm.followup.marker_disturbances import disturbances
from nelm.followup.marker_values import Marker, MarkerValue, Trend
from nelm.followup.response_knowledge import MarkerKnowledge
from nelm.knowledge import Entry
from nelm.quantities import Interval
from nelm.quantities.measured import COVERAGE_FACTOR


@dataclass(frozen=True, slots=True)
class Variation:
    """Published variation of a marker; None where it was not found.

    Parameters
    ----------
    analytical_percent, within_percent : Coefficients of variation of the assay and within a person [%].
    entries : Where they stand.
    """

    analytical_percent: float | None
    within_percent: float | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class MarkerChange:
    """Change between two values of a marker.

    Parameters
    ----------
    since, day : Days of the two samples.
    change_percent : Change of the value [%]; None where the units differ or the first value reaches 0.
    trend : Up, down, no change beyond variation, or unknown.
    if_comparable : What the trend would be if nothing had disturbed the values and the assay were the same.
    reasons : Why the trend is what it is.
    cautions : What else should be known.
    """

    since: date
    day: date
    change_percent: Interval | None
    trend: Trend
    if_comparable: Trend
    reasons: tuple[Reason, ...]
    cautions: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class MarkerCourse:
    """A marker over a course: every step, and the last value against the first and against the lowest before it."""

    marker: Marker
    values: tuple[MarkerValue, ...]
    steps: tuple[MarkerChange, ...]
    since_first: MarkerChange | None
    since_lowest: MarkerChange | None
    reasons: tuple[Reason, ...]


def marker_course(marker: Marker, values: Sequence[MarkerValue], *, known: MarkerKnowledge) -> MarkerCourse:
    """Trends of one marker over its values, in order of days.

    Raises
    ------
    InputError : There is no value, or the days are not in order.
    """
    series = tuple(values)
    if not series:
        raise problem("", "at least one value", path="values")
    for one, other in pairwise(series):
        if other.day <= one.day:
            raise problem(other.day.isoformat(), "a day after the value before", "Sort them.", path="values")
    steps = tuple(marker_change(marker, one, other, known=known) for one, other in pairwise(series))
    since_first = since_lowest = None
    if len(series) > 1:
        lowest = min(series[:-1], key=lambda one: (one.value.high, -one.day.toordinal()))
        since_first = marker_change(marker, series[0], series[-1], known=known)
        since_lowest = marker_change(marker, lowest, series[-1], known=known)
    return MarkerCourse(marker, series, steps, since_first, since_lowest, _general(marker, known))


def marker_change(
    marker: Marker, first: MarkerValue, second: MarkerValue, *, known: MarkerKnowledge
) -> MarkerChange:
    """Whether a marker changed between two values by more than it varies."""
    variations = variations_of(marker, first, second, known)
    change = _change_percent(first, second)
    if first.unit != second.unit:
        comparable, reasons = (
            Trend.UNKNOWN,
            (Reason(f"The unit changed from {first.unit} to {second.unit}."),),
        )
    else:
        comparable, reasons = _trend(first.value, second.value, variations, known)
    spoilt, cautions = disturbances(marker, first, second, comparable, known=known)
    trend = Trend.UNKNOWN if spoilt else comparable
    return MarkerChange(first.day, second.day, change, trend, comparable, (*reasons, *spoilt), cautions)


def variations_of(
    marker: Marker, first: MarkerValue, second: MarkerValue, known: MarkerKnowledge
) -> tuple[Variation, ...]:
    """Every published variation of a marker, with the laboratory's own figure for its assay where it is given."""
    stated = [one.analytical_cv_percent for one in (first, second)]
    own = max((cv for cv in stated if cv is not None), default=None)
    match marker:
        case Marker.CHROMOGRANIN_A:
            assay, persons = (
                known.chromogranin_analytical,
                (known.chromogranin_within, known.chromogranin_within_other),
            )
        case Marker.NSE:
            assay, persons = known.nse_analytical, (known.nse_within, known.nse_within_other)
        case Marker.HIAA_URINE:
            return (Variation(own, known.hiaa_urine_within.number, (known.hiaa_urine_within,)),)
        case Marker.HIAA_PLASMA:
            assay, persons = known.hiaa_plasma_analytical, ()
        case Marker.PANCREASTATIN:
            return (Variation(own, None, (known.pancreastatin_variation,)),)
    analytical = assay.number if own is None else own
    if not persons:
        return (Variation(analytical, None, (assay,)),)
    of_assay = (assay,) if own is None else ()
    return tuple(Variation(analytical, person.number, (person, *of_assay)) for person in persons)


def reference_change_percent(analytical_percent: float, within_percent: float) -> float:
    """Change that two values need to differ, in the normal form as published: 1.96 √2 of both variations [%]."""
    return COVERAGE_FACTOR * math.sqrt(2) * math.hypot(analytical_percent, within_percent)


def reference_change_ratios(analytical_percent: float, within_percent: float) -> tuple[float, float]:
    """Ratios of two values below and above which they differ; each the inverse of the other."""
    cv = math.hypot(analytical_percent, within_percent) / 100
    spread = COVERAGE_FACTOR * math.sqrt(2) * math.sqrt(math.log1p(cv**2))
    return math.exp(-spread), math.exp(spread)


def _change_percent(first: MarkerValue, second: MarkerValue) -> Interval | None:
    if first.unit != second.unit or first.value.low <= 0:
        return None
    ends = (second.value.low / first.value.high, second.value.high / first.value.low)
    return Interval(100 * (ends[0] - 1), 100 * (ends[1] - 1))


def _trend(
    first: Interval, second: Interval, variations: Sequence[Variation], known: MarkerKnowledge
) -> tuple[Trend, tuple[Reason, ...]]:
    """The trend on which every published variation agrees, over everything that the two values may be."""
    answers = [_by(first, second, variation, known) for variation in variations]
    reasons = tuple(reason for _, found in answers for reason in found)
    trends = {trend for trend, _ in answers}
    if len(trends) == 1:
        return trends.pop(), reasons
    return Trend.UNKNOWN, (*reasons, Reason("The published variations do not agree on this change."))


def _by(
    first: Interval, second: Interval, variation: Variation, known: MarkerKnowledge
) -> tuple[Trend, tuple[Reason, ...]]:
    """The trend by one published variation.

    A part that was not found counts nothing where no change is claimed, and generously where one is.
    """
    assay, person = variation.analytical_percent, variation.within_percent
    generous = known.variation_not_found.number
    narrow = reference_change_ratios(assay or 0.0, person or 0.0)
    wide = reference_change_ratios(
        generous if assay is None else assay, generous if person is None else person
    )
    reasons = [Reason(_limits_words(wide, variation), variation.entries[0])]
    if assay is None or person is None:
        reasons.append(Reason(known.variation_not_found.statement, known.variation_not_found))
    return _placed(first, second, narrow=narrow, wide=wide), tuple(reasons)


def _placed(
    first: Interval, second: Interval, *, narrow: tuple[float, float], wide: tuple[float, float]
) -> Trend:
    """Where the ratio of two values lies: beyond the wide limits, within the narrow ones, or not settled."""
    if second.low > wide[1] * first.high:
        return Trend.UP
    if second.high < wide[0] * first.low:
        return Trend.DOWN
    if second.high <= narrow[1] * first.low and second.low >= narrow[0] * first.high:
        return Trend.NO_CHANGE
    return Trend.UNKNOWN


def _limits_words(ratios: tuple[float, float], variation: Variation) -> str:
    """From which change on it counts."""
    down, up = (100 * (ratio - 1) for ratio in ratios)
    assay, person = (
        "not found" if part is None else f"{part:g} %"
        for part in (variation.analytical_percent, variation.within_percent)
    )
    return f"A change counts from {down:+.0f} % or {up:+.0f} % (assay {assay}, person {person})."


def _general(marker: Marker, known: MarkerKnowledge) -> tuple[Reason, ...]:
    """What holds for every value of a marker."""
    entries = [known.variation_is_of_health, known.ratio_form, known.nse_use]
    if marker is Marker.CHROMOGRANIN_A:
        published = known.chromogranin_reference_change
        entries = [known.chromogranin_advice, known.chromogranin_and_size, published, *entries]
    if marker is Marker.NSE:
        entries = [known.nse_reference_change, *entries]
    if marker is Marker.PANCREASTATIN:
        entries = [known.pancreastatin_variation, *entries]
    return tuple(Reason(entry.statement, entry) for entry in entries)
