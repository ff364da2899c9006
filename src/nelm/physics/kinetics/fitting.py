"""Weighted least squares for one kinetic model, never slower than physical decay."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from nelm.errors import ConvergenceError, problem
from nelm.physics.kinetics.fit import CovarianceScaling, Fit
from nelm.physics.kinetics.measurements import FloatArray, TimeActivity, decay_constant_per_h
from nelm.physics.kinetics.models import Curve, KineticModel

STARTING_RATES = 9
"""Biological rates that starting points are combined from."""
EVALUATIONS = 400
"""Evaluations that one descent may take."""
FAST = 20.0
"""The fastest starting rate, in units of 1 / (earliest time or interval)."""
SLOW = 0.02
"""The slowest starting biological rate, in units of the physical decay constant."""
DECADES_LOG = 25.0
"""How far logarithms of parameters may move from their starting points."""
LARGEST_LOG = 300.0
"""Largest logarithm of a starting value: beyond, the first measurement is too late to know how it began."""
NEAR_BOUND = 0.1
"""A biological rate below this multiple of the decay constant is compared with zero."""
UNDETERMINED = 10.0
"""Relative standard uncertainty above which a parameter counts as not determined by the data."""
CANCELLED = 1e-12
"""Relative variance below 0 that rounding explains."""
SINGULAR = 1e-9
"""Smallest singular value, of derivatives of unit length, that still tells parameters apart."""
CHI_SQUARED_95 = 3.841
"""95 % point of chi-square with one degree of freedom."""
POOR_FIT = 0.01
"""Probability of so large a chi-square by chance, below which the fit is called poor."""


def fit(
    data: TimeActivity,
    model: KineticModel,
    *,
    physical_half_life_h: float,
    scaling: CovarianceScaling = CovarianceScaling.KNOWN,
) -> Fit:
    """A kinetic model fitted to measurements of one region.

    Minimises sum ((A_i - A(t_i)) / sd_i)^2 over the logarithms of amplitudes and of biological rates, from several
    starting points. Each effective rate is the physical decay constant plus biological rates that are not
    negative, so no phase decays more slowly than the nuclide; a slowest phase that would is held at physical decay,
    `at_physical_decay` is set and a remark says so.

    Parameters
    ----------
    data : Measurements, not corrected for decay; at least as many as the model has parameters.
    model : Which sum of exponentials.
    physical_half_life_h : Of the nuclide [h].
    scaling : What the uncertainties of the measurements are taken to be; `SCALED` needs one point more.

    Raises
    ------
    InputError : Too few points, or a half-life that is not positive.
    ConvergenceError : The activity rises for ever or still rises at the last point, no descent converged, or the
        data do not determine the parameters of this model.

    Notes
    -----
    Whether a rise counts is decided by the measurements: data that rise, but by less than their uncertainty against
    physical decay (chi-square 3.841), are fitted at physical decay and a remark says so.

    Source: Gear et al., Eur J Nucl Med Mol Imaging 2018;45:2456 (EANM guidance: weighted least squares, covariance
    of the parameters and its propagation to the time-integrated activity; equations derived here, numbers not read).
    """
    decay = decay_constant_per_h(physical_half_life_h)
    _refuse_too_few(data, model, scaling)
    remarks = list(_rise_remarks(data, model, decay))
    descent = _Descent(data, model, decay)
    with np.errstate(all="ignore"):
        parameters, at_bound = _minimum(descent)
        chi_squared = float(np.sum(descent.residuals(parameters, at_bound) ** 2))
        known = _covariance(descent, parameters, at_bound)
    curve = descent.curve(parameters, at_bound)
    if float(curve.slope(data.times_h[-1])[0]) >= 0:
        raise _refused(data, model, "still rises at the last point, so nothing measured its decline")
    free = data.points - model.parameters
    factor = chi_squared / free if scaling is CovarianceScaling.SCALED else 1.0
    covariance = factor * known
    if not _determined(curve, covariance):
        raise _refused(data, model, "has an integral that the data do not determine")
    if at_bound:
        remarks.append(
            "The slowest phase lies at physical decay, its lower bound; the uncertainty is that of an unbounded rate."
        )
    is_poor = scaling is CovarianceScaling.KNOWN and free > 0 and stats.chi2.sf(chi_squared, free) < POOR_FIT
    if is_poor and at_bound and model.has_uptake:
        raise _refused(
            data, model, "falls more slowly than the nuclide decays, so nothing measured its decline"
        )
    if is_poor:
        remarks.append(
            f"The {model} curve describes the data poorly: chi-square {chi_squared:.1f} with {free} degrees of freedom."
        )
    return Fit(
        data=data,
        curve=curve,
        physical_half_life_h=physical_half_life_h,
        parameter_covariance=covariance,
        chi_squared=chi_squared,
        scaling=scaling,
        at_physical_decay=at_bound,
        remarks=tuple(remarks),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Descent:
    """Residuals of a model by the logarithms of its amplitudes and biological rates.

    The biological rates are increments: of the slowest phase over physical decay, of each faster one over the one
    before. At the bound the first increment is zero and not among the parameters.
    """

    data: TimeActivity
    model: KineticModel
    decay: float

    def increments(self, parameters: FloatArray, at_bound: bool) -> FloatArray:
        """Increments of the effective rates, the first one zero at the bound [1/h]."""
        found = np.exp(parameters[self.model.amplitudes :])
        return np.concatenate([[0.0], found]) if at_bound else found

    def curve(self, parameters: FloatArray, at_bound: bool) -> Curve:
        """The curve of these parameters."""
        rates = self.decay + np.cumsum(self.increments(parameters, at_bound))
        amplitudes = np.exp(parameters[: self.model.amplitudes])
        return Curve(self.model, tuple(amplitudes.tolist()), tuple(rates.tolist()))

    def residuals(self, parameters: FloatArray, at_bound: bool) -> FloatArray:
        """Fitted minus measured activity in standard uncertainties."""
        curve = self.curve(parameters, at_bound)
        return (curve.activity(self.data.times) - self.data.values) / self.data.sds

    def by_increment(self, parameters: FloatArray, at_bound: bool) -> FloatArray:
        """Derivatives of the residuals by each amplitude and each increment, also of one held at zero."""
        jacobian = self.curve(parameters, at_bound).jacobian(self.data.times) / self.data.sds[:, None]
        return jacobian @ self.increments_to_rates()

    def jacobian(self, parameters: FloatArray, at_bound: bool) -> FloatArray:
        """Derivatives of the residuals by the parameters, the logarithms."""
        linear = self.by_increment(parameters, at_bound)
        if at_bound:
            linear = np.delete(linear, self.model.amplitudes, axis=1)
        return linear * np.exp(parameters)

    def increments_to_rates(self) -> FloatArray:
        """Amplitudes and effective rates from amplitudes and increments: a square matrix of zeros and ones."""
        kept, size = self.model.amplitudes, self.model.parameters
        found = np.eye(size)
        found[kept:, kept:] = np.tril(np.ones((self.model.rates, self.model.rates)))
        return found


def _determined(curve: Curve, covariance: FloatArray) -> bool:
    """Whether the integral is known; terms that cancel beyond what the numbers hold (a variance below 0) are not."""
    gradient = curve.integral_gradient()
    whole = float(gradient @ covariance @ gradient) / curve.time_integrated_activity**2
    shares = gradient / curve.time_integrated_activity
    parts = float(shares @ covariance @ shares)
    return all(-CANCELLED <= one < UNDETERMINED**2 for one in (whole, parts))


def _refuse_too_few(data: TimeActivity, model: KineticModel, scaling: CovarianceScaling) -> None:
    """Refuses fewer points than parameters, or no point to spare where the residuals set the scale."""
    needed = model.parameters + (1 if scaling is CovarianceScaling.SCALED else 0)
    if data.points < needed:
        raise problem(
            f"{data.points} points",
            f"at least {needed} for a {model} fit with {scaling}",
            "Choose a simpler model, add a time point, or use a single-time-point method.",
            path="times_h",
        )


def _refused(data: TimeActivity, model: KineticModel, what: str) -> ConvergenceError:
    """A fit that gives no time-integrated activity."""
    first, last = data.times_h[0], data.times_h[-1]
    return ConvergenceError(
        f"the {model} curve {what}",
        where=f"{data.points} points from {first:.4g} to {last:.4g} h",
        expected="activity that is seen to decline, and data that determine every parameter",
        remedy="Add a later time point, check the points and their uncertainties, choose another model, or state an "
        "assumed decline (trapezoid with physical decay, single-time-point method).",
    )


def _rise_remarks(data: TimeActivity, model: KineticModel, decay: float) -> Iterator[str]:
    """Refuses a wash-out of data that rise for ever; remarks on a rise within the noise."""
    if not model.has_uptake:
        rate, chi_squared = _free_exponential(data)
        apart = _proportional_misfit(data, np.exp(-decay * (data.times - data.times[0]))) - chi_squared
        if data.points > 2:
            apart /= max(1.0, chi_squared / (data.points - 2))
        if rate < 0 and apart > CHI_SQUARED_95:
            raise _refused(data, model, "would rise for ever")
        if rate < 0:
            yield "The activities rise with time, but not beyond their uncertainty."
    if data.points > 1:
        (before, last), (sd_before, sd_last) = data.activities[-2:], data.activity_sds[-2:]
        if last - before > math.sqrt(CHI_SQUARED_95) * math.hypot(sd_before, sd_last):
            if last >= max(data.activities):
                raise _refused(data, model, "rises to the last point, so nothing measured its decline")
            yield "The last activity lies above the one before it by more than their uncertainty."


def _free_exponential(data: TimeActivity) -> tuple[float, float]:
    """Rate, of either sign, and chi-square of the one exponential that fits best."""
    middle = float(np.mean(data.times))
    span = float(np.ptp(data.times))

    def misfit(rate: float) -> float:
        return _proportional_misfit(data, np.exp(-rate * (data.times - middle)))

    grid = np.sinh(np.linspace(-4.0, 4.0, 81)) / span
    misfits = [misfit(rate) for rate in grid.tolist()]
    best = int(np.argmin(misfits))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    found = optimize.minimize_scalar(misfit, bounds=(float(low), float(high)), method="bounded")
    return float(found.x), float(found.fun)


def _proportional_misfit(data: TimeActivity, shape: FloatArray) -> float:
    """Chi-square of the best multiple of a shape (n,)."""
    measured, expected = data.values / data.sds, shape / data.sds
    return float(measured @ measured - (measured @ expected) ** 2 / (expected @ expected))


def _minimum(descent: _Descent) -> tuple[FloatArray, bool]:
    """Best parameters over all starts, and whether the slowest phase is held at physical decay."""
    best = _best_descent(descent, at_bound=False)
    first = descent.model.amplitudes
    slowest = math.inf if best is None else math.exp(best[first])
    if best is not None and slowest > NEAR_BOUND * descent.decay:
        return best, False
    held = _best_descent(descent, at_bound=True)
    if best is None:
        if held is None:
            raise _refused(descent.data, descent.model, "did not converge from any starting point")
        return held, True
    if held is None:
        return best, False
    outward = float(descent.by_increment(held, True)[:, first] @ descent.residuals(held, True)) >= 0
    here = float(np.sum(descent.residuals(held, True) ** 2))
    there = float(np.sum(descent.residuals(best, False) ** 2))
    return (held, True) if outward and here <= there + 1e-6 * (1 + there) else (best, False)


def _best_descent(descent: _Descent, *, at_bound: bool) -> FloatArray | None:
    """The lowest minimum that the best starting points, one more than rates, lead to; None where none converged."""
    starts = sorted(_starting_points(descent, at_bound), key=lambda start: start[0])
    found: list[tuple[float, FloatArray]] = []
    for _, start in starts[: 1 + descent.model.rates]:
        result = optimize.least_squares(
            descent.residuals,
            start,
            jac=descent.jacobian,
            bounds=(start - DECADES_LOG, start + DECADES_LOG),
            args=(at_bound,),
            xtol=1e-12,
            ftol=1e-12,
            gtol=1e-12,
            max_nfev=EVALUATIONS,
        )
        if result.status > 0 and math.isfinite(float(result.cost)):
            found.append((float(result.cost), np.asarray(result.x, dtype=np.float64)))
    return min(found, key=lambda one: one[0])[1] if found else None


def _starting_points(descent: _Descent, at_bound: bool) -> Iterator[tuple[float, FloatArray]]:
    """Combinations of rates, each with its best amplitudes, and the misfit there."""
    data, model = descent.data, descent.model
    gaps = [time for time in (data.times_h[0], *np.diff(data.times).tolist()) if time > 0]
    fastest = max(FAST / min(gaps, default=1.0), 10 * descent.decay)
    rates = np.geomspace(SLOW * descent.decay, fastest, STARTING_RATES).tolist()
    for chosen in itertools.combinations(rates, model.rates - at_bound):
        biological = np.array([0.0, *chosen] if at_bound else chosen)
        shapes = np.exp(-np.outer(data.times, descent.decay + biological)) @ model.mixing
        amplitudes, misfit = optimize.nnls(shapes / data.sds[:, None], data.values / data.sds)
        least = 1e-3 * float(data.values.max())
        increments = np.diff(biological, prepend=0.0)[1 if at_bound else 0 :]
        start = np.log(np.concatenate([np.maximum(amplitudes, least), increments]))
        if math.isfinite(misfit) and float(np.abs(start).max()) < LARGEST_LOG:
            yield float(misfit), start


def _covariance(descent: _Descent, parameters: FloatArray, at_bound: bool) -> FloatArray:
    """Covariance of amplitudes and effective rates for known uncertainties; refuses what is not determined.

    A rate held at its bound enters as if it were free: the bound moves the estimate, not what the data know.
    """
    values = np.exp(parameters)
    free = np.ones(descent.model.parameters, dtype=bool)
    if at_bound:
        values = np.insert(values, descent.model.amplitudes, descent.decay)
        free[descent.model.amplitudes] = False
    jacobian = descent.by_increment(parameters, at_bound) * values
    lengths = np.linalg.norm(jacobian, axis=0)
    if not float(lengths.min()) >= 1.0 / UNDETERMINED or not math.isfinite(float(lengths.max())):
        raise _refused(descent.data, descent.model, "has a parameter that the data do not determine")
    _, sizes, rows = np.linalg.svd(jacobian / lengths, full_matrices=False)
    if float(sizes.min()) < SINGULAR:
        raise _refused(descent.data, descent.model, "has parameters that the data do not tell apart")
    half = rows.T / sizes / lengths[:, None]
    relative = half @ half.T
    if float(np.sqrt(np.diag(relative)[free].max())) > UNDETERMINED:
        raise _refused(descent.data, descent.model, "has a parameter that the data do not determine")
    way = descent.increments_to_rates() * values
    return way @ relative @ way.T
