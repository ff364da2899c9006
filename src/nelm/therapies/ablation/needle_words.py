"""Paths, searches and placements in words."""

from __future__ import annotations

import math

from nelm.therapies.ablation.coverage import Certainty, Coverage
from nelm.therapies.ablation.needle_path import LEAVES_IMAGE, TIP_OUTSIDE, NeedlePath
from nelm.therapies.ablation.needle_paths import PathSearch
from nelm.therapies.ablation.placements import Placement

NAMED = 3
"""Structures that are named for a path, and reasons for which there is none."""


def path_words(path: NeedlePath) -> str:
    """Length, angles, liver crossed, nearest structures, vessels crossed, cautions."""
    parts = [f"{path.length_mm:.0f} mm from the skin"]
    if path.axial_angle_deg < 1:
        parts.append("in the axial plane")
    else:
        parts.append(f"{path.axial_angle_deg:.0f} degrees out of the axial plane")
    if path.capsule_angle_deg is not None:
        parts.append(f"{path.capsule_angle_deg:.0f} degrees to the normal of the liver surface")
        parts.append(f"through {path.liver_before_lesion_mm:.0f} mm of liver before the lesion")
    near = [f"{name} {length:.0f} mm" for name, length in path.distances[:NAMED]]
    parts.append(f"nearest: {', '.join(near)}" if near else "no structure is segmented beside it")
    parts += [f"crosses {length:.1f} mm of narrow {name}" for name, length in path.vessels]
    said = "; ".join(parts)
    return f"{said}. {' '.join(f'Caution: {text}.' for text in path.cautions)}".rstrip()


def search_words(search: PathSearch) -> str:
    """The best path, or why there is none, counted."""
    if search.best is not None:
        return path_words(search.best)
    if not search.is_decided:
        return search.near_miss
    met = [f"{100 * count / search.tried:.0f} % {_of(name)}" for name, count in search.refused[: NAMED + 2]]
    return f"no path: of {search.tried} directions {', '.join(met)}; nearest miss: {search.near_miss}"


def unknown_words(search: PathSearch) -> str:
    """What is not segmented, so that a path may cross it unseen."""
    return f"not segmented, so a path may cross it unseen: {', '.join(search.unknown)}"


def placement_words(placement: Placement, margin_mm: float) -> str:
    """How many zones cover the lesion with a margin, or why none do."""
    size = f"{placement.zone.long_axis_mm:.0f} x {placement.zone.short_axis_mm:.0f} mm"
    goal = f"the lesion and {margin_mm:g} mm" if margin_mm else "the lesion"
    if placement.count is None:
        verdict = "cannot be covered" if placement.is_proven else "may not be covered"
        from_there = "" if placement.in_any_direction else " with parallel needles from the directions tried"
        return f"{goal} {verdict} by zones of {size}{from_there}: {placement.why_not}"
    if placement.count == 1:
        return f"one zone of {size} covers {goal}"
    tracks = f" on {placement.needles} track{'s' if placement.needles > 1 else ''}"
    proof = "the fewest" if placement.is_proven else f"perhaps {placement.at_least} would do"
    return f"{placement.count} zones of {size}{tracks} cover {goal} ({proof})"


def coverage_words(coverage: Coverage) -> str:
    """Shares that are covered, by margin."""
    found = [f"{_percent(share)} of {_goal(margin)}" for margin, share in coverage.shares]
    if coverage.cautious is None:
        return f"{', '.join(found)}; how much zones vary is unknown"
    less = [f"{_percent(share)} of {_goal(margin)}" for margin, share in coverage.cautious]
    return f"{', '.join(found)}; with a zone that nineteen of twenty exceed {', '.join(less)}"


def certainty_words(certainty: Certainty) -> str:
    """How often everything is covered."""
    varied = "zones varied, too" if certainty.zone_varies else "zones not varied: their spread is unknown"
    return (
        f"all of {_goal(certainty.margin_mm)} in {_percent(certainty.probability)} of {certainty.draws} draws with "
        f"needles off by {certainty.targeting_sd_mm:.1f} mm (standard deviation per axis; {varied})"
    )


def _goal(margin_mm: float) -> str:
    return f"the lesion + {margin_mm:g} mm" if margin_mm else "the lesion"


def _percent(share: float) -> str:
    """A share that is not rounded up to all or down to nothing."""
    if 0.995 <= share < 1:
        return f"{math.floor(share * 1000) / 10:.1f} %"
    return f"{100 * share:.0f} %"


def _of(name: str) -> str:
    """A reason in a count."""
    return f"are {name}" if name.startswith("too ") else f"end: {name}" if name in ENDS else f"meet {name}"


ENDS = (LEAVES_IMAGE, TIP_OUTSIDE)
