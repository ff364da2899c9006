"""Standardised uptake value by body weight, for the header variants of GE, Siemens and Philips.

``SUV = concentration [Bq/mL] * weight [g] / activity [Bq]``, with the injected activity decayed to the time to
which the image is corrected. Which time that is depends on the vendor:

1. corrected to administration: no decay;
2. Series Time not after the first Acquisition Time: Series Time;
3. otherwise the series was written again later. GE keeps the scan start in a private element. Elsewhere it follows
   from each image: acquisition start - frame reference time + mean time of the counts within the frame, and has to
   agree with the first Acquisition Time; where frame reference times are missing or zero, it is that time.

Philips may write counts with private factors to SUV, or to Bq/mL.

Source: QIBA, "Vendor-neutral pseudo-code for SUV calculation"; DICOM PS3.3 C.8.9.1. Checked against the header sets
of github.com/cornerstonejs/calculate-suv.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from nelm.errors import InputError, Problem
from nelm.io.dicom.acquisition import Acquisition, DecayCorrection
from nelm.io.dicom.plausibility import ACTIVITY_BQ, HALF_LIFE_S, WEIGHT_KG
from nelm.quantities import Domain
from nelm.volume import Quantity, Volume

G_PER_KG = 1000.0
SAME_REFERENCE_S = 60.0
"""Where a series was written again, ways to find its scan start that differ by more leave it unknown."""
MOST_HALF_LIVES = 12.0
"""After so many half-lives less than 0.03 % is left: the times are wrong."""
LEAST_PET_BQ = 1e6
"""PET tracers are given in tens of MBq and more; activities written in MBq lie below."""


@dataclass(frozen=True, slots=True)
class SuvScale:
    """How to get from the numbers of an image to SUV.

    Parameters
    ----------
    factor : SUV [g/mL] for one unit of the image.
    reference : Time to which the image is corrected for decay; None where a private factor was used.
    decay_s : From injection to `reference` [s].
    method : How it was found, one sentence.
    notes : What was assumed.
    """

    factor: float
    reference: datetime | None
    decay_s: float | None
    method: str
    notes: tuple[str, ...] = ()


def suv_scale(acquisition: Acquisition) -> SuvScale:
    """The factor from the numbers of an image to SUV by body weight [g/mL per unit].

    Raises
    ------
    InputError
        With everything that is missing or contradictory: units, corrections, injected activity, half-life, weight,
        times, a scan before the injection.
    """
    units = acquisition.units
    if units == "GML":
        if acquisition.suv_type not in (None, "BW"):
            raise _refused(acquisition, [_problem("SUVType", acquisition.suv_type, "BW (body weight)")])
        return SuvScale(1.0, None, None, "the image holds SUV by body weight", acquisition.notes)
    problems = _correction_problems(acquisition)
    if units == "CNTS" and acquisition.philips_suv_factor is not None:
        if problems:
            raise _refused(acquisition, problems)
        method = "private SUV factor of Philips"
        return SuvScale(acquisition.philips_suv_factor, None, None, method, acquisition.notes)
    per_unit = _activity_per_unit(acquisition, problems)
    weight = _within("PatientWeight", acquisition.weight_kg, WEIGHT_KG, problems)
    possible = replace(ACTIVITY_BQ, low=LEAST_PET_BQ)
    activity = _within("RadionuclideTotalDose", acquisition.injected_activity_bq, possible, problems)
    reference, decay_s, method = _decay(acquisition, problems)
    if problems or weight is None or activity is None or per_unit is None or decay_s is None:
        raise _refused(acquisition, problems)
    left = activity * 2 ** (-decay_s / (acquisition.half_life_s or math.inf))
    return SuvScale(per_unit * weight * G_PER_KG / left, reference, decay_s, method, acquisition.notes)


def suv_volume(volume: Volume, acquisition: Acquisition) -> Volume:
    """The image in SUV by body weight [g/mL], float32; unchanged if it already is.

    Raises
    ------
    InputError
        As `suv_scale`, and for a volume that is no emission image.
    """
    if volume.quantity is Quantity.SUV_BODY_WEIGHT:
        return volume
    scale = suv_scale(acquisition)
    wanted = Quantity.ACTIVITY_CONCENTRATION if acquisition.units == "BQML" else Quantity.COUNTS
    if volume.quantity is not wanted:
        expected = f"a volume of {wanted.value}, as the acquisition says"
        raise _refused(acquisition, [_problem("volume", volume.quantity.value, expected)])
    array = volume.array.astype(np.float32)
    array *= np.float32(scale.factor)
    said = (f"SUV: {scale.method}", *(f"SUV: {note}" for note in scale.notes))
    origin = replace(volume.origin, repairs=(*volume.origin.repairs, *said))
    return replace(volume, array=array, quantity=Quantity.SUV_BODY_WEIGHT, origin=origin)


def _correction_problems(acquisition: Acquisition) -> list[Problem]:
    """What forbids SUV whatever the vendor: no units, no correction for attenuation and decay."""
    problems: list[Problem] = []
    if acquisition.units is None:
        problems.append(_problem("Units", None, "BQML, CNTS or GML"))
    if "ATTN" not in acquisition.corrections:
        problems.append(_problem("CorrectedImage", None, "a correction for attenuation (ATTN)"))
    if "DECY" not in acquisition.corrections:
        problems.append(_problem("CorrectedImage", None, "a correction for decay (DECY)"))
    if acquisition.decay_correction not in (DecayCorrection.START, DecayCorrection.ADMINISTRATION):
        problems.append(_problem("DecayCorrection", acquisition.decay_correction, "START or ADMIN"))
    return problems


def _activity_per_unit(acquisition: Acquisition, problems: list[Problem]) -> float | None:
    """Activity concentration for one unit of the image [Bq/mL]."""
    if acquisition.units == "BQML":
        return 1.0
    if acquisition.units == "CNTS":
        if acquisition.philips_activity_factor is None:
            expected = "BQML, or the private factors of Philips (7053,1000) or (7053,1009) with CNTS"
            problems.append(_problem("Units", "CNTS", expected))
        return acquisition.philips_activity_factor
    if acquisition.units is not None:
        problems.append(_problem("Units", acquisition.units, "BQML, CNTS or GML"))
    return None


def _within(name: str, value: float | None, possible: Domain, problems: list[Problem]) -> float | None:
    """A number inside its possible range, or a problem."""
    if value is None or not possible.holds(value):
        expected = f"{possible.words}; another unit may have been written"
        problems.append(_problem(name, value, "a value above zero" if value is None else expected))
        return None
    return value


def _decay(acquisition: Acquisition, problems: list[Problem]) -> tuple[datetime | None, float | None, str]:
    """Reference time, time from injection to it [s], and how it was found."""
    if acquisition.decay_correction is DecayCorrection.ADMINISTRATION:
        return acquisition.injection, 0.0, "corrected to the time of administration"
    half_life = _within("RadionuclideHalfLife", acquisition.half_life_s, HALF_LIFE_S, problems)
    if acquisition.injection is None:
        expected = "RadiopharmaceuticalStartDateTime or RadiopharmaceuticalStartTime"
        problems.append(_problem("time of injection", None, expected))
    reference, method = _reference(acquisition, half_life, problems)
    if half_life is None or reference is None or acquisition.injection is None:
        return None, None, method
    decay_s = (reference - acquisition.injection).total_seconds()
    if decay_s < 0:
        expected = f"a scan after the injection; it lies {-decay_s:.0f} s before"
        problems.append(_problem("time of injection", None, expected))
    elif decay_s > MOST_HALF_LIVES * half_life:
        expected = (
            f"a scan within {MOST_HALF_LIVES:g} half-lives; it lies {decay_s:.0f} s after the injection"
        )
        problems.append(_problem("time of injection", None, expected))
    return reference, decay_s, method


def _reference(
    acquisition: Acquisition, half_life_s: float | None, problems: list[Problem]
) -> tuple[datetime | None, str]:
    """The time to which the image is corrected for decay, by the rules of this module."""
    series, first = acquisition.series_start, acquisition.start
    if first is None or series is None:
        names = [
            name for name, value in (("AcquisitionTime", first), ("SeriesTime", series)) if value is None
        ]
        problems.extend(_problem(name, None, "a date and time") for name in names)
        return None, ""
    if series <= first:
        return series, "corrected to the series time"
    if acquisition.post_processed_start is not None:
        return acquisition.post_processed_start, "corrected to the private scan start of GE"
    found = _back_computed(acquisition, half_life_s)
    if not found:
        return first, "corrected to the first acquisition time; the series time is later"
    if (max(*found, first) - min(*found, first)).total_seconds() > SAME_REFERENCE_S:
        expected = "one start of the scan by acquisition times and by frame reference times; they differ"
        problems.append(_problem("FrameReferenceTime", None, expected))
    return min(found), "corrected to the start that acquisition and frame reference times give"


def _back_computed(acquisition: Acquisition, half_life_s: float | None) -> list[datetime]:
    """Decay reference of each image from its frame times; none unless every image has them."""
    found: list[datetime] = []
    for frame in acquisition.frames:
        if frame.start is None or not frame.reference_s or not frame.duration_s or half_life_s is None:
            return []
        if frame.reference_s <= 0 or frame.duration_s <= 0:
            return []
        decayed = math.log(2) / half_life_s * frame.duration_s
        mean_s = math.log(decayed / -math.expm1(-decayed)) / (math.log(2) / half_life_s)
        found.append(frame.start + timedelta(seconds=mean_s - frame.reference_s))
    return found


def _problem(name: str, value: object, expected: str) -> Problem:
    """A header value that forbids SUV."""
    remedy = "Give the value from the injection record, or use an export with the original header"
    return Problem(name, "" if value is None else str(value), expected, remedy)


def _refused(acquisition: Acquisition, problems: list[Problem]) -> InputError:
    """The error with everything that forbids SUV."""
    return InputError(problems, file=f"SUV of {acquisition.series_name}")
