"""Elastic scattering of electrons: transport cross-sections and the distributions of multiple scattering.

Single scattering by nuclei is the screened Rutherford cross-section with the screening angle of Moliere and the spin
correction of McKinley and Feshbach; by electrons the same without spin, up to the angle of the hardest collision that
is not simulated one by one. Moments ``G_l = n integral (1 - P_l) dsigma`` give the distribution after a path by
Goudsmit and Saunderson, ``p(mu) = sum (l + 1/2) exp(-K G_l / G_1) P_l(mu)``, with the strength ``K`` = path times
``G_1``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray

from nelm.physics.interaction import Material

Array = NDArray[np.float64]
ELECTRON_MEV = 0.51099895
FINE_STRUCTURE = 1 / 137.035999
CLASSICAL_RADIUS_CM = 2.8179403262e-13
AVOGADRO = 6.02214076e23
HIGHEST_ORDER = 120
NODES = 240
QUANTILES = 513
ANGLES = 4001
FLAT = 1e-9
LEAST_EVENTS = 15.0
"""Mean number of elastic events in the shortest step: with fewer, some electrons are not deflected at all."""


def moments(material: Material, energy_mev: float, *, hard_loss_mev: float, with_spin: bool = True) -> Array:
    """G_l for l = 0 .. HIGHEST_ORDER [cm2/g]; the first is the cross-section itself, the second that of transport.

    Parameters
    ----------
    material : Its elements scatter independently of one another.
    energy_mev : Kinetic energy.
    hard_loss_mev : Collisions with electrons that lose more are simulated one by one and left out here.
    with_spin : False only to compare with codes that leave the spin of the electron out.
    """
    total = np.zeros(HIGHEST_ORDER + 1)
    p2, beta2 = _momentum(energy_mev)
    electron_edge = _hard_angle(energy_mev, hard_loss_mev)
    parts = zip(material.atomic_numbers, material.mass_fractions / material.atomic_weights, strict=True)
    for z, moles in parts:
        eta = _screening(z, p2, beta2)
        t, weight = _nodes(eta)
        rutherford = (CLASSICAL_RADIUS_CM * ELECTRON_MEV) ** 2 / (p2 * beta2) / (t + 2 * eta) ** 2
        half = np.sqrt(t / 2)
        spin = (
            1.0
            if not with_spin
            else 1 - beta2 * t / 2 + np.pi * FINE_STRUCTURE * z * np.sqrt(beta2) * half * (1 - half)
        )
        density = rutherford * (z * z * spin + z * (t < electron_edge)) * weight
        total[0] += 2 * np.pi * AVOGADRO * moles * density.sum()
        total[1:] += 2 * np.pi * AVOGADRO * moles * _deficits(t, HIGHEST_ORDER) @ density
    return total


def _momentum(energy_mev: float) -> tuple[float, float]:
    """(p c)^2 [MeV2] and beta^2."""
    p2 = energy_mev * (energy_mev + 2 * ELECTRON_MEV)
    return p2, p2 / (energy_mev + ELECTRON_MEV) ** 2


def _screening(z: int, p2: float, beta2: float) -> float:
    """The screening parameter of Moliere: a quarter of the square of his angle."""
    chi0 = FINE_STRUCTURE * ELECTRON_MEV * z ** (1 / 3) / 0.88534 / np.sqrt(p2)
    return float(chi0**2 * (1.13 + 3.76 * (FINE_STRUCTURE * z) ** 2 / beta2) / 4)


def _hard_angle(energy_mev: float, loss_mev: float) -> float:
    """1 - cos of the deflection of an electron that loses an energy to another at rest."""
    loss = min(loss_mev, energy_mev / 2)
    left = energy_mev - loss
    cosine2 = left * (energy_mev + 2 * ELECTRON_MEV) / (energy_mev * (left + 2 * ELECTRON_MEV))
    return 1 - float(np.sqrt(cosine2))


def _nodes(eta: float) -> tuple[Array, Array]:
    """Nodes t = 1 - mu and weights over 0 .. 2, dense where the screened cross-section is steep."""
    x, weight = _legendre()
    low, high = np.log(2 * eta * 1e-3), np.log(2 + 2 * eta)
    s = (x + 1) / 2 * (high - low) + low
    t = np.exp(s) - np.exp(low)
    scale = 2 / t[-1]
    return np.minimum(t * scale, 2.0), weight / 2 * (high - low) * np.exp(s) * scale


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
