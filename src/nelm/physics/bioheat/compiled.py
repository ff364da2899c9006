"""The steps compiled by numba, planes of voxels shared out among the cores; `plain` says the same in NumPy.

A plane is swept along z, y and x before the next is begun, so that a step goes through memory once. Every voxel is
written by one thread: results do not depend on the number of threads.
"""

# Compiled by numba, which infers the types; arguments carry no annotations.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from nelm.physics.bioheat.conduction import Conduction
from nelm.physics.bioheat.death import LOWEST_C, PER_DEGREE
from nelm.physics.bioheat.march import Fields, March

Single = NDArray[np.float32]
INLINED: dict[str, Any] = {"fastmath": True, "error_model": "numpy", "inline": "always"}
PLAIN: dict[str, Any] = {"fastmath": True, "error_model": "numpy"}
PARALLEL: dict[str, Any] = {"fastmath": True, "error_model": "numpy", "parallel": True}
VOXELS_PER_THREAD = 200_000
"""Threads wait for one another after every step: with fewer voxels each, waiting costs more than it gains."""
LARGEST = float(np.finfo(np.float32).max)
"""Stands for no limit: fast arithmetic knows no infinity."""
ZERO, HALF, ONE, TWO = np.float32(0), np.float32(0.5), np.float32(1), np.float32(2)


def march(fields: Fields, conduction: Conduction, how: March) -> None:
    """Carry fields forward in place. Time is steps x voxels; 80 bytes for each voxel are read or written a step."""
    theta = np.zeros([n + 2 for n in fields.theta.shape], dtype=np.float32)
    inner = (slice(1, -1),) * 3
    decay, gain = how.decay.astype(np.float32), how.gain.astype(np.float32)
    theta[inner] = np.minimum(fields.theta * decay + gain, np.float32(min(how.cap_k, LARGEST)))
    rows, at, values = _cut_rows(conduction)
    numbers = (
        how.backward_per_s,
        how.ending_limit,
        how.cap_k,
        2 * how.step_s,
        how.body_c - LOWEST_C,
        PER_DEGREE,
    )
    other, doses = theta.copy(), np.ascontiguousarray(fields.doses.transpose(1, 2, 0, 3))
    edge_at, edge_values = conduction.edge.at, conduction.edge.values
    before = numba.get_num_threads()
    numba.set_num_threads(min(max(fields.theta.size // VOXELS_PER_THREAD, 1), before))
    try:
        faces_z, faces_y, faces_x = conduction.faces
        marched(
            theta, other, _single(faces_z), _single(faces_y), _single(faces_x),
            _single(how.step_s / how.heat_capacity), decay, gain, rows, at, values, edge_at, edge_values,
            _single(how.table.T), doses, fields.alive, fields.dead, fields.peak,
            np.minimum(numbers, LARGEST).astype(np.float32), how.ending or 0, how.steps,
        )  # fmt: skip
    finally:
        numba.set_num_threads(before)
    fields.doses[...] = doses.transpose(2, 0, 1, 3)
    fields.theta[...] = (theta if how.steps % 2 == 0 else other)[inner]


def _single(array: NDArray[np.generic]) -> Single:
    """The same in single precision, contiguous."""
    return np.ascontiguousarray(array, dtype=np.float32)


def _cut_rows(conduction: Conduction) -> tuple[NDArray[np.int64], NDArray[np.int64], Single]:
    """Cuts of the three axes in one list: first of each row (3, rows + 1), x of each, values (n, 4)."""
    nz, ny, nx = conduction.held.shape
    firsts, at, values, before = [], [], [], 0
    for cuts in conduction.cuts:
        firsts.append(np.searchsorted(cuts.at, np.arange(nz * ny + 1) * nx) + before)
        at.append(cuts.at % nx)
        values.append(cuts.values)
        before += len(cuts.at)
    return np.array(firsts, dtype=np.int64), np.concatenate(at), _single(np.concatenate(values))


@njit(**INLINED)
def swept_row(low, row, high, below, above, pace, found):
    """A row after a step along an axis across it; the first three have a voxel more on both sides."""
    for x in range(pace.size):
        here = row[x + 1]
        found[x + 1] = here + pace[x] * (above[x] * (high[x + 1] - here) - below[x] * (here - low[x + 1]))


@njit(**INLINED)
def swept_along(row, faces, pace, found):
    """A row after a step along itself."""
    for x in range(pace.size):
        here = row[x + 1]
        found[x] = here + pace[x] * (faces[x + 1] * (row[x + 2] - here) - faces[x] * (here - row[x]))


@njit(**INLINED)
def cut_flow(low, here, high, pace, values):
    """A voxel that a wall is next to, after a step along the axis of the wall's cut."""
    flow = values[0] * (low - here) + values[1] * (high - here) + values[3]
    return (here + pace * flow) / (ONE + pace * values[2])


@njit(**INLINED)
def harmed_row(theta, doses, alive, dead, table, numbers, at, share):
    """Damage of two steps in a row; `at` and `share` hold places in the table meanwhile."""
    models, last, step, back = doses.shape[0], np.float32(table.shape[1] - 2), numbers[3], numbers[0]
    for x in range(theta.size):
        place = (theta[x] + numbers[4]) * numbers[5]
        low = np.int32(min(max(place, ZERO), last))
        at[x] = low
        share[x] = min(max(place - np.float32(low), ZERO), ONE)
    for model in range(models):
        dose, rates = doses[model], table[model]
        for x in range(theta.size):
            rate = rates[at[x]]
            dose[x] += step * (rate + share[x] * (rates[at[x] + 1] - rate))
    rates = table[models]
    for x in range(theta.size):
        rate = rates[at[x]]
        share[x] = rate + share[x] * (rates[at[x] + 1] - rate)
    for x in range(theta.size):
        a, d = alive[x], dead[x]
        v, rate = ONE - a - d, share[x] * (ONE - a)
        a_half, d_half = a + HALF * step * (back * v - rate * a), d + HALF * step * rate * v
        v, rate = ONE - a_half - d_half, share[x] * (ONE - a_half)
        alive[x] = a + step * (back * v - rate * a_half)
        dead[x] = d + step * rate * v


@njit(**INLINED)
def ended_row(damage, limit, decay, gain):
    """No more perfusion in the voxels of a row that are dead."""
    some = False
    for x in range(damage.size):
        some |= (damage[x] >= limit) & (decay[x] < ONE)
    if some:
        for x in range(damage.size):
            left = decay[x]
            if damage[x] >= limit and left < ONE and left > ZERO:
                gain[x] *= -np.log(left) / (ONE - left)
                decay[x] = ONE


@njit(**INLINED)
def reacted_row(row, decay, gain, cap, peak):
    """The half step of perfusion and source that ends a step."""
    for x in range(row.size):
        theta = min(row[x] * decay[x] + gain[x], cap)
        peak[x] = max(peak[x], theta)
        row[x] = theta


@njit(**INLINED)
def begun_row(row, decay, gain, cap, out, is_last):
    """The half step that begins the next step, if there is one."""
    if is_last:
        for x in range(row.size):
            out[x + 1] = row[x]
    else:
        for x in range(row.size):
            out[x + 1] = min(row[x] * decay[x] + gain[x], cap)


@njit(**PLAIN)
def at_edge(edge_at, decay, gain, reaction):
    """Perfusion and source of a half step in the voxels next to walls: exponent, and gain without perfusion."""
    ny, nx = decay.shape[1:]
    for edge in range(edge_at.size):
        z, y, x = edge_at[edge] // (ny * nx), edge_at[edge] // nx % ny, edge_at[edge] % nx
        left, gained = decay[z, y, x], gain[z, y, x]
        reaction[edge, 0] = -np.log(left)
        reaction[edge, 1] = gained * reaction[edge, 0] / (ONE - left) if left < ONE else gained


@njit(**PLAIN)
def relaxed(old, new, edge_at, values, pace, reaction, cap, found, halves):
    """Voxels next to walls after a step: exact while their neighbours change linearly."""
    ny, nx = pace.shape[1:]
    for edge in range(edge_at.size):
        z, y, x = edge_at[edge] // (ny * nx), edge_at[edge] // nx % ny, edge_at[edge] % nx
        speed, one = pace[z, y, x], values[edge]
        rate = (
            speed * (one[0] + one[1] + one[2] + one[3] + one[4] + one[5] + one[6])
            + halves * reaction[edge, 0]
        )
        first = (1 - np.exp(-rate)) / rate
        second = (1 - first) / rate
        before = towards(old, z + 1, y + 1, x + 1, one) * speed + halves * reaction[edge, 1]
        after = towards(new, z + 1, y + 1, x + 1, one) * speed + halves * reaction[edge, 1]
        here = (1 - rate * first) * old[z + 1, y + 1, x + 1] + first * before + second * (after - before)
        found[edge] = min(np.float32(here), cap)
    for edge in range(edge_at.size):
        z, y, x = edge_at[edge] // (ny * nx), edge_at[edge] // nx % ny, edge_at[edge] % nx
        new[z + 1, y + 1, x + 1] = found[edge]


@njit(**INLINED)
def towards(theta, z, y, x, one):
    """What neighbours and walls pull a voxel towards."""
    along_z = one[0] * theta[z - 1, y, x] + one[1] * theta[z + 1, y, x]
    along_y = one[2] * theta[z, y - 1, x] + one[3] * theta[z, y + 1, x]
    return along_z + along_y + one[4] * theta[z, y, x - 1] + one[5] * theta[z, y, x + 1] + one[7]


@njit(**PARALLEL)
def marched(
    theta, other, faces_z, faces_y, faces_x, pace, decay, gain, rows, at, values, edge_at, edge_values, table, doses,
    alive, dead, peak, numbers, ending, steps,
):  # fmt: skip
    """Steps from `theta` into `other` and back; both have one voxel of body temperature on every side."""
    nz, ny, nx = pace.shape
    cap = numbers[2]
    held = np.empty(edge_at.size, dtype=np.float32)
    reaction = np.empty((edge_at.size, 2), dtype=np.float32)
    for step in range(steps):
        old = theta if step % 2 == 0 else other
        new = other if step % 2 == 0 else theta
        at_edge(edge_at, decay, gain, reaction)
        for z in prange(nz):
            plane = np.zeros((ny + 2, nx + 2), dtype=np.float32)
            row = np.zeros(nx + 2, dtype=np.float32)
            line, share = np.empty(nx, dtype=np.float32), np.empty(nx, dtype=np.float32)
            at_row = np.empty(nx, dtype=np.int32)
            for y in range(ny):
                low, here, high = old[z, y + 1], old[z + 1, y + 1], old[z + 2, y + 1]
                swept_row(low, here, high, faces_z[z, y], faces_z[z + 1, y], pace[z, y], plane[y + 1])
                for cut in range(rows[0, z * ny + y], rows[0, z * ny + y + 1]):
                    x = at[cut]
                    plane[y + 1, x + 1] = cut_flow(
                        low[x + 1], here[x + 1], high[x + 1], pace[z, y, x], values[cut]
                    )
            for y in range(ny):
                low, here, high = plane[y], plane[y + 1], plane[y + 2]
                swept_row(low, here, high, faces_y[z, y], faces_y[z, y + 1], pace[z, y], row)
                for cut in range(rows[1, z * ny + y], rows[1, z * ny + y + 1]):
                    x = at[cut]
                    row[x + 1] = cut_flow(low[x + 1], here[x + 1], high[x + 1], pace[z, y, x], values[cut])
                swept_along(row, faces_x[z, y], pace[z, y], line)
                for cut in range(rows[2, z * ny + y], rows[2, z * ny + y + 1]):
                    x = at[cut]
                    line[x] = cut_flow(row[x], row[x + 1], row[x + 2], pace[z, y, x], values[cut])
                reacted_row(line, decay[z, y], gain[z, y], cap, peak[z, y])
                if step % 2 == 0:
                    harmed_row(line, doses[z, y], alive[z, y], dead[z, y], table, numbers, at_row, share)
                    damage = dead[z, y] if ending == doses.shape[2] else doses[z, y, ending]
                    ended_row(damage, numbers[1], decay[z, y], gain[z, y])
                begun_row(line, decay[z, y], gain[z, y], cap, new[z + 1, y + 1], step == steps - 1)
        relaxed(old, new, edge_at, edge_values, pace, reaction, cap, held, ONE if step == steps - 1 else TWO)
