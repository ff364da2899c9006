"""Writes what a measurement is wanted as: case file, page, pictures, DICOM."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nelm.imaging.measured import StudyMeasurement
from nelm.imaging.progress import Progress
from nelm.io.case_merge import merged_case, write_merged
from nelm.io.measured_facts import facts_of


@dataclass(frozen=True, slots=True)
class MeasurementFiles:
    """Which files are wanted; None for those that are not."""

    case_file: Path | None = None
    html_file: Path | None = None
    picture_folder: Path | None = None
    dicom_folder: Path | None = None


def write_measurement(
    measurement: StudyMeasurement, wanted: MeasurementFiles, *, progress: Progress
) -> list[str]:
    """Write the files; gives a line for each.

    Raises
    ------
    InputError : The case file is not valid, or the facts contradict it; nothing is written then.
    """
    objects, filled = None, ()
    if wanted.dicom_folder is not None:
        from nelm.app.measurement_dicom import measurement_objects

        progress("DICOM")
        objects, sources = measurement_objects(measurement, made_at=datetime.now())
        filled = sources.remarks
    merged = None if wanted.case_file is None else merged_case(wanted.case_file, facts_of(measurement))
    written: list[str] = []
    if wanted.html_file is not None or wanted.picture_folder is not None:
        from nelm.report.measurement import lesion_pictures, measurement_page, solid_picture

        progress("pictures")
        pictures, solid = lesion_pictures(measurement), solid_picture(measurement)
        if wanted.picture_folder is not None:
            wanted.picture_folder.mkdir(parents=True, exist_ok=True)
            for picture in (*pictures, *([solid] if solid else [])):
                target = wanted.picture_folder / f"{picture.name.replace('/', '-')}.png"
                target.write_bytes(picture.png)
            written.append(f"pictures: {wanted.picture_folder}")
        if wanted.html_file is not None:
            wanted.html_file.write_text(measurement_page(measurement, pictures, solid), encoding="utf-8")
            written.append(f"HTML: {wanted.html_file}")
    if objects is not None and wanted.dicom_folder is not None:
        from nelm.app.measurement_dicom import write_objects

        write_objects(objects, wanted.dicom_folder)
        written += [f"DICOM: {wanted.dicom_folder}", *filled]
    if merged is not None:
        backup = write_merged(merged)
        written += [f"replaced {item.path}: {item.before} → {item.after}" for item in merged.replaced]
        written.append(f"case: {merged.path} (earlier file: {backup})")
    return written
