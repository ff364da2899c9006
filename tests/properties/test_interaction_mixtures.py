"""Mixtures of elements lie between their elements, whatever the shares."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from nelm.errors import InputError
from nelm.physics.interaction import Material, electron_table, photon_table
from nelm.physics.interaction.tables import SYMBOLS

ENERGIES = np.array([0.02, 0.1, 1.0, 2.5])


@st.composite
def compositions(draw: st.DrawFn) -> dict[str, float]:
    """Two to five elements with shares that add to 1."""
    symbols = draw(st.lists(st.sampled_from(sorted(SYMBOLS)), min_size=2, max_size=5, unique=True))
    parts = draw(st.lists(st.floats(0.01, 1.0), min_size=len(symbols), max_size=len(symbols)))
    return {symbol: part / sum(parts) for symbol, part in zip(symbols, parts, strict=True)}


@given(compositions())
def test_attenuation_of_a_mixture_lies_between_its_elements(shares: dict[str, float]) -> None:
    mixed = photon_table(Material.of("mixed", 1.0, shares), ENERGIES).total
    alone = [photon_table(Material.of(one, 1.0, {one: 1.0}), ENERGIES).total for one in shares]
    assert np.all(mixed <= np.max(alone, axis=0) * (1 + 1e-9))
    assert np.all(mixed >= np.min(alone, axis=0) * (1 - 1e-9))


@example({"H": 0.9411764705882353, "Al": 0.058823529411764705}, 1.0)
@given(compositions(), st.floats(0.001, 5.0))
def test_stopping_of_any_mixture_is_finite_and_range_grows(shares: dict[str, float], density: float) -> None:
    try:
        table = electron_table(Material.of("mixed", density, shares), ENERGIES)
    except InputError:
        # nothing but hydrogen is light enough, and its liquid has 0.07 g/cm3
        assert shares.get("H", 0.0) > 0.5 and density > 0.2
        return
    assert np.all(np.isfinite(table.collision)) and np.all(table.collision > 0.0)
    assert np.all(table.density_effect >= 0.0)
    assert np.all(np.diff(table.csda_range_g_cm2) > 0.0)
    assert np.all(np.diff(table.radiation_yield) > 0.0)
