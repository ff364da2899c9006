"""Uncertainty of a time-integrated activity, and of what follows from the same fit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nelm.errors import problem
from nelm.physics.biology.refusals import Array, array_positive, finite_array
from nelm.physics.uncertainty.region import covariance_matrix


@dataclass(frozen=True, slots=True)
class TimeIntegral:
    """A time-integrated activity with the uncertainty that the fit gives it.

    Parameters
    ----------
    time_integrated_activity_mbq_h : Ã [MBq h].
    relative_sd : Standard uncertainty from the covariance of the fit [1].
    half_life_h : Effective half-life of a single exponential [h]; None of several.
    half_life_relative_sd : Standard uncertainty of it [1]; None of several.
    correlation : Between the two, -1 to 1 [1]; None of several.
    """

    time_integrated_activity_mbq_h: float
    relative_sd: float
    half_life_h: float | None = None
    half_life_relative_sd: float | None = None
    correlation: float | None = None


def exponential_time_integral(
    amplitudes_mbq: ArrayLike, rates_per_h: ArrayLike, *, covariance: ArrayLike
) -> TimeIntegral:
    """Time-integrated activity of a sum of exponentials, and its uncertainty from the fit.

    ``Ã = sum_i A_i / k_i``; ``u(Ã)^2 = g V g`` with ``g = (1/k_i, ..., -A_i/k_i^2, ...)``.

    Parameters
    ----------
    amplitudes_mbq : array (terms,)  A_i, negative for uptake [MBq].
    rates_per_h : array (terms,)  k_i, physical decay included [1/h].
    covariance : array (2 terms, 2 terms)  V of (A_1, ..., A_n, k_1, ..., k_n), off-diagonal parts included: leaving
        them out overstates u(Ã) several times.

    Notes
    -----
    The law of propagation of uncertainty (GUM, JCGM 100:2008, eq. 13), as the EANM guidance (Gear 2018) applies it. A
    fit with as many times as parameters leaves no residual: V then comes from the uncertainty of each activity.
    """
    amplitudes = np.atleast_1d(finite_array(amplitudes_mbq, "amplitudes_mbq"))
    rates = np.atleast_1d(array_positive(rates_per_h, "rates_per_h"))
    if amplitudes.shape != rates.shape or amplitudes.ndim != 1:
        raise problem(
            f"{amplitudes.shape} amplitudes, {rates.shape} rates",
            "one rate for each amplitude",
            path="rates_per_h",
        )
    matrix = covariance_matrix(covariance, 2 * amplitudes.size)
    integral = float((amplitudes / rates).sum())
    if integral <= 0:
        raise problem(
            integral, "a time-integrated activity above zero", "Check the fit", path="amplitudes_mbq"
        )
    gradient = np.concatenate([1 / rates, -amplitudes / rates**2])
    relative = _spread(gradient, matrix) / integral
    if amplitudes.size > 1:
        return TimeIntegral(integral, relative)
    slope = np.array([0.0, -1 / float(rates[0])])
    half_life_sd = _spread(slope, matrix)
    shared = float(gradient @ matrix @ slope) / integral
    size = relative * half_life_sd
    return TimeIntegral(
        integral,
        relative,
        half_life_h=math.log(2) / float(rates[0]),
        half_life_relative_sd=half_life_sd,
        correlation=min(max(shared / size, -1.0), 1.0) if size > 0 else 0.0,
    )


def _spread(gradient: Array, covariance: Array) -> float:
    """``sqrt(g V g)``."""
    return math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))
