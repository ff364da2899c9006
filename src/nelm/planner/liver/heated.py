"""Simulated heat for the ablations of a plan: what vessels carry off, and how far models of death disagree."""

# scipy's search trees have partly unknown types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from nelm.errors import problem
from nelm.imaging.lesions import whole_liver
from nelm.imaging.measured import MeasuredLesion
from nelm.imaging.progress import Progress
from nelm.knowledge import Knowledge
from nelm.planner.joint.plan import JointPlan
from nelm.planner.joint.problem import Action
from nelm.planner.liver.choices import Offered, better_option
from nelm.therapies.ablation.heating import Setting, SimulatedZone, simulated_zone
from nelm.therapies.ablation.heating_scene import Anatomy, Applicator
from nelm.therapies.ablation.heating_search import Choice, chosen_setting
from nelm.therapies.ablation.lesion_plan import AblationPlan
from nelm.therapies.ablation.needle_path import NeedlePath
from nelm.therapies.ablation.needle_paths import needle_paths
from nelm.volume import Mask

BESIDE_MM = 10.0
"""From the edge of a lesion to the needle that shows what a vessel saves, where no positions cover the lesion."""


@dataclass(frozen=True, slots=True, eq=False)
class HeatedLesion:
    """The simulated ablation of one lesion.

    Parameters
    ----------
    paths : Where the applicators lie.
    aim : What they aim at, in words.
    choice : The setting that was looked for.
    zone : What it does; the strongest setting that was tried where none covers lesion and margin.
    """

    paths: tuple[NeedlePath, ...]
    aim: str
    choice: Choice
    zone: SimulatedZone


def heated_lesions(
    offered: Offered,
    plan: JointPlan,
    knowledge: Knowledge,
    *,
    wanted: tuple[str, ...] | None,
    progress: Progress,
) -> Mapping[str, HeatedLesion]:
    """Simulations of some ablations.

    Parameters
    ----------
    plan : Where nothing else is wanted, of the lesions that it ablates the one nearest to a vessel is simulated.
    wanted : Names of lesions; each needs a needle path.

    Raises
    ------
    InputError : A name that is no lesion, or a lesion that no needle reaches.
    """
    found: dict[str, HeatedLesion] = {}
    for name in _nearest_to_a_vessel(offered, plan) if wanted is None else wanted:
        progress(f"heat: {name}")
        found[name] = _heated(offered, name, knowledge)
    return MappingProxyType(found)


def _nearest_to_a_vessel(offered: Offered, plan: JointPlan) -> tuple[str, ...]:
    """The ablated lesion with the least distance to a vein; none where no distance is known."""
    items = [
        item
        for item in offered.measurement.lesions
        if plan.action_on(item.lesion.name) is Action.ABLATE and item.to_vessel_mm is not None
    ]
    return tuple(item.lesion.name for item in sorted(items, key=_to_vessel)[:1])


def _to_vessel(item: MeasuredLesion) -> float:
    assert item.to_vessel_mm is not None
    return item.to_vessel_mm.value


def _heated(offered: Offered, name: str, knowledge: Knowledge) -> HeatedLesion:
    """One lesion heated along the paths of its ablation."""
    plan = next((one for one in offered.ablations if one.lesion == name), None)
    if plan is None:
        names = ", ".join(one.lesion for one in offered.ablations)
        raise problem(name, f"a lesion of this liver ({names})", "Correct the name.", path="simulate")
    anatomy = _anatomy(offered, name)
    paths, aim = _paths(offered, plan, anatomy)
    if not paths:
        raise problem(name, "a lesion that a needle reaches", plan.reach.near_miss, path="simulate")
    applicators = [Applicator(path.tip_mm, _inward(path)) for path in paths]
    choice = chosen_setting(anatomy, applicators, knowledge)
    setting = choice.setting or _strongest(choice)
    return HeatedLesion(paths, aim, choice, simulated_zone(anatomy, applicators, setting, knowledge))


def _paths(offered: Offered, plan: AblationPlan, anatomy: Anatomy) -> tuple[tuple[NeedlePath, ...], str]:
    """The needles of the better technology; else one needle beside the nearest vessel, else one to the middle."""
    option = better_option(plan)
    if option is not None and option.narrow is not None and option.narrow.paths:
        return option.narrow.paths, "the positions that cover the lesion and its narrow margin"
    beside = _beside_a_vessel(anatomy)
    if beside is not None and offered.obstacles is not None:
        found = needle_paths(beside[1], offered.obstacles, lesion=plan.lesion).paths[:1]
        if found:
            return (
                found,
                f"one needle {BESIDE_MM:g} mm from the side of the {beside[0]}: no positions cover the lesion",
            )
    return plan.reach.paths[:1], "one needle in the middle: no positions cover the lesion"


def _beside_a_vessel(anatomy: Anatomy) -> tuple[str, NDArray[np.float64]] | None:
    """The nearest vessel and a point of the lesion on its side; None without vessels."""
    lesion = anatomy.lesion
    inside = lesion.grid.points_of(np.argwhere(lesion.array))
    near = cKDTree(inside)
    best: tuple[float, str, NDArray[np.float64]] | None = None
    for name, mask in (anatomy.vessels or {}).items():
        found = near.query(mask.grid.points_of(np.argwhere(mask.array)))
        apart, places = np.asarray(found[0], dtype=np.float64), np.asarray(found[1], dtype=np.intp)
        place = int(np.argmin(apart))
        if best is None or float(apart[place]) < best[0]:
            best = float(apart[place]), name, inside[int(places[place])]
    if best is None:
        return None
    inward = inside.mean(axis=0) - best[2]
    length = float(np.linalg.norm(inward))
    return best[1], best[2] + inward * min(1.0, BESIDE_MM / max(length, BESIDE_MM))


def _inward(path: NeedlePath) -> tuple[float, float, float]:
    x, y, z = (-path.outward).tolist()
    return x, y, z


def _strongest(choice: Choice) -> Setting:
    """The row that covered most, for as long as it may run."""
    best = max(choice.trials, key=lambda trial: trial.best_share).row
    return Setting(best.power_w, best.duration_max_s)


def _anatomy(offered: Offered, name: str) -> Anatomy:
    """A lesion with the veins that are segmented."""
    regions = offered.measurement.regions
    lesion = next(item.lesion for item in offered.measurement.lesions if item.lesion.name == name)
    named = (("portal vein", regions.portal), ("hepatic vein", regions.veins), ("vena cava", regions.cava),
             ("vessel", regions.vessels))  # fmt: skip
    vessels: dict[str, Mask] = {word: mask for word, mask in named if mask is not None and not mask.is_empty}
    return Anatomy(whole_liver(regions.liver, regions.lesions), lesion.mask, vessels or None)
