"""Reading DICOM images: what lies in a folder, whether its geometry holds, volumes with their units."""

from nelm.io.dicom.acquisition import Acquisition, DecayCorrection, FrameTiming, read_acquisition
from nelm.io.dicom.discovery import Discovery, find_series
from nelm.io.dicom.doses import DoseImage, DoseKind, read_dose, read_dose_image
from nelm.io.dicom.file_headers import DicomObject, Ignored
from nelm.io.dicom.findings import Defect, Finding
from nelm.io.dicom.gamma_camera import EnergyWindow
from nelm.io.dicom.geometry import Stack, grid_of, stack_of
from nelm.io.dicom.instances import Frame, Layout, Source
from nelm.io.dicom.nuclides import nuclide_of
from nelm.io.dicom.planar import PlanarFrame, PlanarImages, read_planar
from nelm.io.dicom.planar_pairs import PlanarPair, read_planar_pair
from nelm.io.dicom.plausibility import implausible, refuse_implausible
from nelm.io.dicom.series import Series
from nelm.io.dicom.suv import SuvScale, suv_scale, suv_volume
from nelm.io.dicom.volumes import read_volume

__all__ = [
    "Acquisition",
    "DecayCorrection",
    "Defect",
    "DicomObject",
    "Discovery",
    "DoseImage",
    "DoseKind",
    "EnergyWindow",
    "Finding",
    "Frame",
    "FrameTiming",
    "Ignored",
    "Layout",
    "PlanarFrame",
    "PlanarImages",
    "PlanarPair",
    "Series",
    "Source",
    "Stack",
    "SuvScale",
    "find_series",
    "grid_of",
    "implausible",
    "nuclide_of",
    "read_acquisition",
    "read_dose",
    "read_dose_image",
    "read_planar",
    "read_planar_pair",
    "read_volume",
    "refuse_implausible",
    "stack_of",
    "suv_scale",
    "suv_volume",
]
