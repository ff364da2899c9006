"""Whether one lesion can be ablated by radiofrequency or microwaves: every reason with its number and its limit."""

from __future__ import annotations

import numpy as np

from nelm.guideline.feasibility import Feasibility, Feasible, Modality, Reason, at_least, at_most, worst_first
from nelm.imaging.measured import LiverMeasurement, MeasuredLesion
from nelm.knowledge import Entry
from nelm.quantities import Estimate
from nelm.therapies.ablation.knowledge import AblationKnowledge, NeedleKnowledge
from nelm.therapies.ablation.needle_obstacles import Obstacles
from nelm.therapies.ablation.needle_paths import PathSearch
from nelm.therapies.ablation.needle_words import placement_words, search_words
from nelm.therapies.ablation.neighbours import (
    NearVessel,
    nearest_vessel,
    organ_distances,
    structures_in_zones,
)
from nelm.therapies.ablation.placements import Placement

OFF_MIDDLE_MM = 0.5
"""A path to a point nearer than this leads to the middle of the lesion."""
GUT = ("bowel", "stomach")
"""Hollow organs that heat perforates."""


def ablation_feasibility(
    item: MeasuredLesion,
    measurement: LiverMeasurement,
    obstacles: Obstacles,
    *,
    modality: Modality,
    known: NeedleKnowledge,
    ablation: AblationKnowledge,
    reach: PathSearch,
    narrow: Placement | None,
    careful: Placement | None,
    cut_share: float,
) -> Feasibility:
    """One lesion against one technology.

    Parameters
    ----------
    reach : Ways to its middle.
    narrow, careful : Mean zones, and zones that nineteen of twenty exceed, for the narrowest margin; None where
        there were none to plan with.
    cut_share : Share of the lesion with its widest margin that lies outside the liver.
    """
    distances = organ_distances(item, obstacles)
    vessel = nearest_vessel(item, measurement)
    reasons = [
        _size(item, ablation),
        _duct(item, ablation),
        _heat_sink(vessel, modality, known),
        *(_gut(name, distances, obstacles, ablation) for name in GUT),
        _path(item, reach, known),
        _cover(narrow, careful, reach, margin_mm=ablation.margin.low or 0, limit=known.positions_max),
    ]
    cautions = _cautions(item, vessel, distances, modality=modality, known=known, ablation=ablation)
    if reach.best is not None:
        cautions += list(reach.best.cautions)
    if narrow is not None:
        cautions += [f"the zones reach the {name}" for name in structures_in_zones(narrow, obstacles)]
    if cut_share > 0:
        wide = ablation.margin.high or 0
        cautions.append(f"{100 * cut_share:.0f} % of the lesion with {wide:g} mm around it lies outside the liver: "
                        "no margin can be had there")  # fmt: skip
    return Feasibility(item.lesion.name, modality, worst_first(reasons), tuple(dict.fromkeys(cautions)))


def _size(item: MeasuredLesion, ablation: AblationKnowledge) -> Reason:
    """Against the largest zone of published experience."""
    size, limit = item.size.longest.mm, ablation.zone_max
    text = f"longest diameter {size.value:.0f} mm; ablation reaches {limit.number:g} mm"
    return Reason(text, at_most(size, limit.number), size, "mm", limit)


def _duct(item: MeasuredLesion, ablation: AblationKnowledge) -> Reason:
    """Against the distance to the central bile duct."""
    limit = ablation.bile_duct_distance_min
    if item.to_duct_mm is None:
        return Reason("the central bile duct is not segmented", Feasible.UNKNOWN, limit=limit)
    text = f"{item.to_duct_mm.value:.0f} mm from the central bile duct; heat endangers it below {limit.number:g} mm"
    return Reason(text, at_least(item.to_duct_mm, limit.number), item.to_duct_mm, "mm", limit)


def _heat_sink(vessel: NearVessel | None, modality: Modality, known: NeedleKnowledge) -> Reason:
    """Vessels that carry heat off: radiofrequency may not reach the margin beside them."""
    limit = known.heat_sink_distance
    if vessel is None:
        return Reason("no portal or hepatic vein is segmented: heat that they carry off is unknown", Feasible.UNKNOWN,
                      limit=limit)  # fmt: skip
    away = at_least(vessel.distance_mm, limit.number)
    wide = vessel.diameter_mm is None or vessel.diameter_mm >= known.heat_sink_diameter_min.number
    what = _vessel_words(vessel)
    if away is Feasible.YES or not wide:
        return Reason(f"{what}: little heat is carried off", Feasible.YES, vessel.distance_mm, "mm", limit)
    if modality is Modality.MICROWAVE:
        return Reason(
            f"{what}: microwaves lose little heat to it", Feasible.YES, vessel.distance_mm, "mm", limit
        )
    text = f"{what} carries heat off: whether radiofrequency reaches the margin there needs a simulation"
    return Reason(text, Feasible.UNKNOWN, vessel.distance_mm, "mm", limit)


def _vessel_words(vessel: NearVessel) -> str:
    """A vessel with its width and distance."""
    width = "of unknown width" if vessel.diameter_mm is None else f"{vessel.diameter_mm:.0f} mm wide"
    return f"{vessel.name} {width}, {vessel.distance_mm.value:.1f} mm away"


def _gut(
    name: str, distances: dict[str, Estimate], obstacles: Obstacles, ablation: AblationKnowledge
) -> Reason:
    """Gut within the narrowest margin has to be moved away first."""
    limit = ablation.adherent_bowel
    if name in obstacles.unknown:
        return Reason(f"the {name} is not segmented: whether it lies against the lesion is unknown",
                      Feasible.UNKNOWN, limit=limit)  # fmt: skip
    margin = ablation.margin.low or 0
    distance = distances.get(name)
    if distance is None:
        return Reason(f"no {name} near the liver", Feasible.YES, limit=limit)
    if at_least(distance, margin) is Feasible.YES:
        return Reason(f"{name} {distance.value:.0f} mm away", Feasible.YES, distance, "mm", limit)
    text = f"{name} {distance.value:.0f} mm away, within the margin of {margin:g} mm: only if it can be moved away"
    return Reason(text, Feasible.UNKNOWN, distance, "mm", limit)


def _path(item: MeasuredLesion, reach: PathSearch, known: NeedleKnowledge) -> Reason:
    """A way for the needle."""
    limit = known.needle_length_max
    if not reach.is_decided:
        return Reason(search_words(reach), Feasible.UNKNOWN, limit=limit)
    if reach.best is None:
        return Reason(search_words(reach), Feasible.NO, limit=limit)
    length = Estimate(reach.best.length_mm, reach.best.length_mm, reach.best.length_mm)
    unseen = [name for name in reach.unknown if name != "pleura"]
    mask = item.lesion.mask
    middle = mask.grid.points_of(np.argwhere(mask.array)).mean(axis=0)
    off = float(np.linalg.norm(middle - np.array(reach.target_mm)))
    aimed = f" to a point {off:.0f} mm off the middle, which no needle reaches" if off > OFF_MIDDLE_MM else ""
    text = f"needle path{aimed}: {search_words(reach)}"
    if unseen:
        text += f" Not segmented, so it may be crossed unseen: {', '.join(unseen)}."
    return Reason(text, Feasible.UNKNOWN if unseen else Feasible.YES, length, "mm", limit)


def _cover(
    narrow: Placement | None,
    careful: Placement | None,
    reach: PathSearch,
    *,
    margin_mm: float,
    limit: Entry,
) -> Reason:
    """Zones that cover the lesion with its narrowest margin."""
    if narrow is None:
        why = "no measured zone to plan with" if reach.best else "no path along which zones could be placed"
        return Reason(f"covering: {why}", Feasible.UNKNOWN, limit=limit)
    text = placement_words(narrow, margin_mm)
    if narrow.count is None:
        state = Feasible.NO if narrow.in_any_direction else Feasible.UNKNOWN
        return Reason(text, state, limit=limit)
    count = Estimate(narrow.count, min(narrow.at_least, narrow.count), narrow.count)
    if careful is None:
        text += "; how much zones vary is unknown, so that it holds is, too"
        return Reason(text, Feasible.UNKNOWN, count, "1", limit)
    text += f"; with zones that nineteen of twenty exceed: {placement_words(careful, margin_mm)}"
    return Reason(text, Feasible.UNKNOWN if careful.count is None else Feasible.YES, count, "1", limit)


def _cautions(
    item: MeasuredLesion,
    vessel: NearVessel | None,
    distances: dict[str, Estimate],
    *,
    modality: Modality,
    known: NeedleKnowledge,
    ablation: AblationKnowledge,
) -> list[str]:
    """What does not decide: sizes, vessels, surface, organs within the widest margin."""
    found: list[str] = []
    size, wide = item.size.longest.mm, ablation.margin.high or 0
    if size.high > ablation.best_size_max.number:
        found.append(f"{size.value:.0f} mm: {ablation.above_best_size.statement}")
    radio = modality is Modality.RADIOFREQUENCY
    if radio and size.high > ablation.radiofrequency_size_max.number:
        found.append(f"{size.value:.0f} mm: {ablation.above_radiofrequency_size.statement}")
    if vessel is not None and vessel.distance_mm.low < wide:
        found.append(
            f"{_vessel_words(vessel)}: {ablation.near_vessel.statement} {known.heat_sink_evidence.statement}"
        )
    if item.subcapsular is not False:
        near = "at the surface of the liver" if item.subcapsular else "perhaps at the surface of the liver"
        found.append(f"{near}: bleeding, pain and seeding are likelier")
    found += [
        f"{name} {distance.value:.0f} mm away, within the widest margin of {wide:g} mm"
        for name, distance in distances.items()
        if distance.low < wide and not name.startswith("large ") and name not in GUT
    ]
    return found
