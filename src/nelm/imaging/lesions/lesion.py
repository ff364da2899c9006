"""A lesion: a named region on its own small grid, a part of the lattice of the image that it was drawn on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from nelm.volume import Grid, Mask
from nelm.volume.grid import Box


@dataclass(frozen=True, slots=True, eq=False)
class Lesion:
    """One lesion.

    Parameters
    ----------
    name : Stays the same over the course (``L1``).
    mask : The region, cropped to its box with one voxel around it where the image reaches as far.
    box : Where that box lies in the image.
    tracking_uid : Identity that the file gave it; None when it gave none.
    remarks : What should be known of it, one sentence each.
    """

    name: str
    mask: Mask
    box: Box
    tracking_uid: str | None = None
    remarks: tuple[str, ...] = ()

    @property
    def volume_ml(self) -> float:
        """Volume of its voxels [mL]."""
        return self.mask.volume_ml

    def named(self, name: str) -> Lesion:
        """The same lesion under another name."""
        return replace(self, name=name)

    def with_remarks(self, remarks: Iterable[str]) -> Lesion:
        """The same lesion, more said of it."""
        return replace(self, remarks=(*self.remarks, *remarks))

    def on(self, grid: Grid) -> Mask:
        """The lesion on the whole grid of its image."""
        whole = np.zeros(grid.shape, dtype=bool)
        whole[self.box] = self.mask.array
        return Mask(whole, grid)


def lesion_of(name: str, mask: Mask, *, tracking_uid: str | None = None) -> Lesion:
    """A lesion from a mask on the whole grid; ValueError when the mask is empty."""
    box = mask.box(margin_mm=max(mask.grid.spacing_mm))
    return Lesion(name, mask.cropped(box), box, tracking_uid)
