"""From what each treatment could do to the one programme over all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.guideline.feasibility import WORST_FIRST, Feasibility, Feasible, Modality, Reason, at_least
from nelm.imaging.liver.served import union_remnant
from nelm.imaging.liver.territory_map import Territory, TerritoryMap
from nelm.imaging.liver.territory_names import Level
from nelm.imaging.measured import LiverMeasurement
from nelm.knowledge import Entry
from nelm.planner.joint.cells import LiverPartition, cells_of
from nelm.planner.joint.problem import (
    AblationChoice,
    Action,
    EmbolisationChoice,
    Incompatible,
    JointProblem,
    LesionVolume,
    Limits,
    Obstacle,
    ResectionChoice,
)
from nelm.quantities import Estimate
from nelm.therapies.ablation.lesion_plan import AblationOption, AblationPlan
from nelm.therapies.ablation.needle_obstacles import Obstacles
from nelm.therapies.ablation.placements import zones_within
from nelm.therapies.surgery.assessment import Operated
from nelm.therapies.surgery.resection import Candidate, Removal

Region = NDArray[np.bool_]
UNNAMED_COMPLEXITY = 3
"""Grade of a resection that the published classes do not name: that of the highest one."""
SMALLEST_CELL_ML = 0.2
OF_ACTION = {
    Action.RESECT: (Modality.WEDGE, Modality.SEGMENT, Modality.SECTION, Modality.HEMIHEPATECTOMY),
    Action.ABLATE: (Modality.RADIOFREQUENCY, Modality.MICROWAVE),
    Action.EMBOLISE: (Modality.EMBOLISATION, Modality.RADIOEMBOLISATION),
}


@dataclass(frozen=True, slots=True, eq=False)
class Offered:
    """What each treatment offers.

    Parameters
    ----------
    liver : Laid out for resections.
    resections : Candidates.
    ablations : One for each lesion.
    territories : What feeds the liver.
    feasibility : Every lesion against every modality.
    embolise_the_remnant : Why the liver that a major resection leaves is not embolised in the same plan.
    obstacles : What stands in the way of needles; None where no further needle is looked for.
    """

    liver: Operated
    resections: tuple[Candidate, ...]
    ablations: tuple[AblationPlan, ...]
    territories: TerritoryMap
    feasibility: tuple[Feasibility, ...]
    embolise_the_remnant: Entry
    obstacles: Obstacles | None = None

    @property
    def measurement(self) -> LiverMeasurement:
        """The liver."""
        return self.liver.measurement

    def of(self, lesion: str, modalities: Iterable[Modality]) -> tuple[Feasibility, ...]:
        """What was found for one lesion and some modalities."""
        wanted = set(modalities)
        return tuple(one for one in self.feasibility if one.lesion == lesion and one.modality in wanted)


def joint_problem(offered: Offered, limits: Limits, *, session_burden: int) -> JointProblem:
    """The programme over all treatments.

    A resection is offered where it removes a lesion with the margin asked for, or where that is unknown; an ablation
    by its better technology where it is not ruled out; a territory for the lesions that it covers. What is ruled out
    stays as an obstacle with its reasons.

    Parameters
    ----------
    session_burden : Burden of one arterial session beside that of its catheter positions.
    """
    resections = [one for one in offered.resections if _removes(one)]
    ablations = [(plan, option) for plan in offered.ablations if (option := better_option(plan)) is not None]
    parted = _cells(offered, resections, ablations)
    held = iter(parted.held)
    least = offered.liver.known.margin_min
    cuts = tuple(_resection(one, next(held), next(held), least=least) for one in resections)
    zones = tuple(_ablation(plan.lesion, option, next(held)) for plan, option in ablations)
    arterial = _embolisations(offered)
    return JointProblem(
        lesions=tuple(
            LesionVolume(item.lesion.name, item.size.volume_ml) for item in offered.measurement.lesions
        ),
        resections=cuts,
        ablations=zones,
        embolisations=arterial,
        cells=parted.cells,
        limits=limits,
        incompatible=tuple(_apart(offered, resections, arterial)),
        obstacles=tuple(_obstacles(offered, cuts, zones, arterial)),
        session_burden=session_burden,
    )


def exact_remnant(offered: Offered) -> Callable[[frozenset[str]], Estimate]:
    """What gives the remnant of several resections together, counted on the liver itself [mL]."""
    by_name = {one.name: one for one in offered.resections}

    def remnant(taken: frozenset[str]) -> Estimate:
        found = union_remnant(offered.liver.served, [by_name[name].region() for name in sorted(taken)])
        return found.functional_ml or found.anatomical_ml

    return remnant


def better_option(plan: AblationPlan) -> AblationOption | None:
    """The technology with fewer doubts, then the one with fewer positions; None where both are ruled out."""
    possible = [
        option
        for option in plan.options
        if option.feasibility.state is not Feasible.NO and option.narrow is not None and option.narrow.count
    ]
    return min(possible, key=_doubts, default=None)


def _doubts(option: AblationOption) -> tuple[int, int, int]:
    doubts = sum(reason.state is Feasible.UNKNOWN for reason in option.feasibility.reasons)
    count = option.narrow.count if option.narrow is not None else None
    return -WORST_FIRST.index(option.feasibility.state), doubts, count or 0


def _removes(candidate: Candidate) -> bool:
    """Whether it removes any lesion with a margin that is not too small."""
    return any(removal.state is not Feasible.NO for removal in candidate.removed)


def _resection(
    candidate: Candidate, lost: frozenset[int], removed: frozenset[int], *, least: Entry
) -> ResectionChoice:
    """A candidate as a choice; lesions whose margin is too small are not removed by it, and cut."""
    kept = [removal for removal in candidate.removed if removal.state is not Feasible.NO]
    short = {removal.lesion for removal in candidate.removed} - {removal.lesion for removal in kept}
    unsure = [removal for removal in kept if removal.state is Feasible.UNKNOWN]
    reasons = [_margin_unknown(removal, least) for removal in unsure]
    if not candidate.deprivation_known:
        reasons.append(
            Reason("vessels are not segmented: liver that loses its flow is not counted", Feasible.UNKNOWN)
        )
    cut = dict.fromkeys(vessel.name.removeprefix("a ") for vessel in candidate.vessels_cut)
    cautions = [f"cuts the {name}" for name in list(cut)[:2]]
    if candidate.vessels_freed:
        cautions.append(f"within the margin, to be dissected free: {', '.join(candidate.vessels_freed)}")
    return ResectionChoice(
        name=candidate.name,
        kind=candidate.modality.value,
        lesions=frozenset(removal.lesion for removal in kept),
        cuts=frozenset(candidate.cut_through) | short,
        lost=lost,
        burden=candidate.complexity or UNNAMED_COMPLEXITY,
        is_major=candidate.is_major,
        removed=removed,
        reasons=tuple(reasons),
        cautions=tuple(cautions),
    )


def _margin_unknown(removal: Removal, least: Entry) -> Reason:
    """Why it is not known whether the margin is kept: the cut, a vessel that stays, or vessels that are not seen."""
    margin, vessel = removal.margin_mm, removal.vessel_mm
    if margin is not None and at_least(margin, least.number) is Feasible.UNKNOWN:
        text = f"{removal.lesion}: margin of {margin.low:.0f} to {margin.high:.0f} mm"
        return Reason(text, Feasible.UNKNOWN, margin, "mm", least)
    if vessel is not None:
        name = removal.vessel.removeprefix("a ")
        text = f"{removal.lesion}: {vessel.low:.1f} to {vessel.high:.1f} mm from the {name}, which stays"
        return Reason(text, Feasible.UNKNOWN, vessel, "mm", least)
    return Reason(f"{removal.lesion}: vessels near the cut are unknown", Feasible.UNKNOWN)


def _ablation(lesion: str, option: AblationOption, cells: frozenset[int]) -> AblationChoice:
    """The better technology as a choice."""
    assert option.narrow is not None and option.narrow.count is not None
    return AblationChoice(
        name=f"{option.modality.value} of {lesion}",
        lesion=lesion,
        lost=cells,
        burden=option.narrow.count,
        reasons=tuple(one for one in option.feasibility.reasons if one.state is not Feasible.YES),
        cautions=option.feasibility.cautions,
    )


def _cells(
    offered: Offered,
    resections: Sequence[Candidate],
    ablations: Sequence[tuple[AblationPlan, AblationOption]],
) -> LiverPartition:
    """Healthy liver parted by everything that costs some of it."""
    served = offered.liver.served
    healthy = served.on_grid(served.healthy)
    regions = [part for one in resections for part in (one.lost_region(), one.region())]
    placed = [option.narrow for _, option in ablations if option.narrow is not None]
    regions += [zones_within(placement, served.grid, healthy) for placement in placed]
    return cells_of(
        regions,
        healthy,
        spacing_mm=served.grid.spacing_mm,
        error_mm=served.error_mm,
        smallest_ml=SMALLEST_CELL_ML,
    )


def _embolisations(offered: Offered) -> tuple[EmbolisationChoice, ...]:
    """Every territory short of the whole liver with the lesions that it covers and that may be embolised."""
    names = [item.lesion.name for item in offered.measurement.lesions]
    allowed = {name: offered.of(name, OF_ACTION[Action.EMBOLISE]) for name in names}
    open_to = {name for name, found in allowed.items() if any(one.state is not Feasible.NO for one in found)}
    choices: list[EmbolisationChoice] = []
    for territory in offered.territories.territories:
        lesions = frozenset(territory.covers(offered.territories.rules.covered_from)) & open_to
        if territory.level is Level.WHOLE or not lesions:
            continue
        doubts = {
            reason.text: reason
            for name in sorted(lesions)
            for one in allowed[name]
            if one.modality is Modality.EMBOLISATION
            for reason in one.reasons
            if reason.state is Feasible.UNKNOWN
        }
        choices.append(
            EmbolisationChoice(
                name=f"embolisation of {territory.name}",
                lesions=lesions,
                session=territory.lobe.value,
                burden=1,
                reasons=tuple(doubts.values()),
                cautions=(territory.words,),
            )
        )
    return tuple(choices)


def _apart(
    offered: Offered, resections: Sequence[Candidate], arterial: Sequence[EmbolisationChoice]
) -> Iterable[Incompatible]:
    """The liver that a major resection leaves is not embolised in the same plan."""
    entry = offered.embolise_the_remnant
    territories = {f"embolisation of {one.name}": one for one in offered.territories.territories}
    for candidate in resections:
        if not candidate.is_major:
            continue
        for choice in arterial:
            if _stays(territories[choice.name], candidate):
                yield Incompatible(candidate.name, choice.name, entry.statement, entry)


def _stays(territory: Territory, candidate: Candidate) -> bool:
    """Whether most of a territory lies in the liver that a resection leaves."""
    lost = int(np.count_nonzero(territory.region.array & candidate.lost_region()))
    return 2 * lost < int(np.count_nonzero(territory.region.array))


def _obstacles(
    offered: Offered,
    resections: Sequence[ResectionChoice],
    ablations: Sequence[AblationChoice],
    arterial: Sequence[EmbolisationChoice],
) -> Iterable[Obstacle]:
    """For each lesion the actions that nothing offers, and why."""
    reached = {
        Action.RESECT: {name for one in resections for name in one.lesions},
        Action.ABLATE: {one.lesion for one in ablations},
        Action.EMBOLISE: {name for one in arterial for name in one.lesions},
    }
    for item in offered.measurement.lesions:
        for action, names in reached.items():
            if item.lesion.name not in names:
                reasons = _against(offered.of(item.lesion.name, OF_ACTION[action]))
                yield Obstacle(item.lesion.name, action, reasons)


def _against(found: Sequence[Feasibility]) -> tuple[Reason, ...]:
    """What rules it out, said once; where nothing does, what is unknown of it."""
    for state in (Feasible.NO, Feasible.UNKNOWN):
        reasons = [reason for one in found for reason in one.reasons if reason.state is state]
        if reasons:
            return tuple({reason.text: reason for reason in reasons}.values())
    return ()
