"""From what a camera gives to activity concentration at the time of the image: calibration, dead time, decay."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nelm.dosimetry.scans import BQ_PER_MBQ
from nelm.errors import problem
from nelm.physics.kinetics import CalibrationFactor, acquisition_decay_factor, decay_factor, true_rate_cps
from nelm.volume import Quantity, Volume

MINUTES_PER_HOUR = 60.0
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Acquired:
    """What the header or the user says of one emission image.

    Parameters
    ----------
    start_h : Start of the acquisition after the administration [h].
    duration_h : Its length [h]; 0 where it is not known.
    corrected_to_h : Time after the administration that the numbers are decay corrected to [h]; None: not corrected.
    """

    start_h: float
    duration_h: float
    corrected_to_h: float | None


@dataclass(frozen=True, slots=True)
class Camera:
    """What turns counts into activity.

    Parameters
    ----------
    calibration : Counts per second and megabecquerel; None where images hold Bq/mL.
    dead_time_s : Of the whole camera, paralysable [s]; 0 for none.
    observed_cps : Rate that the camera saw in all windows during the acquisition, for its dead time [counts/s].
    dead_time_relative_sd : Standard uncertainty of the dead time [1].
    """

    calibration: CalibrationFactor | None = None
    dead_time_s: float = 0.0
    observed_cps: float | None = None
    dead_time_relative_sd: float = 0.0

    @property
    def scale_relative_sd(self) -> float:
        """Standard uncertainty of the image's scale from that of the dead time, ``n u(tau) / (1 - n tau)`` [1]."""
        if self.observed_cps is None or self.dead_time_s == 0:
            return 0.0
        rate = true_rate_cps(
            self.observed_cps,
            dead_time_s=self.dead_time_s,
            dead_time_s_sd=self.dead_time_s * self.dead_time_relative_sd,
        )
        return float(rate.rate_cps_sd) / float(rate.rate_cps)


def quantified(
    image: Volume, acquired: Acquired, camera: Camera, *, half_life_h: float
) -> tuple[Volume, float, tuple[str, ...]]:
    """The image in Bq/mL at the middle of its acquisition, that time after the administration [h], and what was done.

    Counts become ``f / (t Q V)`` with the duration t, the calibration Q and the volume V of a voxel; a mean over the
    acquisition belongs to the time at which activity equals it, which is the middle to 1 in 10 000 for half an hour of
    177Lu. A correction for decay that the image already holds is taken back.

    Parameters
    ----------
    image : In Bq/mL, or in counts where a calibration is given.
    half_life_h : Of the nuclide [h].

    Raises
    ------
    InputError : Counts without calibration or duration; an image that is neither; a camera that is saturated.
    """
    done: list[str] = []
    values = np.asarray(image.array, dtype=np.float64)
    if image.quantity is not Quantity.ACTIVITY_CONCENTRATION:
        values = _from_counts(values, image, acquired, camera, done=done)
    if camera.dead_time_s > 0:
        values = values * _dead_time(camera, done)
    middle_h = acquired.start_h + acquired.duration_h / 2
    if acquired.corrected_to_h is not None:
        back = decay_factor(middle_h - acquired.corrected_to_h, half_life_h=half_life_h)
        if abs(back - 1) > 1e-9:
            done.append(f"decay correction taken back (factor {back:.4f})")
        values = values * back
    elif acquired.duration_h > 0:
        mean = acquisition_decay_factor(acquired.duration_h * MINUTES_PER_HOUR, half_life_h=half_life_h)
        values = values * (decay_factor(acquired.duration_h / 2, half_life_h=half_life_h) / mean)
    found = replace(image, array=values.astype(np.float32), quantity=Quantity.ACTIVITY_CONCENTRATION)
    return found, middle_h, tuple(done)


def scaled_to(image: Volume, activity_mbq: float) -> Volume:
    """The image with its sum made a known activity: the patient is the phantom [Bq/mL].

    For microspheres, all of which lie in the field of view; not for what patients excrete.

    Raises
    ------
    InputError : An image without a positive sum, or an activity that is not positive.
    """
    values = np.maximum(np.asarray(image.array, dtype=np.float64), 0.0)
    total = float(values.sum()) * image.grid.voxel_ml
    if total <= 0 or activity_mbq <= 0:
        raise problem(
            f"{activity_mbq:g} MBq, an image with a sum of {total:g}",
            "an activity above 0 and an image that shows it",
            "Give the activity that was in the field of view at the time of the image",
            path="known_activity",
        )
    factor = activity_mbq * BQ_PER_MBQ / total
    return replace(
        image, array=(values * factor).astype(np.float32), quantity=Quantity.ACTIVITY_CONCENTRATION
    )


def _from_counts(
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    image: Volume,
    acquired: Acquired,
    camera: Camera,
    *,
    done: list[str],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Counts as Bq/mL."""
    where = image.origin.path or "image"
    if camera.calibration is None:
        raise problem(
            f"numbers in {image.quantity.value or 'an unknown unit'}",
            "Bq/mL, or counts with a calibration factor",
            "Give --calibration CPS_PER_MBQ, or --known-activity MBQ where all of it is in the field of view",
            path=where,
        )
    if acquired.duration_h <= 0:
        raise problem(
            "no duration of the acquisition",
            "a frame duration in the header",
            "Give images with their headers, or the counts per second as Bq/mL",
            path=where,
        )
    seconds = acquired.duration_h * SECONDS_PER_HOUR
    done.append(f"counts over {seconds / 60:.1f} min at {camera.calibration.cps_per_mbq:g} counts/s/MBq")
    per_bq = camera.calibration.cps_per_mbq / BQ_PER_MBQ
    return values / (seconds * per_bq * image.grid.voxel_ml)


def _dead_time(camera: Camera, done: list[str]) -> float:
    """Factor of the true over the observed rate."""
    if camera.observed_cps is None:
        raise problem(
            "no count rate",
            "the rate that the camera saw, for its dead time",
            "Give the rate of all windows, or leave out the dead time",
            path="dead_time",
        )
    rate = true_rate_cps(camera.observed_cps, dead_time_s=camera.dead_time_s)
    factor = float(rate.rate_cps) / camera.observed_cps
    done.append(f"dead time of {1e6 * camera.dead_time_s:g} microseconds: factor {factor:.3f}")
    return factor
