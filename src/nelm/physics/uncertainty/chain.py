"""The chain from outline to mean absorbed dose of a region, and its uncertainty (EANM 2018).

::

    D = Ã S,  Ã = integral A dt,  A = C / (Q R),  R = R(v),  C = C(v),  S = S(m),  m = density v

The volume v enters three times, so C, R and S are correlated through it. In logarithms, with elasticities
``c = d ln C/d ln v``, ``r = d ln R/d ln v`` and ``S ~ m^-s``, the relative variances are ::

    activity         u(A)^2 = u(Q)^2 + u(R|v)^2 + (c - r)^2 u(v)^2                                          (1)
    time integral    u(Ã)^2 = u(A)^2 + u(fit)^2                                                              (2)
    dose factor      u(S)^2 = s^2 (u(v)^2 + u(density)^2) + u(S|m)^2                                         (3)
    covariance       u(Ã, S) = -s (c - r) u(v)^2                                                             (4)
    dose             u(D)^2 = u(Ã)^2 + u(S)^2 + 2 u(Ã, S) = sum_k (e_k u_k)^2                                (5)
                     e_v = c - r - s, e_Q = e_R = -1, e_fit = e_S = 1, e_density = -s

Calibration, recovery and volume are common to all times of a region and scale its whole curve, so they stand outside
the fit; only counting statistics and the scatter about the curve belong to u(fit).

Notes
-----
Structure (D from Ã and a dose factor; A from count rate, calibration and recovery; recovery and dose factor dependent
on the size of the region): Gear et al. 2018, abstract, read. (1) to (5): derived here by the law of propagation of
uncertainty (GUM, JCGM 100:2008), to first order. Against sampling of the whole chain (tests, resolution 12 mm) u(D) is
right within 3 % up to u(v) = 23 %, 15 % too small at u(v) = 43 % (3 mL outlined on CT), 21 % at 67 % (20 mL outlined on
SPECT), and not to be used above: at 125 % (3 mL on SPECT) it is four times too small. The log-normal limits of
`DoseUncertainty.estimate` hold longer than u(D) itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from nelm.errors import problem
from nelm.physics.biology.refusals import not_negative, positive, within
from nelm.physics.uncertainty.region import LogisticRecovery, count_rate_elasticity, volume_relative_sd
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR


@dataclass(frozen=True, slots=True)
class DosimetryChain:
    """What the dose of a region was computed from, with the standard uncertainty of each part.

    Parameters
    ----------
    time_integrated_activity_mbq_h : Ã [MBq h].
    dose_factor_gy_per_mbq_h : S [Gy/(MBq h)].
    volume_relative_sd : u(v)/v [1], see `volume_relative_sd`.
    calibration_relative_sd : u(Q)/Q of the sensitivity of the camera [1].
    recovery_relative_sd : u(R)/R at a given volume, from the fit of the recovery curve [1].
    fit_relative_sd : u(Ã)/Ã from the covariance of the time-activity fit alone [1].
    dose_factor_relative_sd : u(S)/S at a given mass: model, nuclide data, shape of the region [1].
    density_relative_sd : u of the density that makes the mass of the volume [1].
    count_rate_elasticity : d ln C / d ln v [1]; 0 where counts do not come from inside the outline.
    recovery_elasticity : d ln R / d ln v [1]; 0 without correction for partial volume.
    dose_factor_mass_exponent : s of S ~ m^-s [1]: near 1 for a self dose, 0 for a cross dose.
    """

    time_integrated_activity_mbq_h: float
    dose_factor_gy_per_mbq_h: float
    volume_relative_sd: float
    calibration_relative_sd: float
    recovery_relative_sd: float
    fit_relative_sd: float
    dose_factor_relative_sd: float = 0.0
    density_relative_sd: float = 0.0
    count_rate_elasticity: float = 0.0
    recovery_elasticity: float = 0.0
    dose_factor_mass_exponent: float = 1.0

    def __post_init__(self) -> None:
        positive(self.time_integrated_activity_mbq_h, "time_integrated_activity_mbq_h")
        positive(self.dose_factor_gy_per_mbq_h, "dose_factor_gy_per_mbq_h")
        for name in (
            "volume_relative_sd",
            "calibration_relative_sd",
            "recovery_relative_sd",
            "fit_relative_sd",
            "dose_factor_relative_sd",
            "density_relative_sd",
            "count_rate_elasticity",
            "recovery_elasticity",
        ):
            not_negative(getattr(self, name), name)
        within(self.dose_factor_mass_exponent, "dose_factor_mass_exponent", 0, 2)

    @property
    def absorbed_dose_gy(self) -> float:
        """``D = Ã S`` [Gy]."""
        return self.time_integrated_activity_mbq_h * self.dose_factor_gy_per_mbq_h


def chain_of_region(
    *,
    volume_ml: float,
    time_integrated_activity_mbq_h: float,
    dose_factor_gy_per_mbq_h: float,
    voxel_mm: float,
    outline_resolution_fwhm_mm: float,
    emission_resolution_fwhm_mm: float,
    recovery: LogisticRecovery,
    calibration_relative_sd: float,
    fit_relative_sd: float,
    dose_factor_mass_exponent: float,
    dose_factor_relative_sd: float = 0.0,
    density_relative_sd: float = 0.0,
    observer_relative_sd: float = 0.0,
) -> DosimetryChain:
    """The chain of a region that is near to a sphere and whose counts are those inside its outline.

    Parameters
    ----------
    volume_ml : Outlined volume [mL].
    voxel_mm, outline_resolution_fwhm_mm, observer_relative_sd : See `volume_relative_sd`.
    emission_resolution_fwhm_mm : Resolution of the SPECT or PET [mm], see `count_rate_elasticity`.
    recovery : Recovery curve.
    others : See `DosimetryChain`.
    """
    return DosimetryChain(
        time_integrated_activity_mbq_h=time_integrated_activity_mbq_h,
        dose_factor_gy_per_mbq_h=dose_factor_gy_per_mbq_h,
        volume_relative_sd=volume_relative_sd(
            volume_ml,
            voxel_mm=voxel_mm,
            outline_resolution_fwhm_mm=outline_resolution_fwhm_mm,
            observer_relative_sd=observer_relative_sd,
        ),
        calibration_relative_sd=calibration_relative_sd,
        recovery_relative_sd=recovery.relative_sd(volume_ml),
        fit_relative_sd=fit_relative_sd,
        dose_factor_relative_sd=dose_factor_relative_sd,
        density_relative_sd=density_relative_sd,
        count_rate_elasticity=count_rate_elasticity(
            volume_ml,
            recovery=recovery.at(volume_ml),
            emission_resolution_fwhm_mm=emission_resolution_fwhm_mm,
        ),
        recovery_elasticity=recovery.elasticity(volume_ml),
        dose_factor_mass_exponent=dose_factor_mass_exponent,
    )


@dataclass(frozen=True, slots=True)
class Contribution:
    """One line of an uncertainty budget.

    Parameters
    ----------
    component : What is uncertain.
    relative_sd : Standard uncertainty of it, as a part of its value [1].
    sensitivity : Relative change of the result for a relative change of it, sign included [1].
    share : Part of the variance of the result [1].
    """

    component: str
    relative_sd: float
    sensitivity: float
    share: float

    @property
    def relative_effect(self) -> float:
        """Standard uncertainty that it alone gives to the result, as a part of its value [1]."""
        return abs(self.sensitivity) * self.relative_sd


@dataclass(frozen=True, slots=True)
class ChainStages:
    """Relative standard uncertainties along the chain [1], correlation through the volume included in each.

    Parameters
    ----------
    volume, count_rate, recovery, calibration, activity, time_integrated_activity, dose_factor : u of each; that of the
        count rate is the part through the volume.
    covariance : Relative covariance of Ã and S, eq. 4.
    """

    volume: float
    count_rate: float
    recovery: float
    calibration: float
    activity: float
    time_integrated_activity: float
    dose_factor: float
    covariance: float


@dataclass(frozen=True, slots=True)
class DoseUncertainty:
    """Mean absorbed dose of a region with its standard uncertainty and the budget of it.

    Parameters
    ----------
    absorbed_dose_gy : D [Gy].
    relative_sd : u(D)/D [1].
    contributions : The budget: volume, recovery, calibration, fit, dose factor, density; shares add to 1.
    stages : Uncertainties along the chain.
    """

    absorbed_dose_gy: float
    relative_sd: float
    contributions: tuple[Contribution, ...]
    stages: ChainStages

    @property
    def absorbed_dose_sd_gy(self) -> float:
        """u(D) [Gy]."""
        return self.absorbed_dose_gy * self.relative_sd

    @property
    def estimate(self) -> Estimate:
        """D with 95 % limits of a log-normal distribution of median D: a product of positive factors [Gy]."""
        factor = math.exp(COVERAGE_FACTOR * math.sqrt(math.log1p(self.relative_sd**2)))
        return Estimate(self.absorbed_dose_gy, self.absorbed_dose_gy / factor, self.absorbed_dose_gy * factor)

    def relative_sd_without(self, *components: str) -> float:
        """u(D)/D of all components but these [1]; without "fit", it is the uncertainty of the scale of a curve."""
        self._refuse_unknown(components)
        return math.sqrt(
            sum(c.relative_effect**2 for c in self.contributions if c.component not in components)
        )

    def course_errors(self, causes: Mapping[str, str]) -> tuple[float, dict[str, float]]:
        """The uncertainty as a `Course` takes it: what is its own, and what it may share with others.

        Parameters
        ----------
        causes : Component to the name of its cause ("calibration" to "calibration of camera A"). Components that are
            not named are the course's own. A cause is taken to move all courses in one direction.

        Returns
        -------
        relative_random_sd, relative_shared_sd : For `nelm.physics.biology.Course`.
        """
        self._refuse_unknown(causes)
        shared: dict[str, float] = {}
        for c in self.contributions:
            if c.component in causes:
                cause = causes[c.component]
                shared[cause] = math.hypot(shared.get(cause, 0.0), c.relative_effect)
        return self.relative_sd_without(*causes), shared

    def _refuse_unknown(self, components: Mapping[str, str] | tuple[str, ...]) -> None:
        """Raise where a component is not in the budget."""
        known = [c.component for c in self.contributions]
        for name in components:
            if name not in known:
                raise problem(name, f"one of {', '.join(known)}", path="components")


def absorbed_dose_uncertainty(chain: DosimetryChain) -> DoseUncertainty:
    """Propagate the uncertainties of a chain to the mean absorbed dose, eq. 1 to 5."""
    net, s = chain.count_rate_elasticity - chain.recovery_elasticity, chain.dose_factor_mass_exponent
    lines = (
        ("volume", chain.volume_relative_sd, net - s),
        ("recovery", chain.recovery_relative_sd, -1.0),
        ("calibration", chain.calibration_relative_sd, -1.0),
        ("fit", chain.fit_relative_sd, 1.0),
        ("dose factor", chain.dose_factor_relative_sd, 1.0),
        ("density", chain.density_relative_sd, -s),
    )
    contributions = budget(lines)
    return DoseUncertainty(
        absorbed_dose_gy=chain.absorbed_dose_gy,
        relative_sd=math.sqrt(sum(c.relative_effect**2 for c in contributions)),
        contributions=contributions,
        stages=_stages(chain),
    )


def budget(lines: tuple[tuple[str, float, float], ...]) -> tuple[Contribution, ...]:
    """Independent contributions (component, relative sd, sensitivity) with their shares of the variance."""
    variance = sum((sensitivity * sd) ** 2 for _, sd, sensitivity in lines)
    return tuple(
        Contribution(name, sd, sensitivity, (sensitivity * sd) ** 2 / variance if variance > 0 else 0.0)
        for name, sd, sensitivity in lines
    )


def _stages(chain: DosimetryChain) -> ChainStages:
    """Relative standard uncertainties along the chain."""
    volume, s = chain.volume_relative_sd, chain.dose_factor_mass_exponent
    net = chain.count_rate_elasticity - chain.recovery_elasticity
    recovery = math.hypot(chain.recovery_relative_sd, chain.recovery_elasticity * volume)
    activity = math.hypot(chain.calibration_relative_sd, chain.recovery_relative_sd, net * volume)
    return ChainStages(
        volume=volume,
        count_rate=chain.count_rate_elasticity * volume,
        recovery=recovery,
        calibration=chain.calibration_relative_sd,
        activity=activity,
        time_integrated_activity=math.hypot(activity, chain.fit_relative_sd),
        dose_factor=math.hypot(s * volume, s * chain.density_relative_sd, chain.dose_factor_relative_sd),
        covariance=-s * net * volume**2,
    )
