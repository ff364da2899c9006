"""Reading DICOM images: what lies in a folder, whether its geometry holds, volumes with their units."""

from nelm.io.dicom.acquisition import Acquisition, DecayCorrection, FrameTiming, read_acquisition
from nelm.io.dicom.discovery import Discovery, find_series
from nelm.io.dicom.file_headers import DicomObject, Ignored
from nelm.io.dicom.findings import Defect, Finding
from nelm.io.dicom.geometry import Stack, grid_of, stack_of
from nelm.io.dicom.instances import Frame, Layout, Source
from nelm.io.dicom.planar import EnergyWindow, PlanarFrame, PlanarImages, read_planar
from nelm.io.dicom.series import Series
from nelm.io.dicom.suv import SuvScale, suv_scale, suv_volume
from nelm.io.dicom.volumes import read_volume

__all__ = [
    "Acquisition",
    "DecayCorrection",
    "Defect",
    "DicomObject",
    "Discovery",
    "EnergyWindow",
    "Finding",
    "Frame",
    "FrameTiming",
    "Ignored",
    "Layout",
    "PlanarFrame",
    "PlanarImages",
    "Series",
    "Source",
    "Stack",
    "SuvScale",
    "find_series",
    "grid_of",
    "read_acquisition",
    "read_planar",
    "read_volume",
    "stack_of",
    "suv_scale",
    "suv_volume",
]
