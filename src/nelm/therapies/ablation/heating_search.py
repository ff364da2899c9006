"""The shortest setting that covers a lesion and its margin, among the powers that a device has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nelm.errors import problem
from nelm.knowledge import Knowledge
from nelm.physics.bioheat import Heat, advance, set_up, start
from nelm.therapies.ablation.heat_knowledge import HeatKnowledge
from nelm.therapies.ablation.heating import ISOTHERM, Region, Setting, default_source, margins_of, target
from nelm.therapies.ablation.heating_scene import (
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

SEARCH_EDGE_MM = 2.0
"""Edge of the voxels of the search: volumes are those of finer ones to some per cent, in a tenth of the time."""
LOOK_EVERY_S = 15.0


@dataclass(frozen=True, slots=True)
class PowerRow:
    """A power that a device can give, and for how long at most.

    Parameters
    ----------
    name : As its table has it.
    power_w : Absorbed by tissue from one applicator [W].
    duration_max_s : [s].
    """

    name: str
    power_w: float
    duration_max_s: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What one row does.

    Parameters
    ----------
    covered_after_s : Time after which lesion and margin are covered; None where they never are.
    best_share : Largest share covered, 0 to 1.
    """

    row: PowerRow
    covered_after_s: float | None
    best_share: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The shortest setting that covers.

    Parameters
    ----------
    setting : None where no row covers lesion and margin.
    margin_mm, model, required_share : What covered means.
    trials : Every row.
    text : What was found, in a sentence.
    """

    setting: Setting | None
    margin_mm: float
    model: str
    required_share: float
    trials: tuple[Trial, ...]
    text: str


def default_rows(known: HeatKnowledge) -> tuple[PowerRow, ...]:
    """The powers that are tried where no table of a device is given."""
    powers = known.powers.value
    if not isinstance(powers, tuple):
        raise problem(known.powers.id, "a list of powers", path="powers")
    longest = known.duration_max.number
    return tuple(PowerRow(f"{float(power):g} W", float(power), longest) for power in powers)


def chosen_setting(
    anatomy: Anatomy,
    applicators: Sequence[Applicator],
    knowledge: Knowledge,
    *,
    rows: Sequence[PowerRow] | None = None,
    margin_mm: float | None = None,
    model: str = HENRIQUES,
    source: SourceShape | None = None,
    wall: VesselWall = VesselWall.HELD,
) -> Choice:
    """Search the shortest time, at nominal blood flow and without what dies after the power is off.

    Parameters
    ----------
    rows : Powers of a device; by default those of `ablation_heat.toml`.
    margin_mm : To cover beyond the lesion; by default the narrow one.
    model : Death model that decides, or the lethal isotherm.
    """
    known = knowledge.record(HeatKnowledge, "ablation_heat")
    margin = margins_of(knowledge)[1] if margin_mm is None else margin_mm
    if model not in (*deaths_of(known).names, ISOTHERM):
        raise problem(model, f"one of {', '.join((*deaths_of(known).names, ISOTHERM))}", path="model")
    shape = source or default_source(known)
    scene = scene_of(anatomy, applicators, shape=shape, known=known, edge_mm=SEARCH_EDGE_MM)
    wanted = target(scene, margin)
    required = known.coverage_required.number
    trials = tuple(
        _trial(row, scene, wanted, (model, wall, required), known=known)
        for row in rows or default_rows(known)
    )
    return _choice(trials, margin, model, required)


def _choice(trials: tuple[Trial, ...], margin: float, model: str, required: float) -> Choice:
    """The shortest of the rows that cover; of equals the one with less power."""
    covering = [
        (trial.covered_after_s, trial.row.power_w) for trial in trials if trial.covered_after_s is not None
    ]
    aim = f"the lesion and {margin:g} mm ({model}, {100 * required:g} %)"
    if not covering:
        best = max(trials, key=lambda trial: trial.best_share)
        text = f"No setting covers {aim}: the best, {best.row.name}, covers {100 * best.best_share:.0f} %."
        return Choice(None, margin, model, required, trials, text)
    seconds, power = min(covering)
    text = f"{power:g} W for {seconds:g} s covers {aim}; no row tried is faster."
    return Choice(Setting(power, seconds), margin, model, required, trials, text)


def _trial(
    row: PowerRow, scene: Scene, wanted: Region, how: tuple[str, VesselWall, float], *, known: HeatKnowledge
) -> Trial:
    """Heat by one row until lesion and margin are covered, or its time is over."""
    model, wall, required = how
    heated = heated_of(scene, power_w=row.power_w, perfusion=Perfusion.NOMINAL, wall=wall, known=known)
    heat, share = start(set_up(heated, deaths_of(known))), 0.0
    while heat.time_s < row.duration_max_s:
        heat = advance(heat, min(LOOK_EVERY_S, row.duration_max_s - heat.time_s))
        dead = _dead(heat, model, known)
        share = float(np.count_nonzero(dead & wanted) / np.count_nonzero(wanted))
        if share >= required:
            return Trial(row, heat.time_s, share)
    return Trial(row, None, share)


def _dead(heat: Heat, model: str, known: HeatKnowledge) -> Region:
    """Dead by a model or by the isotherm."""
    return heat.peak_c >= known.lethal_isotherm.number if model == ISOTHERM else heat.dead(model)
