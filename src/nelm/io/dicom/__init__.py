"""DICOM in: series found in any folder, their geometry checked, images as volumes, PET as SUV."""

from nelm.io.dicom.acquisition import Acquisition, acquisition_of, read_acquisition
from nelm.io.dicom.discovery import Discovery, Ignored, Series, find_series
from nelm.io.dicom.suv import suv_factor, suv_volume
from nelm.io.dicom.volumes import read_volume

__all__ = [
    "Acquisition",
    "Discovery",
    "Ignored",
    "Series",
    "acquisition_of",
    "find_series",
    "read_acquisition",
    "read_volume",
    "suv_factor",
    "suv_volume",
]
