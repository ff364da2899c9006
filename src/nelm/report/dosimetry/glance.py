"""What is read first: organs at risk, liver and lesions, in a few lines each."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.therapy import TherapyDose
from nelm.report.dosimetry.words import dosed, figure, label, lesions
from nelm.report.measurement.words import UNKNOWN

BESIDE = (RegionKind.SPLEEN, RegionKind.MARROW, RegionKind.LUNG)


@dataclass(frozen=True, slots=True)
class Line:
    """One value.

    Parameters
    ----------
    label : What it is.
    value : With its unit; None where it is not known.
    more : In small below it, or why there is no value.
    """

    label: str
    value: str | None
    more: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """An organ, or the lesions.

    Parameters
    ----------
    title : Which.
    lines : What is said of it.
    """

    title: str
    lines: tuple[Line, ...]


def blocks(dose: TherapyDose) -> tuple[Block, ...]:
    """Kidneys, liver, spleen with marrow and lungs, lesions: those that are there."""
    found = (_kidneys(dose), _liver(dose), _beside(dose), _lesions(dose))
    return tuple(block for block in found if block is not None)


def _kidneys(dose: TherapyDose) -> Block | None:
    """Both together with each beside it, or the one that there is."""
    single = (*dose.of(RegionKind.KIDNEY_LEFT), *dose.of(RegionKind.KIDNEY_RIGHT))
    both = dose.of(RegionKind.KIDNEYS)
    if both:
        sides = [_short(side.kind.value.partition(" ")[0], side) for side in single]
        return Block("Kidneys", (*_whole(both[0]), *(line for side in sides for line in side[:1])))
    return Block(single[0].kind.value.capitalize(), _whole(single[0])) if single else None


def _liver(dose: TherapyDose) -> Block | None:
    """Without lesions, what of it was reached, with lesions; BED below each that has one."""
    kinds = (
        ("without lesions", RegionKind.LIVER_WITHOUT_LESIONS),
        ("perfused", RegionKind.PERFUSED_LIVER),
        ("spared", RegionKind.SPARED_LIVER),
        ("with lesions", RegionKind.LIVER_WITH_LESIONS),
    )
    lines = [line for name, kind in kinds for region in dose.of(kind) for line in _short(name, region)]
    return Block("Liver", tuple(lines)) if lines else None


def _beside(dose: TherapyDose) -> Block | None:
    """The other organs that are watched."""
    there = [region for kind in BESIDE for region in dose.of(kind)]
    if len(there) == 1:
        return Block(there[0].kind.value.capitalize(), _whole(there[0]))
    lines = [line for region in there for line in _short(label(region), region)]
    title = ", ".join(dict.fromkeys(region.kind.value for region in there))
    return Block(title.capitalize(), tuple(lines)) if lines else None


def _whole(region: RegionDose) -> tuple[Line, ...]:
    """Mean dose, dose per activity and BED."""
    if region.absorbed_dose_gy is None:
        return (Line("mean dose", None, (region.reason or "").removeprefix(f"{UNKNOWN} ")),)
    lines = [Line("mean dose", dosed(region.absorbed_dose_gy))]
    if region.dose_per_activity_gy_per_gbq is not None:
        lines.append(Line("per activity", figure(region.dose_per_activity_gy_per_gbq, "Gy/GBq")))
    if region.bed_gy is not None:
        lines.append(Line("BED", dosed(region.bed_gy)))
    return tuple(lines)


def _short(name: str, region: RegionDose) -> tuple[Line, ...]:
    """Mean dose with dose per activity below it, and BED where there is one."""
    if region.absorbed_dose_gy is None:
        return (Line(name, None, (region.reason or "").removeprefix(f"{UNKNOWN} ")),)
    mean = Line(name, dosed(region.absorbed_dose_gy), figure(region.dose_per_activity_gy_per_gbq, "Gy/GBq"))
    return (mean,) if region.bed_gy is None else (mean, Line("BED", dosed(region.bed_gy)))


def _lesions(dose: TherapyDose) -> Block | None:
    """The lesions of the highest, the middle and the lowest dose."""
    every = lesions(dose)
    if not every:
        return None
    known = sorted((one for one in every if one.absorbed_dose_gy is not None), key=mean_gy, reverse=True)
    places = sorted({0, len(known) // 2, len(known) - 1}) if known else []
    chosen = dict(zip(_places_words(len(places)), places, strict=True))
    lines = [_short(f"{word}, {label(known[place])}", known[place])[0] for word, place in chosen.items()]
    return Block("Lesions", (*lines, Line("with a dose", f"{len(known)} of {len(every)}")))


def _places_words(count: int) -> tuple[str, ...]:
    """What the first, the middle and the last of an order are called."""
    return ((), ("only",), ("highest", "lowest"), ("highest", "middle", "lowest"))[count]


def mean_gy(region: RegionDose) -> float:
    """Mean dose of a region, zero where it is not known [Gy]."""
    return region.absorbed_dose_gy.value if region.absorbed_dose_gy is not None else 0.0
