"""Names of vessels: which hepatic vein, which branch of the portal vein, where the landmarks tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nelm.imaging.liver.landmarks import Landmarks
from nelm.imaging.liver.vessels import VesselTree

VEINS = ("right hepatic vein", "middle hepatic vein", "left hepatic vein")
MAIN_SHARE = 0.5
"""Diameter over that of the thickest branch in its direction from which a branch is the named vein itself."""


@dataclass(frozen=True, slots=True)
class TreeNames:
    """What the branches of a tree are called.

    Parameters
    ----------
    kind : "portal" or "veins".
    words : (b,) name of each branch, "" where it has none of its own.
    diameters_mm : (b,) median diameters [mm].
    """

    kind: str
    words: tuple[str, ...]
    diameters_mm: tuple[float, ...]

    def name(self, place: int) -> str:
        """The name and the diameter of a branch: "right hepatic vein of 8 mm", "a portal branch of 4 mm"."""
        plain = "a portal branch" if self.kind == "portal" else "a hepatic vein"
        return f"{self.words[place] or plain} of {self.diameters_mm[place]:.0f} mm"


def portal_names(tree: VesselTree, landmarks: Landmarks) -> TreeNames:
    """Trunk, left and right portal vein, by the fork that the landmarks hold; the rest has no name."""
    words = [""] * len(tree.branches)
    fork = next(
        (
            place
            for place, branch in enumerate(tree.branches)
            if tree.children(place) and np.allclose(branch.points_mm[-1], landmarks.portal_mm)
        ),
        None,
    )
    if fork is not None:
        for place in tree.way_to_root(fork):
            words[place] = "portal vein"
        sides = sorted(tree.children(fork), key=lambda child: _length_mm(tree, child))[-2:]
        reach = [
            max(float(tree.branches[b].points_mm[:, 0].max()) for b in tree.downstream(side))
            for side in sides
        ]
        if len(sides) == 2:
            left = sides[int(np.argmax(reach))]
            for side in sides:
                words[side] = "left portal vein" if side == left else "right portal vein"
    return _names("portal", tree, words)


def vein_names(tree: VesselTree, landmarks: Landmarks) -> TreeNames:
    """Right, middle and left hepatic vein: thick branches in the directions of the landmarks; the rest has no name.

    A direction counts within twice its error; nothing is named where the veins were not seen.
    """
    words = [""] * len(tree.branches)
    if landmarks.is_seen:
        degrees = np.array([_direction_deg(branch.points_mm, landmarks) for branch in tree.branches])
        diameters = np.array([branch.diameter_mm for branch in tree.branches])
        off = np.abs(degrees[:, None] - np.array(landmarks.veins_deg))
        nearest = off.argmin(axis=1)
        near = off.min(axis=1) <= 2 * landmarks.veins_error_deg
        for number, word in enumerate(VEINS):
            own = np.flatnonzero(near & (nearest == number))
            for place in own[diameters[own] >= MAIN_SHARE * diameters[own].max(initial=0.0)]:
                words[int(place)] = word
    return _names("veins", tree, words)


def _names(kind: str, tree: VesselTree, words: list[str]) -> TreeNames:
    return TreeNames(kind, tuple(words), tuple(branch.diameter_mm for branch in tree.branches))


def _length_mm(tree: VesselTree, place: int) -> float:
    """Length of a branch and everything beyond it [mm]."""
    return sum(tree.branches[branch].length_mm for branch in tree.downstream(place))


def _direction_deg(
    points_mm: np.ndarray[tuple[int, ...], np.dtype[np.float64]], landmarks: Landmarks
) -> float:
    """Direction of the farther half of a branch from the cava, as the landmarks count (0 right, 90 front)."""
    across = points_mm[:, :2] - landmarks.cava_at(points_mm[:, 2])
    far = across[np.argsort(np.linalg.norm(across, axis=1))[len(across) // 2 :]].mean(axis=0)
    angle = float(np.degrees(np.arctan2(-far[1], -far[0])) % 360)
    return angle - 360 if angle > 270 else angle
