"""How much activity, in how many cycles, keeps the dose limits of the organs with a chosen probability.

The forward problem is the dose of a course; this is the inverse one. For a point of the joint distribution of all
cycles of an organ (`organ_dose`) the largest activity A a cycle that keeps a limit L in n further cycles is known in
closed form: with ``S1 = sum d_c`` and ``S2 = sum d_c^2`` over these cycles and D, B what the given ones brought ::

    absorbed dose:  A = (L - D) / S1
    BED:            A = 2 (L - B) / (S1 + sqrt(S1^2 + 4 k S2 (L - B))),   k = G / (alpha/beta)

so that the probability of keeping the limit with an activity is the part of the points whose A is as large, and the
largest activity at a confidence is a quantile. More activity or more cycles never raise that probability. Organs are
taken as independent: the probability that all are kept is the product over the organs.

A limit that does not bind is reported like the others and does not restrict the answer; so the marrow is shown and
vetoes nothing. Nothing here decides about a treatment.

Notes
-----
Cycles are weeks apart and repair takes hours, so each is fully repaired before the next:
``BED = sum D_c + k sum D_c^2``, as in `nelm.physics.biology.biologically_effective_dose` for each cycle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np

from nelm.errors import problem
from nelm.knowledge import Entry
from nelm.therapies.prrt.organ_dose import Array, Organ, SampledCycles, cycles_known, sampled_cycles

COVERAGE = 0.95
"""Probability that the shown intervals hold."""


class Quantity(StrEnum):
    """What a limit is a limit of."""

    ABSORBED_DOSE = "absorbed dose"
    BED = "biologically effective dose"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of an organ over all its cycles.

    Parameters
    ----------
    name : Such as "kidney BED limit, risk factors".
    organ : Name of the organ.
    quantity : Absorbed or biologically effective dose.
    value_gy : The limit [Gy].
    binding : Whether the answer has to keep it; else it is only shown.
    entry : Where it comes from; None if the caller set it.
    """

    name: str
    organ: str
    quantity: Quantity
    value_gy: float
    binding: bool = True
    entry: Entry | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value_gy) and self.value_gy > 0):
            raise problem(self.value_gy, "a limit above zero", path=self.name)


@dataclass(frozen=True, slots=True)
class Spread:
    """A quantity with its uncertainty: median, mean, and the interval of `COVERAGE` with equal tails."""

    median: float
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OrganProjection:
    """What is projected of one organ for the activity and number of cycles asked for.

    Parameters
    ----------
    name : The organ.
    gy_per_gbq : Dose per activity of the next cycle [Gy/GBq].
    population_gy_per_gbq : Median of the population [Gy/GBq].
    own_weight : Part of the variance between patients that this patient's measurements have explained, 0 to 1.
    given_gy : Absorbed dose of the cycles already given [Gy].
    total_gy : Absorbed dose of all cycles, given and further ones [Gy].
    total_bed_gy : Biologically effective dose of all cycles [Gy]; None where the tissue is not known.
    """

    name: str
    gy_per_gbq: Spread
    population_gy_per_gbq: float
    own_weight: float
    given_gy: Spread
    total_gy: Spread
    total_bed_gy: Spread | None


@dataclass(frozen=True, slots=True)
class LimitProjection:
    """What is projected of one limit, as if it were the only one.

    Parameters
    ----------
    limit : The limit.
    projected_gy : All cycles, in the quantity of the limit [Gy].
    probability_exceeded : With the activity and number of cycles asked for.
    largest_cycles : Further cycles of the activity asked for that keep the limit at the confidence.
    largest_activity_gbq : Activity a cycle, in the number of cycles asked for, that keeps it [GBq]; 0 if not even no
        activity does.
    """

    limit: Limit
    projected_gy: Spread
    probability_exceeded: float
    largest_cycles: int
    largest_activity_gbq: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table: the probability that every binding limit is kept."""

    cycles: int
    activity_gbq: float
    probability_kept: float
    keeps: bool


@dataclass(frozen=True, slots=True)
class ActivityPlan:
    """The answer: what the activity asked for brings, and what would keep the limits. A projection, not a veto.

    Parameters
    ----------
    given_gbq : Activity of each cycle already given [GBq].
    activity_gbq, cycles : Activity of a further cycle [GBq] and number of further cycles that were asked for.
    confidence : Probability with which the binding limits are to be kept.
    most_cycles : Largest number of further cycles that was looked at.
    probability_kept : That every binding limit is kept with what was asked for.
    largest_cycles : Further cycles of that activity that keep them at the confidence; see `is_at_least`.
    largest_activity_gbq : Activity a cycle, in that number of cycles, that keeps them [GBq]; 0 if none does, None if
        no limit binds.
    limited_by : Name of the limit that is nearest to being exceeded at that activity; None if no limit binds.
    organs, limits : Projections of each.
    table : Probabilities over further cycles and activities.
    """

    given_gbq: tuple[float, ...]
    activity_gbq: float
    cycles: int
    confidence: float
    most_cycles: int
    probability_kept: float
    largest_cycles: int
    largest_activity_gbq: float | None
    limited_by: str | None
    organs: tuple[OrganProjection, ...]
    limits: tuple[LimitProjection, ...]
    table: tuple[Cell, ...]

    @property
    def is_at_least(self) -> bool:
        """Whether more cycles than the largest number that was looked at may keep the limits too."""
        return self.largest_cycles == self.most_cycles

    @property
    def cycles_words(self) -> str:
        """The number of further cycles, `or more` where no larger one was looked at."""
        return f"{self.largest_cycles}{' or more' if self.is_at_least else ''}"


def activity_plan(
    organs: Sequence[Organ],
    limits: Sequence[Limit],
    *,
    activity_gbq: float,
    cycles: int,
    confidence: float,
    most_cycles: int,
    given_gbq: Sequence[float] = (),
    table_activities_gbq: Sequence[float] = (),
) -> ActivityPlan:
    """Projection of a course, and the activity and number of cycles that keep the limits.

    Parameters
    ----------
    organs : What is known of each organ, measurements of given cycles included.
    limits : In any order; of organs that are listed.
    activity_gbq : Activity of a further cycle [GBq].
    cycles : Number of further cycles, 1 or more.
    confidence : Probability with which every binding limit is to be kept, between 0 and 1.
    most_cycles : Largest number of further cycles to look at.
    given_gbq : Activity of each cycle already given, in order [GBq].
    table_activities_gbq : Activities of the table [GBq]; empty for `activity_gbq` alone.

    Raises
    ------
    InputError : A limit of an organ that is not listed, a BED limit without tissue, a measurement of a cycle that was
        not given, an activity, number or confidence outside its range.
    """
    given = tuple(float(one) for one in given_gbq)
    _refuse(organs, limits, given, (activity_gbq, cycles, confidence, most_cycles))
    longest = max(cycles, most_cycles)
    courses = {
        organ.name: _Course(organ, sampled_cycles(organ, cycles=len(given) + longest), given)
        for organ in organs
    }
    binding = _Joint(courses, [limit for limit in limits if limit.binding])
    activities = tuple(table_activities_gbq) or (activity_gbq,)
    largest = binding.largest_activity(cycles, confidence)
    return ActivityPlan(
        given_gbq=given,
        activity_gbq=activity_gbq,
        cycles=cycles,
        confidence=confidence,
        most_cycles=most_cycles,
        probability_kept=binding.probability(cycles, activity_gbq),
        largest_cycles=binding.largest_cycles(activity_gbq, confidence, most_cycles),
        largest_activity_gbq=largest,
        limited_by=None if largest is None else binding.nearest(cycles, largest),
        organs=tuple(_organ(course, activity_gbq, cycles) for course in courses.values()),
        limits=tuple(
            _limit(courses, limit, (activity_gbq, cycles, confidence, most_cycles)) for limit in limits
        ),
        table=tuple(
            _cell(binding, number, activity, confidence)
            for number in range(1, most_cycles + 1)
            for activity in activities
        ),
    )


@dataclass(frozen=True, eq=False)
class _Course:
    """One organ over given and further cycles, at every point."""

    organ: Organ
    sampled: SampledCycles
    given_gbq: tuple[float, ...]

    @cached_property
    def given_sums(self) -> tuple[Array, Array]:
        """Sum of the doses of the given cycles and of their squares, arrays (points,) [Gy, Gy^2]."""
        doses = self.sampled.gy_per_gbq[:, : len(self.given_gbq)] * np.array(self.given_gbq)
        return doses.sum(axis=1), (doses**2).sum(axis=1)

    @cached_property
    def further_sums(self) -> tuple[Array, Array]:
        """Sums over the first further cycles, of dose per activity and of its square, arrays (cycles + 1, points)."""
        further = self.sampled.gy_per_gbq[:, len(self.given_gbq) :].T
        start = np.zeros((1, further.shape[1]))
        first, second = (np.concatenate([start, np.cumsum(further**power, axis=0)]) for power in (1, 2))
        return first, second

    def total(self, quantity: Quantity, cycles: int, activity_gbq: float) -> Array:
        """Dose or BED of all cycles, array (points,) [Gy]."""
        found = self.given_sums[0] + activity_gbq * self.further_sums[0][cycles]
        if quantity is Quantity.BED:
            squares = self.given_sums[1] + activity_gbq**2 * self.further_sums[1][cycles]
            found = found + self.sampled.quadratic_per_gy * squares
        return np.asarray(found, dtype=np.float64)

    def largest_activity(self, limit: Limit, cycles: int) -> Array:
        """Activity a cycle that just reaches a limit, array (points,) [GBq]; negative if it is exceeded without any."""
        left = limit.value_gy - self.total(limit.quantity, 0, 0.0)
        first, second = self.further_sums[0][cycles], self.further_sums[1][cycles]
        curved = self.sampled.quadratic_per_gy if limit.quantity is Quantity.BED else np.zeros_like(left)
        room = np.maximum(left, 0.0)
        if cycles == 0:
            return np.where(left >= 0, np.inf, -1.0)
        reached = 2 * room / (first + np.sqrt(first**2 + 4 * curved * second * room))
        return np.where(left >= 0, reached, -1.0)


@dataclass(frozen=True, eq=False)
class _Joint:
    """Several limits at once: together in an organ, independent between organs."""

    courses: dict[str, _Course]
    limits: Sequence[Limit]
    known: dict[int, list[Array]] = field(default_factory=dict[int, list[Array]])

    def largest_of_organs(self, cycles: int) -> list[Array]:
        """For each organ that is limited, the largest activity at every point, sorted [GBq]; computed once."""
        if cycles not in self.known:
            self.known[cycles] = self._sorted_largest(cycles)
        return self.known[cycles]

    def _sorted_largest(self, cycles: int) -> list[Array]:
        found: list[Array] = []
        for name, course in self.courses.items():
            own = [course.largest_activity(limit, cycles) for limit in self.limits if limit.organ == name]
            if own:
                found.append(np.sort(np.minimum.reduce(own)))
        return found

    def probability(self, cycles: int, activity_gbq: float) -> float:
        """That every limit is kept."""
        return float(_kept(self.largest_of_organs(cycles), np.array([activity_gbq]))[0])

    def largest_activity(self, cycles: int, confidence: float) -> float | None:
        """Largest activity a cycle at which every limit is kept at the confidence [GBq]."""
        organs = self.largest_of_organs(cycles)
        if not organs:
            return None
        tried = np.unique(np.concatenate(organs))
        enough = tried[(tried > 0) & (_kept(organs, tried) >= confidence)]
        return float(enough.max(initial=0.0))

    def largest_cycles(self, activity_gbq: float, confidence: float, most: int) -> int:
        """Most further cycles of an activity that keep every limit at the confidence."""
        for cycles in range(1, most + 1):
            if self.probability(cycles, activity_gbq) < confidence:
                return cycles - 1
        return most

    def nearest(self, cycles: int, activity_gbq: float) -> str | None:
        """Name of the limit that is most likely exceeded with an activity."""
        return min(
            self.limits,
            key=lambda limit: _Joint(self.courses, [limit]).probability(cycles, activity_gbq),
        ).name


def _kept(organs: Sequence[Array], activities_gbq: Array) -> Array:
    """Probability that every organ keeps its limits, for each activity."""
    kept = np.ones(activities_gbq.shape)
    for largest in organs:
        kept *= 1 - np.searchsorted(largest, activities_gbq, side="left") / largest.size
    return kept


def _cell(binding: _Joint, cycles: int, activity_gbq: float, confidence: float) -> Cell:
    kept = binding.probability(cycles, activity_gbq)
    return Cell(cycles, activity_gbq, kept, kept >= confidence)


def _organ(course: _Course, activity_gbq: float, cycles: int) -> OrganProjection:
    organ, given = course.organ, len(course.given_gbq)
    known = cycles_known(organ, cycles=given + 1)
    following = known.cycle(given)
    tail = (1 - COVERAGE) / 2
    return OrganProjection(
        name=organ.name,
        gy_per_gbq=Spread(
            median=following.geometric_mean,
            mean=following.geometric_mean * math.exp(following.log_sd**2 / 2),
            low=following.quantile(tail),
            high=following.quantile(1 - tail),
        ),
        population_gy_per_gbq=organ.population.geometric_mean,
        own_weight=known.own_weight,
        given_gy=_spread(course.total(Quantity.ABSORBED_DOSE, 0, 0.0)),
        total_gy=_spread(course.total(Quantity.ABSORBED_DOSE, cycles, activity_gbq)),
        total_bed_gy=None
        if organ.tissue is None
        else _spread(course.total(Quantity.BED, cycles, activity_gbq)),
    )


def _limit(
    courses: dict[str, _Course], limit: Limit, asked: tuple[float, int, float, int]
) -> LimitProjection:
    activity_gbq, cycles, confidence, most_cycles = asked
    alone = _Joint(courses, [limit])
    return LimitProjection(
        limit=limit,
        projected_gy=_spread(courses[limit.organ].total(limit.quantity, cycles, activity_gbq)),
        probability_exceeded=1 - alone.probability(cycles, activity_gbq),
        largest_cycles=alone.largest_cycles(activity_gbq, confidence, most_cycles),
        largest_activity_gbq=alone.largest_activity(cycles, confidence) or 0.0,
    )


def _spread(values: Array) -> Spread:
    tail = (1 - COVERAGE) / 2
    low, median, high = np.quantile(values, (tail, 0.5, 1 - tail)).tolist()
    return Spread(median=median, mean=float(values.mean()), low=low, high=high)


def _refuse(
    organs: Sequence[Organ],
    limits: Sequence[Limit],
    given: tuple[float, ...],
    asked: tuple[float, int, float, int],
) -> None:
    activity_gbq, cycles, confidence, most_cycles = asked
    named = {organ.name: organ for organ in organs}
    for limit in limits:
        if limit.organ not in named:
            raise problem(limit.organ, f"one of {', '.join(named) or 'no organ'}", path=limit.name)
        if limit.quantity is Quantity.BED and named[limit.organ].tissue is None:
            raise problem(limit.organ, "an organ with tissue, since the limit is of BED", path=limit.name)
    for organ in organs:
        if any(one.cycle > len(given) for one in organ.measured):
            raise problem(
                max(one.cycle for one in organ.measured),
                f"one of the {len(given)} cycles given",
                "Give the activity of every cycle that was measured",
                path=organ.name,
            )
    if not all(math.isfinite(one) and one > 0 for one in (activity_gbq, *given)):
        raise problem(activity_gbq, "activities above zero", path="activity_gbq")
    if cycles < 1 or most_cycles < 1:
        raise problem(min(cycles, most_cycles), "one further cycle or more", path="cycles")
    if not 0 < confidence < 1:
        raise problem(confidence, "a probability between 0 and 1", path="confidence")
