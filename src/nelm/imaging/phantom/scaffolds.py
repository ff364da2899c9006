"""The named trunks that every liver has: portal branches by Couinaud, hepatic veins in the scissurae."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nelm.imaging.phantom.liver_shape import LiverForm
from nelm.volume.grid import Triple

RIGHT, MIDDLE, LEFT = 1, 2, 3
"""Labels of the hepatic veins."""
WANDER_MM = 1.2


@dataclass(frozen=True, slots=True)
class Trunk:
    """A trunk of a tree.

    Parameters
    ----------
    points : Centreline from its start; the start is a point of another trunk, or the root [mm].
    label : Couinaud segment or hepatic vein; 0 when it supplies several segments.
    radius_mm : What it will have at most.
    is_essential : Whether lesions keep clear of it; others yield to lesions.
    """

    points: tuple[Triple, ...]
    label: int
    radius_mm: float
    is_essential: bool = False


HILUM: Triple = (-28, -12, -8)
_RIGHT: Triple = (-50, 1, -2)
_LEFT: Triple = (2, -32, 10)
_CAUDATE: Triple = (-12, -20, 0)
_UMBILICAL: Triple = (9, -58, 13)
_ANTERIOR: Triple = (-68, -24, 6)
_POSTERIOR: Triple = (-76, 20, -2)
CONFLUENCE: Triple = (2, -4, -46)

PORTAL = (
    Trunk((CONFLUENCE, (-12, -8, -28), HILUM), 0, 6.5, True),
    Trunk((HILUM, (-40, -5, -4), _RIGHT), 0, 5.5, True),
    Trunk((HILUM, _CAUDATE, _LEFT), 0, 5, True),
    Trunk((_LEFT, (6, -46, 14), _UMBILICAL), 0, 4.5),
    Trunk((_RIGHT, (-62, -14, 2), _ANTERIOR), 0, 4.5),
    Trunk((_RIGHT, (-64, 12, -2), _POSTERIOR), 0, 4.5),
    Trunk((_CAUDATE, (-12, -4, 8), (-12, 8, 16)), 1, 2),
    Trunk((_LEFT, (14, -24, 14), (28, -21, 18)), 2, 2.5),
    Trunk((_UMBILICAL, (24, -60, 14), (36, -58, 16)), 3, 2.5),
    Trunk((_UMBILICAL, (-6, -60, 12), (-18, -60, 4)), 4, 3),
    Trunk((_ANTERIOR, (-72, -36, -14), (-74, -46, -36)), 5, 3.5),
    Trunk((_POSTERIOR, (-92, 30, -22), (-98, 26, -48)), 6, 3.5),
    Trunk((_POSTERIOR, (-90, 32, 14), (-98, 36, 30)), 7, 3.5),
    Trunk((_ANTERIOR, (-70, -24, 26), (-72, -22, 42)), 8, 3.5),
)
HEPATIC = (
    Trunk(((-34, 18, 36), (-42, 12, 35), (-58, 5, 32)), RIGHT, 5, True),
    Trunk(((-58, 5, 32), (-78, -5, 14), (-94, -12, -8), (-104, -16, -30)), RIGHT, 4.5),
    Trunk(((-27, 9, 39), (-28, 0, 34), (-31, -14, 28)), MIDDLE, 4.5, True),
    Trunk(((-31, -14, 28), (-34, -30, 15), (-37, -44, -2), (-38, -48, -10)), MIDDLE, 4),
    Trunk(((-16, 12, 40), (-8, 0, 34), (6, -14, 32)), LEFT, 4, True),
    Trunk(((6, -14, 32), (22, -24, 30), (38, -34, 28), (48, -40, 26)), LEFT, 3.5),
)


def placed(trunks: tuple[Trunk, ...], form: LiverForm, rng: np.random.Generator) -> tuple[Trunk, ...]:
    """Trunks of one liver: every point a little displaced, equal points alike, the tip of the left lobe heeded."""
    moved: dict[Triple, Triple] = {}
    for trunk in trunks:
        for point in trunk.points:
            if point not in moved:
                moved[point] = _displaced(point, form, rng)
    return tuple(replace(trunk, points=tuple(moved[point] for point in trunk.points)) for trunk in trunks)


def _displaced(point: Triple, form: LiverForm, rng: np.random.Generator) -> Triple:
    """A point displaced at random; far to the left it follows the size of the left lobe."""
    x, y, z = (np.array(point) + rng.normal(0, WANDER_MM, size=3).clip(-2, 2)).tolist()
    reach = min(1.0, (form.left_tip - 30) / 55)
    return (x * reach if x > 0 else x), y, z


def sticks(trunks: tuple[Trunk, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Starts (n, 3), ends (n, 3) and radii (n,) of the straight parts of trunks."""
    parts = [
        (a, b, trunk.radius_mm)
        for trunk in trunks
        for a, b in zip(trunk.points, trunk.points[1:], strict=False)
    ]
    starts, ends, radii = zip(*parts, strict=True)
    return np.array(starts, dtype=float), np.array(ends, dtype=float), np.array(radii, dtype=float)
