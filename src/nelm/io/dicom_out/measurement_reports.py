"""DICOM SR, TID 1500: the document around groups of measurements."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, cast

import highdicom as hd
from highdicom.sr import (
    CodedConcept,
    Comprehensive3DSR,
    MeasurementReport,
    ObservationContext,
    ObserverContext,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from nelm import __version__
from nelm.io.dicom_out.sources import Sources


def measurement_report(
    groups: Sequence[Any],
    segmentation: Dataset,
    sources: Sources,
    *,
    procedure: CodedConcept,
    name: str,
    description: str,
    series_number: int,
) -> Comprehensive3DSR:
    """A report with this program as its observer, ready to be saved.

    Parameters
    ----------
    groups : Of measurements.
    segmentation : What the groups point to.
    procedure : That was reported.
    name : Gives the report its identity among all that comes of these sources.
    description : Of the series.
    """
    device = hd.sr.DeviceObserverIdentifyingAttributes(
        uid=sources.lasting_uid("observer"),
        name="nelm",
        manufacturer_name="nelm",
        model_name=f"nelm {__version__}",
    )
    context = ObservationContext(
        observer_device_context=ObserverContext(
            observer_type=cast("Any", codes.DCM).Device, observer_identifying_attributes=device
        )
    )
    content = MeasurementReport(
        observation_context=context,
        procedure_reported=procedure,
        imaging_measurements=list(groups),
        title=cast("Any", codes.DCM).ImagingMeasurementReport,
    )
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # highdicom warns of odd names of patients, which are not ours to change
        return Comprehensive3DSR(
            evidence=[*sources.headers, segmentation],
            content=content[0],
            series_instance_uid=sources.uid(name),
            series_number=series_number,
            sop_instance_uid=sources.uid(name, "instance"),
            instance_number=1,
            manufacturer="nelm",
            is_complete=True,
            is_verified=False,
            series_description=description,
        )
