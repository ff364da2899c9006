"""Dose that a target has accumulated over courses of different kinds, with uncertainty and its correlation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nelm.errors import problem
from nelm.physics.biology.bed import biologically_effective_dose_of_cycles, equivalent_dose_in_fractions
from nelm.physics.biology.dose_rate import ExponentialDoseRate
from nelm.physics.biology.refusals import Array, not_negative, positive, within

STEP = 1e-4
"""Relative step of the central differences."""


@dataclass(frozen=True, slots=True)
class Course:
    """One course of radionuclide therapy as one target received it.

    Parameters
    ----------
    name : What the course is, such as "PRRT cycle 2" or "Y-90 radioembolisation, right lobe".
    dose_rate : Dose rate of the target with the start of the course; one value, not voxels [Gy/h].
    relative_random_sd : Standard uncertainty of the dose that this course shares with no other [1].
    relative_shared_sd : Standard uncertainties that other courses may share, by the name of what causes them
        ("calibration of camera A", "dose factor of Lu-177"). Parts of equal name are one error, fully correlated
        between courses; parts of different name are independent [1].
    half_life_relative_sd : Standard uncertainty of the half-lives of this course, at a given dose [1].
    dose_half_life_correlation : Correlation of the random part of the dose with the half-life, -1 to 1: positive
        where the same fit gave both.
    """

    name: str
    dose_rate: ExponentialDoseRate
    relative_random_sd: float = 0.0
    relative_shared_sd: Mapping[str, float] = field(default_factory=dict[str, float])
    half_life_relative_sd: float = 0.0
    dose_half_life_correlation: float = 0.0

    def __post_init__(self) -> None:
        if self.dose_rate.amplitudes_gy_h.ndim != 1:
            raise problem(
                f"a dose rate of shape {self.dose_rate.amplitudes_gy_h.shape}",
                "the dose rate of one target",
                "For voxels use biologically_effective_dose_of_cycles",
                path=self.name,
            )
        not_negative(self.relative_random_sd, f"{self.name}: relative_random_sd")
        not_negative(self.half_life_relative_sd, f"{self.name}: half_life_relative_sd")
        within(self.dose_half_life_correlation, f"{self.name}: dose_half_life_correlation", -1, 1)
        for cause, sd in self.relative_shared_sd.items():
            not_negative(sd, f"{self.name}: {cause}")

    @property
    def absorbed_dose_gy(self) -> float:
        """Dose of this course [Gy]."""
        return float(self.dose_rate.absorbed_dose_gy)


@dataclass(frozen=True, slots=True, eq=False)
class AccumulatedDose:
    """What a target has received over courses, each with its standard uncertainty [Gy].

    Parameters
    ----------
    names : The courses, in order of time.
    absorbed_doses_gy : array (courses,)  Absorbed dose of each [Gy].
    dose_covariance_gy2 : array (courses, courses)  Covariance of these [Gy^2].
    absorbed_dose_gy, absorbed_dose_sd_gy : Sum and its standard uncertainty. A sum of doses of different dose rate
        or nuclide says nothing of effect; the BED does.
    bed_gy, bed_sd_gy : BED with incomplete repair between courses.
    eqd2_gy, eqd2_sd_gy : The same in fractions of 2 Gy.
    interaction_gy : Part of the BED that is there because the courses were not fully repaired between each other.
    """

    names: tuple[str, ...]
    absorbed_doses_gy: Array
    dose_covariance_gy2: Array
    absorbed_dose_gy: float
    absorbed_dose_sd_gy: float
    bed_gy: float
    bed_sd_gy: float
    eqd2_gy: float
    eqd2_sd_gy: float
    interaction_gy: float


@dataclass(frozen=True, slots=True)
class _Tissue:
    """The constants of a tissue."""

    alpha_beta_gy: float
    repair_half_time_h: float

    def bed(self, courses: Sequence[Course]) -> float:
        """BED of courses."""
        rates = [course.dose_rate for course in courses]
        return float(
            biologically_effective_dose_of_cycles(
                rates, alpha_beta_gy=self.alpha_beta_gy, repair_half_time_h=self.repair_half_time_h
            )
        )

    def eqd2(self, courses: Sequence[Course]) -> float:
        """EQD2 of courses."""
        return equivalent_dose_in_fractions(self.bed(courses), alpha_beta_gy=self.alpha_beta_gy)


def accumulated_dose(
    courses: Sequence[Course],
    *,
    alpha_beta_gy: float,
    repair_half_time_h: float,
    alpha_beta_sd_gy: float = 0.0,
    repair_half_time_sd_h: float = 0.0,
) -> AccumulatedDose:
    """Absorbed dose, BED and EQD2 of one target over all its courses.

    Parameters
    ----------
    courses : In any order and at any spacing; of any kind as long as the target is the same.
    alpha_beta_gy, alpha_beta_sd_gy : alpha/beta of the tissue and its standard uncertainty [Gy].
    repair_half_time_h, repair_half_time_sd_h : Half-time of repair and its standard uncertainty [h].

    Notes
    -----
    First-order propagation (GUM, JCGM 100) with derivatives by central differences. The doses of courses c, d have the
    covariance ``D_c D_d (delta_cd r_c^2 + sum_k s_ck s_dk)`` over the shared causes k. The derivative of EQD2 by
    alpha/beta includes that of its own conversion. Low linear energy transfer; no repopulation.
    """
    if not courses:
        raise problem(
            "no course", "one course or more", "Give each course with its dose rate", path="courses"
        )
    tissue = _Tissue(
        positive(alpha_beta_gy, "alpha_beta_gy"), positive(repair_half_time_h, "repair_half_time_h")
    )
    tissue_sd = (
        not_negative(alpha_beta_sd_gy, "alpha_beta_sd_gy"),
        not_negative(repair_half_time_sd_h, "repair_half_time_sd_h"),
    )
    ordered = sorted(courses, key=lambda course: course.dose_rate.start_h)
    doses = np.array([course.absorbed_dose_gy for course in ordered])
    covariance = _relative_covariance(ordered)
    bed, eqd2 = tissue.bed(ordered), tissue.eqd2(ordered)
    count = len(ordered)
    dose_covariance = covariance[:count, :count] * np.outer(doses, doses)
    bed_sd, eqd2_sd = _spreads(ordered, tissue, tissue_sd, covariance)
    return AccumulatedDose(
        names=tuple(course.name for course in ordered),
        absorbed_doses_gy=doses,
        dose_covariance_gy2=dose_covariance,
        absorbed_dose_gy=float(doses.sum()),
        absorbed_dose_sd_gy=float(np.sqrt(dose_covariance.sum())),
        bed_gy=bed,
        bed_sd_gy=bed_sd,
        eqd2_gy=eqd2,
        eqd2_sd_gy=eqd2_sd,
        interaction_gy=bed - sum(tissue.bed([course]) for course in ordered),
    )


def _relative_covariance(courses: Sequence[Course]) -> Array:
    """Covariance of the logarithms of all doses, then all half-lives (2 courses, 2 courses)."""
    count = len(courses)
    causes = sorted({cause for course in courses for cause in course.relative_shared_sd})
    shared = np.array(
        [[course.relative_shared_sd.get(cause, 0.0) for cause in causes] for course in courses]
    ).reshape(count, len(causes))
    random = np.array([course.relative_random_sd for course in courses])
    half_life = np.array([course.half_life_relative_sd for course in courses])
    correlation = np.array([course.dose_half_life_correlation for course in courses])
    covariance = np.zeros((2 * count, 2 * count))
    covariance[:count, :count] = shared @ shared.T + np.diag(random**2)
    covariance[count:, count:] = np.diag(half_life**2)
    cross = np.diag(correlation * random * half_life)
    covariance[:count, count:] = covariance[count:, :count] = cross
    return covariance


def _spreads(
    courses: Sequence[Course], tissue: _Tissue, tissue_sd: tuple[float, float], covariance: Array
) -> tuple[float, float]:
    """Standard uncertainties of BED and EQD2."""
    gradient = np.array(
        [_slopes(courses, tissue, index, of) for of in ("dose", "half-life") for index in range(len(courses))]
    )
    variance = np.einsum("iq,ij,jq->q", gradient, covariance, gradient)
    for name, sd in zip(("alpha_beta_gy", "repair_half_time_h"), tissue_sd, strict=True):
        value = tissue.alpha_beta_gy if name == "alpha_beta_gy" else tissue.repair_half_time_h
        up, down = (
            replace(tissue, **{name: value * (1 + STEP)}),
            replace(tissue, **{name: value * (1 - STEP)}),
        )
        rise = np.array([up.bed(courses) - down.bed(courses), up.eqd2(courses) - down.eqd2(courses)])
        variance += (rise / (2 * STEP * value) * sd) ** 2
    bed_sd, eqd2_sd = np.sqrt(np.maximum(variance, 0)).tolist()
    return bed_sd, eqd2_sd


def _slopes(courses: Sequence[Course], tissue: _Tissue, index: int, of: str) -> tuple[float, float]:
    """Change of BED and EQD2 with the logarithm of one dose or half-life."""
    found: list[tuple[float, float]] = []
    for factor in (1 + STEP, 1 - STEP):
        rate = courses[index].dose_rate
        changed = (
            replace(rate, amplitudes_gy_h=rate.amplitudes_gy_h * factor)
            if of == "dose"
            else rate.stretched(factor)
        )
        varied = [*courses[:index], replace(courses[index], dose_rate=changed), *courses[index + 1 :]]
        found.append((tissue.bed(varied), tissue.eqd2(varied)))
    (bed_up, eqd2_up), (bed_down, eqd2_down) = found
    return (bed_up - bed_down) / (2 * STEP), (eqd2_up - eqd2_down) / (2 * STEP)
