"""What was planned from the mapping study against what the images after treatment show, region by region.

Both are mean absorbed doses with their limits. Planned is a dose for each gigabecquerel times the activity that was
delivered, so that giving more or less than planned does not count as a difference of distribution.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nelm.dosimetry.doses import RegionDose, log_normal
from nelm.dosimetry.regions import RegionKind
from nelm.errors import problem
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR

COMPARED = (
    RegionKind.LESION,
    RegionKind.PERFUSED_LIVER,
    RegionKind.SPARED_LIVER,
    RegionKind.LIVER_WITHOUT_LESIONS,
    RegionKind.LIVER_WITH_LESIONS,
    RegionKind.LUNG,
)
"""Kinds of regions that a plan of radioembolisation is about."""
LEAST_PLANNED_GY = 1.0
"""Planned dose below which a ratio says nothing: what reaches a region from its neighbours, or noise."""


@dataclass(frozen=True, slots=True)
class PlannedDose:
    """Predicted dose of a region.

    Parameters
    ----------
    name, kind : Of the region, as the dosimetry of images names it.
    gy_per_gbq : Mean dose for 1 GBq delivered, with limits [Gy/GBq].
    """

    name: str
    kind: RegionKind
    gy_per_gbq: Estimate


@dataclass(frozen=True, slots=True)
class PlannedAgainstDelivered:
    """One region before and after.

    Parameters
    ----------
    name, kind : Of the region.
    planned_gy : For the activity that was delivered, with limits [Gy]; None where the plan does not know the region.
    delivered_gy : From the images after treatment, with limits [Gy]; None where they show no dose.
    ratio : Delivered over planned, with limits [1]; None where one of them is not known.
    reason : What is missing.
    """

    name: str
    kind: RegionKind
    planned_gy: Estimate | None
    delivered_gy: Estimate | None
    ratio: Estimate | None
    reason: str = ""

    @property
    def is_apart(self) -> bool:
        """Whether the limits of the ratio leave out one."""
        return self.ratio is not None and not self.ratio.low <= 1.0 <= self.ratio.high


def planned_against_delivered(
    planned: Sequence[PlannedDose], delivered: Sequence[RegionDose], *, activity_gbq: float
) -> tuple[PlannedAgainstDelivered, ...]:
    """Every region of the plan that counts (`COMPARED`), then lesions that the plan does not know.

    Regions belong together when kind and name are the same. The errors of both are taken as independent, which makes
    the limits of the ratio too wide where outline or density err alike.

    Parameters
    ----------
    activity_gbq : Delivered to the patient at the time of administration [GBq].

    Raises
    ------
    InputError : An activity that is not above zero.
    """
    if not activity_gbq > 0.0:
        raise problem(activity_gbq, "a delivered activity above 0 [GBq]", path="activity")
    after = {(dose.kind, dose.name): dose for dose in delivered}
    found = [
        _pair(one, after.get((one.kind, one.name)), activity_gbq) for one in planned if one.kind in COMPARED
    ]
    known = {(one.kind, one.name) for one in planned}
    new = [one for one in delivered if one.kind is RegionKind.LESION and (one.kind, one.name) not in known]
    return (
        *found,
        *(
            PlannedAgainstDelivered(one.name, one.kind, None, one.absorbed_dose_gy, None, "not in the plan")
            for one in new
        ),
    )


def _pair(planned: PlannedDose, after: RegionDose | None, activity_gbq: float) -> PlannedAgainstDelivered:
    predicted = planned.gy_per_gbq.scaled(activity_gbq)
    found = None if after is None else after.absorbed_dose_gy
    if found is None:
        why = "not among the regions after treatment" if after is None else after.reason or "no dose"
        return PlannedAgainstDelivered(planned.name, planned.kind, predicted, None, None, why)
    ratio = _ratio(found, predicted)
    why = "" if ratio is not None else "nothing is planned there"
    return PlannedAgainstDelivered(planned.name, planned.kind, predicted, found, ratio, why)


def _ratio(after: Estimate, before: Estimate) -> Estimate | None:
    """Quotient of two log-normal numbers with the limits of both; None where next to nothing is planned."""
    if min(after.low, before.low) <= 0.0 or before.value < LEAST_PLANNED_GY:
        return None
    spread = math.hypot(_log_sd(after), _log_sd(before))
    return log_normal(after.value / before.value, math.sqrt(math.expm1(spread**2)))


def _log_sd(number: Estimate) -> float:
    return math.log(number.high / number.low) / (2.0 * COVERAGE_FACTOR)
