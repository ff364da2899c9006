"""Numbers, tables and worked examples of papers, reproduced: each test names its source and its tolerance."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from tests.courses import START, about, lesion, seen

from nelm.followup import course_response
from nelm.followup.answers import Criteria, Word
from nelm.followup.best_response import best_response, continues_response
from nelm.followup.examinations import LesionState
from nelm.followup.growth_rate import (
    Against,
    Period,
    growth_from_diameters,
    growth_from_volumes,
    read_growth,
)
from nelm.followup.markers import reference_change_percent, reference_change_ratios
from nelm.followup.recist import recist_examinations
from nelm.followup.recist_table import overall
from nelm.followup.response_knowledge import MarkerKnowledge, ResponseKnowledge
from nelm.followup.targets import Targets
from nelm.guideline.findings.growth import GrowthKnowledge
from nelm.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()
KNOWN = KNOWLEDGE.record(ResponseKnowledge, "response")
MARKERS = KNOWLEDGE.record(MarkerKnowledge, "markers")
GROWTH = KNOWLEDGE.record(GrowthKnowledge, "growth")
LATER = START + timedelta(days=91)


# ---------------------------------------------------------------------------------- RECIST 1.1

TIME_POINTS = [  # the table of the guideline, row by row [recist_summary, time point response]
    (Word.CR, Word.CR, False, Word.CR),
    (Word.CR, Word.NON_CR_NON_PD, False, Word.PR),
    (Word.CR, Word.NE, False, Word.PR),
    (Word.PR, Word.NON_CR_NON_PD, False, Word.PR),
    (Word.PR, Word.NE, False, Word.PR),
    (Word.SD, Word.NON_CR_NON_PD, False, Word.SD),
    (Word.SD, Word.NE, False, Word.SD),
    (Word.NE, Word.NON_CR_NON_PD, False, Word.NE),
    (Word.PD, Word.CR, False, Word.PD),
    (Word.CR, Word.PD, False, Word.PD),
    (Word.CR, Word.CR, True, Word.PD),
    (None, Word.CR, False, Word.CR),
    (None, Word.NON_CR_NON_PD, False, Word.NON_CR_NON_PD),
    (None, Word.NE, False, Word.NE),
    (None, Word.PD, False, Word.PD),
    (None, Word.CR, True, Word.PD),
]


@pytest.mark.parametrize(("target", "non_target", "new", "expected"), TIME_POINTS)
def test_time_point_table(target: Word | None, non_target: Word, new: bool, expected: Word) -> None:
    assert overall(target, non_target, new) is expected


SIZES = {"CR": LesionState.ABSENT, "PR": 60.0, "SD": 100.0, "PD": 130.0, "NE": LesionState.NOT_EVALUABLE}
CONFIRMED = [  # first and second time point, best response; table 3 of the guideline [recist_summary]
    ("CR", "CR", "CR", "CR"),
    ("CR", "PD", "SD", "PD"),
    ("CR", "NE", "SD", "NE"),
    ("PR", "CR", "PR", "PR"),
    ("PR", "PR", "PR", "PR"),
    ("PR", "SD", "SD", "SD"),
    ("PR", "PD", "SD", "PD"),
    ("PR", "NE", "SD", "NE"),
    ("NE", "NE", "NE", "NE"),
]


@pytest.mark.parametrize(("first", "second", "lasted", "too_early"), CONFIRMED)
def test_best_response_table(first: str, second: str, lasted: str, too_early: str) -> None:
    """With the first examination 8 weeks after baseline, and at 3 weeks, before disease counts as stable."""
    second_size = 71.0 if (first, second) == ("PR", "SD") else SIZES[second]  # 18 % above 60, 29 % below 100
    for week, expected in ((8, lasted), (3, too_early)):
        course = (seen(0, lesion("a", 100)), seen(week, lesion("a", SIZES[first])))
        course = (*course, seen(week + 4, lesion("a", second_size)))
        found = recist_examinations(course, Targets(("a",), ()), known=KNOWN)
        assert [str(one.answer.word) for one in found] == [first, second]
        assert str(best_response(START, found, known=KNOWN).confirmed) == expected


def test_the_example_of_a_partial_response_that_wavers() -> None:
    """Sums 100, 70, 70, 80, 80, 80 mm: PR at every time point [eortc_partial_response, second page].

    The limits alone give SD for 80 mm; the clarification takes the confirmed response to go on. Both are told.
    """
    course = tuple(seen(8 * k, lesion("a", s)) for k, s in enumerate((100, 70, 70, 80, 80, 80)))
    found = recist_examinations(course, Targets(("a",), ()), known=KNOWN)
    assert [str(one.answer.word) for one in found] == ["PR", "PR", "SD", "SD", "SD"]
    as_published = [
        "PR" if continues_response(found, k, known=KNOWN) else str(one.answer.word)
        for k, one in enumerate(found)
    ]
    assert as_published == ["PR"] * 5


# ---------------------------------------------------------------------------------- growth


@pytest.mark.parametrize(
    ("before", "after", "days"), [(100, 100.8, 91), (32, 40, 60), (80, 76, 84), (120, 180, 30), (50, 50, 90)]
)
def test_tumour_growth_rate_as_its_authors_compute_it(before: float, after: float, days: int) -> None:
    """``100*(exp(3*log(after/before)/(days*12/365.25))-1)`` of their published code [ferte_code]; to rounding."""
    published = 100 * (math.exp(3 * math.log(after / before) / (days * 12 / 365.25)) - 1)
    rate = growth_from_diameters(
        (START, about(before)), (START + timedelta(days=days), about(after)), growth=GROWTH
    )
    assert rate is not None
    assert rate.tumour_growth_rate_percent_month.value == pytest.approx(published, rel=1e-9, abs=1e-12)


def test_the_limit_of_three_months_is_below_the_error_of_reading() -> None:
    """0.8 % a month in volume is 0.27 % a month in diameter, 0.8 mm on 100 mm in 3 months (row RSP-6, computed)."""
    limit = GROWTH.three_month_from.number
    assert 100 * ((1 + limit / 100) ** (1 / 3) - 1) == pytest.approx(0.27, abs=0.005)
    end = 100 * (1 + limit / 100)  # three months of a third of the rate each
    days = round(3 * 365.25 / 12)
    rate = growth_from_diameters(
        (START, about(100, 2.2)), (START + timedelta(days=days), about(end, 2.2)), growth=GROWTH
    )
    assert rate is not None and rate.grows is None
    assert rate.tumour_growth_rate_percent_month.value == pytest.approx(0.8, abs=0.01)  # 91 days for 3 months
    reading = read_growth(rate, Period.FIRST_MONTHS, growth=GROWTH, known=KNOWN)
    assert reading.against is Against.INSIDE_ERROR
    assert any(reason.entry is GROWTH.below_reading_error for reason in reading.reasons)


def test_the_limit_before_treatment() -> None:
    """4 % a month before treatment [lamarca2019; the same limit in Dromain, BMC Cancer 2019;19:66]."""
    for monthly, expected in ((4.5, Against.AT_OR_ABOVE), (3.5, Against.BELOW)):
        end = 100 * (1 + monthly / 100) ** (91 * 12 / 365.25 / 3)
        rate = growth_from_diameters((START, about(100)), (LATER, about(end)), growth=GROWTH)
        assert rate is not None
        assert rate.tumour_growth_rate_percent_month.value == pytest.approx(monthly, rel=1e-9)
        assert read_growth(rate, Period.BEFORE_TREATMENT, growth=GROWTH, known=KNOWN).against is expected


def test_a_worked_doubling_time() -> None:
    """200 to 450 mm³ in 30 days: 0.027 a day, doubling in 25.6 days (a public calculator's worked example).

    It divides by the rounded rate of 0.02703; unrounded it is 25.6 all the same.
    """
    rate = growth_from_volumes((date(2026, 1, 1), about(0.200)), (date(2026, 1, 31), about(0.450)))
    assert rate is not None and rate.doubling_time_days is not None
    assert rate.specific_growth_rate_percent_day.value == pytest.approx(2.703, abs=0.001)
    assert rate.doubling_time_days.low == pytest.approx(25.6, abs=0.05)


def test_mean_specific_growth_rate_is_right_where_the_doubling_time_is_not() -> None:
    """A tumour that doubles in 100 days, two volumes with 20 % error 30 days apart [mehrara2007, simulation]."""
    rng = np.random.default_rng(5)
    truth, days, count = math.log(2) / 100, 30, 4000
    first = 10 * np.exp(rng.normal(0, 0.2, count))
    second = 10 * math.exp(truth * days) * np.exp(rng.normal(0, 0.2, count))
    later = START + timedelta(days=days)
    rates = [
        growth_from_volumes((START, about(float(v))), (later, about(float(w))))
        for v, w in zip(first, second, strict=True)
    ]
    daily = np.array([rate.specific_growth_rate_percent_day.value for rate in rates if rate]) / 100
    # standard error of the mean: 0.2 √2 / 30 / √4000 = 0.00015 a day, 2 % of the truth; three of them
    assert daily.mean() == pytest.approx(truth, rel=0.065)
    assert abs(np.mean(math.log(2) / daily) - 100) > 10
    assert np.mean([rate.doubling_time_days is None for rate in rates if rate]) > 0.2


def test_the_error_of_a_growth_rate_covers_it() -> None:
    """95 % of redrawn growth rates lie within the limits that two volumes with 20 % error give."""
    rng = np.random.default_rng(6)
    truth, days, sd = math.log(2) / 100, 60, 0.1
    later = START + timedelta(days=days)
    inside = 0
    for _ in range(1000):
        ends = [10 * math.exp(rng.normal(0, sd)), 10 * math.exp(truth * days + rng.normal(0, sd))]
        low, high = math.exp(-1.96 * sd), math.exp(1.96 * sd)
        first, second = (type(about(1))(v, v * low, v * high) for v in ends)
        rate = growth_from_volumes((START, first), (later, second))
        assert rate is not None
        limits = rate.specific_growth_rate_percent_day
        inside += limits.low <= 100 * truth <= limits.high
    assert inside / 1000 == pytest.approx(0.95, abs=0.021)  # three standard errors of 1000 draws


# ---------------------------------------------------------------------------------- volumes and Choi


def test_volume_limits_of_spheres() -> None:
    """A fall by 66 % and a rise by 73 %, as printed in whole percent [ajnr_volume_criteria]."""
    assert round(100 * (1 - (1 - KNOWN.partial_decrease.number / 100) ** 3)) == 66
    assert round(100 * ((1 + KNOWN.progression_rise.number / 100) ** 3 - 1)) == 73


def choi_word(size: float, attenuation: float, *, modified: bool = False) -> str:
    """The word for a change of a lesion of 50 mm and 100 HU."""
    course = (
        seen(0, lesion("a", 50, attenuation_hu=about(100))),
        seen(8, lesion("a", 50 * (1 + size / 100), attenuation_hu=about(100 + attenuation))),
    )
    (one,) = course_response(course, knowledge=KNOWLEDGE).examinations
    return str(one.answer(Criteria.MODIFIED_CHOI if modified else Criteria.CHOI).word)


@pytest.mark.parametrize(
    ("size", "attenuation", "choi", "modified"),
    [
        (-10, 0, "PR", "SD"),
        (-9.8, 0, "SD", "SD"),
        (0, -15, "PR", "SD"),
        (0, -14.9, "SD", "SD"),
        (-10, -15, "PR", "PR"),
        (10, 0, "PD", "PD"),
        (12, -20, "PR", "PD"),  # growth, but not progression by virtue of attenuation
        (9.8, 0, "SD", "SD"),
    ],
)
def test_choi_table(size: float, attenuation: float, choi: str, modified: str) -> None:
    """The table of the criteria and of their modification [radiopaedia_choi; pmc5658474]."""
    assert choi_word(size, attenuation) == choi
    assert choi_word(size, attenuation, modified=True) == modified


def test_stable_by_size_after_radioligand_therapy_and_not_by_other_measures() -> None:
    """Sums changed by -1 % to -21 %, all stable by RECIST; volume and attenuation said otherwise (PMID 22726975)."""
    for change in (-1, -10, -21):
        sizes = [100, 100 * (1 + change / 100)]
        course = tuple(
            seen(
                12 * k,
                lesion("a", s, attenuation_hu=about(80 - 30 * k)),
                tumour_volume_ml=about(300 - 210 * k),
            )
            for k, s in enumerate(sizes)
        )
        (one,) = course_response(course, knowledge=KNOWLEDGE).examinations
        assert one.answer(Criteria.RECIST).word is Word.SD
        assert one.answer(Criteria.CHOI).word is Word.PR
        assert one.answer(Criteria.VOLUME).word is Word.PR
        assert "RECIST 1.1 says SD; Choi says PR" in one.disagreement[0].text


# ---------------------------------------------------------------------------------- markers


def test_reference_change_values_as_published() -> None:
    """66 % of neuron-specific enolase from 10.2 and 21.5 % [matyar2016]; 46 and 39 % of both markers [braga2013].

    The second gives no assay variation: the published value lies between none and that of the other assay.
    """
    assert (
        round(reference_change_percent(MARKERS.nse_analytical.number, MARKERS.nse_within_other.number)) == 66
    )
    for within, assay, published in (
        (MARKERS.chromogranin_within, MARKERS.chromogranin_analytical, MARKERS.chromogranin_reference_change),
        (MARKERS.nse_within, MARKERS.nse_analytical, MARKERS.nse_reference_change),
    ):
        alone = reference_change_percent(0, within.number)
        with_assay = reference_change_percent(assay.number, within.number)
        assert alone < published.number < with_assay


def test_ratio_form_agrees_with_the_normal_form_for_small_variation() -> None:
    """To first order they are the same; at 2 % the second order is below 0.2 percentage points."""
    down, up = reference_change_ratios(1.2, 1.6)
    published = reference_change_percent(1.2, 1.6)
    assert 100 * (up - 1) == pytest.approx(published, abs=0.2)
    assert 100 * (1 - down) == pytest.approx(published, abs=0.2)
    assert down * up == pytest.approx(1)
