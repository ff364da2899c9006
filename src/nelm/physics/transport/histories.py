"""Whole histories: one emitted particle and everything that it sets free, and many of them in a batch."""

# Compiled by numba, which infers the types; arguments carry no annotations.
# pyright: basic

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange

from nelm.physics.transport.electrons import electron
from nelm.physics.transport.photons import photon
from nelm.physics.transport.random import start_stream, uniform
from nelm.physics.transport.steps import DX, DY, DZ, KIND, LEFT_MEV, PHOTON, STACK_DEPTH, WEIGHT, X, Y, Z

GOLDEN_6 = 1.1347241384015194
"""The root of x^7 = x + 1: steps g^-1 .. g^-6 fill six dimensions evenly (Roberts 2018)."""
STEP_0, STEP_1, STEP_2, STEP_3, STEP_4, STEP_5 = (GOLDEN_6**-power for power in range(1, 7))


@njit(fastmath=True, error_model="numpy")
def history(tables, grid, majorant, tally, escaped, stack, state):
    """Follow the particle in the first row of the stack, and all that come of it."""
    count = 1
    row = np.empty(9)
    while count > 0:
        count -= 1
        for column in range(9):
            row[column] = stack[count, column]
        if row[KIND] == PHOTON:
            count = photon(row, tables, grid, majorant, tally, escaped, stack, count, state)
        else:
            count = electron(row, tables, grid, tally, escaped, stack, count, state)


@njit(fastmath=True, error_model="numpy")
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


@njit(inline="always", fastmath=True, error_model="numpy")
def between_0_and_1(value):
    """The fractional part."""
    return value - math.floor(value)


@njit(inline="always", fastmath=True, error_model="numpy")
def emit(row, u, spectrum, weight):
    """Give a particle the energy of a uniform number and its weight."""
    cumulative, low, high, stands_for = spectrum
    one = bin_of(u, cumulative)
    before = cumulative[one - 1] if one > 0 else 0.0
    part = (u - before) / (cumulative[one] - before)
    row[LEFT_MEV] = low[one] + part * (high[one] - low[one])
    row[WEIGHT] = stands_for[one] * weight


@njit(parallel=True, fastmath=True, error_model="numpy")
def point_batches(tables, grid, majorant, spectrum, kind, seed, first, count, tallies, escaped):
    """Histories from a point at the origin of one medium; one batch for each row of the tallies.

    Space is isotropic, so all start along z; energies are even in each batch, with a random shift.
    """
    for batch in prange(tallies.shape[0]):
        stack = np.empty((STACK_DEPTH, 9))
        state = np.empty(2, dtype=np.uint64)
        start_stream(state, seed, np.uint64(1) << np.uint64(63) | np.uint64(first + batch))
        shift = uniform(state)
        for number in range(count):
            start_stream(state, seed, np.uint64(first + batch) << np.uint64(32) | np.uint64(number))
            row = stack[0]
            row[KIND], row[X], row[Y], row[Z] = kind, 0.0, 0.0, 0.0
            row[DX], row[DY], row[DZ] = 0.0, 0.0, 1.0
            emit(row, (number + shift) / count, spectrum, 1.0)
            history(tables, grid, majorant, tallies[batch], escaped[batch], stack, state)
        escaped[batch, 2] = count


@njit(parallel=True, fastmath=True, error_model="numpy")
def voxel_batches(tables, grid, majorant, source, spectrum, kind, seed, first, count, tallies, escaped):
    """Histories from the voxels of an activity map; one batch for each row of the tallies.

    Systematic sampling: voxels get the whole numbers nearest to their expected histories, by one random shift for each
    batch. Place, energy and direction follow an additive sequence (golden ratio of six dimensions), shifted at random
    as a whole for each batch: every history by itself is distributed as it should be, so that the mean is unbiased,
    and batches are independent.

    Parameters
    ----------
    source : (shares, weights) of the voxels: expected share of the histories, and what each stands for.
    spectrum : (cumulative, low, high, weight) of the bins of energy.
    kind : ELECTRON or PHOTON.
    """
    shape, size = grid[2], grid[3]
    shares, stands_for = source
    for batch in prange(tallies.shape[0]):
        stack = np.empty((STACK_DEPTH, 9))
        state = np.empty(2, dtype=np.uint64)
        shift = np.empty(6)
        start_stream(state, seed, np.uint64(1) << np.uint64(63) | np.uint64(first + batch))
        due = uniform(state)
        for d in range(6):
            shift[d] = uniform(state)
        number = 0
        for voxel in range(shares.size):
            due += shares[voxel] * count
            if due < 1.0:
                continue
            here = int(due)
            due -= here
            i = voxel % shape[0]
            j = (voxel // shape[0]) % shape[1]
            k = voxel // (shape[0] * shape[1])
            for _ in range(here):
                number += 1
                start_stream(state, seed, np.uint64(first + batch) << np.uint64(32) | np.uint64(number))
                x = between_0_and_1(shift[0] + number * STEP_0)
                y = between_0_and_1(shift[1] + number * STEP_1)
                z = between_0_and_1(shift[2] + number * STEP_2)
                mu = 2.0 * between_0_and_1(shift[3] + number * STEP_3) - 1.0
                phi = 2.0 * math.pi * between_0_and_1(shift[4] + number * STEP_4)
                u = between_0_and_1(shift[5] + number * STEP_5)
                sine = math.sqrt(1.0 - mu * mu)
                row = stack[0]
                row[KIND], row[X], row[Y], row[Z] = (
                    kind,
                    (i + x) * size[0],
                    (j + y) * size[1],
                    (k + z) * size[2],
                )
                row[DX], row[DY], row[DZ] = sine * math.cos(phi), sine * math.sin(phi), mu
                emit(row, u, spectrum, stands_for[voxel])
                history(tables, grid, majorant, tallies[batch], escaped[batch], stack, state)
        escaped[batch, 2] = number
