"""From emissions to bins of energy from which histories are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.physics.emissions import SamplingTable
from nelm.physics.transport.media import HIGHEST_MEV

ENERGY_POWER = 0.75
"""Histories are drawn in proportion to yield times energy to this power, and weighted back."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Bins of energy.

    Parameters
    ----------
    cumulative : (n,) probability up to and with each bin; the last is 1.
    low_mev, high_mev : (n,) ends of the bins; equal for a line.
    weight : (n,) particles per decay that a history from the bin stands for.
    """

    cumulative: NDArray[np.float64]
    low_mev: NDArray[np.float64]
    high_mev: NDArray[np.float64]
    weight: NDArray[np.float64]

    @property
    def bins(self) -> tuple[NDArray[np.float64], ...]:
        """The arrays as compiled code takes them."""
        return self.cumulative, self.low_mev, self.high_mev, self.weight


def spectrum_of(table: SamplingTable, *, power: float = ENERGY_POWER) -> Spectrum | None:
    """Bins of a table of emissions; None when it has no particles.

    More histories go to higher energies (importance sampling): with bin i of yield y and middle energy E the
    probability is ``p = y E^power / sum`` and the weight ``y / p``, so that number and energy of every bin are right
    on average.
    """
    quantiles = table.quantile_energies_mev
    share = table.continuum_probability
    bins = len(quantiles) - 1
    lines = table.line_energies_mev
    line_shares = np.diff(np.concatenate([[share], table.line_cumulative])) if lines.size else np.zeros(0)
    continuum = bins if share > 0 else 0
    none = np.zeros(0)
    low = np.concatenate([quantiles[:-1] if continuum else none, lines])
    high = np.concatenate([quantiles[1:] if continuum else none, lines])
    yields = np.concatenate([np.full(continuum, share / bins), line_shares])
    kept = (yields > 0) & (high > 0)
    if not kept.any() or table.particles_per_decay <= 0:
        return None
    if float(high[kept].max()) > HIGHEST_MEV:
        raise problem(
            float(high[kept].max()),
            f"particles of at most {HIGHEST_MEV:g} MeV",
            "the tables of the transport end there; use local deposition",
            path="emissions",
        )
    low, high, yields = low[kept], high[kept], yields[kept] * table.particles_per_decay
    wanted = yields * ((low + high) / 2) ** power
    chance = wanted / wanted.sum()
    cumulative = np.cumsum(chance)
    cumulative[-1] = 1.0
    return Spectrum(cumulative, low, high, yields / chance)
