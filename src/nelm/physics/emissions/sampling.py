"""Emissions as arrays from which energies are drawn, plain enough for compiled code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.physics.emissions.records import BetaSpectrum, Emissions, Lines

QUANTILES = 4096


@dataclass(frozen=True, slots=True, eq=False)
class SamplingTable:
    """An energy for each uniform random number: one continuum, then lines.

    With u uniform in [0, 1): below `continuum_probability` the energy is the quantile function of the continuum,
    linear between `quantile_energies_mev` at equal steps of u / continuum_probability; above, the line of the first
    `line_cumulative` that exceeds u.

    Parameters
    ----------
    continuum_probability : Share of the particles that belong to the continuum.
    quantile_energies_mev : array (q,)  Quantiles of the continuum at 0, 1/(q-1) ... 1 [MeV]; zeros without one.
    line_energies_mev : array (n,)  Energies of the lines [MeV].
    line_cumulative : array (n,)  Cumulative probability up to and with each line; the last is 1.
    particles_per_decay : Particles that the table stands for, per decay.
    energy_mev : Their energy per decay [MeV]; what the table gives on average, exactly.
    local_energy_mev : Energy per decay of particles below the cut, to be deposited where the decay is [MeV].
    """

    continuum_probability: float
    quantile_energies_mev: NDArray[np.float64]
    line_energies_mev: NDArray[np.float64]
    line_cumulative: NDArray[np.float64]
    particles_per_decay: float
    energy_mev: float
    local_energy_mev: float

    def energies_mev(self, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
        """Energies for uniform numbers in [0, 1), the same as compiled code would draw [MeV]."""
        return sampled_energies(self, uniform)


def electron_sampling_table(
    emissions: Emissions, *, cut_mev: float = 0.0, quantiles: int = QUANTILES
) -> SamplingTable:
    """A table from which electrons and positrons of one decay are drawn.

    Parameters
    ----------
    emissions : What is emitted.
    cut_mev : Lines below this energy [MeV] are not drawn; their energy is in `local_energy_mev`.
    quantiles : Number of points of the quantile function of the beta continuum.
    """
    lines = _together(emissions.conversion_electrons, emissions.auger_electrons)
    return _table(emissions.betas, lines, cut_mev=cut_mev, quantiles=quantiles)


def photon_sampling_table(emissions: Emissions, *, cut_mev: float = 0.0) -> SamplingTable:
    """A table from which gamma, X and annihilation photons of one decay are drawn.

    Annihilation photons are drawn one by one, without their opposite partner, at the place of the decay.

    Parameters
    ----------
    emissions : What is emitted.
    cut_mev : Lines below this energy [MeV] are not drawn; their energy is in `local_energy_mev`.
    """
    lines = _together(emissions.gammas, emissions.x_rays, emissions.annihilation)
    return _table((), lines, cut_mev=cut_mev, quantiles=2)


def sampled_energies(table: SamplingTable, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Energies for uniform numbers in [0, 1) [MeV]; the plain version of what compiled code does."""
    share = table.continuum_probability
    steps = table.quantile_energies_mev.size - 1
    position = np.clip(uniform / share if share > 0.0 else np.zeros_like(uniform), 0.0, 1.0) * steps
    continuous = np.interp(position, np.arange(steps + 1), table.quantile_energies_mev)
    if table.line_energies_mev.size == 0:
        return continuous
    index = np.searchsorted(table.line_cumulative, uniform, side="right")
    discrete = table.line_energies_mev[np.minimum(index, table.line_energies_mev.size - 1)]
    return np.where(uniform < share, continuous, discrete)


def _table(betas: tuple[BetaSpectrum, ...], lines: Lines, *, cut_mev: float, quantiles: int) -> SamplingTable:
    """The table of a continuum and lines."""
    if not (np.isfinite(cut_mev) and cut_mev >= 0.0):
        raise problem(cut_mev, "an energy in MeV, not negative", path="cut_mev")
    drawn = (lines.energies_mev >= cut_mev) & (lines.yields > 0.0)
    local = float(lines.energies_mev[~drawn] @ lines.yields[~drawn])
    kept = Lines(lines.energies_mev[drawn], lines.yields[drawn])
    in_continuum = sum(beta.particles_per_decay for beta in betas)
    number = in_continuum + kept.particles_per_decay
    cumulative = (in_continuum + np.cumsum(kept.yields)) / number if number > 0.0 else np.zeros(0)
    cumulative[-1:] = 1.0
    return SamplingTable(
        continuum_probability=in_continuum / number if number > 0.0 else 0.0,
        quantile_energies_mev=_quantiles(betas, quantiles) if betas else np.zeros(2),
        line_energies_mev=kept.energies_mev,
        line_cumulative=cumulative,
        particles_per_decay=number,
        energy_mev=sum(beta.energy_mev for beta in betas) + kept.energy_mev,
        local_energy_mev=local,
    )


def _quantiles(betas: tuple[BetaSpectrum, ...], quantiles: int) -> NDArray[np.float64]:
    """Quantile function of all spectra together, scaled by parts in a million to their exact mean energy."""
    x = np.unique(np.concatenate([beta.energies_mev for beta in betas]))
    density = np.sum(
        [np.interp(x, beta.energies_mev, beta.density_per_mev, right=0.0) for beta in betas], axis=0
    )
    number, energy = sum(b.particles_per_decay for b in betas), sum(b.energy_mev for b in betas)
    cumulative = np.concatenate([[0.0], np.cumsum(np.diff(x) * (density[1:] + density[:-1]) / 2.0)])
    distinct = np.concatenate([[True], np.diff(cumulative) > 0.0])
    found = np.interp(np.linspace(0.0, float(cumulative[-1]), quantiles), cumulative[distinct], x[distinct])
    return found * (energy / number / float(np.mean((found[1:] + found[:-1]) / 2.0)))


def _together(*kinds: Lines) -> Lines:
    """Lines of several kinds in one list."""
    energies = np.concatenate([kind.energies_mev for kind in kinds])
    order = np.argsort(energies, kind="stable")
    return Lines(energies[order], np.concatenate([kind.yields for kind in kinds])[order])
