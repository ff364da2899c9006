"""Regions, doses and administrations in words."""

from __future__ import annotations

from collections.abc import Iterable

from nelm.dosimetry.doses import RegionDose, log_normal
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.scans import Administration
from nelm.dosimetry.therapy import TherapyDose
from nelm.physics.biology import DoseVolumeHistogram
from nelm.quantities import Estimate
from nelm.report.measurement.words import UNKNOWN, plain, with_limits

ORDER = (
    RegionKind.KIDNEYS,
    RegionKind.KIDNEY_LEFT,
    RegionKind.KIDNEY_RIGHT,
    RegionKind.LIVER_WITHOUT_LESIONS,
    RegionKind.PERFUSED_LIVER,
    RegionKind.SPARED_LIVER,
    RegionKind.LIVER_WITH_LESIONS,
    RegionKind.SPLEEN,
    RegionKind.MARROW,
    RegionKind.LUNG,
    RegionKind.ORGAN,
    RegionKind.REST,
)
COMPONENTS = {
    "fit": "curve",
    "number of histories": "histories",
    "dose scale": "dose",
    "alpha/beta": "alpha/beta",
    "repair half-time": "repair",
}


def label(region: RegionDose) -> str:
    """The name of a region, with what it is where the name does not say so."""
    name = plain(region.name)
    if region.kind in (RegionKind.LESION, RegionKind.ORGAN):
        return name
    of_name, of_kind = set(name.lower().split()), set(region.kind.value.split())
    if of_kind <= of_name:
        return name
    return region.kind.value if of_name <= of_kind else f"{name} ({region.kind.value})"


def organs(dose: TherapyDose) -> list[RegionDose]:
    """Everything but lesions, kidneys and liver first."""
    return sorted(
        (one for one in dose.regions if one.kind is not RegionKind.LESION),
        key=lambda one: ORDER.index(one.kind),
    )


def lesions(dose: TherapyDose) -> list[RegionDose]:
    """Lesions in their order."""
    return list(dose.of(RegionKind.LESION))


def decimals(value: float) -> int:
    """Decimals that a dose of this size is worth."""
    return 0 if value >= 100 else 1 if value >= 1 else 2 if value >= 0.1 else 3


def dosed(estimate: Estimate | None, unit: str = "Gy") -> str:
    """A dose with its limits."""
    return UNKNOWN if estimate is None else with_limits(estimate, unit, digits=decimals(estimate.value))


def figure(value: float | None, unit: str = "") -> str:
    """A number with three figures below ten; empty where there is none."""
    if value is None:
        return ""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 3
    return f"{value:.{digits}f} {unit}".strip()


def equivalent(region: RegionDose) -> Estimate | None:
    """EQD2 with 95 % limits [Gy]."""
    found = region.biological
    return None if found is None else log_normal(found.eqd2_gy, found.eqd2_sd_gy / found.eqd2_gy)


def agent_words(given: Administration) -> str:
    """What was given: nuclide and agent, the nuclide once."""
    element, _, mass = given.nuclide.partition("-")
    is_named = element in given.agent and mass in given.agent
    return given.agent if is_named else f"{given.nuclide} {given.agent}".strip()


def activity_words(given: Administration) -> str:
    """How much was given."""
    if given.activity_gbq is None:
        return f"activity {UNKNOWN}"
    spread = f" ± {100 * given.activity_relative_sd:.1g} %" if given.activity_relative_sd > 0 else ""
    return f"{figure(given.activity_gbq, 'GBq')}{spread}"


def given_words(given: Administration) -> str:
    """When it was given."""
    return f"given {given.at:%Y-%m-%d %H:%M}" if given.at is not None else f"time of administration {UNKNOWN}"


def times_words(times_h: Iterable[float]) -> str:
    """When it was imaged."""
    return f"imaged {', '.join(f'{time:.3g}' for time in times_h)} h after"


def cycle_words(dose: TherapyDose, place: int) -> str:
    """An administration among others."""
    given = dose.administration
    day = f", {given.at:%Y-%m-%d}" if given.at is not None else ""
    return f"Administration {place}{day}: {agent_words(given)}, {activity_words(given)}"


def bare(estimate: Estimate) -> str:
    """A dose with its limits, its unit said elsewhere."""
    digits = decimals(estimate.value)
    return f"{estimate.value:.{digits}f} ({estimate.low:.{digits}f} to {estimate.high:.{digits}f})"


def spread(histogram: DoseVolumeHistogram) -> str:
    """D98, D50 and D2."""
    found = [histogram.dose_to(percent).value for percent in (98, 50, 2)]
    digits = decimals(found[1])
    return " / ".join(f"{dose:.{digits}f}" for dose in found)


def difference(value: float, other: float) -> str:
    """How far a number lies from another, in whole percent."""
    return f"{round(100 * (value / other - 1)):+d} %".replace("-", "−")


def engine_words(dose: TherapyDose) -> str:
    """What computed the dose, without its settings."""
    return f"dose by {plain(dose.engine).partition(' (')[0]}"


def unknown_because(reason: str | None) -> str:
    """That a dose is not known, and why."""
    if not reason:
        return UNKNOWN
    return reason if reason.startswith(UNKNOWN) else f"{UNKNOWN}: {reason}"
