"""One memory of dose: every administration of either kind, with what it gave to each organ and lesion."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import PurePosixPath

from nelm.dosimetry.ledger_region import PARTS_OF, WHOLE_ORGANS, LedgerRegion
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.scans import LARGEST_THERAPY_MBQ
from nelm.errors import InputError, Problem, problem
from nelm.imaging.registration import RigidTransform
from nelm.physics.biology.refusals import not_negative
from nelm.physics.emissions import emissions_of

SMALLEST_THERAPY_MBQ = 50.0
"""Less than any therapeutic administration; a number below it is in gigabecquerel."""
LARGEST_ORGAN_GY, LARGEST_LUNG_GY = 1000.0, 300.0
"""More than any organ received and lived; a number above it is in milligray or centigray."""
ENERGY_TOLERANCE = 1.25
"""Energy in the regions over that of all decays beyond what errors of dose and mass explain."""
LONGER_THAN_PHYSICAL = 1.01
"""An effective half-life over the physical one that is no rounding."""
RIGID_TOLERANCE = 1e-3
LARGEST_SHIFT_MM = 10_000.0
"""No scanner is longer; a shift beyond it is in another unit."""
JOULE_PER_MEV, SECONDS_PER_HOUR, DECAYS_PER_GBQ = 1.602176634e-13, 3600.0, 1e9


class CourseKind(StrEnum):
    """What a course of therapy is."""

    PRRT = "prrt"
    RADIOEMBOLISATION = "radioembolisation"


NUCLIDES: Mapping[str, frozenset[str]] = {
    "prrt.lu177_dotatate": frozenset({"Lu-177"}),
    "prrt.lu177_edotreotide": frozenset({"Lu-177"}),
    "prrt.y90": frozenset({"Y-90"}),
    "prrt.retreatment": frozenset({"Lu-177"}),
    "radioembolisation.y90_resin": frozenset({"Y-90"}),
    "radioembolisation.y90_glass": frozenset({"Y-90"}),
    "radioembolisation.ho166": frozenset({"Ho-166"}),
}
"""Options that give dose from inside, with the nuclides of each: electrons and photons, no alpha particles."""


@dataclass(frozen=True, slots=True)
class LungDose:
    """Dose to the lungs in one session.

    Parameters
    ----------
    dose_gy : Mean dose to both lungs [Gy].
    relative_sd : Its standard uncertainty [1].
    method : How it was found ("lung shunt of planar imaging, lungs of 1 kg").
    """

    dose_gy: float
    relative_sd: float
    method: str

    def __post_init__(self) -> None:
        if not_negative(self.dose_gy, "dose_gy") > LARGEST_LUNG_GY:
            raise problem(
                f"{self.dose_gy:g} Gy",
                f"at most {LARGEST_LUNG_GY:g} Gy",
                "Look at the unit: Gy",
                path="dose_gy",
            )
        not_negative(self.relative_sd, "relative_sd")


@dataclass(frozen=True, slots=True)
class DoseMapPlace:
    """Where the dose map of an administration lies.

    Parameters
    ----------
    path : Of the file, relative to the ledger, with forward slashes.
    from_reference : Where a point of the reference lies in this map; None until it is registered.
    registration_error_mm : 95 % of that registration [mm]; None until it is registered.
    """

    path: str
    from_reference: RigidTransform | None = None
    registration_error_mm: float | None = None

    def __post_init__(self) -> None:
        parts = PurePosixPath(self.path)
        if not self.path.strip() or parts.is_absolute() or ".." in parts.parts or "\\" in self.path:
            raise problem(
                self.path, "a path below the folder of the ledger", "Write dose/cycle1.dcm", path="path"
            )
        if (self.from_reference is None) is not (self.registration_error_mm is None):
            raise problem(
                "one without the other",
                "a transform with its error, or neither",
                path="registration_error_mm",
            )
        if self.registration_error_mm is not None:
            not_negative(self.registration_error_mm, "registration_error_mm")
        if self.from_reference is not None:
            _refuse_no_rotation(self.from_reference)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One administration and the doses that it gave.

    Parameters
    ----------
    course : Name of the course that it belongs to ("prrt-2025").
    cycle : Its number in that course, from 1: a cycle of PRRT, a session of radioembolisation.
    option : Identifier of the option in the contract.
    nuclide : Such as ``Lu-177``.
    agent : What carries it: radiopharmaceutical or microspheres.
    at : When; of all entries with a time zone, or of none.
    activity_mbq : Administered [MBq]; None where it is not known.
    engine : What computed the dose.
    regions : Dose of each region; kept in the order of their names.
    frame_of_reference_uid : Of the anatomy that the regions were outlined on.
    lung : Dose to the lungs; None where it is not known.
    dose_map : Where its map lies.
    remarks : What should be known.

    Raises
    ------
    InputError : Numbers that cannot be, or that contradict one another.
    """

    course: str
    cycle: int
    option: str
    nuclide: str
    agent: str
    at: datetime
    activity_mbq: float | None
    engine: str
    regions: tuple[LedgerRegion, ...]
    frame_of_reference_uid: str | None = None
    lung: LungDose | None = None
    dose_map: DoseMapPlace | None = None
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _refuse_option(self.option, self.nuclide)
        if not self.course.strip() or "/" in self.course:
            raise problem(self.course, "a name without a slash", path="course")
        if self.cycle < 1:
            raise problem(self.cycle, "a number from 1", path="cycle")
        _refuse_activity(self.activity_mbq)
        found = [*_doubles(self.regions), *_too_large(self), *_too_long(self), *_too_much_energy(self)]
        if found:
            raise InputError(found)
        object.__setattr__(self, "regions", tuple(sorted(self.regions, key=lambda region: region.name)))

    @property
    def id(self) -> str:
        """Course and cycle, which name an administration."""
        return f"{self.course}/{self.cycle}"

    @property
    def kind(self) -> CourseKind:
        """PRRT or radioembolisation."""
        return CourseKind(self.option.partition(".")[0])

    def identified(self, tracking_uids: Mapping[str, str]) -> LedgerEntry:
        """The entry with identities over time given to lesions, by their names here."""
        return replace(
            self,
            regions=tuple(
                replace(region, tracking_uid=tracking_uids.get(region.name, region.tracking_uid))
                for region in self.regions
            ),
        )


@dataclass(frozen=True, slots=True)
class Ledger:
    """All administrations of one patient, in the order of their times.

    Parameters
    ----------
    entries : In any order.
    case : Identifier of the case; None where it has none.
    reference_frame_uid : Frame of reference that dose maps are brought to; None until one is chosen.

    Raises
    ------
    InputError : One administration twice, or times with and without a time zone.
    """

    entries: tuple[LedgerEntry, ...] = ()
    case: str | None = None
    reference_frame_uid: str | None = None

    def __post_init__(self) -> None:
        zoned = {entry.at.utcoffset() is not None for entry in self.entries}
        if len(zoned) > 1:
            raise problem("times with and without a time zone", "all of one sort", path="entries")
        ordered = tuple(sorted(self.entries, key=lambda entry: (entry.at, entry.id)))
        object.__setattr__(self, "entries", ordered)
        for place, entry in enumerate(ordered):
            for other in ordered[:place]:
                if _is_same_administration(entry, other):
                    raise problem(
                        f"{entry.id} and {other.id}",
                        "each administration once",
                        "They have one name, or one option and one minute; remove one, or correct its time",
                        path="entries",
                    )

    def entry(self, name: str) -> LedgerEntry:
        """The entry of an identifier.

        Raises
        ------
        InputError : There is none.
        """
        for entry in self.entries:
            if entry.id == name:
                return entry
        known = ", ".join(entry.id for entry in self.entries) or "none"
        raise problem(name, f"one of the administrations of the ledger: {known}", path="entries")

    def start_h(self, entry: LedgerEntry) -> float:
        """Time of an administration after the first one [h]."""
        return (entry.at - self.entries[0].at).total_seconds() / SECONDS_PER_HOUR


def with_entry(ledger: Ledger, entry: LedgerEntry) -> Ledger:
    """The ledger with an administration more; the same one again changes nothing.

    Raises
    ------
    InputError : The administration is there with other numbers: `with_replaced` puts new ones in their place.
    """
    same = [other for other in ledger.entries if _is_same_administration(entry, other)]
    if not same:
        return replace(ledger, entries=(*ledger.entries, entry))
    if same == [entry]:
        return ledger
    raise problem(
        f"{entry.id} of {entry.at.isoformat()}",
        f"the numbers that the ledger holds as {', '.join(other.id for other in same)}",
        "It differs: keep the earlier entry, or ask for it to be replaced (--replace)",
        path=f"entries.{entry.id}",
    )


def with_replaced(ledger: Ledger, entry: LedgerEntry) -> Ledger:
    """The ledger with an administration in the place of the earlier entry for it.

    Raises
    ------
    InputError : The ledger holds no such administration.
    """
    kept = tuple(other for other in ledger.entries if not _is_same_administration(entry, other))
    if len(kept) == len(ledger.entries):
        raise problem(entry.id, "an administration that the ledger holds", "Add it", path="entries")
    return replace(ledger, entries=(*kept, entry))


@cache
def physical_half_life_h(nuclide: str) -> float:
    """Physical half-life [h]."""
    return emissions_of(nuclide).half_life_h


@cache
def energy_gy_kg_per_gbq(nuclide: str) -> float:
    """Energy of all electrons and photons of 1 GBq until it has decayed [Gy kg/GBq]."""
    emissions = emissions_of(nuclide)
    per_decay_j = (emissions.electron_energy_mev + emissions.photon_energy_mev) * JOULE_PER_MEV
    return per_decay_j * DECAYS_PER_GBQ * emissions.half_life_h * SECONDS_PER_HOUR / math.log(2.0)


def _is_same_administration(one: LedgerEntry, other: LedgerEntry) -> bool:
    """Whether two entries speak of one administration: one name, or one option within one minute."""
    if one.id == other.id:
        return True
    if one.option != other.option or (one.at.utcoffset() is None) is not (other.at.utcoffset() is None):
        return False
    return abs((one.at - other.at).total_seconds()) < 60


def _refuse_option(option: str, nuclide: str) -> None:
    """Refuse an option that gives no dose from inside, or a nuclide that it does not have."""
    if option not in NUCLIDES:
        raise problem(
            option, f"one of {', '.join(NUCLIDES)}", "Other therapies are not in the ledger", path="option"
        )
    if nuclide not in NUCLIDES[option]:
        raise problem(nuclide, f"{' or '.join(sorted(NUCLIDES[option]))} for {option}", path="nuclide")


def _refuse_activity(activity_mbq: float | None) -> None:
    if activity_mbq is not None and not SMALLEST_THERAPY_MBQ <= activity_mbq <= LARGEST_THERAPY_MBQ:
        raise problem(
            f"{activity_mbq:g} MBq",
            f"a therapeutic activity from {SMALLEST_THERAPY_MBQ:g} to {LARGEST_THERAPY_MBQ:g} MBq",
            "Look at the unit: MBq, not GBq or Bq",
            path="activity_mbq",
        )


def _refuse_no_rotation(transform: RigidTransform) -> None:
    """Refuse a matrix that is no rotation and shift."""
    matrix = transform.array
    turn, off = (matrix[:3, :3], 0.0) if matrix.shape == (4, 4) else (None, math.inf)
    if turn is not None:
        off = (
            abs(turn @ turn.T - [[1, 0, 0], [0, 1, 0], [0, 0, 1]]).max() + abs(matrix[3] - [0, 0, 0, 1]).max()
        )
    if not off < RIGID_TOLERANCE or abs(matrix[:3, 3]).max() > LARGEST_SHIFT_MM:
        raise problem("a matrix", "4 x 4, a rotation and a shift in millimetres", path="from_reference")


def _doubles(regions: Sequence[LedgerRegion]) -> list[Problem]:
    """Names, identities and whole organs that stand twice."""
    keys = {
        "name": [region.name for region in regions],
        "tracking_uid": [region.tracking_uid for region in regions if region.tracking_uid],
        "kind": [region.kind.value for region in regions if region.kind in WHOLE_ORGANS],
    }
    return [
        Problem("regions", f'the {key} "{value}" {count} times', "each once", "Join the parts, or rename one")
        for key, values in keys.items()
        for value, count in Counter(values).items()
        if count > 1
    ]


def _too_large(entry: LedgerEntry) -> list[Problem]:
    """Organs with a dose of another unit."""
    return [
        Problem(f"regions[{place}].mean_dose_gy", f"{region.mean_dose_gy:g} Gy", f"at most {LARGEST_ORGAN_GY:g} Gy",
                "Look at the unit: Gy, not mGy")
        for place, region in enumerate(entry.regions)
        if region.kind in WHOLE_ORGANS and region.mean_dose_gy is not None
        and region.mean_dose_gy > LARGEST_ORGAN_GY
    ]  # fmt: skip


def _too_long(entry: LedgerEntry) -> list[Problem]:
    """Dose rates that last longer than the nuclide."""
    slowest = math.log(2.0) / (LONGER_THAN_PHYSICAL * physical_half_life_h(entry.nuclide))
    return [
        Problem(f"regions[{place}].rates_per_h", f"a half-life of {math.log(2.0) / min(region.rates_per_h):.4g} h",
                f"at most the {physical_half_life_h(entry.nuclide):.4g} h of {entry.nuclide}",
                "Give the rates of the dose rate, physical decay included, per hour")
        for place, region in enumerate(entry.regions)
        if region.rates_per_h and min(region.rates_per_h) < slowest
    ]  # fmt: skip


def _too_much_energy(entry: LedgerEntry) -> list[Problem]:
    """More energy in the regions than all decays give; what may repeat other regions is left out."""
    if entry.activity_mbq is None:
        return []
    kinds = {region.kind for region in entry.regions}
    repeated = {RegionKind.ORGAN, *(whole for whole, parts in PARTS_OF.items() if kinds & set(parts))}
    parts = [region for region in entry.regions if region.kind not in repeated]
    found = sum((region.mean_dose_gy or 0.0) * region.mass_g / 1000 for region in parts)
    given = energy_gy_kg_per_gbq(entry.nuclide) * entry.activity_mbq / 1000
    if found <= ENERGY_TOLERANCE * given:
        return []
    return [
        Problem("regions", f"{found:.3g} J in the regions", f"at most the {given:.3g} J of {entry.activity_mbq:g} MBq",
                "Look at the units: dose in Gy, mass in g, activity in MBq; organs must not overlap")
    ]  # fmt: skip
