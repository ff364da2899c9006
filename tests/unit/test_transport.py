"""The Monte Carlo: random numbers, single events against integrals, unbiased techniques, energy, reproducibility."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from nelm.errors import GeometryError, InputError
from nelm.physics.emissions import electron_sampling_table, emissions_of
from nelm.physics.engines import Body, Settings, local_dose, transport_dose
from nelm.physics.interaction import (
    Material,
    collision_stopping_power,
    material,
    moller_cross_section,
)
from nelm.physics.interaction import restricted_collision_stopping_power as restricted
from nelm.physics.transport import run as run_module
from nelm.physics.transport import spectra
from nelm.physics.transport.elastic import ELECTRON_MEV, moments, scattering_quantiles
from nelm.physics.transport.electrons import collision, fluctuation, hinge_of
from nelm.physics.transport.media import ENERGY, HARD_LOSS_MEV, SPREAD, STEP, STRENGTH, media_of
from nelm.physics.transport.photons import compton
from nelm.physics.transport.random import start_stream, uniform
from nelm.physics.transport.steps import turned, turned_at_random

QUICK = Settings(electrons=40_000, photons=40_000, batches=8)


def stream(seed: int = 1, history: int = 0) -> np.ndarray:
    state = np.empty(2, dtype=np.uint64)
    start_stream(state, seed, history)
    return state


def test_random_numbers_are_uniform_within_and_between_streams() -> None:
    state = stream()
    one = np.array([uniform(state) for _ in range(20_000)])
    first = np.array([uniform(stream(1, n)) for n in range(20_000)])
    for values in (one, first):
        assert stats.kstest(values, "uniform").pvalue > 1e-3
        assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 4 / math.sqrt(len(values))
    assert not np.array_equal(one[:5], [uniform(stream(2)) for _ in range(5)])


def test_a_turn_has_its_angle_and_any_azimuth() -> None:
    state = stream()
    start = np.array([0.6, 0.0, 0.8])
    found = np.array([turned_at_random(*start, 0.3, state) for _ in range(20_000)])
    assert found @ start == pytest.approx(np.full(20_000, 0.3), abs=1e-9)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0)
    assert found.mean(axis=0) == pytest.approx(0.3 * start, abs=0.02)
    for pole in (1.0, -1.0):
        assert np.dot(turned(0.0, 0.0, pole, 0.3, 1.1), (0, 0, pole)) == pytest.approx(0.3)


def test_many_turns_keep_a_direction_of_length_one() -> None:
    """No turn divides by the length again: rounding must not add up."""
    state, way = stream(), (0.6, 0.0, 0.8)
    for _ in range(20_000):
        way = turned_at_random(*way, 2 * uniform(state) - 1, state)
    assert np.linalg.norm(way) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("energy", [0.03, 0.2, 1.5])
def test_a_hinge_is_even_in_the_strength_that_a_step_gathers(energy: float) -> None:
    state, tables = stream(), media_of([material("water")], step_share=0.25).electrons
    start = float(np.interp(energy, tables[0, :, ENERGY], np.arange(tables.shape[1])))
    end = start - float(np.interp(start, np.arange(tables.shape[1]), tables[0, :, STEP]))
    hinges = [hinge_of(tables, 0, start, end, state) for _ in range(20_000)]
    places = np.array([start, end, *hinges])
    strength = np.interp(places, np.arange(tables.shape[1]), tables[0, :, STRENGTH])
    assert stats.kstest((strength[2:] - strength[0]) / (strength[1] - strength[0]), "uniform").pvalue > 1e-3


@pytest.mark.parametrize("energy", [0.3, 1.0, 2.0])
def test_hard_collisions_follow_moller(energy: float) -> None:
    """Mean loss of sampled collisions against the integral, and that against quadrature of the cross-section."""
    state, stack = stream(), np.zeros((48, 9))
    losses = [
        energy - collision(energy, 0, 0, 0, 0.0, 0.0, 1.0, 1.0, stack, 0, state)[0] for _ in range(30_000)
    ]
    e = np.array([energy])
    water = material("water")
    hard = collision_stopping_power(water, e) - restricted(water, e, cut_mev=HARD_LOSS_MEV)
    mean = (hard / moller_cross_section(water, e, cut_mev=HARD_LOSS_MEV))[0]
    assert np.mean(losses) == pytest.approx(mean, abs=4 * np.std(losses) / math.sqrt(len(losses)))
    total, c = energy + ELECTRON_MEV, ELECTRON_MEV * (2 * energy + ELECTRON_MEV)

    def density(w: float) -> float:
        return 1 / w**2 + 1 / (energy - w) ** 2 + 1 / total**2 - c / total**2 / (w * (energy - w))

    number = integrate.quad(density, HARD_LOSS_MEV, energy / 2)[0]
    lost = integrate.quad(lambda w: w * density(w), HARD_LOSS_MEV, energy / 2)[0]
    assert mean == pytest.approx(lost / number, rel=1e-3)


def test_a_collision_keeps_energy_and_momentum() -> None:
    state, stack = stream(), np.zeros((48, 9))
    for _ in range(200):
        left, x, y, z, count = collision(1.0, 0, 0, 0, 0.0, 0.0, 1.0, 1.0, stack, 0, state)
        other = stack[0]
        assert count == 1 and left + other[7] == pytest.approx(1.0)

        def momentum(t: float) -> float:
            return math.sqrt(t * (t + 2 * ELECTRON_MEV))

        total = momentum(left) * np.array([x, y, z]) + momentum(other[7]) * other[4:7]
        assert total == pytest.approx([0, 0, momentum(1.0)], abs=1e-6)


@pytest.mark.parametrize("energy", [0.03, 0.208, 1.379])
def test_compton_scattering_follows_klein_and_nishina(energy: float) -> None:
    """Mean energy of the scattered photon against quadrature; electrons free (scattering function 1)."""
    state, free = stream(), np.ones((1, 8))
    found = np.array([compton(energy, free, 0, state) for _ in range(40_000)])
    ratio = energy / ELECTRON_MEV

    def weight(mu: float) -> float:
        e = 1 / (1 + ratio * (1 - mu))
        return e * e * (e + 1 / e - 1 + mu * mu)

    mean = (
        integrate.quad(lambda mu: weight(mu) / (1 + ratio * (1 - mu)), -1, 1)[0]
        / integrate.quad(weight, -1, 1)[0]
    )
    shares = found[:, 0] / energy
    assert shares.mean() == pytest.approx(mean, abs=4 * shares.std() / 200)
    assert shares == pytest.approx(1 / (1 + ratio * (1 - found[:, 1])), rel=1e-9)


def test_multiple_scattering_has_the_mean_of_goudsmit_and_saunderson() -> None:
    """<cos> = exp(-K), by integrating the quantiles; and moments against direct quadrature of the cross-section."""
    g = moments(material("water"), 0.5, hard_loss_mev=HARD_LOSS_MEV)
    for strength in (0.02, 0.1, 0.3):
        quantiles, a = scattering_quantiles(g, strength)
        place = np.linspace(0, len(quantiles) - 1, 400_001)
        w = np.interp(place, np.arange(len(quantiles)), quantiles)
        t = 2 * a * w / (1 - w)
        assert t.mean() == pytest.approx(1 - math.exp(-strength), rel=1e-3)
        # the second moment is not forced: (1 - <P2>) / (1 - <P1>) shows the shape
        mu = np.maximum(1 - t, -1)
        second = 1.5 * (1 - (mu**2).mean())
        assert second == pytest.approx(1 - math.exp(-strength * g[2] / g[1]), rel=0.015)
    assert (np.diff(g[1:]) > 0).all()


def test_no_step_is_so_short_that_electrons_go_undeflected() -> None:
    """A step of any length has at least 15 elastic events on average, so that the tables hold at low energies, too."""
    electrons = media_of([material("water")], step_share=0.01).electrons[0]
    for energy in (0.01, 0.03, 0.1, 1.0):
        row = int(np.searchsorted(electrons[:, ENERGY], energy))
        g = moments(material("water"), electrons[row, ENERGY], hard_loss_mev=HARD_LOSS_MEV)
        end = np.interp(row - electrons[row, STEP], np.arange(len(electrons)), electrons[:, STRENGTH])
        assert (end - electrons[row, STRENGTH]) * g[0] / g[1] > 14


def moliere(energy_mev: float, *, with_spin: bool) -> float:
    """Transport cross-section of the nuclei of water [cm2/g] with Moliere's screening (1947) and Feshbach's spin."""
    fine_structure, p2 = 1 / 137.036, energy_mev * (energy_mev + 2 * ELECTRON_MEV) / ELECTRON_MEV**2
    beta2 = p2 / (p2 + 1)
    total = 0.0
    for z, moles in ((1, 0.111894 / 1.008), (8, 0.888106 / 15.999)):
        radius = fine_structure * z ** (1 / 3) / 0.885341
        eta = radius**2 / p2 * (1.13 + 3.76 * (fine_structure * z) ** 2 / beta2) / 4

        def law(log_t: float, z: int = z, eta: float = eta) -> float:
            t = math.exp(log_t)
            s = math.sqrt(t / 2)
            spin = 1 - beta2 * s * s + math.pi * fine_structure * z * math.sqrt(beta2) * s * (1 - s)
            return t * t / (t + 2 * eta) ** 2 * (spin if with_spin else 1.0)

        strength = 2 * math.pi * (2.81794e-13 * z) ** 2 / (p2 * beta2) * 6.02214e23 * moles
        total += strength * integrate.quad(law, math.log(eta * 1e-4), math.log(2), limit=200)[0]
    return total


@pytest.mark.parametrize("energy", [0.05, 0.5, 2.0])
def test_the_first_moment_is_the_transport_cross_section(energy: float) -> None:
    """The part of the nuclei against another model of the same atoms, which scatters 1 % more: 2 %."""
    water = material("water")
    ours = [moments(water, energy, hard_loss_mev=1e-12, with_spin=spin)[1] for spin in (True, False)]
    assert ours[0] == pytest.approx(moliere(energy, with_spin=True), rel=0.02)
    assert ours[1] == pytest.approx(moliere(energy, with_spin=False), rel=0.02)
    # collisions with electrons add some Z part, the less the more of them are simulated one by one
    assert (
        ours[0]
        < moments(water, energy, hard_loss_mev=0.01)[1]
        < moments(water, energy, hard_loss_mev=0.02)[1]
    )


@pytest.mark.parametrize("energy", [0.1, 0.3, 0.5, 2.0])
def test_where_hard_collisions_begin_does_not_change_the_scattering(energy: float) -> None:
    """What is scattered softly and one by one adds to the same; Moller's law anew; 0.2 %: nodes of (4.1)."""
    water = material("water")

    def one_by_one(loss: float) -> float:
        whole, rest = energy + 2 * ELECTRON_MEV, energy + ELECTRON_MEV
        mixed = ELECTRON_MEV * (2 * energy + ELECTRON_MEV) / rest**2
        left = energy - loss
        law = 1 / loss**2 + 1 / left**2 + 1 / rest**2 - mixed / (loss * left)
        cosine = math.sqrt(left * whole / (energy * (left + 2 * ELECTRON_MEV)))
        beta2 = energy * whole / rest**2
        return 0.1535375 * water.z_over_a / beta2 * law * (1 - cosine)

    found = [
        moments(water, energy, hard_loss_mev=cut)[1]
        + integrate.quad(one_by_one, min(cut, energy / 2), energy / 2)[0]
        for cut in (0.01, 0.03, 0.1)
    ]
    assert found == pytest.approx([found[0]] * 3, rel=2e-3)


@pytest.mark.parametrize("step_share", [0.25, 0.025])
def test_losses_fluctuate_as_collisions_do_however_short_the_step(step_share: float) -> None:
    """Mean 1 and the variance of the tables, where an even factor would have to reach below 0, too."""
    electrons, state = media_of([material("water")], step_share=step_share).electrons[0], stream()
    for energy in (0.1, 0.5, 2.0):
        spread = electrons[int(np.searchsorted(electrons[:, ENERGY], energy)), SPREAD]
        found = np.array([fluctuation(spread, state) for _ in range(100_000)])
        assert found.min() >= 0
        assert found.mean() == pytest.approx(1.0, abs=5 * found.std() / 316)
        assert found.var() == pytest.approx(spread**2 / 3, rel=0.03)


def block(edge_mm: float, n: int, *names: str) -> Body:
    """A cube of voxels; with several materials in turns, all at the density of the first."""
    kinds = tuple(material(name) for name in names)
    where = np.indices((n, n, n)).sum(axis=0) % len(kinds)
    return Body(where.astype(np.uint8), np.full((n, n, n), kinds[0].density_g_cm3), kinds, (edge_mm,) * 3)


def middle(body: Body) -> np.ndarray:
    activity = np.zeros(body.shape)
    activity[tuple(n // 2 for n in body.shape)] = 1.0
    return activity


def agree(a, b, sigmas: float = 4.5) -> None:
    """Two dose maps agree in total and in the voxels of the source and beside it."""
    centre = tuple(n // 2 for n in a.dose_gy.shape)
    beside = (centre[0], centre[1], centre[2] + 1)
    for voxel in (centre, beside):
        error = math.hypot(a.statistical_sd_gy[voxel], b.statistical_sd_gy[voxel])
        assert abs(a.dose_gy[voxel] - b.dose_gy[voxel]) < sigmas * error, voxel


@pytest.mark.parametrize("nuclide", ["Lu-177", "Y-90", "Ga-68", "Tc-99m", "Pb-212"])
def test_energy_is_kept_to_a_thousandth(nuclide: str) -> None:
    body, emissions = block(4.0, 21, "soft_tissue"), emissions_of(nuclide)
    found = transport_dose(middle(body), body, emissions, QUICK)
    escaped = float(found.remarks[0].split(" ")[0]) / 100
    assert found.deposited_j / found.emitted_j + escaped == pytest.approx(1.0, abs=1e-3)
    assert (found.dose_gy >= 0).all()


def test_the_dose_does_not_depend_on_the_number_of_threads() -> None:
    body = block(3.0, 9, "liver", "lung")
    one, two = (transport_dose(middle(body), body, emissions_of("Y-90"), Settings(8000, 8000, 8, threads=n))
                for n in (1, 2))  # fmt: skip
    assert np.array_equal(one.dose_gy, two.dose_gy)
    other = transport_dose(middle(body), body, emissions_of("Y-90"), Settings(8000, 8000, 8, seed=2))
    assert not np.array_equal(one.dose_gy, other.dose_gy)


def test_borders_between_equal_materials_change_nothing() -> None:
    """The same tissue under two names: the code of borders runs at every face, the dose stays."""
    tissue = material("soft_tissue")
    twin = Material.of("twin", tissue.density_g_cm3, dict(tissue.fractions), mean_excitation_ev=74.9)
    plain = block(3.0, 9, "soft_tissue")
    mixed = Body(
        (np.indices((9, 9, 9)).sum(axis=0) % 2).astype(np.uint8),
        plain.density_g_cm3,
        (tissue, twin),
        (3.0, 3.0, 3.0),
    )
    runs = [transport_dose(middle(plain), body, emissions_of("Y-90"), QUICK) for body in (plain, mixed)]
    agree(*runs)


def test_range_rejection_is_unbiased() -> None:
    """Voxels of 6 mm stop more electrons at once than 27 voxels of 2 mm in their place: the same energy stays."""
    coarse, fine = block(6.0, 5, "soft_tissue"), block(2.0, 15, "soft_tissue")
    source = np.zeros(fine.shape)
    source[6:9, 6:9, 6:9] = 1 / 27
    settings = Settings(electrons=200_000, photons=40_000, batches=10)
    one = transport_dose(middle(coarse), coarse, emissions_of("Y-90"), settings)
    two = transport_dose(source, fine, emissions_of("Y-90"), settings)
    joined = two.dose_gy.reshape(5, 3, 5, 3, 5, 3).mean(axis=(1, 3, 5))
    assert joined[2, 2, 2] == pytest.approx(one.dose_gy[2, 2, 2], rel=0.006)
    assert joined[2, 2, 3] == pytest.approx(one.dose_gy[2, 2, 3], rel=0.03)


def test_importance_of_energy_and_source_is_unbiased(monkeypatch: pytest.MonkeyPatch) -> None:
    body = block(3.0, 9, "soft_tissue")
    activity = np.random.default_rng(1).random(body.shape)
    weighted = transport_dose(activity, body, emissions_of("Lu-177"), QUICK)
    monkeypatch.setattr(run_module, "SOURCE_POWER", 1.0)
    table = electron_sampling_table(emissions_of("Lu-177"), cut_mev=0.01)
    for power in (0.0, 0.6, 1.0):
        bins = spectra.spectrum_of(table, power=power)
        assert bins is not None
        chance = np.diff(bins.cumulative, prepend=0.0)
        assert chance @ bins.weight == pytest.approx(table.particles_per_decay, rel=1e-9)
        energy = chance * bins.weight @ (bins.low_mev + bins.high_mev) / 2
        assert energy == pytest.approx(table.energy_mev, rel=1e-6)
    monkeypatch.setattr(
        "nelm.physics.engines.transport.spectrum_of", lambda t: spectra.spectrum_of(t, power=0.0)
    )
    analog = transport_dose(activity, body, emissions_of("Lu-177"), QUICK)
    z = (weighted.dose_gy - analog.dose_gy) / np.hypot(weighted.statistical_sd_gy, analog.statistical_sd_gy)
    assert abs(z.mean()) < 0.3 and 0.7 < z.std() < 1.4


def test_the_statistical_error_is_the_scatter_of_repeated_runs() -> None:
    body = block(3.0, 7, "soft_tissue")
    runs = [
        transport_dose(middle(body), body, emissions_of("Y-90"), Settings(8000, 16, 16, seed=s))
        for s in range(12)
    ]
    scatter = np.std([run.dose_gy[3, 3, 3] for run in runs], ddof=1)
    said = np.mean([run.statistical_sd_gy[3, 3, 3] for run in runs])
    assert scatter == pytest.approx(said, rel=0.6)  # 12 runs know a standard deviation to 20 %


@pytest.mark.parametrize(
    ("activity", "words"),
    [
        (np.full((3, 3, 3), -1.0), "0 or more"),
        (np.full((3, 3, 3), np.nan), "finite"),
        (np.zeros((3, 3, 3)), "0 everywhere"),
    ],
)
def test_maps_that_cannot_be_are_refused(activity: np.ndarray, words: str) -> None:
    body = block(3.0, 3, "water")
    for engine in (local_dose, transport_dose):
        with pytest.raises(InputError, match=words):
            engine(activity, body, emissions_of("Lu-177"))


def test_grids_and_materials_that_do_not_fit_are_refused() -> None:
    body = block(3.0, 3, "water")
    with pytest.raises(GeometryError, match="grid"):
        local_dose(np.ones((2, 3, 3)), body, emissions_of("Lu-177"))
    with pytest.raises(InputError, match="materials"):
        Body(np.full((3, 3, 3), 2, dtype=np.uint8), np.ones((3, 3, 3)), (material("water"),), (3.0, 3.0, 3.0))
    with pytest.raises(InputError, match="densities"):
        Body(np.zeros((3, 3, 3), dtype=np.uint8), -np.ones((3, 3, 3)), (material("water"),), (3.0, 3.0, 3.0))
    with pytest.raises(InputError, match="radionuclide"):
        emissions_of("Lu-999")
    with pytest.raises(InputError, match="batches"):
        Settings(batches=1)
    air = Body(np.zeros((3, 3, 3), dtype=np.uint8), np.zeros((3, 3, 3)), (material("air"),), (3.0, 3.0, 3.0))
    with pytest.raises(InputError, match="mass wherever"):
        local_dose(np.ones((3, 3, 3)), air, emissions_of("Lu-177"))
