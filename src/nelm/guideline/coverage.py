"""Arterial territories as knowledge and as reasons: what the slices of arterial treatment share."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nelm.guideline.feasibility import Feasible, Reason, at_least
from nelm.guideline.therapy import PatientView
from nelm.imaging.liver.catheters import Cover, cover_of
from nelm.imaging.liver.territory_map import Supply, Territory, TerritoryMap, TerritoryRules
from nelm.imaging.liver.territory_names import Level
from nelm.imaging.measured import LiverMeasurement
from nelm.knowledge import Entry, Knowledge
from nelm.quantities import Estimate


@dataclass(frozen=True, slots=True)
class TerritoryKnowledge:
    """Entries of `arterial_territories.toml`."""

    lobe_border_apart: Entry
    branch_border_error: Entry
    lesion_covered: Entry
    smallest_territory: Entry
    aorta_from: Entry
    position_worth: Entry


def territory_knowledge(knowledge: Knowledge) -> TerritoryKnowledge:
    """The entries as a record."""
    return knowledge.record(TerritoryKnowledge, "arterial_territories")


def territory_rules(known: TerritoryKnowledge) -> TerritoryRules:
    """The limits that `nelm.imaging.liver.arteries.territories_of` takes."""
    return TerritoryRules(
        border_error_mm=known.branch_border_error.number,
        stand_in_error_mm=known.lobe_border_apart.number,
        covered_from=known.lesion_covered.number / 100,
        smallest_ml=known.smallest_territory.number,
        aorta_from_mm=known.aorta_from.number,
    )


def with_measured_liver(patient: PatientView, measurement: LiverMeasurement) -> PatientView:
    """The patient with the burden and the liver volume that were measured, where the case does not say them."""
    percent, liver_ml = measurement.burden.percent, measurement.burden.liver_ml
    values = dict(patient.values)
    if percent is not None and patient.number("liver.burden_percent") is None:
        values["liver.burden_percent"] = percent.interval
    if not measurement.burden.is_cut and patient.number("liver.volume_ml") is None:
        values["liver.volume_ml"] = liver_ml.interval
    return replace(patient, values=values)


@dataclass(frozen=True, slots=True)
class Reached:
    """How a lesion is reached.

    Parameters
    ----------
    reasons, cautions : For its feasibility.
    territories : The positions that reach it; none where nothing does.
    """

    reasons: tuple[Reason, ...]
    cautions: tuple[str, ...]
    territories: tuple[Territory, ...]


def reached(liver: TerritoryMap, lesion: str, known: TerritoryKnowledge) -> Reached:
    """By which positions a lesion is reached, and how surely.

    The position is the one with the least healthy liver that surely covers it, else several positions short of the
    whole liver, else the one that holds most of it.
    """
    short_of_all = [item for item in liver.territories if item.level is not Level.WHOLE]
    least = liver.rules.covered_from
    sure = [
        item
        for item in short_of_all
        if lesion in item.shares and at_least(item.shares[lesion], least) is Feasible.YES
    ]
    if sure:
        best = min(sure, key=lambda item: item.healthy_ml.value)
        return _told(liver, (best,), best.shares[lesion], known)
    together = cover_of(liver, [lesion], short_of_all, position_worth_ml=known.position_worth.number)
    wider = _surer(liver, lesion, short_of_all, together)
    if wider:
        return _told(liver, wider, liver.share(lesion, _cells(wider)), known)
    return _told(liver, together.territories, together.shares[lesion], known)


def _surer(
    liver: TerritoryMap, lesion: str, allowed: list[Territory], together: Cover
) -> tuple[Territory, ...]:
    """Positions that surely cover a lesion on a border: the ones that cover it with the neighbours it may lie in."""
    if (
        not together.territories
        or at_least(together.shares[lesion], liver.rules.covered_from) is Feasible.YES
    ):
        return together.territories
    chosen = list(together.territories)
    others = sorted(
        (item for item in allowed if lesion in item.shares), key=lambda item: item.healthy_ml.value
    )
    for item in others:
        cells = _cells(tuple(chosen)) | item.cells
        if at_least(liver.share(lesion, cells), liver.rules.covered_from) is Feasible.YES:
            apart = tuple(one for one in chosen if not one.cells <= item.cells)
            return (*apart, item)
    return ()


def _cells(territories: tuple[Territory, ...]) -> frozenset[int]:
    return frozenset[int]().union(*(item.cells for item in territories))


def _told(
    liver: TerritoryMap, territories: tuple[Territory, ...], share: Estimate, known: TerritoryKnowledge
) -> Reached:
    """The reason, with the share that was found."""
    percent = share.scaled(100)
    state = at_least(percent, known.lesion_covered.number)
    if not territories:
        text = "no catheter position short of the whole liver reaches it"
        return Reached((Reason(text, Feasible.NO, percent, "%", known.lesion_covered),), (), ())
    names = " and ".join(item.words for item in territories)
    text = (
        f"{names}: {percent.value:.0f} % of the lesion lies in it ({percent.low:.0f} to {percent.high:.0f} %)"
    )
    cautions: list[str] = []
    if liver.supply is Supply.STAND_IN:
        cautions.append(known.lobe_border_apart.statement)
    if len(territories) > 1:
        cautions.append(f"{len(territories)} catheter positions are needed for it")
    if not all(item.is_selective for item in territories):
        cautions.append("lobar, not selective")
    return Reached((Reason(text, state, percent, "%", known.lesion_covered),), tuple(cautions), territories)
