"""What electrons and photons need to know of each material, as tables on one grid of energies.

Energies lie evenly in their logarithm. An electron is known by its place ``u`` on this grid; between nodes everything
is linear in ``u``, so that no logarithm is taken on its way. Integrals over the energy lost describe a slowing down::

    range     R = integral dE / L            [g/cm2]   path
    strength  Q = integral G_1 / L dE                  angular deflection
    hardness  H = integral sigma / L dE                mean number of hard events
    variance  V = integral omega2 / L dE     [MeV2]    variance of the energy lost in soft collisions

with the stopping power ``L`` of soft collisions and soft bremsstrahlung, the transport cross-section ``G_1``, the
cross-section ``sigma`` of hard events and the variance ``omega2`` per path. R rises with energy; Q, H and V are counted
down from the highest energy. Two more columns say what a whole step from an energy does: how many places lower it ends,
and how far its loss strays from the mean, as a share of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from nelm.physics.interaction import (
    Material,
    bremsstrahlung_table,
    moller_cross_section,
    restricted_collision_stopping_power,
)
from nelm.physics.interaction.stopping import ELECTRON_RADIUS_CM
from nelm.physics.transport.elastic import (
    ELECTRON_MEV,
    LEAST_EVENTS,
    QUANTILES,
    moments,
    scattering_quantiles,
)
from nelm.physics.transport.photon_tables import photon_columns, scattering_functions

Array = NDArray[np.float64]
LOWEST_MEV, HIGHEST_MEV, NODES = 1e-3, 6.0, 272
HARD_LOSS_MEV = 0.1
"""Collisions that lose more are simulated one by one."""
SOFT_PHOTON_MEV = 0.005
"""Photons of bremsstrahlung below this are not followed: their energy stays on the path."""
STRONGEST_STEP = 0.5
ANGLE_EVERY = 4
"""Nodes of energy per table of multiple scattering."""
ENERGY, RANGE, STRENGTH, HARDNESS, MOLLER_SHARE, STEP, SPREAD = range(7)


@dataclass(frozen=True, slots=True, eq=False)
class Media:
    """Tables of several materials.

    Parameters
    ----------
    materials : In the order of the material map.
    electrons : (materials, NODES, 7) see the columns above.
    angles : (materials, NODES / ANGLE_EVERY, QUANTILES) quantiles of multiple scattering.
    angle_scale : (materials, NODES / ANGLE_EVERY) their parameter A.
    brems_energy : (materials, NODES / ANGLE_EVERY, QUANTILES) quantiles of the logarithm of the share of the energy.
    photons : (materials, NODES, 4) total cross-section [cm2/g], then the cumulative shares of photoelectric,
        incoherent and coherent interactions.
    coherent : (materials, QUANTILES) squared momentum transfers at even steps of the integral of the squared form
        factor.
    incoherent : (materials, n) incoherent scattering function over Z at even steps of momentum transfer.
    """

    materials: tuple[Material, ...]
    electrons: Array
    angles: Array
    angle_scale: Array
    brems_energy: Array
    photons: Array
    coherent: Array
    incoherent: Array


def energies_mev() -> Array:
    """The grid of energies."""
    return np.geomspace(LOWEST_MEV, HIGHEST_MEV, NODES)


def media_of(materials: Sequence[Material], *, step_share: float, with_spin: bool = True) -> Media:
    """Tables of materials, each computed once.

    Parameters
    ----------
    materials : What the voxels are made of.
    step_share : Energy that a step of an electron loses at most, as a share of its energy.
    with_spin : False only to compare with codes that leave the spin of the electron out.
    """
    found = [_medium(material, step_share, with_spin) for material in materials]
    return Media(tuple(materials), *[np.stack([one[k] for one in found]) for k in range(7)])


@lru_cache(maxsize=64)
def _medium(material: Material, step_share: float, with_spin: bool) -> tuple[Array, ...]:
    """Tables of one material, in the order of `Media`."""
    columns, variance, g, brems_energy = _slowing_down(material, with_spin)
    strength = _steps(columns, g, step_share)
    columns = columns.copy()
    columns[:, STEP], columns[:, SPREAD] = _whole_steps(columns, variance, strength)
    angles, scale = _angles(g, strength[_coarse()])
    photons = photon_columns(material, energies_mev())
    return columns, angles, scale, brems_energy, photons, *scattering_functions(material)


@lru_cache(maxsize=64)
def _slowing_down(material: Material, with_spin: bool) -> tuple[Array, Array, Array, Array]:
    """Columns of electrons without their steps, variance V, moments of scattering, quantiles of bremsstrahlung."""
    energies, coarse = energies_mev(), _coarse()
    brems = bremsstrahlung_table(material, energies, cut_mev=SOFT_PHOTON_MEV, quantiles=QUANTILES)
    moller = moller_cross_section(material, energies, cut_mev=HARD_LOSS_MEV)
    soft = restricted_collision_stopping_power(material, energies, cut_mev=HARD_LOSS_MEV)
    soft = soft + brems.restricted_mev_cm2_per_g
    g = np.array(
        [
            moments(material, float(energies[i]), hard_loss_mev=HARD_LOSS_MEV, with_spin=with_spin)
            for i in coarse
        ]
    )
    g1 = np.exp(CubicSpline(np.log(energies[coarse]), np.log(g[:, 1]))(np.log(energies)))
    hard = moller + brems.cross_section_cm2_per_g
    columns = np.zeros((NODES, 7))
    columns[:, ENERGY] = energies
    columns[:, RANGE] = _integral(1 / soft, energies) + energies[0] / soft[0]
    columns[:, STRENGTH] = _from_above(g1 / soft, energies)
    columns[:, HARDNESS] = _from_above(hard / soft, energies)
    columns[:, MOLLER_SHARE] = np.divide(moller, hard, out=np.zeros(NODES), where=hard > 0)
    variance = _from_above(_soft_variance(energies, material.electrons_per_g) / soft, energies)
    return columns, variance, g, np.log(brems.quantile_shares[coarse])


def _coarse() -> NDArray[np.intp]:
    """Nodes of energy that have tables of angles."""
    return np.arange(ANGLE_EVERY // 2, NODES, ANGLE_EVERY)


def _integral(density: Array, energies: Array) -> Array:
    """Integral from the lowest energy, trapezoidal in the logarithm."""
    y = density * energies
    steps = np.diff(np.log(energies)) * (y[1:] + y[:-1]) / 2
    return np.concatenate([[0.0], np.cumsum(steps)])


def _from_above(density: Array, energies: Array) -> Array:
    """Integral from each energy to the highest."""
    rising = _integral(density, energies)
    return rising[-1] - rising


def _soft_variance(energies: Array, electrons_per_gram: float) -> Array:
    """Variance of the loss in soft collisions per path (Bohr, with the limit of hard losses) [MeV2 cm2/g]."""
    beta2 = energies * (energies + 2 * ELECTRON_MEV) / (energies + ELECTRON_MEV) ** 2
    highest = np.minimum(HARD_LOSS_MEV, energies / 2)
    rutherford = 2 * np.pi * ELECTRON_RADIUS_CM**2 * ELECTRON_MEV
    return electrons_per_gram * rutherford * highest * (1 - beta2 / 2 * highest / energies) / beta2


def _steps(columns: Array, g: Array, step_share: float) -> Array:
    """Strength of a step from each energy: what is gathered while a share of the energy is lost, within limits."""
    logs: Array = np.log(columns[:, ENERGY])
    places: Array = np.arange(NODES, dtype=np.float64)
    after: Array = np.asarray(np.interp(logs + float(np.log1p(-step_share)), logs, places), dtype=np.float64)
    gathered: Array = np.interp(after, places, columns[:, STRENGTH]) - columns[:, STRENGTH]
    weakest = LEAST_EVENTS * g[:, 1] / g[:, 0]
    least = np.exp(np.interp(logs, logs[_coarse()], np.log(weakest)))
    return np.clip(gathered, least, np.maximum(least, STRONGEST_STEP))


def _whole_steps(columns: Array, variance: Array, strength: Array) -> tuple[Array, Array]:
    """Places that a step of a strength from each energy goes down, and the spread of its loss as a share of it.

    The spread is the square root of three times the variance of soft collisions, over the mean loss: up to 1 it is the
    half width of a loss that is even around its mean.
    """
    places: Array = np.arange(NODES, dtype=np.float64)
    gathered = columns[::-1, STRENGTH]  # rises as energy falls
    end: Array = np.interp(columns[:, STRENGTH] + strength, gathered, places[::-1])
    lost = columns[:, ENERGY] - np.interp(end, places, columns[:, ENERGY])
    half_width = np.sqrt(3 * np.maximum(np.interp(end, places, variance) - variance, 0))
    spread = np.divide(half_width, lost, out=np.zeros(NODES), where=lost > 0)
    return places - end, spread


def _angles(g: Array, steps: Array) -> tuple[Array, Array]:
    """Quantiles of multiple scattering and their scales at the coarse energies."""
    rows = [scattering_quantiles(one, float(step)) for one, step in zip(g, steps, strict=True)]
    quantiles, scales = np.stack([row[0] for row in rows]), np.array([row[1] for row in rows])
    assert quantiles.shape[1] == QUANTILES
    return quantiles, scales
