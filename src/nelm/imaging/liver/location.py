"""In which Couinaud segments a lesion lies, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nelm.imaging.liver.couinaud import CouinaudMap
from nelm.volume import Mask

LEAST_SHARE = 0.1
"""Share of a lesion in a segment from which it is said to lie in it: below, the border is as likely to be off."""

UNSURE_BELOW = 0.5
"""Mean confidence below which the place of a lesion is called uncertain."""

RIGHT, LEFT = frozenset({5, 6, 7, 8}), frozenset({2, 3, 4})


@dataclass(frozen=True, slots=True)
class Location:
    """Where a lesion lies.

    Parameters
    ----------
    shares : Share of the lesion in each segment, the largest first.
    segments : Those with a share that counts, in order.
    confidence : 0 to 1, over the lesion.
    lobe : "right" (5 to 8), "left" (2 to 4), "both", "caudate"; None where it is uncertain.
    remarks : What should be known.
    """

    shares: tuple[tuple[int, float], ...]
    segments: tuple[int, ...]
    confidence: float
    lobe: str | None
    remarks: tuple[str, ...]


def location_of(lesion: Mask, segments: CouinaudMap) -> Location | None:
    """Where a lesion lies; None when no part of it lies in the liver of the map."""
    if lesion.is_empty:
        return None
    labels, confidence = segments.at(lesion.grid.points_of(np.argwhere(lesion.array)))
    inside = labels > 0
    if not inside.any():
        return None
    counts = np.bincount(labels[inside], minlength=9)
    shares = sorted(
        ((n, float(counts[n] / inside.sum())) for n in range(1, 9) if counts[n]), key=lambda s: -s[1]
    )
    chosen = tuple(sorted(number for number, share in shares if share >= LEAST_SHARE))
    sure = float(confidence[inside].mean())
    remarks = (
        []
        if sure >= UNSURE_BELOW
        else ["its segment is uncertain: it lies near a border, or the borders are guessed"]
    )
    return Location(
        tuple(shares), chosen, sure, _lobe(chosen) if sure >= UNSURE_BELOW else None, tuple(remarks)
    )


def lobes_of(locations: Sequence[Location | None]) -> str | None:
    """Lobes with lesions, "one" or "both"; None where a lesion whose lobe is not known could change it."""
    lobes = {location.lobe for location in locations if location is not None}
    if "both" in lobes or {"right", "left"} <= lobes:
        return "both"
    if not lobes or None in lobes or any(location is None for location in locations) or "caudate" in lobes:
        return None
    return "one"


def _lobe(segments: tuple[int, ...]) -> str | None:
    numbers = set(segments)
    if numbers & RIGHT and numbers & LEFT:
        return "both"
    if numbers & RIGHT:
        return "right"
    if numbers & LEFT:
        return "left"
    return "caudate" if numbers == {1} else None
