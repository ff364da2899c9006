"""What zones have to cover: a lesion with its margin, as far as there is liver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.imaging.distances import distance_to
from nelm.imaging.lesions import Lesion
from nelm.volume import Mask
from nelm.volume.grid import Box


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """Voxel centres to be covered.

    Parameters
    ----------
    points_mm : (n, 3) all of them (x, y, z) [mm].
    border_mm : (m, 3) those with a neighbour that is none.
    voxel_ml : Volume that each stands for [mL].
    spacing_mm : Of their grid (z, y, x).
    margin_mm : Beyond the lesion.
    cut_share : Share of the lesion with its margin that lies outside the liver and is not asked for.
    """

    points_mm: NDArray[np.float64]
    border_mm: NDArray[np.float64]
    voxel_ml: float
    spacing_mm: tuple[float, float, float]
    margin_mm: float
    cut_share: float

    @property
    def volume_ml(self) -> float:
        """Volume [mL]."""
        return len(self.points_mm) * self.voxel_ml

    @property
    def centre_mm(self) -> NDArray[np.float64]:
        """The middle of its volume (x, y, z) [mm]."""
        return self.points_mm.mean(axis=0)


def ablation_target(lesion: Lesion, liver: Mask, *, margin_mm: float) -> Target:
    """A lesion with everything of the liver within a margin of it.

    Distances are from the surface of the lesion: between voxel centres less half a voxel.

    Parameters
    ----------
    liver : With its lesions, on the grid of the image.
    """
    box = _widened(lesion, liver, margin_mm)
    grid = liver.grid.cropped(box)
    own = np.zeros(grid.shape, dtype=bool)
    places = tuple(slice(a.start - b.start, a.stop - b.start) for a, b in zip(lesion.box, box, strict=True))
    own[places] = lesion.mask.array
    wanted = own
    if margin_mm > 0:
        wanted = distance_to(Mask(own, grid)) <= margin_mm + np.mean(grid.spacing_mm) / 2
    kept = wanted & (liver.array[box] | own)
    inner = np.asarray(ndimage.binary_erosion(np.pad(kept, 1)))[1:-1, 1:-1, 1:-1]
    return Target(
        points_mm=grid.points_of(np.argwhere(kept)),
        border_mm=grid.points_of(np.argwhere(kept & ~inner)),
        voxel_ml=grid.voxel_ml,
        spacing_mm=grid.spacing_mm,
        margin_mm=margin_mm,
        cut_share=1 - float(np.count_nonzero(kept)) / float(np.count_nonzero(wanted)),
    )


def _widened(lesion: Lesion, image: Mask, margin_mm: float) -> Box:
    """The box of a lesion, wider by a margin and a voxel, within the image."""
    a, b, c = (
        slice(
            max(0, part.start - int(np.ceil(margin_mm / step)) - 1),
            min(n, part.stop + int(np.ceil(margin_mm / step)) + 1),
        )
        for part, step, n in zip(lesion.box, image.grid.spacing_mm, image.grid.shape, strict=True)
    )
    return a, b, c
