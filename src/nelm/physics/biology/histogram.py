"""Dose-volume histogram of a region: cumulative, differential, D_x, V_x, with bands for uncertain doses.

Conventions
-----------
Voxels are sorted by falling dose; each stands for the share w_i of the volume, at the middle of that share, and the
dose runs straight from middle to middle. Hence a linear gradient is exact up to half a voxel at either end, where the
dose of the outermost voxel holds. V_x is the inverse: the largest volume whose least dose is at least x.

Uncertainty
-----------
Voxel i holds ``D_i (1 + s E) + sd_i e_i``, E and e_i standard normal, independent of each other:

* s, the systematic part, is common to all voxels (calibration, recovery, volume, dose factor, fit of a region):
  fully correlated. It stretches the dose axis.
* sd_i, the random part, is a voxel's own (image noise, Monte Carlo), independent but for neighbours, of which
  `correlated_voxels` (n_c) share one e. The variance of a volume is ``n_c sum_i w_i^2 p_i (1 - p_i)`` with
  ``p_i = Phi((D_i - x) / sd_i)``; that of D_x follows through the slope of the histogram, and is at most that of a
  single voxel.

Bands are 95 % limits; both parts are added in squares. Random errors also flatten the histogram: `noise_bias_ml`
says by how much, and the bands do not hold that bias.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from nelm.errors import problem
from nelm.physics.biology.refusals import Array, array_not_negative, not_negative, positive
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR

TINY = 1e-12
"""Relative width below which two volumes or doses are one."""


@dataclass(frozen=True, slots=True, eq=False)
class DoseVolumeHistogram:
    """Doses of a region and how much of it receives them; made by `dose_volume_histogram`.

    Parameters
    ----------
    dose_gy : array (voxels,)  Doses, falling [Gy].
    volume_ml : array (voxels,)  Volume of each voxel inside the region [mL].
    dose_sd_gy : array (voxels,)  Random standard uncertainty of each dose [Gy].
    relative_systematic_sd : Standard uncertainty that all voxels share, as a part of the dose [1].
    correlated_voxels : How many neighbouring voxels share one random error [1].
    """

    dose_gy: Array
    volume_ml: Array
    dose_sd_gy: Array
    relative_systematic_sd: float
    correlated_voxels: float

    @property
    def total_ml(self) -> float:
        """Volume of the region [mL]."""
        return float(self.volume_ml.sum())

    @property
    def minimum_gy(self) -> float:
        """Lowest dose of a voxel [Gy]; has no band, the extremes of noisy doses are biased."""
        return float(self.dose_gy[-1])

    @property
    def maximum_gy(self) -> float:
        """Highest dose of a voxel [Gy]; has no band."""
        return float(self.dose_gy[0])

    @property
    def mean_gy(self) -> Estimate:
        """Mean dose with its 95 % limits [Gy]."""
        shares = self.volume_ml / self.total_ml
        mean = float((shares * self.dose_gy).sum())
        random = math.sqrt(self.correlated_voxels * float((shares**2 * self.dose_sd_gy**2).sum()))
        spread = COVERAGE_FACTOR * math.hypot(random, mean * self.relative_systematic_sd)
        return _between(mean, mean - spread, mean + spread, math.inf)

    def dose_to(self, percent: float) -> Estimate:
        """D_x: the least dose of the hottest `percent` of the volume, with its 95 % limits [Gy].

        D_98 is a near minimum, D_2 a near maximum.
        """
        if not 0 <= percent <= 100:
            raise problem(percent, "0 to 100 percent of the volume", path="percent")
        place, middles = percent / 100 * self.total_ml, self._middles()
        dose = float(np.interp(place, middles, self.dose_gy))
        random = self._dose_sd_gy(dose, float(np.interp(place, middles, self.dose_sd_gy)))
        spread = COVERAGE_FACTOR * math.hypot(random, dose * self.relative_systematic_sd)
        return _between(dose, dose - spread, dose + spread, math.inf)

    def volume_at_least(self, dose_gy: float) -> Estimate:
        """V_x: the volume that receives at least a dose, with its 95 % limits [mL]."""
        dose = not_negative(dose_gy, "dose_gy")
        value = self._volume_ml(dose)
        random = COVERAGE_FACTOR * self._volume_sd_ml(dose)
        stretch = COVERAGE_FACTOR * self.relative_systematic_sd
        most = self._volume_ml(dose / (1 + stretch))
        least = self._volume_ml(dose / (1 - stretch)) if stretch < 1 else 0.0
        low, high = value - math.hypot(random, value - least), value + math.hypot(random, most - value)
        return _between(value, low, high, self.total_ml)

    def percent_at_least(self, dose_gy: float) -> Estimate:
        """V_x in percent of the region, with its 95 % limits."""
        return self.volume_at_least(dose_gy).scaled(100 / self.total_ml)

    def cumulative_ml(self, doses_gy: ArrayLike) -> Array:
        """Volume that receives at least each of the doses [mL]."""
        doses = array_not_negative(doses_gy, "doses_gy")
        return np.array([self._volume_ml(dose) for dose in doses.ravel().tolist()]).reshape(doses.shape)

    def cumulative_band_ml(self, doses_gy: ArrayLike) -> tuple[Array, Array]:
        """Lower and upper 95 % limit of the cumulative histogram at each of the doses [mL]."""
        doses = array_not_negative(doses_gy, "doses_gy")
        found = [self.volume_at_least(dose) for dose in doses.ravel().tolist()]
        low, high = np.array([each.low for each in found]), np.array([each.high for each in found])
        return low.reshape(doses.shape), high.reshape(doses.shape)

    def differential_ml(self, edges_gy: ArrayLike) -> Array:
        """Volume between each two neighbouring edges, lower one included [mL]; divide by the width for mL/Gy."""
        edges = array_not_negative(edges_gy, "edges_gy")
        if edges.ndim != 1 or edges.size < 2 or not bool((np.diff(edges) > 0).all()):
            raise problem("edges out of order", "two rising edges or more", path="edges_gy")
        return np.asarray(-np.diff(self.cumulative_ml(edges)), dtype=np.float64)

    def noise_bias_ml(self, dose_gy: float) -> float:
        """How much more volume than true a histogram of doses with these random errors shows at a dose [mL].

        Computed from the histogram as given, so it is the bias that a second dose of noise would add; to first order in
        the variance of the noise the two are equal.
        """
        dose = not_negative(dose_gy, "dose_gy")
        return float((self.volume_ml * self._chance(dose)).sum()) - self._volume_ml(dose)

    def _middles(self) -> Array:
        """Volume at which each dose stands [mL]."""
        return np.asarray(np.cumsum(self.volume_ml) - self.volume_ml / 2, dtype=np.float64)

    def _volume_ml(self, dose: float) -> float:
        """The largest volume whose least dose is at least `dose`."""
        if dose <= self.minimum_gy:
            return self.total_ml
        if dose > self.maximum_gy:
            return 0.0
        middles = self._middles()
        last = int(np.count_nonzero(self.dose_gy >= dose)) - 1
        upper, lower = float(self.dose_gy[last]), float(self.dose_gy[last + 1])
        part = (upper - dose) / (upper - lower)
        return float(middles[last] + part * (middles[last + 1] - middles[last]))

    def _chance(self, dose: float) -> Array:
        """Probability that each voxel receives at least a dose."""
        certain = self.dose_sd_gy <= TINY * max(self.maximum_gy, 1.0)
        width = np.where(certain, 1.0, self.dose_sd_gy)
        chance = np.where(certain, self.dose_gy >= dose, ndtr((self.dose_gy - dose) / width))
        return np.asarray(chance, dtype=np.float64)

    def _volume_sd_ml(self, dose: float) -> float:
        """Random standard uncertainty of the volume above a dose."""
        chance = self._chance(dose)
        return math.sqrt(self.correlated_voxels * float((self.volume_ml**2 * chance * (1 - chance)).sum()))

    def _dose_sd_gy(self, dose: float, own: float) -> float:
        """Random standard uncertainty of D_x where it is `dose` and a voxel there has the uncertainty `own`."""
        noisy = self.dose_sd_gy > TINY * max(self.maximum_gy, 1.0)
        sd = self.dose_sd_gy[noisy]
        density = np.exp(-0.5 * ((self.dose_gy[noisy] - dose) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))
        slope = float((self.volume_ml[noisy] * density).sum())
        spread = self._volume_sd_ml(dose)
        return spread / slope if spread < own * slope else own


def dose_volume_histogram(
    dose_gy: ArrayLike,
    *,
    voxel_ml: float,
    mask: NDArray[np.bool_] | None = None,
    weights: ArrayLike | None = None,
    dose_sd_gy: ArrayLike | None = None,
    relative_systematic_sd: float = 0.0,
    correlated_voxels: float = 1.0,
) -> DoseVolumeHistogram:
    """The dose-volume histogram of a region.

    Parameters
    ----------
    dose_gy : array (z, y, x) or any shape  Dose of each voxel, absorbed dose, BED or EQD2 [Gy].
    voxel_ml : Volume of a voxel [mL].
    mask : array of the same shape  True inside the region; None for every voxel.
    weights : array of the same shape  Part of each voxel inside the region, 0 to 1; None for whole voxels.
    dose_sd_gy : array of the same shape or number  Random standard uncertainty of a voxel [Gy]; None for none.
    relative_systematic_sd : Standard uncertainty common to all voxels, as a part of the dose [1].
    correlated_voxels : Voxels in the volume within which random errors are one (resolution volume), 1 or more.

    Raises
    ------
    InputError
        An empty region, negative or NaN dose inside it, arrays of different shape.

    Notes
    -----
    Derived here (module docstring); the bands are checked by Monte Carlo in the tests. Order n log n in voxels.
    """
    doses = np.asarray(dose_gy, dtype=np.float64)
    share = _inside(doses.shape, mask, weights)
    kept = share > 0
    if not bool(kept.any()):
        raise problem("an empty region", "a region of at least one voxel", "Check the mask", path="mask")
    inside = array_not_negative(doses[kept], "dose_gy")
    sd = np.broadcast_to(np.asarray(0.0 if dose_sd_gy is None else dose_sd_gy, dtype=np.float64), doses.shape)
    spread = array_not_negative(sd[kept], "dose_sd_gy")
    order = np.argsort(-inside, kind="stable")
    if not correlated_voxels >= 1:
        raise problem(correlated_voxels, "one voxel or more", path="correlated_voxels")
    return DoseVolumeHistogram(
        dose_gy=inside[order],
        volume_ml=(share[kept] * positive(voxel_ml, "voxel_ml"))[order],
        dose_sd_gy=spread[order],
        relative_systematic_sd=not_negative(relative_systematic_sd, "relative_systematic_sd"),
        correlated_voxels=float(correlated_voxels),
    )


def _inside(shape: tuple[int, ...], mask: NDArray[np.bool_] | None, weights: ArrayLike | None) -> Array:
    """Part of each voxel that is inside the region."""
    share = np.ones(shape) if weights is None else array_not_negative(weights, "weights")
    chosen = np.ones(shape, dtype=bool) if mask is None else mask
    for array, name in ((share, "weights"), (chosen, "mask")):
        if array.shape != shape:
            raise problem(
                f"{name} of shape {array.shape}", f"the shape of the dose, {shape}", "Resample", path=name
            )
    if share.size and float(share.max()) > 1:
        raise problem(float(share.max()), "parts of a voxel, 0 to 1", path="weights")
    return np.asarray(np.where(chosen, share, 0.0), dtype=np.float64)


def _between(value: float, low: float, high: float, most: float) -> Estimate:
    """An estimate whose limits are cut at 0 and at the most that there can be."""
    return Estimate(value, max(0.0, min(low, value)), min(most, max(high, value)))
