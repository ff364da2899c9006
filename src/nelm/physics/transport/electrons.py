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

from nelm.physics.transport.elastic import ELECTRON_MEV
from nelm.physics.transport.media import (
    ANGLE_EVERY,
    ENERGY,
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
    FAR,
    KIND,
    LEFT_MEV,
    PHOTON,
    POSITRON,
    STACK_DEPTH,
    WEIGHT,
    X,
    Y,
    Z,
    at,
    deposit,
    isotropic,
    place_of_energy,
    place_of_range,
    place_of_sum,
    push,
    turned,
    turned_at_random,
)

CUT_MEV = 0.010
"""Electrons of less energy stay where they are."""
REJECT_BELOW_MEV = 0.5
"""Electrons of less energy that cannot leave their voxel stay in it; their bremsstrahlung is below 0.2 % of them."""
LEAST_LOSS_MEV = 1e-9
KERNEL_PHOTONS = 16
"""Photons followed for each one of bremsstrahlung when a point kernel is computed."""
PAIR_MEV = 2.0 * ELECTRON_MEV


SPENT, HINGE, HARD, BORDER, OUTSIDE = range(5)
"""How a flight ends: energy spent, strength gathered, hard event due, another material, out of the grid."""


@njit(fastmath=True, error_model="numpy")
def electron(row, tables, grid, tally, escaped, stack, count, state):
    """Follow the electron or positron of a row of the stack; gives how many particles wait.

    Parameters
    ----------
    row : See `steps.push`.
    tables : See `run.tables_of`.
    grid : (material, density, shape, size, radial, shells): voxels, or one medium without end and shells around 0.
    """
    electrons, angles, scale, brems = tables[0], tables[1], tables[2], tables[3]
    material, density, shape, size, radial, shells = grid
    x, y, z, dx, dy, dz, energy = row[X], row[Y], row[Z], row[DX], row[DY], row[DZ], row[LEFT_MEV]
    weight = row[WEIGHT]
    voxel = voxel_at(x, y, z, shape, size, radial)
    rest = PAIR_MEV if row[KIND] == POSITRON else 0.0
    if voxel < 0:
        escaped[0] += weight * (energy + rest)
        return count
    m = material[voxel]
    near = (math.log(energy) - tables[7]) / tables[8]
    u = place_of_energy(electrons, m, min(max(near, 0.0), electrons.shape[1] - 2.0), energy)
    hard_left = -math.log(uniform(state))
    copies = KERNEL_PHOTONS if radial else 1
    while energy > CUT_MEV and (
        radial
        or energy > REJECT_BELOW_MEV
        or not is_held(at(electrons, m, u, RANGE) / density[voxel], x, y, z, size)
    ):
        start, start_m, whole = u, m, at(electrons, m, u, STEP)
        factor = fluctuation(electrons, m, u, whole, state)
        left = whole * uniform(state)
        second = whole - left
        is_first = True
        while True:
            x, y, z, voxel, u, energy, left, hard_left, end = flight(
                electrons, grid, tally, x, y, z, dx, dy, dz, voxel, m, u, energy, weight, factor, left,
                hard_left, state,
            )  # fmt: skip
            if end == OUTSIDE:
                escaped[0] += weight * (energy + rest)
                return count
            if end == BORDER:
                m = material[voxel]
            elif end == HARD:
                hard_left = -math.log(uniform(state))
                if uniform(state) >= at(electrons, m, u, MOLLER_SHARE):
                    energy, count = radiation(
                        energy, u, brems[m], x, y, z, dx, dy, dz, weight, copies, stack, count, state
                    )
                elif energy > 2.0 * HARD_LOSS_MEV:
                    energy, dx, dy, dz, count = collision(
                        energy, x, y, z, dx, dy, dz, weight, stack, count, state
                    )
                u = place_of_energy(electrons, m, u, energy)
            elif end == HINGE and is_first:
                mu = deflection(angles, scale, start_m, start, state)
                dx, dy, dz = turned_at_random(dx, dy, dz, mu, state)
                left, is_first = second, False
            else:
                break
            if energy <= CUT_MEV:
                break
        u = place_of_energy(electrons, m, u, energy)
    deposit(tally, radial, shells, voxel, x, y, z, weight * energy)
    return annihilate(stack, count, x, y, z, weight, state) if row[KIND] == POSITRON else count


@njit(inline="always", fastmath=True, error_model="numpy")
def voxel_at(x, y, z, shape, size, radial):
    """Number of the voxel that holds a point; -1 outside, 0 in a medium without voxels."""
    if radial:
        return 0
    if x < 0.0 or y < 0.0 or z < 0.0:
        return -1
    i, j, k = int(x / size[0]), int(y / size[1]), int(z / size[2])
    if i >= shape[0] or j >= shape[1] or k >= shape[2]:
        return -1
    return (k * shape[1] + j) * shape[0] + i


@njit(inline="always", fastmath=True, error_model="numpy")
def is_held(reach, x, y, z, size):
    """Whether the voxel of a point holds everything within a distance of it.

    The voxel is found from the point: beside a face rounding may choose the neighbour, and then nothing is held.
    """
    x -= math.floor(x / size[0]) * size[0]
    y -= math.floor(y / size[1]) * size[1]
    z -= math.floor(z / size[2]) * size[2]
    return min(x, y, z) > reach and min(size[0] - x, size[1] - y, size[2] - z) > reach


@njit(inline="always", fastmath=True, error_model="numpy")
def fluctuation(electrons, m, u, whole, state):
    """Factor of the soft losses of a step: mean 1, with the variance that collisions have.

    Even around 1 where that does not reach below 0, in long steps; else some steps lose nothing and the others evenly
    up to a largest loss (the scheme of PENELOPE), or short steps would straggle too little.
    """
    end = place_of_sum(electrons, m, u, STRENGTH, at(electrons, m, u, STRENGTH) + whole)
    lost = at(electrons, m, u, ENERGY) - at(electrons, m, end, ENERGY)
    variance = at(electrons, m, end, SPREAD) - at(electrons, m, u, SPREAD)
    square = 3.0 * max(0.0, variance) / max(lost, LEAST_LOSS_MEV) ** 2
    v = uniform(state)
    if square <= 1.0:
        return 1.0 + math.sqrt(square) * (2.0 * v - 1.0)
    none = (square - 1.0) / (square + 3.0)
    return max(0.0, v - none) / (1.0 - none) * (square + 3.0) / 2.0


@njit(inline="always", fastmath=True, error_model="numpy")
def flight(
    electrons, grid, tally, x, y, z, dx, dy, dz, voxel, m, u, energy, weight, factor, left, hard_left, state
):
    """Fly straight in one material until strength is gathered, a hard event is due, or energy is spent.

    Gives the new place, voxel, place in the tables, energy, strength and hardness left, and how the flight ended.
    """
    density, radial, shells = grid[1], grid[4], grid[5]
    gathered, hard = at(electrons, m, u, STRENGTH), at(electrons, m, u, HARDNESS)
    stop, end = place_of_sum(electrons, m, u, STRENGTH, gathered + left), HINGE
    if at(electrons, m, stop, HARDNESS) - hard > hard_left:
        stop, end = place_of_sum(electrons, m, u, HARDNESS, hard + hard_left), HARD
    if stop <= 0.0:
        end = SPENT
    reach, final = at(electrons, m, u, RANGE), at(electrons, m, stop, RANGE)
    nominal = at(electrons, m, u, ENERGY)
    if radial:
        length = (reach - final) / density[0]
        loss = min(factor * (nominal - at(electrons, m, stop, ENERGY)), energy)
        middle = place_of_energy(
            electrons, m, u, nominal - uniform(state) * (nominal - at(electrons, m, stop, ENERGY))
        )
        spot = (reach - at(electrons, m, middle, RANGE)) / density[0]
        deposit(tally, radial, shells, 0, x + spot * dx, y + spot * dy, z + spot * dz, weight * loss)
        x, y, z, u, energy = x + length * dx, y + length * dy, z + length * dz, stop, energy - loss
    else:
        x, y, z, voxel, u, energy, end = through_voxels(
            electrons, grid, tally, x, y, z, dx, dy, dz, voxel, m, u, stop, end, reach, final, nominal, energy, weight,
            factor,
        )  # fmt: skip
    left -= at(electrons, m, u, STRENGTH) - gathered
    hard_left -= at(electrons, m, u, HARDNESS) - hard
    return x, y, z, voxel, u, energy, left, hard_left, end


@njit(inline="always", fastmath=True, error_model="numpy")
def through_voxels(
    electrons,
    grid,
    tally,
    x,
    y,
    z,
    dx,
    dy,
    dz,
    voxel,
    m,
    u,
    stop,
    end,
    reach,
    final,
    nominal,
    energy,
    weight,
    factor,
):
    """The part of a flight in voxels: each gets what is lost in it."""
    material, density, shape, size = grid[0], grid[1], grid[2], grid[3]
    i, j, k = voxel % shape[0], (voxel // shape[0]) % shape[1], voxel // (shape[0] * shape[1])
    fx, fy, fz = per_cm(dx), per_cm(dy), per_cm(dz)
    while True:
        rho = density[voxel]
        wx = ((i + 1 if fx > 0 else i) * size[0] - x) * fx
        wy = ((j + 1 if fy > 0 else j) * size[1] - y) * fy
        wz = ((k + 1 if fz > 0 else k) * size[2] - z) * fz
        way = max(min(wx, min(wy, wz)), 0.0)
        if reach - way * rho <= final:
            length = (reach - final) / rho
            loss = min(factor * (nominal - at(electrons, m, stop, ENERGY)), energy)
            tally[voxel] += weight * loss
            return x + length * dx, y + length * dy, z + length * dz, voxel, stop, energy - loss, end
        reach -= way * rho
        u = place_of_range(electrons, m, u, reach)
        here = at(electrons, m, u, ENERGY)
        loss = min(factor * (nominal - here), energy)
        tally[voxel] += weight * loss
        energy -= loss
        nominal = here
        x, y, z = x + way * dx, y + way * dy, z + way * dz
        if wx <= wy and wx <= wz:
            i += 1 if fx > 0 else -1
        elif wy <= wz:
            j += 1 if fy > 0 else -1
        else:
            k += 1 if fz > 0 else -1
        if i < 0 or j < 0 or k < 0 or i >= shape[0] or j >= shape[1] or k >= shape[2]:
            return x, y, z, voxel, u, energy, OUTSIDE
        voxel = (k * shape[1] + j) * shape[0] + i
        if material[voxel] != m:
            return x, y, z, voxel, u, energy, BORDER


@njit(inline="always", fastmath=True, error_model="numpy")
def per_cm(direction):
    """One over a direction cosine, large where it vanishes."""
    if direction == 0.0:
        return FAR
    return 1.0 / direction


@njit(inline="always", fastmath=True, error_model="numpy")
def deflection(angles, scale, m, u, state):
    """Cosine of the deflection of a step that began at a place."""
    node = (u - ANGLE_EVERY // 2) / ANGLE_EVERY + uniform(state)
    row = min(max(int(node), 0), angles.shape[1] - 1)
    v = uniform(state) * (angles.shape[2] - 1)
    q = int(v)
    w = angles[m, row, q] + (v - q) * (angles[m, row, q + 1] - angles[m, row, q])
    return max(-1.0, 1.0 - 2.0 * scale[m, row] * w / (1.0 - w))


@njit(fastmath=True, error_model="numpy")
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


@njit(fastmath=True, error_model="numpy")
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


@njit(fastmath=True, error_model="numpy")
def annihilate(stack, count, x, y, z, weight, state):
    """Two photons of 511 keV, back to back; the stack keeps two places free for them."""
    dx, dy, dz = isotropic(state)
    count = push(stack, count, PHOTON, x, y, z, dx, dy, dz, ELECTRON_MEV, weight)
    return push(stack, count, PHOTON, x, y, z, -dx, -dy, -dz, ELECTRON_MEV, weight)
