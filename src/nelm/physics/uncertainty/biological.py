"""Uncertainty of the biologically effective dose of a course."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from nelm.errors import problem
from nelm.physics.biology.bed import equivalent_dose_in_fractions
from nelm.physics.biology.dose_rate import ExponentialDoseRate
from nelm.physics.biology.refusals import Array, not_negative, positive
from nelm.physics.biology.repair import quadratic_of_exponentials
from nelm.physics.uncertainty.chain import Contribution, budget
from nelm.physics.uncertainty.region import covariance_matrix

STEP = 1e-4
"""Relative step of the central differences."""


@dataclass(frozen=True, slots=True)
class BedUncertainty:
    """BED and EQD2 with their standard uncertainties and the budget of the BED.

    Parameters
    ----------
    bed_gy, bed_sd_gy : BED [Gy].
    eqd2_gy, eqd2_sd_gy : EQD2 [Gy]; its own use of alpha/beta is in its uncertainty.
    contributions : Budget of the BED: dose scale, kinetics, alpha/beta, repair half-time. The sensitivity of the
        kinetics is 1 by convention: its relative sd is the effect on the BED of the whole covariance of the fit.
    """

    bed_gy: float
    bed_sd_gy: float
    eqd2_gy: float
    eqd2_sd_gy: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """Everything that a BED is made of."""

    amplitudes_gy_h: Array
    rates_per_h: Array
    scale: float
    alpha_beta_gy: float
    repair_half_time_h: float

    def result(self) -> Array:
        """BED and EQD2; not refused where a varied uptake makes the dose rate negative for a moment."""
        amplitudes, mu = self.amplitudes_gy_h * self.scale, math.log(2) / self.repair_half_time_h
        quadratic = float(quadratic_of_exponentials(amplitudes, self.rates_per_h, mu))
        bed = float((amplitudes / self.rates_per_h).sum()) + 2 * quadratic / self.alpha_beta_gy
        return np.array([bed, equivalent_dose_in_fractions(bed, alpha_beta_gy=self.alpha_beta_gy)])


def biologically_effective_dose_uncertainty(
    dose_rate: ExponentialDoseRate,
    *,
    relative_scale_sd: float,
    alpha_beta_gy: float,
    repair_half_time_h: float,
    fit_covariance: ArrayLike | None = None,
    alpha_beta_sd_gy: float = 0.0,
    repair_half_time_sd_h: float = 0.0,
) -> BedUncertainty:
    """BED of one course and region with its uncertainty, from that of dose, kinetics and tissue.

    Parameters
    ----------
    dose_rate : Dose rate of the region, one value, not voxels [Gy/h].
    relative_scale_sd : Standard uncertainty of what scales the whole curve: all of the chain but the fit, which is
        ``DoseUncertainty.relative_sd_without("fit")``; or u(D)/D as a whole where there is no `fit_covariance` [1].
    alpha_beta_gy, alpha_beta_sd_gy : alpha/beta of the tissue and its standard uncertainty [Gy].
    repair_half_time_h, repair_half_time_sd_h : Half-time of repair and its standard uncertainty [h].
    fit_covariance : array (2 terms, 2 terms)  Covariance of (a_1, ..., a_n, k_1, ..., k_n) of `dose_rate`, [Gy/h]
        and [1/h]; that of the activity fit times the dose factor. It holds how dose and half-life err together.

    Notes
    -----
    First order, derivatives by central differences; scale, fit and tissue independent. Derived here. Whether the
    linear-quadratic model holds is not in it.
    """
    if dose_rate.amplitudes_gy_h.ndim != 1:
        raise problem("a dose rate of voxels", "the dose rate of one region", path="dose_rate")
    state = _State(
        dose_rate.amplitudes_gy_h,
        dose_rate.rates_per_h,
        1.0,
        positive(alpha_beta_gy, "alpha_beta_gy"),
        positive(repair_half_time_h, "repair_half_time_h"),
    )
    middle = state.result()
    numbers = (
        ("dose scale", "scale", not_negative(relative_scale_sd, "relative_scale_sd")),
        ("alpha/beta", "alpha_beta_gy", not_negative(alpha_beta_sd_gy, "alpha_beta_sd_gy") / alpha_beta_gy),
        (
            "repair half-time",
            "repair_half_time_h",
            not_negative(repair_half_time_sd_h, "repair_half_time_sd_h") / repair_half_time_h,
        ),
    )
    kinetics = _kinetics(state, fit_covariance)
    lines: list[tuple[str, float, float]] = [("kinetics", math.sqrt(kinetics[0]) / middle[0], 1.0)]
    variance = kinetics
    for name, attribute, sd in numbers:
        slope = _slope(state, attribute)
        variance = variance + (slope * sd) ** 2
        lines.append((name, sd, float(slope[0] / middle[0])))
    bed_sd, eqd2_sd = np.sqrt(variance).tolist()
    return BedUncertainty(float(middle[0]), bed_sd, float(middle[1]), eqd2_sd, budget(tuple(lines)))


def _kinetics(state: _State, fit_covariance: ArrayLike | None) -> Array:
    """Variance of BED and EQD2 from the covariance of the fit."""
    if fit_covariance is None:
        return np.zeros(2)
    values = np.concatenate([state.amplitudes_gy_h, state.rates_per_h])
    covariance = covariance_matrix(fit_covariance, values.size)
    size = np.repeat([np.abs(state.amplitudes_gy_h).max(), state.rates_per_h.min()], values.size // 2)
    gradient = np.stack(
        [_central(lambda f, i=i: _moved(state, i, (f - 1) * size[i]).result()) for i in range(values.size)]
    ) / size.reshape(-1, 1)
    return np.maximum(np.einsum("iq,ij,jq->q", gradient, covariance, gradient), 0.0)


def _moved(state: _State, index: int, change: float) -> _State:
    """The state with one amplitude or rate changed."""
    values = np.concatenate([state.amplitudes_gy_h, state.rates_per_h])
    values[index] += change
    terms = state.amplitudes_gy_h.size
    return replace(state, amplitudes_gy_h=values[:terms], rates_per_h=values[terms:])


def _slope(state: _State, attribute: str) -> Array:
    """Change of BED and EQD2 with the logarithm of one number of the state."""
    value = float(getattr(state, attribute))
    return _central(lambda f: replace(state, **{attribute: value * f}).result())


def _central(result: Callable[[float], Array]) -> Array:
    """Derivative by the logarithm of a factor, at 1."""
    return (result(1 + STEP) - result(1 - STEP)) / (2 * STEP)
