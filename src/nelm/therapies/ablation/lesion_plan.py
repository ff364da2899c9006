"""The ablation of one lesion: the way to it, the zones that cover it, and whether it can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.guideline.feasibility import Feasibility, Modality
from nelm.imaging.measured import LiverMeasurement, MeasuredLesion
from nelm.knowledge import Knowledge
from nelm.therapies.ablation.ablation_target import Target, ablation_target
from nelm.therapies.ablation.coverage import (
    Certainty,
    Coverage,
    certainty_of,
    coverage_of,
    sd_of_lateral_error,
    sd_of_spatial_error,
)
from nelm.therapies.ablation.devices import DeviceRow, Technology, published_rows
from nelm.therapies.ablation.feasibility import ablation_feasibility
from nelm.therapies.ablation.knowledge import AblationKnowledge, NeedleKnowledge
from nelm.therapies.ablation.needle_obstacles import Obstacles, with_rules
from nelm.therapies.ablation.needle_path import Needle
from nelm.therapies.ablation.needle_paths import PathSearch, needle_paths
from nelm.therapies.ablation.placements import Placement, overlapping_zones
from nelm.therapies.ablation.zones import Zone, squared_radii, zone_of, zone_remarks

TECHNOLOGIES = {
    Modality.RADIOFREQUENCY: Technology.RADIOFREQUENCY,
    Modality.MICROWAVE: Technology.MICROWAVE,
}


@dataclass(frozen=True, slots=True)
class AblationOption:
    """One technology for one lesion.

    Parameters
    ----------
    modality : Radiofrequency or microwaves.
    row : The measured zone that was planned with; None where the table has none.
    narrow, wide : Mean zones that cover the lesion with the narrowest and the widest margin.
    careful : Zones that nineteen of twenty exceed, for the narrowest margin; None where their spread is unknown.
    coverage : Of `narrow`.
    certainties : Of `narrow`: lesion and lesion with the narrowest margin, with clinical and with phantom errors.
    feasibility : Whether it can be done, and why not.
    remarks : What should be known of the zone.
    """

    modality: Modality
    row: DeviceRow | None
    narrow: Placement | None
    wide: Placement | None
    careful: Placement | None
    coverage: Coverage | None
    certainties: tuple[Certainty, ...]
    feasibility: Feasibility
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AblationPlan:
    """How one lesion could be ablated.

    Parameters
    ----------
    lesion : Its name.
    reach : Ways to its middle, or to the point of it that is farthest from all structures where there are none.
    options : Radiofrequency and microwaves.
    margins_mm : The narrowest and the widest margin.
    """

    lesion: str
    reach: PathSearch
    options: tuple[AblationOption, ...]
    margins_mm: tuple[float, float]

    @property
    def feasibility(self) -> tuple[Feasibility, ...]:
        """Of each option."""
        return tuple(option.feasibility for option in self.options)


def ablation_plan(
    item: MeasuredLesion,
    measurement: LiverMeasurement,
    obstacles: Obstacles,
    *,
    knowledge: Knowledge,
    rng: np.random.Generator,
    devices: Sequence[DeviceRow] = (),
    other_needles: Sequence[Needle] = (),
) -> AblationPlan:
    """Paths, zones and feasibility of one lesion.

    Parameters
    ----------
    obstacles : Made once for all lesions (`obstacles_of`).
    rng : For the errors of needles and zones; give each lesion its own, and the order of lesions does not matter.
    devices : A site's own rows; by default the few that are published.
    other_needles : Needles that lie there already.
    """
    known = knowledge.record(NeedleKnowledge, "ablation_needles")
    ablation = knowledge.record(AblationKnowledge, "ablation")
    margins = ablation.margin.low or 0.0, ablation.margin.high or 0.0
    targets = tuple(
        ablation_target(item.lesion, obstacles.liver, margin_mm=margin) for margin in (0.0, *margins)
    )
    reach = _reach(targets[0], obstacles, item.lesion.name, tuple(other_needles))
    rows = tuple(devices) or published_rows(known)
    planning = _Planning(item, measurement, obstacles, known, ablation, targets, reach, tuple(other_needles))
    options = tuple(_option(planning, modality, rows, rng) for modality in TECHNOLOGIES)
    return AblationPlan(item.lesion.name, reach, options, margins)


APPROACHES = 5
"""Ways along which zones are tried."""


def _reach(target: Target, obstacles: Obstacles, lesion: str, others: tuple[Needle, ...]) -> PathSearch:
    """Ways to the middle of a lesion; where there are none, to its point that is farthest from what is avoided."""
    middle = needle_paths(target.centre_mm, obstacles, lesion=lesion, other_needles=others, keep=APPROACHES)
    if middle.paths or not middle.is_decided:
        return middle
    places = np.floor(obstacles.grid.indices_of(target.points_mm) + 0.5).astype(np.intp)
    within = np.all((places >= 0) & (places < np.array(obstacles.grid.shape)), axis=1)
    spare = obstacles.spare_mm[tuple(places[within].T)]
    point = target.points_mm[within][int(spare.argmax())]
    other = needle_paths(point, obstacles, lesion=lesion, other_needles=others, keep=APPROACHES)
    return other if other.paths else middle


@dataclass(frozen=True, slots=True, eq=False)
class _Planning:
    """What every option of a lesion is planned with."""

    item: MeasuredLesion
    measurement: LiverMeasurement
    obstacles: Obstacles
    known: NeedleKnowledge
    ablation: AblationKnowledge
    targets: tuple[Target, ...]
    reach: PathSearch
    others: tuple[Needle, ...]


def _option(
    plan: _Planning, modality: Modality, rows: Sequence[DeviceRow], rng: np.random.Generator
) -> AblationOption:
    """One technology."""
    row = chosen_row([one for one in rows if one.technology is TECHNOLOGIES[modality]], plan.targets[1])
    narrow = wide = careful = coverage = None
    certainties: tuple[Certainty, ...] = ()
    if row is not None and plan.reach.best is not None:
        zone = zone_of(row)
        narrow = _placed(plan, row, zone, plan.targets[1])
        if narrow.count is not None:
            outward = narrow.along[0]
            wide = _along(plan, row, zone, plan.targets[2], outward=outward)
            careful = (
                None
                if zone.cautious is None
                else _along(plan, row, zone.cautious, plan.targets[1], outward=outward)
            )
            coverage = coverage_of(narrow, plan.targets)
            certainties = _certainties(plan, narrow, rng)
    feasibility = ablation_feasibility(
        plan.item, plan.measurement, plan.obstacles, modality=modality, known=plan.known, ablation=plan.ablation,
        reach=plan.reach, narrow=narrow, careful=careful, cut_share=plan.targets[2].cut_share,
    )  # fmt: skip
    remarks = () if row is None else zone_remarks(row, plan.known.animal_zones)
    return AblationOption(modality, row, narrow, wide, careful, coverage, certainties, feasibility, remarks)


def chosen_row(rows: Sequence[DeviceRow], target: Target) -> DeviceRow | None:
    """The row to plan with: rows in patients before others; the smallest zone that covers alone, else the largest."""
    best = [row for row in rows if not row.is_of_animals] or list(rows)
    ordered = sorted(best, key=lambda row: zone_of(row).volume_ml)
    for row in ordered:
        sizes = (row.long_axis_mm, row.short_axis_mm)
        centre = target.centre_mm[None]
        if (squared_radii(target.border_mm, centre, np.array([0.0, 1.0, 0.0]), sizes) <= 1).all():
            return row
    return ordered[-1] if ordered else None


def _placed(plan: _Planning, row: DeviceRow, zone: Zone, target: Target) -> Placement:
    """Zones along the first of the paths along which they cover the target; why not along the best where none does."""
    tried: list[Placement] = []
    for path in plan.reach.paths:
        tried.append(_along(plan, row, zone, target, outward=path.outward))
        if tried[-1].count is not None:
            return tried[-1]
    return tried[0]


def _along(
    plan: _Planning, row: DeviceRow, zone: Zone, target: Target, *, outward: NDArray[np.float64]
) -> Placement:
    """Zones along one direction."""
    obstacles = plan.obstacles
    if row.needle_length_mm is not None and row.needle_length_mm < obstacles.rules.length_max_mm:
        obstacles = with_rules(obstacles, length_max_mm=row.needle_length_mm)
    return overlapping_zones(
        target, zone, outward, obstacles, lesion=plan.item.lesion.name, most=int(plan.known.positions_max.number),
        beyond_mm=row.tip_beyond_centre_mm, other_needles=plan.others,
    )  # fmt: skip


def _certainties(plan: _Planning, placement: Placement, rng: np.random.Generator) -> tuple[Certainty, ...]:
    """How often lesion and margin are covered, with errors as in patients and as in a phantom."""
    errors = (
        sd_of_lateral_error(plan.known.targeting_error_clinical.number),
        sd_of_spatial_error(plan.known.targeting_error_phantom.number),
    )
    return tuple(
        certainty_of(placement, target, targeting_sd_mm=error, registration_sd_mm=0.0, rng=rng)
        for error in errors
        for target in plan.targets[:2]
    )
