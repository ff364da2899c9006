"""Images in space: grids, volumes and masks.

Arrays have the axes (z, y, x); points are DICOM patient space in millimetres (x to the patient's left, y to the
back, z to the head); the affine of a grid leads from an index (z, y, x) to a point (x, y, z).
"""

from nelm.volume.grid import Grid
from nelm.volume.images import ImageOrigin, Mask, Quantity, Volume
from nelm.volume.resampling import mask_on, volume_on
from nelm.volume.structures import Segment, Segmentation, Structure

__all__ = [
    "Grid",
    "ImageOrigin",
    "Mask",
    "Quantity",
    "Segment",
    "Segmentation",
    "Structure",
    "Volume",
    "mask_on",
    "volume_on",
]
