"""Single-time-point formulas and their errors, as published.

Source of the formulas: Hänscheid 2017 and 2018, Madsen 2018, read in the open implementation dsarrut/rpt_dosi
(rpt_dosi/dosimetry.py), whose numbers for a concentration, a time and a half-life are recomputed here from its
constants. Tolerance: the formulas are exact, so rounding of the quoted figures only.
"""

import math

import pytest

from nelm.errors import InputError
from nelm.physics.kinetics import (
    absorbed_dose_hanscheid_2017_gy,
    absorbed_dose_hanscheid_2018_gy,
    half_life_method_over_exact,
    hanscheid_2018_over_exact,
    hanscheid_2018_remarks,
    time_integrated_activity_from_half_life,
    time_integrated_activity_hanscheid_2018,
)

# t/T, short cut over exact: three digits, so 0.0005
RATIOS = [(0.5, 0.707), (0.75, 0.892), (1.0, 1.000), (1.5, 1.061), (2.0, 1.000), (2.5, 0.884), (3.0, 0.750)]


@pytest.mark.parametrize(("ratio", "expected"), RATIOS)
def test_the_error_of_the_2018_short_cut(ratio: float, expected: float) -> None:
    assert hanscheid_2018_over_exact(time_h=ratio * 52, effective_half_life_h=52) == pytest.approx(
        expected, abs=5e-4
    )


@pytest.mark.parametrize(("ratio", "expected"), RATIOS)
def test_the_short_cut_itself_has_that_error(ratio: float, expected: float) -> None:
    at, exact = 10 * 2**-ratio, 10 * 52 / math.log(2)
    found = time_integrated_activity_hanscheid_2018(at, time_h=ratio * 52)
    assert found / exact == pytest.approx(expected, abs=5e-4)
    whole = time_integrated_activity_from_half_life(at, time_h=ratio * 52, effective_half_life_h=52)
    assert whole == pytest.approx(exact)


def test_doses_of_lu_177() -> None:
    # 2017 at t = T: 0.125 x 1 MBq/g x 2 x 50 h; 2018 at 96 h: 0.25 x 1 MBq/g x 96 h
    assert absorbed_dose_hanscheid_2017_gy(1.0, time_h=50, effective_half_life_h=50) == pytest.approx(12.5)
    assert absorbed_dose_hanscheid_2018_gy(1.0, time_h=96) == pytest.approx(24.0)


def test_the_2017_constant_is_the_electron_energy_of_lu_177_rounded_up() -> None:
    # 0.0853 mJ/(MBq h) (rpt_dosi: 0.08532) over ln 2, in Gy g/(MBq h): 1.6 % below 0.125
    exact = 0.08532 / math.log(2)
    ours = absorbed_dose_hanscheid_2017_gy(1.0, time_h=50, effective_half_life_h=50) / 100
    assert ours / exact == pytest.approx(1.016, abs=1e-3)


def test_both_published_doses_agree_where_both_are_exact() -> None:
    for ratio in (1.0, 2.0):
        one = absorbed_dose_hanscheid_2017_gy(2.0, time_h=ratio * 60, effective_half_life_h=60)
        two = absorbed_dose_hanscheid_2018_gy(2.0, time_h=ratio * 60)
        assert one == pytest.approx(two)


def test_madsen_with_the_half_lives_of_that_implementation() -> None:
    # A = 100 MBq at 24 h, T = 50 h (kidney there): A exp(k t)/k
    k = math.log(2) / 50
    assert time_integrated_activity_from_half_life(
        100.0, time_h=24.0, effective_half_life_h=50.0
    ) == pytest.approx(100 * math.exp(24 * k) / k)


def test_an_assumed_half_life_is_wrong_by_the_ratio_of_both_curves() -> None:
    found = half_life_method_over_exact(time_h=96, assumed_half_life_h=50, effective_half_life_h=70)
    assert found == pytest.approx(2 ** (96 / 50) * 50 / (2 ** (96 / 70) * 70))
    assert half_life_method_over_exact(
        time_h=96, assumed_half_life_h=50, effective_half_life_h=50
    ) == pytest.approx(1.0)


def test_times_outside_the_range_are_remarked_on() -> None:
    assert hanscheid_2018_remarks(time_h=96, half_lives_h=(45, 120)) == ()
    early = hanscheid_2018_remarks(time_h=24, half_lives_h=(45, 70))
    assert len(early) == 1
    assert "before 0.75" in early[0]
    assert "-46%" in early[0]
    late = hanscheid_2018_remarks(time_h=168, half_lives_h=(40, 100))
    assert "after 2.5" in late[0]
    with pytest.raises(InputError):
        hanscheid_2018_remarks(time_h=96, half_lives_h=(100, 50))


@pytest.mark.parametrize(
    ("activity", "time_h", "half_life_h"),
    [(-1.0, 24.0, 50.0), (math.nan, 24.0, 50.0), (1.0, 0.0, 50.0), (1.0, -5.0, 50.0), (1.0, 24.0, 0.0)],
)
def test_what_cannot_be_is_refused(activity: float, time_h: float, half_life_h: float) -> None:
    with pytest.raises(InputError):
        time_integrated_activity_from_half_life(activity, time_h=time_h, effective_half_life_h=half_life_h)
    with pytest.raises(InputError):
        absorbed_dose_hanscheid_2017_gy(activity, time_h=time_h, effective_half_life_h=half_life_h)
    if half_life_h:
        with pytest.raises(InputError):
            time_integrated_activity_hanscheid_2018(activity, time_h=time_h)
        with pytest.raises(InputError):
            absorbed_dose_hanscheid_2018_gy(activity, time_h=time_h)
