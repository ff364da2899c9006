"""What one administration gave to one region, as it is kept: mean dose, its errors by cause, dose rate over time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nelm.dosimetry.regions import RegionKind
from nelm.errors import problem
from nelm.physics.biology import Course, ExponentialDoseRate, mono_exponential_dose_rate
from nelm.physics.biology.refusals import not_negative, positive, within

WHOLE_ORGANS = frozenset(RegionKind) - {RegionKind.LESION, RegionKind.ORGAN, RegionKind.REST}
"""Kinds that a patient has once: two regions of one such kind are parts of it."""
PARTS_OF = {
    RegionKind.KIDNEYS: (RegionKind.KIDNEY_LEFT, RegionKind.KIDNEY_RIGHT),
    RegionKind.LIVER_WITHOUT_LESIONS: (RegionKind.PERFUSED_LIVER, RegionKind.SPARED_LIVER),
    RegionKind.LIVER_WITH_LESIONS: (RegionKind.LIVER_WITHOUT_LESIONS, RegionKind.LESION),
}
"""Kinds that a union is made of."""
LIGHTEST_G_PER_ML, HEAVIEST_G_PER_ML = 0.1, 2.5
"""Density of any tissue lies between; outside, mass or volume has another unit."""
ROUNDING = 1e-3
"""Relative difference allowed between a mean dose and the integral of its dose rate."""


@dataclass(frozen=True, slots=True)
class LedgerRegion:
    """Dose of one region from one administration.

    Parameters
    ----------
    name, kind : Of the region.
    volume_ml, mass_g : [mL], [g].
    mean_dose_gy : Mean absorbed dose [Gy]; None where it is not known, and then `reason` says why.
    random_relative_sd : Standard uncertainty of the dose that no other administration shares [1].
    shared_relative_sds : Standard uncertainties that others may share, by the name of what causes them. Parts of equal
        name err together, parts of different name do not [1].
    amplitudes_gy_per_h, rates_per_h : Dose rate ``sum a exp(-k t)`` from the administration on; empty where it is not
        known, and then there is no BED [Gy/h], [1/h].
    half_life_relative_sd : Standard uncertainty of its half-lives at a given dose [1].
    dose_half_life_correlation : Of the random part of the dose with the half-life, -1 to 1.
    tracking_uid : Identity of a lesion over time; None where it has none.
    reason : Why there is no dose.

    Raises
    ------
    InputError : Numbers that cannot be, or that contradict one another.
    """

    name: str
    kind: RegionKind
    volume_ml: float
    mass_g: float
    mean_dose_gy: float | None
    random_relative_sd: float = 0.0
    shared_relative_sds: Mapping[str, float] = field(default_factory=dict[str, float])
    amplitudes_gy_per_h: tuple[float, ...] = ()
    rates_per_h: tuple[float, ...] = ()
    half_life_relative_sd: float = 0.0
    dose_half_life_correlation: float = 0.0
    tracking_uid: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise problem(self.name, "a name", "Name the region as in the segmentation", path="name")
        _refuse_other_units(positive(self.volume_ml, "volume_ml"), positive(self.mass_g, "mass_g"))
        not_negative(self.random_relative_sd, "random_relative_sd")
        not_negative(self.half_life_relative_sd, "half_life_relative_sd")
        within(self.dose_half_life_correlation, "dose_half_life_correlation", -1, 1)
        for cause, sd in self.shared_relative_sds.items():
            not_negative(sd, f"shared_relative_sds.{cause}")
        if self.mean_dose_gy is None:
            if self.amplitudes_gy_per_h:
                raise problem(None, "the dose that this dose rate adds up to", path="mean_dose_gy")
            return
        not_negative(self.mean_dose_gy, "mean_dose_gy")
        if self.dose_rate is not None:
            _refuse_other_dose(self.mean_dose_gy, float(self.dose_rate.absorbed_dose_gy))

    @property
    def dose_rate(self) -> ExponentialDoseRate | None:
        """Dose rate with the administration at 0 h; None where it is not known [Gy/h]."""
        if not self.amplitudes_gy_per_h and not self.rates_per_h:
            return None
        return ExponentialDoseRate(np.array(self.amplitudes_gy_per_h), np.array(self.rates_per_h))

    @property
    def relative_sd(self) -> float:
        """Standard uncertainty of the mean dose [1]."""
        return math.hypot(self.random_relative_sd, *self.shared_relative_sds.values())

    def course(self, name: str, *, start_h: float, physical_half_life_h: float) -> Course:
        """The region as a target of accumulated dose; physical decay stands for a dose rate that is not known.

        Parameters
        ----------
        start_h : Of the administration on the clock of the patient [h].
        physical_half_life_h : Of the nuclide [h].
        """
        rate = self.dose_rate or mono_exponential_dose_rate(
            self.mean_dose_gy or 0.0, effective_half_life_h=physical_half_life_h
        )
        return Course(
            name,
            rate.started_at(start_h),
            relative_random_sd=self.random_relative_sd,
            relative_shared_sd=self.shared_relative_sds,
            half_life_relative_sd=self.half_life_relative_sd,
            dose_half_life_correlation=self.dose_half_life_correlation,
        )


def joined(name: str, kind: RegionKind, members: Sequence[LedgerRegion]) -> LedgerRegion:
    """Regions of one administration together, by mass; without a dose as soon as one of them has none.

    Errors of one cause add, random ones add in squares; the dose rate of the whole is the mean by mass.
    """
    volume, mass = sum(one.volume_ml for one in members), sum(one.mass_g for one in members)
    unknown = [one.name for one in members if one.mean_dose_gy is None]
    if unknown:
        return LedgerRegion(name, kind, volume, mass, None, reason=f"not known of {', '.join(unknown)}")
    shares = [one.mass_g / mass for one in members]
    parts = [share * (one.mean_dose_gy or 0.0) for share, one in zip(shares, members, strict=True)]
    dose = sum(parts)
    weights = [part / dose if dose > 0 else 0.0 for part in parts]
    causes = sorted({cause for one in members for cause in one.shared_relative_sds})
    shared = {
        cause: sum(
            weight * one.shared_relative_sds.get(cause, 0.0) for weight, one in _pairs(weights, members)
        )
        for cause in causes
    }
    random = math.hypot(*(weight * one.random_relative_sd for weight, one in _pairs(weights, members)))
    half_life = math.hypot(*(weight * one.half_life_relative_sd for weight, one in _pairs(weights, members)))
    common = sum(
        weight**2 * one.dose_half_life_correlation * one.random_relative_sd * one.half_life_relative_sd
        for weight, one in _pairs(weights, members)
    )
    known = all(one.amplitudes_gy_per_h for one in members)
    return LedgerRegion(
        name=name, kind=kind, volume_ml=volume, mass_g=mass, mean_dose_gy=dose, random_relative_sd=random,
        shared_relative_sds=shared,
        amplitudes_gy_per_h=tuple(
            share * a for share, one in _pairs(shares, members) for a in one.amplitudes_gy_per_h
        ) if known else (),
        rates_per_h=tuple(rate for one in members for rate in one.rates_per_h) if known else (),
        half_life_relative_sd=half_life,
        dose_half_life_correlation=common / (random * half_life) if random * half_life > 0 else 0.0,
    )  # fmt: skip


def _pairs(weights: Sequence[float], members: Sequence[LedgerRegion]) -> zip[tuple[float, LedgerRegion]]:
    return zip(weights, members, strict=True)


def _refuse_other_units(volume_ml: float, mass_g: float) -> None:
    """Refuse a density that no tissue has."""
    if not LIGHTEST_G_PER_ML <= mass_g / volume_ml <= HEAVIEST_G_PER_ML:
        raise problem(
            f"{mass_g:g} g in {volume_ml:g} mL",
            f"a density from {LIGHTEST_G_PER_ML:g} to {HEAVIEST_G_PER_ML:g} g/mL",
            "Look at the units: grams and millilitres",
            path="mass_g",
        )


def _refuse_other_dose(mean_gy: float, integral_gy: float) -> None:
    """Refuse a dose rate that adds up to another dose."""
    if abs(integral_gy - mean_gy) > ROUNDING * max(mean_gy, integral_gy):
        raise problem(
            f"{mean_gy:.6g} Gy, but the dose rate adds up to {integral_gy:.6g} Gy",
            "one dose",
            "Look at the units: Gy, Gy/h and 1/h",
            path="mean_dose_gy",
        )
