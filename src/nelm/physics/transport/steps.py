"""Small steps that electrons and photons share: places in tables, directions, voxels, the stack of waiting particles.

Compiled by numba; on the GPU the same functions are called from CUDA kernels.
"""

# Compiled by numba, which infers the types; arguments carry no annotations.
# pyright: basic

from __future__ import annotations

import math

from numba import njit
from numba.extending import overload

from nelm.physics.transport.compiled import INLINED
from nelm.physics.transport.media import ENERGY, RANGE
from nelm.physics.transport.random import uniform

KIND, X, Y, Z, DX, DY, DZ, LEFT_MEV, WEIGHT = range(9)
COLUMNS = 9
"""Of a particle that waits: what it is, where, in which direction, with which energy and weight."""
ELECTRON, POSITRON, PHOTON = 0.0, 1.0, 2.0
STACK_DEPTH = 48
FAR = 1e30


@njit(**INLINED)
def at(table, m, u, column):
    """A column at a place, linear between nodes."""
    i = int(u)
    return table[m, i, column] + (u - i) * (table[m, i + 1, column] - table[m, i, column])


@njit(**INLINED)
def place_of_energy(table, m, u, energy):
    """The place of an energy, sought from a place near it."""
    i = int(u)
    while i > 0 and table[m, i, ENERGY] > energy:
        i -= 1
    while i < table.shape[1] - 2 and table[m, i + 1, ENERGY] < energy:
        i += 1
    return max(0.0, i + (energy - table[m, i, ENERGY]) / (table[m, i + 1, ENERGY] - table[m, i, ENERGY]))


@njit(**INLINED)
def place_of_range(table, m, u, left):
    """The place at which a range is left, at or below a place."""
    i = int(u)
    while i > 0 and table[m, i, RANGE] > left:
        i -= 1
    return max(0.0, i + (left - table[m, i, RANGE]) / (table[m, i + 1, RANGE] - table[m, i, RANGE]))


@njit(**INLINED)
def place_of_sum(table, m, u, column, wanted):
    """The place at which a sum that grows as energy is lost has reached a value, at or below a place; 0 at the end."""
    i = int(u)
    while i > 0 and table[m, i, column] < wanted:
        i -= 1
    low, high = table[m, i + 1, column], table[m, i, column]
    if high <= wanted:
        return 0.0
    return min(u, i + 1 - (wanted - low) / (high - low))


@njit(**INLINED)
def place_of_sum_near(table, m, near, column, wanted):
    """The place at which a sum that grows as energy is lost has reached a value, sought from a place near it."""
    i = int(near)
    while i > 0 and table[m, i, column] < wanted:
        i -= 1
    while i < table.shape[1] - 2 and table[m, i + 1, column] > wanted:
        i += 1
    low, high = table[m, i + 1, column], table[m, i, column]
    return i + 1 - (wanted - low) / (high - low)


@njit(**INLINED)
def turned(dx, dy, dz, mu, phi):
    """A direction after a deflection by cos = mu and an azimuth."""
    return turned_by(dx, dy, dz, mu, math.cos(phi), math.sin(phi))


@njit(**INLINED)
def turned_at_random(dx, dy, dz, mu, state):
    """A direction after a deflection by cos = mu and any azimuth, drawn without trigonometry (von Neumann)."""
    while True:
        a, b = 2.0 * uniform(state) - 1.0, 2.0 * uniform(state) - 1.0
        square = a * a + b * b
        if 1e-12 < square <= 1.0:
            break
    return turned_by(dx, dy, dz, mu, (a * a - b * b) / square, 2.0 * a * b / square)


@njit(**INLINED)
def turned_by(dx, dy, dz, mu, c, s):
    """A direction after a deflection by cos = mu and the azimuth of cosine c and sine s."""
    sine = math.sqrt(max(0.0, 1.0 - mu * mu))
    across = dx * dx + dy * dy
    if across < 1e-20:
        up = 1.0 if dz > 0 else -1.0
        return sine * c, sine * s, mu * up
    root = math.sqrt(across)
    nx = dx * mu + sine * (dx * dz * c - dy * s) / root
    ny = dy * mu + sine * (dy * dz * c + dx * s) / root
    nz = dz * mu - sine * root * c
    return nx, ny, nz


@njit(**INLINED)
def isotropic(state):
    """A random direction."""
    mu = 2.0 * uniform(state) - 1.0
    phi = 2.0 * math.pi * uniform(state)
    sine = math.sqrt(max(0.0, 1.0 - mu * mu))
    return sine * math.cos(phi), sine * math.sin(phi), mu


@njit(**INLINED)
def push(stack, count, kind, x, y, z, dx, dy, dz, energy, weight):
    """Put a particle on the stack; gives how many wait. A full stack loses nothing: the caller deposits."""
    row = stack[count]
    row[KIND], row[X], row[Y], row[Z] = kind, x, y, z
    row[DX], row[DY], row[DZ], row[LEFT_MEV], row[WEIGHT] = dx, dy, dz, energy, weight
    return count + 1


def add(tally, place, amount):
    """Add to one place of a tally: here of one that this thread alone holds, in `gpu` of one that threads share."""
    tally[place] += amount


@overload(add, target="cpu")
def _add(tally, place, amount):
    return add


@njit(**INLINED)
def deposit(tally, radial, shells, voxel, x, y, z, energy):
    """Add energy to the voxel, or to the spherical shell that a point lies in: even inside, growing outside."""
    if radial:
        fine_cm, fines, log_ratio = shells[0], shells[1], shells[2]
        r = math.sqrt(x * x + y * y + z * z)
        inside = fine_cm * fines
        shell = int(r / fine_cm) if r < inside else int(fines) + int(math.log(r / inside) / log_ratio)
        add(tally, min(shell, tally.size - 1), energy)
    else:
        add(tally, voxel, energy)
