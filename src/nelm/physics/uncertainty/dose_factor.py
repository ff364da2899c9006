"""A dose factor as a power of the mass, from a table of S values of spheres or organs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nelm.errors import problem
from nelm.physics.biology.refusals import array_positive, positive


@dataclass(frozen=True, slots=True)
class PowerLawDoseFactor:
    """``S(m) = c m^-s``, fitted over a range of masses.

    Parameters
    ----------
    coefficient_gy_per_mbq_h : c, the value at 1 g [Gy/(MBq h)].
    exponent : s [1].
    relative_sd : Scatter of the table about the line, the uncertainty of S at a given mass [1].
    lightest_g, heaviest_g : Range of the fit [g].
    """

    coefficient_gy_per_mbq_h: float
    exponent: float
    relative_sd: float
    lightest_g: float
    heaviest_g: float

    def at(self, mass_g: float) -> float:
        """S at a mass inside the range of the fit [Gy/(MBq h)]."""
        mass = positive(mass_g, "mass_g")
        if not self.lightest_g <= mass <= self.heaviest_g:
            raise problem(
                mass_g,
                f"a mass from {self.lightest_g:g} to {self.heaviest_g:g} g",
                "Fit the table around this mass",
                path="mass_g",
            )
        return self.coefficient_gy_per_mbq_h * mass**-self.exponent


def power_law_dose_factor(masses_g: ArrayLike, s_gy_per_mbq_h: ArrayLike) -> PowerLawDoseFactor:
    """The power law through a table of S values, by least squares of the logarithms.

    Parameters
    ----------
    masses_g : array (n,)  Masses, three or more [g].
    s_gy_per_mbq_h : array (n,)  S values [Gy/(MBq h)].

    Notes
    -----
    A power law for spheres is the form that the EANM guidance (Gear 2018) uses, from memory. Fit it to a decade or two
    about the mass of interest: over four decades Lu-177 scatters by less than 1 %, Y-90 by more than 10 %.
    """
    masses, values = array_positive(masses_g, "masses_g"), array_positive(s_gy_per_mbq_h, "s_gy_per_mbq_h")
    if masses.ndim != 1 or masses.size < 3 or masses.shape != values.shape:
        raise problem(
            f"{masses.size} masses, {values.size} values",
            "three masses or more, one value for each",
            path="masses_g",
        )
    design = np.stack([np.ones(masses.size), -np.log(masses)], axis=1)
    solution = np.linalg.lstsq(design, np.log(values))[0]
    residual = np.log(values) - design @ solution
    scatter = math.sqrt(float((residual**2).sum()) / (masses.size - 2))
    return PowerLawDoseFactor(
        math.exp(float(solution[0])), float(solution[1]), scatter, float(masses.min()), float(masses.max())
    )
