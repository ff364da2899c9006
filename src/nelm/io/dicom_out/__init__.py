"""DICOM out: segmentations, reports, structure sets, doses and maps for a PACS; images of the synthetic patient."""

from nelm.io.dicom_out.dose_reports import ReportedAdministration, ReportedDose, dose_report_object
from nelm.io.dicom_out.doses import DescribedDose, DoseMedium, RegionHistogram, dose_object
from nelm.io.dicom_out.gamma_camera import Camera, OppositeCounts, write_planar, write_spect
from nelm.io.dicom_out.image_headers import Examination, Tracer
from nelm.io.dicom_out.images import write_ct, write_pet
from nelm.io.dicom_out.parametric_maps import MapQuantity, parametric_map_object
from nelm.io.dicom_out.reports import ReportedLesion, report_object
from nelm.io.dicom_out.segmentations import Region, segmentation_object, tracking_uid
from nelm.io.dicom_out.sources import Sources, sources_of
from nelm.io.dicom_out.structure_sets import contours_of, structure_set_object

__all__ = [
    "Camera",
    "DescribedDose",
    "DoseMedium",
    "Examination",
    "MapQuantity",
    "OppositeCounts",
    "Region",
    "RegionHistogram",
    "ReportedAdministration",
    "ReportedDose",
    "ReportedLesion",
    "Sources",
    "Tracer",
    "contours_of",
    "dose_object",
    "dose_report_object",
    "parametric_map_object",
    "report_object",
    "segmentation_object",
    "sources_of",
    "structure_set_object",
    "tracking_uid",
    "write_ct",
    "write_pet",
    "write_planar",
    "write_spect",
]
