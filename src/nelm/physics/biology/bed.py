"""Biologically effective dose, and the equivalent dose in fractions, both ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from nelm.errors import problem
from nelm.physics.biology.dose_rate import ExponentialDoseRate
from nelm.physics.biology.refusals import Array, array_not_negative, array_positive, positive
from nelm.physics.biology.repair import quadratic_matrix

EQD2_FRACTION_GY = 2.0
"""Dose of a fraction that EQD2 is named after [Gy]."""


@overload
def biologically_effective_dose(
    absorbed_dose_gy: float, *, alpha_beta_gy: float, repair_half_time_h: float, effective_half_life_h: float
) -> float: ...
@overload
def biologically_effective_dose(
    absorbed_dose_gy: Array,
    *,
    alpha_beta_gy: float,
    repair_half_time_h: float,
    effective_half_life_h: float | Array,
) -> Array: ...
def biologically_effective_dose(
    absorbed_dose_gy: float | Array,
    *,
    alpha_beta_gy: float,
    repair_half_time_h: float,
    effective_half_life_h: float | Array,
) -> float | Array:
    """BED of one course of instant uptake and mono-exponential decay [Gy].

    ``BED = D (1 + D / (alpha/beta) * T_rep / (T_rep + T_eff))``

    Parameters
    ----------
    absorbed_dose_gy : Dose D to infinity [Gy], number or array of voxels.
    alpha_beta_gy : alpha/beta of the tissue [Gy].
    repair_half_time_h : Half-time T_rep of the repair of sublethal damage [h].
    effective_half_life_h : Effective half-life T_eff of the dose rate [h], number or array of voxels.

    Notes
    -----
    Complete decay, mono-exponential repair, no repopulation, low linear energy transfer. Several cycles or other
    kinetics: `biologically_effective_dose_of_cycles`.

    Examples
    --------
    A kidney that receives 5 Gy with a half-life of 52 h, at alpha/beta 2.6 Gy and repair in 2.8 h:

    >>> round(biologically_effective_dose(
    ...     5.0, alpha_beta_gy=2.6, repair_half_time_h=2.8, effective_half_life_h=52.0), 3)
    5.491
    """
    dose = array_not_negative(absorbed_dose_gy, "absorbed_dose_gy")
    half_life = array_positive(effective_half_life_h, "effective_half_life_h")
    repair = positive(repair_half_time_h, "repair_half_time_h")
    relative = 1 + dose / positive(alpha_beta_gy, "alpha_beta_gy") * repair / (repair + half_life)
    return _like(dose * relative, absorbed_dose_gy)


def biologically_effective_dose_of_cycles(
    cycles: Sequence[ExponentialDoseRate], *, alpha_beta_gy: float, repair_half_time_h: float
) -> Array:
    """BED of cycles at any spacing with incomplete repair between them, one for each voxel [Gy].

    ``BED = sum_c D_c + sum_cd W_cd / (alpha/beta)`` with W of `quadratic_matrix`; exact for sums of exponentials.

    Parameters
    ----------
    cycles : Dose rate of each cycle with its start, each with kinetics of its own; one cycle is a list of one.
    alpha_beta_gy : alpha/beta of the tissue [Gy].
    repair_half_time_h : Half-time of repair [h].
    """
    ratio = positive(alpha_beta_gy, "alpha_beta_gy")
    quadratic = quadratic_matrix(cycles, repair_half_time_h=repair_half_time_h).sum(axis=(0, 1))
    dose = sum((cycle.absorbed_dose_gy for cycle in cycles), start=np.zeros(()))
    return np.asarray(dose + quadratic / ratio, dtype=np.float64)


def biologically_effective_dose_from(
    doses_gy: ArrayLike, *, protraction: ArrayLike, alpha_beta_gy: float
) -> Array:
    """BED maps of cycles whose kinetics all voxels share [Gy].

    ``BED = sum_c D_c + sum_cd G_cd D_c D_d / (alpha/beta)``

    Parameters
    ----------
    doses_gy : array (cycles, ...)  Dose map of each cycle [Gy].
    protraction : array (cycles, cycles)  From `protraction_matrix` [1].
    alpha_beta_gy : alpha/beta of the tissue [Gy].
    """
    doses = array_not_negative(doses_gy, "doses_gy")
    matrix = array_not_negative(protraction, "protraction")
    if doses.ndim < 1 or matrix.shape != (doses.shape[0], doses.shape[0]):
        raise problem(
            f"doses of shape {doses.shape}, protraction of shape {matrix.shape}",
            "one row and one column of the protraction matrix for each cycle",
            "The first axis of the doses is the cycle",
            path="protraction",
        )
    quadratic = (doses * np.tensordot(matrix, doses, axes=1)).sum(axis=0)
    return np.asarray(
        doses.sum(axis=0) + quadratic / positive(alpha_beta_gy, "alpha_beta_gy"), dtype=np.float64
    )


@overload
def absorbed_dose_for(
    bed_gy: float, *, alpha_beta_gy: float, repair_half_time_h: float, effective_half_life_h: float
) -> float: ...
@overload
def absorbed_dose_for(
    bed_gy: Array, *, alpha_beta_gy: float, repair_half_time_h: float, effective_half_life_h: float | Array
) -> Array: ...
def absorbed_dose_for(
    bed_gy: float | Array,
    *,
    alpha_beta_gy: float,
    repair_half_time_h: float,
    effective_half_life_h: float | Array,
) -> float | Array:
    """The absorbed dose of one mono-exponential course that has a given BED [Gy].

    The inverse of `biologically_effective_dose`, written without cancellation:
    ``D = 2 BED / (1 + sqrt(1 + 4 g BED / (alpha/beta)))`` with ``g = T_rep / (T_rep + T_eff)``.

    Parameters
    ----------
    bed_gy : BED [Gy], number or array of voxels.
    alpha_beta_gy, repair_half_time_h, effective_half_life_h : As there.
    """
    bed = array_not_negative(bed_gy, "bed_gy")
    half_life = array_positive(effective_half_life_h, "effective_half_life_h")
    repair = positive(repair_half_time_h, "repair_half_time_h")
    factor = 4 * repair / (repair + half_life) / positive(alpha_beta_gy, "alpha_beta_gy")
    return _like(2 * bed / (1 + np.sqrt(1 + factor * bed)), bed_gy)


@overload
def equivalent_dose_in_fractions(
    bed_gy: float, *, alpha_beta_gy: float, fraction_gy: float = ...
) -> float: ...
@overload
def equivalent_dose_in_fractions(
    bed_gy: Array, *, alpha_beta_gy: float, fraction_gy: float = ...
) -> Array: ...
def equivalent_dose_in_fractions(
    bed_gy: float | Array, *, alpha_beta_gy: float, fraction_gy: float = EQD2_FRACTION_GY
) -> float | Array:
    """Total dose of acute, fully repaired fractions that has the same BED: EQD2, or EQDX [Gy].

    ``EQDX = BED / (1 + d / (alpha/beta))``

    Parameters
    ----------
    bed_gy : BED [Gy], number or array of voxels.
    alpha_beta_gy : alpha/beta of the tissue [Gy]; the same that the BED was computed with.
    fraction_gy : Dose d of a fraction [Gy]; 2 for EQD2.
    """
    bed = array_not_negative(bed_gy, "bed_gy")
    return _like(bed / _fraction_effect(alpha_beta_gy, fraction_gy), bed_gy)


@overload
def biologically_effective_dose_of_fractions(
    total_dose_gy: float, *, alpha_beta_gy: float, fraction_gy: float = ...
) -> float: ...
@overload
def biologically_effective_dose_of_fractions(
    total_dose_gy: Array, *, alpha_beta_gy: float, fraction_gy: float = ...
) -> Array: ...
def biologically_effective_dose_of_fractions(
    total_dose_gy: float | Array, *, alpha_beta_gy: float, fraction_gy: float = EQD2_FRACTION_GY
) -> float | Array:
    """BED of acute, fully repaired fractions [Gy]; with 2 Gy a fraction, the inverse of EQD2.

    ``BED = D (1 + d / (alpha/beta))``

    Parameters
    ----------
    total_dose_gy : Dose D of all fractions [Gy], number or array of voxels.
    alpha_beta_gy : alpha/beta of the tissue [Gy].
    fraction_gy : Dose d of a fraction [Gy].
    """
    dose = array_not_negative(total_dose_gy, "total_dose_gy")
    return _like(dose * _fraction_effect(alpha_beta_gy, fraction_gy), total_dose_gy)


def _fraction_effect(alpha_beta_gy: float, fraction_gy: float) -> float:
    """``1 + d / (alpha/beta)``."""
    return 1 + positive(fraction_gy, "fraction_gy") / positive(alpha_beta_gy, "alpha_beta_gy")


def _like(result: Array, given: float | Array) -> float | Array:
    """A float where a number was given and the result is one, else the array."""
    return float(result) if not isinstance(given, np.ndarray) and result.ndim == 0 else result
