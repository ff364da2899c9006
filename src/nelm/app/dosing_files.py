"""Writes what doses are wanted as: JSON, page, pictures, DICOM."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nelm.app.dosing import DosedStudy
from nelm.io.dose_json import dose_document
from nelm.knowledge import load_knowledge
from nelm.planner.plan import DISCLAIMER
from nelm.therapies.prrt.activity import ActivityPlan
from nelm.volume import Quantity


@dataclass(frozen=True, slots=True)
class DoseFiles:
    """Which files are wanted; None for those that are not."""

    html_file: Path | None = None
    dicom_folder: Path | None = None


def dose_json(study: DosedStudy) -> str:
    """The document as text."""
    document = dose_document(
        [cycle.dose for cycle in study.cycles],
        [cycle.checks for cycle in study.cycles],
        remarks=(*study.remarks, *study.refused),
        notice=DISCLAIMER,
    )
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write_doses(
    study: DosedStudy, wanted: DoseFiles, plan: ActivityPlan | None, *, progress: Callable[[str], None]
) -> list[str]:
    """Write the files; gives a line for each."""
    written: list[str] = []
    if wanted.html_file is not None:
        progress("pictures")
        wanted.html_file.write_text(_page(study, plan), encoding="utf-8")
        written.append(f"HTML: {wanted.html_file}")
    if wanted.dicom_folder is not None:
        from nelm.app.dosing_dicom import write_dose_objects

        progress("DICOM")
        filled = write_dose_objects(study, wanted.dicom_folder, made_at=datetime.now())
        written += [f"DICOM: {wanted.dicom_folder}", *filled]
    return written


def _page(study: DosedStudy, plan: ActivityPlan | None) -> str:
    """The page as text."""
    from nelm.app.dosing_report import dose_report
    from nelm.report.dosimetry import dose_page, dose_pictures

    ct = (
        study.anatomy if study.anatomy is not None and study.anatomy.quantity is Quantity.HOUNSFIELD else None
    )
    pictures = [picture for cycle in study.cycles for picture in dose_pictures(cycle.dose, study.regions, ct)]
    return dose_page(dose_report(study, load_knowledge(), plan), pictures)
