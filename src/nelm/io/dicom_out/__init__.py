"""DICOM out: segmentations, measurement reports and structure sets for a PACS; images of the synthetic patient."""

from nelm.io.dicom_out.images import Examination, Tracer, write_ct, write_pet, write_spect
from nelm.io.dicom_out.reports import ReportedLesion, report_object
from nelm.io.dicom_out.segmentations import Region, segmentation_object, tracking_uid
from nelm.io.dicom_out.sources import Sources, sources_of
from nelm.io.dicom_out.structure_sets import contours_of, structure_set_object

__all__ = [
    "Examination",
    "Region",
    "ReportedLesion",
    "Sources",
    "Tracer",
    "contours_of",
    "report_object",
    "segmentation_object",
    "sources_of",
    "structure_set_object",
    "tracking_uid",
    "write_ct",
    "write_pet",
    "write_spect",
]
