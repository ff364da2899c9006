"""One abdomen: its organs in the order of drawing, with what computed tomography and tracers show of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nelm.imaging.phantom import organs as forms
from nelm.imaging.phantom.liver_shape import LIVER_BOX, cava, gallbladder
from nelm.imaging.phantom.organs import Build
from nelm.imaging.phantom.shapes import Field, Floats, Points, Shape, Waves, tube
from nelm.volume import Structure
from nelm.volume.grid import Triple

LIVER = "liver"
LIVER_HU = 108.0
FAR = 260.0
FLOOR_MM, CEILING_MM = -420.0, 260.0
"""Heights between which the body is defined."""


@dataclass(frozen=True, slots=True, eq=False)
class Organ:
    """One part of the body as it is drawn; later organs are drawn over earlier ones.

    Parameters
    ----------
    name : Unique.
    structure : What a segmentation calls it; None for what nobody segments.
    shape : Where it is.
    layers : (depth below the surface [mm], attenuation [HU]), outermost first, depth 0 first.
    texture_hu : Standard deviation of the smooth texture inside [HU].
    """

    name: str
    structure: Structure | None
    shape: Shape
    layers: tuple[tuple[float, float], ...]
    texture_hu: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """An abdomen without lesions and liver vessels.

    Parameters
    ----------
    build : What makes this body differ from the next.
    organs : In the order of drawing; the last one is the liver.
    texture : Smooth random field for the texture of the tissues.
    """

    build: Build
    organs: tuple[Organ, ...]
    texture: Waves

    @property
    def liver(self) -> Organ:
        """The liver."""
        return self.organs[-1]


def abdomen(rng: np.random.Generator) -> Anatomy:
    """An abdomen with the variation between people that a generator gives."""
    build = Build.random(rng)
    organs = (*_wall(build), *_chest(build), *_belly(build), *_before_spine(build), _liver(build))
    return Anatomy(build, organs, Waves.random(rng, wavelength_mm=18, count=5))


def _with(function: Callable[[Points, Build], Floats], build: Build) -> Field:
    """A field for one build."""
    return lambda p: function(p, build)


def _box(low: Triple, high: Triple) -> Callable[[Field], Shape]:
    """Shapes in one box."""
    return lambda field: Shape(field, low, high)


_whole = _box((-FAR, -200.0, FLOOR_MM), (FAR, 220.0, CEILING_MM))
_back = _box((-80.0, 10.0, FLOOR_MM), (80.0, 130.0, CEILING_MM))


def _wall(build: Build) -> tuple[Organ, ...]:
    """Skin, fat, muscles, bones."""
    skin = _whole(_with(forms.trunk, build))
    pelvis = _box((-160.0, -90.0, -320.0), (160.0, 120.0, -190.0))(forms.pelvis)
    return (
        Organ("body", Structure.SKIN, skin, ((0.0, 20.0), (1.8, -103.0)), 6),
        Organ("muscles", None, _whole(_with(forms.muscles, build)), ((0.0, 60.0),), 5),
        Organ("fat_inside", None, _whole(_with(forms.fat_inside, build)), ((0.0, -98.0),), 9),
        Organ("ribs", Structure.RIB, _whole(_with(forms.ribs, build)), ((0.0, 430.0), (1.8, 150.0)), 20),
        Organ("discs", None, _back(forms.discs), ((0.0, 82.0),), 4),
        Organ("spine", Structure.BONE, _back(forms.vertebrae), ((0.0, 480.0), (2.0, 185.0)), 26),
        Organ("pelvis", Structure.BONE, pelvis, ((0.0, 480.0), (2.0, 170.0)), 26),
        Organ("canal", None, _back(forms.canal), ((0.0, 22.0),), 2),
    )


def _chest(build: Build) -> tuple[Organ, ...]:
    """Diaphragm, heart and lungs."""
    above = _box((-180.0, -120.0, -60.0), (180.0, 110.0, CEILING_MM))
    heart = _box((-60.0, -100.0, 40.0), (110.0, 40.0, CEILING_MM))
    return (
        Organ("diaphragm", None, above(_with(forms.diaphragm, build)), ((0.0, 62.0),), 3),
        Organ("lungs", Structure.LUNG, above(_with(forms.lungs, build)), ((0.0, -850.0),), 38),
        Organ(
            "heart",
            Structure.HEART,
            heart(_with(forms.heart_below_chest, build)),
            ((0.0, 115.0), (12.0, 150.0)),
            5,
        ),
    )


def _belly(build: Build) -> tuple[Organ, ...]:
    """Hollow organs, spleen, kidneys and pancreas."""
    left = _box((20.0, -90.0, -80.0), (170.0, 110.0, 100.0))
    front = _box((-160.0, -120.0, -330.0), (160.0, 90.0, -20.0))
    middle = _box((-50.0, -40.0, -100.0), (110.0, 50.0, 10.0))
    stomach = _box((-50.0, -110.0, -90.0), (160.0, 70.0, 110.0))
    kidney = ((0.0, 186.0), (10.0, 158.0))
    sinus = ((0.0, -70.0), (7.0, 25.0))
    return (
        Organ("colon", Structure.BOWEL, front(_with(forms.colon, build)), ((0.0, 62.0), (3.0, 14.0)), 14),
        Organ("colon_gas", None, front(_with(forms.colon_gas, build)), ((0.0, -900.0),)),
        Organ(
            "bowel", Structure.BOWEL, front(_with(forms.small_bowel, build)), ((0.0, 88.0), (2.6, 22.0)), 9
        ),
        Organ(
            "stomach", Structure.STOMACH, stomach(_with(forms.stomach, build)), ((0.0, 80.0), (4.0, 16.0)), 5
        ),
        Organ("stomach_gas", None, stomach(_with(forms.stomach_gas, build)), ((0.0, -920.0),)),
        Organ("pancreas", Structure.PANCREAS, middle(forms.pancreas), ((0.0, 88.0),), 9),
        Organ("spleen", Structure.SPLEEN, left(_with(forms.spleen, build)), ((0.0, 122.0),), 4),
        Organ(
            "kidney_left",
            Structure.KIDNEY_LEFT,
            _box((20.0, 0.0, -130.0), (115.0, 100.0, 15.0))(_with(forms.kidney_left, build)),
            kidney,
            4,
        ),
        Organ(
            "kidney_right",
            Structure.KIDNEY_RIGHT,
            _box((-110.0, 0.0, -150.0), (-20.0, 105.0, -5.0))(_with(forms.kidney_right, build)),
            kidney,
            4,
        ),
        Organ("sinus_left", None, left(_with(forms.sinus_left, build)), sinus, 4),
        Organ(
            "sinus_right",
            None,
            _box((-110.0, 0.0, -130.0), (-20.0, 100.0, -20.0))(_with(forms.sinus_right, build)),
            sinus,
            4,
        ),
        Organ(
            "bladder",
            Structure.URINARY_BLADDER,
            _box((-60.0, -80.0, -380.0), (60.0, 40.0, -250.0))(forms.bladder),
            ((0.0, 45.0), (3.0, 6.0)),
            2,
        ),
    )


AORTA = ((12, 14, -400), (9, 16, -150), (10, 14, -60), (12, 16, 40), (16, 24, CEILING_MM))
CONFLUENCE = (2.0, -4.0, -46.0)
SPLENIC = ((96, 32, -4), (72, 18, -14), (44, 4, -30), (18, -7, -44), CONFLUENCE)
MESENTERIC = ((6, -16, -240), (2, -14, -130), (3, -8, -80), CONFLUENCE)
COELIAC = (((10, 4, -14), 4.0), ((10, -14, -18), 3.5), ((-8, -18, -18), 2.8), ((-22, -20, -20), 2.4))
"""Coeliac trunk and common hepatic artery: point and radius [mm]."""
RENAL_LEFT = ((44, 36, -60), (26, 10, -64), (4, 3, -66), (-16, 18, -68))
RENAL_RIGHT = ((-44, 40, -80), (-24, 24, -76))


def _before_spine(build: Build) -> tuple[Organ, ...]:
    """Great vessels and gallbladder."""
    long = _box((-60.0, -50.0, FLOOR_MM), (60.0, 60.0, CEILING_MM))
    wide = _box((-70.0, -40.0, -260.0), (115.0, 60.0, 20.0))

    def veins(p: Points) -> Floats:
        paths = ((SPLENIC, 4.5), (MESENTERIC, 5.5), (RENAL_LEFT, 4.5), (RENAL_RIGHT, 5.0))
        return np.minimum.reduce([tube(p, path, [r] * len(path)) for path, r in paths])

    def arteries(p: Points) -> Floats:
        coeliac = tube(p, [point for point, _ in COELIAC], [radius for _, radius in COELIAC])
        mesenteric = tube(
            p, ((10, 4, -32), (12, -8, -60), (14, -12, -130), (10, -16, -230)), (4, 3.8, 3.4, 3)
        )
        return np.minimum(coeliac, mesenteric)

    gall = _box((-65.0, -85.0, -75.0), (-15.0, -10.0, 0.0))
    return (
        Organ("veins", None, wide(veins), ((0.0, 165.0),), 2),
        Organ("arteries", None, wide(arteries), ((0.0, 150.0),), 2),
        Organ("aorta", Structure.AORTA, long(lambda p: tube(p, AORTA, [10.5] * 5)), ((0.0, 152.0),), 2),
        Organ("cava", Structure.INFERIOR_VENA_CAVA, long(cava), ((0.0, 142.0),), 3),
        Organ("gallbladder", Structure.GALLBLADDER, gall(gallbladder), ((0.0, 45.0), (1.2, 9.0)), 1),
    )


def _liver(build: Build) -> Organ:
    """The liver; lesions and vessels are drawn into it."""
    shape = Shape(_with(forms.liver, build), LIVER_BOX.low, LIVER_BOX.high)
    return Organ(LIVER, Structure.LIVER, shape, ((0.0, LIVER_HU),), 3)
