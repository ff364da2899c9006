"""Equivalent uniform dose: one number for a dose that is not uniform."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from nelm.errors import problem
from nelm.physics.biology.bed import absorbed_dose_for
from nelm.physics.biology.refusals import Array, array_not_negative, positive


def equivalent_uniform_dose(
    dose_gy: ArrayLike, *, alpha_per_gy: float, weights: ArrayLike | None = None
) -> float:
    """The uniform dose that lets as many cells survive as the given one [Gy].

    ``EUD = -ln(sum_i v_i exp(-alpha D_i)) / alpha`` with volume fractions v_i.

    Parameters
    ----------
    dose_gy : array (any shape)  Dose of each voxel [Gy].
    alpha_per_gy : Sensitivity alpha [1/Gy]; from the surviving fraction at 2 Gy it is ``-ln(SF2) / 2``.
    weights : array of the same shape  Volume or number of cells of each voxel, any unit; None for equal ones.

    Notes
    -----
    Niemierko, Med Phys 1997;24:103-110, in its exponential form. Between the lowest and the mean dose.
    """
    doses, shares = _voxels(dose_gy, weights)
    alpha = positive(alpha_per_gy, "alpha_per_gy")
    lowest = float(doses.min())
    return lowest - math.log(float((shares * np.exp(-alpha * (doses - lowest))).sum())) / alpha


def equivalent_uniform_bed(
    bed_gy: ArrayLike, *, alpha_per_gy: float, weights: ArrayLike | None = None
) -> float:
    """The uniform BED that lets as many cells survive as a map of BED, EUBED [Gy].

    ``EUBED = -ln(sum_i v_i exp(-alpha BED_i)) / alpha``

    Parameters
    ----------
    bed_gy : array (any shape)  BED of each voxel [Gy].
    alpha_per_gy : Sensitivity alpha [1/Gy].
    weights : array of the same shape  Volume or number of cells of each voxel; None for equal ones.

    Notes
    -----
    O'Donoghue, J Nucl Med 1999;40:1337-1341 (cited from memory).
    """
    return equivalent_uniform_dose(bed_gy, alpha_per_gy=alpha_per_gy, weights=weights)


def uniform_dose_for_bed(
    eubed_gy: float, *, alpha_beta_gy: float, repair_half_time_h: float, effective_half_life_h: float
) -> float:
    """The uniform absorbed dose of one mono-exponential course that has a given EUBED [Gy]."""
    return absorbed_dose_for(
        eubed_gy,
        alpha_beta_gy=alpha_beta_gy,
        repair_half_time_h=repair_half_time_h,
        effective_half_life_h=effective_half_life_h,
    )


def generalised_equivalent_uniform_dose(
    dose_gy: ArrayLike, *, exponent: float, weights: ArrayLike | None = None
) -> float:
    """The generalised mean of the dose, gEUD [Gy].

    ``gEUD = (sum_i v_i D_i^a)^(1/a)``; a = 1 gives the mean, a to infinity the maximum, a to minus infinity the
    minimum; organs at risk have a > 0, tumours a < 0.

    Parameters
    ----------
    dose_gy : array (any shape)  Dose of each voxel [Gy].
    exponent : a, not 0 [1].
    weights : array of the same shape  Volume of each voxel; None for equal ones.

    Notes
    -----
    Niemierko, Med Phys 1999;26:1100 (abstract; cited from memory). With a < 0 one voxel without dose gives 0.
    """
    doses, shares = _voxels(dose_gy, weights)
    if not (math.isfinite(exponent) and exponent != 0):
        raise problem(exponent, "a finite exponent other than 0", "Take 1 for the mean dose", path="exponent")
    if (exponent < 0 and float(doses.min()) == 0) or float(doses.max()) == 0:
        return 0.0
    shares, logs = shares[doses > 0], np.log(doses[doses > 0])
    scale = float(logs.max() if exponent > 0 else logs.min())
    return math.exp(scale + math.log(float((shares * np.exp(exponent * (logs - scale))).sum())) / exponent)


def _voxels(values: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array]:
    """Values and shares of the whole, flat, voxels of no weight left out."""
    doses = array_not_negative(values, "dose_gy")
    given = np.ones(doses.shape) if weights is None else array_not_negative(weights, "weights")
    if given.shape != doses.shape:
        raise problem(
            f"weights of shape {given.shape}", f"the shape of the dose, {doses.shape}", path="weights"
        )
    inside = given > 0
    if not bool(inside.any()):
        raise problem("no voxel", "at least one voxel with weight", "Check the region", path="weights")
    kept = given[inside]
    return doses[inside], np.asarray(kept / kept.sum(), dtype=np.float64)
