"""CT and PET as DICOM: what the synthetic patient is written as. Every header is complete and valid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import CTImageStorage, PositronEmissionTomographyImageStorage

from nelm.io.dicom_out.image_headers import (
    WHOLE,
    Examination,
    Tracer,
    decimal,
    drug,
    put_pixels,
    put_position,
    saved,
    slice_of,
)
from nelm.volume import Volume


def write_ct(
    volume: Volume, folder: Path, examination: Examination, *, number: int, description: str
) -> list[Path]:
    """A CT series, one file a slice, in Hounsfield units."""
    series = examination.uid("CT", description)
    datasets: list[Dataset] = []
    for k in range(volume.grid.shape[0]):
        dataset = slice_of(volume, examination, CTImageStorage, "CT", series=series, number=number, place=k)
        dataset.SeriesDescription = description
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        dataset.PatientPosition = "HFS"
        dataset.KVP, dataset.AcquisitionNumber = "120", 1
        dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "0", "1", "HU"
        dataset.WindowCenter, dataset.WindowWidth = "60", "350"
        put_pixels(dataset, np.asarray(volume.array[k]).astype(np.int16), signed=True)
        datasets.append(dataset)
    return saved(datasets, folder, "CT")


def write_pet(
    volume: Volume, folder: Path, examination: Examination, *, number: int, description: str, tracer: Tracer
) -> list[Path]:
    """A PET series in Bq/mL, decay corrected to its start, one file a slice with a slope of its own."""
    series = examination.uid("PT", description)
    count = volume.grid.shape[0]
    datasets: list[Dataset] = []
    for k in range(count):
        dataset = slice_of(volume, examination, PositronEmissionTomographyImageStorage, "PT", series=series,
                          number=number, place=k)  # fmt: skip
        dataset.SeriesDescription = description
        dataset.ImageType = ["ORIGINAL", "PRIMARY"]
        dataset.SeriesType = ["STATIC", "IMAGE"]
        dataset.Units, dataset.CountsSource, dataset.DecayCorrection = "BQML", "EMISSION", "START"
        dataset.CorrectedImage = ["DECY", "ATTN", "SCAT", "DTIM", "RAN", "NORM"]
        dataset.NumberOfSlices, dataset.ImageIndex = count, k + 1
        dataset.FrameReferenceTime, dataset.ActualFrameDuration = "0", "180000"
        dataset.CollimatorType, dataset.RandomsCorrectionMethod, dataset.ReconstructionMethod = (
            "NONE",
            "DLYD",
            "OSEM",
        )
        dataset.AttenuationCorrectionMethod, dataset.ScatterCorrectionMethod = "CT", "model"
        dataset.DecayFactor = "1"
        dataset.RadiopharmaceuticalInformationSequence = Items([drug(tracer, in_becquerel=True)])
        put_position(dataset)
        plane = np.clip(np.asarray(volume.array[k], dtype=np.float64), 0, None)
        slope = max(float(plane.max()) / WHOLE, 1e-6)
        dataset.RescaleIntercept, dataset.RescaleSlope = "0", decimal(slope)
        put_pixels(dataset, np.round(plane / float(dataset.RescaleSlope)).astype(np.int16), signed=True)
        datasets.append(dataset)
    return saved(datasets, folder, "PT")
