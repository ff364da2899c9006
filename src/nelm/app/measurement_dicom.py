"""A measurement as DICOM objects for a PACS: two SEG, an SR and an RTSTRUCT."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydicom.dataset import Dataset

from nelm.errors import InputError, Problem
from nelm.imaging.measured import StudyMeasurement
from nelm.io.dicom_out import (
    Region,
    ReportedLesion,
    Sources,
    report_object,
    segmentation_object,
    sources_of,
    structure_set_object,
    tracking_uid,
)
from nelm.volume import Structure, Volume

SERIES = {"SEG_anatomy": 9101, "SEG_lesions": 9102, "SR_measurements": 9103, "RTSTRUCT": 9104}


def measurement_objects(
    measurement: StudyMeasurement, *, made_at: datetime
) -> tuple[dict[str, Dataset], Sources]:
    """The objects by file name.

    Raises
    ------
    InputError : The image is no DICOM series that can be referred to.
    """
    image = measurement.image
    if image is None:
        raise InputError(
            [Problem("image", "no image of the segmentation", "its DICOM series",
                     "Give the folder with the series that was segmented.")]
        )  # fmt: skip
    sources = sources_of(image, made_at=made_at)
    anatomy, lesions = _anatomy(measurement), _lesions(measurement, image)
    objects: dict[str, Dataset] = {
        "SEG_anatomy": segmentation_object(
            anatomy, sources, description="nelm liver and vessels", series_number=SERIES["SEG_anatomy"]
        )
    }
    if lesions:
        segmentation = segmentation_object(
            lesions, sources, description="nelm liver lesions", series_number=SERIES["SEG_lesions"]
        )
        objects["SEG_lesions"] = segmentation
        objects["SR_measurements"] = report_object(
            _reported(measurement, lesions, sources),
            segmentation,
            sources,
            series_number=SERIES["SR_measurements"],
        )
    objects["RTSTRUCT"] = structure_set_object(
        [*anatomy, *lesions], sources, series_number=SERIES["RTSTRUCT"]
    )
    return objects, sources


def write_objects(objects: dict[str, Dataset], folder: Path) -> None:
    """Save them, one file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, dataset in objects.items():
        dataset.save_as(folder / f"{name}.dcm", enforce_file_format=True)


def _anatomy(measurement: StudyMeasurement) -> list[Region]:
    regions = measurement.liver.regions
    drawn = (
        ("Liver", Structure.LIVER, regions.liver),
        ("Portal vein", Structure.PORTAL_VEIN, regions.portal),
        ("Hepatic vein", Structure.HEPATIC_VEIN, regions.veins),
        ("Inferior vena cava", Structure.INFERIOR_VENA_CAVA, regions.cava),
        ("Bile duct", Structure.BILE_DUCT, regions.duct),
    )
    return [Region(name, kind, mask) for name, kind, mask in drawn if mask is not None and not mask.is_empty]


def _lesions(measurement: StudyMeasurement, image: Volume) -> list[Region]:
    return [
        Region(item.lesion.name, Structure.LESION, item.lesion.on(image.grid), item.lesion.tracking_uid)
        for item in measurement.liver.lesions
    ]


def _reported(measurement: StudyMeasurement, lesions: list[Region], sources: Sources) -> list[ReportedLesion]:
    found: list[ReportedLesion] = []
    for place, (item, region) in enumerate(zip(measurement.liver.lesions, lesions, strict=True)):
        uptake = None if measurement.receptor is None else measurement.receptor.uptakes[place]
        found.append(
            ReportedLesion(
                name=item.lesion.name,
                segment=place + 1,
                tracking_uid=tracking_uid(region, sources),
                couinaud=item.location.segments if item.location is not None else (),
                volume_ml=item.size.volume_ml.value,
                long_axis_mm=item.size.axial.mm.value,
                short_axis_mm=item.size.axial_short.mm.value,
                longest_mm=item.size.longest.mm.value,
                suv_max=None if uptake is None else uptake.maximum,
                suv_mean=None if uptake is None else uptake.mean,
            )
        )
    return found
