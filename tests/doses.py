"""A small made-up patient with doses: two kidneys, a liver with three lesions, a spleen, seen three times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache

import numpy as np

from nelm.dosimetry.assumptions import Assumptions, ImageQuality, Kinetics, Tissue
from nelm.dosimetry.bodies import DensityCurve
from nelm.dosimetry.regions import Region, RegionKind
from nelm.dosimetry.scans import Administration, Scan
from nelm.dosimetry.therapy import TherapyDose, therapy_dose
from nelm.imaging.registration import RigidTransform
from nelm.volume import Grid, Mask, Quantity, Volume

GRID = Grid.axial((28, 36, 44), (5, 5, 5), (-110, -90, -70))
TIMES_H = (4.0, 24.0, 96.0)
BODIES = (
    ("L1", RegionKind.LESION, (-60, -10, 20), 14, 400e3, 80),
    ("L2", RegionKind.LESION, (-40, 20, 0), 10, 900e3, 100),
    ("L3 <b>", RegionKind.LESION, (-70, 25, 15), 9, 300e3, -40),
    ("liver", RegionKind.LIVER_WITHOUT_LESIONS, (-55, 0, 15), 42, 60e3, 60),
    ("kidney_right", RegionKind.KIDNEY_RIGHT, (-50, 40, -45), 21, 150e3, 50),
    ("kidney_left", RegionKind.KIDNEY_LEFT, (50, 40, -45), 21, 160e3, 52),
    ("spleen", RegionKind.SPLEEN, (70, 30, 20), 24, 200e3, 70),
)
"""Name, kind, centre (x, y, z) and radius [mm], concentration at once [Bq/mL], half-life [h] (below zero it rises)."""
CURVE = DensityCurve((-1000, 0, 3000), (0.001, 1.0, 2.8), (-950, -150, -30, 150))


def _ball(centre: tuple[int, int, int], radius: float) -> np.ndarray:
    points = GRID.points_of(np.indices(GRID.shape).reshape(3, -1).T)
    return (np.linalg.norm(points - np.array(centre), axis=1) <= radius).reshape(GRID.shape)


def regions() -> tuple[Region, ...]:
    """Lesions before organs."""
    return tuple(Region(name, kind, Mask(_ball(at, radius), GRID)) for name, kind, at, radius, _, _ in BODIES)


def ct() -> Volume:
    """Soft tissue in an elliptic body."""
    z, y, x = np.moveaxis(
        GRID.points_of(np.indices(GRID.shape).reshape(3, -1).T).reshape(*GRID.shape, 3), -1, 0
    )[::-1]
    inside = (x / 105) ** 2 + (y / 85) ** 2 <= 1
    return Volume(
        np.where(inside & (np.abs(z) < 1e3), 40, -1000).astype(np.float32), GRID, Quantity.HOUNSFIELD
    )


def _scan(time_h: float) -> Scan:
    array = np.full(GRID.shape, 2e3, dtype=np.float32)
    for _, _, at, radius, concentration, half_life in reversed(BODIES):
        array[_ball(at, radius)] = concentration * 0.5 ** (time_h / half_life)
    return Scan(Volume(array, GRID, Quantity.ACTIVITY_CONCENTRATION), time_h, RigidTransform.identity())


@cache
def therapy() -> TherapyDose:
    """Doses by local deposition; the activity of the third lesion rises, so its dose is not known."""
    given = Administration("Lu-177", "DOTATATE", 7400.0, datetime(2026, 3, 2, 9, 30), 0.02)
    kidney = Tissue(2.6, 2.8, 0.5, 0.4)
    assumptions = Assumptions(
        Kinetics.CLEARING, ImageQuality(None, 0.0, 0.03, 0.02), CURVE, 1.5, 0.05, 0.01, 0.01, 72.0,
        tissues={kind: kidney for kind in RegionKind if "kidney" in kind.value}, engine="local",
    )  # fmt: skip
    return therapy_dose(given, [_scan(time) for time in TIMES_H], regions(), ct(), assumptions=assumptions)


def without_activity(dose: TherapyDose) -> TherapyDose:
    """The same doses with the administered activity not known."""
    bare = tuple(replace(one, dose_per_activity_gy_per_gbq=None) for one in dose.regions)
    return replace(
        dose, administration=replace(dose.administration, activity_mbq=None, at=None), regions=bare
    )
