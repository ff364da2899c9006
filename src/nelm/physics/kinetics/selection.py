"""Which kinetic model the data support, by Akaike's criterion for small samples."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from nelm.errors import ConvergenceError, NelmError, problem
from nelm.physics.kinetics.fit import CovarianceScaling, Fit, parameters_counted
from nelm.physics.kinetics.fitting import fit
from nelm.physics.kinetics.measurements import TimeActivity
from nelm.physics.kinetics.models import KineticModel

ALL_MODELS = tuple(KineticModel)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A model that takes no part in the choice.

    Parameters
    ----------
    model : Which one.
    reason : Too few points, or what the fit refused.
    """

    model: KineticModel
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Models fitted to the same data, and the one that they support best.

    Parameters
    ----------
    fits : Fits in order of their criterion, the best first.
    weights : Akaike weight of each fit, summing to one.
    set_aside : Models that were not tried or not usable, with the reason.
    """

    fits: tuple[Fit, ...]
    weights: tuple[float, ...]
    set_aside: tuple[SetAside, ...] = ()

    @property
    def best(self) -> Fit:
        """The fit with the lowest criterion, or the only one."""
        return self.fits[0]

    @property
    def time_integrated_activity(self) -> float:
        """Mean over the models by Akaike weight [unit h]."""
        return sum(w * one.time_integrated_activity for w, one in zip(self.weights, self.fits, strict=True))

    @property
    def time_integrated_activity_sd(self) -> float:
        """Standard uncertainty of that mean, the spread between models included [unit h].

        sqrt(sum w_i [sd_i^2 + (x_i - mean)^2]), the variance of the mixture of the models; Burnham and Anderson,
        Model selection and multimodel inference, 2002.
        """
        mean = self.time_integrated_activity
        return math.sqrt(
            sum(
                w * (one.time_integrated_activity_sd**2 + (one.time_integrated_activity - mean) ** 2)
                for w, one in zip(self.weights, self.fits, strict=True)
            )
        )


def choose_model(
    data: TimeActivity,
    *,
    physical_half_life_h: float,
    models: Iterable[KineticModel] = ALL_MODELS,
    scaling: CovarianceScaling = CovarianceScaling.KNOWN,
) -> Choice:
    """The kinetic model with the lowest AICc among those that the number of points allows.

    A model is tried where n > k + 1 (k counts the variance too where it is unknown), because AICc does not exist
    below. Where no model reaches that, which is so for two and three points, the one of the given models with the
    fewest parameters is fitted without a choice and a remark of the fit says so.

    Parameters
    ----------
    data : Measurements, not corrected for decay, at least two.
    physical_half_life_h : Of the nuclide [h].
    models : Models to choose from.
    scaling : What the uncertainties of the measurements are taken to be.

    Raises
    ------
    InputError : No model given, or too few points for any.
    ConvergenceError : No model that was tried gave a usable fit; the message tells why for each.
    """
    wanted = tuple(dict.fromkeys(models))
    if not wanted:
        raise problem("no model", "at least one kinetic model", path="models")
    enough = [model for model in wanted if data.points > parameters_counted(model, scaling) + 1]
    aside = [_too_few(model, data, scaling) for model in wanted if model not in enough]
    if not enough:
        return _only(data, wanted, physical_half_life_h=physical_half_life_h, scaling=scaling)
    fits: list[Fit] = []
    for model in enough:
        try:
            fits.append(fit(data, model, physical_half_life_h=physical_half_life_h, scaling=scaling))
        except ConvergenceError as error:
            aside.append(SetAside(model, error.what))
    if not fits:
        raise ConvergenceError(
            "no kinetic model fits: " + "; ".join(f"{one.model}: {one.reason}" for one in aside),
            where=f"{data.points} points from {data.times_h[0]:.4g} to {data.times_h[-1]:.4g} h",
            expected="activity that is seen to decline",
            remedy="Add a later time point, check the points and their uncertainties, or state an assumed decline "
            "(trapezoid with physical decay, single-time-point method).",
        )
    fits.sort(key=_criterion)
    return Choice(tuple(fits), _weights([_criterion(one) for one in fits]), tuple(aside))


def _only(
    data: TimeActivity,
    models: tuple[KineticModel, ...],
    *,
    physical_half_life_h: float,
    scaling: CovarianceScaling,
) -> Choice:
    """The simplest model, where the points do not suffice for a comparison."""
    simplest = min(models, key=lambda model: model.parameters)
    found = fit(data, simplest, physical_half_life_h=physical_half_life_h, scaling=scaling)
    remark = f"{data.points} points are too few to compare models; the {simplest} curve is an assumption."
    aside = tuple(_too_few(model, data, scaling) for model in models if model is not simplest)
    return Choice((replace(found, remarks=(*found.remarks, remark)),), (1.0,), aside)


def _too_few(model: KineticModel, data: TimeActivity, scaling: CovarianceScaling) -> SetAside:
    """A model with too many parameters for the data."""
    needed = parameters_counted(model, scaling) + 2
    return SetAside(model, f"not tried: AICc needs at least {needed} points and there are {data.points}")


def _criterion(found: Fit) -> float:
    """AICc of a fit that has one."""
    if found.aicc is None:
        raise NelmError(f"no AICc for the {found.model} curve")
    return found.aicc


def _weights(criteria: list[float]) -> tuple[float, ...]:
    """exp(-delta/2), normalised, for criteria in rising order."""
    relative = [math.exp(-(one - criteria[0]) / 2) for one in criteria]
    return tuple(one / sum(relative) for one in relative)
