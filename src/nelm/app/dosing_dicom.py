"""Doses as DICOM objects for a PACS: SEG, RTSTRUCT, RT Dose with histograms, parametric maps, SR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from nelm.app.dosing import CycleDose, DosedStudy
from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.regions import Region, RegionKind, disjoint, unions_of
from nelm.errors import InputError, Problem
from nelm.io.dicom import DoseKind
from nelm.io.dicom_out import (
    DescribedDose,
    DoseMedium,
    MapQuantity,
    RegionHistogram,
    ReportedAdministration,
    ReportedDose,
    Sources,
    dose_object,
    dose_report_object,
    parametric_map_object,
    segmentation_object,
    sources_of,
    structure_set_object,
    tracking_uid,
)
from nelm.io.dicom_out import Region as Drawn
from nelm.volume import Grid, Mask, Structure, Volume, volume_on

FIRST_SERIES = 9200
BINS = 200
PERCENTS = (98.0, 50.0, 2.0)
STRUCTURES = {
    RegionKind.LESION: Structure.LESION,
    RegionKind.LIVER_WITHOUT_LESIONS: Structure.LIVER,
    RegionKind.LIVER_WITH_LESIONS: Structure.LIVER,
    RegionKind.PERFUSED_LIVER: Structure.LIVER,
    RegionKind.SPARED_LIVER: Structure.LIVER,
    RegionKind.KIDNEY_LEFT: Structure.KIDNEY_LEFT,
    RegionKind.KIDNEY_RIGHT: Structure.KIDNEY_RIGHT,
    RegionKind.KIDNEYS: Structure.OTHER,
    RegionKind.SPLEEN: Structure.SPLEEN,
    RegionKind.MARROW: Structure.MARROW,
    RegionKind.LUNG: Structure.LUNG,
}


def dose_objects(study: DosedStudy, *, made_at: datetime) -> tuple[dict[str, Dataset], Sources]:
    """The objects by file name.

    Raises
    ------
    InputError : The anatomy is no DICOM series that can be referred to.
    """
    if study.anatomy is None:
        raise InputError([Problem("study", "no image of the anatomy", "the series that was segmented",
                                  "Give the folder with the CT")])  # fmt: skip
    sources = sources_of(study.anatomy, made_at=made_at)
    drawn = _drawn(study.regions, study.anatomy.grid)
    segmentation = segmentation_object(
        drawn, sources, description="nelm regions of doses", series_number=FIRST_SERIES
    )
    structures = structure_set_object(drawn, sources, series_number=FIRST_SERIES + 1)
    objects: dict[str, Dataset] = {"SEG_regions": segmentation, "RTSTRUCT": structures}
    for cycle in study.cycles:
        objects |= _of_cycle(cycle, drawn, sources, segmentation=segmentation, structures=structures)
    if len(study.cycles) > 1:
        objects["RTDOSE_sum"] = dose_object(
            summed(study), sources, described=_sum_described(study), series_number=FIRST_SERIES + 9,
            structure_set=structures,
        )  # fmt: skip
    return objects, sources


def summed(study: DosedStudy) -> Volume:
    """Absorbed dose of all administrations of a study on the grid of the first [Gy]; all lie on one anatomy."""
    first = study.cycles[0].dose.dose
    total = np.zeros(first.grid.shape)
    for cycle in study.cycles:
        total += np.asarray(volume_on(cycle.dose.dose, first.grid).array, dtype=np.float64)
    return replace(first, array=np.maximum(total, 0.0).astype(np.float32))


def _sum_described(study: DosedStudy) -> DescribedDose:
    """What is said of the sum: nuclides and how many."""
    nuclides = "+".join(dict.fromkeys(cycle.dose.administration.nuclide for cycle in study.cycles))
    count = len(study.cycles)
    return DescribedDose(
        DoseKind.PHYSICAL, f"{nuclides} sum"[:16], f"sum of {count} administrations"[:64], "liver",
        DoseMedium.IMAGE, cycles=count,
    )  # fmt: skip


def _of_cycle(
    cycle: CycleDose,
    drawn: Sequence[Drawn],
    sources: Sources,
    *,
    segmentation: Dataset,
    structures: Dataset,
) -> dict[str, Dataset]:
    """RT Dose, maps and report of one administration."""
    dose, name = cycle.dose, f"{cycle.number}"
    first = FIRST_SERIES + 10 * cycle.number
    label = f"{dose.administration.nuclide} {cycle.number}"[:16]
    described = DescribedDose(DoseKind.PHYSICAL, label, dose.engine[:64], "liver", DoseMedium.IMAGE, cycles=1)
    names = [item.name for item in drawn]
    histograms = [
        _histogram(region, names.index(region.name) + 1) for region in dose.regions if region.name in names
    ]
    found: dict[str, Dataset] = {
        f"RTDOSE_{name}": dose_object(
            dose.dose,
            sources,
            described=described,
            series_number=first,
            structure_set=structures,
            histograms=[item for item in histograms if item is not None],
        )
    }
    maps = [
        ("TIA", dose.time_integrated, MapQuantity.TIME_INTEGRATED_ACTIVITY),
        ("half_life", dose.half_life, MapQuantity.EFFECTIVE_HALF_LIFE),
        *([("dose_sd", dose.dose_sd, MapQuantity.ABSORBED_DOSE_UNCERTAINTY)] if dose.dose_sd else []),
    ]
    for number, (kind, volume, quantity) in enumerate(maps, start=1):
        found[f"PM_{kind}_{name}"] = parametric_map_object(
            volume.array,
            volume.grid,
            quantity,
            sources,
            series_number=first + number,
            description=f"nelm {quantity.value.name}"[:64],
        )
    reported = [
        item
        for region in dose.regions
        if region.name in names
        and (
            item := _reported(region, drawn[names.index(region.name)], names.index(region.name) + 1, sources)
        )
    ]
    if reported:
        found[f"SR_doses_{name}"] = dose_report_object(
            reported, _administration(cycle), segmentation, sources, series_number=first + 9
        )
    return found


def _drawn(regions: Sequence[Region], grid: Grid) -> list[Drawn]:
    """Regions and their unions, as they are written."""
    parts = disjoint(regions)
    masks = {region.name: _whole(region.mask, grid) for region in parts}
    found = [
        Drawn(region.name, _structure(region), masks[region.name], region.tracking_uid) for region in parts
    ]
    for union in unions_of(parts):
        array = np.any([masks[name].array for name in union.members], axis=0)
        found.append(Drawn(union.name, STRUCTURES[union.kind], Mask(array, grid)))
    return found


def _whole(mask: Mask, grid: Grid) -> Mask:
    """A mask that was cut to its box, on the whole grid again."""
    array = np.zeros(grid.shape, dtype=bool)
    low = [round(float(place)) for place in grid.indices_of(mask.grid.points_of([[0, 0, 0]]))[0]]
    z, y, x = (slice(a, a + n) for a, n in zip(low, mask.grid.shape, strict=True))
    array[z, y, x] = mask.array
    return Mask(array, grid)


def _structure(region: Region) -> Structure:
    """What a region is in the words of segmentations."""
    known = {structure.value: structure for structure in Structure}
    return STRUCTURES.get(region.kind, known.get(region.name.replace(" ", "_"), Structure.OTHER))


def _histogram(region: RegionDose, number: int) -> RegionHistogram | None:
    """The cumulative histogram of a region in equal bins."""
    own = region.histogram
    if own is None or own.maximum_gy <= 0:
        return None
    width = own.maximum_gy / BINS
    volumes = own.cumulative_ml(np.arange(BINS + 1) * width)
    return RegionHistogram(
        number, width, tuple(volumes.tolist()), own.minimum_gy, own.mean_gy.value, own.maximum_gy
    )


def _reported(region: RegionDose, drawn: Drawn, segment: int, sources: Sources) -> ReportedDose | None:
    """What the report says of a region; None where its dose is not known."""
    if region.absorbed_dose_gy is None:
        return None
    biological, own = region.biological, region.histogram
    return ReportedDose(
        name=region.name,
        segment=segment,
        tracking_uid=tracking_uid(drawn, sources),
        structure=drawn.structure,
        volume_ml=region.volume_ml,
        mass_g=region.mass_g,
        time_integrated_activity_mbq_h=region.time_integrated_activity_mbq_h,
        effective_half_life_h=region.integral.effective_half_life_h if region.integral else None,
        mean_dose_gy=region.absorbed_dose_gy.value,
        mean_dose_sd_gy=region.absorbed_dose_gy.value * region.relative_sd,
        bed_gy=biological.bed_gy if biological else None,
        bed_sd_gy=biological.bed_sd_gy if biological else None,
        dose_per_activity_gy_per_gbq=region.dose_per_activity_gy_per_gbq,
        dose_to_percent_gy=tuple((percent, own.dose_to(percent).value) for percent in PERCENTS)
        if own
        else (),
    )


def _administration(cycle: CycleDose) -> ReportedAdministration:
    """What was given and how the doses were found."""
    given = cycle.dose.administration
    return ReportedAdministration(
        radiopharmaceutical=given.agent or given.nuclide,
        nuclide=given.nuclide,
        activity_mbq=given.activity_mbq or 0.0,
        cycle=cycle.number,
        engine=cycle.dose.engine[:64],
        parameters=cycle.dose.constants,
    )


def write_dose_objects(study: DosedStudy, folder: Path, *, made_at: datetime) -> tuple[str, ...]:
    """Save them, one file each; gives what was filled in."""
    objects, sources = dose_objects(study, made_at=made_at)
    folder.mkdir(parents=True, exist_ok=True)
    for name, dataset in objects.items():
        dataset.save_as(folder / f"{name}.dcm", enforce_file_format=True)
    return sources.remarks
