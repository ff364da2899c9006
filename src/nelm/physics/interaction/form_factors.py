"""Form factors and incoherent scattering functions of materials, for the angles of scattered photons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.physics.interaction.materials import Material
from nelm.physics.interaction.tables import rows_of

MEV_ANGSTROM = 0.012398419843320026
"""Planck's constant times the speed of light [MeV angstrom]."""


@dataclass(frozen=True, slots=True, eq=False)
class ScatteringFactors:
    """Binding in the scattering of photons by one material, independent atoms (Hubbell et al. 1975).

    With x = sin(angle / 2) / wavelength = E sin(angle / 2) / (h c): coherent scattering is Thomson's times
    `coherent`, incoherent Klein and Nishina's times `incoherent`, both per gram after Avogadro's number.

    Parameters
    ----------
    material : The material.
    x_per_angstrom : array (n,)  Momentum transfer [1/angstrom], from 0.
    coherent : array (n,)  sum(w F^2 / A) [mol/g].
    incoherent : array (n,)  sum(w S / A) [mol/g]; tends to Z/A.
    coherent_integral : array (n,)  Integral of `coherent` over x^2 from 0, for drawing x^2 by its inverse.
    """

    material: Material
    x_per_angstrom: NDArray[np.float64]
    coherent: NDArray[np.float64]
    incoherent: NDArray[np.float64]
    coherent_integral: NDArray[np.float64]


def scattering_factors(material: Material) -> ScatteringFactors:
    """Form factors and incoherent scattering functions of a material."""
    per_mol = material.mass_fractions / material.atomic_weights
    rows = [rows_of("form_factors", z) for z in material.atomic_numbers]
    x = rows[0][:, 0]
    coherent = np.sum([w * row[:, 1] ** 2 for w, row in zip(per_mol, rows, strict=True)], axis=0)
    incoherent = np.sum([w * row[:, 2] for w, row in zip(per_mol, rows, strict=True)], axis=0)
    steps = np.diff(x**2) * (coherent[1:] + coherent[:-1]) / 2.0
    return ScatteringFactors(
        material=material,
        x_per_angstrom=x.copy(),
        coherent=coherent,
        incoherent=incoherent,
        coherent_integral=np.concatenate([[0.0], np.cumsum(steps)]),
    )


def momentum_transfer_per_angstrom(energy_mev: float, cosine: NDArray[np.float64]) -> NDArray[np.float64]:
    """Momentum transfer x = E / (h c) sqrt((1 - cos angle) / 2) [1/angstrom]."""
    return energy_mev / MEV_ANGSTROM * np.sqrt(np.maximum(1.0 - cosine, 0.0) / 2.0)
