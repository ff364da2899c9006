"""Heating over time: a start, and as many advances as wanted, each in steps of the same length."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from nelm.errors import ConvergenceError, problem
from nelm.physics.bioheat import compiled, plain
from nelm.physics.bioheat.conduction import M_PER_MM, Conduction, conduction_of
from nelm.physics.bioheat.death import DeathModels, rate_table
from nelm.physics.bioheat.march import Array, Fields, March
from nelm.physics.bioheat.tissue import Heated

DIFFUSION_NUMBER = 1 / 6
"""Step over edge^2 / diffusivity of the finest edge and the best conductor; see `march`."""
LARGEST_DIFFUSION_NUMBER = 0.5
LONGEST_STEP_S = 1.5
"""However coarse the grid: heating at the source is followed in steps no longer than this."""


class Engine(StrEnum):
    """What carries out the steps."""

    COMPILED = "compiled"
    PLAIN = "plain"


_MARCH: dict[Engine, Callable[[Fields, Conduction, March], None]] = {
    Engine.COMPILED: compiled.march,
    Engine.PLAIN: plain.march,
}


@dataclass(frozen=True, slots=True, eq=False)
class Setup:
    """A heated grid made ready.

    Parameters
    ----------
    heated, deaths : What is simulated.
    longest_step_s : Steps are not longer than this.
    """

    heated: Heated
    deaths: DeathModels
    conduction: Conduction
    table: Array
    longest_step_s: float
    engine: Engine


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """The state at one time.

    Parameters
    ----------
    setup : What is simulated.
    time_s : Since the start.
    fields : On the grid.
    """

    setup: Setup
    time_s: float
    fields: Fields

    @property
    def temperature_c(self) -> NDArray[np.float32]:
        """Now [degrees Celsius]."""
        return self.fields.theta + np.float32(self.setup.heated.body_c)

    @property
    def peak_c(self) -> NDArray[np.float32]:
        """The highest so far [degrees Celsius]."""
        return self.fields.peak + np.float32(self.setup.heated.body_c)

    def damage(self, name: str) -> NDArray[np.float32]:
        """Damage by a death model, in the unit of its limit."""
        place = _place(self.setup.deaths, name)
        return self.fields.dead if place == len(self.fields.doses) else self.fields.doses[place]

    def dead(self, name: str) -> NDArray[np.bool_]:
        """Where a death model says dead; nowhere inside a wall."""
        model = self.setup.deaths.all[_place(self.setup.deaths, name)]
        return (self.damage(name) >= model.limit) & ~self.setup.conduction.held


def set_up(
    heated: Heated,
    deaths: DeathModels,
    *,
    diffusion_number: float = DIFFUSION_NUMBER,
    longest_step_s: float = LONGEST_STEP_S,
    engine: Engine = Engine.COMPILED,
) -> Setup:
    """Make a grid ready to be heated.

    Parameters
    ----------
    heated, deaths : What to simulate.
    diffusion_number : Step over edge^2 / diffusivity, at most a half.
    longest_step_s : No step is longer.
    """
    if not 0 < diffusion_number <= LARGEST_DIFFUSION_NUMBER:
        raise problem(diffusion_number, "above 0 and at most 0.5", path="diffusion_number")
    if heated.perfusion_until is not None:
        _place(deaths, heated.perfusion_until)
    diffusivity = np.max(
        np.asarray(heated.tissue.conductivity_w_m_k) / np.asarray(heated.tissue.heat_capacity_j_m3_k)
    )
    step = diffusion_number * (min(heated.spacing_mm) * M_PER_MM) ** 2 / float(diffusivity)
    return Setup(heated, deaths, conduction_of(heated), rate_table(deaths), min(step, longest_step_s), engine)


def start(setup: Setup) -> Heat:
    """Everything at body temperature and alive; inside walls their temperature."""
    shape = setup.heated.shape
    theta = setup.conduction.held_k.astype(np.float32)
    doses = np.zeros((len(setup.deaths.accumulating), *shape), dtype=np.float32)
    alive = np.full(shape, setup.deaths.three_state.alive_at_first, dtype=np.float32)
    return Heat(setup, 0.0, Fields(theta, theta.copy(), doses, alive, np.zeros(shape, dtype=np.float32)))


def advance(heat: Heat, seconds: float, *, power: float = 1.0) -> Heat:
    """The state some time later; the given one stays as it is.

    Parameters
    ----------
    seconds : How long.
    power : Factor on the source; 0 while nothing is applied.
    """
    if not (math.isfinite(seconds) and seconds >= 0 and math.isfinite(power) and power >= 0):
        raise problem((seconds, power), "a time and a factor, finite and not negative", path="advance")
    if seconds == 0:
        return heat
    fields = heat.fields.copy()
    setup = heat.setup
    _MARCH[setup.engine](fields, setup.conduction, _march(heat, seconds, power))
    if not np.isfinite(fields.theta).all():
        raise ConvergenceError(
            "the temperature is not finite any more",
            expected="sources that heat tissue by less than single precision can hold",
            remedy="Check the source and the properties of the tissue",
        )
    return Heat(setup, heat.time_s + seconds, fields)


def _march(heat: Heat, seconds: float, power: float) -> March:
    """The steps for an advance."""
    setup, heated = heat.setup, heat.setup.heated
    steps = 2 * max(1, math.ceil(seconds / setup.longest_step_s / 2))
    half_s = seconds / steps / 2
    capacity = heated.field(heated.tissue.heat_capacity_j_m3_k)
    ending = None if heated.perfusion_until is None else _place(setup.deaths, heated.perfusion_until)
    rate = heated.field(heated.tissue.perfusion_w_m3_k) / capacity
    if heated.perfusion_until is not None:
        rate[heat.dead(heated.perfusion_until)] = 0
    rate[setup.conduction.held] = 0
    source = heated.field(heated.source_w_m3) * (power / capacity)
    source[setup.conduction.held] = 0
    lost = -np.expm1(-rate * half_s)
    lasting = np.where(rate > 0, lost / np.where(rate > 0, rate, 1), half_s)
    return March(
        steps=steps,
        step_s=seconds / steps,
        heat_capacity=capacity,
        decay=1 - lost,
        gain=source * lasting,
        cap_k=math.inf if heated.cap_c is None else heated.cap_c - heated.body_c,
        table=setup.table,
        body_c=heated.body_c,
        backward_per_s=setup.deaths.three_state.backward_per_s,
        ending=ending,
        ending_limit=math.inf if ending is None else setup.deaths.all[ending].limit,
    )


def _place(deaths: DeathModels, name: str) -> int:
    """Place of a death model by name."""
    if name not in deaths.names:
        raise problem(name, f"one of {', '.join(deaths.names)}", path="death model")
    return deaths.names.index(name)
