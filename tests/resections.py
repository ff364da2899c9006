"""Livers by formula for tests of resections: an ellipsoid with tubes and balls, and slabs with drawn vessel trees."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from nelm.guideline.findings.body import BodyKnowledge
from nelm.imaging.lesions import lesion_of
from nelm.imaging.liver import Branch, Landmarks, VesselTree
from nelm.imaging.liver.served import ServedLiver, served_liver
from nelm.imaging.measured import LiverMeasurement, LiverRegions, measure_liver
from nelm.knowledge import load_knowledge
from nelm.therapies.surgery.knowledge import ResectionKnowledge, SurgeryKnowledge
from nelm.volume import Grid, Mask
from tests.balls import Ellipsoid, ball, mask_of

KNOWN = load_knowledge().record(ResectionKnowledge, "resection")
SURGERY = load_knowledge().record(SurgeryKnowledge, "surgery")
BODY = load_knowledge().record(BodyKnowledge, "body")

GRID = Grid.axial((70, 86, 100), (2.0, 2.0, 2.0), (-100, -86, -70))
LIVER = Ellipsoid(np.zeros(3), np.array([85.0, 65.0, 60.0]), np.eye(3))
BALLS = {
    "right": ball((-60, -15, 25), 9),
    "near": ball((-40, -32, 20), 6),
    "deep": ball((-12, 0, 0), 7),
    "left": ball((62, 5, 20), 8),
}
VESSELS = {
    "portal": (((5, 60, -66), (5, 30, -5), 6), ((5, 30, -5), (-60, -10, 0), 4.5), ((5, 30, -5), (60, -10, 5), 4.5)),
    "veins": (((10, 55, 20), (10, 55, 66), 9), ((10, 50, 45), (-35, 5, 30), 4), ((10, 50, 45), (60, 0, 30), 4),
              ((10, 50, 45), (0, -40, 30), 4)),
    "cava": (((10, 60, -68), (10, 60, 68), 10),),
}  # fmt: skip


def tubes(kind: str) -> Mask:
    """Cylinders with round ends."""
    points = GRID.points_of(np.argwhere(np.ones(GRID.shape, dtype=bool)))
    inside = np.zeros(len(points), dtype=bool)
    for first, second, radius in VESSELS[kind]:
        a, b = np.array(first, dtype=float), np.array(second, dtype=float)
        along = (b - a) / np.linalg.norm(b - a)
        t = np.clip((points - a) @ along, 0, np.linalg.norm(b - a))
        inside |= np.linalg.norm(points - a - t[:, None] * along, axis=1) <= radius
    return Mask(inside.reshape(GRID.shape), GRID)


def segment_masks() -> dict[int, Mask]:
    """Eight segments by planes across x and z, and a caudate before the cava."""
    points = GRID.points_of(np.argwhere(np.ones(GRID.shape, dtype=bool)))
    x, y, z = points.T
    right = np.where(x < -35, np.where(z > 0, 7, 6), np.where(z > 0, 8, 5))
    left = np.where(x < 35, 4, np.where(z > 0, 2, 3))
    numbers = np.where((y > 38) & (np.abs(x - 10) < 16), 1, np.where(x < 0, right, left)).reshape(GRID.shape)
    organ = LIVER.at(GRID)
    return {number: Mask((numbers == number) & organ, GRID) for number in range(1, 9)}


@cache
def measured(names: tuple[str, ...] = tuple(BALLS), *, vessels: bool = True) -> LiverMeasurement:
    """The ellipsoid with these balls as lesions, with or without its vessels."""
    regions = LiverRegions(
        mask_of([LIVER], GRID),
        tuple(lesion_of(name, mask_of([BALLS[name]], GRID)) for name in names),
        portal=tubes("portal") if vessels else None,
        veins=tubes("veins") if vessels else None,
        cava=tubes("cava") if vessels else None,
        segments=segment_masks(),
    )
    return measure_liver(regions, subcapsular_within_mm=5.0)


def slab(
    shape_mm: tuple[float, float, float], *, origin: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> Mask:
    """A block of liver of (x, y, z) mm on cubes of 2 mm with two empty layers around; the corner lies at `origin`."""
    x, y, z = (round(length / 2) for length in shape_mm)
    array = np.zeros((z + 4, y + 4, x + 4), dtype=bool)
    array[2:-2, 2:-2, 2:-2] = True
    return Mask(array, Grid.axial(array.shape, (2.0, 2.0, 2.0), tuple(part - 3.0 for part in origin)))


def line(
    first: tuple[float, ...], last: tuple[float, ...], parent: int | None, radius: float = 1.0
) -> Branch:
    """A straight branch with a point every millimetre."""
    a, b = np.array(first, dtype=float), np.array(last, dtype=float)
    count = round(float(np.linalg.norm(b - a))) + 1
    points = a + np.linspace(0, 1, count)[:, None] * (b - a)
    return Branch(points, np.full(count, radius), parent, 0, 0)


def landmarks(portal_mm: tuple[float, ...], cava_mm: tuple[float, ...]) -> Landmarks:
    """Hilum and cava at points."""
    return Landmarks(
        np.array([cava_mm]), (35.0, 80.0, 120.0), np.array(portal_mm), None, 8.0, 10.0, False, ()
    )


def served_slab(
    liver: Mask, tumour: NDArray[np.bool_], portal: VesselTree | None, veins: VesselTree | None,
    *, marks: Landmarks, error_mm: float = 1.0,
) -> ServedLiver:  # fmt: skip
    """A slab laid out."""
    return served_liver(liver, tumour, portal=portal, veins=veins, landmarks=marks, error_mm=error_mm)
