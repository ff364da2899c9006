"""An entry of the ledger from the doses of one administration: which error is shared with other administrations."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.integrals import ActivityIntegral
from nelm.dosimetry.ledger import DoseMapPlace, LedgerEntry, LungDose
from nelm.dosimetry.ledger_region import PARTS_OF, WHOLE_ORGANS, LedgerRegion, joined
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.scans import Administration
from nelm.dosimetry.therapy import TherapyDose
from nelm.errors import problem


@dataclass(frozen=True, slots=True)
class Causes:
    """What the errors of a dose come from, so that administrations that share a cause err together.

    Parameters
    ----------
    camera : The camera with its calibration and reconstruction ("Symbia T16, 2025"); None: not known, and taken to be
        another one than that of any other administration.
    outline : The outlines, where several administrations were read with the same ones; None: drawn anew.
    """

    camera: str | None = None
    outline: str | None = None

    def by_component(self, nuclide: str) -> dict[str, str]:
        """Cause of each component of a budget; a component that is not named is the administration's own."""
        found = {"dose factor": f"dose factor of {nuclide}", "density": "density of tissue"}
        if self.camera is not None:
            found |= {
                "calibration": f"calibration of {self.camera}",
                "resolution": f"resolution of {self.camera}",
            }
        if self.outline is not None:
            found |= {name: f"outline on {self.outline}" for name in ("outline", "other outlines")}
        return found


def entry_of(
    dose: TherapyDose,
    *,
    course: str,
    cycle: int,
    option: str,
    causes: Causes,
    at: datetime | None = None,
    frame_of_reference_uid: str | None = None,
    lung: LungDose | None = None,
    dose_map: DoseMapPlace | None = None,
) -> LedgerEntry:
    """The entry of an administration.

    Calibration and recovery are shared by what one camera saw, the dose factor by one nuclide, the density by all;
    where a population stands for the patient's kinetics, how far the patient lies from it is shared by all cycles of
    the agent. Noise, fit and outlines are the administration's own. Parts of a whole organ are joined.

    Parameters
    ----------
    course, cycle, option, lung, dose_map, frame_of_reference_uid : As in `LedgerEntry`.
    at : When it was given; by default as the images say.

    Raises
    ------
    InputError : No time, or numbers that cannot be.
    """
    given = dose.administration
    when = at or given.at
    if when is None:
        raise problem(None, "date and time of the administration", "Give it", path="at")
    regions = [
        _region(one, dose.regions, causes, given) for one in dose.regions if one.kind is not RegionKind.REST
    ]
    return LedgerEntry(
        course=course,
        cycle=cycle,
        option=option,
        nuclide=given.nuclide,
        agent=given.agent,
        at=when,
        activity_mbq=given.activity_mbq,
        engine=dose.engine,
        regions=_whole(regions),
        frame_of_reference_uid=frame_of_reference_uid,
        lung=lung,
        dose_map=dose_map,
        remarks=dose.remarks,
    )


def _region(
    one: RegionDose, every: Sequence[RegionDose], causes: Causes, given: Administration
) -> LedgerRegion:
    """A region with its errors parted by cause."""
    if one.absorbed_dose_gy is None or one.dose_rate is None:
        return LedgerRegion(
            one.name,
            one.kind,
            one.volume_ml,
            one.mass_g,
            None,
            tracking_uid=one.tracking_uid,
            reason=one.reason,
        )
    members = [part for part in every if part.kind in PARTS_OF.get(one.kind, ())] or [one]
    shared_by = causes.by_component(given.nuclide)
    if any(part.integral is not None and part.integral.covariance is None for part in members):
        shared_by["fit"] = f"kinetics of a population for {given.agent}"
    random, shared = _parted(one, shared_by)
    half_life, covariance = _half_life(members)
    size = random * half_life
    return LedgerRegion(
        name=one.name,
        kind=one.kind,
        volume_ml=one.volume_ml,
        mass_g=one.mass_g,
        mean_dose_gy=float(one.dose_rate.absorbed_dose_gy),
        random_relative_sd=random,
        shared_relative_sds=shared,
        amplitudes_gy_per_h=tuple(one.dose_rate.amplitudes_gy_h.tolist()),
        rates_per_h=tuple(one.dose_rate.rates_per_h.tolist()),
        half_life_relative_sd=half_life,
        dose_half_life_correlation=min(max(covariance / size, -1.0), 1.0) if size > 0 else 0.0,
        tracking_uid=one.tracking_uid,
    )


def _parted(one: RegionDose, shared_by: Mapping[str, str]) -> tuple[float, dict[str, float]]:
    """Random error, and shared errors by cause [1]."""
    own: list[float] = []
    shared: dict[str, list[float]] = defaultdict(list)
    for part in one.budget:
        size = abs(part.relative_effect)
        if part.component in shared_by and size > 0:
            shared[shared_by[part.component]].append(size)
        elif size > 0:
            own.append(size)
    return math.hypot(*own), {cause: math.hypot(*sizes) for cause, sizes in shared.items()}


def _half_life(members: Sequence[RegionDose]) -> tuple[float, float]:
    """Relative standard uncertainty of the slowest half-life, and its covariance with the dose [1].

    Of several regions, whose fits err each for itself, the mean by dose.
    """
    known = [
        (one.absorbed_dose_gy.value * one.mass_g, one.integral)
        for one in members
        if one.integral is not None and one.absorbed_dose_gy is not None
    ]
    total = sum(weight for weight, _ in known)
    if total <= 0:
        return 0.0, 0.0
    parts = [(weight / total, *_spread(integral)) for weight, integral in known]
    return (
        math.sqrt(sum(weight**2 * variance for weight, variance, _ in parts)),
        sum(weight**2 * covariance for weight, _, covariance in parts),
    )


def _spread(integral: ActivityIntegral) -> tuple[float, float]:
    """Variance of the logarithm of the slowest half-life, and its covariance with that of the integral."""
    if integral.covariance is None:
        return 0.0, 0.0
    amplitudes, rates = np.array(integral.amplitudes_mbq), np.array(integral.rates_per_h)
    dose = np.concatenate([1 / rates, -amplitudes / rates**2]) / integral.time_integrated_activity_mbq_h
    slow = np.zeros(2 * len(rates))
    slow[len(rates) + int(rates.argmin())] = -1 / float(rates.min())
    return float(slow @ integral.covariance @ slow), float(dose @ integral.covariance @ slow)


def _whole(regions: Sequence[LedgerRegion]) -> tuple[LedgerRegion, ...]:
    """Regions with the parts of a whole organ joined."""
    parts: dict[RegionKind, list[LedgerRegion]] = defaultdict(list)
    for region in regions:
        parts[region.kind].append(region)
    found: list[LedgerRegion] = []
    for kind, members in parts.items():
        if kind in WHOLE_ORGANS and len(members) > 1:
            found.append(joined(kind.value, kind, members))
        else:
            found += members
    return tuple(found)
