"""Bioheat: the compiled steps against the plain ones, laws that hold whatever the numbers, and refusals."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nelm.errors import ConvergenceError, InputError
from nelm.physics.bioheat import (
    Border,
    DeathModels,
    Engine,
    Heat,
    Heated,
    ThreeState,
    Tissue,
    Wall,
    advance,
    arrhenius,
    ball_shares,
    gaussian_shares,
    line_shares,
    set_up,
    start,
    thermal_dose,
)

MODELS = DeathModels(
    (
        arrhenius("liver", frequency_per_s=7.39e39, energy_j_mol=2.577e5),
        thermal_dose("CEM43", limit_min=240, factor_above=0.5, factor_below=0.25, none_below_c=39),
    ),
    ThreeState("states", 3.33e-3, 7.77e-3, 40.5, 0.99, 0.8),
)
SHAPE, EDGES, BODY = (9, 12, 10), (1.4, 1.1, 0.9), 37.0


def random_heated(seed: int, border: Border, *, ending: str | None, walls: bool, cap: float | None) -> Heated:
    """Tissue of random properties with a random source, a vessel and a warm ball if wanted."""
    rng = np.random.default_rng(seed)
    z, y, x = np.meshgrid(*[np.arange(n) * e for n, e in zip(SHAPE, EDGES, strict=True)], indexing="ij")
    vessel = Wall(np.hypot(y - rng.uniform(3, 5), z - 5) - rng.uniform(0.8, 2), BODY)
    ball = Wall(np.sqrt((z - 8) ** 2 + (y - 11) ** 2 + (x - 7) ** 2) - 2.2, 50.0, rng.uniform(100, 2000))
    tissue = Tissue(rng.uniform(0.3, 0.7, SHAPE), rng.uniform(3e6, 4e6, SHAPE), rng.uniform(0, 5e4, SHAPE))
    return Heated(
        SHAPE, EDGES, tissue, rng.uniform(0, 4e6, SHAPE), BODY, walls=(vessel, ball) if walls else (),
        border=border, cap_c=cap, perfusion_until=ending,
    )  # fmt: skip


def run(heated: Heated, engine: Engine = Engine.COMPILED, *seconds: float) -> Heat:
    heat = start(set_up(heated, MODELS, engine=engine))
    for one in seconds or (40.0,):
        heat = advance(heat, one)
    return heat


@pytest.mark.parametrize("border", list(Border))
@pytest.mark.parametrize(
    ("walls", "ending", "cap"), [(False, None, None), (True, "liver", 62.0), (True, "states", None)]
)
def test_compiled_steps_are_the_plain_ones(
    border: Border, walls: bool, ending: str | None, cap: float | None
) -> None:
    """Single precision against double: some 1e-5 K and 1e-4 of damage (a degree is worth 1.3 to 2 times as much)."""
    heated = random_heated(3, border, ending=ending, walls=walls, cap=cap)
    fast, slow = (run(heated, engine, 45.0, 30.0) for engine in (Engine.COMPILED, Engine.PLAIN))
    assert np.abs(fast.temperature_c - slow.temperature_c).max() < 1e-4
    assert np.abs(fast.peak_c - slow.peak_c).max() < 1e-4
    assert fast.fields.doses == pytest.approx(slow.fields.doses, rel=2e-4, abs=1e-9)
    assert fast.fields.alive == pytest.approx(slow.fields.alive, abs=1e-5)
    assert fast.fields.dead == pytest.approx(slow.fields.dead, abs=1e-5)


def test_damage_is_that_of_the_formula_at_a_constant_temperature() -> None:
    """Insulated, no perfusion, no source, everything at 55 degrees: omega and minutes are rate times time."""
    heated = Heated((4, 4, 4), (1.0,) * 3, Tissue(0.5, 3.8e6, 0.0), 0.0, BODY, border=Border.INSULATED)
    heat = start(set_up(heated, MODELS))
    heat.fields.theta[...] = 18.0
    heat = advance(heat, 120.0)
    omega = 120 * math.exp(math.log(7.39e39) - 2.577e5 / (8.314462618 * 328.15))
    assert heat.temperature_c == pytest.approx(55.0, abs=1e-4)
    assert heat.damage("liver") == pytest.approx(omega, rel=2e-4)
    assert heat.damage("CEM43") == pytest.approx(2 * 2.0**12, rel=2e-4)
    assert heat.dead("CEM43").all() and heat.dead("liver").all() and not heat.dead("states").any()


@given(st.integers(0, 10_000), st.sampled_from([10.0, 33.0, 70.0]))
def test_insulated_tissue_without_flow_keeps_what_it_is_given(seed: int, seconds: float) -> None:
    rng = np.random.default_rng(seed)
    capacity, source = rng.uniform(3e6, 4e6, SHAPE), rng.uniform(0, 1e6, SHAPE)
    tissue = Tissue(rng.uniform(0.3, 0.7, SHAPE), capacity, 0.0)
    heat = run(Heated(SHAPE, EDGES, tissue, source, BODY, border=Border.INSULATED), Engine.COMPILED, seconds)
    kept = float((capacity * heat.fields.theta).sum(dtype=np.float64))
    assert kept == pytest.approx(seconds * float(source.sum()), rel=1e-5)


@given(st.integers(0, 10_000), st.sampled_from(list(Border)), st.sampled_from([1 / 6, 0.3, 0.5]))
def test_without_a_source_nothing_gets_hotter_or_colder_than_anything_was(
    seed: int, border: Border, number: float
) -> None:
    heated = random_heated(seed, border, ending=None, walls=True, cap=None)
    quiet = Heated(
        SHAPE, EDGES, Tissue(heated.tissue.conductivity_w_m_k, 3.8e6, heated.tissue.perfusion_w_m3_k), 0.0,
        BODY, walls=heated.walls, border=border,
    )  # fmt: skip
    heat = start(set_up(quiet, MODELS, diffusion_number=number))
    heat.fields.theta[...] = np.where(
        heat.setup.conduction.held, heat.fields.theta, np.random.default_rng(seed).uniform(0, 20, SHAPE)
    )
    low, high = float(heat.fields.theta.min()), float(heat.fields.theta.max())
    for _ in range(3):
        heat = advance(heat, 5.0)
        assert heat.fields.theta.min() >= min(low, 0.0) - 1e-4
        assert heat.fields.theta.max() <= high + 1e-4


def test_temperature_is_proportional_to_power_without_cap_and_without_death() -> None:
    heated = random_heated(1, Border.BODY_TEMPERATURE, ending=None, walls=False, cap=None)
    heat = start(set_up(heated, MODELS))
    whole, half = (advance(heat, 50.0, power=power).fields.theta for power in (1.0, 0.5))
    assert half == pytest.approx(whole / 2, rel=1e-5)


def test_more_blood_and_walls_only_cool() -> None:
    plain = random_heated(5, Border.BODY_TEMPERATURE, ending=None, walls=False, cap=None)
    z, y, _ = np.meshgrid(*[np.arange(n) * e for n, e in zip(SHAPE, EDGES, strict=True)], indexing="ij")
    distance = np.hypot(y - 5, z - 5) - 1.6
    walled = [Wall(distance, BODY, h) for h in (50.0, 500.0, 5e6)] + [Wall(distance, BODY)]
    fields = [run(plain).fields.theta]
    for wall in walled:
        heated = Heated(SHAPE, EDGES, plain.tissue, plain.source_w_m3, BODY, walls=(wall,))
        fields.append(run(heated).fields.theta)
    outside = distance > 0
    for warmer, colder in pairwise(fields):
        assert (colder <= warmer + 1e-4)[outside].all()
    assert np.abs(fields[-1] - fields[-2])[outside].max() < 0.01  # a very good wall is a held one


def test_the_cap_holds_and_perfusion_ends_with_death() -> None:
    hot = Tissue(0.5, 3.8e6, 5e4)
    made = [
        Heated(SHAPE, EDGES, hot, 5e6, BODY, border=Border.INSULATED, cap_c=100.0, perfusion_until=ending)
        for ending in (None, "liver")
    ]
    flowing, ending = (run(one, Engine.COMPILED, 25.0, 15.0) for one in made)
    assert ending.temperature_c.max() <= 100 and ending.dead("liver").all()
    assert (ending.temperature_c > flowing.temperature_c + 0.5).all()


def test_a_pause_changes_little_and_the_given_state_stays() -> None:
    heated = random_heated(2, Border.BODY_TEMPERATURE, ending=None, walls=False, cap=None)
    first = start(set_up(heated, MODELS))
    before = first.fields.theta.copy()
    whole, parts = advance(first, 60.0), advance(advance(first, 30.0), 30.0)
    assert (first.fields.theta == before).all() and first.time_s == 0
    assert parts.time_s == whole.time_s
    assert np.abs(parts.fields.theta - whole.fields.theta).max() < 1e-3 * float(whole.fields.theta.max())


def test_shares_add_up() -> None:
    shape, edges, middle = (40, 44, 48), (1.3, 1.0, 0.9), (26.0, 21.0, 20.0)
    ball = ball_shares(shape, edges, middle, radius_mm=7.3)
    assert ball.sum() * 1.3 * 1.0 * 0.9 == pytest.approx(4 / 3 * math.pi * 7.3**3, rel=1e-3)
    assert gaussian_shares(shape, edges, middle, sigma_mm=3.0).sum() == pytest.approx(1, abs=1e-6)
    line = line_shares(shape, edges, [[18.0, 21, 20], [34.0, 21, 20]], sigma_mm=3.0)
    assert line.sum() == pytest.approx(1, abs=1e-3)
    at = np.arange(shape[0]) * edges[0]
    along = line.sum(axis=(1, 2))
    assert (along * at).sum() == pytest.approx(26.0, abs=0.01)
    assert (along * (at - 26) ** 2).sum() == pytest.approx(16**2 / 12 + 9 + 1.3**2 / 12, rel=0.02)
    point = line_shares(shape, edges, [middle, middle], sigma_mm=3.0)
    assert point == pytest.approx(gaussian_shares(shape, edges, middle, sigma_mm=3.0))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"spacing_mm": (1.0, 0.0, 1.0)}, "spacing_mm"),
        ({"tissue": Tissue(0.0, 3.8e6, 0.0)}, "conductivity"),
        ({"tissue": Tissue(0.5, np.ones((2, 2, 2)), 0.0)}, "heat_capacity"),
        ({"tissue": Tissue(0.5, 3.8e6, -1.0)}, "perfusion"),
        ({"source_w_m3": math.nan}, "source"),
        ({"walls": (Wall(np.ones((2, 2, 2)), 37.0),)}, "wall.distance_mm"),
    ],
)
def test_nonsense_is_refused(changed: dict[str, object], said: str) -> None:
    given = {"shape": SHAPE, "spacing_mm": EDGES, "tissue": Tissue(0.5, 3.8e6, 0.0), "source_w_m3": 0.0}
    with pytest.raises(InputError, match=said):
        Heated(**(given | {"body_c": BODY} | changed))


def test_unknown_names_times_and_overflow_are_refused() -> None:
    heated = Heated((4, 4, 4), (1.0,) * 3, Tissue(0.5, 3.8e6, 0.0), 0.0, BODY, perfusion_until="nobody")
    with pytest.raises(InputError, match="one of liver, CEM43, states"):
        set_up(heated, MODELS)
    calm = Heated((4, 4, 4), (1.0,) * 3, Tissue(0.5, 3.8e6, 0.0), 1e50, BODY)
    with pytest.raises(InputError, match="diffusion_number"):
        set_up(calm, MODELS, diffusion_number=0.6)
    heat = start(set_up(calm, MODELS, engine=Engine.PLAIN))
    with pytest.raises(InputError, match="not negative"):
        advance(heat, -1.0)
    with np.errstate(over="ignore", invalid="ignore"), pytest.raises(ConvergenceError):
        advance(heat, 10.0)
    assert advance(heat, 0.0) is heat
