"""Activity and dose of microspheres: body surface, mean dose, holmium and lung formulas; partition is beside it.

All assume that the microspheres stay where they lodge, decay there and give their energy to that tissue.
The dose constant is an argument: one of 49.67 and 50 Gy kg/GBq is chosen by the caller and used throughout.
Glass and resin doses do not compare. `lung_shunt` is the share of all activity that reaches the lungs, which is not
the shunt of Kao's model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", float, NDArray[np.float64])
"""A number, or one for each draw of an uncertain input."""


def dose_constant_gy_kg_per_gbq(*, mean_energy_mev: float, half_life_h: float) -> float:
    """Dose to 1 kg from 1 GBq decaying in it completely [Gy kg/GBq]: mean energy x half-life / ln 2.

    Example
    -------
    >>> round(dose_constant_gy_kg_per_gbq(mean_energy_mev=0.931, half_life_h=64.1), 2)
    49.66
    """
    joule_per_mev, second_per_hour, becquerel_per_gbq = 1.602176634e-13, 3600.0, 1e9
    decays_per_gbq = becquerel_per_gbq * half_life_h * second_per_hour / math.log(2.0)
    return mean_energy_mev * joule_per_mev * decays_per_gbq


def lung_shunt_fraction(
    *, lungs_anterior: float, lungs_posterior: float, liver_anterior: float, liver_posterior: float
) -> float:
    """Lung shunt fraction [1] from background-corrected planar counts: geometric means of both views."""
    lungs = math.sqrt(lungs_anterior * lungs_posterior)
    return lungs / (lungs + math.sqrt(liver_anterior * liver_posterior))


def resin_activity_gbq(
    *,
    body_surface_m2: float,
    tumour_share: float,
    subtrahend: float,
    treated_share: float = 1.0,
    lung_factor: float = 1.0,
) -> float:
    """Resin activity by body surface [GBq]: (surface - 0.2 + tumour share) x treated share x lung factor.

    `tumour_share` is tumour over total volume of the treated liver, `treated_share` the part of the liver that
    is treated, `lung_factor` the share kept for the lung shunt. `subtrahend` is the constant 0.2.
    """
    return (body_surface_m2 - subtrahend + tumour_share) * treated_share * lung_factor


@dataclass(frozen=True, slots=True)
class LungBands:
    """The resin table of lung shunts: from `first` and above `second` less is given, above `highest` none."""

    first: float
    second: float
    highest: float
    first_factor: float
    second_factor: float


def resin_lung_factor(*, lung_shunt: float, bands: LungBands) -> float | None:
    """Share of the resin activity that the lung shunt leaves [1]; None where it should not be given."""
    if lung_shunt > bands.highest:
        return None
    if lung_shunt > bands.second:
        return bands.second_factor
    return bands.first_factor if lung_shunt >= bands.first else 1.0


def mean_dose_activity_gbq(
    *, dose_gy: float, mass_kg: Number, lung_shunt: Number, residual: float, constant_gy_kg_per_gbq: float
) -> Number:
    """Activity for a mean dose to the perfused mass [GBq]: D M / (c (1 - shunt) (1 - residual)).

    What goes to the lungs or stays in the vial has to be drawn *in addition*: both factors divide.
    """
    return dose_gy * mass_kg / (constant_gy_kg_per_gbq * (1.0 - lung_shunt) * (1.0 - residual))


def lung_dose_gy(
    *, activity_gbq: float, lung_shunt: float, lung_mass_kg: float, constant_gy_kg_per_gbq: float
) -> float:
    """Lung dose of a session [Gy]: c A shunt / lung mass."""
    return constant_gy_kg_per_gbq * activity_gbq * lung_shunt / lung_mass_kg


def largest_activity_gbq(
    *, lung_dose_gy: float, lung_shunt: float, lung_mass_kg: float, constant_gy_kg_per_gbq: float
) -> float:
    """Activity that gives a certain lung dose [GBq]; infinite without shunt."""
    if lung_shunt <= 0.0:
        return math.inf
    return lung_dose_gy * lung_mass_kg / (constant_gy_kg_per_gbq * lung_shunt)


def lung_dose_left_gy(*, single_max_gy: float, total_max_gy: float, so_far_gy: float) -> float:
    """Lung dose that this session may give [Gy]: the limit of a session or what the lifetime limit leaves."""
    return max(0.0, min(single_max_gy, total_max_gy - so_far_gy))


def holmium_activity_mbq(*, treated_liver_kg: Number, activity_mbq_per_kg: float) -> Number:
    """166Ho activity for a mean dose of 60 Gy [MBq]: 3780 MBq/kg x mass of the treated liver."""
    return treated_liver_kg * activity_mbq_per_kg
