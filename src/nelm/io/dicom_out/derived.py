"""What radiotherapy objects share: whose they are, where they belong, who made them."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from nelm import __version__
from nelm.errors import GeometryError
from nelm.io.dicom_out.sources import EMPTY, MANUFACTURER, MODEL, Sources
from nelm.volume import Grid

RIGHT_ANGLE = 1e-4
"""Largest cosine between the axes of a grid that counts as none."""


def derived_head(
    sources: Sources, sop_class: UID, *, modality: str, series_number: int, description: str, name: str
) -> Dataset:
    """Patient, study, frame of reference and equipment of an object made from images.

    Parameters
    ----------
    description : Of the series.
    name : Words that its identifiers are made from.
    """
    first = sources.headers[0]
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, sources.uid(name, "instance")
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.SpecificCharacterSet = "ISO_IR 192"
    for keyword in EMPTY:
        setattr(dataset, keyword, first.get(keyword, ""))
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = first.StudyInstanceUID, sources.uid(name)
    dataset.Modality, dataset.SeriesNumber, dataset.SeriesDescription = (
        modality,
        series_number,
        description[:64],
    )
    dataset.OperatorsName = ""
    dataset.FrameOfReferenceUID = first.FrameOfReferenceUID
    dataset.PositionReferenceIndicator = first.PositionReferenceIndicator
    dataset.Manufacturer, dataset.ManufacturerModelName = MANUFACTURER, MODEL
    dataset.SoftwareVersions = __version__
    return dataset


def reference_to(header: Dataset) -> Dataset:
    """An item that refers to an instance."""
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = header.SOPClassUID, header.SOPInstanceUID
    return item


def check_right_angles(grid: Grid) -> None:
    """Nothing, where the axes of a grid are at right angles, as the planes of a DICOM object are.

    Raises
    ------
    GeometryError : Where they are not.
    """
    unit = grid.matrix[:3, :3] / np.array(grid.spacing_mm)
    if np.abs(unit.T @ unit - np.eye(3)).max() > RIGHT_ANGLE:
        raise GeometryError(
            "the axes of the grid are not at right angles",
            expected="a grid of planes that lie above each other",
            remedy="Resample to a grid with right angles",
        )
