"""Whether what came out can be: published ranges, totals of activity, curves; each check says what it saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.integrals import ActivityIntegral
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.therapy import TherapyDose
from nelm.knowledge import Entry, Status

MOST_OF_ADMINISTERED = 1.05
"""Part of the administered activity, decayed to the time of an image, that the image may show."""
LEAST_OF_ADMINISTERED = 0.02
"""Part below which an image of the trunk shows too little to be of this administration in this unit."""
MOST_EXTRAPOLATED = 0.4
"""Part of an integral beyond the last image from which the late tail is called unmeasured."""
LEAST_RECOVERY = 0.3
"""Recovery below which the correction decides the dose."""
SPHERE_DIFFERENCE = 0.15
"""Relative difference of a lesion's dose from the sphere model that is worth a word."""


class Level(StrEnum):
    """How a check came out, the worst first."""

    REFUSAL = "refusal"
    """Cannot be right."""
    WARNING = "warning"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Parameters
    ----------
    level : How it came out.
    text : What was compared with what.
    sources : Keys of the sources of a published range.
    status : How far that range was checked.
    """

    level: Level
    text: str
    sources: tuple[str, ...] = ()
    status: Status = Status.VERIFIED


def checks_of(
    dose: TherapyDose, ranges: Mapping[RegionKind, Entry], *, imaged_mbq: Sequence[float], half_life_h: float
) -> tuple[Check, ...]:
    """Everything that can be checked without knowing the truth.

    Parameters
    ----------
    ranges : Published dose per activity [Gy/GBq] by kind of region; empty for nuclides without.
    imaged_mbq : Activity in each image, in the order of `times_h` [MBq].
    half_life_h : Of the nuclide [h].
    """
    found = [*_totals(dose, imaged_mbq, half_life_h)]
    for region in dose.regions:
        entry = ranges.get(region.kind)
        if entry is not None:
            found += _in_range(region, entry)
        found += _curve(region)
    return tuple(found)


def _totals(dose: TherapyDose, imaged_mbq: Sequence[float], half_life_h: float) -> list[Check]:
    """Activity in the images against what was administered."""
    given = dose.administration.activity_mbq
    if given is None:
        return [
            Check(
                Level.WARNING,
                "The administered activity is not known: no dose per activity, no check of units.",
            )
        ]
    found: list[Check] = []
    for time, shown in zip(dose.times_h, imaged_mbq, strict=True):
        there = given * 0.5 ** (time / half_life_h)
        share = shown / there
        text = f"At {time:.1f} h the image shows {shown:.0f} MBq, {100 * share:.0f} % of what was given and is left."
        if share > MOST_OF_ADMINISTERED:
            factor = " A factor of 1000 points to a unit (MBq and GBq, Bq and kBq)." if share > 100 else ""
            found.append(
                Check(Level.REFUSAL, f"{text} More than was given: look at calibration and activity.{factor}")
            )
        elif share < LEAST_OF_ADMINISTERED:
            found.append(
                Check(Level.WARNING, f"{text} Very little: look at unit, calibration and field of view.")
            )
        else:
            found.append(Check(Level.OK, text))
    return found


def _in_range(region: RegionDose, entry: Entry) -> list[Check]:
    """Dose per activity against a published range."""
    per, low, high = region.dose_per_activity_gy_per_gbq, entry.low, entry.high
    if per is None or low is None or high is None:
        return []
    text = f"{region.name}: {per:.2f} Gy/GBq, published {low:g} to {high:g}."
    if low <= per <= high:
        return [Check(Level.OK, text, entry.sources, entry.status)]
    side = "below" if per < low else "above"
    level = Level.REFUSAL if per < low / 4 or per > high * 4 else Level.WARNING
    words = f"{text} It lies {side} it: look at calibration, outline and time of injection before using it."
    return [Check(level, words, entry.sources, entry.status)]


def _curve(region: RegionDose) -> list[Check]:
    """What the curve of a region says about itself."""
    found: list[Check] = []
    if region.absorbed_dose_gy is None:
        if region.reason:
            found.append(Check(Level.WARNING, f"{region.name}: no dose, {region.reason}."))
        return found
    if region.integral is not None and _is_guessed(region.integral):
        found.append(
            Check(
                Level.WARNING,
                f"{region.name}: {100 * region.integral.extrapolated:.0f} % of the time-integrated activity lies after "
                "the last image.",
            )
        )
    if (
        region.curve is not None
        and region.kind is RegionKind.LESION
        and region.curve.recovery < LEAST_RECOVERY
    ):
        found.append(
            Check(
                Level.WARNING,
                f"{region.name}: only {100 * region.curve.recovery:.0f} % of its activity shows in its outline; the "
                "correction for partial volume decides its dose.",
            )
        )
    if region.sphere_gy and abs(region.absorbed_dose_gy.value / region.sphere_gy - 1) > SPHERE_DIFFERENCE:
        found.append(
            Check(
                Level.WARNING,
                f"{region.name}: {region.absorbed_dose_gy.value:.3g} Gy from the map, {region.sphere_gy:.3g} Gy from a "
                "sphere of its mass: its neighbours or its shape matter.",
            )
        )
    return found


def _is_guessed(integral: ActivityIntegral) -> bool:
    """Whether most of an integral rests on a curve beyond its data; the decay of what stays is no guess."""
    is_exact = integral.effective_half_life_sd_h == 0.0
    return integral.extrapolated > MOST_EXTRAPOLATED and not is_exact
