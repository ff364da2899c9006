"""Body wall, bones, chest and the organs around the liver: one formula each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nelm.imaging.phantom.liver_shape import (
    LiverForm,
    liver_field,
    spine,
    under_diaphragm,
)
from nelm.imaging.phantom.shapes import (
    Floats,
    Points,
    capsule,
    common_to,
    ellipse,
    ellipsoid,
    joined,
    tube,
    without,
)
from nelm.volume.grid import Triple

VERTEBRA_MM, DISC_MM = 34.0, 7.0
RIB_STEP_MM = 27.0


@dataclass(frozen=True, slots=True, eq=False)
class Build:
    """What differs from one body to the next.

    Parameters
    ----------
    half_width, half_depth : Of the trunk [mm].
    fat : Thickness of the subcutaneous fat [mm].
    spleen, kidney_left, kidney_right, stomach : Displacements (x, y, z) from the usual place [mm].
    spleen_size : Factor on the radii of the spleen.
    liver : Form of the liver.
    bowel_phase : Where the loops of the small bowel lie [rad].
    """

    half_width: float
    half_depth: float
    fat: float
    spleen: Triple
    kidney_left: Triple
    kidney_right: Triple
    stomach: Triple
    spleen_size: float
    liver: LiverForm
    bowel_phase: float

    @classmethod
    def random(cls, rng: np.random.Generator) -> Build:
        """A body with the variation between people (invented, plausible)."""

        def shift() -> Triple:
            x, y, z = rng.normal(0, 2.5, size=3).clip(-5, 5).tolist()
            return x, y, z

        return cls(
            half_width=float(rng.uniform(170, 180)),
            half_depth=float(rng.uniform(112, 118)),
            fat=float(rng.uniform(12, 18)),
            spleen=shift(),
            kidney_left=shift(),
            kidney_right=shift(),
            stomach=shift(),
            spleen_size=float(rng.uniform(0.9, 1.1)),
            liver=LiverForm.random(rng),
            bowel_phase=float(rng.uniform(0, 2 * np.pi)),
        )


def trunk(p: Points, build: Build) -> Floats:
    """Distance from the skin; the back is flatter than the belly, with a groove over the spine."""
    flat = Points(p.x, np.where(p.y > 0, p.y * 1.08, p.y), p.z)
    widest = build.half_width + 4 * np.cos(p.z / 70)
    body = ellipse(
        Points(flat.x / widest * build.half_width, flat.y, p.z), (0, 0), (build.half_width, build.half_depth)
    )
    return body + 5 * np.exp(-((p.x / 16) ** 2)) * (p.y > 0)


def cavity(p: Points, build: Build) -> Floats:
    """Distance from the inner face of the body wall."""
    inner = (build.half_width - build.fat - 15, build.half_depth - build.fat - 13)
    return ellipse(p, (0, -1), inner)


def liver(p: Points, build: Build) -> Floats:
    """Distance from the surface of the liver."""
    beside = joined(joined(kidney_right(p, build), stomach(p, build) - 2, 4), spine(p) - 7, 6)
    return liver_field(p, build.liver, cavity(p, build), beside=beside)


def _moved(centre: Triple, shift: Triple) -> Triple:
    """A point displaced."""
    x, y, z = (a + b for a, b in zip(centre, shift, strict=True))
    return x, y, z


def kidney_left(p: Points, build: Build) -> Floats:
    """Distance from the left kidney."""
    return _kidney(p, _moved((64, 44, -58), build.kidney_left), 1)


def kidney_right(p: Points, build: Build) -> Floats:
    """Distance from the right kidney."""
    return _kidney(p, _moved((-60, 46, -78), build.kidney_right), -1)


def _kidney(p: Points, centre: Triple, side: int) -> Floats:
    """Distance from a kidney; `side` is +1 on the left, -1 on the right. It leans outwards below."""
    x, y, z = centre
    lean = Points((p.x - side * 0.18 * -(p.z - z)), p.y, p.z)
    body = ellipsoid(lean, centre, (26, 24, 56))
    return without(body, ellipsoid(lean, (x - side * 25, y - 8, z), (12, 12, 17)), 6)


def stomach(p: Points, build: Build) -> Floats:
    """Distance from the stomach: fundus, body and antrum, the liver's form not asked."""
    centre = np.array(build.stomach)
    path = np.array([[72, 26, 34], [84, 0, 2], [60, -44, -36], [18, -54, -50], [-10, -40, -44]]) + centre
    return tube(p, path.tolist(), (32, 29, 23, 19, 13))


def spleen(p: Points, build: Build) -> Floats:
    """Distance from the spleen: below the left dome, hollowed by stomach and kidney."""
    x, y, z = _moved((112, 36, 8), build.spleen)
    radii = tuple(build.spleen_size * r for r in (36, 52, 60))
    tilted = Points(p.x, p.y - 0.2 * (p.z - z), p.z)
    body = ellipsoid(tilted, (x, y, z), radii)
    body = common_to(body, common_to(under_diaphragm(p, build.liver) + 3, cavity(p, build) + 3, 6), 6)
    return without(body, joined(kidney_left(p, build), stomach(p, build), 5) - 3, 6)


def lungs(p: Points, build: Build) -> Floats:
    """Distance from the lungs: above the diaphragm, beside heart and mediastinum."""
    chest = common_to(cavity(p, build) - 2, -(under_diaphragm(p, build.liver) - 2.5), 3)
    middle = joined(heart(p), ellipse(p, (0, 10), (30, 34)), 12)
    behind = joined(joined(middle, spine(p), 6), _back(p), 6)
    return common_to(common_to(chest, -(behind - 2), 6), -75 - p.z, 6)


def heart(p: Points) -> Floats:
    """Distance from the heart on its bed."""
    return ellipsoid(p, (22, -32, 118), (66, 48, 60))


def muscles(p: Points, build: Build) -> Floats:
    """Distance from the muscles of the wall and the back; the cavity is drawn over them."""
    return trunk(p, build) + build.fat


def fat_inside(p: Points, build: Build) -> Floats:
    """Distance from the fat of the abdominal cavity, the muscles of the back left out."""
    behind = joined(_back(p), joined(psoas(p, -1), psoas(p, 1), 2), 4)
    return common_to(cavity(p, build), -joined(behind, crura(p), 2), 4)


def _back(p: Points) -> Floats:
    """Distance from the muscles of the back and the spine before them."""
    return joined(spine(p) - 4, (np.abs(p.x) * 0.45 + 56 - p.y) / 1.1, 18)


def psoas(p: Points, side: int) -> Floats:
    """Distance from a psoas muscle."""
    path = ((side * 26, 44, -50), (side * 36, 42, -120), (side * 55, 20, -260), (side * 70, -10, -400))
    return tube(p, path, (6, 19, 21, 18))


def crura(p: Points) -> Floats:
    """Distance from the crura of the diaphragm beside the aorta."""
    return tube(p, ((-8, 24, -70), (-12, 18, 10), (-14, 10, 60)), (3, 5, 5))


def diaphragm(p: Points, build: Build) -> Floats:
    """Distance from the sheet of the diaphragm."""
    sheet = np.abs(under_diaphragm(p, build.liver)) - 2.0
    return common_to(common_to(sheet, cavity(p, build) - 1, 2), -30 - p.z, 2)


def vertebrae(p: Points) -> Floats:
    """Distance from vertebral bodies, arches and processes; discs are left out."""
    height = np.mod(p.z, VERTEBRA_MM) - VERTEBRA_MM / 2
    bodies = common_to(spine(p), np.abs(height) - (VERTEBRA_MM - DISC_MM) / 2, 3)
    level = Points(p.x, p.y, height)
    ring = np.abs(ellipse(p, (0, 69), (13, 11))) - 3.5
    arch = common_to(ring, np.abs(height + 2) - 11, 3)
    spinous = capsule(level, ((0, 80, -2), (0, 98, -8)), (4.5, 4))
    across = capsule(Points(np.abs(p.x), p.y, height), ((14, 66, 2), (38, 74, 3)), (5, 4))
    canal = ellipse(p, (0, 69), (9, 7.5))
    return without(joined(joined(bodies, arch, 2), joined(spinous, across, 3), 3), canal, 1)


def discs(p: Points) -> Floats:
    """Distance from the column of discs; the vertebrae are drawn over it."""
    return spine(p) + 1


def ribs(p: Points, build: Build) -> Floats:
    """Distance from the ribs: bands in the wall that slope down to the front."""
    wall = cavity(p, build) - 7
    around = np.arctan2(np.abs(p.x) / build.half_width, (p.y + 4) / build.half_depth)
    height = p.z + 62 * np.sin(np.minimum(around, 2.0) * 0.7) ** 2 * 2 - 60
    number = np.round(height / RIB_STEP_MM)
    beside = height - number * RIB_STEP_MM
    band = (np.sqrt((wall / 4.0) ** 2 + (beside / 6.5) ** 2) - 1) * 4.0
    reach = np.clip(1.15 + 0.3 * (number + 3), 0.0, 2.1)
    ends = np.maximum(around - reach, 0.32 - around) * 110
    return common_to(common_to(band, ends, 4), -3.4 - number, 0.1)


def pelvis(p: Points) -> Floats:
    """Distance from the wings of the ilium and the sacrum."""
    mirrored = Points(np.abs(p.x), p.y, p.z)
    wing = np.abs(ellipsoid(mirrored, (150, -10, -235), (85, 95, 85))) - 5
    wing = common_to(wing, ellipsoid(mirrored, (98, 30, -225), (38, 62, 70)), 4)
    sacrum = tube(p, ((0, 56, -205), (0, 72, -250), (0, 80, -300)), (25, 22, 12))
    return joined(wing, common_to(sacrum, p.z + 200, 4), 3)


def pancreas(p: Points) -> Floats:
    """Distance from the pancreas."""
    path = ((-20, 2, -72), (-14, -6, -56), (14, -16, -44), (46, -4, -30), (82, 16, -14))
    return tube(p, path, (12, 13, 9, 9, 7))


def small_bowel(p: Points, build: Build) -> Floats:
    """Distance from the small bowel: one tube on a winding path before the great vessels."""
    turns = np.linspace(0, 1, 46)
    angle = 2 * np.pi * 6.5 * turns + build.bowel_phase
    x = 62 * np.sin(angle) + 14 * np.sin(2.3 * angle)
    y = -42 + 20 * np.cos(1.7 * angle)
    z = -92 - 190 * turns + 12 * np.cos(2.9 * angle)
    path = np.stack([x, y, z], axis=1).tolist()
    return common_to(tube(p, path, [12.0] * len(path)), cavity(p, build) + 3, 3)


def colon(p: Points, build: Build) -> Floats:
    """Distance from the colon: ascending, transverse and descending, with haustra."""
    path = (
        (-112, 30, -260), (-114, 34, -150), (-104, 2, -112), (-62, -62, -106), (0, -78, -118),
        (62, -70, -92), (112, -14, -58), (116, 36, -110), (116, 30, -220), (96, 10, -300),
    )  # fmt: skip
    haustra = 2.0 * np.sin(p.z / 6.5) + 2.0 * np.sin(p.x / 6.5)
    body = tube(p, path, (24, 24, 22, 20, 19, 18, 17, 16, 16, 16)) + haustra
    return common_to(body, cavity(p, build) + 3, 3)


def colon_gas(p: Points, build: Build) -> Floats:
    """Distance from the gas in front in the transverse colon (the patient lies on the back)."""
    return common_to(colon(p, build) + 3.0, p.y + 68, 1.5)


def stomach_gas(p: Points, build: Build) -> Floats:
    """Distance from the gas in front in the stomach."""
    return common_to(stomach(p, build) + 4.0, p.y + 46, 1.5)


def sinus_left(p: Points, build: Build) -> Floats:
    """Distance from the fat and the pelvis in the left kidney."""
    x, y, z = _moved((64, 44, -58), build.kidney_left)
    return ellipsoid(p, (x - 10, y - 3, z), (12, 9, 24))


def sinus_right(p: Points, build: Build) -> Floats:
    """Distance from the fat and the pelvis in the right kidney."""
    x, y, z = _moved((-60, 46, -78), build.kidney_right)
    return ellipsoid(p, (x + 10, y - 3, z), (12, 9, 24))


def canal(p: Points) -> Floats:
    """Distance from the spinal canal."""
    return ellipse(p, (0, 69), (8.5, 7))


def bladder(p: Points) -> Floats:
    """Distance from the urinary bladder."""
    return ellipsoid(p, (0, -20, -312), (46, 36, 34))


def heart_below_chest(p: Points, build: Build) -> Floats:
    """Distance from the heart inside the chest, above the diaphragm."""
    chest = common_to(cavity(p, build) + 4, -(under_diaphragm(p, build.liver) - 3), 4)
    return common_to(heart(p), chest, 6)
