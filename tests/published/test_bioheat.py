"""Heat in perfused tissue against closed forms (all with the properties of the research notes) and a table of deaths.

A: uniform ball, steady; B: point source; C: ball held at a temperature; D: decay of a Gaussian. Grids of 1 mm.
Bar: 1 %. Values of the formulas are checked against the numbers printed in the research notes.
"""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import erfc

from nelm.io.dicom import find_series, read_volume
from nelm.knowledge import load_knowledge
from nelm.physics.bioheat import (
    DeathModel,
    DeathModels,
    Heat,
    Heated,
    ThreeState,
    Tissue,
    Wall,
    advance,
    arrhenius,
    ball_shares,
    gaussian_shares,
    lethal_temperature_c,
    set_up,
    start,
    thermal_dose,
)
from nelm.therapies.ablation.heating import Setting, simulated_zone
from nelm.therapies.ablation.heating_scene import Anatomy, Applicator, SourceShape
from nelm.volume import Mask

Array = NDArray[np.float64]

K, RHO_C, COOLED = 0.52, 1079 * 3540.0, 0.0064 * 1060 * 3639
LENGTH_MM = math.sqrt(K / COOLED) * 1e3
DIFFUSIVITY = K / RHO_C * 1e6  # mm2/s
LOSS = COOLED / RHO_C  # 1/s
TISSUE = Tissue(K, RHO_C, COOLED)
BODY = 37.0

LIVER = arrhenius("liver", frequency_per_s=7.39e39, energy_j_mol=2.577e5)
HENRIQUES = arrhenius("Henriques", frequency_per_s=3.1e98, energy_j_mol=6.28e5)
CEM43 = thermal_dose("CEM43", limit_min=240, factor_above=0.5, factor_below=0.25, none_below_c=39)
STATES = ThreeState("states", 3.33e-3, 7.77e-3, 40.5, 0.99, 0.8)
MODELS = DeathModels((LIVER, HENRIQUES, CEM43), STATES)


def sphere_k(r: Array) -> Array:
    """A: 1e6 W/m3 in a ball of 10 mm, steady [K]."""
    a, top = 10 / LENGTH_MM, 1e6 / COOLED
    x = np.maximum(r, 1e-6) / LENGTH_MM
    inside = 1 - (1 + a) * np.exp(-a) * np.sinh(np.minimum(x, a)) / x
    return top * np.where(x <= a, inside, (a * np.cosh(a) - np.sinh(a)) * np.exp(-x) / x)


def switched_on(r: Array, start_mm: float, t: float) -> Array:
    """(e^-x erfc + e^x erfc) / 2 of the distance from where heat comes from: to e^-x when steady."""
    x, wide = (r - start_mm) / LENGTH_MM, (r - start_mm) / math.sqrt(4 * DIFFUSIVITY * t)
    late = math.sqrt(LOSS * t)
    return (np.exp(-x) * erfc(wide - late) + np.exp(x) * erfc(wide + late)) / 2


def point_k(r: Array, t: float) -> Array:
    """B: 10 W at a point from t = 0 [K]."""
    return 10 / (4 * math.pi * K * r * 1e-3) * switched_on(r, 0.0, t)


def held_k(r: Array, t: float) -> Array:
    """C: ball of 10 mm held at 60 K from t = 0 [K]."""
    return 60 * 10 / r * switched_on(r, 10.0, t)


def decay_k(r: Array, t: float, width_mm: float = 6.0) -> Array:
    """D: a Gaussian of 50 K [K]."""
    wide = width_mm**2 + 2 * DIFFUSIVITY * t
    return 50 * (width_mm**2 / wide) ** 1.5 * np.exp(-(r**2) / (2 * wide) - LOSS * t)


@pytest.mark.parametrize(
    ("found", "printed"),
    [
        (sphere_k(np.array([0.0, 5, 10, 15, 20])), [25.9348, 22.8762, 11.3366, 2.5425, 0.6415]),
        (point_k(np.array([5.0, 10]), 60), [52.7034, 1.4987]),
        (point_k(np.array([5.0, 10]), 600), [102.7831, 17.1709]),
        (held_k(np.array([12.0, 15, 20]), 60), [27.5578, 6.8878, 0.2938]),
        (held_k(np.array([12.0, 15, 20]), 300), [32.1381, 13.0943, 3.0143]),
        (decay_k(np.array([0.0]), 60), [19.3554]),
    ],
)
def test_the_formulas_give_the_printed_numbers(found: Array, printed: list[float]) -> None:
    assert found == pytest.approx(printed, abs=6e-5)


def grid(n: int, edge: float, shift: float = 0.0) -> tuple[tuple[int, int, int], Array, Array]:
    """A cube of voxels: shape, middle (z, y, x) from the first voxel, distance of each voxel from it [mm]."""
    middle = np.full(3, (n - 1) / 2 * edge + shift)
    z, y, x = np.meshgrid(*[np.arange(n) * edge - middle[0]] * 3, indexing="ij", sparse=True)
    return (n, n, n), middle, np.sqrt(z**2 + y**2 + x**2)


def heated(n: int, edge: float, source: Array | float, *walls: Wall) -> Heated:
    return Heated((n, n, n), (edge,) * 3, TISSUE, source, BODY, walls=walls)


def after(setup_of: Heated, *times: float, diffusion_number: float = 1 / 6) -> list[Array]:
    """Temperatures above that of the body at some times [K]."""
    setup = set_up(setup_of, MODELS, diffusion_number=diffusion_number, longest_step_s=math.inf)
    heat, found = start(setup), []
    for t in times:
        heat = advance(heat, t - heat.time_s)
        found.append(heat.temperature_c.astype(np.float64) - BODY)
    return found


def worst(found: Array, truth: Array, where: NDArray[np.bool_]) -> float:
    """Largest relative difference in some voxels."""
    return float(np.abs(found[where] / truth[where] - 1).max())


def test_a_ball_of_uniform_power() -> None:
    shape, middle, r = grid(65, 1.0)
    source = 1e6 * ball_shares(shape, (1.0,) * 3, middle, radius_mm=10)
    (found,) = after(heated(65, 1.0, source), 1500)
    assert worst(found, sphere_k(r), r <= 20.5) < 0.01


def test_b_point_source() -> None:
    """In every voxel from 5 mm on, whatever the direction, while the true value is above 0.1 K."""
    shape, _, r = grid(61, 1.0)
    source = np.zeros(shape)
    source[30, 30, 30] = 10 / 1e-9
    for t, found in zip((60, 300, 600), after(heated(61, 1.0, source), 60, 300, 600), strict=True):
        truth = point_k(np.maximum(r, 1), t)
        assert worst(found, truth, (r >= 5) & (r <= 10.5)) < 0.01


@pytest.mark.parametrize("shift", [0.0, 0.3])
def test_c_held_ball(shift: float) -> None:
    """The surface cuts voxels anywhere. 1 % to 16 mm, and to 20 mm from 300 s on; at 60 s 20 mm have 0.29 of 60 K,
    where the first steps' delay of a fifth of a second shows: 2 %, which is 0.006 K.
    """
    _, _, r = grid(61, 1.0, shift)
    wall = Wall(r - 10, BODY + 60)
    for t, found in zip((60, 300, 600), after(heated(61, 1.0, 0.0, wall), 60, 300, 600), strict=True):
        truth = held_k(np.maximum(r, 10), t)
        assert worst(found, truth, (r > 10) & (r <= (20.5 if t > 60 else 16))) < 0.01
        assert worst(found, truth, (r > 10) & (r <= 20.5)) < 0.02


def test_c_with_a_coefficient_of_the_wall() -> None:
    """Steady: the wall takes h (60 - T) and gives k (1/a + 1/L) T, so T = 60 / (1 + k (1/a + 1/L) / h)."""
    _, _, r = grid(55, 1.0, 0.2)
    for coefficient in (100.0, 1000.0):
        wall = Wall(r - 10, BODY + 60, coefficient)
        (found,) = after(heated(55, 1.0, 0.0, wall), 900)
        at_wall = 60 / (1 + K * (1 / 10 + 1 / LENGTH_MM) * 1e3 / coefficient)
        truth = at_wall * 10 / np.maximum(r, 1) * np.exp(-(r - 10) / LENGTH_MM)
        assert worst(found, truth, (r > 10) & (r <= 18)) < 0.01


def gaussian_heat(edge: tuple[float, float, float], extent_mm: float, number: float) -> tuple[Heat, Array]:
    """D as a state to advance, and distances from its middle."""
    shape = tuple(round(extent_mm / one) + 1 for one in edge)
    z, y, x = np.meshgrid(
        *[(np.arange(n) - (n - 1) / 2) * one for n, one in zip(shape, edge, strict=True)],
        indexing="ij", sparse=True,
    )  # fmt: skip
    r = np.sqrt(z**2 + y**2 + x**2)
    body = Heated(shape, edge, TISSUE, 0.0, BODY)
    heat = start(set_up(body, MODELS, diffusion_number=number, longest_step_s=math.inf))
    heat.fields.theta[...] = decay_k(r, 0.0)
    return heat, r


def order(coarse: float, fine: float) -> float:
    """Order of convergence from errors at an edge and half of it."""
    return math.log2(coarse / fine)


def even_number(edge_mm: float, seconds: float, pairs: int) -> float:
    """A diffusion number with which steps of the edge fill a time in a number of pairs."""
    return DIFFUSIVITY * seconds / edge_mm**2 / (2 * pairs)


@pytest.mark.parametrize(
    ("edges", "pairs"),
    [(((2.0,) * 3, (1.0,) * 3, (0.5,) * 3), 4), (((1.2, 0.9, 0.75), (0.6, 0.45, 0.375)), 32)],
)
def test_d_decay_is_of_second_order(edges: tuple[tuple[float, float, float], ...], pairs: int) -> None:
    """Largest error to 9 mm; edges are halved, and steps go with the square of the edge."""
    number, errors = even_number(min(edges[0]), 60, pairs), []
    for scaled in edges:
        heat, r = gaussian_heat(scaled, 54.0, number)
        found = advance(heat, 60.0).temperature_c - BODY
        errors.append(float(np.abs(found - decay_k(r, 60.0))[r <= 9].max()))
    for coarse, fine in pairwise(errors):
        assert 1.9 < order(coarse, fine) < 2.1


def test_d_at_the_step_in_use() -> None:
    """In a uniform medium with cubes and a sixth of edge^2 / diffusivity the leading errors cancel: 0.26 and 0.06 K of
    an ordinary scheme (research notes) become some mK, at 2 mm and at 1 mm.
    """
    for edge in (2.0, 1.0):
        heat, r = gaussian_heat((edge,) * 3, 54.0, even_number(2.0, 60, 6))
        found = advance(heat, 60.0).temperature_c - BODY
        assert float(np.abs(found - decay_k(r, 60.0))[r <= 9].max()) < 0.004


def test_a_source_is_of_second_order() -> None:
    """A Gaussian source of 6 mm and 20 W from t = 0: sum of decays, by quadrature."""
    total = (2 * math.pi * 36e-6) ** 1.5

    def truth_k(r: float) -> float:
        return quad(lambda t: 20 / total / RHO_C * decay_k(np.array(r), t) / 50, 0, 60, epsabs=1e-9)[0]

    errors = []
    for edge in (2.0, 1.0, 0.5):
        n = round(54 / edge) + 1 - round(54 / edge) % 2
        shape, middle, r = grid(n, edge)
        source = gaussian_shares(shape, (edge,) * 3, middle, sigma_mm=6.0) * 20 / (edge * 1e-3) ** 3
        (found,) = after(heated(n, edge, source), 60, diffusion_number=even_number(2.0, 60, 4))
        m, step = (n - 1) // 2, round(2 / edge)
        at = [
            (m, m, m),
            (m + step, m, m),
            (m, m + 2 * step, m),
            (m + step, m + step, m),
            (m, m, m + 4 * step),
        ]
        errors.append(max(abs(found[one] - truth_k(float(r[one]))) for one in at))
    assert 1.9 < order(errors[0], errors[1]) < 2.1
    assert 1.9 < order(errors[1], errors[2]) < 2.1


@pytest.mark.parametrize(
    ("model", "printed"),
    [
        (LIVER, (50.1, 44.7, 42.5, 41.2)),
        (arrhenius("99 %", frequency_per_s=7.39e39, energy_j_mol=2.577e5, limit=4.6), (55.3, 49.8, 47.5, 46.1)),
        (HENRIQUES, (54.0, 51.7, 50.8, 50.2)),
        (CEM43, (50.9, 48.6, 47.6, 47.0)),
        (ThreeState("a fifth", 3.33e-3, 7.77e-3, 40.5, 0.99, 0.2), (132.6, 78.6, 61.1, 52.9)),
        (STATES, (None, 92, 72, 61)),
    ],
)  # fmt: skip
def test_lethal_temperatures(model: DeathModel, printed: tuple[float | None, ...]) -> None:
    """Constant holds of 60, 300, 600 and 900 s, printed to a tenth of a degree or to one; None: none to 100 degrees."""
    within = 0.6 if model is STATES else 0.1
    for seconds, wanted in zip((60, 300, 600, 900), printed, strict=True):
        found = lethal_temperature_c(model, hold_s=seconds, highest_c=135.0 if wanted else 100.0)
        assert (found is None) if wanted is None else (found == pytest.approx(wanted, abs=within))


def test_heat_sink_at_tumour_2_of_ircad(ircad_masks: Path) -> None:
    """A vein runs along tumour 2 (0.74 mm between voxels): four needles of 60 W for 10 minutes kill less on its side
    than they would without it, by every model, and the same on the other side to 1 %.
    """
    masks = {
        name: mask_of_series(ircad_masks / name)
        for name in ("liver", "livertumor2", "portalvein", "venoussystem")
    }
    lesion = masks["livertumor2"]
    middle = lesion.grid.points_of(np.argwhere(lesion.array)).mean(axis=0)
    veins = {"portal vein": masks["portalvein"], "hepatic vein": masks["venoussystem"]}
    places = [middle + np.array([x, y, 10]) for x in (-11, 11) for y in (-11, 11)]
    needles = [Applicator((float(x), float(y), float(z)), (0.0, 0.0, 1.0)) for x, y, z in places]
    anatomy = Anatomy(masks["liver"], lesion, veins)
    found = simulated_zone(anatomy, needles, Setting(60, 600), load_knowledge(), edge_mm=2.0)
    assert found.sink is not None and found.sink.vessel == "hepatic vein"
    assert found.sink.distance_mm < 1.6  # a slice
    for loss in found.sink.losses:
        assert loss.volume_ml > 1
        assert loss.facing < loss.facing_without - 0.01
        assert loss.away == pytest.approx(loss.away_without, abs=0.01)


def test_models_differ_as_in_the_research_notes(ircad_masks: Path) -> None:
    """50 W from a Gaussian in tumour 2: 47.4, 52.9 and 40.1 mL by omega, minutes and 60 degrees; the notes do not say
    width, time or flow. With 8 mm and 10 minutes all three are within 15 % of that, and their ratios within 5 %.
    """
    lesion, liver = (mask_of_series(ircad_masks / name) for name in ("livertumor2", "liver"))
    middle = lesion.grid.points_of(np.argwhere(lesion.array)).mean(axis=0)
    x, y, z = (float(one) for one in middle)
    found = simulated_zone(
        Anatomy(liver, lesion, None), [Applicator((x, y, z), (0.0, 0.0, 1.0))], Setting(50, 600),
        load_knowledge(), source=SourceShape(0.0, 8.0), edge_mm=2.0,
    )  # fmt: skip
    volumes = np.array([found.by(name).volume_ml.value for name in ("Henriques", "CEM43", "lethal isotherm")])
    printed = np.array([47.4, 52.9, 40.1])
    assert volumes == pytest.approx(printed, rel=0.15)
    assert volumes / volumes[2] == pytest.approx(printed / printed[2], rel=0.05)


def mask_of_series(folder: Path) -> Mask:
    """A mask that comes as a series of images."""
    (series,) = find_series([folder]).series
    volume = read_volume(series)
    return Mask(volume.array > 0, volume.grid)
