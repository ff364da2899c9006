"""When heat kills: models of cell death, run side by side because they disagree.

Damage that adds up (`Accumulating`): an Arrhenius integral, or minutes at 43 degrees; tissue is dead from a limit on.
Three states (`ThreeState`): cells become vulnerable, recover or die; tissue is dead from a dead fraction on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem

Array = NDArray[np.float64]

GAS_CONSTANT_J_MOL_K = 8.314462618
KELVIN = 273.15
SECONDS_PER_MINUTE = 60.0
LOWEST_C, HIGHEST_C, PER_DEGREE = 0.0, 150.0, 32
"""Ends and density of the tables of rates; outside the rate is that of the end. Linear interpolation is within 1e-4 of
the Arrhenius and thermal dose models in use."""
LONGEST_HOLD_STEP_S = 0.5


@dataclass(frozen=True, slots=True)
class Accumulating:
    """Damage that adds up over time.

    Parameters
    ----------
    name : Of the model.
    rate_per_s : Damage per second at temperatures (n,) [degrees Celsius].
    limit : Damage from which tissue is dead.
    """

    name: str
    rate_per_s: Callable[[Array], Array]
    limit: float


@dataclass(frozen=True, slots=True)
class ThreeState:
    """Alive to vulnerable and back, vulnerable to dead [oneill2011].

    With A alive, V vulnerable and D dead, A + V + D = 1: dA/dt = -k A + b V and dD/dt = k V, where
    k = f exp(T / T_k) (1 - A).

    Parameters
    ----------
    forward_per_s, backward_per_s, scale_c : f, b and T_k (temperatures in degrees Celsius).
    alive_at_first : A at the start; what is missing to 1 is vulnerable.
    limit : Dead fraction from which tissue is dead.
    """

    name: str
    forward_per_s: float
    backward_per_s: float
    scale_c: float
    alive_at_first: float
    limit: float

    def rate_per_s(self, temperature_c: Array) -> Array:
        """Rate at a temperature before it is slowed by those alive, f exp(T / T_k) [1/s]."""
        return self.forward_per_s * np.exp(temperature_c / self.scale_c)


DeathModel = Accumulating | ThreeState


@dataclass(frozen=True, slots=True)
class DeathModels:
    """Models that a simulation follows at once; names differ.

    Parameters
    ----------
    accumulating : Any number.
    three_state : One.
    """

    accumulating: tuple[Accumulating, ...]
    three_state: ThreeState

    def __post_init__(self) -> None:
        if len(set(self.names)) != len(self.names):
            raise problem(self.names, "death models with different names", path="death models")

    @property
    def all(self) -> tuple[DeathModel, ...]:
        """Every model, the three states last."""
        return (*self.accumulating, self.three_state)

    @property
    def names(self) -> tuple[str, ...]:
        """Names in the order of `all`."""
        return tuple(model.name for model in self.all)


def arrhenius(name: str, *, frequency_per_s: float, energy_j_mol: float, limit: float = 1.0) -> Accumulating:
    """Arrhenius integral: omega = integral of frequency exp(-energy / R T) dt; 1 leaves 37 % alive."""

    def rate(temperature_c: Array) -> Array:
        kelvin = np.asarray(temperature_c, dtype=np.float64) + KELVIN
        return np.exp(math.log(frequency_per_s) - energy_j_mol / (GAS_CONSTANT_J_MOL_K * kelvin))

    return Accumulating(name, rate, limit)


def thermal_dose(
    name: str,
    *,
    limit_min: float,
    factor_above: float,
    factor_below: float,
    reference_c: float = 43.0,
    none_below_c: float,
) -> Accumulating:
    """Cumulative equivalent minutes at 43 degrees: integral of R^(43 - T) dt [min].

    Parameters
    ----------
    limit_min : Minutes from which tissue is dead.
    factor_above, factor_below : R from the reference temperature upward, and below it.
    none_below_c : No damage below this temperature.
    """

    def rate(temperature_c: Array) -> Array:
        given = np.asarray(temperature_c, dtype=np.float64)
        factor = np.where(given >= reference_c, factor_above, factor_below)
        minutes = factor ** (reference_c - given) / SECONDS_PER_MINUTE
        return np.where(given < none_below_c, 0.0, minutes)

    return Accumulating(name, rate, limit_min)


def rate_table(models: DeathModels) -> Array:
    """Rates of every model at PER_DEGREE temperatures a degree from LOWEST_C to HIGHEST_C, (temperatures, models)."""
    count = round((HIGHEST_C - LOWEST_C) * PER_DEGREE) + 1
    at = np.linspace(LOWEST_C, HIGHEST_C, count)
    return np.stack([model.rate_per_s(at) for model in models.all], axis=1)


def three_state_step(
    alive: Array, dead: Array, forward: Array, *, backward_per_s: float, step_s: float
) -> None:
    """Alive and dead fractions a step later, in place, by the midpoint rule; `forward` is f exp(T / T_k) [1/s]."""
    vulnerable = 1 - alive - dead
    rate = forward * (1 - alive)
    half = step_s / 2
    alive_half = alive + half * (backward_per_s * vulnerable - rate * alive)
    dead_half = dead + half * rate * vulnerable
    vulnerable_half = 1 - alive_half - dead_half
    rate_half = forward * (1 - alive_half)
    alive += step_s * (backward_per_s * vulnerable_half - rate_half * alive_half)
    dead += step_s * rate_half * vulnerable_half


def is_lethal(model: DeathModel, temperature_c: float, hold_s: float) -> bool:
    """Whether a constant temperature kills within a time."""
    rate = model.rate_per_s(np.array([temperature_c]))
    if isinstance(model, Accumulating):
        return float(rate[0]) * hold_s >= model.limit
    alive, dead = np.array([model.alive_at_first]), np.zeros(1)
    steps = math.ceil(hold_s / LONGEST_HOLD_STEP_S)
    for _ in range(steps):
        three_state_step(alive, dead, rate, backward_per_s=model.backward_per_s, step_s=hold_s / steps)
    return float(dead[0]) >= model.limit


def lethal_temperature_c(
    model: DeathModel, *, hold_s: float, highest_c: float = HIGHEST_C, within_c: float = 0.01
) -> float | None:
    """The lowest constant temperature that kills within a time [degrees Celsius]; None where none up to `highest_c`."""
    low, high = LOWEST_C, highest_c
    if not is_lethal(model, high, hold_s):
        return None
    while high - low > within_c:
        middle = (low + high) / 2
        if is_lethal(model, middle, hold_s):
            high = middle
        else:
            low = middle
    return high
