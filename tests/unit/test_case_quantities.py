"""Numbers as written, dates and units."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nelm.case.vocabulary import LabTest
from nelm.errors import InputError
from nelm.quantities import (
    LAB_QUANTITIES,
    LAB_UNITS,
    Domain,
    Interval,
    accepted_units,
    document_value,
    measured,
    months_after,
    partial_date,
    resolve_unit,
    to_canonical,
)

PERCENT = Domain(0, 100)


@pytest.mark.parametrize(
    ("raw", "low", "high"),
    [
        (4, 4.0, 4.0),
        ("<3", 0.0, math.nextafter(3, -math.inf)),
        ("<=3", 0.0, 3.0),
        ("≤ 3", 0.0, 3.0),
        (">=20", 20.0, 100.0),
        (">20", math.nextafter(20, math.inf), 100.0),
        ("8..10", 8.0, 10.0),
        ({"value": 31, "sd": 2}, 31 - 1.96 * 2, 31 + 1.96 * 2),
        ({"value": 1, "sd": 2}, 0.0, 1 + 1.96 * 2),
    ],
)
def test_a_written_number_is_an_interval(raw: object, low: float, high: float) -> None:
    number = measured(raw, PERCENT)
    assert (number.low, number.high) == (low, high)
    assert document_value(number) == (raw if raw != "≤ 3" else "≤ 3")


def test_a_bound_without_natural_end_reaches_to_infinity() -> None:
    assert measured(">=20", Domain()).interval == Interval(20.0, math.inf)


def test_a_bounded_count_stays_whole() -> None:
    assert measured("<3", Domain(0, whole=True)).interval == Interval(0.0, 2.0)
    assert measured(">3", Domain(0, whole=True)).interval == Interval(4.0, math.inf)


@pytest.mark.parametrize(
    "raw",
    [140, -1, "4", "10..8", "<0", ">100", "1..140", "3-5", "", {"value": 3}, {"value": 3, "sd": -1}, True,
     math.nan, math.inf, None, [], {"value": 3, "sd": 1, "n": 2}, 10**400],
)  # fmt: skip
def test_an_impossible_or_unreadable_number_is_refused(raw: object) -> None:
    with pytest.raises(InputError) as caught:
        measured(raw, PERCENT)
    assert caught.value.problems[0].expected


def test_an_interval_needs_its_smaller_end_first() -> None:
    for low, high in ((2.0, 1.0), (math.nan, 1.0)):
        with pytest.raises(InputError):
            Interval(low, high)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(-3e6, 3e6))
def test_an_interval_contains_what_lies_between_its_ends(low: float, width: float, value: float) -> None:
    interval = Interval(low, low + width)
    assert interval.contains(value) == (low <= value <= low + width)
    assert interval.meets(Interval.exact(value)) == interval.contains(value)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026-03-10", date(2026, 3, 10), date(2026, 3, 10)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2013", date(2013, 1, 1), date(2013, 12, 31)),
    ],
)
def test_a_date_may_be_a_month_or_a_year(written: str, first: date, last: date) -> None:
    found = partial_date(written)
    assert (found.first, found.last) == (first, last)
    assert found.is_exact == (first == last)


@pytest.mark.parametrize(
    "written", ["2026-13", "2026-02-30", "10.03.2026", "26", "0001-01-01", "2026-3-1", "٢٠٢٦"]
)
def test_a_day_that_does_not_exist_is_refused(written: str) -> None:
    with pytest.raises(InputError):
        partial_date(written)


def test_months_are_counted_to_the_last_day_of_a_shorter_month() -> None:
    assert months_after(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_after(date(2026, 12, 15), 3) == date(2027, 3, 15)
    assert months_after(date(2026, 8, 31), 18) == date(2028, 2, 29)


def test_every_laboratory_test_has_a_canonical_unit() -> None:
    assert list(LAB_QUANTITIES) == [str(test) for test in LabTest]
    for test in LAB_QUANTITIES:
        assert resolve_unit(test, LAB_UNITS[test]).code == LAB_UNITS[test]
        for unit in accepted_units(test):
            assert resolve_unit(test, unit).code in LAB_QUANTITIES[test].scales


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "canonical"),
    [
        ("bilirubin", 2.0, "mg/dL", (34.2, "umol/L")),
        ("creatinine", 1.0, "mg/dl", (88.4, "umol/L")),
        ("albumin", 4.2, "g/dL", (42.0, "g/L")),
        ("hiaa_urine_24h", 10.0, "mg/24h", (52.3, "umol/(24.h)")),
        ("protein_urine_24h", 1500.0, "mg/24h", (1.5, "g/(24.h)")),
        ("hiaa_urine_24h", 50.0, "µmol/24 h", (50.0, "umol/(24.h)")),
        ("nt_probnp", 11.8, "pmol/L", (100.0, "ng/L")),
        ("glucose", 180.16, "mg/dL", (10.0, "mmol/L")),
        ("haemoglobin", 8.0, "mmol/L", (128.88, "g/L")),
        ("platelets", 150.0, "x10^9/L", (150.0, "10*9/L")),
        ("platelets", 150.0, "10⁹/l", (150.0, "10*9/L")),
        ("platelets", 150000.0, "/µL", (150.0, "10*9/L")),
        ("alt", 1.0, "µkat/L", (60.0, "U/L")),
        ("alt", 40.0, "IU/L", (40.0, "U/L")),
        ("insulin", 3.0, "µIU/mL", (3.0, "m[IU]/L")),
        ("vip", 3.326, "pg/mL", (1.0, "pmol/L")),
        ("hba1c", 7.0, "%", (53.01, "mmol/mol")),
        ("activity", 200.0, "mCi", (7.4, "GBq")),
        ("diameter", 3.1, "cm", (31.0, "mm")),
    ],
)
def test_a_unit_becomes_the_canonical_one(
    quantity: str, value: float, unit: str, canonical: tuple[float, str]
) -> None:
    converted, code = to_canonical(quantity, value, unit)
    assert converted == pytest.approx(canonical[0], rel=1e-12)  # factors are exact up to rounding
    assert code == canonical[1]


def test_scales_without_a_factor_stay_apart() -> None:
    assert resolve_unit("chromogranin_a", "ng/mL").code == "ug/L"
    assert resolve_unit("chromogranin_a", "nmol/L").code == "nmol/L"
    assert resolve_unit("gfr_measured", "mL/min/1.73m2").code != LAB_UNITS["gfr_measured"]


def test_an_unknown_unit_lists_the_accepted_ones() -> None:
    with pytest.raises(InputError) as caught:
        resolve_unit("bilirubin", "mmol/L")
    assert "umol/L, mg/dL" in caught.value.problems[0].expected
