"""Activity of every region in every image, corrected for partial volume, with the uncertainty of each point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.dosimetry.noise import Noise, noise_of
from nelm.dosimetry.occupancy import Occupancy, occupancy
from nelm.dosimetry.partial_volume import Spill, spill, without_spill
from nelm.dosimetry.regions import Region
from nelm.dosimetry.scans import BQ_PER_MBQ, Scan
from nelm.errors import NelmError
from nelm.physics.kinetics import TimeActivity

Array = NDArray[np.float64]
NORMAL_95_IN_SPACE = 2.795
"""Distance that 95 % of points of a normal distribution in three dimensions stay within, in standard deviations."""
LARGEST_OUTSIDE = 0.02
"""Part of a region beyond the edge of the image from which its activity is not known."""
LEAST_POINT_SD = 1e-3
"""Relative standard uncertainty that no point goes below: the numbers of an image are rounded."""
FEWEST_FOR_CURVATURE = 3
REST = "rest of the body"


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What one image shows of the regions.

    Parameters
    ----------
    scan : The image.
    body : (z, y, x) where there is a body.
    parts : Each region on its grid.
    spill : How regions show in it; voxels alone where no resolution is known.
    measured, concentrations : (n + 1,) mean over each region and the rest, as it stands and corrected [Bq/mL].
    sds : (n + 1,) standard uncertainty of the corrected ones: noise and registration [Bq/mL].
    modelled : (z, y, x) image of regions with these concentrations [Bq/mL].
    noise : Of the image; None where no region is large enough to read it.
    negative : Regions whose corrected concentration came out negative and was set to zero.
    """

    scan: Scan
    body: NDArray[np.bool_]
    parts: tuple[Occupancy, ...]
    spill: Spill
    measured: Array
    concentrations: Array
    sds: Array
    modelled: Array
    noise: Noise | None
    negative: tuple[int, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        """Places that the rows of the spill stand for: of the regions that the image shows, then of the rest."""
        return _rows(self.parts)

    @property
    def seen(self) -> tuple[Occupancy, ...]:
        """The regions that the image shows."""
        return tuple(part for part in self.parts if part.is_seen)


@dataclass(frozen=True, slots=True, eq=False)
class RegionCurve:
    """Activity of a region over time.

    Parameters
    ----------
    name : Of the region.
    volume_ml : As it was outlined, or what the image shows of the rest of the body [mL].
    data : Activity at each time [MBq]; None where it is not known, and then `reason` says why.
    recovery : Part of its own concentration that the means show, of the first image [1].
    spill_in : Part of the mean in the first image that came from elsewhere [1].
    reason : Why there is no curve.
    remarks : What should be known.
    hidden_mbq : Where a region shows nothing: activity in the first image that noise could hide, one standard
        uncertainty [MBq]; None otherwise.
    """

    name: str
    volume_ml: float
    data: TimeActivity | None
    recovery: float
    spill_in: float
    reason: str | None = None
    remarks: tuple[str, ...] = ()
    hidden_mbq: float | None = None


def view_of(
    scan: Scan, regions: Sequence[Region], body: NDArray[np.bool_], *, resolution_mm: float | None
) -> View:
    """The regions in one image.

    Parameters
    ----------
    regions : They do not overlap, on the grid of the reference anatomy.
    body : (z, y, x) on the grid of the image: where there is a body.
    resolution_mm : Full width at half maximum of the image [mm]; None: means are taken as they stand.

    Raises
    ------
    ConvergenceError : Regions that cannot be told apart at this resolution.
    """
    grid = scan.activity.grid
    image = np.asarray(scan.activity.array, dtype=np.float64)
    parts = tuple(occupancy(region.mask, grid, scan.from_reference) for region in regions)
    seen = [part for part in parts if part.is_seen]
    shown = spill(seen, body, grid, fwhm_mm=resolution_mm or 0.0)
    members = [*seen, shown.rest]
    means = np.array([member.mean(image) for member in members])
    matrix = shown.matrix if resolution_mm is not None else np.eye(len(means))
    found, negative = without_spill(np.maximum(means, 0.0), matrix)
    modelled = shown.modelled(found, grid)
    noise = noise_of(image, modelled, seen)
    spread = np.array(
        [_mean_sd(part, mean, noise, scan) for part, mean in zip(members, means.tolist(), strict=True)]
    )
    back = np.linalg.inv(matrix)
    sds = np.sqrt(np.einsum("ij,j,ij->i", back, spread**2, back))
    places = _rows(parts)
    return View(
        scan=scan,
        body=body,
        parts=parts,
        spill=shown,
        measured=_spread_over(means, places, len(parts) + 1),
        concentrations=_spread_over(found, places, len(parts) + 1),
        sds=_spread_over(sds, places, len(parts) + 1),
        modelled=modelled,
        noise=noise,
        negative=tuple(places[place] for place in negative),
    )


def curves_of(
    views: Sequence[View], regions: Sequence[Region], *, repeat_relative_sd: float
) -> tuple[RegionCurve, ...]:
    """The curve of each region, and of the rest of the body as the last.

    Parameters
    ----------
    views : In the order of their times.
    repeat_relative_sd : Standard uncertainty of a point that noise and registration do not hold [1].
    """
    rest_ml = max(view.spill.rest.volume_ml for view in views)
    rows = [(region.name, region.volume_ml) for region in regions] + [(REST, rest_ml)]
    return tuple(
        _curve(place, name, volume, views, repeat=repeat_relative_sd)
        for place, (name, volume) in enumerate(rows)
    )


def _curve(place: int, name: str, volume_ml: float, views: Sequence[View], *, repeat: float) -> RegionCurve:
    """Activity of one region in all images."""
    cut = [view for view in views if place < len(view.parts) and view.parts[place].outside > LARGEST_OUTSIDE]
    recovery, spill_in = _shown(views[0], place)
    if cut:
        times = ", ".join(f"{view.scan.after_h:.0f} h" for view in cut)
        reason = f"the image does not hold all of it (at {times})"
        return RegionCurve(name, volume_ml, None, recovery, spill_in, reason=reason)
    scale = volume_ml / BQ_PER_MBQ
    values = [float(view.concentrations[place]) * scale for view in views]
    sds = [
        math.hypot(
            float(view.sds[place]) * scale,
            max(repeat, LEAST_POINT_SD) * value,
            view.scan.scale_relative_sd * value,
        )
        for view, value in zip(views, values, strict=True)
    ]
    remarks: list[str] = []
    lost = [f"{view.scan.after_h:.0f} h" for view in views if place in view.negative]
    if lost:
        remarks.append(f"less than its surroundings bleed into it at {', '.join(lost)}: taken as zero")
    least = max(values, default=0.0) * LEAST_POINT_SD
    try:
        data = TimeActivity(
            tuple(view.scan.after_h for view in views), tuple(values), tuple(max(sd, least) for sd in sds)
        )
    except NelmError:
        return RegionCurve(
            name,
            volume_ml,
            None,
            recovery,
            spill_in,
            reason="no activity above its surroundings",
            hidden_mbq=sds[0],
        )
    return RegionCurve(name, volume_ml, data, recovery, spill_in, remarks=tuple(remarks))


def _shown(view: View, place: int) -> tuple[float, float]:
    """Recovery of a region, and the part of its mean that came from elsewhere."""
    places = list(view.rows)
    if place not in places:
        return 0.0, 0.0
    row = places.index(place)
    own = view.spill.matrix[row, row] * float(view.concentrations[place])
    total = float(view.spill.matrix[row] @ view.concentrations[places])
    return view.spill.recovery(row), 1.0 - own / total if total > 0 else 0.0


def _rows(parts: Sequence[Occupancy]) -> tuple[int, ...]:
    """Places of the regions that an image shows, and that of the rest."""
    return (*(place for place, part in enumerate(parts) if part.is_seen), len(parts))


def _mean_sd(part: Occupancy, mean: float, noise: Noise | None, scan: Scan) -> float:
    """Standard uncertainty of a mean: noise, and what an error of the registration does to it."""
    from_noise = noise.mean_sd(mean, part) if noise is not None else 0.0
    if scan.registration_error_mm <= 0:
        return from_noise
    return math.hypot(from_noise, _shift_sd(part, scan))


def _shift_sd(part: Occupancy, scan: Scan) -> float:
    """What an error of the registration does to the mean over a region, to second order.

    A shift u, normal with the standard deviation s along each axis, changes the mean by ``f_i u_i + f_ii u_i^2 / 2``
    with means of the derivatives over the region. Its mean square is ``s^2 sum f_i^2 + s^4 / 2 sum f_ii^2 + (s^2 / 2
    sum f_ii)^2``; the last term is the square of a loss that no shift makes up for.
    """
    box = [slice(max(0, one.start - 1), min(n, one.stop + 1))
           for one, n in zip(part.box, scan.activity.grid.shape, strict=True)]  # fmt: skip
    image = np.asarray(scan.activity.array[box[0], box[1], box[2]], dtype=np.float64)
    inner = tuple(
        slice(one.start - wide.start, one.stop - wide.start) for one, wide in zip(part.box, box, strict=True)
    )
    sd_mm = scan.registration_error_mm / NORMAL_95_IN_SPACE
    total = float(part.share.sum())
    slopes, curvatures = np.zeros(3), np.zeros(3)
    for axis, step in enumerate(scan.activity.grid.spacing_mm):
        if image.shape[axis] < FEWEST_FOR_CURVATURE:
            continue
        first = np.asarray(np.gradient(image, step, axis=axis), dtype=np.float64)
        kernel = np.array([1.0, -2.0, 1.0]) / step**2
        second = np.asarray(ndimage.correlate1d(image, kernel, axis=axis, mode="nearest"), dtype=np.float64)
        slopes[axis] = float((part.share * first[inner]).sum()) / total
        curvatures[axis] = float((part.share * second[inner]).sum()) / total
    linear = sd_mm**2 * float((slopes**2).sum())
    bent = sd_mm**4 * (float((curvatures**2).sum()) / 2 + float(curvatures.sum()) ** 2 / 4)
    return math.sqrt(linear + bent)


def _spread_over(values: Array, places: Sequence[int], length: int) -> Array:
    """Values at their places, zero elsewhere."""
    found = np.zeros(length)
    found[list(places)] = values
    return found
