"""Simulated zones: what applicators kill in and around a lesion, by several models of death, near vessels or not.

Heat by the equation of Pennes (`nelm.physics.bioheat`), no electromagnetic field. Models of death disagree, blood flow
is hardly known: every number is a band, and a zone is an outer one (any model) and an inner one (all of them).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.knowledge import Knowledge
from nelm.physics.bioheat import Heat, advance, set_up, start
from nelm.quantities import Estimate
from nelm.therapies.ablation.heat_knowledge import HeatKnowledge
from nelm.therapies.ablation.heating_scene import (
    COOLING_S,
    HENRIQUES,
    Anatomy,
    Applicator,
    Perfusion,
    Scene,
    SourceShape,
    VesselWall,
    deaths_of,
    heated_of,
    scene_of,
)
from nelm.therapies.ablation.knowledge import AblationKnowledge
from nelm.volume import Grid, Mask

Region = NDArray[np.bool_]
ISOTHERM = "lethal isotherm"
EDGE_MM = 1.25
"""Edge of the voxels of a simulation, unless asked for another."""
NEAR_WALL_MM = 2.5
"""Tissue this near to the wall of a vessel is near it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What every applicator does.

    Parameters
    ----------
    power_w : Absorbed by tissue from each applicator [W]; a generator shows more, by what cables and shafts take.
    duration_s : How long [s].
    """

    power_w: float
    duration_s: float

    def __post_init__(self) -> None:
        if not (self.power_w > 0 and self.duration_s > 0):
            raise problem((self.power_w, self.duration_s), "a power and a time above 0", path="setting")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the lesion with a margin is dead.

    Parameters
    ----------
    margin_mm : Margin in the liver around the lesion; 0 for the lesion.
    share : Dead, 0 to 1, at nominal blood flow, and between the highest and the lowest.
    """

    margin_mm: float
    share: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class ModelZone:
    """The zone by one model of death.

    Parameters
    ----------
    model : Its name.
    mask : Dead liver and lesion at nominal blood flow.
    volume_ml : With the limits of blood flow.
    coverage : Of the lesion, and of the lesion with each margin.
    """

    model: str
    mask: Mask
    volume_ml: Estimate
    coverage: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True)
class SinkLoss:
    """What large vessels save from death, by one model, at nominal blood flow.

    Parameters
    ----------
    model : Its name.
    volume_ml : Dead without vessels and not with them, in liver and lesion.
    facing, facing_without : Share dead of the lesion with the wider margin, on the side of the nearest vessel, with
        vessels and without.
    away, away_without : The same on the other side.
    """

    model: str
    volume_ml: float
    facing: float
    facing_without: float
    away: float
    away_without: float


@dataclass(frozen=True, slots=True, eq=False)
class HeatSink:
    """What large vessels do.

    Parameters
    ----------
    vessel : Name of the one nearest to the lesion.
    distance_mm : From the lesion to its wall.
    losses : By model.
    saved : What is saved from death by the middle model (Henriques).
    saved_at_mm : Centre (x, y, z) of it; None where nothing is saved.
    lowest_peak_c, median_peak_c : Of the highest temperatures near walls in the lesion with the wider margin; None
        where no wall is as near.
    """

    vessel: str
    distance_mm: float
    losses: tuple[SinkLoss, ...]
    saved: Mask
    saved_at_mm: tuple[float, float, float] | None
    lowest_peak_c: float | None
    median_peak_c: float | None


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedZone:
    """What a setting does to a lesion.

    Parameters
    ----------
    setting, source, wall : What was simulated.
    grid : Of all maps.
    zones : By each model, the lethal isotherm last.
    outer, inner : Dead by any model and by all, at nominal blood flow.
    peak_c : (z, y, x) highest temperature at nominal blood flow.
    sink : None where no large vessel is on the grid, or none was segmented; see the remarks.
    remarks : What should be known.
    """

    setting: Setting
    source: SourceShape
    wall: VesselWall
    grid: Grid
    zones: tuple[ModelZone, ...]
    outer: Mask
    inner: Mask
    peak_c: NDArray[np.float32]
    sink: HeatSink | None
    remarks: tuple[str, ...]

    def by(self, model: str) -> ModelZone:
        """The zone by a model."""
        found = [zone for zone in self.zones if zone.model == model]
        if not found:
            raise problem(model, f"one of {', '.join(zone.model for zone in self.zones)}", path="model")
        return found[0]


def default_source(known: HeatKnowledge) -> SourceShape:
    """The source where a device says nothing of its own."""
    return SourceShape(known.source_length.number, known.source_width.number)


def simulated_zone(
    anatomy: Anatomy,
    applicators: Sequence[Applicator],
    setting: Setting,
    knowledge: Knowledge,
    *,
    source: SourceShape | None = None,
    wall: VesselWall = VesselWall.HELD,
    edge_mm: float = EDGE_MM,
) -> SimulatedZone:
    """Simulate a setting: at three blood flows, and at the nominal one without vessels.

    Parameters
    ----------
    anatomy, applicators, setting : What is heated, by what, and how.
    source : Where the power goes; by default the one of `ablation_heat.toml`.
    wall : How large vessels cool; by default as strongly as they can.
    edge_mm : Edge of the voxels.
    """
    known = knowledge.record(HeatKnowledge, "ablation_heat")
    margins = margins_of(knowledge)
    shape = source or default_source(known)
    scene = scene_of(anatomy, applicators, shape=shape, known=known, edge_mm=edge_mm)
    runs = {flow: _run(scene, setting, flow, wall, known=known) for flow in Perfusion}
    alone = None
    if scene.to_vessel_mm:
        alone = _run(scene, setting, Perfusion.NOMINAL, None, known=known)
    dead = {flow: _dead(scene, heat, known) for flow, heat in runs.items()}
    nominal = dead[Perfusion.NOMINAL]
    peak = runs[Perfusion.NOMINAL].peak_c
    without = None if alone is None else _dead(scene, alone, known)
    return SimulatedZone(
        setting=setting,
        source=shape,
        wall=wall,
        grid=scene.grid,
        zones=tuple(_zone(name, dead, scene, margins) for name in nominal),
        outer=Mask(np.any(list(nominal.values()), axis=0), scene.grid),
        inner=Mask(np.all(list(nominal.values()), axis=0), scene.grid),
        peak_c=peak,
        sink=None if without is None else _sink(scene, nominal, without, (peak, margins[-1])),
        remarks=_remarks(scene, known, runs[Perfusion.NOMINAL]),
    )


def margins_of(knowledge: Knowledge) -> tuple[float, float, float]:
    """No margin, the narrow one and the wide one [mm]."""
    margin = knowledge.record(AblationKnowledge, "ablation").margin
    if margin.low is None or margin.high is None:
        raise problem(margin.id, "an entry with both ends", path="margin")
    return 0.0, margin.low, margin.high


def target(scene: Scene, margin_mm: float) -> Region:
    """The lesion and the liver around it up to a margin, large vessels left out."""
    region = scene.liver & (scene.to_lesion_mm <= margin_mm)
    wall = scene.wall_mm
    return region if wall is None else region & (wall > 0)


def _run(
    scene: Scene, setting: Setting, flow: Perfusion, wall: VesselWall | None, *, known: HeatKnowledge
) -> Heat:
    """The state after the power has been on, and off for a while."""
    heated = heated_of(scene, power_w=setting.power_w, perfusion=flow, wall=wall, known=known)
    hot = advance(start(set_up(heated, deaths_of(known))), setting.duration_s)
    return advance(hot, COOLING_S, power=0.0)


def _dead(scene: Scene, heat: Heat, known: HeatKnowledge) -> dict[str, Region]:
    """Dead liver and lesion by each model; lumina of large vessels are not tissue."""
    wall = scene.wall_mm
    tissue = scene.liver if wall is None else scene.liver & (wall > 0)
    found = {name: heat.dead(name) & tissue for name in heat.setup.deaths.names}
    found[ISOTHERM] = (heat.peak_c >= known.lethal_isotherm.number) & tissue
    return found


def _zone(
    name: str, dead: dict[Perfusion, dict[str, Region]], scene: Scene, margins: tuple[float, ...]
) -> ModelZone:
    """The zone by one model with its limits."""
    volumes = [np.count_nonzero(dead[flow][name]) * scene.grid.voxel_ml for flow in Perfusion]
    coverage: list[Coverage] = []
    for margin in margins:
        wanted = target(scene, margin)
        coverage.append(Coverage(margin, _spread([_share(dead[flow][name], wanted) for flow in Perfusion])))
    mask = Mask(dead[Perfusion.NOMINAL][name], scene.grid)
    return ModelZone(name, mask, _spread(volumes), tuple(coverage))


def _spread(values: Sequence[float]) -> Estimate:
    """Values at low, nominal and high blood flow as an estimate."""
    return Estimate(float(values[1]), float(min(values)), float(max(values)))


def _share(dead: Region, wanted: Region) -> float:
    """Share of a region that is dead; 0 of nothing."""
    return float(np.count_nonzero(dead & wanted) / max(np.count_nonzero(wanted), 1))


def _sink(
    scene: Scene, dead: dict[str, Region], without: dict[str, Region], at: tuple[NDArray[np.float32], float]
) -> HeatSink:
    """What vessels save; `at` are the highest temperatures and the wider margin."""
    peak, margin = at
    vessel = min(scene.to_vessel_mm, key=lambda name: _gap_mm(scene, scene.to_vessel_mm[name]))
    wanted = target(scene, margin)
    facing = _facing(scene, scene.to_vessel_mm[vessel])
    losses = [
        SinkLoss(
            name,
            float(np.count_nonzero(without[name] & ~region) * scene.grid.voxel_ml),
            _share(region, wanted & facing),
            _share(without[name], wanted & facing),
            _share(region, wanted & ~facing),
            _share(without[name], wanted & ~facing),
        )
        for name, region in dead.items()
    ]
    saved = without[HENRIQUES] & ~dead[HENRIQUES]
    nearest = scene.wall_mm
    near = peak[wanted & (nearest <= NEAR_WALL_MM)] if nearest is not None else peak[:0]
    return HeatSink(
        vessel=vessel,
        distance_mm=_gap_mm(scene, scene.to_vessel_mm[vessel]),
        losses=tuple(losses),
        saved=Mask(saved, scene.grid),
        saved_at_mm=_centre(saved, scene.grid),
        lowest_peak_c=float(near.min()) if near.size else None,
        median_peak_c=float(np.median(near)) if near.size else None,
    )


def _gap_mm(scene: Scene, wall_mm: NDArray[np.float64]) -> float:
    """From the lesion to a wall; 0 where they touch."""
    return max(0.0, float(wall_mm[scene.lesion].min()) - min(scene.grid.spacing_mm) / 2)


def _facing(scene: Scene, wall_mm: NDArray[np.float64]) -> Region:
    """The half of space on the side of the nearest point of a vessel, seen from the middle of the lesion."""
    inside = np.argwhere(scene.lesion)
    middle = inside.mean(axis=0)
    vessel = np.argwhere((wall_mm <= 0) & (scene.to_lesion_mm <= scene.to_lesion_mm[wall_mm <= 0].min()))
    towards = vessel.mean(axis=0) - middle
    z, y, x = np.meshgrid(*[np.arange(n) for n in scene.grid.shape], indexing="ij", sparse=True)
    return (z - middle[0]) * towards[0] + (y - middle[1]) * towards[1] + (x - middle[2]) * towards[2] > 0


def _centre(region: Region, grid: Grid) -> tuple[float, float, float] | None:
    """Centre (x, y, z) of a region; None of nothing."""
    if not region.any():
        return None
    x, y, z = grid.points_of(np.argwhere(region).mean(axis=0)[None])[0].tolist()
    return x, y, z


def _remarks(scene: Scene, known: HeatKnowledge, heat: Heat) -> tuple[str, ...]:
    """What should be known of a simulated zone."""
    said = [
        "The source is a smeared line along each applicator: no electromagnetic field is computed.",
        known.validity.statement,
        known.energy_and_volume.statement,
        known.sensitivity.statement,
        known.no_own_data.statement,
        known.arrhenius_frequency.statement,
        known.henriques_frequency.statement,
    ]
    if not scene.vessels_known:
        said.append("No vessels were segmented: what they save from heat is unknown.")
    elif not scene.to_vessel_mm:
        said.append(
            f"No segmented vessel of {known.heat_sink_diameter.number:g} mm or more near the lesion: none cools it."
        )
    if heat.peak_c[scene.liver].max() >= known.vaporisation.number:
        said.append("Tissue at the applicator boils: what it absorbs beyond that is left out.")
    outside = heat.dead(HENRIQUES) & ~scene.liver
    if outside.any():
        ml = np.count_nonzero(outside) * scene.grid.voxel_ml
        said.append(f"Heat kills {ml:.1f} mL outside the liver too, where all tissue is taken as liver.")
    return tuple(said)
