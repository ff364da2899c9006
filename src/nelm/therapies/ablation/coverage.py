"""What placed zones cover, and how likely they still do when needles miss and zones vary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.therapies.ablation.ablation_target import Target
from nelm.therapies.ablation.placements import Placement
from nelm.therapies.ablation.zones import Zone, covered, squared_radii

DRAWS = 400
MOST_POINTS = 1200
"""Voxels that every draw looks at, from all over the target."""
PLANAR_MEAN, SPATIAL_MEAN = float(np.sqrt(np.pi / 2)), float(2 * np.sqrt(2 / np.pi))
"""Mean length of a normal vector of unit standard deviation per axis, in a plane and in space."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of a lesion and of its margins in the zones.

    Parameters
    ----------
    shares : Margin [mm] and share of the lesion with this margin that is covered.
    cautious : The same with zones that nineteen of twenty exceed; None where their spread is unknown.
    """

    shares: tuple[tuple[float, float], ...]
    cautious: tuple[tuple[float, float], ...] | None


@dataclass(frozen=True, slots=True)
class Certainty:
    """How often everything is covered.

    Parameters
    ----------
    margin_mm : Margin that is looked at.
    probability : Share of the draws in which every voxel of the lesion with this margin was covered.
    targeting_sd_mm : Per axis, of every needle on its own [mm].
    registration_sd_mm : Per axis, of all needles together [mm].
    zone_varies : Whether the spread of zones was drawn, too; it is not where it is unknown.
    draws : How many.
    """

    margin_mm: float
    probability: float
    targeting_sd_mm: float
    registration_sd_mm: float
    zone_varies: bool
    draws: int


def coverage_of(placement: Placement, targets: Sequence[Target]) -> Coverage:
    """Shares that the zones of a placement cover."""
    careful = placement.zone.cautious
    return Coverage(
        tuple((target.margin_mm, _share(placement, target, placement.zone)) for target in targets),
        None
        if careful is None
        else tuple((target.margin_mm, _share(placement, target, careful)) for target in targets),
    )


def certainty_of(
    placement: Placement,
    target: Target,
    *,
    targeting_sd_mm: float,
    registration_sd_mm: float,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> Certainty:
    """How often the zones cover a target when the needles miss by normal errors along every axis.

    Positions on one track share the error of its needle. Long and short axis of a zone vary together, as their
    standard deviations have it; zones vary one by one. Directions of needles are not varied.

    Cost: draws x positions x 1,200 voxels.
    """
    points = _spread_out(target)
    middle = target.centre_mm
    centres, along = placement.centres_mm - middle, placement.along
    track = _tracks(placement)
    number = len(centres)
    missed = rng.normal(0, targeting_sd_mm, (draws, int(track.max()) + 1, 3))[:, track]
    missed = missed + rng.normal(0, registration_sd_mm, (draws, 1, 3))
    zone = placement.zone
    size = rng.normal(0, 1, (draws, number))
    long_axes = np.maximum(zone.long_axis_mm + (zone.long_sd_mm or 0) * size, 0).ravel()
    short_axes = np.maximum(zone.short_axis_mm + (zone.short_sd_mm or 0) * size, 0).ravel()
    moved = (centres + missed).reshape(-1, 3)
    ways = np.tile(along, (draws, 1))
    whole = 0
    for part in np.array_split(np.arange(draws), max(1, draws * number * len(points) // 4_000_000 + 1)):
        rows = (part[:, None] * number + np.arange(number)).ravel()
        radii = squared_radii(points - middle, moved[rows], ways[rows], (long_axes[rows], short_axes[rows]))
        inside = (radii <= 1).reshape(len(points), len(part), number).any(axis=2)
        whole += int(np.count_nonzero(inside.all(axis=0)))
    return Certainty(
        target.margin_mm, whole / draws, targeting_sd_mm, registration_sd_mm, zone.has_spread, draws
    )


def sd_of_lateral_error(mean_mm: float) -> float:
    """Standard deviation per axis from the mean distance of needles to their line: mean = sd sqrt(pi / 2) [mm]."""
    return mean_mm / PLANAR_MEAN


def sd_of_spatial_error(mean_mm: float) -> float:
    """Standard deviation per axis from the mean distance of tips to their target: mean = 2 sd sqrt(2 / pi) [mm]."""
    return mean_mm / SPATIAL_MEAN


def _share(placement: Placement, target: Target, zone: Zone) -> float:
    """Share of the voxels of a target in the zones."""
    return float(covered(target.points_mm, placement.centres_mm, placement.along, zone).mean())


def _spread_out(target: Target) -> NDArray[np.float64]:
    """Voxels of the border and of the inside, half of each."""
    parts = (target.border_mm, target.points_mm)
    half = MOST_POINTS // 2
    return np.concatenate(
        [part[np.unique(np.linspace(0, len(part) - 1, half).astype(np.intp))] for part in parts]
    )


def _tracks(placement: Placement) -> NDArray[np.intp]:
    """Number of the track of each position: the same where one lies on the line of another."""
    centres, along = placement.centres_mm, placement.along
    found = np.arange(len(centres))
    for place in range(len(centres)):
        apart = centres - centres[place]
        off = apart - (apart @ along[place])[:, None] * along[place]
        same = np.linalg.norm(off, axis=1) < SAME_TRACK_MM
        found[same] = np.minimum(found[same], found[place])
    return np.unique(found, return_inverse=True)[1].ravel()


SAME_TRACK_MM = 0.1
