"""Noise of an emission image, from the image itself, and what it makes of the mean over a region.

The variance of a voxel is taken to be proportional to its value, ``var = a f``, as that of counts is; neighbouring
voxels share their noise, as reconstruction and filter make it. Both are read from the residual e between the image and
what regions of one concentration each would look like: ``a = sum e^2 / sum f`` over the voxels well inside the largest
region, and the autocorrelation ``rho(lag) = C(lag) / C(0)`` up to `LAGS` voxels. The mean of a region of weights w
then has ``u^2 = a m sum over lags of rho(lag) sum_x w(x) w(x + lag) / (sum w)^2`` (1), at least that of independent
voxels and at most that of one. True unevenness of the region counts as noise, which makes u too large rather than
too small.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.dosimetry.occupancy import Occupancy

Array = NDArray[np.float64]
LAGS = 2
"""Voxels along each axis up to which noise is looked at for being shared."""
WHOLE = 0.999
"""Share from which a voxel lies well inside a region."""
FEWEST_VOXELS = 200
"""Voxels from which a variance is read."""


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """Noise of an emission image.

    Parameters
    ----------
    variance_per_value : a, in the unit of the image.
    correlation : (5, 5, 5) rho of eq. 1, no lag in the middle.
    """

    variance_per_value: float
    correlation: Array

    def voxel_sd(self, values: Array) -> Array:
        """Standard deviation of voxels with these values, in the unit of the image."""
        return np.sqrt(self.variance_per_value * np.maximum(values, 0.0))

    def mean_sd(self, mean: float, part: Occupancy) -> float:
        """Standard uncertainty of the mean over a region, eq. 1, in the unit of the image."""
        weights = part.share
        total, alone = float(weights.sum()) ** 2, float((weights**2).sum())
        shared = 0.0
        for lag in _lags():
            ours, theirs = _shifted(lag, weights.shape)
            rho = float(self.correlation[tuple(LAGS + step for step in lag)])
            shared += rho * float((weights[ours] * weights[theirs]).sum())
        return float(np.sqrt(self.variance_per_value * max(mean, 0.0) * min(max(shared, alone) / total, 1.0)))


def noise_of(image: Array, modelled: Array, parts: Sequence[Occupancy]) -> Noise | None:
    """The noise, read inside the largest region; None where none is large enough.

    Parameters
    ----------
    image, modelled : (z, y, x) the image, and regions of one concentration each as the scanner sees them.
    parts : The regions.
    """
    sizes = [int(np.count_nonzero(part.share >= WHOLE)) for part in parts]
    if not sizes or max(sizes) < FEWEST_VOXELS:
        return None
    part = parts[int(np.argmax(sizes))]
    inside = part.share >= WHOLE
    values = np.asarray(image[part.box], dtype=np.float64)
    residual = np.where(inside, values - modelled[part.box], 0.0)
    residual = np.where(inside, residual - residual[inside].mean(), 0.0)
    variance = float((residual**2).sum() / inside.sum())
    level = float(values[inside].mean())
    if level <= 0 or variance <= 0:
        return None
    return Noise(variance / level, _correlation(residual, inside) / variance)


def _correlation(residual: Array, inside: NDArray[np.bool_]) -> Array:
    """Autocovariance at all lags."""
    found = np.zeros((2 * LAGS + 1,) * 3)
    for lag in _lags():
        ours, theirs = _shifted(lag, residual.shape)
        pairs = float(np.count_nonzero(inside[ours] & inside[theirs]))
        if pairs > 0:
            covariance = float((residual[ours] * residual[theirs]).sum()) / pairs
            found[tuple(LAGS + step for step in lag)] = covariance
    return found


def _lags() -> Iterator[tuple[int, ...]]:
    """Every lag."""
    return itertools.product(range(-LAGS, LAGS + 1), repeat=3)


def _shifted(lag: tuple[int, ...], shape: tuple[int, ...]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Two views of an array, one shifted by a lag against the other."""
    ours = tuple(slice(max(0, step), max(0, n + min(0, step))) for step, n in zip(lag, shape, strict=True))
    theirs = tuple(
        slice(max(0, -step), max(0, n + min(0, -step))) for step, n in zip(lag, shape, strict=True)
    )
    return ours, theirs
