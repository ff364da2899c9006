"""How much of a limit is used, what is left of it, and how likely it is exceeded already."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scipy.special import ndtr

from nelm.dosimetry.accumulation import AccumulatedRegion, DoseSum, Target
from nelm.dosimetry.doses import log_normal
from nelm.dosimetry.ledger import CourseKind
from nelm.dosimetry.lung_history import LungHistory
from nelm.dosimetry.regions import RegionKind
from nelm.errors import problem
from nelm.knowledge import Status
from nelm.quantities import Estimate


class DoseQuantity(StrEnum):
    """What a limit is said of."""

    ABSORBED_DOSE = "absorbed dose"
    BED = "BED"
    EQD2 = "EQD2"


class LimitUse(StrEnum):
    """What a limit is for."""

    LIMIT = "limit"
    SHOWN = "shown, decides nothing"


@dataclass(frozen=True, slots=True)
class DoseLimit:
    """A published limit or value to compare with.

    Parameters
    ----------
    name : What it is called.
    kinds : Regions that it speaks of.
    quantity : What it is said of.
    limit_gy : [Gy].
    statement : What the source says.
    sources, status : Where it is from, and how far that was checked.
    counted : Therapies whose dose counts; None: all of them.
    use : Whether it is a limit, or only shown beside.
    """

    name: str
    kinds: tuple[RegionKind, ...]
    quantity: DoseQuantity
    limit_gy: float
    statement: str
    sources: tuple[str, ...]
    status: Status
    counted: CourseKind | None = None
    use: LimitUse = LimitUse.LIMIT

    def __post_init__(self) -> None:
        if not (math.isfinite(self.limit_gy) and self.limit_gy > 0):
            raise problem(self.limit_gy, "a limit above zero [Gy]", path="limit_gy")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A target beside a limit.

    Parameters
    ----------
    limit : The limit.
    target, name : Of the region; None where there is none.
    used_gy : With 95 % limits [Gy]; None where it is not known.
    left_gy : The limit less what is used; negative where it is exceeded [Gy].
    probability_exceeded : That what was given lies above the limit [1].
    is_lower_bound : Whether administrations are missing: then less is left, and the probability is higher.
    reason : Why it is not known.
    """

    limit: DoseLimit
    target: Target | None
    name: str | None
    used_gy: Estimate | None
    left_gy: Estimate | None
    probability_exceeded: float | None
    is_lower_bound: bool = False
    reason: str | None = None


def remaining_tolerance(
    regions: Sequence[AccumulatedRegion], limits: Sequence[DoseLimit]
) -> tuple[Tolerance, ...]:
    """Every limit beside every target that it speaks of.

    Parameters
    ----------
    regions : From `accumulated`.
    limits : They are compared with, and rule out nothing by themselves.
    """
    found: list[Tolerance] = []
    for limit in limits:
        meant = [region for region in regions if region.target.kind in limit.kinds]
        found += [_tolerance(limit, region) for region in meant]
        if not meant:
            kinds = " or ".join(kind.value for kind in limit.kinds)
            found.append(_unknown(limit, None, f"no administration has a dose of the {kinds}"))
    return tuple(found)


def lung_tolerance(history: LungHistory, *, session: DoseLimit, total: DoseLimit) -> tuple[Tolerance, ...]:
    """Each session beside the limit of one, and the sum beside the limit of all.

    Parameters
    ----------
    session, total : Limits of the lung dose of one session and of all together.
    """
    each = [
        _beside(session, Target(RegionKind.LUNG, name), name, (lung.dose_gy, lung.relative_sd))
        for name, lung in history.sessions
    ]
    each += [_unknown(session, name, "the lung dose is not known") for name in history.missing]
    if history.total_gy is None:
        reason = (
            "the lung dose of no session is known" if history.missing else "no session of radioembolisation"
        )
        return (*each, _unknown(total, None, reason))
    value = history.total_gy.value
    relative = history.total_sd_gy / value if value > 0 else 0.0
    return (
        *each,
        _beside(
            total, Target(RegionKind.LUNG), "lungs", (value, relative), is_lower_bound=history.is_lower_bound
        ),
    )


def probability_above(value: float, relative_sd: float, limit: float) -> float:
    """Probability that a positive number lies above a limit [1].

    Log-normal, as the limits of doses are: ``P = Phi(ln(value / limit) / sigma)``, ``sigma^2 = ln(1 + relative_sd^2)``.

    Example
    -------
    >>> round(probability_above(20.0, 0.1, 23.0), 3)
    0.081
    """
    if value <= 0 or relative_sd <= 0:
        return float(value > limit)
    return float(ndtr(math.log(value / limit) / math.sqrt(math.log1p(relative_sd**2))))


def _tolerance(limit: DoseLimit, region: AccumulatedRegion) -> Tolerance:
    """A target beside a limit."""
    found = region.total if limit.counted is None else region.by_kind.get(limit.counted)
    if found is None:
        reason = region.missing[0][1] if region.missing else f"no {limit.counted} was given"
        return _unknown(limit, region.name, reason, region.target)
    read = read_quantity(limit.quantity, found)
    if read is None:
        return _unknown(
            limit, region.name, f"no {limit.quantity.value}: tissue or kinetics not known", region.target
        )
    return _beside(limit, region.target, region.name, read, is_lower_bound=region.is_lower_bound)


def read_quantity(quantity: DoseQuantity, found: DoseSum) -> tuple[float, float] | None:
    """Value [Gy] and relative standard uncertainty of a quantity."""
    if quantity is DoseQuantity.ABSORBED_DOSE:
        return found.absorbed_dose_gy.value, found.absorbed_dose_relative_sd
    value, relative = (
        (found.bed_gy, found.bed_relative_sd)
        if quantity is DoseQuantity.BED
        else (found.eqd2_gy, found.eqd2_relative_sd)
    )
    return None if value is None or relative is None else (value.value, relative)


def _beside(
    limit: DoseLimit, target: Target, name: str, used: tuple[float, float], *, is_lower_bound: bool = False
) -> Tolerance:
    value, relative = used
    given = log_normal(value, relative)
    left = Estimate(limit.limit_gy - value, limit.limit_gy - given.high, limit.limit_gy - given.low)
    return Tolerance(
        limit,
        target,
        name,
        given,
        left,
        probability_above(value, relative, limit.limit_gy),
        is_lower_bound=is_lower_bound,
    )


def _unknown(limit: DoseLimit, name: str | None, reason: str, target: Target | None = None) -> Tolerance:
    return Tolerance(limit, target, name, None, None, None, is_lower_bound=True, reason=reason)
