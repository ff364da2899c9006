"""DICOM in: series found in any folder, their geometry checked, images as volumes."""

from nelm.io.dicom.discovery import Discovery, Ignored, Series, find_series
from nelm.io.dicom.volumes import read_volume

__all__ = ["Discovery", "Ignored", "Series", "find_series", "read_volume"]
