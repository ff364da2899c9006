"""What a fit of activity over time gives, with its covariance and what follows from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from nelm.physics.kinetics.measurements import FloatArray, TimeActivity
from nelm.physics.kinetics.models import Curve, KineticModel
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR


class CovarianceScaling(StrEnum):
    """What the standard uncertainties of the measurements are taken to be.

    `KNOWN`: they are right as they stand; the covariance is (J' W J)^-1 with W = 1/sd^2, and a poor fit does not
    widen it. `SCALED`: only their ratios are right; the covariance is multiplied by chi^2 / (n - k), and a fit that
    is good by chance narrows it. Few points make the second one unsteady: with one degree of freedom its factor
    lies below 0.1 in a quarter of all fits.
    """

    KNOWN = "known uncertainties"
    SCALED = "scaled by the reduced chi-square"


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A model fitted to measurements by weighted least squares.

    Parameters
    ----------
    data : The measurements.
    curve : The fitted curve.
    physical_half_life_h : Of the nuclide [h].
    parameter_covariance : Array (k, k) over the amplitudes, then the effective rates [1/h], as in
        `Curve.jacobian`. A rate held at physical decay has the variance that the data give it without the bound.
    chi_squared : Sum of squared residuals over squared uncertainties.
    scaling : What the covariance takes the uncertainties to be.
    at_physical_decay : Whether the lower bound of the slowest rate, physical decay alone, is active.
    remarks : What a reader should know, one sentence each.
    """

    data: TimeActivity
    curve: Curve
    physical_half_life_h: float
    parameter_covariance: FloatArray
    chi_squared: float
    scaling: CovarianceScaling = CovarianceScaling.KNOWN
    at_physical_decay: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def model(self) -> KineticModel:
        """Which sum of exponentials."""
        return self.curve.model

    @property
    def degrees_of_freedom(self) -> int:
        """Points minus parameters of the model."""
        return self.data.points - self.model.parameters

    @property
    def time_integrated_activity(self) -> float:
        """From administration to infinity [unit h]."""
        return self.curve.time_integrated_activity

    @property
    def time_integrated_activity_sd(self) -> float:
        """Standard uncertainty from the fit alone, g' V g with the gradient g of the integral [unit h]."""
        return _spread(self.curve.integral_gradient(), self.parameter_covariance)

    @property
    def estimate(self) -> Estimate:
        """Time-integrated activity with log-normal 95 % limits [unit h]: value x/: exp(1.96 sd/value)."""
        value = self.time_integrated_activity
        factor = math.exp(COVERAGE_FACTOR * self.time_integrated_activity_sd / value)
        return Estimate(value, value / factor, value * factor)

    @property
    def extrapolated_fraction(self) -> float:
        """Part of the time-integrated activity that lies beyond the last measurement."""
        return self.curve.beyond(self.data.times_h[-1]) / self.time_integrated_activity

    @property
    def effective_half_lives_h(self) -> tuple[float, ...]:
        """Half-life ln 2 / effective rate [h], the longest first; with uptake the last is of the uptake."""
        return self.curve.effective_half_lives_h

    @property
    def effective_half_life_sds_h(self) -> tuple[float, ...]:
        """Standard uncertainties of the effective half-lives [h], in the same order."""
        variances = np.diag(self.parameter_covariance)[self.model.amplitudes :]
        rates = self.curve.effective_rates_per_h
        pairs = zip(rates, variances.tolist(), strict=True)
        return tuple(math.log(2.0) / rate**2 * math.sqrt(variance) for rate, variance in pairs)

    @property
    def residuals(self) -> tuple[float, ...]:
        """Measured minus fitted activity, in standard uncertainties."""
        apart = (self.data.values - self.curve.activity(self.data.times)) / self.data.sds
        return tuple(apart.tolist())

    @property
    def aicc(self) -> float | None:
        """Akaike's information criterion for small samples; None where there are too few points for it.

        Known uncertainties: chi^2 + 2 k + 2 k (k + 1) / (n - k - 1). Scaled: n ln(chi^2 / n) in place of chi^2,
        and k counts the unknown variance as one parameter more.

        Source: Hurvich and Tsai, Biometrika 1989;76:297.
        """
        points = self.data.points
        counted = parameters_counted(self.model, self.scaling)
        if points <= counted + 1:
            return None
        misfit = self.chi_squared
        if self.scaling is CovarianceScaling.SCALED:
            exact = np.finfo(np.float64).eps * float(np.sum((self.data.values / self.data.sds) ** 2))
            misfit = points * math.log(max(misfit, exact) / points)
        return misfit + 2 * counted + 2 * counted * (counted + 1) / (points - counted - 1)

    def activity(self, times_h: ArrayLike) -> FloatArray:
        """Fitted activity at times (n,) [h]."""
        return self.curve.activity(times_h)

    def activity_sd(self, times_h: ArrayLike) -> FloatArray:
        """Standard uncertainty of the fitted activity at times (n,) [h]."""
        jacobian = self.curve.jacobian(times_h)
        return np.sqrt(np.einsum("ij,jk,ik->i", jacobian, self.parameter_covariance, jacobian))


def parameters_counted(model: KineticModel, scaling: CovarianceScaling) -> int:
    """Parameters that an information criterion counts: those of the model, and the variance where it is unknown."""
    return model.parameters + (1 if scaling is CovarianceScaling.SCALED else 0)


def _spread(gradient: FloatArray, covariance: FloatArray) -> float:
    """Standard uncertainty of a quantity with this gradient."""
    return math.sqrt(max(0.0, float(gradient @ covariance @ gradient)))
