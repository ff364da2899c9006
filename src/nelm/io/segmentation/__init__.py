"""Segmentations in: DICOM SEG, RTSTRUCT, labelled NIfTI and mask series, as named regions on a grid."""

from nelm.io.segmentation.dicom_seg import read_seg
from nelm.io.segmentation.mask_series import segment_of_mask_volume
from nelm.io.segmentation.names import structure_coded, structure_named
from nelm.io.segmentation.nifti import read_mask_folder, read_nifti_labels, read_nifti_volume
from nelm.io.segmentation.rtstruct import read_rtstruct

__all__ = [
    "read_mask_folder",
    "read_nifti_labels",
    "read_nifti_volume",
    "read_rtstruct",
    "read_seg",
    "segment_of_mask_volume",
    "structure_coded",
    "structure_named",
]
