"""The partition model for any number of territories, each with any number of tumours of their own T/N.

A territory gets its own activity. Of it the share L goes to the lungs; the rest settles in tumour and normal liver as
their masses and T/N say, and every decay gives its energy where it happens:

    D_N = c A (1 - L) / (m_N + sum r_j m_j),   D_Tj = r_j D_N,   D_lungs = c sum A L / m_lungs

The shunt divides when an activity is sought: what is lost to the lungs has to be given in addition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from nelm.errors import problem
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.limits import Aims, Bound
from nelm.therapies.radioembolisation.propagation import (
    Array,
    Input,
    Range,
    draws,
    estimate_of,
    probability_above,
)
from nelm.therapies.radioembolisation.tumour_to_normal import ConcentrationRatio


@dataclass(frozen=True, slots=True)
class TumourPart:
    """Tumour of one T/N: its mass [kg] and its concentration ratio to the normal liver of its territory."""

    mass_kg: Estimate
    ratio: ConcentrationRatio


@dataclass(frozen=True, slots=True)
class PerfusedPart:
    """A territory as the model sees it: perfused normal liver [kg] and the tumours in it."""

    name: str
    normal_kg: Estimate
    tumours: tuple[TumourPart, ...] = ()


@dataclass(frozen=True, slots=True)
class PartitionModel:
    """Everything that the model needs.

    Parameters
    ----------
    territories : One or more.
    lung_shunt : Share of all activity that reaches the lungs [1].
    lung_kg : Mass of the lungs [kg].
    constant_gy_kg_per_gbq : Dose constant c [Gy kg/GBq].
    spared_normal_kg : Normal liver that is not perfused [kg].
    """

    territories: tuple[PerfusedPart, ...]
    lung_shunt: Estimate
    lung_kg: Estimate
    constant_gy_kg_per_gbq: float
    spared_normal_kg: float = 0.0


@dataclass(frozen=True, slots=True)
class RegionDoses:
    """Mean doses [Gy] of a treatment; None where there is no such region or nothing is known of it.

    Parameters
    ----------
    perfused_gy : All that is perfused, tumour included.
    tumour_gy, perfused_normal_gy, whole_normal_gy : Perfused tumour, perfused normal liver, all normal liver.
    lung_gy : Lungs.
    """

    perfused_gy: Estimate | None
    tumour_gy: Estimate | None
    perfused_normal_gy: Estimate | None
    whole_normal_gy: Estimate | None
    lung_gy: Estimate | None


@dataclass(frozen=True, slots=True)
class TerritoryDoses:
    """Doses in one territory for its activity: normal liver, and each tumour in the order of the model."""

    name: str
    activity_gbq: float
    normal_gy: Estimate
    tumours_gy: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class PartitionDoses:
    """Doses of given activities, by region and by territory."""

    regions: RegionDoses
    territories: tuple[TerritoryDoses, ...]
    chance_above_lung_limit: float | None = None


@dataclass(frozen=True, slots=True)
class PartitionPlan:
    """Activities that meet the aims.

    Parameters
    ----------
    activity_gbq : All of it, delivered, with the limits that the inputs leave [GBq].
    territories_gbq : The best value for each territory [GBq].
    bound_by : What sets it.
    alternatives : Activity that each aim alone would ask for or allow [GBq]; without an upper end where the lung
        shunt may be 0.
    doses : Of the best activities.
    """

    activity_gbq: Estimate
    territories_gbq: tuple[float, ...]
    bound_by: Bound
    alternatives: tuple[tuple[Bound, Estimate], ...]
    doses: PartitionDoses


def partition_doses(
    model: PartitionModel, activities_gbq: Sequence[float], *, lung_max_gy: float | None = None
) -> PartitionDoses:
    """Doses of the activities that the territories get [GBq], with the limits that the inputs leave.

    `lung_max_gy` asks for the chance that the lung dose lies above it, given the uncertainty of shunt and mass.
    """
    if len(activities_gbq) != len(model.territories):
        raise problem(
            f"{len(activities_gbq)} activities", f"one for each of {len(model.territories)} territories"
        )
    drawn = _Drawn.of(model)
    given = [np.full_like(drawn.shunt, activity) for activity in activities_gbq]
    return _doses(model, drawn, given, lung_max_gy)


def partition_plan(model: PartitionModel, aims: Aims) -> PartitionPlan:
    """Activities for the aims: the dose to tumour where it is asked for, and never more than any limit allows.

    In each territory the dose to its normal liver follows from the dose aimed at in its tumour or from the limit of
    perfused normal liver, whichever is less; where neither is given all territories get the same. A territory without
    tumour gets nothing when a dose to tumour is aimed at. All activities are then lowered together until the limits
    of the whole liver and of the lungs hold. Limits are held for the best
    values; what the uncertainty of the inputs means is in the limits of the doses.

    Raises
    ------
    InputError : No aim is given, or none that a territory without tumour could follow.
    """
    drawn = _Drawn.of(model)
    base, by_aim = _wanted(drawn, aims)
    total = _sum(drawn.activity(normal) for normal in base)
    caps = _caps(model, drawn, base, total=total, aims=aims)
    free = not by_aim
    if free and not caps:
        raise problem(aims, "a dose aimed at, or a limit", "Give one of the aims", path="aims")
    factor = np.full_like(total, np.inf) if free else np.ones_like(total)
    bound = Bound.TUMOUR_DOSE if free else _lowest_of(by_aim)
    for name, allowed in caps:
        if allowed[0] < factor[0]:
            bound = name
        factor = np.minimum(factor, allowed)
    by_place = {normal[0]: float(drawn.activity(normal)[0] * factor[0]) for normal in base}
    best = [by_place.get(place, 0.0) for place in range(len(drawn.parts))]
    return PartitionPlan(
        activity_gbq=estimate_of(total * factor),
        territories_gbq=tuple(best),
        bound_by=bound,
        alternatives=tuple(
            [
                *(
                    (name, estimate_of(_sum(drawn.activity(normal) for normal in each)))
                    for name, each in by_aim
                ),
                *((name, estimate_of(total * allowed)) for name, allowed in caps),
            ]
        ),
        doses=partition_doses(model, best, lung_max_gy=aims.lung_max_gy),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One territory, drawn: masses and ratios, and its mass weighted by concentration."""

    normal_kg: Array
    tumours: tuple[tuple[Array, Array], ...]

    @property
    def weighted_kg(self) -> Array:
        return self.normal_kg + _sum((kg * ratio for kg, ratio in self.tumours), like=self.normal_kg)

    @property
    def tumour_kg(self) -> Array:
        return _sum((kg for kg, _ in self.tumours), like=self.normal_kg)

    @property
    def mean_ratio(self) -> Array:
        """Mean T/N of the tumours by mass; infinite where there is none."""
        weighted = _sum((kg * ratio for kg, ratio in self.tumours), like=self.normal_kg)
        return weighted / self.tumour_kg


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """The inputs of a model, drawn."""

    parts: tuple[_Part, ...]
    shunt: Array
    lung_kg: Array
    constant: float

    @classmethod
    def of(cls, model: PartitionModel) -> _Drawn:
        if not model.territories:
            raise problem("none", "one territory or more", path="territories")
        inputs = [
            Input(model.lung_shunt, Range.SHARE, "lung_shunt"),
            Input(model.lung_kg, Range.POSITIVE, "lung_kg"),
        ]
        for part in model.territories:
            inputs.append(Input(part.normal_kg, Range.POSITIVE, f"{part.name}.normal_kg"))
            for tumour in part.tumours:
                inputs.append(Input(tumour.mass_kg, Range.POSITIVE, f"{part.name}.tumour_kg"))
                inputs.append(Input(tumour.ratio.value, Range.POSITIVE, f"{part.name}.tumour_to_normal"))
        rows = iter(draws(inputs))
        shunt, lung_kg = next(rows), next(rows)
        parts = tuple(
            _Part(next(rows), tuple((next(rows), next(rows)) for _ in part.tumours))
            for part in model.territories
        )
        return cls(parts, shunt, lung_kg, model.constant_gy_kg_per_gbq)

    def activity(self, normal: tuple[int, Array]) -> Array:
        """Activity [GBq] that gives a dose [Gy] to the normal liver of a territory."""
        place, dose = normal
        return dose * self.parts[place].weighted_kg / (self.constant * (1.0 - self.shunt))


Doses = list[tuple[int, Array]]
"""Dose to normal liver [Gy] by place of the territory."""


def _wanted(drawn: _Drawn, aims: Aims) -> tuple[Doses, list[tuple[Bound, Doses]]]:
    """Dose to the normal liver of each territory before the common limits, and what each aim alone would give."""
    ones = np.ones_like(drawn.shunt)
    treated = [p for p, part in enumerate(drawn.parts) if part.tumours or aims.tumour_gy is None]
    if not treated:
        raise problem("no tumour", "tumour in some territory", "Leave out the dose to tumour", path="aims")
    by_aim: list[tuple[Bound, Doses]] = []
    if aims.tumour_gy is not None:
        aim = aims.tumour_gy
        by_aim.append((Bound.TUMOUR_DOSE, [(p, aim / drawn.parts[p].mean_ratio) for p in treated]))
    if aims.perfused_normal_max_gy is not None:
        limit = aims.perfused_normal_max_gy * ones
        by_aim.append((Bound.PERFUSED_NORMAL, [(place, limit) for place in treated]))
    if not by_aim:
        return [(place, ones) for place in treated], []
    base = [
        (place, np.minimum.reduce([doses[row][1] for _, doses in by_aim]))
        for row, place in enumerate(treated)
    ]
    return base, by_aim


def _lowest_of(by_aim: list[tuple[Bound, Doses]]) -> Bound:
    """Which aim gives the least in some territory, at the best values: a limit before the dose aimed at."""
    if len(by_aim) == 1:
        return by_aim[0][0]
    limit = dict(by_aim[1][1])
    exceeded = any(float(dose[0]) > float(limit[place][0]) for place, dose in by_aim[0][1])
    return by_aim[1][0] if exceeded else by_aim[0][0]


def _caps(
    model: PartitionModel, drawn: _Drawn, base: Doses, *, total: Array, aims: Aims
) -> list[tuple[Bound, Array]]:
    """Factors by which all activities may be multiplied before a common limit is reached."""
    found: list[tuple[Bound, Array]] = []
    if aims.whole_normal_max_gy is not None:
        joules = _sum(dose * drawn.parts[place].normal_kg for place, dose in base)
        found.append((Bound.WHOLE_NORMAL, aims.whole_normal_max_gy * _whole_kg(model, drawn) / joules))
    with np.errstate(divide="ignore", over="ignore"):
        if aims.lung_max_gy is not None:
            lung_gy = drawn.constant * total * drawn.shunt / drawn.lung_kg
            found.append((Bound.LUNG_DOSE, np.divide(aims.lung_max_gy, lung_gy)))
        if aims.lung_activity_max_gbq is not None:
            found.append((Bound.LUNG_ACTIVITY, np.divide(aims.lung_activity_max_gbq, total * drawn.shunt)))
    return [(name, factor) for name, factor in found if np.isfinite(factor[0])]


def _whole_kg(model: PartitionModel, drawn: _Drawn) -> Array:
    return _sum(part.normal_kg for part in drawn.parts) + model.spared_normal_kg


def _doses(
    model: PartitionModel, drawn: _Drawn, given: list[Array], lung_max_gy: float | None
) -> PartitionDoses:
    kept = drawn.constant * (1.0 - drawn.shunt)
    normal = [kept * a / part.weighted_kg for a, part in zip(given, drawn.parts, strict=True)]
    joules_normal = _sum(dose * part.normal_kg for dose, part in zip(normal, drawn.parts, strict=True))
    normal_kg = _sum(part.normal_kg for part in drawn.parts)
    tumour_kg = _sum(part.tumour_kg for part in drawn.parts)
    joules = kept * _sum(given)
    lungs = drawn.constant * _sum(given) * drawn.shunt / drawn.lung_kg
    regions = RegionDoses(
        perfused_gy=estimate_of(joules / (normal_kg + tumour_kg)),
        tumour_gy=estimate_of((joules - joules_normal) / tumour_kg) if tumour_kg[0] > 0 else None,
        perfused_normal_gy=estimate_of(joules_normal / normal_kg),
        whole_normal_gy=estimate_of(joules_normal / _whole_kg(model, drawn)),
        lung_gy=estimate_of(lungs),
    )
    territories = tuple(
        TerritoryDoses(
            territory.name,
            float(activity[0]),
            estimate_of(dose),
            tuple(estimate_of(dose * ratio) for _, ratio in part.tumours),
        )
        for territory, activity, dose, part in zip(model.territories, given, normal, drawn.parts, strict=True)
    )
    chance = None if lung_max_gy is None else probability_above(lungs, lung_max_gy)
    return PartitionDoses(regions, territories, chance)


def _sum(arrays: Iterable[Array], *, like: Array | None = None) -> Array:
    """Sum of arrays; zeros where there is none."""
    total = None if like is None else np.zeros_like(like)
    for array in arrays:
        total = array if total is None else total + array
    return np.zeros(1) if total is None else total
