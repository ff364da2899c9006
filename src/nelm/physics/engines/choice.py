"""A dose engine by its name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.physics.emissions import Emissions
from nelm.physics.engines.body import Body, DoseMap
from nelm.physics.engines.kernel import kernel_dose
from nelm.physics.engines.local import local_dose
from nelm.physics.engines.transport import transport_dose
from nelm.physics.transport.batches import Settings

ENGINES = ("local", "kernel", "transport")
"""Names, as a user chooses them."""


def dose_by(
    engine: str,
    time_integrated_activity_mbq_h: NDArray[np.floating],
    body: Body,
    emissions: Emissions,
    *,
    settings: Settings | None = None,
    progress: Callable[[float], None] | None = None,
) -> DoseMap:
    """Absorbed dose by the engine that was asked for.

    Parameters
    ----------
    engine : One of `ENGINES`.
    time_integrated_activity_mbq_h : (z, y, x) on the grid of the body [MBq h].
    settings, progress : Of `transport`: how many histories, and who is told the share that is done.

    Raises
    ------
    InputError : No such engine.
    """
    match engine:
        case "local":
            return local_dose(time_integrated_activity_mbq_h, body, emissions)
        case "kernel":
            return kernel_dose(time_integrated_activity_mbq_h, body, emissions)
        case "transport":
            return transport_dose(
                time_integrated_activity_mbq_h, body, emissions, settings, progress=progress
            )
        case _:
            raise problem(engine, f"one of {', '.join(ENGINES)}", path="engine")
