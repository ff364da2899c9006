"""Growth rate from the change of diameters [lamarca2019].

The rate is of *volume*: 0.8 % a month is 0.27 % a month in diameter, less than two readers differ by.
No error of reading is assumed; a range or a measurement with its error, as stated, is carried through.
"""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import number
from nelm.guideline.logic import (
    Arithmetic,
    DefinedBoolean,
    DefinedNumber,
    Number,
    choose,
    in_unit,
    log,
    nothing_known,
)
from nelm.knowledge import Entry, Knowledge

RATE = "%/mo"


@dataclass(frozen=True, slots=True)
class GrowthKnowledge:
    """Entries of `growth.toml`."""

    dimensions: Entry
    rate_is_of_volume: Entry
    three_month_from: Entry
    before_from: Entry
    below_reading_error: Entry


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth rates in percent a month.

    `tumour_growth_rate` is of volume, `diameter_growth_rate` of diameter. `fast_under_observation` is the
    limit of the first three months, `fast_before_treatment` the one before treatment; both are prognostic.
    """

    tumour_growth_rate: DefinedNumber
    diameter_growth_rate: DefinedNumber
    fast_under_observation: DefinedBoolean
    fast_before_treatment: DefinedBoolean


def _percent_a_month(per_month: Number) -> Number:
    """100 (exp(g) - 1) for a logarithmic rate g a month."""
    return in_unit((Arithmetic("exp", (per_month,), "1") - 1) * 100, RATE)


def _rate(dimensions: float) -> Number:
    """Growth rate of a length to the power of `dimensions`; nothing is known of an interval of no length."""
    months = in_unit(number("course.interval_months"), "1")
    ratio = in_unit(number("course.diameter_change_percent"), "1") / 100 + 1
    rate = _percent_a_month(log(ratio) * dimensions / months)
    return choose(months > 0, rate, nothing_known(RATE), RATE)


def growth(knowledge: Knowledge) -> Growth:
    """Growth rates as expressions over the raw facts."""
    known = knowledge.record(GrowthKnowledge, "growth")
    rate = DefinedNumber(
        "course.tumour_growth_rate", _rate(known.dimensions.number), RATE, "tumour growth rate (volume)"
    )
    diameter = DefinedNumber("course.diameter_growth_rate", _rate(1), RATE, "growth rate of the diameter")
    return Growth(
        tumour_growth_rate=rate,
        diameter_growth_rate=diameter,
        fast_under_observation=DefinedBoolean(
            "course.fast_under_observation",
            rate >= known.three_month_from,
            "growth rate above the three-month limit",
        ),
        fast_before_treatment=DefinedBoolean(
            "course.fast_before_treatment",
            rate >= known.before_from,
            "growth rate above the pre-treatment limit",
        ),
    )
