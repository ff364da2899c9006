"""Doses against EGSnrc (an independent Monte Carlo) and published values; the rows are in tests/dosimetry.py."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests import dosimetry

from nelm.physics.engines import sphere_dose_factor, voxel_energies, voxel_s_values
from nelm.physics.kernels import kernel_of

# Olguin et al. 2020, 177Lu in soft tissue of 1.03 g/cm3: mass [g] and S [Gy/(Bq s)], as redistributed (research notes)
OLGUIN = {0.116: 1.93e-10, 0.276: 8.26e-11, 0.539: 4.27e-11, 0.932: 2.49e-11, 2.21: 1.06e-11, 4.31: 5.46e-12,
          14.6: 1.63e-12, 34.5: 6.93e-13, 116: 2.07e-13, 276: 8.81e-14, 539: 4.54e-14, 932: 2.65e-14}  # fmt: skip


@pytest.fixture(scope="module")
def reference(shared: Path) -> Path:
    return shared / "reference"


def missed(rows: list[dosimetry.Row]) -> list[str]:
    """What is out of tolerance, in words."""
    assert rows
    return [
        f"{row.what}: {row.difference:+.2%} (allowed {row.tolerance:.1%})" for row in rows if not row.is_met
    ]


def test_spheres(reference: Path) -> None:
    assert missed(list(dosimetry.spheres(reference))) == []


@pytest.mark.slow
def test_spheres_of_every_mass_without_spin(reference: Path) -> None:
    assert missed(list(dosimetry.spheres_without_spin(reference))) == []


def test_spheres_of_lutetium_against_olguin() -> None:
    """Within 1.3 %: three printed digits, 1.03 against 1.04 g/cm3, and the 0.7 % between that table and EGSnrc."""
    kernel = kernel_of("Lu-177")
    for mass, s in OLGUIN.items():
        assert sphere_dose_factor(kernel, mass) / 3.6e9 == pytest.approx(s, rel=0.013), mass


@pytest.mark.parametrize(("nuclide", "side"), dosimetry.PRIMARY_VOXELS)
def test_voxels(reference: Path, nuclide: str, side: float) -> None:
    rows = list(dosimetry.voxels(reference, nuclide, side))
    assert rows[0].is_met and abs(rows[0].difference) <= rows[0].tolerance
    # the ends of the tracks of 90Y: docs/decisions/0008 shows by numbers why the two sides differ there
    floor = dosimetry.FLOOR_OF_CENTRE * rows[0].reference
    assert [row.what for row in rows if not row.is_met and abs(row.ours - row.reference) > floor] == []
    # every voxel that gets 1e-4 of the centre or more is held to its tolerance without that floor
    assert missed([row for row in rows if row.reference >= 1e-4 * rows[0].reference]) == []


def test_central_voxels_of_other_sizes(reference: Path) -> None:
    assert missed(list(dosimetry.centres_of_the_secondary_set(reference))) == []


@pytest.mark.parametrize("spacing", [(1.5, 1.5, 1.5), (3.0, 2.0, 2.0), (5.0, 1.0, 2.5), (12.0, 12.0, 12.0)])
def test_voxels_of_any_size_keep_all_energy(spacing: tuple[float, float, float]) -> None:
    """The sum over all offsets is the energy of the shells (here those within 3 cm): to rounding, whatever the size."""
    kernel = kernel_of("Y-90")
    inside = kernel.edges_cm[1:] <= 3.0
    near = replace(kernel, electron_mev=kernel.electron_mev * inside, photon_mev=kernel.photon_mev * inside)
    z, y, x = (int(np.ceil(30 / step)) + 1 for step in spacing)
    total = float((near.electron_mev + near.photon_mev).sum()) + near.local_mev
    assert voxel_energies(near, spacing, (z, y, x)).sum() == pytest.approx(total, rel=1e-9)


def test_a_block_of_eight_voxels_is_a_voxel_of_twice_the_edge() -> None:
    """S of a 6 mm voxel is the mean over 3 mm voxels of source and target: an identity that no size may break."""
    kernel = kernel_of("Lu-177")
    small = voxel_s_values(kernel, (3.0, 3.0, 3.0), (1, 1, 1))
    parts = [small[1 + a - d, 1 + b - e, 1 + c - f] for a in (0, 1) for b in (0, 1) for c in (0, 1)
             for d in (0, 1) for e in (0, 1) for f in (0, 1)]  # fmt: skip
    whole = voxel_s_values(kernel, (6.0, 6.0, 6.0), (0, 0, 0))[0, 0, 0]
    assert np.sum(parts) / 64 == pytest.approx(whole, rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("nuclide", ["Lu-177", "Y-90"])
def test_transport_in_lung_liver_and_bone(reference: Path, nuclide: str) -> None:
    found = dosimetry.phantom(reference, nuclide, "transport")
    assert found.share_met >= 0.99
    for tissue, (mean, _) in found.by_tissue().items():
        assert abs(mean) < 0.006, tissue  # 0.1 % by statistics, 0.4 % by the length of the steps


@pytest.mark.parametrize("nuclide", ["Lu-177", "Y-90"])
def test_what_a_kernel_misses_is_known(reference: Path, nuclide: str) -> None:
    """In liver it is right; in lung, whose borders it does not see, it is not, and the page says by how much."""
    tissues = dosimetry.phantom(reference, nuclide, "kernel").by_tissue()
    assert abs(tissues["liver"][0]) < 0.02
    assert abs(tissues["lung"][0]) > abs(tissues["liver"][0])


def test_the_shipped_kernels_are_what_transport_gives() -> None:
    """A new run with another seed agrees with the file within the errors of both."""
    from nelm.physics.emissions import emissions_of
    from nelm.physics.engines import Settings
    from nelm.physics.interaction import material
    from nelm.physics.transport.point import point_kernel

    shipped = kernel_of("Y-90", medium="water")
    fresh = point_kernel(
        emissions_of("Y-90"),
        material("water"),
        Settings(electrons=200_000, photons=16, step_share=0.025, seed=7),
    )
    groups = np.array_split(np.arange(200), 20)
    for group in groups:
        a, b = shipped.electron_mev[group].sum(), fresh.electron_mev[group].sum()
        # shells of one history are not independent: the sum of their errors is an upper limit
        error = shipped.electron_sd_mev[group].sum() + fresh.electron_sd_mev[group].sum()
        assert abs(a - b) < 3 * error + 1e-9
