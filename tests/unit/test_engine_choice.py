"""A dose engine by its name: each name gives its own engine, and no other name gives one."""

from __future__ import annotations

import numpy as np
import pytest

from nelm.errors import InputError
from nelm.physics.emissions import emissions_of
from nelm.physics.engines import ENGINES, Body, Settings, dose_by
from nelm.physics.interaction import material

SAYS = {
    "local": "local deposition",
    "kernel": "convolution with the kernel",
    "transport": "transport of 400 electrons",
}
BODY = Body.uniform((5, 5, 5), material("soft_tissue"), (4.0, 4.0, 4.0))


@pytest.mark.parametrize("engine", ENGINES)
def test_each_name_gives_its_engine(engine: str) -> None:
    told: list[float] = []
    settings = Settings(electrons=400, photons=400, batches=4)
    found = dose_by(
        engine, np.ones(BODY.shape), BODY, emissions_of("Lu-177"), settings=settings, progress=told.append
    )
    assert found.engine.startswith(SAYS[engine])
    assert (found.statistical_sd_gy is not None) is bool(told) is (engine == "transport")


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="local, kernel, transport"):
        dose_by("olinda", np.ones(BODY.shape), BODY, emissions_of("Lu-177"))
