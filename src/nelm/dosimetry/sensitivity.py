"""How concentrations of regions answer to errors of outlines and of the resolution, to first order.

The measured means m and the image f do not change; what changes is the model that explains them. With T c = m (the
geometric transfer matrix), M = sum_s c_s I_s the modelled image and I_s that of region s at a concentration of one:

- the edge of region r moves outwards by 1 mm: each voxel wins g_r of it (`surface`) and its neighbours lose as much.
  The model changes by ``dM = h * [g_r (c_r - c_near)]`` with what lies on the other side, seen by the camera,
  ``c_near = (M - c_r I_r) / (1 - I_r)``. Means over moved outlines change alike on both sides, as far as the model
  describes the image. What is left is ``dc_a = - sum_b (1/T)_ab <dM>_b`` (1);
  The border of two regions is the edge of the one that comes first;
- the resolution F is another: ``dc_a = (c(F (1 + e)) - c(F)) / e`` with c(F) solved anew for the same means (2).

For one sphere in an empty space (1) is ``d ln c / d ln v = -(1 + r) / 2`` with ``r = d ln R / d ln v``: between -1/2
of a large and -1 of a small one, the same as what counts, recovery and mass do together in the chain of the EANM
guidance. In a warm surrounding it is that times ``1 - c_near / c``. Derived here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.dosimetry.curves import View
from nelm.dosimetry.occupancy import REACH_SIGMAS, surface
from nelm.dosimetry.partial_volume import spill
from nelm.dosimetry.regions import Region
from nelm.physics.kinetics.recovery import SIGMA_PER_FWHM
from nelm.physics.uncertainty import volume_relative_sd
from nelm.volume.grid import Box

Array = NDArray[np.float64]
RESOLUTION_STEP = 0.04
"""Relative step of the resolution in eq. 2."""
MM3_PER_ML = 1000.0
TINY = 1e-12
LEAST_OTHER = 0.05
"""Least part of a voxel's image that is taken to come from outside the region, in c_near."""


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """Relative changes of the concentrations of n regions and of the rest.

    Parameters
    ----------
    by_edge_mm : array (n + 1, n)  Of region a when the edge of region r moves outwards by 1 mm [1/mm].
    by_resolution : array (n + 1,)  For a relative change of the resolution [1].
    area_per_volume_mm : array (n,)  Surface over volume of each region, which makes volumes of edges [1/mm].
    """

    by_edge_mm: Array
    by_resolution: Array
    area_per_volume_mm: Array


@dataclass(frozen=True, slots=True)
class RegionErrors:
    """What outlines and the resolution do to the concentration of one region.

    Parameters
    ----------
    volume_relative_sd : Standard uncertainty of its volume [1].
    by_volume : Relative change of its concentration for a relative change of its volume [1].
    others_relative_sd : Of its concentration, from the outlines of all other regions [1].
    by_resolution : Relative change for a relative change of the resolution [1].
    """

    volume_relative_sd: float
    by_volume: float
    others_relative_sd: float
    by_resolution: float


def region_errors(
    found: Sensitivity,
    place: int,
    *,
    outline_voxel_mm: float,
    outline_resolution_mm: float,
    observer_relative_sd: float,
) -> RegionErrors:
    """The errors of one region, each outline with the uncertainty of an edge along its whole surface.

    ``u(v)/v = (S/v) u(edge)``, ``u(edge) = u(d)/2`` and u(d) of the EANM guidance (`volume_relative_sd`), which is
    ``3 u(d)/d`` for a sphere; that between observers is of the volume itself and comes on top.

    Parameters
    ----------
    place : Of the region.
    outline_voxel_mm : Edge of the voxels of the image that was outlined [mm].
    outline_resolution_mm : Its full width at half maximum [mm].
    observer_relative_sd : Of a volume between observers [1].
    """
    edges = np.zeros(len(found.area_per_volume_mm))
    for index, ratio in enumerate(found.area_per_volume_mm.tolist()):
        if ratio > 0:
            sd = _volume_sd(ratio, outline_voxel_mm, outline_resolution_mm, observer_relative_sd)
            edges[index] = sd / ratio
    effects = found.by_edge_mm[place] * edges
    own = float(found.area_per_volume_mm[place])
    others = math.sqrt(max(0.0, float((effects**2).sum() - effects[place] ** 2)))
    return RegionErrors(
        volume_relative_sd=float(edges[place]) * own,
        by_volume=float(found.by_edge_mm[place, place]) / own if own > 0 else 0.0,
        others_relative_sd=others,
        by_resolution=float(found.by_resolution[place]),
    )


def _volume_sd(per_volume_mm: float, voxel_mm: float, resolution_mm: float, observer: float) -> float:
    """Relative standard uncertainty of a volume, by the sphere of as much surface for its volume."""
    volume_ml = math.pi * (6 / per_volume_mm) ** 3 / 6 / MM3_PER_ML
    return volume_relative_sd(
        volume_ml, voxel_mm=voxel_mm, outline_resolution_fwhm_mm=resolution_mm, observer_relative_sd=observer
    )


def sensitivity_of(
    view: View,
    regions: Sequence[Region],
    concentrations: Array,
    *,
    resolution_mm: float | None,
) -> Sensitivity:
    """The sensitivities, at the time-integrated concentrations of the regions.

    Parameters
    ----------
    view : Of one image, whose outlines and resolution stand for all.
    concentrations : (n + 1,) of the regions and of the rest, in any unit, above zero.
    resolution_mm : Full width at half maximum; None: means are taken as they stand, and what an outline changes is
        the mean over it, at the edge of the image itself.
    """
    count = len(regions)
    places = list(view.rows)
    by_edge, by_resolution = np.zeros((count + 1, count)), np.zeros(count + 1)
    per_volume = np.zeros(count)
    taken = np.zeros(view.scan.activity.grid.shape)
    for row, place in enumerate(places[:-1]):
        box, shell = _shell(view, regions[place], taken)
        area = float(shell.sum())
        per_volume[place] = area / float(view.parts[place].share.sum())
        if area <= 0:
            continue
        if resolution_mm is None:
            image = np.asarray(view.scan.activity.array[box], dtype=np.float64)
            mean = float(view.measured[place])
            at_edge = float((shell * image).sum()) / area
            by_edge[place, place] = (at_edge / mean - 1) * per_volume[place] if mean > 0 else 0.0
            continue
        changes = _by_edge(
            view, row, box, shell, concentrations=concentrations[places], resolution_mm=resolution_mm
        )
        by_edge[places, place] = changes / concentrations[places]
    if resolution_mm is not None:
        by_resolution[places] = _by_resolution(view, concentrations[places], resolution_mm)
    return Sensitivity(by_edge, by_resolution, per_volume)


def _shell(view: View, region: Region, taken: Array) -> tuple[Box, Array]:
    """The edge of a region [part of a voxel per mm] but for borders that earlier ones have taken, which it joins.

    No body has less surface than the sphere of its volume: what smoothing took from a small one is given back.
    """
    grid = view.scan.activity.grid
    box, shell = surface(region.mask, grid, view.scan.from_reference)
    least = (36 * math.pi * (region.volume_ml * MM3_PER_ML) ** 2) ** (1 / 3) / (grid.voxel_ml * MM3_PER_ML)
    shell = shell * max(1.0, least / max(float(shell.sum()), TINY))
    left = np.maximum(shell - taken[box], 0.0)
    taken[box] = np.maximum(taken[box], shell)
    return box, left


def _by_edge(
    view: View, row: int, box: Box, shell: Array, *, concentrations: Array, resolution_mm: float
) -> Array:
    """Change of all concentrations when the edge of one region moves outwards by 1 mm, eq. 1."""
    grid = view.scan.activity.grid
    model = view.spill.modelled(concentrations, grid)
    own = np.zeros(grid.shape)
    place, image = view.spill.images[row]
    own[place] = image
    other = np.maximum(1 - own[box], LEAST_OTHER)
    source = shell * (concentrations[row] - model[box]) / other
    sigmas = [resolution_mm * SIGMA_PER_FWHM / spacing for spacing in grid.spacing_mm]
    margins = [math.ceil(REACH_SIGMAS * sigma) for sigma in sigmas]
    wide = [slice(max(0, one.start - m), min(n, one.stop + m))
            for one, m, n in zip(box, margins, grid.shape, strict=True)]  # fmt: skip
    change = np.zeros(grid.shape)
    change[box] = source
    z, y, x = wide
    change[z, y, x] = ndimage.gaussian_filter(change[z, y, x], sigmas, mode="constant", truncate=REACH_SIGMAS)
    means = np.array([member.mean(change) for member in (*view.seen, view.spill.rest)])
    return np.asarray(-np.linalg.solve(view.spill.matrix, means), dtype=np.float64)


def _by_resolution(view: View, concentrations: Array, resolution_mm: float) -> Array:
    """Relative change of all concentrations for a relative change of the resolution, eq. 2."""
    wider = spill(
        view.seen, view.body, view.scan.activity.grid, fwhm_mm=resolution_mm * (1 + RESOLUTION_STEP)
    )
    means = view.spill.matrix @ concentrations
    found = np.linalg.solve(wider.matrix, means)
    return np.asarray((found / concentrations - 1) / RESOLUTION_STEP, dtype=np.float64)
