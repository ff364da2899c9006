"""What a part of the liver is called: by the Couinaud segments that it is made of and that it covers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from nelm.imaging.liver.location import LEFT, RIGHT

WHOLE_SHARE = 0.95
"""Share of the liver from which a part is the whole liver."""
ONE_SIDE = 0.8
"""Share of a part that lies in one lobe, or in one section, for it to belong there."""
LOBE_SHARE, SECTION_SHARE, SEGMENT_SHARE = 0.75, 0.6, 0.5
"""Share of a lobe, section or segment that a part covers to bear its name."""
COUNTS_FROM = 0.15
"""Share of a part in a segment from which the segment is named."""


class Level(StrEnum):
    """How selective a catheter position is."""

    WHOLE = "whole liver"
    LOBAR = "lobar"
    SECTIONAL = "sectional"
    SEGMENTAL = "segmental"
    SUBSEGMENTAL = "subsegmental"


class Lobe(StrEnum):
    """On which side of the liver something lies."""

    RIGHT = "right"
    LEFT = "left"
    CAUDATE = "caudate"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Place:
    """Name, selectivity and side of a part of the liver."""

    name: str
    level: Level
    lobe: Lobe


SECTIONS = (
    ("right anterior section", frozenset({5, 8})),
    ("right posterior section", frozenset({6, 7})),
    ("left lateral section", frozenset({2, 3})),
)

STAND_INS: tuple[tuple[Place, frozenset[int]], ...] = (
    (Place("whole liver", Level.WHOLE, Lobe.BOTH), frozenset(range(1, 9))),
    (Place("right lobe", Level.LOBAR, Lobe.RIGHT), RIGHT),
    (Place("left lobe", Level.LOBAR, Lobe.LEFT), LEFT),
    *((Place(name, Level.SECTIONAL, Lobe(name.split()[0])), part) for name, part in SECTIONS),
    *((Place(f"segment {n}", Level.SEGMENTAL, Lobe.RIGHT if n in RIGHT else Lobe.LEFT), frozenset({n}))
      for n in range(2, 9)),
    (Place("segment 1", Level.SEGMENTAL, Lobe.CAUDATE), frozenset({1})),
)  # fmt: skip
"""Parts of the liver by their segments, the largest first; segment 1 is in no lobe."""


def named_place(region: NDArray[np.bool_], labels: NDArray[np.uint8]) -> Place:
    """What a region is called.

    Parameters
    ----------
    region : Part of the liver.
    labels : Couinaud segments, 1 to 8, 0 outside.
    """
    own = np.bincount(labels[region], minlength=9)[:9].astype(np.float64)
    every = np.maximum(np.bincount(labels.ravel(), minlength=9)[:9], 1).astype(np.float64)
    own[0], every[0] = 0.0, 0.0
    total = max(own.sum(), 1.0)

    def of(part: frozenset[int]) -> float:
        return float(own[list(part)].sum() / total)

    def covered(part: frozenset[int]) -> float:
        return float(own[list(part)].sum() / every[list(part)].sum())

    lobe = _lobe(of(RIGHT), of(LEFT), of(frozenset({1})))
    if own.sum() >= WHOLE_SHARE * every.sum():
        return Place("whole liver", Level.WHOLE, Lobe.BOTH)
    for name, part in (("right lobe", RIGHT), ("left lobe", LEFT)):
        if of(part) >= ONE_SIDE and covered(part) >= LOBE_SHARE:
            return Place(name, Level.LOBAR, lobe)
    for name, part in SECTIONS:
        if of(part) >= ONE_SIDE and covered(part) >= SECTION_SHARE:
            return Place(name, Level.SECTIONAL, lobe)
    return _by_segments(own / total, own / np.maximum(every, 1), lobe)


def _lobe(right: float, left: float, caudate: float) -> Lobe:
    for lobe, share in ((Lobe.RIGHT, right), (Lobe.LEFT, left), (Lobe.CAUDATE, caudate)):
        if share >= ONE_SIDE:
            return lobe
    return Lobe.BOTH


def _by_segments(made_of: NDArray[np.float64], covered: NDArray[np.float64], lobe: Lobe) -> Place:
    """Named by the segments that count."""
    segments = [number for number in range(1, 9) if made_of[number] >= COUNTS_FROM]
    segments = segments or [int(made_of.argmax())]
    listed = "/".join(map(str, segments))
    if len(segments) > 2 and lobe is Lobe.BOTH:
        return Place(f"segments {listed}, both lobes", Level.LOBAR, lobe)
    if len(segments) > 1:
        return Place(f"segments {listed}", Level.SEGMENTAL, lobe)
    if covered[segments[0]] >= SEGMENT_SHARE:
        return Place(f"segment {listed}", Level.SEGMENTAL, lobe)
    return Place(f"part of segment {listed}", Level.SUBSEGMENTAL, lobe)
