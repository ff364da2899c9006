"""DICOM SR, TID 1500: the measurements of every lesion, pointing to its segment and carrying its identity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from highdicom.sr import (
    CodedConcept,
    Comprehensive3DSR,
    FindingSite,
    Measurement,
    ReferencedSegment,
    TrackingIdentifier,
    VolumetricROIMeasurementsAndQualitativeEvaluations,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import UID

from nelm.io.dicom_out.measurement_reports import measurement_report
from nelm.io.dicom_out.sources import Sources
from nelm.io.digits import significant

PROCEDURE = CodedConcept("25045-6", "LN", "CT unspecified body region")
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII")
MILLILITRE = CodedConcept("mL", "UCUM", "milliliter")
MILLIMETRE = CodedConcept("mm", "UCUM", "millimeter")
SUV_UNIT = CodedConcept("g/ml{SUVbw}", "UCUM", "Standardized Uptake Value body weight")
SUV = CodedConcept("126401", "DCM", "SUVbw")
VOLUME = CodedConcept("118565006", "SCT", "Volume")
LONG_AXIS = CodedConcept("103339001", "SCT", "Long axis")
SHORT_AXIS = CodedConcept("103340004", "SCT", "Short axis")
MAXIMUM = CodedConcept("56851009", "SCT", "Maximum")
MEAN = CodedConcept("373098007", "SCT", "Mean")
VOLUME_3D = CodedConcept("L0JK", "IBSIS", "Maximum 3D diameter")


@dataclass(frozen=True, slots=True)
class ReportedLesion:
    """What is reported of a lesion; None for what was not measured.

    Parameters
    ----------
    name : Tracking identifier.
    segment : Number of its segment in the SEG.
    tracking_uid : Its identity.
    couinaud : Numbers of its Couinaud segments.
    volume_ml, long_axis_mm, short_axis_mm, longest_mm : Sizes.
    suv_max, suv_mean : Uptake of the receptor tracer.
    """

    name: str
    segment: int
    tracking_uid: UID
    couinaud: tuple[int, ...]
    volume_ml: float
    long_axis_mm: float
    short_axis_mm: float
    longest_mm: float
    suv_max: float | None = None
    suv_mean: float | None = None


def report_object(
    lesions: Sequence[ReportedLesion], segmentation: Dataset, sources: Sources, *, series_number: int
) -> Comprehensive3DSR:
    """The report, ready to be saved."""
    return measurement_report(
        [_group(lesion, segmentation) for lesion in lesions],
        segmentation,
        sources,
        procedure=PROCEDURE,
        name="SR",
        description="nelm measurements",
        series_number=series_number,
    )


def _group(
    lesion: ReportedLesion, segmentation: Dataset
) -> VolumetricROIMeasurementsAndQualitativeEvaluations:
    """One lesion: its segment, where it lies, its sizes and uptake."""
    sct = cast("Any", codes.SCT)
    sites = [FindingSite(anatomic_location=_couinaud(number)) for number in lesion.couinaud] or [
        FindingSite(anatomic_location=sct.Liver)
    ]
    measured = [
        Measurement(name=VOLUME, value=decimal(lesion.volume_ml), unit=MILLILITRE),
        Measurement(name=LONG_AXIS, value=decimal(lesion.long_axis_mm), unit=MILLIMETRE),
        Measurement(name=SHORT_AXIS, value=decimal(lesion.short_axis_mm), unit=MILLIMETRE),
        Measurement(name=VOLUME_3D, value=decimal(lesion.longest_mm), unit=MILLIMETRE),
    ]
    if lesion.suv_max is not None:
        measured.append(
            Measurement(name=SUV, value=decimal(lesion.suv_max), unit=SUV_UNIT, derivation=MAXIMUM)
        )
    if lesion.suv_mean is not None:
        measured.append(Measurement(name=SUV, value=decimal(lesion.suv_mean), unit=SUV_UNIT, derivation=MEAN))
    return VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(uid=lesion.tracking_uid, identifier=lesion.name),
        referenced_segment=ReferencedSegment.from_segmentation(
            segmentation=cast("Any", segmentation), segment_number=lesion.segment
        ),
        finding_type=sct.NeoplasmSecondary,
        finding_sites=sites,
        measurements=measured,
    )


def _couinaud(number: int) -> Any:
    return getattr(codes.SCT, f"CouinaudHepaticSegment{ROMAN[number]}")


def decimal(value: float) -> float:
    """A number to as many digits as a decimal string of DICOM holds with room to spare."""
    return significant(value, 6)
