"""SUV by body weight, for what GE, Siemens and Philips write; refused where a fact is missing.

The activity is carried to the start of the scan, to which images with DecayCorrection START are corrected. The start
is the series' time where that is not later than the acquisition's; a series that was reconstructed later carries its
own time then, and the start follows from the frame: acquisition time less frame reference time plus the time within
the frame at which the mean count rate is reached; without a frame reference time it is the first acquisition.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np

from nelm.errors import InputError, Problem
from nelm.io.dicom.acquisition import Acquisition
from nelm.volume import Quantity, Volume

NEEDED = ("ATTN", "DECY")
LONGEST_DELAY_H = 72.0
"""A scan later than this after the injection is an error of a date."""

REMEDY = "Complete the header (injected activity, weight, times), or give a volume in SUV."


def suv_factor(acquisition: Acquisition, *, where: str = "PET series") -> float:
    """What a stored value (after its slope) is multiplied with to be an SUV [g/mL for BQML: g/Bq].

    Raises
    ------
    InputError : Units, corrections or a needed fact are missing or make no sense; all of them are named.
    """
    units = acquisition.units
    if units == "GML":
        return 1.0
    if units == "CNTS" and acquisition.philips_suv is not None:
        return acquisition.philips_suv
    problems = _problems(acquisition)
    if problems:
        raise InputError(
            [Problem(f"{where}: {name}", found, expected, REMEDY) for name, found, expected in problems]
        )
    assert (
        acquisition.injected_bq
        and acquisition.weight_kg
        and acquisition.half_life_s
        and acquisition.injected_at
    )
    scale = 1.0 if units == "BQML" else acquisition.philips_bq_ml or 0.0
    activity = acquisition.injected_bq
    if acquisition.decay_correction != "ADMIN":
        elapsed = (scan_start(acquisition) - acquisition.injected_at).total_seconds()
        if not 0 <= elapsed <= LONGEST_DELAY_H * 3600:
            raise InputError(
                [Problem(f"{where}: times", f"a scan {elapsed / 3600:.1f} h after the injection",
                         f"0 to {LONGEST_DELAY_H:g} h", "Correct the dates and times of the header.")]
            )  # fmt: skip
        activity *= math.exp(-math.log(2) * elapsed / acquisition.half_life_s)
    return scale * acquisition.weight_kg * 1000 / activity


def suv_volume(volume: Volume, acquisition: Acquisition) -> Volume:
    """A PET volume in SUV by body weight.

    Raises
    ------
    InputError : As `suv_factor`.
    """
    if volume.quantity is Quantity.SUV_BODY_WEIGHT:
        return volume
    factor = suv_factor(acquisition, where=volume.origin.series_uid or volume.origin.path or "PET series")
    array = np.asarray(volume.array, dtype=np.float32) * np.float32(factor)
    return Volume(array, volume.grid, Quantity.SUV_BODY_WEIGHT, volume.origin)


def scan_start(acquisition: Acquisition) -> datetime:
    """The time that decay was corrected to; both times of the acquisition are known."""
    series, acquired = acquisition.series_start, acquisition.acquisition_start
    assert series is not None and acquired is not None
    if series <= acquired:
        return series
    assert acquisition.half_life_s
    reference, length = acquisition.frame_reference_ms, (acquisition.frame_duration_ms or 0.0) / 1000
    if not reference:
        return acquired
    rate = math.log(2) / acquisition.half_life_s
    decayed = rate * length
    within = math.log(decayed / -math.expm1(-decayed)) / rate if decayed > 0 else 0.0
    return acquired - timedelta(seconds=reference / 1000) + timedelta(seconds=within)


def _problems(acquisition: Acquisition) -> list[tuple[str, str, str]]:
    """What stands in the way: attribute, what was found, what is needed."""
    found: list[tuple[str, str, str]] = []
    if acquisition.units not in ("BQML", "CNTS"):
        found.append(
            ("Units", acquisition.units or "absent", "BQML, GML, or CNTS with Philips' scale factors")
        )
    elif acquisition.units == "CNTS" and acquisition.philips_bq_ml is None:
        found.append(
            ("Units", "CNTS without a scale factor", "the private attributes (7053,1000) or (7053,1009)")
        )
    missing = [name for name in NEEDED if name not in acquisition.corrected]
    if missing:
        found.append(("CorrectedImage", ", ".join(acquisition.corrected) or "absent", " and ".join(NEEDED)))
    if acquisition.decay_correction not in ("START", "ADMIN"):
        found.append(("DecayCorrection", acquisition.decay_correction or "absent", "START or ADMIN"))
    facts = {
        "PatientWeight": acquisition.weight_kg,
        "RadionuclideTotalDose": acquisition.injected_bq,
        "RadionuclideHalfLife": acquisition.half_life_s,
        "RadiopharmaceuticalStartTime": acquisition.injected_at,
        "SeriesTime": acquisition.series_start,
        "AcquisitionTime": acquisition.acquisition_start,
    }
    found += [(name, "absent or not positive", "a value") for name, value in facts.items() if value is None]
    return found
