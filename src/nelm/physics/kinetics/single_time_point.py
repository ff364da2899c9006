"""Time-integrated activity and absorbed dose from one measurement, and how wrong each short cut is.

All formulas assume that activity falls as one exponential with an effective half-life T from administration on.
Exact then is A(t) 2^(t/T) T / ln 2, the form used by Madsen with a T of the population; the short cut of Hänscheid
2018 needs no T at all.

Sources
-------
Hänscheid and others 2017 (D = 0.125 C 2^(t/T) T for Lu-177), Hänscheid and others, J Nucl Med 2018
(2 A(t) t / ln 2, D = 0.25 C t), Madsen and others, Med Phys 2018 (A(t) exp(k t)/k with the k of the
population). The formulas were read in the source of an open implementation (dsarrut/rpt_dosi), not in the papers.
"""

from __future__ import annotations

import math

from nelm.errors import problem
from nelm.physics.kinetics.measurements import decay_constant_per_h

DOSE_PER_INTEGRATED_CONCENTRATION_2017 = 0.125
"""Gy g / (MBq h) times ln 2: the rounded constant of Hänscheid 2017 for Lu-177 with its electrons absorbed locally."""
DOSE_PER_CONCENTRATION_TIME_2018 = 0.25
"""Gy g / (MBq h): twice the constant of 2017, from 2 t / ln 2 in place of T 2^(t/T) / ln 2."""
SHORT_CUT_FROM, SHORT_CUT_TO = 0.75, 2.5
"""Times over effective half-life between which the 2018 short cut errs by -11.6 % to +6.1 %."""


def time_integrated_activity_from_half_life(
    activity: float, *, time_h: float, effective_half_life_h: float
) -> float:
    """Time-integrated activity from one activity and an effective half-life [unit h]: A(t) exp(k t)/k, k = ln 2/T.

    With the T of a population this is Madsen's method; with that of an earlier cycle it is the patient's own.

    Parameters
    ----------
    activity : Activity at the time of measurement, not corrected for decay, not negative.
    time_h : After administration [h], positive.
    effective_half_life_h : T [h].

    Raises
    ------
    InputError : An activity that is negative or not a number, a time or half-life that is not positive.
    """
    _refuse(activity, time_h)
    rate = decay_constant_per_h(effective_half_life_h, path="effective_half_life_h")
    return activity * math.exp(rate * time_h) / rate


def time_integrated_activity_hanscheid_2018(activity: float, *, time_h: float) -> float:
    """Time-integrated activity from one activity without a half-life [unit h]: 2 A(t) t / ln 2.

    Exact where t is one or two effective half-lives; see `hanscheid_2018_over_exact` for the rest.

    Parameters
    ----------
    activity : Activity at the time of measurement, not corrected for decay, not negative.
    time_h : After administration [h], positive.

    Raises
    ------
    InputError : An activity that is negative or not a number, a time that is not positive.
    """
    _refuse(activity, time_h)
    return 2.0 * activity * time_h / math.log(2.0)


def absorbed_dose_hanscheid_2017_gy(
    concentration_mbq_g: float, *, time_h: float, effective_half_life_h: float
) -> float:
    """Absorbed dose from Lu-177 [Gy]: 0.125 C(t) 2^(t/T) T.

    Electrons only and absorbed where they start. The constant is 0.0853/ln 2 = 0.1231 rounded up by 1.6 %.

    Parameters
    ----------
    concentration_mbq_g : Activity per mass at the time of measurement [MBq/g], not negative.
    time_h : After administration [h], positive.
    effective_half_life_h : T [h].

    Raises
    ------
    InputError : A concentration that is negative or not a number, a time or half-life that is not positive.
    """
    _refuse(concentration_mbq_g, time_h)
    decay_constant_per_h(effective_half_life_h, path="effective_half_life_h")
    grown = concentration_mbq_g * 2.0 ** (time_h / effective_half_life_h)
    return DOSE_PER_INTEGRATED_CONCENTRATION_2017 * grown * effective_half_life_h


def absorbed_dose_hanscheid_2018_gy(concentration_mbq_g: float, *, time_h: float) -> float:
    """Absorbed dose from Lu-177 without a half-life [Gy]: 0.25 C(t) t.

    Parameters
    ----------
    concentration_mbq_g : Activity per mass at the time of measurement [MBq/g], not negative.
    time_h : After administration [h], positive.

    Raises
    ------
    InputError : A concentration that is negative or not a number, a time that is not positive.
    """
    _refuse(concentration_mbq_g, time_h)
    return DOSE_PER_CONCENTRATION_TIME_2018 * concentration_mbq_g * time_h


def hanscheid_2018_over_exact(*, time_h: float, effective_half_life_h: float) -> float:
    """What the 2018 short cut gives over the exact integral: (2 t/T) / 2^(t/T).

    One at t/T = 1 and 2, largest (1.061) at 1/ln 2 = 1.44 between them, 0.892 at 0.75 and 0.884 at 2.5.
    """
    _refuse(0.0, time_h)
    decay_constant_per_h(effective_half_life_h, path="effective_half_life_h")
    ratio = time_h / effective_half_life_h
    return 2.0 * ratio / 2.0**ratio


def half_life_method_over_exact(
    *, time_h: float, assumed_half_life_h: float, effective_half_life_h: float
) -> float:
    """What an assumed effective half-life gives over the exact integral: 2^(t/T_a) T_a / (2^(t/T) T)."""
    assumed = time_integrated_activity_from_half_life(
        1.0, time_h=time_h, effective_half_life_h=assumed_half_life_h
    )
    return assumed / time_integrated_activity_from_half_life(
        1.0, time_h=time_h, effective_half_life_h=effective_half_life_h
    )


def hanscheid_2018_remarks(*, time_h: float, half_lives_h: tuple[float, float]) -> tuple[str, ...]:
    """What to say of the 2018 short cut at this time for effective half-lives within a range.

    Parameters
    ----------
    time_h : After administration [h], positive.
    half_lives_h : Shortest and longest effective half-life that the region may have [h].

    Raises
    ------
    InputError : A time or half-life that is not positive, or a range upside down.
    """
    short, long = half_lives_h
    if short > long:
        raise problem(str(half_lives_h), "the shorter half-life first", path="half_lives_h")
    errors = [
        hanscheid_2018_over_exact(time_h=time_h, effective_half_life_h=half_life) - 1
        for half_life in (short, long)
    ]
    found: list[str] = []
    if time_h < SHORT_CUT_FROM * long:
        found.append(
            f"Measured at {time_h / long:.2f} effective half-lives if the longest one ({long:.4g} h) is right, "
            f"before {SHORT_CUT_FROM}: the short cut is then {errors[1]:+.0%} off."
        )
    if time_h > SHORT_CUT_TO * short:
        found.append(
            f"Measured at {time_h / short:.2f} effective half-lives if the shortest one ({short:.4g} h) is right, "
            f"after {SHORT_CUT_TO}: the short cut is then {errors[0]:+.0%} off."
        )
    return tuple(found)


def _refuse(activity: float, time_h: float) -> None:
    """Refuses an activity that cannot be and a time that no formula here holds for."""
    if not (math.isfinite(activity) and activity >= 0):
        raise problem(
            activity,
            "a finite activity, not negative",
            "Look at the image and the outline; an activity below zero is a fault of one of them.",
            path="activity",
        )
    if not (math.isfinite(time_h) and time_h > 0):
        raise problem(
            time_h,
            "a finite time after administration above zero, in hours",
            "Give the hours from administration to the middle of the acquisition.",
            path="time_h",
        )
