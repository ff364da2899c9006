"""Elastic scattering of electrons: transport cross-sections and the distributions of multiple scattering.

Single scattering by an element is that of Born, ``(Z - F)^2 / q^4`` by the nucleus behind its electrons, with the spin
correction of McKinley and Feshbach, and ``S / q^4`` by the electrons, times Moller's law over that of Rutherford, up to
the angle of the hardest collision that is not simulated one by one; form factor F and incoherent scattering function S
are those of photons (Hubbell 1975). Moments ``G_l = n integral (1 - P_l) dsigma`` give the distribution after a path by
Goudsmit and Saunderson, ``p(mu) = sum (l + 1/2) exp(-K G_l / G_1) P_l(mu)``, with the strength ``K`` = path times
``G_1``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from nelm.physics.interaction import Material
from nelm.physics.interaction.form_factors import MEV_ANGSTROM
from nelm.physics.interaction.materials import AVOGADRO_PER_MOL
from nelm.physics.interaction.stopping import ELECTRON_MASS_MEV as ELECTRON_MEV
from nelm.physics.interaction.stopping import ELECTRON_RADIUS_CM, FINE_STRUCTURE
from nelm.physics.interaction.tables import rows_of

Array = NDArray[np.float64]
HIGHEST_ORDER = 120
NODES = 240
QUANTILES = 513
ANGLES = 4001
FLAT = 1e-9
LEAST_TRANSFER = 1e-4
"""Momentum transfer below which nothing is scattered any more [1/angstrom]."""
LEAST_EVENTS = 15.0
"""Mean number of elastic events in the shortest step: with fewer, some electrons are not deflected at all."""


def moments(material: Material, energy_mev: float, *, hard_loss_mev: float, with_spin: bool = True) -> Array:
    """G_l for l = 0 .. HIGHEST_ORDER [cm2/g]; the second is the transport cross-section.

    The first, of nuclei alone, counts the events that matter: with electrons it would grow without end towards angle 0.

    Parameters
    ----------
    material : Its elements scatter independently of one another.
    energy_mev : Kinetic energy.
    hard_loss_mev : Collisions with electrons that lose more are simulated one by one and left out here.
    with_spin : False only to compare with codes that leave the spin of the electron out.
    """
    total = np.zeros(HIGHEST_ORDER + 1)
    p2, beta2 = _momentum(energy_mev)
    parts = zip(material.atomic_numbers, material.mass_fractions / material.atomic_weights, strict=True)
    t, weight = _nodes(p2)
    deficits = _deficits(t, HIGHEST_ORDER)
    law = moller_over_rutherford(t, energy_mev) * (t < _hard_angle(energy_mev, hard_loss_mev))
    half = np.sqrt(t / 2)
    transfer = np.sqrt(p2) * half / MEV_ANGSTROM
    per_square = (ELECTRON_RADIUS_CM * ELECTRON_MEV) ** 2 / (p2 * beta2) / t**2 * weight
    for z, moles in parts:
        turn = np.pi * FINE_STRUCTURE * z * np.sqrt(beta2) * half * (1 - half)
        spin = 1 - beta2 * t / 2 + turn if with_spin else 1.0
        bare, free = _screened(z, transfer)
        nuclei = 2 * np.pi * AVOGADRO_PER_MOL * moles * per_square * bare**2 * spin
        electrons = 2 * np.pi * AVOGADRO_PER_MOL * moles * per_square * free * law
        total[0] += nuclei.sum()
        total[1:] += deficits @ (nuclei + electrons)
    return total


def _screened(z: int, transfer: Array) -> tuple[Array, Array]:
    """Z - F and S of an element at momentum transfers [1/angstrom], both as the square of a small transfer."""
    rows = rows_of("form_factors", z)[1:]
    logs, at = np.log(rows[:, 0]), np.log(transfer)
    below = np.minimum(transfer / rows[0, 0], 1.0) ** 2
    inside = np.clip(at, logs[0], logs[-1])
    found = [
        np.exp(PchipInterpolator(logs, np.log(column))(inside)) for column in (z - rows[:, 1], rows[:, 2])
    ]
    return found[0] * below, found[1] * below


def _momentum(energy_mev: float) -> tuple[float, float]:
    """(p c)^2 [MeV2] and beta^2."""
    p2 = energy_mev * (energy_mev + 2 * ELECTRON_MEV)
    return p2, p2 / (energy_mev + ELECTRON_MEV) ** 2


def _hard_angle(energy_mev: float, loss_mev: float) -> float:
    """1 - cos of the deflection of an electron that loses an energy to another at rest."""
    loss = min(loss_mev, energy_mev / 2)
    left = energy_mev - loss
    cosine2 = left * (energy_mev + 2 * ELECTRON_MEV) / (energy_mev * (left + 2 * ELECTRON_MEV))
    return 1 - float(np.sqrt(cosine2))


def moller_over_rutherford(t: Array, energy_mev: float) -> Array:
    """Moller's law of deflections over that of Rutherford with the same electrons, 1 for small deflections.

    With it soft collisions scatter as they would one by one, and it does not matter where hard ones begin; without it
    electrons of 0.1 to 0.5 MeV were scattered 0.3 to 0.7 % too much.

    Parameters
    ----------
    t : (n,) 1 - cos of deflections, up to that of the loss of half the energy; 0 beyond.
    energy_mev : Kinetic energy.
    """
    whole, rest = energy_mev + 2 * ELECTRON_MEV, energy_mev + ELECTRON_MEV
    mu = np.maximum(1 - t, 0)
    left = whole - mu**2 * energy_mev
    loss = np.minimum(energy_mev * whole * t * (2 - t) / left, energy_mev / 2)
    per_deflection = 4 * ELECTRON_MEV * energy_mev * whole * mu / left**2
    mixed = ELECTRON_MEV * (2 * energy_mev + ELECTRON_MEV) / rest**2
    law = 1 / loss**2 + 1 / (energy_mev - loss) ** 2 + 1 / rest**2 - mixed / (loss * (energy_mev - loss))
    inside = t <= _hard_angle(energy_mev, energy_mev / 2) * (1 + 1e-9)
    return law * per_deflection * t**2 * energy_mev * whole / ELECTRON_MEV * inside


def _nodes(p2: float) -> tuple[Array, Array]:
    """Nodes t = 1 - mu and weights over 0 .. 2, even in the logarithm from far inside the screened region."""
    x, weight = _legendre()
    least = (LEAST_TRANSFER * MEV_ANGSTROM) ** 2 / p2 * 2
    low, high = np.log(least), np.log(2.0)
    t = np.exp((x + 1) / 2 * (high - low) + low)
    return np.minimum(t, 2.0), weight / 2 * (high - low) * t


@cache
def _legendre() -> tuple[Array, Array]:
    """Nodes and weights of Gauss and Legendre over -1 .. 1."""
    return leggauss(NODES)


def _deficits(t: Array, orders: int) -> Array:
    """1 - P_l(1 - t), (orders, n), without cancellation at small t."""
    # 1 - P_l obeys the recurrence of P_l with mu = 1 - t
    before, now = np.zeros_like(t), t.copy()
    rows = [now]
    for order in range(1, orders):
        mu = 1 - t
        following = ((2 * order + 1) * (mu * now + t) - order * before) / (order + 1)
        before, now = now, following
        rows.append(now)
    return np.array(rows)


def wentzel_parameter(mean_deflection: float) -> float:
    """A such that p ~ (1 - mu + 2 A)^-2 has a given mean of 1 - mu."""
    low, high = 1e-12, 1e6
    for _ in range(200):
        middle = np.sqrt(low * high)
        value = 2 * middle * ((1 + middle) * np.log1p(1 / middle) - 1)
        low, high = (middle, high) if value < mean_deflection else (low, middle)
    return float(np.sqrt(low * high))


def scattering_quantiles(g: Array, strength: float) -> tuple[Array, float]:
    """Deflections after a path of a given strength, as quantiles of ``w = t / (t + 2 A)``, t = 1 - mu.

    Parameters
    ----------
    g : (orders + 1,) moments G_l; g[0] is the cross-section.
    strength : Path times G_1; at least `LEAST_EVENTS` G_1 / G_0, for the sum to converge.

    Returns
    -------
    quantiles : (QUANTILES,) w at even steps of the cumulative distribution.
    a : The A of the scale: about that for which w would be linear if the distribution were Wentzel's, and exactly that
        for which the mean of t over the quantiles, taken linearly, is 1 - exp(-strength).
    """
    a = wentzel_parameter(1 - float(np.exp(-strength)))
    w = np.linspace(0, 1 / (1 + a), ANGLES)
    t = np.minimum(2 * a * w / np.maximum(1 - w, 1e-12), 2.0)
    orders = len(g) - 1
    fall = np.exp(-strength * g[1:] / g[1])
    kept = int(np.count_nonzero(fall * np.arange(1, orders + 1) > 1e-9))
    deficit = _deficits(t, max(kept, 2))
    order = np.arange(1, max(kept, 2) + 1)
    density = 0.5 + ((order + 0.5) * fall[: len(order)]) @ (1 - deficit)
    density = np.maximum(density, 0)
    steps = np.diff(t) * (density[1:] + density[:-1]) / 2
    cumulative = np.concatenate([[0.0], np.cumsum(steps)])
    cumulative /= cumulative[-1]
    quantiles = np.interp(np.linspace(0, 1, QUANTILES), cumulative, w)
    return quantiles, a * (1 - float(np.exp(-strength))) / _mean_deflection(quantiles, a)


def _mean_deflection(quantiles: Array, a: float) -> float:
    """Mean of t = 2 A w / (1 - w) with w linear between quantiles: ``int w / (1 - w) dw = -w - ln(1 - w)``."""
    step = np.diff(quantiles)
    inside = -step - np.log1p(-quantiles[1:]) + np.log1p(-quantiles[:-1])
    level = quantiles[:-1] / (1 - quantiles[:-1])
    mean = np.where(step > FLAT, inside / np.maximum(step, FLAT), level)
    return 2 * a * float(mean.mean())
