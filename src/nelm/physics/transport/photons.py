"""The way of one photon: Woodcock tracking, photoelectric, incoherent, coherent and pair events one by one."""

# Compiled by numba, which infers the types; arguments carry no annotations.
# pyright: basic

from __future__ import annotations

import math

from numba import njit

from nelm.physics.interaction.form_factors import MEV_ANGSTROM
from nelm.physics.transport.compiled import INLINED, PLAIN
from nelm.physics.transport.elastic import ELECTRON_MEV
from nelm.physics.transport.electrons import CUT_MEV, PAIR_MEV, annihilate
from nelm.physics.transport.photon_tables import HIGHEST_TRANSFER
from nelm.physics.transport.random import uniform
from nelm.physics.transport.steps import (
    DX,
    DY,
    DZ,
    ELECTRON,
    LEFT_MEV,
    POSITRON,
    STACK_DEPTH,
    WEIGHT,
    X,
    Y,
    Z,
    add,
    deposit,
    push,
    turned,
)

PHOTON_CUT_MEV = 0.001
TOTAL, TO_PHOTO, TO_INCOHERENT, TO_COHERENT = range(4)
INVERSE_ANGSTROM_PER_MEV = 1.0 / MEV_ANGSTROM
"""E / (h c): momentum transfer x = sin(theta / 2) E / (h c)."""


@njit(**PLAIN)
def photon(row, tables, grid, majorant, tally, escaped, stack, count, state):
    """Follow the photon of a row of the stack; gives how many particles wait.

    Parameters
    ----------
    majorant : (nodes,) largest attenuation of any voxel at each energy [1/cm].
    """
    cross, coherent, incoherent, first, step = tables[4], tables[5], tables[6], tables[7], tables[8]
    material, density, shape, size, radial, shells = grid
    x, y, z, dx, dy, dz, energy = row[X], row[Y], row[Z], row[DX], row[DY], row[DZ], row[LEFT_MEV]
    weight = row[WEIGHT]
    while True:
        u = (math.log(energy) - first) / step
        node = min(max(int(u), 0), cross.shape[1] - 2)
        part = min(max(u - node, 0.0), 1.0)
        most = max(majorant[node], majorant[node + 1])
        voxel, m = 0, 0
        while True:
            way = -math.log(uniform(state)) / most
            x, y, z = x + way * dx, y + way * dy, z + way * dz
            if radial:
                if x * x + y * y + z * z > size[0] * size[0]:
                    add(escaped, 1, weight * energy)
                    return count
            else:
                if x < 0 or y < 0 or z < 0:
                    add(escaped, 1, weight * energy)
                    return count
                i, j, k = int(x / size[0]), int(y / size[1]), int(z / size[2])
                if i >= shape[0] or j >= shape[1] or k >= shape[2]:
                    add(escaped, 1, weight * energy)
                    return count
                voxel = (k * shape[1] + j) * shape[0] + i
            m = material[voxel]
            mu = (
                cross[m, node, TOTAL] + part * (cross[m, node + 1, TOTAL] - cross[m, node, TOTAL])
            ) * density[voxel]
            if uniform(state) * most < mu:
                break
        kind = uniform(state)
        if kind < share(cross, m, node, part, TO_PHOTO):
            return photoelectric(energy, voxel, x, y, z, dx, dy, dz, grid, weight, tally, stack, count, state)
        if kind < share(cross, m, node, part, TO_INCOHERENT):
            scattered, mu = compton(energy, incoherent, m, state)
            given = energy - scattered
            phi = 2.0 * math.pi * uniform(state)
            if given <= CUT_MEV or count >= STACK_DEPTH - 2:
                deposit(tally, radial, shells, voxel, x, y, z, weight * given)
            else:
                momentum = math.sqrt(given * (given + 2.0 * ELECTRON_MEV))
                along = (energy - scattered * mu) / momentum
                ax, ay, az = turned(dx, dy, dz, min(1.0, max(-1.0, along)), phi + math.pi)
                count = push(stack, count, ELECTRON, x, y, z, ax, ay, az, given, weight)
            dx, dy, dz = turned(dx, dy, dz, mu, phi)
            energy = scattered
        elif kind < share(cross, m, node, part, TO_COHERENT):
            mu = rayleigh(energy, coherent, m, state)
            dx, dy, dz = turned(dx, dy, dz, mu, 2.0 * math.pi * uniform(state))
        else:
            return pair(energy, voxel, x, y, z, dx, dy, dz, grid, weight, tally, stack, count, state)
        if energy <= PHOTON_CUT_MEV:
            deposit(tally, radial, shells, voxel, x, y, z, weight * energy)
            return count


@njit(**INLINED)
def share(cross, m, node, part, column):
    """A cumulative share between two nodes."""
    return cross[m, node, column] + part * (cross[m, node + 1, column] - cross[m, node, column])


@njit(**PLAIN)
def photoelectric(energy, voxel, x, y, z, dx, dy, dz, grid, weight, tally, stack, count, state):
    """The photon's energy goes to an electron; what binds it is given up on the spot with it (light elements)."""
    radial, shells = grid[4], grid[5]
    if energy <= CUT_MEV or count >= STACK_DEPTH - 2:
        deposit(tally, radial, shells, voxel, x, y, z, weight * energy)
        return count
    total = energy + ELECTRON_MEV
    beta = math.sqrt(energy * (energy + 2.0 * ELECTRON_MEV)) / total
    # Sauter: (1 - mu2) / (1 - beta mu)^4, rejected against its isotropic part
    a = 1.0 / beta - 1.0
    gamma = total / ELECTRON_MEV
    g0 = 2.0 * (1.0 / a + 0.5 * beta * gamma * (gamma - 1.0) * (gamma - 2.0))
    while True:
        r = uniform(state)
        t = 2.0 * a / ((a + 2.0) * (a + 2.0) - 4.0 * r) * (2.0 * r + (a + 2.0) * math.sqrt(r))
        g = (2.0 - t) * (1.0 / (a + t) + 0.5 * beta * gamma * (gamma - 1.0) * (gamma - 2.0))
        if uniform(state) * g0 <= g:
            break
    ax, ay, az = turned(dx, dy, dz, min(1.0, max(-1.0, 1.0 - t)), 2.0 * math.pi * uniform(state))
    return push(stack, count, ELECTRON, x, y, z, ax, ay, az, energy, weight)


@njit(**PLAIN)
def compton(energy, incoherent, m, state):
    """Energy and cosine of a scattered photon: Klein and Nishina, bound electrons by the scattering function."""
    ratio = energy / ELECTRON_MEV
    low = 1.0 / (1.0 + 2.0 * ratio)
    by_log = -math.log(low)
    by_square = 0.5 * (1.0 - low * low)
    last = incoherent.shape[1] - 1
    while True:
        if uniform(state) * (by_log + by_square) < by_log:
            e = math.exp(-by_log * uniform(state))
        else:
            e = math.sqrt(low * low + (1.0 - low * low) * uniform(state))
        t = (1.0 - e) / (ratio * e)
        if uniform(state) >= 1.0 - e * t * (2.0 - t) / (1.0 + e * e):
            continue
        transfer = math.sqrt(max(0.0, t / 2.0)) * energy * INVERSE_ANGSTROM_PER_MEV
        place = math.sqrt(min(transfer / HIGHEST_TRANSFER, 1.0)) * last
        q = min(int(place), last - 1)
        bound = incoherent[m, q] + (place - q) * (incoherent[m, q + 1] - incoherent[m, q])
        if uniform(state) < bound:
            return e * energy, 1.0 - t


@njit(**PLAIN)
def rayleigh(energy, coherent, m, state):
    """Cosine after coherent scattering: by the squared form factor, and (1 + mu2) / 2 by rejection."""
    largest = energy * INVERSE_ANGSTROM_PER_MEV
    square = largest * largest
    last = coherent.shape[1] - 1
    # share of the integral of F2 that can be reached
    low, high = 0, last
    while high - low > 1:
        middle = (low + high) // 2
        if coherent[m, middle] <= square:
            low = middle
        else:
            high = middle
    width = coherent[m, high] - coherent[m, low]
    reach = low + (min(1.0, (square - coherent[m, low]) / width) if width > 0 else 0.0)
    while True:
        v = uniform(state) * reach
        q = min(int(v), last - 1)
        x2 = coherent[m, q] + (v - q) * (coherent[m, q + 1] - coherent[m, q])
        mu = 1.0 - 2.0 * x2 / square
        if mu >= -1.0 and uniform(state) < 0.5 * (1.0 + mu * mu):
            return mu


@njit(**PLAIN)
def pair(energy, voxel, x, y, z, dx, dy, dz, grid, weight, tally, stack, count, state):
    """An electron and a positron that share the energy evenly at random, both forward."""
    free = energy - PAIR_MEV
    if free <= 0.0 or count + 4 > STACK_DEPTH:
        deposit(tally, grid[4], grid[5], voxel, x, y, z, weight * energy)
        return count
    first = free * uniform(state)
    for which in range(2):
        kinetic = first if which == 0 else free - first
        kind = ELECTRON if which == 0 else POSITRON
        if kinetic <= CUT_MEV:
            deposit(tally, grid[4], grid[5], voxel, x, y, z, weight * kinetic)
            if which == 1:
                count = annihilate(stack, count, x, y, z, weight, state)
            continue
        beta = math.sqrt(kinetic * (kinetic + 2.0 * ELECTRON_MEV)) / (kinetic + ELECTRON_MEV)
        v = 2.0 * uniform(state) - 1.0
        mu = (v + beta) / (1.0 + v * beta)
        ax, ay, az = turned(dx, dy, dz, mu, 2.0 * math.pi * uniform(state))
        count = push(stack, count, kind, x, y, z, ax, ay, az, kinetic, weight)
    return count
