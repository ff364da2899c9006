"""Bioheat against its bars: 61^3 voxels for 600 s, and a plan of four probes near vessels at 1 mm for 10 minutes.

Beside it, in the same run, what one would write in a few lines: explicit steps by NumPy slices or by SciPy's Laplace
filter, temperatures only, no vessels and no damage. Times are the shortest of some runs without compiling.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.physics.bioheat import (
    DeathModels,
    Heated,
    ThreeState,
    Tissue,
    Wall,
    advance,
    arrhenius,
    gaussian_shares,
    line_shares,
    set_up,
    start,
    thermal_dose,
)

Array = NDArray[np.float64]
CONDUCTIVITY, CAPACITY, PERFUSION, BODY = 0.52, 1079 * 3540.0, 0.0064 * 1060 * 3639, 37.0
SECONDS, CUBE_S, PLAN_S, RUNS = 600.0, 1.0, 30.0, 5
PLAN = (112, 112, 112)
MODELS = DeathModels(
    (
        arrhenius("liver", frequency_per_s=7.39e39, energy_j_mol=2.577e5),
        arrhenius("Henriques", frequency_per_s=3.1e98, energy_j_mol=6.28e5),
        thermal_dose("CEM43", limit_min=240, factor_above=0.5, factor_below=0.25, none_below_c=39),
    ),
    ThreeState("three states", 3.33e-3, 7.77e-3, 40.5, 0.99, 0.8),
)


def timed(work: Callable[[], object], runs: int) -> float:
    """Shortest wall time of some runs [s]."""
    times: list[float] = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def cube(edge_mm: float) -> Heated:
    """61^3 voxels with a Gaussian source of 20 W."""
    shape, edges = (61, 61, 61), (edge_mm, edge_mm, edge_mm)
    power = gaussian_shares(shape, edges, np.full(3, 30 * edge_mm), sigma_mm=6) * 20 / (edge_mm * 1e-3) ** 3
    tissue = Tissue(CONDUCTIVITY, CAPACITY, PERFUSION)
    return Heated(shape, edges, tissue, power, BODY, cap_c=100.0, perfusion_until="liver")


def plan() -> Heated:
    """Four probes of 40 W around the middle, a vein of 8 mm and one of 5 mm beside them, in tissue of two kinds."""
    axes = [np.arange(n) - (n - 1) / 2 for n in PLAN]
    z, y, x = np.meshgrid(*axes, indexing="ij", sparse=True)
    lesion = z**2 + y**2 + x**2 <= 25**2
    power = np.zeros(PLAN)
    for dy, dx in ((-9, -9), (-9, 9), (9, -9), (9, 9)):
        ends = np.array([[-10, dy, dx], [10, dy, dx]]) + (np.array(PLAN) - 1) / 2
        power += line_shares(PLAN, (1.0, 1.0, 1.0), ends, sigma_mm=5) * 40 / 1e-9
    veins = [np.hypot(y - 20, x + 0 * z) - 4, np.hypot(z + 22, x - 6 + 0 * y) - 2.5]
    tissue = Tissue(np.where(lesion, 0.54, CONDUCTIVITY), np.where(lesion, 4.05e6, CAPACITY),
                    PERFUSION * np.where(lesion, 2.0, 1.0))  # fmt: skip
    wall = Wall(np.minimum(*np.broadcast_arrays(*veins)), BODY)
    return Heated(
        PLAN, (1.0, 1.0, 1.0), tissue, power, BODY, walls=(wall,), cap_c=100.0, perfusion_until="liver"
    )


def nelm_run(heated: Heated) -> None:
    """Everything: conduction, walls, cap, four models of death."""
    advance(start(set_up(heated, MODELS)), SECONDS)


def peer_run(heated: Heated, laplace: Callable[[Array, float], Array]) -> None:
    """Explicit steps near the limit of stability, temperatures only."""
    edge = heated.spacing_mm[0] * 1e-3
    alpha = CONDUCTIVITY / CAPACITY
    steps = int(np.ceil(SECONDS / (edge**2 / (6 * alpha))))
    step = SECONDS / steps
    theta, source = np.zeros(heated.shape), heated.field(heated.source_w_m3) / CAPACITY
    for _ in range(steps):
        theta = theta + step * (alpha * laplace(theta, edge) - PERFUSION / CAPACITY * theta + source)
        np.minimum(theta, 63.0, out=theta)


def by_slices(theta: Array, edge: float) -> Array:
    """Second differences by NumPy slices."""
    padded = np.pad(theta, 1)
    found = -6 * theta
    found += padded[:-2, 1:-1, 1:-1] + padded[2:, 1:-1, 1:-1]
    found += padded[1:-1, :-2, 1:-1] + padded[1:-1, 2:, 1:-1]
    found += padded[1:-1, 1:-1, :-2] + padded[1:-1, 1:-1, 2:]
    return found / edge**2


def by_scipy(theta: Array, edge: float) -> Array:
    """Second differences by scipy.ndimage."""
    return ndimage.laplace(theta, mode="constant") / edge**2


def main() -> int:
    """Run and print; 1 when a bar is missed."""
    started = time.perf_counter()
    advance(start(set_up(cube(1.0), MODELS)), 2.0)
    print(f"compiled in {time.perf_counter() - started:.1f} s on {os.cpu_count()} cores")
    met = True
    for edge in (1.0, 1.5):
        ours = timed(lambda e=edge: nelm_run(cube(e)), RUNS)
        slices, scipy = (timed(lambda e=edge, f=f: peer_run(cube(e), f), 1) for f in (by_slices, by_scipy))
        met &= ours < CUBE_S
        print(
            f"61^3 at {edge:g} mm, 600 s: {ours:.2f} s with four models of death (limit {CUBE_S:g} s); "
            f"temperatures alone by NumPy {slices:.2f} s ({slices / ours:.1f} times), "
            f"by SciPy {scipy:.2f} s ({scipy / ours:.1f} times)"
        )
    four = plan()
    ours = timed(lambda: nelm_run(four), 3)
    peer = timed(lambda: peer_run(four, by_slices), 1)
    met &= ours < PLAN_S
    print(
        f"four probes and two veins on {'x'.join(str(n) for n in PLAN)} at 1 mm, 600 s: {ours:.2f} s (limit "
        f"{PLAN_S:g} s); temperatures alone, no veins, by NumPy {peer:.2f} s ({peer / ours:.1f} times)"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
