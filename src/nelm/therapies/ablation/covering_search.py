"""The fewest sets that cover everything: exact, by trying the choices of the hardest element, depth first.

Zones that cover a lesion are few (up to six), and that makes this search short: at every step one of the sets that
hold the hardest uncovered element has to be chosen; a branch ends where the sets that are left cannot hold what is
uncovered; a set that was tried need not be tried beside its later siblings. The same covers took HiGHS
(`scipy.optimize.milp`) ten to fifty seconds and take this a tenth of one; HiGHS is the oracle in
`tests/unit/test_ablation_zones.py`.
"""

# Functions compiled by numba carry no annotations.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

MOST_NODES = 200_000
"""Choices that are tried for one number of sets; then it stays undecided. A count, so that answers repeat."""
FOUND, NONE, GIVEN_UP = 1, 0, -1


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """The answer.

    Parameters
    ----------
    chosen : Places of the sets; empty where none was found.
    at_least : No smaller number does.
    is_proven : Whether the number is the smallest, or, without sets, that none up to the limit does.
    """

    chosen: NDArray[np.intp]
    at_least: int
    is_proven: bool


def fewest_sets(
    within: NDArray[np.bool_],
    clashes: NDArray[np.bool_],
    *,
    at_least: int,
    most: int,
    nodes: int = MOST_NODES,
) -> Cover:
    """The fewest columns that reach every row.

    Parameters
    ----------
    within : (elements, sets) whether a set holds an element.
    clashes : (sets, sets) pairs that may not be chosen together.
    at_least, most : Numbers of sets that are tried.
    """
    rows = _deciding(within)
    held, holders, apart = _packed(rows), _packed(rows.T), _packed(~clashes)
    everything = _packed(np.ones((len(rows), 1), dtype=bool))[0]
    free = _packed(np.ones((rows.shape[1], 1), dtype=bool))[0]
    proven = True
    for count in range(max(1, at_least), most + 1):
        chosen = np.full(count, -1, dtype=np.int64)
        state = searched(held, holders, everything, free, apart, count, nodes, chosen)
        if state == FOUND:
            return Cover(np.unique(chosen).astype(np.intp), count if proven else at_least, proven)
        if state == GIVEN_UP:
            proven = False
        elif proven:
            at_least = count + 1
    return Cover(np.empty(0, dtype=np.intp), at_least, proven)


def _deciding(within: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows that no other row implies, those with the fewest sets first.

    An element is held wherever another one is whose sets are all among its own.
    """
    rows = np.unique(within, axis=0)
    rows = rows[rows.sum(axis=1).argsort(kind="stable")]
    numbers = rows.astype(np.float32)
    shared = numbers @ numbers.T
    sizes = numbers.sum(axis=1)
    earlier = np.arange(len(rows))[:, None] < np.arange(len(rows))[None]
    implied = ((shared >= sizes[:, None]) & earlier).any(axis=0)
    return rows[~implied]


def _packed(rows: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """(columns, words) the rows that each column holds, as bits."""
    short = -len(rows) % 64
    padded = np.pad(rows, ((0, short), (0, 0))).T
    return np.ascontiguousarray(np.packbits(padded, axis=1, bitorder="little")).view(np.uint64)


@njit
def _count(word):
    """Number of ones in 64 bits."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit
def _hardest(left, free, holders):
    """The uncovered element that the fewest sets hold, and how many do."""
    chosen, fewest = -1, 1 << 30
    for element in range(holders.shape[0]):
        if not (left[element >> 6] >> np.uint64(element & 63)) & np.uint64(1):
            continue
        number = 0
        for w in range(free.size):
            number += _count(holders[element, w] & free[w])
        if number < fewest:
            chosen, fewest = element, number
            if number == 0:
                break
    return chosen, fewest


@njit
def _open(held, holders, left, free, gains, best, queue, remaining):
    """List the sets to be tried at a node, the largest gain first; how many, or 0 where what is left cannot do."""
    element, number = _hardest(left, free, holders)
    if number == 0:
        return 0
    total = 0
    for w in range(left.size):
        total += _count(left[w])
    for place in range(remaining):
        best[place] = 0
    for c in range(held.shape[0]):
        gains[c] = 0
        if (free[c >> 6] >> np.uint64(c & 63)) & np.uint64(1):
            for w in range(left.size):
                gains[c] += _count(held[c, w] & left[w])
            at = remaining - 1
            if gains[c] > best[at]:
                while at > 0 and best[at - 1] < gains[c]:
                    best[at] = best[at - 1]
                    at -= 1
                best[at] = gains[c]
    for place in range(remaining):
        total -= best[place]
    if total > 0:
        return 0
    size = 0
    for c in range(held.shape[0]):
        if (holders[element, c >> 6] & free[c >> 6]) >> np.uint64(c & 63) & np.uint64(1):
            at = size
            while at > 0 and gains[queue[at - 1]] < gains[c]:
                queue[at] = queue[at - 1]
                at -= 1
            queue[at] = c
            size += 1
    return size


@njit
def searched(held, holders, everything, free_all, apart, count, nodes, chosen):
    """Whether `count` sets cover everything; they are left in `chosen`."""
    left = np.empty((count + 1, held.shape[1]), dtype=np.uint64)
    free = np.empty((count + 1, holders.shape[1]), dtype=np.uint64)
    queue = np.empty((count + 1, held.shape[0]), dtype=np.int64)
    sizes, at = np.zeros(count + 1, dtype=np.int64), np.zeros(count + 1, dtype=np.int64)
    gains, best = np.zeros(held.shape[0], dtype=np.int64), np.zeros(count, dtype=np.int64)
    left[0], free[0] = everything, free_all
    sizes[0] = _open(held, holders, left[0], free[0], gains, best, queue[0], count)
    deep, tried = 0, 0
    while deep >= 0:
        if at[deep] >= sizes[deep]:
            deep -= 1
            continue
        tried += 1
        if tried > nodes:
            return GIVEN_UP
        c = queue[deep, at[deep]]
        at[deep] += 1
        free[deep, c >> 6] &= ~(np.uint64(1) << np.uint64(c & 63))
        chosen[deep] = c
        done = True
        for w in range(held.shape[1]):
            left[deep + 1, w] = left[deep, w] & ~held[c, w]
            done = done and left[deep + 1, w] == 0
        if done:
            for place in range(deep + 1, count):
                chosen[place] = c
            return FOUND
        if deep + 1 < count:
            for w in range(holders.shape[1]):
                free[deep + 1, w] = free[deep, w] & apart[c, w]
            deep += 1
            at[deep] = 0
            sizes[deep] = _open(held, holders, left[deep], free[deep], gains, best, queue[deep], count - deep)
    return NONE
