"""What dosimetry assumes, from the knowledge: quality of images, tissues, populations, plausible ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from nelm.dosimetry.assumptions import Assumptions, ImageQuality, Kinetics, Tissue
from nelm.dosimetry.bodies import DensityCurve
from nelm.dosimetry.knowledge import DosimetryKnowledge
from nelm.dosimetry.regions import RegionKind
from nelm.knowledge import Entry, Knowledge, Status
from nelm.physics.emissions import emissions_of
from nelm.physics.engines import Settings
from nelm.physics.kinetics import HalfLifePopulation
from nelm.therapies.prrt.knowledge import PrrtKnowledge

DOTA_NUCLIDE = "Lu-177"
KIDNEYS = (RegionKind.KIDNEY_LEFT, RegionKind.KIDNEY_RIGHT, RegionKind.KIDNEYS)
LIVERS = (
    RegionKind.PERFUSED_LIVER,
    RegionKind.SPARED_LIVER,
    RegionKind.LIVER_WITHOUT_LESIONS,
    RegionKind.LIVER_WITH_LESIONS,
)


@dataclass(frozen=True, slots=True)
class ImagingChoices:
    """What the user says of the images; None where the knowledge decides.

    Parameters
    ----------
    resolution_mm : Full width at half maximum [mm]; None: no correction for partial volume.
    resolution_relative_sd, calibration_relative_sd : Relative standard uncertainties [1].
    engine : Name of a dose engine.
    settings : Of `transport`.
    """

    resolution_mm: float | None = None
    resolution_relative_sd: float | None = None
    calibration_relative_sd: float | None = None
    engine: str = "kernel"
    settings: Settings | None = None


def assumptions_of(
    knowledge: Knowledge, choices: ImagingChoices, *, nuclide: str, kinetics: Kinetics
) -> Assumptions:
    """Everything that the images do not say."""
    known = knowledge.record(DosimetryKnowledge, "dosimetry")
    return Assumptions(
        kinetics=kinetics,
        quality=ImageQuality(
            resolution_mm=choices.resolution_mm,
            resolution_relative_sd=_or(choices.resolution_relative_sd, known.resolution_spread),
            calibration_relative_sd=_or(choices.calibration_relative_sd, known.calibration_spread),
            repeat_relative_sd=known.repeat_spread.number,
        ),
        density=density_curve(known),
        outline_resolution_mm=known.outline_resolution.number,
        observer_relative_sd=known.observer_spread.number,
        dose_factor_relative_sd=known.dose_factor_spread.number,
        density_relative_sd=known.density_spread.number,
        single_image_h=known.late_scan.number,
        tissues=tissues(knowledge),
        populations=_populations(known, nuclide),
        engine=choices.engine,
        settings=choices.settings,
    )


def density_curve(known: DosimetryKnowledge) -> DensityCurve:
    """From CT number to density."""
    lung, adipose, soft, bone = _numbers(known.material_edges_hu)
    return DensityCurve(
        _numbers(known.density_hounsfield), _numbers(known.density_g_cm3), (lung, adipose, soft, bone)
    )


def tissues(knowledge: Knowledge) -> dict[RegionKind, Tissue]:
    """Constants for BED by kind of region."""
    known = knowledge.record(DosimetryKnowledge, "dosimetry")
    prrt = knowledge.record(PrrtKnowledge, "prrt")
    kidney = Tissue(
        prrt.alpha_beta.number,
        prrt.repair_half_time.number,
        known.alpha_beta_kidney_sd.number,
        known.repair_kidney_sd.number,
    )
    liver = Tissue(
        known.alpha_beta_liver.number,
        known.repair_liver.number,
        known.alpha_beta_liver_sd.number,
        known.repair_liver_sd.number,
    )
    lesion = Tissue(
        known.alpha_beta_lesion.number,
        known.repair_lesion.number,
        known.alpha_beta_lesion_sd.number,
        known.repair_lesion_sd.number,
    )
    return {
        **dict.fromkeys(KIDNEYS, kidney),
        **dict.fromkeys(LIVERS, liver),
        RegionKind.LESION: lesion,
    }


def methods_of(knowledge: Knowledge) -> tuple[tuple[str, tuple[str, ...], Status], ...]:
    """Every number that was assumed, with its sources and status."""
    known = knowledge.record(DosimetryKnowledge, "dosimetry")
    prrt = knowledge.record(PrrtKnowledge, "prrt")
    used = [
        known.density_g_cm3, known.calibration_spread, known.resolution_spread, known.repeat_spread,
        known.observer_spread, known.dose_factor_spread, known.density_spread, prrt.alpha_beta,
        prrt.repair_half_time, known.alpha_beta_liver, known.repair_liver, known.alpha_beta_lesion, known.repair_lesion,
    ]  # fmt: skip
    return tuple(
        (f"{entry.statement} {_value(entry)}".strip(), entry.sources, entry.status) for entry in used
    )


def _value(entry: Entry) -> str:
    """A number with its unit, where an entry is one number."""
    if isinstance(entry.value, tuple) or entry.value is None:
        return ""
    unit = "" if entry.unit in (None, "1") else f" {entry.unit}"
    return f"Used: {entry.number:g}{unit}."


def plausible_ranges(knowledge: Knowledge, *, nuclide: str, kinetics: Kinetics) -> Mapping[RegionKind, Entry]:
    """Published dose per activity by kind of region; none for anything but 177Lu that washes out."""
    if nuclide != DOTA_NUCLIDE or kinetics is not Kinetics.CLEARING:
        return {}
    known = knowledge.record(DosimetryKnowledge, "dosimetry")
    return {
        RegionKind.KIDNEYS: known.plausible_kidney,
        RegionKind.KIDNEY_LEFT: known.plausible_kidney,
        RegionKind.KIDNEY_RIGHT: known.plausible_kidney,
        RegionKind.SPLEEN: known.plausible_spleen,
        RegionKind.LIVER_WITHOUT_LESIONS: known.plausible_liver,
        RegionKind.LESION: known.plausible_lesion,
    }


def _populations(known: DosimetryKnowledge, nuclide: str) -> dict[RegionKind, HalfLifePopulation]:
    """Half-lives of patients, of the nuclide that they were measured with."""
    if nuclide != DOTA_NUCLIDE:
        return {}
    physical = emissions_of(nuclide).half_life_h

    def population(median: Entry, spread: Entry) -> HalfLifePopulation:
        return HalfLifePopulation(median.number, spread.number, physical)

    kidney = population(known.half_life_kidney, known.half_life_kidney_spread)
    liver = population(known.half_life_liver, known.half_life_liver_spread)
    return {
        **dict.fromkeys(KIDNEYS, kidney),
        **dict.fromkeys(LIVERS, liver),
        RegionKind.SPLEEN: population(known.half_life_spleen, known.half_life_spleen_spread),
        RegionKind.LESION: population(known.half_life_lesion, known.half_life_lesion_spread),
    }


def _numbers(entry: Entry) -> tuple[float, ...]:
    """The numbers of an entry that is a list."""
    return tuple(float(item) for item in cast("tuple[float, ...]", entry.value))


def _or(given: float | None, entry: Entry) -> float:
    return entry.number if given is None else given
