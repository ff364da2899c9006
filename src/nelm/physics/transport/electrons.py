"""The way of one electron: condensed history with a random hinge, hard collisions and bremsstrahlung one by one.

A step gathers a given strength of scattering; its deflection happens at a random point of it (the hinge), which gives
the right mean lateral displacement without a stop at the borders of voxels (Sempau, Wilderman and Bielajew 2000 use the
same idea). Soft losses follow the stopping power along the way; their fluctuation is one factor per step.
"""

# Compiled by numba, which infers the types; arguments carry no annotations.
# pyright: basic

from __future__ import annotations

import math

from numba import njit

from nelm.physics.transport.compiled import INLINED, PLAIN
from nelm.physics.transport.elastic import ELECTRON_MEV
from nelm.physics.transport.flights import (
    ARRIVED,
    BORDER,
    OUTSIDE,
    among_shells,
    cell_at,
    is_held,
    slopes,
    through_voxels,
)
from nelm.physics.transport.media import (
    ANGLE_EVERY,
    HARD_LOSS_MEV,
    HARDNESS,
    MOLLER_SHARE,
    RANGE,
    SPREAD,
    STEP,
    STRENGTH,
)
from nelm.physics.transport.random import uniform
from nelm.physics.transport.steps import (
    DX,
    DY,
    DZ,
    ELECTRON,
    KIND,
    LEFT_MEV,
    PHOTON,
    POSITRON,
    STACK_DEPTH,
    WEIGHT,
    X,
    Y,
    Z,
    add,
    at,
    deposit,
    isotropic,
    place_of_energy,
    place_of_sum,
    place_of_sum_near,
    push,
    turned,
    turned_at_random,
)

CUT_MEV = 0.010
"""Electrons of less energy stay where they are."""
REJECT_BELOW_MEV = 0.5
"""Electrons of less energy that cannot leave their voxel stay in it; their bremsstrahlung is below 0.2 % of them."""
KERNEL_PHOTONS = 16
"""Photons followed for each one of bremsstrahlung when a point kernel is computed."""
PAIR_MEV = 2.0 * ELECTRON_MEV


LAG = 0.2
"""Strength gathers the faster the less energy is left: a hinge lies so much farther down than by proportion."""


@njit(**PLAIN)
def electron(row, tables, grid, tally, escaped, stack, count, state):
    """Follow the electron or positron of a row of the stack; gives how many particles wait.

    Parameters
    ----------
    row : See `steps.push`.
    tables : See `run.tables_of`.
    grid : (material, density, shape, size, radial, shells): voxels, or one medium without end and shells around 0.
    """
    electrons = tables[0]
    material, density, shape, size, radial, shells = grid
    point, direction = (row[X], row[Y], row[Z]), (row[DX], row[DY], row[DZ])
    energy, weight = row[LEFT_MEV], row[WEIGHT]
    rest = PAIR_MEV if row[KIND] == POSITRON else 0.0
    cell = cell_at(point, shape, size, radial)
    if cell[3] < 0:
        add(escaped, 0, weight * (energy + rest))
        return count
    m = material[cell[3]]
    near = (math.log(energy) - tables[7]) / tables[8]
    u = place_of_energy(electrons, m, min(max(near, 0.0), electrons.shape[1] - 2.0), energy)
    slope = slopes(direction)
    hard_left = -math.log(uniform(state))
    while energy > CUT_MEV and (
        radial
        or energy > REJECT_BELOW_MEV
        or not is_held(at(electrons, m, u, RANGE) / density[cell[3]], point, cell, size)
    ):
        point, direction, slope, cell, m, u, energy, hard_left, count, how = step(
            tables,
            grid,
            tally,
            point,
            direction,
            slope,
            cell,
            m,
            u,
            energy,
            weight,
            hard_left,
            stack,
            count,
            state,
        )
        if how == OUTSIDE:
            add(escaped, 0, weight * (energy + rest))
            return count
        u = place_of_energy(electrons, m, u, energy)
    x, y, z = point
    deposit(tally, radial, shells, cell[3], x, y, z, weight * energy)
    return annihilate(stack, count, x, y, z, weight, state) if row[KIND] == POSITRON else count


@njit(**INLINED)
def step(
    tables, grid, tally, point, direction, slope, cell, m, u, energy, weight, hard_left, stack, count, state
):
    """One step: straight to the hinge, a turn, and straight to the end; hard events and borders on the way.

    Gives the new state in the order in which it came, and how the last flight ended.

    Parameters
    ----------
    slope, cell : See `flights.through_voxels`.
    u : Place in the tables of material m.
    hard_left : Hardness that is left until the next hard event.
    """
    electrons, angles, scale, brems = tables[0], tables[1], tables[2], tables[3]
    start, start_m, has_turned = u, m, False
    factor = fluctuation(at(electrons, m, u, SPREAD), state)
    end = max(0.0, u - at(electrons, m, u, STEP))
    hinge = hinge_of(electrons, m, u, end, state)
    due = at(electrons, m, u, HARDNESS) + hard_left
    while True:
        stop = end if has_turned else hinge
        is_hard = at(electrons, m, stop, HARDNESS) > due
        if is_hard:
            stop = place_of_sum(electrons, m, u, HARDNESS, due)
        if grid[4]:
            point, energy = among_shells(
                electrons, grid, tally, point, direction, m, u, stop, energy, weight, factor, state
            )
            u, how = stop, ARRIVED
        else:
            point, cell, u, energy, how = through_voxels(
                electrons, grid, tally, point, direction, slope, cell, m, u, stop, energy, weight, factor
            )
        if how == OUTSIDE or energy <= CUT_MEV or (how == ARRIVED and u <= 0.0):
            break
        if how == ARRIVED and not is_hard:
            if has_turned:
                break
            mu = deflection(angles, scale, start_m, start, state)
            direction = turned_at_random(direction[0], direction[1], direction[2], mu, state)
            slope, has_turned = slopes(direction), True
            continue
        to_hinge, to_end = strength_between(electrons, m, u, hinge), strength_between(electrons, m, u, end)
        hard_left = due - at(electrons, m, u, HARDNESS)
        if how == BORDER:
            m = grid[0][cell[3]]
        else:
            energy, direction, count = hard_event(
                electrons, brems, m, u, point, direction, energy, weight, grid[4], stack, count, state
            )
            slope, u = slopes(direction), place_of_energy(electrons, m, u, energy)
            hard_left = -math.log(uniform(state))
        gathered = at(electrons, m, u, STRENGTH)
        hinge = place_of_sum(electrons, m, u, STRENGTH, gathered + to_hinge)
        end = place_of_sum(electrons, m, u, STRENGTH, gathered + to_end)
        due = at(electrons, m, u, HARDNESS) + hard_left
    return (
        point, direction, slope, cell, m, u, energy, due - at(electrons, m, u, HARDNESS), count, how,
    )  # fmt: skip


@njit(**INLINED)
def fluctuation(spread, state):
    """Factor of the soft losses of a step: mean 1, with the variance that collisions have.

    Even around 1 where that does not reach below 0, in long steps; else some steps lose nothing and the others evenly
    up to a largest loss (the scheme of PENELOPE), or short steps would straggle too little.

    Parameters
    ----------
    spread : Square root of three times the variance of the loss over its mean.
    """
    square, v = spread * spread, uniform(state)
    if square <= 1.0:
        return 1.0 + spread * (2.0 * v - 1.0)
    none = (square - 1.0) / (square + 3.0)
    return max(0.0, v - none) / (1.0 - none) * (square + 3.0) / 2.0


@njit(**INLINED)
def hinge_of(electrons, m, u, end, state):
    """A random place between start and end of a step, even in the strength that is gathered."""
    part = uniform(state)
    gathered = at(electrons, m, u, STRENGTH)
    wanted = gathered + part * (at(electrons, m, end, STRENGTH) - gathered)
    near = u + (end - u) * part * (1.0 + LAG * (1.0 - part))
    return place_of_sum_near(electrons, m, near, STRENGTH, wanted)


@njit(**INLINED)
def strength_between(electrons, m, u, lower):
    """Strength that is gathered from a place to a lower one."""
    return at(electrons, m, lower, STRENGTH) - at(electrons, m, u, STRENGTH)


@njit(**PLAIN)
def hard_event(electrons, brems, m, u, point, direction, energy, weight, radial, stack, count, state):
    """Bremsstrahlung or a hard collision; gives the electron's energy and direction, and how many particles wait."""
    x, y, z = point
    dx, dy, dz = direction
    if uniform(state) >= at(electrons, m, u, MOLLER_SHARE):
        copies = KERNEL_PHOTONS if radial else 1
        energy, count = radiation(
            energy, u, brems[m], x, y, z, dx, dy, dz, weight, copies, stack, count, state
        )
    elif energy > 2.0 * HARD_LOSS_MEV:
        energy, dx, dy, dz, count = collision(energy, x, y, z, dx, dy, dz, weight, stack, count, state)
    return energy, (dx, dy, dz), count


@njit(**INLINED)
def deflection(angles, scale, m, u, state):
    """Cosine of the deflection of a step that began at a place."""
    node = (u - ANGLE_EVERY // 2) / ANGLE_EVERY + uniform(state)
    row = min(max(int(node), 0), angles.shape[1] - 1)
    v = uniform(state) * (angles.shape[2] - 1)
    q = int(v)
    w = angles[m, row, q] + (v - q) * (angles[m, row, q + 1] - angles[m, row, q])
    return max(-1.0, 1.0 - 2.0 * scale[m, row] * w / (1.0 - w))


@njit(**PLAIN)
def collision(energy, x, y, z, dx, dy, dz, weight, stack, count, state):
    """A hard collision after Moller: the faster electron goes on, the other waits."""
    total = energy + ELECTRON_MEV
    low, high = HARD_LOSS_MEV / energy, 0.5
    c = ELECTRON_MEV * (2.0 * energy + ELECTRON_MEV) / (total * total)
    g = energy * energy / (total * total)
    while True:
        share = low * high / (high - uniform(state) * (high - low))
        ratio = share / (1.0 - share)
        accept = (1.0 + ratio * ratio + g * share * share - c * ratio) / (2.0 + g / 4.0)
        if uniform(state) < accept:
            break
    loss = share * energy
    left = energy - loss
    phi = 2.0 * math.pi * uniform(state)
    mu = math.sqrt(left * (energy + 2.0 * ELECTRON_MEV) / (energy * (left + 2.0 * ELECTRON_MEV)))
    other = math.sqrt(loss * (energy + 2.0 * ELECTRON_MEV) / (energy * (loss + 2.0 * ELECTRON_MEV)))
    ax, ay, az = turned(dx, dy, dz, other, phi + math.pi)
    if count < STACK_DEPTH - 2:
        count = push(stack, count, ELECTRON, x, y, z, ax, ay, az, loss, weight)
        energy = left
    dx, dy, dz = turned(dx, dy, dz, mu, phi)
    return energy, dx, dy, dz, count


@njit(**PLAIN)
def radiation(energy, u, brems, x, y, z, dx, dy, dz, weight, copies, stack, count, state):
    """Bremsstrahlung: the electron loses one photon and keeps its direction.

    With several copies, as many photons of a part of the weight are followed, the electron losing the first: more
    photons far away for the same electrons, the same energy on average.
    """
    node = (u - ANGLE_EVERY // 2) / ANGLE_EVERY + uniform(state)
    row = min(max(int(node), 0), brems.shape[0] - 1)
    total = energy + ELECTRON_MEV
    beta = math.sqrt(energy * (energy + 2.0 * ELECTRON_MEV)) / total
    left = energy
    if count + copies > STACK_DEPTH - 2:
        return energy, count
    for copy in range(copies):
        v = uniform(state) * (brems.shape[1] - 1)
        q = int(v)
        photon = energy * math.exp(brems[row, q] + (v - q) * (brems[row, q + 1] - brems[row, q]))
        photon = min(photon, energy)
        v = 2.0 * uniform(state) - 1.0
        mu = (v + beta) / (1.0 + v * beta)
        ax, ay, az = turned_at_random(dx, dy, dz, mu, state)
        count = push(stack, count, PHOTON, x, y, z, ax, ay, az, photon, weight / copies)
        if copy == 0:
            left = energy - photon
    return left, count


@njit(**PLAIN)
def annihilate(stack, count, x, y, z, weight, state):
    """Two photons of 511 keV, back to back; the stack keeps two places free for them."""
    dx, dy, dz = isotropic(state)
    count = push(stack, count, PHOTON, x, y, z, dx, dy, dz, ELECTRON_MEV, weight)
    return push(stack, count, PHOTON, x, y, z, -dx, -dy, -dz, ELECTRON_MEV, weight)
