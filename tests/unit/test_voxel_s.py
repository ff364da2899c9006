"""Voxel S values: the compiled spreading against a NumPy twin with other directions, symmetry, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nelm.errors import InputError
from nelm.physics.emissions import emissions_of
from nelm.physics.engines import (
    Body,
    kernel_dose,
    local_dose,
    sphere_dose_factor,
    voxel_energies,
    voxel_s_values,
)
from nelm.physics.engines.spheres import sphere_self_share
from nelm.physics.interaction import material
from nelm.physics.kernels import MEDIA, NUCLIDES, kernel_of, shipped_kernel
from nelm.physics.transport.point import PointKernel


def twin(kernel: PointKernel, spacing_mm: tuple[float, float, float], reach: int, pairs: int) -> np.ndarray:
    """The same by pairs of points: one uniform in the source voxel, the other a shell away in any direction."""
    rng = np.random.default_rng(3)
    found = np.zeros((2 * reach + 1,) * 3)
    energies = kernel.electron_mev + kernel.photon_mev
    for low, high, energy in zip(kernel.edges_cm, kernel.edges_cm[1:], energies, strict=False):
        if energy == 0:
            continue
        start = rng.uniform(-0.5, 0.5, (pairs, 3)) * np.array(spacing_mm) / 10
        way = rng.normal(size=(pairs, 3))
        way *= (rng.uniform(low, high, pairs) / np.linalg.norm(way, axis=1))[:, None]
        place = np.round((start + way) / (np.array(spacing_mm) / 10)).astype(int) + reach
        kept = ((place >= 0) & (place <= 2 * reach)).all(axis=1)
        np.add.at(found, tuple(place[kept].T), energy / pairs)
    found[reach, reach, reach] += kernel.local_mev
    return found


def test_voxel_energies_against_pairs_of_points() -> None:
    """20 000 pairs a shell: the shares of the centre and its neighbours are known to 0.3 to 1 %."""
    whole = kernel_of("Y-90")
    inside = whole.edges_cm[1:] <= 1.2
    kernel = replace(whole, electron_mev=whole.electron_mev * inside, photon_mev=whole.photon_mev * inside)
    ours, other = voxel_energies(kernel, (4.0, 2.0, 3.0), (2, 2, 2)), twin(kernel, (4.0, 2.0, 3.0), 2, 20_000)
    for index in ((2, 2, 2), (3, 2, 2), (2, 3, 2), (2, 2, 3), (2, 3, 3)):
        assert ours[index] == pytest.approx(other[index], rel=0.01), index


def test_opposite_offsets_are_equal() -> None:
    found = voxel_s_values(kernel_of("Lu-177"), (3.0, 2.0, 4.0), (1, 2, 1))
    assert found.shape == (3, 5, 3)
    for axis in range(3):
        assert np.array_equal(found, np.flip(found, axis))


def test_the_share_of_pairs_in_a_sphere() -> None:
    """Against sampled pairs, and its ends: all at distance 0, none beyond the diameter."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(200_000, 3))
    points *= (rng.random(200_000) ** (1 / 3) / np.linalg.norm(points, axis=1))[:, None]
    way = rng.normal(size=(200_000, 3))
    way *= 0.7 / np.linalg.norm(way, axis=1)[:, None]
    share = (np.linalg.norm(points + way, axis=1) < 1).mean()
    assert float(sphere_self_share(np.array([0.7]), 1.0)[0]) == pytest.approx(share, abs=0.005)
    assert sphere_self_share(np.array([0.0, 2.0, 5.0]), 1.0) == pytest.approx([1, 0, 0])


@pytest.mark.parametrize("nuclide", NUCLIDES)
@pytest.mark.parametrize("medium", MEDIA)
def test_every_shipped_kernel_keeps_the_energy_of_its_nuclide(nuclide: str, medium: str) -> None:
    """Shells, point and outside add up to what is emitted: 0.1 % (bremsstrahlung is kept on average)."""
    kernel = shipped_kernel(nuclide, medium=medium)
    assert kernel is not None
    emissions = emissions_of(nuclide)
    emitted = emissions.electron_energy_mev + emissions.alpha_energy_mev + emissions.photon_energy_mev
    assert kernel.total_mev == pytest.approx(emitted, rel=1e-3)
    assert (kernel.electron_mev >= 0).all() and (kernel.photon_mev >= 0).all()
    # a large sphere keeps nearly all that is charged, a small one less
    large, small = (sphere_dose_factor(kernel, mass) * mass for mass in (1000.0, 1.0))
    assert small < large


def test_a_kernel_in_a_uniform_body_is_the_voxel_value() -> None:
    body = Body.uniform((15, 15, 15), material("soft_tissue"), (3.0, 3.0, 3.0))
    activity = np.zeros(body.shape)
    activity[7, 7, 7] = 1 / 3600  # 1 MBq s
    dose = kernel_dose(activity, body, emissions_of("Lu-177")).dose_gy * 1000
    s = voxel_s_values(kernel_of("Lu-177"), (3.0, 3.0, 3.0), (1, 1, 1))
    for index in ((0, 0, 0), (0, 0, 1), (1, 1, 1)):
        there = tuple(7 + n for n in index)
        assert dose[there] == pytest.approx(s[tuple(1 + n for n in index)], rel=0.01), index


def test_dose_falls_with_density_where_energy_stays() -> None:
    tissue, lung = material("soft_tissue"), material("lung")
    doses = []
    for one in (tissue, lung):
        body = Body.uniform((9, 9, 9), one, (10.0, 10.0, 10.0))
        activity = np.zeros(body.shape)
        activity[4, 4, 4] = 1.0
        doses.append(
            [
                engine(activity, body, emissions_of("Lu-177")).dose_gy[4, 4, 4]
                for engine in (local_dose, kernel_dose)
            ]
        )
    ratio = np.array(doses[1]) / np.array(doses[0])
    assert ratio == pytest.approx(tissue.density_g_cm3 / lung.density_g_cm3, rel=0.02)


def test_what_cannot_be_is_refused() -> None:
    kernel = kernel_of("Lu-177")
    with pytest.raises(InputError, match="above 0"):
        sphere_dose_factor(kernel, 0.0)
    with pytest.raises(InputError, match="edges"):
        voxel_energies(kernel, (3.0, -1.0, 3.0), (1, 1, 1))
    body = Body.uniform((3, 3, 3), material("water"), (3.0, 3.0, 3.0))
    with pytest.raises(InputError, match="daughters"):
        kernel_dose(np.ones((3, 3, 3)), body, emissions_of("Pb-212", with_daughters=False))
    with pytest.raises(InputError, match="radionuclide"):
        kernel_of("Xx-1")
