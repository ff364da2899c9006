"""Tumour markers over time: what counts as a change, and what keeps two values from being compared."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from nelm.errors import InputError
from nelm.followup import MarkerChange, marker_course
from nelm.followup.marker_values import Marker, MarkerValue, Trend
from nelm.followup.markers import marker_change, reference_change_ratios
from nelm.followup.response_knowledge import MarkerKnowledge
from nelm.knowledge import Status, load_knowledge
from nelm.quantities import Interval

KNOWN = load_knowledge().record(MarkerKnowledge, "markers")
START = date(2026, 1, 1)
GOOD: dict[str, dict[str, Any]] = {
    Marker.CHROMOGRANIN_A: {
        "unit": "ug/L",
        "assay": "K",
        "specimen": "serum",
        "acid_blocker": False,
        "filtration_ml_min": Interval.exact(90),
    },
    Marker.NSE: {"unit": "ug/L", "assay": "K", "specimen": "serum", "haemolysed": False},
    Marker.HIAA_URINE: {
        "unit": "umol/(24.h)",
        "interference": False,
        "collection_complete": True,
        "filtration_ml_min": Interval.exact(90),
        "analytical_cv_percent": 5.0,
    },
    Marker.HIAA_PLASMA: {"unit": "nmol/L", "interference": False, "filtration_ml_min": Interval.exact(90)},
    Marker.PANCREASTATIN: {"unit": "ng/L", "assay": "K", "specimen": "plasma"},
}
"""Everything known and nothing disturbed."""


def value(marker: Marker, week: float, amount: float | Interval, **more: Any) -> MarkerValue:
    interval = amount if isinstance(amount, Interval) else Interval.exact(amount)
    return MarkerValue(START + timedelta(weeks=week), interval, **{**GOOD[marker], **more})


def change(
    marker: Marker, first: float | Interval, second: float | Interval, before: Any = None, after: Any = None
) -> MarkerChange:
    one, other = value(marker, 0, first, **(before or {})), value(marker, 12, second, **(after or {}))
    return marker_change(marker, one, other, known=KNOWN)


def trend(marker: Marker, first: float | Interval, second: float | Interval) -> Trend:
    return change(marker, first, second).trend


CGA, NSE, URINE, PLASMA = Marker.CHROMOGRANIN_A, Marker.NSE, Marker.HIAA_URINE, Marker.HIAA_PLASMA


# ---------------------------------------------------------------------------------- what counts as a change


def test_a_change_counts_where_both_published_variations_agree() -> None:
    """Assay 4.3 %, person 16.3 or 11.9 %: from +59 or +42 % up, from -37 or -29 % down."""
    assert trend(CGA, 100, 165) is Trend.UP
    assert trend(CGA, 100, 150) is Trend.UNKNOWN  # beyond the one, within the other
    assert trend(CGA, 100, 135) is Trend.NO_CHANGE
    assert trend(CGA, 100, 75) is Trend.NO_CHANGE
    assert trend(CGA, 100, 67) is Trend.UNKNOWN
    assert trend(CGA, 100, 60) is Trend.DOWN


def test_a_rise_and_its_reversal_are_judged_alike() -> None:
    opposite = {Trend.UP: Trend.DOWN, Trend.DOWN: Trend.UP}
    rng = np.random.default_rng(3)
    for marker in (CGA, NSE, URINE):
        for _ in range(50):
            first, second = rng.uniform(20, 400, 2)
            there, back = (
                trend(marker, float(first), float(second)),
                trend(marker, float(second), float(first)),
            )
            assert back is opposite.get(there, there)


def test_reference_change_holds_what_variation_makes() -> None:
    """Two values of an unchanged person differ beyond the limits in 5 % of pairs."""
    rng = np.random.default_rng(4)
    cv = np.hypot(10.2, 21.5) / 100
    spread = np.sqrt(np.log1p(cv**2))
    ratios = np.exp(rng.normal(0, spread, 20_000) - rng.normal(0, spread, 20_000))
    down, up = reference_change_ratios(10.2, 21.5)
    assert np.mean((ratios < down) | (ratios > up)) == pytest.approx(0.05, abs=0.005)


def test_a_vague_value_leaves_it_open_and_a_bound_can_settle_it() -> None:
    assert trend(CGA, Interval(80, 120), 165) is Trend.UNKNOWN
    assert trend(CGA, 100, Interval(300, float("inf"))) is Trend.UP
    assert trend(CGA, 100, Interval(0, 20)) is Trend.DOWN
    found = change(CGA, Interval(0, 20), 100)
    assert found.change_percent is None and found.trend is Trend.UP  # below 20 to 100


def test_the_laboratory_s_own_variation_replaces_the_published_one() -> None:
    own = {"analytical_cv_percent": 20.0}
    assert trend(CGA, 100, 165) is Trend.UP and change(CGA, 100, 165, own, own).trend is Trend.NO_CHANGE
    assert "assay 20 %" in change(CGA, 100, 165, own, own).reasons[0].text


def test_a_variation_that_was_not_found_needs_a_large_change() -> None:
    """Plasma 5-HIAA and pancreastatin have no published variation within a person."""
    assert trend(PLASMA, 100, 110) is Trend.NO_CHANGE  # within the assay alone
    assert trend(PLASMA, 100, 200) is Trend.UNKNOWN
    assert trend(PLASMA, 100, 400) is Trend.UP
    assert trend(Marker.PANCREASTATIN, 100, 300) is Trend.UNKNOWN
    assert trend(Marker.PANCREASTATIN, 100, 700) is Trend.UP
    assert any(reason.entry is KNOWN.variation_not_found for reason in change(PLASMA, 100, 200).reasons)


def test_recalled_variation_is_marked() -> None:
    found = change(URINE, 100, 250)
    assert found.trend is Trend.UP
    assert found.reasons[0].entry is not None and found.reasons[0].entry.status is Status.RECALLED


# ---------------------------------------------------------------------------------- what does not compare


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({}, {"assay": "L"}, "assay changed from K to L"),
        ({"assay": None}, {}, "assay is not stated"),
        ({}, {"specimen": "plasma"}, "specimen changed from serum to plasma"),
        ({}, {"acid_blocker": True}, "proton-pump inhibitor began"),
        ({}, {"filtration_ml_min": Interval.exact(40)}, "kidney function began"),
    ],
)
def test_what_makes_a_rise_of_chromogranin_unknown(before: Any, after: Any, said: str) -> None:
    found = change(CGA, 100, 300, before, after)
    assert found.trend is Trend.UNKNOWN and found.if_comparable is Trend.UP
    assert said in " ".join(reason.text for reason in found.reasons)


def test_a_fall_in_spite_of_an_acid_blocker_stands() -> None:
    assert change(CGA, 300, 100, {}, {"acid_blocker": True}).trend is Trend.DOWN
    stopped = change(CGA, 300, 100, {"acid_blocker": True}, {})
    assert stopped.trend is Trend.UNKNOWN and stopped.if_comparable is Trend.DOWN
    unchanged = change(CGA, 100, 100, {}, {"acid_blocker": True})
    assert unchanged.trend is Trend.UNKNOWN  # it would have risen


def test_what_worked_on_both_or_is_not_known_is_a_caution() -> None:
    both = change(CGA, 100, 300, {"acid_blocker": True}, {"acid_blocker": True})
    assert both.trend is Trend.UP and "inhibitor at both" in " ".join(c.text for c in both.cautions)
    unknown = change(CGA, 100, 300, {"acid_blocker": None}, {"filtration_ml_min": None})
    assert unknown.trend is Trend.UP and len(unknown.cautions) == 2
    around = change(CGA, 100, 300, {"filtration_ml_min": Interval(50, 70)})
    assert around.trend is Trend.UP and "not known" in around.cautions[0].text
    assert not change(CGA, 100, 300).cautions


def test_units_do_not_mix() -> None:
    found = change(CGA, 100, 3, {}, {"unit": "nmol/L"})
    assert found.trend is found.if_comparable is Trend.UNKNOWN and found.change_percent is None


def test_haemolysis_spoils_enolase() -> None:
    assert change(NSE, 10, 40).trend is Trend.UP
    assert change(NSE, 10, 40, {}, {"haemolysed": True}).trend is Trend.UNKNOWN
    assert "Haemolysis" in change(NSE, 10, 40, {}, {"haemolysed": None}).cautions[0].text


def test_food_collection_and_kidneys_spoil_5_hiaa() -> None:
    assert change(URINE, 50, 200, {}, {"interference": True}).trend is Trend.UNKNOWN
    assert change(URINE, 50, 200, {}, {"collection_complete": False}).trend is Trend.UNKNOWN
    assert len(change(URINE, 50, 200, {"interference": None, "collection_complete": None}).cautions) == 2
    failing = {"filtration_ml_min": Interval.exact(30)}
    assert change(PLASMA, 100, 600, {}, failing).trend is Trend.UNKNOWN  # rises in plasma
    assert change(URINE, 50, 200, {}, failing).trend is Trend.UP  # would have fallen in urine
    assert change(URINE, 200, 50, {}, failing).trend is Trend.UNKNOWN


# ---------------------------------------------------------------------------------- the course


def test_a_course_tells_steps_and_the_last_against_first_and_lowest() -> None:
    series = [value(CGA, 12 * k, amount) for k, amount in enumerate((400, 260, 100, 300))]
    found = marker_course(CGA, series, known=KNOWN)
    assert [step.trend for step in found.steps] == [Trend.UNKNOWN, Trend.DOWN, Trend.UP]
    assert found.since_first is not None and found.since_first.trend is Trend.NO_CHANGE
    assert found.since_lowest is not None and found.since_lowest.since == series[2].day
    assert found.since_lowest.trend is Trend.UP
    said = [reason.entry for reason in found.reasons]
    assert KNOWN.chromogranin_advice in said and KNOWN.variation_is_of_health in said


def test_one_value_has_no_trend() -> None:
    found = marker_course(NSE, [value(NSE, 0, 10, upper_limit=16)], known=KNOWN)
    assert found.steps == () and found.since_first is None and found.since_lowest is None
    assert found.values[0].times_upper_limit == Interval.exact(10 / 16)
    assert value(NSE, 0, 10).times_upper_limit is None


def test_broken_series_are_refused() -> None:
    with pytest.raises(InputError, match="at least one value"):
        marker_course(NSE, [], known=KNOWN)
    with pytest.raises(InputError, match="a day after"):
        marker_course(NSE, [value(NSE, 1, 10), value(NSE, 0, 10)], known=KNOWN)
    with pytest.raises(InputError, match="a value of 0 or more"):
        value(NSE, 0, -1)
