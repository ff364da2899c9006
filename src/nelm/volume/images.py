"""Volumes and masks: arrays that know where they lie and where they came from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from nelm.volume.grid import Box, Grid


class Quantity(StrEnum):
    """What the numbers of a volume are, with their unit."""

    HOUNSFIELD = "HU"
    SUV_BODY_WEIGHT = "g/mL"
    ACTIVITY_CONCENTRATION = "Bq/mL"
    COUNTS = "{counts}"
    ABSORBED_DOSE = "Gy"
    ARBITRARY = "1"


@dataclass(frozen=True, slots=True)
class ImageOrigin:
    """Where an image came from.

    Parameters
    ----------
    path : Folder or file as the user named it.
    modality : DICOM modality (CT, MR, PT, NM, SEG, RTSTRUCT), or NIFTI.
    series_uid, study_uid, frame_of_reference_uid : DICOM identifiers; None when the file has none.
    date : Day of the study or acquisition, ISO 8601.
    description : Series description.
    repairs : What was repaired on reading, one sentence each.
    sop_instance_uids : Instances in order of the slices.
    """

    path: str = ""
    modality: str = ""
    series_uid: str | None = None
    study_uid: str | None = None
    frame_of_reference_uid: str | None = None
    date: str | None = None
    description: str = ""
    repairs: tuple[str, ...] = ()
    sop_instance_uids: tuple[str, ...] = ()


def _frozen(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """The array, no longer writeable through this name."""
    view = array.view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A scalar image.

    Parameters
    ----------
    array : (z, y, x), float32 or an integer type.
    grid : Where the voxels lie.
    quantity : What the numbers are.
    origin : Where the image came from.
    """

    array: NDArray[np.generic]
    grid: Grid
    quantity: Quantity = Quantity.ARBITRARY
    origin: ImageOrigin = field(default_factory=ImageOrigin)

    def __post_init__(self) -> None:
        if self.array.shape != self.grid.shape:
            raise ValueError(f"array of shape {self.array.shape} on a grid of shape {self.grid.shape}")
        object.__setattr__(self, "array", _frozen(self.array))

    def cropped(self, box: Box) -> Volume:
        """The part inside a box of indices."""
        return replace(self, array=self.array[box], grid=self.grid.cropped(box))


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """A region: true inside.

    Parameters
    ----------
    array : (z, y, x) boolean.
    grid : Where the voxels lie.
    """

    array: NDArray[np.bool_]
    grid: Grid

    def __post_init__(self) -> None:
        if self.array.shape != self.grid.shape or self.array.dtype != np.bool_:
            raise ValueError(f"a mask is boolean and of the shape of its grid, {self.grid.shape}")
        object.__setattr__(self, "array", _frozen(self.array))

    @property
    def volume_ml(self) -> float:
        """Volume of the voxels inside [mL]."""
        return int(np.count_nonzero(self.array)) * self.grid.voxel_ml

    @property
    def is_empty(self) -> bool:
        """Whether nothing is inside."""
        return not bool(self.array.any())

    def box(self, margin_mm: float = 0.0) -> Box:
        """The smallest box of indices around the region, widened by a margin and clipped to the grid."""
        if self.is_empty:
            raise ValueError("an empty mask has no box")
        slices: list[slice] = []
        for axis, spacing in enumerate(self.grid.spacing_mm):
            others = tuple(other for other in range(3) if other != axis)
            inside = np.flatnonzero(self.array.any(axis=others))
            more = int(np.ceil(margin_mm / spacing))
            slices.append(
                slice(max(0, int(inside[0]) - more), min(self.grid.shape[axis], int(inside[-1]) + 1 + more))
            )
        return slices[0], slices[1], slices[2]

    def cropped(self, box: Box) -> Mask:
        """The part inside a box of indices."""
        return Mask(self.array[box], self.grid.cropped(box))
