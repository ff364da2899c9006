"""What a body is made of: compositions by mass, densities and mean excitation energies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.physics.interaction.tables import SYMBOLS, rows_of

AVOGADRO_PER_MOL = 6.02214076e23
SUM_TOLERANCE = 0.01
"""Mass fractions may miss 1 by this, as published ones do, and are scaled to 1."""


@dataclass(frozen=True, slots=True)
class Material:
    """A homogeneous mixture of elements.

    Parameters
    ----------
    name : Its name.
    density_g_cm3 : Density at which the density effect of stopping is computed [g/cm3].
    fractions : Symbol and mass fraction of each element; the fractions add to 1.
    mean_excitation_ev : Mean excitation energy I [eV].
    source : Where composition, density and I come from.
    """

    name: str
    density_g_cm3: float
    fractions: tuple[tuple[str, float], ...]
    mean_excitation_ev: float
    source: str

    @classmethod
    def of(
        cls,
        name: str,
        density_g_cm3: float,
        mass_fractions: Mapping[str, float],
        *,
        mean_excitation_ev: float | None = None,
        source: str = "",
    ) -> Material:
        """A material of any composition; I by Bragg's additivity rule unless it is given.

        Parameters
        ----------
        name : Its name.
        density_g_cm3 : Density [g/cm3].
        mass_fractions : Mass fraction of each element by symbol; they add to 1 within 1 % and are scaled to it.
        mean_excitation_ev : Published mean excitation energy [eV]; None takes ln I as the sum of the elements' by
            their share of electrons, with the values of ICRU 37 for constituents of liquids and solids.
        source : Where the composition comes from.

        Raises
        ------
        InputError
            When an element is not held, a fraction or the density is not positive, or the sum is not 1.
        """
        _checked(name, density_g_cm3, mass_fractions)
        total = sum(mass_fractions.values())
        fractions = tuple((symbol, share / total) for symbol, share in mass_fractions.items() if share > 0.0)
        excitation = bragg_mean_excitation_ev(fractions) if mean_excitation_ev is None else mean_excitation_ev
        if not (math.isfinite(excitation) and excitation > 0.0):
            raise problem(mean_excitation_ev, "an energy in eV, above 0", path="mean_excitation_ev")
        return cls(name, density_g_cm3, fractions, excitation, source)

    @property
    def atomic_numbers(self) -> tuple[int, ...]:
        """Atomic number of each element."""
        return tuple(SYMBOLS[symbol] for symbol, _ in self.fractions)

    @property
    def mass_fractions(self) -> NDArray[np.float64]:
        """Mass fraction of each element, array (n,)."""
        return np.array([share for _, share in self.fractions])

    @property
    def atomic_weights(self) -> NDArray[np.float64]:
        """Atomic weight of each element [g/mol], array (n,)."""
        return np.array([atomic_weight(z) for z in self.atomic_numbers])

    @property
    def z_over_a(self) -> float:
        """Electrons per unit of atomic mass [mol/g]."""
        return float(np.sum(self.mass_fractions * np.array(self.atomic_numbers) / self.atomic_weights))

    @property
    def electrons_per_g(self) -> float:
        """Electrons per gram."""
        return AVOGADRO_PER_MOL * self.z_over_a


def atomic_weight(atomic_number: int) -> float:
    """Standard atomic weight [g/mol]."""
    return float(rows_of("elements", atomic_number)[0, 0])


def bragg_mean_excitation_ev(fractions: tuple[tuple[str, float], ...], *, gas: bool = False) -> float:
    """Mean excitation energy of a mixture [eV] by Bragg's additivity rule.

    ln I = sum(w Z/A ln I_element) / sum(w Z/A), with the values that ICRU 37 (table 5.1) assigns to constituents of
    liquids and solids, or of gases.
    """
    column = 3 if gas else 2
    share = [w * SYMBOLS[symbol] / atomic_weight(SYMBOLS[symbol]) for symbol, w in fractions]
    logs = [math.log(rows_of("elements", SYMBOLS[symbol])[0, column]) for symbol, _ in fractions]
    return math.exp(sum(s * log for s, log in zip(share, logs, strict=True)) / sum(share))


def _checked(name: str, density_g_cm3: float, mass_fractions: Mapping[str, float]) -> None:
    """Raises what is wrong with a composition."""
    if not (math.isfinite(density_g_cm3) and density_g_cm3 > 0.0):
        raise problem(density_g_cm3, "a density in g/cm3, above 0", path=f"{name}.density_g_cm3")
    unknown = [symbol for symbol in mass_fractions if symbol not in SYMBOLS]
    if unknown:
        known = ", ".join(SYMBOLS)
        remedy = "replace it by a neighbour in atomic number, or add it with scripts/interaction_data.py"
        raise problem(unknown[0], f"one of the elements {known}", remedy, path=f"{name}.mass_fractions")
    wrong = [share for share in mass_fractions.values() if not (math.isfinite(share) and share >= 0.0)]
    if wrong:
        raise problem(wrong[0], "mass fractions, none negative", path=f"{name}.mass_fractions")
    total = sum(mass_fractions.values())
    if abs(total - 1.0) > SUM_TOLERANCE:
        raise problem(
            total,
            "mass fractions that add to 1",
            "give fractions, not percent",
            path=f"{name}.mass_fractions",
        )
