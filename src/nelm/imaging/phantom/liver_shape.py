"""The liver by formula: under the diaphragm, above the visceral surface, and its eight Couinaud segments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.imaging.phantom.shapes import (
    Floats,
    Points,
    Shape,
    Waves,
    capsule,
    common_to,
    ellipse,
    ellipsoid,
    joined,
    sigmoid,
    tube,
    without,
)
from nelm.volume.grid import Triple

GALLBLADDER_BED_MM = 1.5
"""Wall and bed between bile and liver."""
CAVA = (-24.0, 20.0)
"""Where the cava passes the liver (x, y)."""
CAVA_RADIUS_MM = 11.0
PORTAL_LEVEL_MM = -4.0
"""Height of the division of the right portal vein: 7 and 8 lie above, 5 and 6 below."""
CAUDATE = 1


@dataclass(frozen=True, slots=True)
class LiverForm:
    """What differs from one liver to the next.

    Parameters
    ----------
    dome : Height of the right dome of the diaphragm above its middle [mm].
    lower_edge : How much deeper than usual the right lobe reaches [mm].
    left_tip : x of the tip of the left lobe [mm].
    cantlie, right_scissura, umbilical : Directions (x, y) from the cava along the three vertical scissurae.
    surface : Waves that make the surface uneven.
    unevenness : Their amplitude [mm].
    """

    dome: float
    lower_edge: float
    left_tip: float
    cantlie: tuple[float, float]
    right_scissura: tuple[float, float]
    umbilical: tuple[float, float]
    surface: Waves
    unevenness: float = 1.2

    @classmethod
    def random(cls, rng: np.random.Generator) -> LiverForm:
        """A form with the variation between people (invented, plausible)."""
        dome, edge, tip = rng.uniform(98, 108), rng.uniform(-12, 10), rng.uniform(72, 96)
        turns = rng.normal(0, 0.02, size=3)
        return cls(
            dome=float(dome),
            lower_edge=float(edge),
            left_tip=float(tip),
            cantlie=_turned((-0.2, -0.98), turns[0]),
            right_scissura=_turned((-0.912, -0.41), turns[1]),
            umbilical=_turned((0.40, -0.917), turns[2]),
            surface=Waves.random(rng, wavelength_mm=70, count=4),
        )


def _turned(direction: tuple[float, float], angle: float) -> tuple[float, float]:
    """A direction in the axial plane, turned by an angle [rad] and of length 1."""
    x, y = direction
    turned = complex(x, y) * complex(np.cos(angle), np.sin(angle)) / abs(complex(x, y))
    return turned.real, turned.imag


def under_diaphragm(p: Points, form: LiverForm) -> Floats:
    """Distance from the lower face of the diaphragm: two domes and the bed of the heart between them."""
    right = _dome(p, (-70, 2, -30), (72, 90, form.dome))
    left = _dome(p, (72, 5, -30), (72, 85, form.dome - 13))
    middle = _dome(p, (0, -15, -30), (85, 75, form.dome - 23))
    return joined(joined(right, middle, 12), left, 12)


def _dome(p: Points, centre: Triple, radii: Triple) -> Floats:
    """Distance from an ellipsoid that continues downwards as a cylinder."""
    return ellipsoid(Points(p.x, p.y, np.maximum(p.z, centre[2])), centre, radii)


def gallbladder(p: Points) -> Floats:
    """Distance from the gallbladder: a pear below the main scissura, its neck at the hilum."""
    return tube(p, ((-41, -62, -52), (-38, -48, -38), (-33, -30, -22)), (13, 12, 4))


def cava(p: Points) -> Floats:
    """Distance from the inferior vena cava, up to the right atrium."""
    x, y = CAVA
    path = (
        (-20, 22, -400),
        (-22, 22, -80),
        (x, y, -20),
        (x, y, 40),
        (x + 6, y - 12, 75),
        (x + 14, y - 30, 95),
    )
    r = CAVA_RADIUS_MM
    return tube(p, path, (r - 1, r - 1, r, r + 1, r + 1, r + 2))


def liver_field(p: Points, form: LiverForm, cavity: Floats, *, beside: Floats) -> Floats:
    """Distance from the surface of the liver [mm].

    Parameters
    ----------
    cavity : Distance from the inner face of the body wall at the same points.
    beside : Distance from the organs that press into the liver (kidney, stomach, spine).
    """
    top = common_to(under_diaphragm(p, form) + 2.5, cavity + 2.5, 8)
    body = common_to(top, _visceral(p, form), 9)
    body = common_to(body, _behind(p), 14)
    body = common_to(body, (p.x - form.left_tip) * 0.9 + 0.004 * (p.y + 60) ** 2, 25)
    body = without(body, gallbladder(p) - GALLBLADDER_BED_MM, 4)
    body = without(body, cava(p) - 1.0, 3)
    body = without(body, capsule(p, ((-44, -4, -17), (-4, -22, -6)), (8, 5)), 6)
    body = without(body, capsule(p, ((9, -110, -25), (8, -68, 6)), (5, 2)), 4)
    body = without(body, beside - 3.0, 8)
    return body + form.unevenness * form.surface.at(p)


def _visceral(p: Points, form: LiverForm) -> Floats:
    """Distance from the visceral surface: low on the right, rising to the left, the front edge lowest."""
    rise = sigmoid((p.x + 40) / 28)
    climb = 102 + form.lower_edge
    height = -92 - form.lower_edge + climb * rise + 0.22 * np.minimum(p.y, 0)
    slope = climb * rise * (1 - rise) / 28
    return (height - p.z) / np.sqrt(1.05 + slope**2)


def _behind(p: Points) -> Floats:
    """Distance from the posterior face: far back on the right, in front of the stomach on the left."""
    fall = sigmoid(-(p.x + 8) / 20)
    return (p.y - (-27 + 114 * fall)) / np.sqrt(1 + (114 * fall * (1 - fall) / 20) ** 2)


LIVER_BOX = Shape(lambda p: p.x, (-150.0, -100.0, -130.0), (100.0, 95.0, 90.0))
"""A box that holds every liver of this kind."""


def couinaud(p: Points, form: LiverForm) -> NDArray[np.uint8]:
    """Number of the Couinaud segment that a point of the liver belongs to, 1 to 8.

    Vertical scissurae through the cava: the main one (middle hepatic vein) parts left and right, the right one
    (right hepatic vein) anterior and posterior, the umbilical one segment 4 from 2 and 3. The level of the
    portal division parts 8 from 5 and 7 from 6; the plane of the left hepatic vein 2 from 3. The caudate lobe
    is an ellipsoid before the cava.
    """
    is_left = _side(p, form.cantlie) > 0
    is_lateral = _side(p, form.umbilical) > 0
    is_anterior = _side(p, form.right_scissura) > 0
    is_upper = p.z > PORTAL_LEVEL_MM
    is_second = (p.y + 35 - 0.16 * (p.x - 2)) + 0.5 * (p.z - 18) > 0
    before_cava = (ellipsoid(p, (-8, 14, 14), (24, 19, 36)) < 0) & (_side(p, form.cantlie) > -6)
    is_caudate = before_cava | (is_left & (p.y > 8) & (p.x < 16))
    left = np.where(is_lateral, np.where(is_second, 2, 3), 4)
    right = np.where(is_anterior, np.where(is_upper, 8, 5), np.where(is_upper, 7, 6))
    return np.where(is_caudate, CAUDATE, np.where(is_left, left, right)).astype(np.uint8)


def _side(p: Points, direction: tuple[float, float]) -> Floats:
    """Distance to the left of a vertical plane through the cava, seen along `direction` (front side: left)."""
    dx, dy = direction
    return (p.x - CAVA[0]) * -dy + (p.y - CAVA[1]) * dx


def spine(p: Points) -> Floats:
    """Distance from the vertebral bodies."""
    return ellipse(p, (0, 45), (23, 18))
