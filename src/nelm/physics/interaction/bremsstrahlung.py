"""Bremsstrahlung of electrons: radiative stopping power and spectra, from the tables of Seltzer and Berger."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

from nelm.errors import problem
from nelm.physics.interaction.materials import AVOGADRO_PER_MOL, Material
from nelm.physics.interaction.photons import checked_energies
from nelm.physics.interaction.stopping import ELECTRON_MASS_MEV
from nelm.physics.interaction.tables import heads, rows_of, table

MILLIBARN_CM2 = 1e-27
FINE_SHARES = 2001
LIGHT, HEAVY = 8, 20
"""Atomic numbers from which on, up and down, elements share one factor of `radiative_scale`."""
LOWEST_MEV, HIGHEST_MEV = 1e-3, 6.0


@dataclass(frozen=True, slots=True, eq=False)
class BremsstrahlungTable:
    """Emission of photons above a cut by electrons of one material.

    Parameters
    ----------
    material : The material.
    energies_mev : array (n,)  Kinetic energies of the electron T [MeV].
    cut_mev : Photon energy above which emission is discrete [MeV].
    cross_section_cm2_per_g : array (n,)  Cross section of emission above the cut [cm2/g]; 0 where T is not above it.
    restricted_mev_cm2_per_g : array (n,)  Stopping power by photons below the cut [MeV cm2/g].
    quantile_shares : array (n, q)  Photon energy over T at cumulative probabilities 0, 1/(q-1) ... 1, given emission
        above the cut; linear interpolation of its logarithm is exact for a 1/k spectrum.
    """

    material: Material
    energies_mev: NDArray[np.float64]
    cut_mev: float
    cross_section_cm2_per_g: NDArray[np.float64]
    restricted_mev_cm2_per_g: NDArray[np.float64]
    quantile_shares: NDArray[np.float64]


def radiative_stopping_power(material: Material, energies_mev: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mass radiative stopping power of electrons [MeV cm2/g], 1 keV to 6 MeV.

    S_rad/rho = T sum over elements of w N_A / A Z^2 / beta^2 times the integral of chi(T, k/T) over k/T, with
    chi = beta^2 / Z^2 k dsigma/dk of Seltzer and Berger (field of nucleus and electrons), scaled by what brings this
    integral to ESTAR's: NIST evaluated both apart, and the spectra alone give up to 0.7 % less.
    """
    energies = checked_energies(energies_mev, low=LOWEST_MEV, high=HIGHEST_MEV)
    shares, spectra = scaled_spectra(material, energies)
    return energies * np.trapezoid(spectra, shares, axis=1) / _beta2(energies)


def bremsstrahlung_table(
    material: Material, energies_mev: NDArray[np.float64], *, cut_mev: float, quantiles: int = 129
) -> BremsstrahlungTable:
    """Cross section above a cut, stopping power below it, and quantiles of photon energy.

    Parameters
    ----------
    material : The material.
    energies_mev : array (n,)  Kinetic energies [MeV], 0.001 to 6.
    cut_mev : Photon energy above which emission is discrete [MeV].
    quantiles : Number of cumulative probabilities.
    """
    if not (np.isfinite(cut_mev) and cut_mev > 0.0):
        raise problem(cut_mev, "a photon energy in MeV, above 0", path="cut_mev")
    energies = checked_energies(energies_mev, low=LOWEST_MEV, high=HIGHEST_MEV)
    shares, spectra = scaled_spectra(material, energies)
    beta2 = _beta2(energies)
    total = energies * np.trapezoid(spectra, shares, axis=1) / beta2
    cross = np.zeros(energies.size)
    below = total.copy()
    quantile = np.ones((energies.size, quantiles))
    levels = np.linspace(0.0, 1.0, quantiles)
    for i, energy in enumerate(energies.tolist()):
        if energy <= cut_mev * (1.0 + 1e-9):
            continue
        logs = np.linspace(math.log(cut_mev / energy), 0.0, FINE_SHARES)
        share = np.exp(logs)
        height = np.asarray(np.interp(share, shares, spectra[i]), dtype=np.float64) / float(beta2[i])
        cumulative = _running_integral(logs, height)
        cross[i] = cumulative[-1]
        below[i] = max(total[i] - energy * _running_integral(logs, height * share)[-1], 0.0)
        quantile[i] = np.exp(np.interp(levels * float(cumulative[-1]), cumulative, logs))
    return BremsstrahlungTable(material, energies, cut_mev, cross, below, quantile)


def scaled_spectra(
    material: Material, energies_mev: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares k/T (s,) and beta^2 k dsigma/dk per gram (n, s) [cm2/g] of a material, elements added by Bragg's rule."""
    total = np.zeros((energies_mev.size, _shares().size))
    weights = AVOGADRO_PER_MOL * MILLIBARN_CM2 * material.mass_fractions / material.atomic_weights
    for z, weight in zip(material.atomic_numbers, weights.tolist(), strict=True):
        total += weight * z**2 * _spline(z)(np.log(energies_mev))
    fine = np.linspace(0.0, 1.0, FINE_SHARES)
    return fine, PchipInterpolator(_shares(), total, axis=1)(fine)


def _running_integral(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integral of y from the first x to each, by trapezia."""
    return np.concatenate([[0.0], np.cumsum(np.diff(x) * (y[1:] + y[:-1]) / 2.0)])


@lru_cache(maxsize=1)
def _shares() -> NDArray[np.float64]:
    """Tabulated k/T."""
    return np.array([float(head) for head in heads("bremsstrahlung")[2:]])


@lru_cache(maxsize=64)
def _spline(atomic_number: int) -> CubicSpline:
    """Scaled spectrum of an element [mb] by the logarithm of kinetic energy."""
    rows = rows_of("bremsstrahlung", atomic_number)
    spectra = rows[:, 1:] * _estar_scale(atomic_number, rows[:, :1])
    return CubicSpline(np.log(rows[:, 0]), spectra, axis=0)


def _estar_scale(atomic_number: int, energies_mev: NDArray[np.float64]) -> NDArray[np.float64]:
    """Radiative stopping power of ESTAR over that of the spectra; below 10 keV, where ESTAR ends, as at 10 keV."""
    logs = math.log(min(max(atomic_number, LIGHT), HEAVY) / LIGHT) / math.log(HEAVY / LIGHT)
    rows = table("radiative_scale")
    return np.interp(energies_mev, rows[:, 0], rows[:, 1] + logs * (rows[:, 2] - rows[:, 1]))


def _beta2(energies_mev: NDArray[np.float64]) -> NDArray[np.float64]:
    """Square of velocity over that of light."""
    tau = energies_mev / ELECTRON_MASS_MEV
    return tau * (tau + 2.0) / (tau + 1.0) ** 2
