"""Dose after the cycles that are still to come, from those that were measured, with its interval.

A cycle gives ``d (1 + w_c)`` per activity: d is the patient's own, w_c the change from cycle to cycle with standard
deviation w. What is measured is ``d_c = d (1 + w_c) (1 + r_c) (1 + s)``, r the random and s the shared errors. With m
cycles measured, of activities a_c, and K the sum of the activities planned, ``sum_c D_c + K mean(d_c)`` errs by ::

    sum_c (a_c + K/m) d_c r_c + sum_k sum_c (a_c + K/m) d_c s_ck + (K/m) sum_c d_c w_c - d sum_j a_j w_j        (1)

so that a shared error scales the whole, and a change between cycles counts twice: in what the mean is taken of and in
what is to come. w is the scatter of the measured cycles less their random errors, pooled by degrees of freedom with
what is known of other patients; the interval is that of Student's distribution with the degrees of freedom of Welch and
Satterthwaite (JCGM 100:2008, G.4). Derived here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from scipy.special import stdtr, stdtrit

from nelm.dosimetry.accumulation import DoseSum, LesionIdentity, Target, course_of, dose_sum, region_of
from nelm.dosimetry.assumptions import Tissue
from nelm.dosimetry.doses import log_normal
from nelm.dosimetry.ledger import SECONDS_PER_HOUR, Ledger, LedgerEntry
from nelm.dosimetry.ledger_region import LedgerRegion
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.tolerance import DoseQuantity, read_quantity
from nelm.errors import problem
from nelm.physics.biology import Course, ExponentialDoseRate
from nelm.physics.biology.refusals import not_negative, positive
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR

UPPER_TAIL = 0.975
MANY = 1e6
"""Degrees of freedom from which Student's distribution is the normal one."""
UNCHANGED = "the dose per activity is taken to stay what it was; a lesion that shrinks or loses receptors takes up less"
NO_ACTIVITY = "an activity is not known: each cycle is taken to give what the measured ones gave"


@dataclass(frozen=True, slots=True)
class Spread:
    """How much the dose per activity changes from cycle to cycle of one patient.

    Parameters
    ----------
    relative_sd : Standard deviation between cycles [1].
    degrees_of_freedom : How well that is known: of n independent differences, n; infinite where it is exact.
    """

    relative_sd: float
    degrees_of_freedom: float = math.inf

    def __post_init__(self) -> None:
        not_negative(self.relative_sd, "relative_sd")
        if not self.degrees_of_freedom > 0:
            raise problem(self.degrees_of_freedom, "degrees of freedom above zero", path="degrees_of_freedom")

    @classmethod
    def within(cls, relative_sd: float, *, low: float, high: float) -> Spread:
        """A standard deviation that is known between 95 % limits; ``nu = 1 / (2 u^2)`` with u its relative error."""
        error = math.log(positive(high, "high") / positive(low, "low")) / (2 * COVERAGE_FACTOR)
        return cls(relative_sd, 1 / (2 * error**2) if error > 0 else math.inf)


@dataclass(frozen=True, slots=True)
class PlannedCycle:
    """A cycle to come.

    Parameters
    ----------
    at : When.
    activity_mbq : Planned [MBq]; None where it is not known.
    """

    at: datetime
    activity_mbq: float | None


@dataclass(frozen=True, slots=True)
class CycleCheck:
    """A measured cycle beside what the ones before it had projected.

    Parameters
    ----------
    course : The cycle.
    projected_gy : From the cycles before, with 95 % limits [Gy].
    observed_gy : As it was measured [Gy].
    deviations : Observed less projected, in standard deviations of that difference [1].
    is_within : Whether the difference lies inside its 95 %.
    """

    course: str
    projected_gy: Estimate
    observed_gy: float
    deviations: float
    is_within: bool


@dataclass(frozen=True, slots=True)
class Projection:
    """Dose of a target after the cycles to come.

    Parameters
    ----------
    target : What for.
    so_far : All that was given, the basis and everything else in the ledger.
    total : With the cycles to come; None where it cannot be said, and then `reason` says why.
    added_gy : Of the cycles to come alone [Gy].
    basis : The measured cycles that the projection rests on.
    spread : Between cycles, as it was used.
    degrees_of_freedom : Of the total.
    checks : Measured cycles beside what was projected of them.
    is_lower_bound : Whether administrations of the ledger have no dose of this target.
    remarks, reason : What should be known; why there is no total.
    """

    target: Target
    so_far: DoseSum | None
    total: DoseSum | None
    added_gy: float | None
    basis: tuple[str, ...]
    spread: Spread | None
    degrees_of_freedom: float
    checks: tuple[CycleCheck, ...]
    is_lower_bound: bool
    remarks: tuple[str, ...]
    reason: str | None = None

    def probability_above(self, limit_gy: float, quantity: DoseQuantity) -> float | None:
        """Probability that the total lies above a limit [1]; None where the quantity is not known."""
        found = None if self.total is None else read_quantity(quantity, self.total)
        if found is None:
            return None
        value, relative = found
        if value <= 0 or relative <= 0:
            return float(value > limit_gy)
        sigma = math.sqrt(math.log1p(relative**2))
        return float(stdtr(min(self.degrees_of_freedom, MANY), math.log(value / limit_gy) / sigma))


@dataclass(frozen=True, slots=True)
class _Measured:
    """A measured cycle: dose per activity, and the activity in the unit of all (1 where one is not known)."""

    entry: LedgerEntry
    region: LedgerRegion
    course: Course
    activity: float

    @property
    def dose_gy(self) -> float:
        return self.region.mean_dose_gy or 0.0

    @property
    def per_activity(self) -> float:
        return self.dose_gy / self.activity


@dataclass(frozen=True, slots=True)
class _Basis:
    """The measured cycles that a projection rests on, and their mean dose per activity."""

    cycles: tuple[_Measured, ...]
    spread: Spread = field(default_factory=lambda: Spread(0.0))

    @property
    def mean(self) -> float:
        return float(np.mean([one.per_activity for one in self.cycles]))

    @property
    def shares(self) -> tuple[float, ...]:
        """Part of each cycle in the mean."""
        return tuple(one.per_activity / self.mean / len(self.cycles) for one in self.cycles)

    def shared(self) -> dict[str, float]:
        """Errors of the mean by cause: those that cycles share, and those of each cycle."""
        found: dict[str, float] = {}
        for share, one in zip(self.shares, self.cycles, strict=True):
            own = {
                _measurement(one): one.region.random_relative_sd,
                _change(one): self.spread.relative_sd,
            }
            for cause, sd in {**one.region.shared_relative_sds, **own}.items():
                found[cause] = found.get(cause, 0.0) + share * sd
        return found


def projection(
    ledger: Ledger,
    target: Target,
    *,
    basis: Sequence[str],
    planned: Sequence[PlannedCycle],
    tissue: Tissue | None,
    spread: Spread | None = None,
    lesions_by: LesionIdentity = LesionIdentity.TRACKING_UID,
) -> Projection:
    """Dose of a target after the cycles that are planned, on top of all that the ledger holds.

    Parameters
    ----------
    basis : Identifiers of the measured cycles that the dose per activity is taken from.
    planned : The cycles to come.
    tissue : Constants for the BED; None: no BED.
    spread : Between cycles, from other patients; needed where one cycle only was measured.

    Raises
    ------
    InputError : A cycle that the ledger does not hold, or a planned one before a measured one.
    """
    _refuse_past(ledger, planned)
    chosen = [ledger.entry(name) for name in basis]
    given, missing = _given(ledger, target, lesions_by)
    known = all(entry.activity_mbq for entry in chosen) and all(cycle.activity_mbq for cycle in planned)
    cycles = _measured(ledger, chosen, target, lesions_by, by_activity=known)
    remarks = (UNCHANGED,) if target.kind is RegionKind.LESION else ()
    remarks += () if known else (NO_ACTIVITY,)
    usable = tissue if all(region.dose_rate is not None for _, region in given) else None
    courses = {entry.id: course_of(region, entry, ledger) for entry, region in given}
    so_far = dose_sum(list(courses.values()), usable) if courses else None
    found = Projection(
        target, so_far, None, None, tuple(one.entry.id for one in cycles), None, math.inf,
        _checks(cycles, spread), missing, remarks,
    )  # fmt: skip
    pooled = pooled_spread([(one.per_activity, one.region.random_relative_sd) for one in cycles], spread)
    if not cycles or pooled is None:
        reason = "no cycle has a dose to project from" if not cycles else (
            "one cycle was measured, and how much cycles differ is not known"
        )  # fmt: skip
        return replace(found, reason=reason)
    rest = _Basis(cycles, pooled)
    start = ledger.entries[0].at
    to_come = [
        _to_come(rest, cycle, start, place, by_activity=known) for place, cycle in enumerate(planned, start=1)
    ]
    tied = {one.entry.id: _tied(one) for one in cycles}
    every = [*(tied.get(name, course) for name, course in courses.items()), *to_come]
    freedom = _degrees_of_freedom(every, rest, to_come)
    factor = COVERAGE_FACTOR if freedom >= MANY else float(stdtrit(freedom, UPPER_TAIL))
    return replace(
        found,
        total=dose_sum(every, usable, coverage_factor=factor),
        added_gy=sum(course.absorbed_dose_gy for course in to_come),
        spread=pooled,
        degrees_of_freedom=freedom,
    )


def pooled_spread(cycles: Sequence[tuple[float, float]], known: Spread | None) -> Spread | None:
    """Spread between cycles of this patient and of others; None for one cycle when nothing is known of others.

    Parameters
    ----------
    cycles : Of each measured cycle the dose per activity and its random relative standard uncertainty [1].
    known : From other patients.
    """
    count = len(cycles)
    if count < 2:
        return known
    doses = np.array([dose for dose, _ in cycles])
    if float(doses.mean()) <= 0:
        return known
    scatter = float((doses / doses.mean()).var(ddof=1))
    own = max(0.0, scatter - float(np.mean([random**2 for _, random in cycles])))
    if known is None:
        return Spread(math.sqrt(own), count - 1)
    if math.isinf(known.degrees_of_freedom):
        return known
    freedom = known.degrees_of_freedom + count - 1
    variance = (known.degrees_of_freedom * known.relative_sd**2 + (count - 1) * own) / freedom
    return Spread(math.sqrt(variance), freedom)


def _refuse_past(ledger: Ledger, planned: Sequence[PlannedCycle]) -> None:
    """Refuse planned cycles before the last one, or on another kind of clock."""
    if not ledger.entries:
        raise problem("an empty ledger", "one administration or more", path="entries")
    last = ledger.entries[-1].at
    for cycle in planned:
        if (cycle.at.utcoffset() is None) is not (last.utcoffset() is None) or cycle.at <= last:
            raise problem(
                cycle.at.isoformat(),
                f"a time after {last.isoformat()}, with a time zone if that has one",
                path="planned",
            )


def _given(
    ledger: Ledger, target: Target, lesions_by: LesionIdentity
) -> tuple[list[tuple[LedgerEntry, LedgerRegion]], bool]:
    """All administrations with a dose of a target, and whether some have none."""
    every = [(entry, region_of(target, entry, lesions_by)) for entry in ledger.entries]
    known = [(entry, one) for entry, one in every if one is not None and one.mean_dose_gy is not None]
    return known, len(known) < len(every)


def _measured(
    ledger: Ledger, chosen: Sequence[LedgerEntry], target: Target, lesions_by: LesionIdentity, *, by_activity: bool
) -> tuple[_Measured, ...]:  # fmt: skip
    """The basis in order of time; cycles without a dose of the target are left out."""
    found: list[_Measured] = []
    for entry in sorted(chosen, key=lambda one: one.at):
        region = region_of(target, entry, lesions_by)
        if region is not None and region.mean_dose_gy:
            activity = entry.activity_mbq if by_activity and entry.activity_mbq else 1.0
            found.append(_Measured(entry, region, course_of(region, entry, ledger), activity))
    return tuple(found)


def _measurement(one: _Measured) -> str:
    return f"measurement of {one.entry.id}"


def _change(one: _Measured) -> str:
    return f"change of {one.entry.id}"


def _tied(one: _Measured) -> Course:
    """A measured course whose random error the mean takes over."""
    shared = {**one.region.shared_relative_sds, _measurement(one): one.region.random_relative_sd}
    return replace(
        one.course, relative_random_sd=0.0, relative_shared_sd=shared, dose_half_life_correlation=0.0
    )


def _to_come(rest: _Basis, cycle: PlannedCycle, start: datetime, place: int, *, by_activity: bool) -> Course:
    """A cycle to come: mean dose per activity, mean kinetics, errors of the mean and a change of its own."""
    dose = rest.mean * (cycle.activity_mbq if by_activity and cycle.activity_mbq else 1.0)
    rates = [one.course.dose_rate for one in rest.cycles]
    weights = [dose / len(rates) / float(rate.absorbed_dose_gy) for rate in rates]
    amplitudes = np.concatenate([rate.amplitudes_gy_h * by for rate, by in zip(rates, weights, strict=True)])
    half_lives = [one.region.half_life_relative_sd for one in rest.cycles]
    return Course(
        f"planned {place}",
        ExponentialDoseRate(
            amplitudes,
            np.concatenate([rate.rates_per_h for rate in rates]),
            (cycle.at - start).total_seconds() / SECONDS_PER_HOUR,
        ),
        relative_random_sd=rest.spread.relative_sd,
        relative_shared_sd=rest.shared(),
        half_life_relative_sd=math.hypot(*half_lives) / len(half_lives),
    )


def _degrees_of_freedom(every: Sequence[Course], rest: _Basis, to_come: Sequence[Course]) -> float:
    """Of the total, after Welch and Satterthwaite: the changes between cycles have some, all else is taken as known."""
    if not to_come or math.isinf(rest.spread.degrees_of_freedom) or rest.spread.relative_sd <= 0:
        return math.inf
    doses = [course.absorbed_dose_gy for course in to_come]
    mean_part = sum(doses) ** 2 * sum(share**2 for share in rest.shares)
    changes = rest.spread.relative_sd**2 * (mean_part + sum(dose**2 for dose in doses))
    sums: dict[str, float] = {}
    own = 0.0
    for course in every:
        own += (course.absorbed_dose_gy * course.relative_random_sd) ** 2
        for cause, sd in course.relative_shared_sd.items():
            sums[cause] = sums.get(cause, 0.0) + course.absorbed_dose_gy * sd
    variance = own + sum(value**2 for value in sums.values())
    return rest.spread.degrees_of_freedom * (variance / changes) ** 2


def _checks(cycles: Sequence[_Measured], known: Spread | None) -> tuple[CycleCheck, ...]:
    """Each measured cycle beside what the earlier ones of the basis project of it."""
    found: list[CycleCheck] = []
    for place in range(1, len(cycles)):
        before = cycles[:place]
        spread = pooled_spread([(one.per_activity, one.region.random_relative_sd) for one in before], known)
        if spread is not None:
            found.append(_check(cycles[place], _Basis(tuple(before), spread)))
    return tuple(found)


def _check(one: _Measured, rest: _Basis) -> CycleCheck:
    """A cycle beside its projection; what both share does not tell them apart."""
    projected = rest.mean * one.activity
    errors: Mapping[str, float] = rest.shared()
    own = one.region.shared_relative_sds
    change = [
        one.dose_gy * own.get(cause, 0.0) - projected * errors.get(cause, 0.0) for cause in {*errors, *own}
    ]
    variance = (one.dose_gy * one.region.random_relative_sd) ** 2
    variance += (projected * rest.spread.relative_sd) ** 2 + sum(value**2 for value in change)
    sd = math.sqrt(variance)
    freedom = min(rest.spread.degrees_of_freedom, MANY)
    factor = COVERAGE_FACTOR if freedom >= MANY else float(stdtrit(freedom, UPPER_TAIL))
    deviations = (one.dose_gy - projected) / sd if sd > 0 else 0.0
    return CycleCheck(
        one.entry.id,
        log_normal(projected, sd / projected, coverage_factor=factor),
        one.dose_gy,
        deviations,
        abs(one.dose_gy - projected) <= factor * sd,
    )
