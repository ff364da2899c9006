"""Batches of histories, as many at a time as there are threads, added in their order."""

# Functions compiled by numba carry no annotations.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportPrivateImportUsage=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numba
import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem

Array = NDArray[np.float64]
FEWEST_BATCHES = 4
WIDEST_STEP_SHARE = 0.35


class Device(StrEnum):
    """Where histories are computed."""

    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is computed.

    Parameters
    ----------
    electrons, photons : Histories of emitted electrons and photons.
    batches : Independent parts from whose scatter the statistical error comes; at least 4.
    seed : Same seed, same dose, whatever the number of threads.
    threads : Cores; None for all.
    step_share : Energy that a step of an electron loses at most, as a share of its energy. At 0.25 the dose around
        sources of 90Y is right to some 0.5 %; the ends of the tracks need 0.025, which takes five times as long.
    with_spin : False only to compare with codes that leave the spin of the electron out of elastic scattering.
    device : The CPU, or a GPU of NVIDIA (extra ``gpu``), which gives the same dose but for rounding.
    """

    electrons: int = 2_000_000
    photons: int = 1_000_000
    batches: int = 16
    seed: int = 1
    threads: int | None = None
    step_share: float = 0.25
    with_spin: bool = True
    device: Device = Device.CPU

    def __post_init__(self) -> None:
        if self.batches < FEWEST_BATCHES:
            raise problem(self.batches, f"at least {FEWEST_BATCHES} batches", path="batches")
        if min(self.electrons, self.photons) < self.batches:
            raise problem(
                min(self.electrons, self.photons), "at least one history per batch", path="histories"
            )
        if not 0 < self.step_share <= WIDEST_STEP_SHARE:
            raise problem(
                self.step_share, f"a share above 0 and up to {WIDEST_STEP_SHARE}", path="step_share"
            )
        if self.threads is not None and self.threads < 1:
            raise problem(self.threads, "at least one thread", path="threads")


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What was gathered per decay: mean, standard deviation of the mean, and the energy that escaped [MeV]."""

    mean: Array
    sd: Array
    escaped: float


def run_batches(
    compute: Callable[[int, int, Array, Array], None],
    cells: int,
    settings: Settings,
    *,
    count: int,
    progress: Callable[[float], None] | None = None,
) -> Tally:
    """Run all batches.

    Parameters
    ----------
    compute : Called with the number of the first batch, the histories of a batch, and two arrays to fill: tallies
        (rows, cells) and, per row, the energy of escaped electrons and photons and the number of histories.
    cells : Length of a tally.
    settings : Batches and threads.
    count : Histories of all batches.
    progress : Told the share that is done.
    """
    available = numba.config.NUMBA_NUM_THREADS
    threads = min(settings.threads or available, settings.batches, available)
    before = numba.get_num_threads()
    numba.set_num_threads(threads)
    total, squares, escaped = np.zeros(cells), np.zeros(cells), 0.0
    try:
        for first in range(0, settings.batches, threads):
            rows = min(threads, settings.batches - first)
            tallies, lost = np.zeros((rows, cells)), np.zeros((rows, 3))
            compute(first, count // settings.batches, tallies, lost)
            for row in range(rows):
                one = tallies[row] / max(lost[row, 2], 1.0)
                total += one
                squares += one**2
                escaped += float(lost[row, :2].sum() / max(lost[row, 2], 1.0))
            if progress is not None:
                progress((first + rows) / settings.batches)
    finally:
        numba.set_num_threads(before)
    n = settings.batches
    variance = np.maximum(squares / n - (total / n) ** 2, 0) / (n - 1)
    return Tally(total / n, np.sqrt(variance), escaped / n)
