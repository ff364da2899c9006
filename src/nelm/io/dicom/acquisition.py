"""When and with what an emission image was taken: what SUV and dosimetry need from the header."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta

import pydicom
from pydicom.dataset import Dataset

from nelm.io.dicom.attributes import first_of, number_of, text_of, value_of
from nelm.io.dicom.discovery import Series


@dataclass(frozen=True, slots=True)
class Acquisition:
    """An emission acquisition; what the header does not say is None.

    Parameters
    ----------
    units : BQML, CNTS, GML and so on.
    corrected : Corrections that were made (ATTN, DECY, SCAT, ...).
    decay_correction : START, ADMIN or NONE.
    series_start, acquisition_start : Date and time of the series, and of this image.
    injected_at : Start of the injection.
    injected_bq : Activity at that time [Bq].
    half_life_s : Of the radionuclide [s].
    weight_kg : Of the patient [kg].
    frame_reference_ms, frame_duration_ms : Time of the frame within the scan, and its length [ms].
    philips_suv, philips_bq_ml : Private scale factors for CNTS.
    tracer, nuclide : As the header names them.
    """

    units: str
    corrected: tuple[str, ...]
    decay_correction: str
    series_start: datetime | None = None
    acquisition_start: datetime | None = None
    injected_at: datetime | None = None
    injected_bq: float | None = None
    half_life_s: float | None = None
    weight_kg: float | None = None
    frame_reference_ms: float | None = None
    frame_duration_ms: float | None = None
    philips_suv: float | None = None
    philips_bq_ml: float | None = None
    tracer: str = ""
    nuclide: str = ""


def read_acquisition(series: Series) -> Acquisition:
    """The acquisition of a series, by the image that was acquired first."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd values become None
        found = [
            acquisition_of(pydicom.dcmread(header.path, stop_before_pixels=True)) for header in series.headers
        ]
    return min(found, key=lambda item: item.acquisition_start or datetime.max)


def acquisition_of(dataset: Dataset) -> Acquisition:
    """The acquisition of one image."""
    drug = first_of(dataset, "RadiopharmaceuticalInformationSequence")
    series_start = moment(text_of(dataset, "SeriesDate"), text_of(dataset, "SeriesTime"))
    acquired = moment(text_of(dataset, "AcquisitionDate"), text_of(dataset, "AcquisitionTime"))
    return Acquisition(
        units=text_of(dataset, "Units"),
        corrected=tuple(str(item) for item in (value_of(dataset, "CorrectedImage") or ())),
        decay_correction=text_of(dataset, "DecayCorrection"),
        series_start=series_start,
        acquisition_start=acquired,
        injected_at=_injection(drug, acquired or series_start),
        injected_bq=_positive(drug, "RadionuclideTotalDose"),
        half_life_s=_positive(drug, "RadionuclideHalfLife"),
        weight_kg=_positive(dataset, "PatientWeight"),
        frame_reference_ms=number_of(dataset, "FrameReferenceTime"),
        frame_duration_ms=_positive(dataset, "ActualFrameDuration"),
        philips_suv=_private(dataset, 0x00),
        philips_bq_ml=_private(dataset, 0x09),
        tracer=text_of(drug, "Radiopharmaceutical") if drug is not None else "",
        nuclide=_nuclide(drug),
    )


def moment(day: str, time: str) -> datetime | None:
    """A date (YYYYMMDD) and a time (HHMMSS.ffffff) of DICOM; None unless both can be read."""
    digits = (time.partition(".")[0] + "000000")[:6]
    fraction = (time.partition(".")[2] + "000000")[:6]
    try:
        return datetime.strptime(f"{day[:8]}{digits}{fraction}", "%Y%m%d%H%M%S%f")
    except ValueError:
        return None


def _injection(drug: Dataset | None, scanned: datetime | None) -> datetime | None:
    """When the injection began; a time without a date is that of the day before when it would lie after the scan."""
    if drug is None:
        return None
    stamp = text_of(drug, "RadiopharmaceuticalStartDateTime")
    if (
        len(stamp) >= 14
        and (found := moment(stamp[:8], stamp[8:].partition("+")[0].partition("-")[0])) is not None
    ):
        return found
    time = text_of(drug, "RadiopharmaceuticalStartTime")
    if not time or scanned is None:
        return None
    found = moment(scanned.strftime("%Y%m%d"), time)
    return found - timedelta(days=1) if found is not None and found > scanned else found


def _positive(dataset: Dataset | None, name: str) -> float | None:
    value = number_of(dataset, name) if dataset is not None else None
    return value if value is not None and value > 0 else None


PHILIPS = "Philips PET Private Group"


def _private(dataset: Dataset, offset: int) -> float | None:
    """A scale factor of Philips' private group (7053,xx00) or (7053,xx09)."""
    try:
        value = float(dataset.private_block(0x7053, PHILIPS)[offset].value)
    except Exception:  # no such group, or a value that is no number
        return None
    return value if value > 0 else None


def _nuclide(drug: Dataset | None) -> str:
    code = first_of(drug, "RadionuclideCodeSequence")
    return text_of(code, "CodeMeaning") if code is not None else ""
