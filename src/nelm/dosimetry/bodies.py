"""Material and density of voxels from a CT, for dose engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.dosimetry.regions import TISSUE_OF, Region
from nelm.errors import problem
from nelm.physics.engines import Body
from nelm.physics.interaction import material
from nelm.volume import Grid, Quantity, Volume, volume_on

Array = NDArray[np.float64]
MATERIALS = ("air", "lung", "adipose", "soft_tissue", "liver", "kidney", "cortical_bone")
AIR_HU = -1000.0
BODY_HU = -900.0
"""Below it lies air, not lung."""


@dataclass(frozen=True, slots=True)
class DensityCurve:
    """Density of tissue by its CT number, straight between the points.

    Parameters
    ----------
    hounsfield, density_g_cm3 : Points of the curve [HU], [g/cm3].
    material_edges_hu : Lower ends of lung, adipose, soft tissue and bone [HU].
    """

    hounsfield: tuple[float, ...]
    density_g_cm3: tuple[float, ...]
    material_edges_hu: tuple[float, float, float, float]

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.hounsfield, self.hounsfield[1:], strict=False))
        if len(self.hounsfield) != len(self.density_g_cm3) or not rising:
            raise problem("a density curve", "rising CT numbers, each with a density", path="density_curve")


def body_on(ct: Volume | None, grid: Grid) -> NDArray[np.bool_]:
    """(z, y, x) where there is a body: all of the grid without a CT."""
    if ct is None:
        return np.ones(grid.shape, dtype=bool)
    _refuse_other(ct)
    return np.asarray(volume_on(ct, grid, outside=AIR_HU).array, dtype=np.float64) >= BODY_HU


def body_of(
    ct: Volume | None,
    grid: Grid,
    labels: NDArray[np.int16],
    regions: Sequence[Region],
    *,
    curve: DensityCurve,
) -> Body:
    """Materials and densities on a grid.

    Organs that are outlined are made of their own tissue at its own density: the contrast medium of a CT would pass for
    mass. Elsewhere the CT decides. Without a CT everything is soft tissue.

    Parameters
    ----------
    ct : In Hounsfield units.
    labels : (z, y, x) place of each voxel's region in `regions`, -1 outside of all.
    curve : From CT number to density.
    """
    kinds = tuple(material(name) for name in MATERIALS)
    place = {name: number for number, name in enumerate(MATERIALS)}
    if ct is None:
        chosen = np.full(grid.shape, place["soft_tissue"], dtype=np.uint8)
        density = np.full(grid.shape, kinds[place["soft_tissue"]].density_g_cm3)
    else:
        _refuse_other(ct)
        hounsfield = np.asarray(volume_on(ct, grid, outside=AIR_HU).array, dtype=np.float64)
        density = np.interp(hounsfield, curve.hounsfield, curve.density_g_cm3)
        chosen = _material(hounsfield, curve, place)
    for number, region in enumerate(regions):
        tissue = TISSUE_OF.get(region.kind)
        if tissue is not None:
            inside = labels == number
            chosen[inside] = place[tissue]
            density[inside] = kinds[place[tissue]].density_g_cm3
    return Body(chosen, np.asarray(density, dtype=np.float64), kinds, grid.spacing_mm)


def _material(hounsfield: Array, curve: DensityCurve, place: Mapping[str, int]) -> NDArray[np.uint8]:
    """Material by CT number."""
    order = ("air", "lung", "adipose", "soft_tissue", "cortical_bone")
    codes = np.array([place[name] for name in order], dtype=np.uint8)
    return codes[np.searchsorted(curve.material_edges_hu, hounsfield, side="right")]


def _refuse_other(ct: Volume) -> None:
    """Refuse an image that is no CT."""
    if ct.quantity is not Quantity.HOUNSFIELD:
        raise problem(
            ct.quantity.value,
            "a CT in Hounsfield units",
            "Give the CT of the SPECT/CT or PET/CT",
            path=ct.origin.path or "image",
        )
