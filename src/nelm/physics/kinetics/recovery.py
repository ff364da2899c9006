"""Partial volume: how much of a region's activity is found again inside its outline, from the outline itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, special

from nelm.errors import ConvergenceError, GeometryError, problem
from nelm.physics.kinetics.measurements import FloatArray
from nelm.volume import Grid, Mask

SIGMA_PER_FWHM = 1.0 / (2.0 * math.sqrt(2.0 * math.log(2.0)))
REACH_SIGMAS = 7.0
"""How far the point spread function is followed; beyond lie 3 in 10^12 of a normal distribution."""
SKEW = 1e-3
"""Largest cosine between two axes of a grid that count as perpendicular."""
LEAST_DETERMINANT = 1e-6
"""Smallest determinant of a transfer matrix that is still solved."""

Fwhm = float | tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Recovery:
    """What resolution does to the mean concentration inside an outline.

    Parameters
    ----------
    recovered_fraction : Of the region's own mean concentration, seen inside its outline; the recovery coefficient.
    spill_in_fraction : Of a uniform concentration all around, seen inside the outline: one minus the first.
    fwhm_mm : Full width at half maximum along (z, y, x) [mm].
    """

    recovered_fraction: float
    spill_in_fraction: float
    fwhm_mm: tuple[float, float, float]

    def corrected(self, measured: float, *, background: float) -> float:
        """True mean concentration from the measured one: (measured - spill-in background) / recovered.

        Parameters
        ----------
        measured : Mean concentration inside the outline, in any unit.
        background : Concentration around the region, in the same unit; zero only if it is known to be.

        Raises
        ------
        InputError : Negative or not finite numbers, or a background that alone exceeds what was measured.
        """
        for value, path in ((measured, "measured"), (background, "background")):
            if not (math.isfinite(value) and value >= 0):
                raise problem(value, "a finite concentration, not negative", path=path)
        own = measured - self.spill_in_fraction * background
        if own < 0:
            raise problem(
                background,
                f"a background whose spill-in stays below the measured concentration, {measured:.6g}",
                "Check where the background was measured; the region may take up less than its surroundings.",
                path="background",
            )
        return own / self.recovered_fraction


def recovery_coefficient(mask: Mask, *, fwhm_mm: Fwhm) -> Recovery:
    """Recovered fraction of a region of uniform activity under a Gaussian point spread function.

    Exact for the region that the voxels of the mask make up: the value of an image voxel is the mean of the blurred
    activity over that voxel, so the one-dimensional weights are a voxel's width convolved twice with itself and
    with the Gaussian, in closed form, and no width is too small for the voxels.

    Parameters
    ----------
    mask : The region, not empty.
    fwhm_mm : Full width at half maximum of the reconstructed image, the same along all axes of the array or along
        (z, y, x) [mm], not negative. Measured with the reconstruction in use; where the reconstruction models
        resolution its edges ring and a Gaussian is an approximation.

    Raises
    ------
    InputError : A width that is negative or not finite, or an empty mask.
    GeometryError : A grid whose axes are not perpendicular.
    """
    fraction = float(transfer_matrix([mask], fwhm_mm=fwhm_mm)[0, 0])
    return Recovery(fraction, 1.0 - fraction, _three(fwhm_mm))


def transfer_matrix(masks: Sequence[Mask], *, fwhm_mm: Fwhm) -> FloatArray:
    """Mean inside each region (rows) from a concentration of one in each region (columns), array (n, n).

    The regions lie on one grid and do not overlap. What they leave out is taken to be empty: give the surroundings
    as a region of their own.

    Raises
    ------
    InputError : No mask, an empty mask, regions that overlap, or a width that is negative or not finite.
    GeometryError : Different grids, or axes that are not perpendicular.

    Source: the geometric transfer matrix of Rousset and others, J Nucl Med 1998 (cited from memory).
    """
    if not masks:
        raise problem("no region", "at least one region", path="masks")
    _refuse_wrong(masks)
    widths = _three(fwhm_mm)
    grid = masks[0].grid
    spacing = _perpendicular_spacing(grid)
    kernels = [_weights(step, width * SIGMA_PER_FWHM) for step, width in zip(spacing, widths, strict=True)]
    arrays = _cropped_together(masks)
    found = np.empty((len(masks), len(masks)))
    for column, source in enumerate(arrays):
        blurred = source.astype(np.float64)
        for axis, kernel in enumerate(kernels):
            blurred = ndimage.correlate1d(blurred, kernel, axis=axis, mode="constant", cval=0.0)
        for row, target in enumerate(arrays):
            found[row, column] = float(blurred[target].mean())
    return found


def concentrations_without_spill(measured: Sequence[float], *, transfer: FloatArray) -> FloatArray:
    """True mean concentrations of regions from the measured ones, by the inverse of their transfer matrix.

    Parameters
    ----------
    measured : Mean concentration inside each region, in the order of the matrix.
    transfer : From `transfer_matrix`.

    Raises
    ------
    InputError : Another number of concentrations than regions, or ones that are negative or not finite.
    ConvergenceError : Regions too small to be told apart at this resolution, or a region that comes out negative.
    """
    values = np.asarray(measured, dtype=np.float64)
    if values.shape != (transfer.shape[0],) or not (np.isfinite(values) & (values >= 0)).all():
        raise problem(
            str(tuple(measured)), f"{transfer.shape[0]} finite concentrations, not negative", path="measured"
        )
    remedy = "Join regions, or correct only those that are well above the resolution."
    if abs(float(np.linalg.det(transfer))) < LEAST_DETERMINANT:
        raise ConvergenceError("the regions cannot be told apart at this resolution", remedy=remedy)
    found = np.asarray(np.linalg.solve(transfer, values), dtype=np.float64)
    if float(found.min()) < 0:
        raise ConvergenceError(
            f"region {int(found.argmin())} comes out with a negative concentration", remedy=remedy
        )
    return found


def sphere_recovery(diameter_mm: float, *, fwhm_mm: float) -> float:
    """Recovered fraction of a uniform sphere inside its own outline under an isotropic Gaussian, in closed form.

    With x = sqrt(2) R / sigma = 2 sqrt(ln 2) d / FWHM:
    erf x - [3/x - 2/x^3 - (1/x - 2/x^3) exp(-x^2)] / sqrt(pi), the covariogram 1 - 3r/4R + r^3/16R^3 of the sphere
    integrated over the Gaussian. Derived here; below x = 0.5 its power series.

    Parameters
    ----------
    diameter_mm, fwhm_mm : Diameter of the sphere, positive, and full width at half maximum, not negative [mm].
    """
    x = _scaled(diameter_mm, fwhm_mm, 2.0 * math.sqrt(math.log(2.0)))
    if math.isinf(x):
        return 1.0
    if x < 0.5:
        terms = [
            (-(x**2)) ** k / math.factorial(k) * (1 / (2 * k + 3) - 1.5 / (2 * k + 4) + 0.5 / (2 * k + 6))
            for k in range(12)
        ]
        return 4 * x**3 / math.sqrt(math.pi) * sum(terms)
    edge = 3 / x - 2 / x**3 - (1 / x - 2 / x**3) * math.exp(-(x**2))
    return math.erf(x) - edge / math.sqrt(math.pi)


def sphere_recovery_by_log_volume(diameter_mm: float, *, fwhm_mm: float) -> float:
    """Derivative of the recovered fraction of a sphere by the logarithm of its volume, (x/3) dR/dx.

    dR/dx = [3/x^2 - 6/x^4 + (3/x^2 + 6/x^4) exp(-x^2)] / sqrt(pi), with x as in `sphere_recovery`.
    """
    x = _scaled(diameter_mm, fwhm_mm, 2.0 * math.sqrt(math.log(2.0)))
    if math.isinf(x):
        return 0.0
    if x < 0.5:
        return sum(
            4
            / math.sqrt(math.pi)
            * (-1) ** k
            / math.factorial(k)
            * (2 * k + 3)
            * x ** (2 * k + 3)
            / 3
            * (1 / (2 * k + 3) - 1.5 / (2 * k + 4) + 0.5 / (2 * k + 6))
            for k in range(12)
        )
    slope = 3 / x**2 - 6 / x**4 + (3 / x**2 + 6 / x**4) * math.exp(-(x**2))
    return x / 3 * slope / math.sqrt(math.pi)


def slab_recovery(thickness_mm: float, *, fwhm_mm: float) -> float:
    """Recovered fraction of a slab without end: erf y - (1 - exp(-y^2)) / (y sqrt(pi)), y = sqrt(ln 2) 2 L / FWHM.

    Parameters
    ----------
    thickness_mm, fwhm_mm : Thickness L, positive, and full width at half maximum, not negative [mm].
    """
    y = _scaled(thickness_mm, fwhm_mm, 2.0 * math.sqrt(math.log(2.0)))
    if math.isinf(y):
        return 1.0
    return math.erf(y) + math.expm1(-(y**2)) / (y * math.sqrt(math.pi))


def _scaled(length_mm: float, fwhm_mm: float, factor: float) -> float:
    """A length in units of the width; infinite for a width of zero."""
    if not (math.isfinite(length_mm) and length_mm > 0):
        raise problem(length_mm, "a length above zero in millimetres", path="diameter_mm")
    if not (math.isfinite(fwhm_mm) and fwhm_mm >= 0):
        raise problem(fwhm_mm, "a width in millimetres, not negative", path="fwhm_mm")
    return factor * length_mm / fwhm_mm if fwhm_mm else math.inf


def _three(fwhm_mm: Fwhm) -> tuple[float, float, float]:
    """Widths along (z, y, x); refuses those that cannot be."""
    widths = fwhm_mm if isinstance(fwhm_mm, tuple) else (fwhm_mm, fwhm_mm, fwhm_mm)
    if not all(math.isfinite(width) and width >= 0 for width in widths):
        raise problem(
            str(fwhm_mm),
            "widths in millimetres, finite and not negative",
            "Measure the full width at half maximum with the reconstruction in use.",
            path="fwhm_mm",
        )
    return widths


def _refuse_wrong(masks: Sequence[Mask]) -> None:
    """Refuses masks that are empty, on different grids or overlapping."""
    grid = masks[0].grid
    covered: NDArray[np.int64] = np.zeros(grid.shape, dtype=np.int64)
    for index, mask in enumerate(masks):
        if mask.is_empty:
            raise problem(
                "an empty mask",
                "a region with at least one voxel",
                "Outline the region on this image, or check that its mask was brought to the same grid.",
                path=f"masks[{index}]",
            )
        if not mask.grid.same_as(grid):
            raise GeometryError(
                f"region {index} lies on another grid than the first",
                expected="one grid for all regions",
                remedy="Bring the masks to one grid with nelm.volume.mask_on.",
            )
        covered += mask.array
    if int(covered.max()) > 1:
        raise problem(
            f"{int(np.count_nonzero(covered > 1))} voxels in more than one region",
            "regions that do not overlap",
            "Take the lesions out of the organ first.",
            path="masks",
        )


def _cropped_together(masks: Sequence[Mask]) -> list[NDArray[np.bool_]]:
    """The arrays of the masks, cut to the smallest box around all of them."""
    everything = Mask(np.logical_or.reduce([mask.array for mask in masks]), masks[0].grid)
    box = everything.box()
    return [mask.array[box] for mask in masks]


def _perpendicular_spacing(grid: Grid) -> tuple[float, float, float]:
    """Spacing along (z, y, x) [mm] of a grid with perpendicular axes."""
    unit = grid.matrix[:3, :3] / np.array(grid.spacing_mm)
    if float(np.abs(unit.T @ unit - np.eye(3)).max()) > SKEW:
        raise GeometryError(
            "the axes of the grid are not perpendicular",
            expected="perpendicular axes, along which the point spread function is a product",
            remedy="Resample image and mask to a perpendicular grid.",
        )
    return grid.spacing_mm


def _weights(step_mm: float, sigma_mm: float) -> FloatArray:
    """Mean over one voxel of a blurred voxel k steps away, array (2 reach + 1,).

    The second difference of F(u) = u Phi(u/sigma) + sigma phi(u/sigma), the twice integrated Gaussian.
    """
    reach = math.ceil(REACH_SIGMAS * sigma_mm / step_mm) + 1
    places = np.arange(-reach - 1, reach + 2) * step_mm
    if sigma_mm == 0:
        twice = np.maximum(places, 0.0)
    else:
        scaled = places / sigma_mm
        normal = np.exp(-(scaled**2) / 2) / math.sqrt(2 * math.pi)
        twice = places * np.asarray(special.ndtr(scaled), dtype=np.float64) + sigma_mm * normal
    return np.diff(twice, n=2) / step_mm
