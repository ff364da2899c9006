"""The steps in plain NumPy: what `compiled` does, a whole array at a time. Slow, and the measure of the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nelm.physics.bioheat.conduction import Conduction, Cuts, Edge
from nelm.physics.bioheat.death import LOWEST_C, PER_DEGREE, three_state_step
from nelm.physics.bioheat.march import Fields, March

Array = NDArray[np.float64]
WHOLE, LAST = 2.0, 1.0
"""Half steps of perfusion and source in a step: the last one stops in the middle of the pair."""


def march(fields: Fields, conduction: Conduction, how: March) -> None:
    """Carry fields forward in place; see `march.March` for the scheme. Time is steps x voxels, some 30 arrays."""
    pace = how.step_s / how.heat_capacity
    decay, gain = how.decay.copy(), how.gain.copy()
    theta = _reacted(fields.theta.astype(np.float64), decay, gain, how.cap_k)
    for step in range(how.steps):
        is_last = step == how.steps - 1
        before, reaction = theta, _at_edge(conduction.edge, decay, gain)
        for axis in (0, 1, 2):
            theta = _swept(theta, conduction.faces[axis], conduction.cuts[axis], pace)
        theta = _reacted(theta, decay, gain, how.cap_k)
        np.maximum(fields.peak, theta, out=fields.peak)
        if step % 2 == 0:
            _harmed(fields, theta, how)
            _ended(fields, decay, gain, how)
        if not is_last:
            theta = _reacted(theta, decay, gain, how.cap_k)
        share = LAST if is_last else WHOLE
        _relaxed(
            before,
            theta,
            conduction.edge,
            pace,
            reaction=(share * reaction[0], share * reaction[1], how.cap_k),
        )
    fields.theta[...] = theta


def _at_edge(edge: Edge, decay: Array, gain: Array) -> tuple[Array, Array]:
    """Perfusion and source of a half step in the voxels next to walls: exponent, and gain without perfusion [K]."""
    left, gained = decay.ravel()[edge.at], gain.ravel()[edge.at]
    exponent = -np.log(left)
    return exponent, np.where(left < 1, gained * exponent / np.where(left < 1, 1 - left, 1), gained)


def _relaxed(
    before: Array, theta: Array, edge: Edge, pace: Array, *, reaction: tuple[Array, Array, float]
) -> None:
    """Voxels next to walls after a step, in place: exact while their neighbours change linearly."""
    paced = edge.values * pace.ravel()[edge.at][:, None]
    exponent, gained, cap = reaction
    rate = paced[:, :7].sum(axis=1) + exponent
    first, second = relaxation(rate)
    flows = [_towards(field, edge, paced) + gained for field in (before, theta)]
    new = (1 - rate * first) * before.ravel()[edge.at] + first * flows[0] + second * (flows[1] - flows[0])
    theta.ravel()[edge.at] = np.minimum(new, cap)


def relaxation(rate: Array) -> tuple[Array, Array]:
    """(1 - e^-z) / z and (1 - that) / z."""
    first = -np.expm1(-rate) / rate
    return first, (1 - first) / rate


def _towards(theta: Array, edge: Edge, paced: Array) -> Array:
    """What neighbours and walls pull the voxels next to walls towards."""
    padded = np.pad(theta, 1)
    places = np.array(np.unravel_index(edge.at, theta.shape)) + 1
    found = paced[:, 7].copy()
    for axis in range(3):
        for side in (0, 1):
            beside = places.copy()
            beside[axis] += 2 * side - 1
            found += paced[:, 2 * axis + side] * padded[tuple(beside)]
    return found


def _reacted(theta: Array, decay: Array, gain: Array, cap_k: float) -> Array:
    """Half a step of perfusion and source, exact for a voxel on its own, under the cap."""
    return np.minimum(theta * decay + gain, cap_k)


def _swept(theta: Array, faces: Array, cuts: Cuts, pace: Array) -> Array:
    """A step of conduction along the axis along which the faces are one more than the voxels."""
    axis = int(np.argmax(np.array(faces.shape) - np.array(theta.shape)))
    padded = np.pad(theta, [(1, 1) if one == axis else (0, 0) for one in range(3)])
    flow = faces * np.diff(padded, axis=axis)
    swept = theta + pace * np.diff(flow, axis=axis)
    places = np.unravel_index(cuts.at, theta.shape)
    beside = [list(places), list(places)]
    beside[0][axis], beside[1][axis] = places[axis], places[axis] + 2  # of the padded array
    old = theta[places]
    values = cuts.values * pace[places][:, None]
    new = (
        old
        + values[:, 0] * (padded[tuple(beside[0])] - old)
        + values[:, 1] * (padded[tuple(beside[1])] - old)
        + values[:, 3]
    )
    swept[places] = new / (1 + values[:, 2])
    return swept


def _harmed(fields: Fields, theta: Array, how: March) -> None:
    """Damage of two steps at the temperatures between them."""
    span_s = 2 * how.step_s
    place = np.clip((theta + how.body_c - LOWEST_C) * PER_DEGREE, 0, len(how.table) - 1)
    low = np.minimum(place.astype(np.int64), len(how.table) - 2)
    share = place - low
    rates = how.table[low] + share[..., None] * (how.table[low + 1] - how.table[low])
    for model in range(len(fields.doses)):
        fields.doses[model] += span_s * rates[..., model]
    alive, dead = fields.alive.astype(np.float64), fields.dead.astype(np.float64)
    three_state_step(alive, dead, rates[..., -1], backward_per_s=how.backward_per_s, step_s=span_s)
    fields.alive[...], fields.dead[...] = alive, dead


def _ended(fields: Fields, decay: Array, gain: Array, how: March) -> None:
    """No more perfusion where the model that ends it says dead."""
    if how.ending is None:
        return
    damage = fields.dead if how.ending == len(fields.doses) else fields.doses[how.ending]
    ends = (damage >= how.ending_limit) & (decay < 1) & (decay > 0)
    gain[ends] *= -np.log(decay[ends]) / (1 - decay[ends])
    decay[ends] = 1
