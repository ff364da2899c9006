"""Straight flights of an electron through one material: what is lost on the way, and in which voxel or shell.

A flight leads from a place in the tables to a lower one, or ends earlier where another material begins.
"""

# Compiled by numba, which infers the types; arguments carry no annotations.
# pyright: basic

from __future__ import annotations

from numba import njit

from nelm.physics.transport.compiled import INLINED
from nelm.physics.transport.media import ENERGY, RANGE
from nelm.physics.transport.random import uniform
from nelm.physics.transport.steps import FAR, add, at, deposit, place_of_energy, place_of_range

ARRIVED, BORDER, OUTSIDE = range(3)
"""How a flight ends: where it was to stop, at another material, out of the grid."""


@njit(**INLINED)
def cell_at(point, shape, size, radial):
    """Indices along x, y and z, and number of the voxel of a point: -1 outside, 0 in a medium without voxels."""
    x, y, z = point
    if radial:
        return 0, 0, 0, 0
    if x < 0.0 or y < 0.0 or z < 0.0:
        return 0, 0, 0, -1
    i, j, k = int(x / size[0]), int(y / size[1]), int(z / size[2])
    if i >= shape[0] or j >= shape[1] or k >= shape[2]:
        return i, j, k, -1
    return i, j, k, (k * shape[1] + j) * shape[0] + i


@njit(**INLINED)
def is_held(reach, point, cell, size):
    """Whether a voxel holds everything within a distance of a point in it.

    Where rounding has put a point behind a face of its voxel, nothing is held.
    """
    x, y, z = point[0] - cell[0] * size[0], point[1] - cell[1] * size[1], point[2] - cell[2] * size[2]
    return min(x, min(y, z)) > reach and min(size[0] - x, min(size[1] - y, size[2] - z)) > reach


@njit(**INLINED)
def slopes(direction):
    """Path per cm along x, y and z, large where a direction cosine vanishes."""
    dx, dy, dz = direction
    return (
        1.0 / dx if dx != 0.0 else FAR,
        1.0 / dy if dy != 0.0 else FAR,
        1.0 / dz if dz != 0.0 else FAR,
    )


@njit(**INLINED)
def among_shells(electrons, grid, tally, point, direction, m, u, stop, energy, weight, factor, state):
    """A flight in an endless medium, the loss given to one random point of it; gives the new point and the energy."""
    x, y, z = point
    dx, dy, dz = direction
    reach, nominal = at(electrons, m, u, RANGE), at(electrons, m, u, ENERGY)
    lost = nominal - at(electrons, m, stop, ENERGY)
    loss = min(factor * lost, energy)
    middle = place_of_energy(electrons, m, u, nominal - uniform(state) * lost)
    spot = (reach - at(electrons, m, middle, RANGE)) / grid[1][0]
    deposit(tally, True, grid[5], 0, x + spot * dx, y + spot * dy, z + spot * dz, weight * loss)
    length = (reach - at(electrons, m, stop, RANGE)) / grid[1][0]
    return (x + length * dx, y + length * dy, z + length * dz), energy - loss


@njit(**INLINED)
def through_voxels(electrons, grid, tally, point, direction, slope, cell, m, u, stop, energy, weight, factor):
    """A flight in voxels: each gets what is lost in it.

    Gives the new point and cell, the place in the tables, the energy, and how the flight ended.

    Parameters
    ----------
    slope : `slopes` of the direction.
    cell : See `cell_at`.
    u, stop : Places in the tables of material m.
    factor : What the losses of this step are multiplied by.
    """
    material, density, shape, size = grid[0], grid[1], grid[2], grid[3]
    x, y, z = point
    dx, dy, dz = direction
    fx, fy, fz = slope
    i, j, k, voxel = cell
    reach, nominal = at(electrons, m, u, RANGE), at(electrons, m, u, ENERGY)
    final = at(electrons, m, stop, RANGE)
    while True:
        rho = density[voxel]
        wx = ((i + 1 if fx > 0 else i) * size[0] - x) * fx
        wy = ((j + 1 if fy > 0 else j) * size[1] - y) * fy
        wz = ((k + 1 if fz > 0 else k) * size[2] - z) * fz
        way = max(min(wx, min(wy, wz)), 0.0)
        if reach - way * rho <= final:
            length = (reach - final) / rho
            loss = min(factor * (nominal - at(electrons, m, stop, ENERGY)), energy)
            add(tally, voxel, weight * loss)
            point = x + length * dx, y + length * dy, z + length * dz
            return point, (i, j, k, voxel), stop, energy - loss, ARRIVED
        reach -= way * rho
        u = place_of_range(electrons, m, u, reach)
        here = at(electrons, m, u, ENERGY)
        loss = min(factor * (nominal - here), energy)
        add(tally, voxel, weight * loss)
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
            return (x, y, z), (i, j, k, voxel), u, energy, OUTSIDE
        voxel = (k * shape[1] + j) * shape[0] + i
        if material[voxel] != m:
            return (x, y, z), (i, j, k, voxel), u, energy, BORDER
