"""Random numbers of a history: a stream that depends on the seed and the number of the history alone.

SplitMix64 (Steele, Lea and Flood 2014): the state advances by an odd constant and is mixed. Start and constant of each
stream are mixed from the seed and the number of the history, so that the dose does not depend on how histories are
shared among threads.
"""

# Compiled by numba, which infers the types; arguments carry no annotations.
# pyright: basic

from __future__ import annotations

import numpy as np
from numba import njit

from nelm.physics.transport.compiled import INLINED, PLAIN

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
ONE = np.uint64(1)
S30, S27, S31, S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
UNIT = 1.0 / 4503599627370496.0
"""2^-52: half a step above 0 and below 1 can be written exactly."""


@njit(**INLINED)
def mixed(value):
    """A number of 64 bits, scrambled."""
    value = (value ^ (value >> S30)) * FIRST
    value = (value ^ (value >> S27)) * SECOND
    return value ^ (value >> S31)


@njit(**PLAIN)
def start_stream(state, seed, history):
    """Begin the stream of one history in `state` (2,)."""
    begin = mixed(np.uint64(seed) * GOLDEN + np.uint64(history))
    state[0] = mixed(begin + GOLDEN)
    state[1] = mixed(begin ^ SECOND) | ONE


@njit(**INLINED)
def uniform(state):
    """The next number of a stream, in (0, 1)."""
    state[0] += state[1]
    return (np.float64(mixed(state[0]) >> S12) + 0.5) * UNIT
