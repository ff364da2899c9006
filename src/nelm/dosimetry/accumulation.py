"""What organs and lesions have received over all administrations, with what their errors share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nelm.dosimetry.assumptions import Tissue
from nelm.dosimetry.doses import log_normal
from nelm.dosimetry.ledger import CourseKind, Ledger, LedgerEntry, physical_half_life_h
from nelm.dosimetry.ledger_region import LedgerRegion
from nelm.dosimetry.regions import RegionKind
from nelm.physics.biology import Course, accumulated_dose
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR

NOT_ONE_EFFECT = (
    "doses of different nuclide or dose rate: their sum says little of the effect; see the BED beside it"
)
NOT_EVEN = "microspheres lie in clusters, a radioligand spreads: equal mean dose and BED need not harm alike"
NO_IDENTITY = "the lesion has no identity over time: it is counted for this administration alone"


class LesionIdentity(StrEnum):
    """What makes lesions of two administrations one lesion."""

    TRACKING_UID = "tracking identifier"
    NAME = "name"


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """What doses are added up for.

    Parameters
    ----------
    kind : Of the region.
    key : Name, tracking identifier or administration that tells apart targets of one kind; empty where there is one.
    """

    kind: RegionKind
    key: str = ""


@dataclass(frozen=True, slots=True)
class DoseSum:
    """Dose of several administrations to one target.

    Parameters
    ----------
    courses : The administrations, in order of time.
    absorbed_dose_gy : Sum with 95 % limits [Gy].
    absorbed_dose_relative_sd : Its standard uncertainty [1].
    bed_gy, eqd2_gy : BED and EQD2 with 95 % limits [Gy]; None without constants of the tissue or without kinetics.
    bed_relative_sd, eqd2_relative_sd : Their standard uncertainties, those of the constants included [1].
    interaction_gy : Part of the BED from damage that one administration left unrepaired for the next [Gy].
    """

    courses: tuple[str, ...]
    absorbed_dose_gy: Estimate
    absorbed_dose_relative_sd: float
    bed_gy: Estimate | None = None
    eqd2_gy: Estimate | None = None
    bed_relative_sd: float | None = None
    eqd2_relative_sd: float | None = None
    interaction_gy: float | None = None


@dataclass(frozen=True, slots=True)
class AccumulatedRegion:
    """A target over all administrations.

    Parameters
    ----------
    target : What it is.
    name : As the latest administration calls it.
    total : Over both kinds of therapy; None where no administration has a dose.
    by_kind : PRRT for itself, radioembolisation for itself.
    missing : Administrations without a dose of this target, each with the reason.
    remarks : What should be known.
    """

    target: Target
    name: str
    total: DoseSum | None
    by_kind: Mapping[CourseKind, DoseSum]
    missing: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]

    @property
    def is_lower_bound(self) -> bool:
        """Whether an administration is missing, so that the sums are less than what was given."""
        return bool(self.missing)


def accumulated(
    ledger: Ledger,
    *,
    tissues: Mapping[RegionKind, Tissue],
    lesions_by: LesionIdentity = LesionIdentity.TRACKING_UID,
) -> tuple[AccumulatedRegion, ...]:
    """Dose, BED and EQD2 of every organ and lesion over all administrations, in the order of the kinds.

    The liver with its lesions and the liver without them are two targets and never stand in for each other.

    Parameters
    ----------
    tissues : Constants by the kind of region; without them no BED.
    lesions_by : What makes lesions one. Names are taken only when the user says that they mean the same lesions.
    """
    order = list(RegionKind)
    targets = {target_of(region, entry, lesions_by) for entry in ledger.entries for region in entry.regions}
    ordered = sorted(targets, key=lambda target: (order.index(target.kind), target.key))
    return tuple(_accumulated(target, ledger, tissues.get(target.kind), lesions_by) for target in ordered)


def target_of(region: LedgerRegion, entry: LedgerEntry, lesions_by: LesionIdentity) -> Target:
    """What a region of an administration is counted as."""
    if region.kind is RegionKind.LESION:
        if lesions_by is LesionIdentity.NAME:
            return Target(region.kind, region.name)
        return Target(region.kind, region.tracking_uid or f"{region.name} of {entry.id}")
    return Target(region.kind, region.name if region.kind is RegionKind.ORGAN else "")


def region_of(target: Target, entry: LedgerEntry, lesions_by: LesionIdentity) -> LedgerRegion | None:
    """The region of an administration that is a target; None where it has none."""
    return next((one for one in entry.regions if target_of(one, entry, lesions_by) == target), None)


def course_of(region: LedgerRegion, entry: LedgerEntry, ledger: Ledger) -> Course:
    """A region of an administration, on the clock of the ledger."""
    return region.course(
        entry.id, start_h=ledger.start_h(entry), physical_half_life_h=physical_half_life_h(entry.nuclide)
    )


def dose_sum(
    courses: Sequence[Course], tissue: Tissue | None, *, coverage_factor: float = COVERAGE_FACTOR
) -> DoseSum:
    """Dose of courses together; BED and EQD2 where there are constants of the tissue."""
    known = tissue or Tissue(alpha_beta_gy=1.0, repair_half_time_h=1.0)
    found = accumulated_dose(
        courses,
        alpha_beta_gy=known.alpha_beta_gy,
        repair_half_time_h=known.repair_half_time_h,
        alpha_beta_sd_gy=known.alpha_beta_sd_gy,
        repair_half_time_sd_h=known.repair_half_time_sd_h,
    )
    relative = _relative(found.absorbed_dose_sd_gy, found.absorbed_dose_gy)
    dose = log_normal(found.absorbed_dose_gy, relative, coverage_factor=coverage_factor)
    if tissue is None:
        return DoseSum(found.names, dose, relative)
    bed_relative = _relative(found.bed_sd_gy, found.bed_gy)
    eqd2_relative = _relative(found.eqd2_sd_gy, found.eqd2_gy)
    return DoseSum(
        found.names,
        dose,
        relative,
        bed_gy=log_normal(found.bed_gy, bed_relative, coverage_factor=coverage_factor),
        eqd2_gy=log_normal(found.eqd2_gy, eqd2_relative, coverage_factor=coverage_factor),
        bed_relative_sd=bed_relative,
        eqd2_relative_sd=eqd2_relative,
        interaction_gy=found.interaction_gy,
    )


def _accumulated(
    target: Target, ledger: Ledger, tissue: Tissue | None, lesions_by: LesionIdentity
) -> AccumulatedRegion:
    """One target over all administrations."""
    given: list[tuple[LedgerEntry, LedgerRegion]] = []
    missing: list[tuple[str, str]] = []
    name = target.kind.value
    for entry in ledger.entries:
        region = region_of(target, entry, lesions_by)
        if region is not None:
            name = region.name
        if region is None or region.mean_dose_gy is None:
            missing.append((entry.id, _reason(region, target, bool(given))))
        else:
            given.append((entry, region))
    without = [entry.id for entry, region in given if region.dose_rate is None]
    usable = None if without else tissue
    courses = {entry.id: course_of(region, entry, ledger) for entry, region in given}
    by_kind = {
        kind: dose_sum([courses[entry.id] for entry, _ in given if entry.kind is kind], usable)
        for kind in CourseKind
        if any(entry.kind is kind for entry, _ in given)
    }
    total = dose_sum(list(courses.values()), usable) if courses else None
    return AccumulatedRegion(
        target, name, total, by_kind, tuple(missing), _remarks(given, without, target, lesions_by)
    )


def _reason(region: LedgerRegion | None, target: Target, seen: bool) -> str:
    """Why an administration has no dose of a target."""
    if region is not None:
        return region.reason or "no dose"
    if target.kind is not RegionKind.LESION:
        return "not outlined"
    return "not outlined: gone, or not looked for" if seen else "not outlined: new since, or not looked for"


def _remarks(
    given: Sequence[tuple[LedgerEntry, LedgerRegion]], without: Sequence[str], target: Target,
    lesions_by: LesionIdentity,
) -> tuple[str, ...]:  # fmt: skip
    """What should be known of a sum."""
    found: list[str] = []
    if len({(entry.kind, entry.nuclide) for entry, _ in given}) > 1:
        found.append(NOT_ONE_EFFECT)
    if len({entry.kind for entry, _ in given}) > 1:
        found.append(NOT_EVEN)
    if without:
        found.append(f"no BED: the dose rate over time is not known of {', '.join(without)}")
    if target.kind is RegionKind.LESION and lesions_by is LesionIdentity.TRACKING_UID:
        found += [NO_IDENTITY for _, region in given if region.tracking_uid is None]
    return tuple(found)


def _relative(sd: float, value: float) -> float:
    return sd / value if value > 0 else 0.0
