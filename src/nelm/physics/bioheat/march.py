"""What a march over time works on, and its scheme.

Every step is half a step of perfusion and source in each voxel on its own (exact), conduction along z, then y, then x
(explicit), and the other half of perfusion and source. A voxel next to a wall is then set to what it would be had its
neighbours changed linearly over the step: an explicit step may be too long for its short arms, an implicit one delays
it (its damage and peak are counted before, a little delayed). Damage is counted every second step, at the
temperatures between two steps (midpoint rule).

The scheme is of second order in space and of first order in time. In a uniform medium of cubic voxels with a step of
a sixth of edge^2 / diffusivity the leading errors of both cancel; up to half of it no new extremes of temperature
arise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Single = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """What changes over time, float32, on (z, y, x); `doses` (model, z, y, x).

    Parameters
    ----------
    theta : Temperature above that of the body [K].
    peak : The highest so far [K].
    doses : Damage by each accumulating model.
    alive, dead : Fractions of the three states.
    """

    theta: Single
    peak: Single
    doses: Single
    alive: Single
    dead: Single

    def copy(self) -> Fields:
        """The same in arrays of its own."""
        return Fields(
            self.theta.copy(), self.peak.copy(), self.doses.copy(), self.alive.copy(), self.dead.copy()
        )


@dataclass(frozen=True, slots=True, eq=False)
class March:
    """Some equal steps.

    Parameters
    ----------
    steps, step_s : How many (an even number), how long.
    heat_capacity : rho c [J/(m3 K)].
    decay, gain : What half a step of perfusion leaves of theta, and what the source adds in it [K].
    cap_k : Highest theta; infinite for none.
    table : Rates of the death models, see `death.rate_table`.
    body_c : Temperature at theta 0.
    backward_per_s : Of the three states.
    ending, ending_limit : Place of the model with which perfusion ends, and its limit; None for none.
    """

    steps: int
    step_s: float
    heat_capacity: Array
    decay: Array
    gain: Array
    cap_k: float
    table: Array
    body_c: float
    backward_per_s: float
    ending: int | None
    ending_limit: float
