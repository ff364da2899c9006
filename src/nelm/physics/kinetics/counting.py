"""From counts to activity: calibration factor, dead time, decay between and during acquisitions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from nelm.errors import problem
from nelm.physics.kinetics.measurements import FloatArray, decay_constant_per_h

MINUTES_PER_HOUR = 60.0


@dataclass(frozen=True, slots=True)
class CalibrationFactor:
    """How many counts per second a camera gives for each megabecquerel.

    Parameters
    ----------
    cps_per_mbq : Count rate per activity [counts/s/MBq], positive.
    cps_per_mbq_sd : Standard uncertainty [counts/s/MBq], not negative.

    Raises
    ------
    InputError : A factor that is not positive, or a negative uncertainty.
    """

    cps_per_mbq: float
    cps_per_mbq_sd: float

    def __post_init__(self) -> None:
        _refuse_not_positive(self.cps_per_mbq, "cps_per_mbq")
        _refuse_negative(self.cps_per_mbq_sd, "cps_per_mbq_sd")

    @property
    def relative_uncertainty(self) -> float:
        """Standard uncertainty over the factor; common to all that is measured with it."""
        return self.cps_per_mbq_sd / self.cps_per_mbq

    def activity_mbq(self, count_rate_cps: ArrayLike) -> FloatArray:
        """Activity [MBq] of a count rate or of an array of count rates [counts/s]."""
        return _not_negative(count_rate_cps, "count_rate_cps") / self.cps_per_mbq


def calibration_factor(
    count_rate_cps: float,
    *,
    count_rate_cps_sd: float,
    activity_mbq: float,
    activity_mbq_sd: float,
) -> CalibrationFactor:
    """Calibration factor from a known activity in the field of view: C / A, relative variances added.

    The source may be a phantom, or the patient whose whole activity lies in the field of view: the calibration
    relative to the patient that is usual after radioembolisation.

    Parameters
    ----------
    count_rate_cps, count_rate_cps_sd : Count rate, dead time corrected, and its standard uncertainty [counts/s].
    activity_mbq, activity_mbq_sd : Activity at the time of the acquisition and its standard uncertainty [MBq].

    Raises
    ------
    InputError : A rate or activity that is not positive, or a negative uncertainty.
    """
    _refuse_not_positive(count_rate_cps, "count_rate_cps")
    _refuse_not_positive(activity_mbq, "activity_mbq")
    _refuse_negative(count_rate_cps_sd, "count_rate_cps_sd")
    _refuse_negative(activity_mbq_sd, "activity_mbq_sd")
    factor = count_rate_cps / activity_mbq
    relative = math.hypot(count_rate_cps_sd / count_rate_cps, activity_mbq_sd / activity_mbq)
    return CalibrationFactor(factor, factor * relative)


def decay_factor(elapsed_h: float, *, half_life_h: float) -> float:
    """Activity at a time over activity `elapsed_h` hours before it: exp(-ln 2 t / T); t may be negative."""
    if not math.isfinite(elapsed_h):
        raise problem(elapsed_h, "a finite time in hours", path="elapsed_h")
    return math.exp(-decay_constant_per_h(half_life_h, path="half_life_h") * elapsed_h)


def acquisition_decay_factor(duration_min: float, *, half_life_h: float) -> float:
    """Mean activity during an acquisition over the activity at its start: (1 - exp(-l d)) / (l d).

    Parameters
    ----------
    duration_min : From start to end of the acquisition [min], not negative.
    half_life_h : Of the nuclide, or effective [h].
    """
    _refuse_negative(duration_min, "duration_min")
    decays = decay_constant_per_h(half_life_h, path="half_life_h") * duration_min / MINUTES_PER_HOUR
    return -math.expm1(-decays) / decays if decays > 0 else 1.0


def observed_rate_cps(true_rate_cps: ArrayLike, *, dead_time_s: float) -> FloatArray:
    """Count rate that a paralysable detector shows: m = n exp(-n tau) [counts/s].

    Parameters
    ----------
    true_rate_cps : Rate n without dead time [counts/s].
    dead_time_s : tau [s], not negative.
    """
    _refuse_negative(dead_time_s, "dead_time_s")
    rates = _not_negative(true_rate_cps, "true_rate_cps")
    return rates * np.exp(-rates * dead_time_s)


def largest_observed_rate_cps(dead_time_s: float) -> float:
    """The highest rate that a paralysable detector can show, 1/(e tau), at a true rate of 1/tau [counts/s]."""
    _refuse_not_positive(dead_time_s, "dead_time_s")
    return 1.0 / (math.e * dead_time_s)


@dataclass(frozen=True, slots=True, eq=False)
class TrueRate:
    """Count rates without the losses of dead time.

    Parameters
    ----------
    rate_cps : True rates [counts/s], in the shape of the observed ones.
    rate_cps_sd : Standard uncertainties from those of the rate and of the dead time [counts/s].
    """

    rate_cps: FloatArray
    rate_cps_sd: FloatArray


def true_rate_cps(
    observed_cps: ArrayLike,
    *,
    dead_time_s: float,
    dead_time_s_sd: float = 0.0,
    observed_cps_sd: ArrayLike = 0.0,
) -> TrueRate:
    """True rates of a paralysable detector: n = -W0(-m tau) / tau, W0 the principal branch of Lambert's function.

    The branch below the maximum is taken (n tau < 1): an image cannot tell it from the one above. Uncertainty:
    dn = (exp(n tau) dm + n^2 dtau) / (1 - n tau), the two parts independent; it grows without limit towards the
    maximum.

    Parameters
    ----------
    observed_cps : Rates m of whole detectors, all energies that the electronics handle [counts/s]; for a tomogram
        one rate per projection. Not rates of single voxels: dead time acts on the detector.
    dead_time_s, dead_time_s_sd : tau and its standard uncertainty [s].
    observed_cps_sd : Standard uncertainties of the rates [counts/s].

    Raises
    ------
    InputError : Negative or not finite numbers, or a rate at or above the maximum 1/(e tau).

    Source: the paralysable model, as used for Lu-177 and Ho-166 SPECT; inversion and uncertainty derived here.
    """
    _refuse_negative(dead_time_s, "dead_time_s")
    _refuse_negative(dead_time_s_sd, "dead_time_s_sd")
    observed = _not_negative(observed_cps, "observed_cps")
    sds = _not_negative(observed_cps_sd, "observed_cps_sd")
    if dead_time_s == 0:
        rates = observed
    else:
        _refuse_saturated(observed, largest_observed_rate_cps(dead_time_s))
        product = special.lambertw(-observed * dead_time_s, 0)
        rates = -np.real(product) / dead_time_s
    losses = rates * dead_time_s
    spread = np.hypot(np.exp(losses) * sds, rates**2 * dead_time_s_sd) / (1.0 - losses)
    return TrueRate(np.asarray(rates, dtype=np.float64), np.asarray(spread, dtype=np.float64))


def true_rate_nonparalysable_cps(observed_cps: ArrayLike, *, dead_time_s: float) -> FloatArray:
    """True rates of a detector whose dead time events do not prolong: n = m / (1 - m tau) [counts/s].

    Raises
    ------
    InputError : Negative or not finite numbers, or a rate at or above 1/tau.
    """
    _refuse_negative(dead_time_s, "dead_time_s")
    observed = _not_negative(observed_cps, "observed_cps")
    if dead_time_s > 0:
        _refuse_saturated(observed, 1.0 / dead_time_s)
    return observed / (1.0 - observed * dead_time_s)


def _refuse_saturated(observed: FloatArray, largest: float) -> None:
    """Refuses rates that the model cannot give."""
    highest = float(observed.max(initial=0.0))
    if highest >= largest:
        raise problem(
            highest,
            f"an observed rate below {largest:.6g} counts/s, the highest that this dead time allows",
            "The detector is saturated or the dead time too long: image later, or measure the dead time anew.",
            path="observed_cps",
        )


def _not_negative(values: ArrayLike, path: str) -> FloatArray:
    """Values as an array of floats; refuses negative ones and those that are not finite."""
    array: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    wrong = array[~(np.isfinite(array) & (array >= 0))]
    if wrong.size:
        raise problem(
            float(wrong.flat[0]),
            "finite numbers, not negative",
            f"Correct the {wrong.size} of {array.size} values that are negative or not a number.",
            path=path,
        )
    return array


def _refuse_negative(value: float, path: str) -> None:
    """Refuses a number that is negative or not finite."""
    if not (math.isfinite(value) and value >= 0):
        raise problem(value, "a finite number, not negative", path=path)


def _refuse_not_positive(value: float, path: str) -> None:
    """Refuses a number that is not above zero or not finite."""
    if not (math.isfinite(value) and value > 0):
        raise problem(value, "a finite number above zero", path=path)
