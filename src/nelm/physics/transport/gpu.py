"""The same histories on a GPU of NVIDIA: one kernel around `histories.voxel_history`, by numba-cuda.

A thread follows one history after another. Many threads add to the same voxel in an order that nobody knows, and sums
of floating point numbers depend on their order; here they are sums of whole units of 2^-32 MeV, so that the same seed
gives the same bytes on a GPU, too. CPU and GPU draw the same numbers: their doses differ by rounding only.
"""

# Functions compiled by numba carry no annotations, and the stubs of its GPU part describe classes as they are inside.
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from numba import cuda
from numba.extending import overload
from numpy.typing import NDArray

from nelm.errors import MissingExtraError, problem
from nelm.physics.transport.histories import share_out, start_batch, voxel_history
from nelm.physics.transport.steps import COLUMNS, STACK_DEPTH, add

UNITS_PER_MEV = 2.0**32
"""Energy of each deposit is rounded to a unit of 2^-32 MeV, 1e-8 of what a step loses."""
LARGEST_MEV = 2.0**62 / UNITS_PER_MEV
"""A sum stays below this, whatever is gathered in one place."""
THREADS_PER_BLOCK, BLOCKS = 128, 512
"""Some 65 thousand histories at a time, each with 3.5 kB for the particles that wait."""


def add_units(tally, place, amount):
    """Add energy [MeV] to one place of a tally of whole units that all threads share."""
    cuda.atomic.add(tally, place, np.int64(amount * UNITS_PER_MEV + 0.5))


@overload(add, target="cuda")
def _add(tally, place, amount):
    return add_units


@cuda.jit(fastmath=True)
def voxel_kernel(
    tables, grid, majorant, stands_for, spectrum, kind, seed, batch, shift, before, tally, escaped, stacks
):
    """All histories of one batch; the arguments are those of `histories.voxel_history`.

    Parameters
    ----------
    before : See `histories.share_out`.
    stacks : (threads, STACK_DEPTH, COLUMNS) room for the particles that wait.
    """
    row = cuda.local.array(COLUMNS, np.float64)
    state = cuda.local.array(2, np.uint64)
    thread = cuda.grid(1)
    for number in range(thread + 1, before[before.size - 1] + 1, cuda.gridsize(1)):
        low, high = 0, before.size - 1
        while high - low > 1:
            middle = (low + high) // 2
            if before[middle] < number:
                low = middle
            else:
                high = middle
        voxel_history(
            tables, grid, majorant, stands_for, spectrum, kind, seed, batch, number, low, shift, tally, escaped,
            stacks[thread], row, state,
        )  # fmt: skip


def voxel_batches_on_gpu(
    fixed: tuple[Any, ...],
) -> Callable[[int, int, NDArray[np.float64], NDArray[np.float64]], None]:
    """Prepare a GPU; gives what `histories.voxel_batches` is once its first arguments are bound.

    Parameters
    ----------
    fixed : Tables, grid, majorant, source, spectrum, kind and seed, as `histories.voxel_batches` takes them.

    Raises
    ------
    MissingExtraError : Without the extra ``gpu``, or without a GPU.
    """
    require_gpu()
    tables, grid, majorant, source, spectrum, kind, seed = fixed
    shares, stands_for = source
    heaviest = float((np.maximum(spectrum[2], 1.0) * spectrum[3]).max() * stands_for.max())
    here = [_on_device(one) for one in (tables, grid, majorant, stands_for, spectrum)]
    stacks = cuda.device_array((BLOCKS * THREADS_PER_BLOCK, STACK_DEPTH, COLUMNS))
    state, shift = np.empty(2, dtype=np.uint64), np.empty(6)
    before = np.empty(shares.size + 1, dtype=np.int64)

    def run(first: int, count: int, tallies: NDArray[np.float64], lost: NDArray[np.float64]) -> None:
        if count * heaviest >= LARGEST_MEV:
            raise problem(
                count,
                f"fewer than {LARGEST_MEV / heaviest:.0f} histories in a batch",
                "take more batches",
                path="batches",
            )
        for row in range(len(tallies)):
            start_batch(state, seed, first + row)
            lost[row, 2] = share_out(shares, count, before, shift, state)
            tally, escaped = (cuda.to_device(np.zeros(n, dtype=np.int64)) for n in (tallies.shape[1], 2))
            voxel_kernel[BLOCKS, THREADS_PER_BLOCK](
                *here, kind, seed, first + row, cuda.to_device(shift), cuda.to_device(before), tally, escaped, stacks
            )  # fmt: skip
            tallies[row] = tally.copy_to_host() / UNITS_PER_MEV
            lost[row, :2] = escaped.copy_to_host() / UNITS_PER_MEV

    return run


def require_gpu() -> None:
    """Raise MissingExtraError where no GPU can be used."""
    if cuda.is_available():
        return
    if find_spec("numba_cuda") is None:
        raise MissingExtraError.of(feature="Transport on a GPU", extra="gpu")
    raise MissingExtraError(
        "no GPU that CUDA can use was found",
        where="device",
        expected="an NVIDIA GPU with its driver",
        remedy="Use the device cpu, or see what `python -m numba -s` says of CUDA",
    )


def _on_device(value: Any) -> Any:
    """A copy on the GPU of every array in a tuple."""
    if isinstance(value, tuple):
        return tuple(_on_device(one) for one in value)
    return cuda.to_device(value) if isinstance(value, np.ndarray) else value
