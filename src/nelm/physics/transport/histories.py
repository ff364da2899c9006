"""Whole histories: one emitted particle and everything that it sets free, and many of them in a batch."""

# Compiled by numba, which infers the types; arguments carry no annotations.
# pyright: basic

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange

from nelm.physics.transport.compiled import BATCH, INLINED, PLAIN
from nelm.physics.transport.electrons import electron
from nelm.physics.transport.photons import photon
from nelm.physics.transport.random import start_stream, uniform
from nelm.physics.transport.steps import (
    COLUMNS,
    DX,
    DY,
    DZ,
    KIND,
    LEFT_MEV,
    PHOTON,
    STACK_DEPTH,
    WEIGHT,
    X,
    Y,
    Z,
)

GOLDEN_6 = 1.1347241384015194
"""The root of x^7 = x + 1: steps g^-1 .. g^-6 fill six dimensions evenly (Roberts 2018)."""
STEP_0, STEP_1, STEP_2, STEP_3, STEP_4, STEP_5 = (GOLDEN_6**-power for power in range(1, 7))


@njit(**INLINED)
def history(tables, grid, majorant, tally, escaped, stack, row, state):
    """Follow the particle in the first row of the stack, and all that come of it."""
    count = 1
    while count > 0:
        count -= 1
        for column in range(COLUMNS):
            row[column] = stack[count, column]
        if row[KIND] == PHOTON:
            count = photon(row, tables, grid, majorant, tally, escaped, stack, count, state)
        else:
            count = electron(row, tables, grid, tally, escaped, stack, count, state)


@njit(**PLAIN)
def bin_of(u, cumulative):
    """Bin of a spectrum for a uniform number."""
    low, high = 0, cumulative.size - 1
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] > u:
            high = middle
        else:
            low = middle + 1
    return low


@njit(**INLINED)
def between_0_and_1(value):
    """The fractional part."""
    return value - math.floor(value)


@njit(**INLINED)
def emit(row, u, spectrum, weight):
    """Give a particle the energy of a uniform number and its weight."""
    cumulative, low, high, stands_for = spectrum
    one = bin_of(u, cumulative)
    before = cumulative[one - 1] if one > 0 else 0.0
    part = (u - before) / (cumulative[one] - before)
    row[LEFT_MEV] = low[one] + part * (high[one] - low[one])
    row[WEIGHT] = stands_for[one] * weight


@njit(**PLAIN)
def start_batch(state, seed, batch):
    """Begin the stream of a batch as a whole, apart from those of its histories."""
    start_stream(state, seed, np.uint64(1) << np.uint64(63) | np.uint64(batch))


@njit(**PLAIN)
def start_history(state, seed, batch, number):
    """Begin the stream of one history."""
    start_stream(state, seed, np.uint64(batch) << np.uint64(32) | np.uint64(number))


@njit(**INLINED)
def point_history(
    tables, grid, majorant, spectrum, kind, seed, batch, number, u, tally, escaped, stack, row, state
):
    """One history from the origin; space is isotropic, so all start along z. The energy is that of a uniform u."""
    start_history(state, seed, batch, number)
    for column in range(COLUMNS):
        stack[0, column] = 0.0
    stack[0, KIND], stack[0, DZ] = kind, 1.0
    emit(stack[0], u, spectrum, 1.0)
    history(tables, grid, majorant, tally, escaped, stack, row, state)


@njit(**PLAIN)
def point_batch(
    tables, grid, majorant, spectrum, kind, seed, batch, count, tally, escaped, stack, row, state
):
    """All histories of one batch from a point; energies are even, with a random shift."""
    start_batch(state, seed, batch)
    shift = uniform(state)
    for number in range(count):
        point_history(
            tables, grid, majorant, spectrum, kind, seed, batch, number, (number + shift) / count, tally, escaped,
            stack, row, state,
        )  # fmt: skip
    escaped[2] = count


@njit(**BATCH)
def point_batches(tables, grid, majorant, spectrum, kind, seed, first, count, tallies, escaped):
    """Histories from a point at the origin of one medium; one batch for each row of the tallies."""
    for one in prange(tallies.shape[0]):
        stack, row, state = np.empty((STACK_DEPTH, COLUMNS)), np.empty(COLUMNS), np.empty(2, dtype=np.uint64)
        point_batch(
            tables, grid, majorant, spectrum, kind, seed, first + one, count, tallies[one], escaped[one], stack, row,
            state,
        )  # fmt: skip


@njit(**PLAIN)
def share_out(shares, count, before, shift, state):
    """Share the histories of a batch among voxels; gives how many there are in all.

    Systematic sampling: voxels get the whole numbers nearest to their expected histories, by one random shift for each
    batch.

    Parameters
    ----------
    shares : (voxels,) expected share of each.
    count : Histories, to the nearest whole number.
    before : (voxels + 1,) filled with the number of histories of all voxels before each.
    shift : (6,) filled with the random shifts of place, direction and energy.
    state : Stream of the batch.
    """
    due = uniform(state)
    for d in range(6):
        shift[d] = uniform(state)
    before[0] = 0
    for voxel in range(shares.size):
        due += shares[voxel] * count
        here = int(due)
        due -= here
        before[voxel + 1] = before[voxel] + here
    return before[shares.size]


@njit(**INLINED)
def voxel_history(
    tables, grid, majorant, stands_for, spectrum, kind, seed, batch, number, voxel, shift, tally, escaped, stack, row,
    state,
):  # fmt: skip
    """One history from a voxel.

    Place, energy and direction follow an additive sequence (golden ratio of six dimensions), shifted at random as a
    whole for each batch: every history by itself is distributed as it should be, so that the mean is unbiased, and
    batches are independent.
    """
    shape, size = grid[2], grid[3]
    start_history(state, seed, batch, number)
    i, j, k = voxel % shape[0], (voxel // shape[0]) % shape[1], voxel // (shape[0] * shape[1])
    mu = 2.0 * between_0_and_1(shift[3] + number * STEP_3) - 1.0
    phi = 2.0 * math.pi * between_0_and_1(shift[4] + number * STEP_4)
    sine = math.sqrt(1.0 - mu * mu)
    stack[0, KIND] = kind
    stack[0, X] = (i + between_0_and_1(shift[0] + number * STEP_0)) * size[0]
    stack[0, Y] = (j + between_0_and_1(shift[1] + number * STEP_1)) * size[1]
    stack[0, Z] = (k + between_0_and_1(shift[2] + number * STEP_2)) * size[2]
    stack[0, DX], stack[0, DY], stack[0, DZ] = sine * math.cos(phi), sine * math.sin(phi), mu
    emit(stack[0], between_0_and_1(shift[5] + number * STEP_5), spectrum, stands_for[voxel])
    history(tables, grid, majorant, tally, escaped, stack, row, state)


@njit(**PLAIN)
def voxel_batch(
    tables,
    grid,
    majorant,
    source,
    spectrum,
    kind,
    seed,
    batch,
    count,
    tally,
    escaped,
    before,
    shift,
    stack,
    row,
    state,
):
    """All histories of one batch from the voxels of an activity map."""
    shares, stands_for = source
    start_batch(state, seed, batch)
    escaped[2] = share_out(shares, count, before, shift, state)
    for voxel in range(shares.size):
        for number in range(before[voxel] + 1, before[voxel + 1] + 1):
            voxel_history(
                tables, grid, majorant, stands_for, spectrum, kind, seed, batch, number, voxel, shift, tally, escaped,
                stack, row, state,
            )  # fmt: skip


@njit(**BATCH)
def voxel_batches(tables, grid, majorant, source, spectrum, kind, seed, first, count, tallies, escaped):
    """Histories from the voxels of an activity map; one batch for each row of the tallies.

    Parameters
    ----------
    source : (shares, weights) of the voxels: expected share of the histories, and what each stands for.
    spectrum : (cumulative, low, high, weight) of the bins of energy.
    kind : ELECTRON or PHOTON.
    """
    for one in prange(tallies.shape[0]):
        stack, row, state = np.empty((STACK_DEPTH, COLUMNS)), np.empty(COLUMNS), np.empty(2, dtype=np.uint64)
        shift, before = np.empty(6), np.empty(source[0].size + 1, dtype=np.int64)
        voxel_batch(
            tables, grid, majorant, source, spectrum, kind, seed, first + one, count, tallies[one], escaped[one],
            before, shift, stack, row, state,
        )  # fmt: skip
